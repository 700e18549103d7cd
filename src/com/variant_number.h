// Number: an exact decimal value, what integers, currency, DECIMAL and numerals in strings become on their way from one
// VARTYPE to another. Independent of the locale.
#pragma once

#include <oleauto.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace wmi::com {

__extension__ using Magnitude = unsigned __int128;

// value = (negative ? -1 : 1) * magnitude / 10^scale. Zero is never negative.
struct Number {
  Magnitude magnitude = 0;
  int scale = 0;
  bool negative = false;
};

inline constexpr int kNumberScaleMax = 28;  // as DECIMAL

Number NumberFromSigned(std::int64_t value);
Number NumberFromUnsigned(std::uint64_t value);
Number NumberFromCurrency(const CY& value);
Number NumberFromDecimal(const DECIMAL& value);
// 15 significant digits, as Automation does it. DISP_E_OVERFLOW past the range of DECIMAL, also for NaN and infinity.
HRESULT NumberFromReal(double value, Number& number);

// Rounded to the nearest whole, halves to even. DISP_E_OVERFLOW outside low..high.
HRESULT WholeFromNumber(const Number& number, std::int64_t low, std::uint64_t high, std::int64_t& bits);
double RealFromNumber(const Number& number);
HRESULT CurrencyFromNumber(const Number& number, CY& value);
HRESULT DecimalFromNumber(const Number& number, DECIMAL& value);
// "-12.5": no exponent, no trailing zeros after the point.
std::string TextFromNumber(const Number& number);

// As WholeFromNumber for a binary floating-point value.
HRESULT WholeFromReal(double value, std::int64_t low, std::uint64_t high, std::int64_t& bits);
// `digits` significant digits, exponent form "1E+20" for very large and very small values.
std::string TextFromReal(double value, int digits);

// A numeral: blanks around it, a sign, digits with commas between groups, a point, an exponent. It is exact if it has
// no exponent and fits; otherwise only `real` is set.
struct Numeral {
  bool exact = false;
  Number number;
  double real = 0;
};
// DISP_E_TYPEMISMATCH if the text is no numeral, DISP_E_OVERFLOW if it exceeds a double.
HRESULT ParseNumeral(std::wstring_view text, Numeral& numeral);

}  // namespace wmi::com
