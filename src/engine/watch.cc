#include "engine/watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <new>
#include <set>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cim/object_path.h"
#include "engine/calls.h"
#include "engine/class_server.h"
#include "engine/consumer.h"
#include "engine/engine.h"
#include "engine/filter_index.h"
#include "engine/push_down.h"
#include "events/event_objects.h"
#include "events/limits.h"
#include "events/snapshot.h"
#include "wql/query.h"
#include "wql/syntax.h"

namespace wmi::engine {
namespace {

// Looks that fail one after the other before the watch gives up.
constexpr int kFailuresMax = 3;
// The pause after a failed look where no WITHIN says how long.
constexpr auto kRetryAfter = std::chrono::seconds(1);

provider::Operations OperationOf(const events::Difference& difference) {
  if (!difference.before) return provider::kCreation;
  return difference.after ? provider::kModification : provider::kDeletion;
}

// The properties whose values a source may want to know: those that the provider of the class, or of the nearest class
// above it, goes by.
std::vector<std::string_view> Narrowed(const provider::Registry& built_in, const cim::Class& schema) {
  for (const cim::Class* candidate = &schema; candidate != nullptr; candidate = candidate->superclass().get()) {
    const provider::InstanceProvider* const provider = built_in.Find(candidate->name());
    if (provider == nullptr) continue;
    if (const provider::Support support = provider->support(); !support.narrowed.empty()) return support.narrowed;
  }
  return {};
}

}  // namespace

provider::Operations WatchPlan::SentOf(const cim::Class& schema) const {
  for (const Sent& one : sent) {
    if (one.class_name == schema.name()) return one.operations;
  }
  return 0;
}

// One mutex guards all; it is never held while a source, a subscription or an operation is called. Events leave through
// `outbox_`, which one thread at a time empties, so their order is that of the changes of the snapshot.
class Watch final : public std::enable_shared_from_this<Watch> {
 public:
  Watch(WatchTable::Tools tools, SessionPtr session, WatchPlan plan)
      : tools_(std::move(tools)), session_(std::move(session)), plan_(std::move(plan)) {}

  Result<std::unique_ptr<WatchTable::Attachment>> Add(WatchInterest interest,
                                                      std::shared_ptr<EventSubscription> subscription);

 private:
  class Attached;
  class ClassListener;
  class LookConsumer;

  struct Member {
    WatchInterest interest;
    std::shared_ptr<EventSubscription> subscription;
    bool has_ended = false;  // it is told nothing more, and asks for nothing
    FilterIndex<Member>::Place filed = FilterIndex<Member>::kUnrestricted;

    const wql::Predicate* filter() const { return subscription->query().filter.get(); }
  };
  // A class whose instances a provider serves.
  struct Told {
    cim::ClassPtr schema;
    provider::Operations sent = 0;    // by a provider of events, past the watch
    provider::Operations covers = 0;  // while its source tells, and `sent`
    bool is_log = false;              // while its source tells
    std::unique_ptr<provider::Listening> listening;
    Status reason;  // why it does not
  };
  struct Tell {
    provider::Operations operation = 0;
    cim::Object event;
  };

  // ---- setting up, one thread at a time
  Status Start() WMI_REQUIRES(setup_);
  void ListenTo(const cim::ClassPtr& schema) WMI_REQUIRES(setup_);
  Status Check(const WatchInterest& interest);
  void Remove(const Member* member);

  // ---- what listeners say
  void WantLook();
  void WantLook(std::string path);
  void Appeared(cim::Object instance);
  void Gone(std::string path);
  void Touch(std::string path) WMI_REQUIRES(mutex_);
  void Lost(std::uint64_t messages);
  void Ended(const cim::Class& schema, Status why);

