#include "store/transaction.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "cim/declaration.h"
#include "cim/object_path.h"
#include "store/encoding/checksum.h"
#include "store/encoding/class_code.h"
#include "store/encoding/row_code.h"
#include "store/instance_index.h"
#include "store/note.h"
#include "store/stored_row.h"
#include "store/stored_rows.h"

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

// Longer than any call that may still see the state in which a definition was in use.
constexpr std::int64_t kRetiredSeconds = 3600;

bool IsSystemName(std::string_view name) { return name.starts_with("__"); }

// Contract 1.3: the name of a client's class neither begins nor ends with an underscore.
Status CheckClientName(std::string_view name) {
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

Status NoSuchClass(Code code, const Namespace& name_space, std::string_view name) {
  const Status damage = name_space.DamageOf(name);
  if (!damage.ok()) return damage.WithParameter(std::string(name));
  return Failure(code, name, fmt::format("there is no class '{}' in {}", name, name_space.name()));
}

std::int64_t Now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

std::string RowName(Id key_root, std::string_view key) { return fmt::format("{}:{}", key_root, key); }

Transaction::Transaction(Database& database, const std::string& server, const RepositoryLimits& limits,
                         std::shared_ptr<const ClassSource> source, Published before, SubjectSet wanted)
    : database_(database),
      connection_(database.writer()),
      server_(server),
      limits_(limits),
      source_(std::move(source)),
      before_(std::move(before)),
      notes_(wanted, limits.changes_told, limits.change_bytes_told) {}

Status Transaction::Write(sql::Statement& statement) {
  ++writes_;
  return statement.Run();
}

// ---- looking --------------------------------------------------------------------------------------------------------

const Namespace* Transaction::FindNamespace(std::string_view name) const {
  const auto changed = changed_.find(name);
  if (changed != changed_.end()) return changed->second.get();
  if (deleted_.contains(name)) return nullptr;
  const auto found = before_.world->find(name);
  return found == before_.world->end() ? nullptr : found->second.get();
}

std::vector<std::string> Transaction::NamespaceNames() const {
  std::vector<std::string> names;
  for (const auto& [name, space] : *before_.world) {
    if (!deleted_.contains(name)) names.push_back(name);
  }
  for (const auto& [name, space] : changed_) {
    if (!before_.world->contains(name)) names.push_back(name);
  }
  return names;
}

Result<const Namespace*> Transaction::GetNamespace(std::string_view name) const {
  const Namespace* found = FindNamespace(name);
  if (found != nullptr) return found;
  return Failure(code::kInvalidNamespace, name, fmt::format("there is no namespace '{}'", name));
}

Namespace& Transaction::Changing(std::string_view name) {
  const auto changed = changed_.find(name);
  if (changed != changed_.end()) return *changed->second;
  auto copy = std::make_shared<Namespace>(*FindNamespace(name));
  return *changed_.emplace(copy->name(), copy).first->second;
}

Result<cim::Object> Transaction::FindInstance(std::string_view name_space, std::string_view class_name,
                                              const KeyTuple& keys) {
  const Namespace* schema = TRY(GetNamespace(name_space));
  const StoredClassPtr stored = schema->FindStored(class_name);
  if (stored == nullptr) return cim::Object();
  return ReadRow(connection_, stored, KeyText(keys));
}

bool Transaction::HasInstances(const Namespace& schema, std::string_view class_name) {
  const Id id = schema.IdOf(class_name);
  const auto changed = count_changes_.find(id);
  const std::int64_t change = changed == count_changes_.end() ? 0 : changed->second;
  sql::Statement count = connection_.Use("SELECT instances FROM classes WHERE id = ?1");
  const Result<bool> found = count.Bind(1, id).Step();
  return found.ok() && *found && count.Integer(0) + change > 0;
}

// ---- namespaces -----------------------------------------------------------------------------------------------------

Status Transaction::CreateNamespace(std::string_view name, const std::vector<cim::ClassDeclaration>& system_classes) {
  if (LevelsOf(name) > limits_.namespace_depth) {
    return Failure(code::kQuotaViolation, name,
                   fmt::format("namespaces lie inside each other at most {} deep (the limit kNamespaceDepthMax)",
                               limits_.namespace_depth));
  }
  const Result<cim::ObjectPath> path = cim::ParseNamespacePath(name);
  if (!path.ok() || !path->server.empty() || path->name_space != name) {
    return Failure(code::kInvalidNamespace, name,
                   fmt::format("'{}' is no name of a namespace; write ROOT\\name with backslashes", name));
  }
  if (FindNamespace(name) != nullptr) {
    return Failure(code::kAlreadyExists, name, fmt::format("the namespace {} exists already", name));
  }
  const std::string_view parent = ParentOf(name);
  const Namespace* above = parent.empty() ? nullptr : FindNamespace(parent);
  if (above == nullptr && !EqualFolded(name, "ROOT")) {
    return Failure(code::kInvalidNamespace, name,
                   parent.empty() ? fmt::format("'{}' is not inside ROOT", name)
                                  : fmt::format("the namespace {} does not exist; create it first", parent));
  }
  if (NamespaceNames().size() >= limits_.namespaces) {
    return Full(name, "namespaces", "kNamespacesMax", limits_.namespaces);
  }
  // The parent's spelling, so that one namespace has one spelling in every path.
  const std::string full =
      above == nullptr ? std::string(name) : above->name() + std::string(name.substr(parent.size()));
  // Everything that can be wrong with the classes, before the first write.
  std::vector<cim::ClassPtr> made;
  auto home = std::make_shared<const cim::Home>(cim::Home{server_, full});
  for (const cim::ClassDeclaration& declaration : system_classes) {
    cim::ClassPtr superclass;
    for (const cim::ClassPtr& earlier : made) {
      if (EqualFolded(earlier->name(), declaration.superclass)) superclass = earlier;
    }
    made.push_back(TRY(cim::Class::Make(declaration, superclass, home)));
  }
  const std::string folded = Fold(full);
  sql::Statement insert = connection_.Use("INSERT INTO namespaces (folded, name, sum) VALUES (?1, ?2, ?3)");
  insert.BindText(1, folded).BindText(2, full).Bind(3, NamespaceSum(full));
  TRY(Write(insert));
  auto created = std::make_shared<Namespace>(connection_.last_insert_id(), full, server_, source_);
  deleted_.erase(full);
  Namespace& schema = *changed_.insert_or_assign(full, std::move(created)).first->second;
  for (std::size_t i = 0; i < made.size(); ++i) TRY(AddClass(schema, made[i], system_classes[i]));
  NoteNamespace(Change::Operation::kCreation, full);
  return Status();
}

Status Transaction::DeleteNamespace(std::string_view name) {
  if (EqualFolded(name, "ROOT")) {
    return Failure(code::kInvalidOperation, name, "the namespace ROOT cannot be deleted");
  }
  TRY(GetNamespace(name));
  std::vector<std::string> doomed = NamespaceNames();
  std::erase_if(doomed, [&](const std::string& other) { return !IsWithin(other, name); });
  // A parent's name is the beginning of its children's, which go first.
  std::sort(doomed.begin(), doomed.end(),
            [](const std::string& a, const std::string& b) { return CompareFolded(a, b) > 0; });
  for (const std::string& other : doomed) {
    const Id id = FindNamespace(other)->id();
    sql::Statement classes = connection_.Use("SELECT id, definition FROM classes WHERE namespace = ?1");
    classes.Bind(1, id);
    while (TRY(classes.Step())) {
      TRY(DeleteInstancesOf(classes.Integer(0)));
      TRY(Retire(classes.Integer(1)));
    }
    sql::Statement erase_classes = connection_.Use("DELETE FROM classes WHERE namespace = ?1");
    TRY(Write(erase_classes.Bind(1, id)));
    sql::Statement erase = connection_.Use("DELETE FROM namespaces WHERE id = ?1");
    TRY(Write(erase.Bind(1, id)));
    changed_.erase(other);
    deleted_.insert(other);
    NoteNamespace(Change::Operation::kDeletion, other);
  }
  return Status();
}

// ---- classes --------------------------------------------------------------------------------------------------------

Status Transaction::CheckRoom(const Namespace& schema, std::string_view name) const {
  if (schema.size() < limits_.classes_per_namespace) return Status();
  return Full(name, fmt::format("classes in {}", schema.name()), "kClassesPerNamespaceMax",
              limits_.classes_per_namespace);
}

Result<Id> Transaction::WriteDefinition(const cim::ClassDeclaration& declaration) {
  const std::string body = EncodeDeclaration(declaration);
  sql::Statement insert = connection_.Use("INSERT INTO definitions (body) VALUES (?1)");
  TRY(Write(insert.BindBlob(1, body)));
  return connection_.last_insert_id();
}

// The definition stays for a while: calls that see an earlier state of the schema may still ask for it, here and in
// other processes.
Status Transaction::Retire(Id definition) {
  sql::Statement retire = connection_.Use("UPDATE definitions SET retired = ?2 WHERE id = ?1");
  return Write(retire.Bind(1, definition).Bind(2, Now()));
}

// A new class for `id` 0. last_insert_id() is its number then.
Status Transaction::WriteClass(const Namespace& schema, const cim::Class& made, Id id, Id definition) {
  const std::string superclass = made.superclass() == nullptr ? std::string() : made.superclass()->name();
  const std::string folded = Fold(made.name());
  sql::Statement write = id == 0 ? connection_.Use(
                                       "INSERT INTO classes (id, namespace, folded, name, superclass, definition, sum) "
                                       "VALUES (NULL, ?2, ?3, ?4, ?5, ?6, ?7)")
                                 : connection_.Use(
                                       "UPDATE classes SET namespace = ?2, folded = ?3, name = ?4, superclass = ?5, "
                                       "definition = ?6, sum = ?7 WHERE id = ?1");
  if (id != 0) write.Bind(1, id);
  write.Bind(2, schema.id()).BindText(3, folded).BindText(4, made.name()).BindText(5, superclass).Bind(6, definition);
  write.Bind(7, ClassSum(schema.id(), made.name(), superclass, definition));
  return Write(write);
}

Status Transaction::AddClass(Namespace& schema, cim::ClassPtr made, const cim::ClassDeclaration& declaration) {
  const Id definition = TRY(WriteDefinition(declaration));
  TRY(WriteClass(schema, *made, 0, definition));
  schema.Add(std::move(made), connection_.last_insert_id(), definition);
  return Status();
}

// A class whose stored definition cannot be read is defined anew; what derives from it can be read again.
Status Transaction::ReplaceDamaged(Namespace& schema, cim::ClassPtr made, const cim::ClassDeclaration& declaration) {
  const std::string name = made->name();
  const Id id = schema.IdOf(name);
  const Id definition = TRY(WriteDefinition(declaration));
  TRY(WriteClass(schema, *made, id, definition));
  schema.Add(std::move(made), id, definition);
  schema.ReadAgain(name);
  return Status();
}

Status Transaction::ReplaceClass(const Namespace& before, const cim::ClassPtr& made, ClassUpdate update,
                                 Author author) {
  auto after = std::make_shared<Namespace>(before);
  std::vector<Remade> remade;
  TRY(UpdateClass(
      *after, made, update, author, [&](const cim::Class& schema) { return HasInstances(before, schema.name()); },
      remade));
  for (const Remade& item : remade) {
    const std::string& name = item.schema->name();
    if (item.is_redefined) {
      const StoredClassPtr old = before.FindStored(name);
      const Id definition = TRY(WriteDefinition(cim::DeclarationOf(*item.schema)));
      TRY(WriteClass(*after, *item.schema, old->id, definition));
      TRY(Retire(old->definition));
      after->Add(item.schema, old->id, definition);
    }
    if (item.changes_indexes && HasInstances(before, name)) TRY(Reindex(*after, after->FindStored(name)));
  }
  changed_.insert_or_assign(after->name(), std::move(after));
  return Status();
}

Status Transaction::PutClass(std::string_view name_space, cim::ClassDeclaration declaration, PutMode mode,
                             ClassUpdate update, Author author) {
  const std::string name = declaration.name;
  if (name.empty()) return Failure(code::kIncompleteClass, name, "the class has no name; set __CLASS first");
  if (author == Author::kClient) TRY(CheckClientName(name));
  const Namespace* schema = TRY(GetNamespace(name_space));
  const StoredClassPtr existing = schema->FindStored(name);
  const bool is_damaged = existing == nullptr && schema->IdOf(name) != 0;
  TRY(CheckMode(mode, existing != nullptr || is_damaged, name, "class"));
  const cim::ClassPtr superclass = declaration.superclass.empty() ? nullptr : schema->FindClass(declaration.superclass);
  // Its own words, while it keeps a copy: Make takes them apart.
  Result<cim::ClassPtr> made = cim::Class::Make(declaration, superclass, schema->home());
  if (!made.ok()) return made.status().WithParameter(name);
  if (existing == nullptr) {
    if (!is_damaged) TRY(CheckRoom(*schema, name));
    const cim::ClassDeclaration own = cim::DeclarationOf(**made);
    Namespace& changing = Changing(name_space);
    TRY(is_damaged ? ReplaceDamaged(changing, *made, own) : AddClass(changing, *made, own));
  } else {
    if (CompareVersions(*existing->schema, **made) == ClassChange::kNone) return Status();
    TRY(ReplaceClass(*schema, *made, update, author));
  }
  const bool is_new = existing == nullptr && !is_damaged;
  NoteObject(Change::Subject::kClass, is_new ? Change::Operation::kCreation : Change::Operation::kModification,
             (*made)->home()->name_space, existing == nullptr ? cim::Object() : cim::Object(existing->schema),
             cim::Object(*made));
  return Status();
}

Status Transaction::DeleteClass(std::string_view name_space, std::string_view name) {
  const Namespace* schema = TRY(GetNamespace(name_space));
  if (schema->IdOf(name) == 0) return NoSuchClass(code::kNotFound, *schema, name);
  if (IsSystemName(name)) {
    return Failure(code::kInvalidOperation, name, fmt::format("{} is a system class and cannot be deleted", name));
  }
  std::vector<std::string> family = schema->NamesOfFamily(name);
  std::reverse(family.begin(), family.end());
  Namespace& left = Changing(name_space);
  for (const std::string& doomed : family) TRY(DeleteClassAlone(left, doomed));
  return Status();
}

// It has no subclasses.
Status Transaction::DeleteClassAlone(Namespace& schema, const std::string& name) {
  const Id id = schema.IdOf(name);
  const bool notes_class = notes_.Wants(Change::Subject::kClass);
  const bool notes_instances = notes_.Wants(Change::Subject::kInstance);
  const StoredClassPtr stored = notes_class || notes_instances ? schema.FindStored(name) : nullptr;
  // A write comes first: see notes_.
  sql::Statement definition = connection_.Use("SELECT definition FROM classes WHERE id = ?1");
  if (TRY(definition.Bind(1, id).Step())) TRY(Retire(definition.Integer(0)));
  const std::size_t noted_before = notes_.size();
  const std::int64_t instances_before = instances_change_;
  if (notes_instances && stored != nullptr) TRY(NoteDeletionOfInstances(schema, stored));
  TRY(DeleteInstancesOf(id));
  if (notes_instances) {
    const auto deleted = static_cast<std::size_t>(instances_before - instances_change_);
    notes_.LeaveOut(deleted - (notes_.size() - noted_before));
  }
  sql::Statement erase = connection_.Use("DELETE FROM classes WHERE id = ?1");
  TRY(Write(erase.Bind(1, id)));
  NoteObject(Change::Subject::kClass, Change::Operation::kDeletion, schema.name(),
             stored == nullptr ? cim::Object() : cim::Object(stored->schema), cim::Object());
  schema.Remove(name);
  return Status();
}

Status Transaction::DeleteInstancesOf(Id class_id) {
  for (const char* text :
       {"DELETE FROM property_values WHERE class = ?1",
        "DELETE FROM instance_references WHERE instance IN (SELECT id FROM instances WHERE class = ?1)",
        "DELETE FROM instances WHERE class = ?1"}) {
    sql::Statement erase = connection_.Use(text);
    TRY(Write(erase.Bind(1, class_id)));
  }
  instances_change_ -= connection_.changes();
  count_changes_.erase(class_id);
  return Status();
}

// ---- instances ------------------------------------------------------------------------------------------------------

Result<std::optional<Transaction::Place>> Transaction::FindPlace(const Namespace& schema, Id key_root,
                                                                 std::string_view key) {
  sql::Statement row = connection_.Use(
      "SELECT instances.id, classes.name FROM instances LEFT JOIN classes ON classes.id = class "
      "WHERE root = ?1 AND key = ?2");
  if (!TRY(row.Bind(1, key_root).BindBlob(2, key).Step())) return std::optional<Place>();
  return std::optional<Place>(Place{row.Integer(0), schema.FindStored(row.Text(1))});
}

Result<std::string> Transaction::PutInstance(std::string_view name_space, const cim::Object& instance, PutMode mode) {
  if (!instance.is_instance()) {
    return Failure(code::kInvalidObject, instance ? instance.schema().name() : std::string(),
                   "a class was given where an instance belongs; use SpawnInstance to make one");
  }
  const std::string& name = instance.schema().name();
  const Namespace* schema = TRY(GetNamespace(name_space));
  const StoredClassPtr stored = schema->FindStored(name);
  if (stored == nullptr) return NoSuchClass(code::kInvalidClass, *schema, name);
  if (stored->schema->is_abstract()) {
    return Failure(code::kInvalidOperation, name,
                   fmt::format("{} is abstract; an instance needs a class that is not", stored->schema->name()));
  }
  if (stored->schema->key_slots().empty() && !stored->schema->is_singleton()) {
    return Failure(
        code::kNoKey, name,
        fmt::format("{} has no key, so its instances cannot be stored; give it one", stored->schema->name()));
  }
  // The object as the rules of a row want it; with hidden properties of the stored one when there is one.
  const NullKeys null_keys = mode == PutMode::kUpdateOnly ? NullKeys::kRefuse : NullKeys::kGenerate;
  Status reading;
  const cim::Object row = TRY(MakeStoredRow(stored->schema, instance, null_keys, [&](const std::string& key) {
    Result<cim::Object> before = ReadRow(connection_, stored, key);
    if (before.ok()) return std::move(before).value();
    // A damaged row may be replaced as a whole, not in part.
    if (!instance.visible().is_all()) reading = before.status();
    return cim::Object();
  }));
  TRY(Status(reading));
  const std::string key = KeyText(row).value();
  std::string path = cim::RelativePath(row).value();
  const std::optional<Place> place = TRY(FindPlace(*schema, stored->key_root, key));
  if (place && (place->stored == nullptr || place->stored->id != stored->id)) {
    return Failure(
        code::kAlreadyExists, path,
        fmt::format("{} has an instance with the key of {}; an instance cannot change its class, delete that "
                    "one first",
                    place->stored == nullptr ? "another class" : place->stored->schema->name(), path));
  }
  TRY(CheckMode(mode, place.has_value(), path, "instance"));
  if (!place && before_.instances + static_cast<std::uint64_t>(instances_change_) >= limits_.instances) {
    return Full(path, "instances", "kStoredInstancesMax", limits_.instances);
  }
  cim::Object before = place ? TRY(ReadForNotes(stored, key)) : cim::Object();
  const bool differs = !before || EncodeRow({stored->id, stored->key_root, key}, stored->layout, before) !=
                                      EncodeRow({stored->id, stored->key_root, key}, stored->layout, row);
  TRY(WriteLayout(*stored));
  TRY(WriteRow(*stored, place ? place->instance : 0, key, row));
  const Id id = place ? place->instance : connection_.last_insert_id();
  if (place) TRY(EraseIndexes(id));
  TRY(WriteIndexes(*schema, *stored, id, row));
  if (!place) CountInstances(stored->id, 1);
  touched_.push_back(RowName(stored->key_root, key));
  if (differs) {
    NoteObject(Change::Subject::kInstance, place ? Change::Operation::kModification : Change::Operation::kCreation,
               schema->name(), std::move(before), row);
  }
  return Result<std::string>(std::move(path));
}

Status Transaction::DeleteInstance(std::string_view name_space, std::string_view class_name, const KeyTuple& keys) {
  const Namespace* schema = TRY(GetNamespace(name_space));
  const StoredClassPtr stored = schema->FindStored(class_name);
  if (stored == nullptr) return NoSuchClass(code::kInvalidClass, *schema, class_name);
  const std::string key = KeyText(keys);
  const std::optional<Place> place = TRY(FindPlace(*schema, stored->key_root, key));
  if (!place || place->stored == nullptr || !place->stored->schema->IsA(class_name)) {
    return Failure(code::kNotFound, class_name, fmt::format("{} has no instance with these keys", class_name));
  }
  cim::Object before = TRY(ReadForNotes(place->stored, key));
  TRY(EraseIndexes(place->instance));
  sql::Statement erase = connection_.Use("DELETE FROM instances WHERE id = ?1");
  TRY(Write(erase.Bind(1, place->instance)));
  CountInstances(place->stored->id, -1);
  touched_.push_back(RowName(stored->key_root, key));
  NoteObject(Change::Subject::kInstance, Change::Operation::kDeletion, schema->name(), std::move(before),
             cim::Object());
  return Status();
}

Status Transaction::WriteLayout(const StoredClass& stored) {
  if (layouts_.contains(stored.layout)) return Status();
  sql::Statement known = connection_.Use("SELECT 1 FROM layouts WHERE id = ?1");
  if (!TRY(known.Bind(1, stored.layout).Step())) {
    const std::string body = EncodeLayout(*stored.schema);
    sql::Statement insert = connection_.Use("INSERT INTO layouts (id, body) VALUES (?1, ?2)");
    TRY(Write(insert.Bind(1, stored.layout).BindBlob(2, body)));
  }
  layouts_.insert(stored.layout);
  return Status();
}

Status Transaction::WriteRow(const StoredClass& stored, Id instance, const std::string& key, const cim::Object& row) {
  const std::string bytes = EncodeRow({stored.id, stored.key_root, key}, stored.layout, row);
  if (instance != 0) {
    sql::Statement update = connection_.Use("UPDATE instances SET row = ?2 WHERE id = ?1");
    return Write(update.Bind(1, instance).BindBlob(2, bytes));
  }
  sql::Statement insert = connection_.Use("INSERT INTO instances (class, root, key, row) VALUES (?1, ?2, ?3, ?4)");
  insert.Bind(1, stored.id).Bind(2, stored.key_root).BindBlob(3, key).BindBlob(4, bytes);
  return Write(insert);
}

Status Transaction::WriteIndexes(const Namespace& schema, const StoredClass& stored, Id instance,
                                 const cim::Object& row) {
  for (const IndexedValue& indexed : IndexedValues(row)) {
    sql::Statement insert = connection_.Use(
        "INSERT OR REPLACE INTO property_values (class, property, value, instance) VALUES (?1, ?2, ?3, ?4)");
    insert.Bind(1, stored.id).BindText(2, indexed.property).BindBlob(3, indexed.value).Bind(4, instance);
    TRY(Write(insert));
  }
  for (const ReferenceValue& reference : ReferenceValues(row, schema.name(), server_)) {
    sql::Statement insert =
        connection_.Use("INSERT OR REPLACE INTO instance_references (target, instance, property) VALUES (?1, ?2, ?3)");
    insert.BindText(1, reference.target).Bind(2, instance).BindText(3, reference.property);
    TRY(Write(insert));
  }
  return Status();
}

Status Transaction::EraseIndexes(Id instance) {
  for (const char* text :
       {"DELETE FROM property_values WHERE instance = ?1", "DELETE FROM instance_references WHERE instance = ?1"}) {
    sql::Statement erase = connection_.Use(text);
    TRY(Write(erase.Bind(1, instance)));
  }
  return Status();
}

// After the product's schema changed what is indexed.
Status Transaction::Reindex(const Namespace& schema, const StoredClassPtr& stored) {
  sql::Statement rows = connection_.Use("SELECT id, key FROM instances WHERE class = ?1");
  rows.Bind(1, stored->id);
  while (TRY(rows.Step())) {
    const Id instance = rows.Integer(0);
    const std::string key(rows.Blob(1));
    const Result<cim::Object> row = ReadRow(connection_, stored, key);
    if (!row.ok() || !*row) continue;  // damaged: verify tells
    TRY(EraseIndexes(instance));
    TRY(WriteIndexes(schema, *stored, instance, *row));
  }
  return Status();
}

void Transaction::CountInstances(Id class_id, std::int64_t change) {
  count_changes_[class_id] += change;
  instances_change_ += change;
}

// ---- notes for the observer -----------------------------------------------------------------------------------------

// An instance as it is before it is changed; empty when nobody wants it, or it is damaged.
Result<cim::Object> Transaction::ReadForNotes(const StoredClassPtr& stored, std::string_view key) {
  if (!notes_.Wants(Change::Subject::kInstance)) return cim::Object();
  Result<cim::Object> row = ReadRow(connection_, stored, key);
  if (!row.ok() && row.status().code() == code::kCriticalError) return cim::Object();
  return row;
}

// A class or an instance.
void Transaction::NoteObject(Change::Subject subject, Change::Operation operation, std::string_view name_space,
                             cim::Object before, cim::Object after) {
  if (!notes_.Wants(subject)) return;
  // Damaged: there is nothing to show.
  if (operation == Change::Operation::kDeletion && !before) return notes_.LeaveOut(1);
  notes_.Add({subject, operation, std::string(name_space), "", std::move(before), std::move(after)});
}

void Transaction::NoteNamespace(Change::Operation operation, std::string_view name) {
  if (!notes_.Wants(Change::Subject::kNamespace)) return;
  const std::string_view parent = ParentOf(name);
  const std::string_view child = parent.empty() ? name : name.substr(parent.size() + 1);
  notes_.Add({Change::Subject::kNamespace, operation, std::string(parent), std::string(child), {}, {}});
}

// Those that can be shown and that there is room for.
Status Transaction::NoteDeletionOfInstances(const Namespace& schema, const StoredClassPtr& stored) {
  RowDecoder decoder(stored);
  sql::Statement rows = connection_.Use("SELECT key, row FROM instances WHERE class = ?1 ORDER BY id");
  rows.Bind(1, stored->id);
  while (!notes_.is_full() && TRY(rows.Step())) {
    Result<cim::Object> row =
        DecodeRow(connection_, decoder, {stored->id, stored->key_root, rows.Blob(0)}, rows.Blob(1));
    if (!row.ok() && row.status().code() == code::kCriticalError) continue;
    TRY(Status(row.status()));
    NoteObject(Change::Subject::kInstance, Change::Operation::kDeletion, schema.name(), std::move(row).value(), {});
  }
  return Status();
}

// ---- the end --------------------------------------------------------------------------------------------------------

Result<std::string> Transaction::Note(std::string_view name) { return ReadNote(connection_, name); }

Status Transaction::SetNote(std::string_view name, std::string_view text) {
  ++writes_;
  return WriteNote(connection_, name, text);
}

Status Transaction::Finish() {
  for (const auto& [class_id, change] : count_changes_) {
    if (change == 0) continue;
    sql::Statement count = connection_.Use("UPDATE classes SET instances = instances + ?2 WHERE id = ?1");
    TRY(Write(count.Bind(1, class_id).Bind(2, change)));
  }
  count_changes_.clear();
  if (!changes_schema()) return Status();
  sql::Statement purge = connection_.Use("DELETE FROM definitions WHERE retired IS NOT NULL AND retired < ?1");
  TRY(Write(purge.Bind(1, Now() - kRetiredSeconds)));
  // Other processes compare it with the one they know.
  ++writes_;
  return RenewSchemaRevision(connection_);
}

Published Transaction::TakePublished() {
  Published after = before_;
  after.instances += static_cast<std::uint64_t>(instances_change_);
  if (!changes_schema()) return after;
  auto world = std::make_shared<World>();
  for (const auto& [name, schema] : *before_.world) {
    if (!deleted_.contains(name) && !changed_.contains(name)) world->emplace(name, schema);
  }
  for (const auto& [name, schema] : changed_) world->emplace(name, schema);
  after.world = std::move(world);
  return after;
}

}  // namespace wmi::store
