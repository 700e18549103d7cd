// The calls that change something (calls.h): classes and instances.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cim/amendment.h"
#include "cim/declaration.h"
#include "cim/object_path.h"
#include "engine/calls.h"
#include "engine/class_damage.h"
#include "engine/class_server.h"
#include "engine/creator.h"
#include "engine/engine.h"
#include "engine/event_registrations.h"
#include "engine/push_source.h"
#include "engine/source_parts.h"

namespace wmi::engine {
namespace {

store::Repository& RepositoryOf(const SessionPtr& session) { return session->engine().repository(); }

Result<cim::ClassPtr> ClassOf(const Namespace& classes, std::string_view name) {
  cim::ClassPtr schema = classes.FindClass(name);
  if (schema) return schema;
  TRY(CheckReadable(classes, name));
  return Status(code::kInvalidClass, fmt::format("there is no class '{}' in namespace {}", name, classes.name()))
      .WithParameter(std::string(name));
}

Status NotCapable(const ClassServer& server, std::string_view what, std::string_view flag) {
  return Status(code::kProviderNotCapable,
                fmt::format("the provider {} is not registered to {}; see {} of its __InstanceProviderRegistration",
                            server.name, what, flag))
      .WithProvider(server.name);
}

PushPort::Options NoRows(const ClassServer& server) {
  PushPort::Options port;
  port.provider = server.name;
  return port;
}

ProviderCall NewCall(ProviderCall::Kind kind, const SessionPtr& session, const CallOptions& options) {
  ProviderCall call;
  call.kind = kind;
  call.session = session;
  call.context = options.context;
  call.wants_progress = options.wants_progress == WantsProgress::kYes;
  return call;
}

// Contract 8.9: what was fetched with texts of a language in it would be stored with them by mistake.
Status CheckAmended(const cim::Class& schema, Amended amended) {
  if (!schema.is_amended() || amended == Amended::kYes) return Status();
  return Status(
             code::kAmendedObject,
             fmt::format("the object of {} was fetched with WBEM_FLAG_USE_AMENDED_QUALIFIERS; put it with that flag, "
                         "or fetch it without",
                         schema.name()))
      .WithParameter(schema.name());
}

// ---- putting an instance --------------------------------------------------------------------------------------------

// The instance as one of its ancestor classes sees it: inherited slots keep their numbers.
cim::Object As(const cim::ClassPtr& ancestor, const cim::Object& instance) {
  if (instance.schema_ptr() == ancestor) return instance;
  cim::RowBlockBuilder row;
  row.BeginRow(ancestor);
  for (std::size_t slot = 0; slot < ancestor->properties().size(); ++slot) row.Set(slot, instance.slot(slot));
  row.CommitRow();
  Batch built;
  row.Finish(built);
  return std::move(built.front());
}

// The values of `instance`, which may come from an older version of its class, in the slots of the class as it is.
Result<cim::Object> Current(const cim::ClassPtr& schema, const cim::Object& instance) {
  if (instance.schema_ptr() == schema) return instance;
  cim::RowBlockBuilder row;
  row.BeginRow(schema);
  for (std::size_t slot = 0; slot < instance.schema().properties().size(); ++slot) {
    const cim::Property& property = instance.schema().properties()[slot];
    const auto target = schema->FindSlot(property.name);
    if (!target || !(schema->properties()[*target].type == property.type)) {
      return Status(code::kInvalidObject, fmt::format("the class {} has no property {} of that type any more; get the "
                                                      "instance or its class again",
                                                      schema->name(), property.name))
          .WithParameter(schema->name());
    }
    row.Set(*target, instance.slot(slot));
  }
  row.CommitRow();
  Batch built;
  row.Finish(built);
  return std::move(built.front());
}

// Partial update (contract 1.3): only the named properties are written.
struct PartialPut {
  std::vector<std::string> properties;
  bool writes_nulls = false;
};

Result<std::optional<PartialPut>> ReadPartialPut(const CallContext* context, cim::PutMode mode) {
  if (context == nullptr || !context->IsTrue("__PUT_EXTENSIONS")) return std::optional<PartialPut>();
  if (mode != cim::PutMode::kUpdateOnly) {
    return Status(code::kInvalidContext,
                  "__PUT_EXTENSIONS asks for a partial update, which needs "
                  "WBEM_FLAG_UPDATE_ONLY");
  }
  PartialPut partial;
  partial.writes_nulls = context->IsTrue("__PUT_EXT_STRICT_NULLS");
  const cim::Value* names = context->Find("__PUT_EXT_PROPERTIES");
  if (names == nullptr || names->view().kind() != cim::ValueKind::kArray) {
    return Status(code::kInvalidContext, "a partial update needs __PUT_EXT_PROPERTIES, an array of property names");
  }
  for (cim::ValueView name : names->view().items()) {
    if (name.kind() != cim::ValueKind::kText) {
      return Status(code::kInvalidContext, "__PUT_EXT_PROPERTIES is not an array of property names");
    }
    partial.properties.emplace_back(name.text());
  }
  return std::optional<PartialPut>(std::move(partial));
}

// Shows only what is to be written, which is how the repository knows (store/repository.h, PutInstance).
Result<cim::Object> Restricted(const cim::Object& instance, const PartialPut& partial) {
  const cim::Class& schema = instance.schema();
  cim::PropertySet shown;
  for (std::size_t slot : schema.key_slots()) shown.Add(slot);
  for (const std::string& name : partial.properties) {
    const auto slot = schema.FindSlot(name);
    if (!slot) {
      return Status(code::kInvalidParameter, fmt::format("__PUT_EXT_PROPERTIES names '{}', which the class {} does not "
                                                         "have",
                                                         name, schema.name()))
          .WithParameter(name);
    }
    if (partial.writes_nulls || !instance.slot(*slot).is_null()) shown.Add(*slot);
  }
  cim::RowBlockBuilder row(shown);
  row.BeginRow(instance.schema_ptr());
  for (std::size_t slot = 0; slot < schema.properties().size(); ++slot) row.Set(slot, instance.slot(slot));
  row.SetOwnQualifiers(instance.own_qualifiers_ptr());
  row.CommitRow();
  Batch built;
  row.Finish(built);
  return std::move(built.front());
}

SourcePtr PutInRepository(const SessionPtr& session, cim::Object instance, cim::PutMode mode) {
  return Effect(
      Placement::kProvider, [session, instance = std::move(instance), mode](const PullRequest&, Batch&) -> Ending {
        TRY(EventRegistrations::Check(instance));
        const cim::Object written = WrittenBy(session->principal(), instance, session->engine().wall_clock()());
        Result<std::string> path = RepositoryOf(session).PutInstance(session->name_space()->name(), written, mode);
        Ending ending(path.status());
        if (path.ok()) ending.text = std::move(path).value();
        return ending;
      });
}

Result<SourcePtr> PutThrough(const SessionPtr& session, ClassServer server, cim::Object instance, cim::PutMode mode,
                             const CallOptions& options) {
  if (server.registered) {
    if (!server.capabilities.put) return NotCapable(server, "write instances", "SupportsPut");
    ProviderCall call = NewCall(ProviderCall::Kind::kPutInstance, session, options);
    call.class_name = instance.schema().name();
    call.object = std::move(instance);
    call.mode = mode;
    PushPort::Options port = NoRows(server);
    return PushSource(std::move(server.registered), std::move(call), std::move(port));
  }
  return Effect(
      Placement::kProvider,
      [provider = server.built_in, instance = std::move(instance), mode](const PullRequest& request, Batch&) -> Ending {
        Result<std::string> path = provider->Put({instance, mode, request.stop});
        Ending ending(path.status());
        if (path.ok()) ending.text = std::move(path).value();
        return ending;
      });
}

Result<SourcePtr> BindPut(const SessionPtr& session, const cim::Object& given, cim::PutMode mode,
                          const CallOptions& options) {
  if (!given.is_instance()) {
    return Status(code::kInvalidObject, "the object is a class, not an instance; PutClass writes classes");
  }
  TRY(CheckAmended(given.schema(), options.amended));
  const NamespacePtr classes = session->name_space();
  const cim::ClassPtr schema = TRY(ClassOf(*classes, given.schema().name()));
  if (schema->is_abstract()) {
    return Status(
               code::kInvalidOperation,
               fmt::format("the class {} is abstract and has no instances; use one of its subclasses", schema->name()))
        .WithParameter(schema->name());
  }
  const std::optional<PartialPut> partial = TRY(ReadPartialPut(options.context.get(), mode));
  ClassServer server = TRY(FindServer(session, *schema));
  if (server.is_repository()) {
    if (!partial) return PutInRepository(session, given, mode);
    return PutInRepository(session, TRY(Restricted(given, *partial)), mode);
  }
  if (partial && server.built_in != nullptr) {
    return Status(code::kProviderNotCapable,
                  fmt::format("the provider of {} writes whole instances only", schema->name()))
        .WithProvider(server.name);
  }
  const cim::Object instance = TRY(Current(schema, given));
  // The providers of all ancestors are asked, the topmost first, and all must succeed (contract 1.3).
  std::vector<cim::ClassPtr> line = {schema};
  for (cim::ClassPtr above = schema->superclass(); above; above = above->superclass()) line.push_back(above);
  std::reverse(line.begin(), line.end());
  std::vector<Step> steps;
  for (const cim::ClassPtr& asked : line) {
    if (asked->is_abstract() && asked != schema) continue;
    ClassServer of_asked = TRY(FindServer(session, *asked));
    if (of_asked.is_repository()) continue;
    steps.push_back({TRY(PutThrough(session, std::move(of_asked), As(asked, instance), mode, options)), {}});
  }
  return Chain(std::move(steps));
}

// ---- deleting an instance -------------------------------------------------------------------------------------------

SourcePtr DeleteInRepository(const SessionPtr& session, const std::string& class_name, const provider::KeyTuple& keys) {
  return Effect(Placement::kProvider, [session, class_name, keys](const PullRequest&, Batch&) -> Ending {
    return RepositoryOf(session).DeleteInstance(session->name_space()->name(), class_name, keys);
  });
}

Result<SourcePtr> DeleteThrough(const SessionPtr& session, ClassServer server, const cim::ClassPtr& schema,
                                const provider::KeyTuple& keys, const cim::ObjectPath& path,
                                const CallOptions& options) {
  if (server.registered) {
    if (!server.capabilities.remove) return NotCapable(server, "delete instances", "SupportsDelete");
    ProviderCall call = NewCall(ProviderCall::Kind::kDeleteInstance, session, options);
    call.class_name = schema->name();
    cim::ObjectPath own = path;
    own.server.clear();
    own.name_space.clear();
    own.class_name = schema->name();
    call.path = cim::FormatObjectPath(own);
    PushPort::Options port = NoRows(server);
    return PushSource(std::move(server.registered), std::move(call), std::move(port));
  }
  return Effect(Placement::kProvider,
                [provider = server.built_in, schema, keys](const PullRequest& request, Batch&) -> Ending {
                  return provider->Delete({schema, keys, request.stop});
                });
}

bool IsTopmost(const cim::Class& schema) {
  for (cim::ClassPtr above = schema.superclass(); above; above = above->superclass()) {
    if (!above->is_abstract()) return false;
  }
  return true;
}

Result<SourcePtr> BindDelete(const SessionPtr& session, const std::string& text, const CallOptions& options) {
  const NamespacePtr classes = session->name_space();
  const cim::ObjectPath path = TRY(cim::ParseObjectPath(text));
  if (!path.name_space.empty() && !EqualFolded(path.name_space, classes->name())) {
    return Status(
               code::kInvalidObjectPath,
               fmt::format("the path names the namespace {}, but this connection is to {}; connect to that namespace",
                           path.name_space, classes->name()))
        .WithParameter(text);
  }
  if (path.is_class()) {
    return Status(code::kInvalidObjectPath, "the path names a class, not an instance; DeleteClass deletes classes")
        .WithParameter(text);
  }
  const cim::ClassPtr schema = TRY(ClassOf(*classes, path.class_name));
  provider::KeyTuple keys;
  if (!path.is_singleton) {
    keys = TRY(cim::KeyValues(path, *schema));
  } else if (!schema->is_singleton()) {
    return Status(code::kInvalidObjectPath,
                  fmt::format("the class {} is not a singleton; name its keys", schema->name()))
        .WithParameter(text);
  }
  // All providers of the hierarchy are asked; those of the topmost classes that can have instances decide (contract
  // 1.3). The repository looks through descendants itself.
  std::vector<cim::ClassPtr> asked;
  for (cim::ClassPtr above = schema->superclass(); above; above = above->superclass()) asked.push_back(above);
  std::reverse(asked.begin(), asked.end());
  for (cim::ClassPtr& below : classes->ClassAndDescendants(schema)) asked.push_back(std::move(below));
  std::vector<Step> steps;
  bool repository_asked = false;
  for (const cim::ClassPtr& candidate : asked) {
    if (candidate->is_abstract()) continue;
    const bool is_above = schema != candidate && schema->IsA(candidate->name());
    ClassServer server = TRY(FindServer(session, *candidate));
    if (server.is_repository()) {
      if (is_above || repository_asked) continue;
      repository_asked = true;
      steps.push_back({DeleteInRepository(session, schema->name(), keys), Step::Role::kDecides});
      continue;
    }
    steps.push_back({TRY(DeleteThrough(session, std::move(server), candidate, keys, path, options)),
                     IsTopmost(*candidate) ? Step::Role::kDecides : Step::Role::kOptional});
  }
  if (steps.empty()) {
    return Status(code::kNotFound, fmt::format("there is no instance {}", text)).WithParameter(text);
  }
  return Chain(std::move(steps));
}

}  // namespace

SourcePtr PutClassSource(SessionPtr session, cim::Object schema, cim::PutMode mode, store::ClassUpdate update,
                         CallOptions options) {
  return Effect(
      Placement::kProvider,
      [session = std::move(session), schema = std::move(schema), mode, update, amended = options.amended](
          const PullRequest&, Batch&) -> Ending {
        if (!schema.is_class()) {
          return Status(code::kInvalidObject, "the object is an instance, not a class; PutInstance writes instances");
        }
        TRY(CheckAmended(schema.schema(), amended));
        cim::ClassDeclaration declaration = cim::DeclarationOf(schema.schema());
        if (schema.schema().is_amended()) declaration = cim::WithoutAmendedQualifiers(std::move(declaration));
        return RepositoryOf(session).PutClass(session->name_space()->name(), std::move(declaration), mode, update);
      });
}

SourcePtr DeleteClassSource(SessionPtr session, std::string class_name) {
  return Effect(
      Placement::kProvider,
      [session = std::move(session), class_name = std::move(class_name)](const PullRequest&, Batch&) -> Ending {
        return RepositoryOf(session).DeleteClass(session->name_space()->name(), class_name);
      });
}

SourcePtr PutInstanceSource(SessionPtr session, cim::Object instance, cim::PutMode mode, CallOptions options) {
  return Deferred([session = std::move(session), instance = std::move(instance), mode, options = std::move(options)] {
    return BindPut(session, instance, mode, options);
  });
}

SourcePtr DeleteInstanceSource(SessionPtr session, std::string path, CallOptions options) {
  return Deferred([session = std::move(session), path = std::move(path), options = std::move(options)] {
    return BindDelete(session, path, options);
  });
}

}  // namespace wmi::engine
