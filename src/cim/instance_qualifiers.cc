#include "cim/instance_qualifiers.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "cim/check.h"
#include "cim/instance_edit.h"
#include "cim/qualifier_rules.h"

namespace wmi::cim {
namespace {

constexpr std::string_view kKey = "key";
constexpr std::string_view kCimType = "CIMTYPE";

auto PlaceOf(auto& of_properties, std::size_t slot) {
  return std::lower_bound(
      of_properties.begin(), of_properties.end(), slot,
      [](const InstanceQualifiers::OfProperty& item, std::size_t wanted) { return item.slot < wanted; });
}

const QualifierSet& OfClass(const Class& schema, QualifiedSlot slot) {
  return slot ? schema.properties()[*slot].qualifiers : schema.qualifiers();
}

const QualifierSet* Own(const InstanceQualifiers* own, QualifiedSlot slot) {
  if (own == nullptr) return nullptr;
  return slot ? own->FindProperty(*slot) : &own->of_object;
}

QualifierSet& EnsureOwn(InstanceQualifiers& own, QualifiedSlot slot) {
  return slot ? own.EnsureProperty(*slot) : own.of_object;
}

// The class's qualifier of this name that reaches its instances.
const Qualifier* FindHandedDown(const QualifierSet& of_class, std::string_view name) {
  const Qualifier* found = of_class.Find(name);
  return found != nullptr && (found->flavor & flavor::kToInstance) != 0 ? found : nullptr;
}

// CIMTYPE says what the class says (api: iwbemclassobject-put, remarks).
bool IsOverridable(const Qualifier& of_class) {
  return (of_class.flavor & flavor::kNotOverridable) == 0 && !EqualFolded(of_class.name, kCimType);
}

// Those that say something, checked.
Result<QualifierSet> CheckOwn(const QualifierSet& own, const QualifierSet& of_class) {
  if (own.size() > limits::kQualifiersMax) {
    return Status(code::kQuotaViolation,
                  fmt::format("{} qualifiers; at most {} are allowed", own.size(), limits::kQualifiersMax));
  }
  QualifierSet result;
  for (const Qualifier& qualifier : own) {
    if (qualifier.propagated) continue;
    TRY(CheckWrittenName(qualifier.name));
    if (EqualFolded(qualifier.name, kKey)) {
      return Status(code::kCannotBeKey, "keys are a matter of the class; an instance cannot have a qualifier Key");
    }
    TRY(CheckQualifier(qualifier));
    const Qualifier* above = FindHandedDown(of_class, qualifier.name);
    if (above == nullptr || IsOverridable(*above)) {
      result.Set(qualifier);
    } else if (!(above->type == qualifier.type) || !(above->value == qualifier.value)) {
      return Status(code::kOverrideNotAllowed,
                    fmt::format("qualifier {} is {} in the class and may not be overridden with {}", qualifier.name,
                                Describe(above->value.view()), Describe(qualifier.value.view())));
    }
  }
  return result;
}

InstanceQualifiers CopyOfOwn(const Object& instance) {
  const InstanceQualifiers* own = instance.own_qualifiers();
  return own == nullptr ? InstanceQualifiers() : *own;
}

}  // namespace

const QualifierSet* InstanceQualifiers::FindProperty(std::size_t slot) const {
  const auto place = PlaceOf(of_properties, slot);
  return place != of_properties.end() && place->slot == slot ? &place->qualifiers : nullptr;
}

QualifierSet& InstanceQualifiers::EnsureProperty(std::size_t slot) {
  auto place = PlaceOf(of_properties, slot);
  if (place == of_properties.end() || place->slot != slot) place = of_properties.insert(place, {slot, {}});
  return place->qualifiers;
}

bool SameInstanceQualifiers(const InstanceQualifiers* a, const InstanceQualifiers* b) {
  if (a == b) return true;
  if (a == nullptr || b == nullptr) return (a == nullptr ? b : a)->empty();
  return *a == *b;
}

Result<InstanceQualifiersPtr> MakeInstanceQualifiers(const Class& schema, InstanceQualifiers own) {
  InstanceQualifiers checked;
  Result<QualifierSet> of_object = CheckOwn(own.of_object, schema.qualifiers());
  if (!of_object.ok()) return At(of_object.status(), schema.name());
  checked.of_object = std::move(of_object).value();
  for (const InstanceQualifiers::OfProperty& item : own.of_properties) {
    if (item.slot >= schema.properties().size()) {
      return Status(code::kNotFound, fmt::format("{} has {} properties; there is none in slot {}", schema.name(),
                                                 schema.properties().size(), item.slot));
    }
    const Property& property = schema.properties()[item.slot];
    Result<QualifierSet> of_property = CheckOwn(item.qualifiers, property.qualifiers);
    if (!of_property.ok()) {
      return At(of_property.status(), fmt::format("{}.{}", schema.name(), property.name));
    }
    if (!of_property->empty()) checked.EnsureProperty(item.slot) = std::move(of_property).value();
  }
  if (checked.empty()) return InstanceQualifiersPtr();
  return InstanceQualifiersPtr(std::make_shared<const InstanceQualifiers>(std::move(checked)));
}

QualifierSet ShownQualifiers(const Object& object, QualifiedSlot slot) {
  const QualifierSet& of_class = OfClass(object.schema(), slot);
  if (object.is_class()) return of_class;
  const QualifierSet* own = Own(object.own_qualifiers(), slot);
  if (own == nullptr || own->empty()) return HandedToInstances(of_class);
  QualifierSet result = *own;
  for (const Qualifier& qualifier : HandedToInstances(of_class)) {
    if (own->Find(qualifier.name) == nullptr) result.Set(qualifier);
  }
  return result;
}

Result<Object> PutInstanceQualifier(const Object& instance, QualifiedSlot slot, Qualifier qualifier) {
  InstanceQualifiers own = CopyOfOwn(instance);
  qualifier.propagated = false;
  EnsureOwn(own, slot).Set(std::move(qualifier));
  return WithQualifiers(instance, TRY(MakeInstanceQualifiers(instance.schema(), std::move(own))));
}

Result<InstanceRemoval> RemoveInstanceQualifier(const Object& instance, QualifiedSlot slot, std::string_view name) {
  const Qualifier* above = FindHandedDown(OfClass(instance.schema(), slot), name);
  const QualifierSet* shown = Own(instance.own_qualifiers(), slot);
  if (shown == nullptr || shown->Find(name) == nullptr) {
    if (above == nullptr) return Status(code::kNotFound, fmt::format("there is no qualifier {}", name));
    return Status(code::kPropagatedQualifier, fmt::format("the qualifier {} comes from the class", name));
  }
  InstanceQualifiers own = CopyOfOwn(instance);
  EnsureOwn(own, slot).Remove(name);
  InstanceQualifiersPtr left = TRY(MakeInstanceQualifiers(instance.schema(), std::move(own)));
  return InstanceRemoval{WithQualifiers(instance, std::move(left)),
                         above == nullptr ? code::kOk : code::kResetToDefault};
}

}  // namespace wmi::cim
