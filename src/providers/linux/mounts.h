// The mount table of this machine (/proc/self/mountinfo).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/host.h"

namespace wmi::linuxos {

struct Mount {
  std::string device;  // "254:0"
  std::string root;    // the part of the file system that is mounted, "/" for all of it
  std::string mount_point;
  std::string mount_options;  // "rw,relatime"
  std::string file_system;    // "ext4"
  std::string source;         // "/dev/vda1", "server:/export", "tmpfs"
  std::string super_options;
  std::uint32_t id = 0;
  std::uint32_t parent_id = 0;
  std::string propagation;  // "shared:1 master:2"; empty for a private mount
};

// A line of the table; nothing when it has another form.
std::optional<Mount> ParseMount(std::string_view line);

// All mounts that can be reached by their mount point: of several on one place only the topmost. Empty when the table
// cannot be read.
std::vector<Mount> ReadMounts(const Machine& machine);

// The mount whose mount point is exactly `path`.
const Mount* FindMount(const std::vector<Mount>& mounts, std::string_view path);

}  // namespace wmi::linuxos
