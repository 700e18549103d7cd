#include "providers/linux/processor/processor_provider.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "providers/linux/cpu_topology.h"
#include "providers/linux/snapshot_stream.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kInfo = 1u << 0;
constexpr SourceSet kArchitecture = 1u << 1;
constexpr SourceSet kCaches = 1u << 2;
constexpr SourceSet kCurrentClock = 1u << 3;
constexpr SourceSet kMaximumClock = 1u << 4;
constexpr SourceSet kLoad = 1u << 5;
constexpr SourceSet kHost = 1u << 6;

// Cache directories of a logical processor that are looked at.
constexpr int kCachesMax = 16;

struct ProcessorView {
  SourceSet denied = 0;
  SourceSet unread = 0;
  CpuPackage package;
  std::string device_id;
  std::string info;  // the block of /proc/cpuinfo of the first logical processor
  std::string architecture;
  std::string host_name;
  std::optional<std::uint64_t> level2_kilobytes;
  std::optional<std::uint64_t> level3_kilobytes;
  std::optional<std::uint64_t> current_megahertz;
  std::optional<std::uint64_t> maximum_megahertz;
  std::optional<std::uint16_t> load;
};

using View = ProcessorView;

std::optional<std::uint64_t> InfoNumber(const View& view, std::string_view name) {
  std::uint64_t number = 0;
  if (!ParseUnsigned(CpuField(view.info, name), number)) return std::nullopt;
  return number;
}

// Family, model and stepping as x86 numbers them; other architectures have none.
struct Signature {
  std::uint64_t family = 0;
  std::uint64_t model = 0;
  std::uint64_t stepping = 0;
};
std::optional<Signature> SignatureOf(const View& view) {
  const auto family = InfoNumber(view, "cpu family");
  const auto model = InfoNumber(view, "model");
  const auto stepping = InfoNumber(view, "stepping");
  if (!family || !model || !stepping) return std::nullopt;
  return Signature{*family, *model, *stepping};
}

void WriteIdentity(const View& view, RowWriter& row, std::size_t slot) {
  const auto signature = SignatureOf(view);
  if (!signature) return;
  row.SetText(slot, view.architecture + " Family " + std::to_string(signature->family) + " Model " +
                        std::to_string(signature->model) + " Stepping " + std::to_string(signature->stepping));
}

void WriteVersion(const View& view, RowWriter& row, std::size_t slot) {
  const auto signature = SignatureOf(view);
  if (!signature) return;
  row.SetText(slot, "Model " + std::to_string(signature->model) + ", Stepping " + std::to_string(signature->stepping));
}

void WriteRevision(const View& view, RowWriter& row, std::size_t slot) {
  const auto signature = SignatureOf(view);
  if (signature) row.SetUnsigned(slot, ((signature->model & 0xFF) << 8) | (signature->stepping & 0xFF));
}

void WriteManufacturer(const View& view, RowWriter& row, std::size_t slot) {
  SetTextOrNull(row, slot, CpuField(view.info, "vendor_id"));
}

std::optional<std::uint64_t> ArchitectureNumber(std::string_view name) {
  if (name == "x86_64") return 9;
  if (name == "aarch64" || name == "aarch64_be") return 12;
  if (name.size() == 4 && name[0] == 'i' && name.ends_with("86")) return 0;
  if (name.starts_with("arm")) return 5;
  if (name.starts_with("ppc")) return 3;
  if (name.starts_with("mips")) return 1;
  if (name == "alpha") return 2;
  if (name == "ia64") return 6;
  return std::nullopt;
}

bool IsWide(std::string_view architecture) {
  return architecture.find("64") != std::string_view::npos || architecture == "s390x" || architecture == "alpha";
}

void WriteAddressWidth(const View& view, RowWriter& row, std::size_t slot) {
  if (!view.architecture.empty()) row.SetUnsigned(slot, IsWide(view.architecture) ? 64 : 32);
}

void WriteDataWidth(const View& view, RowWriter& row, std::size_t slot) {
  if (view.architecture.empty()) return;
  // A 32-bit kernel may run on a processor that could do more (flag lm, long mode).
  const bool is_wide = IsWide(view.architecture) || HasWord(CpuField(view.info, "flags"), "lm");
  row.SetUnsigned(slot, is_wide ? 64 : 32);
}

