// Waiting and excluding: critical sections, events, mutexes, semaphores, waits, Sleep. Everything here may be called
// from any thread.
//
// Named objects: a name stands for one object in this process only, so that two parts of one program can share it;
// another process that uses the name gets its own object. Names tell upper from lower case, have at most MAX_PATH
// characters, and no backslash but in the prefixes Global\ and Local\ ("Local\x" and "x" are one name). What Create…
// sets as the last error: ERROR_SUCCESS for a new object; ERROR_ALREADY_EXISTS with the handle of the one that was
// there, whose state stays as it is; and with a NULL handle ERROR_INVALID_HANDLE when the name belongs to another kind
// of object, ERROR_FILENAME_EXCED_RANGE or ERROR_PATH_NOT_FOUND for the name itself, ERROR_INVALID_PARAMETER,
// ERROR_NOT_ENOUGH_MEMORY. A NULL or empty name makes an object without one. Security attributes and desired access are
// accepted and not used: nobody outside the process can reach the object. Handles are given back with CloseHandle.
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
#define MAXIMUM_WAIT_OBJECTS 64

#ifndef SYNCHRONIZE
#define SYNCHRONIZE 0x00100000L
#endif
#define EVENT_MODIFY_STATE 0x0002
#define EVENT_ALL_ACCESS 0x001F0003
#define MUTEX_MODIFY_STATE 0x0001
#define MUTEX_ALL_ACCESS 0x001F0001
#define SEMAPHORE_MODIFY_STATE 0x0002
#define SEMAPHORE_ALL_ACCESS 0x001F0003

#define CREATE_EVENT_MANUAL_RESET 0x00000001
#define CREATE_EVENT_INITIAL_SET 0x00000002
#define CREATE_MUTEX_INITIAL_OWNER 0x00000001
#define CRITICAL_SECTION_NO_DEBUG_INFO 0x01000000

// A recursive lock. `opaque` belongs to the library; DeleteCriticalSection must be called on what was initialised, and
// only while nobody owns it.
typedef struct _RTL_CRITICAL_SECTION {
  union {
    void* align;
    unsigned char bytes[64];
  } opaque;
} RTL_CRITICAL_SECTION, CRITICAL_SECTION, *PCRITICAL_SECTION, *LPCRITICAL_SECTION, *PRTL_CRITICAL_SECTION;

EXTERN_C_START

OPENWMI_API void InitializeCriticalSection(LPCRITICAL_SECTION section);
// The spin count is accepted and not used. Always TRUE.
OPENWMI_API BOOL InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION section, DWORD spin_count);
// The same; FALSE with ERROR_INVALID_PARAMETER for flags other than CRITICAL_SECTION_NO_DEBUG_INFO.
OPENWMI_API BOOL InitializeCriticalSectionEx(LPCRITICAL_SECTION section, DWORD spin_count, DWORD flags);
OPENWMI_API void EnterCriticalSection(LPCRITICAL_SECTION section);
// TRUE if the calling thread now owns the section (once more), FALSE if another thread does.
OPENWMI_API BOOL TryEnterCriticalSection(LPCRITICAL_SECTION section);
OPENWMI_API void LeaveCriticalSection(LPCRITICAL_SECTION section);
OPENWMI_API void DeleteCriticalSection(LPCRITICAL_SECTION section);

// Events. Manual reset: stays signaled, for every wait, until ResetEvent. Automatic reset: ends one wait, and is then
// unsignaled again.
OPENWMI_API HANDLE CreateEventW(LPSECURITY_ATTRIBUTES attributes, BOOL manual_reset, BOOL initial_state, LPCWSTR name);
OPENWMI_API HANDLE CreateEventA(LPSECURITY_ATTRIBUTES attributes, BOOL manual_reset, BOOL initial_state, LPCSTR name);
OPENWMI_API HANDLE CreateEventExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name, DWORD flags, DWORD access);
OPENWMI_API HANDLE CreateEventExA(LPSECURITY_ATTRIBUTES attributes, LPCSTR name, DWORD flags, DWORD access);
// TRUE; FALSE with ERROR_INVALID_HANDLE for what is not an event.
OPENWMI_API BOOL SetEvent(HANDLE event);
OPENWMI_API BOOL ResetEvent(HANDLE event);

