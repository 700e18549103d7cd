// Texts of the kernel with counters: read to their end, whatever they hold; what is found was in the text.
#include "providers/linux/performance/counter_text.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& disk : wmi::linuxos::ParseDiskCounters(text)) {
    Require(!disk.name.empty() && text.find(disk.name) != std::string_view::npos);
    Require(disk.device.find(':') != std::string::npos);
  }
  for (const auto& link : wmi::linuxos::ParseLinkCounters(text)) {
    Require(!link.name.empty() && text.find(link.name) != std::string_view::npos);
  }
  for (const auto& processor : wmi::linuxos::ParseProcessorCounters(text)) {
    Require(text.find("cpu" + std::to_string(processor.number)) != std::string_view::npos ||
            text.find("cpu0") != std::string_view::npos);
  }
  // One sum for each column of the first line, no more.
  Require(wmi::linuxos::SumByProcessor(text).size() * 4 <= text.substr(0, text.find('\n')).size());
  const std::size_t blank = text.find(' ');
  const std::string_view name = text.substr(0, blank);
  if (const auto figure = wmi::linuxos::NamedFigure(text, name)) {
    Require(wmi::linuxos::NamedFigure(std::string(name) + " " + std::to_string(*figure) + "\n", name) == figure);
  }
  return 0;
}
