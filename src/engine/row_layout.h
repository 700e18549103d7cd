// Whether a filter may be asked about a row that came from elsewhere.
#pragma once

#include <cstddef>

#include "base/text.h"
#include "cim/class.h"

namespace wmi::engine {

// Whether slots of `schema` mean the same in `row`: filters and select lists go by slot.
inline bool HasLayoutOf(const cim::Class& row, const cim::Class& schema) {
  for (const cim::Class* candidate = &row; candidate != nullptr; candidate = candidate->superclass().get()) {
    if (candidate == &schema) return true;
  }
  // Another version of the class, or one that the provider made itself.
  if (!row.IsA(schema.name()) || row.properties().size() < schema.properties().size()) return false;
  for (std::size_t slot = 0; slot < schema.properties().size(); ++slot) {
    const cim::Property& a = row.properties()[slot];
    const cim::Property& b = schema.properties()[slot];
    if (!EqualFolded(a.name, b.name) || !(a.type == b.type)) return false;
  }
  return true;
}

}  // namespace wmi::engine
