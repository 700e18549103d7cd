#include "providers/linux/operating_system/operating_system_provider.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "cim/datetime.h"
#include "providers/linux/locale_codes.h"
#include "providers/linux/mounts.h"
#include "providers/linux/sessions.h"
#include "providers/linux/snapshot_stream.h"

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

constexpr std::size_t kProcessesMax = 4u << 20;

struct OperatingSystemView {
  SourceSet denied = 0;
  SourceSet unread = 0;
  std::string os_release;
  std::string meminfo;
  std::string host_name;
  std::string kernel_release;
  std::string kernel_version;
  std::string architecture;
  std::optional<std::int64_t> boot_seconds;
  std::optional<std::uint64_t> processes;
  std::optional<std::uint64_t> processes_max;
  std::optional<LoginSessions> sessions;
  SystemLocale locale;
  std::vector<Mount> mounts;
  std::string cpu_flags;
  bool has_cpu_flags = false;
  std::string pretty_host_name;
};

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
    {"Caption", kOsRelease, WriteName},
    {"Description", kMachineInfo,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.pretty_host_name); }},
    {"Name", kOsRelease, WriteName},
    {"CreationClassName", 0,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_OperatingSystem"); }},
    {"CSCreationClassName", 0,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_ComputerSystem"); }},
    {"CSName", kHost, [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.host_name); }},
    {"CurrentTimeZone", 0, WriteTimeZone},
    {"Distributed", 0, [](const View&, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, false); }},
    {"FreePhysicalMemory", kMemory, WriteFreeMemory},
    {"FreeSpaceInPagingFiles", kMemory,
     [](const View& v, RowWriter& row, std::size_t slot) { SetKilobytes(v, row, slot, "SwapFree"); }},
    {"FreeVirtualMemory", kMemory,
     [](const View& v, RowWriter& row, std::size_t slot) { SetSum(v, row, slot, "MemAvailable", "SwapFree"); }},
    {"LastBootUpTime", kBoot, WriteBootTime},
    {"LocalDateTime", 0, WriteLocalTime},
    {"MaxNumberOfProcesses", kLimits,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.processes_max) row.SetUnsigned(slot, *v.processes_max);
     }},
    {"NumberOfProcesses", kProcesses,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.processes) row.SetUnsigned(slot, *v.processes);
     }},
    {"NumberOfUsers", kSessions,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.sessions) row.SetUnsigned(slot, v.sessions->count);
     }},
    {"OSType", 0, [](const View&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, 36); }},
    {"SizeStoredInPagingFiles", kMemory, WriteSwapTotal},
    {"TotalSwapSpaceSize", kMemory, WriteSwapTotal},
    {"TotalVirtualMemorySize", kMemory,
     [](const View& v, RowWriter& row, std::size_t slot) { SetSum(v, row, slot, "MemTotal", "SwapTotal"); }},
    {"TotalVisibleMemorySize", kMemory,
     [](const View& v, RowWriter& row, std::size_t slot) { SetKilobytes(v, row, slot, "MemTotal"); }},
    {"Version", kKernel,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.kernel_release); }},
    {"BootDevice", kMounts,
     [](const View& v, RowWriter& row, std::size_t slot) { SetDeviceOf(v, row, slot, "/boot"); }},
    {"BuildNumber", kOsRelease,
     [](const View& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, SettingOf(v.os_release, "BUILD_ID"));
     }},
    {"BuildType", kKernel,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.kernel_version); }},
    {"CodeSet", kLocale, WriteCodePage},
    {"DataExecutionPrevention_Available", kCpu,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.has_cpu_flags) row.SetBoolean(slot, HasWord(v.cpu_flags, "nx"));
     }},
    {"Locale", kLocale, WriteLocale},
    {"Manufacturer", kOsRelease,
     [](const View& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, SettingOf(v.os_release, "VENDOR_NAME"));
     }},
    {"MUILanguages", kLocale, WriteLanguages},
    {"OSArchitecture", kKernel, WriteArchitecture},
    {"OSLanguage", kLocale,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.locale.language_id) row.SetUnsigned(slot, *v.locale.language_id);
     }},
    {"Primary", 0, [](const View&, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, true); }},
    {"ProductType", kOsRelease, WriteProductType},
    {"SystemDevice", kMounts, [](const View& v, RowWriter& row, std::size_t slot) { SetDeviceOf(v, row, slot, "/"); }},
    {"SystemDrive", 0, [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "/"); }},
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

Status Load(const Machine& machine, SourceSet sources, std::vector<View>& out) {
  View view;
  Files& files = *machine.files;
  const std::string& proc = machine.root.proc;
  if ((sources & kOsRelease) != 0) view.os_release = OsRelease(machine);
  if ((sources & kMemory) != 0) view.meminfo = ReadText(files, proc + "/meminfo", 64u << 10);
  if ((sources & kHost) != 0) view.host_name = HostName(machine);
  if ((sources & kKernel) != 0) {
    view.kernel_release = KernelRelease(machine);
    view.kernel_version = ReadLine(files, proc + "/sys/kernel/version");
    view.architecture = KernelArchitecture(machine);
  }
  if ((sources & kBoot) != 0) view.boot_seconds = BootTime(machine);
  if ((sources & kProcesses) != 0) {
    std::vector<std::int32_t> ids;
    if (files.ListNumbers(kNoDirectory, proc.c_str(), kProcessesMax, ids) == 0) view.processes = ids.size();
  }
  if ((sources & kLimits) != 0) view.processes_max = ProcessesMax(machine);
  if ((sources & kSessions) != 0) view.sessions = ReadLoginSessions(machine);
  if ((sources & kLocale) != 0) view.locale = ReadLocale(machine);
  if ((sources & kMounts) != 0) view.mounts = ReadMounts(machine);
  if ((sources & kCpu) != 0) ReadCpu(machine, view);
  if ((sources & kMachineInfo) != 0) {
    view.pretty_host_name =
        SettingOf(ReadText(files, machine.root.etc + "/machine-info", 64u << 10), "PRETTY_HOSTNAME");
  }
  out.push_back(std::move(view));
  return Status();
}

}  // namespace

Result<std::unique_ptr<provider::InstanceStream>> OperatingSystemProvider::Open(const provider::Request& request) {
  // A singleton has no keys to compare: whoever asks for one, asks for it.
  return OpenSnapshot<View>(
      kColumns, request, 0, [this](SourceSet sources, std::vector<View>& out) { return Load(machine_, sources, out); },
      [](const View&, const provider::KeyTuple&) { return true; });
}

std::vector<std::string_view> OperatingSystemProvider::FilledProperties() { return PropertyNames<View>(kColumns); }

}  // namespace wmi::linuxos
