// Random stories of clients through the COM surface: any call in any form, cancelled, released, re-entered and timed
// out at any moment, with sinks and providers that misbehave. Whatever happens, every accepted call has exactly one
// final status within its time, nothing comes after it, callbacks of one call never overlap, and nothing is left over.
//
// OPENWMI_STRESS_SECONDS (default 2) says how long, OPENWMI_STRESS_SEED repeats a story as far as the scheduler lets
// it.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/services_test_support.h"
#include "engine/push_provider.h"

namespace wmi::api {
namespace {

using Random = std::mt19937_64;

constexpr int kClients = 4;
constexpr std::size_t kSlots = 12;
constexpr std::size_t kConnections = 3;
constexpr std::size_t kStepsKept = 50;
constexpr std::uint64_t kStored = 200;
constexpr std::uint64_t kSubscription = 11;  // of the calls, those from here on
// How much later than its time limit a call may end on a loaded machine, under a sanitizer.
constexpr auto kOvershootMax = std::chrono::seconds(20);
constexpr auto kHangMax = std::chrono::seconds(60);
constexpr auto kStuckMax = std::chrono::seconds(3);

std::uint64_t Below(Random& random, std::uint64_t limit) { return random() % limit; }

std::uint64_t FromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == 0 ? otherwise : std::strtoull(value, nullptr, 10);
}

// The last steps of all clients, for the one who looks for the cause.
class Story {
 public:
  void Tell(std::string step) {
    MutexLock lock(mutex_);
    steps_.push_back(std::to_string(++count_) + " " + std::move(step));
    if (steps_.size() > kStepsKept) steps_.pop_front();
  }
  void Print() {
    MutexLock lock(mutex_);
    for (const std::string& step : steps_) std::printf("  %s\n", step.c_str());
  }
  std::uint64_t count() {
    MutexLock lock(mutex_);
    return count_;
  }

 private:
  Mutex mutex_;
  std::deque<std::string> steps_ WMI_GUARDED_BY(mutex_);
  std::uint64_t count_ WMI_GUARDED_BY(mutex_) = 0;
};

// Who has not gone home yet.
class Attendance {
 public:
  void Enter() {
    MutexLock lock(mutex_);
    ++present_;
  }
  void Leave() {
    MutexLock lock(mutex_);
    --present_;
    changed_.NotifyAll();
  }
  bool WaitAllLeft(TimePoint deadline) {
    MutexLock lock(mutex_);
    while (present_ > 0) {
      if (!changed_.WaitUntil(lock, deadline)) return present_ == 0;
    }
    return true;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  int present_ WMI_GUARDED_BY(mutex_) = 0;
};

// What is known of one sink; outlives it.
struct Record {
  std::string what;
  std::atomic<int> accepted = 0;
  std::atomic<int> finals = 0;
  std::atomic<int> inside = 0;
  bool shared = false;  // by several calls, whose callbacks may overlap
  std::atomic<bool> overlapped = false;
  std::atomic<bool> late = false;
  std::atomic<bool> alive = true;
  std::atomic<ULONG> references = 1;
  std::uint64_t connection = 0;  // whose calls they are
  Duration limit = Duration::zero();
  TimePoint started;
  std::atomic<Duration::rep> ended_after = 0;
};

class StorySink final : public IWbemObjectSink {
 public:
  explicit StorySink(std::shared_ptr<Record> record) : record_(std::move(record)) {}

  std::function<HRESULT()> on_indicate;
  std::function<HRESULT()> on_final;

  HRESULT QueryInterface(REFIID riid, void** object) override {
    *object = nullptr;
    if (riid != __uuidof(IUnknown) && riid != __uuidof(IWbemObjectSink)) return E_NOINTERFACE;
    *object = this;
    AddRef();
    return S_OK;
  }
  ULONG AddRef() override { return ++record_->references; }
  ULONG Release() override {
    const std::shared_ptr<Record> record = record_;
    const ULONG left = --record->references;
    if (left == 0) delete this;
    return left;
  }
  HRESULT Indicate(long count, IWbemClassObject** objects) override {
    const Visit visit(*record_);
    for (long i = 0; i < count && !record_->shared && kept_.size() < 10; ++i) kept_.emplace_back(objects[i]);
    return on_indicate ? on_indicate() : WBEM_S_NO_ERROR;
  }
  HRESULT SetStatus(long flags, HRESULT, BSTR, IWbemClassObject*) override {
    const Visit visit(*record_);
    if (flags != WBEM_STATUS_COMPLETE) return WBEM_S_NO_ERROR;
    record_->ended_after = (SteadyClock().Now() - record_->started).count();
    ++record_->finals;
    return on_final ? on_final() : WBEM_S_NO_ERROR;
  }
  Record& record() const { return *record_; }

