// The functions of Windows proper that WMI programs lean on: memory fills, Sleep, last error, critical sections.
// Everything may be called from any thread.
#ifndef OPENWMI_WINBASE_H
#define OPENWMI_WINBASE_H

#include <string.h>

#include "windef.h"
#include "winerror.h"

#define INFINITE 0xFFFFFFFF
#define WAIT_OBJECT_0 0x00000000L
#define WAIT_ABANDONED 0x00000080L
#define WAIT_ABANDONED_0 0x00000080L
#define WAIT_IO_COMPLETION 0x000000C0L
#define WAIT_TIMEOUT 258L
#define WAIT_FAILED 0xFFFFFFFF
#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR) - 1)

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

// A recursive lock. `opaque` belongs to the library; DeleteCriticalSection must be called on what was initialised, and
// only while nobody owns it.
typedef struct _RTL_CRITICAL_SECTION {
  union {
    void* align;
    unsigned char bytes[64];
  } opaque;
} RTL_CRITICAL_SECTION, CRITICAL_SECTION, *PCRITICAL_SECTION, *LPCRITICAL_SECTION;

EXTERN_C_START

OPENWMI_API void InitializeCriticalSection(LPCRITICAL_SECTION section);
// The spin count is accepted and not used. Always TRUE.
OPENWMI_API BOOL InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION section, DWORD spin_count);
OPENWMI_API void EnterCriticalSection(LPCRITICAL_SECTION section);
// TRUE if the calling thread now owns the section (once more), FALSE if another thread does.
OPENWMI_API BOOL TryEnterCriticalSection(LPCRITICAL_SECTION section);
OPENWMI_API void LeaveCriticalSection(LPCRITICAL_SECTION section);
OPENWMI_API void DeleteCriticalSection(LPCRITICAL_SECTION section);

// The last error is a number per thread.
OPENWMI_API DWORD GetLastError(void);
OPENWMI_API void SetLastError(DWORD error);

// Sleeps at least that long; INFINITE (the low 32 bits count) never returns.
OPENWMI_API void Sleep(DWORD milliseconds);

EXTERN_C_END

#endif
