// Counters of disks and network interfaces.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <set>
#include <string>

#include "providers/linux/guarded_calls.h"
#include "providers/linux/logical_disk/disk_selection.h"
#include "providers/linux/performance/counter_text.h"
#include "providers/linux/performance/counters.h"

namespace wmi::linuxos {
namespace {

using enum CounterKind;

// --- disks ---

constexpr SourceSet kDiskstats = 1u << 0;
constexpr SourceSet kSpace = 1u << 1;
constexpr SourceSet kMounts = 1u << 2;

constexpr std::uint64_t kSectorBytes = 512;  // of diskstats, whatever the disk has
constexpr std::uint64_t k100nsPerMillisecond = 10'000;
constexpr std::uint64_t kNanosecondsPerMillisecond = 1'000'000;

enum DiskFigure : std::size_t {
  kReads,
  kWrites,
  kTransfers,
  kReadBytes,
  kWriteBytes,
  kBytes,
  kReadQueue,  // 100 ns that requests spent
  kWriteQueue,
  kQueueTime,
  kReadTime,  // the same, of which totals are means
  kWriteTime,
  kTime,
  kIdle,
  kNow,          // monotonic, 100 ns
  kReadLatency,  // ns
  kWriteLatency,
  kLatency,
  kInFlight,
  kFreeMegabytes,
  kMegabytes,
  kDiskFigures
};

constexpr std::size_t kMeans[] = {kReadTime, kWriteTime, kTime, kIdle, kNow};

// Those of a physical disk; a logical one has two more.
constexpr std::size_t kDiskCounters = 19;

template <std::size_t kExtra>
constexpr std::array<Counter, kDiskCounters + kExtra> DiskCountersWith(const std::array<Counter, kExtra>& extra) {
  const std::array<Counter, kDiskCounters> common = {{
      {"AvgDiskBytesPerRead", kMean, 64, kDiskstats, kReadBytes, kReads, "AvgDiskBytesPerRead_Base", "sectors read"},
      {"AvgDiskBytesPerTransfer", kMean, 64, kDiskstats, kBytes, kTransfers, "AvgDiskBytesPerTransfer_Base",
       "sectors read and written"},
      {"AvgDiskBytesPerWrite", kMean, 64, kDiskstats, kWriteBytes, kWrites, "AvgDiskBytesPerWrite_Base",
       "sectors written"},
      {"AvgDiskQueueLength",
       kQueue,
       64,
       kDiskstats,
       kQueueTime,
       0,
       {},
       "the weighted time of all requests, raw in 100 ns"},
      {"AvgDiskReadQueueLength", kQueue, 64, kDiskstats, kReadQueue, 0, {}, "the time that reads took, raw in 100 ns"},
      {"AvgDisksecPerRead", kMeanTime, 32, kDiskstats, kReadLatency, kReads, "AvgDisksecPerRead_Base",
       "the time that reads took, raw in ns"},
      {"AvgDisksecPerTransfer", kMeanTime, 32, kDiskstats, kLatency, kTransfers, "AvgDisksecPerTransfer_Base",
       "the time that reads and writes took, raw in ns"},
      {"AvgDisksecPerWrite", kMeanTime, 32, kDiskstats, kWriteLatency, kWrites, "AvgDisksecPerWrite_Base",
       "the time that writes took, raw in ns"},
      {"AvgDiskWriteQueueLength",
       kQueue,
       64,
       kDiskstats,
       kWriteQueue,
       0,
       {},
       "the time that writes took, raw in 100 ns"},
      {"CurrentDiskQueueLength", kNumber, 32, kDiskstats, kInFlight, 0, {}, "requests in flight"},
      {"DiskBytesPersec", kRate, 64, kDiskstats, kBytes, 0, {}, "sectors read and written, of 512 bytes"},
      {"DiskReadBytesPersec", kRate, 64, kDiskstats, kReadBytes, 0, {}, "sectors read, of 512 bytes"},
      {"DiskReadsPersec", kRate, 32, kDiskstats, kReads, 0, {}, "reads completed"},
      {"DiskTransfersPersec", kRate, 32, kDiskstats, kTransfers, 0, {}, "reads and writes completed"},
      {"DiskWriteBytesPersec", kRate, 64, kDiskstats, kWriteBytes, 0, {}, "sectors written, of 512 bytes"},
      {"DiskWritesPersec", kRate, 32, kDiskstats, kWrites, 0, {}, "writes completed"},
      {"PercentDiskReadTime", kTimeShare, 64, kDiskstats, kReadTime, kNow, "PercentDiskReadTime_Base",
       "the time that reads took, raw in 100 ns"},
      {"PercentDiskWriteTime", kTimeShare, 64, kDiskstats, kWriteTime, kNow, "PercentDiskWriteTime_Base",
       "the time that writes took, raw in 100 ns"},
      {"PercentIdleTime", kTimeShare, 64, kDiskstats, kIdle, kNow, "PercentIdleTime_Base",
       "the monotonic clock less the time with a request in flight, raw in 100 ns"},
  }};
  std::array<Counter, kDiskCounters + kExtra> all{};
  for (std::size_t i = 0; i < common.size(); ++i) all[i] = common[i];
  for (std::size_t i = 0; i < kExtra; ++i) all[common.size() + i] = extra[i];
  return all;
}

constexpr Counter kDiskTime = {"PercentDiskTime",
                               kTimeShare,
                               64,
                               kDiskstats,
                               kTime,
                               kNow,
                               "PercentDiskTime_Base",
                               "the time that reads and writes took, raw in 100 ns"};

constexpr auto kPhysicalCounters = DiskCountersWith(std::array<Counter, 1>{kDiskTime});
constexpr auto kLogicalCounters = DiskCountersWith(std::array<Counter, 3>{{
    kDiskTime,
    {"FreeMegabytes", kNumber, 32, kSpace, kFreeMegabytes, 0, {}, "blocks that ordinary users may take"},
    {"PercentFreeSpace", kFraction, 32, kSpace, kFreeMegabytes, kMegabytes, "PercentFreeSpace_Base",
     "free megabytes of all"},
}});

constexpr Source kPhysicalSources[] = {
    {kDiskstats, "`/proc/diskstats`", Cost::kFile},
};
constexpr Source kLogicalSources[] = {
    {kDiskstats, "`/proc/diskstats`", Cost::kFile},
    {kSpace, "statvfs", Cost::kService},
    {kMounts, "`/proc/self/mountinfo`", Cost::kScan},
};

std::vector<DiskCounters> ReadDiskCounters(const Machine& machine) {
  return ParseDiskCounters(ReadText(*machine.files, machine.root.proc + "/diskstats", kKernelTextBytesMax));
}

void FillDisk(const DiskCounters& disk, const CounterRequest& asked, CounterRow& row) {
  auto& figures = row.figures;
  const std::uint64_t both = disk.read_milliseconds + disk.write_milliseconds;
  figures[kReads] = disk.reads;
  figures[kWrites] = disk.writes;
  figures[kTransfers] = disk.reads + disk.writes;
  figures[kReadBytes] = disk.sectors_read * kSectorBytes;
  figures[kWriteBytes] = disk.sectors_written * kSectorBytes;
  figures[kBytes] = (disk.sectors_read + disk.sectors_written) * kSectorBytes;
  figures[kReadQueue] = figures[kReadTime] = disk.read_milliseconds * k100nsPerMillisecond;
  figures[kWriteQueue] = figures[kWriteTime] = disk.write_milliseconds * k100nsPerMillisecond;
  figures[kQueueTime] = disk.queue_milliseconds * k100nsPerMillisecond;
  figures[kTime] = both * k100nsPerMillisecond;
  figures[kReadLatency] = disk.read_milliseconds * kNanosecondsPerMillisecond;
  figures[kWriteLatency] = disk.write_milliseconds * kNanosecondsPerMillisecond;
  figures[kLatency] = both * kNanosecondsPerMillisecond;
  figures[kInFlight] = disk.in_flight;
  const std::uint64_t now = asked.times.nanoseconds / 100;
  figures[kNow] = now;
  const std::uint64_t busy = disk.busy_milliseconds * k100nsPerMillisecond;
  if (busy <= now) figures[kIdle] = now - busy;
}

Status LoadPhysical(const Machine& machine, const CounterRequest& asked, std::vector<CounterRow>& out) {
  for (const DiskCounters& disk : ReadDiskCounters(machine)) {
    // Partitions are not below /sys/block; what has no device is made of others (loop, dm, md, zram).
    std::string folder = disk.name;
    std::replace(folder.begin(), folder.end(), '/', '!');
    std::uint64_t size = 0;
    const std::string path = fmt::format("{}/block/{}/device", machine.root.sys, folder);
    if (machine.files->Size(kNoDirectory, path.c_str(), size) != 0) continue;
    CounterRow row;
    row.name = disk.name;
    row.figures.resize(kDiskFigures);
    FillDisk(disk, asked, row);
    out.push_back(std::move(row));
  }
  const std::size_t count = out.size();
  if (count == 0) return Status();
  AddTotal(out);
  DivideFigures(out.back(), kMeans, count);
  return Status();
}

// Space of a file system, unless it is one that does not answer.
struct GuardedSpace {
  int error = 0;
  SpaceInfo space;
};

void FillSpace(const Machine& machine, const std::string& mount_point, CounterRow& row) {
  Files* const files = machine.files;
  const auto answer =
      RunGuarded<GuardedSpace>(*machine.guarded, mount_point, std::function<GuardedSpace()>([files, mount_point] {
        GuardedSpace result;
        result.error = files->Space(mount_point.c_str(), result.space);
        return result;
      }));
  if (!answer) return;
  if (OutcomeOf(answer->error) == Outcome::kDenied) row.denied |= kSpace;
  if (answer->error != 0) return;
  constexpr std::uint64_t kMegabyte = 1u << 20;
  const SpaceInfo& space = answer->space;
  const auto megabytes = [&](std::uint64_t blocks) {
    return space.block_bytes >= kMegabyte ? blocks * (space.block_bytes / kMegabyte)
           : space.block_bytes > 0        ? blocks / (kMegabyte / space.block_bytes)
                                          : 0;
  };
  row.figures[kFreeMegabytes] = megabytes(space.blocks_available);
  row.figures[kMegabytes] = megabytes(space.blocks);
}

Status LoadLogical(const Machine& machine, const CounterRequest& asked, std::vector<CounterRow>& out) {
  std::vector<DiskCounters> disks;
  if (asked.Wants(kDiskstats)) disks = ReadDiskCounters(machine);
  // Subvolumes that lie on one device have its figures, which count once.
  std::vector<CounterRow> distinct;
  std::set<std::string> seen;
  for (const Mount& mount : SelectDisks(machine)) {
    if (asked.stop.stop_requested()) return Status();
    CounterRow row;
    row.name = mount.mount_point;
    row.figures.resize(kDiskFigures);
    const auto found = std::find_if(disks.begin(), disks.end(), [&](const DiskCounters& disk) {
      // Some file systems have a number of their own, which no disk has.
      return disk.device == mount.device || mount.source == "/dev/" + disk.name;
    });
    if (found != disks.end()) FillDisk(*found, asked, row);
    if (asked.Wants(kSpace)) FillSpace(machine, mount.mount_point, row);
    if (seen.insert(mount.source.starts_with('/') ? mount.source : mount.device).second) distinct.push_back(row);
    out.push_back(std::move(row));
  }
  if (out.empty()) return Status();
  const auto with_figures = static_cast<std::size_t>(std::count_if(
      distinct.begin(), distinct.end(), [](const CounterRow& row) { return row.figures[kNow].has_value(); }));
  AddTotal(distinct);
  DivideFigures(distinct.back(), kMeans, with_figures);
  out.push_back(std::move(distinct.back()));
  return Status();
}

constexpr CounterFamily kPhysicalDisk = {
    .object = "PerfDisk_PhysicalDisk",
    .about =
        "One instance for each disk with a device of its own, by its kernel name, and `_Total`, in which shares of "
        "time are means and all else are sums. Reads and writes that overlap count each, so that shares may come "
        "to more than the time; the formatted class stops at 100.",
    .sources = kPhysicalSources,
    .counters = kPhysicalCounters,
    .name_sources = kDiskstats,
    .load = LoadPhysical,
};

constexpr CounterFamily kLogicalDisk = {
    .object = "PerfDisk_LogicalDisk",
    .about =
        "One instance for each disk of `Win32_LogicalDisk`, by its mount point, and `_Total`, in which shares of "
        "time are means and all else are sums, a device that is mounted several times counting once. Disks of a "
        "file server have no counters. One that does not answer for two seconds shows no space.",
    .sources = kLogicalSources,
    .counters = kLogicalCounters,
    .may_block = true,
    .name_sources = kMounts,
    .load = LoadLogical,
};

// --- network interfaces ---

constexpr SourceSet kLinks = 1u << 0;
constexpr SourceSet kSpeed = 1u << 1;

enum LinkFigure : std::size_t {
  kBytesIn,
  kBytesOut,
  kBytesBoth,
  kBandwidth,
  kDroppedOut,
  kErrorsOut,
  kPacketsBoth,
  kDroppedIn,
  kErrorsIn,
  kPacketsIn,
  kPacketsOut,
  kLinkFigures
};

constexpr Source kLinkSources[] = {
    {kLinks, "`/proc/net/dev`", Cost::kFile},
    {kSpeed, "`/sys/class/net/NAME/speed`", Cost::kInstanceFile},
};

constexpr Counter kLinkCounters[] = {
    {"BytesReceivedPersec", kRate, 64, kLinks, kBytesIn, 0, {}, "bytes received"},
    {"BytesSentPersec", kRate, 64, kLinks, kBytesOut, 0, {}, "bytes sent"},
    {"BytesTotalPersec", kRate, 64, kLinks, kBytesBoth, 0, {}, "bytes received and sent"},
    {"CurrentBandwidth",
     kNumber,
     64,
     kSpeed,
     kBandwidth,
     0,
     {},
     "to bits per second; NULL when the interface is down or has no speed"},
    {"PacketsOutboundDiscarded", kNumber, 64, kLinks, kDroppedOut, 0, {}, "dropped while sending, since the start"},
    {"PacketsOutboundErrors", kNumber, 64, kLinks, kErrorsOut, 0, {}, "errors while sending, since the start"},
    {"PacketsPersec", kRate, 64, kLinks, kPacketsBoth, 0, {}, "packets received and sent"},
    {"PacketsReceivedDiscarded", kNumber, 64, kLinks, kDroppedIn, 0, {}, "dropped while receiving, since the start"},
    {"PacketsReceivedErrors", kNumber, 64, kLinks, kErrorsIn, 0, {}, "errors while receiving, since the start"},
    {"PacketsReceivedPersec", kRate, 64, kLinks, kPacketsIn, 0, {}, "packets received"},
    {"PacketsSentPersec", kRate, 64, kLinks, kPacketsOut, 0, {}, "packets sent"},
};

Status LoadLinks(const Machine& machine, const CounterRequest& asked, std::vector<CounterRow>& out) {
  const std::string text = ReadText(*machine.files, machine.root.proc + "/net/dev", kKernelTextBytesMax);
  for (const LinkCounters& link : ParseLinkCounters(text)) {
    if (link.name == "lo") continue;
    CounterRow row;
    row.name = link.name;
    row.figures.resize(kLinkFigures);
    auto& figures = row.figures;
    figures[kBytesIn] = link.bytes_in;
    figures[kBytesOut] = link.bytes_out;
    figures[kBytesBoth] = link.bytes_in + link.bytes_out;
    figures[kDroppedOut] = link.dropped_out;
    figures[kErrorsOut] = link.errors_out;
    figures[kPacketsBoth] = link.packets_in + link.packets_out;
    figures[kDroppedIn] = link.dropped_in;
    figures[kErrorsIn] = link.errors_in;
    figures[kPacketsIn] = link.packets_in;
    figures[kPacketsOut] = link.packets_out;
    if (asked.Wants(kSpeed)) {
      // Megabits; -1 for unknown.
      std::uint64_t speed = 0;
      const std::string line =
          ReadLine(*machine.files, fmt::format("{}/class/net/{}/speed", machine.root.sys, link.name));
      if (ParseUnsigned(line, speed) && speed > 0 && speed < (1u << 31)) figures[kBandwidth] = speed * 1'000'000;
    }
    out.push_back(std::move(row));
  }
  return Status();
}

constexpr CounterFamily kNetworkInterface = {
    .object = "Tcpip_NetworkInterface",
    .about = "One instance for each network interface but the loopback, by its name.",
    .sources = kLinkSources,
    .counters = kLinkCounters,
    .name_sources = kLinks,
    .load = LoadLinks,
};

}  // namespace

void AddDeviceCounters(Classes& classes, const Clock& clock) {
  AddCounterClasses<kPhysicalDisk>(classes, clock);
  AddCounterClasses<kLogicalDisk>(classes, clock);
  AddCounterClasses<kNetworkInterface>(classes, clock);
}

}  // namespace wmi::linuxos
