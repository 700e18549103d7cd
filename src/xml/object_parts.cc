#include "xml/object_parts.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "cim/instance_edit.h"
#include "cim/instance_qualifiers.h"

namespace wmi::xml {
namespace {

using cim::CimType;
using cim::Class;
using cim::ClassDeclaration;
using cim::ClassPtr;
using cim::Method;
using cim::Property;
using cim::Qualifier;
using cim::QualifierSet;
using cim::Value;

using Kind = ObjectParts::Kind;

enum class From { kHere, kAbove };

// The qualifiers that were said here, or those that came from above, as declared where they come from.
QualifierSet Select(const QualifierSet& qualifiers, From from) {
  QualifierSet selected;
  for (Qualifier qualifier : qualifiers) {
    if (qualifier.propagated != (from == From::kAbove) || EqualFolded(qualifier.name, "CIMTYPE")) continue;
    qualifier.propagated = false;
    selected.Set(std::move(qualifier));
  }
  return selected;
}

// Of those that an instance shows of its class: what that class inherits, or says itself. An instance does not tell
// which of them stands where, so all that could be inherited are.
QualifierSet OfTheClass(const QualifierSet& qualifiers, From from) {
  QualifierSet selected;
  for (Qualifier qualifier : Select(qualifiers, From::kAbove)) {
    if (((qualifier.flavor & cim::flavor::kToSubclass) != 0) != (from == From::kAbove)) continue;
    qualifier.flavor |= cim::flavor::kToInstance;
    selected.Set(std::move(qualifier));
  }
  return selected;
}

void Add(const QualifierSet& more, QualifierSet& target) {
  for (const Qualifier& qualifier : more) target.Set(qualifier);
}

Qualifier Flag(std::string name, std::uint32_t flavors) {
  return {std::move(name), Value::Boolean(true), {CimType::kBoolean, false, {}}, flavors, false};
}

class Assembler {
 public:
  explicit Assembler(ObjectParts parts) : parts_(std::move(parts)) {}

  Result<cim::Object> Run() {
    if (parts_.derivation.size() >= limits::kDerivationDepthMax) {
      return Status(code::kQuotaViolation, "the class derives from too many others");
    }
    MarkKeys();
    ClassPtr superclass;
    for (std::size_t i = parts_.derivation.size(); i-- > 0;) {
      superclass = TRY(Class::Make(Ancestor(i), superclass, parts_.home));
    }
    const ClassPtr schema = TRY(Class::MakeDraft(Own(), superclass, parts_.home));
    if (parts_.kind == Kind::kClass) return cim::Object(schema);
    return Instance(schema);
  }

 private:
  // The index in the derivation, or its size for the class itself.
  template <typename Member>
  std::size_t OriginOf(const Member& member) const {
    const auto& names = parts_.derivation;
    const auto found = std::find_if(names.begin(), names.end(),
                                    [&](const std::string& name) { return EqualFolded(name, member.origin); });
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    return member.is_local || names.empty() ? names.size() : 0;
  }
  template <typename Member>
  bool IsSaidHere(const Member& member) const {
    return member.is_local || parts_.derivation.empty();
  }

  void MarkKeys() {
    const auto is_key = [](const Property& property) { return property.qualifiers.IsTrue("key"); };
    if (std::any_of(parts_.properties.begin(), parts_.properties.end(), is_key)) return;
    for (Property& property : parts_.properties) {
      const bool is_named = std::any_of(parts_.keys.begin(), parts_.keys.end(),
                                        [&](const std::string& key) { return EqualFolded(key, property.name); });
      if (!is_named) continue;
      Qualifier key = Flag("key", cim::flavor::kToInstance | cim::flavor::kToSubclass | cim::flavor::kNotOverridable);
      // Of an instance every key is its class's; of a class, it stands where the property does.
      key.propagated = parts_.kind == Kind::kInstance || OriginOf(property) != parts_.derivation.size();
      property.qualifiers.Set(std::move(key));
    }
  }

