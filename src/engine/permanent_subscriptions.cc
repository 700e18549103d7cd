#include "engine/permanent_subscriptions.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <new>
#include <optional>
#include <set>
#include <utility>

#include "engine/creator.h"
#include "engine/engine.h"
#include "engine/foreign_changes.h"
#include "engine/subscription_plan.h"
#include "engine/subscription_records.h"
#include "exec/elastic_pool.h"
#include "store/folder_lock.h"
#include "wql/event_query.h"
#include "wql/query.h"

namespace wmi::engine {
namespace {

// Bindings that one host runs.
constexpr std::size_t kPermanentMax = 10'000;
// Threads for consumers; those that hang delay the others once as many hang.
constexpr std::size_t kWorkersMax = 64;
constexpr exec::Lane kOwnLane = 0;

// A folder that others own could be made to run programs as the user of this process.
Status CheckOwner(const std::string& folder) {
  if (folder.empty()) return Status();
  struct stat there{};
  if (stat(folder.c_str(), &there) != 0) return SystemStatus(code::kFailed, fmt::format("stat({})", folder), errno);
  if (there.st_uid == geteuid() && (there.st_mode & S_IWOTH) == 0) return Status();
  return Status(code::kAccessDenied,
                fmt::format("the repository in {} can be written by others than user {}, so their subscriptions would "
                            "run as that user; run the host as the owner of the folder, and let nobody else write it",
                            folder, geteuid()));
}

// What is known of it without running it.
SubscriptionState StateOfPlan(const SubscriptionPlan& plan) {
  SubscriptionState state;
  state.path = plan.path;
  state.filter = plan.filter_path;
  state.consumer = plan.consumer_path;
  state.query = plan.Query();
  state.creator = plan.Creator();
  state.created = plan.Created();
  return state;
}

// One binding that was found, and what runs for it.
struct Running {
  SubscriptionPlan plan;
  std::uint64_t number = 0;  // of this attempt, so that news of earlier ones can be told apart
  SubscriptionState::Condition condition = SubscriptionState::Condition::kStarting;
  std::string reason;
  DeliveryFigures figures;  // when nothing runs
  std::shared_ptr<PermanentSubscription> work;
};

// All of them. Held by what calls back, weakly.
class Table final : public std::enable_shared_from_this<Table> {
 public:
  Table(Engine& engine, PermanentSubscriptions::Options options)
      : engine_(engine), options_(std::move(options)), revival_(options_.revival_first), workers_(PoolOptions()) {}

  Status Start() {
    TRY(CheckOwner(engine_.repository().folder()));
    const std::string& folder = engine_.repository().folder();
    if (!folder.empty()) place_ = TRY(store::FolderLock::Take(folder, store::FolderLock::Kind::kHost));
    recorded_ = TRY(ReadSubscriptionRecords(engine_.repository()));
    workers_.Prepare();
    Listen();
    foreign_ = TRY(engine_.foreign_changes().Join({}, [weak = weak_from_this()] { Trigger(weak); }));
    Changed();
    return Status();
  }

  // Something that could matter has changed: reads everything again, soon.
  void Changed() {
    {
      MutexLock lock(mutex_);
      revival_ = options_.revival_first;
    }
    PostReading();
  }

  std::vector<SubscriptionState> States() const {
    std::vector<SubscriptionState> states;
    MutexLock lock(mutex_);
    states.reserve(running_.size());
    for (const auto& [path, running] : running_) states.push_back(StateOf(running));
    return states;
  }

  bool Stop(TimePoint deadline) {
    std::map<std::string, Running> running;
    {
      MutexLock lock(mutex_);
      is_stopped_ = true;
      revive_.reset();
      record_.reset();
    }
    foreign_.reset();
    ears_.clear();
    {
      MutexLock lock(mutex_);
      for (auto& [path, one] : running_) {
        one.condition = SubscriptionState::Condition::kStopped;
        one.reason.clear();
        unrecorded_.insert(path);
        if (one.work) running.emplace(path, one);
      }
    }
    for (const auto& [path, one] : running) one.work->Stop();
    const bool ended = workers_.Stop(deadline);
    Record();
    return ended;
  }

