#include "store/class_update.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/text.h"
#include "cim/declaration.h"

namespace wmi::store {
namespace {

constexpr std::array<std::string_view, 16> kDocumentation = {
    "Description",    "DisplayName",         "DisplayDescription", "Values",       "ValueMap", "BitValues", "BitMap",
    "MappingStrings", "ModelCorrespondence", "Deprecated",         "Experimental", "Version",  "Revision",  "Units",
    "PUnit",          "UMLPackagePath"};

bool IsIndex(std::string_view qualifier) {
  return EqualFolded(qualifier, "indexed") || EqualFolded(qualifier, "index");
}
bool IsKey(std::string_view qualifier) { return EqualFolded(qualifier, "key"); }

ClassChange Weight(std::string_view qualifier) {
  if (IsDocumentation(qualifier)) return ClassChange::kDocumentation;
  if (IsIndex(qualifier)) return ClassChange::kIndexes;
  return IsKey(qualifier) ? ClassChange::kKeys : ClassChange::kContent;
}

// Collects the differences of two versions of a class.
class Comparison {
 public:
  Comparison(const cim::Class& before, const cim::Class& after) : before_(before), after_(after) {}

  ClassChange Run() {
    if (before_.derivation().size() != after_.derivation().size() ||
        !std::equal(before_.derivation().begin(), before_.derivation().end(), after_.derivation().begin(),
                    [](const std::string& a, const std::string& b) { return EqualFolded(a, b); })) {
      Note(ClassChange::kContent);
    }
    if (before_.is_singleton() != after_.is_singleton()) Note(ClassChange::kKeys);
    if (!EqualKeys()) Note(ClassChange::kKeys);
    CompareQualifiers(before_.qualifiers(), after_.qualifiers());
    CompareProperties();
    CompareMethods();
    return result_;
  }

 private:
  void Note(ClassChange change) { result_ = std::max(result_, change); }

  bool EqualKeys() const {
    const auto& before = before_.key_slots();
    const auto& after = after_.key_slots();
    if (before.size() != after.size()) return false;
    for (std::size_t i = 0; i < before.size(); ++i) {
      const cim::Property& old_key = before_.properties()[before[i]];
      const cim::Property& new_key = after_.properties()[after[i]];
      if (!EqualFolded(old_key.name, new_key.name)) return false;
    }
    return true;
  }

  void CompareQualifiers(const cim::QualifierSet& before, const cim::QualifierSet& after) {
    for (const cim::Qualifier& old_one : before) {
      const cim::Qualifier* new_one = after.Find(old_one.name);
      if (new_one == nullptr || !(new_one->value == old_one.value) || new_one->type != old_one.type ||
          new_one->flavor != old_one.flavor) {
        Note(Weight(old_one.name));
      } else if (new_one->propagated != old_one.propagated) {
        Note(ClassChange::kDocumentation);  // said again or no more, with the same meaning
      }
    }
    for (const cim::Qualifier& new_one : after) {
      if (before.Find(new_one.name) == nullptr) Note(Weight(new_one.name));
    }
  }

  void CompareProperties() {
    const auto& before = before_.properties();
    const auto& after = after_.properties();
    if (before.size() != after.size()) Note(ClassChange::kContent);
    for (std::size_t slot = 0; slot < std::min(before.size(), after.size()); ++slot) {
      if (!EqualFolded(before[slot].name, after[slot].name)) {
        Note(ClassChange::kContent);  // the qualifiers of different properties say nothing; keys are compared by name
        continue;
      }
      if (before[slot].type != after[slot].type || !(before[slot].default_value == after[slot].default_value) ||
          !EqualFolded(before[slot].origin, after[slot].origin)) {
        Note(ClassChange::kContent);
      }
      if (before[slot].is_local != after[slot].is_local || before[slot].name != after[slot].name) {
        Note(ClassChange::kDocumentation);
      }
      CompareQualifiers(before[slot].qualifiers, after[slot].qualifiers);
    }
  }

