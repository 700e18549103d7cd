// The call that runs a method (calls.h; contract 1.3, ExecMethod).
#include <fmt/format.h>

#include <string>
#include <utility>

#include "cim/object_path.h"
#include "engine/calls.h"
#include "engine/class_damage.h"
#include "engine/class_server.h"
#include "engine/engine.h"
#include "engine/push_source.h"
#include "engine/source_parts.h"

namespace wmi::engine {
namespace {

struct MethodCall {
  SessionPtr session;
  std::string path_text;
  std::string method_name;
  cim::Object in;
  CallOptions options;
};

Status InvalidParameters(const cim::Method& method, std::string message) {
  return Status(code::kInvalidMethodParameters, std::move(message)).WithParameter(method.name);
}

// The in-parameters in the slots of the signature: what a client spawned from it, perhaps from an older one.
Result<cim::Object> CheckedParameters(const cim::Method& method, const cim::Object& in) {
  if (!method.in) {
    if (!in) return cim::Object();
    if (in.schema().properties().empty()) return cim::Object();
    return InvalidParameters(method, fmt::format("the method {} takes no parameters; pass NULL", method.name));
  }
  cim::RowBlockBuilder row;
  row.BeginRow(method.in);
  if (in) {
    if (!in.is_instance()) {
      return InvalidParameters(
          method, "the in-parameters are a class; spawn an instance of what GetMethod gives and fill that");
    }
    const std::vector<cim::Property>& given = in.schema().properties();
    for (std::size_t slot = 0; slot < given.size(); ++slot) {
      const auto target = method.in->FindSlot(given[slot].name);
      if (!target) {
        return InvalidParameters(method,
                                 fmt::format("the method {} has no parameter {}", method.name, given[slot].name));
      }
      const cim::DataType& type = method.in->properties()[*target].type;
      if (type.type != given[slot].type.type || type.is_array != given[slot].type.is_array) {
        return InvalidParameters(
            method, fmt::format("the parameter {} of the method {} is of type {}, not {}", given[slot].name,
                                method.name, cim::CimTypeText(type), cim::CimTypeText(given[slot].type)));
      }
      row.Set(*target, in.slot(slot));
    }
  }
  row.CommitRow();
  Batch built;
  row.Finish(built);
  return std::move(built.front());
}

Result<const cim::Method*> FindMethod(const cim::Class& schema, std::string_view name) {
  const cim::Method* method = schema.FindMethod(name);
  if (method == nullptr) {
    return Status(code::kInvalidMethod, fmt::format("the class {} has no method '{}'", schema.name(), name))
        .WithParameter(std::string(name));
  }
  if (method->qualifiers.IsTrue("Disabled")) {
    return Status(code::kMethodDisabled, fmt::format("the method {} of {} is disabled", name, schema.name()))
        .WithParameter(std::string(name));
  }
  if (!method->qualifiers.IsTrue("Implemented")) {
    return Status(code::kMethodNotImplemented,
                  fmt::format("the class {} declares the method {} but does not implement it (it has no qualifier "
                              "Implemented)",
                              schema.name(), name))
        .WithParameter(std::string(name));
  }
  return method;
}

// Asks the provider of the real class of the object.
Result<SourcePtr> Run(const MethodCall& call, const cim::ClassPtr& schema, const cim::ObjectPath& path) {
  const cim::Method* method = TRY(FindMethod(*schema, call.method_name));
  cim::Object in = TRY(CheckedParameters(*method, call.in));
  ClassServer server = TRY(FindServer(call.session, *schema));
  if (server.is_repository()) {
    return Status(code::kProviderNotFound, fmt::format("the class {} has no provider that could run its method {}",
                                                       schema->name(), method->name))
        .WithParameter(call.method_name);
  }
  if (server.registered) {
    if (!server.capabilities.methods) {
      return Status(code::kProviderNotCapable,
                    fmt::format("the provider {} is not registered to run methods; put an instance of "
                                "__MethodProviderRegistration",
                                server.name))
          .WithProvider(server.name);
    }
    ProviderCall asked;
    asked.kind = ProviderCall::Kind::kExecMethod;
    asked.session = call.session;
    asked.context = call.options.context;
    asked.wants_progress = call.options.wants_progress == WantsProgress::kYes;
    asked.class_name = schema->name();
    cim::ObjectPath own = path;
    own.server.clear();
    own.name_space.clear();
    own.class_name = schema->name();
    asked.path = cim::FormatObjectPath(own);
    asked.method = method->name;
    asked.object = std::move(in);
    PushPort::Options port;
    port.provider = server.name;
    return PushSource(std::move(server.registered), std::move(asked), std::move(port));
  }
  provider::MethodRequest request;
  request.schema = schema;
  request.method = method;
  request.in = std::move(in);
  if (!path.is_class()) request.keys = path.is_singleton ? provider::KeyTuple() : TRY(cim::KeyValues(path, *schema));
  return Effect(
      Placement::kProvider,
      [provider = server.built_in, request = std::move(request)](const PullRequest& pull, Batch& rows) -> Ending {
        provider::MethodRequest run = request;
        run.stop = pull.stop;
        Result<cim::Object> out = provider->Execute(run);
        if (!out.ok()) return out.status();
        if (*out) rows.push_back(std::move(out).value());
        return {};
      });
}

// Fetches the object first, to learn its real class, so that an override is called; then runs the method.
class RunOnInstance final : public RowSource {
 public:
  RunOnInstance(MethodCall call, cim::ObjectPath path)
      : call_(std::move(call)),
        path_(std::move(path)),
        source_(ObjectSource(call_.session, call_.path_text, {call_.options.context, WantsProgress::kNo})) {}

