// The two document types, and the names of elements that carry a typed value in each.
#pragma once

#include <string_view>

namespace wmi::xml {

// kCim: CIM DTD 2.0 of the DMTF (DSP0203). kWmi: that with the elements that WMI adds for embedded objects, which
// kCim can only hold as text inside a string.
enum class Dtd { kCim, kWmi };

// Attribute and qualifiers by which a string says that it holds the text of an object (DSP0201).
inline constexpr std::string_view kEmbeddedObject = "EmbeddedObject";
inline constexpr std::string_view kEmbeddedInstance = "EmbeddedInstance";

inline constexpr std::string_view kReturnValue = "ReturnValue";
inline constexpr std::string_view kParameters = "__PARAMETERS";
// The origin that WMI gives to system properties.
inline constexpr std::string_view kSystemOrigin = "___SYSTEM";

}  // namespace wmi::xml
