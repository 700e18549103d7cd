// What the firmware tells of itself, of boards and of memory: the SMBIOS table, which only root may read, else the few
// texts of it that the kernel shows everybody in /sys/class/dmi/id.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

struct BiosView : ViewBase {
  std::string vendor;
  std::string version;
  std::string name;  // the version, or a word where there is none: a key is never NULL
  std::string released;
  std::string serial_number;
  std::optional<std::uint64_t> major;
  std::optional<std::uint64_t> minor;
  std::optional<std::uint64_t> controller_major;
  std::optional<std::uint64_t> controller_minor;
  std::vector<std::uint64_t> characteristics;
  std::vector<std::string> versions;
  std::optional<std::uint64_t> smbios_major;
  std::optional<std::uint64_t> smbios_minor;
  std::string language;
  std::vector<std::string> languages;
  std::optional<std::uint64_t> language_count;
};

struct Bios {
  using View = BiosView;
  static constexpr std::string_view kClass = "Win32_BIOS";
  static constexpr std::string_view kAbout =
      "One instance: the firmware that started this machine. None where there is no SMBIOS table (most ARM boards, "
      "containers).";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct BaseBoardView : ViewBase {
  std::string tag;
  std::string manufacturer;
  std::string product;
  std::string version;
  std::string serial_number;
  std::optional<bool> is_hosting;
  std::optional<bool> needs_daughter;
  std::optional<bool> is_removable;
  std::optional<bool> is_replaceable;
  std::optional<bool> is_hot_swappable;
  std::vector<std::string> options;
};

struct BaseBoard {
  using View = BaseBoardView;
  static constexpr std::string_view kClass = "Win32_BaseBoard";
  static constexpr std::string_view kAbout =
      "One instance for each board of the SMBIOS table (type 2); for users who may not read the table, the first one.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct SystemEnclosureView : ViewBase {
  std::string tag;
  std::string manufacturer;
  std::string version;
  std::string serial_number;
  std::string asset_tag;
  std::string sku;
  std::vector<std::uint64_t> types;
  std::optional<bool> has_lock;
  std::optional<std::uint64_t> security_status;
  std::optional<std::uint64_t> power_cords;
};

struct SystemEnclosure {
  using View = SystemEnclosureView;
  static constexpr std::string_view kClass = "Win32_SystemEnclosure";
  static constexpr std::string_view kAbout =
      "One instance for each chassis of the SMBIOS table (type 3); for users who may not read the table, the first "
      "one.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct PhysicalMemoryView : ViewBase {
  std::string tag;
  std::string locator;
  std::string bank;
  std::string manufacturer;
  std::string serial_number;
  std::string part_number;
  std::optional<std::uint64_t> bytes;
  std::optional<std::uint64_t> total_width;
  std::optional<std::uint64_t> data_width;
  std::optional<std::uint64_t> form_factor;
  std::optional<std::uint64_t> memory_type;
  std::optional<std::uint64_t> smbios_type;
  std::optional<std::uint64_t> type_detail;
  std::optional<std::uint64_t> speed;
  std::optional<std::uint64_t> configured_speed;
  std::optional<std::uint64_t> rank;
  std::optional<std::uint64_t> voltage_min;
  std::optional<std::uint64_t> voltage_max;
  std::optional<std::uint64_t> voltage;
  std::optional<std::uint64_t> interleave_position;
  std::optional<std::uint64_t> interleave_depth;
  std::optional<std::uint64_t> row_position;
};

struct PhysicalMemory {
  using View = PhysicalMemoryView;
  static constexpr std::string_view kClass = "Win32_PhysicalMemory";
  static constexpr std::string_view kAbout =
      "One instance for each memory module that is in its slot (SMBIOS type 17). Only root may read the table: others "
      "get none, and are told why.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct PhysicalMemoryArrayView : ViewBase {
  std::string tag;
  std::optional<std::uint64_t> location;
  std::optional<std::uint64_t> use;
  std::optional<std::uint64_t> error_correction;
  std::optional<std::uint64_t> kilobytes_max;
  std::optional<std::uint64_t> devices;
};

struct PhysicalMemoryArray {
  using View = PhysicalMemoryArrayView;
  static constexpr std::string_view kClass = "Win32_PhysicalMemoryArray";
  static constexpr std::string_view kAbout =
      "One instance for each group of memory slots (SMBIOS type 16). Only root may read the table: others get none, "
      "and "
      "are told why.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct MemoryDeviceView : ViewBase {
  std::string device_id;
  std::string host_name;
  std::optional<std::uint64_t> first_kilobyte;
  std::optional<std::uint64_t> last_kilobyte;
  std::optional<bool> is_system_address;
  std::optional<std::uint64_t> error_info;
  std::optional<std::uint64_t> error_granularity;
};

struct MemoryDevice {
  using View = MemoryDeviceView;
  static constexpr std::string_view kClass = "Win32_MemoryDevice";
  static constexpr std::string_view kAbout =
      "One instance for each memory module that is in its slot, with the addresses it answers to (SMBIOS types 17 and "
      "20). Only root may read the table: others get none, and are told why.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
