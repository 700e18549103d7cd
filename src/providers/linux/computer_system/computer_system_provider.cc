#include "providers/linux/computer_system/computer_system_provider.h"

#include <ctime>
#include <optional>
#include <string>
#include <utility>

#include "providers/linux/cpu_topology.h"
#include "providers/linux/sessions.h"
#include "providers/linux/snapshot_stream.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kHost = 1u << 0;
constexpr SourceSet kMemory = 1u << 1;
constexpr SourceSet kTopology = 1u << 2;
constexpr SourceSet kVendor = 1u << 3;
constexpr SourceSet kProduct = 1u << 4;
constexpr SourceSet kFamily = 1u << 5;
constexpr SourceSet kSku = 1u << 6;
constexpr SourceSet kProfile = 1u << 7;
constexpr SourceSet kHypervisor = 1u << 8;
constexpr SourceSet kPanic = 1u << 9;
constexpr SourceSet kCommandLine = 1u << 10;
constexpr SourceSet kArchitecture = 1u << 11;
constexpr SourceSet kSessions = 1u << 12;

// Preferred_PM_Profile of the ACPI table FADT.
constexpr std::uint64_t kProfileMobile = 2;
constexpr std::uint64_t kProfileTablet = 8;

struct ComputerSystemView {
  SourceSet denied = 0;
  SourceSet unread = 0;
  std::string host_name;
  std::optional<std::uint64_t> memory_kilobytes;
  std::vector<CpuPackage> packages;
  std::string vendor;
  std::string product;
  std::string family;
  std::string sku;
  std::optional<std::uint64_t> power_profile;
  std::optional<bool> hypervisor;
  std::optional<std::int64_t> panic_seconds;
  std::string kernel_arguments;
  std::string architecture;
  std::string console_user;
};

using View = ComputerSystemView;

std::optional<std::tm> LocalNow() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  if (::localtime_r(&now, &local) == nullptr) return std::nullopt;
  return local;
}

void WriteHostName(const View& view, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, view.host_name); }

void WriteDomain(const View& view, RowWriter& row, std::size_t slot) {
  const std::size_t dot = view.host_name.find('.');
  if (dot != std::string::npos) SetTextOrNull(row, slot, std::string_view(view.host_name).substr(dot + 1));
}

void WriteBootState(const View& view, RowWriter& row, std::size_t slot) {
  if (view.kernel_arguments.empty()) return;
  for (const char* word : {"single", "S", "1", "s", "rescue", "emergency", "systemd.unit=rescue.target",
                           "systemd.unit=emergency.target"}) {
    if (HasWord(view.kernel_arguments, word)) return row.SetText(slot, "Fail-safe boot");
  }
  row.SetText(slot, "Normal boot");
}

void WriteSystemType(const View& view, RowWriter& row, std::size_t slot) {
  const std::string& name = view.architecture;
  if (name.empty()) return;
  if (name == "x86_64") return row.SetText(slot, "x64-based PC");
  if (name == "aarch64") return row.SetText(slot, "ARM64-based PC");
  const bool is_x86 = name.size() == 4 && name[0] == 'i' && name.ends_with("86");
  row.SetText(slot, is_x86 ? "X86-based PC" : name + "-based PC");
}

void WriteLogicalProcessors(const View& view, RowWriter& row, std::size_t slot) {
  std::size_t count = 0;
  for (const CpuPackage& package : view.packages) count += package.logical.size();
  if (count != 0) row.SetUnsigned(slot, count);
}

void WritePauseAfterReset(const View& view, RowWriter& row, std::size_t slot) {
  // kernel.panic: 0 stays down, below 0 restarts at once.
  if (!view.panic_seconds || *view.panic_seconds == 0) return;
  row.SetSigned(slot, *view.panic_seconds > 0 ? *view.panic_seconds * 1000 : 0);
}

void WriteSystemKind(const View& view, RowWriter& row, std::size_t slot) {
  if (!view.power_profile || *view.power_profile > kProfileTablet) return;
  row.SetUnsigned(slot, *view.power_profile == kProfileTablet ? kProfileMobile : *view.power_profile);
}

