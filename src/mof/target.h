// Target: what a MOF text is compiled into, one change after the other. The repository is one (under a transaction of
// the caller), a CheckTarget (check_target.h) is another.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "cim/class.h"
#include "cim/put_mode.h"
#include "cim/row.h"

namespace wmi::mof {

// Where classes are found. Implementations say whether several threads may ask at once.
class ClassLookup {
 public:
  virtual ~ClassLookup() = default;
  // Null when there is none. Names compare without case.
  virtual cim::ClassPtr FindClass(std::string_view name_space, std::string_view name) const = 0;
};

// Changes are visible to look-ups at once. A change that fails changes nothing, and its status may name the member at
// fault as its `parameter` ("Class.Member"), which then is the place of the error. The compiler uses a target from one
// thread and goes on after a failure; making a whole file all or nothing is for the owner of the target.
class Target : public ClassLookup {
 public:
  // The namespace with the spelling that it has there ("ROOT\\cimv2"); kInvalidNamespace when there is none.
  virtual Result<std::string> FindNamespace(std::string_view name) = 0;

  // The class as it is now; the superclass is the one that the declaration names. kInvalidSuperclass, kAlreadyExists,
  // kNotFound, the codes of cim::Class::Make and those of the target's own rules of update.
  virtual Result<cim::ClassPtr> PutClass(std::string_view name_space, cim::ClassDeclaration declaration,
                                         cim::PutMode mode, cim::ClassUpdate update) = 0;
  // The path of the instance, relative: Class.Key="value". String keys that are NULL get values of the target's choice.
  // An instance of __NAMESPACE makes a namespace.
  virtual Result<std::string> PutInstance(std::string_view name_space, const cim::Object& instance,
                                          cim::PutMode mode) = 0;
  // The security of a namespace that was just put, as the qualifier NamespaceSecuritySDDL of its instance says it.
  // A target without security takes no notice of it.
  virtual Status PutNamespaceSecurity(std::string_view /*name_space*/, std::string_view /*sddl*/) { return Status(); }

  // kNotFound.
  virtual Status DeleteClass(std::string_view name_space, std::string_view name) = 0;
  // `path` is relative. kNotFound; kInvalidClass when there is not even the class.
  virtual Status DeleteInstance(std::string_view name_space, std::string_view path) = 0;
};

}  // namespace wmi::mof
