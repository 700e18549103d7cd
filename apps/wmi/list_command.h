// wmi ls.
#pragma once

#include "wmi/command_context.h"

namespace wmi::cli {

int RunList(CommandContext& context);

}  // namespace wmi::cli
