#include "providers/linux/process/process_columns.h"

#include <algorithm>
#include <limits>

#include "cim/datetime.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;
using namespace process_source;  // NOLINT: the table below is unreadable otherwise

constexpr std::uint64_t kHundredNanoseconds = 10'000'000;  // per second
constexpr std::int64_t kMicroseconds = 1'000'000;

// A size that does not fit says the largest that does; a wrapped size would be a lie.
std::uint64_t Clamped32(std::uint64_t value) {
  return std::min<std::uint64_t>(value, std::numeric_limits<std::uint32_t>::max());
}

void SetOptional(RowWriter& row, std::size_t slot, const std::optional<std::uint64_t>& value) {
  if (value) row.SetUnsigned(slot, *value);
}

void SetKilobytes32(RowWriter& row, std::size_t slot, const std::optional<std::uint64_t>& kilobytes) {
  if (kilobytes) row.SetUnsigned(slot, Clamped32(*kilobytes));
}

// Ticks since boot to units per second, without overflow for any uptime.
std::uint64_t FromTicks(const ProcessView& process, std::uint64_t ticks, std::uint64_t units_per_second) {
  const std::uint64_t per_second = process.surroundings->ticks_per_second;
  return ticks / per_second * units_per_second + ticks % per_second * units_per_second / per_second;
}

void WriteName(const ProcessView& process, RowWriter& row, std::size_t slot) { row.SetText(slot, process.name); }

void WriteCreationDate(const ProcessView& process, RowWriter& row, std::size_t slot) {
  if (process.surroundings->boot_seconds == 0) return;
  const auto since_boot = static_cast<std::int64_t>(FromTicks(process, process.stat.start_ticks, kMicroseconds));
  row.SetText(slot, cim::FormatLocalDatetime(process.surroundings->boot_seconds * kMicroseconds + since_boot));
}

void WritePriority(const ProcessView& process, RowWriter& row, std::size_t slot) {
  // The kernel counts down: 39 is the least urgent, below 0 is real time. CIM counts up.
  const std::int64_t priority = 39 - process.stat.priority;
  if (priority >= 0) row.SetUnsigned(slot, static_cast<std::uint64_t>(priority));
}

void WriteExecutionState(const ProcessView& process, RowWriter& row, std::size_t slot) {
  if (const auto state = ExecutionStateOf(process.stat.state)) row.SetUnsigned(slot, *state);
}

void WritePageFaults(const ProcessView& process, RowWriter& row, std::size_t slot) {
  // A counter of 32 bits wraps, so that differences stay right.
  row.SetUnsigned(slot, static_cast<std::uint32_t>(process.stat.minor_faults + process.stat.major_faults));
}

void WritePrivatePages(const ProcessView& process, RowWriter& row, std::size_t slot) {
  if (process.status.anonymous) {
    row.SetUnsigned(slot, (*process.status.anonymous + process.status.swapped.value_or(0)) * 1024);
  }
}

