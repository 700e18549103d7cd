// Counters of processes.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "providers/linux/performance/counters.h"
#include "providers/linux/process/process_reader.h"

namespace wmi::linuxos {
namespace {

using enum CounterKind;
using namespace process_source;  // NOLINT: bits of one enumeration

// Once per look; no file of a process.
constexpr SourceSet kUptime = 1u << 16;

constexpr std::size_t kProcessesMax = 4u << 20;

enum Figure : std::size_t {
  kParentId,
  kStarted,
  kHandleCount,
  kId,
  kDataBytes,
  kDataCalls,
  kReadBytes,
  kReadCalls,
  kWriteBytes,
  kWriteCalls,
  kFaults,
  kSwapped,
  kKernelTime,
  kUserTime,
  kTime,
  kPriority,
  kPrivate,
  kThreads,
  kVirtual,
  kVirtualPeak,
  kResident,
  kResidentPeak,
  kResidentPrivate,
  kFigures
};

constexpr Source kSources[] = {
    {kStat, "`/proc/PID/stat`", Cost::kInstanceFile}, {kStatus, "`/proc/PID/status`", Cost::kInstanceFile},
    {kIo, "`/proc/PID/io`", Cost::kInstanceFile},     {kHandles, "`/proc/PID/fd`", Cost::kInstanceFile},
    {kUptime, "`/proc/uptime`", Cost::kFile},
};

constexpr Counter kCounters[] = {
    {"CreatingProcessID", kNumber, 32, kStat, kParentId, 0, {}, "field 4"},
    {"ElapsedTime", kAge, 64, kStat | kUptime, kStarted, 0, {}, "field 22; the raw value is the time of the start"},
    {"HandleCount", kNumber, 32, kHandles, kHandleCount, 0, {}, "open file descriptors; denied to other users"},
    {"IDProcess", kNumber, 32, kStat, kId, 0, {}, "the name of the directory"},
    {"IODataBytesPersec", kRate, 64, kIo, kDataBytes, 0, {}, "rchar and wchar; denied to other users"},
    {"IODataOperationsPersec", kRate, 64, kIo, kDataCalls, 0, {}, "syscr and syscw; denied to other users"},
    {"IOReadBytesPersec", kRate, 64, kIo, kReadBytes, 0, {}, "rchar; denied to other users"},
    {"IOReadOperationsPersec", kRate, 64, kIo, kReadCalls, 0, {}, "syscr; denied to other users"},
    {"IOWriteBytesPersec", kRate, 64, kIo, kWriteBytes, 0, {}, "wchar; denied to other users"},
    {"IOWriteOperationsPersec", kRate, 64, kIo, kWriteCalls, 0, {}, "syscw; denied to other users"},
    {"PageFaultsPersec", kRate, 32, kStat, kFaults, 0, {}, "fields 10 and 12"},
    {"PageFileBytes", kNumber, 64, kStatus, kSwapped, 0, {}, "VmSwap, to bytes; NULL for a kernel thread"},
    {"PercentPrivilegedTime", kBusyTime, 64, kStat, kKernelTime, 0, {}, "field 15, ticks to 100 ns"},
    {"PercentProcessorTime",
     kBusyTime,
     64,
     kStat,
     kTime,
     0,
     {},
     "fields 14 and 15, ticks to 100 ns; 100 percent is one processor"},
    {"PercentUserTime", kBusyTime, 64, kStat, kUserTime, 0, {}, "field 14, ticks to 100 ns"},
    {"PriorityBase", kNumber, 32, kStat, kPriority, 0, {}, "39 less field 18, as `Win32_Process.Priority`"},
    {"PrivateBytes", kNumber, 64, kStatus, kPrivate, 0, {}, "RssAnon and VmSwap, to bytes; NULL for a kernel thread"},
    {"ThreadCount", kNumber, 32, kStat, kThreads, 0, {}, "field 20"},
    {"VirtualBytes", kNumber, 64, kStat, kVirtual, 0, {}, "field 23"},
    {"VirtualBytesPeak", kNumber, 64, kStatus, kVirtualPeak, 0, {}, "VmPeak, to bytes; NULL for a kernel thread"},
    {"WorkingSet", kNumber, 64, kStat, kResident, 0, {}, "field 24, pages to bytes"},
    {"WorkingSetPeak", kNumber, 64, kStatus, kResidentPeak, 0, {}, "VmHWM, to bytes; NULL for a kernel thread"},
    {"WorkingSetPrivate", kNumber, 64, kStatus, kResidentPrivate, 0, {}, "RssAnon, to bytes; NULL for a kernel thread"},
};

struct LookTimes {
  std::uint64_t ticks_per_second = 100;
  std::uint64_t page_bytes = 4096;
  std::optional<std::uint64_t> boot_100ns;  // since 1601

