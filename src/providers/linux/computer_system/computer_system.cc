#include "providers/linux/computer_system/computer_system.h"

#include <ctime>
#include <optional>
#include <string>
#include <utility>

#include "providers/linux/sessions.h"

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

constexpr Source kSources[] = {
    {kHost, "`/proc/sys/kernel/hostname`", Cost::kFile},
    {kMemory, "`/proc/meminfo`", Cost::kFile},
    {kTopology, "`/sys/devices/system/cpu`", Cost::kScan},
    {kVendor, "`/sys/class/dmi/id/sys_vendor`", Cost::kFile},
    {kProduct, "`/sys/class/dmi/id/product_name`, else `/sys/firmware/devicetree/base/model`", Cost::kFile},
    {kFamily, "`/sys/class/dmi/id/product_family`", Cost::kFile},
    {kSku, "`/sys/class/dmi/id/product_sku`", Cost::kFile},
    {kProfile, "`/sys/firmware/acpi/pm_profile`", Cost::kFile},
    {kHypervisor, "`/sys/hypervisor/type`, `/proc/cpuinfo`", Cost::kFile},
    {kPanic, "`/proc/sys/kernel/panic`", Cost::kFile},
    {kCommandLine, "`/proc/cmdline`", Cost::kFile},
    {kArchitecture, "`/proc/sys/kernel/arch`, else uname", Cost::kFile},
    {kSessions, "`/run/utmp`, else `/run/systemd/sessions`", Cost::kScan},
};

// Preferred_PM_Profile of the ACPI table FADT.
constexpr std::uint64_t kProfileMobile = 2;
constexpr std::uint64_t kProfileTablet = 8;

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
    {"Caption", kHost, WriteHostName, "as `Name`."},
    {"Name", kHost, WriteHostName, "the host name. NULL when it is empty."},
    {"CreationClassName", 0,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_ComputerSystem"); },
     "constant `Win32_ComputerSystem`."},
    {"AutomaticResetBootOption", kPanic,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.panic_seconds) row.SetBoolean(slot, *v.panic_seconds != 0);
     },
     "TRUE when not 0: the kernel restarts after a panic."},
    {"AutomaticResetCapability", kPanic,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.panic_seconds) row.SetBoolean(slot, true);
     },
     "TRUE when there is such a setting: the kernel can do so."},
    {"BootupState", kCommandLine, WriteBootState,
     "`Fail-safe boot` with one of single, S, s, 1, rescue, emergency or a rescue or emergency target, else `Normal "
     "boot`. NULL when empty."},
    {"CurrentTimeZone", 0,
     [](const View&, RowWriter& row, std::size_t slot) {
       if (const auto local = LocalNow()) row.SetSigned(slot, local->tm_gmtoff / 60);
     },
     "local time: minutes east of UTC now."},
    {"DaylightInEffect", 0,
     [](const View&, RowWriter& row, std::size_t slot) {
       const auto local = LocalNow();
       if (local && local->tm_isdst >= 0) row.SetBoolean(slot, local->tm_isdst > 0);
     },
     "local time: summer time now. NULL when the time zone does not tell."},
    {"DNSHostName", kHost,
     [](const View& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, std::string_view(v.host_name).substr(0, v.host_name.find('.')));
     },
     "the part before the first dot."},
    {"Domain", kHost, WriteDomain, "the part behind the first dot. NULL for a host name without a dot."},
    {"HypervisorPresent", kHypervisor,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.hypervisor) row.SetBoolean(slot, *v.hypervisor);
     },
     "TRUE when the first exists or the second has the flag hypervisor. NULL on other processors than x86 without the "
     "first."},
    {"Manufacturer", kVendor,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.vendor); },
     "the maker, as the firmware has it, placeholders too. NULL without DMI tables."},
    {"Model", kProduct, [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.product); },
     "the product name, as the firmware has it, placeholders too. NULL when neither exists."},
    {"NumberOfLogicalProcessors", kTopology, WriteLogicalProcessors,
     "logical processors online. NULL when it cannot be read."},
    {"NumberOfProcessors", kTopology,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (!v.packages.empty()) row.SetUnsigned(slot, v.packages.size());
     },
     "different packages (`physical_package_id`) online. NULL when it cannot be read."},
    {"PauseAfterReset", kPanic, WritePauseAfterReset,
     "seconds to milliseconds; a negative value is 0. NULL for 0: no restart."},
    {"PCSystemType", kProfile, WriteSystemKind, "same numbers; a tablet (8) is 2, Mobile. NULL without ACPI."},
    {"PCSystemTypeEx", kProfile,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.power_profile && *v.power_profile <= kProfileTablet) row.SetUnsigned(slot, *v.power_profile);
     },
     "same numbers; 8 is Slate. NULL without ACPI."},
    {"SystemFamily", kFamily,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.family); },
     "the product family. NULL without DMI tables."},
    {"SystemSKUNumber", kSku, [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.sku); },
     "the stock number. NULL without DMI tables."},
    {"SystemType", kArchitecture, WriteSystemType,
     "`x64-based PC`, `X86-based PC`, `ARM64-based PC`, else the kernel's name with `-based PC`."},
    {"TotalPhysicalMemory", kMemory,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.memory_kilobytes) row.SetUnsigned(slot, *v.memory_kilobytes * 1024);
     },
     "MemTotal: what the kernel manages, kilobytes to bytes."},
    {"UserName", kSessions,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.console_user); },
     "the first user on a virtual terminal, local display or seat0. NULL with nobody at the console."},
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

}  // namespace

