#include "api/object_text_source_copy.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/class_object.h"
#include "api/input.h"
#include "api/variant_input.h"
#include "base/limits.h"
#include "base/text.h"
#include "cim/class_edit.h"
#include "cim/object_path.h"
#include "com/com_ptr.h"
#include "com/variant.h"
#include "xml/object_parts.h"

namespace wmi::api {
namespace {

using cim::CimType;
using cim::Value;
using com::ComPtr;

// A VARIANT and a BSTR that another implementation fills.
class OwnedVariant {
 public:
  OwnedVariant() { com::SetEmpty(value); }
  ~OwnedVariant() { VariantClear(&value); }
  OwnedVariant(const OwnedVariant&) = delete;
  OwnedVariant& operator=(const OwnedVariant&) = delete;
  VARIANT value;
};

class OwnedText {
 public:
  OwnedText() = default;
  ~OwnedText() { SysFreeString(text_); }
  OwnedText(const OwnedText&) = delete;
  OwnedText& operator=(const OwnedText&) = delete;
  BSTR* Receive() {
    SysFreeString(text_);
    text_ = nullptr;
    return &text_;
  }
  std::string Utf8() const { return ReadText(text_, limits::kIdentifierLengthMax); }

 private:
  BSTR text_ = nullptr;
};

// A success, or the failure that a method answered.
Status Answer(HRESULT result) { return FAILED(result) ? Status(result) : Status(); }

Status TooMany(const char* what) { return {code::kQuotaViolation, std::string("the object has too many ") + what}; }

// Ends an enumeration of another's object, whatever happens inside it.
template <typename End>
class AtEnd {
 public:
  explicit AtEnd(End end) : end_(std::move(end)) {}
  ~AtEnd() { end_(); }
  AtEnd(const AtEnd&) = delete;
  AtEnd& operator=(const AtEnd&) = delete;

 private:
  End end_;
};

class Copier {
 public:
  explicit Copier(std::size_t depth) : depth_(depth) {}

  Result<cim::Object> Copy(IWbemClassObject* object) {
    if (const ClassObject* ours = ClassObject::From(object)) return ours->object();
    if (depth_ > limits::kObjectNestingMax) return TooMany("objects inside each other");
    object_ = object;
    xml::ObjectParts parts;
    TRY(ReadSystem(parts));
    ComPtr<IWbemQualifierSet> qualifiers;
    TRY(Answer(object_->GetQualifierSet(qualifiers.Receive())));
    TRY(ReadQualifiers(qualifiers.get(), parts.qualifiers));
    TRY(ReadProperties(parts.properties));
    if (parts.kind == xml::ObjectParts::Kind::kClass) TRY(ReadMethods(parts));
    return xml::Assemble(std::move(parts));
  }

 private:
  // ---- system properties: those that are not there are NULL ---------------------------------------------------------

  Value SystemValue(const wchar_t* name, const cim::DataType& type) const {
    OwnedVariant variant;
    if (FAILED(object_->Get(name, 0, &variant.value, nullptr, nullptr))) return {};
    Result<Value> value = FromVariant(type, variant.value);
    return value.ok() ? *std::move(value) : Value();
  }
  std::string SystemText(const wchar_t* name) const {
    const Value value = SystemValue(name, {CimType::kString, false, {}});
    return value.is_null() ? std::string() : std::string(value.view().text());
  }

  Status ReadSystem(xml::ObjectParts& parts) const {
    OwnedVariant genus;
    TRY(Answer(object_->Get(L"__GENUS", 0, &genus.value, nullptr, nullptr)));
    const bool is_class = genus.value.vt == VT_I4 && com::LowSint32(genus.value) == WBEM_GENUS_CLASS;
    parts.kind = is_class ? xml::ObjectParts::Kind::kClass : xml::ObjectParts::Kind::kInstance;
    parts.class_name = SystemText(L"__CLASS");
    const Value derivation = SystemValue(L"__DERIVATION", {CimType::kString, true, {}});
    if (!derivation.is_null()) {
      for (const cim::ValueView name : derivation.view().items()) parts.derivation.emplace_back(name.text());
    } else if (std::string superclass = SystemText(L"__SUPERCLASS"); !superclass.empty()) {
      parts.derivation.push_back(std::move(superclass));
    }
    if (std::string name_space = SystemText(L"__NAMESPACE"); !name_space.empty()) {
      parts.home = std::make_shared<const cim::Home>(cim::Home{SystemText(L"__SERVER"), std::move(name_space)});
    }
    const Result<cim::ObjectPath> path = cim::ParseObjectPath(SystemText(L"__RELPATH"));
    if (is_class || !path.ok()) return Status();
    for (const cim::ObjectPath::Key& key : path->keys) {
      if (!key.name.empty()) parts.keys.push_back(key.name);
    }
    return Status();
  }

