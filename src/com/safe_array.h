// SAFEARRAY inside this module: descriptor layout and element rules. Not thread-safe; one array is for one thread.
#pragma once

#include <oleauto.h>

#include <cstddef>

namespace wmi::com {

// What stands in memory before every descriptor that this library allocates.
struct alignas(SAFEARRAY) ArrayHeader {
  GUID iid;         // with FADF_HAVEIID
  VARTYPE vartype;  // with FADF_HAVEVARTYPE
};

inline constexpr USHORT kArrayDimensionsMax = 64;
// Bounds of what one array may take; past it creation fails like a lack of memory.
inline constexpr std::size_t kArrayBytesMax = std::size_t{1} << 31;

// Bytes of one element; 0 for a type that arrays cannot hold.
std::size_t ElementSize(VARTYPE vt);

// The number of elements, or false if the product is over the limit.
bool CountElements(const SAFEARRAY& array, std::size_t& count);

// Releases what `count` elements from `first` own, and zeroes them.
void ReleaseElements(const SAFEARRAY& array, void* first, std::size_t count);
// Copies `count` elements into zeroed memory. On failure what was copied is released again.
HRESULT CopyElements(const SAFEARRAY& array, const void* source, void* target, std::size_t count);
// The same for one element.
HRESULT CopyElement(const SAFEARRAY& array, const void* source, void* target);

}  // namespace wmi::com
