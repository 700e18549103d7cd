// What schema/*.mof must hold: the hierarchy of root\cimv2 on Windows and the house rules of schema/README.md.
#include "schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <vector>

namespace wmi::classes {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> KeysOf(const cim::Class& schema) {
  std::vector<std::string> keys;
  for (const std::size_t slot : schema.key_slots()) keys.push_back(schema.properties()[slot].name);
  return keys;
}

TEST(Schema, CompilesWithoutErrors) { EXPECT_THAT(Schema::Get().errors(), IsEmpty()); }

TEST(Schema, HasTheDerivationOfWindows) {
  EXPECT_THAT(Schema::Get().GetClass("Win32_Process")->derivation(),
              ElementsAre("CIM_Process", "CIM_LogicalElement", "CIM_ManagedSystemElement"));
  EXPECT_THAT(Schema::Get().GetClass("Win32_OperatingSystem")->derivation(),
              ElementsAre("CIM_OperatingSystem", "CIM_LogicalElement", "CIM_ManagedSystemElement"));
  EXPECT_THAT(Schema::Get().GetClass("Win32_ComputerSystem")->derivation(),
              ElementsAre("CIM_UnitaryComputerSystem", "CIM_ComputerSystem", "CIM_System", "CIM_LogicalElement",
                          "CIM_ManagedSystemElement"));
  EXPECT_THAT(Schema::Get().GetClass("Win32_Processor")->derivation(),
              ElementsAre("CIM_Processor", "CIM_LogicalDevice", "CIM_LogicalElement", "CIM_ManagedSystemElement"));
  EXPECT_THAT(Schema::Get().GetClass("Win32_LogicalDisk")->derivation(),
              ElementsAre("CIM_LogicalDisk", "CIM_StorageExtent", "CIM_LogicalDevice", "CIM_LogicalElement",
                          "CIM_ManagedSystemElement"));
}

TEST(Schema, HasTheNumberOfPropertiesOfWindows) {
  EXPECT_EQ(Schema::Get().GetClass("Win32_Process")->properties().size(), 45u);
  EXPECT_EQ(Schema::Get().GetClass("Win32_OperatingSystem")->properties().size(), 64u);
  EXPECT_EQ(Schema::Get().GetClass("Win32_ComputerSystem")->properties().size(), 64u);
  EXPECT_EQ(Schema::Get().GetClass("Win32_Processor")->properties().size(), 57u);
  EXPECT_EQ(Schema::Get().GetClass("Win32_LogicalDisk")->properties().size(), 40u);
}

TEST(Schema, HasTheKeysOfWindows) {
  EXPECT_THAT(KeysOf(*Schema::Get().GetClass("Win32_Process")), ElementsAre("Handle"));
  EXPECT_THAT(KeysOf(*Schema::Get().GetClass("Win32_ComputerSystem")), ElementsAre("Name"));
  EXPECT_THAT(KeysOf(*Schema::Get().GetClass("Win32_Processor")), ElementsAre("DeviceID"));
  EXPECT_THAT(KeysOf(*Schema::Get().GetClass("Win32_LogicalDisk")), ElementsAre("DeviceID"));
  EXPECT_THAT(KeysOf(*Schema::Get().GetClass("Win32_OperatingSystem")), IsEmpty());
  EXPECT_TRUE(Schema::Get().GetClass("Win32_OperatingSystem")->is_singleton());
  EXPECT_THAT(KeysOf(*Schema::Get().GetClass("__NAMESPACE")), ElementsAre("Name"));
}

TEST(Schema, ClassesWithInstancesNameTheirProvider) {
  for (const char* name : kClassesWithInstances) {
    const cim::ClassPtr schema = Schema::Get().GetClass(name);
    EXPECT_TRUE(schema->is_dynamic()) << name;
    EXPECT_FALSE(schema->is_abstract()) << name;
    EXPECT_EQ(schema->qualifiers().Text("provider"), "OpenWMI Linux") << name;
  }
}

TEST(Schema, BasesAreAbstract) {
  for (const cim::ClassPtr& schema : Schema::Get().classes()) {
    if (!schema->name().starts_with("CIM_")) continue;
    EXPECT_TRUE(schema->is_abstract()) << schema->name();
    EXPECT_FALSE(schema->is_dynamic()) << schema->name();
  }
}

TEST(Schema, EverythingIsDescribed) {
  for (const cim::ClassPtr& schema : Schema::Get().classes()) {
    EXPECT_FALSE(schema->qualifiers().Text("Description").empty()) << schema->name();
    for (const cim::Property& property : schema->properties()) {
      const std::string where = schema->name() + "." + property.name;
      EXPECT_FALSE(property.qualifiers.Text("Description").empty()) << where;
      EXPECT_TRUE(property.qualifiers.IsTrue("read")) << where;
    }
    for (const cim::Method& method : schema->methods()) {
      EXPECT_FALSE(method.qualifiers.Text("Description").empty()) << schema->name() << "." << method.name;
    }
  }
}

TEST(Schema, EachValueHasItsText) {
  for (const cim::ClassPtr& schema : Schema::Get().classes()) {
    for (const cim::Property& property : schema->properties()) {
      const cim::Qualifier* values = property.qualifiers.Find("Values");
      const cim::Qualifier* map = property.qualifiers.Find("ValueMap");
      ASSERT_EQ(values == nullptr, map == nullptr) << schema->name() << "." << property.name;
      if (values == nullptr) continue;
      EXPECT_EQ(values->value.view().items().size(), map->value.view().items().size())
          << schema->name() << "." << property.name;
    }
  }
}

TEST(Schema, PropertiesOfLinuxClassesHaveNoDefaults) {
  for (const char* name : kClassesWithInstances) {
    for (const cim::Property& property : Schema::Get().GetClass(name)->properties()) {
      EXPECT_TRUE(property.default_value.is_null()) << name << "." << property.name;
    }
  }
}

TEST(Schema, KeepsTypesAndUnits) {
  const cim::ClassPtr process = Schema::Get().GetClass("Win32_Process");
  EXPECT_EQ(process->FindProperty("CreationDate")->type.type, cim::CimType::kDatetime);
  EXPECT_EQ(process->FindProperty("WorkingSetSize")->type.type, cim::CimType::kUint64);
  EXPECT_EQ(process->FindProperty("WorkingSetSize")->qualifiers.Text("Units"), "bytes");
  EXPECT_EQ(process->FindProperty("KernelModeTime")->qualifiers.Text("Units"), "100 nanoseconds");
  EXPECT_EQ(process->FindProperty("KernelModeTime")->origin, "CIM_Process");
  EXPECT_EQ(Schema::Get().GetClass("CIM_Process")->FindProperty("KernelModeTime")->qualifiers.Text("Units"),
            "milliseconds");
  const cim::ClassPtr system = Schema::Get().GetClass("Win32_OperatingSystem");
  EXPECT_TRUE(system->FindProperty("MUILanguages")->type.is_array);
  EXPECT_EQ(system->FindProperty("CurrentTimeZone")->type.type, cim::CimType::kSint16);
}

TEST(Schema, DeclaresTheMethodsWithTheirSignatures) {
  const cim::ClassPtr process = Schema::Get().GetClass("Win32_Process");
  const cim::Method* create = process->FindMethod("Create");
  ASSERT_NE(create, nullptr);
  EXPECT_TRUE(create->qualifiers.IsTrue("static"));
  EXPECT_FALSE(create->qualifiers.IsTrue("implemented"));
  ASSERT_NE(create->in, nullptr);
  ASSERT_NE(create->out, nullptr);
  EXPECT_EQ(create->in->properties().size(), 3u);
  EXPECT_EQ(create->in->FindProperty("ProcessStartupInformation")->type.class_name, "Win32_ProcessStartup");
  EXPECT_NE(create->out->FindProperty("ProcessId"), nullptr);
  EXPECT_NE(create->out->FindProperty("ReturnValue"), nullptr);
  EXPECT_EQ(process->methods().size(), 7u);
  EXPECT_EQ(Schema::Get().GetClass("Win32_OperatingSystem")->methods().size(), 5u);
  EXPECT_EQ(Schema::Get().GetClass("Win32_ComputerSystem")->methods().size(), 4u);
  EXPECT_EQ(Schema::Get().GetClass("Win32_LogicalDisk")->methods().size(), 5u);
}

TEST(Schema, ExtendedStatusHoldsWhatTheContractLists) {
  const cim::ClassPtr status = Schema::Get().GetClass("__ExtendedStatus");
  EXPECT_THAT(status->derivation(), ElementsAre("__NotifyStatus"));
  std::vector<std::string> names;
  for (const cim::Property& property : status->properties()) names.push_back(property.name);
  EXPECT_THAT(names, ElementsAre("StatusCode", "Description", "Operation", "ParameterInfo", "ProviderName"));
}

}  // namespace
}  // namespace wmi::classes
