// lstrlen, lstrcpy and the others. C and C++; any thread.
//
// A NULL text is an error that is told here: 0 for lstrlen, a NULL result for the copies, and in comparisons NULL comes
// before any text. Other pointers that are not valid end the program; Windows catches them.
#ifndef OPENWMI_DETAIL_LSTR_H
#define OPENWMI_DETAIL_LSTR_H

#include "winnt.h"

EXTERN_C_START

// The length without the terminating null.
OPENWMI_API int lstrlenA(LPCSTR text);
OPENWMI_API int lstrlenW(LPCWSTR text);

// The target, which must be large enough; it is not checked. Programs should use strsafe.h instead.
OPENWMI_API LPSTR lstrcpyA(LPSTR target, LPCSTR source);
OPENWMI_API LPWSTR lstrcpyW(LPWSTR target, LPCWSTR source);
OPENWMI_API LPSTR lstrcatA(LPSTR target, LPCSTR source);
OPENWMI_API LPWSTR lstrcatW(LPWSTR target, LPCWSTR source);

// Copies at most size - 1 characters and always terminates; NULL for a size below 1.
OPENWMI_API LPSTR lstrcpynA(LPSTR target, LPCSTR source, int size);
OPENWMI_API LPWSTR lstrcpynW(LPWSTR target, LPCWSTR source, int size);

// Compare as a dictionary does: -1, 0, 1. Signs come before digits, digits before letters; hyphen and apostrophe count
// only between texts that are otherwise equal, and so does case in lstrcmp, small letters first. lstrcmpi ignores case.
// Letters past ASCII follow in the order of their code points; Windows sorts them by the rules of the user's language.
OPENWMI_API int lstrcmpA(LPCSTR a, LPCSTR b);
OPENWMI_API int lstrcmpW(LPCWSTR a, LPCWSTR b);
OPENWMI_API int lstrcmpiA(LPCSTR a, LPCSTR b);
OPENWMI_API int lstrcmpiW(LPCWSTR a, LPCWSTR b);

EXTERN_C_END

#ifdef UNICODE
#define lstrlen lstrlenW
#define lstrcpy lstrcpyW
#define lstrcat lstrcatW
#define lstrcpyn lstrcpynW
#define lstrcmp lstrcmpW
#define lstrcmpi lstrcmpiW
#else
#define lstrlen lstrlenA
#define lstrcpy lstrcpyA
#define lstrcat lstrcatA
#define lstrcpyn lstrcpynA
#define lstrcmp lstrcmpA
#define lstrcmpi lstrcmpiA
#endif

#endif
