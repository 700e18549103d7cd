// The limits of this module.
#pragma once

#include <cstddef>

namespace wmi::consumers {

// Of a template, and of a text that one was filled to.
inline constexpr std::size_t kTextBytesMax = 256u << 10;

}  // namespace wmi::consumers
