#include "cim/class_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cim/check.h"
#include "cim/declaration.h"
#include "cim/qualifier_rules.h"

namespace wmi::cim {
namespace {

constexpr std::string_view kParameters = "__PARAMETERS";
constexpr std::string_view kCimType = "CIMTYPE";
constexpr std::string_view kKey = "key";

template <typename Member>
auto FindMember(std::vector<Member>& members, std::string_view name) {
  return std::find_if(members.begin(), members.end(),
                      [&](const Member& member) { return EqualFolded(member.name, name); });
}

// The class with what its declaration says now.
Result<ClassPtr> Remake(const Class& schema, ClassDeclaration declaration) {
  return Class::MakeDraft(std::move(declaration), schema.superclass(), schema.home_ptr());
}

const Property* InheritedProperty(const Class& schema, std::string_view name) {
  return schema.superclass() == nullptr ? nullptr : schema.superclass()->FindProperty(name);
}

bool HasSameShape(const DataType& a, const DataType& b) { return a.type == b.type && a.is_array == b.is_array; }

// The declaration of a property of the class, made when it is only inherited; null when the class has no such property.
Property* EnsureProperty(const Class& schema, ClassDeclaration& declaration, std::string_view name) {
  const auto declared = FindMember(declaration.properties, name);
  if (declared != declaration.properties.end()) return &*declared;
  const Property* inherited = InheritedProperty(schema, name);
  if (inherited == nullptr) return nullptr;
  Property property;
  property.name = inherited->name;
  property.type = inherited->type;
  declaration.properties.push_back(std::move(property));
  return &declaration.properties.back();
}

Method* EnsureMethod(const Class& schema, ClassDeclaration& declaration, std::string_view name) {
  const auto declared = FindMember(declaration.methods, name);
  if (declared != declaration.methods.end()) return &*declared;
  const Method* inherited = schema.superclass() == nullptr ? nullptr : schema.superclass()->FindMethod(name);
  if (inherited == nullptr) return nullptr;
  Method method;
  method.name = inherited->name;
  method.in = inherited->in;
  method.out = inherited->out;
  declaration.methods.push_back(std::move(method));
  return &declaration.methods.back();
}

Status NoSuchMember(std::string_view kind, const Class& schema, std::string_view name) {
  return Status(code::kNotFound, fmt::format("the class {} has no {} {}", schema.name(), kind, name));
}

// The class that a CIMTYPE names must suit the type that the property has.
Status NameReferredClass(Property& property, const Qualifier& qualifier) {
  const ValueView value = qualifier.value.view();
  const std::string_view said = value.kind() == ValueKind::kText ? value.text() : std::string_view();
  const std::size_t colon = said.find(':');
  const bool can_name = property.type.type == CimType::kReference || property.type.type == CimType::kObject;
  if (!EqualFolded(said.substr(0, colon), TypeName(property.type.type)) ||
      (colon != std::string_view::npos && !can_name)) {
    return Status(code::kInvalidQualifier, fmt::format("CIMTYPE {} does not suit {}, which is {}", Describe(value),
                                                       property.name, Describe(property.type)));
  }
  if (can_name) property.type.class_name = colon == std::string_view::npos ? "" : said.substr(colon + 1);
  return Status();
}

// Where the declaration keeps the qualifiers of an element; null when there is no such element.
QualifierSet* EnsureQualifiers(const Class& schema, ClassDeclaration& declaration, const Element& element) {
  switch (element.kind) {
    case Element::Kind::kClass:
      return &declaration.qualifiers;
    case Element::Kind::kProperty: {
      Property* property = EnsureProperty(schema, declaration, element.name);
      return property == nullptr ? nullptr : &property->qualifiers;
    }
    case Element::Kind::kMethod: {
      Method* method = EnsureMethod(schema, declaration, element.name);
      return method == nullptr ? nullptr : &method->qualifiers;
    }
  }
  return nullptr;
}

}  // namespace

Object MakeEmptyClass() { return Object(std::move(Class::MakeDraft({}, nullptr, nullptr)).value()); }

bool IsComplete(const Class& schema) {
  if (schema.name().empty()) return false;
  return schema.home() != nullptr || EqualFolded(schema.name(), kParameters);
}

// ---- the class ------------------------------------------------------------------------------------------------------

Result<ClassPtr> DeriveClass(const ClassPtr& superclass) {
  if (!IsComplete(*superclass)) {
    return Status(code::kIncompleteClass, "a class can only be derived from one that was put");
  }
  return Class::MakeDraft({}, superclass, nullptr);
}

Result<ClassPtr> NameClass(const Class& schema, std::string name) {
  if (!schema.name().empty() && (schema.home() != nullptr || !EqualFolded(schema.name(), name))) {
    return Status(code::kReadOnly, fmt::format("the class has the name {} already", schema.name()));
  }
  ClassDeclaration declaration = DeclarationOf(schema);
  declaration.name = std::move(name);
  // Not MakeDraft: taking a name away is no way to name.
  return Class::Make(std::move(declaration), schema.superclass(), schema.home_ptr());
}

// ---- properties -----------------------------------------------------------------------------------------------------

Result<ClassPtr> PutProperty(const Class& schema, std::string_view name, DataType type, Value default_value) {
  const Property* inherited = InheritedProperty(schema, name);
  if (inherited != nullptr && !HasSameShape(type, inherited->type)) {
    return Status(code::kTypeMismatch, fmt::format("{} is {} in the superclass and cannot become {}", name,
                                                   Describe(inherited->type), Describe(type)));
  }
  ClassDeclaration declaration = DeclarationOf(schema);
  Property* property = EnsureProperty(schema, declaration, name);
  if (property == nullptr) {
    declaration.properties.emplace_back();
    property = &declaration.properties.back();
    property->name = std::string(name);
  } else if (type.class_name.empty() && property->type.type == type.type) {
    type.class_name = property->type.class_name;
  }
  property->type = std::move(type);
  property->is_null_override = inherited != nullptr && default_value.is_null();
  property->default_value = std::move(default_value);
  return Remake(schema, std::move(declaration));
}

Result<Removal> RemoveProperty(const Class& schema, std::string_view name) {
  const Property* property = schema.FindProperty(name);
  if (property == nullptr) return NoSuchMember("property", schema, name);
  if (!property->is_local) {
    return Status(code::kPropagatedProperty,
                  fmt::format("the property {} is inherited from {}", name, property->origin));
  }
  const Code code = property->is_overridden ? code::kResetToDefault : code::kOk;
  ClassDeclaration declaration = DeclarationOf(schema);
  declaration.properties.erase(FindMember(declaration.properties, name));
  return Removal{TRY(Remake(schema, std::move(declaration))), code};
}

// ---- methods --------------------------------------------------------------------------------------------------------

Result<ClassPtr> PutMethod(const Class& schema, std::string_view name, ClassPtr in, ClassPtr out) {
  ClassDeclaration declaration = DeclarationOf(schema);
  Method* method = EnsureMethod(schema, declaration, name);
  if (method == nullptr) {
    declaration.methods.emplace_back();
    method = &declaration.methods.back();
    method->name = std::string(name);
  }
  method->in = std::move(in);
  method->out = std::move(out);
  return Remake(schema, std::move(declaration));
}

Result<Removal> RemoveMethod(const Class& schema, std::string_view name) {
  const Method* method = schema.FindMethod(name);
  if (method == nullptr) return NoSuchMember("method", schema, name);
  if (!method->is_local) {
    return Status(code::kPropagatedMethod, fmt::format("the method {} is inherited from {}", name, method->origin));
  }
  const Code code = method->is_overridden ? code::kResetToDefault : code::kOk;
  ClassDeclaration declaration = DeclarationOf(schema);
  declaration.methods.erase(FindMember(declaration.methods, name));
  return Removal{TRY(Remake(schema, std::move(declaration))), code};
}

Result<ClassPtr> MakeSignature(const Object& parameters, Direction direction) {
  const Class& schema = parameters.schema();
  if (!schema.IsA(kParameters)) {
    return Status(code::kInvalidMethodParameters,
                  fmt::format("an object of class {} describes no parameters; use __PARAMETERS", schema.name()));
  }
  if (schema.properties().empty()) return ClassPtr();
  ClassDeclaration declaration;
  declaration.name = kParameters;
  for (std::size_t slot = 0; slot < schema.properties().size(); ++slot) {
    const Property& parameter = schema.properties()[slot];
    Property copy;
    copy.name = parameter.name;
    copy.type = parameter.type;
    copy.default_value = Value::Copy(parameters.slot(slot));
    // Inherited ones too: the signature has no superclass that they could come from.
    for (Qualifier qualifier : parameter.qualifiers) {
      qualifier.propagated = false;
      copy.qualifiers.Set(std::move(qualifier));
    }
    const std::string_view said = direction == Direction::kIn ? "in" : "out";
    if (copy.qualifiers.Find(said) == nullptr) {
      copy.qualifiers.Set({std::string(said), Value::Boolean(true), {CimType::kBoolean, false, ""}, 0, false});
    }
    declaration.properties.push_back(std::move(copy));
  }
  return Class::Make(std::move(declaration), nullptr, nullptr);
}

// ---- qualifiers -----------------------------------------------------------------------------------------------------

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

Result<ClassPtr> PutQualifier(const Class& schema, const Element& element, Qualifier qualifier) {
  TRY(CheckWrittenName(qualifier.name));
  const bool is_property = element.kind == Element::Kind::kProperty;
  if (!is_property && EqualFolded(qualifier.name, kKey)) {
    return Status(code::kCannotBeKey, "only a property can be a key");
  }
  ClassDeclaration declaration = DeclarationOf(schema);
  QualifierSet* own = EnsureQualifiers(schema, declaration, element);
  if (own == nullptr) return NoSuchMember(is_property ? "property" : "method", schema, element.name);
  if (is_property && EqualFolded(qualifier.name, kCimType)) {
    TRY(NameReferredClass(*EnsureProperty(schema, declaration, element.name), qualifier));
  } else {
    qualifier.propagated = false;
    own->Set(std::move(qualifier));
  }
  return Remake(schema, std::move(declaration));
}

Result<Removal> RemoveQualifier(const Class& schema, const Element& element, std::string_view name) {
  const QualifierSet* all = FindQualifiers(schema, element);
  const Qualifier* qualifier = all == nullptr ? nullptr : all->Find(name);
  if (qualifier == nullptr) return Status(code::kNotFound, fmt::format("there is no qualifier {}", name));
  if (qualifier->propagated) {
    return Status(code::kPropagatedQualifier, fmt::format("the qualifier {} is inherited", name));
  }
  if (element.kind == Element::Kind::kProperty && EqualFolded(name, kCimType)) {
    return Status(code::kInvalidOperation, "CIMTYPE says the type of the property and stays");
  }
  ClassDeclaration declaration = DeclarationOf(schema);
  EnsureQualifiers(schema, declaration, element)->Remove(name);
  ClassPtr without = TRY(Remake(schema, std::move(declaration)));
  const bool is_inherited = FindQualifiers(*without, element)->Find(name) != nullptr;
  return Removal{std::move(without), is_inherited ? code::kResetToDefault : code::kOk};
}

}  // namespace wmi::cim
