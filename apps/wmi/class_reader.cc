#include "wmi/class_reader.h"

#include <algorithm>

#include "base/text.h"
#include "com/com_ptr.h"
#include "wmi/com_text.h"
#include "wmi/object_reader.h"
#include "wmi/value_text.h"

namespace wmi::cli {

namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

// The qualifiers of one thing, by name.
class Qualifiers {
 public:
  Qualifiers() = default;
  explicit Qualifiers(IWbemQualifierSet* set) : row_{ReadQualifiers(set)} {}

  const std::vector<Property>& all() const { return row_.properties; }
  bool IsTrue(std::string_view name) const {
    const Value* value = row_.Find(name);
    const bool* flag = value == nullptr ? nullptr : std::get_if<bool>(&value->data);
    return flag != nullptr && *flag;
  }
  std::string Text(std::string_view name) const {
    const Value* value = row_.Find(name);
    const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(&value->data);
    return text == nullptr ? std::string() : *text;
  }
  std::vector<std::string> Texts(std::string_view name) const {
    std::vector<std::string> texts;
    const Value* value = row_.Find(name);
    const auto* array = value == nullptr ? nullptr : std::get_if<Value::Array>(&value->data);
    if (array == nullptr) return texts;
    for (const Value& element : *array) texts.push_back(ValueText(element));
    return texts;
  }
  std::int64_t Number(std::string_view name) const {
    const Value* value = row_.Find(name);
    const auto* number = value == nullptr ? nullptr : std::get_if<std::int64_t>(&value->data);
    return number == nullptr ? 0 : *number;
  }

 private:
  Row row_;
};

Values ValuesOf(const Qualifiers& qualifiers, std::string_view map, std::string_view meanings) {
  const std::vector<std::string> keys = qualifiers.Texts(map);
  const std::vector<std::string> texts = qualifiers.Texts(meanings);
  Values values;
  for (std::size_t i = 0; i < std::max(keys.size(), texts.size()); ++i) {
    // Values without a ValueMap count from 0 (DSP0004 5.6.3).
    const std::string key = i < keys.size() ? keys[i] : keys.empty() ? std::to_string(i) : std::string();
    values.emplace_back(key, i < texts.size() ? texts[i] : std::string());
  }
  return values;
}

Values ValuesOf(const Qualifiers& qualifiers) {
  Values values = ValuesOf(qualifiers, "ValueMap", "Values");
  return values.empty() ? ValuesOf(qualifiers, "BitMap", "BitValues") : values;
}

// "object:X" and "ref:X" of the qualifier CIMTYPE in words.
std::string TypeName(const Qualifiers& qualifiers, CIMTYPE type) {
  std::string name = qualifiers.Text("CIMTYPE");
  if (name.starts_with("object:")) name = name.substr(7);
  if (name.starts_with("ref:")) name = name.substr(4) + " ref";
  return (type & CIM_FLAG_ARRAY) != 0 ? name + "[]" : name;
}

Qualifiers PropertyQualifiers(IWbemClassObject* object, const std::string& name) {
  com::ComPtr<IWbemQualifierSet> set;
  if (FAILED(object->GetPropertyQualifierSet(WideText(name).c_str(), set.Receive()))) return {};
  return Qualifiers(set.get());
}

struct RawProperty {
  std::string name;
  CIMTYPE type = CIM_EMPTY;
  Value value;
  Qualifiers qualifiers;
};

std::vector<RawProperty> RawProperties(IWbemClassObject* object) {
  std::vector<RawProperty> properties;
  if (object == nullptr || FAILED(object->BeginEnumeration(WBEM_FLAG_NONSYSTEM_ONLY))) return properties;
  for (;;) {
    OwnedBstr name;
    Variant value;
    CIMTYPE type = CIM_EMPTY;
    if (object->Next(0, name.Receive(), value.Receive(), &type, nullptr) != WBEM_S_NO_ERROR) break;
    properties.push_back({name.Utf8(), type, ReadValue(*value, type), {}});
  }
  object->EndEnumeration();
  for (RawProperty& property : properties) property.qualifiers = PropertyQualifiers(object, property.name);
  return properties;
}

std::vector<PropertyDescription> ReadProperties(IWbemClassObject* object) {
  std::vector<PropertyDescription> result;
  for (const RawProperty& raw : RawProperties(object)) {
    PropertyDescription property;
    property.name = raw.name;
    property.type = TypeName(raw.qualifiers, raw.type);
    OwnedBstr origin;
    if (SUCCEEDED(object->GetPropertyOrigin(WideText(raw.name).c_str(), origin.Receive()))) {
      property.origin = origin.Utf8();
    }
    property.key = raw.qualifiers.IsTrue("key");
    property.writable = raw.qualifiers.IsTrue("write");
    property.units = raw.qualifiers.Text("Units");
    property.description = raw.qualifiers.Text("Description");
    property.values = ValuesOf(raw.qualifiers);
    property.default_value = raw.value;
    result.push_back(std::move(property));
  }
  return result;
}

// The parameters of both signatures in the order of their ID; one that is in both is "in, out".
void AddParameters(IWbemClassObject* signature, const std::string& direction, MethodDescription& method) {
  for (const RawProperty& raw : RawProperties(signature)) {
    const std::string type = TypeName(raw.qualifiers, raw.type);
    if (EqualFolded(raw.name, "ReturnValue")) {
      method.return_type = type;
      continue;
    }
    const auto same = std::find_if(method.parameters.begin(), method.parameters.end(),
                                   [&](const ParameterDescription& p) { return EqualFolded(p.name, raw.name); });
    if (same != method.parameters.end()) {
      same->direction = "in, out";
    } else {
      method.parameters.push_back(
          {direction, type, raw.name, raw.qualifiers.Text("Description"), raw.qualifiers.Number("ID")});
    }
  }
}

MethodDescription ReadMethod(IWbemClassObject* object, const std::string& name, IWbemClassObject* in,
                             IWbemClassObject* out) {
  MethodDescription method;
  method.name = name;
  method.return_type = "void";
  AddParameters(in, "in", method);
  AddParameters(out, "out", method);
  std::stable_sort(method.parameters.begin(), method.parameters.end(),
                   [](const ParameterDescription& a, const ParameterDescription& b) { return a.id < b.id; });
  const WideText wide_name(name);
  com::ComPtr<IWbemQualifierSet> set;
  if (SUCCEEDED(object->GetMethodQualifierSet(wide_name.c_str(), set.Receive()))) {
    const Qualifiers qualifiers(set.get());
    method.is_static = qualifiers.IsTrue("Static");
    method.implemented = qualifiers.IsTrue("Implemented");
    method.description = qualifiers.Text("Description");
    method.values = ValuesOf(qualifiers);
  }
  OwnedBstr origin;
  if (SUCCEEDED(object->GetMethodOrigin(wide_name.c_str(), origin.Receive()))) method.origin = origin.Utf8();
  return method;
}

std::vector<MethodDescription> ReadMethods(IWbemClassObject* object) {
  struct Signatures {
    std::string name;
    ObjectPtr in;
    ObjectPtr out;
  };
  std::vector<Signatures> all;
  if (FAILED(object->BeginMethodEnumeration(0))) return {};
  for (;;) {
    OwnedBstr name;
    Signatures signatures;
    if (object->NextMethod(0, name.Receive(), signatures.in.Receive(), signatures.out.Receive()) != WBEM_S_NO_ERROR) {
      break;
    }
    signatures.name = name.Utf8();
    all.push_back(std::move(signatures));
  }
  object->EndMethodEnumeration();
  std::vector<MethodDescription> methods;
  for (const Signatures& one : all) methods.push_back(ReadMethod(object, one.name, one.in.get(), one.out.get()));
  return methods;
}

}  // namespace

