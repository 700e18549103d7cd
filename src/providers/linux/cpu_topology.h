// The logical processors that are online, and how they form cores and packages (/sys/devices/system/cpu).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/host.h"

namespace wmi::linuxos {

// A processor package: what sits in one socket.
struct CpuPackage {
  std::int64_t id = 0;
  std::vector<std::uint32_t> logical;  // numbers of the logical processors, ascending
  std::uint32_t cores = 0;
};

// Ascending by id. Where the kernel shows no topology, all processors form package 0, each a core of its own. Empty
// when nothing can be read.
std::vector<CpuPackage> ReadCpuPackages(const Machine& machine);

// "0-3,8,10-11" as numbers, at most `numbers_max`; wrong parts are skipped.
std::vector<std::uint32_t> ParseCpuList(std::string_view text, std::size_t numbers_max);

// The kernel allows 8,192 processors; more than that is a damaged text.
inline constexpr std::size_t kLogicalProcessorsMax = 65'536;

}  // namespace wmi::linuxos
