// Verify: whether what a repository holds is what was written to it.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "store/database.h"

namespace wmi::store {

// One thing that is damaged.
struct Finding {
  std::string place;  // a namespace, a class, a row, a table
  std::string what;
};

struct VerifyReport {
  // At most kFindingsMax are kept; `findings_total` counts all.
  static constexpr std::size_t kFindingsMax = 1000;
  std::vector<Finding> findings;
  std::uint64_t findings_total = 0;
  std::uint64_t namespaces = 0;
  std::uint64_t classes = 0;
  std::uint64_t instances = 0;

  bool is_sound() const { return findings_total == 0; }
};

// How far it is: "file", "classes" or "instances", and of those how many of about how many.
struct VerifyProgress {
  std::string_view stage;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};
using VerifyCallback = std::function<void(const VerifyProgress&)>;

// Reads everything once, as it was at one moment; writers go on meanwhile. Damage is a finding and no failure, also
// when the file can be read no further. `server`: the name of this machine, as in Repository::Options. `progress`: may
// be empty; called on this thread. Fails with kCallCancelled after a stop, and with kOutOfMemory and kTimedOut. Safe to
// call from several threads.
Result<VerifyReport> Verify(Database& database, const std::string& server, const VerifyCallback& progress = {},
                            const std::stop_token& stop = {});

}  // namespace wmi::store