  std::string Description() const { return "permanent subscriptions"; }
  // Reads what is stored and makes what runs the same. One at a time.
  void Read();
  void Record();

 private:
  static exec::ElasticPool::Options PoolOptions() {
    exec::ElasticPool::Options options;
    options.threads_max = kWorkersMax;
    return options;
  }
  static void Trigger(const std::weak_ptr<Table>& weak) {
    if (const auto self = weak.lock()) self->Changed();
  }

  class Ear final : public EventReceiver {
   public:
    explicit Ear(std::weak_ptr<Table> table) : table_(std::move(table)) {}
    void Offer(const cim::Object&) override { Trigger(table_); }

   private:
    const std::weak_ptr<Table> table_;
  };

  void Listen();
  void PostReading();
  void ReviveLater();
  void RecordLater();

  void Compare(std::vector<SubscriptionPlan> plans);
  void Begin(const SubscriptionPlan& plan);
  Result<std::shared_ptr<PermanentSubscription>> Open(const SubscriptionPlan& plan, std::uint64_t number,
                                                      DeliveryFigures figures);
  Result<security::SubjectPtr> FindCreator(const CreatorSid& creator);
  void Became(const std::string& path, std::uint64_t number, SubscriptionState::Condition condition, const Status& why);
  void Touched(const std::string& path);
  void Audit(const char* what, const SubscriptionPlan& plan, const std::string& reason) const;
  static SubscriptionState StateOf(const Running& running);

  Engine& engine_;
  const PermanentSubscriptions::Options options_;
  std::unique_ptr<store::FolderLock> place_;
  std::map<std::string, SubscriptionState> recorded_;  // before Listen, then of Read
  std::vector<std::unique_ptr<EventHub::Entry>> ears_;
  std::unique_ptr<ForeignChanges::Member> foreign_;
  std::map<std::uint32_t, Result<security::SubjectPtr>> creators_;  // of Read: users who were looked up, each once

