#include <algorithm>
#include <utility>

#include "base/text.h"
#include "cim/class.h"

namespace wmi::cim {

const Qualifier* QualifierSet::Find(std::string_view name) const {
  for (const Qualifier& qualifier : items_) {
    if (EqualFolded(qualifier.name, name)) return &qualifier;
  }
  return nullptr;
}

bool QualifierSet::IsTrue(std::string_view name) const {
  const Qualifier* qualifier = Find(name);
  if (qualifier == nullptr) return false;
  const ValueView value = qualifier->value.view();
  return value.kind() == ValueKind::kBoolean && value.boolean();
}

std::string_view QualifierSet::Text(std::string_view name) const {
  const Qualifier* qualifier = Find(name);
  if (qualifier == nullptr) return {};
  const ValueView value = qualifier->value.view();
  return value.kind() == ValueKind::kText ? value.text() : std::string_view();
}

void QualifierSet::Set(Qualifier qualifier) {
  for (Qualifier& item : items_) {
    if (EqualFolded(item.name, qualifier.name)) {
      item = std::move(qualifier);
      return;
    }
  }
  items_.push_back(std::move(qualifier));
}

bool QualifierSet::Remove(std::string_view name) {
  const auto removed =
      std::remove_if(items_.begin(), items_.end(), [&](const Qualifier& item) { return EqualFolded(item.name, name); });
  const bool found = removed != items_.end();
  items_.erase(removed, items_.end());
  return found;
}

void QualifierSet::RemovePropagated() {
  std::erase_if(items_, [](const Qualifier& item) { return item.propagated; });
}

bool QualifierSet::operator==(const QualifierSet& other) const {
  return items_.size() == other.items_.size() && std::all_of(items_.begin(), items_.end(), [&](const Qualifier& item) {
           const Qualifier* twin = other.Find(item.name);
           return twin != nullptr && item.type == twin->type && item.flavor == twin->flavor &&
                  item.propagated == twin->propagated && item.value == twin->value;
         });
}

QualifierSet HandedToInstances(const QualifierSet& of_class) {
  QualifierSet result;
  for (const Qualifier& qualifier : of_class) {
    if ((qualifier.flavor & flavor::kToInstance) == 0) continue;
    Qualifier copy = qualifier;
    copy.propagated = true;
    result.Set(std::move(copy));
  }
  return result;
}

}  // namespace wmi::cim
