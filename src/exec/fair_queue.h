// FairQueue: first in, first out within a lane, round robin between lanes.
#pragma once

#include <cstddef>
#include <deque>
#include <unordered_map>
#include <utility>

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

  void Push(Lane lane, Task task) {
    std::deque<Task>& tasks = lanes_[lane];
    tasks.push_back(std::move(task));
    if (tasks.size() == 1) turns_.push_back(lane);
    ++size_;
  }

  // The next entry among the lanes that `may_run(lane)` lets run; an empty task when there is none.
  template <typename MayRun>
  Entry Pop(const MayRun& may_run) {
    for (std::size_t tried = turns_.size(); tried > 0; --tried) {
      Lane lane = turns_.front();
      turns_.pop_front();
      if (!may_run(lane)) {
        turns_.push_back(lane);
        continue;
      }
      return Take(lane);
    }
    return {0, Task()};
  }
  Entry Pop() {
    return Pop([](Lane) { return true; });
  }

  // Whether Pop(may_run) would find something.
  template <typename MayRun>
  bool HasFor(const MayRun& may_run) const {
    for (Lane lane : turns_) {
      if (may_run(lane)) return true;
    }
    return false;
  }

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

 private:
  Entry Take(Lane lane) {
    auto found = lanes_.find(lane);
    Entry entry{lane, std::move(found->second.front())};
    found->second.pop_front();
    --size_;
    if (found->second.empty()) {
      lanes_.erase(found);
    } else {
      turns_.push_back(lane);
    }
    return entry;
  }

  std::unordered_map<Lane, std::deque<Task>> lanes_;  // only lanes with work
  std::deque<Lane> turns_;                            // each lane with work once
  std::size_t size_ = 0;
};

}  // namespace wmi::exec
