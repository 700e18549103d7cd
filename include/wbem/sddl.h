// Security identifiers as text. Security descriptors are not supported.
#ifndef OPENWMI_SDDL_H
#define OPENWMI_SDDL_H

#include "winbase.h"

EXTERN_C_START

// "S-1-5-32-544"; freed with LocalFree. ERROR_INVALID_SID, ERROR_INVALID_PARAMETER for NULL.
OPENWMI_API BOOL ConvertSidToStringSidW(PSID sid, LPWSTR* text);
OPENWMI_API BOOL ConvertSidToStringSidA(PSID sid, LPSTR* text);
// Also the two letters AN, AU, BA, BG, BU, CG, CO, IU, LS, NS, NU, PS, SU, SY and WD for well-known SIDs. The SID is
// freed with LocalFree. ERROR_INVALID_SID for what is none.
OPENWMI_API BOOL ConvertStringSidToSidW(LPCWSTR text, PSID* sid);
OPENWMI_API BOOL ConvertStringSidToSidA(LPCSTR text, PSID* sid);

EXTERN_C_END

#ifdef UNICODE
#define ConvertSidToStringSid ConvertSidToStringSidW
#define ConvertStringSidToSid ConvertStringSidToSidW
#else
#define ConvertSidToStringSid ConvertSidToStringSidA
#define ConvertStringSidToSid ConvertStringSidToSidA
#endif

#endif
