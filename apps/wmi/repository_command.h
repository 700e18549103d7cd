// wmi repository: what is kept on the disk, as a whole: how it is, whether it is sound, backup and restore.
#pragma once

#include "wmi/command_context.h"

namespace wmi::cli {

int RunRepository(CommandContext& context);

}  // namespace wmi::cli
