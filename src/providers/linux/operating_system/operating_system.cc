#include "providers/linux/operating_system/operating_system.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "cim/datetime.h"
#include "providers/linux/operating_system/shutdown.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kOsRelease = 1u << 0;
constexpr SourceSet kMemory = 1u << 1;
constexpr SourceSet kHost = 1u << 2;
constexpr SourceSet kKernel = 1u << 3;
constexpr SourceSet kBoot = 1u << 4;
constexpr SourceSet kProcesses = 1u << 5;
constexpr SourceSet kSessions = 1u << 6;
constexpr SourceSet kLocale = 1u << 7;
constexpr SourceSet kMounts = 1u << 8;
constexpr SourceSet kCpu = 1u << 9;
constexpr SourceSet kLimits = 1u << 10;
constexpr SourceSet kMachineInfo = 1u << 11;

constexpr Source kSources[] = {
    {kOsRelease, "`/etc/os-release`, else `/usr/lib/os-release`", Cost::kFile},
    {kMemory, "`/proc/meminfo`", Cost::kFile},
    {kHost, "`/proc/sys/kernel/hostname`", Cost::kFile},
    {kKernel, "`/proc/sys/kernel`", Cost::kFile},
    {kBoot, "`/proc/stat`", Cost::kFile},
    {kProcesses, "`/proc`", Cost::kScan},
    {kSessions, "`/run/utmp`, else `/run/systemd/sessions`", Cost::kScan},
    {kLocale, "`/etc/locale.conf`, else `/etc/default/locale`", Cost::kFile},
    {kMounts, "`/proc/self/mountinfo`", Cost::kFile},
    {kCpu, "`/proc/cpuinfo`", Cost::kFile},
    {kLimits, "`/proc/sys/kernel/pid_max`, `threads-max`", Cost::kFile},
    {kMachineInfo, "`/etc/machine-info`", Cost::kFile},
};

constexpr std::size_t kProcessesMax = 4u << 20;

using View = OperatingSystemView;

void SetKilobytes(const View& view, RowWriter& row, std::size_t slot, std::string_view name) {
  if (const auto figure = MemoryFigure(view.meminfo, name)) row.SetUnsigned(slot, *figure);
}

// NULL unless both are known: half a sum is not a sum.
void SetSum(const View& view, RowWriter& row, std::size_t slot, std::string_view a, std::string_view b) {
  const auto first = MemoryFigure(view.meminfo, a);
  const auto second = MemoryFigure(view.meminfo, b);
  if (first && second) row.SetUnsigned(slot, *first + *second);
}

void WriteName(const View& view, RowWriter& row, std::size_t slot) {
  row.SetText(slot, OperatingSystemName(view.os_release));
}

void WriteFreeMemory(const View& view, RowWriter& row, std::size_t slot) {
  SetKilobytes(view, row, slot, "MemAvailable");
}

void WriteSwapTotal(const View& view, RowWriter& row, std::size_t slot) { SetKilobytes(view, row, slot, "SwapTotal"); }

void WriteArchitecture(const View& view, RowWriter& row, std::size_t slot) {
  const std::string& name = view.architecture;
  if (name.empty()) return;
  if (name == "aarch64" || name == "aarch64_be") {
    row.SetText(slot, "ARM 64-bit Processor");
  } else {
    const bool is_wide = name.find("64") != std::string::npos || name == "s390x" || name == "alpha" || name == "e2k";
    row.SetText(slot, is_wide ? "64-bit" : "32-bit");
  }
}

void WriteBootTime(const View& view, RowWriter& row, std::size_t slot) {
  if (view.boot_seconds) row.SetText(slot, cim::FormatLocalDatetime(*view.boot_seconds * 1'000'000));
}

void WriteLocalTime(const View&, RowWriter& row, std::size_t slot) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  row.SetText(slot, cim::FormatLocalDatetime(std::chrono::duration_cast<std::chrono::microseconds>(now).count()));
}

void WriteTimeZone(const View&, RowWriter& row, std::size_t slot) {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  if (::localtime_r(&now, &local) != nullptr) row.SetSigned(slot, local.tm_gmtoff / 60);
}

void WriteLocale(const View& view, RowWriter& row, std::size_t slot) {
  if (!view.locale.language_id) return;
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::array<char, 4> text{};
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = kDigits[(*view.locale.language_id >> (12 - 4 * i)) & 0xF];
  row.SetText(slot, {text.data(), text.size()});
}

void WriteLanguages(const View& view, RowWriter& row, std::size_t slot) {
  if (view.locale.language_tag.empty()) return;
  const cim::ValueView items[] = {cim::ValueView::Text(view.locale.language_tag)};
  row.Set(slot, cim::ValueView::Array(items));
}

void WriteCodePage(const View& view, RowWriter& row, std::size_t slot) {
  if (view.locale.code_page) row.SetText(slot, std::to_string(*view.locale.code_page));
}

