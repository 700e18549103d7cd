#include "engine/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wmi::engine {

// ---- Namespace ------------------------------------------------------------------------------------------------------

void Namespace::Add(cim::ClassPtr schema) {
  auto found = index_.find(schema->name());
  if (found != index_.end()) {
    classes_[found->second] = std::move(schema);
    return;
  }
  index_.emplace(schema->name(), classes_.size());
  if (schema->superclass()) children_[schema->superclass()->name()].push_back(schema->name());
  classes_.push_back(std::move(schema));
}

cim::ClassPtr Namespace::FindClass(std::string_view name) const {
  auto found = index_.find(name);
  return found == index_.end() ? nullptr : classes_[found->second];
}

std::vector<std::string> Namespace::ClassNames() const {
  std::vector<std::string> names;
  names.reserve(classes_.size());
  for (const cim::ClassPtr& schema : classes_) names.push_back(schema->name());
  return names;
}

std::vector<cim::ClassPtr> Namespace::ClassAndDescendants(const cim::ClassPtr& schema) const {
  std::vector<cim::ClassPtr> classes = {schema};
  // Breadth first; a class has one superclass, so nothing is met twice.
  for (std::size_t next = 0; next < classes.size(); ++next) {
    auto children = children_.find(classes[next]->name());
    if (children == children_.end()) continue;
    for (const std::string& child : children->second) classes.push_back(FindClass(child));
  }
  return classes;
}

// ---- Catalogue ------------------------------------------------------------------------------------------------------

namespace {

// Superclasses from the namespace that is being built.
class Building final : public mof::ClassLookup {
 public:
  explicit Building(const Namespace& target) : target_(target) {}
  cim::ClassPtr FindClass(std::string_view, std::string_view name) const override { return target_.FindClass(name); }

 private:
  const Namespace& target_;
};

}  // namespace

Status Catalogue::AddNamespace(std::string_view name) {
  for (std::size_t end = name.find('\\');; end = name.find('\\', end + 1)) {
    std::string_view prefix = name.substr(0, end);
    if (!Find(prefix)) {
      auto created = std::make_shared<Namespace>(std::string(prefix));
      mof::Compiled compiled = mof::Compile(system_classes_, prefix, server_, Building(*created));
      if (!compiled.errors.empty()) return compiled.errors.front();
      for (cim::ClassPtr& schema : compiled.classes) created->Add(std::move(schema));
      MutexLock lock(mutex_);
      namespaces_.push_back(std::move(created));
    }
    if (end == std::string_view::npos) return Status();
  }
}

Status Catalogue::Compile(const mof::Source& source, std::string_view name_space) {
  NamespacePtr current = Find(name_space);
  if (!current) return Status(code::kInvalidNamespace, fmt::format("there is no namespace '{}'", name_space));
  auto next = std::make_shared<Namespace>(*current);
  mof::Compiled compiled = mof::Compile(source, current->name(), server_, Building(*next));
  if (!compiled.errors.empty()) return compiled.errors.front();
  for (cim::ClassPtr& schema : compiled.classes) {
    if (!EqualFolded(schema->home()->name_space, current->name())) {
      return Status(code::kInvalidNamespace,
                    fmt::format("{} puts the class {} into {}, but it is compiled into {}", source.file, schema->name(),
                                schema->home()->name_space, current->name()));
    }
    next->Add(std::move(schema));
  }
  MutexLock lock(mutex_);
  std::replace(namespaces_.begin(), namespaces_.end(), current, NamespacePtr(next));
  return Status();
}

NamespacePtr Catalogue::Find(std::string_view name) const {
  MutexLock lock(mutex_);
  for (const NamespacePtr& candidate : namespaces_) {
    if (EqualFolded(candidate->name(), name)) return candidate;
  }
  return nullptr;
}

std::vector<std::string> Catalogue::Children(std::string_view name) const {
  std::vector<std::string> children;
  MutexLock lock(mutex_);
  for (const NamespacePtr& candidate : namespaces_) {
    std::string_view full = candidate->name();
    if (full.size() <= name.size() + 1 || full[name.size()] != '\\') continue;
    if (!EqualFolded(full.substr(0, name.size()), name)) continue;
    std::string_view rest = full.substr(name.size() + 1);
    if (rest.find('\\') == std::string_view::npos) children.emplace_back(rest);
  }
  return children;
}

cim::ClassPtr Catalogue::FindClass(std::string_view name_space, std::string_view name) const {
  NamespacePtr found = Find(name_space);
  return found ? found->FindClass(name) : nullptr;
}

}  // namespace wmi::engine