std::vector<Property> ReadQualifiers(IWbemQualifierSet* set) {
  std::vector<Property> qualifiers;
  if (set == nullptr || FAILED(set->BeginEnumeration(0))) return qualifiers;
  for (;;) {
    OwnedBstr name;
    Variant value;
    if (set->Next(0, name.Receive(), value.Receive(), nullptr) != WBEM_S_NO_ERROR) break;
    qualifiers.push_back({name.Utf8(), ReadValue(*value, CIM_EMPTY)});
  }
  set->EndEnumeration();
  return qualifiers;
}

ClassDescription ReadClass(IWbemClassObject* object) {
  ClassDescription description;
  description.name = ReadText(object, "__CLASS");
  description.name_space = ReadText(object, "__NAMESPACE");
  const Value derivation = ReadProperty(object, "__DERIVATION");
  if (const auto* ancestors = std::get_if<Value::Array>(&derivation.data)) {
    for (const Value& ancestor : *ancestors) description.ancestors.push_back(ValueText(ancestor));
  }
  com::ComPtr<IWbemQualifierSet> set;
  if (SUCCEEDED(object->GetQualifierSet(set.Receive()))) {
    const Qualifiers qualifiers(set.get());
    for (const char* trait : {"abstract", "association", "dynamic", "singleton"}) {
      if (qualifiers.IsTrue(trait)) description.traits.emplace_back(trait);
    }
    description.provider = qualifiers.Text("provider");
    description.description = qualifiers.Text("Description");
    description.qualifiers = qualifiers.all();
  }
  description.properties = ReadProperties(object);
  description.methods = ReadMethods(object);
  return description;
}

std::string FirstSentence(const std::string& description) {
  const std::string_view line = std::string_view(description).substr(0, description.find('\n'));
  const std::string_view sentence = line.substr(0, std::min(line.find(". "), line.size()));
  return std::string(sentence.substr(0, sentence.size() - (sentence.ends_with('.') ? 1 : 0)));
}

}  // namespace wmi::cli
