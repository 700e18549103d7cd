// _T, TEXT and the entry points that depend on UNICODE.
#ifndef OPENWMI_TCHAR_H
#define OPENWMI_TCHAR_H

#include "winnt.h"

#ifdef _UNICODE
#define __T(quote) L##quote
#define _tmain wmain
typedef wchar_t _TCHAR, _TSCHAR, _TUCHAR, _TXCHAR, _TINT_CHAR;
#else
#define __T(quote) quote
#define _tmain main
typedef char _TCHAR, _TSCHAR, _TUCHAR, _TXCHAR, _TINT_CHAR;
#endif
#define _T(quote) __T(quote)
#define _TEXT(quote) __T(quote)

#endif
