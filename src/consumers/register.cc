#include "consumers/register.h"

#include <memory>

#include "consumers/command_line_consumer.h"
#include "consumers/event_log_consumer.h"
#include "consumers/log_file_consumer.h"
#include "consumers/mail_consumer.h"
#include "consumers/script_consumer.h"

namespace wmi::consumers {

void RegisterConsumers(provider::EventConsumers& consumers, provider::AuditLog& audit, const Options& options) {
  using Scripts = ScriptConsumerProvider::Scripts;
  consumers.Register("CommandLineEventConsumer", std::make_unique<CommandLineConsumerProvider>(audit));
  consumers.Register("ActiveScriptEventConsumer", std::make_unique<ScriptConsumerProvider>(
                                                      options.scripts ? Scripts::kRun : Scripts::kRefused, audit));
  consumers.Register("LogFileEventConsumer", std::make_unique<LogFileConsumerProvider>());
  consumers.Register("NTEventLogEventConsumer", std::make_unique<EventLogConsumerProvider>());
  consumers.Register("SMTPEventConsumer", std::make_unique<MailConsumerProvider>());
}

}  // namespace wmi::consumers
