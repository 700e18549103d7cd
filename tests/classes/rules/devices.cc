// What is right: PnP, USB, video, sound, sensors, printers.
#include "rules.h"

namespace wmi::classes {

void AddDevicesRules(Rules&) {}

}  // namespace wmi::classes
