// Reads the objects that a subscription delivers.
#pragma once

#include <wbemidl.h>

#include <cstdint>
#include <string>
#include <vector>

#include "wmi/event.h"

namespace wmi::cli {

// For people. `columns`: those of the SELECT list, none for "*". `arrival`, in microseconds since 1970-01-01 UTC: its
// time if it does not bring one.
Event ReadEvent(IWbemClassObject* event, const std::vector<std::string>& columns, std::int64_t arrival);

// For programs: the columns; or __CLASS and all properties, and of the objects inside also __CLASS and __RELPATH, which
// say what the event is and what it is about.
Row ReadEventRow(IWbemClassObject* event, const std::vector<std::string>& columns);

}  // namespace wmi::cli
