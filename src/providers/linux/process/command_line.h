// The command line of Win32_Process.Create taken apart into arguments, without a shell.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wmi::linuxos {

// Blanks, tabs and line ends stand between arguments. Quotes hold them together: between single quotes everything is
// taken as it is; between double quotes a backslash before a double quote or a backslash stands for that. Outside of
// quotes a backslash takes a blank, a quote or a backslash behind it as it is. Every other backslash stays, so that
// names with backslashes need no care. Nothing is expanded: no variable, no pattern, no redirection.
//
// Nothing for a text that holds no program, an open quote, a NUL, or more than kCommandLineBytesMax.
std::optional<std::vector<std::string>> SplitCommandLine(std::string_view text);

inline constexpr std::size_t kCommandLineBytesMax = 128u << 10;

}  // namespace wmi::linuxos
