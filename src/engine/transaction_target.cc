#include "engine/transaction_target.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "cim/object_path.h"
#include "engine/creator.h"
#include "engine/engine.h"
#include "engine/event_registrations.h"

namespace wmi::engine {
namespace {

constexpr std::string_view kNamespaceClass = "__NAMESPACE";

Status NoClass(std::string_view name_space, std::string_view name) {
  return Status(code::kInvalidClass, fmt::format("there is no class '{}' in {}", name, name_space))
      .WithParameter(std::string(name));
}

}  // namespace

cim::ClassPtr TransactionTarget::FindClass(std::string_view name_space, std::string_view name) const {
  const store::Namespace* found = transaction_.FindNamespace(name_space);
  return found == nullptr ? nullptr : found->FindClass(name);
}

Result<std::string> TransactionTarget::FindNamespace(std::string_view name) {
  const store::Namespace* found = transaction_.FindNamespace(name);
  if (found != nullptr) return found->name();
  return Status(
             code::kInvalidNamespace,
             fmt::format("there is no namespace '{}'; create it with an instance of __NAMESPACE in its parent", name))
      .WithParameter(std::string(name));
}

Result<cim::ClassPtr> TransactionTarget::PutClass(std::string_view name_space, cim::ClassDeclaration declaration,
                                                  cim::PutMode mode, cim::ClassUpdate update) {
  const std::string name = declaration.name;
  if (author_ == store::Author::kProduct) update = cim::ClassUpdate::kForce;
  TRY(transaction_.PutClass(name_space, std::move(declaration), mode, update, author_));
  return transaction_.FindNamespace(name_space)->FindClass(name);
}

Result<std::string> TransactionTarget::PutNamespace(std::string_view parent, const cim::Object& instance,
                                                    cim::PutMode mode) {
  const auto slot = instance.schema().FindSlot("Name");
  const cim::ValueView name = slot ? instance.slot(*slot) : cim::ValueView();
  if (name.kind() != cim::ValueKind::kText) {
    return Status(code::kIllegalNull, "the Name of a new namespace is NULL").WithParameter("__NAMESPACE.Name");
  }
  const std::string full = fmt::format("{}\\{}", parent, name.text());
  const bool exists = transaction_.FindNamespace(full) != nullptr;
  if (exists && mode == cim::PutMode::kCreateOnly) {
    return Status(code::kAlreadyExists, fmt::format("there is a namespace {} already", full)).WithParameter(full);
  }
  if (!exists && mode == cim::PutMode::kUpdateOnly) {
    return Status(code::kNotFound, fmt::format("there is no namespace {}", full)).WithParameter(full);
  }
  if (!exists) TRY(transaction_.CreateNamespace(full, system_classes_));
  return cim::RelativePath(instance).value_or(full);
}

Result<std::string> TransactionTarget::PutInstance(std::string_view name_space, const cim::Object& instance,
                                                   cim::PutMode mode) {
  const cim::Class& schema = instance.schema();
  if (EqualFolded(schema.name(), kNamespaceClass)) return PutNamespace(name_space, instance, mode);
  if (provider::InstanceProvider* provider = providers_.Find(schema.name())) {
    return provider->Put({instance, mode, {}});
  }
  if (schema.is_dynamic()) {
    return Status(code::kProviderNotCapable,
                  fmt::format("the instances of {} are kept by the provider {}, not by the repository; write them with "
                              "IWbemServices::PutInstance",
                              schema.name(), schema.qualifiers().Text("provider")))
        .WithParameter(schema.name());
  }
  TRY(EventRegistrations::Check(instance));
  const cim::Object written = WrittenBy(Principal::OfCaller(), instance, Engine::SystemMicroseconds());
  return transaction_.PutInstance(name_space, written, mode);
}

Status TransactionTarget::DeleteClass(std::string_view name_space, std::string_view name) {
  return transaction_.DeleteClass(name_space, name);
}

Status TransactionTarget::DeleteInstance(std::string_view name_space, std::string_view path) {
  const cim::ObjectPath parsed = TRY(cim::ParseObjectPath(path));
  const cim::ClassPtr schema = FindClass(name_space, parsed.class_name);
  if (schema == nullptr) return NoClass(name_space, parsed.class_name);
  store::KeyTuple keys;
  if (!parsed.is_singleton) keys = TRY(cim::KeyValues(parsed, *schema));
  if (!EqualFolded(schema->name(), kNamespaceClass)) {
    return transaction_.DeleteInstance(name_space, schema->name(), keys);
  }
  const std::string full = fmt::format("{}\\{}", name_space, keys.front().view().text());
  if (transaction_.FindNamespace(full) == nullptr) {
    return Status(code::kNotFound, fmt::format("there is no namespace {}", full)).WithParameter(full);
  }
  return transaction_.DeleteNamespace(full);
}

}  // namespace wmi::engine
