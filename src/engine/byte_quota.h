// ByteQuota: how many bytes of results a connection, and all of them together, may hold.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

#include "base/status.h"

namespace wmi::engine {

// Safe from several threads.
class ByteQuota {
 public:
  // `owner` is who holds them, for messages: "this connection". What is taken here is taken from `whole`, too.
  ByteQuota(std::string owner, std::size_t bytes_max, std::shared_ptr<ByteQuota> whole = nullptr)
      : owner_(std::move(owner)), bytes_max_(bytes_max), whole_(std::move(whole)) {}

  // kQuotaViolation, naming the quota, the value and the limit; then nothing was taken.
  Status Take(std::size_t bytes);
  void Return(std::size_t bytes);
  std::size_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  const std::string owner_;
  const std::size_t bytes_max_;
  const std::shared_ptr<ByteQuota> whole_;
  std::atomic<std::size_t> used_ = 0;
};

}  // namespace wmi::engine
