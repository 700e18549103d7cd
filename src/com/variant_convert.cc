// VariantChangeType: every pair of scalar types, through three intermediate forms (exact number, binary real, text).
#include <objbase.h>

#include <algorithm>
#include <cstdint>
#include <cwctype>
#include <limits>
#include <string>
#include <string_view>

#include "base/text.h"
#include "com/abi_call.h"
#include "com/bstr.h"
#include "com/variant.h"
#include "com/variant_date.h"
#include "com/variant_number.h"

namespace wmi::com {
namespace {

// What a source VARIANT means, before the target's type is known.
struct Meaning {
  enum class Kind { kNumber, kReal, kBool, kDate, kText };
  Kind kind = Kind::kNumber;
  Number number;
  double real = 0;  // kReal and kDate
  int digits = 15;  // significant digits of a kReal in text
  bool truth = false;
  std::wstring_view text;
};

Meaning Whole(Number number) {
  Meaning meaning;
  meaning.number = number;
  return meaning;
}

Meaning Real(double value, int digits) {
  Meaning meaning;
  meaning.kind = Meaning::Kind::kReal;
  meaning.real = value;
  meaning.digits = digits;
  return meaning;
}

// DISP_E_TYPEMISMATCH for what has no value: NULL, errors, interfaces.
HRESULT Read(const VARIANT& source, Meaning& meaning) {
  switch (source.vt) {
    case VT_EMPTY:
      return S_OK;  // zero
    case VT_I1:
      meaning = Whole(NumberFromSigned(static_cast<signed char>(source.cVal)));
      return S_OK;
    case VT_UI1:
      meaning = Whole(NumberFromUnsigned(source.bVal));
      return S_OK;
    case VT_I2:
      meaning = Whole(NumberFromSigned(source.iVal));
      return S_OK;
    case VT_UI2:
      meaning = Whole(NumberFromUnsigned(source.uiVal));
      return S_OK;
    case VT_I4:
    case VT_INT:
      meaning = Whole(NumberFromSigned(LowSint32(source)));
      return S_OK;
    case VT_UI4:
    case VT_UINT:
      meaning = Whole(NumberFromUnsigned(LowUint32(source)));
      return S_OK;
    case VT_I8:
      meaning = Whole(NumberFromSigned(source.llVal));
      return S_OK;
    case VT_UI8:
      meaning = Whole(NumberFromUnsigned(source.ullVal));
      return S_OK;
    case VT_CY:
      meaning = Whole(NumberFromCurrency(source.cyVal));
      return S_OK;
    case VT_DECIMAL:
      meaning = Whole(NumberFromDecimal(source.decVal));
      return S_OK;
    case VT_R4:
      meaning = Real(source.fltVal, 7);
      return S_OK;
    case VT_R8:
      meaning = Real(source.dblVal, 15);
      return S_OK;
    case VT_DATE:
      meaning = Real(source.date, 15);
      meaning.kind = Meaning::Kind::kDate;
      return S_OK;
    case VT_BOOL:
      meaning = Whole(NumberFromSigned(source.boolVal));
      meaning.kind = Meaning::Kind::kBool;
      meaning.truth = source.boolVal != 0;
      return S_OK;
    case VT_BSTR:
      meaning.kind = Meaning::Kind::kText;
      // Up to the NUL: a caller may have put a literal here.
      if (source.bstrVal != nullptr) meaning.text = source.bstrVal;
      return S_OK;
    default:
      return DISP_E_TYPEMISMATCH;
  }
}

bool EqualsIgnoringCase(std::wstring_view text, std::wstring_view lower) {
  return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(), [](wchar_t a, wchar_t b) {
           return static_cast<wchar_t>(std::towlower(static_cast<wint_t>(a))) == b;
         });
}

// Text as a number: a numeral, or failing that a truth word. A target DATE has its own reading.
HRESULT Evaluate(Meaning& meaning) {
  if (meaning.kind != Meaning::Kind::kText) return S_OK;
  Numeral numeral;
  const HRESULT hr = ParseNumeral(meaning.text, numeral);
  if (FAILED(hr)) return hr;
  meaning = numeral.exact ? Whole(numeral.number) : Real(numeral.real, 15);
  return S_OK;
}

bool IsBinaryReal(const Meaning& meaning) {
  return meaning.kind == Meaning::Kind::kReal || meaning.kind == Meaning::Kind::kDate;
}

HRESULT ToWhole(Meaning meaning, std::int64_t low, std::uint64_t high, std::int64_t& bits) {
  const HRESULT hr = Evaluate(meaning);
  if (FAILED(hr)) return hr;
  if (IsBinaryReal(meaning)) return WholeFromReal(meaning.real, low, high, bits);
  // TRUE is all bits set, also in an unsigned type.
  if (meaning.kind == Meaning::Kind::kBool && low == 0) {
    bits = meaning.truth ? static_cast<std::int64_t>(high) : 0;
    return S_OK;
  }
  return WholeFromNumber(meaning.number, low, high, bits);
}

HRESULT ToReal(Meaning meaning, double& value) {
  const HRESULT hr = Evaluate(meaning);
  if (SUCCEEDED(hr)) value = IsBinaryReal(meaning) ? meaning.real : RealFromNumber(meaning.number);
  return hr;
}

HRESULT ToNumber(Meaning meaning, Number& number) {
  const HRESULT hr = Evaluate(meaning);
  if (FAILED(hr)) return hr;
  if (IsBinaryReal(meaning)) return NumberFromReal(meaning.real, number);
  number = meaning.number;
  return S_OK;
}

HRESULT ToBool(Meaning meaning, bool& value) {
  if (meaning.kind == Meaning::Kind::kText) {
    value = EqualsIgnoringCase(meaning.text, L"true") || EqualsIgnoringCase(meaning.text, L"#true#");
    if (value) return S_OK;
    if (EqualsIgnoringCase(meaning.text, L"false") || EqualsIgnoringCase(meaning.text, L"#false#")) return S_OK;
  }
  const HRESULT hr = Evaluate(meaning);
  if (SUCCEEDED(hr)) value = IsBinaryReal(meaning) ? meaning.real != 0 : meaning.number.magnitude != 0;
  return hr;
}

HRESULT ToDate(const Meaning& meaning, double& date) {
  HRESULT hr = S_OK;
  if (meaning.kind == Meaning::Kind::kText) {
    hr = DateFromText(meaning.text, date);
    if (hr != DISP_E_TYPEMISMATCH) return hr;
  }
  hr = ToReal(meaning, date);
  if (FAILED(hr)) return hr;
  return IsDate(date) ? S_OK : DISP_E_OVERFLOW;
}

HRESULT ToText(const Meaning& meaning, VARTYPE source, USHORT flags, BSTR& result) {
  std::string text;
  switch (meaning.kind) {
    case Meaning::Kind::kNumber:
      if (source != VT_EMPTY) text = TextFromNumber(meaning.number);
      break;
    case Meaning::Kind::kReal:
      text = TextFromReal(meaning.real, meaning.digits);
      break;
    case Meaning::Kind::kBool:
      if ((flags & (VARIANT_ALPHABOOL | VARIANT_LOCALBOOL)) != 0) {
        text = meaning.truth ? "True" : "False";
      } else {
        text = meaning.truth ? "-1" : "0";
      }
      break;
    case Meaning::Kind::kDate: {
      const HRESULT hr = TextFromDate(meaning.real, text);
      if (FAILED(hr)) return hr;
      break;
    }
    case Meaning::Kind::kText:
      result = SysAllocStringLen(meaning.text.data(), static_cast<UINT>(meaning.text.size()));
      return result != nullptr ? S_OK : E_OUTOFMEMORY;
  }
  return ReturnBstr(text, &result);
}

template <typename T>
HRESULT WriteWhole(const Meaning& meaning, VARTYPE vt, VARIANT& target) {
  std::int64_t bits = 0;
  const HRESULT hr =
      ToWhole(meaning, std::numeric_limits<T>::min(), static_cast<std::uint64_t>(std::numeric_limits<T>::max()), bits);
  if (FAILED(hr)) return hr;
  // All eight bytes, extended as the type says.
  target.llVal = static_cast<LONGLONG>(static_cast<T>(bits));  // NOLINT(bugprone-signed-char-misuse): sign is wanted
  target.vt = vt;
  return S_OK;
}

HRESULT WriteReal32(const Meaning& meaning, VARIANT& target) {
  double value = 0;
  const HRESULT hr = ToReal(meaning, value);
  if (FAILED(hr)) return hr;
  constexpr double kMax = std::numeric_limits<float>::max();
  const bool finite = value - value == 0;
  if (finite && (value > kMax || value < -kMax)) return DISP_E_OVERFLOW;
  SetReal32(target, static_cast<float>(value));
  return S_OK;
}

// `target` is empty on entry and stays so on failure.
HRESULT Write(const Meaning& meaning, VARTYPE source, USHORT flags, VARTYPE vt, VARIANT& target) {
  HRESULT hr = S_OK;
  switch (vt) {
    case VT_I1:
      return WriteWhole<std::int8_t>(meaning, vt, target);
    case VT_UI1:
      return WriteWhole<std::uint8_t>(meaning, vt, target);
    case VT_I2:
      return WriteWhole<std::int16_t>(meaning, vt, target);
    case VT_UI2:
      return WriteWhole<std::uint16_t>(meaning, vt, target);
    case VT_I4:
    case VT_INT:
      return WriteWhole<std::int32_t>(meaning, vt, target);
    case VT_UI4:
    case VT_UINT:
      return WriteWhole<std::uint32_t>(meaning, vt, target);
    case VT_I8:
      return WriteWhole<std::int64_t>(meaning, vt, target);
    case VT_UI8:
      return WriteWhole<std::uint64_t>(meaning, vt, target);
    case VT_R4:
      return WriteReal32(meaning, target);
    case VT_R8: {
      double value = 0;
      hr = ToReal(meaning, value);
      if (SUCCEEDED(hr)) SetReal64(target, value);
      return hr;
    }
    case VT_DATE: {
      double value = 0;
      hr = ToDate(meaning, value);
      if (FAILED(hr)) return hr;
      SetReal64(target, value);
      target.vt = VT_DATE;
      return S_OK;
    }
    case VT_BOOL: {
      bool value = false;
      hr = ToBool(meaning, value);
      if (SUCCEEDED(hr)) SetBool(target, value);
      return hr;
    }
    case VT_CY:
    case VT_DECIMAL: {
      Number number;
      hr = ToNumber(meaning, number);
      if (FAILED(hr)) return hr;
      hr = vt == VT_CY ? CurrencyFromNumber(number, target.cyVal) : DecimalFromNumber(number, target.decVal);
      if (FAILED(hr))
        SetEmpty(target);
      else
        target.vt = vt;
      return hr;
    }
    case VT_BSTR: {
      BSTR text = nullptr;
      hr = ToText(meaning, source, flags, text);
      if (SUCCEEDED(hr)) SetBstr(target, text);
      return hr;
    }
    default:
      return DISP_E_TYPEMISMATCH;
  }
}

// IUnknown to IDispatch and back.
HRESULT ConvertInterface(const VARIANT& source, VARTYPE vt, VARIANT& target) {
  if (source.vt != VT_UNKNOWN && source.vt != VT_DISPATCH) return DISP_E_TYPEMISMATCH;
  IUnknown* object = nullptr;
  if (source.punkVal != nullptr) {
    const HRESULT hr = source.punkVal->QueryInterface(vt == VT_DISPATCH ? __uuidof(IDispatch) : __uuidof(IUnknown),
                                                      reinterpret_cast<void**>(&object));
    if (FAILED(hr)) return hr == E_NOINTERFACE ? DISP_E_TYPEMISMATCH : hr;
  }
  SetUnknown(target, object);
  target.vt = vt;
  return S_OK;
}

// The value property of an object, where a value is wanted.
HRESULT ReadValueProperty(IDispatch* object, LCID lcid, VARIANT& value) {
  SetEmpty(value);
  if (object == nullptr) return DISP_E_TYPEMISMATCH;
  constexpr WORD kPropertyGet = 2;
  DISPPARAMS none = {nullptr, nullptr, 0, 0};
  const HRESULT hr = object->Invoke(DISPID_VALUE, GUID_NULL, lcid, kPropertyGet, &none, &value, nullptr, nullptr);
  return FAILED(hr) ? DISP_E_TYPEMISMATCH : S_OK;
}

// `source` has no VT_BYREF; the types differ.
HRESULT Convert(const VARIANT& source, LCID lcid, USHORT flags, VARTYPE vt, VARIANT& target) {
  if ((source.vt & VT_ARRAY) != 0 || (vt & VT_ARRAY) != 0) return DISP_E_TYPEMISMATCH;
  if (vt == VT_UNKNOWN || vt == VT_DISPATCH) return ConvertInterface(source, vt, target);
  if (source.vt == VT_DISPATCH && (flags & VARIANT_NOVALUEPROP) == 0) {
    VARIANT value;
    HRESULT hr = ReadValueProperty(source.pdispVal, lcid, value);
    // An object whose value is an object is not followed further.
    if (SUCCEEDED(hr)) hr = VariantChangeTypeEx(&value, &value, lcid, flags | VARIANT_NOVALUEPROP, vt);
    if (SUCCEEDED(hr))
      target = value;
    else
      VariantClear(&value);
    return hr;
  }
  Meaning meaning;
  const HRESULT hr = Read(source, meaning);
  return SUCCEEDED(hr) ? Write(meaning, source.vt, flags, vt, target) : hr;
}

}  // namespace
}  // namespace wmi::com

