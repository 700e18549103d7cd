// Class: the immutable definition of a CIM class, with everything inherited already in place (contract 8.3 to 8.5).
//
// A ClassDeclaration says what one class adds or overrides (what MOF or a client writes); Class::Make joins it with the
// superclass. Inherited properties come first and keep their slot numbers, so a slot bound on a class is valid for the
// rows of every subclass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/text.h"
#include "cim/types.h"
#include "cim/value.h"

namespace wmi::cim {

class Class;
using ClassPtr = std::shared_ptr<const Class>;

// Qualifier flavors, numbers as in contract 11.2; the origin bits are computed, not stored.
namespace flavor {
inline constexpr std::uint32_t kToInstance = 0x01;
inline constexpr std::uint32_t kToSubclass = 0x02;
inline constexpr std::uint32_t kNotOverridable = 0x10;
inline constexpr std::uint32_t kPropagated = 0x20;
inline constexpr std::uint32_t kAmended = 0x80;
}  // namespace flavor

// A qualifier in place. Value types are sint32, real64, string, boolean and arrays of one of these.
struct Qualifier {
  std::string name;
  Value value;
  DataType type;
  std::uint32_t flavor = 0;  // without the origin bit
  bool propagated = false;   // came from the superclass (or, on an instance, from the class)
};

// Ordered qualifiers; names compare without case.
class QualifierSet {
 public:
  const Qualifier* Find(std::string_view name) const;
  // Present with the boolean value TRUE.
  bool IsTrue(std::string_view name) const;
  // The text of a string qualifier, empty when absent.
  std::string_view Text(std::string_view name) const;
  // Adds, or replaces one of the same name.
  void Set(Qualifier qualifier);
  // Adds one whose name is not there yet, without looking. The reference is good until the next change.
  Qualifier& Append(Qualifier qualifier) { return items_.emplace_back(std::move(qualifier)); }
  void RemovePropagated();
  void Reserve(std::size_t size) { items_.reserve(size); }
  bool Remove(std::string_view name);

  // The same qualifiers with the same values and flavors, in any order.
  bool operator==(const QualifierSet& other) const;

  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

 private:
  std::vector<Qualifier> items_;
};

// What the instances of a class show of the qualifiers of the class, of a property: those that are handed to instances.
QualifierSet HandedToInstances(const QualifierSet& of_class);

struct Property {
  std::string name;
  DataType type;
  Value default_value;
  QualifierSet qualifiers;
  std::string origin;          // the class that declared it first
  bool is_local = true;        // declared or overridden by this class itself
  bool is_overridden = false;  // local, and the superclass has it too
  bool is_key = false;
  // The override says NULL, instead of leaving the default to the superclass.
  bool is_null_override = false;
};

// A method; its signatures are classes named __PARAMETERS, null when there are no such parameters. A return value is
// the property ReturnValue of `out`.
struct Method {
  std::string name;
  ClassPtr in;
  ClassPtr out;
  QualifierSet qualifiers;
  std::string origin;
  bool is_local = true;
  bool is_overridden = false;
};

// What one class says itself.
struct ClassDeclaration {
  std::string name;
  std::string superclass;
  QualifierSet qualifiers;
  std::vector<Property> properties;
  std::vector<Method> methods;
};

// Where published classes live; null for a class that is in no namespace yet.
struct Home {
  std::string server;      // host name
  std::string name_space;  // "ROOT\\cimv2"
};

// Immutable; safe from several threads; shared by reference count.
class Class {
 public:
  // Joins a declaration with its superclass (null for a top class). Adds the CIMTYPE qualifier to each property,
  // applies qualifier propagation and overrides, key rules and limits. Fails with the code of the rule that is broken
  // (kInvalidSuperclass, kOverrideNotAllowed, kPropagatedProperty, kCannotBeKey, kCannotBeSingleton,
  // kTooManyProperties, kClassNameTooWide, ...). The status's `parameter` names the member at fault: "Class.Member".
  static Result<ClassPtr> Make(ClassDeclaration declaration, ClassPtr superclass, std::shared_ptr<const Home> home);
  // As Make, for a class that a client is still writing: it may have no name yet. Not to be published without one.
  static Result<ClassPtr> MakeDraft(ClassDeclaration declaration, ClassPtr superclass,
                                    std::shared_ptr<const Home> home);

  // Empty for a draft that nobody has named.
  const std::string& name() const { return name_; }
  const ClassPtr& superclass() const { return superclass_; }
  // Immediate parent first, root last.
  const std::vector<std::string>& derivation() const { return derivation_; }
  // The topmost ancestor; itself for a top class.
  std::string_view dynasty() const;
  const Home* home() const { return home_.get(); }
  const std::shared_ptr<const Home>& home_ptr() const { return home_; }
  const QualifierSet& qualifiers() const { return qualifiers_; }
  bool is_abstract() const { return is_abstract_; }
  bool is_singleton() const { return is_singleton_; }
  bool is_association() const { return is_association_; }
  bool is_dynamic() const { return is_dynamic_; }
  // Whether texts of a locale were merged in (amendment.h): then its qualifiers are not all its own, and writing it
  // back as it is answers WBEM_E_AMENDED_OBJECT (contract 8.9). Changes of a class keep the mark, subclasses do not
  // have it.
  bool is_amended() const { return is_amended_; }

  // True for the class itself and each ancestor; without case.
  bool IsA(std::string_view class_name) const;

  // Inherited first; the index is the slot.
  const std::vector<Property>& properties() const { return properties_; }
  std::optional<std::size_t> FindSlot(std::string_view property) const;
  const Property* FindProperty(std::string_view property) const;
  // Slots of the key properties, in the alphabetical order of their names (paths print them so, contract 8.5).
  const std::vector<std::size_t>& key_slots() const { return key_slots_; }
  // The defaults as a row; what a new instance starts from. One view a slot.
  const std::vector<ValueView>& default_row() const { return default_row_; }

  const std::vector<Method>& methods() const { return methods_; }
  const Method* FindMethod(std::string_view method) const;

 private:
  friend class ClassDraft;  // fills and changes a class that nobody else sees yet
  Class() = default;
  Class(const Class&) = default;  // leaves default_row_ looking into the other
  Class& operator=(Class&&) = default;

  std::string name_;
  ClassPtr superclass_;
  std::shared_ptr<const Home> home_;
  std::vector<std::string> derivation_;
  QualifierSet qualifiers_;
  std::vector<Property> properties_;
  std::vector<Method> methods_;
  std::unordered_map<std::string, std::size_t, FoldedHash, FoldedEqual> slots_;
  std::vector<std::size_t> key_slots_;
  std::vector<ValueView> default_row_;
  bool is_abstract_ = false;
  bool is_singleton_ = false;
  bool is_association_ = false;
  bool is_dynamic_ = false;
  bool is_amended_ = false;
};

}  // namespace wmi::cim
