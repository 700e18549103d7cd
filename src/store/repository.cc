#include "store/repository.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/mutex.h"
#include "cim/declaration.h"
#include "cim/object_path.h"
#include "store/stored_row.h"
#include "store/world.h"

namespace wmi::store {
namespace {

Status Failure(Code code, std::string_view parameter, std::string message) {
  ErrorDetail detail;
  detail.message = std::move(message);
  detail.parameter = std::string(parameter);
  return Status(code, std::move(detail));
}

Status Full(std::string_view parameter, std::string_view what, std::string_view limit, std::size_t value) {
  return Failure(
      code::kQuotaViolation, parameter,
      fmt::format("the repository holds no more than {} {} (the limit {}); delete some first", value, what, limit));
}

bool IsSystemName(std::string_view name) { return name.starts_with("__"); }

// Contract 1.3: the name of a client's class neither begins nor ends with an underscore.
Status CheckClientName(std::string_view name) {
  if (name.empty()) return Failure(code::kIncompleteClass, name, "the class has no name; set __CLASS first");
  if (IsSystemName(name)) {
    return Failure(code::kInvalidOperation, name, fmt::format("{} is a system class and cannot be changed", name));
  }
  if (name.front() == '_' || name.back() == '_') {
    return Failure(code::kInvalidOperation, name,
                   fmt::format("the class name '{}' must not start or end with an underscore", name));
  }
  return Status();
}

Status CheckMode(PutMode mode, bool exists, std::string_view name, std::string_view noun) {
  if (mode == PutMode::kCreateOnly && exists) {
    return Failure(code::kAlreadyExists, name, fmt::format("the {} {} exists already", noun, name));
  }
  if (mode == PutMode::kUpdateOnly && !exists) {
    return Failure(code::kNotFound, name, fmt::format("there is no {} {} to update", noun, name));
  }
  return Status();
}

std::string_view ParentOf(std::string_view name) {
  const std::size_t end = name.rfind('\\');
  return end == std::string_view::npos ? std::string_view() : name.substr(0, end);
}

std::size_t LevelsOf(std::string_view name) {
  return 1 + static_cast<std::size_t>(std::count(name.begin(), name.end(), '\\'));
}

// `name` is `ancestor` or lies inside it.
bool IsWithin(std::string_view name, std::string_view ancestor) {
  if (name.size() < ancestor.size() || !EqualFolded(name.substr(0, ancestor.size()), ancestor)) return false;
  return name.size() == ancestor.size() || name[ancestor.size()] == '\\';
}

// The topmost class whose instances share their keys with this one: one key names one instance among its descendants.
cim::ClassPtr KeyRoot(cim::ClassPtr schema) {
  while (schema->superclass() != nullptr &&
         (schema->superclass()->is_singleton() || !schema->superclass()->key_slots().empty())) {
    schema = schema->superclass();
  }
  return schema;
}

}  // namespace

// What is published, and the rules of changing it. `writing_` is taken first.
class Repository::State {
 public:
  State(const std::string& server, const RepositoryLimits& limits) : server_(server), limits_(limits) {}

  WorldPtr Look() const {
    MutexLock lock(publishing_);
    return world_;
  }
  SpacePtr FindSpace(std::string_view name) const {
    const WorldPtr world = Look();
    const auto found = world->find(name);
    return found == world->end() ? nullptr : found->second;
  }

  Status CreateNamespace(std::string_view name, const std::vector<cim::ClassPtr>& system_classes);
  Status DeleteNamespace(std::string_view name);
  Status LoadClasses(std::string_view name_space, const std::vector<cim::ClassPtr>& classes);
  Status PutClass(std::string_view name_space, cim::ClassDeclaration declaration, PutMode mode, ClassUpdate update);
  Status DeleteClass(std::string_view name_space, std::string_view name);
  Result<std::string> PutInstance(std::string_view name_space, const cim::Object& instance, PutMode mode);
  Status DeleteInstance(std::string_view name_space, std::string_view class_name, const KeyTuple& keys);

 private:
  struct Place {
    std::shared_ptr<InstanceTable> table;
    cim::ClassPtr schema;
  };

