// The answers to ASSOCIATORS OF and REFERENCES OF (contract 7.3).
#pragma once

#include "engine/calls.h"
#include "engine/session.h"
#include "engine/source_parts.h"
#include "wql/association_query.h"

namespace wmi::engine {

// Looks for the source object, asks only the association classes that can refer to an object of its class — the
// repository by its index of references, providers one after the other, for what concerns the object alone if they take
// such a question — and then for the other ends, those of one class together. Ends in WBEM_E_NOT_FOUND when there is no
// source object. A provider of associations that fails does not end the call: it ends with partial results, naming the
// provider.
SourcePtr AssociationSource(SessionPtr session, wql::AssociationQuery query, CallOptions options);

}  // namespace wmi::engine
