// What the tests of subscriptions share: a provider whose instances the test moves, sources that tell what it says, a
// clock that it sets, and somebody who listens (contract 6 and 7.4; docs/events.md).
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "engine/calls.h"
#include "engine/engine.h"
#include "engine/event_subscription.h"

namespace wmi::engine {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr const char* kClasses = R"mof(
  Qualifier Key : ToInstance ToSubClass DisableOverride;
  [abstract] class Ware { [key] string Name; };
  [dynamic, provider("Shop")] class Tool : Ware { uint32 Weight; string Colour; };
  [dynamic, provider("Shop")] class Nail : Ware { uint32 Length; };
  class Room { [key] string Name; uint32 Seats; };
  class Bell : __ExtrinsicEvent { string Tone; };
  class LoudBell : Bell { uint32 Volume; };
)mof";

inline constexpr auto kWaitMax = seconds(60);
inline constexpr std::int64_t kMorning = 1'700'000'000'000'000;  // when the clock stands at its beginning, since 1970

// Until it holds, a minute at most.
inline bool Await(const std::function<bool()>& holds) {
  const TimePoint deadline = SteadyClock().Now() + kWaitMax;
  while (!holds()) {
    if (SteadyClock().Now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

// ---- a provider -----------------------------------------------------------------------------------------------------

// Tools by name. Safe from several threads.
class Shop final : public provider::InstanceProvider {
 public:
  struct Tool {
    std::uint64_t weight = 0;
    std::string colour = "red";
  };

  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override {
    MutexLock lock(mutex_);
    ++(request.has_keys ? single_looks_ : looks_);
    max_inside_ = std::max(max_inside_, ++inside_);
    while (is_closed_) opened_.Wait(lock);
    --inside_;
    if (!failure_.ok()) return failure_;
    return std::unique_ptr<provider::InstanceStream>(std::make_unique<Stream>(*this, request));
  }
  provider::Blocking blocking() const override { return provider::Blocking::kPossible; }

  void Set(const std::string& name, Tool tool) {
    MutexLock lock(mutex_);
    tools_[name] = std::move(tool);
  }
  void Take(const std::string& name) {
    MutexLock lock(mutex_);
    tools_.erase(name);
  }
  void SetClosed(bool is_closed) {
    MutexLock lock(mutex_);
    is_closed_ = is_closed;
    opened_.NotifyAll();
  }
  void Fail(Status failure) {
    MutexLock lock(mutex_);
    failure_ = std::move(failure);
  }
  void SetIncomplete(bool is_incomplete) {
    MutexLock lock(mutex_);
    is_incomplete_ = is_incomplete;
  }
  int looks() const {
    MutexLock lock(mutex_);
    return looks_;
  }
  int single_looks() const {
    MutexLock lock(mutex_);
    return single_looks_;
  }
  int max_inside() const {
    MutexLock lock(mutex_);
    return max_inside_;
  }

 private:
  struct Stream final : provider::InstanceStream {
    Stream(Shop& of, const provider::Request& wanted) : shop(of), request(wanted) {}
    Result<provider::ReadState> Read(provider::RowWriter& writer) override {
      MutexLock lock(shop.mutex_);
      if (shop.is_incomplete_) writer.SetIncomplete("a shelf is locked");
      for (auto next = shop.tools_.upper_bound(last); next != shop.tools_.end(); ++next) {
        if (writer.full()) return provider::ReadState::kMore;
        const auto& [name, tool] = *next;
        last = name;
        writer.Begin();
        writer.SetText(0, name);
        writer.SetUnsigned(1, tool.weight);
        writer.SetText(2, tool.colour);
        writer.Commit();
      }
      return provider::ReadState::kEnd;
    }
    Shop& shop;
    const provider::Request& request;
    std::string last;
  };

  mutable Mutex mutex_;
  CondVar opened_;
  std::map<std::string, Tool> tools_ WMI_GUARDED_BY(mutex_);
  Status failure_ WMI_GUARDED_BY(mutex_);
  bool is_incomplete_ WMI_GUARDED_BY(mutex_) = false;
  bool is_closed_ WMI_GUARDED_BY(mutex_) = false;
  int looks_ WMI_GUARDED_BY(mutex_) = 0;
  int single_looks_ WMI_GUARDED_BY(mutex_) = 0;
  int inside_ WMI_GUARDED_BY(mutex_) = 0;
  int max_inside_ WMI_GUARDED_BY(mutex_) = 0;
};

// Tells what the test says. Outlived by what it handed out.
struct Told {
  Mutex mutex;
  std::shared_ptr<provider::ChangeListener> changes WMI_GUARDED_BY(mutex);
  std::shared_ptr<provider::EventListener> events WMI_GUARDED_BY(mutex);
  std::set<std::string> asked WMI_GUARDED_BY(mutex);  // of ToneEvents
  std::atomic<int> listening = 0;
  std::atomic<int> listened = 0;
  Status refusal = {};
};

struct ToldListening final : provider::Listening {
  explicit ToldListening(std::shared_ptr<Told> of) : told(std::move(of)) {
    ++told->listening;
    ++told->listened;
  }
  ~ToldListening() override { --told->listening; }
  const std::shared_ptr<Told> told;
};

class ToldChanges final : public provider::ChangeSource {
 public:
  enum class Kind { kState, kLog };
  ToldChanges(std::shared_ptr<Told> told, provider::Operations covers, Kind kind = Kind::kState)
      : told_(std::move(told)), covers_(covers), kind_(kind) {}
  provider::Operations covers() const override { return covers_; }
  bool is_log() const override { return kind_ == Kind::kLog; }
  Result<std::unique_ptr<provider::Listening>> Listen(const provider::Request&, exec::Reactor&,
                                                      std::shared_ptr<provider::ChangeListener> listener) override {
    if (!told_->refusal.ok()) return told_->refusal;
    MutexLock lock(told_->mutex);
    told_->changes = std::move(listener);
    return std::unique_ptr<provider::Listening>(std::make_unique<ToldListening>(told_));
  }

 private:
  const std::shared_ptr<Told> told_;
  const provider::Operations covers_;
  const Kind kind_;
};

class ToldEvents final : public provider::EventSource {
 public:
  explicit ToldEvents(std::shared_ptr<Told> told) : told_(std::move(told)) {}
  Result<std::unique_ptr<provider::Listening>> Listen(const provider::EventRequest&, exec::Reactor&,
                                                      std::shared_ptr<provider::EventListener> listener) override {
    if (!told_->refusal.ok()) return told_->refusal;
    MutexLock lock(told_->mutex);
    told_->events = std::move(listener);
    return std::unique_ptr<provider::Listening>(std::make_unique<ToldListening>(told_));
  }

 private:
  const std::shared_ptr<Told> told_;
};

// ---- a subscriber ---------------------------------------------------------------------------------------------------

inline std::string TextOf(const cim::Object& object, std::string_view property) {
  const auto slot = object.schema().FindSlot(property);
  if (!slot) return {};
  const cim::ValueView value = object.slot(*slot);
  if (value.kind() == cim::ValueKind::kText) return std::string(value.text());
  if (value.kind() == cim::ValueKind::kUnsigned) return fmt::format("{}", value.unsigned_integer());
  return value.is_null() ? "NULL" : "?";
}

inline std::string About(const cim::Object& event, std::string_view property) {
  const auto slot = event.schema().FindSlot(property);
  if (!slot || event.slot(*slot).kind() != cim::ValueKind::kObject) return {};
  const cim::Object& object = *event.slot(*slot).object();
  std::string text = object.schema().name();
  if (object.is_class()) return text;
  for (const char* name : {"Name", "Weight", "Seats"}) {
    if (const std::string value = TextOf(object, name); !value.empty()) text += " " + value;  // NOLINT: short
  }
  return text;
}

// "__InstanceCreationEvent Tool Axe 3", "__InstanceModificationEvent Tool Axe 4 was Tool Axe 3", "Bell ding".
inline std::string Describe(const cim::Object& event) {
  std::string text = event.schema().name();
  for (const char* name : {"TargetInstance", "TargetClass", "TargetNamespace", "Representative", "Event"}) {
    if (const std::string about = About(event, name); !about.empty()) text += fmt::format(" {}", about);
  }
  for (const char* name : {"PreviousInstance", "PreviousClass"}) {
    if (const std::string about = About(event, name); !about.empty()) text += fmt::format(" was {}", about);
  }
  for (const char* name : {"Tone", "NumberOfEvents", "TimerId", "NumFirings"}) {
    if (const std::string value = TextOf(event, name); !value.empty()) text += fmt::format(" {}", value);
  }
  return text;
}

struct Heard {
  Mutex mutex;
  std::vector<std::string> events WMI_GUARDED_BY(mutex);
  std::optional<Status> outcome WMI_GUARDED_BY(mutex);
  std::atomic<bool> is_stuck = false;

  std::vector<std::string> Events() {
    MutexLock lock(mutex);
    return events;
  }
  std::optional<Status> Outcome() {
    MutexLock lock(mutex);
    return outcome;
  }
};

class Ear final : public Consumer {
 public:
  explicit Ear(std::shared_ptr<Heard> heard) : heard_(std::move(heard)) {}
  ConsumerPlacement placement() const override { return ConsumerPlacement::kDelivery; }
  Delivered Consume(Batch batch) override {
    Await([&] { return !heard_->is_stuck; });
    MutexLock lock(heard_->mutex);
    for (const cim::Object& event : batch) heard_->events.push_back(Describe(event));
    return Delivered::With(code::kOk);
  }
  void Finish(const Ending& ending) override {
    MutexLock lock(heard_->mutex);
    heard_->outcome = ending.status;
  }

 private:
  const std::shared_ptr<Heard> heard_;
};

class SubscriptionTest : public testing::Test {
 protected:
  struct Subscriber {
    std::shared_ptr<Heard> heard;
    std::shared_ptr<Operation> operation;
    Subscriber(std::shared_ptr<Heard> of, std::shared_ptr<Operation> by)
        : heard(std::move(of)), operation(std::move(by)) {}
    Subscriber(Subscriber&& other) = default;
    Subscriber& operator=(Subscriber&&) = delete;
    ~Subscriber() {
      if (operation) operation->Cancel();
    }
  };

  explicit SubscriptionTest(WatchBounds bounds = {}) : engine_(OptionsOn(clock_, bounds)) {
    std::ifstream file(std::string(WMI_SOURCE_DIR) + "/schema/system.mof", std::ios::binary);
    engine_.catalogue().SetSystemClasses({"system.mof", {std::istreambuf_iterator<char>(file), {}}});
    EXPECT_TRUE(engine_.catalogue().AddNamespace("ROOT\\shop").ok());
    const Status compiled = engine_.catalogue().Compile({"shop.mof", kClasses}, "ROOT\\shop");
    EXPECT_TRUE(compiled.ok()) << compiled.Message();
    auto shop = std::make_unique<Shop>();
    shop_ = shop.get();
    engine_.providers().Register("Tool", std::move(shop));
    engine_.providers().Register("Nail", std::make_unique<Shop>());
    session_ = engine_.Connect("ROOT\\shop").value();
  }

  static Engine::Options OptionsOn(const Clock& clock, WatchBounds bounds) {
    Engine::Options options;
    options.watch_bounds = bounds;
    options.server = "here";
    options.runtime.clock = &clock;
    options.wall_clock = [&clock] {
      return kMorning + std::chrono::duration_cast<std::chrono::microseconds>(clock.Now().time_since_epoch()).count();
    };
    return options;
  }

  void TellChanges(provider::Operations covers) {
    engine_.event_sources().RegisterChanges("Tool", std::make_unique<ToldChanges>(told_, covers));
    engine_.event_sources().RegisterChanges("Nail", std::make_unique<ToldChanges>(std::make_shared<Told>(), covers));
  }
  std::shared_ptr<provider::ChangeListener> changes() {
    MutexLock lock(told_->mutex);
    return told_->changes;
  }
  std::shared_ptr<provider::EventListener> events() {
    MutexLock lock(told_->mutex);
    return told_->events;
  }

  Subscriber Subscribe(const std::string& query) {
    Subscriber made(std::make_shared<Heard>(), nullptr);
    Result<Reservation> reservation = engine_.runtime().Reserve(session_->lane());
    EXPECT_TRUE(reservation.ok());
    Operation::Call call;
    call.session = session_->lane();
    call.description = query;
    call.source = SubscriptionSource(session_, query);
    call.consumer = std::make_shared<Ear>(made.heard);
    call.lifetime = Lifetime::kSubscription;
    made.operation = Operation::Start(engine_.runtime(), std::move(reservation).value(), std::move(call));
    ++subscribers_;
    return made;
  }
  // A subscription that is alive: the first look is over.
  Subscriber Watching(const std::string& query) {
    const int looks = shop_->looks();
    Subscriber made = Subscribe(query);
    EXPECT_TRUE(Await([&] { return shop_->looks() > looks && IsQuiet(); })) << query;
    EXPECT_FALSE(made.heard->Outcome()) << made.heard->Outcome()->Message();
    return made;
  }
  // No operation but the subscriptions.
  bool IsQuiet() { return engine_.runtime().counters().active == subscribers_; }
  // Lets time pass, and what is due happen.
  void Pass(Duration time) {
    const int looks = shop_->looks();
    clock_.Advance(time);
    engine_.RunDue();
    EXPECT_TRUE(Await([&] { return shop_->looks() > looks && IsQuiet(); }));
  }
  Code OutcomeOf(const std::string& query) {
    const Subscriber made = Subscribe(query);
    EXPECT_TRUE(Await([&] { return made.heard->Outcome().has_value(); })) << query;
    --subscribers_;
    message_ = made.heard->Outcome()->Message();
    return made.heard->Outcome()->code();
  }
  static void ExpectHeard(const Subscriber& subscriber, const std::vector<std::string>& events) {
    EXPECT_TRUE(Await([&] { return subscriber.heard->Events().size() >= events.size(); }));
    EXPECT_EQ(subscriber.heard->Events(), events);
  }
  cim::Object Tool(const std::string& name, std::uint64_t weight) {
    cim::RowBlockBuilder builder;
    builder.BeginRow(session_->name_space()->FindClass("Tool"));
    builder.SetText(0, name);
    builder.SetUnsigned(1, weight);
    builder.SetText(2, "red");
    builder.CommitRow();
    Batch made;
    builder.Finish(made);
    return made.front();
  }

  ManualClock clock_;
  Engine engine_;
  Shop* shop_ = nullptr;
  SessionPtr session_;
  const std::shared_ptr<Told> told_ = std::make_shared<Told>();
  std::size_t subscribers_ = 0;
  std::string message_;
};

inline constexpr char kTools[] = "SELECT * FROM __InstanceOperationEvent WITHIN 2 WHERE TargetInstance ISA 'Tool'";
inline constexpr char kToldTools[] = "SELECT * FROM __InstanceOperationEvent WHERE TargetInstance ISA 'Tool'";

}  // namespace wmi::engine
