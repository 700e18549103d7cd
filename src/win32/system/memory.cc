// The heap of the process (<heapapi.h>) and LocalAlloc with its relatives (<winbase.h>).
#include <winbase.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "win32/abi_guard.h"

using wmi::win32::Fail;

namespace {

// In front of a block of HeapAlloc: its size, for HeapSize and for zeroing what HeapReAlloc adds.
struct alignas(std::max_align_t) BlockHeader {
  std::size_t size;
};

// Its address is the handle of the heap.
char process_heap;

BlockHeader* HeaderOf(const void* block) {
  return static_cast<BlockHeader*>(const_cast<void*>(block)) - 1;  // NOLINT: LPCVOID of HeapSize
}

bool Serves(HANDLE heap, DWORD flags) { return heap == &process_heap && (flags & HEAP_GENERATE_EXCEPTIONS) == 0; }

// Beyond it no object can be; the allocator need not be asked.
constexpr std::size_t kBytesMax = PTRDIFF_MAX - sizeof(BlockHeader);

void* NewBlock(UINT flags, std::size_t size) {
  if (size > kBytesMax) return Fail<void*>(ERROR_NOT_ENOUGH_MEMORY, nullptr);
  void* block = (flags & LMEM_ZEROINIT) != 0 ? std::calloc(1, size == 0 ? 1 : size) : std::malloc(size == 0 ? 1 : size);
  return block != nullptr ? block : Fail<void*>(ERROR_NOT_ENOUGH_MEMORY, nullptr);
}

}  // namespace

HANDLE GetProcessHeap() { return &process_heap; }

LPVOID HeapAlloc(HANDLE heap, DWORD flags, SIZE_T size) {
  if (!Serves(heap, flags) || size > kBytesMax) return nullptr;
  auto* header = static_cast<BlockHeader*>(std::malloc(sizeof(BlockHeader) + size));
  if (header == nullptr) return nullptr;
  header->size = size;
  if ((flags & HEAP_ZERO_MEMORY) != 0) std::memset(header + 1, 0, size);
  return header + 1;
}

LPVOID HeapReAlloc(HANDLE heap, DWORD flags, LPVOID block, SIZE_T size) {
  if (!Serves(heap, flags) || block == nullptr || size > kBytesMax || (flags & HEAP_REALLOC_IN_PLACE_ONLY) != 0) {
    return nullptr;
  }
  const std::size_t before = HeaderOf(block)->size;
  auto* header = static_cast<BlockHeader*>(std::realloc(HeaderOf(block), sizeof(BlockHeader) + size));
  if (header == nullptr) return nullptr;
  header->size = size;
  auto* bytes = reinterpret_cast<std::byte*>(header + 1);
  if ((flags & HEAP_ZERO_MEMORY) != 0 && size > before) std::memset(bytes + before, 0, size - before);
  return bytes;
}

BOOL HeapFree(HANDLE heap, DWORD /*flags*/, LPVOID block) {
  if (heap != &process_heap) return Fail(ERROR_INVALID_HANDLE, FALSE);
  if (block != nullptr) std::free(HeaderOf(block));
  return TRUE;
}

SIZE_T HeapSize(HANDLE heap, DWORD /*flags*/, LPCVOID block) {
  return heap != &process_heap || block == nullptr ? SIZE_MAX : HeaderOf(block)->size;
}

HLOCAL LocalAlloc(UINT flags, SIZE_T size) { return NewBlock(flags, size); }

HGLOBAL GlobalAlloc(UINT flags, SIZE_T size) { return NewBlock(flags, size); }

HLOCAL LocalFree(HLOCAL block) {
  std::free(block);
  return nullptr;
}

HGLOBAL GlobalFree(HGLOBAL block) { return LocalFree(block); }
