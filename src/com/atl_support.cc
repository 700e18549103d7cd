// What the classes of <atlcomcli.h> need from the library: change of case and the order of two VARIANTs.
#include <atlcomcli.h>

#include <clocale>
#include <cmath>
#include <cwctype>
#include <optional>
#include <string>

namespace {

// The case mappings of Unicode, whatever locale the program chose. Null where the C library has no such locale: then
// the program's own locale decides.
locale_t UnicodeLocale() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

wint_t LowerOfProgram(wint_t c, locale_t) { return std::towlower(c); }
wint_t UpperOfProgram(wint_t c, locale_t) { return std::towupper(c); }

WCHAR Mapped(WCHAR c, wint_t (*map)(wint_t, locale_t), locale_t locale) {
  // A wchar_t is not negative in valid text; what is not a character stays as it is.
  return c < 0 ? c : static_cast<WCHAR>(map(std::char_traits<WCHAR>::to_int_type(c), locale));
}

bool IsInteger(const VARIANT& value) {
  switch (value.vt) {
    case VT_EMPTY:
    case VT_I1:
    case VT_I2:
    case VT_I4:
    case VT_I8:
    case VT_INT:
    case VT_UI1:
    case VT_UI2:
    case VT_UI4:
    case VT_UI8:
    case VT_UINT:
    case VT_BOOL:
    case VT_ERROR:
      return true;
    default:
      return false;
  }
}

bool IsNumber(const VARIANT& value) {
  return IsInteger(value) || value.vt == VT_R4 || value.vt == VT_R8 || value.vt == VT_DATE || value.vt == VT_CY ||
         value.vt == VT_DECIMAL || value.vt == VT_BSTR;
}

template <typename T>
int Order(const T& first, const T& second) {
  return first == second ? 0 : first < second ? -1 : 1;
}

// Both as 64-bit integers: VT_I8 holds all but the upper half of VT_UI8. The code of a VT_ERROR has no conversion.
int CompareIntegers(const VARIANT& first, const VARIANT& second) {
  const auto wide = [](const VARIANT& value) {
    VARIANT result;
    VariantInit(&result);
    if (value.vt == VT_ERROR) {
      result.llVal = value.scode;
    } else if (value.vt != VT_UI8) {
      VariantChangeType(&result, &value, 0, VT_I8);
    }
    return result.llVal;
  };
  const bool first_large = first.vt == VT_UI8;
  const bool second_large = second.vt == VT_UI8;
  if (first_large && second_large) return Order(first.ullVal, second.ullVal);
  if (first_large) {
    const LONGLONG other = wide(second);
    return other < 0 ? 1 : Order(first.ullVal, static_cast<ULONGLONG>(other));
  }
  if (second_large) return -CompareIntegers(second, first);
  return Order(wide(first), wide(second));
}

std::optional<double> AsDouble(const VARIANT& value) {
  VARIANT result;
  VariantInit(&result);
  if (value.vt == VT_ERROR) return value.scode;
  if (FAILED(VariantChangeType(&result, &value, 0, VT_R8)) || std::isnan(result.dblVal)) return std::nullopt;
  return result.dblVal;
}

int CompareTexts(BSTR first, BSTR second) {
  return Order(std::wcscmp(first == nullptr ? L"" : first, second == nullptr ? L"" : second), 0);
}

}  // namespace

void _openwmi_lower_text(WCHAR* text, UINT length) {
  const locale_t locale = UnicodeLocale();
  for (UINT i = 0; i < length; ++i) text[i] = Mapped(text[i], locale != nullptr ? towlower_l : LowerOfProgram, locale);
}

void _openwmi_upper_text(WCHAR* text, UINT length) {
  const locale_t locale = UnicodeLocale();
  for (UINT i = 0; i < length; ++i) text[i] = Mapped(text[i], locale != nullptr ? towupper_l : UpperOfProgram, locale);
}

int _openwmi_compare_variants(const VARIANT* first, const VARIANT* second) {
  constexpr int kUnordered = 2;
  if (!IsNumber(*first) || !IsNumber(*second)) return kUnordered;
  if (IsInteger(*first) && IsInteger(*second)) return CompareIntegers(*first, *second);
  if (first->vt == VT_BSTR && second->vt == VT_BSTR) return CompareTexts(first->bstrVal, second->bstrVal);
  const std::optional<double> a = AsDouble(*first);
  const std::optional<double> b = AsDouble(*second);
  if (!a || !b) return kUnordered;
  return Order(*a, *b);
}
