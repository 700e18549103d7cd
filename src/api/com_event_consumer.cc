#include "api/com_event_consumer.h"

#include <fmt/format.h>
#include <wbemprov.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string>

#include "api/object_batch.h"
#include "api/provider_call.h"
#include "com/com_ptr.h"
#include "com/server_call.h"
#include "engine/cache_control.h"
#include "engine/engine.h"
#include "exec/task.h"
#include "exec/timer_queue.h"

namespace wmi::api {
namespace {

// What is loaded to act on events. It goes where code of the provider may run.
struct Loaded {
  std::unique_ptr<ComProvider::Use> use;
  com::ComPtr<IWbemUnboundObjectSink> sink;  // only with `use`

  Loaded() = default;
  Loaded(Loaded&&) = default;
  Loaded& operator=(Loaded&&) = delete;
  ~Loaded() {
    if (!sink) return;
    std::string thrown;
    EnterProvider(thrown, [&] {
      sink.Reset();
      return code::kOk;
    });
  }
};

// A logical consumer, and what is loaded for it between two events. Dropped last on whatever thread does so.
class Bound final : public std::enable_shared_from_this<Bound> {
 public:
  Bound(std::shared_ptr<ComProvider> provider, engine::SessionPtr session, const cim::Object& consumer)
      : provider_(std::move(provider)), session_(std::move(session)), consumer_(MakeClassObject(consumer)) {}
  ~Bound() {
    std::string thrown;
    EnterProvider(thrown, [&] {
      consumer_.Reset();  // the last reference may be the provider's
      return code::kOk;
    });
  }
  Bound(const Bound&) = delete;
  Bound& operator=(const Bound&) = delete;

  // What is loaded, for as long as this lives.
  class Using {
   public:
    explicit Using(Bound& bound) : bound_(bound), loaded_(bound.Take()) {}
    ~Using() { bound_.Keep(std::move(loaded_)); }
    Using(const Using&) = delete;
    Using& operator=(const Using&) = delete;

    Status Find() { return loaded_.sink ? Status() : bound_.Find(loaded_); }
    Status Deliver(const cim::Object& event) { return bound_.Deliver(*loaded_.sink, event); }

   private:
    Bound& bound_;
    Loaded loaded_;
  };

  // On the provider pool, when some time may have passed without an event: lets go of what has rested long enough.
  void LetRest();

  // On the provider pool, to drop the last reference there.
  void Run() {}
  std::string Description() const { return "event consumer provider " + provider_->identity().name; }

  const std::shared_ptr<ComProvider>& provider() const { return provider_; }
  exec::Lane lane() const { return session_->lane(); }

 private:
  Loaded Take() {
    MutexLock lock(mutex_);
    return std::move(loaded_);
  }
  void Keep(Loaded loaded) noexcept;
  void WakeAt(TimePoint at, std::uint64_t number) noexcept;
  Status Find(Loaded& loaded);
  Status Deliver(IWbemUnboundObjectSink& sink, const cim::Object& event);
  Status AskFor(IWbemEventConsumerProvider& consumers, com::ComPtr<IWbemUnboundObjectSink>& sink);

  engine::Engine& engine() const { return session_->engine(); }
  TimePoint Now() const { return engine().runtime().clock().Now(); }
  engine::ConsumerIdleTimes IdleTimes() const noexcept;

  const std::shared_ptr<ComProvider> provider_;
  const engine::SessionPtr session_;
  com::ComPtr<IWbemClassObject> consumer_;

  Mutex mutex_;
  Loaded loaded_ WMI_GUARDED_BY(mutex_);  // empty while it is used
  TimePoint used_ WMI_GUARDED_BY(mutex_);
  bool is_sink_timed_ WMI_GUARDED_BY(mutex_) = false;  // the timer of the last number rings when the sink is due
  std::uint64_t last_number_ WMI_GUARDED_BY(mutex_) = 0;
  std::unique_ptr<exec::TimerQueue::Entry> wake_ WMI_GUARDED_BY(mutex_);
};

// ---- finding and using ----------------------------------------------------------------------------------------------

Status Bound::Find(Loaded& loaded) {
  std::unique_ptr<ComProvider::Use> use = std::move(loaded.use);
  if (!use) use = TRY(provider_->Load(engine(), nullptr));
  com::ComPtr<IWbemUnboundObjectSink> sink;
  if (const auto consumers = use->As<IWbemEventConsumerProvider>()) TRY(AskFor(*consumers, sink));
  if (!sink) sink = use->As<IWbemUnboundObjectSink>();
  if (!sink) {
    return ProviderLoadFailure(provider_->identity(),
                               "its IWbemEventConsumerProvider::FindConsumer gave no sink, and it has no interface "
                               "IWbemUnboundObjectSink itself");
  }
  loaded.sink = std::move(sink);
  loaded.use = std::move(use);
  return Status();
}

// A provider that does not implement the method is asked for a sink of its own.
Status Bound::AskFor(IWbemEventConsumerProvider& consumers, com::ComPtr<IWbemUnboundObjectSink>& sink) {
  std::string thrown;
  const Code code = EnterProvider(thrown, [&] {
    const com::ServerCall call;
    return consumers.FindConsumer(consumer_.get(), sink.Receive());
  });
  if (!Failed(code) || code == E_NOTIMPL || engine::IsRefusal(code)) return Status();
  return ProviderStatus(code, provider_->identity().name,
                        thrown.empty() ? "its IWbemEventConsumerProvider::FindConsumer returned"
                                       : "its IWbemEventConsumerProvider::FindConsumer",
                        thrown);
}

Status Bound::Deliver(IWbemUnboundObjectSink& sink, const cim::Object& event) {
  const com::ComPtr<IWbemClassObject> object = MakeClassObject(event);
  IWbemClassObject* objects[] = {object.get()};
  std::string thrown;
  const Code code = EnterProvider(thrown, [&] {
    const com::ServerCall call;
    return sink.IndicateToConsumer(consumer_.get(), 1, objects);
  });
  if (!Failed(code)) return Status();
  return ProviderStatus(code, provider_->identity().name,
                        thrown.empty() ? "its IWbemUnboundObjectSink::IndicateToConsumer returned"
                                       : "its IWbemUnboundObjectSink::IndicateToConsumer",
                        thrown);
}

// ---- resting (contract 6.4: consumers unload after ClearAfter) ------------------------------------------------------

// Posts to the provider pool, where the consumer may go with the last reference. What the timer holds: nothing whose
// end would run code of the provider.
class Rest final {
 public:
  Rest(std::weak_ptr<Bound> bound, const Bound& of)
      : bound_(std::move(bound)),
        entrance_(of.provider()->entrance()),
        lane_(of.lane()),
        description_("rest of event consumer provider " + of.provider()->identity().name) {}

