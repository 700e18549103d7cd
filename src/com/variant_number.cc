#include "com/variant_number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

namespace wmi::com {
namespace {

constexpr Magnitude kDecimalMax = (Magnitude{1} << 96) - 1;
constexpr int kCurrencyScale = 4;

Magnitude PowerOfTen(int exponent) {
  Magnitude power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// magnitude / 10^digits, halves to even.
Magnitude RoundedQuotient(Magnitude magnitude, int digits) {
  const Magnitude divisor = PowerOfTen(digits);
  const Magnitude quotient = magnitude / divisor;
  const Magnitude rest = magnitude % divisor;
  const bool up = rest > divisor - rest || (rest == divisor - rest && (quotient & 1) != 0);
  return digits > 0 && up ? quotient + 1 : quotient;
}

bool IsBlank(wchar_t c) { return c == L' ' || (c >= L'\t' && c <= L'\r'); }

std::wstring_view Trim(std::wstring_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

bool IsDigit(wchar_t c) { return c >= L'0' && c <= L'9'; }

// The numeral in the form that from_chars reads: no blanks, no plus, no commas. False if it is none.
bool Normalise(std::wstring_view text, std::string& plain) {
  text = Trim(text);
  std::size_t at = 0;
  if (at < text.size() && (text[at] == L'-' || text[at] == L'+')) {
    if (text[at] == L'-') plain.push_back('-');
    ++at;
  }
  bool digits = false;
  bool point = false;
  for (; at < text.size(); ++at) {
    const wchar_t c = text[at];
    if (IsDigit(c)) {
      digits = true;
      plain.push_back(static_cast<char>(c));
    } else if (c == L'.' && !point) {
      point = true;
      plain.push_back('.');
    } else if (c == L',' && digits && !point) {
      continue;  // a comma groups digits wherever it stands, as in Automation
    } else {
      break;
    }
  }
  if (!digits) return false;
  if (at == text.size()) return true;
  if (text[at] != L'e' && text[at] != L'E') return false;
  plain.push_back('e');
  ++at;
  if (at < text.size() && (text[at] == L'-' || text[at] == L'+')) {
    if (text[at] == L'-') plain.push_back('-');
    ++at;
  }
  if (at == text.size()) return false;
  for (; at < text.size(); ++at) {
    if (!IsDigit(text[at])) return false;
    plain.push_back(static_cast<char>(text[at]));
  }
  return true;
}

// Exact reading of a normalised numeral without exponent; false if it has too many digits.
bool ReadExact(std::string_view plain, Number& number) {
  number = Number();
  bool point = false;
  bool negative = false;
  for (const char c : plain) {
    if (c == '-') {
      negative = true;
    } else if (c == '.') {
      point = true;
    } else {
      const Magnitude next = number.magnitude * 10 + static_cast<unsigned>(c - '0');
      if (next > kDecimalMax || (point && number.scale == kNumberScaleMax)) return false;
      number.magnitude = next;
      number.scale += point ? 1 : 0;
    }
  }
  number.negative = negative && number.magnitude != 0;
  return true;
}

}  // namespace

Number NumberFromSigned(std::int64_t value) {
  Number number;
  number.negative = value < 0;
  number.magnitude = value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  return number;
}

Number NumberFromUnsigned(std::uint64_t value) {
  Number number;
  number.magnitude = value;
  return number;
}

Number NumberFromCurrency(const CY& value) {
  Number number = NumberFromSigned(value.int64);
  number.scale = kCurrencyScale;
  return number;
}

Number NumberFromDecimal(const DECIMAL& value) {
  Number number;
  number.magnitude = (Magnitude{value.Hi32} << 64) | value.Lo64;
  number.scale = std::min<int>(value.scale, kNumberScaleMax);
  number.negative = (value.sign & DECIMAL_NEG) != 0 && number.magnitude != 0;
  return number;
}

HRESULT NumberFromReal(double value, Number& number) {
  if (!std::isfinite(value) || std::fabs(value) >= 7.9228162514264338e28) return DISP_E_OVERFLOW;
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific, 14).ptr;
  const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  const std::size_t exponent_at = text.find('e');
  int exponent = 0;
  const char* first = text.data() + exponent_at + 1;
  std::from_chars(*first == '+' ? first + 1 : first, end, exponent);
  ReadExact(text.substr(0, exponent_at), number);
  int scale = number.scale - exponent;
  // Digits that are zero at the end carry nothing and may be all that does not fit.
  while (scale > 0 && number.magnitude % 10 == 0 && number.magnitude != 0) {
    number.magnitude /= 10;
    --scale;
  }
  if (scale > kNumberScaleMax) {
    number.magnitude = RoundedQuotient(number.magnitude, std::min(scale - kNumberScaleMax, 30));
    scale = kNumberScaleMax;
  }
  if (scale < 0) {
    number.magnitude *= PowerOfTen(-scale);
    scale = 0;
  }
  if (number.magnitude > kDecimalMax) return DISP_E_OVERFLOW;
  number.scale = number.magnitude == 0 ? 0 : scale;
  number.negative = number.negative && number.magnitude != 0;
  return S_OK;
}

HRESULT WholeFromNumber(const Number& number, std::int64_t low, std::uint64_t high, std::int64_t& bits) {
  const Magnitude whole = RoundedQuotient(number.magnitude, number.scale);
  if (number.negative && whole != 0) {
    if (whole > Magnitude{0 - static_cast<std::uint64_t>(low)}) return DISP_E_OVERFLOW;
    bits = static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(whole));
    return S_OK;
  }
  if (whole > high) return DISP_E_OVERFLOW;
  bits = static_cast<std::int64_t>(static_cast<std::uint64_t>(whole));
  return S_OK;
}

double RealFromNumber(const Number& number) {
  const auto value = static_cast<double>(static_cast<long double>(number.magnitude) /
                                         static_cast<long double>(PowerOfTen(number.scale)));
  return number.negative ? -value : value;
}

HRESULT CurrencyFromNumber(const Number& number, CY& value) {
  Magnitude scaled = number.magnitude;
  if (number.scale > kCurrencyScale) {
    scaled = RoundedQuotient(scaled, number.scale - kCurrencyScale);
  } else {
    scaled *= PowerOfTen(kCurrencyScale - number.scale);  // 96 bits and 4 digits fit 128
  }
  Number cents;
  cents.magnitude = scaled;
  cents.negative = number.negative;
  std::int64_t bits = 0;
  const HRESULT hr =
      WholeFromNumber(cents, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(), bits);
  if (SUCCEEDED(hr)) value.int64 = bits;
  return hr;
}

HRESULT DecimalFromNumber(const Number& number, DECIMAL& value) {
  if (number.magnitude > kDecimalMax) return DISP_E_OVERFLOW;
  value.Lo64 = static_cast<std::uint64_t>(number.magnitude);
  value.Hi32 = static_cast<std::uint32_t>(number.magnitude >> 64);
  value.scale = static_cast<BYTE>(number.scale);
  value.sign = number.negative ? DECIMAL_NEG : 0;
  return S_OK;
}

std::string TextFromNumber(const Number& number) {
  std::string digits;
  for (Magnitude rest = number.magnitude; rest != 0; rest /= 10) {
    digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
  }
  while (digits.size() <= static_cast<std::size_t>(number.scale)) digits.push_back('0');
  if (number.scale > 0) digits.insert(static_cast<std::size_t>(number.scale), 1, '.');
  if (number.negative) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  if (number.scale > 0) {
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
  }
  return digits;
}

HRESULT WholeFromReal(double value, std::int64_t low, std::uint64_t high, std::int64_t& bits) {
  const double whole = std::nearbyint(value);  // halves to even in the default rounding mode
  // The bounds themselves may not be doubles; one past the upper one is a power of two and is.
  if (!(whole >= static_cast<double>(low)) || !(whole < std::ldexp(1.0, 64)) ||
      (whole >= 0 && static_cast<std::uint64_t>(whole) > high)) {
    return DISP_E_OVERFLOW;
  }
  bits = whole < 0 ? static_cast<std::int64_t>(whole) : static_cast<std::int64_t>(static_cast<std::uint64_t>(whole));
  return S_OK;
}

std::string TextFromReal(double value, int digits) {
  if (std::isnan(value)) return std::signbit(value) ? "-1.#IND" : "1.#QNAN";
  if (std::isinf(value)) return value < 0 ? "-1.#INF" : "1.#INF";
  if (value == 0) return "0";
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, digits).ptr;
  std::string text(buffer, end);
  std::replace(text.begin(), text.end(), 'e', 'E');
  return text;
}

HRESULT ParseNumeral(std::wstring_view text, Numeral& numeral) {
  std::string plain;
  if (!Normalise(text, plain)) return DISP_E_TYPEMISMATCH;
  if (plain.find('e') == std::string::npos && ReadExact(plain, numeral.number)) numeral.exact = true;
  const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), numeral.real);
  if (error == std::errc::result_out_of_range) {
    // from_chars does not tell "too large" from "too small"; the exponent's sign does.
    if (plain.find("e-") == std::string::npos && !numeral.exact) return DISP_E_OVERFLOW;
    numeral.real = 0;
  }
  return S_OK;
}

}  // namespace wmi::com
