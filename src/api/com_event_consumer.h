// ComEventConsumers: event consumers that are COM objects: IWbemEventConsumerProvider and IWbemUnboundObjectSink
// (contract 6.4, "Physical consumer").
#pragma once

#include <memory>
#include <utility>

#include "api/com_provider.h"
#include "engine/session.h"
#include "provider/event_consumer.h"

namespace wmi::api {

// Safe from several threads. A logical consumer's events go to the sink that IWbemEventConsumerProvider::FindConsumer
// gives for it, or to the IWbemUnboundObjectSink of the provider itself when it has no such interface or names no sink.
class ComEventConsumers final : public provider::EventConsumerProvider {
 public:
  // `session`: a connection to the namespace of the registration.
  ComEventConsumers(std::shared_ptr<ComProvider> provider, engine::SessionPtr session)
      : provider_(std::move(provider)), session_(std::move(session)) {}

  // Runs nothing of the provider: that is loaded, and FindConsumer called, with the first events, and again with the
  // next ones when it failed. Each event is handed over alone, so that it is known which one failed. Without events the
  // sink goes after a while, and later the provider (engine/cache_control.h); both go on the provider pool, also at the
  // end of the consumer.
  Result<std::unique_ptr<provider::EventConsumer>> Open(const cim::Object& consumer) override;

 private:
  const std::shared_ptr<ComProvider> provider_;
  const engine::SessionPtr session_;
};

}  // namespace wmi::api
