// Raising errors and converting text, for _bstr_t and _variant_t; part of comutil.h.
#ifndef OPENWMI_DETAIL_COM_SUPPORT_H
#define OPENWMI_DETAIL_COM_SUPPORT_H

#include "../oleauto.h"

#if defined(__cplusplus) && !defined(OPENWMI_CXX_INTERFACES)
#error "comutil.h, comip.h and comdef.h need the C++ form of the interfaces: do not define CINTERFACE in this file"
#endif

#ifdef __cplusplus
#include <new>
#endif

#ifdef __cplusplus

OPENWMI_API void _com_issue_error(HRESULT hr);

namespace _com_util {

// Text between UTF-8 and BSTR. NULL for NULL and when there is no memory. A BSTR is freed with SysFreeString, a char *
// with delete[].
OPENWMI_API BSTR ConvertStringToBSTR(const char* text);
OPENWMI_API char* ConvertBSTRToString(BSTR text);

inline void CheckError(HRESULT hr) {
  if (FAILED(hr)) _com_issue_error(hr);
}

}  // namespace _com_util

#endif

#endif
