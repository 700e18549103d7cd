#include "cim/class.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/limits.h"
#include "cim/check.h"
#include "cim/qualifier_rules.h"

namespace wmi::cim {
namespace {

constexpr std::uint32_t kKeyFlavor = flavor::kToInstance | flavor::kToSubclass | flavor::kNotOverridable;
constexpr std::uint32_t kCimTypeFlavor = flavor::kToInstance | flavor::kToSubclass;
constexpr std::string_view kReturnValue = "ReturnValue";

bool IsValidType(const DataType& type) { return type.type != CimType::kEmpty && !TypeName(type.type).empty(); }

// Puts CIMTYPE in place. A client that works through the COM surface says the class of a reference or object in that
// qualifier, so it is read first.
void ApplyCimType(Property& property) {
  const std::string_view said = property.qualifiers.Text("CIMTYPE");
  const std::size_t colon = said.find(':');
  const bool names_a_class = property.type.type == CimType::kReference || property.type.type == CimType::kObject;
  if (names_a_class && property.type.class_name.empty() && colon != std::string_view::npos &&
      EqualFolded(said.substr(0, colon), TypeName(property.type.type))) {
    property.type.class_name = std::string(said.substr(colon + 1));
  }
  Qualifier qualifier;
  qualifier.name = "CIMTYPE";
  qualifier.value = Value::Text(CimTypeText(property.type));
  qualifier.type = {CimType::kString, false, ""};
  qualifier.flavor = kCimTypeFlavor;
  property.qualifiers.Set(std::move(qualifier));
}

// A key is a key for ever after, so its qualifier always travels (contract 8.5).
Status ApplyKeyFlavor(Property& property) {
  const Qualifier* key = property.qualifiers.Find("key");
  if (key == nullptr) return Status();
  if (!property.qualifiers.IsTrue("key")) {
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

bool SameType(const DataType& a, const DataType& b) { return a.type == b.type && a.is_array == b.is_array; }

// The ID of a parameter, nullopt when it has none.
Result<std::optional<std::int64_t>> IdOf(const Property& parameter) {
  const Qualifier* id = parameter.qualifiers.Find("ID");
  if (id == nullptr) return std::optional<std::int64_t>();
  const ValueView value = id->value.view();
  if (value.kind() != ValueKind::kSigned || value.signed_integer() < 0) {
    return Status(code::kInvalidParameterId,
                  fmt::format("the ID of parameter {} is {}; use a number from 0", parameter.name, Describe(value)));
  }
  return std::optional<std::int64_t>(value.signed_integer());
}

// Contract 8.3, PutMethod: every parameter has an ID, they run from 0 without gap, one in both signatures has one ID
// and one type, the return value has none.
class SignatureChecker {
 public:
  explicit SignatureChecker(const Method& method) : method_(method) {}

  Status Check() {
    if (method_.in != nullptr) TRY(CheckSide(*method_.in));
    if (method_.out != nullptr) TRY(CheckSide(*method_.out));
    TRY(CheckShared());
    return CheckNumbers();
  }

 private:
  Status CheckSide(const Class& side) {
    for (const Property& parameter : side.properties()) {
      const std::optional<std::int64_t> id = TRY(IdOf(parameter));
      if (EqualFolded(parameter.name, kReturnValue)) {
        TRY(CheckReturn(side, parameter, id.has_value()));
        continue;
      }
      if (!id)
        return Status(code::kMissingParameterId, fmt::format("parameter {} has no ID qualifier", parameter.name));
      if (&side == method_.out.get() && method_.in != nullptr && method_.in->FindSlot(parameter.name)) continue;
      ids_.push_back(*id);
    }
    return Status();
  }

  Status CheckReturn(const Class& side, const Property& parameter, bool has_id) {
    if (&side == method_.in.get()) {
      return Status(code::kInvalidMethodParameters, "ReturnValue cannot be an input parameter");
    }
    if (has_id) return Status(code::kParameterIdOnRetval, "ReturnValue must not have an ID qualifier");
    if (parameter.type.is_array) return Status(code::kInvalidMethodParameters, "a method cannot return an array");
    return Status();
  }

  Status CheckShared() {
    if (method_.in == nullptr || method_.out == nullptr) return Status();
    for (const Property& parameter : method_.in->properties()) {
      const Property* twin = method_.out->FindProperty(parameter.name);
      if (twin == nullptr) continue;
      if (!SameType(parameter.type, twin->type)) {
        return Status(code::kInvalidDuplicateParameter,
                      fmt::format("parameter {} is {} on the way in and {} on the way out", parameter.name,
                                  Describe(parameter.type), Describe(twin->type)));
      }
      const std::optional<std::int64_t> in_id = TRY(IdOf(parameter));
      const std::optional<std::int64_t> out_id = TRY(IdOf(*twin));
      if (in_id != out_id) {
        return Status(code::kInvalidParameterId,
                      fmt::format("parameter {} has one ID on the way in and another on the way out", parameter.name));
      }
    }
    return Status();
  }

  Status CheckNumbers() {
    std::sort(ids_.begin(), ids_.end());
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      if (ids_[i] != static_cast<std::int64_t>(i)) {
        return Status(code::kNonconsecutiveParameterIds,
                      fmt::format("the parameter IDs must run from 0 without gap; {} is missing or {} is there twice",
                                  i, ids_[i]));
      }
    }
    return Status();
  }

  const Method& method_;
  std::vector<std::int64_t> ids_;
};

bool SameSignatureSide(const ClassPtr& a, const ClassPtr& b) {
  const std::size_t size_a = a == nullptr ? 0 : a->properties().size();
  const std::size_t size_b = b == nullptr ? 0 : b->properties().size();
  if (size_a != size_b) return false;
  for (std::size_t slot = 0; slot < size_a; ++slot) {
    const Property& left = a->properties()[slot];
    const Property* right = b->FindProperty(left.name);
    if (right == nullptr || !SameType(left.type, right->type)) return false;
    const Qualifier* left_id = left.qualifiers.Find("ID");
    const Qualifier* right_id = right->qualifiers.Find("ID");
    if ((left_id == nullptr) != (right_id == nullptr)) return false;
    if (left_id != nullptr && !(left_id->value == right_id->value)) return false;
  }
  return true;
}

}  // namespace

// Fills one Class step by step; each step relies on those before it. Used once.
class ClassAssembler {
 public:
  ClassAssembler(ClassDeclaration declaration, ClassPtr superclass, std::shared_ptr<const Home> home)
      : declaration_(std::move(declaration)), superclass_(std::move(superclass)), class_(new Class()) {
    class_->home_ = std::move(home);
  }

