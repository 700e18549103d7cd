// The tables of docs/classes against the schema and the providers: each property once, and filled or NULL as it says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>

#include "providers/linux/computer_system/computer_system_provider.h"
#include "providers/linux/logical_disk/logical_disk_provider.h"
#include "providers/linux/operating_system/operating_system_provider.h"
#include "providers/linux/process/process_provider.h"
#include "providers/linux/processor/processor_provider.h"
#include "schema.h"

namespace wmi::classes {
namespace {

struct Tables {
  std::vector<std::string> filled;
  std::vector<std::string> always_null;
};

Tables ReadTables(const std::string& class_name) {
  std::ifstream file(std::string(WMI_SOURCE_DIR) + "/docs/classes/" + class_name + ".md");
  EXPECT_TRUE(file.is_open()) << class_name;
  Tables tables;
  std::vector<std::string>* table = nullptr;
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("## Properties with a source")) table = &tables.filled;
    if (line.starts_with("## Properties that are always NULL")) table = &tables.always_null;
    if (table == nullptr || !line.starts_with("| `")) continue;
    table->push_back(line.substr(3, line.find('`', 3) - 3));
  }
  return tables;
}

std::vector<std::string> FilledBy(const std::string& class_name) {
  static const std::map<std::string, std::vector<std::string_view>> kProviders = {
      {"Win32_ComputerSystem", linuxos::ComputerSystemProvider::FilledProperties()},
      {"Win32_LogicalDisk", linuxos::LogicalDiskProvider::FilledProperties()},
      {"Win32_OperatingSystem", linuxos::OperatingSystemProvider::FilledProperties()},
      {"Win32_Process", linuxos::ProcessProvider::FilledProperties()},
      {"Win32_Processor", linuxos::ProcessorProvider::FilledProperties()},
  };
  const auto& names = kProviders.at(class_name);
  return {names.begin(), names.end()};
}

class DocumentedClass : public testing::TestWithParam<const char*> {};

TEST_P(DocumentedClass, ListsExactlyTheProperties) {
  const Tables tables = ReadTables(GetParam());
  std::vector<std::string> documented = tables.filled;
  documented.insert(documented.end(), tables.always_null.begin(), tables.always_null.end());
  std::vector<std::string> declared;
  for (const cim::Property& property : Schema::Get().GetClass(GetParam())->properties()) {
    declared.push_back(property.name);
  }
  EXPECT_THAT(documented, testing::UnorderedElementsAreArray(declared));
}

TEST_P(DocumentedClass, SaysWhichPropertiesAreFilled) {
  EXPECT_THAT(FilledBy(GetParam()), testing::UnorderedElementsAreArray(ReadTables(GetParam()).filled));
}

INSTANTIATE_TEST_SUITE_P(All, DocumentedClass, testing::ValuesIn(kClassesWithInstances),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace wmi::classes
