// Typed forms of SafeArrayGetElement and SafeArrayPutElement. Elements of VT_I4, VT_UI4 and VT_ERROR arrays are as wide
// as LONG (64 bit). A program that reads one into an `int` must not be overrun, and one that puts an `int` must not
// store its neighbours; knowing the type, these overloads convert. Every other combination goes straight to the C
// function.
#ifndef OPENWMI_DETAIL_SAFE_ARRAY_ELEMENT_H
#define OPENWMI_DETAIL_SAFE_ARRAY_ELEMENT_H

#include "oleauto.h"

#ifdef __cplusplus

namespace openwmi_detail {

// The integers whose width may differ from the element's; wchar_t is not among them (it means a BSTR).
template <typename T>
struct array_integer {
  static constexpr bool value = false;
};
template <>
struct array_integer<int> {
  static constexpr bool value = true;
};
template <>
struct array_integer<unsigned int> {
  static constexpr bool value = true;
};
template <>
struct array_integer<long> {
  static constexpr bool value = true;
};
template <>
struct array_integer<unsigned long> {
  static constexpr bool value = true;
};

// The type of integer elements, VT_EMPTY for an array of anything else.
inline VARTYPE integer_element_type(SAFEARRAY* array) {
  VARTYPE vt = VT_EMPTY;
  if (FAILED(::SafeArrayGetVartype(array, &vt))) return VT_EMPTY;
  const bool integer = vt == VT_I4 || vt == VT_UI4 || vt == VT_ERROR || vt == VT_INT || vt == VT_UINT;
  return integer ? vt : static_cast<VARTYPE>(VT_EMPTY);
}
inline bool long_elements(VARTYPE vt) { return vt == VT_I4 || vt == VT_UI4 || vt == VT_ERROR; }

template <typename T, bool Integer>
struct array_element {
  static HRESULT get(SAFEARRAY* array, LONG* indices, T* target) {
    return ::SafeArrayGetElement(array, indices, static_cast<void*>(target));
  }
  static HRESULT put(SAFEARRAY* array, LONG* indices, T* source) {
    return ::SafeArrayPutElement(array, indices, const_cast<void*>(static_cast<const volatile void*>(source)));
  }
};

template <typename T>
struct array_element<T, true> {
  static HRESULT get(SAFEARRAY* array, LONG* indices, T* target) {
    const VARTYPE vt = integer_element_type(array);
    if (vt == VT_EMPTY || (sizeof(T) == sizeof(LONG)) == long_elements(vt)) {
      return array_element<T, false>::get(array, indices, target);
    }
    LONG wide = 0;
    INT narrow = 0;
    const bool from_long = long_elements(vt);
    void* buffer = from_long ? static_cast<void*>(&wide) : static_cast<void*>(&narrow);
    const HRESULT hr = ::SafeArrayGetElement(array, indices, buffer);
    if (SUCCEEDED(hr)) *target = from_long ? static_cast<T>(wide) : static_cast<T>(narrow);
    return hr;
  }
  static HRESULT put(SAFEARRAY* array, LONG* indices, T* source) {
    const VARTYPE vt = integer_element_type(array);
    if (vt == VT_EMPTY || (sizeof(T) == sizeof(LONG)) == long_elements(vt)) {
      return array_element<T, false>::put(array, indices, source);
    }
    LONG wide = vt == VT_UI4 ? static_cast<LONG>(static_cast<UINT>(*source)) : static_cast<LONG>(*source);
    INT narrow = static_cast<INT>(*source);
    void* buffer = long_elements(vt) ? static_cast<void*>(&wide) : static_cast<void*>(&narrow);
    return ::SafeArrayPutElement(array, indices, buffer);
  }
};

}  // namespace openwmi_detail

extern "C++" {
template <typename T>
inline HRESULT SafeArrayGetElement(SAFEARRAY* psa, LONG* rgIndices, T* pv) {
  return openwmi_detail::array_element<T, openwmi_detail::array_integer<T>::value>::get(psa, rgIndices, pv);
}
template <typename T>
inline HRESULT SafeArrayPutElement(SAFEARRAY* psa, LONG* rgIndices, T* pv) {
  return openwmi_detail::array_element<T, openwmi_detail::array_integer<T>::value>::put(psa, rgIndices, pv);
}
}

#endif

#endif
