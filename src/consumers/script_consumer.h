// ActiveScriptEventConsumer: a script for each event (contract 6.5, docs/consumers.md).
//
// ScriptingEngine is the absolute path of an interpreter. It is started with one argument, the file of the script: for
// ScriptText a file without a name (kScriptPath). The event, which Windows gives as a variable of the language, comes
// as one line of JSON on descriptor 0 (event_json.h), and in no other way: nothing of it becomes part of the script, an
// argument or a variable of the environment. A script fails when it does not start, ends with another exit code than 0
// or by a signal, or is ended by its KillTimeout.
#pragma once

#include <memory>

#include "provider/audit_log.h"
#include "provider/event_consumer.h"

namespace wmi::consumers {

// Safe from several threads. `audit` outlives it and its consumers.
class ScriptConsumerProvider final : public provider::EventConsumerProvider {
 public:
  enum class Scripts { kRefused, kRun };

  ScriptConsumerProvider(Scripts scripts, provider::AuditLog& audit) : scripts_(scripts), audit_(audit) {}

  bool needs_trust() const override { return true; }
  // kAccessDenied for kRefused. Checks everything but the files, which are looked at when they are needed.
  Result<std::unique_ptr<provider::EventConsumer>> Open(const cim::Object& consumer) override;

 private:
  const Scripts scripts_;
  provider::AuditLog& audit_;
};

}  // namespace wmi::consumers
