// ClassDraft: a class that nobody else sees yet, filled by a declaration and changed one member at a time.
//
// Class::Make builds every class with it; a client that writes a class (contract 8.3, 8.4) has one behind its object.
// A change is made in place and checks what it touches by the rules of Class::Make, so it costs about the member, not
// the class. What there is at any time is what Make would make of DeclarationOf(schema()).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "cim/class.h"

namespace wmi::cim {

// What carries qualifiers: the class itself, a property, a method. A value.
struct Element {
  enum class Kind { kClass, kProperty, kMethod };
  Kind kind = Kind::kClass;
  std::string name;  // of the property or method
};

// Owns its class until Finish. A change that fails leaves it as it was. Not thread-safe.
class ClassDraft {
 public:
  // A class without name and members below `superclass` (null for a top class). Declare follows.
  ClassDraft(ClassPtr superclass, std::shared_ptr<const Home> home);
  // A copy of a class with the same superclass and home.
  explicit ClassDraft(const Class& source);
  ClassDraft(const ClassDraft&) = delete;
  ClassDraft& operator=(const ClassDraft&) = delete;

  // The class as it is now; changes with the draft. Shared with nobody as long as the draft is there, but whoever takes
  // a reference on it must not change the draft again: copy the draft instead.
  const std::shared_ptr<Class>& class_ptr() const { return class_; }
  const Class& schema() const { return *class_; }
  ClassPtr Finish() && { return std::move(class_); }

  // Once, on a draft below a superclass: joins the declaration with it, by the rules and with the codes of Class::Make.
  // A failure leaves a draft that is of no use.
  Status Declare(ClassDeclaration declaration);
  // As Declare, whatever the name is.
  Status DeclareNameless(ClassDeclaration declaration);

  // A draft is named once (contract 8.1). kReadOnly when it has another name already, or is in a namespace; the codes
  // of CheckName; kCircularReference for the name of an ancestor.
  Status Name(std::string name);

  // Declares a property, gives a declared one another type or default, or overrides the default of an inherited one.
  // Its qualifiers stay. The class that `type` names, when it names none, stays too. kTypeMismatch for another type
  // than the inherited one.
  Status PutProperty(std::string_view name, DataType type, Value default_value);
  // kOk, or kResetToDefault when what the superclass has holds again. Failure: kNotFound; kPropagatedProperty for what
  // is only inherited.
  Result<Code> RemoveProperty(std::string_view name);

  // Declares a method, or gives one another signature; its qualifiers stay. The signatures are classes made by
  // MakeSignature, or null. The codes of contract 8.3.
  Status PutMethod(std::string_view name, ClassPtr in, ClassPtr out);
  // As RemoveProperty, with kPropagatedMethod.
  Result<Code> RemoveMethod(std::string_view name);

  // Adds or replaces a qualifier; an element that is only inherited becomes an override of the class's own. CIMTYPE,
  // which every property has, is not kept but sets the type of a property of this class (a string becomes a datetime or
  // a reference, and a reference or embedded object gets its class). kNotFound when there is no such element,
  // kCannotBeKey, kOverrideNotAllowed, kInvalidQualifier, kInvalidQualifierType, kInvalidFlavor.
  Status PutQualifier(const Element& element, Qualifier qualifier);
  // As RemoveProperty, with kPropagatedQualifier; kInvalidOperation for CIMTYPE.
  Result<Code> RemoveQualifier(const Element& element, std::string_view name);

  // Merges the texts of `localized`, the class's own twin or that of an ancestor, into the class (amendment.h).
  void Amend(const Class& localized);

 private:
  using Slot = std::optional<std::size_t>;

  Status Fill(ClassDeclaration declaration);
  std::string MemberName(std::string_view member) const;
  const Class* superclass() const { return class_->superclass_.get(); }

  // class_draft.cc: the class itself
  Status Derive(const std::string& declared_superclass);
  Status SetClassQualifiers(QualifierSet own);

  // class_draft_properties.cc
  Status FillProperties(std::vector<Property> declared);
  Status AddDeclared(Property property);
  static Property InheritedForm(const Property& inherited);
  Property OwnForm(std::size_t slot) const;
  const Property* InheritedProperty(std::string_view name) const;
  Status Prepare(Property& property, const Property* inherited) const;
  Status PrepareKey(Property& property, const Property* inherited) const;
  Status CheckKeys(Slot slot, const Property& property) const;
  Status SetProperty(Slot slot, Property property);
  void Commit(Slot slot, Property property);
  void SortKeys();
  void ViewDefaults();
  Status PutPropertyQualifier(std::string_view name, Qualifier qualifier);
  Status RemovePropertyQualifier(std::string_view property_name, std::string_view name);
  Status NoSuchProperty(std::string_view name) const;
  Status TooManyProperties() const;

  // class_draft_methods.cc
  Status FillMethods(std::vector<Method> declared);
  static Method InheritedForm(const Method& inherited);
  static Method OwnForm(const Method& method);
  Slot FindMethodIndex(std::string_view name) const;
  Status Prepare(Method& method, const Method* inherited) const;
  Status SetMethod(Slot index, Method method);
  Status PutMethodQualifier(std::string_view name, Qualifier qualifier);
  Status RemoveMethodQualifier(std::string_view method_name, std::string_view name);
  Status NoSuchMethod(std::string_view name) const;

  std::shared_ptr<Class> class_;
};

// The qualifiers of an element; null when the class has no such element. Valid as long as the class.
const QualifierSet* FindQualifiers(const Class& schema, const Element& element);

}  // namespace wmi::cim