constexpr Column<ProcessView> kColumns[] = {
    {"Caption", kStat | kName, WriteName, "as `Name`"},
    {"Description", kStat | kName, WriteName, "as `Name`"},
    {"Name", kStat | kName, WriteName,
     "field 2; a name of exactly 15 bytes, at which the kernel cuts, is completed from the first argument. Bytes that "
     "are not UTF-8 become U+FFFD"},
    {"CreationClassName", 0,
     [](const ProcessView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_Process"); },
     "`Win32_Process`"},
    {"CreationDate", kStat | kBootTime, WriteCreationDate,
     "field 22 behind btime, in local time. btime has whole seconds and moves when the clock is set; NULL without it"},
    {"CSCreationClassName", 0,
     [](const ProcessView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_ComputerSystem"); },
     "`Win32_ComputerSystem`"},
    {"CSName", kHost,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, p.surroundings->host_name);
     },
     "NULL when the host name is empty"},
    {"ExecutionState", kStat, WriteExecutionState,
     "field 3: R is 3 Running; S, D, I, P are 4 Blocked; T, t are 8 Stopped; Z, X are 7 Terminated; another letter is "
     "NULL. Windows leaves it NULL"},
    {"Handle", 0, [](const ProcessView& p, RowWriter& row, std::size_t slot) { row.SetText(slot, p.id_text); },
     "the process id in plain decimal"},
    {"KernelModeTime", kStat,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, FromTicks(p, p.stat.kernel_ticks, kHundredNanoseconds));
     },
     "field 15, ticks to 100 ns"},
    {"OSCreationClassName", 0,
     [](const ProcessView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_OperatingSystem"); },
     "`Win32_OperatingSystem`"},
    {"OSName", kSystemName,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, p.surroundings->system_name);
     },
     "`PRETTY_NAME`, as `Win32_OperatingSystem.Name`"},
    {"Priority", kStat, WritePriority,
     "39 less field 18, because CIM counts upwards: nice 0 is 19, the ordinary range is 0 to 39, real time is 41 to "
     "139"},
    {"UserModeTime", kStat,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, FromTicks(p, p.stat.user_ticks, kHundredNanoseconds));
     },
     "field 14, ticks to 100 ns"},
    {"WorkingSetSize", kStat,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, p.stat.resident_pages * p.surroundings->page_bytes);
     },
     "field 24, resident pages to bytes"},
    {"CommandLine", kArguments,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, p.command_line); },
     "arguments joined by single blanks, cut at 2 MiB; NULL for a kernel thread and for a process that ended and was "
     "not collected"},
    {"ExecutablePath", kExecutable,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, p.executable); },
     "where the link points, with ` (deleted)` behind it when the file is gone; NULL for a kernel thread; denied to "
     "other users"},
    {"HandleCount", kHandles,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, Clamped32(p.handles)); },
     "the size of the directory from Linux 6.2 on, else the number of its entries; denied to other users"},
    {"PageFaults", kStat, WritePageFaults, "fields 10 and 12 together, counting on from 0 past 32 bits"},
    {"PageFileUsage", kStatus,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { SetKilobytes32(row, slot, p.status.swapped); },
     "VmSwap, kilobytes that are swapped out; NULL for a kernel thread. Windows counts committed memory here"},
    {"ParentProcessId", kStat,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, static_cast<std::uint32_t>(p.stat.parent_id));
     },
     "field 4"},
    {"PeakVirtualSize", kStatus,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       if (p.status.peak_virtual) row.SetUnsigned(slot, *p.status.peak_virtual * 1024);
     },
     "VmPeak, to bytes; NULL for a kernel thread"},
    {"PeakWorkingSetSize", kStatus,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { SetKilobytes32(row, slot, p.status.peak_resident); },
     "VmHWM, kilobytes; NULL for a kernel thread"},
    {"PrivatePageCount", kStatus, WritePrivatePages,
     "RssAnon and VmSwap, to bytes: anonymous memory in RAM and in swap; NULL for a kernel thread"},
    {"ProcessId", 0,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, static_cast<std::uint32_t>(p.id));
     },
     "the name of the directory"},
    {"ReadOperationCount", kIo,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { SetOptional(row, slot, p.io.read_calls); },
     "syscr; denied to other users, NULL without I/O accounting in the kernel"},
    {"ReadTransferCount", kIo,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { SetOptional(row, slot, p.io.read_bytes); },
     "rchar, from the page cache too; denied to other users, NULL without I/O accounting in the kernel"},
    {"SessionId", kStat,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, static_cast<std::uint32_t>(p.stat.session_id));
     },
     "field 6: the POSIX session, which is the process id of its leader"},
    {"ThreadCount", kStat,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, Clamped32(p.stat.threads)); },
     "field 20"},
    {"VirtualSize", kStat,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, p.stat.virtual_bytes); },
     "field 23, bytes"},
    {"WindowsVersion", kRelease,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, p.surroundings->kernel_release);
     },
     "as `Win32_OperatingSystem.Version`"},
    {"WriteOperationCount", kIo,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { SetOptional(row, slot, p.io.write_calls); },
     "syscw; denied to other users, NULL without I/O accounting in the kernel"},
    {"WriteTransferCount", kIo,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { SetOptional(row, slot, p.io.write_bytes); },
     "wchar, into the page cache too; denied to other users, NULL without I/O accounting in the kernel"},
};

constexpr Source kSources[] = {
    {kStat, "`/proc/PID/stat`", Cost::kInstanceFile},
    {kName, "`/proc/PID/cmdline`", Cost::kInstanceFile},
    {kArguments, "`/proc/PID/cmdline`", Cost::kInstanceFile},
    {kStatus, "`/proc/PID/status`", Cost::kInstanceFile},
    {kIo, "`/proc/PID/io`", Cost::kInstanceFile},
    {kExecutable, "`/proc/PID/exe`", Cost::kInstanceFile},
    {kHandles, "`/proc/PID/fd`", Cost::kInstanceFile},
    {kBootTime, "`/proc/stat` btime", Cost::kFile},
    {kHost, "`/proc/sys/kernel/hostname`", Cost::kFile},
    {kSystemName, "`/etc/os-release`", Cost::kFile},
    {kRelease, "`/proc/sys/kernel/osrelease`", Cost::kFile},
};

}  // namespace

std::span<const Column<ProcessView>> ProcessColumns() { return kColumns; }

std::span<const Source> ProcessSources() { return kSources; }

}  // namespace wmi::linuxos
