#include "store/namespace.h"

#include <algorithm>
#include <utility>

namespace wmi::store {
namespace {

const std::string& SuperclassName(const cim::Class& schema) {
  static const std::string top;
  return schema.superclass() == nullptr ? top : schema.superclass()->name();
}

}  // namespace

cim::ClassPtr Namespace::FindClass(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : classes_[found->second];
}

std::vector<std::string> Namespace::ClassNames() const {
  std::vector<std::string> names;
  names.reserve(classes_.size());
  for (const cim::ClassPtr& schema : classes_) names.push_back(schema->name());
  return names;
}

std::vector<cim::ClassPtr> Namespace::Children(std::string_view name) const {
  std::vector<cim::ClassPtr> classes;
  const auto children = children_.find(name);
  if (children == children_.end()) return classes;
  classes.reserve(children->second.size());
  for (const std::string& child : children->second) classes.push_back(FindClass(child));
  return classes;
}

std::vector<cim::ClassPtr> Namespace::ClassAndDescendants(const cim::ClassPtr& schema) const {
  std::vector<cim::ClassPtr> classes = {schema};
  // Breadth first; a class has one superclass, so nothing is met twice.
  for (std::size_t next = 0; next < classes.size(); ++next) {
    const auto children = children_.find(classes[next]->name());
    if (children == children_.end()) continue;
    for (const std::string& child : children->second) classes.push_back(FindClass(child));
  }
  return classes;
}

void Namespace::Add(cim::ClassPtr schema) {
  const auto found = index_.find(schema->name());
  if (found == index_.end()) {
    LinkToSuperclass(*schema);
    index_.emplace(schema->name(), classes_.size());
    classes_.push_back(std::move(schema));
    return;
  }
  cim::ClassPtr& place = classes_[found->second];
  if (!EqualFolded(SuperclassName(*place), SuperclassName(*schema))) {
    UnlinkFromSuperclass(*place);
    LinkToSuperclass(*schema);
  }
  place = std::move(schema);
}

void Namespace::Remove(std::string_view name) {
  const auto found = index_.find(name);
  if (found == index_.end()) return;
  const std::size_t position = found->second;
  UnlinkFromSuperclass(*classes_[position]);
  children_.erase(classes_[position]->name());
  index_.erase(found);
  classes_.erase(classes_.begin() + static_cast<std::ptrdiff_t>(position));
  for (auto& [other, index] : index_) {
    if (index > position) --index;
  }
}

void Namespace::LinkToSuperclass(const cim::Class& schema) {
  children_[SuperclassName(schema)].push_back(schema.name());
}

void Namespace::UnlinkFromSuperclass(const cim::Class& schema) {
  const auto siblings = children_.find(SuperclassName(schema));
  if (siblings == children_.end()) return;
  std::erase_if(siblings->second, [&](const std::string& name) { return EqualFolded(name, schema.name()); });
}

}  // namespace wmi::store
