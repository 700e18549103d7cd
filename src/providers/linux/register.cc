#include "providers/linux/register.h"

#include <algorithm>

#include "providers/linux/accounts/accounts_classes.h"
#include "providers/linux/changes/change_sources.h"
#include "providers/linux/changes/device_events.h"
#include "providers/linux/devices/devices_classes.h"
#include "providers/linux/files/files_classes.h"
#include "providers/linux/files/folder_changes.h"
#include "providers/linux/firmware/firmware_classes.h"
#include "providers/linux/kernel/kernel_classes.h"
#include "providers/linux/network/network_classes.h"
#include "providers/linux/performance/performance_classes.h"
#include "providers/linux/process/process_classes.h"
#include "providers/linux/process_events/process_sources.h"
#include "providers/linux/services/services_classes.h"
#include "providers/linux/services/services_events.h"
#include "providers/linux/software/log_event_provider.h"
#include "providers/linux/software/software_classes.h"
#include "providers/linux/storage/storage_classes.h"
#include "providers/linux/system/system_classes.h"

namespace wmi::linuxos {
namespace {

void AddAll(Classes& classes) {
  AddSystemClasses(classes);
  AddFirmwareClasses(classes);
  AddProcessClasses(classes);
  AddServicesClasses(classes);
  AddAccountsClasses(classes);
  AddStorageClasses(classes);
  AddFilesClasses(classes);
  AddNetworkClasses(classes);
  AddDevicesClasses(classes);
  AddSoftwareClasses(classes);
  AddPerformanceClasses(classes);
  AddKernelClasses(classes);
}

}  // namespace

void RegisterLinuxProviders(provider::Registry& registry, const Machine& machine) {
  Classes classes(registry, machine);
  AddAll(classes);
}

void RegisterLinuxEvents(provider::EventSources& sources, const Machine& machine) {
  AddProcessEvents(sources, machine);
  AddChangeSources(sources);
  AddServicesEvents(sources, machine);
  sources.RegisterChanges("Win32_NTLogEvent", std::make_unique<LogEventChanges>(machine));
  AddDeviceEvents(sources, machine);
  for (const char* class_name : {"CIM_DataFile", "Win32_Directory", "Win32_NTEventlogFile"}) {
    sources.RegisterChanges(class_name, std::make_unique<FolderChanges>(machine));
  }
}

std::vector<ClassPage> LinuxClassPages() {
  provider::Registry unused;
  Classes classes(unused, Machine());
  AddAll(classes);
  std::vector<ClassPage> pages = classes.pages();
  std::sort(pages.begin(), pages.end(),
            [](const ClassPage& a, const ClassPage& b) { return a.class_name < b.class_name; });
  return pages;
}

}  // namespace wmi::linuxos
