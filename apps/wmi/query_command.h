// wmi query and wmi get.
#pragma once

#include "wmi/command_context.h"

namespace wmi::cli {

int RunQuery(CommandContext& context);
int RunGet(CommandContext& context);

}  // namespace wmi::cli
