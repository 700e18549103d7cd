// wmi explain.
#pragma once

#include "wmi/command_context.h"

namespace wmi::cli {

int RunExplain(CommandContext& context);

}  // namespace wmi::cli