// TRUE or FALSE on x86, where flags tell; NULL elsewhere.
void SetAnyFlag(const View& view, RowWriter& row, std::size_t slot, std::string_view a, std::string_view b) {
  const std::string_view flags = CpuField(view.info, "flags");
  if (!flags.empty()) row.SetBoolean(slot, HasWord(flags, a) || HasWord(flags, b));
}

void WriteFirmwareVirtualization(const View& view, RowWriter& row, std::size_t slot) {
  const std::string_view flags = CpuField(view.info, "flags");
  // The kernel hides the flags when the firmware has switched virtualization off, just as when there is none.
  if (HasWord(flags, "vmx") || HasWord(flags, "svm")) row.SetBoolean(slot, true);
}

void SetOptional(RowWriter& row, std::size_t slot, const std::optional<std::uint64_t>& value) {
  if (value) row.SetUnsigned(slot, *value);
}

void WriteLogicalCount(const View& view, RowWriter& row, std::size_t slot) {
  row.SetUnsigned(slot, view.package.logical.size());
}

void WriteCores(const View& view, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, view.package.cores); }

void WriteLevel(const View& view, RowWriter& row, std::size_t slot) {
  SetOptional(row, slot, InfoNumber(view, "cpu family"));
}

// A package is listed because the kernel runs on it: it is working and enabled.
constexpr std::uint64_t kAvailabilityRunning = 3;
constexpr std::uint64_t kStatusInfoEnabled = 3;
constexpr std::uint64_t kCpuEnabled = 1;
constexpr std::uint64_t kCentralProcessor = 3;

constexpr Source kSources[] = {
    {kInfo, "`/proc/cpuinfo`", Cost::kFile},
    {kArchitecture, "`/proc/sys/kernel/arch`, else `uname`", Cost::kFile},
    {kCaches, "`/sys/devices/system/cpu/cpuN/cache/indexN`", Cost::kInstanceFile},
    {kCurrentClock, "`/sys/devices/system/cpu/cpuN/cpufreq/scaling_cur_freq`, else `cpu MHz` of `/proc/cpuinfo`",
     Cost::kInstanceFile},
    {kMaximumClock, "`/sys/devices/system/cpu/cpuN/cpufreq/cpuinfo_max_freq`, else `cpu MHz` of `/proc/cpuinfo`",
     Cost::kInstanceFile},
    {kLoad, "`/proc/stat`", Cost::kFile},
    {kHost, "`/proc/sys/kernel/hostname`", Cost::kFile},
};

