// The command line of Win32_Process.Create: whatever is split can be quoted and is split the same again; nothing is
// made up that was not in the text.
#include "providers/linux/process/command_line.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

// In single quotes, which hold everything but themselves.
std::string Quoted(const std::vector<std::string>& arguments) {
  std::string text;
  for (const std::string& argument : arguments) {
    text += " '";
    for (const char c : argument) {
      if (c == '\'') {
        text += "'\\''";
      } else {
        text += c;
      }
    }
    text += '\'';
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto arguments = wmi::linuxos::SplitCommandLine(text);
  if (!arguments) return 0;
  Require(!arguments->empty() && !arguments->front().empty());
  std::size_t bytes = 0;
  for (const std::string& argument : *arguments) {
    Require(argument.find('\0') == std::string::npos);
    bytes += argument.size();
  }
  Require(bytes <= text.size());
  const std::string quoted = Quoted(*arguments);
  if (quoted.size() <= wmi::linuxos::kCommandLineBytesMax) {
    Require(wmi::linuxos::SplitCommandLine(quoted) == arguments);
  }
  return 0;
}