  mutable Mutex mutex_;
  std::map<std::string, Running> running_ WMI_GUARDED_BY(mutex_);  // by path of the binding
  std::set<std::string> unrecorded_ WMI_GUARDED_BY(mutex_);
  std::uint64_t last_number_ WMI_GUARDED_BY(mutex_) = 0;
  bool is_reading_ WMI_GUARDED_BY(mutex_) = false;   // or about to
  bool reads_again_ WMI_GUARDED_BY(mutex_) = false;  // something changed meanwhile
  bool is_stopped_ WMI_GUARDED_BY(mutex_) = false;
  Duration revival_ WMI_GUARDED_BY(mutex_);
  std::unique_ptr<exec::TimerQueue::Entry> revive_ WMI_GUARDED_BY(mutex_);
  std::unique_ptr<exec::TimerQueue::Entry> record_ WMI_GUARDED_BY(mutex_);
  exec::TaskSlot reading_slot_;
  exec::TaskSlot record_slot_;
  // Last: its threads use the rest.
  exec::ElasticPool workers_;
};

void Table::Listen() {
  const auto ear = std::make_shared<Ear>(weak_from_this());
  for (const char* part : {"__EventFilter", "__EventConsumer", "__FilterToConsumerBinding",
                           "__EventConsumerProviderRegistration", "__Win32Provider"}) {
    ears_.push_back(engine_.events().Add(ear, {"", "__InstanceOperationEvent", part}));
  }
  for (const char* event : {"__ClassOperationEvent", "__NamespaceOperationEvent"}) {
    ears_.push_back(engine_.events().Add(ear, {"", event, ""}));
  }
}

void Table::PostReading() {
  {
    MutexLock lock(mutex_);
    if (is_stopped_) return;
    if (std::exchange(is_reading_, true)) {
      reads_again_ = true;
      return;
    }
  }
  workers_.Post(kOwnLane, exec::Task::Of<&Table::Read>(shared_from_this()), &reading_slot_);
}

void Table::Read() {
  for (bool again = true; again;) {
    Result<std::vector<SubscriptionPlan>> plans = ReadSubscriptionPlans(engine_.repository(), kPermanentMax);
    if (plans.ok()) {
      Compare(std::move(plans).value());
    } else if (engine_.audit() != nullptr) {
      engine_.audit()->Write(fmt::format("the permanent subscriptions cannot be read: {}", plans.status().Message()),
                             {});
    }
    MutexLock lock(mutex_);
    again = std::exchange(reads_again_, false) && !is_stopped_;
    is_reading_ = again;
  }
  ReviveLater();
  RecordLater();
}

void Table::Compare(std::vector<SubscriptionPlan> plans) {
  std::vector<Running> ended;
  std::vector<SubscriptionPlan> begun;
  {
    MutexLock lock(mutex_);
    if (is_stopped_) return;
    std::set<std::string> there;
    for (SubscriptionPlan& plan : plans) {
      there.insert(plan.path);
      const auto found = running_.find(plan.path);
      const bool is_new = found == running_.end();
      if (!is_new && found->second.work && found->second.plan.IsSameWork(plan)) continue;
      begun.push_back(std::move(plan));
    }
    for (auto at = running_.begin(); at != running_.end();) {
      if (there.contains(at->first)) {
        ++at;
        continue;
      }
      ended.push_back(std::move(at->second));
      unrecorded_.insert(at->first);
      at = running_.erase(at);
    }
  }
  for (const Running& running : ended) {
    if (running.work) running.work->Stop();
    Audit("removed", running.plan, "");
  }
  creators_.clear();
  for (const SubscriptionPlan& plan : begun) Begin(plan);
}

void Table::Begin(const SubscriptionPlan& plan) {
  std::shared_ptr<PermanentSubscription> before;
  DeliveryFigures figures;
  std::string reason_before;
  bool is_known = false;
  std::uint64_t number = 0;
  {
    MutexLock lock(mutex_);
    const auto recorded = recorded_.find(plan.path);
    if (recorded != recorded_.end()) figures = recorded->second.figures;
    is_known = running_.contains(plan.path);
    Running& running = running_[plan.path];
    if (is_known) figures = running.figures;
    before = std::move(running.work);
    reason_before = running.reason;
    running.plan = plan;
    number = running.number = ++last_number_;
    running.condition = SubscriptionState::Condition::kStarting;
    unrecorded_.insert(plan.path);
  }
  if (before) {
    before->Stop();
    figures = before->figures();
  }
  Result<std::shared_ptr<PermanentSubscription>> work = plan.problem;
  if (plan.problem.ok()) work = Open(plan, number, figures);
  {
    MutexLock lock(mutex_);
    const auto found = running_.find(plan.path);
    if (found == running_.end() || found->second.number != number) return;  // not after a stop
    found->second.figures = figures;
    // One that has ended meanwhile, before it was known here, stays without work.
    if (work.ok() && found->second.condition != SubscriptionState::Condition::kInactive) found->second.work = *work;
  }
  if (!work.ok()) Became(plan.path, number, SubscriptionState::Condition::kInactive, work.status());
}

Result<std::shared_ptr<PermanentSubscription>> Table::Open(const SubscriptionPlan& plan, std::uint64_t number,
                                                           DeliveryFigures figures) {
  const FoundConsumer found = TRY(FindConsumer(engine_, plan));
  PermanentSubscription::Options options;
  options.session = TRY(engine_.Connect(plan.EventNamespace(), kNoTimeLimit));
  options.query = plan.Query();
  const auto tree = TRY(wql::Parse(options.query));
  const wql::EventQuery query = TRY(wql::BindEvent(*tree, *options.session->name_space()));
  TRY(CheckCreators(plan, *found.provider, query.within_seconds.has_value()));
  options.event_access = TRY(EventAccessOf(plan));
  if (options.event_access) TRY(CheckPublisher(*options.event_access, security::Subject::OfCaller()));
  const CreatorSid creator = CreatorSid::In(plan.binding);
  options.subject = TRY(FindCreator(creator));
  options.consumer = TRY(found.provider->Open(plan.consumer));
  options.keep = found.registered;
  options.home = plan.name_space;
  options.consumer_path = plan.FullConsumerPath();
  options.queue_bytes = plan.MaximumQueueSize();
  options.slows_down = plan.SlowDownProviders();
  options.creator_sid = creator.bytes();
  options.workers = &workers_;
  options.retries = options_.retries;
  options.wall_clock = engine_.wall_clock();
  options.figures = std::move(figures);
  options.on_active = [weak = weak_from_this(), path = plan.path, number] {
    if (const auto self = weak.lock()) {
      self->Became(path, number, SubscriptionState::Condition::kActive, Status());
    }
  };
  options.on_figures = [weak = weak_from_this(), path = plan.path] {
    if (const auto self = weak.lock()) self->Touched(path);
  };
  options.on_end = [weak = weak_from_this(), path = plan.path, number](const Status& why) {
    if (const auto self = weak.lock()) self->Became(path, number, SubscriptionState::Condition::kInactive, why);
  };
  return PermanentSubscription::Start(std::move(options));
}

// Where users are looked up may be far away and slow; this is a thread that may wait. What was written by nobody, as
// parts from elsewhere may be, is for somebody who has no identifier.
Result<security::SubjectPtr> Table::FindCreator(const CreatorSid& creator) {
  const security::Sid sid = creator.sid().value_or(security::Sid());
  const std::optional<std::uint32_t> uid = security::UserOf(sid);
  if (!uid) return std::make_shared<const security::Subject>(security::Subject::Named(sid));
  const auto found = creators_.find(*uid);
  if (found != creators_.end()) return found->second;
  Result<security::Subject> user = options_.find_user(*uid);
  Result<security::SubjectPtr> result = user.status();
  if (user.ok()) result = std::make_shared<const security::Subject>(std::move(user).value());
  return creators_.emplace(*uid, std::move(result)).first->second;
}

void Table::Became(const std::string& path, std::uint64_t number, SubscriptionState::Condition condition,
                   const Status& why) {
  SubscriptionPlan plan;
  std::string reason = why.ok() ? std::string() : why.Message();
  std::shared_ptr<PermanentSubscription> over;  // dropped without the lock
  bool is_news = false;
  {
    MutexLock lock(mutex_);
    const auto found = running_.find(path);
    if (is_stopped_ || found == running_.end() || found->second.number != number) return;
    Running& running = found->second;
    is_news = running.condition != condition &&
              (condition == SubscriptionState::Condition::kActive || running.reason != reason);
    running.condition = condition;
    running.reason = reason;
    if (condition == SubscriptionState::Condition::kInactive) over = std::move(running.work);
    if (over) running.figures = over->figures();
    plan = running.plan;
    unrecorded_.insert(path);
  }
  const bool is_active = condition == SubscriptionState::Condition::kActive;
  if (is_news) Audit(is_active ? "active" : "inactive", plan, reason);
  if (!is_active) ReviveLater();
  RecordLater();
}

void Table::Touched(const std::string& path) {
  {
    MutexLock lock(mutex_);
    unrecorded_.insert(path);
  }
  RecordLater();
}

// While something is inactive, reads again after a while: a provider may be installed, a right given, without anything
// stored having changed.
void Table::ReviveLater() {
  MutexLock lock(mutex_);
  const bool is_needed = std::any_of(running_.begin(), running_.end(), [](const auto& one) {
    return one.second.condition == SubscriptionState::Condition::kInactive;
  });
  if (!is_needed || is_stopped_ || revive_) return;
  const TimePoint at = engine_.runtime().clock().Now() + revival_;
  revival_ = std::min(revival_ * 2, options_.revival_last);
  try {
    revive_ = engine_.timers()->At(at, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      {
        MutexLock guard(self->mutex_);
        self->revive_.reset();
      }
      self->PostReading();
    });
  } catch (const std::bad_alloc&) {
    revive_.reset();  // the next change reads again
  }
}

void Table::RecordLater() {
  MutexLock lock(mutex_);
  if (unrecorded_.empty() || is_stopped_ || record_) return;
  try {
    record_ =
        engine_.timers()->At(engine_.runtime().clock().Now() + options_.record_interval, [weak = weak_from_this()] {
          const auto self = weak.lock();
          if (!self) return;
          self->workers_.Post(kOwnLane, exec::Task::Of<&Table::Record>(self), &self->record_slot_);
        });
  } catch (const std::bad_alloc&) {
    record_.reset();  // with the next that happens
  }
}

void Table::Record() {
  std::vector<SubscriptionState> states;
  std::vector<std::string> gone;
  {
    MutexLock lock(mutex_);
    record_.reset();
    for (const std::string& path : std::exchange(unrecorded_, {})) {
      const auto found = running_.find(path);
      if (found == running_.end()) {
        gone.push_back(path);
      } else {
        states.push_back(StateOf(found->second));
      }
    }
  }
  const Status written = WriteSubscriptionRecords(engine_.repository(), states, gone);
  if (written.ok() || engine_.audit() == nullptr) return;
  engine_.audit()->Write(fmt::format("what permanent subscriptions did cannot be recorded: {}", written.Message()), {});
}

void Table::Audit(const char* what, const SubscriptionPlan& plan, const std::string& reason) const {
  const std::string sentence = fmt::format("permanent subscription {} of {} is {}{}{}", plan.path, plan.Creator(), what,
                                           reason.empty() ? "" : ": ", reason);
  if (options_.on_news) options_.on_news(sentence);
  if (engine_.audit() == nullptr) return;
  engine_.audit()->Write(sentence, {{"OPENWMI_BINDING", plan.path},
                                    {"OPENWMI_CREATOR", plan.Creator()},
                                    {"OPENWMI_CREATED", plan.Created()},
                                    {"OPENWMI_QUERY", plan.Query()},
                                    {"OPENWMI_CONSUMER", plan.consumer_path},
                                    {"OPENWMI_STATE", what}});
}

SubscriptionState Table::StateOf(const Running& running) {
  SubscriptionState state = StateOfPlan(running.plan);
  state.condition = running.condition;
  state.reason = running.reason;
  state.figures = running.work ? running.work->figures() : running.figures;
  return state;
}

class Host final : public PermanentSubscriptions {
 public:
  explicit Host(std::shared_ptr<Table> table) : table_(std::move(table)) {}
  ~Host() override { table_->Stop(SteadyClock().Now() + std::chrono::seconds(1)); }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  std::vector<SubscriptionState> States() const override { return table_->States(); }
  bool Stop(TimePoint deadline) override { return table_->Stop(deadline); }

