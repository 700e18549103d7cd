#include "cim/class.h"

#include <algorithm>
#include <utility>

#include "cim/class_draft.h"

namespace wmi::cim {

Result<ClassPtr> Class::Make(ClassDeclaration declaration, ClassPtr superclass, std::shared_ptr<const Home> home) {
  ClassDraft draft(std::move(superclass), std::move(home));
  TRY(draft.Declare(std::move(declaration)));
  return std::move(draft).Finish();
}

Result<ClassPtr> Class::MakeDraft(ClassDeclaration declaration, ClassPtr superclass, std::shared_ptr<const Home> home) {
  ClassDraft draft(std::move(superclass), std::move(home));
  TRY(declaration.name.empty() ? draft.DeclareNameless(std::move(declaration)) : draft.Declare(std::move(declaration)));
  return std::move(draft).Finish();
}

std::string_view Class::dynasty() const { return derivation_.empty() ? name_ : derivation_.back(); }

bool Class::IsA(std::string_view class_name) const {
  if (EqualFolded(name_, class_name)) return true;
  return std::any_of(derivation_.begin(), derivation_.end(),
                     [&](const std::string& ancestor) { return EqualFolded(ancestor, class_name); });
}

std::optional<std::size_t> Class::FindSlot(std::string_view property) const {
  const auto found = slots_.find(property);
  if (found == slots_.end()) return std::nullopt;
  return found->second;
}

const Property* Class::FindProperty(std::string_view property) const {
  const std::optional<std::size_t> slot = FindSlot(property);
  return slot ? &properties_[*slot] : nullptr;
}

const Method* Class::FindMethod(std::string_view method) const {
  for (const Method& candidate : methods_) {
    if (EqualFolded(candidate.name, method)) return &candidate;
  }
  return nullptr;
}

}  // namespace wmi::cim
