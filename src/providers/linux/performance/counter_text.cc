#include "providers/linux/performance/counter_text.h"

#include <fmt/format.h>

#include <charconv>

#include "providers/linux/cpu_topology.h"
#include "providers/linux/files.h"

namespace wmi::linuxos {
namespace {

constexpr std::size_t kDevicesMax = 65'536;

// The next word between blanks; false at the end.
bool NextWord(std::string_view& rest, std::string_view& word) {
  const std::size_t begin = rest.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return false;
  rest.remove_prefix(begin);
  const std::size_t end = rest.find_first_of(" \t");
  word = rest.substr(0, end);
  rest.remove_prefix(word.size());
  return true;
}

// A word that is a number and nothing else.
bool NextFigure(std::string_view& rest, std::uint64_t& out) {
  std::string_view word;
  if (!NextWord(rest, word)) return false;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
  return error == std::errc() && end == word.data() + word.size();
}

template <std::size_t kCount>
bool NextFigures(std::string_view& rest, std::array<std::uint64_t, kCount>& out) {
  for (std::uint64_t& figure : out) {
    if (!NextFigure(rest, figure)) return false;
  }
  return true;
}

}  // namespace

std::vector<DiskCounters> ParseDiskCounters(std::string_view text) {
  std::vector<DiskCounters> disks;
  std::string_view line;
  while (disks.size() < kDevicesMax && NextPart(text, '\n', line)) {
    std::array<std::uint64_t, 2> number{};
    std::array<std::uint64_t, 11> figures{};
    std::string_view name;
    if (!NextFigures(line, number) || !NextWord(line, name) || !NextFigures(line, figures)) continue;
    DiskCounters disk;
    disk.device = fmt::format("{}:{}", number[0], number[1]);
    disk.name = name;
    disk.reads = figures[0];
    disk.sectors_read = figures[2];
    disk.read_milliseconds = figures[3];
    disk.writes = figures[4];
    disk.sectors_written = figures[6];
    disk.write_milliseconds = figures[7];
    disk.in_flight = figures[8];
    disk.busy_milliseconds = figures[9];
    disk.queue_milliseconds = figures[10];
    disks.push_back(std::move(disk));
  }
  return disks;
}

std::vector<LinkCounters> ParseLinkCounters(std::string_view text) {
  std::vector<LinkCounters> links;
  std::string_view line;
  while (links.size() < kDevicesMax && NextPart(text, '\n', line)) {
    // Names may hold a colon themselves ("eth0:1"); figures do not.
    const std::size_t colon = line.rfind(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = Trim(line.substr(0, colon));
    std::string_view rest = line.substr(colon + 1);
    std::array<std::uint64_t, 16> figures{};
    if (name.empty() || !NextFigures(rest, figures)) continue;
    LinkCounters link;
    link.name = name;
    link.bytes_in = figures[0];
    link.packets_in = figures[1];
    link.errors_in = figures[2];
    link.dropped_in = figures[3];
    link.bytes_out = figures[8];
    link.packets_out = figures[9];
    link.errors_out = figures[10];
    link.dropped_out = figures[11];
    links.push_back(std::move(link));
  }
  return links;
}

std::optional<std::uint64_t> NamedFigure(std::string_view text, std::string_view name) {
  std::string_view line;
  while (NextPart(text, '\n', line)) {
    if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ' ') continue;
    std::string_view rest = line.substr(name.size());
    std::uint64_t figure = 0;
    if (NextFigure(rest, figure)) return figure;
    return std::nullopt;
  }
  return std::nullopt;
}

std::vector<ProcessorCounters> ParseProcessorCounters(std::string_view text) {
  std::vector<ProcessorCounters> processors;
  std::string_view line;
  while (processors.size() < kLogicalProcessorsMax && NextPart(text, '\n', line)) {
    if (!line.starts_with("cpu")) continue;
    line.remove_prefix(3);
    std::uint64_t number = 0;
    // user, nice, system, idle, iowait, irq, softirq
    std::array<std::uint64_t, 7> ticks{};
    // The line of all processors has no number.
    if (line.empty() || line.front() < '0' || line.front() > '9' || !NextFigure(line, number) ||
        !NextFigures(line, ticks))
      continue;
    if (number >= kLogicalProcessorsMax) continue;
    processors.push_back(
        {static_cast<std::uint32_t>(number), ticks[0] + ticks[1], ticks[2], ticks[3] + ticks[4], ticks[5], ticks[6]});
  }
  return processors;
}

std::map<std::uint32_t, std::uint64_t> SumByProcessor(std::string_view text) {
  std::map<std::uint32_t, std::uint64_t> sums;
  std::string_view line;
  if (!NextPart(text, '\n', line)) return sums;
  std::vector<std::uint64_t*> columns;
  std::string_view word;
  while (columns.size() < kLogicalProcessorsMax && NextWord(line, word)) {
    std::uint64_t number = 0;
    if (!word.starts_with("CPU") || !ParseUnsigned(word.substr(3), number) || number >= kLogicalProcessorsMax) break;
    columns.push_back(&sums[static_cast<std::uint32_t>(number)]);
  }
  while (NextPart(text, '\n', line)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    std::string_view rest = line.substr(colon + 1);
    // Lines like "ERR" have one figure that is of no processor.
    std::vector<std::uint64_t> figures;
    std::uint64_t figure = 0;
    while (figures.size() < columns.size() && NextFigure(rest, figure)) figures.push_back(figure);
    if (figures.size() != columns.size()) continue;
    const bool is_error_line = Trim(line.substr(0, colon)) == "ERR" || Trim(line.substr(0, colon)) == "MIS";
    for (std::size_t i = 0; i < figures.size() && !is_error_line; ++i) *columns[i] += figures[i];
  }
  return sums;
}

}  // namespace wmi::linuxos
