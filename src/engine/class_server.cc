#include "engine/class_server.h"

#include <fmt/format.h>

#include <algorithm>

#include "cim/object_path.h"
#include "engine/engine.h"

namespace wmi::engine {
namespace {

cim::ValueView PropertyOf(const cim::Object& object, std::string_view name) {
  const auto slot = object.schema().FindSlot(name);
  return slot ? object.slot(*slot) : cim::ValueView();
}

bool IsTrue(const cim::Object& object, std::string_view name) {
  const cim::ValueView value = PropertyOf(object, name);
  return value.kind() == cim::ValueKind::kBoolean && value.boolean();
}

// Whether the registration is of the provider `name`: its property `provider` is a path to it.
bool Registers(const cim::Object& registration, std::string_view name) {
  const cim::ValueView reference = PropertyOf(registration, "provider");
  if (reference.kind() != cim::ValueKind::kText) return false;
  const Result<cim::ObjectPath> path = cim::ParseObjectPath(reference.text());
  if (!path.ok() || path->keys.size() != 1) return false;
  const cim::ValueView key = path->keys.front().value.view();
  return key.kind() == cim::ValueKind::kText && EqualFolded(key.text(), name);
}

bool SupportsQueries(const cim::Object& registration, std::string_view wanted) {
  const cim::ValueView levels = PropertyOf(registration, "QuerySupportLevels");
  if (levels.kind() != cim::ValueKind::kArray) return false;
  return std::any_of(levels.items().begin(), levels.items().end(), [&](cim::ValueView level) {
    return level.kind() == cim::ValueKind::kText && EqualFolded(level.text(), wanted);
  });
}

template <typename Use>
Status ForEachRegistration(const Session& session, const Namespace& name_space, std::string_view of_class,
                           std::string_view provider, Use&& use) {
  for (const cim::Object& registration :
       TRY(session.engine().repository().ListInstances(name_space.name(), of_class))) {
    if (Registers(registration, provider)) use(registration);
  }
  return Status();
}

Result<Capabilities> CapabilitiesOf(const Session& session, const Namespace& name_space, std::string_view provider) {
  Capabilities can;
  TRY(ForEachRegistration(session, name_space, "__InstanceProviderRegistration", provider, [&](const cim::Object& of) {
    can.get = IsTrue(of, "SupportsGet");
    can.put = IsTrue(of, "SupportsPut");
    can.remove = IsTrue(of, "SupportsDelete");
    can.enumerate = IsTrue(of, "SupportsEnumeration");
    can.query = SupportsQueries(of, "WQL:UnarySelect");
    can.references = SupportsQueries(of, "WQL:References");
    can.associators = SupportsQueries(of, "WQL:Associators");
    can.own_language = SupportsQueries(of, "WQL:V1ProviderDefined");
  }));
  TRY(ForEachRegistration(session, name_space, "__MethodProviderRegistration", provider,
                          [&](const cim::Object&) { can.methods = true; }));
  return can;
}

}  // namespace

bool IsProvided(const provider::Registry& built_in, const cim::Class& schema) {
  return schema.is_dynamic() || built_in.Find(schema.name()) != nullptr;
}

Result<ClassServer> FindServer(const SessionPtr& session, const cim::Class& schema) {
  Engine& engine = session->engine();
  ClassServer server;
  server.name = std::string(schema.qualifiers().Text("provider"));
  server.built_in = engine.providers().Find(schema.name());
  if (server.built_in != nullptr || !schema.is_dynamic()) return server;
  const NamespacePtr name_space = session->name_space();
  const cim::Object registration =
      TRY(engine.repository().FindInstance(name_space->name(), "__Win32Provider", {cim::Value::Text(server.name)}));
  if (!registration || engine.loader() == nullptr) {
    return Status(code::kProviderNotFound,
                  fmt::format("no provider '{}' is registered for the class {} in {}; register it with instances of "
                              "__Win32Provider and __InstanceProviderRegistration",
                              server.name, schema.name(), name_space->name()))
        .WithProvider(server.name);
  }
  server.capabilities = TRY(CapabilitiesOf(*session, *name_space, server.name));
  server.registered = TRY(engine.loader()->Find(session, registration));
  return server;
}

}  // namespace wmi::engine