  // As it stands in the class where it was declared first.
  Property Declared(const Property& property) const {
    Property declared;
    declared.name = property.name;
    declared.type = property.type;
    if (parts_.kind == Kind::kInstance) {
      declared.qualifiers = OfTheClass(property.qualifiers, From::kAbove);
    } else {
      declared.qualifiers = Select(property.qualifiers, From::kAbove);
      if (!property.is_local) declared.default_value = property.default_value;
    }
    return declared;
  }

  ClassDeclaration Ancestor(std::size_t index) const {
    ClassDeclaration declaration;
    declaration.name = parts_.derivation[index];
    const bool is_root = index + 1 == parts_.derivation.size();
    if (!is_root) declaration.superclass = parts_.derivation[index + 1];
    if (is_root) {
      declaration.qualifiers = parts_.kind == Kind::kInstance ? OfTheClass(parts_.qualifiers, From::kAbove)
                                                              : Select(parts_.qualifiers, From::kAbove);
    }
    // A class may have keys, or derive from an abstract one with keys, or be abstract below it.
    declaration.qualifiers.Set(Flag("abstract", 0));
    for (const Property& property : parts_.properties) {
      if (OriginOf(property) == index) declaration.properties.push_back(Declared(property));
    }
    for (const Method& method : parts_.methods) {
      if (OriginOf(method) != index) continue;
      Method declared = method;
      declared.qualifiers = Select(method.qualifiers, From::kAbove);
      declaration.methods.push_back(std::move(declared));
    }
    return declaration;
  }

  ClassDeclaration Own() const {
    ClassDeclaration declaration;
    declaration.name = parts_.class_name;
    if (!parts_.derivation.empty()) declaration.superclass = parts_.derivation.front();
    if (parts_.kind == Kind::kClass) {
      declaration.qualifiers = Select(parts_.qualifiers, From::kHere);
    } else {
      declaration.qualifiers = OfTheClass(parts_.qualifiers, From::kHere);
      if (parts_.derivation.empty()) Add(OfTheClass(parts_.qualifiers, From::kAbove), declaration.qualifiers);
    }
    for (const Property& property : parts_.properties) {
      if (IsSaidHere(property)) declaration.properties.push_back(SaidHere(property));
    }
    for (const Method& method : parts_.methods) {
      if (!IsSaidHere(method)) continue;
      declaration.methods.push_back(method);
      declaration.methods.back().qualifiers = Select(method.qualifiers, From::kHere);
    }
    return declaration;
  }

  Property SaidHere(const Property& property) const {
    Property own;
    own.name = property.name;
    own.type = property.type;
    if (parts_.kind == Kind::kClass) {
      own.default_value = property.default_value;
      own.qualifiers = Select(property.qualifiers, From::kHere);
      return own;
    }
    own.qualifiers = OfTheClass(property.qualifiers, From::kHere);
    if (OriginOf(property) == parts_.derivation.size()) {
      Add(OfTheClass(property.qualifiers, From::kAbove), own.qualifiers);
    }
    return own;
  }

  Result<cim::Object> Instance(const ClassPtr& schema) const {
    cim::InstanceQualifiers own;
    own.of_object = Select(parts_.qualifiers, From::kHere);
    cim::RowBlockBuilder row;
    row.BeginRow(schema);
    for (const Property& property : parts_.properties) {
      const std::optional<std::size_t> slot = schema->FindSlot(property.name);
      if (!slot) continue;  // every one of them is declared above
      row.Set(*slot, property.default_value.view());
      QualifierSet qualifiers = Select(property.qualifiers, From::kHere);
      if (!qualifiers.empty()) own.EnsureProperty(*slot) = std::move(qualifiers);
    }
    if (!own.empty()) row.SetOwnQualifiers(TRY(cim::MakeInstanceQualifiers(*schema, std::move(own))));
    row.CommitRow();
    std::vector<cim::Object> instance;
    row.Finish(instance);
    return std::move(instance.front());
  }

  ObjectParts parts_;
};

}  // namespace

Result<cim::Object> Assemble(ObjectParts parts) {
  if (parts.kind == Kind::kInstance && parts.class_name.empty()) {
    return Status(code::kInvalidObject, "an instance needs the name of its class");
  }
  return Assembler(std::move(parts)).Run();
}

}  // namespace wmi::xml
