#include "store/encoding/checksum.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace wmi::store {

std::uint64_t Checksum(std::uint64_t seed, std::string_view bytes) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::uint64_t Checksum(std::initializer_list<std::string_view> pieces) {
  std::uint64_t sum = pieces.size();
  for (const std::string_view piece : pieces) sum = Checksum(sum, piece);
  return sum;
}

}  // namespace wmi::store
