// VARIANT for the modules above: what the library writes into one, and what it reads from one (source compatibility,
// decision 3). Functions on one VARIANT; no state.
#pragma once

#include <oleauto.h>

#include <cstdint>

namespace wmi::com {

// True for a type that a VARIANT may carry, VT_ARRAY and VT_BYREF included.
bool IsVariantType(VARTYPE vt);

// Setters: they overwrite the whole structure and free nothing. Every byte of the value is written, so that each member
// a program may read shows the right number.
void SetEmpty(VARIANT& target);
void SetNull(VARIANT& target);
void SetBool(VARIANT& target, bool value);             // NOLINT: the value, not a switch
void SetUint8(VARIANT& target, std::uint8_t value);    // VT_UI1
void SetSint16(VARIANT& target, std::int16_t value);   // VT_I2, sign-extended
void SetUint16(VARIANT& target, std::uint16_t value);  // VT_I4, zero-extended
void SetSint32(VARIANT& target, std::int32_t value);   // VT_I4, sign-extended
void SetUint32(VARIANT& target, std::uint32_t value);  // VT_I4, zero-extended
void SetReal32(VARIANT& target, float value);
void SetReal64(VARIANT& target, double value);
void SetBstr(VARIANT& target, BSTR value);                          // takes the string over
void SetUnknown(VARIANT& target, IUnknown* value);                  // takes the reference over
void SetArray(VARIANT& target, VARTYPE element, SAFEARRAY* value);  // takes the array over

// What an input VT_I4, VT_INT (signed) or VT_UI4, VT_UINT (unsigned) means: the low 32 bits, whatever stands above
// them.
std::int32_t LowSint32(const VARIANT& source);
std::uint32_t LowUint32(const VARIANT& source);

}  // namespace wmi::com