 private:
  struct Visit {
    explicit Visit(Record& of) : record(of) {
      if (record.inside++ != 0 && !record.shared) record.overlapped = true;
      // The start may not have come back yet, so `accepted` says nothing before it has.
      if (record.finals > 0 && !record.shared) record.late = true;
    }
    ~Visit() { --record.inside; }
    Record& record;
  };
  ~StorySink() { record_->alive = false; }

  const std::shared_ptr<Record> record_;
  std::vector<com::ComPtr<IWbemClassObject>> kept_;  // by one callback at a time
};

// Threads of a provider, which do what they are given in any order.
class Pushers {
 public:
  Pushers() {
    for (int i = 0; i < 3; ++i) threads_.emplace_back([this] { Work(); });
  }
  ~Pushers() {
    {
      MutexLock lock(mutex_);
      stopping_ = true;
      changed_.NotifyAll();
    }
    for (std::thread& thread : threads_) thread.join();
  }
  void Do(std::function<void()> job) {
    MutexLock lock(mutex_);
    jobs_.push_back(std::move(job));
    changed_.NotifyOne();
  }

 private:
  void Work() {
    MutexLock lock(mutex_);
    while (true) {
      while (jobs_.empty() && !stopping_) changed_.Wait(lock);
      if (jobs_.empty()) return;
      const std::function<void()> job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.Unlock();
      job();
      lock.Lock();
    }
  }
  Mutex mutex_;
  CondVar changed_;
  std::deque<std::function<void()>> jobs_ WMI_GUARDED_BY(mutex_);
  bool stopping_ WMI_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

// Pushes from several threads, too late, or never.
class StoryPushProvider final : public engine::PushProvider {
 public:
  StoryPushProvider(cim::Object row, std::uint64_t seed) : row_(std::move(row)), random_(seed) {}

  void Start(const engine::ProviderCall&, std::shared_ptr<engine::PushPort> port) override {
    const std::uint64_t choice = Choose(10);
    if (choice == 0) return Forget(std::move(port));
    if (choice == 1) return port->LetGo();
    if (choice == 2) {
      port->Fail(Status(code::kProviderFailure, "it refuses"));
      return port->LetGo();
    }
    // Two threads and this one push; whoever is last ends the call, and pushes once more, too late.
    auto left = std::make_shared<std::atomic<int>>(3);
    const std::uint64_t rows = Choose(300);
    const auto push = [this, port, left, rows] {
      for (std::uint64_t i = 0; i < rows; ++i) {
        if (Failed(port->Push({row_}))) break;
      }
      if (--*left != 0) return;
      port->Finish(Status());
      EXPECT_TRUE(Failed(port->Push({row_})));
      port->LetGo();
    };
    pushers_.Do(push);
    pushers_.Do(push);
    push();
  }

 private:
  std::uint64_t Choose(std::uint64_t limit) {
    MutexLock lock(mutex_);
    return Below(random_, limit);
  }
  // Never answers, and holds the port for long after the call has ended without it.
  void Forget(std::shared_ptr<engine::PushPort> port) {
    std::shared_ptr<engine::PushPort> oldest;
    MutexLock lock(mutex_);
    forgotten_.push_back(std::move(port));
    if (forgotten_.size() > 20) {
      oldest = std::move(forgotten_.front());
      forgotten_.pop_front();
    }
    lock.Unlock();
    if (oldest) oldest->LetGo();
  }

  const cim::Object row_;
  Mutex mutex_;
  Random random_ WMI_GUARDED_BY(mutex_);
  std::deque<std::shared_ptr<engine::PushPort>> forgotten_ WMI_GUARDED_BY(mutex_);
  Pushers pushers_;
};

// Tells of T_Item and fires S_Alarm when the story says so, on the client's thread.
struct Heralds {
  Mutex mutex;
  std::vector<std::weak_ptr<provider::ChangeListener>> changes WMI_GUARDED_BY(mutex);
  std::vector<std::weak_ptr<provider::EventListener>> events WMI_GUARDED_BY(mutex);
  std::atomic<int> listening = 0;

  template <typename Listener>
  std::vector<std::shared_ptr<Listener>> Living(std::vector<std::weak_ptr<Listener>>& all) WMI_REQUIRES(mutex) {
    std::vector<std::shared_ptr<Listener>> living;
    std::erase_if(all, [&](const std::weak_ptr<Listener>& one) {
      auto listener = one.lock();
      const bool is_gone = listener == nullptr;
      if (!is_gone) living.push_back(std::move(listener));
      return is_gone;
    });
    return living;
  }
};

struct HeraldListening final : provider::Listening {
  HeraldListening(std::shared_ptr<Heralds> of, std::shared_ptr<void> heard)
      : heralds(std::move(of)), listener(std::move(heard)) {
    ++heralds->listening;
  }
  ~HeraldListening() override { --heralds->listening; }
  const std::shared_ptr<Heralds> heralds;
  const std::shared_ptr<void> listener;
};

class StoryChanges final : public provider::ChangeSource {
 public:
  explicit StoryChanges(std::shared_ptr<Heralds> heralds) : heralds_(std::move(heralds)) {}
  provider::Operations covers() const override { return provider::kAllOperations; }
  Result<std::unique_ptr<provider::Listening>> Listen(const provider::Request&, exec::Reactor&,
                                                      std::shared_ptr<provider::ChangeListener> listener) override {
    MutexLock lock(heralds_->mutex);
    heralds_->changes.push_back(listener);
    return std::unique_ptr<provider::Listening>(std::make_unique<HeraldListening>(heralds_, listener));
  }

