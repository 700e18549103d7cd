#include "cim/types.h"

#include "base/text.h"

namespace wmi::cim {

std::string_view TypeName(CimType type) {
  switch (type) {
    case CimType::kEmpty:
      return "void";
    case CimType::kSint16:
      return "sint16";
    case CimType::kSint32:
      return "sint32";
    case CimType::kReal32:
      return "real32";
    case CimType::kReal64:
      return "real64";
    case CimType::kString:
      return "string";
    case CimType::kBoolean:
      return "boolean";
    case CimType::kObject:
      return "object";
    case CimType::kSint8:
      return "sint8";
    case CimType::kUint8:
      return "uint8";
    case CimType::kUint16:
      return "uint16";
    case CimType::kUint32:
      return "uint32";
    case CimType::kSint64:
      return "sint64";
    case CimType::kUint64:
      return "uint64";
    case CimType::kDatetime:
      return "datetime";
    case CimType::kReference:
      return "ref";
    case CimType::kChar16:
      return "char16";
  }
  return "";
}

std::optional<CimType> FindType(std::string_view name) {
  for (const CimType type :
       {CimType::kSint16, CimType::kSint32, CimType::kReal32, CimType::kReal64, CimType::kString, CimType::kBoolean,
        CimType::kObject, CimType::kSint8, CimType::kUint8, CimType::kUint16, CimType::kUint32, CimType::kSint64,
        CimType::kUint64, CimType::kDatetime, CimType::kReference, CimType::kChar16}) {
    if (EqualFolded(TypeName(type), name)) return type;
  }
  return std::nullopt;
}

bool IsSignedInteger(CimType type) {
  return type == CimType::kSint8 || type == CimType::kSint16 || type == CimType::kSint32 || type == CimType::kSint64;
}

bool IsUnsignedInteger(CimType type) {
  return type == CimType::kUint8 || type == CimType::kUint16 || type == CimType::kUint32 || type == CimType::kUint64 ||
         type == CimType::kChar16;
}

bool IsInteger(CimType type) { return IsSignedInteger(type) || IsUnsignedInteger(type); }

bool IsReal(CimType type) { return type == CimType::kReal32 || type == CimType::kReal64; }

bool IsTextual(CimType type) {
  return type == CimType::kString || type == CimType::kDatetime || type == CimType::kReference;
}

bool HasSameShape(const DataType& a, const DataType& b) { return a.type == b.type && a.is_array == b.is_array; }

std::string CimTypeText(const DataType& type) {
  std::string text(TypeName(type.type));
  const bool names_a_class = type.type == CimType::kReference || type.type == CimType::kObject;
  if (names_a_class && !type.class_name.empty()) text += ":" + type.class_name;
  return text;
}

}  // namespace wmi::cim
