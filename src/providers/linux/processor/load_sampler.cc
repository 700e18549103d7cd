#include "providers/linux/processor/load_sampler.h"

#include <algorithm>
#include <utility>

#include "providers/linux/cpu_topology.h"
#include "providers/linux/files.h"

namespace wmi::linuxos {
namespace {

// Columns of a cpu line (proc_stat(5)); guest time is contained in user time.
constexpr std::size_t kIdleColumn = 3;
constexpr std::size_t kWaitColumn = 4;
constexpr std::size_t kColumns = 8;

bool ParseLine(std::string_view line, CpuTicks& out) {
  std::uint64_t number = 0;
  if (!line.starts_with("cpu") || line.size() < 4 || line[3] == ' ' || !ParseUnsigned(line.substr(3), number)) {
    return false;
  }
  out = CpuTicks{static_cast<std::uint32_t>(number), 0, 0};
  std::string_view word;
  NextPart(line, ' ', word);
  for (std::size_t column = 0; column < kColumns && NextPart(line, ' ', word); ++column) {
    std::uint64_t ticks = 0;
    if (!ParseUnsigned(word, ticks)) return false;
    out.total += ticks;
    if (column != kIdleColumn && column != kWaitColumn) out.busy += ticks;
  }
  return true;
}

const CpuTicks* Find(std::span<const CpuTicks> ticks, std::uint32_t number) {
  const auto found = std::find_if(ticks.begin(), ticks.end(), [&](const CpuTicks& t) { return t.number == number; });
  return found == ticks.end() ? nullptr : &*found;
}

}  // namespace

std::vector<CpuTicks> ParseCpuTicks(std::string_view text) {
  std::vector<CpuTicks> result;
  std::string_view line;
  while (result.size() < kLogicalProcessorsMax && NextPart(text, '\n', line)) {
    CpuTicks ticks;
    if (ParseLine(line, ticks)) result.push_back(ticks);
  }
  return result;
}

std::vector<CpuTicks> LoadSampler::Exchange(std::vector<CpuTicks> now) {
  const TimePoint time = clock_.Now();
  MutexLock lock(mutex_);
  if (recent_.ticks.empty()) {
    recent_ = {time, std::move(now)};
    return {};
  }
  if (time - recent_.time < kIntervalMin) return older_.ticks;
  older_ = std::exchange(recent_, Look{time, std::move(now)});
  return older_.ticks;
}

std::optional<std::uint16_t> LoadBetween(std::span<const CpuTicks> before, std::span<const CpuTicks> after,
                                         std::span<const std::uint32_t> logical) {
  std::uint64_t busy = 0;
  std::uint64_t total = 0;
  for (const std::uint32_t number : logical) {
    const CpuTicks* old_ticks = Find(before, number);
    const CpuTicks* new_ticks = Find(after, number);
    // Counters of a processor that was off in between may have gone back.
    if (old_ticks == nullptr || new_ticks == nullptr || new_ticks->total < old_ticks->total ||
        new_ticks->busy < old_ticks->busy) {
      continue;
    }
    busy += new_ticks->busy - old_ticks->busy;
    total += new_ticks->total - old_ticks->total;
  }
  if (total == 0) return std::nullopt;
  return static_cast<std::uint16_t>(std::min<std::uint64_t>(busy * 100 / total, 100));
}

}  // namespace wmi::linuxos
