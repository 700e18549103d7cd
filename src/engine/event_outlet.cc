#include "engine/event_outlet.h"

#include <algorithm>

#include "events/event_objects.h"

namespace wmi::engine {
namespace {

// Classes are compared by name: the two shapes may have been seen at different moments.
bool AreOfOneFamily(const cim::Class& one, const cim::Class& other) {
  return one.IsA(other.name()) || other.IsA(one.name());
}

}  // namespace

bool MayBeBoth(const EventShape& one, const EventShape& other) {
  if (!AreOfOneFamily(*one.event_class, *other.event_class)) return false;
  return !one.target || !other.target || AreOfOneFamily(*one.target, *other.target);
}

class EventOutlet::Held final : public Entry {
 public:
  Held(std::shared_ptr<EventOutlet> outlet, std::list<EventShape> shape, std::unique_ptr<EventHub::Entry> hub)
      : outlet_(std::move(outlet)), hub_(std::move(hub)), shape_(shape.begin()) {
    MutexLock lock(outlet_->mutex_);
    outlet_->wanted_.splice(outlet_->wanted_.end(), shape);
  }
  ~Held() override {
    std::list<EventShape> removed;  // dropped without the lock
    MutexLock lock(outlet_->mutex_);
    removed.splice(removed.end(), outlet_->wanted_, shape_);
  }

 private:
  const std::shared_ptr<EventOutlet> outlet_;
  const std::unique_ptr<EventHub::Entry> hub_;
  const std::list<EventShape>::iterator shape_;
};

Code EventOutlet::Fire(std::span<const cim::Object> events) {
  if (!is_open()) return code::kCallCancelled;
  for (const cim::Object& event : events) hub_.Fire(name_space_, events::WithTimeCreated(event));
  return code::kOk;
}

bool EventOutlet::is_open() const {
  MutexLock lock(mutex_);
  return is_open_;
}

bool EventOutlet::IsWanted(const EventShape& shape) const {
  MutexLock lock(mutex_);
  return std::any_of(wanted_.begin(), wanted_.end(), [&](const EventShape& other) { return MayBeBoth(shape, other); });
}

store::NamespacePtr EventOutlet::classes() const {
  MutexLock lock(mutex_);
  return classes_;
}

std::unique_ptr<EventOutlet::Entry> EventOutlet::Add(std::shared_ptr<EventReceiver> receiver, EventShape shape,
                                                     store::NamespacePtr classes) {
  EventScope scope{name_space_, shape.event_class->name(), shape.target ? shape.target->name() : ""};
  std::list<EventShape> shapes;
  shapes.push_back(std::move(shape));
  {
    MutexLock lock(mutex_);
    std::swap(classes_, classes);
  }
  return std::make_unique<Held>(shared_from_this(), std::move(shapes), hub_.Add(std::move(receiver), std::move(scope)));
}

void EventOutlet::Close() {
  store::NamespacePtr dropped;
  MutexLock lock(mutex_);
  is_open_ = false;
  std::swap(classes_, dropped);
}

}  // namespace wmi::engine
