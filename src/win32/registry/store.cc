#include "win32/registry/store.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/limits.h"
#include "base/text.h"
#include "win32/registry/files.h"
#include "win32/registry/writer_lock.h"

namespace wmi::win32 {
namespace {

constexpr char kValuesFolder[] = "/.values";
constexpr char kDefaultValueFile[] = "@";
// Text may take twice its size, and four times that in wide characters; the type stands before it.
constexpr std::size_t kFileBytesMax = 2 * limits::kRegistryValueBytesMax + 64;

std::string Join(const std::string& folder, std::string_view name) {
  std::string path = folder;
  path += '/';
  return path.append(name);
}

// Whatever is called `name` in `folder`, in any case; empty when nothing is.
template <typename IsKind>
ErrorCode FindEntry(const std::string& folder, std::string_view name, IsKind is_kind, std::string& path) {
  path = folder + '/' + FileNameOf(name);
  if (is_kind(path)) return ERROR_SUCCESS;
  path.clear();
  std::vector<std::string> entries;
  if (const ErrorCode error = ListFolder(folder, entries); error != ERROR_SUCCESS) return error;
  for (const std::string& entry : entries) {
    if (entry.starts_with('.') || !EqualFolded(NameOfFile(entry), name)) continue;
    path = Join(folder, entry);
    if (!is_kind(path)) continue;
    return ERROR_SUCCESS;
  }
  path.clear();
  return ERROR_FILE_NOT_FOUND;
}

ErrorCode FindValue(const std::string& folder, std::string_view name, std::string& path) {
  if (folder.empty()) return ERROR_FILE_NOT_FOUND;
  const std::string values = folder + kValuesFolder;
  if (!name.empty() && name != kDefaultValueFile) return FindEntry(values, name, IsFile, path);
  path = values + '/' + (name.empty() ? kDefaultValueFile : "%40");
  return IsFile(path) ? ERROR_SUCCESS : ERROR_FILE_NOT_FOUND;
}

// Where a value goes that is not there yet.
std::string NewValuePath(const std::string& folder, std::string_view name) {
  const std::string file = name.empty() ? kDefaultValueFile : name == kDefaultValueFile ? "%40" : FileNameOf(name);
  return folder + kValuesFolder + '/' + file;
}

// Whether one more may be made in a folder.
ErrorCode CheckRoom(const std::string& folder) {
  std::vector<std::string> entries;
  if (const ErrorCode error = ListFolder(folder, entries); error != ERROR_SUCCESS) return error;
  const auto own =
      std::count_if(entries.begin(), entries.end(), [](const std::string& e) { return e.starts_with('.'); });
  return entries.size() - static_cast<std::size_t>(own) < limits::kRegistryNamesMax ? ERROR_SUCCESS
                                                                                    : ERROR_NO_SYSTEM_RESOURCES;
}

bool StartsWith(const KeyPath& path, const KeyPath& start) {
  return path.size() >= start.size() && std::equal(start.begin(), start.end(), path.begin(), EqualFolded);
}

void SortFolded(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end(),
            [](const std::string& a, const std::string& b) { return CompareFolded(a, b) < 0; });
}

}  // namespace

ErrorCode FindKeyFolder(const std::string& folder, std::string_view name, std::string& path) {
  return FindEntry(folder, name, IsFolder, path);
}

std::string ValuesFolderOf(const std::string& folder) { return folder + kValuesFolder; }

bool RegistryStore::IsAlways(const KeyPath& key) const {
  return std::any_of(always_.begin(), always_.end(), [&](const KeyPath& one) { return EqualPaths(one, key); });
}

bool RegistryStore::HasAlwaysBelow(const KeyPath& key) const {
  return std::any_of(always_.begin(), always_.end(), [&](const KeyPath& one) { return StartsWith(one, key); });
}

ErrorCode RegistryStore::Locate(const KeyPath& key, std::string& folder) const {
  folder = root_;
  for (const std::string& name : key) {
    std::string next;
    const ErrorCode error = FindEntry(folder, name, IsFolder, next);
    folder = std::move(next);
    if (error == ERROR_SUCCESS) continue;
    folder.clear();
    return error == ERROR_FILE_NOT_FOUND && IsAlways(key) ? ERROR_SUCCESS : error;
  }
  return ERROR_SUCCESS;
}

ErrorCode RegistryStore::Exists(const KeyPath& key) const {
  std::string folder;
  return Locate(key, folder);
}