  Result<ClassPtr> Assemble() {
    TRY(CheckName(declaration_.name, NameOf::kClass));
    return AssembleDraft();
  }

  // Whatever the name is.
  Result<ClassPtr> AssembleDraft() {
    class_->name_ = declaration_.name;
    TRY(AssembleDerivation());
    TRY(AssembleClassQualifiers());
    InheritProperties();
    for (Property& property : declaration_.properties) TRY(AddProperty(std::move(property)));
    TRY(AssembleKeys());
    TRY(AssembleMethods());
    AssembleDefaults();
    return ClassPtr(std::move(class_));
  }

 private:
  std::string Element(std::string_view member) const { return fmt::format("{}.{}", declaration_.name, member); }

  Status AssembleDerivation() {
    if (superclass_ == nullptr) {
      if (declaration_.superclass.empty()) return Status();
      return Status(code::kInvalidSuperclass,
                    fmt::format("{}: the superclass {} does not exist", class_->name_, declaration_.superclass));
    }
    if (!declaration_.superclass.empty() && !EqualFolded(declaration_.superclass, superclass_->name())) {
      return Status(code::kInvalidSuperclass, fmt::format("{}: the superclass is declared as {}, but {} was given",
                                                          class_->name_, declaration_.superclass, superclass_->name()));
    }
    if (superclass_->IsA(class_->name_)) {
      return Status(code::kCircularReference, fmt::format("{}: a class cannot derive from itself", class_->name_));
    }
    if (superclass_->qualifiers().IsTrue("Terminal")) {
      return Status(code::kInvalidSuperclass, fmt::format("{}: {} is marked Terminal and cannot be derived from",
                                                          class_->name_, superclass_->name()));
    }
    class_->derivation_.push_back(superclass_->name());
    const auto& ancestors = superclass_->derivation();
    class_->derivation_.insert(class_->derivation_.end(), ancestors.begin(), ancestors.end());
    if (class_->derivation_.size() > limits::kDerivationDepthMax) {
      return Status(code::kInvalidSuperclass, fmt::format("{}: derived through more than {} classes", class_->name_,
                                                          limits::kDerivationDepthMax));
    }
    class_->superclass_ = superclass_;
    return Status();
  }

