// ChangeSignal: how processes that share a repository tell each other that something was committed, without asking the
// file system on every read.
//
// Two counters in a small file that all of them map. A writer, under the write lock of the database, counts `begun` up
// before it commits and `ended` after it. So a reader that finds both as it knew them has seen everything; when they
// differ, somebody is committing, or died in between, and only the database knows.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/status.h"

namespace wmi::store {

// Safe from several threads and processes; Begin and End by whoever holds the write lock of the database.
class ChangeSignal {
 public:
  // In the memory of this process, for a repository that nobody else can see.
  static std::unique_ptr<ChangeSignal> Private();
  // Makes the file when it is not there.
  static Result<std::unique_ptr<ChangeSignal>> Open(const std::string& path);
  ~ChangeSignal();
  ChangeSignal(const ChangeSignal&) = delete;
  ChangeSignal& operator=(const ChangeSignal&) = delete;

  struct Mark {
    std::uint64_t begun = 0;
    std::uint64_t ended = 0;
    bool is_settled() const { return begun == ended; }
    bool operator==(const Mark&) const = default;
  };
  Mark Look() const;

  // The number of this commit.
  std::uint64_t Begin();
  // Needs no lock any more: what others began after `number` stays unfinished.
  void End(std::uint64_t number);
  // Without a Begin, under the lock: what another writer began is over, because the lock is ours. The mark now.
  Mark Settle();

 private:
  struct Counters {
    std::uint64_t begun;
    std::uint64_t ended;
  };
  explicit ChangeSignal(Counters* counters) : counters_(counters) {}

  Counters* counters_;  // a mapping of our own
};

}  // namespace wmi::store
