// Task: one turn of work on a counted object. Lane: the party it is done for; lanes take turns.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace wmi::exec {

// Work of one lane never delays another's by more than one turn. A session is a lane.
using Lane = std::uint64_t;

// Holds its object alive until it has run or is destroyed. Movable value; runs at most once.
class Task {
 public:
  Task() = default;

  // Task::Of<&Thing::Turn>(thing): runs thing->Turn().
  template <auto Method, typename T>
  static Task Of(std::shared_ptr<T> object) {
    Task task;
    task.run_ = [](void* raw) { (static_cast<T*>(raw)->*Method)(); };
    task.describe_ = [](void* raw) { return static_cast<T*>(raw)->Description(); };
    task.object_ = std::move(object);
    return task;
  }

  explicit operator bool() const { return run_ != nullptr; }
  void Run() { run_(object_.get()); }
  // What the task works for, in words, for stall reports.
  std::string Description() const { return describe_(object_.get()); }

 private:
  void (*run_)(void*) = nullptr;
  std::string (*describe_)(void*) = nullptr;
  std::shared_ptr<void> object_;
};

// Where one task waits when there is no memory for a place in a queue. A part of the object that the task works for, so
// it lives as long as the task. For one task at a time; guarded by the queue that the task is in.
struct TaskSlot {
  Task task;
  Lane lane = 0;
  TaskSlot* next = nullptr;
};

}  // namespace wmi::exec
