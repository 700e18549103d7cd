// SAFEARRAY: creation, destruction, bounds, locks.
#include "com/safe_array.h"

#include <algorithm>
#include <cstring>

#include "com/memory.h"

namespace wmi::com {

std::size_t ElementSize(VARTYPE vt) {
  switch (vt) {
    case VT_I1:
    case VT_UI1:
      return sizeof(BYTE);
    case VT_I2:
    case VT_UI2:
    case VT_BOOL:
      return sizeof(SHORT);
    case VT_I4:
    case VT_UI4:
    case VT_ERROR:
      return sizeof(LONG);  // programs walk them through long* (source compatibility, decision 6)
    case VT_INT:
    case VT_UINT:
    case VT_R4:
      return sizeof(INT);
    case VT_I8:
    case VT_UI8:
    case VT_R8:
    case VT_CY:
    case VT_DATE:
      return sizeof(LONGLONG);
    case VT_BSTR:
    case VT_UNKNOWN:
    case VT_DISPATCH:
      return sizeof(void*);
    case VT_DECIMAL:
      return sizeof(DECIMAL);
    case VT_VARIANT:
      return sizeof(VARIANT);
    default:
      return 0;
  }
}

bool CountElements(const SAFEARRAY& array, std::size_t& count) {
  count = 1;
  for (USHORT i = 0; i < array.cDims; ++i) {
    const std::size_t elements = array.rgsabound[i].cElements;
    if (elements != 0 && count > kArrayBytesMax / elements) return false;
    count *= elements;
  }
  return array.cbElements == 0 || count <= kArrayBytesMax / array.cbElements;
}

namespace {

ArrayHeader* HeaderOf(SAFEARRAY* array) { return reinterpret_cast<ArrayHeader*>(array) - 1; }

USHORT FeaturesOf(VARTYPE vt) {
  switch (vt) {
    case VT_BSTR:
      return FADF_BSTR | FADF_HAVEVARTYPE;
    case VT_VARIANT:
      return FADF_VARIANT | FADF_HAVEVARTYPE;
    case VT_UNKNOWN:
      return FADF_UNKNOWN | FADF_HAVEIID;
    case VT_DISPATCH:
      return FADF_DISPATCH | FADF_HAVEIID;
    default:
      return FADF_HAVEVARTYPE;
  }
}

// A descriptor for the type with its bounds, without data.
SAFEARRAY* NewDescriptor(VARTYPE vt, UINT dimensions, const SAFEARRAYBOUND* bounds) {
  SAFEARRAY* array = nullptr;
  if (FAILED(SafeArrayAllocDescriptorEx(vt, dimensions, &array))) return nullptr;
  // The caller counts dimensions from the first, the descriptor from the last.
  if (bounds != nullptr) std::reverse_copy(bounds, bounds + dimensions, array->rgsabound);
  return array;
}

SAFEARRAY* NewArray(VARTYPE vt, UINT dimensions, const SAFEARRAYBOUND* bounds) {
  SAFEARRAY* array = NewDescriptor(vt, dimensions, bounds);
  if (array == nullptr) return nullptr;
  if (SUCCEEDED(SafeArrayAllocData(array))) return array;
  SafeArrayDestroyDescriptor(array);
  return nullptr;
}

// Programs may build a descriptor themselves; without these flags its memory is not ours to free.
bool IsForeign(const SAFEARRAY& array) { return (array.fFeatures & (FADF_AUTO | FADF_STATIC | FADF_EMBEDDED)) != 0; }

}  // namespace
}  // namespace wmi::com

using wmi::com::HeaderOf;

