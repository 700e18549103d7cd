// PushProvider: a provider that is asked once and then delivers from its own threads, when it likes: a COM provider.
// Implemented above the engine, which knows no COM.
#pragma once

#include <memory>
#include <string>

#include "base/status.h"
#include "cim/put_mode.h"
#include "cim/row.h"
#include "engine/call_context.h"
#include "engine/event_provider.h"
#include "engine/push_port.h"
#include "provider/event_consumer.h"

namespace wmi::engine {

// What is asked of a provider (contract 9.3: the …Async methods, and no others).
struct ProviderCall {
  enum class Kind { kGetObject, kEnumerate, kQuery, kPutInstance, kDeleteInstance, kExecMethod };

  Kind kind = Kind::kEnumerate;
  SessionPtr session;
  CallContextPtr context;       // null when the client gave none
  bool wants_progress = false;  // WBEM_FLAG_SEND_STATUS
  // kEnumerate; kQuery: the class whose instances to ask for when the query is refused, empty: none.
  std::string class_name;
  std::string query;   // kQuery: WQL
  std::string path;    // kGetObject, kDeleteInstance, kExecMethod: relative
  std::string method;  // kExecMethod
  cim::Object object;  // kPutInstance: the instance; kExecMethod: the in-parameters, empty for none
  cim::PutMode mode = cim::PutMode::kCreateOrUpdate;
};

// The answers by which a provider says of a query that it has to be asked in another way (contract 7.6).
inline bool IsRefusal(Code code) {
  return code == code::kProviderNotCapable || code == code::kNotSupported || code == code::kUnsupportedParameter;
}

// Safe from several threads.
class PushProvider {
 public:
  virtual ~PushProvider() = default;
  // Makes the call. Runs on the provider pool and may take as long as the provider likes; rows may arrive before it
  // returns. The end comes through the port in every case.
  virtual void Start(const ProviderCall& call, std::shared_ptr<PushPort> port) = 0;
};

// Finds providers by their registration. Nothing of a provider is loaded or run by that.
class PushProviderLoader {
 public:
  virtual ~PushProviderLoader() = default;
  // A handle on the provider. `registration` is the instance of __Win32Provider. The same provider for the same
  // namespace and name as long as its class identifier stays the same.
  virtual Result<std::shared_ptr<PushProvider>> Find(const SessionPtr& session, const cim::Object& registration) = 0;
  // The same for a provider of events; `registration` is the instance of __EventProviderRegistration. The same handle
  // as long as somebody holds it. kProviderNotFound when the loader knows no providers of events.
  virtual Result<std::shared_ptr<EventProvider>> FindEventSource(const SessionPtr& session,
                                                                 const cim::Object& registration);
  // And for one of event consumers; `registration` is the instance of __EventConsumerProviderRegistration, in the
  // namespace of `session`. The provider is loaded when the first event is to be delivered.
  virtual Result<std::shared_ptr<provider::EventConsumerProvider>> FindEventConsumers(const SessionPtr& session,
                                                                                      const cim::Object& registration);
};

}  // namespace wmi::engine
