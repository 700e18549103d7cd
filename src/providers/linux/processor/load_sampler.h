// LoadSampler: how busy logical processors were between two looks at /proc/stat.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"

namespace wmi::linuxos {

// Ticks of one logical processor since boot.
struct CpuTicks {
  std::uint32_t number = 0;
  std::uint64_t busy = 0;
  std::uint64_t total = 0;
};

// The lines "cpuN" of /proc/stat; time that a hypervisor took away counts as busy, waiting for a disk as idle.
std::vector<CpuTicks> ParseCpuTicks(std::string_view text);

// Keeps the last look. A look that follows another too closely is answered from the one before, since a few ticks say
// nothing. Safe from several threads.
class LoadSampler {
 public:
  // `clock` is not owned.
  explicit LoadSampler(const Clock& clock) : clock_(clock) {}

  // The ticks to compare `now` with: those of the last look that is at least kIntervalMin old. Empty at the first look.
  std::vector<CpuTicks> Exchange(std::vector<CpuTicks> now) WMI_EXCLUDES(mutex_);

  static constexpr Duration kIntervalMin = std::chrono::milliseconds(250);

 private:
  struct Look {
    TimePoint time{};
    std::vector<CpuTicks> ticks;
  };
  const Clock& clock_;
  Mutex mutex_;
  Look recent_ WMI_GUARDED_BY(mutex_);
  Look older_ WMI_GUARDED_BY(mutex_);
};

// Busy share in percent over those of `logical` that are in both looks; nothing when no time has passed.
std::optional<std::uint16_t> LoadBetween(std::span<const CpuTicks> before, std::span<const CpuTicks> after,
                                         std::span<const std::uint32_t> logical);

}  // namespace wmi::linuxos
