// CommandLineEventConsumer: a program for each event (contract 6.5, docs/consumers.md).
//
// What fails: a program that does not start, and one that its KillTimeout ends. The exit code is no failure, because
// the program has run and would run again for the same event; the audit tells it.
#pragma once

#include <memory>

#include "provider/audit_log.h"
#include "provider/event_consumer.h"

namespace wmi::consumers {

// Safe from several threads. `audit` outlives it and its consumers.
class CommandLineConsumerProvider final : public provider::EventConsumerProvider {
 public:
  explicit CommandLineConsumerProvider(provider::AuditLog& audit) : audit_(audit) {}

  bool needs_trust() const override { return true; }
  // Checks everything but the files, which are looked at when they are needed.
  Result<std::unique_ptr<provider::EventConsumer>> Open(const cim::Object& consumer) override;

 private:
  provider::AuditLog& audit_;
};

}  // namespace wmi::consumers
