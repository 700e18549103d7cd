// Opens namespace ATL, as the headers of ATL do for every program that does not define _ATL_NO_AUTOMATIC_NAMESPACE:
// sources write CComPtr without a qualifier.
#ifndef OPENWMI_DETAIL_ATL_OPEN_NAMESPACE_H
#define OPENWMI_DETAIL_ATL_OPEN_NAMESPACE_H

#if defined(__cplusplus) && !defined(_ATL_NO_AUTOMATIC_NAMESPACE)
namespace ATL {}
using namespace ATL;
#endif

#endif
