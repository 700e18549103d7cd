// wmi watch.
#pragma once

#include <string>

#include "wmi/command_context.h"

namespace wmi::cli {

int RunWatch(CommandContext& context);

// Subscribes over `call` and prints events until something ends it: --count, the time limit of `call`, which is --for,
// a signal, the reader of the output, or WMI. When that fails before anything was printed and there is another query to
// fall back on, a terminal is told the reason, and the other one goes on. The exit code.
int WatchEvents(CommandContext& context, const CallContext& call, const std::string& query,
                const std::string& fallback = {});

}  // namespace wmi::cli
