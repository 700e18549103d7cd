#include "com/memory.h"

#include <algorithm>
#include <cstdlib>

#include "base/fault.h"

namespace wmi::com {

void* Allocate(std::size_t bytes) {
  if (FaultHere(kAllocationFault)) return nullptr;
  return std::malloc(std::max<std::size_t>(bytes, 1));
}

void* AllocateZeroed(std::size_t bytes) {
  if (FaultHere(kAllocationFault)) return nullptr;
  return std::calloc(1, std::max<std::size_t>(bytes, 1));
}

void* Reallocate(void* block, std::size_t bytes) {
  if (FaultHere(kAllocationFault)) return nullptr;
  return std::realloc(block, std::max<std::size_t>(bytes, 1));
}

void Free(void* block) { std::free(block); }

}  // namespace wmi::com