// The device of the mount at `path`, or of the nearest one above it.
void SetDeviceOf(const View& view, RowWriter& row, std::size_t slot, std::string_view path) {
  const Mount* mount = FindMount(view.mounts, path);
  if (mount == nullptr) mount = FindMount(view.mounts, "/");
  if (mount != nullptr && mount->source.starts_with("/dev/")) row.SetText(slot, mount->source);
}

void WriteProductType(const View& view, RowWriter& row, std::size_t slot) {
  const std::string variant = SettingOf(view.os_release, "VARIANT_ID");
  if (variant.find("server") != std::string::npos) row.SetUnsigned(slot, 3);
  if (variant.find("workstation") != std::string::npos || variant.find("desktop") != std::string::npos) {
    row.SetUnsigned(slot, 1);
  }
}

constexpr Column<View> kColumns[] = {
    {"Caption", kOsRelease, WriteName,
     "PRETTY_NAME, else NAME: name and version of the distribution; `Linux` when the file says nothing."},
    {"Description", kMachineInfo,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.pretty_host_name); },
     "PRETTY_HOSTNAME: free text that an administrator gave the machine. NULL when not set."},
    {"Name", kOsRelease, WriteName, "as `Caption`; Windows appends folder and partition."},
    {"CreationClassName", 0,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_OperatingSystem"); },
     "constant `Win32_OperatingSystem`."},
    {"CSCreationClassName", 0,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_ComputerSystem"); },
     "constant `Win32_ComputerSystem`."},
    {"CSName", kHost, [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.host_name); },
     "the host name. NULL when it is empty."},
    {"CurrentTimeZone", 0, WriteTimeZone, "local time: minutes east of UTC now."},
    {"Distributed", 0, [](const View&, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, false); },
     "constant FALSE: Linux is not one system over several machines."},
    {"FreePhysicalMemory", kMemory, WriteFreeMemory,
     "MemAvailable: kilobytes that programs could get without swapping. NULL before Linux 3.14."},
    {"FreeSpaceInPagingFiles", kMemory,
     [](const View& v, RowWriter& row, std::size_t slot) { SetKilobytes(v, row, slot, "SwapFree"); },
     "SwapFree, kilobytes."},
    {"FreeVirtualMemory", kMemory,
     [](const View& v, RowWriter& row, std::size_t slot) { SetSum(v, row, slot, "MemAvailable", "SwapFree"); },
     "MemAvailable and SwapFree together, kilobytes. NULL before Linux 3.14."},
    {"LastBootUpTime", kBoot, WriteBootTime, "btime, as local time."},
    {"LocalDateTime", 0, WriteLocalTime, "the clock: local time with microseconds."},
    {"MaxNumberOfProcesses", kLimits,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.processes_max) row.SetUnsigned(slot, *v.processes_max);
     },
     "the smaller of pid_max - 1 and threads-max; threads count. NULL when neither can be read."},
    {"NumberOfProcesses", kProcesses,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.processes) row.SetUnsigned(slot, *v.processes);
     },
     "the numeric folders. NULL when `/proc` cannot be listed."},
    {"NumberOfUsers", kSessions,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.sessions) row.SetUnsigned(slot, v.sessions->count);
     },
     "login sessions whose process lives (utmp), or that are of class user and not closing. NULL where neither record "
     "exists."},
    {"OSType", 0, [](const View&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, 36); },
     "constant 36, LINUX."},
    {"SizeStoredInPagingFiles", kMemory, WriteSwapTotal, "SwapTotal, kilobytes."},
    {"TotalSwapSpaceSize", kMemory, WriteSwapTotal, "SwapTotal, kilobytes; Windows leaves it NULL."},
    {"TotalVirtualMemorySize", kMemory,
     [](const View& v, RowWriter& row, std::size_t slot) { SetSum(v, row, slot, "MemTotal", "SwapTotal"); },
     "MemTotal and SwapTotal together, kilobytes."},
    {"TotalVisibleMemorySize", kMemory,
     [](const View& v, RowWriter& row, std::size_t slot) { SetKilobytes(v, row, slot, "MemTotal"); },
     "MemTotal: kilobytes that the kernel manages."},
    {"Version", kKernel,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.kernel_release); },
     "osrelease: the release of the kernel (`uname -r`). Programs read it as dotted numbers, and every Linux has one; "
     "the distribution stands in `Caption`."},
    {"BootDevice", kMounts, [](const View& v, RowWriter& row, std::size_t slot) { SetDeviceOf(v, row, slot, "/boot"); },
     "source of the mount on `/boot`, else of `/`. NULL when that is no device file, as in containers."},
    {"BuildNumber", kOsRelease,
     [](const View& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, SettingOf(v.os_release, "BUILD_ID"));
     },
     "BUILD_ID: build of the system image. NULL where the distribution has none."},
    {"BuildType", kKernel,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.kernel_version); },
     "version: how the kernel was built (`uname -v`)."},
    {"CodeSet", kLocale, WriteCodePage,
     "LANG: the code page number of its character set; UTF-8 is 65001. NULL when not set, or for a character set "
     "without a number."},
    {"DataExecutionPrevention_Available", kCpu,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.has_cpu_flags) row.SetBoolean(slot, HasWord(v.cpu_flags, "nx"));
     },
     "has the flag nx. NULL where the processor is no x86."},
    {"Locale", kLocale, WriteLocale,
     "LANG: the language identifier, four hexadecimal digits. NULL when not set, or not among the languages known."},
    {"Manufacturer", kOsRelease,
     [](const View& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, SettingOf(v.os_release, "VENDOR_NAME"));
     },
     "VENDOR_NAME: who makes the distribution. NULL when not set, as in most distributions."},
    {"MUILanguages", kLocale, WriteLanguages,
     "LANG: one language tag, `en-US`. NULL when not set, and for the C locale."},
    {"OSArchitecture", kKernel, WriteArchitecture,
     "arch, else uname: `64-bit`, `32-bit`; `ARM 64-bit Processor` for aarch64."},
    {"OSLanguage", kLocale,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.locale.language_id) row.SetUnsigned(slot, *v.locale.language_id);
     },
     "LANG: the language identifier as a number. NULL as `Locale`."},
    {"Primary", 0, [](const View&, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, true); },
     "constant TRUE: the system that answers is the one in control."},
    {"ProductType", kOsRelease, WriteProductType,
     "VARIANT_ID: 3 for a server variant, 1 for a workstation or desktop variant. NULL where the distribution has no "
     "variants."},
    {"SystemDevice", kMounts, [](const View& v, RowWriter& row, std::size_t slot) { SetDeviceOf(v, row, slot, "/"); },
     "source of the mount on `/`. NULL when that is no device file, as in containers."},
    {"SystemDrive", 0, [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "/"); },
     "constant `/`, the `DeviceID` of the disk that holds the system."},
};

