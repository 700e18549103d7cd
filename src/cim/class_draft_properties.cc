// The properties of a ClassDraft.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "cim/check.h"
#include "cim/class_draft.h"
#include "cim/qualifier_rules.h"

namespace wmi::cim {
namespace {

constexpr std::uint32_t kKeyFlavor = flavor::kToInstance | flavor::kToSubclass | flavor::kNotOverridable;
constexpr std::uint32_t kCimTypeFlavor = flavor::kToInstance | flavor::kToSubclass;
constexpr std::string_view kCimType = "CIMTYPE";
constexpr std::string_view kKey = "key";

bool IsValidType(const DataType& type) { return type.type != CimType::kEmpty && !TypeName(type.type).empty(); }

bool CanNameClass(CimType type) { return type == CimType::kReference || type == CimType::kObject; }

// Puts CIMTYPE in place. Whoever declares a property may say the class of a reference or object in that qualifier, so
// it is read first.
void ApplyCimType(Property& property) {
  if (CanNameClass(property.type.type) && property.type.class_name.empty()) {
    const std::string_view said = property.qualifiers.Text(kCimType);
    const std::size_t colon = said.find(':');
    if (colon != std::string_view::npos && EqualFolded(said.substr(0, colon), TypeName(property.type.type))) {
      property.type.class_name = std::string(said.substr(colon + 1));
    }
  }
  Qualifier qualifier;
  qualifier.name = kCimType;
  qualifier.value = Value::Text(CimTypeText(property.type));
  qualifier.type = {CimType::kString, false, ""};
  qualifier.flavor = kCimTypeFlavor;
  property.qualifiers.Set(std::move(qualifier));
}

// A key is a key for ever after, so its qualifier always travels (contract 8.5).
Status ApplyKeyFlavor(Property& property) {
  const Qualifier* key = property.qualifiers.Find(kKey);
  if (key == nullptr) return Status();
  if (!property.qualifiers.IsTrue(kKey)) {
    return Status(code::kInvalidQualifier, "the qualifier Key can only be TRUE; leave it out instead");
  }
  Qualifier copy = *key;
  copy.flavor |= kKeyFlavor;
  property.qualifiers.Set(std::move(copy));
  return Status();
}

Status CheckKeyType(const Property& property) {
  if (property.type.is_array || IsReal(property.type.type) || property.type.type == CimType::kObject) {
    return Status(code::kCannotBeKey,
                  fmt::format("a key cannot be of type {}; arrays, reals and embedded objects cannot be keys",
                              Describe(property.type)));
  }
  return Status();
}

// What a written CIMTYPE makes of the type of a property. Texts may become texts of another kind, which is how a
// program without CIM types says datetime and reference (api: iwbemclassobject-put, remarks).
Result<DataType> TypeSaidBy(const Property& property, const Qualifier& qualifier) {
  const ValueView value = qualifier.value.view();
  const std::string_view said = value.kind() == ValueKind::kText ? value.text() : std::string_view();
  const std::size_t colon = said.find(':');
  const std::optional<CimType> type = FindType(said.substr(0, colon));
  const bool suits = type && (*type == property.type.type || (IsTextual(*type) && IsTextual(property.type.type))) &&
                     (colon == std::string_view::npos || (CanNameClass(*type) && IsIdentifier(said.substr(colon + 1))));
  DataType result = property.type;
  if (suits) {
    result.type = *type;
    result.class_name = colon == std::string_view::npos ? "" : said.substr(colon + 1);
  }
  if (!suits || !CheckValue(result, property.default_value.view()).ok()) {
    return Status(code::kInvalidQualifier, fmt::format("CIMTYPE {} does not suit {}, which is {}", Describe(value),
                                                       property.name, Describe(property.type)));
  }
  return result;
}

}  // namespace

// ---- filling --------------------------------------------------------------------------------------------------------

Property ClassDraft::InheritedForm(const Property& inherited) {
  Property property;
  property.name = inherited.name;
  property.type = inherited.type;
  property.default_value = inherited.default_value;
  property.qualifiers = HandedToSubclasses(inherited.qualifiers);
  property.origin = inherited.origin;
  property.is_local = false;
  property.is_key = inherited.is_key;
  return property;
}

Status ClassDraft::FillProperties(std::vector<Property> declared) {
  const std::size_t inherited = superclass() == nullptr ? 0 : superclass()->properties().size();
  class_->properties_.reserve(inherited + declared.size());
  if (superclass() != nullptr) {
    class_->slots_ = superclass()->slots_;
    for (const Property& property : superclass()->properties()) class_->properties_.push_back(InheritedForm(property));
  }
  for (Property& property : declared) TRY(AddDeclared(std::move(property)));
  SortKeys();
  const std::vector<std::size_t>& keys = class_->key_slots_;
  if (keys.size() > limits::kKeysMax) {
    return Status(code::kCannotBeKey,
                  fmt::format("{} has {} keys; at most {} are allowed", class_->name_, keys.size(), limits::kKeysMax));
  }
  if (class_->is_singleton_ && !keys.empty()) {
    return Status(code::kCannotBeSingleton, fmt::format("{} has the key {}; a singleton has none", class_->name_,
                                                        class_->properties_[keys.front()].name));
  }
  // Now that the properties do not move any more.
  ViewDefaults();
  return Status();
}

Status ClassDraft::AddDeclared(Property property) {
  const Slot slot = class_->FindSlot(property.name);
  if (slot && !property.is_local && !class_->properties_[*slot].is_local) return Status();  // inherited above
  Status status = CheckName(property.name, NameOf::kProperty);
  if (status.ok() && slot && class_->properties_[*slot].is_local) {
    status = Status(code::kInvalidProperty, "the property is declared twice");
  }
  if (status.ok()) status = Prepare(property, slot ? InheritedProperty(property.name) : nullptr);
  if (!status.ok()) return At(status, MemberName(property.name));
  if (slot) {
    property.name = class_->properties_[*slot].name;
    class_->properties_[*slot] = std::move(property);
    return Status();
  }
  if (class_->properties_.size() >= limits::kPropertiesMax) return TooManyProperties();
  class_->slots_.emplace(property.name, class_->properties_.size());
  class_->properties_.push_back(std::move(property));
  return Status();
}

Status ClassDraft::TooManyProperties() const {
  return Status(code::kTooManyProperties,
                fmt::format("{} has more than {} properties", class_->name_, limits::kPropertiesMax));
}

// ---- one property ---------------------------------------------------------------------------------------------------

const Property* ClassDraft::InheritedProperty(std::string_view name) const {
  return superclass() == nullptr ? nullptr : superclass()->FindProperty(name);
}

// Everything but its place in the class.
Status ClassDraft::Prepare(Property& property, const Property* inherited) const {
  if (!IsValidType(property.type)) return Status(code::kInvalidPropertyType, "the property has no valid type");
  property.origin = class_->name_;
  property.is_local = true;
  property.is_key = false;
  property.is_overridden = inherited != nullptr;
  if (inherited != nullptr) {
    if (!HasSameShape(property.type, inherited->type)) {
      return Status(code::kUpdateTypeMismatch, fmt::format("{} cannot override the inherited type {}",
                                                           Describe(property.type), Describe(inherited->type)));
    }
    property.origin = inherited->origin;
    if (property.default_value.is_null() && !property.is_null_override) {
      property.default_value = inherited->default_value;
    }
  }
  property.qualifiers =
      TRY(JoinQualifiers(std::move(property.qualifiers), inherited == nullptr ? nullptr : &inherited->qualifiers));
  ApplyCimType(property);
  TRY(ApplyKeyFlavor(property));
  TRY(CheckValue(property.type, property.default_value.view()));
  return PrepareKey(property, inherited);
}

Status ClassDraft::PrepareKey(Property& property, const Property* inherited) const {
  property.is_key = property.qualifiers.IsTrue(kKey);
  if (!property.is_key) return Status();
  TRY(CheckKeyType(property));
  if (inherited != nullptr && inherited->is_key) return Status();
  if (superclass() != nullptr && !superclass()->key_slots().empty()) {
    return Status(code::kCannotBeKey,
                  fmt::format("{} has keys already; a subclass cannot add one", superclass()->name()));
  }
  if (superclass() != nullptr && superclass()->is_singleton()) {
    return Status(code::kCannotBeKey, fmt::format("{} is a singleton; it has no keys", superclass()->name()));
  }
  return Status();
}

// What the class itself says, for a change of it; of a property that is only inherited the start of an override.
Property ClassDraft::OwnForm(std::size_t slot) const {
  const Property& property = class_->properties_[slot];
  Property own;
  own.name = property.name;
  own.type = property.type;
  if (!property.is_local) return own;
  own.default_value = property.default_value;
  own.is_null_override = property.is_null_override;
  own.qualifiers.Reserve(property.qualifiers.size() + 1);
  for (const Qualifier& qualifier : property.qualifiers) {
    if (!qualifier.propagated && !EqualFolded(qualifier.name, kCimType)) own.qualifiers.Append(qualifier);
  }
  return own;
}

Status ClassDraft::CheckKeys(Slot slot, const Property& property) const {
  if (!property.is_key || (slot && class_->properties_[*slot].is_key)) return Status();
  if (class_->key_slots_.size() >= limits::kKeysMax) {
    return Status(code::kCannotBeKey, fmt::format("the class has {} keys; no more are allowed", limits::kKeysMax));
  }
  if (class_->is_singleton_) return Status(code::kCannotBeSingleton, "a singleton has no keys");
  return Status();
}

Status ClassDraft::SetProperty(Slot slot, Property property) {
  Status status = CheckName(property.name, NameOf::kProperty);
  if (status.ok()) status = Prepare(property, InheritedProperty(property.name));
  if (status.ok()) status = CheckKeys(slot, property);
  if (!status.ok()) return At(status, MemberName(property.name));
  if (!slot && class_->properties_.size() >= limits::kPropertiesMax) return TooManyProperties();
  Commit(slot, std::move(property));
  return Status();
}

// What may run out of memory comes first, so that the class is whole whatever happens.
void ClassDraft::Commit(Slot slot, Property property) {
  std::vector<Property>& properties = class_->properties_;
  const bool changes_keys = property.is_key != (slot && properties[*slot].is_key);
  if (changes_keys) class_->key_slots_.reserve(class_->key_slots_.size() + 1);
  if (slot) {
    properties[*slot] = std::move(property);
    class_->default_row_[*slot] = properties[*slot].default_value.view();
  } else {
    if (properties.size() == properties.capacity()) {
      const std::size_t capacity = std::max<std::size_t>(8, 2 * properties.size());
      class_->default_row_.reserve(capacity);
      properties.reserve(capacity);
      ViewDefaults();
    }
    class_->slots_.emplace(property.name, properties.size());
    properties.push_back(std::move(property));
    class_->default_row_.push_back(properties.back().default_value.view());
  }
  if (changes_keys) SortKeys();
}

void ClassDraft::SortKeys() {
  std::vector<std::size_t>& slots = class_->key_slots_;
  slots.clear();
  for (std::size_t slot = 0; slot < class_->properties_.size(); ++slot) {
    if (class_->properties_[slot].is_key) slots.push_back(slot);
  }
  std::sort(slots.begin(), slots.end(), [&](std::size_t a, std::size_t b) {
    return CompareFolded(class_->properties_[a].name, class_->properties_[b].name) < 0;
  });
}

// The views look into the properties, so they are anew wherever those have moved.
void ClassDraft::ViewDefaults() {
  class_->default_row_.clear();
  class_->default_row_.reserve(class_->properties_.capacity());
  for (const Property& property : class_->properties_) class_->default_row_.push_back(property.default_value.view());
}

// ---- changes --------------------------------------------------------------------------------------------------------

Status ClassDraft::NoSuchProperty(std::string_view name) const {
  return Status(code::kNotFound, fmt::format("the class {} has no property {}", class_->name_, name));
}

Status ClassDraft::PutProperty(std::string_view name, DataType type, Value default_value) {
  const Property* inherited = InheritedProperty(name);
  if (inherited != nullptr && !HasSameShape(type, inherited->type)) {
    return Status(code::kTypeMismatch, fmt::format("{} is {} in the superclass and cannot become {}", name,
                                                   Describe(inherited->type), Describe(type)));
  }
  const Slot slot = class_->FindSlot(name);
  Property property;
  if (slot) {
    property = OwnForm(*slot);
    if (type.class_name.empty() && property.type.type == type.type) type.class_name = property.type.class_name;
  } else {
    property.name = std::string(name);
  }
  property.type = std::move(type);
  property.is_null_override = inherited != nullptr && default_value.is_null();
  property.default_value = std::move(default_value);
  return SetProperty(slot, std::move(property));
}

Result<Code> ClassDraft::RemoveProperty(std::string_view name) {
  const Slot slot = class_->FindSlot(name);
  if (!slot) return NoSuchProperty(name);
  std::vector<Property>& properties = class_->properties_;
  if (!properties[*slot].is_local) {
    return Status(code::kPropagatedProperty,
                  fmt::format("the property {} is inherited from {}", name, properties[*slot].origin));
  }
  if (properties[*slot].is_overridden) {
    Commit(slot, InheritedForm(*InheritedProperty(name)));
    return code::kResetToDefault;
  }
  decltype(class_->slots_) slots;
  for (std::size_t i = 0; i < properties.size(); ++i) {
    if (i != *slot) slots.emplace(properties[i].name, i < *slot ? i : i - 1);
  }
  class_->slots_.swap(slots);
  properties.erase(properties.begin() + static_cast<std::ptrdiff_t>(*slot));
  SortKeys();
  ViewDefaults();
  return code::kOk;
}

Status ClassDraft::PutPropertyQualifier(std::string_view name, Qualifier qualifier) {
  const Slot slot = class_->FindSlot(name);
  if (!slot) return NoSuchProperty(name);
  Property property = OwnForm(*slot);
  if (EqualFolded(qualifier.name, kCimType)) {
    property.type = TRY(TypeSaidBy(property, qualifier));
    const Property* inherited = InheritedProperty(name);
    if (inherited != nullptr && !HasSameShape(property.type, inherited->type)) {
      return Status(code::kInvalidQualifier, fmt::format("{} is {} in the superclass and cannot become {}", name,
                                                         Describe(inherited->type), Describe(property.type)));
    }
  } else {
    property.qualifiers.Set(std::move(qualifier));
  }
  return SetProperty(slot, std::move(property));
}

Status ClassDraft::RemovePropertyQualifier(std::string_view property_name, std::string_view name) {
  const Slot slot = class_->FindSlot(property_name);
  if (!slot) return NoSuchProperty(property_name);
  Property property = OwnForm(*slot);
  property.qualifiers.Remove(name);
  return SetProperty(slot, std::move(property));
}

}  // namespace wmi::cim
