// Facts about this machine that several classes show: host name, boot time, kernel, memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "providers/linux/files.h"
#include "providers/linux/system_root.h"

namespace wmi::linuxos {

class DeviceNames;
class FileCalls;
class GuardedCalls;
class JournalReader;
class Mounting;
class NameService;
class Netlink;
class Pinger;
class PrintServer;
class ProcessCalls;
class ProcessConnector;
class SystemBus;

// Where to read and with which calls; what every provider is made with. A value; what it points to is not owned and
// lives longer. Tests put doubles there.
struct Machine {
  SystemRoot root;
  Files* files = &Files::Real();
  GuardedCalls* guarded = &RealGuardedCalls();
  NameService* names = &RealNameService();
  SystemBus* bus = &RealSystemBus();
  ProcessCalls* process_calls = &RealProcessCalls();
  ProcessConnector* process_connector = &RealProcessConnector();
  DeviceNames* device_names = &RealDeviceNames();
  Netlink* netlink = &RealNetlink();
  Pinger* pinger = &RealPinger();
  JournalReader* journal = &RealJournal();
  Mounting* mounting = &RealMounting();
  FileCalls* file_calls = &RealFileCalls();
  PrintServer* print_server = &RealPrintServer();

  // Those of this process, by names that need no more than a declaration of their classes.
  static GuardedCalls& RealGuardedCalls();
  static NameService& RealNameService();
  static SystemBus& RealSystemBus();
  static ProcessCalls& RealProcessCalls();
  static ProcessConnector& RealProcessConnector();
  static DeviceNames& RealDeviceNames();
  static PrintServer& RealPrintServer();
  static Netlink& RealNetlink();
  static Pinger& RealPinger();
  static JournalReader& RealJournal();
  static Mounting& RealMounting();
  static FileCalls& RealFileCalls();
};

// Empty when unknown.
std::string HostName(const Machine& machine);
std::string KernelRelease(const Machine& machine);
// "x86_64", "aarch64": the kernel's own name for the architecture.
std::string KernelArchitecture(const Machine& machine);

// Seconds since 1970 (btime of /proc/stat).
std::optional<std::int64_t> BootTime(const Machine& machine);

// A value of an os-release or machine-info file, quotes taken off; empty when not there.
std::string SettingOf(std::string_view text, std::string_view name);
// The text of os-release, from /etc or else /usr/lib; empty when there is none.
std::string OsRelease(const Machine& machine);
// What the distribution calls itself: Name of Win32_OperatingSystem and OSName of Win32_Process.
std::string OperatingSystemName(std::string_view os_release);

// One figure of /proc/meminfo, in kilobytes.
std::optional<std::uint64_t> MemoryFigure(std::string_view meminfo, std::string_view name);

// Value of the first line "name<blanks>: value" of a text like /proc/cpuinfo; empty when there is none.
std::string_view CpuField(std::string_view text, std::string_view name);

inline constexpr std::size_t kKernelTextBytesMax = 8u << 20;

}  // namespace wmi::linuxos
