// RowCache: rows that were read lately, by key root and key, so that a look-up need not ask the database.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "cim/row.h"

namespace wmi::store {

// Safe from several threads. Bounded: a part that is full is emptied.
class RowCache {
 public:
  // Counts changes. Taken before the database is read; a row that was read before a change is not kept after it.
  std::uint64_t age() const { return age_.load(std::memory_order_acquire); }

  // Empty when it is not known. `name`: of RowName (store/transaction.h).
  cim::Object Find(std::string_view name) const;
  void Keep(std::string_view name, const cim::Object& row, std::uint64_t age);
  // After a commit that changed these rows; everything, for a change of classes or by another process.
  void Forget(const std::vector<std::string>& names);
  void Clear();

 private:
  static constexpr std::size_t kParts = 16;
  static constexpr std::size_t kPartBytesMax = 1u << 20;
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };
  struct Part {
    mutable Mutex mutex;
    std::unordered_map<std::string, cim::Object, NameHash, std::equal_to<>> rows WMI_GUARDED_BY(mutex);
    std::size_t bytes WMI_GUARDED_BY(mutex) = 0;
  };
  static std::size_t PartOf(std::string_view name);

  std::array<Part, kParts> parts_;
  std::atomic<std::uint64_t> age_{0};
};

}  // namespace wmi::store
