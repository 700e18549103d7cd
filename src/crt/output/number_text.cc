#include "crt/output/number_text.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>

namespace wmi::crt {
namespace {

bool IsSignedType(char type) { return type == 'd' || type == 'i'; }
bool Is64(int kind) { return kind == OPENWMI_ARGUMENT_INT64 || kind == OPENWMI_ARGUMENT_UINT64; }

constexpr std::int64_t kLeastOf32 = INT32_MIN;

struct Integer {
  std::uint64_t magnitude;
  bool negative;
};

Integer OfSigned(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return value < 0 ? Integer{0 - bits, true} : Integer{bits, false};
}

// A 64-bit value where the format does not say how wide it is. On Windows this is a 32-bit LONG or DWORD, so that what
// has the shape of one is read as one; the rest keeps all of its digits.
Integer ReadAsOnWindows(bool is_signed, int kind, std::int64_t value) {
  const bool fits_negative = value < 0 && value >= kLeastOf32;
  if (!is_signed) return {static_cast<std::uint64_t>(value) & (fits_negative ? UINT32_MAX : UINT64_MAX), false};
  if (kind == OPENWMI_ARGUMENT_INT64 || fits_negative) return OfSigned(value);
  if (value > INT32_MAX && value <= std::int64_t{UINT32_MAX}) return OfSigned(static_cast<std::int32_t>(value));
  return {static_cast<std::uint64_t>(value), false};
}

Integer Read(ArgumentSize size, bool is_signed, const openwmi_argument& argument) {
  const std::int64_t value = argument.value.integer;
  switch (size) {
    case ArgumentSize::k8:
      return is_signed ? OfSigned(static_cast<std::int8_t>(value)) : Integer{static_cast<std::uint8_t>(value), false};
    case ArgumentSize::k16:
      return is_signed ? OfSigned(static_cast<std::int16_t>(value)) : Integer{static_cast<std::uint16_t>(value), false};
    case ArgumentSize::k64:
      return is_signed ? OfSigned(value) : Integer{static_cast<std::uint64_t>(value), false};
    case ArgumentSize::k32:
      break;
    default:
      if (Is64(argument.kind)) return ReadAsOnWindows(is_signed, argument.kind, value);
  }
  return is_signed ? OfSigned(static_cast<std::int32_t>(value)) : Integer{static_cast<std::uint32_t>(value), false};
}

// Writes the digits so that they end at `end`, and returns where they begin.
char* WriteDigits(char* end, std::uint64_t value, char type) {
  const char* letters = type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
  if (type == 'x' || type == 'X') {
    for (; value != 0; value >>= 4) *--end = letters[value & 0xf];
  } else if (type == 'o') {
    for (; value != 0; value >>= 3) *--end = letters[value & 7];
  } else {
    for (; value != 0; value /= 10) *--end = letters[value % 10];
  }
  return end;
}

}  // namespace

void NumberText::SetSign(const Directive& directive, bool negative) {
  if (negative) {
    AddPrefix('-');
  } else if (directive.plus) {
    AddPrefix('+');
  } else if (directive.space) {
    AddPrefix(' ');
  }
}

void NumberText::SetDigits(const Directive& directive, std::uint64_t magnitude, int precision) {
  constexpr std::size_t kDigitsMax = 24;
  char* const end = inline_ + kDigitsMax;
  char* const begin = WriteDigits(end, magnitude, directive.type);
  digits_ = {begin, static_cast<std::size_t>(end - begin)};
  // A precision stops the 0 flag; without one there is at least one digit.
  zero_fills_ = precision < 0;
  const auto least = static_cast<std::size_t>(precision < 0 ? 1 : std::min(precision, kFieldMax));
  zeros_ = least > digits_.size() ? least - digits_.size() : 0;
  if (!directive.alternate) return;
  if (directive.type == 'o' && zeros_ == 0) zeros_ = 1;
  if ((directive.type == 'x' || directive.type == 'X') && magnitude != 0) {
    AddPrefix('0');
    AddPrefix(directive.type);
  }
}

void NumberText::SetInteger(const Directive& directive, const openwmi_argument& argument) {
  const bool is_signed = IsSignedType(directive.type);
  const Integer integer = Read(directive.size, is_signed, argument);
  if (is_signed) SetSign(directive, integer.negative);
  SetDigits(directive, integer.magnitude, directive.precision);
}

void NumberText::SetPointer(const Directive& directive, std::uint64_t address) {
  Directive hexadecimal = directive;
  hexadecimal.type = 'X';
  SetDigits(hexadecimal, address, 2 * sizeof(void*));
}

// Microsoft names the NaN that failed arithmetic gives, and the signalling ones.
void NumberText::SetNotFinite(const Directive& directive, bool capitals, double value) {
  constexpr std::uint64_t kQuiet = std::uint64_t{1} << 51;
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(value);
  SetSign(directive, std::signbit(value));
  zero_fills_ = false;
  if (std::isinf(value)) {
    digits_ = capitals ? "INF" : "inf";
  } else if ((bits & kQuiet) == 0) {
    digits_ = capitals ? "NAN(SNAN)" : "nan(snan)";
  } else if (std::signbit(value) && (bits & (kQuiet - 1)) == 0) {
    digits_ = capitals ? "NAN(IND)" : "nan(ind)";
  } else {
    digits_ = capitals ? "NAN" : "nan";
  }
}

void NumberText::SetReal(const Directive& directive, char type, double value) {
  const bool capitals = type >= 'A' && type <= 'Z';
  if (!std::isfinite(value)) return SetNotFinite(directive, capitals, value);
  const bool hexadecimal = type == 'a' || type == 'A';
  const int precision = directive.precision < 0 ? (hexadecimal ? 13 : 6) : std::min(directive.precision, kFieldMax);
  char format[8];
  char* end = format;
  *end++ = '%';
  if (directive.alternate) *end++ = '#';
  *end++ = '.';
  *end++ = '*';
  *end++ = type;
  *end = '\0';
  const double magnitude = std::fabs(value);
  char* target = inline_;
  int size = std::snprintf(inline_, sizeof(inline_), format, precision, magnitude);
  if (size >= static_cast<int>(sizeof(inline_))) {
    heap_.resize(static_cast<std::size_t>(size) + 1);
    target = heap_.data();
    size = std::snprintf(target, heap_.size(), format, precision, magnitude);
  }
  digits_ = {target, static_cast<std::size_t>(std::max(size, 0))};
  SetSign(directive, std::signbit(value));
  if (hexadecimal && digits_.size() > 2) {  // zeros go between 0x and the mantissa
    AddPrefix(digits_[0]);
    AddPrefix(digits_[1]);
    digits_.remove_prefix(2);
  }
}

}  // namespace wmi::crt