  // ---- looking
  // The next look, if one is wanted and none is running. Called without the lock.
  void GoOn();
  Status StartLook(SourcePtr source, std::string description, std::string path);
  void LookEnded(const std::string& path, Batch rows, const Ending& ending);
  void TakeFullLook(Batch rows, bool is_complete) WMI_REQUIRES(mutex_);
  void TakeSingleLook(const std::string& path, Batch rows) WMI_REQUIRES(mutex_);
  bool IsWatched(const cim::Class& schema) const WMI_REQUIRES(mutex_);
  void SetClock() WMI_REQUIRES(mutex_);
  std::optional<Duration> Interval() const WMI_REQUIRES(mutex_);
  bool IsPolled(const Member& member) const WMI_REQUIRES(mutex_);
  // What polling takes of the user's quotas (contract 6.3): taken when there is somebody to poll for, or would be with
  // `joining`, and given back when there is nobody. Reads the repository, so without the lock.
  Status TakeQuotas(const WatchInterest* joining) WMI_EXCLUDES(taking_, mutex_);
  // Those who poll end; what was kept for them alone goes.
  void StopPolling(const Status& why);
  // Whether nobody who has not ended is left.
  bool IsDeserted() const WMI_REQUIRES(mutex_);
  provider::Operations Covered() const WMI_REQUIRES(mutex_);
  // Whether logs tell everything that is wanted: there is nothing to look at and to compare.
  bool IsLogOnly() const WMI_REQUIRES(mutex_);
  // Those without WITHIN that nobody tells any more.
  std::vector<std::shared_ptr<EventSubscription>> Abandoned() const WMI_REQUIRES(mutex_);

  // ---- telling
  void Note(const events::Difference& difference) WMI_REQUIRES(mutex_);
  // Empties the outbox unless another thread does.
  void Deliver();
  static void Offer(const Member& member, const cim::Object& event);
  enum class Whom { kAll, kPolled };
  void End(Whom whom, const Status& status);

  const WatchTable::Tools tools_;
  const SessionPtr session_;
  const WatchPlan plan_;
  std::shared_ptr<const wql::Predicate> filter_;  // of the data query; set by Start
  events::InstanceEventClasses event_classes_;    // likewise

  Mutex setup_;  // taken before mutex_
  bool started_ WMI_GUARDED_BY(setup_) = false;

  Mutex taking_;                                         // taken after setup_ and before mutex_
  EventQuotas::Ticket polling_ WMI_GUARDED_BY(taking_);  // while somebody needs the clock
  EventQuotas::Ticket memory_ WMI_GUARDED_BY(taking_);   // likewise

  Mutex mutex_;
  std::vector<std::shared_ptr<Member>> members_ WMI_GUARDED_BY(mutex_);
  FilterIndex<Member> index_ WMI_GUARDED_BY(mutex_);  // of them
  std::vector<Told> told_ WMI_GUARDED_BY(mutex_);
  events::Snapshot snapshot_ WMI_GUARDED_BY(mutex_);
  bool has_base_line_ WMI_GUARDED_BY(mutex_) = false;
  bool look_wanted_ WMI_GUARDED_BY(mutex_) = false;
  std::set<std::string> single_looks_ WMI_GUARDED_BY(mutex_);  // paths
  bool is_looking_ WMI_GUARDED_BY(mutex_) = false;
  std::weak_ptr<Operation> look_ WMI_GUARDED_BY(mutex_);
  // Paths about which something was told while a full look was running: newer than what it brings.
  std::unordered_set<std::string> touched_ WMI_GUARDED_BY(mutex_);
  bool is_overtaken_ WMI_GUARDED_BY(mutex_) = false;  // and more than could be noted
  TimePoint look_started_ WMI_GUARDED_BY(mutex_){};
  int failures_ WMI_GUARDED_BY(mutex_) = 0;
  std::unique_ptr<exec::TimerQueue::Entry> clock_ WMI_GUARDED_BY(mutex_);
  std::deque<Tell> outbox_ WMI_GUARDED_BY(mutex_);
  bool is_delivering_ WMI_GUARDED_BY(mutex_) = false;
};

// ---- members --------------------------------------------------------------------------------------------------------

class Watch::Attached final : public WatchTable::Attachment {
 public:
  Attached(std::shared_ptr<Watch> watch, const Member* member) : watch_(std::move(watch)), member_(member) {}
  ~Attached() override { watch_->Remove(member_); }

 private:
  const std::shared_ptr<Watch> watch_;
  const Member* const member_;
};

// Holds the watch weakly: it is the watch that holds the listening, and with it this.
class Watch::ClassListener final : public provider::ChangeListener {
 public:
  ClassListener(std::weak_ptr<Watch> watch, cim::ClassPtr schema)
      : watch_(std::move(watch)), schema_(std::move(schema)) {}

