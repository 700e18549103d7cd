#include "providers/linux/files/folder_changes.h"

#include <fmt/format.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "providers/linux/changes/notifier.h"
#include "providers/linux/logical_disk/disk_selection.h"
#include "providers/linux/mounts.h"

namespace wmi::linuxos {
namespace {

constexpr std::size_t kFoldersMax = 64;
constexpr std::uint32_t kChanges = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_MODIFY | IN_ATTRIB;
constexpr std::uint32_t kEndOfFolder = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED;
// Reads that one call makes; the rest waits for the next.
constexpr int kReadsMax = 16;

// The folders to watch, each with its slash at the end, and the files in it that matter; none: all.
using Folders = std::map<std::string, std::set<std::string>>;

Folders FoldersOf(const provider::Request& request) {
  Folders folders;
  if (request.has_keys) {
    for (const provider::KeyTuple& key : request.keys) {
      if (key.size() != 1 || key.front().view().kind() != cim::ValueKind::kText) continue;
      const std::string_view name = key.front().view().text();
      const std::size_t slash = name.rfind('/');
      if (!name.starts_with('/') || slash + 1 == name.size()) continue;
      folders[std::string(name.substr(0, slash + 1))].insert(std::string(name));
    }
    return folders;
  }
  const auto path_slot = request.schema->FindSlot("Path");
  for (const provider::Request::Allowed& allowed : request.allowed) {
    if (allowed.slot != path_slot) continue;
    for (const cim::Value& value : allowed.values) {
      if (value.view().kind() != cim::ValueKind::kText) continue;
      const std::string_view path = value.view().text();
      if (path.starts_with('/') && path.ends_with('/')) folders[std::string(path)];
    }
  }
  return folders;
}

// Files that the kernel makes up change without anybody writing them.
bool IsMadeUp(std::string_view file_system) {
  static constexpr std::array<std::string_view, 10> kMadeUp = {
      "proc", "sysfs", "cgroup2", "cgroup", "debugfs", "tracefs", "devpts", "bpf", "securityfs", "configfs"};
  for (const std::string_view name : kMadeUp) {
    if (file_system == name) return true;
  }
  return false;
}

// The mount that a folder lies on, by the table alone: a server that is dead must not be asked.
const Mount* MountOf(const std::vector<Mount>& mounts, std::string_view folder) {
  const Mount* nearest = nullptr;
  for (const Mount& mount : mounts) {
    const std::string_view point = mount.mount_point;
    const bool is_above = point == "/" || (folder.starts_with(point) && folder.substr(point.size()).starts_with('/'));
    if (is_above && (nearest == nullptr || nearest->mount_point.size() <= point.size())) nearest = &mount;
  }
  return nearest;
}

class FolderListening final : public provider::Listening {
 public:
  explicit FolderListening(std::shared_ptr<provider::ChangeListener> listener) : listener_(std::move(listener)) {}

  Status Start(Folders folders, exec::Reactor& reactor) {
    inotify_ = Descriptor(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (inotify_.get() < 0) return SystemStatus(code::kFailed, "inotify_init1", errno);
    for (auto& [path, names] : folders) {
      const int number = inotify_add_watch(inotify_.get(), path.c_str(), kChanges | kEndOfFolder | IN_ONLYDIR);
      if (number < 0) {
        const int error = errno;
        return SystemStatus(error == EACCES ? code::kAccessDenied : code::kNotSupported,
                            fmt::format("inotify_add_watch({})", path), error);
      }
      folders_[number] = {path, std::move(names)};
    }
    watch_ = TRY(reactor.Add(inotify_.get(), [this] { Ready(); }));
    return Status();
  }

 private:
  struct Folder {
    std::string path;
    std::set<std::string> names;
  };

  void Ready() {
    alignas(inotify_event) std::array<char, 16384> buffer;
    std::set<std::string> changed;
    for (int i = 0; i < kReadsMax; ++i) {
      const ssize_t size = read(inotify_.get(), buffer.data(), buffer.size());
      if (size <= 0) break;
      Take({buffer.data(), static_cast<std::size_t>(size)}, changed);
    }
    for (const std::string& name : changed) listener_->Look({cim::Value::Text(name)});
  }

  void Take(std::string_view bytes, std::set<std::string>& changed) {
    while (bytes.size() >= sizeof(inotify_event)) {
      inotify_event event{};
      std::memcpy(&event, bytes.data(), sizeof event);
      bytes.remove_prefix(sizeof event);
      if (event.len > bytes.size()) return;
      // Zeros fill the name up.
      const std::string_view padded = bytes.substr(0, event.len);
      const std::string_view name = padded.substr(0, padded.find('\0'));
      bytes.remove_prefix(event.len);
      TakeOne(event.wd, event.mask, name, changed);
    }
  }

  void TakeOne(int number, std::uint32_t mask, std::string_view name, std::set<std::string>& changed) {
    if ((mask & IN_Q_OVERFLOW) != 0) {
      return listener_->Lost(0, "the queue of inotify was full; fs.inotify.max_queued_events makes it longer");
    }
    const auto found = folders_.find(number);
    if (found == folders_.end()) return;
    const Folder& folder = found->second;
    if ((mask & kEndOfFolder) != 0) {
      const Status why(code::kNotFound, fmt::format("the folder {} is not there any more", folder.path));
      folders_.erase(found);
      return listener_->Ended(why);
    }
    std::string path = fmt::format("{}{}", folder.path, name);
    if (!name.empty() && (folder.names.empty() || folder.names.contains(path))) changed.insert(std::move(path));
  }

  const std::shared_ptr<provider::ChangeListener> listener_;
  Descriptor inotify_;
  std::unordered_map<int, Folder> folders_;
  std::unique_ptr<exec::Reactor::Watch> watch_;  // last: it goes first
};

}  // namespace

Result<std::unique_ptr<provider::Listening>> FolderChanges::Listen(const provider::Request& request,
                                                                   exec::Reactor& reactor,
                                                                   std::shared_ptr<provider::ChangeListener> listener) {
  Folders folders = FoldersOf(request);
  if (folders.empty()) {
    return Status(code::kNotSupported,
                  "files are told of where the query names their folder, TargetInstance.Path = '/etc/', or the file, "
                  "TargetInstance.Name = '/etc/fstab'");
  }
  if (folders.size() > kFoldersMax) {
    return Status(code::kNotSupported, fmt::format("files are told of in {} folders at most", kFoldersMax));
  }
  const std::vector<Mount> mounts = ReadMounts(machine_);
  for (const auto& [path, names] : folders) {
    const Mount* const mount = MountOf(mounts, path);
    if (mount == nullptr || IsNetworkFileSystem(mount->file_system) || IsMadeUp(mount->file_system)) {
      return Status(code::kNotSupported, fmt::format("nobody tells all that happens in {}, which is on {}", path,
                                                     mount == nullptr ? "no known file system" : mount->file_system));
    }
  }
  auto listening = std::make_unique<FolderListening>(std::move(listener));
  TRY(listening->Start(std::move(folders), reactor));
  return std::unique_ptr<provider::Listening>(std::move(listening));
}

}  // namespace wmi::linuxos
