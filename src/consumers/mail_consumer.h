// SMTPEventConsumer: mail for each event (contract 6.5, docs/consumers.md).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "consumers/smtp_session.h"
#include "provider/event_consumer.h"

namespace wmi::consumers {

// Safe from several threads.
class MailConsumerProvider final : public provider::EventConsumerProvider {
 public:
  struct Options {
    SmtpTimes times;
    // The name of this machine; empty: what gethostname(2) says.
    std::string machine;
    // Seconds since 1970; empty: the clock of the system.
    std::function<std::int64_t()> now;
    // A text that no other message has; empty: random. Letters, digits and dots.
    std::function<std::string()> unique;
  };

  MailConsumerProvider() : MailConsumerProvider(Options()) {}
  explicit MailConsumerProvider(Options options);

  Result<std::unique_ptr<provider::EventConsumer>> Open(const cim::Object& consumer) override;

 private:
  const std::shared_ptr<const Options> options_;  // consumers have it too
};

}  // namespace wmi::consumers
