// Keywords and decorations that Windows sources use and that mean nothing here: calling conventions, declspecs, memory
// models. Everything else in this folder builds on this file. C and C++.
#ifndef OPENWMI_DETAIL_PLATFORM_H
#define OPENWMI_DETAIL_PLATFORM_H

#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

#ifdef __cplusplus
#define EXTERN_C extern "C"
#define EXTERN_C_START extern "C" {
#define EXTERN_C_END }
#else
#define EXTERN_C extern
#define EXTERN_C_START
#define EXTERN_C_END
#endif

// Interfaces are C++ classes, or, in C and on request (CINTERFACE), structures with a table of functions. The headers
// define the classes; the structures are written from them (tools/c_interfaces.py).
#if defined(__cplusplus) && !defined(CINTERFACE)
#define OPENWMI_CXX_INTERFACES
#endif

// Seen from outside libopenwmi.so even though the library is compiled with hidden visibility.
#define OPENWMI_API __attribute__((visibility("default")))

// Sources for Windows name their libraries in a pragma, which no compiler here needs to hear about. g++ before 13 does
// not heed this in C++ (its bug 53431); the flags of pkg-config and CMake say it again for it.
#pragma GCC diagnostic ignored "-Wunknown-pragmas"

// One calling convention exists; the words are accepted and dropped. They are macros also for clang -fms-extensions,
// where they would be keywords, so that both modes read the same program.
#define __cdecl
#define _cdecl
#define __stdcall
#define _stdcall
#define __fastcall
#define __thiscall
#define __vectorcall
#define WINAPI
#define WINAPIV
#define APIENTRY
#define APIPRIVATE
#define CALLBACK
#define PASCAL
#define FAR
#define NEAR
#define HUGEP
#ifndef __forceinline
#define __forceinline inline __attribute__((always_inline))
#endif
#ifndef FORCEINLINE
#define FORCEINLINE __forceinline
#endif

// uuid, novtable, selectany, dllimport: without effect here. __uuidof works through detail/uuidof.h instead.
#ifndef __declspec
#define __declspec(attribute)
#endif
#define DECLSPEC_UUID(text)
#define DECLSPEC_NOVTABLE
#define DECLSPEC_NORETURN __attribute__((noreturn))
#define DECLSPEC_SELECTANY __attribute__((weak))
#define DECLSPEC_IMPORT
#define DECLSPEC_ALIGN(bytes) __attribute__((aligned(bytes)))

// `unsigned __int64` occurs, hence a macro and not a typedef.
#ifndef __int64
#define __int64 long long
#endif
#ifndef __int32
#define __int32 int
#endif
#ifndef __int16
#define __int16 short
#endif
#ifndef __int8
#define __int8 char
#endif

#endif
