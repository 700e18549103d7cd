// ObjectInput: what a user writes as NAME=VALUE into an object: the in-parameters of a method, the properties of an
// instance.
#pragma once

#include <wbemidl.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wmi/object_reader.h"
#include "wmi/problem.h"

namespace wmi::cli {

// One argument. A value.
struct Assignment {
  std::string name;                  // "Priority"; "Startup.ShowWindow" is a property of the embedded object Startup
  std::optional<std::string> value;  // nothing: NULL
};

// "NAME=VALUE"; "NAME" alone is NULL, and "NAME=" an empty text. Nothing when there is no name.
std::optional<Assignment> ReadAssignment(std::string_view text);

// Puts the values in the order of the list. A name that comes several times in a row fills an array. Embedded objects
// are made of the class that the property declares, from `services`. Names the assignment at fault.
std::optional<Problem> Assign(IWbemServices* services, IWbemClassObject* object,
                              const std::vector<Assignment>& assignments);

}  // namespace wmi::cli
