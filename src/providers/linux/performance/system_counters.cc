// Counters of processors, memory and the system as a whole.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

#include "providers/linux/performance/counter_text.h"
#include "providers/linux/performance/counters.h"

namespace wmi::linuxos {
namespace {

using enum CounterKind;

std::uint64_t HundredNanoseconds(std::uint64_t ticks) {
  const auto per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  return ticks / per_second * kHundredNanosecondsPerSecond +
         ticks % per_second * kHundredNanosecondsPerSecond / per_second;
}

// --- processors ---

namespace processor {

constexpr SourceSet kStat = 1u << 0;
constexpr SourceSet kInterrupts = 1u << 1;
constexpr SourceSet kSoftInterrupts = 1u << 2;

enum Figure : std::size_t { kUser, kPrivileged, kIdle, kHardTime, kSoftTime, kHardCount, kSoftCount, kFigures };

constexpr Source kSources[] = {
    {kStat, "`/proc/stat`", Cost::kFile},
    {kInterrupts, "`/proc/interrupts`", Cost::kFile},
    {kSoftInterrupts, "`/proc/softirqs`", Cost::kFile},
};

constexpr Counter kCounters[] = {
    {"DPCsQueuedPersec", kRate, 32, kStat | kSoftInterrupts, kSoftCount, 0, {}, "soft interrupts of all kinds"},
    {"InterruptsPersec", kRate, 32, kStat | kInterrupts, kHardCount, 0, {}, "interrupts of all lines"},
    {"PercentDPCTime", kBusyShare, 64, kStat, kSoftTime, 0, {}, "softirq, ticks to 100 ns"},
    {"PercentIdleTime", kBusyShare, 64, kStat, kIdle, 0, {}, "idle and iowait, ticks to 100 ns"},
    {"PercentInterruptTime", kBusyShare, 64, kStat, kHardTime, 0, {}, "irq, ticks to 100 ns"},
    {"PercentPrivilegedTime", kBusyShare, 64, kStat, kPrivileged, 0, {}, "system, irq and softirq, ticks to 100 ns"},
    {"PercentProcessorTime",
     kIdleTime,
     64,
     kStat,
     kIdle,
     0,
     {},
     "idle and iowait, ticks to 100 ns; the formatted value is the rest of the time"},
    {"PercentUserTime", kBusyShare, 64, kStat, kUser, 0, {}, "user and nice, ticks to 100 ns"},
};

constexpr std::size_t kTimes[] = {kUser, kPrivileged, kIdle, kHardTime, kSoftTime};

Status Load(const Machine& machine, const CounterRequest& asked, std::vector<CounterRow>& out) {
  Files& files = *machine.files;
  const auto processors = ParseProcessorCounters(ReadText(files, machine.root.proc + "/stat", kKernelTextBytesMax));
  std::map<std::uint32_t, std::uint64_t> hard;
  std::map<std::uint32_t, std::uint64_t> soft;
  if (asked.Wants(kInterrupts)) {
    hard = SumByProcessor(ReadText(files, machine.root.proc + "/interrupts", kKernelTextBytesMax));
  }
  if (asked.Wants(kSoftInterrupts)) {
    soft = SumByProcessor(ReadText(files, machine.root.proc + "/softirqs", kKernelTextBytesMax));
  }
  for (const ProcessorCounters& processor : processors) {
    CounterRow row;
    row.name = std::to_string(processor.number);
    row.figures.resize(kFigures);
    row.figures[kUser] = HundredNanoseconds(processor.user);
    row.figures[kPrivileged] = HundredNanoseconds(processor.system + processor.interrupts + processor.soft_interrupts);
    row.figures[kIdle] = HundredNanoseconds(processor.idle);
    row.figures[kHardTime] = HundredNanoseconds(processor.interrupts);
    row.figures[kSoftTime] = HundredNanoseconds(processor.soft_interrupts);
    if (const auto found = hard.find(processor.number); found != hard.end()) row.figures[kHardCount] = found->second;
    if (const auto found = soft.find(processor.number); found != soft.end()) row.figures[kSoftCount] = found->second;
    out.push_back(std::move(row));
  }
  if (out.empty()) return Status();
  AddTotal(out);
  DivideFigures(out.back(), kTimes, processors.size());
  return Status();
}

constexpr CounterFamily kFamily = {
    .object = "PerfOS_Processor",
    .about =
        "One instance for each logical processor that is online, and `_Total`, in which times are the mean of all "
        "and counts the sum.",
    .sources = kSources,
    .counters = kCounters,
    .name_sources = kStat,
    .load = Load,
};

}  // namespace processor

// --- memory ---

namespace memory {

constexpr SourceSet kMeminfo = 1u << 0;
constexpr SourceSet kVmstat = 1u << 1;

enum Figure : std::size_t {
  kAvailable,
  kAvailableKilobytes,
  kAvailableMegabytes,
  kCache,
  kCommitLimit,
  kCommitted,
  kFree,
  kModified,
  kFaults,
  kMajorFaults,
  kSwappedIn,
  kSwappedOut,
  kSwapped,
  kCommittedPages,
  kCommitLimitPages,
  kKernel,
  kFigures
};

constexpr Source kSources[] = {
    {kMeminfo, "`/proc/meminfo`", Cost::kFile},
    {kVmstat, "`/proc/vmstat`", Cost::kFile},
};

constexpr Counter kCounters[] = {
    {"AvailableBytes", kNumber, 64, kMeminfo, kAvailable, 0, {}, "MemAvailable, to bytes"},
    {"AvailableKBytes", kNumber, 64, kMeminfo, kAvailableKilobytes, 0, {}, "MemAvailable"},
    {"AvailableMBytes", kNumber, 64, kMeminfo, kAvailableMegabytes, 0, {}, "MemAvailable, to megabytes"},
    {"CacheBytes", kNumber, 64, kMeminfo, kCache, 0, {}, "Buffers and Cached, to bytes"},
    {"CommitLimit",
     kNumber,
     64,
     kMeminfo,
     kCommitLimit,
     0,
     {},
     "CommitLimit, to bytes; Linux enforces it only when told so (`vm.overcommit_memory`)"},
    {"CommittedBytes", kNumber, 64, kMeminfo, kCommitted, 0, {}, "Committed_AS, to bytes"},
    {"FreeAndZeroPageListBytes", kNumber, 64, kMeminfo, kFree, 0, {}, "MemFree, to bytes"},
    {"ModifiedPageListBytes", kNumber, 64, kMeminfo, kModified, 0, {}, "Dirty, to bytes"},
    {"PageFaultsPersec", kRate, 32, kVmstat, kFaults, 0, {}, "pgfault"},
    {"PageReadsPersec", kRate, 32, kVmstat, kMajorFaults, 0, {}, "pgmajfault: faults that waited for a disk"},
    {"PagesInputPersec", kRate, 32, kVmstat, kSwappedIn, 0, {}, "pswpin: pages read from swap; not those of files"},
    {"PagesOutputPersec", kRate, 32, kVmstat, kSwappedOut, 0, {}, "pswpout: pages written to swap"},
    {"PagesPersec", kRate, 32, kVmstat, kSwapped, 0, {}, "pswpin and pswpout"},
    {"PercentCommittedBytesInUse", kFraction, 32, kMeminfo, kCommittedPages, kCommitLimitPages,
     "PercentCommittedBytesInUse_Base", "Committed_AS of CommitLimit, raw in units of 4096 bytes"},
    {"PoolNonpagedBytes",
     kNumber,
     64,
     kMeminfo,
     kKernel,
     0,
     {},
     "Slab, to bytes: Linux does not page its own memory out"},
    {"SystemCacheResidentBytes", kNumber, 64, kMeminfo, kCache, 0, {}, "as `CacheBytes`"},
};

constexpr std::uint64_t kKilobyte = 1024;

void SetSum(std::optional<std::uint64_t>& out, const std::optional<std::uint64_t>& a,
            const std::optional<std::uint64_t>& b, std::uint64_t unit) {
  if (a && b) out = (*a + *b) * unit;
}

void SetScaled(std::optional<std::uint64_t>& out, const std::optional<std::uint64_t>& figure, std::uint64_t by,
               std::uint64_t divided_by = 1) {
  if (figure) out = *figure * by / divided_by;
}

Status Load(const Machine& machine, const CounterRequest& asked, std::vector<CounterRow>& out) {
  constexpr std::size_t kBytesMax = 256u << 10;
  CounterRow row;
  row.figures.resize(kFigures);
  auto& figures = row.figures;
  if (asked.Wants(kMeminfo)) {
    const std::string text = ReadText(*machine.files, machine.root.proc + "/meminfo", kBytesMax);
    const auto available = MemoryFigure(text, "MemAvailable");
    SetScaled(figures[kAvailable], available, kKilobyte);
    SetScaled(figures[kAvailableKilobytes], available, 1);
    SetScaled(figures[kAvailableMegabytes], available, 1, kKilobyte);
    SetSum(figures[kCache], MemoryFigure(text, "Buffers"), MemoryFigure(text, "Cached"), kKilobyte);
    const auto limit = MemoryFigure(text, "CommitLimit");
    const auto committed = MemoryFigure(text, "Committed_AS");
    SetScaled(figures[kCommitLimit], limit, kKilobyte);
    SetScaled(figures[kCommitted], committed, kKilobyte);
    SetScaled(figures[kCommitLimitPages], limit, 1, 4);
    SetScaled(figures[kCommittedPages], committed, 1, 4);
    SetScaled(figures[kFree], MemoryFigure(text, "MemFree"), kKilobyte);
    SetScaled(figures[kModified], MemoryFigure(text, "Dirty"), kKilobyte);
    SetScaled(figures[kKernel], MemoryFigure(text, "Slab"), kKilobyte);
  }
  if (asked.Wants(kVmstat)) {
    const std::string text = ReadText(*machine.files, machine.root.proc + "/vmstat", kBytesMax);
    figures[kFaults] = NamedFigure(text, "pgfault");
    figures[kMajorFaults] = NamedFigure(text, "pgmajfault");
    figures[kSwappedIn] = NamedFigure(text, "pswpin");
    figures[kSwappedOut] = NamedFigure(text, "pswpout");
    SetSum(figures[kSwapped], figures[kSwappedIn], figures[kSwappedOut], 1);
  }
  out.push_back(std::move(row));
  return Status();
}

constexpr CounterFamily kFamily = {
    .object = "PerfOS_Memory",
    .about = "The memory of the machine: one instance.",
    .sources = kSources,
    .counters = kCounters,
    .has_names = false,
    .load = Load,
};

}  // namespace memory

// --- the system ---

namespace whole_system {

constexpr SourceSet kStat = 1u << 0;
constexpr SourceSet kLoad = 1u << 1;
constexpr SourceSet kProcesses = 1u << 2;
constexpr SourceSet kUptime = 1u << 3;

enum Figure : std::size_t { kSwitches, kProcessCount, kQueueLength, kStarted, kThreads, kFigures };

constexpr std::size_t kProcessesMax = 4u << 20;

constexpr Source kSources[] = {
    {kStat, "`/proc/stat`", Cost::kFile},
    {kLoad, "`/proc/loadavg`", Cost::kFile},
    {kProcesses, "`/proc`", Cost::kScan},
    {kUptime, "`/proc/uptime`", Cost::kFile},
};

constexpr Counter kCounters[] = {
    {"ContextSwitchesPersec", kRate, 32, kStat, kSwitches, 0, {}, "ctxt"},
    {"Processes", kNumber, 32, kProcesses, kProcessCount, 0, {}, "the directories that are numbers"},
    {"ProcessorQueueLength",
     kNumber,
     32,
     kStat,
     kQueueLength,
     0,
     {},
     "procs_running less the processors: threads that are ready and have none"},
    {"SystemUpTime", kAge, 64, kUptime, kStarted, 0, {}, "the raw value is the time of the boot"},
    {"Threads", kNumber, 32, kLoad, kThreads, 0, {}, "field 4, behind the stroke"},
};

Status Load(const Machine& machine, const CounterRequest& asked, std::vector<CounterRow>& out) {
  Files& files = *machine.files;
  const std::string& proc = machine.root.proc;
  CounterRow row;
  row.figures.resize(kFigures);
  if (asked.Wants(kStat)) {
    const std::string text = ReadText(files, proc + "/stat", kKernelTextBytesMax);
    row.figures[kSwitches] = NamedFigure(text, "ctxt");
    const auto running = NamedFigure(text, "procs_running");
    const std::size_t processors = ParseProcessorCounters(text).size();
    if (running && processors > 0) row.figures[kQueueLength] = *running - std::min<std::uint64_t>(*running, processors);
  }
  if (asked.Wants(kLoad)) {
    const std::string text = ReadLine(files, proc + "/loadavg");
    const std::size_t stroke = text.find('/');
    std::uint64_t threads = 0;
    if (stroke != std::string::npos && ParseUnsigned(std::string_view(text).substr(stroke + 1), threads)) {
      row.figures[kThreads] = threads;
    }
  }
  if (asked.Wants(kProcesses)) {
    std::vector<std::int32_t> ids;
    if (files.ListNumbers(kNoDirectory, proc.c_str(), kProcessesMax, ids) == 0) {
      row.figures[kProcessCount] = ids.size();
    }
  }
  if (asked.Wants(kUptime)) {
    std::uint64_t seconds = 0;
    if (ParseUnsigned(ReadLine(files, proc + "/uptime"), seconds) &&
        seconds < asked.times.system_100ns / kHundredNanosecondsPerSecond) {
      row.figures[kStarted] = asked.times.system_100ns - seconds * kHundredNanosecondsPerSecond;
    }
  }
  out.push_back(std::move(row));
  return Status();
}

constexpr CounterFamily kFamily = {
    .object = "PerfOS_System",
    .about = "The system as a whole: one instance.",
    .sources = kSources,
    .counters = kCounters,
    .has_names = false,
    .load = Load,
};

}  // namespace whole_system

}  // namespace

void AddSystemCounters(Classes& classes, const Clock& clock) {
  AddCounterClasses<processor::kFamily>(classes, clock);
  AddCounterClasses<memory::kFamily>(classes, clock);
  AddCounterClasses<whole_system::kFamily>(classes, clock);
}

}  // namespace wmi::linuxos
