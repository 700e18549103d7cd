#include "engine/event_hub.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/text.h"
#include "engine/filter_index.h"

namespace wmi::engine {
namespace {

using Receivers = FilterIndex<EventReceiver>;

// A name as it is looked up: hashed once for all places it may be in.
struct Name {
  Name() = default;
  explicit Name(std::string_view name) : text(name), hash(HashFolded(name)) {}
  std::string_view text;
  std::size_t hash = HashFolded({});
};

// An EventScope that is looked up.
struct ScopeNames {
  Name name_space;
  Name event_class;
  Name target;
};

struct ScopeKey {
  explicit ScopeKey(const EventScope& scope)
      : name_space(scope.name_space), event_class(scope.event_class), target(scope.target) {}
  ScopeNames names() const { return {Name(name_space), Name(event_class), Name(target)}; }

  std::string name_space;
  std::string event_class;
  std::string target;
};

struct ScopeHash {
  using is_transparent = void;
  std::size_t operator()(const ScopeKey& key) const { return (*this)(key.names()); }
  std::size_t operator()(const ScopeNames& names) const {
    constexpr std::size_t kFactor = 0x9e3779b97f4a7c15;
    return ((names.name_space.hash * kFactor) ^ names.event_class.hash) * kFactor ^ names.target.hash;
  }
};

struct ScopeEqual {
  using is_transparent = void;
  bool operator()(const ScopeKey& a, const ScopeKey& b) const {
    return AreEqual(a, {b.name_space, b.event_class, b.target});
  }
  bool operator()(const ScopeNames& a, const ScopeKey& b) const { return (*this)(b, a); }
  bool operator()(const ScopeKey& a, const ScopeNames& b) const {
    return AreEqual(a, {b.name_space.text, b.event_class.text, b.target.text});
  }

 private:
  struct Texts {
    std::string_view name_space;
    std::string_view event_class;
    std::string_view target;
  };
  static bool AreEqual(const ScopeKey& a, const Texts& b) {
    return EqualFolded(a.event_class, b.event_class) && EqualFolded(a.target, b.target) &&
           EqualFolded(a.name_space, b.name_space);
  }
};

struct NameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return HashFolded(text); }
  std::size_t operator()(const Name& name) const { return name.hash; }
};

struct NameEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return EqualFolded(a, b); }
  bool operator()(const Name& a, std::string_view b) const { return EqualFolded(a.text, b); }
  bool operator()(std::string_view a, const Name& b) const { return EqualFolded(a, b.text); }
};

// The class of the instance that an event is about; null for other events.
const cim::Class* TargetOf(const cim::Object& event) {
  const auto slot = event.schema().FindSlot("TargetInstance");
  if (!slot || event.slot(*slot).kind() != cim::ValueKind::kObject) return nullptr;
  return &event.slot(*slot).object()->schema();
}

}  // namespace

class EventHub::Index {
 public:
  Receivers::Place Add(const ScopeKey& key, const wql::Predicate* filter,
                       const std::shared_ptr<EventReceiver>& receiver) {
    MutexLock lock(mutex_);
    const auto wanted = wanted_.try_emplace(key.event_class, 0).first;
    const auto place = places_.try_emplace(key).first;
    const Receivers::Place filed = place->second.Add(receiver, filter);
    ++wanted->second;
    return filed;
  }

  // Called by destructors, so it does without memory. The caller has a reference to the receiver.
  void Remove(const ScopeKey& key, const wql::Predicate* filter, Receivers::Place filed,
              const EventReceiver* receiver) noexcept {
    MutexLock lock(mutex_);
    const auto wanted = wanted_.find(std::string_view(key.event_class));
    if (wanted != wanted_.end() && --wanted->second == 0) wanted_.erase(wanted);
    const auto place = places_.find(key);
    if (place == places_.end()) return;
    place->second.Remove(receiver, filter, filed);
    if (place->second.empty()) places_.erase(place);
  }

  // Those that the event may concern.
  void Find(std::string_view name_space, const cim::Object& event, FewReceivers<EventReceiver>& found) const {
    const cim::Class* const target = TargetOf(event);
    const Name anywhere;
    MutexLock lock(mutex_);
    if (places_.empty()) return;
    const Name where(name_space);
    for (const cim::Class* kind = &event.schema(); kind != nullptr; kind = kind->superclass().get()) {
      const Name event_class(kind->name());
      const auto wanted = wanted_.find(event_class);
      if (wanted == wanted_.end() || wanted->second == 0) continue;
      Append({where, event_class, {}}, event, found);
      Append({anywhere, event_class, {}}, event, found);
      for (const cim::Class* about = target; about != nullptr; about = about->superclass().get()) {
        const Name target_class(about->name());
        Append({where, event_class, target_class}, event, found);
        Append({anywhere, event_class, target_class}, event, found);
      }
    }
  }

