// The limits of this module.
#pragma once

#include <cstddef>

namespace wmi::consumers {

// Of a template, and of a text that one was filled to.
inline constexpr std::size_t kTextBytesMax = 256u << 10;

// Of all arguments of a program together, of what is kept of its output, and of its arguments in the audit.
inline constexpr std::size_t kArgumentsBytesMax = 1u << 20;
inline constexpr std::size_t kOutputBytesMax = 2048;
inline constexpr std::size_t kAuditBytesMax = 8192;
// Of a script, and of the event that is written for it.
inline constexpr std::size_t kScriptBytesMax = 1u << 20;
inline constexpr std::size_t kEventJsonBytesMax = 4u << 20;

}  // namespace wmi::consumers
