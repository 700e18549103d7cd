// The client side of ATL: CComPtr and CComQIPtr (pointers that count), CComBSTR and CComVariant (a BSTR and a VARIANT
// with value semantics). Classes only, no macros of a module, no connection points. The parts are in detail/atl_*.h and
// say what differs from Windows.
#ifndef OPENWMI_ATLCOMCLI_H
#define OPENWMI_ATLCOMCLI_H

#include "detail/atl_bstr.h"
#include "detail/atl_com_ptr.h"
#include "detail/atl_open_namespace.h"
#include "detail/atl_variant.h"

#endif