// Under the lock.
ErrorCode RegistryStore::EnsureFolder(const KeyPath& key, std::string& folder, bool& created) {
  folder = root_;
  created = false;
  for (const std::string& name : key) {
    std::string next;
    const ErrorCode error = FindEntry(folder, name, IsFolder, next);
    if (error != ERROR_SUCCESS && error != ERROR_FILE_NOT_FOUND) return error;
    created = error == ERROR_FILE_NOT_FOUND;
    if (created) {
      if (const ErrorCode full = CheckRoom(folder); full != ERROR_SUCCESS) return full;
      next = folder + '/' + FileNameOf(name);
      if (mkdir(next.c_str(), 0700) != 0) return ErrorOfErrno(errno);
    }
    folder = std::move(next);
  }
  return ERROR_SUCCESS;
}

ErrorCode RegistryStore::Create(const KeyPath& key, bool& created) {
  created = false;
  std::string folder;
  if (const ErrorCode error = Locate(key, folder); error != ERROR_FILE_NOT_FOUND) return error;
  if (const ErrorCode error = MakeFolders(root_); error != ERROR_SUCCESS) return error;
  WriterLock lock;
  if (const ErrorCode error = lock.Acquire(root_); error != ERROR_SUCCESS) return error;
  return EnsureFolder(key, folder, created);
}

// Under the lock. A rename is all or nothing, where the removal of a tree is not.
ErrorCode RegistryStore::Discard(const std::string& path) {
  const std::string deleted = root_ + "/.deleted";
  RemoveTree(deleted);  // what somebody left who died here
  if (const ErrorCode error = MakeFolders(deleted); error != ERROR_SUCCESS) return error;
  if (rename(path.c_str(), (deleted + "/key").c_str()) != 0) return ErrorOfErrno(errno);
  RemoveTree(deleted);  // if not now, then next time
  return ERROR_SUCCESS;
}

ErrorCode RegistryStore::DeleteKey(const KeyPath& key) {
  std::string folder;
  if (const ErrorCode error = Locate(key, folder); error != ERROR_SUCCESS) return error;
  if (folder.empty() || HasAlwaysBelow(key)) return ERROR_ACCESS_DENIED;
  WriterLock lock;
  if (const ErrorCode error = lock.Acquire(root_); error != ERROR_SUCCESS) return error;
  std::vector<std::string> names;
  if (const ErrorCode error = SubKeys(key, names); error != ERROR_SUCCESS) return error;
  if (!names.empty()) return ERROR_ACCESS_DENIED;
  return Discard(folder);
}

ErrorCode RegistryStore::DeleteTree(const KeyPath& key) {
  std::string folder;
  if (const ErrorCode error = Locate(key, folder); error != ERROR_SUCCESS) return error;
  if (folder.empty() || HasAlwaysBelow(key)) return ERROR_ACCESS_DENIED;
  WriterLock lock;
  if (const ErrorCode error = lock.Acquire(root_); error != ERROR_SUCCESS) return error;
  return Discard(folder);
}

ErrorCode RegistryStore::Clear(const KeyPath& key) {
  std::string folder;
  if (const ErrorCode error = Locate(key, folder); error != ERROR_SUCCESS) return error;
  if (folder.empty()) return ERROR_SUCCESS;
  WriterLock lock;
  if (const ErrorCode error = lock.Acquire(root_); error != ERROR_SUCCESS) return error;
  std::vector<std::string> entries;
  if (const ErrorCode error = ListFolder(folder, entries); error != ERROR_SUCCESS) return error;
  for (const std::string& entry : entries) {
    if (folder == root_ || (entry.starts_with('.') && entry != kValuesFolder + 1)) continue;
    if (const ErrorCode error = Discard(Join(folder, entry)); error != ERROR_SUCCESS) return error;
  }
  return ERROR_SUCCESS;
}

ErrorCode RegistryStore::SubKeys(const KeyPath& key, std::vector<std::string>& names) const {
  names.clear();
  std::string folder;
  if (const ErrorCode error = Locate(key, folder); error != ERROR_SUCCESS) return error;
  std::vector<std::string> entries;
  if (!folder.empty()) {
    if (const ErrorCode error = ListFolder(folder, entries); error != ERROR_SUCCESS) return error;
  }
  for (const std::string& entry : entries) {
    if (!entry.starts_with('.') && IsFolder(Join(folder, entry))) names.push_back(NameOfFile(entry));
  }
  for (const KeyPath& one : always_) {
    if (one.size() != key.size() + 1 || !StartsWith(one, key)) continue;
    const bool listed =
        std::any_of(names.begin(), names.end(), [&](const std::string& name) { return EqualFolded(name, one.back()); });
    if (!listed) names.push_back(one.back());
  }
  SortFolded(names);
  return ERROR_SUCCESS;
}