constexpr Column<View> kColumns[] = {
    {"Caption", kHost, WriteHostName},
    {"Name", kHost, WriteHostName},
    {"CreationClassName", 0,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_ComputerSystem"); }},
    {"AutomaticResetBootOption", kPanic,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.panic_seconds) row.SetBoolean(slot, *v.panic_seconds != 0);
     }},
    {"AutomaticResetCapability", kPanic,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.panic_seconds) row.SetBoolean(slot, true);
     }},
    {"BootupState", kCommandLine, WriteBootState},
    {"CurrentTimeZone", 0,
     [](const View&, RowWriter& row, std::size_t slot) {
       if (const auto local = LocalNow()) row.SetSigned(slot, local->tm_gmtoff / 60);
     }},
    {"DaylightInEffect", 0,
     [](const View&, RowWriter& row, std::size_t slot) {
       const auto local = LocalNow();
       if (local && local->tm_isdst >= 0) row.SetBoolean(slot, local->tm_isdst > 0);
     }},
    {"DNSHostName", kHost,
     [](const View& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, std::string_view(v.host_name).substr(0, v.host_name.find('.')));
     }},
    {"Domain", kHost, WriteDomain},
    {"HypervisorPresent", kHypervisor,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.hypervisor) row.SetBoolean(slot, *v.hypervisor);
     }},
    {"Manufacturer", kVendor,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.vendor); }},
    {"Model", kProduct, [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.product); }},
    {"NumberOfLogicalProcessors", kTopology, WriteLogicalProcessors},
    {"NumberOfProcessors", kTopology,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (!v.packages.empty()) row.SetUnsigned(slot, v.packages.size());
     }},
    {"PauseAfterReset", kPanic, WritePauseAfterReset},
    {"PCSystemType", kProfile, WriteSystemKind},
    {"PCSystemTypeEx", kProfile,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.power_profile && *v.power_profile <= kProfileTablet) row.SetUnsigned(slot, *v.power_profile);
     }},
    {"SystemFamily", kFamily,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.family); }},
    {"SystemSKUNumber", kSku, [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.sku); }},
    {"SystemType", kArchitecture, WriteSystemType},
    {"TotalPhysicalMemory", kMemory,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.memory_kilobytes) row.SetUnsigned(slot, *v.memory_kilobytes * 1024);
     }},
    {"UserName", kSessions,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.console_user); }},
};

std::optional<bool> ReadHypervisor(const Machine& machine) {
  if (!ReadLine(*machine.files, machine.root.sys + "/hypervisor/type").empty()) return true;
  const std::string text = ReadText(*machine.files, machine.root.proc + "/cpuinfo", 64u << 10);
  const std::string_view flags = CpuField(text, "flags");
  // Only x86 has a flag that tells; elsewhere its absence says nothing.
  if (flags.empty()) return std::nullopt;
  return HasWord(flags, "hypervisor");
}

// One text of the firmware tables. What the maker left there is reported as it stands, placeholders too.
void ReadFirmware(const Machine& machine, SourceSet source, const char* name, View& view, std::string& out) {
  TextBuffer buffer;
  const std::string path = machine.root.sys + "/class/dmi/id/" + name;
  const int error = machine.files->Read(kNoDirectory, path.c_str(), 4096, buffer);
  if (OutcomeOf(error) == Outcome::kDenied) view.denied |= source;
  if (error == 0) out = Trim(buffer.text());
}

Status Load(const Machine& machine, SourceSet sources, std::vector<View>& out) {
  View view;
  Files& files = *machine.files;
  const std::string& proc = machine.root.proc;
  if ((sources & kHost) != 0) view.host_name = HostName(machine);
  if ((sources & kMemory) != 0) {
    view.memory_kilobytes = MemoryFigure(ReadText(files, proc + "/meminfo", 64u << 10), "MemTotal");
  }
  if ((sources & kTopology) != 0) view.packages = ReadCpuPackages(machine);
  if ((sources & kVendor) != 0) ReadFirmware(machine, kVendor, "sys_vendor", view, view.vendor);
  if ((sources & kProduct) != 0) {
    ReadFirmware(machine, kProduct, "product_name", view, view.product);
    if (view.product.empty()) view.product = ReadLine(files, machine.root.sys + "/firmware/devicetree/base/model");
  }
  if ((sources & kFamily) != 0) ReadFirmware(machine, kFamily, "product_family", view, view.family);
  if ((sources & kSku) != 0) ReadFirmware(machine, kSku, "product_sku", view, view.sku);
  if ((sources & kProfile) != 0) {
    std::uint64_t profile = 0;
    if (ParseUnsigned(ReadLine(files, machine.root.sys + "/firmware/acpi/pm_profile"), profile)) {
      view.power_profile = profile;
    }
  }
  if ((sources & kHypervisor) != 0) view.hypervisor = ReadHypervisor(machine);
  if ((sources & kPanic) != 0) {
    std::int64_t seconds = 0;
    if (ParseSigned(ReadLine(files, proc + "/sys/kernel/panic"), seconds)) view.panic_seconds = seconds;
  }
  if ((sources & kCommandLine) != 0) view.kernel_arguments = ReadLine(files, proc + "/cmdline");
  if ((sources & kArchitecture) != 0) view.architecture = KernelArchitecture(machine);
  if ((sources & kSessions) != 0) {
    if (auto sessions = ReadLoginSessions(machine)) view.console_user = std::move(sessions->console_user);
  }
  out.push_back(std::move(view));
  return Status();
}

}  // namespace

Result<std::unique_ptr<provider::InstanceStream>> ComputerSystemProvider::Open(const provider::Request& request) {
  return OpenSnapshot<View>(
      kColumns, request, kHost,
      [this](SourceSet sources, std::vector<View>& out) { return Load(machine_, sources, out); },
      [](const View& view, const provider::KeyTuple& key) { return TextKeyIs(key, view.host_name); });
}

std::vector<std::string_view> ComputerSystemProvider::FilledProperties() { return PropertyNames<View>(kColumns); }

}  // namespace wmi::linuxos
