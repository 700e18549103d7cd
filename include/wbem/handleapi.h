// Handles: numbers for objects of this process (events, mutexes, semaphores, threads, tokens) that CloseHandle gives
// back. They are small multiples of four and belong to this process alone: no other process can use them, they are not
// inherited, and access rights in the calls that make them are accepted and not checked. Safe from any thread.
#ifndef OPENWMI_HANDLEAPI_H
#define OPENWMI_HANDLEAPI_H

#include "windef.h"

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR) - 1)

#define DUPLICATE_CLOSE_SOURCE 0x00000001
#define DUPLICATE_SAME_ACCESS 0x00000002

EXTERN_C_START

// TRUE, and the value is no handle any more; the object lives on while other handles or waits refer to it.
// FALSE with ERROR_INVALID_HANDLE for what is not open. The pseudo handles of GetCurrentProcess and GetCurrentThread
// stay as they are, with TRUE.
OPENWMI_API BOOL CloseHandle(HANDLE handle);

// A second handle for the same object, to be closed on its own. Both processes must be this one (GetCurrentProcess());
// a real handle for the calling thread comes from duplicating GetCurrentThread(). With DUPLICATE_CLOSE_SOURCE the
// source is closed in any case. FALSE with ERROR_INVALID_HANDLE or ERROR_INVALID_PARAMETER; *target is then NULL.
OPENWMI_API BOOL DuplicateHandle(HANDLE source_process, HANDLE source, HANDLE target_process, HANDLE* target,
                                 DWORD access, BOOL inherit, DWORD options);

EXTERN_C_END

#endif
