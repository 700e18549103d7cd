#include "providers/linux/mounts.h"

#include <algorithm>
#include <unordered_map>

namespace wmi::linuxos {
namespace {

constexpr std::size_t kMountsMax = 100'000;

bool IsOctal(char c) { return c >= '0' && c <= '7'; }

// The kernel writes blanks, tabs, newlines and backslashes of names as \040 and the like.
std::string Unescaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && IsOctal(text[i + 1]) && IsOctal(text[i + 2]) &&
        IsOctal(text[i + 3])) {
      out += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

std::optional<Mount> ParseMount(std::string_view line) {
  // ID parent device root point options [tag...] - type source super-options (proc_pid_mountinfo(5))
  std::string_view id, parent, device, root, point, options, part;
  if (!NextPart(line, ' ', id) || !NextPart(line, ' ', parent) || !NextPart(line, ' ', device) ||
      !NextPart(line, ' ', root) || !NextPart(line, ' ', point) || !NextPart(line, ' ', options)) {
    return std::nullopt;
  }
  std::uint64_t id_number = 0;
  std::uint64_t parent_number = 0;
  if (!ParseUnsigned(id, id_number) || !ParseUnsigned(parent, parent_number)) return std::nullopt;
  std::string propagation;
  while (true) {
    if (!NextPart(line, ' ', part)) return std::nullopt;
    if (part == "-") break;
    if (!propagation.empty()) propagation += ' ';
    propagation += part;
  }
  std::string_view type, source, super_options;
  if (!NextPart(line, ' ', type) || !NextPart(line, ' ', source)) return std::nullopt;
  NextPart(line, ' ', super_options);
  Mount mount;
  mount.device = device;
  mount.root = Unescaped(root);
  mount.mount_point = Unescaped(point);
  mount.mount_options = options;
  mount.file_system = Unescaped(type);
  mount.source = Unescaped(source);
  mount.super_options = super_options;
  mount.id = static_cast<std::uint32_t>(id_number);
  mount.parent_id = static_cast<std::uint32_t>(parent_number);
  mount.propagation = std::move(propagation);
  return mount;
}

std::vector<Mount> ReadMounts(const Machine& machine) {
  const std::string text = ReadText(*machine.files, machine.root.proc + "/self/mountinfo", kKernelTextBytesMax);
  std::vector<Mount> mounts;
  std::unordered_map<std::string, std::size_t> places;
  std::string_view rest = text;
  std::string_view line;
  while (mounts.size() < kMountsMax && NextPart(rest, '\n', line)) {
    std::optional<Mount> mount = ParseMount(line);
    if (!mount) continue;
    // Later lines lie on top of earlier ones of the same place.
    const auto [place, is_new] = places.try_emplace(mount->mount_point, mounts.size());
    if (is_new) {
      mounts.push_back(std::move(*mount));
    } else {
      mounts[place->second] = std::move(*mount);
    }
  }
  return mounts;
}

const Mount* FindMount(const std::vector<Mount>& mounts, std::string_view path) {
  const auto found =
      std::find_if(mounts.begin(), mounts.end(), [&](const Mount& mount) { return mount.mount_point == path; });
  return found == mounts.end() ? nullptr : &*found;
}

}  // namespace wmi::linuxos
