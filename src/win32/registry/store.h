// RegistryStore: the registry as folders and files (docs/registry.md).
//
//   ROOT/HKEY_LOCAL_MACHINE/SOFTWARE/Classes/CLSID/{…}/InprocServer32/    a key is a folder
//   …/InprocServer32/.values/@                                           its default value
//   …/InprocServer32/.values/ThreadingModel                              another value
//   ROOT/.lock                                                           locked (flock) by who writes
//   ROOT/.deleted/                                                       keys on their way out
//
// A key's name has the case it was made with and is found in any.
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "win32/error_code.h"
#include "win32/registry/key_name.h"
#include "win32/registry/value_file.h"

namespace wmi::win32 {

// The folder in `folder` that is the key of this name, in any case; ERROR_FILE_NOT_FOUND.
ErrorCode FindKeyFolder(const std::string& folder, std::string_view name, std::string& path);

// Where the values of a key are that has this folder.
std::string ValuesFolderOf(const std::string& folder);

// Holds nothing but the place, so it is safe from several threads and processes. A write is all or nothing; a process
// that dies on the way leaves nothing that is seen. All functions return ERROR_FILE_NOT_FOUND for a key that is not
// there. Folders are made with mode 0700 and files with 0600, by writes only.
class RegistryStore {
 public:
  // `always` are keys that exist without folders and cannot be deleted; each is listed with all keys above it.
  RegistryStore(std::string root, std::vector<KeyPath> always) : root_(std::move(root)), always_(std::move(always)) {}

  ErrorCode Exists(const KeyPath& key) const;
  // Makes the key and those above it that are missing. `created` tells whether it was missing, too.
  // ERROR_NO_SYSTEM_RESOURCES when there are limits::kRegistryNamesMax beside it.
  ErrorCode Create(const KeyPath& key, bool& created);
  // ERROR_ACCESS_DENIED for a key with keys below it, and for one that always exists or has such a one below.
  ErrorCode DeleteKey(const KeyPath& key);
  ErrorCode DeleteTree(const KeyPath& key);
  // Deletes all in the key, but not the key.
  ErrorCode Clear(const KeyPath& key);

  // In the order of the folded names.
  ErrorCode SubKeys(const KeyPath& key, std::vector<std::string>& names) const;
  ErrorCode ValueNames(const KeyPath& key, std::vector<std::string>& names) const;
  // When a value or key in it was last made or deleted; 0 for a key without a folder.
  ErrorCode LastWrite(const KeyPath& key, timespec& time) const;

  // The empty name is the default value. ERROR_FILE_NOT_FOUND; ERROR_BADDB for a damaged file;
  // ERROR_NO_SYSTEM_RESOURCES for a new value when there are limits::kRegistryNamesMax already.
  ErrorCode Read(const KeyPath& key, std::string_view name, RegistryValue& value) const;
  ErrorCode Write(const KeyPath& key, std::string_view name, const RegistryValue& value);
  ErrorCode DeleteValue(const KeyPath& key, std::string_view name);
  // The path of the file that holds a value.
  ErrorCode FindValueFile(const KeyPath& key, std::string_view name, std::string& path) const;

  // Returns when all is on the disk.
  ErrorCode Flush();

  const std::string& root() const { return root_; }

 private:
  bool IsAlways(const KeyPath& key) const;
  bool HasAlwaysBelow(const KeyPath& key) const;
  // `folder` stays empty for a key that exists without one.
  ErrorCode Locate(const KeyPath& key, std::string& folder) const;
  ErrorCode EnsureFolder(const KeyPath& key, std::string& folder, bool& created);
  ErrorCode Discard(const std::string& path);

  const std::string root_;
  const std::vector<KeyPath> always_;
};

}  // namespace wmi::win32