// Mutexes: owned by the thread whose wait ended with it (once for each such wait) and signaled while nobody owns it.
// With initial_owner the calling thread owns a mutex that is new. A thread that ends as the owner abandons the mutex;
// the next wait for it then ends with WAIT_ABANDONED.
OPENWMI_API HANDLE CreateMutexW(LPSECURITY_ATTRIBUTES attributes, BOOL initial_owner, LPCWSTR name);
OPENWMI_API HANDLE CreateMutexA(LPSECURITY_ATTRIBUTES attributes, BOOL initial_owner, LPCSTR name);
OPENWMI_API HANDLE CreateMutexExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name, DWORD flags, DWORD access);
OPENWMI_API HANDLE CreateMutexExA(LPSECURITY_ATTRIBUTES attributes, LPCSTR name, DWORD flags, DWORD access);
// TRUE; FALSE with ERROR_NOT_OWNER when the calling thread does not own it, or ERROR_INVALID_HANDLE.
OPENWMI_API BOOL ReleaseMutex(HANDLE mutex);

// Semaphores: signaled while the count is above zero; each wait takes one. 0 <= initial <= maximum, 0 < maximum < 2^31.
OPENWMI_API HANDLE CreateSemaphoreW(LPSECURITY_ATTRIBUTES attributes, LONG initial, LONG maximum, LPCWSTR name);
OPENWMI_API HANDLE CreateSemaphoreA(LPSECURITY_ATTRIBUTES attributes, LONG initial, LONG maximum, LPCSTR name);
OPENWMI_API HANDLE CreateSemaphoreExW(LPSECURITY_ATTRIBUTES attributes, LONG initial, LONG maximum, LPCWSTR name,
                                      DWORD flags, DWORD access);
OPENWMI_API HANDLE CreateSemaphoreExA(LPSECURITY_ATTRIBUTES attributes, LONG initial, LONG maximum, LPCSTR name,
                                      DWORD flags, DWORD access);
// TRUE, and *previous (may be NULL) is the count before. FALSE and nothing changed: ERROR_TOO_MANY_POSTS when the
// maximum would be passed, ERROR_INVALID_PARAMETER for a count that is not positive, ERROR_INVALID_HANDLE.
OPENWMI_API BOOL ReleaseSemaphore(HANDLE semaphore, LONG count, LPLONG previous);

// Waits for an event, mutex, semaphore, thread or GetCurrentProcess() (which never ends). The time is in milliseconds
// of the monotonic clock; only its low 32 bits count, and INFINITE waits for ever. WAIT_OBJECT_0 when the object was
// signaled, WAIT_ABANDONED for a mutex whose owner ended (the caller owns it now), WAIT_TIMEOUT, or WAIT_FAILED with
// ERROR_INVALID_HANDLE. There are no asynchronous procedure calls, so that `alertable` makes no difference. An object
// whose handle another thread closes during a wait stays until the wait ends.
OPENWMI_API DWORD WaitForSingleObject(HANDLE handle, DWORD milliseconds);
OPENWMI_API DWORD WaitForSingleObjectEx(HANDLE handle, DWORD milliseconds, BOOL alertable);
// The same for 1 to MAXIMUM_WAIT_OBJECTS handles. wait_all FALSE: ends with the first signaled object in the order of
// the array; WAIT_OBJECT_0 + its index, or WAIT_ABANDONED_0 + its index. TRUE: takes all of them in one step when all
// are signaled, and none before; WAIT_OBJECT_0, or WAIT_ABANDONED_0 + the index of an abandoned mutex; no object may be
// in the array twice. WAIT_FAILED also with ERROR_INVALID_PARAMETER.
OPENWMI_API DWORD WaitForMultipleObjects(DWORD count, const HANDLE* handles, BOOL wait_all, DWORD milliseconds);
OPENWMI_API DWORD WaitForMultipleObjectsEx(DWORD count, const HANDLE* handles, BOOL wait_all, DWORD milliseconds,
                                           BOOL alertable);

// Sleeps at least that long; INFINITE (the low 32 bits count) never returns. 0 lets other threads run.
OPENWMI_API void Sleep(DWORD milliseconds);
// The same; always 0, since there are no asynchronous procedure calls.
OPENWMI_API DWORD SleepEx(DWORD milliseconds, BOOL alertable);

EXTERN_C_END

#ifdef UNICODE
#define CreateEvent CreateEventW
#define CreateEventEx CreateEventExW
#define CreateMutex CreateMutexW
#define CreateMutexEx CreateMutexExW
#define CreateSemaphore CreateSemaphoreW
#define CreateSemaphoreEx CreateSemaphoreExW
#else
#define CreateEvent CreateEventA
#define CreateEventEx CreateEventExA
#define CreateMutex CreateMutexA
#define CreateMutexEx CreateMutexExA
#define CreateSemaphore CreateSemaphoreA
#define CreateSemaphoreEx CreateSemaphoreExA
#endif

#endif
