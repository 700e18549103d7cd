// An observer for tests, and what it was told as text.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "cim/object_path.h"
#include "store/change.h"

namespace wmi::store {

// Keeps what it is told until it is taken. Safe from several threads.
class Recorder : public ChangeObserver {
 public:
  using Subject = Change::Subject;

  explicit Recorder(std::vector<Subject> wanted = {Subject::kNamespace, Subject::kClass, Subject::kInstance})
      : wanted_(std::move(wanted)) {}

  bool Wants(Subject subject) const noexcept override {
    return std::find(wanted_.begin(), wanted_.end(), subject) != wanted_.end();
  }
  void Committed(std::vector<Change> changes, std::uint64_t left_out) noexcept override {
    MutexLock lock(mutex_);
    ++commits_;
    left_out_ += left_out;
    changes_.insert(changes_.end(), std::make_move_iterator(changes.begin()), std::make_move_iterator(changes.end()));
  }

  std::vector<Change> Take() {
    MutexLock lock(mutex_);
    return std::exchange(changes_, {});
  }
  template <typename Is>
  bool Has(const Is& is) const {
    MutexLock lock(mutex_);
    return std::any_of(changes_.begin(), changes_.end(), is);
  }
  std::uint64_t commits() const {
    MutexLock lock(mutex_);
    return commits_;
  }
  std::uint64_t left_out() const {
    MutexLock lock(mutex_);
    return left_out_;
  }

 private:
  const std::vector<Subject> wanted_;
  mutable Mutex mutex_;
  std::vector<Change> changes_ WMI_GUARDED_BY(mutex_);
  std::uint64_t commits_ WMI_GUARDED_BY(mutex_) = 0;
  std::uint64_t left_out_ WMI_GUARDED_BY(mutex_) = 0;
};

// An instance with the numbers in it, a class with its description.
inline std::string Shown(const cim::Object& object) {
  if (!object) return "nothing";
  if (object.is_class()) {
    return fmt::format("{} '{}'", object.schema().name(), object.schema().qualifiers().Text("Description"));
  }
  std::string text = cim::RelativePath(object).value_or("?");
  for (std::size_t slot = 1; slot < object.schema().properties().size(); ++slot) {
    text += object.IsVisible(slot) ? fmt::format(" {}", object.slot(slot).unsigned_integer()) : " hidden";
  }
  return text;
}

// "instance ~ ROOT\test: X.K="a" 1 -> X.K="a" 2"; + for a creation, - for a deletion.
inline std::string Told(const Change& change) {
  constexpr const char* kSubjects[] = {"namespace", "class", "instance"};
  std::string text = fmt::format("{} {} {}: ", kSubjects[static_cast<std::size_t>(change.subject)],
                                 "+~-"[static_cast<std::size_t>(change.operation)], change.name_space);
  if (change.subject == Change::Subject::kNamespace) return text + change.child;
  switch (change.operation) {
    case Change::Operation::kCreation:
      EXPECT_FALSE(change.before);
      return text += Shown(change.after);
    case Change::Operation::kDeletion:
      EXPECT_FALSE(change.after);
      return text += Shown(change.before);
    case Change::Operation::kModification:
      break;
  }
  return text += fmt::format("{} -> {}", Shown(change.before), Shown(change.after));
}

inline std::vector<std::string> Told(const std::vector<Change>& changes) {
  std::vector<std::string> lines;
  for (const Change& change : changes) lines.push_back(Told(change));
  return lines;
}

}  // namespace wmi::store
