// WMI for clients: every interface, flag and code of wbemcli.h.
//
// In parts: detail/wbem_status.h (codes), detail/wbem_flags.h (flags, types), detail/wbem_object.h (objects,
// qualifiers), detail/wbem_services.h (locator, services, sink, enumerator, context), detail/wbem_tools.h (the rest).
#ifndef OPENWMI_WBEMCLI_H
#define OPENWMI_WBEMCLI_H

#include "detail/wbem_flags.h"
#include "detail/wbem_object.h"
#include "detail/wbem_services.h"
#include "detail/wbem_status.h"
#include "detail/wbem_tools.h"
#include "objbase.h"

#ifdef OPENWMI_CXX_INTERFACES

// The classes for CoCreateInstance, usable as CLSID_WbemLocator and as __uuidof(WbemLocator).
OPENWMI_CLASS_ID(WbemLocator, 0x4590F811, 0x1D3A, 0x11D0, 0x89, 0x1F, 0x00, 0xAA, 0x00, 0x4B, 0x2E, 0x24)
OPENWMI_CLASS_ID(WbemContext, 0x674B6698, 0xEE92, 0x11D0, 0xAD, 0x71, 0x00, 0xC0, 0x4F, 0xD8, 0xFD, 0xFF)
OPENWMI_CLASS_ID(UnsecuredApartment, 0x49BD2028, 0x1523, 0x11D1, 0xAD, 0x79, 0x00, 0xC0, 0x4F, 0xD8, 0xFD, 0xFF)
OPENWMI_CLASS_ID(WbemClassObject, 0x9A653086, 0x174F, 0x11D2, 0xB5, 0xF9, 0x00, 0x10, 0x4B, 0x70, 0x3E, 0xFD)
OPENWMI_CLASS_ID(MofCompiler, 0x6DAF9757, 0x2E37, 0x11D2, 0xAE, 0xC9, 0x00, 0xC0, 0x4F, 0xB6, 0x88, 0x20)
OPENWMI_CLASS_ID(WbemStatusCodeText, 0xEB87E1BD, 0x3233, 0x11D2, 0xAE, 0xC9, 0x00, 0xC0, 0x4F, 0xB6, 0x88, 0x20)
OPENWMI_CLASS_ID(WbemBackupRestore, 0xC49E32C6, 0xBC8B, 0x11D2, 0x85, 0xD4, 0x00, 0x10, 0x5A, 0x1F, 0x83, 0x04)
OPENWMI_CLASS_ID(WbemRefresher, 0xC71566F2, 0x561E, 0x11D1, 0xAD, 0x87, 0x00, 0xC0, 0x4F, 0xD8, 0xFD, 0xFF)
OPENWMI_CLASS_ID(WbemObjectTextSrc, 0x8D1C559D, 0x84F0, 0x4BB3, 0xA7, 0xD5, 0x56, 0xA7, 0x43, 0x5A, 0x9B, 0xA6)

#else
#include "detail/c/wbemcli.h"
#endif

// Pages of the documentation use this second name for the class UnsecuredApartment.
#define CLSID_WbemUnsecuredApartment CLSID_UnsecuredApartment

// IWbemLocatorPtr and its kin, if comdef.h came first; comdef.h does the same in the other order.
#ifdef OPENWMI_COMDEF_H
#include "detail/wbem_smart_pointers.h"
#endif

#endif
