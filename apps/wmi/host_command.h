// wmi host: runs the permanent subscriptions of the repository until it is told to end.
#pragma once

#include "wmi/command_context.h"

namespace wmi::cli {

int RunHost(CommandContext& context);

}  // namespace wmi::cli
