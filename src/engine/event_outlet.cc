#include "engine/event_outlet.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "events/event_objects.h"

namespace wmi::engine {
namespace {

// Classes are compared by name: the two shapes may have been seen at different moments.
bool AreOfOneFamily(const cim::Class& one, const cim::Class& other) {
  return one.IsA(other.name()) || other.IsA(one.name());
}

// A receiver whom the provider has let in, whatever its events say.
class AdmittedInFull final : public EventReceiver {
 public:
  explicit AdmittedInFull(std::shared_ptr<EventReceiver> receiver) : receiver_(std::move(receiver)) {}
  void Offer(const cim::Object& event) override { receiver_->Offer(event); }
  bool MayReceive(const EventProtection& protection, Admission) const override {
    return receiver_->MayReceive(protection, Admission::kInFull);
  }
  void CountLost(std::uint64_t count) override { receiver_->CountLost(count); }
  std::shared_ptr<PushPort> Backlog() const override { return receiver_->Backlog(); }

 private:
  const std::shared_ptr<EventReceiver> receiver_;
};

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

Status EventOutlet::Fire(std::span<const cim::Object> events, std::span<const DescriptorPtr> sinks, FiringPace* pace) {
  if (!is_open()) return Status(code::kCallCancelled);
  const std::vector<DescriptorPtr> own = TRY(DescriptorsOf(events));
  for (std::size_t i = 0; i < events.size(); ++i) {
    hub_.Fire(name_space_, events::WithTimeCreated(events[i]), {own.empty() ? nullptr : own[i], sinks}, pace);
  }
  return Status();
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

std::unique_ptr<EventOutlet::Entry> EventOutlet::Add(std::shared_ptr<EventReceiver> receiver, Admission admission,
                                                     EventShape shape, store::NamespacePtr classes) {
  if (admission == Admission::kInFull) receiver = std::make_shared<AdmittedInFull>(std::move(receiver));
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