HRESULT SafeArrayAllocDescriptorEx(VARTYPE vt, UINT cDims, SAFEARRAY** ppsaOut) {
  if (ppsaOut == nullptr) return E_INVALIDARG;
  *ppsaOut = nullptr;
  if (cDims == 0 || cDims > wmi::com::kArrayDimensionsMax) return E_INVALIDARG;
  const std::size_t element = wmi::com::ElementSize(vt);
  if (element == 0 && vt != VT_EMPTY) return DISP_E_BADVARTYPE;
  auto* header = static_cast<wmi::com::ArrayHeader*>(wmi::com::AllocateZeroed(
      sizeof(wmi::com::ArrayHeader) + sizeof(SAFEARRAY) + (cDims - 1) * sizeof(SAFEARRAYBOUND)));
  if (header == nullptr) return E_OUTOFMEMORY;
  auto* array = reinterpret_cast<SAFEARRAY*>(header + 1);
  array->cDims = static_cast<USHORT>(cDims);
  array->cbElements = element;
  if (vt != VT_EMPTY) {
    array->fFeatures = wmi::com::FeaturesOf(vt);
    header->vartype = vt;
    header->iid = vt == VT_DISPATCH ? __uuidof(IDispatch) : __uuidof(IUnknown);
  }
  *ppsaOut = array;
  return S_OK;
}

HRESULT SafeArrayAllocDescriptor(UINT cDims, SAFEARRAY** ppsaOut) {
  return SafeArrayAllocDescriptorEx(VT_EMPTY, cDims, ppsaOut);
}

HRESULT SafeArrayAllocData(SAFEARRAY* psa) {
  if (psa == nullptr) return E_INVALIDARG;
  std::size_t count = 0;
  if (!wmi::com::CountElements(*psa, count)) return E_OUTOFMEMORY;
  psa->pvData = wmi::com::AllocateZeroed(count * psa->cbElements);
  return psa->pvData != nullptr ? S_OK : E_OUTOFMEMORY;
}

SAFEARRAY* SafeArrayCreate(VARTYPE vt, UINT cDims, SAFEARRAYBOUND* rgsabound) {
  if (vt == VT_EMPTY || rgsabound == nullptr) return nullptr;
  return wmi::com::NewArray(vt, cDims, rgsabound);
}

SAFEARRAY* SafeArrayCreateEx(VARTYPE vt, UINT cDims, SAFEARRAYBOUND* rgsabound, PVOID pvExtra) {
  SAFEARRAY* array = SafeArrayCreate(vt, cDims, rgsabound);
  if (array != nullptr && pvExtra != nullptr && (array->fFeatures & FADF_HAVEIID) != 0) {
    HeaderOf(array)->iid = *static_cast<const GUID*>(pvExtra);
  }
  return array;
}

SAFEARRAY* SafeArrayCreateVector(VARTYPE vt, LONG lLbound, ULONG cElements) {
  SAFEARRAYBOUND bound = {cElements, lLbound};
  return SafeArrayCreate(vt, 1, &bound);
}

SAFEARRAY* SafeArrayCreateVectorEx(VARTYPE vt, LONG lLbound, ULONG cElements, PVOID pvExtra) {
  SAFEARRAYBOUND bound = {cElements, lLbound};
  return SafeArrayCreateEx(vt, 1, &bound, pvExtra);
}

HRESULT SafeArrayDestroyData(SAFEARRAY* psa) {
  if (psa == nullptr) return E_INVALIDARG;
  if (psa->cLocks != 0) return DISP_E_ARRAYISLOCKED;
  if (psa->pvData == nullptr) return S_OK;
  std::size_t count = 0;
  if (wmi::com::CountElements(*psa, count)) wmi::com::ReleaseElements(*psa, psa->pvData, count);
  if (!wmi::com::IsForeign(*psa)) {
    wmi::com::Free(psa->pvData);
    psa->pvData = nullptr;
  }
  return S_OK;
}

HRESULT SafeArrayDestroyDescriptor(SAFEARRAY* psa) {
  if (psa == nullptr) return S_OK;
  if (psa->cLocks != 0) return DISP_E_ARRAYISLOCKED;
  if (!wmi::com::IsForeign(*psa)) wmi::com::Free(HeaderOf(psa));
  return S_OK;
}

