// Events as objects: __InstanceCreationEvent and its kin, from what happened (contract 6.1).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "base/status.h"
#include "cim/class.h"
#include "cim/class_finder.h"
#include "cim/row.h"
#include "cim/value.h"

namespace wmi::events {

// Now, in the units of __Event.TIME_CREATED: 100 ns since 1601, UTC.
std::uint64_t TimeCreatedNow();

// An instance of `event` with the properties of these names set, and TIME_CREATED. A name that the class does not have
// is left out; an empty object and an empty text give NULL.
struct EventPart {
  std::string_view property;
  // Numbers for properties of unsigned types; a view for what another object has.
  std::variant<cim::Object, std::uint64_t, std::string, cim::ValueView> value;
};
cim::Object MakeEvent(const cim::ClassPtr& event, std::initializer_list<EventPart> parts);

// The event itself when it says when it was made, else a copy that says now (contract 6.1).
cim::Object WithTimeCreated(const cim::Object& event);

// The event classes of the three operations on instances in this namespace; they come with every namespace.
struct InstanceEventClasses {
  cim::ClassPtr creation;
  cim::ClassPtr modification;
  cim::ClassPtr deletion;
};
InstanceEventClasses FindInstanceEventClasses(const cim::ClassFinder& classes);

}  // namespace wmi::events
