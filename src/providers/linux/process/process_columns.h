// Which file of /proc each property of Win32_Process comes from, and how it is computed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "providers/linux/column.h"
#include "providers/linux/process/process_text.h"

namespace wmi::linuxos {

namespace process_source {
// Per process, in the order of cost.
inline constexpr SourceSet kStat = 1u << 0;
inline constexpr SourceSet kName = 1u << 1;  // the arguments, if the name may be cut
inline constexpr SourceSet kArguments = 1u << 2;
inline constexpr SourceSet kStatus = 1u << 3;
inline constexpr SourceSet kIo = 1u << 4;
inline constexpr SourceSet kExecutable = 1u << 5;
inline constexpr SourceSet kHandles = 1u << 6;
// Once per query.
inline constexpr SourceSet kBootTime = 1u << 7;
inline constexpr SourceSet kHost = 1u << 8;
inline constexpr SourceSet kSystemName = 1u << 9;
inline constexpr SourceSet kRelease = 1u << 10;

inline constexpr SourceSet kPerProcess = kBootTime - 1;
}  // namespace process_source

// What is the same for every row of one query.
struct ProcessSurroundings {
  std::string host_name;
  std::string system_name;
  std::string kernel_release;
  std::int64_t boot_seconds = 0;
  std::uint64_t ticks_per_second = 100;
  std::uint64_t page_bytes = 4096;
};

// One process as far as it was read.
struct ProcessView {
  const ProcessSurroundings* surroundings = nullptr;
  std::int32_t id = 0;
  std::string_view id_text;
  ProcessStat stat;
  std::string_view name;
  std::string_view command_line;
  std::string_view executable;
  ProcessStatus status;
  ProcessIo io;
  std::uint64_t handles = 0;
};

std::span<const Column<ProcessView>> ProcessColumns();
std::span<const Source> ProcessSources();

}  // namespace wmi::linuxos