HRESULT SafeArrayDestroy(SAFEARRAY* psa) {
  if (psa == nullptr) return S_OK;
  const HRESULT hr = SafeArrayDestroyData(psa);
  return FAILED(hr) ? hr : SafeArrayDestroyDescriptor(psa);
}

UINT SafeArrayGetDim(SAFEARRAY* psa) { return psa == nullptr ? 0 : psa->cDims; }

UINT SafeArrayGetElemsize(SAFEARRAY* psa) { return psa == nullptr ? 0 : static_cast<UINT>(psa->cbElements); }

namespace {
const SAFEARRAYBOUND* BoundOf(const SAFEARRAY& array, UINT dimension) {
  return dimension == 0 || dimension > array.cDims ? nullptr : &array.rgsabound[array.cDims - dimension];
}
}  // namespace

HRESULT SafeArrayGetUBound(SAFEARRAY* psa, UINT nDim, LONG* plUbound) {
  if (psa == nullptr || plUbound == nullptr) return E_INVALIDARG;
  const SAFEARRAYBOUND* bound = BoundOf(*psa, nDim);
  if (bound == nullptr) return DISP_E_BADINDEX;
  *plUbound = bound->lLbound + static_cast<LONG>(bound->cElements) - 1;
  return S_OK;
}

HRESULT SafeArrayGetLBound(SAFEARRAY* psa, UINT nDim, LONG* plLbound) {
  if (psa == nullptr || plLbound == nullptr) return E_INVALIDARG;
  const SAFEARRAYBOUND* bound = BoundOf(*psa, nDim);
  if (bound == nullptr) return DISP_E_BADINDEX;
  *plLbound = bound->lLbound;
  return S_OK;
}

HRESULT SafeArrayGetVartype(SAFEARRAY* psa, VARTYPE* pvt) {
  if (psa == nullptr || pvt == nullptr) return E_INVALIDARG;
  if ((psa->fFeatures & FADF_HAVEVARTYPE) != 0) {
    *pvt = HeaderOf(psa)->vartype;
  } else if ((psa->fFeatures & FADF_UNKNOWN) != 0) {
    *pvt = VT_UNKNOWN;
  } else if ((psa->fFeatures & FADF_DISPATCH) != 0) {
    *pvt = VT_DISPATCH;
  } else {
    return E_INVALIDARG;
  }
  return S_OK;
}

HRESULT SafeArrayGetIID(SAFEARRAY* psa, GUID* pguid) {
  if (psa == nullptr || pguid == nullptr || (psa->fFeatures & FADF_HAVEIID) == 0) return E_INVALIDARG;
  *pguid = HeaderOf(psa)->iid;
  return S_OK;
}

HRESULT SafeArraySetIID(SAFEARRAY* psa, REFGUID guid) {
  if (psa == nullptr || (psa->fFeatures & FADF_HAVEIID) == 0) return E_INVALIDARG;
  HeaderOf(psa)->iid = guid;
  return S_OK;
}

HRESULT SafeArrayLock(SAFEARRAY* psa) {
  if (psa == nullptr) return E_INVALIDARG;
  if (psa->cLocks >= 0xffff) return E_UNEXPECTED;
  ++psa->cLocks;
  return S_OK;
}

HRESULT SafeArrayUnlock(SAFEARRAY* psa) {
  if (psa == nullptr) return E_INVALIDARG;
  if (psa->cLocks == 0) return E_UNEXPECTED;
  --psa->cLocks;
  return S_OK;
}

HRESULT SafeArrayAccessData(SAFEARRAY* psa, void** ppvData) {
  if (psa == nullptr || ppvData == nullptr) return E_INVALIDARG;
  const HRESULT hr = SafeArrayLock(psa);
  *ppvData = SUCCEEDED(hr) ? psa->pvData : nullptr;
  return hr;
}

HRESULT SafeArrayUnaccessData(SAFEARRAY* psa) { return SafeArrayUnlock(psa); }
