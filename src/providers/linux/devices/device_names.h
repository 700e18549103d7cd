// DeviceNames: what the makers of devices and their models are called, behind one seam.
#pragma once

#include <string>
#include <vector>

namespace wmi::linuxos {

// Names of one device; empty where the database has none.
struct DeviceName {
  std::string vendor;
  std::string model;
};

// Safe from several threads.
class DeviceNames {
 public:
  virtual ~DeviceNames() = default;

  // By the alias under which the kernel looks for a driver ("pci:v00008086d00001237…", "usb:v046DpC077"); one answer
  // for each question. Without the database of udev all are empty.
  virtual std::vector<DeviceName> Find(const std::vector<std::string>& aliases);

  // That of this machine; never destroyed.
  static DeviceNames& Real();
};

}  // namespace wmi::linuxos
