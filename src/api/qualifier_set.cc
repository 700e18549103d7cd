#include "api/qualifier_set.h"

#include <string>
#include <string_view>
#include <utility>

#include "api/input.h"
#include "api/variant_input.h"
#include "api/variant_value.h"
#include "base/text.h"
#include "com/abi_call.h"
#include "com/bstr.h"

namespace wmi::api {
namespace {

long FlavorOf(const cim::Qualifier& qualifier) {
  return static_cast<long>(qualifier.flavor | (qualifier.propagated ? cim::flavor::kPropagated : 0u));
}

}  // namespace

QualifierSetObject::QualifierSetObject(ClassObject& object, cim::Element element)
    : owner_(static_cast<IWbemClassObject*>(&object)), object_(object), element_(std::move(element)) {}

cim::QualifiedSlot QualifierSetObject::Slot() const {
  if (element_.kind == cim::Element::Kind::kClass) return std::nullopt;
  return object_.current().schema().FindSlot(element_.name);
}

template <typename Read>
HRESULT QualifierSetObject::WithQualifiers(const Read& read) const {
  const cim::Object& object = object_.current();
  if (object.is_instance()) return read(cim::ShownQualifiers(object, Slot()));
  const cim::QualifierSet* found = cim::FindQualifiers(object.schema(), element_);
  return found == nullptr ? code::kNotFound : read(*found);
}

HRESULT QualifierSetObject::Select(long flags, Enumeration& out) const {
  const std::uint32_t origin = LowFlags(flags);
  if (origin != 0 && origin != WBEM_FLAG_LOCAL_ONLY && origin != WBEM_FLAG_PROPAGATED_ONLY) {
    return code::kInvalidParameter;
  }
  return WithQualifiers([&](const cim::QualifierSet& qualifiers) -> HRESULT {
    for (const cim::Qualifier& qualifier : qualifiers) {
      if (origin == 0 || qualifier.propagated == (origin == WBEM_FLAG_PROPAGATED_ONLY)) out.items.push_back(qualifier);
    }
    return code::kOk;
  });
}

HRESULT QualifierSetObject::Get(LPCWSTR wszName, long lFlags, VARIANT* pVal, long* plFlavor) {
  return com::AbiCall([&]() -> HRESULT {
    if (IsBlank(wszName) || LowFlags(lFlags) != 0) return code::kInvalidParameter;
    const NameText name(wszName);
    return WithQualifiers([&](const cim::QualifierSet& qualifiers) -> HRESULT {
      const cim::Qualifier* qualifier = qualifiers.Find(name.view());
      if (qualifier == nullptr) return code::kNotFound;
      if (pVal != nullptr) {
        const Code result = ToVariant(qualifier->type, qualifier->value.view(), *pVal);
        if (Failed(result)) return result;
      }
      if (plFlavor != nullptr) *plFlavor = FlavorOf(*qualifier);
      return code::kOk;
    });
  });
}

HRESULT QualifierSetObject::Put(LPCWSTR wszName, VARIANT* pVal, long lFlavor) {
  return com::AbiCall([&]() -> HRESULT {
    if (IsBlank(wszName) || pVal == nullptr) return code::kInvalidParameter;
    const NameText name(wszName);
    // Whatever its value: keys are a matter of the class (contract 8.5).
    if (!object_.current().is_class() && EqualFolded(name.view(), "key")) return code::kCannotBeKey;
    Result<QualifierValue> value = QualifierFromVariant(*pVal);
    if (!value.ok()) return value.status().code();
    cim::Qualifier qualifier;
    qualifier.name = std::string(name.view());
    qualifier.type = std::move(value->type);
    qualifier.value = std::move(value->value);
    qualifier.flavor = LowFlags(lFlavor);
    return object_.current().is_class() ? PutOnClass(std::move(qualifier)) : PutOnInstance(std::move(qualifier));
  });
}

HRESULT QualifierSetObject::PutOnClass(cim::Qualifier qualifier) {
  return object_.ChangeClass([&](cim::ClassDraft& draft) -> Result<Code> {
    TRY(draft.PutQualifier(element_, std::move(qualifier)));
    return code::kOk;
  });
}

HRESULT QualifierSetObject::PutOnInstance(cim::Qualifier qualifier) {
  Result<cim::Object> changed = cim::PutInstanceQualifier(object_.current(), Slot(), std::move(qualifier));
  if (!changed.ok()) return changed.status().code();
  object_.Replace(std::move(changed).value());
  return code::kOk;
}

HRESULT QualifierSetObject::Delete(LPCWSTR wszName) {
  return com::AbiCall([&]() -> HRESULT {
    if (IsBlank(wszName)) return code::kInvalidParameter;
    const NameText name(wszName);
    if (!object_.current().is_class()) {
      Result<cim::InstanceRemoval> changed = cim::RemoveInstanceQualifier(object_.current(), Slot(), name.view());
      if (!changed.ok()) return changed.status().code();
      object_.Replace(std::move(changed->instance));
      return changed->code;
    }
    return object_.ChangeClass([&](cim::ClassDraft& draft) { return draft.RemoveQualifier(element_, name.view()); });
  });
}

HRESULT QualifierSetObject::GetNames(long lFlags, SAFEARRAY** pNames) {
  return com::AbiCall([&]() -> HRESULT {
    if (pNames == nullptr) return code::kInvalidParameter;
    *pNames = nullptr;
    Enumeration selected;
    const HRESULT result = Select(lFlags, selected);
    if (Failed(result)) return result;
    std::vector<std::string_view> names;
    for (const cim::Qualifier& qualifier : selected.items) names.push_back(qualifier.name);
    *pNames = NewNameArray(names);
    return *pNames == nullptr ? code::kOutOfMemory : code::kOk;
  });
}

HRESULT QualifierSetObject::BeginEnumeration(long lFlags) {
  return com::AbiCall([&]() -> HRESULT {
    Enumeration enumeration;
    const HRESULT result = Select(lFlags, enumeration);
    if (SUCCEEDED(result)) enumeration_ = std::move(enumeration);
    return result;
  });
}

HRESULT QualifierSetObject::Next(long lFlags, BSTR* pstrName, VARIANT* pVal, long* plFlavor) {
  return com::AbiCall([&]() -> HRESULT {
    if (pstrName != nullptr) *pstrName = nullptr;
    if (LowFlags(lFlags) != 0) return code::kInvalidParameter;
    if (!enumeration_) return code::kUnexpected;
    if (enumeration_->next == enumeration_->items.size()) return code::kNoMoreData;
    const cim::Qualifier& qualifier = enumeration_->items[enumeration_->next];
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

com::ComPtr<IWbemQualifierSet> MakeQualifierSet(ClassObject& object, cim::Element element) {
  return com::MakeCom<QualifierSetObject>(object, std::move(element));
}

}  // namespace wmi::api