  void Look() override {
    Tell([](Watch& watch) { watch.WantLook(); });
  }
  void Look(provider::KeyTuple keys) override {
    Tell([&](Watch& watch) { watch.WantLook(events::Snapshot::PathOf(*schema_, keys)); });
  }
  void Appeared(cim::Object instance) override {
    Tell([&](Watch& watch) { watch.Appeared(std::move(instance)); });
  }
  void Gone(provider::KeyTuple keys) override {
    Tell([&](Watch& watch) { watch.Gone(events::Snapshot::PathOf(*schema_, keys)); });
  }
  void Lost(std::uint64_t messages, std::string_view) override {
    Tell([&](Watch& watch) { watch.Lost(messages); });
  }
  void Ended(Status why) override {
    Tell([&](Watch& watch) { watch.Ended(*schema_, std::move(why)); });
  }

 private:
  template <typename What>
  void Tell(What&& what) {
    const std::shared_ptr<Watch> watch = watch_.lock();
    if (watch) what(*watch);
  }

  const std::weak_ptr<Watch> watch_;
  const cim::ClassPtr schema_;
};

Result<std::unique_ptr<WatchTable::Attachment>> Watch::Add(WatchInterest interest,
                                                           std::shared_ptr<EventSubscription> subscription) {
  const auto member = std::make_shared<Member>(Member{interest, std::move(subscription)});
  {
    MutexLock setup(setup_);
    if (!started_) TRY(Start());
    started_ = true;
    TRY(Check(interest));
    TRY(TakeQuotas(&interest));
    MutexLock lock(mutex_);
    members_.push_back(member);
    try {
      member->filed = index_.Add(member, member->filter());
    } catch (const std::bad_alloc&) {
      members_.pop_back();
      throw;
    }
    if (!has_base_line_ && !IsLogOnly()) look_wanted_ = true;
    SetClock();
  }
  auto attached = std::make_unique<Attached>(shared_from_this(), member.get());
  GoOn();
  return std::unique_ptr<WatchTable::Attachment>(std::move(attached));
}

void Watch::Remove(const Member* member) {
  std::shared_ptr<Member> removed;
  std::vector<Told> told;
  std::unique_ptr<exec::TimerQueue::Entry> clock;
  std::shared_ptr<Operation> look;
  MutexLock setup(setup_);
  {
    MutexLock taking(taking_);
    MutexLock lock(mutex_);
    const auto found = std::find_if(members_.begin(), members_.end(),
                                    [&](const std::shared_ptr<Member>& other) { return other.get() == member; });
    if (found != members_.end()) {
      removed = std::move(*found);
      members_.erase(found);
      index_.Remove(removed.get(), removed->filter(), removed->filed);
    }
    if (members_.empty()) {
      told = std::move(told_);
      told_.clear();
      clock = std::move(clock_);
      look = look_.lock();
      has_base_line_ = false;
      snapshot_ = {};
      started_ = false;
    } else if (IsLogOnly()) {
      // What comes is not compared any more.
      has_base_line_ = false;
      snapshot_ = {};
    }
    if (!Interval()) {
      polling_.Return();
      memory_.Return();
    }
    // The clock of the others stays as it is until it rings: a destructor must do without memory.
  }
  // Their destructors wait for listeners that are inside this watch, so without its lock.
  told.clear();
  if (look) look->Cancel(Status(code::kCallCancelled), CancelWait::kDoNotWait);
}

Status Watch::Start() {
  const NamespacePtr classes = session_->name_space();
  event_classes_ = events::FindInstanceEventClasses(*classes);
  if (!event_classes_.creation || !event_classes_.modification || !event_classes_.deletion) {
    return Status(code::kInvalidNamespace,
                  fmt::format("the namespace {} lacks the system classes of events", classes->name()));
  }
  const auto tree = TRY(wql::Parse(plan_.data_query));
  filter_ = TRY(wql::Bind(*tree, *classes)).filter;
  for (const cim::ClassPtr& schema : classes->ClassAndDescendants(plan_.target)) {
    if (filter_ && !filter_->MayMatch(*schema)) continue;
    if (IsProvided(session_->engine().providers(), *schema)) ListenTo(schema);
  }
  return Status();
}

void Watch::ListenTo(const cim::ClassPtr& schema) {
  const provider::Operations sent = plan_.SentOf(*schema);
  if (sent == provider::kAllOperations) return;
  Told told;
  told.schema = schema;
  told.sent = sent;
  told.covers = sent;
  ScanPlan plan;
  plan.filter = filter_;
  if (filter_) {
    if (auto keys = filter_->KeyTuples()) {
      plan.has_keys = true;
      plan.keys = *std::move(keys);
    }
  }
  if (provider::ChangeSource* const source = tools_.sources->FindChanges(schema->name())) {
    provider::Support support;
    support.narrowed = Narrowed(session_->engine().providers(), *schema);
    const provider::Request request = PushDown(plan, schema, support);
    auto listening =
        source->Listen(request, *tools_.reactor, std::make_shared<ClassListener>(weak_from_this(), schema));
    if (listening.ok()) {
      told.covers |= source->covers();
      told.is_log = source->is_log();
      told.listening = std::move(listening).value();
    } else {
      told.reason = listening.status();
    }
  }
  MutexLock lock(mutex_);
  told_.push_back(std::move(told));
}

provider::Operations Watch::Covered() const {
  provider::Operations covered = provider::kAllOperations;
  for (const Told& told : told_) covered &= told.covers;
  return covered;
}

bool Watch::IsLogOnly() const {
  const provider::Operations covered = Covered();
  return !told_.empty() && std::all_of(told_.begin(), told_.end(), [](const Told& told) { return told.is_log; }) &&
         std::all_of(members_.begin(), members_.end(),
                     [&](const auto& member) { return (member->interest.operations & ~covered) == 0; });
}

Status Watch::Check(const WatchInterest& interest) {
  if (interest.within) return Status();
  MutexLock lock(mutex_);
  for (const Told& told : told_) {
    const auto open = static_cast<provider::Operations>(interest.operations & ~told.covers);
    if (open == 0) continue;
    return Status(code::kRegistrationTooPrecise,
                  fmt::format("nobody tells of the {} of {}, so it has to be looked at again and again{}",
                              (open & provider::kModification) != 0 ? "changes" : "coming and going",
                              told.schema->name(), told.reason.ok() ? "" : ": " + told.reason.Message()))
        .WithParameter(told.schema->name());
  }
  return Status();
}

// ---- what listeners say ---------------------------------------------------------------------------------------------

void Watch::WantLook() {
  {
    MutexLock lock(mutex_);
    look_wanted_ = look_wanted_ || !IsLogOnly();
  }
  GoOn();
}

void Watch::WantLook(std::string path) {
  {
    MutexLock lock(mutex_);
    if (single_looks_.size() < tools_.bounds.single_looks) {
      single_looks_.insert(std::move(path));
    } else {
      look_wanted_ = true;
    }
  }
  GoOn();
}

void Watch::Appeared(cim::Object instance) {
  if (filter_ && !filter_->Matches(instance.row())) return;
  std::string path = events::Snapshot::PathOf(instance);
  bool is_too_much = false;
  {
    MutexLock lock(mutex_);
    if (IsLogOnly()) {
      Note({{}, std::move(instance)});
    } else {
      is_too_much = snapshot_.size() >= tools_.bounds.instances && !snapshot_.Contains(path);
      if (is_too_much) {
        look_wanted_ = true;  // which says so, or finds that others have gone
      } else if (const auto difference = snapshot_.Put(std::move(instance))) {
        Note(*difference);
      }
      Touch(std::move(path));
    }
  }
  Deliver();
  if (is_too_much) GoOn();
}

void Watch::Gone(std::string path) {
  {
    MutexLock lock(mutex_);
    if (const auto difference = snapshot_.Remove(path)) Note(*difference);
    Touch(std::move(path));
  }
  Deliver();
}

// A look that is overtaken by too much is made again.
void Watch::Touch(std::string path) {
  if (!is_looking_) return;
  if (touched_.size() < tools_.bounds.instances) {
    touched_.insert(std::move(path));
  } else {
    is_overtaken_ = true;
  }
}

void Watch::Lost(std::uint64_t messages) {
  std::vector<std::shared_ptr<Member>> members;
  {
    MutexLock lock(mutex_);
    members = members_;
    look_wanted_ = look_wanted_ || !IsLogOnly();
  }
  for (const auto& member : members) member->subscription->CountLost(std::max<std::uint64_t>(messages, 1));
  GoOn();
}

// The listening itself stays until the watch ends: this is called from inside it.
void Watch::Ended(const cim::Class& schema, Status why) {
  std::vector<std::shared_ptr<EventSubscription>> abandoned;
  {
    MutexLock lock(mutex_);
    for (Told& told : told_) {
      if (told.schema.get() != &schema) continue;
      told.covers = told.sent;
      told.is_log = false;
      told.reason = why;
    }
    abandoned = Abandoned();
    look_wanted_ = true;  // what happened since it ended
    SetClock();
  }
  for (const auto& subscription : abandoned) subscription->End(why);
  GoOn();
}

std::vector<std::shared_ptr<EventSubscription>> Watch::Abandoned() const {
  const provider::Operations covered = Covered();
  std::vector<std::shared_ptr<EventSubscription>> abandoned;
  for (const auto& member : members_) {
    if (!member->has_ended && !member->interest.within && (member->interest.operations & ~covered) != 0) {
      abandoned.push_back(member->subscription);
    }
  }
  return abandoned;
}

// ---- looking --------------------------------------------------------------------------------------------------------

// Gathers the rows of one look.
class Watch::LookConsumer final : public Consumer {
 public:
  LookConsumer(std::shared_ptr<Watch> watch, std::string path) : watch_(std::move(watch)), path_(std::move(path)) {}
  ConsumerPlacement placement() const override { return ConsumerPlacement::kInline; }
  Delivered Consume(Batch batch) override {
    try {
      for (cim::Object& row : batch) {
        bytes_ += row.size_bytes();
        rows_.push_back(std::move(row));
      }
    } catch (const std::bad_alloc&) {
      return Delivered::With(code::kOutOfMemory);
    }
    const WatchBounds& bounds = watch_->tools_.bounds;
    is_too_much_ = rows_.size() > bounds.instances || bytes_ > bounds.bytes;
    return Delivered::With(is_too_much_ ? code::kQuotaViolation : code::kOk);
  }
  void Finish(const Ending& ending) override {
    try {
      Tell(ending);
    } catch (const std::bad_alloc&) {
      watch_->End(Whom::kAll, Status(code::kOutOfMemory));
    }
  }

