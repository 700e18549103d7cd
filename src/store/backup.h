// Backup, restore and compaction of a repository as a whole (docs/repository.md).
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "base/status.h"
#include "store/database.h"
#include "store/repository.h"

namespace wmi::store {

// How far it is, in pages of the file. `total` is 0 while something else is done, such as checking.
struct CopyProgress {
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};
// May be empty. Called on the thread of the call, for every 256 KiB, and so often in between that a
// stop is seen soon.
using CopyCallback = std::function<void(const CopyProgress&)>;

// All of these are safe from several threads, and fail with kCallCancelled after a stop; then, and after every other
// failure, things are as they were before.

// Writes what the repository holds at this moment into one file, which this user alone may read; whoever reads or
// writes meanwhile goes on. The file appears under its name when it is whole and on the disk, and takes the place of an
// older one. kAccessDenied, kNotFound for a folder that does not exist, kOutOfDiskSpace, kCriticalError for a
// repository that is damaged.
Status Backup(Database& database, const std::string& path, const CopyCallback& progress = {},
              const std::stop_token& stop = {});

// Replaces all that the repository holds by what a backup holds, at one moment, for this process and others; calls that
// run then may fail or see either. The backup is copied and checked first. kNotFound and kAccessDenied for the file;
// kCriticalError when it is no backup or damaged; kDatabaseVerMismatch names both formats; kOutOfDiskSpace; the codes
// of Repository::Change.
Status Restore(Repository& repository, const std::string& path, const CopyCallback& progress = {},
               const std::stop_token& stop = {});

// Gives the disk back what deleted and changed objects took. Changes wait meanwhile, readers do not. Needs room for a
// second copy.
struct CompactReport {
  std::uint64_t bytes_before = 0;  // of the file and its log
  std::uint64_t bytes_after = 0;
};
Result<CompactReport> Compact(Repository& repository, const CopyCallback& progress = {},
                              const std::stop_token& stop = {});

}  // namespace wmi::store
