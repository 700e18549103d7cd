// Small classes of the machine: the product as the firmware names it, swap areas, the boot, updates (none), and the
// settings of OpenWMI itself.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

struct ComputerProductView : ViewBase {
  std::string name;
  std::string vendor;
  std::string version;
  std::string sku;
  std::string serial;
  std::string uuid;
};

struct ComputerProduct {
  using View = ComputerProductView;
  static constexpr std::string_view kClass = "Win32_ComputerSystemProduct";
  static constexpr std::string_view kAbout =
      "One instance where the firmware has DMI tables or a device tree names the board, else none. Texts are reported "
      "as "
      "the maker left them. The kernel shows serial number and UUID to root only: for others the key "
      "`IdentifyingNumber` "
      "is an empty text, and the answer says that it is not complete.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct PageFileView : ViewBase {
  std::string name;
  std::uint64_t kilobytes = 0;
  std::uint64_t used_kilobytes = 0;
};

struct PageFileUsage {
  using View = PageFileView;
  static constexpr std::string_view kClass = "Win32_PageFileUsage";
  static constexpr std::string_view kAbout = "One instance for each swap area in use: a file, a partition or zram.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct BootConfigurationView : ViewBase {
  std::string device;
  bool has_boot_folder = false;
};

struct BootConfiguration {
  using View = BootConfigurationView;
  static constexpr std::string_view kClass = "Win32_BootConfiguration";
  static constexpr std::string_view kAbout = "One instance: where the files lie that the machine starts from.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct QuickFixView : ViewBase {};

struct QuickFixEngineering {
  using View = QuickFixView;
  static constexpr std::string_view kClass = "Win32_QuickFixEngineering";
  static constexpr std::string_view kAbout =
      "Always empty: Linux is updated by newer packages and has no hotfixes. The packages are the instances of "
      "`Win32_Product`.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct WmiSettingView : ViewBase {};

struct WmiSetting {
  using View = WmiSettingView;
  static constexpr std::string_view kClass = "Win32_WMISetting";
  static constexpr std::string_view kAbout =
      "One instance, `Win32_WMISetting=@`: what is true of OpenWMI in the process that is asked. Settings of the "
      "service "
      "of Windows that it does not have are NULL.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
