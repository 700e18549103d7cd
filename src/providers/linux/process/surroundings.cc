#include "providers/linux/process/surroundings.h"

#include <time.h>
#include <unistd.h>

#include <utility>

namespace wmi::linuxos {
namespace {

using namespace process_source;  // NOLINT: bits of one enumeration

std::chrono::nanoseconds Now(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

// Less is the time between the readings of the two clocks. One that is interrupted there costs another read of the
// file.
constexpr std::chrono::nanoseconds kOffsetTolerance = std::chrono::milliseconds(1);

}  // namespace

std::chrono::nanoseconds ReadClockOffset() { return Now(CLOCK_REALTIME) - Now(CLOCK_BOOTTIME); }

Surroundings::Surroundings(const Machine& machine, ClockOffset clock_offset)
    : machine_(machine), clock_offset_(std::move(clock_offset)) {}

ProcessSurroundings Surroundings::Read(SourceSet sources) {
  ProcessSurroundings surroundings;
  surroundings.ticks_per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  surroundings.page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  if ((sources & kHost) != 0) surroundings.host_name = HostName(machine_);
  if ((sources & kSystemName) != 0) surroundings.system_name = OperatingSystemName(OsRelease(machine_));
  if ((sources & kRelease) != 0) surroundings.kernel_release = Release();
  if ((sources & kBootTime) != 0) surroundings.boot_seconds = BootSeconds();
  return surroundings;
}

// btime stands behind the counters of every interrupt, which the kernel adds up over all processors for each read.
std::int64_t Surroundings::BootSeconds() {
  // Before the file: a clock that is set in between is noticed the next time.
  const std::chrono::nanoseconds offset = clock_offset_();
  {
    MutexLock lock(mutex_);
    if (boot_seconds_ != 0 && std::chrono::abs(offset - offset_) < kOffsetTolerance) return boot_seconds_;
  }
  const std::int64_t seconds = BootTime(machine_).value_or(0);
  MutexLock lock(mutex_);
  offset_ = offset;
  boot_seconds_ = seconds;
  return seconds;
}

// A kernel does not change under those that run on it.
std::string Surroundings::Release() {
  {
    MutexLock lock(mutex_);
    if (!release_.empty()) return release_;
  }
  std::string release = KernelRelease(machine_);
  MutexLock lock(mutex_);
  release_ = release;
  return release;
}

}  // namespace wmi::linuxos