  static void Post(const std::shared_ptr<Rest>& rest) noexcept {
    try {
      rest->entrance_->Post(rest->lane_, exec::Task::Of<&Rest::Run>(rest));
    } catch (const std::bad_alloc&) {
      return;  // then it stays loaded as long as its subscription is there
    }
  }
  void Run() {
    if (const auto bound = bound_.lock()) bound->LetRest();
  }
  std::string Description() const { return description_; }

 private:
  const std::weak_ptr<Bound> bound_;
  const std::shared_ptr<ProviderEntrance> entrance_;
  const exec::Lane lane_;
  const std::string description_;
};

engine::ConsumerIdleTimes Bound::IdleTimes() const noexcept {
  try {
    return engine::ReadConsumerIdleTimes(engine().repository());
  } catch (const std::bad_alloc&) {
    return {};
  }
}

void Bound::Keep(Loaded loaded) noexcept {
  std::uint64_t number = 0;
  {
    MutexLock lock(mutex_);
    used_ = Now();
    loaded_.use.swap(loaded.use);
    std::swap(loaded_.sink, loaded.sink);
    if (loaded_.use == nullptr || is_sink_timed_) return;
    is_sink_timed_ = true;
    number = ++last_number_;
  }
  const engine::ConsumerIdleTimes times = IdleTimes();
  WakeAt(Now() + std::min(times.sink, times.provider), number);
}

// There is one timer, which is set again when it rings and there were events meanwhile; so an event sets none.
void Bound::LetRest() {
  const engine::ConsumerIdleTimes times = IdleTimes();
  Loaded rested;
  TimePoint next;
  std::uint64_t number = 0;
  {
    MutexLock lock(mutex_);
    is_sink_timed_ = false;
    if (loaded_.use == nullptr) return;  // used right now, or nothing there
    const TimePoint now = Now();
    const bool is_provider_due = now >= used_ + times.provider;
    if (is_provider_due || now >= used_ + times.sink) std::swap(rested.sink, loaded_.sink);
    if (is_provider_due) rested.use.swap(loaded_.use);
    if (loaded_.use != nullptr) {
      is_sink_timed_ = static_cast<bool>(loaded_.sink);
      number = ++last_number_;
      next = used_ + (loaded_.sink ? std::min(times.sink, times.provider) : times.provider);
    }
  }
  if (number != 0) WakeAt(next, number);
}

void Bound::WakeAt(TimePoint at, std::uint64_t number) noexcept {
  try {
    const auto rest = std::make_shared<Rest>(weak_from_this(), *this);
    // Made without the lock, as it may ring at once; then the next one may be there before this one is kept.
    std::unique_ptr<exec::TimerQueue::Entry> wake = engine().timers()->At(at, [rest] { Rest::Post(rest); });
    MutexLock lock(mutex_);
    if (number == last_number_) wake_.swap(wake);
  } catch (const std::bad_alloc&) {
    MutexLock lock(mutex_);
    if (number == last_number_) is_sink_timed_ = false;  // the next event tries again
  }
}

// ---- the consumer of the engine -------------------------------------------------------------------------------------

class Consumer final : public provider::EventConsumer {
 public:
  explicit Consumer(std::shared_ptr<Bound> bound) : bound_(std::move(bound)) {}
  ~Consumer() override { LetGo(std::move(bound_)); }

  provider::Consumed Consume(std::span<const cim::Object> events, const std::stop_token& stop) override {
    Bound::Using used(*bound_);
    provider::Consumed consumed;
    consumed.status = used.Find();
    for (const cim::Object& event : events) {
      if (!consumed.status.ok()) break;
      consumed.status = stop.stop_requested() ? Status(code::kCallCancelled) : used.Deliver(event);
      if (consumed.status.ok()) ++consumed.done;
    }
    return consumed;
  }

 private:
  // Code of the provider may run when the sink goes, so it goes where that may take long; here when there is no pool
  // any more.
  static void LetGo(std::shared_ptr<Bound> bound) noexcept {
    try {
      const std::shared_ptr<ProviderEntrance> entrance = bound->provider()->entrance();
      const exec::Lane lane = bound->lane();
      entrance->Post(lane, exec::Task::Of<&Bound::Run>(std::move(bound)));
    } catch (const std::bad_alloc&) {
      bound.reset();
    }
  }

  std::shared_ptr<Bound> bound_;
};

}  // namespace

Result<std::unique_ptr<provider::EventConsumer>> ComEventConsumers::Open(const cim::Object& consumer) {
  return std::unique_ptr<provider::EventConsumer>(
      std::make_unique<Consumer>(std::make_shared<Bound>(provider_, session_, consumer)));
}

}  // namespace wmi::api