 private:
  void Tell(const Ending& ending) {
    if (!is_too_much_) return watch_->LookEnded(path_, std::move(rows_), ending);
    watch_->LookEnded(
        path_, {},
        Status(code::kQuotaViolation,
               fmt::format("more than {} instances or {} bytes are too much to be watched; narrow the query by keys",
                           watch_->tools_.bounds.instances, watch_->tools_.bounds.bytes)));
  }

  const std::shared_ptr<Watch> watch_;
  const std::string path_;  // empty: all instances
  Batch rows_;
  std::size_t bytes_ = 0;
  bool is_too_much_ = false;
};

void Watch::GoOn() {
  std::string path;
  {
    MutexLock lock(mutex_);
    if (is_looking_ || IsDeserted()) return;
    if (look_wanted_) {
      single_looks_.clear();
    } else if (!single_looks_.empty()) {
      path = *single_looks_.begin();
      single_looks_.erase(single_looks_.begin());
    } else {
      return;
    }
    look_wanted_ = false;
    is_looking_ = true;
    touched_.clear();
    is_overtaken_ = false;
    look_started_ = session_->engine().runtime().clock().Now();
  }
  Status started;
  try {
    SourcePtr source = path.empty() ? QuerySource(session_, plan_.data_query) : ObjectSource(session_, path);
    started = StartLook(std::move(source), fmt::format("watch {}", path.empty() ? plan_.data_query : path), path);
  } catch (const std::bad_alloc&) {
    started = Status(code::kOutOfMemory);
  }
  if (!started.ok()) LookEnded(path, {}, started);
}

Status Watch::StartLook(SourcePtr source, std::string description, std::string path) {
  Runtime& runtime = session_->engine().runtime();
  Reservation reservation = TRY(runtime.Reserve(session_->lane()));
  Operation::Call call;
  call.session = session_->lane();
  call.description = std::move(description);
  call.source = std::move(source);
  call.consumer = std::make_shared<LookConsumer>(shared_from_this(), std::move(path));
  call.deadline = Deadline::After(runtime.clock(), session_->time_limit());
  const std::shared_ptr<Operation> look = Operation::Start(runtime, std::move(reservation), std::move(call));
  MutexLock lock(mutex_);
  if (is_looking_) look_ = look;
  return Status();
}

void Watch::LookEnded(const std::string& path, Batch rows, const Ending& ending) {
  const Code code = ending.status.code();
  const bool has_failed = Failed(code) && !(code == code::kNotFound && !path.empty());
  bool gives_up = false;
  {
    MutexLock lock(mutex_);
    is_looking_ = false;
    look_.reset();
    if (!has_failed) {
      failures_ = 0;
      if (path.empty()) {
        TakeFullLook(std::move(rows), ending.is_complete);
      } else {
        TakeSingleLook(path, std::move(rows));
      }
    } else if (code != code::kCallCancelled) {
      // The first look shows what is wrong with the question; a later one may fail by chance.
      gives_up = !has_base_line_ || ++failures_ >= kFailuresMax;
    }
    touched_.clear();
    SetClock();
  }
  if (gives_up) End(Whom::kAll, ending.status);
  if (const Status taken = TakeQuotas(nullptr); !taken.ok()) StopPolling(taken);
  Deliver();
  GoOn();
}

void Watch::TakeFullLook(Batch rows, bool is_complete) {
  if (IsLogOnly()) return;  // who wanted it has left
  if (is_overtaken_) {
    look_wanted_ = true;
    return;
  }
  Batch provided;
  for (cim::Object& row : rows) {
    if (IsWatched(row.schema())) provided.push_back(std::move(row));
  }
  const std::vector<events::Difference> differences = snapshot_.Replace(std::move(provided), touched_, is_complete);
  if (!std::exchange(has_base_line_, true)) return;
  for (const events::Difference& difference : differences) Note(difference);
}

void Watch::TakeSingleLook(const std::string& path, Batch rows) {
  if (touched_.contains(path)) return;
  std::erase_if(rows, [&](const cim::Object& row) { return filter_ && !filter_->Matches(row.row()); });
  const std::optional<events::Difference> difference =
      rows.empty() ? snapshot_.Remove(path) : snapshot_.Put(std::move(rows.front()));
  if (difference) Note(*difference);
}

// What is stored is told by the repository itself.
bool Watch::IsWatched(const cim::Class& schema) const {
  for (const Told& told : told_) {
    if (told.schema->name() == schema.name()) return true;
  }
  return false;
}

bool Watch::IsPolled(const Member& member) const {
  return !member.has_ended && member.interest.within && (member.interest.operations & ~Covered()) != 0;
}

bool Watch::IsDeserted() const {
  return std::all_of(members_.begin(), members_.end(), [](const auto& member) { return member->has_ended; });
}

std::optional<Duration> Watch::Interval() const {
  std::optional<Duration> shortest;
  for (const auto& member : members_) {
    if (!IsPolled(*member)) continue;
    if (!shortest || *member->interest.within < *shortest) shortest = member->interest.within;
  }
  return shortest;
}

void Watch::SetClock() {
  if (!has_base_line_ || is_looking_) return;  // at the end of the look it is set again
  std::optional<Duration> interval = Interval();
  if (!interval && failures_ > 0) interval = kRetryAfter;
  if (!interval) return clock_.reset();
  clock_ = tools_.timers->At(look_started_ + *interval, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->WantLook();
  });
}

