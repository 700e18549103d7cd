#include "providers/linux/logical_disk/disk_selection.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_map>

namespace wmi::linuxos {
namespace {

constexpr std::string_view kNetworkFileSystems[] = {
    "9p",         "afs",         "beegfs",      "ceph",           "cifs",        "davfs",
    "fuse.ceph",  "fuse.cephfs", "fuse.davfs2", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs",
    "fuse.sshfs", "glusterfs",   "gpfs",        "lustre",         "ncpfs",       "nfs",
    "nfs4",       "orangefs",    "smb3",        "smbfs",
};

// File systems that name their storage otherwise than by a device file.
bool HasOwnStorage(std::string_view file_system) { return file_system == "zfs" || file_system == "bcachefs"; }

bool IsDisk(const Mount& mount) {
  // The kernel's own device file system is no disk, whatever its source is called.
  if (mount.file_system == "devtmpfs") return false;
  return mount.source.starts_with("/dev/") || HasOwnStorage(mount.file_system) ||
         IsNetworkFileSystem(mount.file_system) || mount.mount_point == "/";
}

// Whether `path` is `folder` or lies below it.
bool IsWithin(std::string_view path, std::string_view folder) {
  if (folder == "/") return true;
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

// The mount that stands for what both show comes first: the larger part, then the shorter path.
bool IsBetter(const Mount& a, const Mount& b) {
  if (a.root.size() != b.root.size()) return a.root.size() < b.root.size();
  return a.mount_point.size() < b.mount_point.size();
}

}  // namespace

bool IsNetworkFileSystem(std::string_view file_system) {
  return std::find(std::begin(kNetworkFileSystems), std::end(kNetworkFileSystems), file_system) !=
         std::end(kNetworkFileSystems);
}

std::vector<Mount> SelectDisks(const Machine& machine) {
  std::vector<Mount> candidates = ReadMounts(machine);
  std::erase_if(candidates, [](const Mount& mount) { return !IsDisk(mount); });

  std::vector<std::size_t> order(candidates.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (IsBetter(candidates[a], candidates[b])) return true;
    return !IsBetter(candidates[b], candidates[a]) && a < b;
  });

  std::vector<bool> is_chosen(candidates.size(), false);
  std::unordered_map<std::string, std::vector<std::size_t>> chosen_of_device;
  for (const std::size_t index : order) {
    const Mount& mount = candidates[index];
    std::vector<std::size_t>& chosen = chosen_of_device[mount.device];
    const bool is_part = std::any_of(chosen.begin(), chosen.end(),
                                     [&](std::size_t other) { return IsWithin(mount.root, candidates[other].root); });
    // Containers mount single files, such as /etc/hosts, over their tree. Only such parts are asked what they are, so
    // a disk that is whole costs no call here.
    if (is_part || (mount.root != "/" && !machine.files->IsDirectory(mount.mount_point.c_str()))) continue;
    chosen.push_back(index);
    is_chosen[index] = true;
  }
  std::vector<Mount> disks;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (is_chosen[i]) disks.push_back(std::move(candidates[i]));
  }
  return disks;
}

}  // namespace wmi::linuxos
