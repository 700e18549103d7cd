// What a registered provider of associations is asked about one object, where it takes such a question (contract 7.6).
#pragma once

#include <string>

#include "cim/class.h"
#include "wql/association_query.h"

namespace wmi::engine {

// The associations of this class to the source of the query, and the objects at their other ends; in normal form.
// `name_space` is that of the provider, which a path in it does not name. Empty when it cannot be written.
std::string ReferencesStatement(const wql::AssociationQuery& query, const std::string& name_space,
                                const cim::Class& association);
std::string AssociatorsStatement(const wql::AssociationQuery& query, const std::string& name_space,
                                 const cim::Class& association);

}  // namespace wmi::engine
