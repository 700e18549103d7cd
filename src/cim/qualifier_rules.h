// What qualifiers must satisfy, and how they come down from what is above (contract 8.3, 8.4): the rules that classes
// and instances share. Functions without state; safe from any thread.
#pragma once

#include <string_view>

#include "base/status.h"
#include "cim/class.h"

namespace wmi::cim {

// The failure with the element it happened at in front of the message and as the status's `parameter`.
Status At(const Status& status, std::string_view element);

// Sint32, real64, string, boolean or an array of one of these, never NULL, with flavors that exist. Failure:
// kQualifierNameTooWide, kInvalidQualifier, kInvalidQualifierType, kInvalidFlavor.
Status CheckQualifier(const Qualifier& qualifier);
// The name of one that a program writes: none may start or end with an underscore (kInvalidQualifier).
Status CheckWrittenName(std::string_view name);

// What an element of a class ends up with: its own qualifiers, then those that its counterpart in the superclass (null
// when there is none) hands down. Those of `own` that are marked as propagated are left out. Failure: the codes of
// CheckQualifier, kQuotaViolation, kOverrideNotAllowed.
Result<QualifierSet> JoinQualifiers(QualifierSet own, const QualifierSet* inherited);

// What an element that a subclass does not declare itself has: those that its counterpart hands down.
QualifierSet HandedToSubclasses(const QualifierSet& of_superclass);

}  // namespace wmi::cim
