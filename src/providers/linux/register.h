// The built-in classes of this machine, made known to the engine.
#pragma once

#include <vector>

#include "provider/event_sources.h"
#include "provider/provider.h"
#include "providers/linux/classes.h"
#include "providers/linux/host.h"

namespace wmi::linuxos {

// Registers a provider for each class of schema/ that has instances. What `machine` points to is not owned and must
// outlive the registry; tests pass recorded trees and doubles.
void RegisterLinuxProviders(provider::Registry& registry, const Machine& machine = {});

// Registers who tells of changes and events, for the classes where Linux does. As above.
void RegisterLinuxEvents(provider::EventSources& sources, const Machine& machine = {});

// What the pages of docs/classes are made of, by name of the class.
std::vector<ClassPage> LinuxClassPages();

}  // namespace wmi::linuxos