HRESULT VariantChangeTypeEx(VARIANTARG* pvargDest, const VARIANTARG* pvarSrc, LCID lcid, USHORT wFlags, VARTYPE vt) {
  return wmi::com::AbiCall<E_OUTOFMEMORY>([&]() -> HRESULT {
    if (pvargDest == nullptr || pvarSrc == nullptr) return E_INVALIDARG;
    if (!wmi::com::IsVariantType(vt) || (vt & VT_BYREF) != 0 || !wmi::com::IsVariantType(pvarSrc->vt)) {
      return DISP_E_BADVARTYPE;
    }
    VARIANT source;
    wmi::com::SetEmpty(source);
    HRESULT hr = VariantCopyInd(&source, pvarSrc);
    if (FAILED(hr)) return hr;
    VARIANT result;
    wmi::com::SetEmpty(result);
    if (source.vt == vt) {
      result = source;
      wmi::com::SetEmpty(source);
    } else {
      hr = wmi::com::Convert(source, lcid, wFlags, vt, result);
      VariantClear(&source);
      if (FAILED(hr)) return hr;
    }
    hr = VariantClear(pvargDest);
    if (FAILED(hr))
      VariantClear(&result);
    else
      *pvargDest = result;
    return hr;
  });
}

HRESULT VariantChangeType(VARIANTARG* pvargDest, const VARIANTARG* pvarSrc, USHORT wFlags, VARTYPE vt) {
  return VariantChangeTypeEx(pvargDest, pvarSrc, LOCALE_USER_DEFAULT, wFlags, vt);
}
