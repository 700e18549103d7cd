// The text of the library's MOF export, to the standard output or into a file: for `wmi export` and
// `wmi repository export`.
#pragma once

#include <string>

#include "api/mof_tool.h"
#include "wmi/command_context.h"

namespace wmi::cli {

// `file` empty: the standard output. A file is replaced when the text is whole, else left as it was. The exit code;
// what went wrong has been told.
int ExportMof(CommandContext& context, const api::MofExportRequest& request, const std::string& file);

}  // namespace wmi::cli
