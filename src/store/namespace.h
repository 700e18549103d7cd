// Namespace: the classes of one namespace at one moment. What every reader works on.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "base/text.h"
#include "cim/class.h"
#include "cim/class_finder.h"
#include "store/database.h"

namespace wmi::store {

// Where the definitions of classes are read from when a class is first asked for. Safe from several threads.
class ClassSource {
 public:
  virtual ~ClassSource() = default;
  virtual Result<cim::ClassDeclaration> ReadDefinition(Id definition) const = 0;
};

// A class, with what the tables call it. Immutable.
struct StoredClass {
  cim::ClassPtr schema;
  Id id = 0;
  Id definition = 0;
  // The topmost class whose instances share their keys with this one's: one key names one instance among them.
  Id key_root = 0;
  // The number of its layout (encoding/row_code.h).
  std::int64_t layout = 0;
};
using StoredClassPtr = std::shared_ptr<const StoredClass>;

// Knows the names of all classes and reads a definition when it is first asked for. Filled before it is published, what
// it says does not change afterwards; safe from several threads. A change of a class makes a new Namespace, so a call
// sees one state of the schema from its start to its end.
class Namespace final : public cim::ClassFinder {
 public:
  Namespace(Id id, std::string name, std::string server, std::shared_ptr<const ClassSource> source);

  Id id() const { return id_; }
  // "ROOT\\cimv2".
  const std::string& name() const { return home_->name_space; }
  const std::shared_ptr<const cim::Home>& home() const { return home_; }

  // Null when there is no such class, and when its stored definition cannot be read (see DamageOf).
  cim::ClassPtr FindClass(std::string_view name) const override;
  StoredClassPtr FindStored(std::string_view name) const;
  std::vector<std::string> ClassNames() const override;
  std::size_t size() const { return entries_.size(); }
  // Every class, in the order of declaration, superclasses first; without those that cannot be read.
  std::vector<cim::ClassPtr> classes() const;
  // Direct subclasses; of the top (classes without a superclass) for an empty name.
  std::vector<cim::ClassPtr> Children(std::string_view name) const;
  // The class itself first, then every descendant, superclasses before their subclasses.
  std::vector<cim::ClassPtr> ClassAndDescendants(const cim::ClassPtr& schema) const;
  std::vector<StoredClassPtr> FamilyOf(std::string_view name) const;
  // The names alone, without reading a definition.
  std::vector<std::string> NamesOfChildren(std::string_view name) const;
  std::vector<std::string> NamesOfFamily(std::string_view name) const;
  // 0 when no such class is listed; also of a damaged one.
  Id IdOf(std::string_view name) const;
  // Why a class that is listed cannot be read; success when it can, or is not listed. What may pass, such as a lock
  // that another process keeps, is tried again each time.
  Status DamageOf(std::string_view name) const;

  // ---- while it is filled

  // A class that is stored and will be read when it is needed. The superclass may follow later.
  void AddStored(std::string name, std::string superclass, Id id, Id definition);
  // Takes what `before` has read already of classes that are the same in both.
  void TakeRead(const Namespace& before);
  // Adds, or replaces in place; the superclass is there already.
  void Add(cim::ClassPtr schema, Id id, Id definition);
  // Forgets what was read of the descendants of a class.
  void ReadAgain(std::string_view name);
  // Removes a class that has no children; nothing when there is no such class.
  void Remove(std::string_view name);

 private:
  // Shared by the versions of a namespace in which the class is the same.
  struct Slot {
    Mutex mutex;
    StoredClassPtr read WMI_GUARDED_BY(mutex);
    Status damage WMI_GUARDED_BY(mutex);
  };
  struct Entry {
    std::string name;
    std::string superclass;
    Id id = 0;
    Id definition = 0;
    std::shared_ptr<Slot> slot;
  };

  const Entry* FindEntry(std::string_view name) const;
  Result<StoredClassPtr> Load(const Entry& entry) const;
  // What was read, or failed, already; null when nothing was tried.
  static Result<StoredClassPtr> Peek(const Entry& entry);
  static Result<StoredClassPtr> Keep(const Entry& entry, Result<StoredClassPtr> loaded);
  Result<StoredClassPtr> Read(const Entry& entry, const StoredClassPtr& superclass) const;
  static StoredClassPtr Describe(cim::ClassPtr schema, const StoredClass* superclass, Id id, Id definition);
  std::vector<std::size_t> PositionsOfFamily(std::size_t first) const;
  void Unlink(const Entry& entry);

  const Id id_;
  const std::shared_ptr<const cim::Home> home_;
  const std::shared_ptr<const ClassSource> source_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t, FoldedHash, FoldedEqual> index_;
  // By the name of the superclass, empty for the top.
  std::unordered_map<std::string, std::vector<std::string>, FoldedHash, FoldedEqual> children_;
};

using NamespacePtr = std::shared_ptr<const Namespace>;

// Namespaces by name. Immutable once published.
using World = std::unordered_map<std::string, NamespacePtr, FoldedHash, FoldedEqual>;
using WorldPtr = std::shared_ptr<const World>;

}  // namespace wmi::store
