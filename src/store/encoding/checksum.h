// Checksum: 64 bits over several pieces of bytes (XXH3). Finds a flipped byte; no protection against malice.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace wmi::store {

// Pieces are told apart: {"ab", "c"} and {"a", "bc"} differ.
std::uint64_t Checksum(std::initializer_list<std::string_view> pieces);
std::uint64_t Checksum(std::uint64_t seed, std::string_view bytes);

}  // namespace wmi::store
