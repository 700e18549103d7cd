// The system properties that an object has (contract 8.1), for its XML.
#pragma once

#include <string_view>
#include <vector>

#include "cim/row.h"
#include "cim/types.h"
#include "cim/value.h"

namespace wmi::xml {

struct SystemValue {
  std::string_view name;
  cim::CimType type;  // of each item, when the value is an array
  bool is_array;
  cim::Value value;
};

// In the order in which WMI lists them. NULL for what the object does not have. Safe from several threads.
std::vector<SystemValue> SystemValues(const cim::Object& object);

}  // namespace wmi::xml