  std::uint64_t From(std::uint64_t ticks) const {
    return ticks / ticks_per_second * kHundredNanosecondsPerSecond +
           ticks % ticks_per_second * kHundredNanosecondsPerSecond / ticks_per_second;
  }
};

LookTimes ReadTimes(const Machine& machine, const CounterRequest& asked) {
  LookTimes times;
  times.ticks_per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  times.page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  std::uint64_t uptime = 0;
  if (asked.Wants(kUptime) && ParseUnsigned(ReadLine(*machine.files, machine.root.proc + "/uptime"), uptime) &&
      uptime < asked.times.system_100ns / kHundredNanosecondsPerSecond) {
    times.boot_100ns = asked.times.system_100ns - uptime * kHundredNanosecondsPerSecond;
  }
  return times;
}

void FillFromStat(const ProcessView& process, const LookTimes& times, CounterRow& row) {
  const ProcessStat& stat = process.stat;
  auto& figures = row.figures;
  figures[kParentId] = static_cast<std::uint32_t>(stat.parent_id);
  figures[kId] = static_cast<std::uint32_t>(process.id);
  figures[kFaults] = stat.minor_faults + stat.major_faults;
  figures[kKernelTime] = times.From(stat.kernel_ticks);
  figures[kUserTime] = times.From(stat.user_ticks);
  figures[kTime] = times.From(stat.kernel_ticks + stat.user_ticks);
  if (stat.priority <= 39) figures[kPriority] = static_cast<std::uint64_t>(39 - stat.priority);
  figures[kThreads] = stat.threads;
  figures[kVirtual] = stat.virtual_bytes;
  figures[kResident] = stat.resident_pages * times.page_bytes;
  if (times.boot_100ns) figures[kStarted] = *times.boot_100ns + times.From(stat.start_ticks);
}

void FillFromStatus(const ProcessStatus& status, CounterRow& row) {
  const auto set = [&row](Figure figure, const std::optional<std::uint64_t>& kilobytes) {
    if (kilobytes) row.figures[figure] = *kilobytes * 1024;
  };
  set(kSwapped, status.swapped);
  set(kVirtualPeak, status.peak_virtual);
  set(kResidentPeak, status.peak_resident);
  set(kResidentPrivate, status.anonymous);
  if (status.anonymous) row.figures[kPrivate] = (*status.anonymous + status.swapped.value_or(0)) * 1024;
}

void FillFromIo(const ProcessIo& io, CounterRow& row) {
  row.figures[kReadBytes] = io.read_bytes;
  row.figures[kReadCalls] = io.read_calls;
  row.figures[kWriteBytes] = io.write_bytes;
  row.figures[kWriteCalls] = io.write_calls;
  if (io.read_bytes && io.write_bytes) row.figures[kDataBytes] = *io.read_bytes + *io.write_bytes;
  if (io.read_calls && io.write_calls) row.figures[kDataCalls] = *io.read_calls + *io.write_calls;
}

// "name", "name#1", "name#2" …: each once, whatever programs call themselves.
class InstanceNames {
 public:
  InstanceNames() { taken_.insert("_Total"); }

  std::string Give(std::string name) {
    if (taken_.insert(name).second) return name;
    for (std::uint64_t& number = last_[name];;) {
      std::string numbered = fmt::format("{}#{}", name, ++number);
      if (taken_.insert(numbered).second) return numbered;
    }
  }

 private:
  std::unordered_set<std::string, FoldedHash, FoldedEqual> taken_;
  std::unordered_map<std::string, std::uint64_t, FoldedHash, FoldedEqual> last_;
};

Status Load(const Machine& machine, const CounterRequest& asked, std::vector<CounterRow>& out) {
  const std::string& proc = machine.root.proc;
  std::vector<std::int32_t> ids;
  Directory directory;
  int error = machine.files->OpenDirectory(kNoDirectory, proc.c_str(), directory);
  if (error == 0) error = machine.files->ListNumbers(directory.descriptor(), ".", kProcessesMax, ids);
  if (error != 0) return SystemStatus(code::kProviderFailure, fmt::format("opendir({})", proc), error);
  // The numbers behind equal names stay the same as long as the processes do.
  std::sort(ids.begin(), ids.end());
  const LookTimes times = ReadTimes(machine, asked);
  ProcessReader reader(*machine.files, asked.sources & kPerProcess, ProcessReader::HandleCounting::kByListing);
  InstanceNames names;
  for (const std::int32_t id : ids) {
    if (asked.stop.stop_requested()) return Status();
    const auto found = reader.Read(directory.descriptor(), id, ProcessReader::Origin::kListed);
    if (!found.ok()) return found.status();
    // What has no name is no instance.
    if (*found == ProcessReader::Found::kNo || ((reader.denied() | reader.unread()) & kStat) != 0) continue;
    const ProcessView& process = reader.view();
    CounterRow row;
    row.name = names.Give(ToUtf8(process.name));
    row.identity = fmt::format("{}.{}", id, process.stat.start_ticks);
    row.figures.resize(kFigures);
    row.denied = reader.denied();
    FillFromStat(process, times, row);
    FillFromStatus(process.status, row);
    FillFromIo(process.io, row);
    if (asked.Wants(kHandles) && (reader.unread() & kHandles) == 0) row.figures[kHandleCount] = process.handles;
    out.push_back(std::move(row));
  }
  AddTotal(out);
  // Sums of these say nothing.
  out.back().figures.resize(kFigures);
  for (const Figure figure : {kParentId, kId, kPriority, kStarted}) out.back().figures[figure] = std::nullopt;
  return Status();
}

constexpr CounterFamily kFamily = {
    .object = "PerfProc_Process",
    .about =
        "One instance for each process, kernel threads included, and `_Total`, their sum, in which what is denied to "
        "us is NULL. Of several processes with one name all but the first have a number behind it: `bash`, "
        "`bash#1`. `IDProcess` tells which is which.",
    .sources = kSources,
    .counters = kCounters,
    .rows_go = true,
    .name_sources = kStat,
    .load = Load,
};

}  // namespace

void AddProcessCounters(Classes& classes, const Clock& clock) { AddCounterClasses<kFamily>(classes, clock); }

}  // namespace wmi::linuxos
