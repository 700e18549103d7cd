#include "cim/amendment.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/text.h"
#include "cim/class_draft.h"
#include "cim/declaration.h"

namespace wmi::cim {
namespace {

bool IsAmended(const Qualifier& qualifier) { return (qualifier.flavor & flavor::kAmended) != 0; }

// Whether the twin is that of the class itself, or of an ancestor.
enum class Twin { kOwn, kOfAncestor };

QualifierSet Merged(QualifierSet neutral, const QualifierSet& localized, Twin twin) {
  for (Qualifier text : localized) {
    if (!IsAmended(text)) continue;
    if (twin == Twin::kOfAncestor) {
      if ((text.flavor & flavor::kToSubclass) == 0) continue;
      text.propagated = true;
    }
    const Qualifier* own = neutral.Find(text.name);
    if (own != nullptr && !own->propagated && text.propagated) continue;
    neutral.Set(std::move(text));
  }
  return neutral;
}

void RemoveAmended(QualifierSet& qualifiers) {
  QualifierSet kept;
  for (const Qualifier& qualifier : qualifiers) {
    if (!IsAmended(qualifier)) kept.Append(qualifier);
  }
  qualifiers = std::move(kept);
}

// A signature whose parameters have the texts of its twin; the same one when there is nothing to merge.
ClassPtr AmendSignature(const ClassPtr& signature, const ClassPtr& localized) {
  if (signature == nullptr || localized == nullptr) return signature;
  ClassDraft draft(*signature);
  draft.Amend(*localized);
  return std::move(draft).Finish();
}

// A signature has no superclass, so a declaration of the same members makes it again.
Result<ClassPtr> WithoutAmended(const Class& signature) {
  return Class::Make(WithoutAmendedQualifiers(DeclarationOf(signature)), nullptr, signature.home_ptr());
}

}  // namespace

void ClassDraft::Amend(const Class& localized) {
  const Twin twin = EqualFolded(class_->name_, localized.name()) ? Twin::kOwn : Twin::kOfAncestor;
  class_->qualifiers_ = Merged(std::move(class_->qualifiers_), localized.qualifiers(), twin);
  for (const Property& text : localized.properties()) {
    const Slot slot = class_->FindSlot(text.name);
    if (!slot) continue;
    Property& property = class_->properties_[*slot];
    property.qualifiers = Merged(std::move(property.qualifiers), text.qualifiers, twin);
  }
  for (const Method& text : localized.methods()) {
    const Slot index = FindMethodIndex(text.name);
    if (!index) continue;
    Method& method = class_->methods_[*index];
    method.qualifiers = Merged(std::move(method.qualifiers), text.qualifiers, twin);
    method.in = AmendSignature(method.in, text.in);
    method.out = AmendSignature(method.out, text.out);
  }
  class_->is_amended_ = true;
}

Result<ClassPtr> Amend(const ClassPtr& schema, const Class& localized) {
  if (!schema->IsA(localized.name())) {
    return Status(code::kInvalidClass, fmt::format("{} has no texts for {}: it is neither the class nor an ancestor",
                                                   localized.name(), schema->name()));
  }
  ClassDraft draft(*schema);
  draft.Amend(localized);
  return std::move(draft).Finish();
}

Result<ClassPtr> Amend(const ClassPtr& schema, const ClassFinder& locale) {
  if (const ClassPtr twin = locale.FindClass(schema->name()); twin != nullptr) return Amend(schema, *twin);
  for (const std::string& ancestor : schema->derivation()) {
    if (const ClassPtr twin = locale.FindClass(ancestor); twin != nullptr) return Amend(schema, *twin);
  }
  return schema;
}

Object AmendInstance(const Object& instance, const ClassPtr& amended) {
  RowBlockBuilder row(instance.visible());
  row.BeginRow(amended);
  for (std::size_t slot = 0; slot < amended->properties().size(); ++slot) row.Set(slot, instance.slot(slot));
  row.SetOwnQualifiers(instance.own_qualifiers_ptr());
  row.CommitRow();
  std::vector<Object> made;
  row.Finish(made);
  return std::move(made.front());
}

ClassDeclaration WithoutAmendedQualifiers(ClassDeclaration declaration) {
  RemoveAmended(declaration.qualifiers);
  for (Property& property : declaration.properties) RemoveAmended(property.qualifiers);
  for (Method& method : declaration.methods) {
    RemoveAmended(method.qualifiers);
    for (ClassPtr* signature : {&method.in, &method.out}) {
      if (*signature == nullptr) continue;
      // Fewer texts break no rule, so this is always made.
      if (Result<ClassPtr> plain = WithoutAmended(**signature); plain.ok()) *signature = *std::move(plain);
    }
  }
  return declaration;
}

}  // namespace wmi::cim
