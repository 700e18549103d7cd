#include "providers/linux/host.h"

#include <sys/utsname.h>

#include "providers/linux/accounts/name_service.h"
#include "providers/linux/bus/system_bus.h"
#include "providers/linux/devices/device_names.h"
#include "providers/linux/devices/print_server.h"
#include "providers/linux/files/file_calls.h"
#include "providers/linux/guarded_calls.h"
#include "providers/linux/network/netlink.h"
#include "providers/linux/network/ping.h"
#include "providers/linux/process/process_calls.h"
#include "providers/linux/process_events/process_connector.h"
#include "providers/linux/software/journal_reader.h"
#include "providers/linux/storage/mounting.h"

namespace wmi::linuxos {

GuardedCalls& Machine::RealGuardedCalls() { return GuardedCalls::Real(); }
NameService& Machine::RealNameService() { return NameService::Real(); }
SystemBus& Machine::RealSystemBus() { return SystemBus::Real(); }
ProcessCalls& Machine::RealProcessCalls() { return ProcessCalls::Real(); }
ProcessConnector& Machine::RealProcessConnector() { return ProcessConnector::Real(); }
DeviceNames& Machine::RealDeviceNames() { return DeviceNames::Real(); }
PrintServer& Machine::RealPrintServer() { return PrintServer::Real(); }
Netlink& Machine::RealNetlink() { return Netlink::Real(); }
Pinger& Machine::RealPinger() { return Pinger::Real(); }
JournalReader& Machine::RealJournal() { return JournalReader::Real(); }
Mounting& Machine::RealMounting() { return Mounting::Real(); }
FileCalls& Machine::RealFileCalls() { return FileCalls::Real(); }

namespace {

std::string_view Unquoted(std::string_view text) {
  text = Trim(text);
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front()) {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

}  // namespace

std::string HostName(const Machine& machine) {
  return ReadLine(*machine.files, machine.root.proc + "/sys/kernel/hostname");
}

std::string KernelRelease(const Machine& machine) {
  return ReadLine(*machine.files, machine.root.proc + "/sys/kernel/osrelease");
}

std::string KernelArchitecture(const Machine& machine) {
  std::string architecture = ReadLine(*machine.files, machine.root.proc + "/sys/kernel/arch");
  if (!architecture.empty()) return architecture;
  // Before Linux 6.1 only the call tells.
  utsname names;
  return ::uname(&names) == 0 ? std::string(names.machine) : std::string();
}

std::optional<std::int64_t> BootTime(const Machine& machine) {
  const std::string text = ReadText(*machine.files, machine.root.proc + "/stat", kKernelTextBytesMax);
  std::string_view rest = text;
  std::string_view line;
  while (NextPart(rest, '\n', line)) {
    std::int64_t seconds = 0;
    if (line.starts_with("btime ") && ParseSigned(line.substr(6), seconds)) return seconds;
  }
  return std::nullopt;
}

std::string SettingOf(std::string_view text, std::string_view name) {
  std::string_view line;
  while (NextPart(text, '\n', line)) {
    line = Trim(line);
    if (line.size() <= name.size() || line[name.size()] != '=' || !line.starts_with(name)) continue;
    std::string value;
    const std::string_view quoted = Unquoted(line.substr(name.size() + 1));
    for (std::size_t i = 0; i < quoted.size(); ++i) {
      // Inside quotes the shell's escapes are allowed (os-release(5)).
      if (quoted[i] == '\\' && i + 1 < quoted.size()) ++i;
      value += quoted[i];
    }
    return value;
  }
  return {};
}

std::string OsRelease(const Machine& machine) {
  constexpr std::size_t kBytesMax = 64u << 10;
  std::string text = ReadText(*machine.files, machine.root.etc + "/os-release", kBytesMax);
  if (text.empty()) text = ReadText(*machine.files, machine.root.usr + "/lib/os-release", kBytesMax);
  return text;
}

std::string OperatingSystemName(std::string_view os_release) {
  for (const char* name : {"PRETTY_NAME", "NAME"}) {
    std::string value = SettingOf(os_release, name);
    if (!value.empty()) return value;
  }
  // os-release(5): the default of a system that does not say.
  return "Linux";
}

std::optional<std::uint64_t> MemoryFigure(std::string_view meminfo, std::string_view name) {
  std::string_view line;
  while (NextPart(meminfo, '\n', line)) {
    if (line.size() <= name.size() || line[name.size()] != ':' || !line.starts_with(name)) continue;
    std::uint64_t kilobytes = 0;
    if (ParseUnsigned(line.substr(name.size() + 1), kilobytes)) return kilobytes;
    return std::nullopt;
  }
  return std::nullopt;
}

std::string_view CpuField(std::string_view text, std::string_view name) {
  std::string_view line;
  while (NextPart(text, '\n', line)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || Trim(line.substr(0, colon)) != name) continue;
    return Trim(line.substr(colon + 1));
  }
  return {};
}

}  // namespace wmi::linuxos
