// Amendment: texts of a language, merged into a class when they are asked for (contract 8.9).
//
// A namespace ms_xxx beside a namespace's classes holds their twins: classes of the same names whose qualifiers of the
// flavor Amended are in the language xxx. A caller with WBEM_FLAG_USE_AMENDED_QUALIFIERS gets the classes with those
// merged in; the marks that this leaves (Class::is_amended) let a put without the flag be refused with
// WBEM_E_AMENDED_OBJECT, and a put with it store what is not amended. Functions without state; safe from any thread.
#pragma once

#include "base/status.h"
#include "cim/class.h"
#include "cim/class_finder.h"
#include "cim/row.h"

namespace wmi::cim {

// The class with the amended qualifiers of its twin: of the class, its properties, its methods and their parameters,
// inherited ones too. One that the twin inherits does not replace one that the class says itself. `localized` may also
// be the twin of an ancestor, for a class without one: then only what it hands to subclasses counts. Slots, values,
// home and superclass stay. kInvalidClass when `localized` is the twin of neither.
Result<ClassPtr> Amend(const ClassPtr& schema, const Class& localized);

// Amends from the nearest of the class and its ancestors that has a twin in `locale`; the class itself, without the
// mark, when none has.
Result<ClassPtr> Amend(const ClassPtr& schema, const ClassFinder& locale);

// An instance as one of the amended class; `amended` was made from its class. The values are shared or copied.
Object AmendInstance(const Object& instance, const ClassPtr& amended);

// The declaration without the qualifiers of the flavor Amended, which a put with the flag does not store.
ClassDeclaration WithoutAmendedQualifiers(ClassDeclaration declaration);

}  // namespace wmi::cim
