#include "providers/linux/firmware/firmware_classes.h"

#include "providers/linux/processor/processor_provider.h"

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

void AddFirmwareClasses(Classes& classes) {
  classes.Add(OldPage("Win32_Processor", ProcessorProvider::FilledProperties()),
              std::make_unique<ProcessorProvider>(classes.machine()));
}

}  // namespace wmi::linuxos
