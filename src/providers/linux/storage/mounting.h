// Mounting: mounts file systems as /etc/fstab says and unmounts them. The seam for calls that change the machine.
#pragma once

#include <string>

namespace wmi::linuxos {

// Results are errno values, 0 for success. Safe from several threads; calls may block.
class Mounting {
 public:
  virtual ~Mounting() = default;
  // Mounts a device where fstab says. ENOENT when fstab does not name it.
  virtual int MountByTable(const std::string& device);
  enum class When {
    kUnused,  // EBUSY when something is in use
    kLater,   // out of the tree at once, gone when the last file is closed
  };
  virtual int Unmount(const std::string& mount_point, When when);

  // The calls of this machine; lives for the whole process.
  static Mounting& Real();
};

}  // namespace wmi::linuxos
