// Namespace: the classes of one namespace at one moment. What every reader works on.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/text.h"
#include "cim/class.h"
#include "cim/class_finder.h"

namespace wmi::store {

// Filled before it is published, immutable afterwards; safe from several threads. A change of a class makes a new
// Namespace, so a call sees one state of the schema from its start to its end.
class Namespace final : public cim::ClassFinder {
 public:
  explicit Namespace(std::string name) : name_(std::move(name)) {}

  // "ROOT\\cimv2".
  const std::string& name() const { return name_; }
  cim::ClassPtr FindClass(std::string_view name) const override;
  std::vector<std::string> ClassNames() const override;
  // Every class, in the order of declaration.
  const std::vector<cim::ClassPtr>& classes() const { return classes_; }
  // Direct subclasses; of the top (classes without a superclass) for an empty name.
  std::vector<cim::ClassPtr> Children(std::string_view name) const;
  // The class itself first, then every descendant, superclasses before their subclasses.
  std::vector<cim::ClassPtr> ClassAndDescendants(const cim::ClassPtr& schema) const;

  // Adds, or replaces in place; the superclass is there already.
  void Add(cim::ClassPtr schema);
  // Removes a class that has no children; nothing when there is no such class.
  void Remove(std::string_view name);

 private:
  void LinkToSuperclass(const cim::Class& schema);
  void UnlinkFromSuperclass(const cim::Class& schema);

  const std::string name_;
  std::vector<cim::ClassPtr> classes_;
  std::unordered_map<std::string, std::size_t, FoldedHash, FoldedEqual> index_;
  // By the name of the superclass, empty for the top.
  std::unordered_map<std::string, std::vector<std::string>, FoldedHash, FoldedEqual> children_;
};

using NamespacePtr = std::shared_ptr<const Namespace>;

}  // namespace wmi::store
