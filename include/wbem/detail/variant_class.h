// _variant_t; part of comutil.h.
#ifndef OPENWMI_DETAIL_VARIANT_CLASS_H
#define OPENWMI_DETAIL_VARIANT_CLASS_H

#include "bstr_class.h"

#ifdef __cplusplus

// A VARIANT that frees what it owns. All bytes are zero before a value is stored. Extraction converts a copy to the
// type asked for and leaves the VARIANT as it is; to text through the constructor of _bstr_t.
class _variant_t : public ::tagVARIANT {
 public:
  _variant_t() noexcept { ::VariantInit(this); }
  _variant_t(const VARIANT& source) { start_with(&source); }
  _variant_t(const VARIANT* source) { start_with(source); }
  _variant_t(const _variant_t& source) { start_with(&source); }
  _variant_t(_variant_t&& source) noexcept {
    ::VariantInit(this);
    take(source);
  }
  // With `copy` false the value is taken over and the source becomes VT_EMPTY.
  _variant_t(VARIANT& source, bool copy) {
    if (copy) {
      start_with(&source);
    } else {
      ::VariantInit(this);
      take(source);
    }
  }
  // The types that `type` may name beside the default: VT_BOOL for short; VT_ERROR, VT_BOOL for long; VT_DATE for
  // double.
  _variant_t(short value, VARTYPE type = VT_I2) {
    start(type, type == VT_I2 || type == VT_BOOL);
    llVal = type == VT_BOOL ? (value != 0 ? VARIANT_TRUE : VARIANT_FALSE) : value;
  }
  _variant_t(long value, VARTYPE type = VT_I4) {
    start(type, type == VT_I4 || type == VT_ERROR || type == VT_BOOL);
    llVal = type == VT_BOOL ? (value != 0 ? VARIANT_TRUE : VARIANT_FALSE) : value;
  }
  _variant_t(float value) {
    start(VT_R4, true);
    fltVal = value;
  }
  _variant_t(double value, VARTYPE type = VT_R8) {
    start(type, type == VT_R8 || type == VT_DATE);
    dblVal = value;
  }
  _variant_t(const CY& value) {
    start(VT_CY, true);
    cyVal = value;
  }
  _variant_t(const _bstr_t& value) {
    start(VT_BSTR, true);
    bstrVal = value.copy();
  }
  _variant_t(const wchar_t* value) {
    start(VT_BSTR, true);
    bstrVal = ::SysAllocString(value);
    if (bstrVal == NULL && value != NULL) _com_issue_error(E_OUTOFMEMORY);
  }
  _variant_t(const char* value) {
    start(VT_BSTR, true);
    bstrVal = _com_util::ConvertStringToBSTR(value);
    if (bstrVal == NULL && value != NULL) _com_issue_error(E_OUTOFMEMORY);
  }
  _variant_t(IDispatch* value, bool add_ref = true) {
    start(VT_DISPATCH, true);
    pdispVal = value;
    if (add_ref && value != NULL) value->AddRef();
  }
  _variant_t(IUnknown* value, bool add_ref = true) {
    start(VT_UNKNOWN, true);
    punkVal = value;
    if (add_ref && value != NULL) value->AddRef();
  }
  _variant_t(bool value) {
    start(VT_BOOL, true);
    llVal = value ? VARIANT_TRUE : VARIANT_FALSE;
  }
  _variant_t(const DECIMAL& value) {
    start(VT_DECIMAL, true);
    decVal = value;
    vt = VT_DECIMAL;
  }
  _variant_t(BYTE value) {
    start(VT_UI1, true);
    ullVal = value;
  }
  _variant_t(char value) {
    start(VT_I1, true);
    llVal = value;
  }
  _variant_t(unsigned short value) {
    start(VT_UI2, true);
    ullVal = value;
  }
  _variant_t(unsigned long value) {
    start(VT_UI4, true);
    ullVal = value;
  }
  _variant_t(int value) {
    start(VT_INT, true);
    llVal = value;
  }
  _variant_t(unsigned int value) {
    start(VT_UINT, true);
    ullVal = value;
  }
  _variant_t(long long value) {
    start(VT_I8, true);
    llVal = value;
  }
  _variant_t(unsigned long long value) {
    start(VT_UI8, true);
    ullVal = value;
  }
  ~_variant_t() { ::VariantClear(this); }

  _variant_t& operator=(const _variant_t& source) { return *this = static_cast<const VARIANT&>(source); }
  _variant_t& operator=(_variant_t&& source) noexcept {
    if (this != &source) {
      ::VariantClear(this);
      take(source);
    }
    return *this;
  }
  _variant_t& operator=(const VARIANT& source) {
    _com_util::CheckError(::VariantCopy(this, &source));
    return *this;
  }
  _variant_t& operator=(const VARIANT* source) { return *this = *source; }
  // Any value that a constructor takes. A VT_BYREF VARIANT is replaced, not written through.
  template <typename T>
  _variant_t& operator=(const T& value) {
    return *this = _variant_t(value);
  }

