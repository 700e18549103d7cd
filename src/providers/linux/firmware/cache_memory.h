// Win32_CacheMemory: the caches of the processors, as the kernel shows them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

struct CacheMemoryView : ViewBase {
  std::string device_id;
  std::string host_name;
  std::string purpose;
  std::optional<std::uint64_t> level;
  std::optional<std::uint64_t> type;
  std::optional<std::uint64_t> kilobytes;
  std::optional<std::uint64_t> line_bytes;
  std::optional<std::uint64_t> associativity;
  std::optional<std::uint64_t> write_policy;
};

struct CacheMemory {
  using View = CacheMemoryView;
  static constexpr std::string_view kClass = "Win32_CacheMemory";
  static constexpr std::string_view kAbout =
      "One instance for each cache of the processors that are online; one that several processors share is listed "
      "once. "
      "The kernel is asked and not the table of the firmware, which counts the caches of all cores as one and which "
      "only "
      "root may read.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
