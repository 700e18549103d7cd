#include "engine/permanent_subscription.h"

#include <algorithm>
#include <new>
#include <span>
#include <utility>

#include "engine/engine.h"
#include "engine/failure_object.h"
#include "events/event_objects.h"

namespace wmi::engine {
namespace {

cim::Object ErrorObjectOf(const Namespace& classes, const Status& why) {
  const cim::ClassPtr schema = classes.FindClass("__ExtendedStatus");
  return schema ? FailureObject(schema, why, why.Message()) : cim::Object();
}

}  // namespace

PermanentSubscription::PermanentSubscription(Options options)
    : options_(std::move(options)), tries_(options_.retries.size() + 1), figures_(options_.figures) {
  lost_before_ = options_.figures.lost;
}

Result<std::shared_ptr<PermanentSubscription>> PermanentSubscription::Start(Options options) {
  const std::shared_ptr<PermanentSubscription> made(new PermanentSubscription(std::move(options)));
  const Options& given = made->options_;
  given.workers->Prepare();
  Runtime& runtime = given.session->engine().runtime();
  Reservation place = TRY(runtime.Reserve(given.session->lane()));
  Operation::Call call;
  call.session = given.session->lane();
  call.description = "permanent subscription " + given.query;
  call.source = SubscriptionSource(given.session, given.query, made->OptionsOfSource());
  call.consumer = made;
  call.lifetime = Lifetime::kSubscription;
  made->Begin(Operation::Start(runtime, std::move(place), std::move(call)));
  return made;
}

SubscriptionOptions PermanentSubscription::OptionsOfSource() {
  SubscriptionOptions options;
  options.queue_bytes = options_.queue_bytes;
  options.slows_down = options_.slows_down;
  options.consumer_path = options_.consumer_path;
  options.creator_sid = options_.creator_sid;
  options.subject = options_.subject;
  options.event_access = options_.event_access;
  options.opened = [weak = weak_from_this()](const std::shared_ptr<EventSubscription>& events) {
    const auto self = weak.lock();
    if (!self) return;
    {
      MutexLock lock(self->mutex_);
      self->events_ = events;
    }
    self->options_.on_active();
  };
  return options;
}

void PermanentSubscription::Begin(std::shared_ptr<Operation> operation) {
  bool acknowledges = false;
  {
    MutexLock lock(mutex_);
    if (is_over_) return;
    operation_ = operation;
    acknowledges = std::exchange(acknowledges_, false);
  }
  if (acknowledges) operation->Acknowledge(code::kOk);
}

void PermanentSubscription::Stop() {
  std::shared_ptr<Operation> operation;
  {
    MutexLock lock(mutex_);
    is_stopped_ = true;
    operation = operation_;
  }
  stop_.request_stop();
  if (operation) operation->Cancel(Status(code::kCallCancelled), CancelWait::kDoNotWait);
}

DeliveryFigures PermanentSubscription::figures() const {
  MutexLock lock(mutex_);
  DeliveryFigures figures = figures_;
  const std::shared_ptr<EventSubscription> events = events_.lock();
  figures.lost = lost_before_ + (events ? events->lost() : 0);
  return figures;
}

Delivered PermanentSubscription::Consume(Batch batch) {
  batch_ = std::move(batch);
  next_ = 0;
  failures_ = 0;
  PostWork();
  return Delivered::Later();
}

void PermanentSubscription::PostWork() {
  // With a slot and after Prepare it needs no memory.
  options_.workers->Post(options_.session->lane(), exec::Task::Of<&PermanentSubscription::Work>(shared_from_this()),
                         &slot_);
}

void PermanentSubscription::Work() {
  if (!HandOver()) return;
  Acknowledge();
}

bool PermanentSubscription::HandOver() {
  while (next_ < batch_.size() && !stop_.stop_requested()) {
    const std::span<const cim::Object> rest = std::span(batch_).subspan(next_);
    provider::Consumed consumed;
    try {
      consumed = options_.consumer->Consume(rest, stop_.get_token());
    } catch (const std::bad_alloc&) {
      consumed.status = Status(code::kOutOfMemory);
    }
    const std::size_t done = consumed.status.ok() ? rest.size() : std::min(consumed.done, rest.size() - 1);
    next_ += done;
    if (done > 0) {
      failures_ = 0;
      MutexLock lock(mutex_);
      figures_.delivered += done;
      figures_.last_delivery = options_.wall_clock();
    }
    if (consumed.status.ok()) continue;
    if (stop_.stop_requested()) break;
    if (++failures_ < tries_ && WaitForRetry()) return false;
    GiveUp(batch_[next_++], consumed.status);
    failures_ = 0;
  }
  options_.on_figures();
  return true;
}

// False when there is no memory to wait with.
bool PermanentSubscription::WaitForRetry() {
  Engine& engine = options_.session->engine();
  try {
    const TimePoint at = engine.runtime().clock().Now() + options_.retries[failures_ - 1];
    // The entry is taken without the lock: it may ring at once.
    std::unique_ptr<exec::TimerQueue::Entry> entry = engine.timers()->At(at, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->PostWork();
    });
    MutexLock lock(mutex_);
    retry_.swap(entry);
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

void PermanentSubscription::GiveUp(const cim::Object& event, const Status& why) {
  {
    MutexLock lock(mutex_);
    ++figures_.failed;
    figures_.last_failure = why.Message();
  }
  try {
    FireFailure(event, why);
  } catch (const std::bad_alloc&) {
    return;  // the failure is counted; nobody can be told more
  }
}

// Not about events that tell of such failures themselves: a consumer of those that fails would never end.
void PermanentSubscription::FireFailure(const cim::Object& event, const Status& why) {
  if (event.schema().IsA("__EventDroppedEvent")) return;
  Engine& engine = options_.session->engine();
  const NamespacePtr classes = engine.repository().FindNamespace(options_.home);
  const cim::ClassPtr schema = classes ? classes->FindClass("__ConsumerFailureEvent") : nullptr;
  if (!schema) return;
  // An aggregate is no __Event; one of those that it stands for is.
  engine.events().Fire(options_.home,
                       events::MakeEvent(schema, {{"SECURITY_DESCRIPTOR", DescriptorValueOf(event)},
                                                  {"Event", event.schema().IsA("__Event") ? event : cim::Object()},
                                                  {"IntendedConsumer", options_.consumer_path},
                                                  {"ErrorCode", std::uint64_t{static_cast<std::uint32_t>(why.code())}},
                                                  {"ErrorDescription", why.Message()},
                                                  {"ErrorObject", ErrorObjectOf(*classes, why)}}));
}

void PermanentSubscription::Acknowledge() {
  std::shared_ptr<Operation> operation;
  {
    MutexLock lock(mutex_);
    operation = operation_;
    if (!operation && !is_over_) acknowledges_ = true;
  }
  if (operation) operation->Acknowledge(code::kOk);
}

void PermanentSubscription::Finish(const Ending& ending) {
  std::shared_ptr<Operation> operation;
  std::unique_ptr<exec::TimerQueue::Entry> retry;
  bool by_itself = false;
  {
    MutexLock lock(mutex_);
    is_over_ = true;
    by_itself = !is_stopped_;
    operation.swap(operation_);
    retry.swap(retry_);
    const std::shared_ptr<EventSubscription> events = events_.lock();
    if (events) lost_before_ += events->lost();
    events_.reset();
  }
  stop_.request_stop();
  if (by_itself) options_.on_end(ending.status);
}

}  // namespace wmi::engine