  operator short() const { return as(VT_I2).iVal; }
  operator long() const { return as(VT_I4).lVal; }
  operator float() const { return as(VT_R4).fltVal; }
  operator double() const { return as(VT_R8).dblVal; }
  operator CY() const { return as(VT_CY).cyVal; }
  // Counted for the caller.
  operator IDispatch*() const {
    IDispatch* object = as(VT_DISPATCH).pdispVal;
    if (object != NULL) object->AddRef();
    return object;
  }
  operator IUnknown*() const {
    IUnknown* object = as(VT_UNKNOWN).punkVal;
    if (object != NULL) object->AddRef();
    return object;
  }
  operator bool() const { return as(VT_BOOL).boolVal != VARIANT_FALSE; }
  operator DECIMAL() const { return as(VT_DECIMAL).decVal; }
  operator BYTE() const { return as(VT_UI1).bVal; }
  operator char() const { return as(VT_I1).cVal; }
  operator unsigned short() const { return as(VT_UI2).uiVal; }
  operator unsigned long() const { return as(VT_UI4).ulVal; }
  operator int() const { return as(VT_INT).intVal; }
  operator unsigned int() const { return as(VT_UINT).uintVal; }
  operator long long() const { return as(VT_I8).llVal; }
  operator unsigned long long() const { return as(VT_UI8).ullVal; }

  // Equal type and equal value; arrays and interfaces by pointer.
  // The form for _variant_t spares C++20 a doubt about whose operator is meant.
  bool operator==(const _variant_t& other) const { return equals(other); }
  bool operator!=(const _variant_t& other) const { return !equals(other); }
  bool operator==(const VARIANT& other) const { return equals(other); }
  bool operator==(const VARIANT* other) const { return equals(*other); }
  bool operator!=(const VARIANT& other) const { return !equals(other); }
  bool operator!=(const VARIANT* other) const { return !equals(*other); }

  void Clear() { _com_util::CheckError(::VariantClear(this)); }
  // Takes the value over; the source becomes VT_EMPTY.
  void Attach(VARIANT& source) {
    Clear();
    take(source);
  }
  VARIANT Detach() {
    VARIANT value = *this;
    ::VariantInit(this);
    return value;
  }
  VARIANT& GetVARIANT() noexcept { return *this; }
  // Empties the object and gives the address for an out-parameter.
  VARIANT* GetAddress() {
    Clear();
    return this;
  }
  // Converts `source`, or the object itself, into the object.
  void ChangeType(VARTYPE type, const _variant_t* source = NULL) {
    _com_util::CheckError(::VariantChangeType(this, source == NULL ? this : source, 0, type));
  }
  void SetString(const char* text) { *this = _variant_t(text); }

 private:
  void start(VARTYPE type, bool allowed) {
    ::VariantInit(this);
    if (allowed) {
      vt = type;
    } else {
      _com_issue_error(E_INVALIDARG);
    }
  }
  void start_with(const VARIANT* source) {
    ::VariantInit(this);
    _com_util::CheckError(::VariantCopy(this, source));
  }
  void take(VARIANT& source) noexcept {
    static_cast<VARIANT&>(*this) = source;
    ::VariantInit(&source);
  }
  // This value if it has the type, a converted copy otherwise.
  _variant_t as(VARTYPE type) const {
    _variant_t result;
    _com_util::CheckError(::VariantChangeType(&result, this, 0, type));
    // The whole value of what has the type already: a VT_I4 may hold a uint32 above the range of 32 signed bits.
    if (vt == type && (type == VT_I4 || type == VT_UI4)) result.llVal = llVal;
    return result;
  }
  bool equals(const VARIANT& other) const {
    if (vt != other.vt) return false;
    switch (vt) {
      case VT_EMPTY:
      case VT_NULL:
        return true;
      case VT_I1:
      case VT_UI1:
        return bVal == other.bVal;
      case VT_I2:
      case VT_UI2:
      case VT_BOOL:
        return uiVal == other.uiVal;
      case VT_I4:
      case VT_UI4:
      case VT_INT:
      case VT_UINT:
      case VT_ERROR:
        return uintVal == other.uintVal;
      case VT_R4:
        return fltVal == other.fltVal;
      case VT_R8:
      case VT_DATE:
        return dblVal == other.dblVal;
      case VT_BSTR:
        return bstrVal == other.bstrVal ||
               wcscmp(bstrVal == NULL ? L"" : bstrVal, other.bstrVal == NULL ? L"" : other.bstrVal) == 0;
      case VT_DECIMAL:
        return decVal.signscale == other.decVal.signscale && decVal.Hi32 == other.decVal.Hi32 &&
               decVal.Lo64 == other.decVal.Lo64;
      default:
        return llVal == other.llVal;
    }
  }
};

typedef _variant_t variant_t;

inline _bstr_t::_bstr_t(const _variant_t& value) : text_(NULL) { *this = value; }

inline _bstr_t& _bstr_t::operator=(const _variant_t& value) {
  if (value.vt == VT_BSTR) {
    Assign(value.bstrVal);
  } else {
    _variant_t text;
    _com_util::CheckError(::VariantChangeType(&text, &value, 0, VT_BSTR));
    Assign(text.bstrVal);
  }
  return *this;
}

#endif

#endif