  // ---- qualifiers ---------------------------------------------------------------------------------------------------

  static Status ReadQualifiers(IWbemQualifierSet* set, cim::QualifierSet& target) {
    if (set == nullptr) return Status();
    TRY(Answer(set->BeginEnumeration(0)));
    const AtEnd end([&] { set->EndEnumeration(); });
    for (std::size_t count = 0;; ++count) {
      OwnedText name;
      OwnedVariant value;
      long flavor = 0;
      const HRESULT result = set->Next(0, name.Receive(), &value.value, &flavor);
      if (result == WBEM_S_NO_MORE_DATA) return Status();
      TRY(Answer(result));
      if (count == limits::kQualifiersMax) return TooMany("qualifiers");
      QualifierValue read = TRY(QualifierFromVariant(value.value));
      constexpr std::uint32_t kFlavors =
          WBEM_FLAVOR_MASK_PROPAGATION | WBEM_FLAVOR_MASK_PERMISSIONS | WBEM_FLAVOR_MASK_AMENDED;
      target.Set({name.Utf8(), std::move(read.value), std::move(read.type), LowFlags(flavor) & kFlavors,
                  (LowFlags(flavor) & WBEM_FLAVOR_ORIGIN_PROPAGATED) != 0});
    }
  }

  // ---- properties ---------------------------------------------------------------------------------------------------

  Status ReadProperties(std::vector<cim::Property>& properties) {
    TRY(Answer(object_->BeginEnumeration(WBEM_FLAG_NONSYSTEM_ONLY)));
    const AtEnd end([this] { object_->EndEnumeration(); });
    for (;;) {
      OwnedText name;
      OwnedVariant value;
      CIMTYPE type = CIM_EMPTY;
      long flavor = 0;
      const HRESULT result = object_->Next(0, name.Receive(), &value.value, &type, &flavor);
      if (result == WBEM_S_NO_MORE_DATA) return Status();
      TRY(Answer(result));
      if (properties.size() == limits::kPropertiesMax) return TooMany("properties");
      properties.push_back(TRY(ReadProperty(name.Utf8(), value.value, type)));
      properties.back().is_local = (LowFlags(flavor) & WBEM_FLAVOR_ORIGIN_PROPAGATED) == 0;
    }
  }

  Result<cim::Property> ReadProperty(std::string name, const VARIANT& value, CIMTYPE type) {
    const std::optional<cim::DataType> read = TypeOfCimType(type);
    if (!read) {
      return Status(code::kInvalidObject, "the property " + name + " has a type that CIM does not know");
    }
    cim::Property property;
    property.name = std::move(name);
    property.type = *read;
    const std::wstring wide = WideFromUtf8(property.name);
    OwnedText origin;
    if (SUCCEEDED(object_->GetPropertyOrigin(wide.c_str(), origin.Receive()))) property.origin = origin.Utf8();
    ComPtr<IWbemQualifierSet> qualifiers;
    if (SUCCEEDED(object_->GetPropertyQualifierSet(wide.c_str(), qualifiers.Receive()))) {
      TRY(ReadQualifiers(qualifiers.get(), property.qualifiers));
    }
    TakeClassName(property);
    property.default_value = TRY(ReadValue(property.type, value));
    return property;
  }

  // CIMTYPE says the class of references and objects: "ref:X".
  static void TakeClassName(cim::Property& property) {
    const std::string_view said = property.qualifiers.Text("CIMTYPE");
    const std::size_t colon = said.find(':');
    const bool has_class = property.type.type == CimType::kReference || property.type.type == CimType::kObject;
    if (has_class && colon != std::string_view::npos) property.type.class_name = said.substr(colon + 1);
    property.qualifiers.Remove("CIMTYPE");
  }

