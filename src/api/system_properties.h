// The system properties of every object (contract 8.1), computed from the object. Functions without state; safe from
// any thread.
#pragma once

#include <wbemcli.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "base/codes.h"
#include "cim/row.h"
#include "cim/types.h"

namespace wmi::api {

struct SystemProperty {
  std::string_view name;
  cim::CimType type;
  bool is_array;
};

// In the order in which names are listed.
std::span<const SystemProperty> SystemProperties();

// Its index in SystemProperties(); without case.
std::optional<std::size_t> FindSystemProperty(std::string_view name);

// The one that a program can write, on a class that has no name yet (contract 8.1).
bool IsClassName(std::size_t index);

// Writes the value into `target` without clearing what was there; VT_NULL for what the object does not have. A failure
// (kOutOfMemory) leaves it untouched.
Code SystemPropertyValue(const cim::Object& object, std::size_t index, VARIANT& target);

}  // namespace wmi::api