ErrorCode RegistryStore::ValueNames(const KeyPath& key, std::vector<std::string>& names) const {
  names.clear();
  std::string folder;
  if (const ErrorCode error = Locate(key, folder); error != ERROR_SUCCESS) return error;
  if (folder.empty()) return ERROR_SUCCESS;
  std::vector<std::string> entries;
  const ErrorCode error = ListFolder(folder + kValuesFolder, entries);
  if (error != ERROR_SUCCESS && error != ERROR_FILE_NOT_FOUND) return error;
  for (const std::string& entry : entries) {
    if (entry.starts_with('.') || !IsFile(Join(folder + kValuesFolder, entry))) continue;
    names.push_back(entry == kDefaultValueFile ? std::string() : NameOfFile(entry));
  }
  SortFolded(names);
  return ERROR_SUCCESS;
}

ErrorCode RegistryStore::LastWrite(const KeyPath& key, timespec& time) const {
  time = {};
  std::string folder;
  if (const ErrorCode error = Locate(key, folder); error != ERROR_SUCCESS) return error;
  if (folder.empty()) return ERROR_SUCCESS;
  struct stat state;
  if (lstat(folder.c_str(), &state) != 0) return ErrorOfErrno(errno);
  time = state.st_mtim;
  if (lstat((folder + kValuesFolder).c_str(), &state) != 0) return ERROR_SUCCESS;
  const timespec values = state.st_mtim;
  if (std::pair(values.tv_sec, values.tv_nsec) > std::pair(time.tv_sec, time.tv_nsec)) time = values;
  return ERROR_SUCCESS;
}

ErrorCode RegistryStore::FindValueFile(const KeyPath& key, std::string_view name, std::string& path) const {
  std::string folder;
  if (const ErrorCode error = Locate(key, folder); error != ERROR_SUCCESS) return error;
  return FindValue(folder, name, path);
}

ErrorCode RegistryStore::Read(const KeyPath& key, std::string_view name, RegistryValue& value) const {
  std::string path;
  if (const ErrorCode error = FindValueFile(key, name, path); error != ERROR_SUCCESS) return error;
  std::string content;
  if (const ErrorCode error = ReadFile(path, kFileBytesMax, content); error != ERROR_SUCCESS) return error;
  std::optional<RegistryValue> parsed = ParseValueFile(content);
  if (!parsed) return ERROR_BADDB;
  value = *std::move(parsed);
  return ERROR_SUCCESS;
}

ErrorCode RegistryStore::Write(const KeyPath& key, std::string_view name, const RegistryValue& value) {
  if (const ErrorCode error = Exists(key); error != ERROR_SUCCESS) return error;
  if (const ErrorCode error = MakeFolders(root_); error != ERROR_SUCCESS) return error;
  WriterLock lock;
  if (const ErrorCode error = lock.Acquire(root_); error != ERROR_SUCCESS) return error;
  // Again, under the lock: a key that somebody deleted must not come back.
  if (const ErrorCode error = Exists(key); error != ERROR_SUCCESS) return error;
  std::string folder;
  bool created = false;
  if (const ErrorCode error = EnsureFolder(key, folder, created); error != ERROR_SUCCESS) return error;
  if (const ErrorCode error = MakeFolders(folder + kValuesFolder); error != ERROR_SUCCESS) return error;
  std::string path;
  const ErrorCode error = FindValue(folder, name, path);
  if (error == ERROR_FILE_NOT_FOUND) {
    if (const ErrorCode full = CheckRoom(folder + kValuesFolder); full != ERROR_SUCCESS) return full;
    path = NewValuePath(folder, name);
  } else if (error != ERROR_SUCCESS) {
    return error;
  }
  return ReplaceFile(path, folder + kValuesFolder + "/.new", FormatValueFile(value));
}

ErrorCode RegistryStore::DeleteValue(const KeyPath& key, std::string_view name) {
  std::string path;
  if (const ErrorCode error = FindValueFile(key, name, path); error != ERROR_SUCCESS) return error;
  WriterLock lock;
  if (const ErrorCode error = lock.Acquire(root_); error != ERROR_SUCCESS) return error;
  return unlink(path.c_str()) == 0 ? ERROR_SUCCESS : ErrorOfErrno(errno);
}

ErrorCode RegistryStore::Flush() {
  const int folder = open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return errno == ENOENT ? ERROR_SUCCESS : ErrorOfErrno(errno);
  const ErrorCode error = syncfs(folder) == 0 ? ERROR_SUCCESS : ErrorOfErrno(errno);
  close(folder);
  return error;
}

}  // namespace wmi::win32
