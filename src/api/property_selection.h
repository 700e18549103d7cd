// Which properties GetNames and BeginEnumeration name, by the condition flags of contract 11.2. Functions without
// state.
#pragma once

#include <wbemcli.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "cim/class.h"
#include "cim/row.h"

namespace wmi::api {

// A property of an object, of the system or its own; the index among the former or the slot.
struct PropertyId {
  enum class Kind : std::uint8_t { kSystem, kOwn };
  Kind kind = Kind::kOwn;
  std::uint32_t index = 0;
};

// System properties first, then the object's own in the order of its class, each without what the flags exclude.
// `qualifier_name` and `qualifier_value` serve the conditions ONLY_IF_… and may be null otherwise. kInvalidParameter
// for flags that do not exist, do not go together or do not suit the object; `out` is then untouched.
Code SelectProperties(const cim::Object& object, long flags, const wchar_t* qualifier_name,
                      const VARIANT* qualifier_value, std::vector<PropertyId>& out);

// The name and flavor (origin) of a selected property.
std::string_view PropertyName(const cim::Object& object, PropertyId id);
long PropertyFlavor(const cim::Object& object, PropertyId id);

}  // namespace wmi::api
