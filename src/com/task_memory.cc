// CoTaskMemAlloc and its relatives.
#include <objbase.h>

#include "com/memory.h"

LPVOID CoTaskMemAlloc(SIZE_T cb) { return wmi::com::Allocate(cb); }

LPVOID CoTaskMemRealloc(LPVOID pv, SIZE_T cb) {
  if (pv != nullptr && cb == 0) {
    wmi::com::Free(pv);
    return nullptr;
  }
  return wmi::com::Reallocate(pv, cb);
}

void CoTaskMemFree(LPVOID pv) { wmi::com::Free(pv); }
