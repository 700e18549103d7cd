#include "wmi/long_work.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "wmi/exit_code.h"

namespace wmi::cli {

bool LongWork::Step(std::string_view stage, std::uint64_t done, std::uint64_t total) {
  if (const auto due = progress_.NextUpdate(start_)) {
    const TimePoint now = SteadyClock::now();
    // What is counted while others change it may grow past the total.
    const int percent = total == 0 ? -1 : static_cast<int>(std::min(done, total) * 100 / total);
    if (now >= *due) progress_.UpdateStage(now, start_, stage, percent);
  }
  return !is_cancelled();
}

int LongWork::TellCancelled(std::string_view program, std::string_view consequence) {
  progress_.Clear();
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - start_).count();
  fmt::print(stderr, "{}: cancelled after {:.1f} s; {}\n", program, seconds, consequence);
  return kExitSignalBase + signals_.caught();
}

}  // namespace wmi::cli
