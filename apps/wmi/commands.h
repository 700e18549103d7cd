// The commands: each connects, makes its call, prints, and tells what the program ends with.
#pragma once

#include "wmi/options.h"
#include "wmi/output.h"
#include "wmi/signals.h"

namespace wmi::cli {

int RunCommand(const Options& options, const Signals& signals, Output& output);

}  // namespace wmi::cli
