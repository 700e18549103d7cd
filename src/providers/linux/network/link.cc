#include "providers/linux/network/link.h"

#include <fmt/format.h>
#include <linux/if.h>
#include <linux/if_arp.h>

#include <cerrno>
#include <iterator>

namespace wmi::linuxos {
namespace {

constexpr std::size_t kTextBytesMax = 256u << 10;

std::string LinkFolder(const Machine& machine, const NetLink& link) {
  return fmt::format("{}/class/net/{}", machine.root.sys, link.name);
}

}  // namespace

LinkState StateOf(const NetLink& link) { return static_cast<LinkState>(link.operating_state); }

bool IsUp(const NetLink& link) { return (link.flags & IFF_UP) != 0; }
bool IsLoopback(const NetLink& link) { return (link.flags & IFF_LOOPBACK) != 0; }

bool IsConnected(const NetLink& link) {
  // Loopback and tunnels never leave "unknown".
  return StateOf(link) == LinkState::kUp ||
         (StateOf(link) == LinkState::kUnknown && IsUp(link) && (link.flags & IFF_LOWER_UP) != 0);
}

std::string HardwareAddress(const NetLink& link, const std::string& bytes, std::string_view separator) {
  const bool has_one = link.hardware == ARPHRD_ETHER || link.hardware == ARPHRD_INFINIBAND ||
                       link.hardware == ARPHRD_IEEE80211 || link.hardware == ARPHRD_IEEE1394;
  if (!has_one || bytes.find_first_not_of('\0') == std::string::npos) return {};
  std::string text;
  for (const char byte : bytes) {
    if (!text.empty()) text += separator;
    fmt::format_to(std::back_inserter(text), "{:02X}", static_cast<unsigned char>(byte));
  }
  return text;
}

std::optional<std::uint32_t> LinkIndexOf(cim::ValueView key) {
  std::uint64_t number = 0;
  if (key.kind() == cim::ValueKind::kUnsigned) {
    number = key.unsigned_integer();
  } else if (key.kind() != cim::ValueKind::kText || !ParseUnsigned(key.text(), number) ||
             std::to_string(number) != key.text()) {
    return std::nullopt;
  }
  if (number == 0 || number > 0x7FFFFFFF) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

int ReadLinks(const Machine& machine, const Asked& asked, std::vector<NetLink>& out) {
  if (!asked.request.has_keys) return machine.netlink->Links(0, out);
  for (const provider::KeyTuple& key : asked.request.keys) {
    const auto index = key.size() == 1 ? LinkIndexOf(key.front().view()) : std::nullopt;
    if (!index) continue;
    if (const int error = machine.netlink->Links(*index, out)) return error;
  }
  return 0;
}

std::string ReadLinkDriver(const Machine& machine, const NetLink& link) {
  TextBuffer target;
  const std::string path = LinkFolder(machine, link) + "/device/driver";
  if (machine.files->ReadLink(kNoDirectory, path.c_str(), target) != 0) return link.kind;
  const std::string_view text = target.text();
  return std::string(text.substr(text.rfind('/') + 1));
}

LinkNames ReadLinkNames(const Machine& machine, const NetLink& link) {
  const std::string text =
      ReadText(*machine.files, fmt::format("{}/udev/data/n{}", machine.root.run, link.index), kTextBytesMax);
  LinkNames names;
  std::string_view rest = text;
  std::string_view line;
  while (NextPart(rest, '\n', line)) {
    constexpr std::string_view kProduct = "E:ID_MODEL_FROM_DATABASE=";
    constexpr std::string_view kVendor = "E:ID_VENDOR_FROM_DATABASE=";
    if (line.starts_with(kProduct)) names.product = line.substr(kProduct.size());
    if (line.starts_with(kVendor)) names.vendor = line.substr(kVendor.size());
  }
  return names;
}

std::optional<bool> ReadIsPhysical(const Machine& machine, const NetLink& link) {
  TextBuffer target;
  const std::string folder = LinkFolder(machine, link);
  const int error = machine.files->ReadLink(kNoDirectory, (folder + "/device").c_str(), target);
  if (error == 0) return true;
  // A sandbox may hide the folder of links: then nothing is known.
  if (error == ENOENT && machine.files->IsDirectory(folder.c_str())) return false;
  return std::nullopt;
}

bool ReadIsWireless(const Machine& machine, const NetLink& link) {
  TextBuffer target;
  const std::string folder = LinkFolder(machine, link);
  return machine.files->IsDirectory((folder + "/wireless").c_str()) ||
         machine.files->ReadLink(kNoDirectory, (folder + "/phy80211").c_str(), target) == 0;
}

std::optional<std::uint64_t> ReadLinkSpeed(const Machine& machine, const NetLink& link) {
  std::int64_t megabits = 0;
  // Links that are down refuse the read, those without a speed say -1.
  if (!ParseSigned(ReadLine(*machine.files, LinkFolder(machine, link) + "/speed"), megabits) || megabits <= 0) {
    return std::nullopt;
  }
  constexpr std::int64_t kMegabitsMax = 1'000'000'000;
  if (megabits > kMegabitsMax) return std::nullopt;
  return static_cast<std::uint64_t>(megabits) * 1'000'000;
}

std::string ReadLinkDuplex(const Machine& machine, const NetLink& link) {
  return ReadLine(*machine.files, LinkFolder(machine, link) + "/duplex");
}

}  // namespace wmi::linuxos
