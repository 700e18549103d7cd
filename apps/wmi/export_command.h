// wmi export.
#pragma once

#include "wmi/command_context.h"

namespace wmi::cli {

int RunExport(CommandContext& context);

}  // namespace wmi::cli
