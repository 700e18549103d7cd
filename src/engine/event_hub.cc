#include "engine/event_hub.h"

#include <fmt/format.h>

#include <new>
#include <utility>

namespace wmi::engine {
namespace {

// Weak: what could not be taken out for want of memory is dead all the same, and goes with the next change.
using Listeners = std::vector<std::weak_ptr<EventReceiver>>;

std::string Key(std::string_view name_space, std::string_view event_class, std::string_view target) {
  return fmt::format("{}\n{}\n{}", name_space, event_class, target);
}

// The class of the instance that an event is about; null for other events.
const cim::Class* TargetOf(const cim::Object& event) {
  const auto slot = event.schema().FindSlot("TargetInstance");
  if (!slot || event.slot(*slot).kind() != cim::ValueKind::kObject) return nullptr;
  return &event.slot(*slot).object()->schema();
}

}  // namespace

class EventHub::Index {
 public:
  void Add(const std::string& key, const std::string& event_class, const std::shared_ptr<EventReceiver>& receiver) {
    MutexLock lock(mutex_);
    std::shared_ptr<const Listeners>& place = by_key_[key];
    auto listeners = place ? LivingOf(*place, nullptr) : std::make_shared<Listeners>();
    listeners->push_back(receiver);
    ++wanted_[event_class];
    place = std::move(listeners);
  }

  // Called by destructors, so it does without memory when it must.
  void Remove(const std::string& key, const std::string& event_class, const EventReceiver* receiver) noexcept {
    std::shared_ptr<const Listeners> before;  // dropped without the lock
    MutexLock lock(mutex_);
    const auto wanted = wanted_.find(event_class);
    if (wanted != wanted_.end() && --wanted->second == 0) wanted_.erase(wanted);
    const auto place = by_key_.find(key);
    if (place == by_key_.end()) return;
    before = place->second;
    try {
      std::shared_ptr<Listeners> living = LivingOf(*before, receiver);
      if (living->empty()) {
        by_key_.erase(place);
      } else {
        place->second = std::move(living);
      }
    } catch (const std::bad_alloc&) {
      before.reset();  // it stays as it is
    }
  }

  // Those that an event of this class about an instance of that class may concern.
  std::vector<std::shared_ptr<const Listeners>> Find(std::string_view name_space, const cim::Class& event,
                                                     const cim::Class* target) const {
    std::vector<std::shared_ptr<const Listeners>> found;
    MutexLock lock(mutex_);
    if (by_key_.empty()) return found;
    for (const cim::Class* kind = &event; kind != nullptr; kind = kind->superclass().get()) {
      if (!wanted_.contains(kind->name())) continue;
      for (const std::string_view where : {name_space, std::string_view()}) {
        Append(Key(where, kind->name(), {}), found);
        for (const cim::Class* about = target; about != nullptr; about = about->superclass().get()) {
          Append(Key(where, kind->name(), about->name()), found);
        }
      }
    }
    return found;
  }

  bool IsWanted(std::string_view event_class) const {
    MutexLock lock(mutex_);
    return wanted_.contains(event_class);
  }

 private:
  static std::shared_ptr<Listeners> LivingOf(const Listeners& listeners, const EventReceiver* without) {
    auto living = std::make_shared<Listeners>();
    for (const std::weak_ptr<EventReceiver>& listener : listeners) {
      const std::shared_ptr<EventReceiver> receiver = listener.lock();
      if (receiver && receiver.get() != without) living->push_back(listener);
    }
    return living;
  }

  void Append(const std::string& key, std::vector<std::shared_ptr<const Listeners>>& found) const WMI_REQUIRES(mutex_) {
    const auto place = by_key_.find(key);
    if (place != by_key_.end()) found.push_back(place->second);
  }

  mutable Mutex mutex_;
  // The lists are replaced, never changed: who fires reads them without the lock.
  std::unordered_map<std::string, std::shared_ptr<const Listeners>, FoldedHash, FoldedEqual> by_key_
      WMI_GUARDED_BY(mutex_);
  // How many receivers there are for exactly this event class.
  std::unordered_map<std::string, std::size_t, FoldedHash, FoldedEqual> wanted_ WMI_GUARDED_BY(mutex_);
};

namespace {

template <typename Index>
class Held final : public EventHub::Entry {
 public:
  Held(std::shared_ptr<Index> index, std::string key, std::string event_class, std::shared_ptr<EventReceiver> receiver)
      : index_(std::move(index)),
        key_(std::move(key)),
        event_class_(std::move(event_class)),
        receiver_(std::move(receiver)) {
    index_->Add(key_, event_class_, receiver_);
  }
  ~Held() override { index_->Remove(key_, event_class_, receiver_.get()); }

 private:
  const std::shared_ptr<Index> index_;
  const std::string key_;
  const std::string event_class_;
  const std::shared_ptr<EventReceiver> receiver_;
};

}  // namespace

EventHub::EventHub() : index_(std::make_shared<Index>()) {}
EventHub::~EventHub() = default;

std::unique_ptr<EventHub::Entry> EventHub::Add(std::shared_ptr<EventReceiver> receiver, EventScope scope) {
  std::string key = Key(scope.name_space, scope.event_class, scope.target);
  return std::make_unique<Held<Index>>(index_, std::move(key), std::move(scope.event_class), std::move(receiver));
}

void EventHub::Fire(std::string_view name_space, const cim::Object& event) {
  for (const auto& listeners : index_->Find(name_space, event.schema(), TargetOf(event))) {
    for (const std::weak_ptr<EventReceiver>& listener : *listeners) {
      if (const std::shared_ptr<EventReceiver> receiver = listener.lock()) receiver->Offer(event);
    }
  }
}

bool EventHub::IsWanted(std::string_view event_class) const { return index_->IsWanted(event_class); }

}  // namespace wmi::engine