 private:
  const std::shared_ptr<Heralds> heralds_;
};

class StoryAlarms final : public provider::EventSource {
 public:
  explicit StoryAlarms(std::shared_ptr<Heralds> heralds) : heralds_(std::move(heralds)) {}
  Result<std::unique_ptr<provider::Listening>> Listen(const provider::EventRequest&, exec::Reactor&,
                                                      std::shared_ptr<provider::EventListener> listener) override {
    MutexLock lock(heralds_->mutex);
    heralds_->events.push_back(listener);
    return std::unique_ptr<provider::Listening>(std::make_unique<HeraldListening>(heralds_, listener));
  }

 private:
  const std::shared_ptr<Heralds> heralds_;
};

class OneProviderLoader final : public engine::PushProviderLoader {
 public:
  explicit OneProviderLoader(std::shared_ptr<engine::PushProvider> provider) : provider_(std::move(provider)) {}
  Result<std::shared_ptr<engine::PushProvider>> Find(const engine::SessionPtr&, const cim::Object&) override {
    return provider_;
  }

 private:
  const std::shared_ptr<engine::PushProvider> provider_;
};

struct Connection {
  com::ComPtr<IWbemServices> services;  // null when the story is over
  Duration limit = Duration::zero();
  std::uint64_t number = 0;
};

class ClientStress : public WritableTest {
 protected:
  void SetUp() override {
    seed_ = FromEnvironment("OPENWMI_STRESS_SEED", std::random_device()());
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed_));
    std::fflush(stdout);  // also for whoever has to end a story that hangs
    WritableTest::SetUp();
    const Status compiled = engine_->catalogue().Compile(
        {"story.mof",
         "[dynamic, provider(\"Pusher\")] class P_Row { [key] string Id; uint32 Number; };\n"
         "class S_Alarm : __ExtrinsicEvent { string Text; };"},
        "ROOT\\test");
    ASSERT_TRUE(compiled.ok()) << compiled.Message();
    engine_->event_sources().RegisterChanges("T_Item", std::make_unique<StoryChanges>(heralds_));
    engine_->event_sources().RegisterEvents("S_Alarm", std::make_unique<StoryAlarms>(heralds_));
    PutRow("__Win32Provider", {{"Name", cim::Value::Text("Pusher")},
                               {"CLSID", cim::Value::Text("{2B1F6A30-51C7-4F0A-8D11-7E5209A46C01}")}});
    PutRow("__InstanceProviderRegistration",
           {{"provider", cim::Value::Text("__Win32Provider.Name=\"Pusher\"")},
            {"SupportsGet", cim::Value::Boolean(true)},
            {"SupportsEnumeration", cim::Value::Boolean(true)},
            {"QuerySupportLevels", cim::Value::Array({cim::Value::Text("WQL:UnarySelect")})}});
    engine_->SetLoader(std::make_shared<OneProviderLoader>(std::make_shared<StoryPushProvider>(
        Instance("P_Row", {{"Id", cim::Value::Text("1")}, {"Number", cim::Value::Unsigned(1)}}), seed_)));
    for (std::uint64_t i = 0; i < kStored; ++i) {
      PutRow("S_Thing", {{"Name", cim::Value::Text("stored " + std::to_string(i))}});
    }
    script_->items = 100;
    script_->blocking = provider::Blocking::kPossible;
    script_->before_row = [this](std::uint64_t, const provider::Request& request) { return BeforeRow(request); };
    thing_ = NewThing(L"put");
    schema_ = NewClass(L"S_Put", L"S_Thing");
    parameters_ = AddParameters(1, 2);
    event_ = NewInstance(L"S_Event");
    alarm_ = Instance("S_Alarm", {{"Text", cim::Value::Text("fire")}});
    item_ = Instance("T_Item", {{"Id", cim::Value::Text("told")}});
    MutexLock lock(mutex_);
    for (std::size_t i = 0; i < kConnections; ++i) connections_[i] = Connect(Limit(i));
  }

  void TearDown() override {
    thing_.Reset();
    schema_.Reset();
    parameters_.Reset();
    event_.Reset();
    WritableTest::TearDown();
    if (HasFailure()) PrintStory();
  }

