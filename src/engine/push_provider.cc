#include "engine/push_provider.h"

namespace wmi::engine {

Result<std::shared_ptr<provider::EventConsumerProvider>> PushProviderLoader::FindEventConsumers(const SessionPtr&,
                                                                                               const cim::Object&) {
  return Status(code::kProviderNotFound, "there are no providers of event consumers here");
}

}  // namespace wmi::engine
