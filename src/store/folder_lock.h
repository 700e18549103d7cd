// FolderLock: who uses the folder of a repository, so that nobody replaces its file under another's hands.
#pragma once

#include <memory>
#include <string>

#include "base/status.h"

namespace wmi::store {

// A lock on the file `lock` of the folder, or `host`; gone with the object, and with the process. Safe from several
// threads.
class FolderLock {
 public:
  enum class Kind {
    kShared,     // whoever has the repository open
    kExclusive,  // whoever replaces its file
    kHost,       // whoever runs the permanent subscriptions; a lock of its own
  };
  // At once: kTimedOut when others have it, with their process numbers; kAccessDenied, kOutOfDiskSpace.
  static Result<std::unique_ptr<FolderLock>> Take(const std::string& folder, Kind kind);
  // The numbers of the processes that have such a lock now; empty when none has. Takes no lock.
  static Result<std::string> Holder(const std::string& folder, Kind kind);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  explicit FolderLock(int file) : file_(file) {}
  const int file_;
};

}  // namespace wmi::store
