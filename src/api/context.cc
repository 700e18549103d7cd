#include "api/context.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "api/input.h"
#include "api/variant_value.h"
#include "base/text.h"
#include "com/abi_call.h"
#include "com/bstr.h"
#include "com/com_ptr.h"
#include "com/variant.h"

namespace wmi::api {
namespace {

using com::AbiCall;

// Answered by objects of this class and no other.
constexpr GUID kImplementation = {0x2f1c7d58, 0x0b6e, 0x4c39, {0x9a, 0x13, 0xe4, 0x70, 0x5d, 0x88, 0x21, 0x6c}};

bool IsContextType(VARTYPE type) {
  switch (type & ~VT_ARRAY) {
    case VT_I4:
    case VT_R8:
    case VT_BOOL:
    case VT_BSTR:
    case VT_UNKNOWN:
      return true;
    default:
      return false;
  }
}

}  // namespace

Context::Value::Value() { com::SetEmpty(value_); }
Context::Value::~Value() { VariantClear(&value_); }
Context::Value::Value(Value&& other) noexcept : value_(other.value_) { com::SetEmpty(other.value_); }
Context::Value& Context::Value::operator=(Value&& other) noexcept {
  std::swap(value_, other.value_);
  return *this;
}

Code Context::Value::Assign(const VARIANT& source) {
  if (source.vt == VT_I4) {
    const std::int32_t number = com::LowSint32(source);  // the upper half may be garbage (decision 3)
    VariantClear(&value_);
    com::SetSint32(value_, number);
    return code::kOk;
  }
  const HRESULT hr = VariantCopy(&value_, &source);
  if (hr == E_OUTOFMEMORY) return code::kOutOfMemory;
  return FAILED(hr) ? code::kInvalidParameter : code::kOk;
}

Code Context::Value::CopyTo(VARIANT& target) const {
  VARIANT copy;
  com::SetEmpty(copy);
  if (FAILED(VariantCopy(&copy, &value_))) return code::kOutOfMemory;
  target = copy;
  return code::kOk;
}

std::vector<Context::Entry>::iterator Context::FindEntry(const wchar_t* name) {
  const NameText text(name);
  return std::find_if(entries_.begin(), entries_.end(),
                      [&](const Entry& entry) { return EqualFolded(entry.name, text.view()); });
}

const Context* Context::From(IWbemContext* context) {
  void* implementation = nullptr;
  if (context == nullptr || FAILED(context->QueryInterface(kImplementation, &implementation))) return nullptr;
  auto* found = static_cast<Context*>(implementation);
  found->Release();  // the caller's reference keeps it
  return found;
}

void* Context::Find(REFIID riid) { return riid == kImplementation ? this : ComObject::Find(riid); }

com::ComPtr<Context> Context::Copy() const {
  com::ComPtr<Context> copy = com::MakeCom<Context>();
  copy->depth_ = depth_;
  for (const Entry& entry : entries_) {
    if (Failed(copy->Add(entry.name, entry.value.variant()))) return {};
  }
  return copy;
}

Code Context::Add(std::string name, const VARIANT& value) {
  Entry entry{std::move(name), {}};
  const Code result = entry.value.Assign(value);
  if (!Failed(result)) entries_.push_back(std::move(entry));
  return result;
}

HRESULT Context::Clone(IWbemContext** ppNewCopy) {
  return AbiCall([&]() -> HRESULT {
    if (ppNewCopy == nullptr) return code::kInvalidParameter;
    *ppNewCopy = nullptr;
    com::ComPtr<Context> copy = Copy();
    if (!copy) return code::kOutOfMemory;
    *ppNewCopy = copy.Detach();
    return code::kOk;
  });
}

HRESULT Context::GetNames(long lFlags, SAFEARRAY** pNames) {
  return AbiCall([&]() -> HRESULT {
    if (pNames == nullptr) return code::kInvalidParameter;
    *pNames = nullptr;
    if (LowFlags(lFlags) != 0) return code::kInvalidParameter;
    std::vector<std::string_view> names;
    for (const Entry& entry : entries_) names.push_back(entry.name);
    *pNames = NewNameArray(names);
    return *pNames == nullptr ? code::kOutOfMemory : code::kOk;
  });
}

HRESULT Context::BeginEnumeration(long lFlags) {
  if (LowFlags(lFlags) != 0) return code::kInvalidParameter;
  enumerating_ = true;
  next_ = 0;
  return code::kOk;
}

HRESULT Context::Next(long lFlags, BSTR* pstrName, VARIANT* pValue) {
  return AbiCall([&]() -> HRESULT {
    if (pstrName != nullptr) *pstrName = nullptr;
    if (LowFlags(lFlags) != 0) return code::kInvalidParameter;
    if (!enumerating_) return code::kUnexpected;
    if (next_ >= entries_.size()) return code::kNoMoreData;
    const Entry& entry = entries_[next_];
    BSTR name = pstrName == nullptr ? nullptr : com::BstrFromUtf8(entry.name);
    if (pstrName != nullptr && name == nullptr) return code::kOutOfMemory;
    const Code result = pValue == nullptr ? code::kOk : entry.value.CopyTo(*pValue);
    if (Failed(result)) {
      SysFreeString(name);
      return result;
    }
    if (pstrName != nullptr) *pstrName = name;
    ++next_;
    return code::kOk;
  });
}

HRESULT Context::EndEnumeration() {
  enumerating_ = false;
  return code::kOk;
}

HRESULT Context::SetValue(LPCWSTR wszName, long lFlags, VARIANT* pValue) {
  return AbiCall([&]() -> HRESULT {
    if (IsBlank(wszName) || LowFlags(lFlags) != 0 || pValue == nullptr || !IsContextType(pValue->vt)) {
      return code::kInvalidParameter;
    }
    Value value;
    const Code result = value.Assign(*pValue);
    if (Failed(result)) return result;
    auto found = FindEntry(wszName);
    if (found == entries_.end()) {
      if (entries_.size() == limits::kPropertiesMax) return code::kQuotaViolation;
      entries_.push_back({std::string(NameText(wszName).view()), std::move(value)});
    } else {
      found->value = std::move(value);
    }
    return code::kOk;
  });
}

HRESULT Context::GetValue(LPCWSTR wszName, long lFlags, VARIANT* pValue) {
  return AbiCall([&]() -> HRESULT {
    if (IsBlank(wszName) || LowFlags(lFlags) != 0 || pValue == nullptr) return code::kInvalidParameter;
    const auto found = FindEntry(wszName);
    return found == entries_.end() ? code::kNotFound : found->value.CopyTo(*pValue);
  });
}

HRESULT Context::DeleteValue(LPCWSTR wszName, long lFlags) {
  return AbiCall([&]() -> HRESULT {
    if (IsBlank(wszName) || LowFlags(lFlags) != 0) return code::kInvalidParameter;
    const auto found = FindEntry(wszName);
    if (found == entries_.end()) return code::kNotFound;
    // A running enumeration goes on behind what it has shown.
    if (static_cast<std::size_t>(found - entries_.begin()) < next_) --next_;
    entries_.erase(found);
    return code::kOk;
  });
}

HRESULT Context::DeleteAll() {
  return AbiCall([&]() -> HRESULT {
    entries_.clear();
    next_ = 0;
    return code::kOk;
  });
}

}  // namespace wmi::api
