// The functions of Windows proper that WMI programs lean on. What the Windows SDK keeps in headers by topic is in the
// same headers here; this one includes them and adds the rest. Everything may be called from any thread.
#ifndef OPENWMI_WINBASE_H
#define OPENWMI_WINBASE_H

#include <stdarg.h>
#include <string.h>

#include "detail/lstr.h"
#include "errhandlingapi.h"
#include "fileapi.h"
#include "handleapi.h"
#include "heapapi.h"
#include "libloaderapi.h"
#include "processthreadsapi.h"
#include "profileapi.h"
#include "securitybaseapi.h"
#include "synchapi.h"
#include "sysinfoapi.h"
#include "timezoneapi.h"
#include "windef.h"
#include "winerror.h"

#define RtlZeroMemory(target, length) memset((target), 0, (length))
#define RtlFillMemory(target, length, fill) memset((target), (fill), (length))
#define RtlCopyMemory(target, source, length) memcpy((target), (source), (length))
#define RtlMoveMemory(target, source, length) memmove((target), (source), (length))
#define RtlEqualMemory(a, b, length) (!memcmp((a), (b), (length)))
#define ZeroMemory RtlZeroMemory
#define FillMemory RtlFillMemory
#define CopyMemory RtlCopyMemory
#define MoveMemory RtlMoveMemory

// Clears memory that holds a secret; the compiler may not drop it.
static inline PVOID SecureZeroMemory(PVOID target, SIZE_T length) {
  memset(target, 0, length);
  __asm__ __volatile__("" : : "r"(target) : "memory");
  return target;
}
#define RtlSecureZeroMemory SecureZeroMemory

// Memory of LocalAlloc and GlobalAlloc, which is what some functions give to their caller. Both are one and the same.
#define LMEM_FIXED 0x0000
#define LMEM_MOVEABLE 0x0002
#define LMEM_NOCOMPACT 0x0010
#define LMEM_NODISCARD 0x0020
#define LMEM_ZEROINIT 0x0040
#define LHND (LMEM_MOVEABLE | LMEM_ZEROINIT)
#define LPTR (LMEM_FIXED | LMEM_ZEROINIT)
#define GMEM_FIXED 0x0000
#define GMEM_MOVEABLE 0x0002
#define GMEM_NOCOMPACT 0x0010
#define GMEM_NODISCARD 0x0020
#define GMEM_ZEROINIT 0x0040
#define GHND (GMEM_MOVEABLE | GMEM_ZEROINIT)
#define GPTR (GMEM_FIXED | GMEM_ZEROINIT)

#define FORMAT_MESSAGE_ALLOCATE_BUFFER 0x00000100
#define FORMAT_MESSAGE_IGNORE_INSERTS 0x00000200
#define FORMAT_MESSAGE_FROM_STRING 0x00000400
#define FORMAT_MESSAGE_FROM_HMODULE 0x00000800
#define FORMAT_MESSAGE_FROM_SYSTEM 0x00001000
#define FORMAT_MESSAGE_ARGUMENT_ARRAY 0x00002000
#define FORMAT_MESSAGE_MAX_WIDTH_MASK 0x000000FF

EXTERN_C_START

// A block of that many bytes, to be freed with LocalFree or GlobalFree; NULL with ERROR_NOT_ENOUGH_MEMORY. A block
// never moves: with LMEM_MOVEABLE, too, the handle is its address, and locking gives that address.
OPENWMI_API HLOCAL LocalAlloc(UINT flags, SIZE_T size);
OPENWMI_API HGLOBAL GlobalAlloc(UINT flags, SIZE_T size);
// Always NULL, which means success. NULL is fine.
OPENWMI_API HLOCAL LocalFree(HLOCAL block);
OPENWMI_API HGLOBAL GlobalFree(HGLOBAL block);
static inline LPVOID LocalLock(HLOCAL block) { return block; }
static inline LPVOID GlobalLock(HGLOBAL block) { return block; }
// FALSE: nothing is locked any more.
static inline BOOL LocalUnlock(HLOCAL block) { return ((void)block, FALSE); }
static inline BOOL GlobalUnlock(HGLOBAL block) { return ((void)block, FALSE); }

