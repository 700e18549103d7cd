// The repository of the library as a whole, for `wmi repository` and for what is said when there is none.
#pragma once

#include <optional>

#include "api/repository_tool.h"
#include "com/com_ptr.h"
#include "wmi/problem.h"

namespace wmi::cli {

using RepositoryToolPtr = com::ComPtr<api::IRepositoryTool>;

// Nothing on success; then `tool` is it. Only when a Session is connected.
std::optional<Problem> OpenRepositoryTool(RepositoryToolPtr& tool);

// Why the library works on a stand-in in memory instead of a repository on disk; nothing when there is one, or none is
// wanted.
std::optional<Problem> MissingRepository(api::IRepositoryTool& tool);

}  // namespace wmi::cli
