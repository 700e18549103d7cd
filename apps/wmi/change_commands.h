// wmi call, wmi set and wmi delete: the commands that change something.
#pragma once

#include "wmi/command_context.h"

namespace wmi::cli {

int RunCallMethod(CommandContext& context);
int RunSet(CommandContext& context);
int RunDelete(CommandContext& context);

}  // namespace wmi::cli
