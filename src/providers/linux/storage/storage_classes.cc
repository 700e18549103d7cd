#include "providers/linux/storage/storage_classes.h"

#include "providers/linux/logical_disk/logical_disk_provider.h"

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

void AddStorageClasses(Classes& classes) {
  classes.Add(OldPage("Win32_LogicalDisk", LogicalDiskProvider::FilledProperties()),
              std::make_unique<LogicalDiskProvider>(classes.machine()));
}

}  // namespace wmi::linuxos