// The text of a message, or of a pattern with arguments, into `buffer`; its length in characters without the final NUL.
//
// Where the text is from, as `flags` say; HMODULE is tried before SYSTEM:
//   FORMAT_MESSAGE_FROM_STRING    `source` is the pattern, and `message` and `language` are not used.
//   FORMAT_MESSAGE_FROM_HMODULE   the texts of WMI's codes, whatever module `source` is: programs load wmiutils.dll or
//                                 wbemcomn.dll for them.
//   FORMAT_MESSAGE_FROM_SYSTEM    texts for ERROR_… numbers, the same as HRESULT_FROM_WIN32, the HRESULTs of COM and
//   the
//                                 codes of WMI. One English sentence with full stop and line break; programs should not
//                                 compare it with the text of Windows. Only the low 32 bits of `message` count.
// What a pattern may hold: %1 to %99 for an argument, followed by !format! of printf for one that is not a string (d,
// i, u, x, X, o, c, C, p with the sizes h, l, ll, I32, I64; s, S, hs, ls; with flags, width, precision and `*`, which
// takes the next arguments; no floating point); %% %. %! and "% " for the character; %n for a line break, %r for a
// carriage return, %t for a tab; %0 ends the text without a line break. Line breaks of the pattern are written as
// "\r\n". FORMAT_MESSAGE_IGNORE_INSERTS leaves %1 … as they are; without it a missing `arguments` is an error when a
// pattern has them. `arguments` is a pointer to a va_list, or with FORMAT_MESSAGE_ARGUMENT_ARRAY to an array of
// DWORD_PTR. FORMAT_MESSAGE_MAX_WIDTH_MASK: line breaks of the pattern become spaces; only %n breaks lines. A smaller
// width (the low byte) breaks lines at spaces so that they have at most that many characters.
// FORMAT_MESSAGE_ALLOCATE_BUFFER: `buffer` is a pointer to the pointer that receives a buffer of at least `size`
// characters, to be freed with LocalFree. Otherwise `size` counts the characters (bytes for A) of the buffer with NUL.
//
// Any language gives the English texts. 0 on failure, and *buffer is NULL then if it was to be allocated:
// ERROR_MR_MID_NOT_FOUND for a number without text; ERROR_INSUFFICIENT_BUFFER; ERROR_INVALID_PARAMETER for a pattern
// that is wrong, missing arguments or contradicting flags; ERROR_MORE_DATA for more than 65,535 characters;
// ERROR_NOT_ENOUGH_MEMORY.
OPENWMI_API DWORD FormatMessageW(DWORD flags, LPCVOID source, DWORD message, DWORD language, LPWSTR buffer, DWORD size,
                                 va_list* arguments);
OPENWMI_API DWORD FormatMessageA(DWORD flags, LPCVOID source, DWORD message, DWORD language, LPSTR buffer, DWORD size,
                                 va_list* arguments);

// The name of the host as `hostname` prints it, which is what Win32_OperatingSystem.CSName shows, too: not upper case,
// not cut at 15 characters. *size: on entry the size of the buffer (MAX_COMPUTERNAME_LENGTH + 1 suffices), on success
// the length without NUL. FALSE with ERROR_BUFFER_OVERFLOW and the size needed with NUL, or ERROR_INVALID_PARAMETER.
OPENWMI_API BOOL GetComputerNameW(LPWSTR buffer, LPDWORD size);
OPENWMI_API BOOL GetComputerNameA(LPSTR buffer, LPDWORD size);
// The name of the user whose rights the process has (its effective user), or the number if it has no name. *size counts
// the final NUL on entry and on success (UNLEN + 1 suffices). FALSE with ERROR_INSUFFICIENT_BUFFER and the size needed,
// or ERROR_INVALID_PARAMETER.
OPENWMI_API BOOL GetUserNameW(LPWSTR buffer, LPDWORD size);
OPENWMI_API BOOL GetUserNameA(LPSTR buffer, LPDWORD size);

// The environment of the process. A name is looked up as it is, then without regard to case (Path and PATH). As with
// getenv and setenv, no thread should change the environment while others read it.
// The length without NUL, or if the buffer is too small the size needed with NUL. 0 with ERROR_ENVVAR_NOT_FOUND; an
// empty variable is 0 with ERROR_SUCCESS.
OPENWMI_API DWORD GetEnvironmentVariableW(LPCWSTR name, LPWSTR buffer, DWORD size);
OPENWMI_API DWORD GetEnvironmentVariableA(LPCSTR name, LPSTR buffer, DWORD size);
// A NULL value removes the variable. FALSE with ERROR_INVALID_PARAMETER or ERROR_NOT_ENOUGH_MEMORY.
OPENWMI_API BOOL SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value);
OPENWMI_API BOOL SetEnvironmentVariableA(LPCSTR name, LPCSTR value);
// Replaces %NAME%; what names no variable stays as it is. The size of the result with NUL; a buffer that is smaller is
// left alone. 0 with ERROR_INVALID_PARAMETER or ERROR_NOT_ENOUGH_MEMORY.
OPENWMI_API DWORD ExpandEnvironmentStringsW(LPCWSTR text, LPWSTR buffer, DWORD size);
OPENWMI_API DWORD ExpandEnvironmentStringsA(LPCSTR text, LPSTR buffer, DWORD size);

// The arguments of the process as one text, with quotes where a program that takes it apart on Windows needs them.
// Belongs to the library; an empty text if /proc is not there.
OPENWMI_API LPWSTR GetCommandLineW(void);
OPENWMI_API LPSTR GetCommandLineA(void);

// For a debugger on Windows. Here: to stderr if the environment variable OPENWMI_DEBUG_OUTPUT is set and not empty, and
// nowhere otherwise.
OPENWMI_API void OutputDebugStringW(LPCWSTR text);
OPENWMI_API void OutputDebugStringA(LPCSTR text);

EXTERN_C_END

#ifdef UNICODE
#define FormatMessage FormatMessageW
#define GetComputerName GetComputerNameW
#define GetUserName GetUserNameW
#define GetEnvironmentVariable GetEnvironmentVariableW
#define SetEnvironmentVariable SetEnvironmentVariableW
#define ExpandEnvironmentStrings ExpandEnvironmentStringsW
#define GetCommandLine GetCommandLineW
#define OutputDebugString OutputDebugStringW
#else
#define FormatMessage FormatMessageA
#define GetComputerName GetComputerNameA
#define GetUserName GetUserNameA
#define GetEnvironmentVariable GetEnvironmentVariableA
#define SetEnvironmentVariable SetEnvironmentVariableA
#define ExpandEnvironmentStrings ExpandEnvironmentStringsA
#define GetCommandLine GetCommandLineA
#define OutputDebugString OutputDebugStringA
#endif

#endif
