// VARIANTs that programs pass, as CIM values (contract 8.2; source compatibility, decisions 3 and 4): what Put takes.
// Functions without state; safe from any thread. The VARIANT is only read, and stays the caller's.
#pragma once

#include <wbemcli.h>

#include <optional>

#include "base/status.h"
#include "cim/class.h"
#include "cim/types.h"
#include "cim/value.h"

namespace wmi::api {

// A VARIANT as a value of `type`. Taken is what converts without loss:
// - NULL for VT_NULL, VT_EMPTY, an interface pointer or array that is null;
// - an integer from any integer, a whole VT_R4 or VT_R8, or a VT_BSTR with digits, decimal or "0x…", in range; a signed
//   one also from a VT_BOOL, which is -1 or 0. uint32 and char16 take the bit pattern of a VT_I4 and a VT_I2 that Get
//   hands out; uint32 takes no VT_I2 (contract 8.2);
// - a real from a real (real32 rounds), from an integer that it holds exactly, or from a VT_BSTR with a number;
// - a boolean from VT_BOOL, from 0, 1 and -1 of any number, from a VT_BSTR with TRUE or FALSE;
// - string, datetime and reference from VT_BSTR, read up to the NUL; datetimes are checked. A string also from a whole
//   number, as its decimal digits;
// - an object from a VT_UNKNOWN or VT_DISPATCH that is an IWbemClassObject of ours;
// - an array from a SAFEARRAY of one dimension with elements as above, or VARIANTs with them, but no VT_R8 for
//   integers, and no NULL inside. An empty array may have any element type;
// - any of these by VT_BYREF.
// kTypeMismatch for everything else; kQuotaViolation past the limits of arrays and of nesting.
Result<cim::Value> FromVariant(const cim::DataType& type, const VARIANT& variant);

// The type that a new property gets from its first value when the program names none; nullopt for NULL, for an array of
// VARIANTs, and for types that CIM does not have.
std::optional<cim::DataType> TypeOfVariant(const VARIANT& variant);

// A CIMTYPE of a program; nullopt for a number that is none, CIM_EMPTY and CIM_ILLEGAL included.
std::optional<cim::DataType> TypeOfCimType(CIMTYPE type);

// The value and type of a qualifier (contract 8.3): VT_I4, VT_R8, VT_BSTR, VT_BOOL or an array of one of these.
// kInvalidQualifierType for everything else.
struct QualifierValue {
  cim::DataType type;
  cim::Value value;
};
Result<QualifierValue> QualifierFromVariant(const VARIANT& variant);

}  // namespace wmi::api
