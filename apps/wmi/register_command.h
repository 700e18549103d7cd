// wmi register: makes the classes of a shared object known, as regsvr32 does on Windows.
#pragma once

#include "wmi/options.h"
#include "wmi/output.h"

namespace wmi::cli {

// Loads the file and calls its DllRegisterServer or DllUnregisterServer. Needs no connection.
int RunRegister(const Options& options, Output& output);

}  // namespace wmi::cli