std::optional<std::uint64_t> NumberIn(const Machine& machine, const std::string& path) {
  std::uint64_t number = 0;
  if (!ParseUnsigned(ReadLine(*machine.files, path), number)) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> ProcessesMax(const Machine& machine) {
  const auto ids = NumberIn(machine, machine.root.proc + "/sys/kernel/pid_max");
  const auto threads = NumberIn(machine, machine.root.proc + "/sys/kernel/threads-max");
  if (!ids || *ids == 0) return threads;
  // pid_max is the first number that is not given away, and 0 is not a process.
  return std::min(*ids - 1, threads.value_or(std::numeric_limits<std::uint32_t>::max()));
}

SystemLocale ReadLocale(const Machine& machine) {
  constexpr std::size_t kBytesMax = 64u << 10;
  // locale.conf(5) first, then Debian's older place.
  for (const char* name : {"/locale.conf", "/default/locale"}) {
    const std::string lang = SettingOf(ReadText(*machine.files, machine.root.etc + name, kBytesMax), "LANG");
    if (!lang.empty()) return ParseLocale(lang);
  }
  return {};
}

void ReadCpu(const Machine& machine, View& view) {
  const std::string text = ReadText(*machine.files, machine.root.proc + "/cpuinfo", 64u << 10);
  // Other architectures list features under other names and none of them says nx.
  view.cpu_flags = CpuField(text, "flags");
  view.has_cpu_flags = !view.cpu_flags.empty();
}

}  // namespace

std::span<const Source> OperatingSystem::Sources() { return kSources; }
std::span<const Column<View>> OperatingSystem::Columns() { return kColumns; }
std::span<const MethodRow> OperatingSystem::Methods() { return ShutdownMethods(); }

Status OperatingSystem::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  View view;
  Files& files = *machine.files;
  const std::string& proc = machine.root.proc;
  if (asked.Wants(kOsRelease)) view.os_release = OsRelease(machine);
  if (asked.Wants(kMemory)) view.meminfo = ReadText(files, proc + "/meminfo", 64u << 10);
  if (asked.Wants(kHost)) view.host_name = HostName(machine);
  if (asked.Wants(kKernel)) {
    view.kernel_release = KernelRelease(machine);
    view.kernel_version = ReadLine(files, proc + "/sys/kernel/version");
    view.architecture = KernelArchitecture(machine);
  }
  if (asked.Wants(kBoot)) view.boot_seconds = BootTime(machine);
  if (asked.Wants(kProcesses)) {
    std::vector<std::int32_t> ids;
    if (files.ListNumbers(kNoDirectory, proc.c_str(), kProcessesMax, ids) == 0) view.processes = ids.size();
  }
  if (asked.Wants(kLimits)) view.processes_max = ProcessesMax(machine);
  if (asked.Wants(kSessions)) view.sessions = ReadLoginSessions(machine);
  if (asked.Wants(kLocale)) view.locale = ReadLocale(machine);
  if (asked.Wants(kMounts)) view.mounts = ReadMounts(machine);
  if (asked.Wants(kCpu)) ReadCpu(machine, view);
  if (asked.Wants(kMachineInfo)) {
    view.pretty_host_name =
        SettingOf(ReadText(files, machine.root.etc + "/machine-info", 64u << 10), "PRETTY_HOSTNAME");
  }
  out.push_back(std::move(view));
  return Status();
}

}  // namespace wmi::linuxos
