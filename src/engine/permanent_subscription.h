// PermanentSubscription: one __FilterToConsumerBinding at work: the events of its filter, handed to its consumer
// (contract 6.4). It is the consumer of an ordinary subscription, so that filter, groups, queue and order are the same
// for both kinds (docs/events.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "engine/calls.h"
#include "engine/consumer.h"
#include "engine/event_subscription.h"
#include "engine/operation.h"
#include "engine/session.h"
#include "exec/scheduler.h"
#include "exec/timer_queue.h"
#include "provider/event_consumer.h"

namespace wmi::engine {

// What a permanent subscription did and lost, since it was made.
struct DeliveryFigures {
  std::uint64_t delivered = 0;
  std::uint64_t failed = 0;        // events that the consumer could not act on, after all tries
  std::uint64_t lost = 0;          // events that found the queue full, or were not seen
  std::int64_t last_delivery = 0;  // microseconds since 1970; 0: none yet
  std::string last_failure;        // empty: none
  bool operator==(const DeliveryFigures&) const = default;
};

// Safe from several threads.
class PermanentSubscription final : public Consumer, public std::enable_shared_from_this<PermanentSubscription> {
 public:
  struct Options {
    SessionPtr session;  // in the namespace where the events happen
    std::string query;
    std::string home;           // the namespace of the binding, which is told what its consumer did not get
    std::string consumer_path;  // of the logical consumer, full
    std::vector<std::uint8_t> creator_sid;
    security::SubjectPtr subject;                           // the creator, with his groups
    DescriptorPtr event_access;                             // who may publish to it; null: everybody
    std::size_t queue_bytes = 0;                            // what may wait; 0: the usual
    bool slows_down = false;                                // SlowDownProviders
    std::shared_ptr<provider::EventConsumerProvider> keep;  // of the consumer; null for built-in code
    std::unique_ptr<provider::EventConsumer> consumer;
    // Threads that may block, for the consumer.
    exec::Scheduler* workers = nullptr;
    // How long to wait before an event is tried again, and again; then it has failed.
    std::vector<Duration> retries;
    std::function<std::int64_t()> wall_clock;
    DeliveryFigures figures;  // from before, to count on
    // What has become of it. Called from any thread, without a lock; short, and never after Stop has returned... on
    // another thread than that of Stop.
    std::function<void()> on_active;                // events can come now
    std::function<void()> on_figures;               // figures() has changed
    std::function<void(const Status& why)> on_end;  // by itself, not by Stop
  };

  // Fails when there are too many operations.
  static Result<std::shared_ptr<PermanentSubscription>> Start(Options options);

  // No event is handed over any more, and the consumer is asked to stop. Does not wait for it.
  void Stop();

  DeliveryFigures figures() const;

  // ---- the consumer of the operation, and its work

  ConsumerPlacement placement() const override { return ConsumerPlacement::kInline; }
  Delivered Consume(Batch batch) override;
  void Finish(const Ending& ending) override;
  std::string Description() const { return "consumer " + options_.consumer_path; }
  void Work();

 private:
  explicit PermanentSubscription(Options options);

  SubscriptionOptions OptionsOfSource();
  void Begin(std::shared_ptr<Operation> operation);
  void PostWork();
  // Hands the events of the batch over; false when one is to be tried again later.
  bool HandOver();
  bool WaitForRetry();
  void GiveUp(const cim::Object& event, const Status& why);
  void FireFailure(const cim::Object& event, const Status& why);
  void Acknowledge();

  const Options options_;
  const std::size_t tries_;
  std::stop_source stop_;
  exec::TaskSlot slot_;  // one piece of work at a time

  // Of the work: there is one batch and one thread at a time, from Consume to Acknowledge.
  Batch batch_;
  std::size_t next_ = 0;
  std::size_t failures_ = 0;  // of the event that is next

  mutable Mutex mutex_;
  std::shared_ptr<Operation> operation_ WMI_GUARDED_BY(mutex_);  // until it has finished
  bool acknowledges_ WMI_GUARDED_BY(mutex_) = false;             // before the operation was known
  bool is_over_ WMI_GUARDED_BY(mutex_) = false;
  bool is_stopped_ WMI_GUARDED_BY(mutex_) = false;
  std::unique_ptr<exec::TimerQueue::Entry> retry_ WMI_GUARDED_BY(mutex_);
  std::weak_ptr<EventSubscription> events_ WMI_GUARDED_BY(mutex_);
  std::uint64_t lost_before_ WMI_GUARDED_BY(mutex_) = 0;
  DeliveryFigures figures_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::engine
