// FaultVfs: a file system for SQLite that lives in memory and fails when a test wants it to.
//
// It keeps apart what was written and what was synced, so that a power loss can drop, reorder and tear writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>

namespace wmi::crash {

// Registered with SQLite while it lives; one at a time. Safe from several threads. Outlives all connections.
class FaultVfs {
 public:
  static constexpr const char* kName = "openwmi-fault";
  static constexpr std::size_t kNoLimit = SIZE_MAX;

  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  enum class Operation { kRead, kWrite, kSync };
  enum class Failure { kError, kFull };
  enum class Length { kOnce, kFromThere };
  // The `pass`-th (1-based) operation of this kind from now on fails.
  void FailAt(Operation operation, std::uint64_t pass, Failure failure, Length length = Length::kOnce);
  void FailNoMore();
  // How many bytes all files together may have.
  void LimitSize(std::size_t bytes);
  std::size_t size() const;

  // After `count` more writes and syncs everything fails, as in a process that is no more.
  void StopAfter(std::uint64_t count);
  bool has_stopped() const;
  // Every open file is dead for ever. Of what was not synced each write is there, is not there, or is there in part.
  void LosePower(std::mt19937_64& random);

 private:
  friend struct Calls;
  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace wmi::crash
