// Texts of the kernel that hold counters, taken apart. All are bounded by the text given.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wmi::linuxos {

// A line of /proc/diskstats.
struct DiskCounters {
  std::string device;  // "254:0"
  std::string name;
  std::uint64_t reads = 0;
  std::uint64_t sectors_read = 0;
  std::uint64_t read_milliseconds = 0;
  std::uint64_t writes = 0;
  std::uint64_t sectors_written = 0;
  std::uint64_t write_milliseconds = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t busy_milliseconds = 0;
  std::uint64_t queue_milliseconds = 0;
};
std::vector<DiskCounters> ParseDiskCounters(std::string_view text);

// A line of /proc/net/dev.
struct LinkCounters {
  std::string name;
  std::uint64_t bytes_in = 0;
  std::uint64_t packets_in = 0;
  std::uint64_t errors_in = 0;
  std::uint64_t dropped_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t packets_out = 0;
  std::uint64_t errors_out = 0;
  std::uint64_t dropped_out = 0;
};
std::vector<LinkCounters> ParseLinkCounters(std::string_view text);

// One figure of a text of lines "name number", like /proc/vmstat.
std::optional<std::uint64_t> NamedFigure(std::string_view text, std::string_view name);

// A cpu line of /proc/stat, in clock ticks; user time with that of guests, which the kernel counts in it.
struct ProcessorCounters {
  std::uint32_t number = 0;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  std::uint64_t idle = 0;
  std::uint64_t interrupts = 0;
  std::uint64_t soft_interrupts = 0;
};
std::vector<ProcessorCounters> ParseProcessorCounters(std::string_view text);

// The sums of the columns of /proc/interrupts or /proc/softirqs, by the number of the processor.
std::map<std::uint32_t, std::uint64_t> SumByProcessor(std::string_view text);

}  // namespace wmi::linuxos