std::span<const Source> ComputerSystem::Sources() { return kSources; }
std::span<const Column<View>> ComputerSystem::Columns() { return kColumns; }

Status ComputerSystem::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  View view;
  Files& files = *machine.files;
  const std::string& proc = machine.root.proc;
  if (asked.Wants(kHost)) view.host_name = HostName(machine);
  if (asked.Wants(kMemory)) {
    view.memory_kilobytes = MemoryFigure(ReadText(files, proc + "/meminfo", 64u << 10), "MemTotal");
  }
  if (asked.Wants(kTopology)) view.packages = ReadCpuPackages(machine);
  if (asked.Wants(kVendor)) ReadFirmware(machine, kVendor, "sys_vendor", view, view.vendor);
  if (asked.Wants(kProduct)) {
    ReadFirmware(machine, kProduct, "product_name", view, view.product);
    if (view.product.empty()) view.product = ReadLine(files, machine.root.sys + "/firmware/devicetree/base/model");
  }
  if (asked.Wants(kFamily)) ReadFirmware(machine, kFamily, "product_family", view, view.family);
  if (asked.Wants(kSku)) ReadFirmware(machine, kSku, "product_sku", view, view.sku);
  if (asked.Wants(kProfile)) {
    std::uint64_t profile = 0;
    if (ParseUnsigned(ReadLine(files, machine.root.sys + "/firmware/acpi/pm_profile"), profile)) {
      view.power_profile = profile;
    }
  }
  if (asked.Wants(kHypervisor)) view.hypervisor = ReadHypervisor(machine);
  if (asked.Wants(kPanic)) {
    std::int64_t seconds = 0;
    if (ParseSigned(ReadLine(files, proc + "/sys/kernel/panic"), seconds)) view.panic_seconds = seconds;
  }
  if (asked.Wants(kCommandLine)) view.kernel_arguments = ReadLine(files, proc + "/cmdline");
  if (asked.Wants(kArchitecture)) view.architecture = KernelArchitecture(machine);
  if (asked.Wants(kSessions)) {
    if (auto sessions = ReadLoginSessions(machine)) view.console_user = std::move(sessions->console_user);
  }
  out.push_back(std::move(view));
  return Status();
}

}  // namespace wmi::linuxos
