#include "api/com_event_consumer.h"

#include <fmt/format.h>
#include <wbemprov.h>

#include <cstddef>
#include <string>

#include "api/object_batch.h"
#include "api/provider_call.h"
#include "com/com_ptr.h"
#include "com/server_call.h"
#include "engine/engine.h"
#include "exec/task.h"

namespace wmi::api {
namespace {

// A logical consumer and the sink that was found for it. What it holds goes on whatever thread drops it last.
class Bound {
 public:
  Bound(std::shared_ptr<ComProvider> provider, engine::SessionPtr session, const cim::Object& consumer)
      : provider_(std::move(provider)), session_(std::move(session)), consumer_(MakeClassObject(consumer)) {}
  ~Bound() {
    std::string thrown;
    EnterProvider(thrown, [&] {
      sink_.Reset();
      consumer_.Reset();  // the last reference may be the provider's
      return code::kOk;
    });
  }
  Bound(const Bound&) = delete;
  Bound& operator=(const Bound&) = delete;

  Status Find() {
    if (sink_) return Status();
    std::unique_ptr<ComProvider::Use> use = TRY(provider_->Load(session_->engine(), nullptr));
    com::ComPtr<IWbemUnboundObjectSink> sink;
    if (const auto consumers = use->As<IWbemEventConsumerProvider>()) TRY(AskFor(*consumers, sink));
    if (!sink) sink = use->As<IWbemUnboundObjectSink>();
    if (!sink) {
      return ProviderLoadFailure(provider_->identity(),
                                 "its IWbemEventConsumerProvider::FindConsumer gave no sink, and it has no interface "
                                 "IWbemUnboundObjectSink itself");
    }
    sink_ = std::move(sink);
    use_ = std::move(use);
    return Status();
  }

  Status Deliver(const cim::Object& event) {
    const com::ComPtr<IWbemClassObject> object = MakeClassObject(event);
    IWbemClassObject* objects[] = {object.get()};
    std::string thrown;
    const Code code = EnterProvider(thrown, [&] {
      const com::ServerCall call;
      return sink_->IndicateToConsumer(consumer_.get(), 1, objects);
    });
    if (!Failed(code)) return Status();
    return ProviderStatus(code, provider_->identity().name,
                          thrown.empty() ? "its IWbemUnboundObjectSink::IndicateToConsumer returned"
                                         : "its IWbemUnboundObjectSink::IndicateToConsumer",
                          thrown);
  }

  // On the provider pool, to drop the last reference there.
  void Run() {}
  std::string Description() const { return "event consumer provider " + provider_->identity().name; }

  const std::shared_ptr<ComProvider>& provider() const { return provider_; }
  exec::Lane lane() const { return session_->lane(); }

 private:
  // A provider that does not implement the method is asked for a sink of its own.
  Status AskFor(IWbemEventConsumerProvider& consumers, com::ComPtr<IWbemUnboundObjectSink>& sink) {
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

  const std::shared_ptr<ComProvider> provider_;
  const engine::SessionPtr session_;
  com::ComPtr<IWbemClassObject> consumer_;
  std::unique_ptr<ComProvider::Use> use_;  // with sink_
  com::ComPtr<IWbemUnboundObjectSink> sink_;
};

class Consumer final : public provider::EventConsumer {
 public:
  explicit Consumer(std::shared_ptr<Bound> bound) : bound_(std::move(bound)) {}
  ~Consumer() override { LetGo(std::move(bound_)); }

  provider::Consumed Consume(std::span<const cim::Object> events, const std::stop_token& stop) override {
    provider::Consumed consumed;
    consumed.status = bound_->Find();
    for (const cim::Object& event : events) {
      if (!consumed.status.ok()) break;
      consumed.status = stop.stop_requested() ? Status(code::kCallCancelled) : bound_->Deliver(event);
      if (consumed.status.ok()) ++consumed.done;
    }
    return consumed;
  }

 private:
  // Code of the provider may run when the sink goes, so it goes where that may take long; here when there is no pool
  // any more.
  static void LetGo(std::shared_ptr<Bound> bound) noexcept {
    try {
      ProviderEntrance& entrance = bound->provider()->entrance();
      const exec::Lane lane = bound->lane();
      entrance.Post(lane, exec::Task::Of<&Bound::Run>(std::move(bound)));
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
