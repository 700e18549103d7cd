// The functions of Windows proper that WMI programs lean on. What the Windows SDK keeps in headers by topic is in the
// same headers here; this one includes them and adds memory fills. Everything may be called from any thread.
#ifndef OPENWMI_WINBASE_H
#define OPENWMI_WINBASE_H

#include <string.h>

#include "errhandlingapi.h"
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

#endif
