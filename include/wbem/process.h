// Threads of the C run-time, and the process id. C and C++.
//
// The functions that programs write for these threads and what they get are those of <processthreadsapi.h>: handles are
// waited for and read with the same functions, and ending a thread unwinds its stack.
#ifndef OPENWMI_PROCESS_H
#define OPENWMI_PROCESS_H

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "detail/platform.h"

typedef void (*_beginthread_proc_type)(void*);
typedef unsigned (*_beginthreadex_proc_type)(void*);

EXTERN_C_START

// Starts a thread; its handle is closed when it ends, so do not close it, nor use it when the thread may have ended.
// (uintptr_t)-1 on failure, with errno EINVAL (no function) or EAGAIN (no resources).
OPENWMI_API uintptr_t _beginthread(_beginthread_proc_type start, unsigned stack_size, void* argument);
// Starts a thread; the handle is the caller's, for CloseHandle. `flags`: 0 or CREATE_SUSPENDED (4). *id (may be NULL)
// is the thread's id. 0 on failure, with errno EINVAL or EAGAIN.
OPENWMI_API uintptr_t _beginthreadex(void* security, unsigned stack_size, _beginthreadex_proc_type start,
                                     void* argument, unsigned flags, unsigned* id);
// End the calling thread, as ExitThread does; the exit code is 0 for _endthread.
OPENWMI_API DECLSPEC_NORETURN void _endthread(void);
OPENWMI_API DECLSPEC_NORETURN void _endthreadex(unsigned exit_code);

static inline int _getpid(void) { return (int)getpid(); }

EXTERN_C_END

#endif
