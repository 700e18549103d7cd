#include "store/row_cache.h"

#include <algorithm>
#include <utility>

namespace wmi::store {

// The high bits: the low ones choose the bucket inside the part.
std::size_t RowCache::PartOf(std::string_view name) {
  return (NameHash()(name) >> (8 * sizeof(std::size_t) - 8)) % kParts;
}

cim::Object RowCache::Find(std::string_view name) const {
  const Part& part = parts_[PartOf(name)];
  MutexLock lock(part.mutex);
  const auto found = part.rows.find(name);
  return found == part.rows.end() ? cim::Object() : found->second;
}

void RowCache::Keep(std::string_view name, const cim::Object& row, std::uint64_t age) {
  std::string key(name);
  // Outlives the lock: dropping rows takes time.
  decltype(Part::rows) dropped;
  Part& part = parts_[PartOf(name)];
  MutexLock lock(part.mutex);
  if (age != age_.load(std::memory_order_acquire)) return;
  const std::size_t bytes = row.size_bytes() + key.size() + 128;
  if (part.bytes + bytes > kPartBytesMax) {
    std::swap(dropped, part.rows);
    part.bytes = 0;
  }
  if (part.rows.emplace(std::move(key), row).second) part.bytes += bytes;
}

void RowCache::Forget(const std::vector<std::string>& names) {
  age_.fetch_add(1, std::memory_order_acq_rel);
  for (const std::string& name : names) {
    cim::Object dropped;
    Part& part = parts_[PartOf(name)];
    MutexLock lock(part.mutex);
    const auto found = part.rows.find(name);
    if (found == part.rows.end()) continue;
    part.bytes -= std::min(part.bytes, found->second.size_bytes() + name.size() + 128);
    dropped = std::move(found->second);
    part.rows.erase(found);
  }
}

void RowCache::Clear() {
  age_.fetch_add(1, std::memory_order_acq_rel);
  for (Part& part : parts_) {
    decltype(Part::rows) dropped;
    MutexLock lock(part.mutex);
    std::swap(dropped, part.rows);
    part.bytes = 0;
  }
}

}  // namespace wmi::store
