// InstanceTable: the instances of exactly one class, with look-up by key and snapshots.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "cim/row.h"

namespace wmi::store {

using Instances = std::shared_ptr<const std::vector<cim::Object>>;

// Look-ups from any thread; changes by one thread at a time (the repository sees to that). A look-up never waits for a
// copy: rows are copied outside the lock, and only when a snapshot of them is held or they must grow. A change either
// happens or throws std::bad_alloc and leaves the table as it was.
class InstanceTable {
 public:
  InstanceTable() = default;
  InstanceTable(const InstanceTable&) = delete;
  InstanceTable& operator=(const InstanceTable&) = delete;

  // Every instance at this moment; null when there are none. No promised order.
  Instances All() const;
  // Empty when there is none. `key` comes from KeyText (store/key_text.h).
  cim::Object Find(std::string_view key) const;
  std::size_t size() const;

  // ---- for the thread that makes the change

  // Adds, or replaces the instance of the same key.
  void Put(const std::string& key, cim::Object row);
  // Nothing when there is none.
  void Erase(std::string_view key);
  // A table with the same keys and each row as `convert` gives it.
  std::shared_ptr<InstanceTable> Convert(const std::function<cim::Object(const cim::Object&)>& convert) const;

 private:
  struct KeyHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
  };
  // From a key to the position of its row.
  using Index = std::unordered_map<std::string, std::size_t, KeyHash, std::equal_to<>>;
  struct Rows {
    std::vector<cim::Object> objects;
    // Snapshots in use. Released by the reader, acquired by the writer, so that the writer may change the rows in place
    // after the last reader has gone.
    mutable std::atomic<std::size_t> readers{0};
  };

  // Several indexes by hash, so that growing one holds up look-ups for a fraction of the time.
  static constexpr std::size_t kShards = 16;
  Index& ShardOf(std::string_view key) WMI_REQUIRES(mutex_) { return shards_[ShardNumber(key)]; }
  const Index& ShardOf(std::string_view key) const WMI_REQUIRES(mutex_) { return shards_[ShardNumber(key)]; }
  static std::size_t ShardNumber(std::string_view key);
  // A copy of the rows with room for one more.
  static std::shared_ptr<Rows> Copy(const Rows* rows);

  mutable Mutex mutex_;
  std::shared_ptr<Rows> rows_ WMI_GUARDED_BY(mutex_);
  std::array<Index, kShards> shards_ WMI_GUARDED_BY(mutex_);
  // The index entry of each row; only for the thread that makes the change.
  std::vector<Index::value_type*> entries_;
};

}  // namespace wmi::store