  Status AssembleClassQualifiers() {
    const QualifierSet* inherited = superclass_ == nullptr ? nullptr : &superclass_->qualifiers();
    Result<QualifierSet> joined = JoinQualifiers(declaration_.qualifiers, inherited);
    if (!joined.ok()) return At(joined.status(), class_->name_);
    class_->qualifiers_ = std::move(joined).value();
    const QualifierSet& qualifiers = class_->qualifiers_;
    class_->is_abstract_ = qualifiers.IsTrue("Abstract");
    class_->is_dynamic_ = qualifiers.IsTrue("Dynamic");
    class_->is_singleton_ = qualifiers.IsTrue("Singleton") || (superclass_ != nullptr && superclass_->is_singleton());
    class_->is_association_ =
        qualifiers.IsTrue("Association") || (superclass_ != nullptr && superclass_->is_association());
    if (class_->is_abstract_ && qualifiers.IsTrue("Terminal")) {
      return Status(code::kInvalidQualifier,
                    fmt::format("{}: Terminal and Abstract do not go together", class_->name_));
    }
    return Status();
  }

  void InheritProperties() {
    if (superclass_ == nullptr) {
      class_->properties_.reserve(declaration_.properties.size());
      return;
    }
    class_->properties_.reserve(superclass_->properties().size() + declaration_.properties.size());
    for (const Property& inherited : superclass_->properties()) {
      Property property;
      property.name = inherited.name;
      property.type = inherited.type;
      property.default_value = inherited.default_value;
      // Nothing of its own to check or to collide with, so this cannot fail.
      property.qualifiers = std::move(JoinQualifiers(QualifierSet(), &inherited.qualifiers)).value();
      property.origin = inherited.origin;
      property.is_local = false;
      property.is_key = inherited.is_key;
      class_->slots_.emplace(property.name, class_->properties_.size());
      class_->properties_.push_back(std::move(property));
    }
  }

  Status AddProperty(Property property) {
    const std::optional<std::size_t> slot = class_->FindSlot(property.name);
    if (slot && !property.is_local && !class_->properties_[*slot].is_local) return Status();  // inherited above
    Status status = CheckName(property.name, NameOf::kProperty);
    if (status.ok()) status = PrepareProperty(property, slot);
    if (!status.ok()) return At(status, Element(property.name));
    property.is_local = true;
    if (slot) {
      property.name = class_->properties_[*slot].name;
      class_->properties_[*slot] = std::move(property);
      return Status();
    }
    class_->slots_.emplace(property.name, class_->properties_.size());
    class_->properties_.push_back(std::move(property));
    if (class_->properties_.size() > limits::kPropertiesMax) {
      return Status(code::kTooManyProperties,
                    fmt::format("{} has more than {} properties", class_->name_, limits::kPropertiesMax));
    }
    return Status();
  }

  // Everything but its place in the class.
  Status PrepareProperty(Property& property, std::optional<std::size_t> slot) {
    if (!IsValidType(property.type)) return Status(code::kInvalidPropertyType, "the property has no valid type");
    const Property* inherited = nullptr;
    if (slot) {
      if (class_->properties_[*slot].is_local) return Status(code::kInvalidProperty, "the property is declared twice");
      inherited = superclass_->FindProperty(property.name);
    }
    property.origin = class_->name_;
    property.is_key = false;
    property.is_overridden = inherited != nullptr;
    if (inherited != nullptr) {
      if (!SameType(property.type, inherited->type)) {
        return Status(code::kUpdateTypeMismatch, fmt::format("{} cannot override the inherited type {}",
                                                             Describe(property.type), Describe(inherited->type)));
      }
      property.origin = inherited->origin;
      if (property.default_value.is_null() && !property.is_null_override) {
        property.default_value = inherited->default_value;
      }
    }
    property.qualifiers =
        TRY(JoinQualifiers(property.qualifiers, inherited == nullptr ? nullptr : &inherited->qualifiers));
    ApplyCimType(property);
    TRY(ApplyKeyFlavor(property));
    TRY(CheckValue(property.type, property.default_value.view()));
    return PrepareKey(property, inherited);
  }