  void PrintStory() {
    std::printf("the last steps of the story with seed %llu:\n", static_cast<unsigned long long>(seed_));
    story_.Print();
    std::fflush(stdout);
  }

  using Values = std::vector<std::pair<std::string_view, cim::Value>>;
  cim::Object Instance(const char* class_name, const Values& values) {
    const cim::ClassPtr schema = session_->name_space()->FindClass(class_name);
    cim::RowBlockBuilder builder;
    builder.BeginRow(schema);
    for (const auto& [name, value] : values) builder.Set(*schema->FindSlot(name), value.view());
    builder.CommitRow();
    std::vector<cim::Object> rows;
    builder.Finish(rows);
    return rows.front();
  }
  void PutRow(const char* class_name, const Values& values) {
    const Result<std::string> put =
        engine_->repository().PutInstance("ROOT\\test", Instance(class_name, values), cim::PutMode::kCreateOrUpdate);
    ASSERT_TRUE(put.ok()) << put.status().Message();
  }

  // The native provider: mostly quick, now and then failing, blocking, or stuck until long after the call's time.
  Status BeforeRow(const provider::Request& request) {
    const std::uint64_t turn = turns_++ * 0x9E3779B97F4A7C15u >> 32;
    if (turn % 997 == 0) return Status(code::kFailed, "the provider fails");
    if (turn % 499 == 1) Pause(std::chrono::milliseconds(5));
    if (turn % 1999 == 2 && stuck_ < 20) {
      ++stuck_;
      go_on_.Wait(turn % 2 == 0 ? kStuckMax : std::chrono::milliseconds(200));
      --stuck_;
      if (request.stop.stop_requested()) return Status(code::kCallCancelled);
    }
    return Status();
  }

  // Time that somebody takes, as opposed to waiting for something.
  static void Pause(Duration time) {
    Signal never;
    never.Wait(time);
  }

  static Duration Limit(std::size_t connection) {
    constexpr std::array<int, kConnections> kLimits = {50, 300, 2000};
    return std::chrono::milliseconds(kLimits[connection]);
  }
  Connection Connect(Duration limit) {
    Result<engine::SessionPtr> session = engine_->Connect("ROOT\\test", limit);
    EXPECT_TRUE(session.ok());
    return {com::MakeCom<Services>(session.value()), limit, ++connections_made_};
  }
  Connection AnyConnection(Random& random) {
    MutexLock lock(mutex_);
    return connections_[Below(random, kConnections)];
  }
  com::ComPtr<StorySink> AnySink(Random& random) {
    MutexLock lock(mutex_);
    return sinks_[Below(random, kSlots)];
  }

  // ---- sinks

  com::ComPtr<StorySink> NewSink(Random& random, const Connection& connection, std::string what, bool is_shared) {
    auto record = std::make_shared<Record>();
    record->what = std::move(what);
    record->connection = connection.number;
    record->limit = connection.limit;
    record->started = SteadyClock().Now();
    record->shared = is_shared;
    auto sink = com::ComPtr<StorySink>::Adopt(new StorySink(record));
    if (!is_shared) Misbehave(*sink.get(), random);
    MutexLock lock(mutex_);
    records_.push_back(std::move(record));
    return sink;
  }

  void Misbehave(StorySink& sink, Random& random) {
    const std::uint64_t kind = Below(random, 16);
    const std::uint64_t seed = random();
    auto own = std::make_shared<Random>(seed);  // callbacks of one call do not overlap
    StorySink* self = &sink;
    switch (kind) {
      case 0:
        sink.on_indicate = [] { return E_FAIL; };
        return;
      case 1:
        sink.on_indicate = []() -> HRESULT { throw std::runtime_error("a sink that throws"); };
        sink.on_final = sink.on_indicate;
        return;
      case 2:
        sink.on_indicate = [] {
          Pause(std::chrono::milliseconds(1));
          return WBEM_S_NO_ERROR;
        };
        return;
      case 3:
        sink.on_indicate = [own] {
          if (Below(*own, 20) == 0) Pause(std::chrono::milliseconds(60));
          return WBEM_S_NO_ERROR;
        };
        return;
      case 4:
        sink.on_indicate = [this, own, self] {
          const Connection connection = AnyConnection(*own);
          if (connection.services && Below(*own, 3) == 0) connection.services->CancelAsyncCall(self);
          return WBEM_S_NO_ERROR;
        };
        return;
      case 5:
        sink.on_indicate = [this, own] {
          Cancel(*own, "from inside a sink", false);
          return WBEM_S_NO_ERROR;
        };
        sink.on_final = sink.on_indicate;
        return;
      case 6:
        sink.on_indicate = [this, own] {
          if (Below(*own, 10) == 0) GetNow(*own);
          return WBEM_S_NO_ERROR;
        };
        return;
      case 7:
        sink.on_indicate = [this, own] {
          if (Below(*own, 10) == 0) StartAsync(*own, "inside a sink: ");
          return WBEM_S_NO_ERROR;
        };
        return;
      case 8:
        sink.on_final = [] { return E_FAIL; };
        return;
      default:
        return;
    }
  }

