#include "events/event_group.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <limits>
#include <new>
#include <vector>

#include "base/text.h"
#include "cim/value.h"
#include "events/event_objects.h"
#include "events/limits.h"
#include "wql/system_property.h"

namespace wmi::events {
namespace {

// The value that the names lead to, NULL when they lead nowhere. Looks into the event or into `buffer`.
cim::ValueView ValueAt(const cim::Object& event, const std::vector<std::string>& path, std::string& buffer) {
  const cim::Object* object = &event;
  for (auto name = path.begin(); name != path.end(); ++name) {
    const bool is_last = std::next(name) == path.end();
    if (const auto system = wql::FindSystemProperty(*name)) {
      if (*system == wql::SystemProperty::kThis) continue;
      const bool is_simple = is_last && *system != wql::SystemProperty::kDerivation;
      return is_simple ? wql::SystemValue(*system, *object, buffer) : cim::ValueView();
    }
    const auto slot = object->schema().FindSlot(*name);
    if (!slot) return {};
    const cim::ValueView value = object->slot(*slot);
    if (is_last) return value;
    if (value.kind() != cim::ValueKind::kObject || value.object() == nullptr || !*value.object()) return {};
    object = value.object();
  }
  return {};
}

// Tells values apart as BY does, and where one ends and the next begins. The same number is the same in each type.
void AppendKey(cim::ValueView value, std::string& key) {
  const auto append = std::back_inserter(key);
  switch (value.kind()) {
    case cim::ValueKind::kBoolean:
      fmt::format_to(append, "b{:d};", value.boolean());
      return;
    case cim::ValueKind::kSigned:
      fmt::format_to(append, "i{};", value.signed_integer());
      return;
    case cim::ValueKind::kUnsigned:
      fmt::format_to(append, "i{};", value.unsigned_integer());
      return;
    case cim::ValueKind::kReal:
      fmt::format_to(append, "r{};", value.real() + 0.0);  // -0 is 0
      return;
    case cim::ValueKind::kText: {
      const std::string folded = Fold(value.text());
      fmt::format_to(append, "t{}:{}", folded.size(), folded);
      return;
    }
    case cim::ValueKind::kNull:
    // No simple values: BindEvent refuses them where the class of the embedded object is known.
    case cim::ValueKind::kArray:
    case cim::ValueKind::kObject:
      key += 'n';
      return;
  }
}

bool Passes(const std::optional<wql::HavingClause>& having, std::uint64_t count) {
  if (!having) return true;
  switch (having->op) {
    case wql::Operator::kEqual:
      return count == having->count;
    case wql::Operator::kNotEqual:
      return count != having->count;
    case wql::Operator::kLess:
      return count < having->count;
    case wql::Operator::kLessOrEqual:
      return count <= having->count;
    case wql::Operator::kGreater:
      return count > having->count;
    case wql::Operator::kGreaterOrEqual:
      return count >= having->count;
    default:
      return false;  // the parser takes no other
  }
}

}  // namespace

std::string EventGrouper::KeyOf(const cim::Object& event) const {
  std::string key;
  std::string buffer;
  for (const std::vector<std::string>& path : options_.group.by) AppendKey(ValueAt(event, path, buffer), key);
  return key;
}

void EventGrouper::Add(const cim::Object& event) {
  const std::string key = KeyOf(event);
  MutexLock lock(mutex_);
  if (closed_) return;
  if (options_.group.within_seconds == 0) {
    lock.Unlock();
    GiveOut(event, 1);
    return;
  }
  if (const auto found = groups_.find(key); found != groups_.end()) {
    ++found->second.count;
    return;
  }
  if (groups_.size() >= kGroupsMax) {
    lock.Unlock();
    options_.lost(1);
    return;
  }
  // With the lock held, so that the group is there when its time is over, however short that is.
  auto end = options_.timers->At(options_.clock->Now() + std::chrono::seconds(options_.group.within_seconds),
                                 [grouper = weak_from_this(), key] {
                                   if (const auto self = grouper.lock()) self->End(key);
                                 });
  groups_.emplace(key, Group{event, 1, std::move(end)});
}

void EventGrouper::End(const std::string& key) {
  Group group;
  {
    MutexLock lock(mutex_);
    const auto found = groups_.find(key);
    if (found == groups_.end()) return;
    group = std::move(found->second);
    groups_.erase(found);
  }
  try {
    GiveOut(group.first, group.count);
  } catch (const std::bad_alloc&) {
    options_.lost(group.count);  // the timers take no exception
  }
}

void EventGrouper::GiveOut(const cim::Object& first, std::uint64_t count) const {
  const std::uint64_t number = std::min<std::uint64_t>(count, std::numeric_limits<std::uint32_t>::max());
  if (!Passes(options_.group.having, number)) return;
  options_.out(MakeEvent(options_.aggregate, {{"NumberOfEvents", number}, {"Representative", first}}));
}

void EventGrouper::Close() {
  std::unordered_map<std::string, Group> dropped;  // without the lock: the events may be the last that hold much
  MutexLock lock(mutex_);
  closed_ = true;
  dropped.swap(groups_);
}

}  // namespace wmi::events