Status Watch::TakeQuotas(const WatchInterest* joining) {
  EventQuotas& quotas = session_->engine().quotas();
  const Principal& user = session_->principal();
  MutexLock taking(taking_);
  std::size_t bytes = 0;
  bool is_polled = false;
  {
    MutexLock lock(mutex_);
    is_polled =
        Interval().has_value() || (joining != nullptr && joining->within && (joining->operations & ~Covered()) != 0);
    bytes = snapshot_.size_bytes();
  }
  if (!is_polled) {
    polling_.Return();
    memory_.Return();
    return Status();
  }
  const bool is_new = !polling_;
  if (is_new) polling_ = TRY(quotas.PollingInstruction(user));
  Status taken = quotas.SetPollingMemory(memory_, user, bytes);
  if (!taken.ok() && is_new) polling_.Return();
  return taken;
}

void Watch::StopPolling(const Status& why) {
  End(Whom::kPolled, why);
  {
    MutexLock lock(mutex_);
    SetClock();
  }
  (void)TakeQuotas(nullptr);  // gives back
}

// ---- telling --------------------------------------------------------------------------------------------------------

void Watch::Note(const events::Difference& difference) {
  if (!has_base_line_ && difference.after && difference.before) return;
  Tell tell;
  tell.operation = OperationOf(difference);
  const cim::Object& instance = difference.after ? difference.after : difference.before;
  if ((plan_.SentOf(instance.schema()) & tell.operation) != 0) return;
  switch (tell.operation) {
    case provider::kCreation:
      tell.event = events::MakeEvent(event_classes_.creation, {{"TargetInstance", difference.after}});
      break;
    case provider::kModification:
      tell.event = events::MakeEvent(event_classes_.modification,
                                     {{"TargetInstance", difference.after}, {"PreviousInstance", difference.before}});
      break;
    default:
      tell.event = events::MakeEvent(event_classes_.deletion, {{"TargetInstance", difference.before}});
  }
  outbox_.push_back(std::move(tell));
  // Filters that cannot keep up: the oldest give way, as in the queues behind them. One look tells of all that have
  // gone and all that have come.
  while (outbox_.size() > 2 * tools_.bounds.instances) {
    outbox_.pop_front();
    for (const auto& member : members_) member->subscription->CountLost(1);
  }
}

