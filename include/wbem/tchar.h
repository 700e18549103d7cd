// The names of text functions that mean char or wchar_t by _UNICODE, and the entry point _tmain.
//
// Every name stands for one function (an object-like macro, so that the macros of detail/output.h still apply): the
// narrow one, which takes UTF-8, or the wide one. A name whose function does not exist here is not defined: the _l
// forms with a locale, _mbs functions (_MBCS changes nothing), _tsystem, _texec and _tspawn, and the scanf forms
// without _s. TCHAR itself comes from winnt.h and goes by UNICODE; programs define both or none.
#ifndef OPENWMI_TCHAR_H
#define OPENWMI_TCHAR_H

#include <ctype.h>
#include <stdlib.h>
#include <wctype.h>

#include "winnt.h"

#ifdef _UNICODE
#define __T(quote) L##quote
typedef wchar_t _TCHAR, _TSCHAR, _TUCHAR, _TXCHAR, _TINT_CHAR;
typedef wint_t _TINT;
#define _TEOF WEOF
#else
#define __T(quote) quote
typedef char _TCHAR, _TSCHAR, _TUCHAR, _TXCHAR, _TINT_CHAR;
typedef int _TINT;
#define _TEOF EOF
#endif
#define _T(quote) __T(quote)
#define _TEXT(quote) __T(quote)

// Steps over a character; the narrow ones over a byte.
#define _tcsinc(current) ((current) + 1)
#define _tcsdec(start, current) ((current) > (start) ? (current) - 1 : NULL)
#define _tcsninc(current, count) ((current) + (count))
#define _tcsnextc(current) (*(current))
#define _tccpy(target, source) ((void)(*(target) = *(source)))
#define _tccmp(a, b) ((*(a)) - (*(b)))

#ifdef _UNICODE

// The entry point.
#define _tmain wmain

// Copying, comparing, searching.
#define _tcscat wcscat
#define _tcscat_s wcscat_s
#define _tcschr wcschr
#define _tcsclen wcslen
#define _tcscmp wcscmp
#define _tcscoll wcscoll
#define _tcscpy wcscpy
#define _tcscpy_s wcscpy_s
#define _tcscspn wcscspn
#define _tcsdup _wcsdup
#define _tcserror _wcserror
#define _tcserror_s _wcserror_s
#define _tcsicmp _wcsicmp
#define _tcslen wcslen
#define _tcslwr _wcslwr
#define _tcslwr_s _wcslwr_s
#define _tcsncat wcsncat
#define _tcsncat_s wcsncat_s
#define _tcsnccat wcsncat
#define _tcsnccmp wcsncmp
#define _tcsnccpy wcsncpy
#define _tcsncicmp _wcsnicmp
#define _tcsncmp wcsncmp
#define _tcsncpy wcsncpy
#define _tcsncpy_s wcsncpy_s
#define _tcsnicmp _wcsnicmp
#define _tcsnlen wcsnlen
#define _tcspbrk wcspbrk
#define _tcsrchr wcsrchr
#define _tcsrev _wcsrev
#define _tcsspn wcsspn
#define _tcsstr wcsstr
#define _tcstok _openwmi_wcstok
#define _tcstok_s wcstok_s
#define _tcsupr _wcsupr
#define _tcsupr_s _wcsupr_s
#define _tcsxfrm wcsxfrm

// Numbers.
#define _itot _itow
#define _itot_s _itow_s
#define _ltot _ltow
#define _ltot_s _ltow_s
#define _ultot _ultow
#define _ultot_s _ultow_s
#define _i64tot _i64tow
#define _i64tot_s _i64tow_s
#define _ui64tot _ui64tow
#define _ui64tot_s _ui64tow_s
#define _tcstod wcstod
#define _tcstof wcstof
#define _tcstoi64 _wcstoi64
#define _tcstol wcstol
#define _tcstoll wcstoll
#define _tcstoui64 _wcstoui64
#define _tcstoul wcstoul
#define _tcstoull wcstoull
#define _tstof _wtof
#define _tstoi _wtoi
#define _tstoi64 _wtoi64
#define _tstol _wtol
#define _tstoll _wtoll
#define _ttof _wtof
#define _ttoi _wtoi
#define _ttoi64 _wtoi64
#define _ttol _wtol
#define _ttoll _wtoll

// Characters.
#define _istalnum iswalnum
#define _istalpha iswalpha
#define _istcntrl iswcntrl
#define _istdigit iswdigit
#define _istgraph iswgraph
#define _istlower iswlower
#define _istprint iswprint
#define _istpunct iswpunct
#define _istspace iswspace
#define _istupper iswupper
#define _istxdigit iswxdigit
#define _totlower towlower
#define _totupper towupper

// Formatted output.
#define _tprintf wprintf
#define _tprintf_s wprintf_s
#define _ftprintf fwprintf
#define _ftprintf_s fwprintf_s
#define _stprintf _swprintf
#define _stprintf_s swprintf_s
#define _sntprintf _snwprintf
#define _sntprintf_s _snwprintf_s
#define _sctprintf _scwprintf
#define _vtprintf vwprintf
#define _vtprintf_s vwprintf_s
#define _vftprintf vfwprintf
#define _vftprintf_s vfwprintf_s
#define _vstprintf _vswprintf
#define _vstprintf_s vswprintf_s
#define _vsntprintf _vsnwprintf
#define _vsntprintf_s _vsnwprintf_s
#define _vsctprintf _vscwprintf

// Formatted input.
#define _tscanf wscanf
#define _tscanf_s wscanf_s
#define _ftscanf fwscanf
#define _ftscanf_s fwscanf_s
#define _stscanf swscanf
#define _stscanf_s swscanf_s

