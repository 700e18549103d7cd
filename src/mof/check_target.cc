#include "mof/check_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "cim/declaration.h"
#include "cim/instance_edit.h"
#include "cim/object_path.h"

namespace wmi::mof {
namespace {

constexpr std::string_view kNamespaceClass = "__NAMESPACE";

Status CheckMode(bool exists, cim::PutMode mode, std::string_view what) {
  if (exists && mode == cim::PutMode::kCreateOnly) {
    return Status(code::kAlreadyExists, fmt::format("{} exists already, and is only to be created", what));
  }
  if (!exists && mode == cim::PutMode::kUpdateOnly) {
    return Status(code::kNotFound, fmt::format("{} does not exist, and is only to be updated", what));
  }
  return Status();
}

}  // namespace

void CheckTarget::AddNamespace(std::string name) {
  Space space;
  space.home = std::make_shared<const cim::Home>(cim::Home{server_, name});
  spaces_.insert_or_assign(std::move(name), std::move(space));
}

CheckTarget::Space* CheckTarget::FindSpace(std::string_view name) {
  const auto found = spaces_.find(name);
  if (found != spaces_.end()) return &found->second;
  if (namespaces_ == Namespaces::kListed) return nullptr;
  AddNamespace(std::string(name));
  return &spaces_.find(name)->second;
}

Result<CheckTarget::Space*> CheckTarget::GetSpace(std::string_view name) {
  Space* space = FindSpace(name);
  if (space != nullptr) return space;
  return Status(code::kInvalidNamespace, fmt::format("the namespace {} does not exist", name));
}

cim::ClassPtr CheckTarget::FindClass(std::string_view name_space, std::string_view name) const {
  const auto space = spaces_.find(name_space);
  if (space == spaces_.end()) return existing_.FindClass(name_space, name);
  const auto found = space->second.classes.find(name);
  if (found != space->second.classes.end()) return found->second;
  return (space->second.is_new ? system_ : existing_).FindClass(name_space, name);
}

Result<std::string> CheckTarget::FindNamespace(std::string_view name) {
  const Space* space = TRY(GetSpace(name));
  return space->home->name_space;
}

Result<cim::ClassPtr> CheckTarget::PutClass(std::string_view name_space, cim::ClassDeclaration declaration,
                                            cim::PutMode mode, cim::ClassUpdate) {
  Space& space = *TRY(GetSpace(name_space));
  if (declaration.name.starts_with("__") && namespaces_ == Namespaces::kListed) {
    return Status(code::kInvalidOperation, fmt::format("{} is the name of a class of the system", declaration.name))
        .WithParameter(declaration.name);
  }
  const cim::ClassPtr before = FindClass(name_space, declaration.name);
  TRY(CheckMode(before != nullptr, mode, "the class " + declaration.name));
  cim::ClassPtr superclass;
  if (!declaration.superclass.empty()) {
    superclass = FindClass(name_space, declaration.superclass);
    if (superclass == nullptr) {
      return Status(code::kInvalidSuperclass, fmt::format("the superclass {} does not exist", declaration.superclass));
    }
  }
  cim::ClassPtr made = TRY(cim::Class::Make(std::move(declaration), std::move(superclass), space.home));
  space.classes.insert_or_assign(made->name(), made);
  if (before != nullptr) {
    const Status status = RemakeDescendants(space, made);
    if (!status.ok()) {
      space.classes.insert_or_assign(before->name(), before);
      return status;
    }
  }
  put_.push_back(made);
  return made;
}

// Those that were put here; nearest first.
Status CheckTarget::RemakeDescendants(Space& space, const cim::ClassPtr& changed) {
  std::vector<cim::ClassPtr> descendants;
  for (const auto& [name, cls] : space.classes) {
    if (cls != nullptr && cls != changed && cls->IsA(changed->name())) descendants.push_back(cls);
  }
  std::sort(descendants.begin(), descendants.end(), [](const cim::ClassPtr& a, const cim::ClassPtr& b) {
    return a->derivation().size() < b->derivation().size();
  });
  std::unordered_map<std::string, cim::ClassPtr, FoldedHash, FoldedEqual> remade = {{changed->name(), changed}};
  for (const cim::ClassPtr& cls : descendants) {
    const auto superclass = remade.find(cls->superclass()->name());
    if (superclass == remade.end()) continue;
    remade[cls->name()] = TRY(cim::Class::Make(cim::DeclarationOf(*cls), superclass->second, space.home));
  }
  for (auto& [name, cls] : remade) space.classes.insert_or_assign(name, std::move(cls));
  return Status();
}

Result<std::string> CheckTarget::PutNamespace(std::string_view parent, const cim::Object& instance, cim::PutMode mode) {
  const std::optional<std::size_t> slot = instance.schema().FindSlot("Name");
  if (!slot || instance.slot(*slot).kind() != cim::ValueKind::kText) {
    return Status(code::kIllegalNull, "a namespace needs a Name").WithParameter("Name");
  }
  const std::string_view child = instance.slot(*slot).text();
  const std::string name = fmt::format("{}\\{}", parent, child);
  if (child.find_first_of("\\/") != std::string_view::npos || !cim::ParseNamespacePath(name).ok()) {
    return Status(code::kInvalidNamespace, fmt::format("'{}' is no name of a namespace", child)).WithParameter("Name");
  }
  const bool exists = spaces_.contains(name);
  TRY(CheckMode(exists, mode, "the namespace " + name));
  if (!exists) {
    AddNamespace(name);
    spaces_.find(name)->second.is_new = true;
  }
  return std::string(*cim::RelativePath(instance));
}

// A string key that is NULL gets a value that no other has.
Result<cim::Object> CheckTarget::WithKeys(const cim::Object& instance) {
  const cim::Class& schema = instance.schema();
  if (schema.is_abstract()) {
    return Status(code::kInvalidOperation, fmt::format("{} is abstract and has no instances", schema.name()));
  }
  if (schema.key_slots().empty() && !schema.is_singleton()) {
    return Status(code::kNoKey,
                  fmt::format("{} has no key, so there is no telling its instances apart", schema.name()));
  }
  cim::Object result = instance;
  for (const std::size_t slot : schema.key_slots()) {
    const cim::Property& key = schema.properties()[slot];
    if (!result.slot(slot).is_null()) continue;
    if (key.type.type != cim::CimType::kString) {
      return Status(code::kIllegalNull, fmt::format("the key {} needs a value", key.name)).WithParameter(key.name);
    }
    const std::string made = fmt::format("{{00000000-0000-0000-0000-{:012X}}}", ++keys_made_);
    result = cim::WithValue(result, slot, cim::ValueView::Text(made));
  }
  return result;
}

Result<std::string> CheckTarget::PutInstance(std::string_view name_space, const cim::Object& instance,
                                             cim::PutMode mode) {
  Space& space = *TRY(GetSpace(name_space));
  if (EqualFolded(instance.schema().name(), kNamespaceClass)) return PutNamespace(name_space, instance, mode);
  const cim::Object kept = TRY(WithKeys(instance));
  const std::optional<std::string> path = cim::RelativePath(kept);
  if (!path) return Status(code::kIllegalNull, "a key has no value");
  const auto found = space.by_path.find(*path);
  const bool exists = found != space.by_path.end() && space.instances[found->second];
  // Whether one is to be found where this target only reads, it cannot say.
  if (exists || space.is_new) TRY(CheckMode(exists, mode, "the instance " + *path));
  if (found != space.by_path.end()) {
    space.instances[found->second] = kept;
  } else {
    space.by_path.emplace(*path, space.instances.size());
    space.instances.push_back(kept);
  }
  return *path;
}

Status CheckTarget::DeleteClass(std::string_view name_space, std::string_view name) {
  Space& space = *TRY(GetSpace(name_space));
  if (FindClass(name_space, name) == nullptr) {
    return Status(code::kNotFound, fmt::format("the class {} does not exist in {}", name, space.home->name_space));
  }
  space.classes[std::string(name)] = nullptr;
  for (auto& [other, cls] : space.classes) {
    if (cls != nullptr && cls->IsA(name)) cls = nullptr;
  }
  for (cim::Object& instance : space.instances) {
    if (instance && instance.schema().IsA(name)) instance = cim::Object();
  }
  return Status();
}

Status CheckTarget::DeleteInstance(std::string_view name_space, std::string_view path) {
  Space& space = *TRY(GetSpace(name_space));
  const cim::ObjectPath parsed = TRY(cim::ParseObjectPath(path));
  const cim::ClassPtr schema = FindClass(name_space, parsed.class_name);
  if (schema == nullptr) {
    return Status(code::kInvalidClass, fmt::format("the class {} does not exist", parsed.class_name));
  }
  if (!parsed.is_singleton) TRY(cim::KeyValues(parsed, *schema));
  const auto found = space.by_path.find(path);
  if (found != space.by_path.end() && space.instances[found->second]) {
    space.instances[found->second] = cim::Object();
    return Status();
  }
  // It may be there where this target only reads.
  if (!space.is_new && existing_.FindClass(name_space, parsed.class_name) != nullptr) return Status();
  return Status(code::kNotFound, fmt::format("the instance {} does not exist", path));
}

std::vector<cim::Object> CheckTarget::Instances(std::string_view name_space) const {
  std::vector<cim::Object> result;
  const auto space = spaces_.find(name_space);
  if (space == spaces_.end()) return result;
  for (const cim::Object& instance : space->second.instances) {
    if (instance) result.push_back(instance);
  }
  return result;
}

}  // namespace wmi::mof
