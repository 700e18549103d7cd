// The methods of Win32_OperatingSystem that stop the machine, over the login manager (systemd-logind).
#pragma once

#include <span>

#include "providers/linux/methods.h"

namespace wmi::linuxos {

// Reboot, Shutdown, Win32Shutdown and Win32ShutdownTracker.
std::span<const MethodRow> ShutdownMethods();

}  // namespace wmi::linuxos
