#include "providers/linux/system/machine_classes.h"

#include <algorithm>
#include <utility>

#include "base/state_folder.h"
#include "provider/event_limits.h"
#include "providers/linux/mounts.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

// ---- Win32_ComputerSystemProduct ------------------------------------------------------------------------------------

constexpr SourceSet kProductName = 1u << 0;
constexpr SourceSet kProductVendor = 1u << 1;
constexpr SourceSet kProductVersion = 1u << 2;
constexpr SourceSet kProductSku = 1u << 3;
constexpr SourceSet kProductSerial = 1u << 4;
constexpr SourceSet kProductUuid = 1u << 5;

constexpr Source kProductSources[] = {
    {kProductName, "`/sys/class/dmi/id/product_name`, else `/sys/firmware/devicetree/base/model`", Cost::kFile},
    {kProductVendor, "`/sys/class/dmi/id/sys_vendor`", Cost::kFile},
    {kProductVersion, "`/sys/class/dmi/id/product_version`", Cost::kFile},
    {kProductSku, "`/sys/class/dmi/id/product_sku`", Cost::kFile},
    {kProductSerial, "`/sys/class/dmi/id/product_serial`, else `/sys/firmware/devicetree/base/serial-number`",
     Cost::kFile},
    {kProductUuid, "`/sys/class/dmi/id/product_uuid`", Cost::kFile},
};

constexpr Column<ComputerProductView> kProductColumns[] = {
    {"IdentifyingNumber", kProductSerial,
     [](const ComputerProductView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.serial); },
     "the serial number; empty where the firmware has none, and for who may not read it."},
    {"Name", kProductName,
     [](const ComputerProductView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.name); },
     "the product name; may be empty."},
    {"Version", kProductVersion,
     [](const ComputerProductView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.version); },
     "the version; empty where the firmware has none."},
    {"Caption", kProductName,
     [](const ComputerProductView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.name); },
     "as `Name`. NULL when it is empty."},
    {"Vendor", kProductVendor,
     [](const ComputerProductView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.vendor); },
     "the maker. NULL when it is empty."},
    {"SKUNumber", kProductSku,
     [](const ComputerProductView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.sku); },
     "the stock number. NULL when it is empty."},
    {"UUID", kProductUuid,
     [](const ComputerProductView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.uuid); },
     "in capital letters. Readable for root only; NULL when it is empty."},
};

int ReadFirmwareText(const Machine& machine, const char* name, std::string& out) {
  TextBuffer buffer;
  const std::string path = machine.root.sys + name;
  const int error = machine.files->Read(kNoDirectory, path.c_str(), 4096, buffer);
  if (error == 0) out = Trim(buffer.text());
  return error;
}

// ---- Win32_PageFileUsage --------------------------------------------------------------------------------------------

constexpr SourceSet kSwaps = 1u << 0;

constexpr Source kSwapSources[] = {{kSwaps, "`/proc/swaps`", Cost::kFile}};

void WriteSwapName(const PageFileView& view, RowWriter& row, std::size_t slot) { row.SetText(slot, view.name); }

constexpr Column<PageFileView> kSwapColumns[] = {
    {"Name", kSwaps, WriteSwapName, "path of the file or device."},
    {"Caption", kSwaps, WriteSwapName, "as `Name`."},
    {"Description", kSwaps, WriteSwapName, "as `Name`."},
    {"AllocatedBaseSize", kSwaps,
     [](const PageFileView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.kilobytes / 1024); },
     "Size, kilobytes to megabytes."},
    {"CurrentUsage", kSwaps,
     [](const PageFileView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.used_kilobytes / 1024); },
     "Used, kilobytes to megabytes."},
};

// The kernel writes blanks and the like in a path as three octal digits.
std::string UnescapedPath(std::string_view text) {
  const auto is_octal = [](char digit) { return digit >= '0' && digit <= '7'; };
  std::string path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() &&
        std::all_of(text.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                    text.begin() + static_cast<std::ptrdiff_t>(i) + 4, is_octal)) {
      path += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      path += text[i];
    }
  }
  return path;
}

// The next word of a line whose words are apart by any number of blanks.
std::string_view NextWord(std::string_view& line) {
  line = Trim(line);
  const std::size_t end = line.find_first_of(" \t");
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(word.size());
  return word;
}

bool ParseSwap(std::string_view line, PageFileView& out) {
  const std::string_view path = NextWord(line);
  const std::string_view kind = NextWord(line);
  out.name = UnescapedPath(path);
  return path.starts_with('/') && !kind.empty() && ParseUnsigned(NextWord(line), out.kilobytes) &&
         ParseUnsigned(NextWord(line), out.used_kilobytes);
}

// ---- Win32_BootConfiguration ----------------------------------------------------------------------------------------

constexpr SourceSet kBootMounts = 1u << 0;
constexpr SourceSet kBootFolder = 1u << 1;

constexpr Source kBootSources[] = {
    {kBootMounts, "`/proc/self/mountinfo`", Cost::kFile},
    {kBootFolder, "`/boot`", Cost::kFile},
};

void WriteBootDevice(const BootConfigurationView& view, RowWriter& row, std::size_t slot) {
  SetTextOrNull(row, slot, view.device);
}

