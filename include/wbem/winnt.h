// The basic types of Windows with the widths that let Windows sources compile here: LONG, ULONG and DWORD are `long`
// (64 bit), HRESULT is 32 bit, characters are wchar_t (32 bit). Where a layout matters, fields have a fixed width
// instead. Also the Interlocked functions.
#ifndef OPENWMI_WINNT_H
#define OPENWMI_WINNT_H

#include "basetsd.h"
#include "detail/platform.h"
#include "sal.h"

#ifndef VOID
#define VOID void
#endif
#ifndef CONST
#define CONST const
#endif

typedef char CHAR;
typedef short SHORT;
typedef long LONG;
typedef int INT;
typedef wchar_t WCHAR;
typedef void* PVOID;
typedef void* LPVOID;
typedef const void* LPCVOID;
typedef unsigned char UCHAR, *PUCHAR;
typedef unsigned short USHORT, *PUSHORT;
typedef unsigned long ULONG, *PULONG;
typedef CHAR *PCHAR, *PSTR, *LPSTR, *LPCH, *PCH, *NPSTR;
typedef const CHAR *PCSTR, *LPCSTR, *LPCCH, *PCCH;
typedef WCHAR *PWCHAR, *PWSTR, *LPWSTR, *LPWCH, *PWCH, *NWPSTR;
typedef const WCHAR *PCWSTR, *LPCWSTR, *LPCWCH, *PCWCH, *LPCWCHAR;
typedef SHORT* PSHORT;
typedef LONG* PLONG;
typedef long long LONGLONG, *PLONGLONG;
typedef unsigned long long ULONGLONG, *PULONGLONG;
typedef unsigned long long DWORDLONG, *PDWORDLONG;
typedef unsigned char BOOLEAN, *PBOOLEAN;
typedef int HRESULT;
typedef unsigned long LCID, *PLCID;
typedef unsigned short LANGID;
typedef ULONG ACCESS_MASK, *PACCESS_MASK;
typedef void *HANDLE, **PHANDLE;
typedef PVOID PSID, PSECURITY_DESCRIPTOR, PACL;

#ifdef UNICODE
typedef WCHAR TCHAR, *PTCHAR;
typedef LPWSTR LPTSTR, PTSTR, LPTCH;
typedef LPCWSTR LPCTSTR, PCTSTR;
#define __TEXT(quote) L##quote
#else
typedef CHAR TCHAR, *PTCHAR;
typedef LPSTR LPTSTR, PTSTR, LPTCH;
typedef LPCSTR LPCTSTR, PCTSTR;
#define __TEXT(quote) quote
#endif
#define TEXT(quote) __TEXT(quote)

#define ANYSIZE_ARRAY 1
#define MAXLONG 0x7fffffff
#define MAXDWORD 0xffffffff
#define MAKELANGID(primary, sub) ((LANGID)(((USHORT)(sub) << 10) | (USHORT)(primary)))
#define MAKELCID(language, sort) ((LCID)(((uint32_t)(USHORT)(sort) << 16) | (uint32_t)(USHORT)(language)))
#define LANG_NEUTRAL 0x00
#define LANG_ENGLISH 0x09
#define SUBLANG_DEFAULT 0x01
#define LOCALE_SYSTEM_DEFAULT ((LCID)0x0800)
#define LOCALE_USER_DEFAULT ((LCID)0x0400)
#define LOCALE_INVARIANT ((LCID)0x007f)
#define LOCALE_NEUTRAL ((LCID)0x0000)

typedef union _LARGE_INTEGER {
  __extension__ struct {
    uint32_t LowPart;
    int32_t HighPart;
  };
  struct {
    uint32_t LowPart;
    int32_t HighPart;
  } u;
  LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
  __extension__ struct {
    uint32_t LowPart;
    uint32_t HighPart;
  };
  struct {
    uint32_t LowPart;
    uint32_t HighPart;
  } u;
  ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

#define UNREFERENCED_PARAMETER(parameter) ((void)(parameter))
#define DBG_UNREFERENCED_PARAMETER(parameter) ((void)(parameter))
#define DBG_UNREFERENCED_LOCAL_VARIABLE(variable) ((void)(variable))
#define RTL_NUMBER_OF(array) (sizeof(array) / sizeof((array)[0]))
#ifndef ARRAYSIZE
#define ARRAYSIZE(array) RTL_NUMBER_OF(array)
#endif
#ifndef _countof
#define _countof(array) RTL_NUMBER_OF(array)
#endif
#ifndef FIELD_OFFSET
#define FIELD_OFFSET(type, field) ((LONG)offsetof(type, field))
#endif
#ifndef CONTAINING_RECORD
#define CONTAINING_RECORD(address, type, field) ((type*)((char*)(address) - offsetof(type, field)))
#endif

#include "detail/crt_strings.h"
#include "detail/interlocked.h"
#include "detail/output.h"
#include "detail/security_types.h"

#endif
