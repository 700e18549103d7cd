#include "cim/class_draft.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "cim/check.h"
#include "cim/qualifier_rules.h"

namespace wmi::cim {
namespace {

constexpr std::string_view kCimType = "CIMTYPE";
constexpr std::string_view kKey = "key";

QualifierSet OwnQualifiers(const QualifierSet& all) {
  QualifierSet own;
  own.Reserve(all.size() + 1);
  for (const Qualifier& qualifier : all) {
    if (!qualifier.propagated) own.Append(qualifier);
  }
  return own;
}

}  // namespace

ClassDraft::ClassDraft(ClassPtr superclass, std::shared_ptr<const Home> home) : class_(new Class()) {
  class_->superclass_ = std::move(superclass);
  class_->home_ = std::move(home);
}

ClassDraft::ClassDraft(const Class& source) : class_(new Class(source)) { ViewDefaults(); }

std::string ClassDraft::MemberName(std::string_view member) const {
  return fmt::format("{}.{}", class_->name_, member);
}

// ---- the whole ------------------------------------------------------------------------------------------------------

Status ClassDraft::Declare(ClassDeclaration declaration) {
  TRY(CheckName(declaration.name, NameOf::kClass));
  return Fill(std::move(declaration));
}

Status ClassDraft::DeclareNameless(ClassDeclaration declaration) { return Fill(std::move(declaration)); }

// Each step relies on those before it.
Status ClassDraft::Fill(ClassDeclaration declaration) {
  class_->name_ = std::move(declaration.name);
  TRY(Derive(declaration.superclass));
  TRY(SetClassQualifiers(std::move(declaration.qualifiers)));
  TRY(FillProperties(std::move(declaration.properties)));
  TRY(FillMethods(std::move(declaration.methods)));
  return Status();
}

Status ClassDraft::Derive(const std::string& declared_superclass) {
  const Class* above = superclass();
  const std::string& name = class_->name_;
  if (above == nullptr) {
    if (declared_superclass.empty()) return Status();
    return Status(code::kInvalidSuperclass,
                  fmt::format("{}: the superclass {} does not exist", name, declared_superclass));
  }
  if (!declared_superclass.empty() && !EqualFolded(declared_superclass, above->name())) {
    return Status(code::kInvalidSuperclass, fmt::format("{}: the superclass is declared as {}, but {} was given", name,
                                                        declared_superclass, above->name()));
  }
  if (above->IsA(name)) {
    return Status(code::kCircularReference, fmt::format("{}: a class cannot derive from itself", name));
  }
  if (above->qualifiers().IsTrue("Terminal")) {
    return Status(code::kInvalidSuperclass,
                  fmt::format("{}: {} is marked Terminal and cannot be derived from", name, above->name()));
  }
  std::vector<std::string>& derivation = class_->derivation_;
  derivation.reserve(1 + above->derivation().size());
  derivation.push_back(above->name());
  derivation.insert(derivation.end(), above->derivation().begin(), above->derivation().end());
  if (derivation.size() > limits::kDerivationDepthMax) {
    return Status(code::kInvalidSuperclass,
                  fmt::format("{}: derived through more than {} classes", name, limits::kDerivationDepthMax));
  }
  return Status();
}

Status ClassDraft::Name(std::string name) {
  if (!class_->name_.empty() && (class_->home_ != nullptr || !EqualFolded(class_->name_, name))) {
    return Status(code::kReadOnly, fmt::format("the class has the name {} already", class_->name_));
  }
  TRY(CheckName(name, NameOf::kClass));
  if (superclass() != nullptr && superclass()->IsA(name)) {
    return Status(code::kCircularReference, fmt::format("{}: a class cannot derive from itself", name));
  }
  ClassDraft named(*class_);  // so that no memory for one of the names leaves the class as it was
  for (Property& property : named.class_->properties_) {
    if (property.is_local && !property.is_overridden) property.origin = name;
  }
  for (Method& method : named.class_->methods_) {
    if (method.is_local && !method.is_overridden) method.origin = name;
  }
  named.class_->name_ = std::move(name);
  *class_ = std::move(*named.class_);
  return Status();
}

// ---- qualifiers -----------------------------------------------------------------------------------------------------

Status ClassDraft::SetClassQualifiers(QualifierSet own) {
  const Class* above = superclass();
  const std::string& name = class_->name_;
  Result<QualifierSet> joined = JoinQualifiers(std::move(own), above == nullptr ? nullptr : &above->qualifiers());
  if (!joined.ok()) return At(joined.status(), name);
  const bool is_abstract = joined->IsTrue("Abstract");
  const bool is_singleton = joined->IsTrue("Singleton") || (above != nullptr && above->is_singleton());
  if (is_abstract && joined->IsTrue("Terminal")) {
    return Status(code::kInvalidQualifier, fmt::format("{}: Terminal and Abstract do not go together", name));
  }
  if (is_singleton && !class_->key_slots_.empty()) {
    return Status(code::kCannotBeSingleton, fmt::format("{} has the key {}; a singleton has none", name,
                                                        class_->properties_[class_->key_slots_.front()].name));
  }
  class_->is_abstract_ = is_abstract;
  class_->is_singleton_ = is_singleton;
  class_->is_dynamic_ = joined->IsTrue("Dynamic");
  class_->is_association_ = joined->IsTrue("Association") || (above != nullptr && above->is_association());
  class_->qualifiers_ = std::move(joined).value();
  return Status();
}

const QualifierSet* FindQualifiers(const Class& schema, const Element& element) {
  switch (element.kind) {
    case Element::Kind::kClass:
      return &schema.qualifiers();
    case Element::Kind::kProperty: {
      const Property* property = schema.FindProperty(element.name);
      return property == nullptr ? nullptr : &property->qualifiers;
    }
    case Element::Kind::kMethod: {
      const Method* method = schema.FindMethod(element.name);
      return method == nullptr ? nullptr : &method->qualifiers;
    }
  }
  return nullptr;
}

Status ClassDraft::PutQualifier(const Element& element, Qualifier qualifier) {
  TRY(CheckWrittenName(qualifier.name));
  qualifier.propagated = false;
  if (element.kind == Element::Kind::kProperty) return PutPropertyQualifier(element.name, std::move(qualifier));
  if (EqualFolded(qualifier.name, kKey)) return Status(code::kCannotBeKey, "only a property can be a key");
  if (element.kind == Element::Kind::kMethod) return PutMethodQualifier(element.name, std::move(qualifier));
  QualifierSet own = OwnQualifiers(class_->qualifiers_);
  own.Set(std::move(qualifier));
  return SetClassQualifiers(std::move(own));
}

Result<Code> ClassDraft::RemoveQualifier(const Element& element, std::string_view name) {
  const QualifierSet* all = FindQualifiers(*class_, element);
  const Qualifier* qualifier = all == nullptr ? nullptr : all->Find(name);
  if (qualifier == nullptr) return Status(code::kNotFound, fmt::format("there is no qualifier {}", name));
  if (qualifier->propagated) {
    return Status(code::kPropagatedQualifier, fmt::format("the qualifier {} is inherited", name));
  }
  switch (element.kind) {
    case Element::Kind::kClass: {
      QualifierSet own = OwnQualifiers(*all);
      own.Remove(name);
      TRY(SetClassQualifiers(std::move(own)));
      break;
    }
    case Element::Kind::kProperty:
      if (EqualFolded(name, kCimType)) {
        return Status(code::kInvalidOperation, "CIMTYPE says the type of the property and stays");
      }
      TRY(RemovePropertyQualifier(element.name, name));
      break;
    case Element::Kind::kMethod:
      TRY(RemoveMethodQualifier(element.name, name));
      break;
  }
  const bool is_inherited = FindQualifiers(*class_, element)->Find(name) != nullptr;
  return is_inherited ? code::kResetToDefault : code::kOk;
}

}  // namespace wmi::cim
