// Texts of /proc/PID and lists of processors: read to their end, whatever they hold. The first byte chooses the reader.
#include "providers/linux/process/process_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "providers/linux/cpu_topology.h"

namespace {

using namespace wmi::linuxos;  // NOLINT: only readers of texts

void Require(bool holds) {
  if (!holds) std::abort();
}

// The name is what stands between the outer parentheses; nothing behind it is taken for it.
void ReadStat(std::string_view text) {
  ProcessStat stat;
  if (!ParseProcessStat(text, stat)) return;
  Require(stat.name.data() >= text.data() && stat.name.data() + stat.name.size() < text.data() + text.size());
  Require(text.find(')', static_cast<std::size_t>(stat.name.data() - text.data()) + stat.name.size() + 1) ==
          std::string_view::npos);
}

void ReadArguments(std::string_view text) {
  std::string line;
  JoinArguments(text, line);
  Require(line.size() <= text.size() && line.find('\0') == std::string::npos && !line.ends_with(' '));
  const std::string_view name = text.substr(0, 15);
  const std::string_view whole = ProgramName(name, text);
  Require(whole.starts_with(name));
}

void ReadHandle(std::string_view text) {
  std::int32_t id = 0;
  Require(!ParseHandle(text, id) || (id > 0 && std::to_string(id) == text));
}

void ReadList(std::string_view text) {
  constexpr std::size_t kMax = 1000;
  const auto numbers = ParseCpuList(text, kMax);
  Require(numbers.size() <= kMax);
  if (!std::is_sorted(numbers.begin(), numbers.end())) return;
  std::string written;
  for (const std::uint32_t number : numbers) written += std::to_string(number) + ",";
  Require(ParseCpuList(written, kMax) == numbers);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 's':
      ReadStat(text);
      break;
    case 'm':
      ParseProcessStatus(text);
      break;
    case 'i':
      ParseProcessIo(text);
      break;
    case 'a':
      ReadArguments(text);
      break;
    case 'h':
      ReadHandle(text);
      break;
    default:
      ReadList(text);
  }
  return 0;
}
