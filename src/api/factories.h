// The classes of this module that CoCreateInstance makes.
#pragma once

#include "engine/engine.h"

namespace wmi::api {

// Registers WbemLocator with its three variants, WbemContext, WbemStatusCodeText, MofCompiler and UnsecuredApartment
// (com/class_registry.h). Called by the composition root. `engine` lives as long as the process, or until the registry
// is reset.
void RegisterClasses(engine::Engine& engine);

}  // namespace wmi::api
