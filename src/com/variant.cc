#include "com/variant.h"

#include <cstring>

namespace wmi::com {
namespace {

bool IsBaseType(unsigned base) { return base <= VT_DECIMAL || (base >= VT_I1 && base <= VT_UINT); }

bool OwnsInterface(VARTYPE vt) { return vt == VT_UNKNOWN || vt == VT_DISPATCH; }

}  // namespace

bool IsVariantType(VARTYPE vt) {
  if ((vt & ~(VT_TYPEMASK | VT_ARRAY | VT_BYREF)) != 0) return false;
  const unsigned base = vt & VT_TYPEMASK;
  if (!IsBaseType(base)) return false;
  const bool composed = (vt & (VT_ARRAY | VT_BYREF)) != 0;
  if (base == VT_EMPTY || base == VT_NULL) return !composed;
  return base != VT_VARIANT || composed;
}

void SetEmpty(VARIANT& target) { std::memset(static_cast<void*>(&target), 0, sizeof target); }

namespace {
VARIANT& Start(VARIANT& target, int vt) {
  SetEmpty(target);
  target.vt = static_cast<VARTYPE>(vt);
  return target;
}
}  // namespace

void SetNull(VARIANT& target) { Start(target, VT_NULL); }
void SetBool(VARIANT& target, bool value) { Start(target, VT_BOOL).boolVal = value ? VARIANT_TRUE : VARIANT_FALSE; }
void SetUint8(VARIANT& target, std::uint8_t value) { Start(target, VT_UI1).ullVal = value; }
void SetSint16(VARIANT& target, std::int16_t value) { Start(target, VT_I2).llVal = value; }
void SetUint16(VARIANT& target, std::uint16_t value) { Start(target, VT_I4).ullVal = value; }
void SetSint32(VARIANT& target, std::int32_t value) { Start(target, VT_I4).llVal = value; }
void SetUint32(VARIANT& target, std::uint32_t value) { Start(target, VT_I4).ullVal = value; }
void SetReal32(VARIANT& target, float value) { Start(target, VT_R4).fltVal = value; }
void SetReal64(VARIANT& target, double value) { Start(target, VT_R8).dblVal = value; }
void SetBstr(VARIANT& target, BSTR value) { Start(target, VT_BSTR).bstrVal = value; }
void SetUnknown(VARIANT& target, IUnknown* value) { Start(target, VT_UNKNOWN).punkVal = value; }
void SetArray(VARIANT& target, VARTYPE element, SAFEARRAY* value) { Start(target, VT_ARRAY | element).parray = value; }

std::int32_t LowSint32(const VARIANT& source) { return static_cast<std::int32_t>(source.ullVal & 0xffffffffu); }
std::uint32_t LowUint32(const VARIANT& source) { return static_cast<std::uint32_t>(source.ullVal & 0xffffffffu); }

namespace {

// A deep copy of what `source` owns. A BSTR in a VARIANT is one of ours or was made by a caller who followed the rules,
// so its length is the prefix: it may hold NULs.
HRESULT CopyValue(const VARIANT& source, VARIANT& copy) {
  copy = source;
  if ((source.vt & VT_BYREF) != 0) return S_OK;
  if ((source.vt & VT_ARRAY) != 0) {
    copy.parray = nullptr;
    return source.parray == nullptr ? S_OK : SafeArrayCopy(source.parray, &copy.parray);
  }
  if (source.vt == VT_BSTR && source.bstrVal != nullptr) {
    copy.bstrVal = SysAllocStringByteLen(reinterpret_cast<LPCSTR>(source.bstrVal), SysStringByteLen(source.bstrVal));
    return copy.bstrVal != nullptr ? S_OK : E_OUTOFMEMORY;
  }
  if (OwnsInterface(source.vt) && source.punkVal != nullptr) source.punkVal->AddRef();
  return S_OK;
}

// Reads the value that a VT_BYREF VARIANT points to, still owned by whom it was.
HRESULT Dereference(const VARIANT& source, VARIANT& view) {
  SetEmpty(view);
  view.vt = static_cast<VARTYPE>(source.vt & ~VT_BYREF);
  if (source.byref == nullptr) return E_INVALIDARG;
  if ((view.vt & VT_ARRAY) != 0) {
    view.parray = *source.pparray;
    return S_OK;
  }
  switch (view.vt) {
    case VT_I1:
    case VT_UI1:
      std::memcpy(&view.bVal, source.byref, sizeof(BYTE));
      return S_OK;
    case VT_I2:
    case VT_UI2:
    case VT_BOOL:
      std::memcpy(&view.iVal, source.byref, sizeof(SHORT));
      return S_OK;
    case VT_INT:
    case VT_UINT:
    case VT_R4:
    case VT_ERROR:
      std::memcpy(&view.intVal, source.byref, sizeof(INT));
      return S_OK;
    case VT_DECIMAL:
      view.decVal = *source.pdecVal;
      view.vt = VT_DECIMAL;  // it overlays wReserved
      return S_OK;
    case VT_VARIANT:
      view = *source.pvarVal;
      // One level, and a second one only to a plain value: a cycle cannot be followed.
      return (view.vt & VT_BYREF) == 0 ? S_OK : view.vt == (VT_BYREF | VT_VARIANT) ? E_INVALIDARG : S_FALSE;
    default:
      std::memcpy(&view.llVal, source.byref, sizeof(LONGLONG));
      return S_OK;
  }
}

}  // namespace
}  // namespace wmi::com