  Status PrepareKey(Property& property, const Property* inherited) {
    property.is_key = property.qualifiers.IsTrue("key");
    if (!property.is_key) return Status();
    TRY(CheckKeyType(property));
    if (inherited != nullptr && inherited->is_key) return Status();
    if (superclass_ != nullptr && !superclass_->key_slots().empty()) {
      return Status(code::kCannotBeKey,
                    fmt::format("{} has keys already; a subclass cannot add one", superclass_->name()));
    }
    if (superclass_ != nullptr && superclass_->is_singleton()) {
      return Status(code::kCannotBeKey, fmt::format("{} is a singleton; it has no keys", superclass_->name()));
    }
    return Status();
  }

  Status AssembleKeys() {
    std::vector<std::size_t>& slots = class_->key_slots_;
    for (std::size_t slot = 0; slot < class_->properties_.size(); ++slot) {
      if (class_->properties_[slot].is_key) slots.push_back(slot);
    }
    if (slots.size() > limits::kKeysMax) {
      return Status(code::kCannotBeKey, fmt::format("{} has {} keys; at most {} are allowed", class_->name_,
                                                    slots.size(), limits::kKeysMax));
    }
    if (class_->is_singleton_ && !slots.empty()) {
      return Status(code::kCannotBeSingleton, fmt::format("{} has the key {}; a singleton has none", class_->name_,
                                                          class_->properties_[slots.front()].name));
    }
    std::sort(slots.begin(), slots.end(), [&](std::size_t a, std::size_t b) {
      return CompareFolded(class_->properties_[a].name, class_->properties_[b].name) < 0;
    });
    return Status();
  }

  Status AssembleMethods() {
    if (superclass_ != nullptr) {
      for (const Method& inherited : superclass_->methods()) {
        Method method = inherited;
        method.qualifiers = std::move(JoinQualifiers(QualifierSet(), &inherited.qualifiers)).value();
        method.is_local = false;
        method.is_overridden = false;
        class_->methods_.push_back(std::move(method));
      }
    }
    if (class_->methods_.size() + declaration_.methods.size() > limits::kMethodsMax) {
      return Status(code::kQuotaViolation,
                    fmt::format("{} has more than {} methods", class_->name_, limits::kMethodsMax));
    }
    for (Method& method : declaration_.methods) {
      const Status status = AddMethod(method);
      if (!status.ok()) return At(status, Element(method.name));
    }
    return Status();
  }

  Status AddMethod(Method& method) {
    const auto same_name = [&](const Method& other) { return EqualFolded(other.name, method.name); };
    const auto existing = std::find_if(class_->methods_.begin(), class_->methods_.end(), same_name);
    const bool is_there = existing != class_->methods_.end();
    if (is_there && !existing->is_local && !method.is_local) return Status();  // inherited above
    TRY(CheckName(method.name, NameOf::kMethod));
    if (is_there && existing->is_local) return Status(code::kInvalidMethod, "the method is declared twice");
    TRY(SignatureChecker(method).Check());
    const Method* inherited = is_there ? superclass_->FindMethod(method.name) : nullptr;
    if (inherited != nullptr &&
        !(SameSignatureSide(method.in, inherited->in) && SameSignatureSide(method.out, inherited->out))) {
      return Status(code::kPropagatedMethod,
                    fmt::format("the method is inherited from {} with another signature", inherited->origin));
    }
    method.qualifiers = TRY(JoinQualifiers(method.qualifiers, inherited == nullptr ? nullptr : &inherited->qualifiers));
    method.origin = inherited == nullptr ? class_->name_ : inherited->origin;
    method.is_local = true;
    method.is_overridden = inherited != nullptr;
    if (is_there) {
      method.name = existing->name;
      *existing = method;
    } else {
      class_->methods_.push_back(method);
    }
    return Status();
  }

  // Last, because views look into properties that must not move any more.
  void AssembleDefaults() {
    class_->default_row_.reserve(class_->properties_.size());
    for (const Property& property : class_->properties_) class_->default_row_.push_back(property.default_value.view());
  }

  ClassDeclaration declaration_;
  ClassPtr superclass_;
  std::shared_ptr<Class> class_;
};

Result<ClassPtr> Class::Make(ClassDeclaration declaration, ClassPtr superclass, std::shared_ptr<const Home> home) {
  return ClassAssembler(std::move(declaration), std::move(superclass), std::move(home)).Assemble();
}

Result<ClassPtr> Class::MakeDraft(ClassDeclaration declaration, ClassPtr superclass, std::shared_ptr<const Home> home) {
  const bool is_named = !declaration.name.empty();
  ClassAssembler assembler(std::move(declaration), std::move(superclass), std::move(home));
  return is_named ? assembler.Assemble() : assembler.AssembleDraft();
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
