// Context: IWbemContext, named values that accompany a call (contract 8.3).
#pragma once

#include <wbemcli.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/codes.h"
#include "com/com_object.h"
#include "com/com_ptr.h"

namespace wmi::api {

// For one thread at a time, except for the reference count; one that nobody changes any more may be read from several.
// Owns copies of its values. Sets no error object.
class Context final : public com::ComObject<IWbemContext> {
 public:
  Context() = default;

  // The implementation behind an interface of ours, null for a foreign one or null. Not counted: valid as long as the
  // caller's own reference.
  static const Context* From(IWbemContext* context);

  // A copy, with the same depth. Null when there is no memory for a value. Throws std::bad_alloc.
  com::ComPtr<Context> Copy() const;
  // Adds a value under a name that is not there yet, whatever its type: contexts that others implement may hold more
  // types than SetValue takes. kOutOfMemory, kInvalidParameter for what is no VARIANT.
  Code Add(std::string name, const VARIANT& value);
  // visit(name, VARIANT) for each value, in the order in which they were set.
  template <typename Visit>
  void ForEach(Visit&& visit) const {
    for (const Entry& entry : entries_) visit(std::string_view(entry.name), entry.value.variant());
  }

  // How many calls a call with this context is inside of (engine/call_context.h). Programs cannot see or set it; Clone
  // copies it, so it stays with a context that a provider hands on.
  std::size_t depth() const { return depth_; }
  void SetDepth(std::size_t depth) { depth_ = depth; }

  HRESULT Clone(IWbemContext** ppNewCopy) override;
  HRESULT GetNames(long lFlags, SAFEARRAY** pNames) override;
  HRESULT BeginEnumeration(long lFlags) override;
  HRESULT Next(long lFlags, BSTR* pstrName, VARIANT* pValue) override;
  HRESULT EndEnumeration() override;
  // VT_I4, VT_R8, VT_BOOL, VT_BSTR, VT_UNKNOWN and arrays of one of these; anything else is kInvalidParameter.
  HRESULT SetValue(LPCWSTR wszName, long lFlags, VARIANT* pValue) override;
  // *pValue needs no initialisation and is untouched on failure.
  HRESULT GetValue(LPCWSTR wszName, long lFlags, VARIANT* pValue) override;
  HRESULT DeleteValue(LPCWSTR wszName, long lFlags) override;
  HRESULT DeleteAll() override;

 protected:
  ~Context() override = default;
  void* Find(REFIID riid) override;

 private:
  // Owns a VARIANT.
  class Value {
   public:
    Value();
    ~Value();
    Value(Value&& other) noexcept;
    Value& operator=(Value&& other) noexcept;
    // kOutOfMemory, kInvalidParameter for what is no VARIANT.
    Code Assign(const VARIANT& source);
    Code CopyTo(VARIANT& target) const;
    const VARIANT& variant() const { return value_; }

   private:
    VARIANT value_;
  };
  struct Entry {
    std::string name;
    Value value;
  };

  std::vector<Entry>::iterator FindEntry(const wchar_t* name);

  std::vector<Entry> entries_;  // in the order in which they were set; few
  bool enumerating_ = false;
  std::size_t next_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace wmi::api