 private:
  const std::shared_ptr<Table> table_;
};

}  // namespace

Result<PermanentSubscriptions::Overview> PermanentSubscriptions::Look(Engine& engine) {
  Overview overview;
  const std::string& folder = engine.repository().folder();
  if (!folder.empty()) overview.host = TRY(store::FolderLock::Holder(folder, store::FolderLock::Kind::kHost));
  const std::map<std::string, SubscriptionState> recorded = TRY(ReadSubscriptionRecords(engine.repository()));
  for (const SubscriptionPlan& plan : TRY(ReadSubscriptionPlans(engine.repository(), kPermanentMax))) {
    SubscriptionState state = StateOfPlan(plan);
    const auto found = recorded.find(plan.path);
    if (found != recorded.end()) {
      state.condition = found->second.condition;
      state.reason = found->second.reason;
      state.figures = found->second.figures;
    }
    if (overview.host.empty()) state.condition = SubscriptionState::Condition::kStopped;
    if (!plan.problem.ok()) {
      state.condition = SubscriptionState::Condition::kInactive;
      state.reason = plan.problem.Message();
    }
    overview.states.push_back(std::move(state));
  }
  return overview;
}

Result<std::unique_ptr<PermanentSubscriptions>> PermanentSubscriptions::Start(Engine& engine, Options options) {
  auto table = std::make_shared<Table>(engine, std::move(options));
  TRY(table->Start());
  return std::unique_ptr<PermanentSubscriptions>(std::make_unique<Host>(std::move(table)));
}

}  // namespace wmi::engine