constexpr Column<BootConfigurationView> kBootColumns[] = {
    {"Name", 0,
     [](const BootConfigurationView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "BootConfiguration"); },
     "constant `BootConfiguration`, as on Windows."},
    {"Caption", kBootMounts, WriteBootDevice,
     "source of the mount on `/boot`, else of `/`. NULL when that is no device file, as in containers."},
    {"Description", kBootMounts, WriteBootDevice, "as `Caption`."},
    {"BootDirectory", kBootFolder,
     [](const BootConfigurationView& v, RowWriter& row, std::size_t slot) {
       if (v.has_boot_folder) row.SetText(slot, "/boot");
     },
     "constant where there is such a folder, else NULL."},
    {"TempDirectory", 0,
     [](const BootConfigurationView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "/tmp"); },
     "constant `/tmp`, where programs of the system keep what need not last (hier(7))."},
};

// ---- Win32_WMISetting -----------------------------------------------------------------------------------------------

constexpr Column<WmiSettingView> kSettingColumns[] = {
    {"BuildVersion", 0, [](const WmiSettingView&, RowWriter& row, std::size_t slot) { row.SetText(slot, WMI_VERSION); },
     "constant: the version of OpenWMI."},
    {"DatabaseDirectory", 0,
     [](const WmiSettingView&, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, StateFolder("OPENWMI_REPOSITORY", "repository"));
     },
     "the folder of the repository, from the environment and the home folder of the user. NULL when there is none."},
    {"HighThresholdOnEvents", 0,
     [](const WmiSettingView&, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, provider::kHighThresholdOnEvents);
     },
     "constant: the limit that the engine keeps."},
    {"LowThresholdOnEvents", 0,
     [](const WmiSettingView&, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, provider::kLowThresholdOnEvents);
     },
     "constant: the limit that the engine keeps for permanent subscriptions with `SlowDownProviders`."},
    {"MaxWaitOnEvents", 0,
     [](const WmiSettingView&, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, provider::kMaxWaitOnEventsMs);
     },
     "constant: the limit that the engine keeps, for the same."},
};

}  // namespace

std::span<const Source> ComputerProduct::Sources() { return kProductSources; }
std::span<const Column<ComputerProductView>> ComputerProduct::Columns() { return kProductColumns; }

Status ComputerProduct::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  View view;
  // Says besides whether there is an instance at all.
  if (ReadFirmwareText(machine, "/class/dmi/id/product_name", view.name) != 0 &&
      ReadFirmwareText(machine, "/firmware/devicetree/base/model", view.name) != 0) {
    return Status();
  }
  const struct {
    SourceSet source;
    const char* name;
    std::string& out;
  } texts[] = {{kProductVendor, "/class/dmi/id/sys_vendor", view.vendor},
               {kProductVersion, "/class/dmi/id/product_version", view.version},
               {kProductSku, "/class/dmi/id/product_sku", view.sku},
               {kProductUuid, "/class/dmi/id/product_uuid", view.uuid}};
  for (const auto& text : texts) {
    if (!asked.Wants(text.source)) continue;
    if (OutcomeOf(ReadFirmwareText(machine, text.name, text.out)) == Outcome::kDenied) view.denied |= text.source;
  }
  // Digits only: a UUID has no other letters than a to f.
  for (char& digit : view.uuid) {
    if (digit >= 'a' && digit <= 'f') digit = static_cast<char>(digit - 'a' + 'A');
  }
  bool is_serial_denied = false;
  if (asked.Wants(kProductSerial)) {
    const int error = ReadFirmwareText(machine, "/class/dmi/id/product_serial", view.serial);
    is_serial_denied = OutcomeOf(error) == Outcome::kDenied;
    if (error != 0) (void)ReadFirmwareText(machine, "/firmware/devicetree/base/serial-number", view.serial);
  }
  out.push_back(std::move(view));
  // A key cannot be denied: without it the instance would have no path.
  if (!is_serial_denied) return Status();
  return Status(code::kPartialResults,
                "Win32_ComputerSystemProduct.IdentifyingNumber is empty: only root may read "
                "/sys/class/dmi/id/product_serial; ask as root for the serial number");
}

std::span<const Source> PageFileUsage::Sources() { return kSwapSources; }
std::span<const Column<PageFileView>> PageFileUsage::Columns() { return kSwapColumns; }

Status PageFileUsage::Load(const Machine& machine, const Asked&, std::vector<View>& out) {
  const std::string text = ReadText(*machine.files, machine.root.proc + "/swaps", 64u << 10);
  std::string_view rest = text;
  std::string_view line;
  while (NextPart(rest, '\n', line)) {
    View view;
    if (ParseSwap(line, view)) out.push_back(std::move(view));
  }
  return Status();
}

std::span<const Source> BootConfiguration::Sources() { return kBootSources; }
std::span<const Column<BootConfigurationView>> BootConfiguration::Columns() { return kBootColumns; }

Status BootConfiguration::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  View view;
  if (asked.Wants(kBootMounts)) {
    const std::vector<Mount> mounts = ReadMounts(machine);
    const Mount* mount = FindMount(mounts, "/boot");
    if (mount == nullptr) mount = FindMount(mounts, "/");
    if (mount != nullptr && mount->source.starts_with("/dev/")) view.device = mount->source;
  }
  if (asked.Wants(kBootFolder)) view.has_boot_folder = machine.files->IsDirectory("/boot");
  out.push_back(std::move(view));
  return Status();
}

std::span<const Source> QuickFixEngineering::Sources() { return {}; }
std::span<const Column<QuickFixView>> QuickFixEngineering::Columns() { return {}; }
Status QuickFixEngineering::Load(const Machine&, const Asked&, std::vector<View>&) { return Status(); }

std::span<const Source> WmiSetting::Sources() { return {}; }
std::span<const Column<WmiSettingView>> WmiSetting::Columns() { return kSettingColumns; }
Status WmiSetting::Load(const Machine&, const Asked&, std::vector<View>& out) {
  out.emplace_back();
  return Status();
}

}  // namespace wmi::linuxos
