#include "providers/linux/devices/devices_classes.h"

#include "providers/linux/devices/bus_classes.h"
#include "providers/linux/devices/input_classes.h"
#include "providers/linux/devices/printer.h"
#include "providers/linux/devices/sensor_classes.h"

namespace wmi::linuxos {

void AddDevicesClasses(Classes& classes) {
  classes.Add<PnPEntity>();
  classes.Add<VideoController>();
  classes.Add<SoundDevice>();
  classes.Add<UsbController>();
  classes.Add<UsbHub>();
  classes.Add<Keyboard>();
  classes.Add<PointingDevice>();
  classes.Add<Printer>();
  classes.Add<Battery>();
  classes.Add<Fan>();
  classes.Add<TemperatureProbe>();
}

}  // namespace wmi::linuxos
