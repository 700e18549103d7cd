// SAFEARRAY: elements, copies, resizing.
#include <cstdint>
#include <cstring>

#include "com/memory.h"
#include "com/safe_array.h"

namespace wmi::com {
namespace {

constexpr USHORT kInterfaces = FADF_UNKNOWN | FADF_DISPATCH;

char* At(void* first, std::size_t index, std::size_t size) { return static_cast<char*>(first) + index * size; }
const char* At(const void* first, std::size_t index, std::size_t size) {
  return static_cast<const char*>(first) + index * size;
}

// The offset of an element in elements; DISP_E_BADINDEX.
HRESULT OffsetOf(const SAFEARRAY& array, const LONG* indices, std::size_t& offset) {
  offset = 0;
  std::size_t stride = 1;
  // The first dimension varies fastest. indices[0] is the first dimension, rgsabound[cDims - 1] its bound.
  for (USHORT i = 0; i < array.cDims; ++i) {
    const SAFEARRAYBOUND& bound = array.rgsabound[array.cDims - 1 - i];
    const std::uint64_t distance = static_cast<std::uint64_t>(indices[i]) - static_cast<std::uint64_t>(bound.lLbound);
    if (indices[i] < bound.lLbound || distance >= bound.cElements) return DISP_E_BADINDEX;
    offset += distance * stride;
    stride *= bound.cElements;
  }
  return S_OK;
}

}  // namespace

void ReleaseElements(const SAFEARRAY& array, void* first, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    char* element = At(first, i, array.cbElements);
    if ((array.fFeatures & FADF_BSTR) != 0) {
      SysFreeString(*reinterpret_cast<BSTR*>(element));
    } else if ((array.fFeatures & FADF_VARIANT) != 0) {
      VariantClear(reinterpret_cast<VARIANT*>(element));
    } else if ((array.fFeatures & kInterfaces) != 0) {
      if (IUnknown* object = *reinterpret_cast<IUnknown**>(element)) object->Release();
    } else {
      break;
    }
  }
  std::memset(first, 0, count * array.cbElements);
}

HRESULT CopyElement(const SAFEARRAY& array, const void* source, void* target) {
  if ((array.fFeatures & FADF_BSTR) != 0) {
    BSTR text = *static_cast<const BSTR*>(source);
    BSTR copy =
        text == nullptr ? nullptr : SysAllocStringByteLen(reinterpret_cast<LPCSTR>(text), SysStringByteLen(text));
    if (text != nullptr && copy == nullptr) return E_OUTOFMEMORY;
    *static_cast<BSTR*>(target) = copy;
    return S_OK;
  }
  if ((array.fFeatures & FADF_VARIANT) != 0) {
    auto* variant = static_cast<VARIANT*>(target);
    VariantInit(variant);
    return VariantCopy(variant, static_cast<const VARIANT*>(source));
  }
  std::memcpy(target, source, array.cbElements);
  if ((array.fFeatures & kInterfaces) != 0) {
    if (IUnknown* object = *static_cast<IUnknown* const*>(source)) object->AddRef();
  }
  return S_OK;
}

HRESULT CopyElements(const SAFEARRAY& array, const void* source, void* target, std::size_t count) {
  if ((array.fFeatures & (FADF_BSTR | FADF_VARIANT | kInterfaces)) == 0) {
    std::memcpy(target, source, count * array.cbElements);
    return S_OK;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const HRESULT hr = CopyElement(array, At(source, i, array.cbElements), At(target, i, array.cbElements));
    if (FAILED(hr)) {
      ReleaseElements(array, target, i);
      return hr;
    }
  }
  return S_OK;
}

}  // namespace wmi::com

HRESULT SafeArrayPtrOfIndex(SAFEARRAY* psa, LONG* rgIndices, void** ppvData) {
  if (psa == nullptr || rgIndices == nullptr || ppvData == nullptr || psa->pvData == nullptr) return E_INVALIDARG;
  std::size_t offset = 0;
  const HRESULT hr = wmi::com::OffsetOf(*psa, rgIndices, offset);
  if (SUCCEEDED(hr)) *ppvData = wmi::com::At(psa->pvData, offset, psa->cbElements);
  return hr;
}

HRESULT SafeArrayGetElement(SAFEARRAY* psa, LONG* rgIndices, void* pv) {
  if (pv == nullptr) return E_INVALIDARG;
  void* element = nullptr;
  const HRESULT hr = SafeArrayPtrOfIndex(psa, rgIndices, &element);
  return FAILED(hr) ? hr : wmi::com::CopyElement(*psa, element, pv);
}

