// Surroundings: what Win32_Process shows of the machine, the same in every row of a query.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "base/mutex.h"
#include "providers/linux/host.h"
#include "providers/linux/process/process_columns.h"

namespace wmi::linuxos {

// How far the wall clock is ahead of the clock that counts from boot. Both are slewed together: it changes only when
// somebody sets the wall clock.
using ClockOffset = std::function<std::chrono::nanoseconds()>;
std::chrono::nanoseconds ReadClockOffset();

// Reads them for a query; keeps what cannot have changed since the last one, because a look-up of one process reads
// little more than this. Safe from several threads.
class Surroundings {
 public:
  Surroundings(const Machine& machine, ClockOffset clock_offset);

  ProcessSurroundings Read(SourceSet sources) WMI_EXCLUDES(mutex_);

 private:
  std::int64_t BootSeconds() WMI_EXCLUDES(mutex_);
  std::string Release() WMI_EXCLUDES(mutex_);

  const Machine& machine_;
  const ClockOffset clock_offset_;
  Mutex mutex_;
  std::chrono::nanoseconds offset_ WMI_GUARDED_BY(mutex_){};  // when boot_seconds_ was read
  std::int64_t boot_seconds_ WMI_GUARDED_BY(mutex_) = 0;      // 0: not known
  std::string release_ WMI_GUARDED_BY(mutex_);                // empty: not known
};

}  // namespace wmi::linuxos