void VariantInit(VARIANTARG* pvarg) {
  if (pvarg != nullptr) wmi::com::SetEmpty(*pvarg);
}

HRESULT VariantClear(VARIANTARG* pvarg) {
  if (pvarg == nullptr) return E_INVALIDARG;
  if (!wmi::com::IsVariantType(pvarg->vt)) return DISP_E_BADVARTYPE;
  if ((pvarg->vt & VT_BYREF) == 0) {
    if ((pvarg->vt & VT_ARRAY) != 0) {
      const HRESULT hr = SafeArrayDestroy(pvarg->parray);
      if (FAILED(hr)) return hr;
    } else if (pvarg->vt == VT_BSTR) {
      SysFreeString(pvarg->bstrVal);
    } else if (wmi::com::OwnsInterface(pvarg->vt) && pvarg->punkVal != nullptr) {
      // Empty before the release: the object's destructor may look at this VARIANT.
      IUnknown* object = pvarg->punkVal;
      wmi::com::SetEmpty(*pvarg);
      object->Release();
      return S_OK;
    }
  }
  wmi::com::SetEmpty(*pvarg);
  return S_OK;
}

HRESULT VariantCopy(VARIANTARG* pvargDest, const VARIANTARG* pvargSrc) {
  if (pvargDest == nullptr || pvargSrc == nullptr) return E_INVALIDARG;
  if (pvargDest == pvargSrc) return S_OK;
  if (!wmi::com::IsVariantType(pvargSrc->vt)) return DISP_E_BADVARTYPE;
  VARIANT copy;
  HRESULT hr = wmi::com::CopyValue(*pvargSrc, copy);
  if (FAILED(hr)) return hr;
  hr = VariantClear(pvargDest);
  if (FAILED(hr)) {
    VariantClear(&copy);
    return hr;
  }
  *pvargDest = copy;
  return S_OK;
}

HRESULT VariantCopyInd(VARIANT* pvarDest, const VARIANTARG* pvargSrc) {
  if (pvarDest == nullptr || pvargSrc == nullptr) return E_INVALIDARG;
  if ((pvargSrc->vt & VT_BYREF) == 0) return VariantCopy(pvarDest, pvargSrc);
  if (!wmi::com::IsVariantType(pvargSrc->vt)) return DISP_E_BADVARTYPE;
  VARIANT view;
  HRESULT hr = wmi::com::Dereference(*pvargSrc, view);
  if (hr == S_FALSE) {
    const VARIANT second = view;
    hr = wmi::com::Dereference(second, view);
  }
  if (FAILED(hr)) return hr;
  VARIANT copy;
  if (!wmi::com::IsVariantType(view.vt)) return DISP_E_BADVARTYPE;
  hr = wmi::com::CopyValue(view, copy);
  if (FAILED(hr)) return hr;
  // The source may be a reference to the target itself, so the target is cleared last.
  hr = VariantClear(pvarDest);
  if (FAILED(hr)) {
    VariantClear(&copy);
    return hr;
  }
  *pvarDest = copy;
  return S_OK;
}