HRESULT SafeArrayPutElement(SAFEARRAY* psa, LONG* rgIndices, void* pv) {
  void* element = nullptr;
  HRESULT hr = SafeArrayPtrOfIndex(psa, rgIndices, &element);
  if (FAILED(hr)) return hr;
  if ((psa->fFeatures & FADF_BSTR) != 0) {
    // The pointer is the string itself, and input: read up to the NUL.
    BSTR copy = SysAllocString(static_cast<BSTR>(pv));
    if (copy == nullptr && pv != nullptr) return E_OUTOFMEMORY;
    SysFreeString(*static_cast<BSTR*>(element));
    *static_cast<BSTR*>(element) = copy;
    return S_OK;
  }
  if ((psa->fFeatures & wmi::com::kInterfaces) != 0) {
    auto* object = static_cast<IUnknown*>(pv);
    if (object != nullptr) object->AddRef();
    IUnknown* old = *static_cast<IUnknown**>(element);
    *static_cast<IUnknown**>(element) = object;
    if (old != nullptr) old->Release();
    return S_OK;
  }
  if (pv == nullptr) return E_INVALIDARG;
  if ((psa->fFeatures & FADF_VARIANT) != 0) {
    return VariantCopy(static_cast<VARIANT*>(element), static_cast<VARIANT*>(pv));
  }
  std::memcpy(element, pv, psa->cbElements);
  return S_OK;
}

HRESULT SafeArrayCopy(SAFEARRAY* psa, SAFEARRAY** ppsaOut) {
  if (ppsaOut == nullptr) return E_INVALIDARG;
  *ppsaOut = nullptr;
  if (psa == nullptr) return S_OK;
  VARTYPE vt = VT_EMPTY;
  SafeArrayGetVartype(psa, &vt);
  SAFEARRAY* copy = nullptr;
  HRESULT hr = SafeArrayAllocDescriptorEx(vt, psa->cDims, &copy);
  if (FAILED(hr)) return hr;
  copy->cbElements = psa->cbElements;
  copy->fFeatures = static_cast<USHORT>(psa->fFeatures & ~(FADF_AUTO | FADF_STATIC | FADF_EMBEDDED | FADF_FIXEDSIZE));
  std::memcpy(copy->rgsabound, psa->rgsabound, psa->cDims * sizeof(SAFEARRAYBOUND));
  GUID iid;
  if (SUCCEEDED(SafeArrayGetIID(psa, &iid))) SafeArraySetIID(copy, iid);
  if (psa->pvData != nullptr) {
    hr = SafeArrayAllocData(copy);
    std::size_t count = 0;
    wmi::com::CountElements(*copy, count);
    if (SUCCEEDED(hr)) hr = wmi::com::CopyElements(*copy, psa->pvData, copy->pvData, count);
  }
  if (FAILED(hr)) {
    SafeArrayDestroy(copy);
    return hr;
  }
  *ppsaOut = copy;
  return S_OK;
}

HRESULT SafeArrayCopyData(SAFEARRAY* psaSource, SAFEARRAY* psaTarget) {
  if (psaSource == nullptr || psaTarget == nullptr || psaSource == psaTarget) return E_INVALIDARG;
  if (psaSource->cDims != psaTarget->cDims || psaSource->cbElements != psaTarget->cbElements) return E_INVALIDARG;
  constexpr USHORT kKinds = FADF_BSTR | FADF_VARIANT | FADF_UNKNOWN | FADF_DISPATCH;
  if (((psaSource->fFeatures ^ psaTarget->fFeatures) & kKinds) != 0) return E_INVALIDARG;
  for (USHORT i = 0; i < psaSource->cDims; ++i) {
    if (psaSource->rgsabound[i].cElements != psaTarget->rgsabound[i].cElements) return E_INVALIDARG;
  }
  if (psaSource->pvData == nullptr || psaTarget->pvData == nullptr) return E_INVALIDARG;
  std::size_t count = 0;
  if (!wmi::com::CountElements(*psaSource, count)) return E_INVALIDARG;
  wmi::com::ReleaseElements(*psaTarget, psaTarget->pvData, count);
  return wmi::com::CopyElements(*psaTarget, psaSource->pvData, psaTarget->pvData, count);
}

HRESULT SafeArrayRedim(SAFEARRAY* psa, SAFEARRAYBOUND* psaboundNew) {
  if (psa == nullptr || psaboundNew == nullptr || psa->cDims == 0) return E_INVALIDARG;
  if (psa->cLocks != 0) return DISP_E_ARRAYISLOCKED;
  if ((psa->fFeatures & (FADF_FIXEDSIZE | FADF_AUTO | FADF_STATIC | FADF_EMBEDDED)) != 0) return E_INVALIDARG;
  std::size_t old_count = 0;
  if (!wmi::com::CountElements(*psa, old_count)) return E_INVALIDARG;
  const SAFEARRAYBOUND old_bound = psa->rgsabound[0];
  psa->rgsabound[0] = *psaboundNew;
  std::size_t new_count = 0;
  if (!wmi::com::CountElements(*psa, new_count)) {
    psa->rgsabound[0] = old_bound;
    return E_OUTOFMEMORY;
  }
  // The last dimension varies slowest, so what stays is the front of the data.
  void* data = wmi::com::AllocateZeroed(new_count * psa->cbElements);
  if (data == nullptr) {
    psa->rgsabound[0] = old_bound;
    return E_OUTOFMEMORY;
  }
  const std::size_t kept = old_count < new_count ? old_count : new_count;
  if (psa->pvData != nullptr) {
    std::memcpy(data, psa->pvData, kept * psa->cbElements);
    wmi::com::ReleaseElements(*psa, wmi::com::At(psa->pvData, kept, psa->cbElements), old_count - kept);
    wmi::com::Free(psa->pvData);
  }
  psa->pvData = data;
  return S_OK;
}
