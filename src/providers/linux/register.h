// The built-in classes of this machine, made known to the engine.
#pragma once

#include "provider/provider.h"
#include "providers/linux/files.h"
#include "providers/linux/system_root.h"

namespace wmi::linuxos {

// Registers a provider for each class with instances in schema/win32_*.mof. `files` is not owned and must outlive the
// registry; tests pass one that counts, or fails.
void RegisterLinuxProviders(provider::Registry& registry, SystemRoot root = {}, Files& files = Files::Real());

}  // namespace wmi::linuxos
