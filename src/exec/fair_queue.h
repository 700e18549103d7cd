// FairQueue: first in, first out within a lane, round robin between lanes.
#pragma once

#include <cstddef>
#include <list>
#include <new>
#include <unordered_map>
#include <utility>

#include "base/fault.h"
#include "exec/task.h"

namespace wmi::exec {

// Not thread-safe; its owner guards it. The bound is the owner's business: an operation is in it at most twice, and the
// number of operations is limited (limits.h).
class FairQueue {
 public:
  struct Entry {
    Lane lane;
    Task task;
  };

  FairQueue() = default;
  FairQueue(const FairQueue&) = delete;
  FairQueue& operator=(const FairQueue&) = delete;
  ~FairQueue() {
    // A slot may die with the task in it: leave it first.
    while (slots_ != nullptr) {
      const Task dropped = TakeSlot(slots_, nullptr).task;
    }
  }

  // Throws std::bad_alloc, and changes nothing then, when there is no memory and no free `slot` for the task.
  void Push(Lane lane, Task task, TaskSlot* slot = nullptr) {
    try {
      Queue(lane, task);
    } catch (const std::bad_alloc&) {
      if (slot == nullptr || slot->task) throw;
      slot->task = std::move(task);
      slot->lane = lane;
      slot->next = nullptr;
      TaskSlot** end = &slots_;
      while (*end != nullptr) end = &(*end)->next;
      *end = slot;
    }
    ++size_;
  }

  // The next entry among the lanes that `may_run(lane)` lets run; an empty task when there is none.
  template <typename MayRun>
  Entry Pop(const MayRun& may_run) {
    // Those in slots first: what they do gives memory back.
    for (TaskSlot *before = nullptr, *slot = slots_; slot != nullptr; before = slot, slot = slot->next) {
      if (may_run(slot->lane)) return TakeSlot(slot, before);
    }
    for (std::size_t tried = turns_.size(); tried > 0; --tried) {
      if (may_run(turns_.front().lane)) return TakeFront();
      turns_.splice(turns_.end(), turns_, turns_.begin());
    }
    return {0, Task()};
  }
  Entry Pop() {
    return Pop([](Lane) { return true; });
  }

  // Whether Pop(may_run) would find something.
  template <typename MayRun>
  bool HasFor(const MayRun& may_run) const {
    for (const TaskSlot* slot = slots_; slot != nullptr; slot = slot->next) {
      if (may_run(slot->lane)) return true;
    }
    for (const Turn& turn : turns_) {
      if (may_run(turn.lane)) return true;
    }
    return false;
  }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  void Swap(FairQueue& other) noexcept {
    lanes_.swap(other.lanes_);
    turns_.swap(other.turns_);
    std::swap(slots_, other.slots_);
    std::swap(size_, other.size_);
  }

 private:
  struct Turn {
    Lane lane;
    std::list<Task> tasks;
  };

  void Queue(Lane lane, Task& task) {
    if (FaultHere("exec.queue")) throw std::bad_alloc();
    std::list<Task> added;
    added.push_back(Task());
    auto [found, is_new] = lanes_.try_emplace(lane);
    if (is_new) {
      try {
        found->second = turns_.insert(turns_.end(), Turn{lane, {}});
      } catch (const std::bad_alloc&) {
        lanes_.erase(found);
        throw;
      }
    }
    added.front() = std::move(task);
    found->second->tasks.splice(found->second->tasks.end(), added);
  }

  Entry TakeFront() {
    Turn& turn = turns_.front();
    Entry entry{turn.lane, std::move(turn.tasks.front())};
    turn.tasks.pop_front();
    --size_;
    if (turn.tasks.empty()) {
      lanes_.erase(entry.lane);
      turns_.pop_front();
    } else {
      turns_.splice(turns_.end(), turns_, turns_.begin());
    }
    return entry;
  }

  Entry TakeSlot(TaskSlot* slot, TaskSlot* before) {
    (before == nullptr ? slots_ : before->next) = slot->next;
    --size_;
    return {slot->lane, std::move(slot->task)};
  }

  // Lists, because taking a task must not need memory.
  std::list<Turn> turns_;                                      // each lane with work once
  std::unordered_map<Lane, std::list<Turn>::iterator> lanes_;  // the same
  TaskSlot* slots_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace wmi::exec