  // ---- steps

  void StartAsync(Random& random, const std::string& where) {
    Connection connection = AnyConnection(random);
    if (!connection.services) return;
    IWbemServices& services = *connection.services;
    constexpr std::array<const char*, 14> kNames = {
        "query T_Item", "query S_Thing", "query P_Row",    "enumerate T_Base", "enumerate classes",
        "get T_Item",   "put S_Thing",   "delete S_Thing", "ExecMethod",       "put class",
        "bad query",    "subscription",  "subscription",   "subscription"};
    const std::uint64_t which = Below(random, 40) == 0 ? 9 : Below(random, kNames.size());
    const int calls = Below(random, 8) == 0 ? 2 : 1;
    com::ComPtr<StorySink> sink = NewSink(random, connection, where + kNames[which], calls > 1);
    Record& record = sink->record();
    const long progress = Below(random, 2) == 0 ? WBEM_FLAG_SEND_STATUS : 0;
    if (which >= kSubscription) record.limit = Duration::max();
    // Others may cancel it from the first moment on.
    com::ComPtr<StorySink> replaced;
    {
      MutexLock lock(mutex_);
      if (!is_over_) replaced = std::exchange(sinks_[Below(random, kSlots)], sink);
    }
    for (int i = 0; i < calls; ++i) {
      const HRESULT started = StartOne(services, which, progress, sink.get());
      if (SUCCEEDED(started)) ++record.accepted;
      story_.Tell(record.what + (SUCCEEDED(started) ? " started" : " refused"));
    }
  }

  HRESULT StartOne(IWbemServices& services, std::uint64_t which, long flags, IWbemObjectSink* sink) {
    const auto query = [&](const wchar_t* text) {
      return services.ExecQueryAsync(Literal(L"WQL"), Literal(text), flags, nullptr, sink);
    };
    switch (which) {
      case 0:
        return query(L"SELECT * FROM T_Item");
      case 1:
        return query(L"SELECT Name FROM S_Thing WHERE Name LIKE 'stored%'");
      case 2:
        return query(L"SELECT * FROM P_Row");
      case 3:
        return services.CreateInstanceEnumAsync(Literal(L"T_Base"), flags, nullptr, sink);
      case 4:
        return services.CreateClassEnumAsync(nullptr, flags, nullptr, sink);
      case 5:
        return services.GetObjectAsync(Literal(L"T_Item.Id=\"7\""), flags, nullptr, sink);
      case 6:
        return services.PutInstanceAsync(thing_.get(), flags, nullptr, sink);
      case 7:
        return services.DeleteInstanceAsync(Literal(L"S_Thing.Name=\"put\""), flags, nullptr, sink);
      case 8:
        return services.ExecMethodAsync(Literal(L"S_Doer"), Literal(L"Add"), flags, nullptr, parameters_.get(), sink);
      case 9:
        return services.PutClassAsync(schema_.get(), flags, nullptr, sink);
      case 10:
        return query(L"SELECT * FORM T_Item");
      default:
        return services.ExecNotificationQueryAsync(Literal(L"WQL"), Literal(NextEventQuery()), flags, nullptr, sink);
    }
  }

  // Fired by clients, by the repository, by a source, told by a source, polled, grouped, and wrong.
  const wchar_t* NextEventQuery() {
    constexpr std::array<const wchar_t*, 8> kQueries = {
        L"SELECT * FROM S_Event",
        L"SELECT * FROM __InstanceOperationEvent WHERE TargetInstance ISA 'S_Thing'",
        L"SELECT * FROM S_Alarm",
        L"SELECT * FROM __InstanceOperationEvent WHERE TargetInstance ISA 'T_Item'",
        L"SELECT * FROM __InstanceOperationEvent WITHIN 0.01 WHERE TargetInstance ISA 'P_Row'",
        L"SELECT * FROM __ClassOperationEvent",
        L"SELECT * FROM S_Alarm GROUP WITHIN 1",
        L"SELECT * FROM S_Thing"};
    return kQueries[subscriptions_++ % kQueries.size()];
  }

