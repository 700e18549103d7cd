// Limits of the module security.
#pragma once

#include <cstddef>

namespace wmi::security {

// Of one descriptor, in either form. Two lists of 64 KiB, which is what their length field can say, and two
// identifiers.
inline constexpr std::size_t kDescriptorBytesMax = std::size_t{1} << 18;
inline constexpr std::size_t kDescriptorCharactersMax = std::size_t{1} << 18;
// Entries of one list: as many as the smallest fit into 64 KiB.
inline constexpr std::size_t kEntriesMax = 4095;
// Groups of a user: NGROUPS_MAX of Linux.
inline constexpr std::size_t kGroupsMax = 65'536;

}  // namespace wmi::security
