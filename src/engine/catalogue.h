// Catalogue: the namespaces of this machine and the classes in them. In memory for now; the repository takes its place
// behind the same questions.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "base/text.h"
#include "cim/class.h"
#include "mof/compiler.h"
#include "wql/query.h"

namespace wmi::engine {

// One namespace. Filled before it is published, immutable afterwards; safe from several threads.
class Namespace final : public wql::ClassFinder {
 public:
  explicit Namespace(std::string name) : name_(std::move(name)) {}

  // "ROOT\\cimv2".
  const std::string& name() const { return name_; }
  cim::ClassPtr FindClass(std::string_view name) const override;
  std::vector<std::string> ClassNames() const override;
  // The class itself first, then every descendant; in the order of declaration.
  std::vector<cim::ClassPtr> ClassAndDescendants(const cim::ClassPtr& schema) const;
  // Every class, in the order of declaration.
  const std::vector<cim::ClassPtr>& classes() const { return classes_; }

  // Adds or replaces.
  void Add(cim::ClassPtr schema);

 private:
  const std::string name_;
  std::vector<cim::ClassPtr> classes_;
  std::unordered_map<std::string, std::size_t, FoldedHash, FoldedEqual> index_;
  std::unordered_map<std::string, std::vector<std::string>, FoldedHash, FoldedEqual> children_;
};

using NamespacePtr = std::shared_ptr<const Namespace>;

// Safe from several threads.
class Catalogue final : public mof::ClassLookup {
 public:
  // `server`: the name of this machine, for __SERVER and paths.
  explicit Catalogue(std::string server) : server_(std::move(server)) {}

  const std::string& server() const { return server_; }

  // Creates the namespaces of `name` that do not exist ("ROOT\\cimv2" creates ROOT too), each with the system classes.
  Status AddNamespace(std::string_view name);
  // Compiles MOF into a namespace that exists. The first error is the status; nothing is added then.
  Status Compile(const mof::Source& source, std::string_view name_space);
  // The classes every namespace has; compiled into each namespace when it is added.
  void SetSystemClasses(mof::Source source) { system_classes_ = std::move(source); }

  // Without case; null when there is no such namespace.
  NamespacePtr Find(std::string_view name) const;
  // The names of the direct children, "cimv2" for "ROOT".
  std::vector<std::string> Children(std::string_view name) const;

  cim::ClassPtr FindClass(std::string_view name_space, std::string_view name) const override;

 private:
  const std::string server_;
  mof::Source system_classes_;
  mutable Mutex mutex_;
  std::vector<NamespacePtr> namespaces_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::engine
