#include "store/instance_table.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace wmi::store {
namespace {

constexpr std::size_t kRowsMin = 4;

}  // namespace

std::size_t InstanceTable::ShardNumber(std::string_view key) {
  // The high bits: the low ones choose the bucket inside the shard.
  return (KeyHash()(key) >> (8 * sizeof(std::size_t) - 8)) % kShards;
}

std::shared_ptr<InstanceTable::Rows> InstanceTable::Copy(const Rows* rows) {
  auto copy = std::make_shared<Rows>();
  const std::size_t size = rows == nullptr ? 0 : rows->objects.size();
  const std::size_t capacity = rows == nullptr ? 0 : rows->objects.capacity();
  copy->objects.reserve(size < capacity ? capacity : std::max(kRowsMin, 2 * size));
  if (rows != nullptr) copy->objects = rows->objects;
  return copy;
}

Instances InstanceTable::All() const {
  MutexLock lock(mutex_);
  if (rows_ == nullptr || rows_->objects.empty()) return nullptr;
  rows_->readers.fetch_add(1, std::memory_order_relaxed);
  // When there is no memory for the handle, its deleter runs and takes the count back.
  return Instances(&rows_->objects, [rows = rows_](const std::vector<cim::Object>*) {
    rows->readers.fetch_sub(1, std::memory_order_release);
  });
}

cim::Object InstanceTable::Find(std::string_view key) const {
  MutexLock lock(mutex_);
  const Index& shard = ShardOf(key);
  const auto found = shard.find(key);
  return found == shard.end() ? cim::Object() : rows_->objects[found->second];
}

std::size_t InstanceTable::size() const {
  MutexLock lock(mutex_);
  return rows_ == nullptr ? 0 : rows_->objects.size();
}

void InstanceTable::Put(const std::string& key, cim::Object row) {
  Index prepared;
  prepared.emplace(key, 0);
  auto node = prepared.extract(prepared.begin());
  if (entries_.size() == entries_.capacity()) entries_.reserve(std::max(kRowsMin, 2 * entries_.size()));
  // Outlives the lock: dropping rows takes time.
  std::shared_ptr<Rows> dropped;

  MutexLock lock(mutex_);
  Index& shard = ShardOf(key);
  const auto found = shard.find(key);
  const bool is_new = found == shard.end();
  if (rows_ == nullptr || rows_->readers.load(std::memory_order_acquire) != 0 ||
      (is_new && rows_->objects.size() == rows_->objects.capacity())) {
    dropped = rows_;
    lock.Unlock();
    std::shared_ptr<Rows> copy = Copy(dropped.get());
    lock.Lock();
    rows_ = std::move(copy);
  }
  if (!is_new) {
    std::swap(rows_->objects[found->second], row);
    return;
  }
  // The index may have to grow; after it nothing can fail, because there is room for the rest.
  node.mapped() = rows_->objects.size();
  Index::value_type* entry = &*shard.insert(std::move(node)).position;
  entries_.push_back(entry);
  rows_->objects.push_back(std::move(row));
}

void InstanceTable::Erase(std::string_view key) {
  std::shared_ptr<Rows> dropped;
  Index::node_type node;
  cim::Object erased;

  MutexLock lock(mutex_);
  Index& shard = ShardOf(key);
  const auto found = shard.find(key);
  if (found == shard.end()) return;
  if (rows_->readers.load(std::memory_order_acquire) != 0) {
    dropped = rows_;
    lock.Unlock();
    std::shared_ptr<Rows> copy = Copy(dropped.get());
    lock.Lock();
    rows_ = std::move(copy);
  }
  // The last row takes the place of the one that goes.
  const std::size_t position = found->second;
  std::vector<cim::Object>& objects = rows_->objects;
  std::swap(objects[position], objects.back());
  std::swap(entries_[position], entries_.back());
  entries_[position]->second = position;
  erased = std::move(objects.back());
  objects.pop_back();
  entries_.pop_back();
  node = shard.extract(found);
  if (objects.empty()) dropped = std::move(rows_);
}

std::shared_ptr<InstanceTable> InstanceTable::Convert(
    const std::function<cim::Object(const cim::Object&)>& convert) const {
  auto result = std::make_shared<InstanceTable>();
  const Instances rows = All();
  if (rows == nullptr) return result;
  for (std::size_t position = 0; position < rows->size(); ++position) {
    result->Put(entries_[position]->first, convert((*rows)[position]));
  }
  return result;
}

}  // namespace wmi::store
