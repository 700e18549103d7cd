// LogFileEventConsumer: a line in a file for each event (contract 6.5, docs/consumers.md).
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "provider/event_consumer.h"

namespace wmi::consumers {

// Safe from several threads.
class LogFileConsumerProvider final : public provider::EventConsumerProvider {
 public:
  struct Options {
    // How long somebody else may hold the lock of the file.
    Duration lock_wait_max = std::chrono::seconds(10);
  };

  LogFileConsumerProvider() = default;
  explicit LogFileConsumerProvider(Options options) : options_(options) {}

  // Files are written with the rights of the process: who may not write a file must not have it written.
  bool needs_trust() const override { return true; }
  Result<std::unique_ptr<provider::EventConsumer>> Open(const cim::Object& consumer) override;

 private:
  const Options options_;
};

// At most eight characters, and at most three behind a dot, which is the only one.
bool IsShortName(std::string_view name);

// What comes before the number in the names of the backups of `name`.
std::string BackupStem(std::string_view name);

// The number of the next backup, given those that are there: one more than the largest, and once 999 is reached the
// smallest that is free; 0 when none is.
int NextBackupNumber(const std::vector<int>& used);

}  // namespace wmi::consumers
