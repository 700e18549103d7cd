// The heap of the process. Safe from any thread.
#ifndef OPENWMI_HEAPAPI_H
#define OPENWMI_HEAPAPI_H

#include "windef.h"

#define HEAP_NO_SERIALIZE 0x00000001
#define HEAP_GENERATE_EXCEPTIONS 0x00000004
#define HEAP_ZERO_MEMORY 0x00000008
#define HEAP_REALLOC_IN_PLACE_ONLY 0x00000010

EXTERN_C_START

// The only heap there is. Not a handle: CloseHandle knows nothing of it.
OPENWMI_API HANDLE GetProcessHeap(void);
// Memory aligned for any type, of at least `size` bytes (0 gives a valid pointer, too); NULL when there is none, for
// another heap, or for HEAP_GENERATE_EXCEPTIONS, which is not supported. The last error stays as it is, as on Windows.
OPENWMI_API LPVOID HeapAlloc(HANDLE heap, DWORD flags, SIZE_T size);
// As realloc, for a block of HeapAlloc; NULL leaves the block as it was. With HEAP_ZERO_MEMORY what is added is zero.
// With HEAP_REALLOC_IN_PLACE_ONLY always NULL.
OPENWMI_API LPVOID HeapReAlloc(HANDLE heap, DWORD flags, LPVOID block, SIZE_T size);
// NULL is fine. FALSE with ERROR_INVALID_HANDLE for another heap.
OPENWMI_API BOOL HeapFree(HANDLE heap, DWORD flags, LPVOID block);
// The size that the block was asked with; (SIZE_T)-1 for NULL or another heap.
OPENWMI_API SIZE_T HeapSize(HANDLE heap, DWORD flags, LPCVOID block);

EXTERN_C_END

#endif
