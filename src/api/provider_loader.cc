#include "api/provider_loader.h"

#include <fmt/format.h>
#include <objbase.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "api/com_event_consumer.h"
#include "base/text.h"
#include "cim/object_path.h"
#include "cim/value.h"
#include "engine/engine.h"

namespace wmi::api {
namespace {

cim::ValueView PropertyOf(const cim::Object& object, std::string_view name) {
  const std::optional<std::size_t> slot = object.schema().FindSlot(name);
  return slot ? object.slot(*slot) : cim::ValueView();
}

// Empty for NULL.
std::string TextOf(const cim::Object& object, std::string_view name) {
  const cim::ValueView value = PropertyOf(object, name);
  return value.kind() == cim::ValueKind::kText ? std::string(value.text()) : std::string();
}

enum class Hosting { kInProcess, kDecoupled, kUnknown };

// The models of contract 9.2. The host processes are one: this.
Hosting HostingOf(std::string_view model) {
  if (model.empty()) return Hosting::kInProcess;
  for (std::string_view decoupled :
       {"Decoupled:Com", "Decoupled:Com:FoldIdentity(TRUE)", "Decoupled:Com:FoldIdentity(FALSE)", "Decoupled:NonCom"}) {
    if (EqualFolded(model, decoupled)) return Hosting::kDecoupled;
  }
  const std::size_t colon = model.find(':');
  if (colon == model.size() - 1) return Hosting::kUnknown;  // no group after it
  for (std::string_view host : {"SelfHost", "LocalSystemHost", "LocalSystemHostOrSelfHost", "NetworkServiceHost",
                                "NetworkServiceHostOrSelfHost", "LocalServiceHost"}) {
    if (EqualFolded(model.substr(0, colon), host)) return Hosting::kInProcess;
  }
  return Hosting::kUnknown;
}

Status Invalid(const std::string& name, std::string_view name_space, const std::string& what) {
  return Status(code::kInvalidProviderRegistration,
                fmt::format("the registration of the provider '{}' in {} {}", name, name_space, what))
      .WithProvider(name);
}

Status CheckUse(const cim::Object& registration, const std::string& name, std::string_view name_space) {
  const cim::ValueView enabled = PropertyOf(registration, "Enabled");
  if (enabled.kind() == cim::ValueKind::kBoolean && !enabled.boolean()) {
    return Status(code::kProviderDisabled,
                  fmt::format("the provider '{}' in {} is registered with Enabled = FALSE", name, name_space))
        .WithProvider(name);
  }
  const std::string model = TextOf(registration, "HostingModel");
  switch (HostingOf(model)) {
    case Hosting::kInProcess:
      return Status();
    case Hosting::kDecoupled:
      return Status(code::kProviderLoadFailure,
                    fmt::format("the provider '{}' in {} is registered as decoupled (HostingModel = \"{}\"); this "
                                "version runs providers in the process of the client only",
                                name, name_space, model))
          .WithProvider(name);
    case Hosting::kUnknown:
      break;
  }
  return Invalid(name, name_space, fmt::format("has a HostingModel that does not exist: \"{}\"", model));
}

Result<ProviderIdentity> ReadIdentity(const cim::Object& registration, std::string_view name_space) {
  ProviderIdentity identity;
  identity.name = TextOf(registration, "Name");
  identity.name_space = std::string(name_space);
  if (identity.name.empty()) return Invalid(identity.name, name_space, "has no Name");
  const std::string clsid = TextOf(registration, "CLSID");
  if (clsid.empty()) return Invalid(identity.name, name_space, "has no CLSID");
  if (CLSIDFromString(WideFromUtf8(clsid).c_str(), &identity.clsid) != S_OK) {
    return Invalid(identity.name, name_space,
                   fmt::format("has a CLSID that is none: \"{}\"; it looks like "
                               "{{XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX}}, in hexadecimal digits",
                               clsid));
  }
  TRY(CheckUse(registration, identity.name, name_space));
  return identity;
}

}  // namespace

ComProviderLoader::ComProviderLoader(exec::Scheduler& provider_pool, Options options)
    : options_(options), entrance_(std::make_shared<ProviderEntrance>(provider_pool)) {}

ComProviderLoader::~ComProviderLoader() { entrance_->Close(); }

std::shared_ptr<ComProvider> ComProviderLoader::TakeSurplus() {
  if (providers_.size() <= options_.providers_max) return nullptr;
  const auto oldest = std::min_element(providers_.begin(), providers_.end(), [](const auto& a, const auto& b) {
    return a.second.last_use < b.second.last_use;
  });
  std::shared_ptr<ComProvider> surplus = std::move(oldest->second.provider);
  providers_.erase(oldest);
  return surplus;
}

template <typename Look>
Status ComProviderLoader::Visit(const engine::SessionPtr& session, const cim::Object& registration, Look&& look) {
  ProviderIdentity identity = TRY(ReadIdentity(registration, session->name_space()->name()));
  Key key(Fold(identity.name_space), Fold(identity.name));
  // Foreign code runs when a provider goes: after the lock.
  std::shared_ptr<ComProvider> replaced;
  std::shared_ptr<ComProvider> surplus;
  MutexLock lock(mutex_);
  Entry& entry = providers_[std::move(key)];
  if (!entry.provider || entry.provider->identity().clsid != identity.clsid) {
    replaced = std::move(entry.provider);
    entry.events.reset();
    entry.provider = std::make_shared<ComProvider>(std::move(identity), entrance_, options_.provider);
  }
  entry.last_use = ++uses_;
  look(entry);
  surplus = TakeSurplus();
  lock.Unlock();
  return Status();
}

Result<std::shared_ptr<engine::PushProvider>> ComProviderLoader::Find(const engine::SessionPtr& session,
                                                                      const cim::Object& registration) {
  std::shared_ptr<engine::PushProvider> found;
  TRY(Visit(session, registration, [&](Entry& entry) { found = entry.provider; }));
  return found;
}

Result<cim::Object> ComProviderLoader::FindReferred(const engine::SessionPtr& session,
                                                    const cim::Object& registration) {
  const std::string name_space = session->name_space()->name();
  const std::string reference = TextOf(registration, "provider");
  const Result<cim::ObjectPath> path = cim::ParseObjectPath(reference);
  if (path.ok() && path->keys.size() == 1) {
    cim::Object found =
        TRY(session->engine().repository().FindInstance(name_space, path->class_name, {path->keys.front().value}));
    if (found && found.schema().IsA("__Win32Provider")) return found;
  }
  return Status(code::kInvalidProviderRegistration,
                fmt::format("an instance of {} in {} refers to a provider that is not there: \"{}\"; it is the path "
                            "of an instance of __Win32Provider, such as __Win32Provider.Name=\"P\"",
                            registration.schema().name(), name_space, reference));
}

Result<std::shared_ptr<engine::EventProvider>> ComProviderLoader::FindEventSource(const engine::SessionPtr& session,
                                                                                  const cim::Object& registration) {
  std::shared_ptr<ComEventProvider> found;
  const cim::Object referred = TRY(FindReferred(session, registration));
  TRY(Visit(session, referred, [&](Entry& entry) {
    found = entry.events.lock();
    if (found) return;
    found = std::make_shared<ComEventProvider>(entry.provider);
    entry.events = found;
  }));
  return std::shared_ptr<engine::EventProvider>(std::move(found));
}

Result<std::shared_ptr<provider::EventConsumerProvider>> ComProviderLoader::FindEventConsumers(
    const engine::SessionPtr& session, const cim::Object& registration) {
  std::shared_ptr<ComProvider> found;
  const cim::Object referred = TRY(FindReferred(session, registration));
  TRY(Visit(session, referred, [&](Entry& entry) { found = entry.provider; }));
  return std::shared_ptr<provider::EventConsumerProvider>(
      std::make_shared<ComEventConsumers>(std::move(found), session));
}

std::size_t ComProviderLoader::providers() const {
  MutexLock lock(mutex_);
  return providers_.size();
}

}  // namespace wmi::api
