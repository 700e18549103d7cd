#include "providers/linux/firmware/firmware_classes.h"

#include "providers/linux/firmware/cache_memory.h"
#include "providers/linux/firmware/smbios_classes.h"
#include "providers/linux/processor/processor_provider.h"

namespace wmi::linuxos {

void AddFirmwareClasses(Classes& classes) {
  classes.Add(ProcessorProvider::Page(), std::make_unique<ProcessorProvider>(classes.machine()));
  classes.Add<Bios>();
  classes.Add<BaseBoard>();
  classes.Add<SystemEnclosure>();
  classes.Add<PhysicalMemory>();
  classes.Add<PhysicalMemoryArray>();
  classes.Add<MemoryDevice>();
  classes.Add<CacheMemory>();
}

}  // namespace wmi::linuxos
