// The functions of detail/crt_numbers.h.
#include <climits>
#include <cstdint>

#include "crt/strings/text_operations.h"

namespace wmi::crt {
namespace {

constexpr std::size_t kDigitsMax = 64;
constexpr std::size_t kIntTextSize = 33;  // what Windows demands of the targets without a size
constexpr std::size_t kLongTextSize = 65;

struct Number {
  bool negative;
  unsigned long long magnitude;
};

// The sign is written in radix 10 alone; otherwise the bits of the type are shown.
Number NumberOf(int value, int radix) {
  if (radix == 10 && value < 0) return {true, 0ULL - static_cast<unsigned long long>(value)};
  return {false, static_cast<unsigned int>(value)};
}

Number NumberOf(long long value, int radix) {
  if (radix == 10 && value < 0) return {true, 0ULL - static_cast<unsigned long long>(value)};
  return {false, static_cast<unsigned long long>(value)};
}

Number NumberOf(unsigned long long value, int /*radix*/) { return {false, value}; }

// A `long` of Windows has 32 bits: a value that is the sign extension of one shows those (source compatibility,
// decision 1).
Number NumberOf(unsigned long value, int /*radix*/) {
  const bool extended = value >= 0xFFFFFFFF80000000;
  return {false, extended ? static_cast<std::uint32_t>(value) : value};
}

Number NumberOf(long value, int radix) {
  if (radix == 10) return NumberOf(static_cast<long long>(value), radix);
  return NumberOf(static_cast<unsigned long>(value), radix);
}

template <typename Char>
errno_t WriteNumber(Number number, Char* target, std::size_t size, int radix) {
  if (target == nullptr || size == 0) return Fail(EINVAL);
  if (radix < 2 || radix > 36) return FailEmptied(target, size, EINVAL);
  Char digits[kDigitsMax + 1];
  Char* first = digits + kDigitsMax + 1;
  const auto base = static_cast<unsigned>(radix);
  do {
    const auto digit = static_cast<unsigned>(number.magnitude % base);
    *--first = static_cast<Char>(digit < 10 ? '0' + digit : 'a' + (digit - 10));
    number.magnitude /= base;
  } while (number.magnitude != 0);
  if (number.negative) *--first = static_cast<Char>('-');
  const auto length = static_cast<std::size_t>(digits + kDigitsMax + 1 - first);
  return Place(target, size, 0, first, length, 0);
}

template <typename Char>
Char* WriteUnbounded(Number number, Char* target, std::size_t size, int radix) {
  WriteNumber(number, target, size, radix);
  return target;
}

long long SignedValue(const char* text, char** end, int radix) { return std::strtoll(text, end, radix); }
long long SignedValue(const wchar_t* text, wchar_t** end, int radix) { return std::wcstoll(text, end, radix); }
unsigned long long UnsignedValue(const char* text, char** end, int radix) { return std::strtoull(text, end, radix); }
unsigned long long UnsignedValue(const wchar_t* text, wchar_t** end, int radix) {
  return std::wcstoull(text, end, radix);
}

// EINVAL for what the standard functions leave undefined.
template <typename Char>
bool Readable(const Char* text, Char** end, int radix) {
  if (text != nullptr && (radix == 0 || (radix >= 2 && radix <= 36))) return true;
  if (end != nullptr) *end = const_cast<Char*>(text);
  errno = EINVAL;
  return false;
}

template <typename Char>
long long ReadSigned(const Char* text, Char** end, int radix) {
  return Readable(text, end, radix) ? SignedValue(text, end, radix) : 0;
}

template <typename Char>
unsigned long long ReadUnsigned(const Char* text, Char** end, int radix) {
  return Readable(text, end, radix) ? UnsignedValue(text, end, radix) : 0;
}

}  // namespace
}  // namespace wmi::crt

using namespace wmi::crt;  // NOLINT(google-build-using-namespace): this file defines the C names

// One line for each function and character; a table, so that none of the twenty differs by accident.
#define WMI_NUMBER_FUNCTIONS(Name, Type, Char, Room)                    \
  errno_t Name##_s(Type value, Char* target, size_t size, int radix) {  \
    return WriteNumber(NumberOf(value, radix), target, size, radix);    \
  }                                                                     \
  Char* Name(Type value, Char* target, int radix) {                     \
    return WriteUnbounded(NumberOf(value, radix), target, Room, radix); \
  }

WMI_NUMBER_FUNCTIONS(_itoa, int, char, kIntTextSize)
WMI_NUMBER_FUNCTIONS(_ltoa, long, char, kLongTextSize)
WMI_NUMBER_FUNCTIONS(_ultoa, unsigned long, char, kLongTextSize)
WMI_NUMBER_FUNCTIONS(_i64toa, long long, char, kLongTextSize)
WMI_NUMBER_FUNCTIONS(_ui64toa, unsigned long long, char, kLongTextSize)
WMI_NUMBER_FUNCTIONS(_itow, int, wchar_t, kIntTextSize)
WMI_NUMBER_FUNCTIONS(_ltow, long, wchar_t, kLongTextSize)
WMI_NUMBER_FUNCTIONS(_ultow, unsigned long, wchar_t, kLongTextSize)
WMI_NUMBER_FUNCTIONS(_i64tow, long long, wchar_t, kLongTextSize)
WMI_NUMBER_FUNCTIONS(_ui64tow, unsigned long long, wchar_t, kLongTextSize)
#undef WMI_NUMBER_FUNCTIONS

int _wtoi(const wchar_t* text) {
  const long long value = _wtoi64(text);
  if (value >= INT_MIN && value <= INT_MAX) return static_cast<int>(value);
  errno = ERANGE;
  return value < 0 ? INT_MIN : INT_MAX;
}

long _wtol(const wchar_t* text) { return static_cast<long>(_wtoi64(text)); }
long long _wtoll(const wchar_t* text) { return _wtoi64(text); }
long long _wtoi64(const wchar_t* text) { return ReadSigned(text, static_cast<wchar_t**>(nullptr), 10); }
long long _atoi64(const char* text) { return ReadSigned(text, static_cast<char**>(nullptr), 10); }

double _wtof(const wchar_t* text) {
  if (text != nullptr) return std::wcstod(text, nullptr);
  errno = EINVAL;
  return 0;
}

long long _strtoi64(const char* text, char** end, int radix) { return ReadSigned(text, end, radix); }
unsigned long long _strtoui64(const char* text, char** end, int radix) { return ReadUnsigned(text, end, radix); }
long long _wcstoi64(const wchar_t* text, wchar_t** end, int radix) { return ReadSigned(text, end, radix); }
unsigned long long _wcstoui64(const wchar_t* text, wchar_t** end, int radix) { return ReadUnsigned(text, end, radix); }