  // Clients share it: whoever lets go of it last may be another than the one whose Next waits.
  void EventEnumeratorStory(Random& random) {
    const Connection connection = AnyConnection(random);
    com::ComPtr<IEnumWbemClassObject> events;
    const HRESULT started = connection.services->ExecNotificationQuery(
        Literal(L"WQL"), Literal(NextEventQuery()), WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY, nullptr,
        events.Receive());
    story_.Tell("enumerator of events: " + std::to_string(started));
    if (FAILED(started)) return;
    com::ComPtr<IEnumWbemClassObject> other;
    {
      MutexLock lock(mutex_);
      if (!is_over_) other = std::exchange(event_enumerators_[Below(random, event_enumerators_.size())], events);
    }
    for (std::uint64_t i = Below(random, 6); i > 0; --i) {
      IEnumWbemClassObject& read = *(other && Below(random, 2) == 0 ? other : events).get();
      if (Below(random, 5) == 0) {
        StartNextAsync(random, read, connection, Duration::max());
        continue;
      }
      std::array<IWbemClassObject*, 5> objects{};
      ULONG returned = 0;
      const HRESULT next = read.Next(static_cast<LONG>(Below(random, 20)), static_cast<ULONG>(objects.size()),
                                     objects.data(), &returned);
      EXPECT_TRUE(SUCCEEDED(next) || returned == 0);
      for (ULONG object = 0; object < returned; ++object) objects[object]->Release();
    }
  }

  // What sources of events say, while those who listen come and go.
  void Herald(Random& random) {
    std::vector<std::shared_ptr<provider::ChangeListener>> changes;
    std::vector<std::shared_ptr<provider::EventListener>> events;
    {
      MutexLock lock(heralds_->mutex);
      changes = heralds_->Living(heralds_->changes);
      events = heralds_->Living(heralds_->events);
    }
    const std::uint64_t what = Below(random, 30);
    story_.Tell("sources say " + std::to_string(what));
    for (const auto& listener : events) {
      if (what == 0) {
        listener->Ended(Status(code::kProviderFailure, "the source ends"));
      } else if (what < 4) {
        listener->Lost(what - 1, "says the story");
      } else {
        listener->Fire(alarm_);
      }
    }
    for (const auto& listener : changes) {
      if (what == 0) {
        listener->Ended(Status(code::kProviderFailure, "the source ends"));
      } else if (what < 4) {
        listener->Lost(what - 1, "says the story");
      } else if (what < 8) {
        listener->Look();
      } else if (what < 12) {
        listener->Look({cim::Value::Text("7")});
      } else if (what < 20) {
        listener->Gone({cim::Value::Text("told")});
      } else {
        listener->Appeared(item_);
      }
    }
  }

  // From the top of a client's stack nobody can be waiting for it, so on return the calls have ended (R7).
  void Cancel(Random& random, const char* where, bool from_top) {
    const com::ComPtr<StorySink> sink = AnySink(random);
    if (!sink) return;
    const Connection connection = AnyConnection(random);
    if (!connection.services) return;
    Record& record = sink->record();
    const int accepted = record.accepted;
    story_.Tell(std::string("cancel ") + where + ": " + record.what);
    const HRESULT cancelled = connection.services->CancelAsyncCall(sink.get());
    EXPECT_TRUE(cancelled == WBEM_S_NO_ERROR || cancelled == WBEM_E_NOT_FOUND) << std::hex << cancelled;
    if (from_top && connection.number == record.connection) {
      EXPECT_GE(record.finals, accepted) << record.what << " goes on after it was cancelled";
    }
  }

  void GetNow(Random& random) {
    com::ComPtr<IWbemClassObject> object;
    const Connection connection = AnyConnection(random);
    if (!connection.services) return;
    const HRESULT got = connection.services->GetObject(
        Literal(Below(random, 2) == 0 ? L"T_Item.Id=\"3\"" : L"S_Thing.Name=\"stored 3\""), 0, nullptr,
        object.Receive(), nullptr);
    EXPECT_TRUE(SUCCEEDED(got) == (object.get() != nullptr));
  }

  void CallResultStory(Random& random) {
    com::ComPtr<IWbemCallResult> result;
    const Connection connection = AnyConnection(random);
    const HRESULT started =
        Below(random, 2) == 0
            ? connection.services->GetObject(Literal(L"T_Item.Id=\"3\""), WBEM_FLAG_RETURN_IMMEDIATELY, nullptr,
                                             nullptr, result.Receive())
            : connection.services->PutInstance(thing_.get(), WBEM_FLAG_RETURN_IMMEDIATELY, nullptr, result.Receive());
    if (FAILED(started) || Below(random, 3) == 0) return;  // released without a look
    LONG status = 0;
    while (result->GetCallStatus(20, &status) == WBEM_S_TIMEDOUT) {
    }
  }

