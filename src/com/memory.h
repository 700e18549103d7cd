// The one place where this module gets memory that crosses the API: BSTR, SAFEARRAY, task memory. Plain malloc behind a
// fault point, so that tests can make the n-th allocation fail. Safe from any thread.
#pragma once

#include <cstddef>

namespace wmi::com {

inline constexpr char kAllocationFault[] = "com.allocate";

// Uninitialised memory, aligned for any type; null when there is none. Zero bytes give a valid pointer.
void* Allocate(std::size_t bytes);
// Zeroed memory.
void* AllocateZeroed(std::size_t bytes);
// As realloc: null leaves `block` as it was. `block` may be null.
void* Reallocate(void* block, std::size_t bytes);
// Null is fine.
void Free(void* block);

}  // namespace wmi::com
