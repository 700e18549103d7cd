// Waiting and excluding: critical sections, events, mutexes, semaphores, waits, Sleep.
#ifndef OPENWMI_SYNCHAPI_H
#define OPENWMI_SYNCHAPI_H

#include "windef.h"

#define INFINITE 0xFFFFFFFF
#define WAIT_OBJECT_0 0x00000000L
#define WAIT_ABANDONED 0x00000080L
#define WAIT_ABANDONED_0 0x00000080L
#define WAIT_IO_COMPLETION 0x000000C0L
#define WAIT_TIMEOUT 258L
#define WAIT_FAILED 0xFFFFFFFF

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

// Sleeps at least that long; INFINITE (the low 32 bits count) never returns.
OPENWMI_API void Sleep(DWORD milliseconds);

EXTERN_C_END

#endif
