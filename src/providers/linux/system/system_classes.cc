#include "providers/linux/system/system_classes.h"

#include "providers/linux/computer_system/computer_system_provider.h"
#include "providers/linux/operating_system/operating_system_provider.h"

namespace wmi::linuxos {
namespace {

ClassPage OldPage(std::string name, const std::vector<std::string_view>& properties) {
  ClassPage page;
  page.class_name = std::move(name);
  page.about = "See the table.";
  for (const std::string_view property : properties)
    page.properties.push_back({std::string(property), "see there", Cost::kFile});
  return page;
}

}  // namespace

void AddSystemClasses(Classes& classes) {
  classes.Add(OldPage("Win32_ComputerSystem", ComputerSystemProvider::FilledProperties()),
              std::make_unique<ComputerSystemProvider>(classes.machine()));
  classes.Add(OldPage("Win32_OperatingSystem", OperatingSystemProvider::FilledProperties()),
              std::make_unique<OperatingSystemProvider>(classes.machine()));
}

}  // namespace wmi::linuxos