  void EnumeratorStory(Random& random) {
    constexpr std::array<const wchar_t*, 4> kQueries = {L"SELECT * FROM T_Item", L"SELECT * FROM S_Thing",
                                                        L"SELECT * FROM P_Row", L"SELECT * FROM Nothing"};
    const Connection connection = AnyConnection(random);
    com::ComPtr<IEnumWbemClassObject> enumerator;
    long flags = Below(random, 4) == 0 ? 0 : WBEM_FLAG_RETURN_IMMEDIATELY;
    if (Below(random, 3) == 0) flags |= WBEM_FLAG_FORWARD_ONLY;
    const wchar_t* query = kQueries[Below(random, kQueries.size())];
    const HRESULT started =
        connection.services->ExecQuery(Literal(L"WQL"), Literal(query), flags, nullptr, enumerator.Receive());
    story_.Tell("enumerator over " + Utf8(query) + ", flags " + std::to_string(flags) + ": " + std::to_string(started));
    if (FAILED(started)) return;
    com::ComPtr<IEnumWbemClassObject> other;
    {
      // Another client may have it as well, or drop it in the middle.
      MutexLock lock(mutex_);
      other = std::exchange(enumerators_[Below(random, kSlots)], enumerator);
    }
    for (std::uint64_t i = Below(random, 12); i > 0; --i) {
      UseEnumerator(random, *(other && Below(random, 2) == 0 ? other : enumerator).get(), connection);
    }
  }

  void UseEnumerator(Random& random, IEnumWbemClassObject& enumerator, const Connection& connection) {
    const LONG timeout = Below(random, 2) == 0 ? 0 : 10;
    switch (Below(random, 6)) {
      case 0:
      case 1: {
        std::array<IWbemClassObject*, 20> objects{};
        ULONG returned = 0;
        const HRESULT next = enumerator.Next(Below(random, 4) == 0 ? static_cast<LONG>(WBEM_INFINITE) : timeout,
                                             static_cast<ULONG>(objects.size()), objects.data(), &returned);
        EXPECT_TRUE(SUCCEEDED(next) || returned == 0);
        for (ULONG i = 0; i < returned; ++i) objects[i]->Release();
        return;
      }
      case 2:
        enumerator.Skip(timeout, 3);
        return;
      case 3:
        enumerator.Reset();
        return;
      case 4: {
        com::ComPtr<IEnumWbemClassObject> clone;
        if (FAILED(enumerator.Clone(clone.Receive()))) return;
        MutexLock lock(mutex_);
        std::swap(enumerators_[Below(random, kSlots)], clone);
        lock.Unlock();
        return;
      }
      default:
        StartNextAsync(random, enumerator, connection, kStuckMax);
        return;
    }
  }

  void StartNextAsync(Random& random, IEnumWbemClassObject& enumerator, const Connection& connection, Duration limit) {
    com::ComPtr<StorySink> sink = NewSink(random, connection, "NextAsync", false);
    Record& record = sink->record();
    // The enumerator may be of another connection.
    record.connection = 0;
    record.limit = limit;
    const HRESULT started = enumerator.NextAsync(static_cast<ULONG>(1 + Below(random, 30)), sink.get());
    if (started == WBEM_S_NO_ERROR) ++record.accepted;
    story_.Tell("NextAsync " + std::to_string(started));
  }

  void FireEvents(Random& random) {
    com::ComPtr<IWbemObjectSink> fire;
    ASSERT_EQ(WBEM_S_NO_ERROR, AnyConnection(random).services->QueryObjectSink(0, fire.Receive()));
    std::vector<IWbemClassObject*> events(1 + Below(random, 20), event_.get());
    EXPECT_EQ(WBEM_S_NO_ERROR, fire->Indicate(static_cast<long>(events.size()), events.data()));
  }

  void Step(Random& random) {
    switch (Below(random, 24)) {
      default:
        StartAsync(random, "");
        return;
      case 8:
      case 9:
      case 10:
      case 11:
        Cancel(random, "from a client", true);
        return;
      case 12: {
        int nobody = 0;
        EXPECT_EQ(WBEM_E_NOT_FOUND,
                  AnyConnection(random).services->CancelAsyncCall(reinterpret_cast<IWbemObjectSink*>(&nobody)));
        return;
      }
      case 13:
      case 14:
      case 15:
        EnumeratorStory(random);
        return;
      case 16:
        CallResultStory(random);
        return;
      case 17:
        GetNow(random);
        return;
      case 18:
        FireEvents(random);
        return;
      case 19:
        Drop(random);
        return;
      case 20:
        EventEnumeratorStory(random);
        return;
      case 21:
      case 22:
      case 23:
        Herald(random);
        return;
    }
  }

  // Lets go of something in the middle of its work.
  void Drop(Random& random) {
    com::ComPtr<StorySink> sink;
    com::ComPtr<IEnumWbemClassObject> enumerator;
    com::ComPtr<IEnumWbemClassObject> events;
    Connection connection;
    const std::size_t which = Below(random, kConnections);
    const bool reconnects = Below(random, 3) == 0;
    if (reconnects) connection = Connect(Limit(which));
    story_.Tell(reconnects ? "a connection is released" : "a sink and an enumerator are released");
    MutexLock lock(mutex_);
    if (reconnects) {
      std::swap(connection, connections_[which]);
    } else {
      std::swap(sink, sinks_[Below(random, kSlots)]);
      std::swap(enumerator, enumerators_[Below(random, kSlots)]);
      std::swap(events, event_enumerators_[Below(random, event_enumerators_.size())]);
    }
  }

