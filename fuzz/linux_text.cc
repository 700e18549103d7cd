// Texts of the kernel: whatever they hold, reading them ends, and what was taken from a line can be told again. The
// first byte chooses the reader.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "providers/linux/changes/device_messages.h"
#include "providers/linux/kernel/control_groups.h"
#include "providers/linux/kernel/kernel_objects.h"
#include "providers/linux/kernel/kernel_text.h"
#include "providers/linux/kernel/sockets.h"
#include "providers/linux/kernel/sysctl.h"
#include "providers/linux/mounts.h"

namespace {

using namespace wmi::linuxos;  // NOLINT: only readers of texts

void Require(bool holds) {
  if (!holds) std::abort();
}

void ReadSocket(std::string_view protocol, std::string_view line) {
  const auto socket = protocol == "unix" ? ParseUnixSocket(line) : ParseInternetSocket(protocol, line);
  Require(!socket || (socket->id.starts_with(protocol) && socket->id.size() > protocol.size() + 1));
}

void ReadContainer(std::string_view path) {
  const auto found = ContainerOf(path);
  Require(!found || (!found->id.empty() && path.starts_with(found->path)));
}

void ReadPressure(std::string_view text) {
  const Pressure pressure = ParsePressure(text);
  for (const auto& share : {pressure.some.average10, pressure.full.average300}) {
    Require(!share || (*share >= 0 && *share <= 100));
  }
}

// A name that leads to a file is the name of that file.
void ReadSysctlName(std::string_view name) {
  const auto path = SysctlPath(name);
  Require(path.empty() || SysctlName(path) == name);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'm': {
      const auto mount = ParseMount(text);
      Require(!mount || text.find(" - ") != std::string_view::npos);
      break;
    }
    case 't':
      ReadSocket("tcp", text);
      break;
    case '6':
      ReadSocket("udp6", text);
      break;
    case 'u':
      ReadSocket("unix", text);
      break;
    case 'l': {
      const auto module = ParseModule(text);
      Require(!module || !module->name.empty());
      break;
    }
    case 'c':
      ReadContainer(text);
      break;
    case 'i':
      Require(ParseIoStat(text).size() <= 4);
      break;
    case 'f':
      Require(ParseFigures(text).size() <= text.size());
      break;
    case 'p':
      ReadPressure(text);
      break;
    case 'd': {
      const auto message = ParseDeviceMessage(text);
      Require(!message || (text.starts_with(message->action) && message->path.starts_with('/')));
      if (message) ChangeOf(*message);
      break;
    }
    case 'n': {
      const auto link = ParseNamespaceLink(text);
      Require(!link || text.starts_with(link->type));
      break;
    }
    default:
      ReadSysctlName(text);
  }
  return 0;
}
