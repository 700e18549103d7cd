// wmi describe.
#pragma once

#include "wmi/command_context.h"

namespace wmi::cli {

int RunDescribe(CommandContext& context);

}  // namespace wmi::cli
