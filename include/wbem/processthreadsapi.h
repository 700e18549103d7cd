// Threads of this process, and who and where it is. Everything here may be called from any thread.
#ifndef OPENWMI_PROCESSTHREADSAPI_H
#define OPENWMI_PROCESSTHREADSAPI_H

#include "windef.h"

typedef DWORD (*PTHREAD_START_ROUTINE)(LPVOID argument);
typedef PTHREAD_START_ROUTINE LPTHREAD_START_ROUTINE;

#define STILL_ACTIVE 259L
#define CREATE_SUSPENDED 0x00000004
#define STACK_SIZE_PARAM_IS_A_RESERVATION 0x00010000

EXTERN_C_START

// Starts a thread that runs start(argument). The stack has at least `stack_size` bytes and never less than the system's
// default. CREATE_SUSPENDED: it does not run before ResumeThread. *id (may be NULL) is its id. Security attributes are
// accepted and not used. The handle is signaled when the thread has ended, after the destructors of its thread_local
// objects; closing it leaves the thread running. NULL with ERROR_INVALID_PARAMETER (no function, other flags) or
// ERROR_NOT_ENOUGH_MEMORY (no resources for a thread).
OPENWMI_API HANDLE CreateThread(LPSECURITY_ATTRIBUTES attributes, SIZE_T stack_size, LPTHREAD_START_ROUTINE start,
                                LPVOID argument, DWORD flags, LPDWORD id);
// How often the thread was suspended before: 1 for one that was created suspended and now runs, 0 for any other.
// (DWORD)-1 with ERROR_INVALID_HANDLE. There is no SuspendThread.
OPENWMI_API DWORD ResumeThread(HANDLE thread);
// TRUE and the value that the thread's function returned or ExitThread got, all 64 bits of it; STILL_ACTIVE while it
// runs. FALSE with ERROR_INVALID_HANDLE or, for no place to put it, ERROR_INVALID_PARAMETER.
OPENWMI_API BOOL GetExitCodeThread(HANDLE thread, LPDWORD exit_code);
// 0 with ERROR_INVALID_HANDLE.
OPENWMI_API DWORD GetThreadId(HANDLE thread);
// Ends the calling thread. Unlike on Windows the stack is unwound first: destructors of C++ objects on it run. In
// main() it ends the main thread alone; the process then lives until exit() is called, as the library keeps threads of
// its own. Do not call it under a function that is noexcept or in a catch (...) that does not rethrow, nor in a method
// that the library calls (a sink, a provider): these end the process. There is no TerminateThread.
OPENWMI_API DECLSPEC_NORETURN void ExitThread(DWORD exit_code);
// Lets another thread run on this processor. Always TRUE, since nobody knows whether one did.
OPENWMI_API BOOL SwitchToThread(void);

// Pseudo handles: valid everywhere in this process, for the calling thread and for the process; need no CloseHandle.
static inline HANDLE GetCurrentProcess(void) { return (HANDLE)(LONG_PTR)-1; }
static inline HANDLE GetCurrentThread(void) { return (HANDLE)(LONG_PTR)-2; }

// The ids that /proc knows.
OPENWMI_API DWORD GetCurrentThreadId(void);
OPENWMI_API DWORD GetCurrentProcessId(void);
// Only for this process; 0 with ERROR_INVALID_HANDLE otherwise.
OPENWMI_API DWORD GetProcessId(HANDLE process);
// TRUE and STILL_ACTIVE: a handle of a process stands for this one. FALSE with ERROR_INVALID_HANDLE or
// ERROR_INVALID_PARAMETER.
OPENWMI_API BOOL GetExitCodeProcess(HANDLE process, LPDWORD exit_code);

// Ends the process at once: the streams of stdio are flushed; functions of atexit and destructors of static objects do
// not run, as on Windows. The shell sees the low 8 bits of the code.
OPENWMI_API DECLSPEC_NORETURN void ExitProcess(UINT exit_code);
// For this process alone: ends it without flushing anything. FALSE with ERROR_INVALID_HANDLE for any other.
OPENWMI_API BOOL TerminateProcess(HANDLE process, UINT exit_code);

EXTERN_C_END

#endif
