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
    {"Caption", kStat | kName, WriteName},
    {"Description", kStat | kName, WriteName},
    {"Name", kStat | kName, WriteName},
    {"CreationClassName", 0,
     [](const ProcessView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_Process"); }},
    {"CreationDate", kStat | kBootTime, WriteCreationDate},
    {"CSCreationClassName", 0,
     [](const ProcessView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_ComputerSystem"); }},
    {"CSName", kHost,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, p.surroundings->host_name);
     }},
    {"ExecutionState", kStat, WriteExecutionState},
    {"Handle", 0, [](const ProcessView& p, RowWriter& row, std::size_t slot) { row.SetText(slot, p.id_text); }},
    {"KernelModeTime", kStat,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, FromTicks(p, p.stat.kernel_ticks, kHundredNanoseconds));
     }},
    {"OSCreationClassName", 0,
     [](const ProcessView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_OperatingSystem"); }},
    {"OSName", kSystemName,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, p.surroundings->system_name);
     }},
    {"Priority", kStat, WritePriority},
    {"UserModeTime", kStat,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, FromTicks(p, p.stat.user_ticks, kHundredNanoseconds));
     }},
    {"WorkingSetSize", kStat,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, p.stat.resident_pages * p.surroundings->page_bytes);
     }},
    {"CommandLine", kArguments,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, p.command_line); }},
    {"ExecutablePath", kExecutable,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, p.executable); }},
    {"HandleCount", kHandles,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, Clamped32(p.handles)); }},
    {"PageFaults", kStat, WritePageFaults},
    {"PageFileUsage", kStatus,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { SetKilobytes32(row, slot, p.status.swapped); }},
    {"ParentProcessId", kStat,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, static_cast<std::uint32_t>(p.stat.parent_id));
     }},
    {"PeakVirtualSize", kStatus,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       if (p.status.peak_virtual) row.SetUnsigned(slot, *p.status.peak_virtual * 1024);
     }},
    {"PeakWorkingSetSize", kStatus,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { SetKilobytes32(row, slot, p.status.peak_resident); }},
    {"PrivatePageCount", kStatus, WritePrivatePages},
    {"ProcessId", 0,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, static_cast<std::uint32_t>(p.id));
     }},
    {"ReadOperationCount", kIo,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { SetOptional(row, slot, p.io.read_calls); }},
    {"ReadTransferCount", kIo,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { SetOptional(row, slot, p.io.read_bytes); }},
    {"SessionId", kStat,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, static_cast<std::uint32_t>(p.stat.session_id));
     }},
    {"ThreadCount", kStat,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, Clamped32(p.stat.threads)); }},
    {"VirtualSize", kStat,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, p.stat.virtual_bytes); }},
    {"WindowsVersion", kRelease,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, p.surroundings->kernel_release);
     }},
    {"WriteOperationCount", kIo,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { SetOptional(row, slot, p.io.write_calls); }},
    {"WriteTransferCount", kIo,
     [](const ProcessView& p, RowWriter& row, std::size_t slot) { SetOptional(row, slot, p.io.write_bytes); }},
};

}  // namespace

std::span<const Column<ProcessView>> ProcessColumns() { return kColumns; }

}  // namespace wmi::linuxos
