#include "engine/association_roles.h"

#include <string>
#include <utility>

#include "base/text.h"

namespace wmi::engine {
namespace {

using Candidate = AssociationIndex::Candidate;

bool IsA(const cim::Class& schema, const cim::ClassPtr& wanted) {
  return wanted == nullptr || schema.IsA(wanted->name());
}

bool HasQualifier(const cim::Class& schema, const std::string& wanted) {
  return wanted.empty() || schema.qualifiers().Find(wanted) != nullptr;
}

bool IsReference(const cim::Property& property) {
  return property.type.type == cim::CimType::kReference && !property.type.is_array;
}

}  // namespace

std::vector<Candidate> AssociationRoles::Of(const AssociationIndex& index, const cim::Class& source) const {
  std::vector<Candidate> candidates;
  for (Candidate& candidate : index.CandidatesFor(source)) {
    const cim::Class& association = *candidate.association;
    if (!IsA(association, query_.association_class)) continue;
    if (!HasQualifier(association, query_.association_qualifier)) continue;
    std::erase_if(candidate.slots, [&](std::size_t slot) { return !MayBeSource(association, slot); });
    if (!candidate.slots.empty()) candidates.push_back(std::move(candidate));
  }
  return candidates;
}

bool AssociationRoles::MayBeSource(const cim::Class& association, std::size_t slot) const {
  if (!query_.role.empty() && !EqualFolded(association.properties()[slot].name, query_.role)) return false;
  return query_.asks == wql::AssociationClause::Asks::kReferences || !OtherEnds(association, slot).empty();
}

std::vector<std::size_t> AssociationRoles::OtherEnds(const cim::Class& association, std::size_t source_slot) const {
  std::vector<std::size_t> ends;
  for (std::size_t slot = 0; slot < association.properties().size(); ++slot) {
    const cim::Property& property = association.properties()[slot];
    if (slot == source_slot || !IsReference(property)) continue;
    if (!query_.result_role.empty() && !EqualFolded(property.name, query_.result_role)) continue;
    const cim::ClassPtr declared = classes_.FindClass(property.type.class_name);
    if (declared == nullptr || MayHoldResult(*declared)) ends.push_back(slot);
  }
  return ends;
}

bool AssociationRoles::IsResult(const cim::Class& schema) const {
  return IsA(schema, query_.result_class) && HasQualifier(schema, query_.result_qualifier);
}

bool AssociationRoles::MayHoldResult(const cim::Class& schema) const {
  return IsA(schema, query_.result_class) || query_.result_class->IsA(schema.name());
}

}  // namespace wmi::engine