  // Never fails, so it is the last step of a change.
  void Publish(WorldPtr world) {
    MutexLock lock(publishing_);
    world_.swap(world);
    lock.Unlock();  // what is replaced goes outside the lock
  }
  void PublishSpace(SpacePtr space) {
    auto world = std::make_shared<World>(*Look());
    world->insert_or_assign(space->schema->name(), std::move(space));
    Publish(std::move(world));
  }

  Result<SpacePtr> GetSpace(std::string_view name) const {
    SpacePtr space = FindSpace(name);
    if (space == nullptr) {
      return Failure(code::kInvalidNamespace, name, fmt::format("there is no namespace '{}'", name));
    }
    return space;
  }
  Status LoadInto(const Space& before, Namespace& schema, const std::vector<cim::ClassPtr>& classes,
                  std::vector<cim::ClassPtr>& remade) const;
  Status CheckRoom(const Namespace& schema, std::string_view name) const {
    if (schema.classes().size() < limits_.classes_per_namespace) return Status();
    return Full(name, "classes in a namespace", "kClassesPerNamespaceMax", limits_.classes_per_namespace);
  }
  // The namespace with other classes, and the instances of `remade` as instances of the new versions.
  static std::shared_ptr<Space> WithSchema(const Space& before, NamespacePtr schema,
                                           const std::vector<cim::ClassPtr>& remade);
  static std::optional<Place> FindPlace(const Space& space, const cim::ClassPtr& root, std::string_view key);
  Status PutRow(const SpacePtr& space, const cim::ClassPtr& schema, const std::string& key, cim::Object row)
      WMI_REQUIRES(writing_);