  Result<Value> ReadValue(const cim::DataType& type, const VARIANT& value) {
    if (type.type != CimType::kObject || value.vt == VT_NULL || value.vt == VT_EMPTY) return FromVariant(type, value);
    if (!type.is_array) {
      if (value.vt != VT_UNKNOWN && value.vt != VT_DISPATCH) return Status(code::kTypeMismatch);
      return value.punkVal == nullptr ? Result<Value>(Value()) : ReadEmbedded(value.punkVal);
    }
    return ReadEmbeddedArray(value);
  }

  Result<Value> ReadEmbedded(IUnknown* embedded) {
    ComPtr<IWbemClassObject> object;
    TRY(Answer(embedded->QueryInterface(__uuidof(IWbemClassObject), reinterpret_cast<void**>(object.Receive()))));
    return Value::OfObject(TRY(Copier(depth_ + 1).Copy(object.get())));
  }

  Result<Value> ReadEmbeddedArray(const VARIANT& value) {
    const bool is_array = value.vt == (VT_ARRAY | VT_UNKNOWN) || value.vt == (VT_ARRAY | VT_DISPATCH);
    if (!is_array || value.parray == nullptr || SafeArrayGetDim(value.parray) != 1) return Status(code::kTypeMismatch);
    LONG lower = 0;
    LONG upper = -1;
    TRY(Answer(SafeArrayGetLBound(value.parray, 1, &lower)));
    TRY(Answer(SafeArrayGetUBound(value.parray, 1, &upper)));
    std::vector<Value> items;
    for (LONG i = lower; i <= upper; ++i) {
      if (items.size() == limits::kEmbeddedObjectsMax) return TooMany("embedded objects");
      ComPtr<IUnknown> item;
      TRY(Answer(SafeArrayGetElement(value.parray, &i, static_cast<void*>(item.Receive()))));
      if (!item) return Status(code::kTypeMismatch);
      items.push_back(TRY(ReadEmbedded(item.get())));
    }
    return Value::Array(std::move(items));
  }

  // ---- methods ------------------------------------------------------------------------------------------------------

  Status ReadMethods(xml::ObjectParts& parts) {
    TRY(Answer(object_->BeginMethodEnumeration(0)));
    const AtEnd end([this] { object_->EndMethodEnumeration(); });
    for (;;) {
      OwnedText name;
      ComPtr<IWbemClassObject> in;
      ComPtr<IWbemClassObject> out;
      const HRESULT result = object_->NextMethod(0, name.Receive(), in.Receive(), out.Receive());
      if (result == WBEM_S_NO_MORE_DATA) return Status();
      TRY(Answer(result));
      if (parts.methods.size() == limits::kMethodsMax) return TooMany("methods");
      cim::Method method;
      method.name = name.Utf8();
      method.in = TRY(ReadSignature(in.get(), cim::Direction::kIn));
      method.out = TRY(ReadSignature(out.get(), cim::Direction::kOut));
      const std::wstring wide = WideFromUtf8(method.name);
      OwnedText origin;
      if (SUCCEEDED(object_->GetMethodOrigin(wide.c_str(), origin.Receive()))) method.origin = origin.Utf8();
      ComPtr<IWbemQualifierSet> qualifiers;
      if (SUCCEEDED(object_->GetMethodQualifierSet(wide.c_str(), qualifiers.Receive()))) {
        TRY(ReadQualifiers(qualifiers.get(), method.qualifiers));
      }
      // Nothing in the interface tells an inherited method from an overridden one but its qualifiers.
      method.is_local = method.origin.empty() || EqualFolded(method.origin, parts.class_name) ||
                        std::any_of(method.qualifiers.begin(), method.qualifiers.end(),
                                    [](const cim::Qualifier& qualifier) { return !qualifier.propagated; });
      parts.methods.push_back(std::move(method));
    }
  }

  Result<cim::ClassPtr> ReadSignature(IWbemClassObject* parameters, cim::Direction direction) {
    if (parameters == nullptr) return cim::ClassPtr();
    return cim::MakeSignature(TRY(Copier(depth_ + 1).Copy(parameters)), direction);
  }

  std::size_t depth_;  // objects around this one
  IWbemClassObject* object_ = nullptr;
};

}  // namespace

Result<cim::Object> CopyObject(IWbemClassObject* object) { return Copier(0).Copy(object); }

}  // namespace wmi::api
