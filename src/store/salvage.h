// Salvage: a new repository out of what is sound in a damaged one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "store/verify.h"

namespace wmi::store {

struct SalvageReport {
  std::string damaged_file;  // where the old one is now
  std::uint64_t namespaces = 0;
  std::uint64_t classes = 0;
  std::uint64_t instances = 0;
  // What is lost; at most VerifyReport::kFindingsMax are kept.
  std::vector<Finding> lost;
  std::uint64_t lost_total = 0;

  // In one sentence.
  std::string Summary() const;
};

// Copies namespaces, classes whose definitions can be read, and rows that check from `folder`/repository.db to a new
// file, and moves the old one aside, to repository.db.damaged-<time>. The new one takes its place at once or not at
// all. `server`: as in Repository::Options. kTimedOut when a process has the repository open, with its number;
// kNotFound when there is no file; kInvalidOperation for a database that was never a repository; kAccessDenied,
// kOutOfDiskSpace.
Result<SalvageReport> Salvage(const std::string& folder, const std::string& server);

}  // namespace wmi::store
