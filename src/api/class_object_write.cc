// Writing through ClassObject. Each method makes the new value first and takes it over last, so that a failure leaves
// the object as it was.
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/class_object.h"
#include "api/input.h"
#include "api/object_batch.h"
#include "api/system_properties.h"
#include "api/variant_input.h"
#include "cim/check.h"
#include "cim/class_edit.h"
#include "cim/instance_edit.h"
#include "com/abi_call.h"

namespace wmi::api {
namespace {

using com::AbiCall;

bool IsNullInput(const VARIANT* value) { return value == nullptr || value->vt == VT_NULL || value->vt == VT_EMPTY; }

// NULL for no VARIANT at all (contract 8.3).
Result<cim::Value> ReadValue(const cim::DataType& type, const VARIANT* value) {
  cim::Value null;  // named: g++ 12 with AddressSanitizer takes the temporary for uninitialised
  if (value == nullptr) return null;
  return FromVariant(type, *value);
}

// Contract 8.3 knows one code for a name that cannot be, and 11.5 one for each kind that is too long.
Code NameFault(std::string_view name, cim::NameOf what) {
  const Code result = cim::CheckName(name, what).code();
  const bool is_length =
      result == code::kClassNameTooWide || result == code::kPropertyNameTooWide || result == code::kMethodNameTooWide;
  return Failed(result) && !is_length ? code::kInvalidParameter : result;
}

// A signature that a program passes; a null class for a null pointer.
Result<cim::ClassPtr> ReadSignature(IWbemClassObject* parameters, cim::Direction direction) {
  if (parameters == nullptr) return cim::ClassPtr();
  const ClassObject* object = ClassObject::From(parameters);
  if (object == nullptr) return Status(code::kInvalidParameter);
  return cim::MakeSignature(object->object(), direction);
}

}  // namespace

// ---- properties -----------------------------------------------------------------------------------------------------

HRESULT ClassObject::Put(LPCWSTR wszName, long lFlags, VARIANT* pVal, CIMTYPE Type) {
  return AbiCall([&]() -> HRESULT {
    const AccessLock::Scope update(access_lock_);
    if (IsBlank(wszName) || LowFlags(lFlags) != 0) return code::kInvalidParameter;
    const NameText name(wszName);
    if (const std::optional<std::size_t> system = FindSystemProperty(name.view())) {
      return PutSystem(*system, pVal, Type);
    }
    return object_.is_class() ? PutOfClass(name.view(), pVal, Type) : PutOfInstance(name.view(), pVal, Type);
  });
}

// Contract 8.1: a class gets its name once; nothing else of the system is written.
HRESULT ClassObject::PutSystem(std::size_t index, const VARIANT* pVal, CIMTYPE type) {
  if (!IsClassName(index) || !object_.is_class()) return code::kReadOnly;
  if (LowFlags(type) != CIM_EMPTY && LowFlags(type) != CIM_STRING) return code::kTypeMismatch;
  if (IsNullInput(pVal)) return code::kInvalidParameter;
  const Result<cim::Value> name = FromVariant({cim::CimType::kString, false, {}}, *pVal);
  if (!name.ok()) return name.status().code();
  if (const Code wrong = NameFault(name->view().text(), cim::NameOf::kClass); Failed(wrong)) return wrong;
  return ChangeClass([&](cim::ClassDraft& draft) -> Result<Code> {
    TRY(draft.Name(std::string(name->view().text())));
    return code::kOk;
  });
}

HRESULT ClassObject::PutOfInstance(std::string_view name, const VARIANT* pVal, CIMTYPE type) {
  const std::optional<std::size_t> slot = object_.schema().FindSlot(name);
  if (!slot || !object_.IsVisible(*slot)) return code::kNotFound;
  const cim::DataType& declared = object_.schema().properties()[*slot].type;
  if (LowFlags(type) != CIM_EMPTY) {
    const std::optional<cim::DataType> said = TypeOfCimType(type);
    if (!said) return code::kInvalidPropertyType;
    if (!HasSameShape(*said, declared)) return code::kTypeMismatch;
  }
  const Result<cim::Value> value = ReadValue(declared, pVal);
  if (!value.ok()) return value.status().code();
  object_ = cim::WithValue(object_, *slot, value->view());
  return code::kOk;
}

HRESULT ClassObject::PutOfClass(std::string_view name, const VARIANT* pVal, CIMTYPE type) {
  const cim::Property* existing = object_.schema().FindProperty(name);
  if (existing == nullptr) {
    if (const Code wrong = NameFault(name, cim::NameOf::kProperty); Failed(wrong)) return wrong;
  }
  std::optional<cim::DataType> declared;
  if (LowFlags(type) != CIM_EMPTY) {
    declared = TypeOfCimType(type);
  } else if (existing != nullptr) {
    declared = existing->type;
  } else if (pVal != nullptr) {
    declared = TypeOfVariant(*pVal);
  }
  if (!declared) return code::kInvalidPropertyType;
  // The class that a reference or object is bound to holds for the default too.
  if (existing != nullptr && HasSameShape(*declared, existing->type)) declared = existing->type;
  Result<cim::Value> value = ReadValue(*declared, pVal);
  if (!value.ok()) return value.status().code();
  return ChangeClass([&](cim::ClassDraft& draft) -> Result<Code> {
    TRY(draft.PutProperty(name, *std::move(declared), std::move(value).value()));
    return code::kOk;
  });
}

HRESULT ClassObject::Delete(LPCWSTR wszName) {
  return AbiCall([&]() -> HRESULT {
    const AccessLock::Scope update(access_lock_);
    if (IsBlank(wszName)) return code::kInvalidParameter;
    const NameText name(wszName);
    if (FindSystemProperty(name.view())) return code::kSystemProperty;
    if (object_.is_class()) {
      return ChangeClass([&](cim::ClassDraft& draft) { return draft.RemoveProperty(name.view()); });
    }
    const std::optional<std::size_t> slot = object_.schema().FindSlot(name.view());
    if (!slot || !object_.IsVisible(*slot)) return code::kNotFound;
    // An instance has the properties of its class; only the value goes.
    object_ = cim::WithValue(object_, *slot, object_.schema().default_row()[*slot]);
    return code::kOk;
  });
}

// ---- new objects ----------------------------------------------------------------------------------------------------

HRESULT ClassObject::SpawnInstance(long lFlags, IWbemClassObject** ppNewInstance) {
  return AbiCall([&]() -> HRESULT {
    if (ppNewInstance == nullptr) return code::kInvalidParameter;
    *ppNewInstance = nullptr;
    if (LowFlags(lFlags) != 0) return code::kInvalidParameter;
    if (!cim::IsComplete(object_.schema())) return code::kIncompleteClass;
    const cim::ClassPtr schema = object().schema_ptr();
    *ppNewInstance =
        MakeClassObject(object_.is_class() ? cim::NewInstance(schema) : cim::EmptyInstance(schema)).Detach();
    return code::kOk;
  });
}

HRESULT ClassObject::SpawnDerivedClass(long lFlags, IWbemClassObject** ppNewClass) {
  return AbiCall([&]() -> HRESULT {
    if (ppNewClass == nullptr) return code::kInvalidParameter;
    *ppNewClass = nullptr;
    if (LowFlags(lFlags) != 0) return code::kInvalidParameter;
    if (!object_.is_class()) return code::kInvalidOperation;
    const Result<cim::ClassPtr> derived = cim::DeriveClass(object().schema_ptr());
    if (!derived.ok()) return derived.status().code();
    *ppNewClass = MakeClassObject(cim::Object(*derived)).Detach();
    return code::kOk;
  });
}

// ---- methods --------------------------------------------------------------------------------------------------------

HRESULT ClassObject::PutMethod(LPCWSTR wszName, long lFlags, IWbemClassObject* pInSignature,
                               IWbemClassObject* pOutSignature) {
  return AbiCall([&]() -> HRESULT {
    const AccessLock::Scope update(access_lock_);
    if (IsBlank(wszName) || LowFlags(lFlags) != 0) return code::kInvalidParameter;
    if (!object_.is_class()) return code::kIllegalOperation;
    const NameText name(wszName);
    if (const Code wrong = NameFault(name.view(), cim::NameOf::kMethod); Failed(wrong)) return wrong;
    Result<cim::ClassPtr> in = ReadSignature(pInSignature, cim::Direction::kIn);
    if (!in.ok()) return in.status().code();
    Result<cim::ClassPtr> out = ReadSignature(pOutSignature, cim::Direction::kOut);
    if (!out.ok()) return out.status().code();
    return ChangeClass([&](cim::ClassDraft& draft) -> Result<Code> {
      TRY(draft.PutMethod(name.view(), *std::move(in), *std::move(out)));
      return code::kOk;
    });
  });
}

HRESULT ClassObject::DeleteMethod(LPCWSTR wszName) {
  return AbiCall([&]() -> HRESULT {
    const AccessLock::Scope update(access_lock_);
    if (IsBlank(wszName)) return code::kInvalidParameter;
    if (!object_.is_class()) return code::kIllegalOperation;
    const NameText name(wszName);
    return ChangeClass([&](cim::ClassDraft& draft) { return draft.RemoveMethod(name.view()); });
  });
}

}  // namespace wmi::api
