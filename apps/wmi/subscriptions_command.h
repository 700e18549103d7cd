// wmi subscriptions: the permanent subscriptions, who made them, and what they did and lost.
#pragma once

#include "wmi/command_context.h"

namespace wmi::cli {

int RunSubscriptions(CommandContext& context);

}  // namespace wmi::cli