  // Whose scope names one of these classes, wherever and whatever it is about.
  void FindOf(std::span<const std::string_view> event_classes, FewReceivers<EventReceiver>& found) const {
    MutexLock lock(mutex_);
    for (const auto& place : places_) {
      const std::string& event_class = place.first.event_class;
      const bool is_meant = std::any_of(event_classes.begin(), event_classes.end(),
                                        [&](std::string_view name) { return EqualFolded(name, event_class); });
      if (!is_meant) continue;
      place.second.ForEach([&found](const std::shared_ptr<EventReceiver>& receiver) { found.Add(receiver); });
    }
  }

  bool IsWanted(std::string_view event_class) const {
    MutexLock lock(mutex_);
    const auto wanted = wanted_.find(event_class);
    return wanted != wanted_.end() && wanted->second > 0;
  }

 private:
  void Append(const ScopeNames& scope, const cim::Object& event, FewReceivers<EventReceiver>& found) const
      WMI_REQUIRES(mutex_) {
    const auto place = places_.find(scope);
    if (place == places_.end()) return;
    place->second.Find(event, [&found](const std::shared_ptr<EventReceiver>& receiver) { found.Add(receiver); });
  }

  mutable Mutex mutex_;
  std::unordered_map<ScopeKey, Receivers, ScopeHash, ScopeEqual> places_ WMI_GUARDED_BY(mutex_);
  // How many receivers there are for exactly this event class.
  std::unordered_map<std::string, std::size_t, NameHash, NameEqual> wanted_ WMI_GUARDED_BY(mutex_);
};

namespace {

template <typename Index>
class Held final : public EventHub::Entry {
 public:
  Held(std::shared_ptr<Index> index, EventScope scope, std::shared_ptr<EventReceiver> receiver)
      : index_(std::move(index)),
        key_(scope),
        filter_(std::move(scope.filter)),
        receiver_(std::move(receiver)),
        filed_(index_->Add(key_, filter_.get(), receiver_)) {}
  ~Held() override { index_->Remove(key_, filter_.get(), filed_, receiver_.get()); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  const std::shared_ptr<Index> index_;
  const ScopeKey key_;
  const std::shared_ptr<const wql::Predicate> filter_;
  const std::shared_ptr<EventReceiver> receiver_;
  const Receivers::Place filed_;
};

}  // namespace

EventHub::EventHub() : index_(std::make_shared<Index>()) {}
EventHub::~EventHub() = default;

std::unique_ptr<EventHub::Entry> EventHub::Add(std::shared_ptr<EventReceiver> receiver, EventScope scope) {
  return std::make_unique<Held<Index>>(index_, std::move(scope), std::move(receiver));
}

void EventHub::Fire(std::string_view name_space, const cim::Object& event, const EventProtection& protection,
                    FiringPace* pace) {
  FewReceivers<EventReceiver> found;
  index_->Find(name_space, event, found);
  found.ForEach([&](EventReceiver& receiver) {
    if (!protection.is_open() && !receiver.MayReceive(protection, Admission::kSubjectToDescriptors)) return;
    receiver.Offer(event);
    if (pace == nullptr) return;
    std::shared_ptr<PushPort> backlog = receiver.Backlog();
    if (backlog) pace->Note(std::move(backlog));
  });
}

void EventHub::Fire(std::string_view name_space, const cim::Object& event) {
  const Result<DescriptorPtr> own = DescriptorOf(event);
  if (own.ok()) Fire(name_space, event, {*own});
}

Status EventHub::Fire(std::string_view name_space, std::span<const cim::Object> events, FiringPace* pace) {
  const std::vector<DescriptorPtr> own = TRY(DescriptorsOf(events));
  for (std::size_t i = 0; i < events.size(); ++i) Fire(name_space, events[i], {own.empty() ? nullptr : own[i]}, pace);
  return Status();
}

void EventHub::CountLost(std::span<const std::string_view> event_classes, std::uint64_t count) {
  FewReceivers<EventReceiver> found;
  index_->FindOf(event_classes, found);
  found.ForEach([count](EventReceiver& receiver) { receiver.CountLost(count); });
}

bool EventHub::IsWanted(std::string_view event_class) const { return index_->IsWanted(event_class); }

}  // namespace wmi::engine
