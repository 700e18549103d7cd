// Catalogue: the schema that comes with the product, compiled into the repository.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/class.h"
#include "mof/compiler.h"
#include "store/repository.h"

namespace wmi::engine {

using store::Namespace;
using store::NamespacePtr;

// Safe from several threads once SetSystemClasses was called.
class Catalogue final : public mof::ClassLookup {
 public:
  explicit Catalogue(store::Repository& repository) : repository_(repository) {}

  // The name of this machine, for __SERVER and paths.
  const std::string& server() const { return repository_.server(); }

  // The classes every namespace has; compiled into each namespace when it is added.
  void SetSystemClasses(mof::Source source) { system_classes_ = std::move(source); }
  // Creates the namespaces of `name` that do not exist ("ROOT\\cimv2" creates ROOT too), each with the system classes.
  Status AddNamespace(std::string_view name);
  // One namespace inside one that exists; kAlreadyExists, kInvalidNamespace.
  Status CreateNamespace(std::string_view name);
  // Compiles MOF into a namespace that exists. The first error is the status; nothing is added then.
  Status Compile(const mof::Source& source, std::string_view name_space);

  // Without case; null when there is no such namespace.
  NamespacePtr Find(std::string_view name) const { return repository_.FindNamespace(name); }
  // The names of the direct children, "cimv2" for "ROOT".
  std::vector<std::string> Children(std::string_view name) const { return repository_.ChildNamespaces(name); }
  cim::ClassPtr FindClass(std::string_view name_space, std::string_view name) const override;

 private:
  store::Repository& repository_;
  mof::Source system_classes_;
};

}  // namespace wmi::engine