  Placement placement() const override { return source_->placement(); }

  Pulled Pull(const PullRequest& request, Batch& out) override {
    if (is_running_) return source_->Pull(request, out);
    Pulled found = source_->Pull(request, instance_);
    found.notices.clear();
    if (found.state != PullState::kEnd || !found.ending.status.ok()) return found;
    Result<SourcePtr> run = Run(call_, instance_.front().schema_ptr(), path_);
    if (!run.ok()) return Pulled::End(run.status());
    source_ = std::move(run).value();
    is_running_ = true;
    return Pulled::More();
  }

 private:
  const MethodCall call_;
  const cim::ObjectPath path_;
  SourcePtr source_;
  Batch instance_;
  bool is_running_ = false;
};

Result<SourcePtr> BindMethod(const MethodCall& call) {
  const NamespacePtr classes = call.session->name_space();
  cim::ObjectPath path = TRY(cim::ParseObjectPath(call.path_text));
  if (!path.name_space.empty() && !EqualFolded(path.name_space, classes->name())) {
    return Status(
               code::kInvalidObjectPath,
               fmt::format("the path names the namespace {}, but this connection is to {}; connect to that namespace",
                           path.name_space, classes->name()))
        .WithParameter(call.path_text);
  }
  const cim::ClassPtr schema = classes->FindClass(path.class_name);
  if (!schema) {
    TRY(CheckReadable(*classes, path.class_name));
    return Status(code::kInvalidClass,
                  fmt::format("there is no class '{}' in namespace {}", path.class_name, classes->name()))
        .WithParameter(path.class_name);
  }
  const cim::Method* method = schema->FindMethod(call.method_name);
  // Static methods are called on the class; a path of an instance is taken, too (contract 12).
  const bool is_static = method != nullptr && method->qualifiers.IsTrue("Static");
  if (path.is_class() && method != nullptr && !is_static) {
    return Status(code::kInvalidMethod, fmt::format("the method {} of {} is not static; name an instance in the path",
                                                    method->name, schema->name()))
        .WithParameter(call.path_text);
  }
  if (path.is_class() || is_static || schema->qualifiers().IsTrue("Bypass_GetObject") ||
      (method != nullptr && method->qualifiers.IsTrue("Bypass_GetObject"))) {
    return Run(call, schema, path);
  }
  return SourcePtr(std::make_unique<RunOnInstance>(call, std::move(path)));
}

}  // namespace

SourcePtr MethodSource(SessionPtr session, std::string path, std::string method, cim::Object in, CallOptions options) {
  return Deferred([call = MethodCall{std::move(session), std::move(path), std::move(method), std::move(in),
                                     std::move(options)}] { return BindMethod(call); });
}

}  // namespace wmi::engine
