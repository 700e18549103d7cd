// The functions of Automation: BSTR, VARIANT, SAFEARRAY, error objects. All may be called from any thread; one object
// is for one thread at a time.
#ifndef OPENWMI_OLEAUTO_H
#define OPENWMI_OLEAUTO_H

#include "detail/variant_access.h"
#include "oaidl.h"

// --- BSTR. NULL when there is no memory, or when the text given is NULL. The result is freed with SysFreeString.
WINOLEAUTAPI_(BSTR) SysAllocString(const OLECHAR* psz);
// `length` characters of `text`, which may hold NULs; `text` NULL leaves the characters unset. Always ends in a NUL.
WINOLEAUTAPI_(BSTR) SysAllocStringLen(const OLECHAR* text, UINT length);
WINOLEAUTAPI_(BSTR) SysAllocStringByteLen(LPCSTR bytes, UINT length);
// TRUE and *pbstr replaced; FALSE and *pbstr untouched.
WINOLEAUTAPI_(INT) SysReAllocString(BSTR* pbstr, const OLECHAR* psz);
WINOLEAUTAPI_(INT) SysReAllocStringLen(BSTR* pbstr, const OLECHAR* psz, UINT length);
WINOLEAUTAPI_(void) SysFreeString(BSTR bstr);
// The length from the prefix, in characters or bytes, without the NUL; 0 for NULL. Only for strings that these
// functions allocated: the prefix of anything else is not there.
WINOLEAUTAPI_(UINT) SysStringLen(BSTR bstr);
WINOLEAUTAPI_(UINT) SysStringByteLen(BSTR bstr);

// --- VARIANT.
#define VARIANT_NOVALUEPROP 0x1
#define VARIANT_ALPHABOOL 0x2
#define VARIANT_NOUSEROVERRIDE 0x4
#define VARIANT_LOCALBOOL 0x10

// Makes VT_EMPTY of any bytes; the whole structure becomes zero.
WINOLEAUTAPI_(void) VariantInit(VARIANTARG* pvarg);
// Frees what the VARIANT owns and makes it VT_EMPTY. DISP_E_BADVARTYPE, DISP_E_ARRAYISLOCKED leave it as it was.
WINOLEAUTAPI VariantClear(VARIANTARG* pvarg);
// Clears the target, then copies deeply (strings and arrays) or by AddRef (interfaces). A failure leaves the target
// as it was. CopyInd also follows VT_BYREF.
WINOLEAUTAPI VariantCopy(VARIANTARG* pvargDest, const VARIANTARG* pvargSrc);
WINOLEAUTAPI VariantCopyInd(VARIANT* pvarDest, const VARIANTARG* pvargSrc);
// Converts; source and target may be the same. DISP_E_OVERFLOW if the value does not fit, DISP_E_TYPEMISMATCH if it
// cannot mean the target type, DISP_E_BADVARTYPE if the target is no type. Numbers are read and written in the form of
// the invariant locale whatever `lcid` says.
WINOLEAUTAPI VariantChangeType(VARIANTARG* pvargDest, const VARIANTARG* pvarSrc, USHORT wFlags, VARTYPE vt);
WINOLEAUTAPI VariantChangeTypeEx(VARIANTARG* pvargDest, const VARIANTARG* pvarSrc, LCID lcid, USHORT wFlags,
                                 VARTYPE vt);
// TRUE if the year lies within 100 to 9999 and the date exists.
WINOLEAUTAPI_(INT) SystemTimeToVariantTime(LPSYSTEMTIME lpSystemTime, DOUBLE* pvtime);
WINOLEAUTAPI_(INT) VariantTimeToSystemTime(DOUBLE vtime, LPSYSTEMTIME lpSystemTime);

