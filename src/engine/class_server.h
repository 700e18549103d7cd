// ClassServer: who serves the instances of a class — built-in code, a registered provider, or the repository.
#pragma once

#include <memory>
#include <string>

#include "base/status.h"
#include "cim/class.h"
#include "engine/push_provider.h"
#include "engine/session.h"
#include "provider/provider.h"

namespace wmi::engine {

// What a registered provider says it can do (contract 9.1).
struct Capabilities {
  bool get = false;
  bool put = false;
  bool remove = false;
  bool enumerate = false;
  bool query = false;         // "WQL:UnarySelect"
  bool references = false;    // "WQL:References"
  bool associators = false;   // "WQL:Associators"
  bool own_language = false;  // "WQL:V1ProviderDefined"
  bool methods = false;
};

// At most one of the two is set; neither: the repository. A value.
struct ClassServer {
  provider::InstanceProvider* built_in = nullptr;
  std::shared_ptr<PushProvider> registered;
  Capabilities capabilities;  // of `registered`
  std::string name;           // for messages; empty for the repository

  bool is_repository() const { return built_in == nullptr && registered == nullptr; }
};

// Whether a provider serves the class; loads and runs none.
bool IsProvided(const provider::Registry& built_in, const cim::Class& schema);

// kProviderNotFound when the class names a provider that nobody has registered. Runs no provider.
Result<ClassServer> FindServer(const SessionPtr& session, const cim::Class& schema);

}  // namespace wmi::engine
