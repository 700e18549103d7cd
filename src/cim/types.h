// The CIM data types (DSP0004 5.2; contract 8.2). The numbers are the public CIMTYPE constants, so the surface needs no
// table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wmi::cim {

enum class CimType : std::uint16_t {
  kEmpty = 0,
  kSint16 = 2,
  kSint32 = 3,
  kReal32 = 4,
  kReal64 = 5,
  kString = 8,
  kBoolean = 11,
  kObject = 13,
  kSint8 = 16,
  kUint8 = 17,
  kUint16 = 18,
  kUint32 = 19,
  kSint64 = 20,
  kUint64 = 21,
  kDatetime = 101,
  kReference = 102,
  kChar16 = 103,
};

inline constexpr std::uint32_t kArrayFlag = 0x2000;

// "uint32", "datetime", "ref", "object"; the word MOF uses.
std::string_view TypeName(CimType type);
// The type that a word names, without case; nullopt for none, "void" included.
std::optional<CimType> FindType(std::string_view name);
bool IsSignedInteger(CimType type);
bool IsUnsignedInteger(CimType type);  // char16 counts
bool IsInteger(CimType type);
bool IsReal(CimType type);
bool IsTextual(CimType type);  // string, datetime, reference

// The declared type of a property or parameter.
struct DataType {
  CimType type = CimType::kEmpty;
  bool is_array = false;
  // For references and embedded objects: the class named, empty for `object` and `object ref`.
  std::string class_name;

  bool operator==(const DataType&) const = default;
};

// The same but for the class named.
bool HasSameShape(const DataType& a, const DataType& b);

// What the CIMTYPE qualifier says: "uint32", "ref:Win32_Process", "object:CIM_Thing", "object".
std::string CimTypeText(const DataType& type);

}  // namespace wmi::cim
