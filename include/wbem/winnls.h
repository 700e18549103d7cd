// Code pages: which there are. The conversions are in stringapiset.h.
#ifndef OPENWMI_WINNLS_H
#define OPENWMI_WINNLS_H

#include "stringapiset.h"
#include "windef.h"

#define MAX_DEFAULTCHAR 2
#define MAX_LEADBYTES 12

typedef struct _cpinfo {
  UINT MaxCharSize;  // bytes of the longest character
  BYTE DefaultChar[MAX_DEFAULTCHAR];
  BYTE LeadByte[MAX_LEADBYTES];  // ranges of lead bytes in pairs, ended by two zeros
} CPINFO, *LPCPINFO;

EXTERN_C_START

// 65001: text outside is UTF-8.
OPENWMI_API UINT GetACP(void);
OPENWMI_API UINT GetOEMCP(void);

// Whether MultiByteToWideChar knows the page under this number. FALSE for CP_ACP and its kin, as on Windows.
OPENWMI_API BOOL IsValidCodePage(UINT page);

// Facts about a page. FALSE and ERROR_INVALID_PARAMETER for NULL and for a page that is not there.
OPENWMI_API BOOL GetCPInfo(UINT page, LPCPINFO info);

// Whether the byte begins a character of two bytes. Never in UTF-8, hence never without a page.
OPENWMI_API BOOL IsDBCSLeadByte(BYTE byte_value);
OPENWMI_API BOOL IsDBCSLeadByteEx(UINT page, BYTE byte_value);

// The terminal takes UTF-8 and nothing else: 65001. Setting another page fails with ERROR_INVALID_PARAMETER.
OPENWMI_API UINT GetConsoleCP(void);
OPENWMI_API UINT GetConsoleOutputCP(void);
OPENWMI_API BOOL SetConsoleCP(UINT page);
OPENWMI_API BOOL SetConsoleOutputCP(UINT page);

EXTERN_C_END

#endif