  void DropEverything() {
    std::array<com::ComPtr<StorySink>, kSlots> sinks;
    std::array<com::ComPtr<IEnumWbemClassObject>, kSlots> enumerators;
    std::array<Connection, kConnections> connections;
    std::array<com::ComPtr<IEnumWbemClassObject>, kConnections> events;
    MutexLock lock(mutex_);
    is_over_ = true;
    std::swap(events, event_enumerators_);
    std::swap(sinks, sinks_);
    std::swap(enumerators, enumerators_);
    std::swap(connections, connections_);
  }

  std::uint64_t seed_ = 0;
  Story story_;
  Mutex mutex_;
  std::array<Connection, kConnections> connections_ WMI_GUARDED_BY(mutex_);
  std::array<com::ComPtr<StorySink>, kSlots> sinks_ WMI_GUARDED_BY(mutex_);
  std::array<com::ComPtr<IEnumWbemClassObject>, kSlots> enumerators_ WMI_GUARDED_BY(mutex_);
  std::array<com::ComPtr<IEnumWbemClassObject>, kConnections> event_enumerators_ WMI_GUARDED_BY(mutex_);
  bool is_over_ WMI_GUARDED_BY(mutex_) = false;
  std::vector<std::shared_ptr<Record>> records_ WMI_GUARDED_BY(mutex_);
  com::ComPtr<IWbemClassObject> thing_;
  com::ComPtr<IWbemClassObject> schema_;
  com::ComPtr<IWbemClassObject> parameters_;
  com::ComPtr<IWbemClassObject> event_;
  const std::shared_ptr<Heralds> heralds_ = std::make_shared<Heralds>();
  cim::Object alarm_;
  cim::Object item_;
  std::atomic<std::uint64_t> subscriptions_ = 0;
  std::atomic<std::uint64_t> turns_ = 0;
  std::atomic<int> stuck_ = 0;
  Attendance at_work_;
  std::atomic<std::uint64_t> connections_made_ = 0;
  Signal go_on_;
};

TEST_F(ClientStress, EveryAcceptedCallEndsOnceWhateverHappens) {
  const TimePoint end = SteadyClock().Now() + std::chrono::seconds(FromEnvironment("OPENWMI_STRESS_SECONDS", 2));
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    at_work_.Enter();
    clients.emplace_back([this, i, end] {
      Random random(seed_ + static_cast<std::uint64_t>(i));
      while (SteadyClock().Now() < end && !HasFailure()) Step(random);
      at_work_.Leave();
    });
  }
  if (!at_work_.WaitAllLeft(end + kHangMax)) {
    PrintStory();
    std::fputs("a client is inside a call that does not come back\n", stderr);
    std::abort();
  }
  for (std::thread& client : clients) client.join();

  // Nothing is held back from here on but by its own time limit; subscriptions end with their connections.
  DropEverything();
  const bool all_ended = engine_->runtime().table().WaitEmpty(SteadyClock().Now() + std::chrono::seconds(40));
  EXPECT_TRUE(all_ended) << "calls that do not end";
  if (!all_ended) PrintStory();  // the engine's end may not come back either
  go_on_.Set();
  // Sources go a moment after the table has forgotten their calls.
  const auto is_at_rest = [this] {
    const engine::EventQuotas& quotas = engine_->quotas();
    return heralds_->listening == 0 && quotas.Held(engine::QuotaKind::kTemporarySubscriptions) == 0 &&
           quotas.Held(engine::QuotaKind::kPollingInstructions) == 0 &&
           quotas.Held(engine::QuotaKind::kPollingMemory) == 0;
  };
  const TimePoint rest = SteadyClock().Now() + kHangMax;
  while (!is_at_rest() && SteadyClock().Now() < rest) std::this_thread::yield();
  EXPECT_TRUE(is_at_rest()) << "sources that are listened to for nobody, or quotas that nobody gave back";
  MutexLock lock(mutex_);
  for (const std::shared_ptr<Record>& record : records_) {
    SCOPED_TRACE(record->what);
    EXPECT_EQ(record->accepted, record->finals) << "final statuses";
    EXPECT_FALSE(record->late) << "a callback after the final status";
    EXPECT_FALSE(record->overlapped) << "two callbacks at one time";
    EXPECT_FALSE(record->alive) << record->references << " references left";
    if (record->limit != Duration::max() && !record->shared) {
      EXPECT_LE(Duration(record->ended_after.load()), record->limit + kOvershootMax);
    }
    if (HasFailure()) break;
  }
  std::printf("%llu steps, %zu sinks\n", static_cast<unsigned long long>(story_.count()), records_.size());
  records_.clear();
}

}  // namespace
}  // namespace wmi::api
