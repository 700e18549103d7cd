#include "wmi/object_reader.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/text.h"
#include "wmi/com_text.h"

namespace wmi::cli {

namespace {

constexpr int kNestingMax = 64;  // WBEM_MAX_OBJECT_NESTING

Value ReadObject(IUnknown* unknown, int depth);
Row ReadAll(IWbemClassObject* object, int depth);

std::string Utf8(BSTR text) { return text == nullptr ? std::string() : Utf8FromWide({text, ::SysStringLen(text)}); }

Value FromText(BSTR bstr, CIMTYPE type) {
  std::string text = Utf8(bstr);
  char* end = nullptr;
  switch (type) {
    case CIM_DATETIME:
      return {DateTime{std::move(text)}};
    case CIM_SINT64:
      return {static_cast<std::int64_t>(std::strtoll(text.c_str(), &end, 10))};
    case CIM_UINT64:
      return {static_cast<std::uint64_t>(std::strtoull(text.c_str(), &end, 10))};
    default:
      return {std::move(text)};
  }
}

// The shortest decimal that names the float names the double that people expect: 0.1, not 0.10000000149.
Value FromFloat(float value) { return {std::strtod(fmt::format("{}", value).c_str(), nullptr)}; }

Value FromChar16(std::uint16_t unit) {
  const wchar_t character = static_cast<wchar_t>(unit);
  return {Utf8FromWide({&character, 1})};
}

// A scalar, also as an element of an array. uint32 travels as the bits of a VT_I4, char16 as those of a VT_I2.
Value FromScalar(const VARIANT& variant, CIMTYPE type, int depth) {
  switch (variant.vt) {
    case VT_BOOL:
      return {variant.boolVal != VARIANT_FALSE};
    case VT_UI1:
      return {std::uint64_t{variant.bVal}};
    case VT_I1:
      return {static_cast<std::int64_t>(variant.cVal)};
    case VT_I2:
      if (type == CIM_CHAR16) return FromChar16(static_cast<std::uint16_t>(variant.iVal));
      return {std::int64_t{variant.iVal}};
    case VT_UI2:
      return {std::uint64_t{variant.uiVal}};
    case VT_I4:
      if (type == CIM_UINT32) return {std::uint64_t{static_cast<std::uint32_t>(variant.lVal)}};
      return {std::int64_t{static_cast<std::int32_t>(variant.lVal)}};
    case VT_UI4:
      return {std::uint64_t{static_cast<std::uint32_t>(variant.ulVal)}};
    case VT_R4:
      return FromFloat(variant.fltVal);
    case VT_R8:
      return {variant.dblVal};
    case VT_BSTR:
      return FromText(variant.bstrVal, type);
    case VT_UNKNOWN:
    case VT_DISPATCH:
      return ReadObject(variant.punkVal, depth);
    default:
      return {};
  }
}

// Elements of an array one by one; SafeArrayGetElement knows their width.
Value FromArray(SAFEARRAY* array, VARTYPE element_type, CIMTYPE type, int depth) {
  Value::Array elements;
  LONG first = 0;
  LONG last = -1;
  if (array == nullptr || FAILED(::SafeArrayGetLBound(array, 1, &first)) ||
      FAILED(::SafeArrayGetUBound(array, 1, &last))) {
    return {};
  }
  for (LONG index = first; index <= last; ++index) {
    Variant element;
    VARIANT* slot = element.Receive();
    // The union's members all begin at the same place; a VARIANT element is read whole.
    void* target = element_type == VT_VARIANT ? static_cast<void*>(slot) : static_cast<void*>(&slot->llVal);
    if (FAILED(::SafeArrayGetElement(array, &index, target))) return {};
    if (element_type != VT_VARIANT) slot->vt = element_type;
    elements.push_back(FromScalar(*element, type, depth));
  }
  return {std::move(elements)};
}

Value FromVariant(const VARIANT& variant, CIMTYPE type, int depth) {
  const CIMTYPE scalar_type = type & ~static_cast<CIMTYPE>(CIM_FLAG_ARRAY);
  if ((variant.vt & VT_ARRAY) != 0) {
    return FromArray(variant.parray, static_cast<VARTYPE>(variant.vt & VT_TYPEMASK), scalar_type, depth);
  }
  return FromScalar(variant, scalar_type, depth);
}

Value ReadObject(IUnknown* unknown, int depth) {
  if (unknown == nullptr || depth >= kNestingMax) return {};
  ObjectPtr object;
  if (FAILED(unknown->QueryInterface(IID_IWbemClassObject, reinterpret_cast<void**>(object.Receive())))) return {};
  return {std::make_shared<const Row>(ReadAll(object.get(), depth + 1))};
}

Row ReadAll(IWbemClassObject* object, int depth) {
  Row row;
  if (FAILED(object->BeginEnumeration(WBEM_FLAG_NONSYSTEM_ONLY))) return row;
  for (;;) {
    OwnedBstr name;
    Variant value;
    CIMTYPE type = CIM_EMPTY;
    if (object->Next(0, name.Receive(), value.Receive(), &type, nullptr) != WBEM_S_NO_ERROR) break;
    row.properties.push_back({name.Utf8(), FromVariant(*value, type, depth)});
  }
  object->EndEnumeration();
  return row;
}

}  // namespace

Value ReadValue(const VARIANT& variant, CIMTYPE type) { return FromVariant(variant, type, 0); }

std::optional<Value> FindProperty(IWbemClassObject* object, std::string_view name) {
  Variant value;
  CIMTYPE type = CIM_EMPTY;
  if (SUCCEEDED(object->Get(WideText(name).c_str(), 0, value.Receive(), &type, nullptr))) {
    return ReadValue(*value, type);
  }
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::optional<Value> outer = FindProperty(object, name.substr(0, dot));
  if (!outer) return std::nullopt;
  if (outer->IsNull()) return Value{};  // whatever may be inside
  const auto* embedded = std::get_if<Value::Object>(&outer->data);
  if (embedded == nullptr || *embedded == nullptr) return std::nullopt;
  const Value* inner = (*embedded)->Find(name.substr(dot + 1));
  return inner == nullptr ? std::nullopt : std::optional(*inner);
}

Value ReadProperty(IWbemClassObject* object, std::string_view name) {
  return FindProperty(object, name).value_or(Value{});
}

std::string ReadText(IWbemClassObject* object, std::string_view name) {
  const Value value = ReadProperty(object, name);
  const auto* text = std::get_if<std::string>(&value.data);
  return text == nullptr ? std::string() : *text;
}

Row ReadRow(IWbemClassObject* object, const std::vector<std::string>& columns) {
  if (columns.empty()) return ReadAll(object, 0);
  Row row;
  for (const std::string& name : columns) row.properties.push_back({name, ReadProperty(object, name)});
  return row;
}

std::vector<std::string> PropertyNames(IWbemClassObject* object) {
  std::vector<std::string> names;
  for (const Property& property : ReadAll(object, 0).properties) names.push_back(property.name);
  return names;
}

}  // namespace wmi::cli