  const std::string& server_;
  const RepositoryLimits limits_;
  // One change at a time; held while it is prepared.
  Mutex writing_;
  std::size_t instances_ WMI_GUARDED_BY(writing_) = 0;
  // Only for the exchange and the copy of the pointer.
  mutable Mutex publishing_;
  WorldPtr world_ WMI_GUARDED_BY(publishing_) = std::make_shared<World>();
};

// ---- namespaces -----------------------------------------------------------------------------------------------------

Status Repository::State::CreateNamespace(std::string_view name, const std::vector<cim::ClassPtr>& system_classes) {
  const Result<cim::ObjectPath> path = cim::ParseNamespacePath(name);
  if (!path.ok() || !path->server.empty() || path->name_space != name) {
    return Failure(code::kInvalidNamespace, name,
                   fmt::format("'{}' is no name of a namespace; write ROOT\\name with backslashes", name));
  }
  if (LevelsOf(name) > limits_.namespace_depth) {
    return Failure(code::kQuotaViolation, name,
                   fmt::format("namespaces lie inside each other at most {} deep (the limit kNamespaceDepthMax)",
                               limits_.namespace_depth));
  }
  MutexLock lock(writing_);
  if (FindSpace(name) != nullptr) {
    return Failure(code::kAlreadyExists, name, fmt::format("the namespace {} exists already", name));
  }
  const std::string_view parent = ParentOf(name);
  const SpacePtr above = parent.empty() ? nullptr : FindSpace(parent);
  if (above == nullptr && !EqualFolded(name, "ROOT")) {
    return Failure(code::kInvalidNamespace, name,
                   parent.empty() ? fmt::format("'{}' is not inside ROOT", name)
                                  : fmt::format("the namespace {} does not exist; create it first", parent));
  }
  if (Look()->size() >= limits_.namespaces) return Full(name, "namespaces", "kNamespacesMax", limits_.namespaces);
  // The parent's spelling, so that one namespace has one spelling in every path.
  const std::string full =
      above == nullptr ? std::string(name) : above->schema->name() + std::string(name.substr(parent.size()));
  auto space = std::make_shared<Space>();
  auto schema = std::make_shared<Namespace>(full);
  space->home = std::make_shared<cim::Home>(cim::Home{server_, full});
  std::vector<cim::ClassPtr> remade;
  TRY(LoadInto(*space, *schema, system_classes, remade));
  space->schema = std::move(schema);
  PublishSpace(std::move(space));
  return Status();
}

Status Repository::State::DeleteNamespace(std::string_view name) {
  if (EqualFolded(name, "ROOT")) {
    return Failure(code::kInvalidOperation, name, "the namespace ROOT cannot be deleted");
  }
  MutexLock lock(writing_);
  TRY(GetSpace(name));
  const WorldPtr before = Look();
  auto world = std::make_shared<World>();
  std::size_t deleted = 0;
  for (const auto& [other, space] : *before) {
    if (!IsWithin(other, name)) {
      world->emplace(other, space);
      continue;
    }
    for (const auto& [class_name, table] : space->tables) deleted += table->size();
  }
  Publish(std::move(world));
  instances_ -= deleted;
  return Status();
}

// ---- classes --------------------------------------------------------------------------------------------------------

std::shared_ptr<Space> Repository::State::WithSchema(const Space& before, NamespacePtr schema,
                                                     const std::vector<cim::ClassPtr>& remade) {
  auto space = std::make_shared<Space>(before);
  space->schema = std::move(schema);
  for (const cim::ClassPtr& version : remade) {
    const auto table = space->tables.find(version->name());
    if (table == space->tables.end()) continue;
    table->second = table->second->Convert([&](const cim::Object& row) { return CopyRow(version, row); });
  }
  return space;
}

Status Repository::State::LoadInto(const Space& before, Namespace& schema, const std::vector<cim::ClassPtr>& classes,
                                   std::vector<cim::ClassPtr>& remade) const {
  const HasInstances has_instances = [&](const cim::Class& cls) { return before.HasInstances(cls.name()); };
  for (const cim::ClassPtr& given : classes) {
    if (given->home() == nullptr || !EqualFolded(given->home()->name_space, schema.name())) {
      return Failure(code::kInvalidNamespace, given->name(),
                     fmt::format("the class {} was made for {}, not for {}", given->name(),
                                 given->home() == nullptr ? "no namespace" : given->home()->name_space, schema.name()));
    }
    cim::ClassPtr loaded = given;
    if (given->superclass() != nullptr) {
      const cim::ClassPtr superclass = schema.FindClass(given->superclass()->name());
      if (superclass == nullptr) {
        return Failure(code::kInvalidSuperclass, given->name(),
                       fmt::format("{}: the superclass {} does not exist in {}", given->name(),
                                   given->superclass()->name(), schema.name()));
      }
      if (superclass != given->superclass()) {
        loaded = TRY(cim::Class::Make(cim::DeclarationOf(*given), superclass, before.home));
      }
    }
    if (schema.FindClass(given->name()) != nullptr) {
      TRY(UpdateClass(schema, loaded, before.home, ClassUpdate::kForce, has_instances, remade));
      continue;
    }
    TRY(CheckRoom(schema, given->name()));
    schema.Add(std::move(loaded));
  }
  return Status();
}

Status Repository::State::LoadClasses(std::string_view name_space, const std::vector<cim::ClassPtr>& classes) {
  MutexLock lock(writing_);
  const SpacePtr space = TRY(GetSpace(name_space));
  auto schema = std::make_shared<Namespace>(*space->schema);
  std::vector<cim::ClassPtr> remade;
  TRY(LoadInto(*space, *schema, classes, remade));
  PublishSpace(WithSchema(*space, std::move(schema), remade));
  return Status();
}

Status Repository::State::PutClass(std::string_view name_space, cim::ClassDeclaration declaration, PutMode mode,
                                   ClassUpdate update) {
  TRY(CheckClientName(declaration.name));
  MutexLock lock(writing_);
  const SpacePtr space = TRY(GetSpace(name_space));
  const cim::ClassPtr existing = space->schema->FindClass(declaration.name);
  TRY(CheckMode(mode, existing != nullptr, declaration.name, "class"));
  const std::string name = declaration.name;
  const cim::ClassPtr superclass =
      declaration.superclass.empty() ? nullptr : space->schema->FindClass(declaration.superclass);
  Result<cim::ClassPtr> made = cim::Class::Make(std::move(declaration), superclass, space->home);
  if (!made.ok()) return made.status().WithParameter(name);
  auto schema = std::make_shared<Namespace>(*space->schema);
  std::vector<cim::ClassPtr> remade;
  if (existing == nullptr) {
    TRY(CheckRoom(*schema, name));
    schema->Add(std::move(made).value());
  } else {
    if (CompareVersions(*existing, **made) == ClassChange::kNone) return Status();
    TRY(UpdateClass(
        *schema, *made, space->home, update, [&](const cim::Class& cls) { return space->HasInstances(cls.name()); },
        remade));
  }
  PublishSpace(WithSchema(*space, std::move(schema), remade));
  return Status();
}

Status Repository::State::DeleteClass(std::string_view name_space, std::string_view name) {
  MutexLock lock(writing_);
  const SpacePtr space = TRY(GetSpace(name_space));
  const cim::ClassPtr schema = space->schema->FindClass(name);
  if (schema == nullptr) {
    return Failure(code::kNotFound, name, fmt::format("there is no class '{}' in {}", name, space->schema->name()));
  }
  if (IsSystemName(name)) {
    return Failure(code::kInvalidOperation, name, fmt::format("{} is a system class and cannot be deleted", name));
  }
  const std::vector<cim::ClassPtr> family = space->schema->ClassAndDescendants(schema);
  auto left = std::make_shared<Namespace>(*space->schema);
  auto next = std::make_shared<Space>(*space);
  std::size_t deleted = 0;
  for (auto doomed = family.rbegin(); doomed != family.rend(); ++doomed) {
    left->Remove((*doomed)->name());
    const auto table = next->tables.find((*doomed)->name());
    if (table == next->tables.end()) continue;
    deleted += table->second->size();
    next->tables.erase(table);
  }
  next->schema = std::move(left);
  PublishSpace(std::move(next));
  instances_ -= deleted;
  return Status();
}

// ---- instances ------------------------------------------------------------------------------------------------------

std::optional<Repository::State::Place> Repository::State::FindPlace(const Space& space, const cim::ClassPtr& root,
                                                                     std::string_view key) {
  if (space.tables.empty()) return std::nullopt;
  for (const cim::ClassPtr& schema : space.schema->ClassAndDescendants(root)) {
    const auto found = space.tables.find(schema->name());
    if (found != space.tables.end() && found->second->Find(key)) return Place{found->second, schema};
  }
  return std::nullopt;
}

Status Repository::State::PutRow(const SpacePtr& space, const cim::ClassPtr& schema, const std::string& key,
                                 cim::Object row) {
  if (InstanceTable* table = space->FindTable(schema->name())) {
    table->Put(key, std::move(row));
    return Status();
  }
  auto table = std::make_shared<InstanceTable>();
  table->Put(key, std::move(row));
  auto next = std::make_shared<Space>(*space);
  next->tables.emplace(schema->name(), std::move(table));
  PublishSpace(std::move(next));
  return Status();
}

Result<std::string> Repository::State::PutInstance(std::string_view name_space, const cim::Object& instance,
                                                   PutMode mode) {
  if (!instance.is_instance()) {
    return Failure(code::kInvalidObject, instance ? instance.schema().name() : std::string(),
                   "a class was given where an instance belongs; use SpawnInstance to make one");
  }
  const std::string& name = instance.schema().name();
  MutexLock lock(writing_);
  const SpacePtr space = TRY(GetSpace(name_space));
  const cim::ClassPtr schema = space->schema->FindClass(name);
  if (schema == nullptr) {
    return Failure(code::kInvalidClass, name, fmt::format("there is no class '{}' in {}", name, space->schema->name()));
  }
  if (schema->is_abstract()) {
    return Failure(code::kInvalidOperation, name,
                   fmt::format("{} is abstract; an instance needs a class that is not", schema->name()));
  }
  if (schema->key_slots().empty() && !schema->is_singleton()) {
    return Failure(code::kNoKey, name,
                   fmt::format("{} has no key, so its instances cannot be stored; give it one", schema->name()));
  }
  // The object as the rules of a row want it; with hidden properties of the stored one when there is one.
  const NullKeys null_keys = mode == PutMode::kUpdateOnly ? NullKeys::kRefuse : NullKeys::kGenerate;
  const cim::Object row = TRY(MakeStoredRow(schema, instance, null_keys, [&](const std::string& key) {
    const InstanceTable* table = space->FindTable(schema->name());
    return table == nullptr ? cim::Object() : table->Find(key);
  }));
  const std::string key = KeyText(row).value();
  std::string path = cim::RelativePath(row).value();
  const std::optional<Place> place = FindPlace(*space, KeyRoot(schema), key);
  if (place && place->schema != schema) {
    return Failure(
        code::kAlreadyExists, path,
        fmt::format("{} has an instance with the key of {}; an instance cannot change its class, delete that "
                    "one first",
                    place->schema->name(), path));
  }
  TRY(CheckMode(mode, place.has_value(), path, "instance"));
  if (!place && instances_ >= limits_.instances) {
    return Full(path, "instances", "kStoredInstancesMax", limits_.instances);
  }
  TRY(PutRow(space, schema, key, row));
  if (!place) ++instances_;
  return Result<std::string>(std::move(path));  // a copy could fail, and the instance is stored
}

Status Repository::State::DeleteInstance(std::string_view name_space, std::string_view class_name,
                                         const KeyTuple& keys) {
  MutexLock lock(writing_);
  const SpacePtr space = TRY(GetSpace(name_space));
  const cim::ClassPtr schema = space->schema->FindClass(class_name);
  if (schema == nullptr) {
    return Failure(code::kInvalidClass, class_name,
                   fmt::format("there is no class '{}' in {}", class_name, space->schema->name()));
  }
  const std::string key = KeyText(keys);
  const std::optional<Place> place = FindPlace(*space, schema, key);
  if (!place) {
    return Failure(code::kNotFound, class_name, fmt::format("{} has no instance with these keys", schema->name()));
  }
  place->table->Erase(key);
  --instances_;
  return Status();
}

// ---- the surface ----------------------------------------------------------------------------------------------------

Repository::Repository(std::string server, RepositoryLimits limits)
    : server_(std::move(server)), state_(std::make_unique<State>(server_, limits)) {}

Repository::~Repository() = default;

Status Repository::CreateNamespace(std::string_view name, std::vector<cim::ClassPtr> system_classes) {
  return state_->CreateNamespace(name, system_classes);
}

Status Repository::DeleteNamespace(std::string_view name) { return state_->DeleteNamespace(name); }

NamespacePtr Repository::FindNamespace(std::string_view name) const {
  const SpacePtr space = state_->FindSpace(name);
  return space == nullptr ? nullptr : space->schema;
}

std::vector<std::string> Repository::ChildNamespaces(std::string_view name) const {
  std::vector<std::string> children;
  const WorldPtr world = state_->Look();
  for (const auto& [other, space] : *world) {
    if (!name.empty() && EqualFolded(ParentOf(other), name)) children.push_back(other.substr(name.size() + 1));
  }
  std::sort(children.begin(), children.end(),
            [](const std::string& a, const std::string& b) { return CompareFolded(a, b) < 0; });
  return children;
}

Status Repository::LoadClasses(std::string_view name_space, const std::vector<cim::ClassPtr>& classes) {
  return state_->LoadClasses(name_space, classes);
}

Status Repository::PutClass(std::string_view name_space, cim::ClassDeclaration declaration, PutMode mode,
                            ClassUpdate update) {
  return state_->PutClass(name_space, std::move(declaration), mode, update);
}

Status Repository::DeleteClass(std::string_view name_space, std::string_view name) {
  return state_->DeleteClass(name_space, name);
}

Result<std::string> Repository::PutInstance(std::string_view name_space, const cim::Object& instance, PutMode mode) {
  return state_->PutInstance(name_space, instance, mode);
}

Status Repository::DeleteInstance(std::string_view name_space, std::string_view class_name, const KeyTuple& keys) {
  return state_->DeleteInstance(name_space, class_name, keys);
}

Instances Repository::FindInstances(std::string_view name_space, std::string_view class_name) const {
  const SpacePtr space = state_->FindSpace(name_space);
  const InstanceTable* table = space == nullptr ? nullptr : space->FindTable(class_name);
  return table == nullptr ? nullptr : table->All();
}

cim::Object Repository::FindInstance(std::string_view name_space, std::string_view class_name,
                                     const KeyTuple& keys) const {
  const SpacePtr space = state_->FindSpace(name_space);
  const InstanceTable* table = space == nullptr ? nullptr : space->FindTable(class_name);
  return table == nullptr ? cim::Object() : table->Find(KeyText(keys));
}

}  // namespace wmi::store
