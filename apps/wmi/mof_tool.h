// The MOF compiler of the library, for `wmi compile`, `wmi export` and mofcomp.
#pragma once

#include <optional>

#include "api/mof_tool.h"
#include "com/com_ptr.h"
#include "wmi/problem.h"

namespace wmi::cli {

// Nothing on success; then `tool` is it. Only when a Session is connected.
std::optional<Problem> OpenMofTool(com::ComPtr<api::IMofTool>& tool);

// "2 classes, 1 instance, 1 deletion"; "nothing" when there were none.
std::string Counts(const api::MofOutcome& outcome);
// "1 error", "100 errors, the first of more".
std::string ErrorCount(const api::MofOutcome& outcome);

}  // namespace wmi::cli
