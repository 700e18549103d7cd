#include "cim/declaration.h"

namespace wmi::cim {
namespace {

QualifierSet OwnQualifiers(const QualifierSet& qualifiers) {
  QualifierSet own;
  for (const Qualifier& qualifier : qualifiers) {
    if (!qualifier.propagated) own.Set(qualifier);
  }
  return own;
}

Property OwnProperty(const Class& schema, const Property& property) {
  Property own = property;
  own.qualifiers = OwnQualifiers(property.qualifiers);
  own.qualifiers.Remove("CIMTYPE");
  if (!property.is_overridden || schema.superclass() == nullptr) return own;
  const Property* inherited = schema.superclass()->FindProperty(property.name);
  if (inherited != nullptr && inherited->default_value == own.default_value) own.default_value = Value();
  return own;
}

}  // namespace

ClassDeclaration DeclarationOf(const Class& schema) {
  ClassDeclaration declaration;
  declaration.name = schema.name();
  if (schema.superclass() != nullptr) declaration.superclass = schema.superclass()->name();
  declaration.qualifiers = OwnQualifiers(schema.qualifiers());
  for (const Property& property : schema.properties()) {
    if (property.is_local) declaration.properties.push_back(OwnProperty(schema, property));
  }
  for (const Method& method : schema.methods()) {
    if (!method.is_local) continue;
    declaration.methods.push_back(method);
    declaration.methods.back().qualifiers = OwnQualifiers(method.qualifiers);
  }
  return declaration;
}

}  // namespace wmi::cim