  static bool EqualSignatures(const cim::ClassPtr& before, const cim::ClassPtr& after) {
    if (before == nullptr || after == nullptr) return before == after;
    return before == after || CompareVersions(*before, *after) == ClassChange::kNone;
  }

  void CompareMethods() {
    if (before_.methods().size() != after_.methods().size()) Note(ClassChange::kContent);
    for (const cim::Method& old_one : before_.methods()) {
      const cim::Method* new_one = after_.FindMethod(old_one.name);
      if (new_one == nullptr || !EqualSignatures(old_one.in, new_one->in) ||
          !EqualSignatures(old_one.out, new_one->out)) {
        Note(ClassChange::kContent);
        continue;
      }
      if (old_one.is_local != new_one->is_local) Note(ClassChange::kDocumentation);
      CompareQualifiers(old_one.qualifiers, new_one->qualifiers);
    }
  }

  const cim::Class& before_;
  const cim::Class& after_;
  ClassChange result_ = ClassChange::kNone;
};

// Takes from `own` what contradicts a qualifier that `inherited` hands down for good. True when there was something.
bool RemoveConflicts(cim::QualifierSet& own, const cim::QualifierSet& inherited) {
  constexpr std::uint32_t kFixed = cim::flavor::kToSubclass | cim::flavor::kNotOverridable;
  bool removed = false;
  for (const cim::Qualifier& fixed : inherited) {
    if ((fixed.flavor & kFixed) != kFixed) continue;
    const cim::Qualifier* said = own.Find(fixed.name);
    if (said != nullptr && !(said->value == fixed.value)) removed |= own.Remove(fixed.name);
  }
  return removed;
}

bool RemoveConflicts(cim::ClassDeclaration& declaration, const cim::Class& superclass) {
  bool removed = RemoveConflicts(declaration.qualifiers, superclass.qualifiers());
  for (cim::Property& property : declaration.properties) {
    const cim::Property* inherited = superclass.FindProperty(property.name);
    if (inherited != nullptr) removed |= RemoveConflicts(property.qualifiers, inherited->qualifiers);
  }
  for (cim::Method& method : declaration.methods) {
    const cim::Method* inherited = superclass.FindMethod(method.name);
    if (inherited != nullptr) removed |= RemoveConflicts(method.qualifiers, inherited->qualifiers);
  }
  return removed;
}

// The code of making a descendant again, as the code of the update (contract 11.5).
Code UpdateCode(Code code) {
  if (code == code::kOverrideNotAllowed) return code::kUpdateOverrideNotAllowed;
  if (code == code::kUpdateTypeMismatch) return code;
  if (code == code::kPropagatedMethod) return code::kUpdatePropagatedMethod;
  if (code == code::kTooManyProperties || code == code::kQuotaViolation) return code;
  return code::kClassHasChildren;
}

Status Conflict(const Status& status, const cim::Class& child, const cim::Class& changed) {
  const std::string place = status.detail() == nullptr ? std::string() : status.detail()->parameter;
  ErrorDetail detail;
  detail.message = fmt::format("the new version of {} conflicts with its subclass {}: {}; change or delete {} first",
                               changed.name(), child.name(), status.Message(), place.empty() ? child.name() : place);
  detail.parameter = place.empty() ? child.name() : place;
  return Status(UpdateCode(status.code()), std::move(detail));
}

Status Refusal(Code code, const cim::Class& changed, std::string message) {
  ErrorDetail detail;
  detail.message = std::move(message);
  detail.parameter = changed.name();
  return Status(code, std::move(detail));
}

// Whether what depends on the class permits the change at all.
Status CheckReach(const std::vector<StoredClassPtr>& family, ClassChange change, ClassUpdate update, Author author,
                  const HasInstances& has_instances) {
  if (change == ClassChange::kNone || change == ClassChange::kDocumentation) return Status();
  if (author == Author::kProduct && change != ClassChange::kKeys) return Status();
  const cim::Class& changed = *family.front()->schema;
  const bool has_children = family.size() > 1;
  const auto filled = std::find_if(family.begin(), family.end(),
                                   [&](const StoredClassPtr& stored) { return has_instances(*stored->schema); });
  if (filled == family.end() && !has_children) return Status();
  const bool is_refused_anyhow = filled != family.end() || update != ClassUpdate::kCompatible;
  const std::string dependent = filled != family.end()
                                    ? fmt::format("{} has instances", (*filled)->schema->name())
                                    : fmt::format("it has the subclass {}", family[1]->schema->name());
  if (change == ClassChange::kKeys && is_refused_anyhow) {
    return Refusal(code::kCannotChangeKeyInheritance, changed,
                   fmt::format("the keys of {} cannot change: {}", changed.name(), dependent));
  }
  if (change == ClassChange::kIndexes && is_refused_anyhow) {
    return Refusal(code::kCannotChangeIndexInheritance, changed,
                   fmt::format("the indexed properties of {} cannot change: {}", changed.name(), dependent));
  }
  if (filled != family.end()) {
    return Refusal(code::kClassHasInstances, changed,
                   fmt::format("{} cannot change: {}; delete them first", changed.name(), dependent));
  }
  if (update != ClassUpdate::kCompatible) return Status();
  return Refusal(code::kClassHasChildren, changed,
                 fmt::format("{} cannot change in compatible mode: {}; use the safe or the force mode", changed.name(),
                             dependent));
}

// A changed superclass may stand behind its new subclasses; superclasses always come first.
void Relocate(Namespace& target, const std::vector<StoredClassPtr>& family) {
  for (auto stored = family.rbegin(); stored != family.rend(); ++stored) target.Remove((*stored)->schema->name());
}

}  // namespace

bool IsDocumentation(std::string_view qualifier) {
  return std::any_of(kDocumentation.begin(), kDocumentation.end(),
                     [&](std::string_view name) { return EqualFolded(name, qualifier); });
}

ClassChange CompareVersions(const cim::Class& before, const cim::Class& after) {
  return Comparison(before, after).Run();
}

Status UpdateClass(Namespace& target, const cim::ClassPtr& changed, ClassUpdate update, Author author,
                   const HasInstances& has_instances, std::vector<Remade>& remade) {
  const std::vector<StoredClassPtr> family = target.FamilyOf(changed->name());
  const cim::Class& before = *family.front()->schema;
  const ClassChange change = CompareVersions(before, *changed);
  TRY(CheckReach(family, change, update, author, has_instances));
  const bool is_moved = !std::equal(before.derivation().begin(), before.derivation().end(),
                                    changed->derivation().begin(), changed->derivation().end(),
                                    [](const std::string& a, const std::string& b) { return EqualFolded(a, b); });
  if (is_moved) Relocate(target, family);
  const bool changes_indexes = change == ClassChange::kIndexes || change == ClassChange::kContent;
  target.Add(changed, family.front()->id, 0);
  remade.push_back({changed, true, changes_indexes});
  for (std::size_t i = 1; i < family.size(); ++i) {
    const StoredClass& child = *family[i];
    const cim::ClassPtr superclass = target.FindClass(child.schema->superclass()->name());
    cim::ClassDeclaration declaration = cim::DeclarationOf(*child.schema);
    const bool is_redefined = update == ClassUpdate::kForce && RemoveConflicts(declaration, *superclass);
    Result<cim::ClassPtr> made = cim::Class::Make(std::move(declaration), superclass, target.home());
    if (!made.ok()) return Conflict(made.status(), *child.schema, *changed);
    target.Add(*made, child.id, is_redefined ? 0 : child.definition);
    remade.push_back({*made, is_redefined, changes_indexes});
  }
  return Status();
}

}  // namespace wmi::store
