#include "api/class_object.h"

#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/input.h"
#include "api/object_batch.h"
#include "api/object_comparison.h"
#include "api/property_selection.h"
#include "api/qualifier_set.h"
#include "api/system_properties.h"
#include "api/variant_value.h"
#include "com/abi_call.h"
#include "com/bstr.h"
#include "mof/writer.h"

namespace wmi::api {
namespace {

using com::AbiCall;

// Identifies objects of this library; never leaves it.
constexpr GUID kImplementation = {0x6f5d2b1c, 0x93a4, 0x4d0e, {0xb7, 0x21, 0x5c, 0x0e, 0x8f, 0x44, 0x19, 0xd3}};

constexpr std::uint32_t kCompareFlags = WBEM_FLAG_IGNORE_QUALIFIERS | WBEM_FLAG_IGNORE_OBJECT_SOURCE |
                                        WBEM_FLAG_IGNORE_DEFAULT_VALUES | WBEM_FLAG_IGNORE_CLASS |
                                        WBEM_FLAG_IGNORE_CASE | WBEM_FLAG_IGNORE_FLAVOR;

void SignatureTo(const cim::ClassPtr& signature, IWbemClassObject** target) {
  if (target != nullptr && signature != nullptr) *target = MakeClassObject(cim::Object(signature)).Detach();
}

}  // namespace

// Each keeps the object that it walks, which a write replaces.
struct ClassObject::Enumerations {
  bool properties_begun = false;
  cim::Object of_properties;
  std::vector<PropertyId> properties;
  std::size_t next_property = 0;
  bool methods_begun = false;
  cim::Object of_methods;
  std::vector<const cim::Method*> methods;
  std::size_t next_method = 0;
};

// The class that the draft holds is the one in object_, and no other has a reference on it until is_shared.
struct ClassObject::Draft {
  explicit Draft(const cim::Class& schema) : draft(schema) {}
  cim::ClassDraft draft;
  std::atomic<bool> is_shared{false};  // a flag: object() may be called by several readers
};

ClassObject::ClassObject(cim::Object object) : object_(std::move(object)) {}
ClassObject::~ClassObject() = default;

const cim::Object& ClassObject::object() const {
  if (draft_ != nullptr) draft_->is_shared.store(true, std::memory_order_relaxed);
  return object_;
}

HRESULT ClassObject::ChangeClass(const ClassChange& change) {
  const AccessLock::Scope update(access_lock_);
  if (draft_ != nullptr && !draft_->is_shared.load(std::memory_order_relaxed)) {
    const Result<Code> result = change(draft_->draft);
    return result.ok() ? *result : result.status().code();
  }
  auto copy = std::make_unique<Draft>(object_.schema());
  const Result<Code> result = change(copy->draft);
  if (!result.ok()) return result.status().code();
  object_ = cim::Object(copy->draft.class_ptr());
  draft_ = std::move(copy);
  return *result;
}

ClassObject::Enumerations& ClassObject::EnsureEnumerations() {
  if (!enumerations_) enumerations_ = std::make_unique<Enumerations>();
  return *enumerations_;
}

const ClassObject* ClassObject::From(IUnknown* object) {
  void* implementation = nullptr;
  if (object == nullptr || FAILED(object->QueryInterface(kImplementation, &implementation))) return nullptr;
  auto* found = static_cast<ClassObject*>(implementation);
  found->Release();  // the caller's reference keeps it
  return found;
}

void* ClassObject::FindClassInterface(REFIID riid) {
  if (riid == __uuidof(IWbemClassObject) || riid == __uuidof(IWbemObjectAccess) || riid == __uuidof(IUnknown)) {
    return static_cast<IWbemObjectAccess*>(this);
  }
  return riid == kImplementation ? this : nullptr;
}

// ---- properties -----------------------------------------------------------------------------------------------------

HRESULT ClassObject::Read(const cim::Object& object, std::size_t slot, VARIANT* pVal, CIMTYPE* pType,
                          long* plFlavor) const {
  const cim::Property& property = object.schema().properties()[slot];
  if (pVal != nullptr) {
    const Code result = ToVariant(property.type, object.slot(slot), *pVal);
    if (Failed(result)) return result;
  }
  if (pType != nullptr) *pType = CimTypeOf(property.type);
  if (plFlavor != nullptr) {
    *plFlavor = PropertyFlavor(object, {PropertyId::Kind::kOwn, static_cast<std::uint32_t>(slot)});
  }
  return code::kOk;
}

HRESULT ClassObject::ReadSystem(const cim::Object& object, std::size_t index, VARIANT* pVal, CIMTYPE* pType,
                                long* plFlavor) const {
  const SystemProperty& property = SystemProperties()[index];
  if (pVal != nullptr) {
    const Code result = SystemPropertyValue(object, index, *pVal);
    if (Failed(result)) return result;
  }
  if (pType != nullptr) *pType = CimTypeOf({property.type, property.is_array, {}});
  if (plFlavor != nullptr) *plFlavor = WBEM_FLAVOR_ORIGIN_SYSTEM;
  return code::kOk;
}

HRESULT ClassObject::Get(LPCWSTR wszName, long lFlags, VARIANT* pVal, CIMTYPE* pType, long* plFlavor) {
  return AbiCall([&]() -> HRESULT {
    if (wszName == nullptr || LowFlags(lFlags) != 0) return code::kInvalidParameter;
    const NameText name(wszName);
    const std::optional<std::size_t> slot = object_.schema().FindSlot(name.view());
    if (slot && object_.IsVisible(*slot)) return Read(object_, *slot, pVal, pType, plFlavor);
    const std::optional<std::size_t> system = FindSystemProperty(name.view());
    return system ? ReadSystem(object_, *system, pVal, pType, plFlavor) : code::kNotFound;
  });
}

HRESULT ClassObject::GetNames(LPCWSTR wszQualifierName, long lFlags, VARIANT* pQualifierVal, SAFEARRAY** pNames) {
  return AbiCall([&]() -> HRESULT {
    if (pNames == nullptr) return code::kInvalidParameter;
    *pNames = nullptr;
    std::vector<PropertyId> selected;
    const Code result = SelectProperties(object_, lFlags, wszQualifierName, pQualifierVal, selected);
    if (Failed(result)) return result;
    std::vector<std::string_view> names;
    names.reserve(selected.size());
    for (PropertyId id : selected) names.push_back(PropertyName(object_, id));
    *pNames = NewNameArray(names);
    return *pNames == nullptr ? code::kOutOfMemory : code::kOk;
  });
}

HRESULT ClassObject::BeginEnumeration(long lEnumFlags) {
  return AbiCall([&]() -> HRESULT {
    if ((LowFlags(lEnumFlags) & WBEM_MASK_PRIMARY_CONDITION) != 0) return code::kInvalidParameter;
    Enumerations& state = EnsureEnumerations();
    if (state.properties_begun) return code::kUnexpected;
    const Code result = SelectProperties(object_, lEnumFlags, nullptr, nullptr, state.properties);
    if (Failed(result)) return result;
    state.of_properties = object();
    state.properties_begun = true;
    state.next_property = 0;
    return code::kOk;
  });
}

HRESULT ClassObject::Next(long lFlags, BSTR* strName, VARIANT* pVal, CIMTYPE* pType, long* plFlavor) {
  return AbiCall([&]() -> HRESULT {
    if (strName != nullptr) *strName = nullptr;
    if (LowFlags(lFlags) != 0) return code::kInvalidParameter;
    if (!enumerations_ || !enumerations_->properties_begun) return code::kUnexpected;
    if (enumerations_->next_property == enumerations_->properties.size()) return code::kNoMoreData;
    const cim::Object& object = enumerations_->of_properties;
    const PropertyId id = enumerations_->properties[enumerations_->next_property];
    BSTR name = nullptr;
    if (strName != nullptr) {
      name = com::BstrFromUtf8(PropertyName(object, id));
      if (name == nullptr) return code::kOutOfMemory;
    }
    const HRESULT result = id.kind == PropertyId::Kind::kSystem ? ReadSystem(object, id.index, pVal, pType, plFlavor)
                                                                : Read(object, id.index, pVal, pType, plFlavor);
    if (Failed(result)) {
      SysFreeString(name);
      return result;
    }
    if (strName != nullptr) *strName = name;
    ++enumerations_->next_property;
    return code::kOk;
  });
}

HRESULT ClassObject::EndEnumeration() {
  if (enumerations_) {
    enumerations_->properties_begun = false;
    enumerations_->properties.clear();
    enumerations_->of_properties = {};
  }
  return code::kOk;
}

HRESULT ClassObject::GetPropertyOrigin(LPCWSTR wszName, BSTR* pstrClassName) {
  return AbiCall([&]() -> HRESULT {
    if (pstrClassName == nullptr) return code::kInvalidParameter;
    *pstrClassName = nullptr;
    if (wszName == nullptr) return code::kInvalidParameter;
    const NameText name(wszName);
    const std::optional<std::size_t> slot = object_.schema().FindSlot(name.view());
    if (slot && object_.IsVisible(*slot)) {
      *pstrClassName = com::BstrFromUtf8(object_.schema().properties()[*slot].origin);
    } else if (FindSystemProperty(name.view())) {
      *pstrClassName = com::BstrFromUtf8("___SYSTEM");  // what Windows calls the origin of system properties
    } else {
      return code::kNotFound;
    }
    return *pstrClassName == nullptr ? code::kOutOfMemory : code::kOk;
  });
}

// ---- qualifiers -----------------------------------------------------------------------------------------------------

HRESULT ClassObject::GetQualifierSet(IWbemQualifierSet** ppQualSet) {
  return AbiCall([&]() -> HRESULT {
    if (ppQualSet == nullptr) return code::kInvalidParameter;
    *ppQualSet = nullptr;
    *ppQualSet = MakeQualifierSet(*this, {cim::Element::Kind::kClass, {}}).Detach();
    return code::kOk;
  });
}

HRESULT ClassObject::GetPropertyQualifierSet(LPCWSTR wszProperty, IWbemQualifierSet** ppQualSet) {
  return AbiCall([&]() -> HRESULT {
    if (ppQualSet == nullptr) return code::kInvalidParameter;
    *ppQualSet = nullptr;
    if (wszProperty == nullptr) return code::kInvalidParameter;
    const NameText name(wszProperty);
    if (FindSystemProperty(name.view())) return code::kSystemProperty;
    const std::optional<std::size_t> slot = object_.schema().FindSlot(name.view());
    if (!slot || !object_.IsVisible(*slot)) return code::kNotFound;
    *ppQualSet = MakeQualifierSet(*this, {cim::Element::Kind::kProperty, std::string(name.view())}).Detach();
    return code::kOk;
  });
}

HRESULT ClassObject::GetMethodQualifierSet(LPCWSTR wszMethod, IWbemQualifierSet** ppQualSet) {
  return AbiCall([&]() -> HRESULT {
    if (ppQualSet == nullptr) return code::kInvalidParameter;
    *ppQualSet = nullptr;
    if (wszMethod == nullptr) return code::kInvalidParameter;
    if (!object_.is_class()) return code::kIllegalOperation;
    const cim::Method* method = object_.schema().FindMethod(NameText(wszMethod).view());
    if (method == nullptr) return code::kNotFound;
    *ppQualSet = MakeQualifierSet(*this, {cim::Element::Kind::kMethod, method->name}).Detach();
    return code::kOk;
  });
}

// ---- methods: of class objects only (contract 8.3) ------------------------------------------------------------------

HRESULT ClassObject::GetMethod(LPCWSTR wszName, long lFlags, IWbemClassObject** ppInSignature,
                               IWbemClassObject** ppOutSignature) {
  return AbiCall([&]() -> HRESULT {
    if (ppInSignature != nullptr) *ppInSignature = nullptr;
    if (ppOutSignature != nullptr) *ppOutSignature = nullptr;
    if (wszName == nullptr || LowFlags(lFlags) != 0) return code::kInvalidParameter;
    if (!object_.is_class()) return code::kIllegalOperation;
    const cim::Method* method = object_.schema().FindMethod(NameText(wszName).view());
    if (method == nullptr) return code::kNotFound;
    com::ComPtr<IWbemClassObject> in;  // owned until both are there
    SignatureTo(method->in, ppInSignature == nullptr ? nullptr : in.Receive());
    SignatureTo(method->out, ppOutSignature);
    if (ppInSignature != nullptr) *ppInSignature = in.Detach();
    return code::kOk;
  });
}

HRESULT ClassObject::BeginMethodEnumeration(long lEnumFlags) {
  return AbiCall([&]() -> HRESULT {
    const std::uint32_t origin = LowFlags(lEnumFlags);
    if (origin != 0 && origin != WBEM_FLAG_LOCAL_ONLY && origin != WBEM_FLAG_PROPAGATED_ONLY) {
      return code::kInvalidParameter;
    }
    if (!object_.is_class()) return code::kIllegalOperation;
    Enumerations& state = EnsureEnumerations();
    if (state.methods_begun) return code::kUnexpected;
    state.methods.clear();
    state.of_methods = object();
    for (const cim::Method& method : state.of_methods.schema().methods()) {
      if (origin == 0 || method.is_local == (origin == WBEM_FLAG_LOCAL_ONLY)) state.methods.push_back(&method);
    }
    state.methods_begun = true;
    state.next_method = 0;
    return code::kOk;
  });
}

HRESULT ClassObject::NextMethod(long lFlags, BSTR* pstrName, IWbemClassObject** ppInSignature,
                                IWbemClassObject** ppOutSignature) {
  return AbiCall([&]() -> HRESULT {
    if (pstrName != nullptr) *pstrName = nullptr;
    if (ppInSignature != nullptr) *ppInSignature = nullptr;
    if (ppOutSignature != nullptr) *ppOutSignature = nullptr;
    if (LowFlags(lFlags) != 0) return code::kInvalidParameter;
    if (!object_.is_class()) return code::kIllegalOperation;
    if (!enumerations_ || !enumerations_->methods_begun) return code::kUnexpected;
    if (enumerations_->next_method == enumerations_->methods.size()) return code::kNoMoreData;
    const cim::Method& method = *enumerations_->methods[enumerations_->next_method];
    com::ComPtr<IWbemClassObject> in;
    com::ComPtr<IWbemClassObject> out;
    SignatureTo(method.in, ppInSignature == nullptr ? nullptr : in.Receive());
    SignatureTo(method.out, ppOutSignature == nullptr ? nullptr : out.Receive());
    if (pstrName != nullptr) {
      *pstrName = com::BstrFromUtf8(method.name);
      if (*pstrName == nullptr) return code::kOutOfMemory;
    }
    if (ppInSignature != nullptr) *ppInSignature = in.Detach();
    if (ppOutSignature != nullptr) *ppOutSignature = out.Detach();
    ++enumerations_->next_method;
    return code::kOk;
  });
}

HRESULT ClassObject::EndMethodEnumeration() {
  if (enumerations_) {
    enumerations_->methods_begun = false;
    enumerations_->methods.clear();
    enumerations_->of_methods = {};
  }
  return code::kOk;
}

HRESULT ClassObject::GetMethodOrigin(LPCWSTR wszMethodName, BSTR* pstrClassName) {
  return AbiCall([&]() -> HRESULT {
    if (pstrClassName == nullptr) return code::kInvalidParameter;
    *pstrClassName = nullptr;
    if (wszMethodName == nullptr) return code::kInvalidParameter;
    if (!object_.is_class()) return code::kIllegalOperation;
    const cim::Method* method = object_.schema().FindMethod(NameText(wszMethodName).view());
    if (method == nullptr) return code::kNotFound;
    return com::ReturnBstr(method->origin, pstrClassName) == S_OK ? code::kOk : code::kOutOfMemory;
  });
}

// ---- the object as a whole ------------------------------------------------------------------------------------------

HRESULT ClassObject::Clone(IWbemClassObject** ppCopy) {
  return AbiCall([&]() -> HRESULT {
    if (ppCopy == nullptr) return code::kInvalidParameter;
    *ppCopy = nullptr;
    *ppCopy = MakeClassObject(object()).Detach();
    return code::kOk;
  });
}

HRESULT ClassObject::GetObjectText(long lFlags, BSTR* pstrObjectText) {
  return AbiCall([&]() -> HRESULT {
    if (pstrObjectText == nullptr) return code::kInvalidParameter;
    *pstrObjectText = nullptr;
    if (!AreFlagsWithin(lFlags, WBEM_FLAG_NO_FLAVORS)) return code::kInvalidParameter;
    if (object_.schema().name().empty()) return code::kIncompleteClass;  // MOF has no class without a name
    const auto flavors = LowFlags(lFlags) == 0 ? mof::Flavors::kWrite : mof::Flavors::kOmit;
    *pstrObjectText = com::BstrFromUtf8(mof::ObjectText(object_, flavors));
    return *pstrObjectText == nullptr ? code::kOutOfMemory : code::kOk;
  });
}

HRESULT ClassObject::CompareTo(long lFlags, IWbemClassObject* pCompareTo) {
  return AbiCall([&]() -> HRESULT {
    const ClassObject* other = From(pCompareTo);
    if (other == nullptr || !AreFlagsWithin(lFlags, kCompareFlags)) return code::kInvalidParameter;
    return AreSame(object_, other->object_, LowFlags(lFlags)) ? WBEM_S_SAME : WBEM_S_DIFFERENT;
  });
}

HRESULT ClassObject::InheritsFrom(LPCWSTR strAncestor) {
  return AbiCall([&]() -> HRESULT {
    if (strAncestor == nullptr) return code::kInvalidParameter;
    if (IsBlank(strAncestor)) return S_FALSE;  // a class without a name is no ancestor of itself
    return object_.schema().IsA(NameText(strAncestor).view()) ? S_OK : S_FALSE;
  });
}

}  // namespace wmi::api
