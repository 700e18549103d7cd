// Repository: what is kept of namespaces, classes and instances, and the rules of changing them (contract 1.3).
//
// In memory: it is empty when the process starts. A repository on disk will answer the same questions.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "cim/class.h"
#include "cim/put_mode.h"
#include "cim/row.h"
#include "store/class_update.h"
#include "store/instance_table.h"
#include "store/key_text.h"
#include "store/namespace.h"

namespace wmi::store {

using cim::PutMode;

// What a repository may hold.
struct RepositoryLimits {
  std::size_t namespaces = limits::kNamespacesMax;
  std::size_t namespace_depth = limits::kNamespaceDepthMax;
  std::size_t classes_per_namespace = limits::kClassesPerNamespaceMax;
  std::size_t instances = limits::kStoredInstancesMax;  // in all namespaces together
};

// Safe from several threads. Changes are made one after the other; readers take what is published and never wait for a
// change. A change that fails changes nothing, also when it throws std::bad_alloc. Every failure names the namespace,
// class, member or path at fault in its `parameter`; kInvalidNamespace when there is no such namespace, kQuotaViolation
// past a limit.
class Repository {
 public:
  // `server`: the name of this machine, for the home of classes.
  explicit Repository(std::string server, RepositoryLimits limits = {});
  ~Repository();
  Repository(const Repository&) = delete;
  Repository& operator=(const Repository&) = delete;

  const std::string& server() const { return server_; }

  // ---- namespaces: "ROOT\\cimv2", without case

  // kAlreadyExists; kInvalidNamespace when the parent is missing or the name malformed. `system_classes` are its first
  // classes, superclasses first, made for this namespace by the caller; codes as of LoadClasses.
  Status CreateNamespace(std::string_view name, std::vector<cim::ClassPtr> system_classes);
  // With everything in it, namespaces inside it too. kInvalidNamespace when there is none; kInvalidOperation for ROOT.
  Status DeleteNamespace(std::string_view name);
  // Null when there is none.
  NamespacePtr FindNamespace(std::string_view name) const;
  // The names of the direct children, "cimv2" for "ROOT".
  std::vector<std::string> ChildNamespaces(std::string_view name) const;

  // ---- classes

  // Adds or replaces classes that were compiled for this namespace (their Home says so), in order, superclasses first,
  // all or none. For the schema that comes with the product: any name, any change that its subclasses and instances
  // permit (as PutClass in the force mode). Subclasses that are not among `classes` are made again. kInvalidNamespace
  // for a class of another namespace, kInvalidSuperclass, and the codes of UpdateClass (store/class_update.h).
  Status LoadClasses(std::string_view name_space, const std::vector<cim::ClassPtr>& classes);
  // A client's class. Its descendants are made again from what they say themselves. kIncompleteClass without a name,
  // kInvalidOperation for a system class or a name with an underscore at an end, kInvalidSuperclass, kAlreadyExists,
  // kNotFound, and the codes of cim::Class::Make and of UpdateClass (contract 1.3). When only documenting qualifiers
  // change, instances stay and show the new class.
  Status PutClass(std::string_view name_space, cim::ClassDeclaration declaration, PutMode mode, ClassUpdate update);
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
  // Of exactly this class; null when there are none.
  Instances FindInstances(std::string_view name_space, std::string_view class_name) const;
  // Of exactly this class; an empty object when there is none. Costs the same whatever the number of instances.
  cim::Object FindInstance(std::string_view name_space, std::string_view class_name, const KeyTuple& keys) const;

 private:
  class State;
  const std::string server_;
  const std::unique_ptr<State> state_;
};

}  // namespace wmi::store
