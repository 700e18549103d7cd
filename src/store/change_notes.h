// ChangeNotes: what a transaction notes down of its changes, to be told after the commit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "store/change.h"

namespace wmi::store {

// For one thread. Moving it and telling it allocate nothing.
class ChangeNotes {
 public:
  ChangeNotes(SubjectSet wanted, std::size_t changes_max, std::size_t bytes_max)
      : changes_max_(changes_max), bytes_max_(bytes_max), wanted_(wanted) {}

  bool Wants(Change::Subject subject) const { return wanted_.Has(subject); }
  // Once it is, it stays so: no change is told after one that was left out for want of room.
  bool is_full() const { return changes_.size() >= changes_max_ || bytes_ >= bytes_max_; }
  std::size_t size() const { return changes_.size(); }
  const std::vector<Change>& changes() const { return changes_; }
  std::uint64_t left_out() const { return left_out_; }

  void Add(Change change) {
    if (is_full()) return LeaveOut(1);
    bytes_ += change.before.size_bytes() + change.after.size_bytes();
    changes_.push_back(std::move(change));
  }
  void LeaveOut(std::uint64_t count) { left_out_ += count; }

  // Once.
  void Tell(ChangeObserver& observer) noexcept {
    if (!changes_.empty() || left_out_ != 0) observer.Committed(std::move(changes_), left_out_);
  }

 private:
  std::size_t changes_max_;
  std::size_t bytes_max_;
  SubjectSet wanted_;
  std::vector<Change> changes_;
  std::size_t bytes_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace wmi::store
