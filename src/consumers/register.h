// For the composition root: the standard consumers.
#pragma once

#include "provider/audit_log.h"
#include "provider/event_consumer.h"

namespace wmi::consumers {

struct Options {
  // The script consumer runs nothing unless this is set.
  bool scripts = false;
};

// `audit` is told of every program that is run, and outlives the consumers.
void RegisterConsumers(provider::EventConsumers& consumers, provider::AuditLog& audit, const Options& options);

}  // namespace wmi::consumers