// Streams and files.
#define _fgettc fgetwc
#define _gettc getwc
#define _gettchar getwchar
#define _ungettc ungetwc
#define _fgetts fgetws
#define _getts_s _getws_s
#define _fputtc fputwc
#define _puttc putwc
#define _puttchar putwchar
#define _fputts fputws
#define _putts _putws
#define _tfopen _wfopen
#define _tfopen_s _wfopen_s
#define _tfreopen _wfreopen
#define _tfreopen_s _wfreopen_s

// Environment, paths, time.
#define _tgetenv _wgetenv
#define _tgetenv_s _wgetenv_s
#define _tdupenv_s _wdupenv_s
#define _tputenv_s _wputenv_s
#define _tmakepath _wmakepath
#define _tmakepath_s _wmakepath_s
#define _tsplitpath _wsplitpath
#define _tsplitpath_s _wsplitpath_s
#define _tasctime_s _wasctime_s
#define _tctime_s _wctime_s
#define _tcsftime wcsftime

#else

// The entry point.
#define _tmain main

// Copying, comparing, searching.
#define _tcscat strcat
#define _tcscat_s strcat_s
#define _tcschr strchr
#define _tcsclen strlen
#define _tcscmp strcmp
#define _tcscoll strcoll
#define _tcscpy strcpy
#define _tcscpy_s strcpy_s
#define _tcscspn strcspn
#define _tcsdup _strdup
#define _tcserror strerror
#define _tcserror_s strerror_s
#define _tcsicmp _stricmp
#define _tcslen strlen
#define _tcslwr _strlwr
#define _tcslwr_s _strlwr_s
#define _tcsncat strncat
#define _tcsncat_s strncat_s
#define _tcsnccat strncat
#define _tcsnccmp strncmp
#define _tcsnccpy strncpy
#define _tcsncicmp _strnicmp
#define _tcsncmp strncmp
#define _tcsncpy strncpy
#define _tcsncpy_s strncpy_s
#define _tcsnicmp _strnicmp
#define _tcsnlen strnlen
#define _tcspbrk strpbrk
#define _tcsrchr strrchr
#define _tcsrev _strrev
#define _tcsspn strspn
#define _tcsstr strstr
#define _tcstok strtok
#define _tcstok_s strtok_s
#define _tcsupr _strupr
#define _tcsupr_s _strupr_s
#define _tcsxfrm strxfrm

// Numbers.
#define _itot _itoa
#define _itot_s _itoa_s
#define _ltot _ltoa
#define _ltot_s _ltoa_s
#define _ultot _ultoa
#define _ultot_s _ultoa_s
#define _i64tot _i64toa
#define _i64tot_s _i64toa_s
#define _ui64tot _ui64toa
#define _ui64tot_s _ui64toa_s
#define _tcstod strtod
#define _tcstof strtof
#define _tcstoi64 _strtoi64
#define _tcstol strtol
#define _tcstoll strtoll
#define _tcstoui64 _strtoui64
#define _tcstoul strtoul
#define _tcstoull strtoull
#define _tstof atof
#define _tstoi atoi
#define _tstoi64 _atoi64
#define _tstol atol
#define _tstoll atoll
#define _ttof atof
#define _ttoi atoi
#define _ttoi64 _atoi64
#define _ttol atol
#define _ttoll atoll

// Characters.
#define _istalnum isalnum
#define _istalpha isalpha
#define _istcntrl iscntrl
#define _istdigit isdigit
#define _istgraph isgraph
#define _istlower islower
#define _istprint isprint
#define _istpunct ispunct
#define _istspace isspace
#define _istupper isupper
#define _istxdigit isxdigit
#define _totlower tolower
#define _totupper toupper

// Formatted output.
#define _tprintf printf
#define _tprintf_s printf_s
#define _ftprintf fprintf
#define _ftprintf_s fprintf_s
#define _stprintf sprintf
#define _stprintf_s sprintf_s
#define _sntprintf _snprintf
#define _sntprintf_s _snprintf_s
#define _sctprintf _scprintf
#define _vtprintf vprintf
#define _vtprintf_s vprintf_s
#define _vftprintf vfprintf
#define _vftprintf_s vfprintf_s
#define _vstprintf vsprintf
#define _vstprintf_s vsprintf_s
#define _vsntprintf _vsnprintf
#define _vsntprintf_s _vsnprintf_s
#define _vsctprintf _vscprintf

// Formatted input.
#define _tscanf scanf
#define _tscanf_s scanf_s
#define _ftscanf fscanf
#define _ftscanf_s fscanf_s
#define _stscanf sscanf
#define _stscanf_s sscanf_s

// Streams and files.
#define _fgettc fgetc
#define _gettc getc
#define _gettchar getchar
#define _ungettc ungetc
#define _fgetts fgets
#define _getts_s gets_s
#define _fputtc fputc
#define _puttc putc
#define _puttchar putchar
#define _fputts fputs
#define _putts puts
#define _tfopen fopen
#define _tfopen_s fopen_s
#define _tfreopen freopen
#define _tfreopen_s freopen_s

// Environment, paths, time.
#define _tgetenv getenv
#define _tgetenv_s getenv_s
#define _tdupenv_s _dupenv_s
#define _tputenv_s _putenv_s
#define _tmakepath _makepath
#define _tmakepath_s _makepath_s
#define _tsplitpath _splitpath
#define _tsplitpath_s _splitpath_s
#define _tasctime_s asctime_s
#define _tctime_s ctime_s
#define _tcsftime strftime

#endif

#endif
