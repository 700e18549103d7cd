#include "providers/linux/register.h"

#include <memory>
#include <utility>

#include "providers/linux/computer_system/computer_system_provider.h"
#include "providers/linux/logical_disk/logical_disk_provider.h"
#include "providers/linux/operating_system/operating_system_provider.h"
#include "providers/linux/process/process_provider.h"
#include "providers/linux/processor/processor_provider.h"

namespace wmi::linuxos {

void RegisterLinuxProviders(provider::Registry& registry, SystemRoot root, Files& files) {
  const Machine machine{std::move(root), &files};
  registry.Register("Win32_ComputerSystem", std::make_unique<ComputerSystemProvider>(machine));
  registry.Register("Win32_LogicalDisk", std::make_unique<LogicalDiskProvider>(machine));
  registry.Register("Win32_OperatingSystem", std::make_unique<OperatingSystemProvider>(machine));
  registry.Register("Win32_Process", std::make_unique<ProcessProvider>(machine));
  registry.Register("Win32_Processor", std::make_unique<ProcessorProvider>(machine));
}

}  // namespace wmi::linuxos
