// Transaction: several changes of the repository, all or nothing, and the rules of each (contract 1.3).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "cim/class.h"
#include "cim/put_mode.h"
#include "cim/row.h"
#include "store/change.h"
#include "store/change_notes.h"
#include "store/class_update.h"
#include "store/database.h"
#include "store/key_text.h"
#include "store/namespace.h"

namespace wmi::store {

using cim::PutMode;

// What a repository may hold, and tell of one commit.
struct RepositoryLimits {
  std::size_t namespaces = limits::kNamespacesMax;
  std::size_t namespace_depth = limits::kNamespaceDepthMax;
  std::size_t classes_per_namespace = limits::kClassesPerNamespaceMax;
  std::size_t instances = limits::kStoredInstancesMax;  // in all namespaces together
  std::size_t changes_told = kChangesToldMax;
  std::size_t change_bytes_told = kChangeBytesToldMax;
};

// The state that a transaction starts from, and what it leaves to be published.
struct Published {
  WorldPtr world;
  std::uint64_t instances = 0;  // in all namespaces
};

// For one thread, inside the write transaction of the database; sees its own changes. Every failure names the
// namespace, class, member or path at fault in its `parameter`; kInvalidNamespace when there is no such namespace,
// kQuotaViolation past a limit. A change that fails has changed nothing, unless the database failed: then, and whenever
// a change is not wanted after all, the whole transaction is to be dropped.
class Transaction {
 public:
  // `wanted`: what somebody will be told of.
  Transaction(Database& database, const std::string& server, const RepositoryLimits& limits,
              std::shared_ptr<const ClassSource> source, Published before, SubjectSet wanted);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // ---- looking

  // Null when there is none. Valid until the next change of its classes.
  const Namespace* FindNamespace(std::string_view name) const;
  std::vector<std::string> NamespaceNames() const;
  // Of exactly this class; an empty object when there is none.
  Result<cim::Object> FindInstance(std::string_view name_space, std::string_view class_name, const KeyTuple& keys);

  // ---- namespaces: "ROOT\\cimv2", without case

  // kAlreadyExists; kInvalidNamespace when the parent is missing or the name malformed. `system_classes` are its first
  // classes, superclasses first.
  Status CreateNamespace(std::string_view name, const std::vector<cim::ClassDeclaration>& system_classes);
  // With everything in it, namespaces inside it too. kInvalidNamespace when there is none; kInvalidOperation for ROOT.
  Status DeleteNamespace(std::string_view name);

  // ---- classes

  // Adds or replaces. Descendants are made again from what they say themselves. kIncompleteClass without a name,
  // kInvalidOperation for a system class or a name with an underscore at an end, kInvalidSuperclass, kAlreadyExists,
  // kNotFound, and the codes of cim::Class::Make and of UpdateClass. Instances that a change permits stay and show the
  // new class.
  Status PutClass(std::string_view name_space, cim::ClassDeclaration declaration, PutMode mode, ClassUpdate update,
                  Author author = Author::kClient);
  // With its descendants and all their instances. kNotFound; kInvalidOperation for a system class.
  Status DeleteClass(std::string_view name_space, std::string_view name);

  // ---- instances of classes that no provider serves

  // The path, relative: `Class.Key="value"`. A new instance whose string keys are NULL gets GUIDs there. The object may
  // belong to another version of its class: values go by the names of properties. An object that does not show all
  // properties changes those that it shows. kInvalidClass, kInvalidOperation for an abstract class, kInvalidObject (a
  // class, or a value that does not fit), kAlreadyExists, also when another class of the same keys has an instance with
  // these keys, kNotFound, kNoKey, kIllegalNull.
  Result<std::string> PutInstance(std::string_view name_space, const cim::Object& instance, PutMode mode);
  // The instance with these keys in the class or one of its descendants. kNotFound, kInvalidClass.
  Status DeleteInstance(std::string_view name_space, std::string_view class_name, const KeyTuple& keys);