void Watch::Offer(const Member& member, const cim::Object& event) {
  try {
    member.subscription->Offer(event);
  } catch (const std::bad_alloc&) {
    member.subscription->CountLost(1);
  }
}

void Watch::Deliver() {
  MutexLock lock(mutex_);
  if (is_delivering_) return;
  is_delivering_ = true;
  while (!outbox_.empty()) {
    const Tell tell = std::move(outbox_.front());
    outbox_.pop_front();
    FewReceivers<Member> members;
    try {
      index_.Find(tell.event, [&](const std::shared_ptr<Member>& member) {
        if (!member->has_ended && (member->interest.operations & tell.operation) != 0) members.Add(member);
      });
    } catch (const std::bad_alloc&) {
      for (const auto& member : members_) member->subscription->CountLost(1);
      members = {};
    }
    lock.Unlock();
    members.ForEach([&tell](const Member& member) { Offer(member, tell.event); });
    lock.Lock();
  }
  is_delivering_ = false;
}

// Needs no memory.
void Watch::End(Whom whom, const Status& status) {
  for (std::size_t i = 0;; ++i) {
    std::shared_ptr<Member> member;
    {
      MutexLock lock(mutex_);
      if (i >= members_.size()) break;
      if (whom == Whom::kPolled && !IsPolled(*members_[i])) continue;
      member = members_[i];
      member->has_ended = true;
    }
    member->subscription->End(status);
  }
  MutexLock lock(mutex_);
  if (!IsDeserted()) return;
  // Their clients may leave them unread for long. Who joins begins anew.
  clock_.reset();
  has_base_line_ = false;
  snapshot_ = {};
}