// --- SAFEARRAY. Creation gives NULL for a bad type, no dimensions, more than the address space or no memory.
WINOLEAUTAPI_(SAFEARRAY*) SafeArrayCreate(VARTYPE vt, UINT cDims, SAFEARRAYBOUND* rgsabound);
WINOLEAUTAPI_(SAFEARRAY*) SafeArrayCreateEx(VARTYPE vt, UINT cDims, SAFEARRAYBOUND* rgsabound, PVOID pvExtra);
WINOLEAUTAPI_(SAFEARRAY*) SafeArrayCreateVector(VARTYPE vt, LONG lLbound, ULONG cElements);
WINOLEAUTAPI_(SAFEARRAY*) SafeArrayCreateVectorEx(VARTYPE vt, LONG lLbound, ULONG cElements, PVOID pvExtra);
WINOLEAUTAPI SafeArrayAllocDescriptor(UINT cDims, SAFEARRAY** ppsaOut);
WINOLEAUTAPI SafeArrayAllocDescriptorEx(VARTYPE vt, UINT cDims, SAFEARRAY** ppsaOut);
WINOLEAUTAPI SafeArrayAllocData(SAFEARRAY* psa);
// DISP_E_ARRAYISLOCKED while locked; NULL is fine.
WINOLEAUTAPI SafeArrayDestroy(SAFEARRAY* psa);
WINOLEAUTAPI SafeArrayDestroyData(SAFEARRAY* psa);
WINOLEAUTAPI SafeArrayDestroyDescriptor(SAFEARRAY* psa);
WINOLEAUTAPI SafeArrayCopy(SAFEARRAY* psa, SAFEARRAY** ppsaOut);
WINOLEAUTAPI SafeArrayCopyData(SAFEARRAY* psaSource, SAFEARRAY* psaTarget);
// Changes the last dimension; elements past a smaller bound are released, new ones are zero.
WINOLEAUTAPI SafeArrayRedim(SAFEARRAY* psa, SAFEARRAYBOUND* psaboundNew);
WINOLEAUTAPI_(UINT) SafeArrayGetDim(SAFEARRAY* psa);
WINOLEAUTAPI_(UINT) SafeArrayGetElemsize(SAFEARRAY* psa);
// Dimensions count from 1; DISP_E_BADINDEX outside. The upper bound of an empty dimension is the lower bound less 1.
WINOLEAUTAPI SafeArrayGetUBound(SAFEARRAY* psa, UINT nDim, LONG* plUbound);
WINOLEAUTAPI SafeArrayGetLBound(SAFEARRAY* psa, UINT nDim, LONG* plLbound);
WINOLEAUTAPI SafeArrayGetVartype(SAFEARRAY* psa, VARTYPE* pvt);
WINOLEAUTAPI SafeArrayGetIID(SAFEARRAY* psa, GUID* pguid);
WINOLEAUTAPI SafeArraySetIID(SAFEARRAY* psa, REFGUID guid);
WINOLEAUTAPI SafeArrayLock(SAFEARRAY* psa);
WINOLEAUTAPI SafeArrayUnlock(SAFEARRAY* psa);
WINOLEAUTAPI SafeArrayAccessData(SAFEARRAY* psa, void** ppvData);
WINOLEAUTAPI SafeArrayUnaccessData(SAFEARRAY* psa);
// The element's address, without a lock.
WINOLEAUTAPI SafeArrayPtrOfIndex(SAFEARRAY* psa, LONG* rgIndices, void** ppvData);
// Copies one element out or in: strings and VARIANTs deeply, interfaces by AddRef. Indices run from the first
// dimension. For BSTR and interface arrays PutElement takes the pointer itself, not its address.
WINOLEAUTAPI SafeArrayGetElement(SAFEARRAY* psa, LONG* rgIndices, void* pv);
WINOLEAUTAPI SafeArrayPutElement(SAFEARRAY* psa, LONG* rgIndices, void* pv);

// --- Error objects. One per thread. Setting NULL clears. GetErrorInfo takes the object out: S_OK and a counted
// pointer, or S_FALSE and NULL if there is none.
WINOLEAUTAPI SetErrorInfo(ULONG dwReserved, IErrorInfo* perrinfo);
WINOLEAUTAPI GetErrorInfo(ULONG dwReserved, IErrorInfo** pperrinfo);
WINOLEAUTAPI CreateErrorInfo(ICreateErrorInfo** pperrinfo);

#include "detail/safe_array_element.h"

#endif