constexpr Column<View> kColumns[] = {
    {"Caption", kInfo | kArchitecture, WriteIdentity,
     "family, model and stepping in words, `x86_64 Family 6 Model 85 Stepping 7`; NULL where it is not x86"},
    {"Description", kInfo | kArchitecture, WriteIdentity, "as `Caption`"},
    {"Name", kInfo,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, CpuField(v.info, "model name")); },
     "`model name`: what the processor calls itself; NULL when it does not (many ARM)"},
    {"Status", 0, [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "OK"); },
     "`OK`: the kernel runs on it"},
    {"Availability", 0,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, kAvailabilityRunning); },
     "3 Running/Full Power: the kernel runs on it"},
    {"CreationClassName", 0,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_Processor"); }, "`Win32_Processor`"},
    {"DeviceID", 0, [](const View& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.device_id); },
     "`CPU` and the number of the package in `topology/physical_package_id`; `CPU0` where the kernel shows no "
     "packages"},
    {"StatusInfo", 0, [](const View&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, kStatusInfoEnabled); },
     "3 Enabled: the kernel runs on it"},
    {"SystemCreationClassName", 0,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_ComputerSystem"); },
     "`Win32_ComputerSystem`"},
    {"SystemName", kHost,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.host_name); },
     "NULL when the host name is empty"},
    {"AddressWidth", kArchitecture, WriteAddressWidth, "64 or 32, the mode the kernel runs in"},
    {"CurrentClockSpeed", kCurrentClock,
     [](const View& v, RowWriter& row, std::size_t slot) { SetOptional(row, slot, v.current_megahertz); },
     "of the first logical processor, in megahertz and rounded; NULL when neither shows it"},
    {"DataWidth", kArchitecture | kInfo, WriteDataWidth,
     "64 or 32; a 32-bit kernel with flag `lm` has a processor of 64"},
    {"LoadPercentage", kLoad,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.load) row.SetUnsigned(slot, *v.load);
     },
     "share of time not idle over the package since the last look, never waited for: NULL at the first look, and a "
     "look within 250 ms of another is answered from the one before. Time that a hypervisor took counts as busy, "
     "waiting for disks as idle"},
    {"MaxClockSpeed", kMaximumClock,
     [](const View& v, RowWriter& row, std::size_t slot) { SetOptional(row, slot, v.maximum_megahertz); },
     "in megahertz and rounded; without frequency control the measured clock is the rated one"},
    {"Role", 0, [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "CPU"); }, "`CPU`"},
    {"Stepping", kInfo,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, CpuField(v.info, "stepping")); },
     "`stepping` as text; NULL where it is not x86"},
    {"Architecture", kArchitecture,
     [](const View& v, RowWriter& row, std::size_t slot) {
       SetOptional(row, slot, ArchitectureNumber(v.architecture));
     },
     "0 x86, 1 MIPS, 2 Alpha, 3 PowerPC, 5 ARM, 6 ia64, 9 x64, 12 ARM64; NULL for those without a number (RISC-V, "
     "s390)"},
    {"CpuStatus", 0, [](const View&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, kCpuEnabled); },
     "1 CPU Enabled: the kernel runs on it"},
    {"L2CacheSize", kCaches,
     [](const View& v, RowWriter& row, std::size_t slot) { SetOptional(row, slot, v.level2_kilobytes); },
     "sum over the package in kilobytes, each shared cache once; NULL when the kernel shows none"},
    {"L3CacheSize", kCaches,
     [](const View& v, RowWriter& row, std::size_t slot) { SetOptional(row, slot, v.level3_kilobytes); },
     "sum over the package in kilobytes, each shared cache once; NULL when the kernel shows none"},
    {"Level", kInfo, WriteLevel, "`cpu family`; NULL where it is not x86"},
    {"Manufacturer", kInfo, WriteManufacturer, "`vendor_id`: `GenuineIntel`, `AuthenticAMD`; NULL where it is not x86"},
    {"NumberOfCores", 0, WriteCores, "different lists in `topology/thread_siblings_list` of the package: cores online"},
    {"NumberOfEnabledCore", 0, WriteCores, "as `NumberOfCores`"},
    {"NumberOfLogicalProcessors", 0, WriteLogicalCount,
     "logical processors of the package that are in `/sys/devices/system/cpu/online`"},
    {"ProcessorType", 0,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, kCentralProcessor); },
     "3 Central Processor"},
    {"Revision", kInfo, WriteRevision,
     "`model` in the high byte, `stepping` in the low byte; NULL where it is not x86"},
    {"SecondLevelAddressTranslationExtensions", kInfo,
     [](const View& v, RowWriter& row, std::size_t slot) { SetAnyFlag(v, row, slot, "ept", "npt"); },
     "flags `ept` or `npt`; NULL where it is not x86"},
    {"ThreadCount", 0, WriteLogicalCount, "as `NumberOfLogicalProcessors`"},
    {"Version", kInfo, WriteVersion, "`Model 85, Stepping 7`; NULL where it is not x86"},
    {"VirtualizationFirmwareEnabled", kInfo, WriteFirmwareVirtualization,
     "TRUE with flag `vmx` or `svm`; NULL without, since off in the firmware and not there look alike"},
    {"VMMonitorModeExtensions", kInfo,
     [](const View& v, RowWriter& row, std::size_t slot) { SetAnyFlag(v, row, slot, "vmx", "svm"); },
     "flags `vmx` or `svm`; NULL where it is not x86"},
};

// The block of one logical processor; blocks are separated by empty lines.
std::string_view InfoBlock(std::string_view text, std::uint32_t cpu) {
  while (!text.empty()) {
    const std::size_t end = text.find("\n\n");
    const std::string_view block = text.substr(0, end);
    std::uint64_t number = 0;
    if (ParseUnsigned(CpuField(block, "processor"), number) && number == cpu) return block;
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 2);
  }
  return {};
}

std::string CpuFolder(const Machine& machine, std::uint32_t cpu) {
  return machine.root.sys + "/devices/system/cpu/cpu" + std::to_string(cpu);
}

// Sizes as the kernel writes them: "1024K".
std::optional<std::uint64_t> ParseCacheSize(std::string_view text) {
  std::uint64_t size = 0;
  if (!ParseUnsigned(text, size)) return std::nullopt;
  if (text.ends_with('M')) size *= 1024;
  return size;
}

