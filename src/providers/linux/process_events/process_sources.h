// Who tells of processes: the change source of Win32_Process and the event sources of Win32_ProcessStartTrace,
// Win32_ProcessStopTrace, Win32_ThreadStartTrace and Win32_ThreadStopTrace.
#pragma once

#include "provider/event_sources.h"
#include "providers/linux/host.h"

namespace wmi::linuxos {

void AddProcessEvents(provider::EventSources& sources, const Machine& machine);

}  // namespace wmi::linuxos
