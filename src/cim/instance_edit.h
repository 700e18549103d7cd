// Instances made and changed one value at a time: what a client does to an instance before it is put (contract 8.3).
// Functions without state; safe from several threads.
#pragma once

#include <cstddef>

#include "cim/class.h"
#include "cim/instance_qualifiers.h"
#include "cim/row.h"
#include "cim/value.h"

namespace wmi::cim {

// With the defaults of its class.
Object NewInstance(const ClassPtr& schema);
// With NULL everywhere.
Object EmptyInstance(const ClassPtr& schema);

// The instance with another value in one slot; the one given stays as it is. The value suits the type of the property
// (CheckValue). Costs a copy of the row.
Object WithValue(const Object& instance, std::size_t slot, ValueView value);

// The instance with other qualifiers of its own (MakeInstanceQualifiers, or those of another instance of the class);
// null for none.
Object WithQualifiers(const Object& instance, InstanceQualifiersPtr qualifiers);

}  // namespace wmi::cim
