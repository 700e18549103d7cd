// Subscriptions, from the query to the sink, with a provider whose instances the test moves and a clock that it sets
// (contract 6 and 7.4; docs/events.md).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "cim/datetime.h"
#include "engine/calls.h"
#include "engine/engine.h"
#include "engine/event_subscription.h"
#include "wql/event_query.h"
#include "wql/query.h"

namespace wmi::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kClasses = R"mof(
  Qualifier Key : ToInstance ToSubClass DisableOverride;
  [abstract] class Ware { [key] string Name; };
  [dynamic, provider("Shop")] class Tool : Ware { uint32 Weight; string Colour; };
  [dynamic, provider("Shop")] class Nail : Ware { uint32 Length; };
  class Room { [key] string Name; uint32 Seats; };
  class Bell : __ExtrinsicEvent { string Tone; };
  class LoudBell : Bell { uint32 Volume; };
)mof";

constexpr auto kWaitMax = seconds(60);
constexpr std::int64_t kMorning = 1'700'000'000'000'000;  // when the clock stands at its beginning, since 1970

// Until it holds, a minute at most.
bool Await(const std::function<bool()>& holds) {
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

std::string TextOf(const cim::Object& object, std::string_view property) {
  const auto slot = object.schema().FindSlot(property);
  if (!slot) return {};
  const cim::ValueView value = object.slot(*slot);
  if (value.kind() == cim::ValueKind::kText) return std::string(value.text());
  if (value.kind() == cim::ValueKind::kUnsigned) return fmt::format("{}", value.unsigned_integer());
  return value.is_null() ? "NULL" : "?";
}

std::string About(const cim::Object& event, std::string_view property) {
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
std::string Describe(const cim::Object& event) {
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

constexpr char kTools[] = "SELECT * FROM __InstanceOperationEvent WITHIN 2 WHERE TargetInstance ISA 'Tool'";
constexpr char kToldTools[] = "SELECT * FROM __InstanceOperationEvent WHERE TargetInstance ISA 'Tool'";

// ---- polled ---------------------------------------------------------------------------------------------------------

TEST_F(SubscriptionTest, APollTellsWhatDiffersFromTheLookBefore) {
  shop_->Set("Axe", {3});
  shop_->Set("Saw", {2});
  const Subscriber all = Watching(kTools);
  shop_->Set("Axe", {4});
  shop_->Take("Saw");
  shop_->Set("Pin", {1});
  Pass(seconds(2));
  ExpectHeard(all, {"__InstanceModificationEvent Tool Axe 4 was Tool Axe 3", "__InstanceCreationEvent Tool Pin 1",
                    "__InstanceDeletionEvent Tool Saw 2"});
  Pass(seconds(2));
  shop_->Take("Axe");
  Pass(seconds(2));
  ExpectHeard(all, {"__InstanceModificationEvent Tool Axe 4 was Tool Axe 3", "__InstanceCreationEvent Tool Pin 1",
                    "__InstanceDeletionEvent Tool Saw 2", "__InstanceDeletionEvent Tool Axe 4"});
}

TEST_F(SubscriptionTest, TheFilterGoesIntoTheInstances) {
  shop_->Set("Axe", {3});
  const Subscriber heavy = Watching(
      "SELECT * FROM __InstanceModificationEvent WITHIN 2 WHERE TargetInstance ISA 'Tool' AND TargetInstance.Weight > "
      "5 "
      "AND PreviousInstance.Weight <= 5");
  shop_->Set("Axe", {5});
  Pass(seconds(2));
  shop_->Set("Axe", {6});
  Pass(seconds(2));
  shop_->Set("Axe", {7});
  Pass(seconds(2));
  ExpectHeard(heavy, {"__InstanceModificationEvent Tool Axe 6 was Tool Axe 5"});
}

TEST_F(SubscriptionTest, ThoseWhoWatchTheSameShareOneLookAtTheShortestInterval) {
  const Subscriber slow = Watching(
      "SELECT * FROM __InstanceCreationEvent WITHIN 10 WHERE TargetInstance ISA 'Tool' AND "
      "TargetInstance.Weight = 1");
  const Subscriber fast = Subscribe("SELECT * FROM __InstanceOperationEvent WITHIN 1 WHERE TargetInstance ISA 'tool'");
  // It joins the base line that is there, and wants the next look earlier.
  ASSERT_TRUE(Await([&] { return engine_.RunDue() <= clock_.Now() + seconds(1); }));
  shop_->Set("Pin", {1});
  const int before = shop_->looks();
  Pass(seconds(1));
  EXPECT_EQ(shop_->looks(), before + 1);
  ExpectHeard(slow, {"__InstanceCreationEvent Tool Pin 1"});
  ExpectHeard(fast, {"__InstanceCreationEvent Tool Pin 1"});
}

// Filed by what they ask of the instance, before and after the change (filter_index.h).
TEST_F(SubscriptionTest, OfThoseWhoShareAWatchEachHearsItsOwn) {
  TellChanges(provider::kAllOperations);
  const std::string any = "SELECT * FROM __InstanceOperationEvent WHERE TargetInstance ISA 'Tool' AND ";
  const Subscriber light = Watching(any + "(TargetInstance.Weight = 1 OR TargetInstance.Weight = 2)");
  const Subscriber heavy = Subscribe(any + "TargetInstance.Weight = '7' AND TargetInstance.Colour = 'RED'");
  const Subscriber blue = Subscribe(any + "TargetInstance.Colour = 'blue'");
  const Subscriber changed = Subscribe(
      "SELECT * FROM __InstanceModificationEvent WHERE TargetInstance ISA 'Tool' AND PreviousInstance.Weight = 1");
  const auto tell = [&](const std::string& name) {
    changes()->Appeared(Tool(name, 1));
    changes()->Appeared(Tool(name, 7));
    changes()->Gone({cim::Value::Text(name)});
  };
  const auto heard = [](const Subscriber& subscriber) { return !subscriber.heard->Events().empty(); };
  // Until all are members, one of which goes again.
  {
    const Subscriber gone = Subscribe(any + "TargetInstance.Weight = 1");
    ASSERT_TRUE(Await([&] {
      tell("Probe");
      return heard(gone) && heard(light) && heard(heavy) && heard(changed);
    }));
  }
  --subscribers_;
  const auto after_probes = [](const Subscriber& subscriber) {
    std::vector<std::string> events = subscriber.heard->Events();
    std::erase_if(events, [](const std::string& event) { return event.find("Probe") != std::string::npos; });
    return events;
  };
  using Events = std::vector<std::string>;
  tell("Pin");
  const Events whole{"__InstanceModificationEvent Tool Pin 7 was Tool Pin 1", "__InstanceDeletionEvent Tool Pin 7"};
  ASSERT_TRUE(Await([&] { return after_probes(heavy).size() == 2 && !after_probes(changed).empty(); }));
  ASSERT_TRUE(Await([&] { return !after_probes(light).empty(); }));
  EXPECT_EQ(after_probes(light), Events{"__InstanceCreationEvent Tool Pin 1"});
  EXPECT_EQ(after_probes(heavy), whole);
  EXPECT_EQ(after_probes(changed), Events{whole.front()});
  EXPECT_FALSE(heard(blue));
}

TEST_F(SubscriptionTest, ALookNeverOverlapsItself) {
  const Subscriber all = Watching(kTools);
  shop_->SetClosed(true);
  const int looks = shop_->looks();
  for (int i = 0; i < 5; ++i) {
    clock_.Advance(seconds(2));
    engine_.RunDue();
    ASSERT_TRUE(Await([&] { return shop_->looks() > looks; }));
  }
  shop_->Set("Axe", {3});
  shop_->SetClosed(false);
  ExpectHeard(all, {"__InstanceCreationEvent Tool Axe 3"});
  EXPECT_EQ(shop_->max_inside(), 1);
}

TEST_F(SubscriptionTest, WhatALookCouldNotListHasNotGone) {
  shop_->Set("Axe", {3});
  shop_->Set("Saw", {2});
  const Subscriber all = Watching(kTools);
  shop_->Take("Axe");
  shop_->Set("Saw", {1});
  shop_->SetIncomplete(true);
  Pass(seconds(2));
  ExpectHeard(all, {"__InstanceModificationEvent Tool Saw 1 was Tool Saw 2"});
  shop_->SetIncomplete(false);
  Pass(seconds(2));
  ExpectHeard(all, {"__InstanceModificationEvent Tool Saw 1 was Tool Saw 2", "__InstanceDeletionEvent Tool Axe 3"});
}

TEST_F(SubscriptionTest, OneLookMayFailAndThreeMayNot) {
  const Subscriber all = Watching(kTools);
  shop_->Fail(Status(code::kProviderFailure, "the door is stuck"));
  Pass(seconds(2));
  Pass(seconds(2));
  shop_->Fail(Status());
  shop_->Set("Axe", {3});
  Pass(seconds(2));
  ExpectHeard(all, {"__InstanceCreationEvent Tool Axe 3"});
  shop_->Fail(Status(code::kProviderFailure, "the door is stuck"));
  Pass(seconds(2));
  Pass(seconds(2));
  EXPECT_FALSE(all.heard->Outcome());
  clock_.Advance(seconds(2));
  engine_.RunDue();
  ASSERT_TRUE(Await([&] { return all.heard->Outcome().has_value(); }));
  EXPECT_EQ(all.heard->Outcome()->code(), code::kProviderFailure);
  EXPECT_EQ(all.heard->Outcome()->Message(), "the door is stuck");
}

TEST_F(SubscriptionTest, AFirstLookThatFailsEndsTheSubscription) {
  shop_->Fail(Status(code::kProviderFailure, "the door is stuck"));
  EXPECT_EQ(OutcomeOf(kTools), code::kProviderFailure);
}

TEST_F(SubscriptionTest, TheLastToLeaveEndsTheWatch) {
  {
    const Subscriber all = Watching(kTools);
  }
  --subscribers_;
  ASSERT_TRUE(Await([&] { return IsQuiet(); }));
  const int looks = shop_->looks();
  clock_.Advance(seconds(10));
  EXPECT_TRUE(engine_.RunDue() == TimePoint::max()) << "no timer is left";
  EXPECT_EQ(shop_->looks(), looks);
}

// ---- what cannot work -----------------------------------------------------------------------------------------------

TEST_F(SubscriptionTest, SaysWhyAQueryCannotBeWatched) {
  EXPECT_EQ(OutcomeOf(kToldTools), code::kRegistrationTooPrecise);  // checklist 24
  EXPECT_EQ(message_, "nobody tells of the changes of Tool, so it has to be looked at again and again");
  EXPECT_EQ(OutcomeOf("SELECT * FROM __InstanceCreationEvent WITHIN 1"), code::kRegistrationTooBroad);
  EXPECT_EQ(OutcomeOf("SELECT * FROM __InstanceCreationEvent WITHIN 1 WHERE TargetInstance ISA 'Nothing'"),
            code::kInvalidClass);
}

// ---- pushed ---------------------------------------------------------------------------------------------------------

TEST_F(SubscriptionTest, WhatIsToldNeedsNoInterval) {
  TellChanges(provider::kAllOperations);
  shop_->Set("Axe", {3});
  const Subscriber all = Watching(kToldTools);
  changes()->Appeared(Tool("Pin", 1));
  changes()->Appeared(Tool("Axe", 4));
  changes()->Gone({cim::Value::Text("Pin")});
  changes()->Gone({cim::Value::Text("Pin")});  // once is enough
  ExpectHeard(all, {"__InstanceCreationEvent Tool Pin 1", "__InstanceModificationEvent Tool Axe 4 was Tool Axe 3",
                    "__InstanceDeletionEvent Tool Pin 1"});
  clock_.Advance(std::chrono::hours(1));
  EXPECT_TRUE(engine_.RunDue() == TimePoint::max()) << "no timer";
}

TEST_F(SubscriptionTest, LookReadsOneOrAll) {
  TellChanges(provider::kAllOperations);
  const Subscriber all = Watching(kToldTools);
  shop_->Set("Axe", {3});
  changes()->Look({cim::Value::Text("Axe")});
  ExpectHeard(all, {"__InstanceCreationEvent Tool Axe 3"});
  shop_->Take("Axe");
  changes()->Look({cim::Value::Text("Axe")});
  ExpectHeard(all, {"__InstanceCreationEvent Tool Axe 3", "__InstanceDeletionEvent Tool Axe 3"});
  EXPECT_EQ(shop_->looks(), 1);
  EXPECT_EQ(shop_->single_looks(), 2);
  shop_->Set("Saw", {2});
  changes()->Look();
  ExpectHeard(all, {"__InstanceCreationEvent Tool Axe 3", "__InstanceDeletionEvent Tool Axe 3",
                    "__InstanceCreationEvent Tool Saw 2"});
}

TEST_F(SubscriptionTest, WhatIsToldDuringALookIsNewerThanTheLook) {
  TellChanges(provider::kAllOperations);
  shop_->Set("Axe", {3});
  const Subscriber all = Watching(kToldTools);
  shop_->SetClosed(true);
  const int looks = shop_->looks();
  changes()->Look();
  ASSERT_TRUE(Await([&] { return shop_->looks() > looks; }));
  changes()->Gone({cim::Value::Text("Axe")});  // but the look will still list it
  shop_->SetClosed(false);
  ASSERT_TRUE(Await([&] { return IsQuiet(); }));
  ExpectHeard(all, {"__InstanceDeletionEvent Tool Axe 3"});
}

TEST_F(SubscriptionTest, WhatNobodyTellsIsPolledAndTheRestPushed) {
  TellChanges(provider::kCreation | provider::kDeletion);
  EXPECT_EQ(OutcomeOf(kToldTools), code::kRegistrationTooPrecise) << "changes are not told";
  const Subscriber all = Watching(kTools);
  changes()->Appeared(Tool("Axe", 3));
  ExpectHeard(all, {"__InstanceCreationEvent Tool Axe 3"});
  shop_->Set("Axe", {4});
  Pass(seconds(2));
  ExpectHeard(all, {"__InstanceCreationEvent Tool Axe 3", "__InstanceModificationEvent Tool Axe 4 was Tool Axe 3"});
}

TEST_F(SubscriptionTest, ASourceThatRefusesGivesItsReasonOrAPoll) {
  told_->refusal = Status(code::kAccessDenied, "only root may listen");
  TellChanges(provider::kAllOperations);
  EXPECT_EQ(OutcomeOf(kToldTools), code::kRegistrationTooPrecise);
  EXPECT_NE(message_.find("only root may listen"), std::string::npos) << message_;
  const Subscriber polled = Watching(kTools);
  shop_->Set("Axe", {3});
  Pass(seconds(2));
  ExpectHeard(polled, {"__InstanceCreationEvent Tool Axe 3"});
}

TEST_F(SubscriptionTest, ASourceThatEndsLeavesItToThePoll) {
  TellChanges(provider::kAllOperations);
  const Subscriber told = Watching(kToldTools);
  const Subscriber polled = Subscribe(kTools);
  // Until it has joined.
  std::uint64_t weight = 0;
  ASSERT_TRUE(Await([&] {
    shop_->Set("Axe", {++weight});
    changes()->Look();
    return !polled.heard->Events().empty();
  }));
  changes()->Ended(Status(code::kTransportFailure, "the daemon has gone"));
  ASSERT_TRUE(Await([&] { return told.heard->Outcome().has_value(); }));
  EXPECT_EQ(told.heard->Outcome()->code(), code::kTransportFailure);
  --subscribers_;
  ASSERT_TRUE(Await([&] { return IsQuiet(); }));
  shop_->Set("Pin", {1});
  Pass(seconds(2));
  EXPECT_TRUE(Await([&] { return polled.heard->Events().back() == "__InstanceCreationEvent Tool Pin 1"; }));
}

TEST_F(SubscriptionTest, LostMessagesLeadToALook) {
  TellChanges(provider::kAllOperations);
  const Subscriber all = Watching(kToldTools);
  shop_->Set("Axe", {3});
  changes()->Lost(7, "the socket was full");
  ExpectHeard(all, {"__InstanceCreationEvent Tool Axe 3"});
}

TEST_F(SubscriptionTest, ALogIsNotReadForWhatComes) {
  engine_.event_sources().RegisterChanges(
      "Tool",
      std::make_unique<ToldChanges>(told_, provider::kCreation | provider::kModification, ToldChanges::Kind::kLog));
  shop_->Set("Axe", {3});
  const Subscriber coming = Subscribe("SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'Tool'");
  const auto heard_last = [&](const std::string& event) {
    const std::vector<std::string> events = coming.heard->Events();
    return !events.empty() && events.back() == event;
  };
  // Until it has joined.
  ASSERT_TRUE(Await([&] {
    if (changes()) changes()->Appeared(Tool("Pin", 1));
    return !coming.heard->Events().empty();
  }));
  changes()->Look();
  changes()->Lost(7, "the file was taken away");
  changes()->Appeared(Tool("Saw", 2));
  ASSERT_TRUE(Await([&] { return heard_last("__InstanceCreationEvent Tool Saw 2"); }));
  const std::size_t before = coming.heard->Events().size();
  EXPECT_EQ(shop_->looks(), 0);
  {
    // What goes is found by looking; what comes is told as before, once.
    const Subscriber going = Watching("SELECT * FROM __InstanceDeletionEvent WITHIN 2 WHERE TargetInstance ISA 'Tool'");
    shop_->Set("Nut", {1});
    changes()->Appeared(Tool("Nut", 1));
    shop_->Take("Axe");
    Pass(seconds(2));
    ExpectHeard(going, {"__InstanceDeletionEvent Tool Axe 3"});
    EXPECT_TRUE(Await([&] { return heard_last("__InstanceCreationEvent Tool Nut 1"); }));
    EXPECT_EQ(coming.heard->Events().size(), before + 1);
  }
  --subscribers_;
  ASSERT_TRUE(Await([&] { return IsQuiet(); }));
  const int looks = shop_->looks();
  changes()->Lost(1, "the file was taken away");
  changes()->Appeared(Tool("Peg", 1));
  ASSERT_TRUE(Await([&] { return heard_last("__InstanceCreationEvent Tool Peg 1"); }));
  EXPECT_EQ(coming.heard->Events().size(), before + 2);
  EXPECT_EQ(shop_->looks(), looks);
}

TEST_F(SubscriptionTest, ListeningEndsWithTheLastSubscription) {
  TellChanges(provider::kAllOperations);
  {
    const Subscriber one = Watching(kToldTools);
    EXPECT_EQ(told_->listening, 1);
  }
  --subscribers_;
  EXPECT_TRUE(Await([&] { return told_->listening == 0; }));
  const Subscriber again = Watching(kToldTools);
  EXPECT_EQ(told_->listened, 2);
}

// ---- the repository -------------------------------------------------------------------------------------------------

TEST_F(SubscriptionTest, StoredInstancesClassesAndNamespacesTellThemselves) {
  const std::string names[] = {"__InstanceOperationEvent WHERE TargetInstance ISA 'Room'", "__ClassOperationEvent",
                               "__NamespaceOperationEvent"};
  std::vector<Subscriber> made;
  for (const std::string& name : names) made.push_back(Subscribe("SELECT * FROM " + name));
  ASSERT_TRUE(Await([&] {
    return engine_.events().IsWanted("__InstanceOperationEvent") &&
           engine_.events().IsWanted("__ClassOperationEvent") && engine_.events().IsWanted("__NamespaceOperationEvent");
  }));
  for (const char* text :
       {"instance of Room { Name = \"hall\"; Seats = 1; };", "instance of Room { Name = \"hall\"; Seats = 2; };",
        "class House { [key] string Name; };"}) {
    ASSERT_TRUE(engine_.catalogue().Compile({"more.mof", text}, "ROOT\\shop").ok());
  }
  ASSERT_TRUE(engine_.repository().DeleteInstance("ROOT\\shop", "Room", {cim::Value::Text("hall")}).ok());
  ASSERT_TRUE(engine_.repository().DeleteClass("ROOT\\shop", "House").ok());
  ASSERT_TRUE(engine_.catalogue().AddNamespace("ROOT\\shop\\cellar").ok());
  ExpectHeard(made[0],
              {"__InstanceCreationEvent Room hall 1", "__InstanceModificationEvent Room hall 2 was Room hall 1",
               "__InstanceDeletionEvent Room hall 2"});
  ExpectHeard(made[1], {"__ClassCreationEvent House", "__ClassDeletionEvent House"});
  ExpectHeard(made[2], {"__NamespaceCreationEvent __NAMESPACE cellar"});
}

// ---- timers ---------------------------------------------------------------------------------------------------------

TEST_F(SubscriptionTest, IntervalTimersFireWhileSomebodyListens) {
  const auto put = [&](const std::string& text) {
    ASSERT_TRUE(engine_.catalogue().Compile({"timers.mof", text}, "ROOT\\shop").ok());
  };
  put("instance of __IntervalTimerInstruction { TimerId = \"tick\"; IntervalBetweenEvents = 1000; };");
  const Subscriber ticks = Subscribe("SELECT * FROM __TimerEvent WHERE TimerId = 'Tick'");
  ASSERT_TRUE(Await([&] { return engine_.RunDue() != TimePoint::max(); }));
  const auto pass = [&](Duration time) {
    clock_.Advance(time);
    engine_.RunDue();
  };
  pass(milliseconds(999));
  pass(milliseconds(1));
  ExpectHeard(ticks, {"__TimerEvent tick 1"});
  pass(milliseconds(3500));
  ExpectHeard(ticks, {"__TimerEvent tick 1", "__TimerEvent tick 3"});
  pass(milliseconds(500));
  ExpectHeard(ticks, {"__TimerEvent tick 1", "__TimerEvent tick 3", "__TimerEvent tick 1"});
  put("instance of __IntervalTimerInstruction { TimerId = \"tick\"; IntervalBetweenEvents = 500; SkipIfPassed = TRUE; "
      "};");
  pass(milliseconds(1900));
  ExpectHeard(ticks, {"__TimerEvent tick 1", "__TimerEvent tick 3", "__TimerEvent tick 1", "__TimerEvent tick 1"});
  ASSERT_TRUE(
      engine_.repository().DeleteInstance("ROOT\\shop", "__IntervalTimerInstruction", {cim::Value::Text("tick")}).ok());
  pass(std::chrono::hours(1));
  EXPECT_TRUE(engine_.RunDue() == TimePoint::max());
}

TEST_F(SubscriptionTest, AnAbsoluteTimerFiresOnceWhenItsTimeHasCome) {
  const auto at = [](std::int64_t seconds_from_now, const char* id, const char* skips) {
    return fmt::format(
        "instance of __AbsoluteTimerInstruction {{ TimerId = \"{}\"; EventDateTime = \"{}\"; SkipIfPassed = {}; }};",
        id, cim::FormatDatetime(kMorning + seconds_from_now * 1'000'000, 120), skips);
  };
  clock_.Advance(std::chrono::hours(2));
  const std::string text = at(3600, "late", "FALSE") + at(3600, "skipped", "TRUE") + at(7200 + 9000, "noon", "FALSE");
  ASSERT_TRUE(engine_.catalogue().Compile({"timers.mof", text}, "ROOT\\shop").ok());
  const Subscriber timers = Subscribe("SELECT * FROM __TimerEvent");
  ASSERT_TRUE(Await([&] {
    engine_.RunDue();
    return !timers.heard->Events().empty();
  }));
  ExpectHeard(timers, {"__TimerEvent late 1"});
  for (int i = 0; i < 3; ++i) {
    clock_.Advance(seconds(2999));
    engine_.RunDue();
    EXPECT_EQ(timers.heard->Events().size(), 1u);
  }
  clock_.Advance(seconds(3));
  engine_.RunDue();
  ExpectHeard(timers, {"__TimerEvent late 1", "__TimerEvent noon 1"});
  EXPECT_TRUE(engine_.RunDue() == TimePoint::max());
}

// ---- events of their own --------------------------------------------------------------------------------------------

TEST_F(SubscriptionTest, ABuiltInSourceIsListenedToWhileSomebodyIsSubscribed) {
  engine_.event_sources().RegisterEvents("LoudBell", std::make_unique<ToldEvents>(told_));
  {
    const Subscriber bells = Subscribe("SELECT * FROM Bell WHERE Tone LIKE 'd%'");
    const Subscriber more = Subscribe("SELECT * FROM LoudBell");
    ASSERT_TRUE(Await([&] { return engine_.events().IsWanted("Bell") && engine_.events().IsWanted("LoudBell"); }));
    ASSERT_TRUE(Await([&] { return told_->listening == 1; }));
    for (const char* tone : {"ding", "boom", "dong"}) {
      cim::RowBlockBuilder builder;
      const cim::ClassPtr schema = session_->name_space()->FindClass("LoudBell");
      builder.BeginRow(schema);
      builder.SetText(*schema->FindSlot("Tone"), tone);
      builder.CommitRow();
      Batch made;
      builder.Finish(made);
      events()->Fire(made.front());
    }
    ExpectHeard(bells, {"LoudBell ding", "LoudBell dong"});
    ExpectHeard(more, {"LoudBell ding", "LoudBell boom", "LoudBell dong"});
  }
  subscribers_ -= 2;
  EXPECT_TRUE(Await([&] { return told_->listening == 0; }));
}

// Listens to single tones, and notes which.
class ToneEvents final : public provider::EventSource {
 public:
  explicit ToneEvents(std::shared_ptr<Told> told) : told_(std::move(told)) {}
  std::vector<std::string_view> demanded() const override { return {"Tone", "Volume"}; }
  Result<std::unique_ptr<provider::Listening>> Listen(const provider::EventRequest& request, exec::Reactor&,
                                                      std::shared_ptr<provider::EventListener> listener) override {
    MutexLock lock(told_->mutex);
    const std::string tone(request.demanded.at(0).view().text());
    if (tone == "silence") return Status(code::kNotFound, "nothing rings so");
    told_->asked.insert(fmt::format("{} {}", tone, request.demanded.at(1).view().unsigned_integer()));
    told_->events = std::move(listener);
    return std::unique_ptr<provider::Listening>(std::make_unique<ToldListening>(told_));
  }

 private:
  const std::shared_ptr<Told> told_;
};

TEST_F(SubscriptionTest, ASourceOfSingleThingsLearnsWhichAreAsked) {
  engine_.event_sources().RegisterEvents("LoudBell", std::make_unique<ToneEvents>(told_));
  const auto asked = [&] {
    MutexLock lock(told_->mutex);
    return told_->asked;
  };
  {
    const Subscriber two =
        Subscribe("SELECT * FROM LoudBell WHERE (Tone = 'ding' AND Volume = 1) OR (Tone = 'dong' AND Volume = 2)");
    ASSERT_TRUE(Await([&] { return told_->listened == 2; }));
    EXPECT_EQ(asked(), (std::set<std::string>{"ding 1", "dong 2"}));
    const Subscriber same = Subscribe("SELECT * FROM LoudBell WHERE Tone = 'DING' AND Volume = 1");
    const Subscriber third = Subscribe("SELECT * FROM LoudBell WHERE Tone = 'ding' AND Volume = 3");
    ASSERT_TRUE(Await([&] { return told_->listened == 3; }));
    EXPECT_EQ(asked(), (std::set<std::string>{"ding 1", "ding 3", "dong 2"}));
  }
  subscribers_ -= 3;
  EXPECT_TRUE(Await([&] { return told_->listening == 0; }));
  EXPECT_EQ(told_->listened, 3) << "what is the same without case is shared";
}

TEST_F(SubscriptionTest, ASourceOfSingleThingsRefusesAQueryThatNamesNone) {
  engine_.event_sources().RegisterEvents("LoudBell", std::make_unique<ToneEvents>(told_));
  const std::pair<const char*, const char*> rows[] = {
      {"LoudBell", "values of Tone"},
      {"LoudBell WHERE Volume = 1", "values of Tone"},
      {"LoudBell WHERE Tone = 'ding'", "values of Volume"},
      {"LoudBell WHERE Tone = 'ding' AND Volume > 1", "values of Volume"},
      {"LoudBell WHERE Tone = 'ding' OR Volume = 1", "values of Tone"},
      {"Bell WHERE Tone = 'ding'", "values of Volume"},
  };
  for (const auto& [from, missing] : rows) {
    EXPECT_EQ(OutcomeOf(fmt::format("SELECT * FROM {}", from)), code::kRegistrationTooBroad) << from;
    EXPECT_NE(message_.find(missing), std::string::npos) << from << ": " << message_;
  }
  std::string many = "SELECT * FROM LoudBell WHERE Volume = 1 AND (Tone = '0'";
  for (int i = 1; i < 65; ++i) many += fmt::format(" OR Tone = '{}'", i);
  EXPECT_EQ(OutcomeOf(many + ")"), code::kRegistrationTooBroad);
  EXPECT_NE(message_.find("65"), std::string::npos) << message_;
  EXPECT_EQ(OutcomeOf("SELECT * FROM LoudBell WHERE Volume = 1 AND (Tone = 'ding' OR Tone = 'silence')"),
            code::kNotFound);
  EXPECT_EQ(told_->listening, 0) << "what could be listened to has been let go";
  // Bases have other events, too.
  const Subscriber all = Subscribe("SELECT * FROM __ExtrinsicEvent");
  EXPECT_TRUE(Await([&] { return engine_.events().IsWanted("__ExtrinsicEvent"); }));
}

TEST_F(SubscriptionTest, ASourceOfEventsThatRefusesEndsTheSubscription) {
  told_->refusal = Status(code::kAccessDenied, "only root may listen");
  engine_.event_sources().RegisterEvents("LoudBell", std::make_unique<ToldEvents>(told_));
  EXPECT_EQ(OutcomeOf("SELECT * FROM LoudBell"), code::kAccessDenied);
  EXPECT_EQ(OutcomeOf("SELECT * FROM Bell"), code::kAccessDenied);
}

// ---- groups and queues ----------------------------------------------------------------------------------------------

TEST_F(SubscriptionTest, AGroupIsOneEvent) {
  TellChanges(provider::kAllOperations);
  const Subscriber groups = Watching(
      "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'Tool' GROUP WITHIN 5 BY TargetInstance.Weight "
      "HAVING NumberOfEvents > 1");
  changes()->Appeared(Tool("Axe", 3));
  changes()->Appeared(Tool("Saw", 3));
  changes()->Appeared(Tool("Pin", 1));
  clock_.Advance(seconds(5));
  engine_.RunDue();
  ExpectHeard(groups, {"__AggregateEvent __InstanceCreationEvent 2"});
}

// ---- quotas (contract 6.3) ----------------------------------------------------------------------------------------

class QuotaTest : public SubscriptionTest {
 protected:
  void Configure(const std::string& values) {
    const Status put = engine_.catalogue().Compile(
        {"settings.mof", "instance of __ArbitratorConfiguration { " + values + " };"}, "ROOT");
    ASSERT_TRUE(put.ok()) << put.Message();
  }
  std::uint64_t Held(QuotaKind kind) { return engine_.quotas().Held(kind); }
  void ExpectViolation(const std::string& query, const std::string& beginning) {
    EXPECT_EQ(OutcomeOf(query), code::kQuotaViolation) << query;
    EXPECT_EQ(message_.rfind(beginning, 0), 0u) << message_;
    EXPECT_NE(message_.find("__ArbitratorConfiguration=@ in the namespace ROOT"), std::string::npos) << message_;
  }
  // Until its source is bound.
  Subscriber Listening(const std::string& query) {
    const std::uint64_t before = Held(QuotaKind::kTemporarySubscriptions);
    Subscriber made = Subscribe(query);
    EXPECT_TRUE(Await([&] { return Held(QuotaKind::kTemporarySubscriptions) == before + 1; }));
    return made;
  }
};

TEST_F(QuotaTest, AnOrdinarySubscriptionIsOneOfAThousand) {
  std::vector<Subscriber> made;
  for (int i = 0; i < 1'000; ++i) made.push_back(Subscribe("SELECT * FROM Bell"));
  ASSERT_TRUE(Await([&] { return Held(QuotaKind::kTemporarySubscriptions) == 1'000; }));
  ExpectViolation("SELECT * FROM Bell", "__ArbitratorConfiguration.TemporarySubscriptionsPerUser is 1000; ");
  // What ends makes room.
  made.pop_back();
  --subscribers_;
  ASSERT_TRUE(Await([&] { return Held(QuotaKind::kTemporarySubscriptions) == 999; }));
  const Subscriber again = Listening("SELECT * FROM Bell");
  EXPECT_FALSE(again.heard->Outcome());
}

TEST_F(QuotaTest, ChangesOfTheInstanceCountForLaterSubscriptions) {
  Configure("TemporarySubscriptionsPerUser = 2;");
  const Subscriber first = Listening("SELECT * FROM Bell");
  const Subscriber second = Listening("SELECT * FROM __ClassOperationEvent");
  ExpectViolation("SELECT * FROM Bell", "__ArbitratorConfiguration.TemporarySubscriptionsPerUser is 2; ");
  Configure("TemporarySubscriptionsPerUser = 3;");
  const Subscriber third = Listening("SELECT * FROM Bell");
  Configure("TemporarySubscriptionsPerUser = 100; TemporarySubscriptionsTotal = 3;");
  ExpectViolation("SELECT * FROM Bell", "__ArbitratorConfiguration.TemporarySubscriptionsTotal is 3; ");
  Configure("TemporarySubscriptionsTotal = 0;");
  EXPECT_FALSE(first.heard->Outcome() || second.heard->Outcome() || third.heard->Outcome());
  Configure("TemporarySubscriptionsTotal = NULL;");
  const Subscriber fourth = Listening("SELECT * FROM Bell");
}

TEST_F(QuotaTest, AQueryThatIsRefusedTakesNothing) {
  EXPECT_EQ(OutcomeOf("SELECT * FROM Tool"), code::kNotEventClass);
  EXPECT_EQ(OutcomeOf(kToldTools), code::kRegistrationTooPrecise);
  EXPECT_TRUE(Await([&] { return Held(QuotaKind::kTemporarySubscriptions) == 0; }));
  EXPECT_EQ(Held(QuotaKind::kPollingInstructions), 0u);
}

TEST_F(QuotaTest, OnePollForSeveralSubscriptionsIsOneInstruction) {
  Configure("PollingInstructionsPerUser = 1;");
  {
    const Subscriber first = Watching(kTools);
    const Subscriber second = Listening(kTools);
    EXPECT_EQ(Held(QuotaKind::kPollingInstructions), 1u);
    ExpectViolation("SELECT * FROM __InstanceOperationEvent WITHIN 2 WHERE TargetInstance ISA 'Nail'",
                    "__ArbitratorConfiguration.PollingInstructionsPerUser is 1; ");
    EXPECT_FALSE(first.heard->Outcome() || second.heard->Outcome());
  }
  subscribers_ -= 2;
  EXPECT_TRUE(Await([&] { return Held(QuotaKind::kPollingInstructions) == 0; }));
  EXPECT_EQ(Held(QuotaKind::kPollingMemory), 0u);
}

TEST_F(QuotaTest, WhatIsPushedIsNoInstruction) {
  TellChanges(provider::kAllOperations);
  Configure("PollingInstructionsPerUser = 0; PollingMemoryPerUser = 0;");
  shop_->Set("Axe", {3});
  const Subscriber told = Watching(kTools);
  EXPECT_FALSE(told.heard->Outcome());
  EXPECT_EQ(Held(QuotaKind::kPollingInstructions), 0u);
}

TEST_F(QuotaTest, ASourceThatEndsMakesAnInstruction) {
  TellChanges(provider::kAllOperations);
  Configure("PollingInstructionsPerUser = 0;");
  const Subscriber told = Watching(kTools);
  changes()->Ended(Status(code::kTransportFailure, "the daemon has gone"));
  ASSERT_TRUE(Await([&] { return told.heard->Outcome().has_value(); }));
  EXPECT_EQ(told.heard->Outcome()->code(), code::kQuotaViolation);
}

TEST_F(QuotaTest, WhatIsKeptOfALookIsMemory) {
  shop_->Set("Axe", {3});
  const Subscriber small = Watching(kTools);
  const std::uint64_t one = Held(QuotaKind::kPollingMemory);
  EXPECT_GT(one, 0u);
  for (int i = 0; i < 9; ++i) shop_->Set(fmt::format("Pi{}", i), {1});
  Pass(seconds(2));
  EXPECT_GT(Held(QuotaKind::kPollingMemory), 5 * one);
  for (int i = 0; i < 9; ++i) shop_->Take(fmt::format("Pi{}", i));
  Pass(seconds(2));
  EXPECT_EQ(Held(QuotaKind::kPollingMemory), one);
  // What is held stays; what grows is refused, and ends those who poll.
  Configure(fmt::format("PollingMemoryPerUser = {};", one / 2));
  Pass(seconds(2));
  EXPECT_FALSE(small.heard->Outcome());
  shop_->Set("Saw", {3});
  clock_.Advance(seconds(2));
  engine_.RunDue();
  ASSERT_TRUE(Await([&] { return small.heard->Outcome().has_value(); }));
  EXPECT_EQ(small.heard->Outcome()->code(), code::kQuotaViolation);
  EXPECT_NE(small.heard->Outcome()->Message().find("PollingMemoryPerUser"), std::string::npos);
  EXPECT_TRUE(Await([&] { return Held(QuotaKind::kPollingMemory) == 0; }));
  EXPECT_EQ(Held(QuotaKind::kPollingInstructions), 0u);
}

TEST_F(QuotaTest, UsersAreCountedEachAndTogether) {
  EventQuotas& quotas = engine_.quotas();
  Configure("PermanentSubscriptionsPerUser = 2; PermanentSubscriptionsTotal = 3;");
  const Principal one{1};
  const Principal two{2};
  Result<EventQuotas::Ticket> first = quotas.Permanent(one);
  ASSERT_TRUE(first.ok());
  Result<EventQuotas::Ticket> second = quotas.Permanent(one);
  ASSERT_TRUE(second.ok());
  const Result<EventQuotas::Ticket> refused = quotas.Permanent(one);
  EXPECT_EQ(refused.status().code(), code::kQuotaViolation);
  EXPECT_NE(refused.status().Message().find("PermanentSubscriptionsPerUser is 2"), std::string::npos);
  const Result<EventQuotas::Ticket> third = quotas.Permanent(two);
  ASSERT_TRUE(third.ok());
  EXPECT_NE(quotas.Permanent(two).status().Message().find("PermanentSubscriptionsTotal is 3"), std::string::npos);
  EXPECT_EQ(quotas.Held(QuotaKind::kPermanentSubscriptions, one), 2u);
  EventQuotas::Ticket moved = std::move(second).value();
  moved = std::move(first).value();  // gives back the one it held
  EXPECT_EQ(quotas.Held(QuotaKind::kPermanentSubscriptions, one), 1u);
  moved.Return();
  EXPECT_EQ(quotas.Held(QuotaKind::kPermanentSubscriptions, one), 0u);
  EXPECT_EQ(quotas.Held(QuotaKind::kPermanentSubscriptions), 1u);
}

// ---- bounds of a watch ----------------------------------------------------------------------------------------------

class BoundedWatchTest : public SubscriptionTest {
 protected:
  BoundedWatchTest() : SubscriptionTest({.instances = 4, .bytes = 100'000, .single_looks = 2}) {}
};

TEST_F(BoundedWatchTest, ALookMayBringSoMuchAndNoMore) {
  for (int i = 0; i < 4; ++i) shop_->Set(fmt::format("Pi{}", i), {1});
  {
    const Subscriber full = Watching(kTools);
  }
  --subscribers_;
  ASSERT_TRUE(Await([&] { return IsQuiet(); }));
  shop_->Set("Pi4", {1});
  EXPECT_EQ(OutcomeOf(kTools), code::kQuotaViolation);
  EXPECT_NE(message_.find("more than 4 instances"), std::string::npos) << message_;
}

TEST_F(BoundedWatchTest, ALookMayBringSoManyBytesAndNoMore) {
  shop_->Set("Axe", {1, std::string(150'000, 'x')});
  EXPECT_EQ(OutcomeOf(kTools), code::kQuotaViolation);
}

TEST_F(BoundedWatchTest, WhatIsToldCannotGrowPastThem) {
  TellChanges(provider::kAllOperations);
  const Subscriber all = Watching(kToldTools);
  for (int i = 0; i < 4; ++i) changes()->Appeared(Tool(fmt::format("Pi{}", i), 1));
  ASSERT_TRUE(Await([&] { return all.heard->Events().size() == 4; }));
  // One more makes it look, and the look decides: here it finds that the others have gone.
  shop_->Set("Pi4", {1});
  changes()->Appeared(Tool("Pi4", 1));
  ASSERT_TRUE(Await([&] { return all.heard->Events().size() == 9; }));
  EXPECT_EQ(all.heard->Events()[4], "__InstanceCreationEvent Tool Pi4 1");
}

TEST_F(BoundedWatchTest, ManySingleLooksAreOneOfAll) {
  TellChanges(provider::kAllOperations);
  const Subscriber all = Watching(kToldTools);
  shop_->SetClosed(true);
  changes()->Look({cim::Value::Text("Axe")});
  ASSERT_TRUE(Await([&] { return shop_->single_looks() == 1; }));
  for (const char* name : {"Saw", "Pin", "Nut", "Saw"}) changes()->Look({cim::Value::Text(name)});
  shop_->Set("Nut", {2});
  const int looks = shop_->looks();
  shop_->SetClosed(false);
  ExpectHeard(all, {"__InstanceCreationEvent Tool Nut 2"});
  ASSERT_TRUE(Await([&] { return shop_->looks() == looks + 1 && IsQuiet(); }));
  EXPECT_EQ(shop_->single_looks(), 1);
}

TEST_F(BoundedWatchTest, ALookThatIsOvertakenByTooMuchIsMadeAgain) {
  TellChanges(provider::kAllOperations);
  for (int i = 0; i < 4; ++i) shop_->Set(fmt::format("Pi{}", i), {1});
  const Subscriber all = Watching(kToldTools);
  shop_->SetClosed(true);
  const int looks = shop_->looks();
  changes()->Look();
  ASSERT_TRUE(Await([&] { return shop_->looks() > looks; }));
  for (int i = 0; i < 4; ++i) changes()->Gone({cim::Value::Text(fmt::format("Pi{}", i))});
  for (const char* name : {"Nut", "Saw"}) changes()->Gone({cim::Value::Text(name)});
  for (int i = 0; i < 4; ++i) shop_->Take(fmt::format("Pi{}", i));
  shop_->SetClosed(false);
  // Each deletion once, and nothing out of the look before.
  ASSERT_TRUE(Await([&] { return all.heard->Events().size() >= 4 && IsQuiet(); }));
  EXPECT_EQ(all.heard->Events().size(), 4u);
  EXPECT_EQ(shop_->looks(), looks + 2);
}

// ---- at rest --------------------------------------------------------------------------------------------------------

TEST_F(SubscriptionTest, AThousandThatHaveNothingToDoDoNothing) {
  TellChanges(provider::kAllOperations);
  engine_.event_sources().RegisterEvents("LoudBell", std::make_unique<ToldEvents>(told_));
  const char* const kQueries[] = {kToldTools, "SELECT * FROM LoudBell", "SELECT * FROM Bell WHERE Tone = 'ding'",
                                  "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'Room'",
                                  "SELECT * FROM __ClassOperationEvent GROUP WITHIN 5"};
  std::vector<Subscriber> made;
  for (std::size_t i = 0; i < 1'000; ++i) made.push_back(Subscribe(kQueries[i % std::size(kQueries)]));
  const EventQuotas& quotas = engine_.quotas();
  ASSERT_TRUE(Await([&] { return quotas.Held(QuotaKind::kTemporarySubscriptions) == made.size() && IsQuiet(); }));
  // Those that a source tells have joined when each was told.
  ASSERT_TRUE(Await([&] {
    changes()->Appeared(Tool("Axe", 1));
    changes()->Gone({cim::Value::Text("Axe")});
    for (std::size_t i = 0; i < made.size(); i += std::size(kQueries)) {
      if (made[i].heard->Events().empty()) return false;
    }
    return true;
  }));
  std::uint64_t batches = 0;
  ASSERT_TRUE(Await([&] { return std::exchange(batches, engine_.runtime().counters().batches) == batches; }));
  EXPECT_TRUE(engine_.RunDue() == TimePoint::max()) << "a timer waits";
  const Runtime::Counters before = engine_.runtime().counters();
  const int looks = shop_->looks() + shop_->single_looks();
  clock_.Advance(std::chrono::hours(24));
  EXPECT_TRUE(engine_.RunDue() == TimePoint::max());
  const Runtime::Counters after = engine_.runtime().counters();
  EXPECT_EQ(after.started, before.started);
  EXPECT_EQ(after.active, made.size());
  EXPECT_EQ(shop_->looks() + shop_->single_looks(), looks);
  for (const Subscriber& subscriber : made) EXPECT_FALSE(subscriber.heard->Outcome());
}

// ---- what was lost on the way ---------------------------------------------------------------------------------------

TEST_F(SubscriptionTest, WhatASourceLosesIsCountedAndLookedFor) {
  TellChanges(provider::kAllOperations);
  const Subscriber other = Watching(kToldTools);
  EventSubscription::Options options;
  options.name_space = "ROOT\\shop";
  const auto tree = wql::Parse(kToldTools);
  ASSERT_TRUE(tree.ok());
  options.query = wql::BindEvent(**tree, *session_->name_space()).value();
  const auto subscription = EventSubscription::Make(std::move(options));
  const auto attached = engine_.watches().Attach(
      session_, {session_->name_space()->FindClass("Tool"), "SELECT * FROM Tool"}, {}, subscription);
  ASSERT_TRUE(attached.ok()) << attached.status().Message();
  shop_->Set("Axe", {3});
  changes()->Lost(7, "the socket was full");
  EXPECT_EQ(subscription->lost(), 7u);
  changes()->Lost(0, "the socket was full, nobody knows by how much");
  EXPECT_EQ(subscription->lost(), 8u);
  // And then everybody has the right state.
  ExpectHeard(other, {"__InstanceCreationEvent Tool Axe 3"});
  shop_->Take("Axe");
  changes()->Lost(0, "again");
  ExpectHeard(other, {"__InstanceCreationEvent Tool Axe 3", "__InstanceDeletionEvent Tool Axe 3"});
}

TEST_F(SubscriptionTest, WhatASourceOfEventsLosesIsCounted) {
  engine_.event_sources().RegisterEvents("LoudBell", std::make_unique<ToldEvents>(told_));
  EventSubscription::Options options;
  options.name_space = "ROOT\\shop";
  const auto tree = wql::Parse("SELECT * FROM Bell");
  ASSERT_TRUE(tree.ok());
  options.query = wql::BindEvent(**tree, *session_->name_space()).value();
  const auto subscription = EventSubscription::Make(std::move(options));
  const auto feeds = engine_.feeds().Open(*session_->name_space(), subscription);
  ASSERT_TRUE(feeds.ok());
  events()->Lost(3, "the socket was full");
  events()->Lost(0, "nobody knows by how much");
  EXPECT_EQ(subscription->lost(), 4u);
}

// ---- full queues ----------------------------------------------------------------------------------------------------

// A class that was declared anew has its properties elsewhere; its events are no longer those that were asked for.
TEST_F(SubscriptionTest, EventsOfAClassThatHasLostAPropertyAreNotGrouped) {
  const Subscriber groups = Subscribe("SELECT * FROM LoudBell WHERE Volume = 3 OR Tone = 'ding' GROUP WITHIN 5");
  ASSERT_TRUE(Await([&] { return engine_.events().IsWanted("LoudBell"); }));
  const auto fire = [&](const cim::ClassPtr& schema) {
    cim::RowBlockBuilder builder;
    builder.BeginRow(schema);
    if (const auto tone = schema->FindSlot("Tone")) builder.SetText(*tone, "ding");
    builder.CommitRow();
    Batch made;
    builder.Finish(made);
    engine_.events().Fire(session_->name_space()->name(), made.front());
  };
  const NamespacePtr classes = session_->name_space();
  cim::ClassDeclaration shorter;
  shorter.name = "LoudBell";
  fire(cim::Class::Make(std::move(shorter), classes->FindClass("__ExtrinsicEvent"), nullptr).value());
  fire(classes->FindClass("LoudBell"));
  clock_.Advance(seconds(5));
  engine_.RunDue();
  ExpectHeard(groups, {"__AggregateEvent LoudBell 1"});
}

TEST_F(SubscriptionTest, AFullQueueLosesItsOldestAndSaysSo) {
  TellChanges(provider::kAllOperations);
  const Subscriber overflow = Subscribe("SELECT * FROM __EventQueueOverflowEvent");
  const Subscriber slow = Watching(kToldTools);
  ASSERT_TRUE(Await([&] { return engine_.events().IsWanted("__EventQueueOverflowEvent"); }));
  slow.heard->is_stuck = true;
  const std::size_t count = 3 * limits::kEventQueueMax;
  for (std::size_t i = 0; i < count; ++i) changes()->Appeared(Tool(fmt::format("Tool {}", i), i));
  ExpectHeard(overflow, {"__EventQueueOverflowEvent __InstanceCreationEvent"});
  slow.heard->is_stuck = false;
  const std::string last = fmt::format("__InstanceCreationEvent Tool Tool {0} {0}", count - 1);
  ASSERT_TRUE(Await([&] {
    const std::vector<std::string> heard = slow.heard->Events();
    return !heard.empty() && heard.back() == last;
  }));
  EXPECT_LT(slow.heard->Events().size(), count);
}

}  // namespace
}  // namespace wmi::engine
