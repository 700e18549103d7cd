// Reads a class object into a ClassDescription.
#pragma once

#include <wbemidl.h>

#include "wmi/class_description.h"

namespace wmi::cli {

ClassDescription ReadClass(IWbemClassObject* object);

// The qualifiers of a class, all of them; empty when they cannot be read.
std::vector<Property> ReadQualifiers(IWbemQualifierSet* set);

// The first sentence of the description of a class, without its full stop.
std::string FirstSentence(const std::string& description);

}  // namespace wmi::cli
