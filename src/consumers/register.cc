#include "consumers/register.h"

#include <memory>

#include "consumers/command_line_consumer.h"
#include "consumers/script_consumer.h"

namespace wmi::consumers {

void RegisterConsumers(provider::EventConsumers& consumers, provider::AuditLog& audit, const Options& options) {
  using Scripts = ScriptConsumerProvider::Scripts;
  consumers.Register("CommandLineEventConsumer", std::make_unique<CommandLineConsumerProvider>(audit));
  consumers.Register("ActiveScriptEventConsumer", std::make_unique<ScriptConsumerProvider>(
                                                      options.scripts ? Scripts::kRun : Scripts::kRefused, audit));
}

}  // namespace wmi::consumers