// ---- the table ------------------------------------------------------------------------------------------------------

std::shared_ptr<Watch> WatchTable::FindOrMake(const SessionPtr& session, WatchPlan plan) {
  std::string key =
      Fold(fmt::format("{}\n{}\n{}", session->name_space()->name(), session->principal().uid, plan.data_query));
  for (const WatchPlan::Sent& sent : plan.sent) key += fmt::format("\n{} {}", Fold(sent.class_name), sent.operations);
  MutexLock lock(mutex_);
  std::erase_if(watches_, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<Watch>& place = watches_[key];
  std::shared_ptr<Watch> watch = place.lock();
  if (!watch) {
    Engine& engine = session->engine();
    // A connection of its own: it goes on when that of the first subscription ends.
    auto own =
        std::make_shared<Session>(engine, session->name_space(), session->principal(), engine.runtime().NewLane(),
                                  kDefaultTimeLimit, engine.runtime().NewSessionQuota());
    watch = std::make_shared<Watch>(tools_, std::move(own), std::move(plan));
    place = watch;
  }
  return watch;
}

Result<std::unique_ptr<WatchTable::Attachment>> WatchTable::Attach(
    const SessionPtr& session, WatchPlan plan, WatchInterest interest,
    const std::shared_ptr<EventSubscription>& subscription) {
  return FindOrMake(session, std::move(plan))->Add(interest, subscription);
}

}  // namespace wmi::engine
