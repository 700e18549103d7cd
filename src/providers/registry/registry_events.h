// Events of the registry of the user: RegistryKeyChangeEvent, RegistryTreeChangeEvent and RegistryValueChangeEvent
// (schema/default_registry_events.mof, docs/registry.md).
#pragma once

#include "provider/event_sources.h"

namespace wmi::registry {

void RegisterRegistryEvents(provider::EventSources& sources);

}  // namespace wmi::registry