void ReadCaches(const Machine& machine, View& view) {
  // A cache that several logical processors share is counted once: its level and sharers name it.
  std::set<std::string> seen;
  for (const std::uint32_t cpu : view.package.logical) {
    for (int index = 0; index < kCachesMax; ++index) {
      const std::string folder = CpuFolder(machine, cpu) + "/cache/index" + std::to_string(index);
      const std::string level = ReadLine(*machine.files, folder + "/level");
      if (level.empty()) break;
      if (level != "2" && level != "3") continue;
      const std::string key = level + ":" + ReadLine(*machine.files, folder + "/shared_cpu_list") + ":" +
                              ReadLine(*machine.files, folder + "/type");
      const auto size = ParseCacheSize(ReadLine(*machine.files, folder + "/size"));
      if (!size || !seen.insert(key).second) continue;
      auto& total = level == "2" ? view.level2_kilobytes : view.level3_kilobytes;
      total = total.value_or(0) + *size;
    }
  }
}

std::optional<std::uint64_t> Kilohertz(const Machine& machine, std::uint32_t cpu, const char* name) {
  std::uint64_t kilohertz = 0;
  const std::string path = CpuFolder(machine, cpu) + "/cpufreq/" + name;
  if (!ParseUnsigned(ReadLine(*machine.files, path), kilohertz)) return std::nullopt;
  return (kilohertz + 500) / 1000;
}

// "cpu MHz" of cpuinfo, rounded.
std::optional<std::uint64_t> InfoMegahertz(const View& view) {
  const std::string_view text = CpuField(view.info, "cpu MHz");
  double megahertz = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), megahertz).ec != std::errc()) return std::nullopt;
  if (!(megahertz > 0) || megahertz > 1e6) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(megahertz));
}

void ReadClocks(const Machine& machine, SourceSet sources, View& view) {
  const std::uint32_t cpu = view.package.logical.front();
  if ((sources & kCurrentClock) != 0) {
    view.current_megahertz = Kilohertz(machine, cpu, "scaling_cur_freq");
    if (!view.current_megahertz) view.current_megahertz = InfoMegahertz(view);
  }
  if ((sources & kMaximumClock) != 0) {
    view.maximum_megahertz = Kilohertz(machine, cpu, "cpuinfo_max_freq");
    // Without frequency control the clock that the kernel measured at boot is the rated one.
    if (!view.maximum_megahertz) view.maximum_megahertz = InfoMegahertz(view);
  }
}

Status Load(const Machine& machine, LoadSampler& sampler, SourceSet sources, std::vector<View>& out) {
  std::string info;
  std::string architecture;
  std::string host_name;
  std::vector<CpuTicks> now;
  std::vector<CpuTicks> before;
  const std::string& proc = machine.root.proc;
  if ((sources & (kInfo | kCurrentClock | kMaximumClock)) != 0) {
    info = ReadText(*machine.files, proc + "/cpuinfo", kKernelTextBytesMax);
  }
  if ((sources & kArchitecture) != 0) architecture = KernelArchitecture(machine);
  if ((sources & kHost) != 0) host_name = HostName(machine);
  if ((sources & kLoad) != 0) {
    now = ParseCpuTicks(ReadText(*machine.files, proc + "/stat", kKernelTextBytesMax));
    before = sampler.Exchange(now);
  }
  for (CpuPackage& package : ReadCpuPackages(machine)) {
    View view;
    view.package = std::move(package);
    view.device_id = "CPU" + std::to_string(view.package.id);
    view.info = InfoBlock(info, view.package.logical.front());
    view.architecture = architecture;
    view.host_name = host_name;
    if ((sources & kCaches) != 0) ReadCaches(machine, view);
    ReadClocks(machine, sources, view);
    if ((sources & kLoad) != 0) view.load = LoadBetween(before, now, view.package.logical);
    out.push_back(std::move(view));
  }
  return Status();
}

}  // namespace

Result<std::unique_ptr<provider::InstanceStream>> ProcessorProvider::Open(const provider::Request& request) {
  return OpenSnapshot<View>(
      kColumns, request, 0,
      [this](SourceSet sources, std::vector<View>& out) { return Load(machine_, sampler_, sources, out); },
      [](const View& view, const provider::KeyTuple& key) { return TextKeyIs(key, view.device_id); });
}

ClassPage ProcessorProvider::Page() {
  return MakePage<View>("Win32_Processor",
                        "One instance for each package (socket) with a logical processor online. `/proc/cpuinfo` is "
                        "read for the first logical processor of the package.",
                        kSources, kColumns);
}

}  // namespace wmi::linuxos
