#include "providers/registry/key_watch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "base/text.h"
#include "win32/registry/files.h"

namespace wmi::registry {
namespace {

using win32::ErrorCode;

// The folders of one tree, two for a key with values.
constexpr std::size_t kFoldersMax = 10'000;
// Reads that one call makes; the rest waits for the next.
constexpr int kReadsMax = 16;

constexpr std::uint32_t kComes = IN_CREATE | IN_MOVED_TO;
constexpr std::uint32_t kGoes = IN_DELETE | IN_MOVED_FROM;
constexpr std::uint32_t kIsGone = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT;
// A value that is made by hand is new when it has been written.
constexpr std::uint32_t kValueChanges = IN_CLOSE_WRITE | IN_MOVED_TO | kGoes;

// Also through a link: the way to the registry may have some.
bool IsReachable(const std::string& folder) {
  struct stat state;
  return stat(folder.c_str(), &state) == 0 && S_ISDIR(state.st_mode);
}

// The store's own files.
bool IsHidden(std::string_view name) { return name.starts_with('.'); }

std::string NameOfValuesFolder() { return win32::ValuesFolderOf("").substr(1); }

bool HasVisible(const std::string& folder) {
  std::vector<std::string> names;
  if (win32::ListFolder(folder, names) != ERROR_SUCCESS) return false;
  return std::any_of(names.begin(), names.end(), [](const std::string& name) { return !IsHidden(name); });
}

bool IsEmptyKey(const std::string& folder) { return !HasVisible(folder) && !HasVisible(win32::ValuesFolderOf(folder)); }

Status InotifyFailure(const std::string& call, int error) {
  Status failure = SystemStatus(error == EACCES ? code::kAccessDenied : code::kFailed, call, error);
  if (error != ENOSPC && error != EMFILE) return failure;
  return {code::kOutOfMemory, fmt::format("{}; fs.inotify.max_user_{} is the most for a user", failure.Message(),
                                          error == ENOSPC ? "watches" : "instances")};
}

Status Unreadable(const std::string& folder, ErrorCode error) {
  return {code::kFailed, fmt::format("the folder {} of the registry cannot be read: error {}", folder, error)};
}

}  // namespace

KeyWatch::KeyWatch(win32::RegistryStore store, win32::KeyPath key, Depth depth, Told told)
    : store_(std::move(store)), key_(std::move(key)), depth_(depth), told_(std::move(told)) {}

KeyWatch::~KeyWatch() {
  watch_.reset();
  if (inotify_ >= 0) close(inotify_);
}

Status KeyWatch::Open() {
  if (store_.Exists(key_) != ERROR_SUCCESS) {
    return Status(code::kNotFound, fmt::format("there is no key {} in the registry {}; make it first, or ask for "
                                               "RegistryTreeChangeEvent of one above it",
                                               fmt::join(key_, "\\"), store_.root()));
  }
  inotify_ = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (inotify_ < 0) return InotifyFailure("inotify_init1", errno);
  TRY(Renew());
  return Status();
}

Status KeyWatch::Start(exec::Reactor& reactor) {
  watch_ = TRY(reactor.Add(inotify_, [this] { Ready(); }));
  return Status();
}

// ---- what is watched

// False for a folder that has gone meanwhile: the folder above, which is watched already, will tell.
Result<bool> KeyWatch::Watch(Folder folder, Folders& into) const {
  if (into.size() >= kFoldersMax) {
    return Status(code::kNotSupported,
                  fmt::format("below {} are too many keys to be watched, more than {} folders; name one further down",
                              fmt::join(key_, "\\"), kFoldersMax));
  }
  const std::uint32_t mask = folder.kind == Folder::Kind::kValues ? kValueChanges : kComes | kGoes | kIsGone;
  const int number = inotify_add_watch(inotify_, folder.path.c_str(), mask | IN_ONLYDIR);
  if (number >= 0) {
    into[number] = std::move(folder);
    return true;
  }
  const int error = errno;
  if (error == ENOENT || error == ENOTDIR) return false;
  return InotifyFailure(fmt::format("inotify_add_watch({})", folder.path), error);
}

// Each folder is watched before it is looked into, so nothing slips through. `key_folder` stays empty when the way ends
// before the key.
Status KeyWatch::FollowWay(Folders& into, std::string& key_folder) const {
  const std::string& root = store_.root();
  std::string folder = root;
  while (folder.size() > 1 && !IsReachable(folder)) folder.resize(std::max<std::size_t>(folder.rfind('/'), 1));
  while (folder != root) {
    const std::size_t begin = root.find_first_not_of('/', folder.size());
    if (begin == std::string::npos) break;  // slashes at the end
    std::string next = root.substr(begin, root.find('/', begin) - begin);
    std::string below = root.substr(0, begin + next.size());
    if (!TRY(Watch({Folder::Kind::kAbove, folder, std::move(next)}, into)) || !IsReachable(below)) return Status();
    folder = std::move(below);
  }
  for (const std::string& name : key_) {
    if (!TRY(Watch({Folder::Kind::kAbove, folder, {}, &name}, into))) return Status();
    std::string below;
    const ErrorCode error = win32::FindKeyFolder(folder, name, below);
    if (error == ERROR_FILE_NOT_FOUND) return Status();
    if (error != ERROR_SUCCESS) return Unreadable(folder, error);
    folder = std::move(below);
  }
  key_folder = std::move(folder);
  return Status();
}

Status KeyWatch::WatchValues(const std::string& key_folder, Folders& into) const {
  TRY(Watch({Folder::Kind::kValues, win32::ValuesFolderOf(key_folder)}, into));
  return Status();
}

// The key with this folder, for a tree with all below.
Status KeyWatch::WatchKeys(std::string folder, Folders& into) const {
  std::vector<std::string> waiting{std::move(folder)};
  while (!waiting.empty()) {
    const std::string key = std::move(waiting.back());
    waiting.pop_back();
    if (!TRY(Watch({Folder::Kind::kKey, key}, into))) continue;
    TRY(WatchValues(key, into));
    if (depth_ != Depth::kTree) continue;
    std::vector<std::string> names;
    const ErrorCode error = win32::ListFolder(key, names);
    if (error != ERROR_SUCCESS && error != ERROR_FILE_NOT_FOUND) return Unreadable(key, error);
    for (const std::string& name : names) {
      std::string below = fmt::format("{}/{}", key, name);
      if (!IsHidden(name) && win32::IsFolder(below)) waiting.push_back(std::move(below));
    }
  }
  return Status();
}

KeyWatch::State KeyWatch::ReadState(const std::string& key_folder) const {
  State state;
  state.exists = store_.Exists(key_) == ERROR_SUCCESS;
  struct stat about;
  state.has_folder = !key_folder.empty() && lstat(key_folder.c_str(), &about) == 0;
  if (!state.has_folder) return state;
  state.device = about.st_dev;
  state.inode = about.st_ino;
  return state;
}

// Follows the way anew; whether that tells of a change of the key. A folder that is watched already keeps its number.
Result<bool> KeyWatch::Renew() {
  Folders folders;
  std::string key_folder;
  TRY(FollowWay(folders, key_folder));
  if (!key_folder.empty()) TRY(WatchKeys(key_folder, folders));
  for (const auto& [number, folder] : folders_) {
    if (!folders.contains(number)) inotify_rm_watch(inotify_, number);
  }
  folders_ = std::move(folders);
  const State before = std::exchange(state_, ReadState(key_folder));
  if (before.exists != state_.exists) return true;
  if (before.has_folder && state_.has_folder) {
    return before.device != state_.device || before.inode != state_.inode;
  }
  // A key that exists without a folder has got one, which is empty: nobody can see that.
  if (state_.has_folder) return !IsEmptyKey(key_folder);
  return before.has_folder;
}

void KeyWatch::Forget(const std::string& path) {
  for (auto place = folders_.begin(); place != folders_.end();) {
    const std::string& known = place->second.path;
    const bool is_in = known.starts_with(path) && (known.size() == path.size() || known[path.size()] == '/');
    if (is_in) inotify_rm_watch(inotify_, place->first);
    place = is_in ? folders_.erase(place) : std::next(place);
  }
}

// ---- what is heard

void KeyWatch::Ready() {
  if (has_ended_) return;
  alignas(inotify_event) std::array<char, 16384> buffer;
  Heard heard;
  Status failure;
  for (int i = 0; i < kReadsMax && failure.ok(); ++i) {
    const ssize_t size = read(inotify_, buffer.data(), buffer.size());
    if (size > 0) {
      failure = Take({buffer.data(), static_cast<std::size_t>(size)}, heard);
      if (i + 1 < kReadsMax) continue;
    }
    if (!heard.is_way_new || !failure.ok()) break;
    // What the new watches have noted by now has been seen: it is read on, not to be told twice.
    heard.is_way_new = false;
    const Result<bool> renewed = Renew();
    failure = renewed.status();
    heard.changed = heard.changed || (renewed.ok() && *renewed);
  }
  if (heard.changed) told_.changed();
  if (failure.ok()) return;
  has_ended_ = true;
  for (const auto& [number, folder] : folders_) inotify_rm_watch(inotify_, number);
  folders_.clear();
  told_.ended(std::move(failure));
}

Status KeyWatch::Take(std::string_view bytes, Heard& heard) {
  while (bytes.size() >= sizeof(inotify_event)) {
    inotify_event event{};
    std::memcpy(&event, bytes.data(), sizeof event);
    bytes.remove_prefix(sizeof event);
    if (event.len > bytes.size()) break;
    // Zeros fill the name up.
    const std::string_view padded = bytes.substr(0, event.len);
    bytes.remove_prefix(event.len);
    TRY(TakeOne(event.wd, event.mask, padded.substr(0, padded.find('\0')), heard));
  }
  return Status();
}

Status KeyWatch::TakeOne(int number, std::uint32_t mask, std::string_view name, Heard& heard) {
  if ((mask & IN_Q_OVERFLOW) != 0) {  // anything may have happened
    heard.changed = heard.is_way_new = true;
    return Status();
  }
  const auto found = folders_.find(number);
  if (found == folders_.end()) return Status();
  const Folder& folder = found->second;
  const bool is_above = folder.kind == Folder::Kind::kAbove;
  if ((mask & (kIsGone | IN_IGNORED)) != 0) {
    heard.is_way_new = heard.is_way_new || is_above;
    if ((mask & IN_IGNORED) != 0) folders_.erase(found);
    return Status();
  }
  if (folder.kind == Folder::Kind::kValues) {
    heard.changed = heard.changed || (!IsHidden(name) && (mask & IN_ISDIR) == 0);
    return Status();
  }
  if (!is_above) return TakeOfKey(folder, mask, name, heard);
  const bool is_next = folder.next_key == nullptr
                           ? name == folder.next
                           : !IsHidden(name) && EqualFolded(win32::NameOfFile(name), *folder.next_key);
  heard.is_way_new = heard.is_way_new || is_next;
  return Status();
}

// `key` may be gone when this returns.
Status KeyWatch::TakeOfKey(const Folder& key, std::uint32_t mask, std::string_view name, Heard& heard) {
  const bool are_values = name == NameOfValuesFolder();
  if ((mask & IN_ISDIR) == 0 || (IsHidden(name) && !are_values)) return Status();
  const std::string key_folder = key.path;
  const std::string path = fmt::format("{}/{}", key_folder, name);
  if ((mask & kGoes) != 0) {
    heard.changed = true;
    Forget(path);
  } else if (are_values) {
    TRY(WatchValues(key_folder, folders_));
    heard.changed = heard.changed || HasVisible(path);  // what came before the watch
  } else {
    heard.changed = true;
    if (depth_ == Depth::kTree) TRY(WatchKeys(path, folders_));
  }
  return Status();
}

}  // namespace wmi::registry
