// Context: IWbemContext, named values that accompany a call (contract 8.3).
#pragma once

#include <wbemcli.h>

#include <cstddef>
#include <string>
#include <vector>

#include "base/codes.h"
#include "com/com_object.h"

namespace wmi::api {

// For one thread at a time, except for the reference count. Owns copies of its values. Sets no error object.
class Context final : public com::ComObject<IWbemContext> {
 public:
  Context() = default;

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

 private:
  // Owns a VARIANT.
  class Value {
   public:
    Value();
    ~Value();
    Value(Value&& other) noexcept;
    Value& operator=(Value&& other) noexcept;
    // kOutOfMemory.
    Code Assign(const VARIANT& source);
    Code Assign(const Value& source);
    Code CopyTo(VARIANT& target) const;

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
};

}  // namespace wmi::api
