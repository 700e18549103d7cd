// The methods of Win32_Process.
#pragma once

#include <span>

#include "providers/linux/methods.h"

namespace wmi::linuxos {

std::span<const MethodRow> ProcessMethods();

// Deleting an instance ends the process.
Status EndProcess(const Machine& machine, cim::ValueView handle);

}  // namespace wmi::linuxos
