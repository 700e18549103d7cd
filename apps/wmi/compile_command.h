// wmi compile.
#pragma once

#include "wmi/command_context.h"

namespace wmi::cli {

int RunCompile(CommandContext& context);

}  // namespace wmi::cli
