// The objects of the library that serve only its own programs: src/api/mof_tool.h, src/api/repository_tool.h.
#pragma once

#include <objbase.h>

#include <optional>

#include "wmi/problem.h"

namespace wmi::cli {

// CoCreateInstance in this process. The problem says so when the library is of another version and does not have the
// interface.
std::optional<Problem> CreateLibraryTool(REFCLSID class_id, REFIID interface_id, void** tool);

}  // namespace wmi::cli
