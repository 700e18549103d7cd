#include "engine/push_provider.h"

namespace wmi::engine {

Result<std::shared_ptr<EventProvider>> PushProviderLoader::FindEventSource(const SessionPtr&, const cim::Object&) {
  return Status(code::kProviderNotFound, "providers of events cannot be loaded here");
}

Result<std::shared_ptr<provider::EventConsumerProvider>> PushProviderLoader::FindEventConsumers(const SessionPtr&,
                                                                                                const cim::Object&) {
  return Status(code::kProviderNotFound, "providers of event consumers cannot be loaded here");
}

}  // namespace wmi::engine
