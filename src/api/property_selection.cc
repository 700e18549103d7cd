#include "api/property_selection.h"

#include <utility>

#include "api/input.h"
#include "api/system_properties.h"
#include "api/variant_value.h"
#include "cim/instance_qualifiers.h"

namespace wmi::api {
namespace {

using cim::Object;
using cim::Property;

constexpr std::uint32_t kKnownFlags = WBEM_MASK_PRIMARY_CONDITION | WBEM_FLAG_KEYS_ONLY | WBEM_FLAG_REFS_ONLY |
                                      WBEM_MASK_CONDITION_ORIGIN | WBEM_MASK_CLASS_CONDITION;

// The flags taken apart, with the qualifier to look for.
struct Selection {
  std::uint32_t condition = 0;
  std::uint32_t origin = 0;
  std::uint32_t of_class = 0;
  bool keys_only = false;
  bool refs_only = false;
  std::string_view qualifier;
  const VARIANT* qualifier_value = nullptr;
};

bool SuitsQualifier(const Selection& selection, const cim::QualifierSet& qualifiers) {
  if (selection.condition == WBEM_FLAG_ALWAYS) return true;
  const cim::Qualifier* found = qualifiers.Find(selection.qualifier);
  if (selection.condition == WBEM_FLAG_ONLY_IF_TRUE) return found != nullptr;
  if (selection.condition == WBEM_FLAG_ONLY_IF_FALSE) return found == nullptr;
  return found != nullptr && SameAsVariant(found->type, found->value.view(), *selection.qualifier_value);
}

bool SuitsOrigin(const Selection& selection, const Property& property) {
  switch (selection.origin) {
    case WBEM_FLAG_LOCAL_ONLY:
      return property.is_local;
    case WBEM_FLAG_PROPAGATED_ONLY:
      return !property.is_local;
    case WBEM_FLAG_SYSTEM_ONLY:
      return false;
    default:
      return true;
  }
}

bool Suits(const Selection& selection, const Object& object, std::size_t slot) {
  const Property& property = object.schema().properties()[slot];
  if (!object.IsVisible(slot) || !SuitsOrigin(selection, property)) return false;
  if (selection.keys_only && !property.is_key) return false;
  if (selection.refs_only && property.type.type != cim::CimType::kReference) return false;
  if (selection.of_class == WBEM_FLAG_CLASS_OVERRIDES_ONLY && !property.is_overridden) return false;
  if (selection.of_class == WBEM_FLAG_CLASS_LOCAL_AND_OVERRIDES && !property.is_local) return false;
  return selection.condition == WBEM_FLAG_ALWAYS || SuitsQualifier(selection, cim::ShownQualifiers(object, slot));
}

// System properties have no qualifiers, are no keys, and come from no class.
bool WantsSystem(const Selection& selection) {
  const bool origin = selection.origin == 0 || selection.origin == WBEM_FLAG_SYSTEM_ONLY;
  return origin && !selection.keys_only && !selection.refs_only && selection.of_class == 0 &&
         SuitsQualifier(selection, {});
}

bool IsConsistent(const Selection& selection, std::uint32_t flags, const Object& object) {
  if ((flags & ~kKnownFlags) != 0) return false;
  if (selection.origin > WBEM_FLAG_NONSYSTEM_ONLY) return false;
  if (selection.of_class == WBEM_MASK_CLASS_CONDITION) return false;
  if (selection.of_class != 0 && (selection.origin != 0 || !object.is_class())) return false;
  if (selection.condition != WBEM_FLAG_ALWAYS && selection.qualifier.empty()) return false;
  return selection.condition != WBEM_FLAG_ONLY_IF_IDENTICAL || selection.qualifier_value != nullptr;
}

}  // namespace

Code SelectProperties(const Object& object, long flags, const wchar_t* qualifier_name, const VARIANT* qualifier_value,
                      std::vector<PropertyId>& out) {
  const std::uint32_t bits = LowFlags(flags);
  const NameText qualifier(qualifier_name);
  Selection selection;
  selection.condition = bits & WBEM_MASK_PRIMARY_CONDITION;
  selection.origin = bits & WBEM_MASK_CONDITION_ORIGIN;
  selection.of_class = bits & WBEM_MASK_CLASS_CONDITION;
  selection.keys_only = (bits & WBEM_FLAG_KEYS_ONLY) != 0;
  selection.refs_only = (bits & WBEM_FLAG_REFS_ONLY) != 0;
  selection.qualifier = qualifier.view();
  selection.qualifier_value = qualifier_value;
  if (!IsConsistent(selection, bits, object)) return code::kInvalidParameter;

  std::vector<PropertyId> selected;
  if (WantsSystem(selection)) {
    for (std::uint32_t i = 0; i < SystemProperties().size(); ++i) {
      selected.push_back({PropertyId::Kind::kSystem, i});
    }
  }
  const std::size_t slots = object.schema().properties().size();
  for (std::size_t slot = 0; slot < slots; ++slot) {
    if (Suits(selection, object, slot)) selected.push_back({PropertyId::Kind::kOwn, static_cast<std::uint32_t>(slot)});
  }
  out = std::move(selected);
  return code::kOk;
}

std::string_view PropertyName(const Object& object, PropertyId id) {
  if (id.kind == PropertyId::Kind::kSystem) return SystemProperties()[id.index].name;
  return object.schema().properties()[id.index].name;
}

long PropertyFlavor(const Object& object, PropertyId id) {
  if (id.kind == PropertyId::Kind::kSystem) return WBEM_FLAVOR_ORIGIN_SYSTEM;
  return object.schema().properties()[id.index].is_local ? WBEM_FLAVOR_ORIGIN_LOCAL : WBEM_FLAVOR_ORIGIN_PROPAGATED;
}

}  // namespace wmi::api