  // ---- notes about the repository itself, such as which schema it holds

  // Empty when there is none.
  Result<std::string> Note(std::string_view name);
  Status SetNote(std::string_view name, std::string_view text);

  // ---- for whoever began it

  // How often the tables were written. A failure without a write in between has changed nothing at all.
  std::size_t writes() const { return writes_; }
  // Writes what is written once for all changes. Afterwards only a commit.
  Status Finish();
  // What readers see after the commit.
  Published TakePublished();
  bool changes_schema() const { return !changed_.empty() || !deleted_.empty(); }
  // Rows that were put or deleted, as the row cache knows them.
  const std::vector<std::string>& touched() const { return touched_; }
  // What is to be told after the commit. A failure without a write has noted nothing.
  ChangeNotes TakeNotes() { return std::move(notes_); }

 private:
  struct Place {
    Id instance = 0;
    StoredClassPtr stored;
  };

  Result<const Namespace*> GetNamespace(std::string_view name) const;
  // A copy that may be changed.
  Namespace& Changing(std::string_view name);
  Status CheckRoom(const Namespace& schema, std::string_view name) const;
  bool HasInstances(const Namespace& schema, std::string_view class_name);

  Status AddClass(Namespace& schema, cim::ClassPtr made, const cim::ClassDeclaration& declaration);
  Status ReplaceClass(const Namespace& before, const cim::ClassPtr& made, ClassUpdate update, Author author);
  Status ReplaceDamaged(Namespace& schema, cim::ClassPtr made, const cim::ClassDeclaration& declaration);
  Result<Id> WriteDefinition(const cim::ClassDeclaration& declaration);
  Status WriteClass(const Namespace& schema, const cim::Class& made, Id id, Id definition);
  Status Retire(Id definition);
  Status DeleteInstancesOf(Id class_id);
  Status DeleteClassAlone(Namespace& schema, const std::string& name);
  Status WriteLayout(const StoredClass& stored);

  Result<std::optional<Place>> FindPlace(const Namespace& schema, Id key_root, std::string_view key);
  Status WriteRow(const StoredClass& stored, Id instance, const std::string& key, const cim::Object& row);
  Status WriteIndexes(const Namespace& schema, const StoredClass& stored, Id instance, const cim::Object& row);
  Status EraseIndexes(Id instance);
  Status Reindex(const Namespace& schema, const StoredClassPtr& stored);
  void CountInstances(Id class_id, std::int64_t change);

  Result<cim::Object> ReadForNotes(const StoredClassPtr& stored, std::string_view key);
  void NoteObject(Change::Subject subject, Change::Operation operation, std::string_view name_space, cim::Object before,
                  cim::Object after);
  void NoteNamespace(Change::Operation operation, std::string_view name);
  Status NoteDeletionOfInstances(const Namespace& schema, const StoredClassPtr& stored);

  // Runs a statement that writes.
  Status Write(sql::Statement& statement);

  Database& database_;
  sql::Connection& connection_;
  const std::string& server_;
  const RepositoryLimits& limits_;
  const std::shared_ptr<const ClassSource> source_;
  const Published before_;

  // What differs from `before_`.
  std::unordered_map<std::string, std::shared_ptr<Namespace>, FoldedHash, FoldedEqual> changed_;
  std::unordered_set<std::string, FoldedHash, FoldedEqual> deleted_;
  std::unordered_map<Id, std::int64_t> count_changes_;  // by class
  std::int64_t instances_change_ = 0;
  std::unordered_set<std::int64_t> layouts_;  // that are in the table
  std::vector<std::string> touched_;
  std::size_t writes_ = 0;
  // Written to after a write of the change that is noted, so that a failure drops both (see writes()).
  ChangeNotes notes_;
};

// Name and key of a row in the row cache.
std::string RowName(Id key_root, std::string_view key);

}  // namespace wmi::store
