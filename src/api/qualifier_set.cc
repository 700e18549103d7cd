#include "api/qualifier_set.h"

#include <string_view>
#include <utility>

#include "api/input.h"
#include "api/property_selection.h"
#include "api/variant_value.h"
#include "com/abi_call.h"
#include "com/bstr.h"

namespace wmi::api {
namespace {

long FlavorOf(const cim::Qualifier& qualifier) {
  return static_cast<long>(qualifier.flavor | (qualifier.propagated ? cim::flavor::kPropagated : 0u));
}

}  // namespace

QualifierSetObject::QualifierSetObject(std::shared_ptr<const cim::QualifierSet> qualifiers)
    : qualifiers_(std::move(qualifiers)) {}

Code QualifierSetObject::Select(long flags, std::vector<const cim::Qualifier*>& out) const {
  const std::uint32_t origin = LowFlags(flags);
  if (origin != 0 && origin != WBEM_FLAG_LOCAL_ONLY && origin != WBEM_FLAG_PROPAGATED_ONLY) {
    return code::kInvalidParameter;
  }
  out.clear();
  for (const cim::Qualifier& qualifier : *qualifiers_) {
    if (origin == 0 || qualifier.propagated == (origin == WBEM_FLAG_PROPAGATED_ONLY)) out.push_back(&qualifier);
  }
  return code::kOk;
}

HRESULT QualifierSetObject::Get(LPCWSTR wszName, long lFlags, VARIANT* pVal, long* plFlavor) {
  return com::AbiCall([&]() -> HRESULT {
    if (IsBlank(wszName) || LowFlags(lFlags) != 0) return code::kInvalidParameter;
    const cim::Qualifier* qualifier = qualifiers_->Find(NameText(wszName).view());
    if (qualifier == nullptr) return code::kNotFound;
    if (pVal != nullptr) {
      const Code result = ToVariant(qualifier->type, qualifier->value.view(), *pVal);
      if (Failed(result)) return result;
    }
    if (plFlavor != nullptr) *plFlavor = FlavorOf(*qualifier);
    return code::kOk;
  });
}

HRESULT QualifierSetObject::Put(LPCWSTR wszName, VARIANT* pVal, long) {
  return IsBlank(wszName) || pVal == nullptr ? code::kInvalidParameter : code::kNotSupported;
}

HRESULT QualifierSetObject::Delete(LPCWSTR wszName) {
  return IsBlank(wszName) ? code::kInvalidParameter : code::kNotSupported;
}

HRESULT QualifierSetObject::GetNames(long lFlags, SAFEARRAY** pNames) {
  return com::AbiCall([&]() -> HRESULT {
    if (pNames == nullptr) return code::kInvalidParameter;
    *pNames = nullptr;
    std::vector<const cim::Qualifier*> selected;
    const Code result = Select(lFlags, selected);
    if (Failed(result)) return result;
    std::vector<std::string_view> names;
    for (const cim::Qualifier* qualifier : selected) names.push_back(qualifier->name);
    *pNames = NewNameArray(names);
    return *pNames == nullptr ? code::kOutOfMemory : code::kOk;
  });
}

HRESULT QualifierSetObject::BeginEnumeration(long lFlags) {
  return com::AbiCall([&]() -> HRESULT {
    Enumeration enumeration;
    const Code result = Select(lFlags, enumeration.items);
    if (Succeeded(result)) enumeration_ = std::move(enumeration);
    return result;
  });
}

HRESULT QualifierSetObject::Next(long lFlags, BSTR* pstrName, VARIANT* pVal, long* plFlavor) {
  return com::AbiCall([&]() -> HRESULT {
    if (pstrName != nullptr) *pstrName = nullptr;
    if (LowFlags(lFlags) != 0) return code::kInvalidParameter;
    if (!enumeration_) return code::kUnexpected;
    if (enumeration_->next == enumeration_->items.size()) return code::kNoMoreData;
    const cim::Qualifier& qualifier = *enumeration_->items[enumeration_->next];
    BSTR name = pstrName == nullptr ? nullptr : com::BstrFromUtf8(qualifier.name);
    if (pstrName != nullptr && name == nullptr) return code::kOutOfMemory;
    const Code result = pVal == nullptr ? code::kOk : ToVariant(qualifier.type, qualifier.value.view(), *pVal);
    if (Failed(result)) {
      SysFreeString(name);
      return result;
    }
    if (pstrName != nullptr) *pstrName = name;
    if (plFlavor != nullptr) *plFlavor = FlavorOf(qualifier);
    ++enumeration_->next;
    return code::kOk;
  });
}

HRESULT QualifierSetObject::EndEnumeration() {
  enumeration_.reset();
  return code::kOk;
}

com::ComPtr<IWbemQualifierSet> MakeQualifierSet(const cim::Object& object, const cim::QualifierSet& of_class) {
  std::shared_ptr<const cim::QualifierSet> shown;
  if (object.is_class()) {
    shown = {object.schema_ptr(), &of_class};  // lives as long as the class
  } else {
    shown = std::make_shared<const cim::QualifierSet>(cim::InstanceQualifiers(of_class));
  }
  return com::MakeCom<QualifierSetObject>(std::move(shown));
}

}  // namespace wmi::api
