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
    if (!schema->name().starts_with("CIM_") || schema->name() == "CIM_DataFile") continue;
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
  EXPECT_TRUE(create->qualifiers.IsTrue("implemented"));
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

struct SystemClassRow {
  const char* name;
  const char* superclass;
  const char* own;  // "Name:type ...", keys with '*', arrays with "[]", references with '&'
};

// Contract 6.1, 6.4 and 9.1.
constexpr SystemClassRow kSystemClasses[] = {
    {"__IndicationRelated", "__SystemClass", ""},
    {"__Event", "__IndicationRelated", "SECURITY_DESCRIPTOR:uint8[] TIME_CREATED:uint64"},
    {"__InstanceOperationEvent", "__Event", "TargetInstance:object"},
    {"__InstanceCreationEvent", "__InstanceOperationEvent", ""},
    {"__InstanceModificationEvent", "__InstanceOperationEvent", "PreviousInstance:object"},
    {"__InstanceDeletionEvent", "__InstanceOperationEvent", ""},
    {"__MethodInvocationEvent", "__InstanceOperationEvent", "Method:string Parameters:__PARAMETERS PreCall:boolean"},
    {"__ClassOperationEvent", "__Event", "TargetClass:object"},
    {"__ClassCreationEvent", "__ClassOperationEvent", ""},
    {"__ClassModificationEvent", "__ClassOperationEvent", "PreviousClass:object"},
    {"__ClassDeletionEvent", "__ClassOperationEvent", ""},
    {"__NamespaceOperationEvent", "__Event", "TargetNamespace:__NAMESPACE"},
    {"__NamespaceCreationEvent", "__NamespaceOperationEvent", ""},
    {"__NamespaceModificationEvent", "__NamespaceOperationEvent", "PreviousNamespace:__NAMESPACE"},
    {"__NamespaceDeletionEvent", "__NamespaceOperationEvent", ""},
    {"__TimerEvent", "__Event", "NumFirings:uint32 TimerId:string"},
    {"__ExtrinsicEvent", "__Event", ""},
    {"__SystemEvent", "__ExtrinsicEvent", ""},
    {"__EventDroppedEvent", "__SystemEvent", "Event:__Event IntendedConsumer:__EventConsumer&"},
    {"__EventQueueOverflowEvent", "__EventDroppedEvent", "CurrentQueueSize:uint32"},
    {"__ConsumerFailureEvent", "__EventDroppedEvent", "ErrorCode:uint32 ErrorDescription:string ErrorObject:object"},
    {"__AggregateEvent", "__IndicationRelated", "NumberOfEvents:uint32 Representative:object"},
    {"__EventGenerator", "__IndicationRelated", ""},
    {"__TimerInstruction", "__EventGenerator", "*TimerId:string SkipIfPassed:boolean"},
    {"__IntervalTimerInstruction", "__TimerInstruction", "IntervalBetweenEvents:uint32"},
    {"__AbsoluteTimerInstruction", "__TimerInstruction", "EventDateTime:datetime"},
    {"__EventFilter", "__IndicationRelated",
     "*Name:string CreatorSID:uint8[] EventAccess:string EventNamespace:string Query:string QueryLanguage:string"},
    {"__EventConsumer", "__IndicationRelated", "CreatorSID:uint8[] MachineName:string MaximumQueueSize:uint32"},
    {"__FilterToConsumerBinding", "__IndicationRelated",
     "*Consumer:__EventConsumer& *Filter:__EventFilter& CreatorSID:uint8[] CreationDate:datetime "
     "DeliverSynchronously:boolean "
     "DeliveryQoS:uint32 MaintainSecurityContext:boolean SlowDownProviders:boolean"},
    {"__ProviderRegistration", "__SystemClass", ""},
    {"__ObjectProviderRegistration", "__ProviderRegistration",
     "InteractionType:sint32 QuerySupportLevels:string[] SupportsBatching:boolean SupportsDelete:boolean "
     "SupportsEnumeration:boolean SupportsGet:boolean SupportsPut:boolean SupportsTransactions:boolean"},
    {"__InstanceProviderRegistration", "__ObjectProviderRegistration", "*provider:__Provider&"},
    {"__ClassProviderRegistration", "__ObjectProviderRegistration",
     "*provider:__Provider& CacheRefreshInterval:datetime PerUserSchema:boolean ReferencedSetQueries:string[] "
     "ResultSetQueries:string[] "
     "ReSynchroniseOnNamespaceOpen:boolean UnsupportedQueries:string[] Version:uint32"},
    {"__MethodProviderRegistration", "__ProviderRegistration", "*provider:__Provider&"},
    {"__PropertyProviderRegistration", "__ProviderRegistration",
     "*provider:__Provider& SupportsGet:boolean SupportsPut:boolean"},
    {"__EventProviderRegistration", "__ProviderRegistration", "*provider:__Provider& EventQueryList:string[]"},
    {"__EventConsumerProviderRegistration", "__ProviderRegistration",
     "*provider:__Provider& ConsumerClassNames:string[]"},
};

std::string OwnProperties(const cim::Class& schema) {
  std::string text;
  for (const cim::Property& property : schema.properties()) {
    if (property.origin != schema.name()) continue;
    if (!text.empty()) text += ' ';
    if (property.qualifiers.IsTrue("key")) text += '*';
    text += property.name + ":";
    text +=
        property.type.class_name.empty() ? std::string(cim::TypeName(property.type.type)) : property.type.class_name;
    if (property.type.type == cim::CimType::kReference) text += '&';
    if (property.type.is_array) text += "[]";
  }
  return text;
}

TEST(Schema, EventAndRegistrationClassesHaveTheShapeOfTheContract) {
  for (const SystemClassRow& row : kSystemClasses) {
    SCOPED_TRACE(row.name);
    const cim::ClassPtr schema = Schema::Get().GetClass(row.name);
    ASSERT_NE(schema, nullptr);
    ASSERT_FALSE(schema->derivation().empty());
    EXPECT_EQ(schema->derivation().front(), row.superclass);
    EXPECT_EQ(OwnProperties(*schema), row.own);
  }
}

constexpr SystemClassRow kEventClasses[] = {
    {"Win32_SystemTrace", "__ExtrinsicEvent", ""},
    {"Win32_ProcessTrace", "Win32_SystemTrace",
     "ParentProcessID:uint32 ProcessID:uint32 ProcessName:string SessionID:uint32 Sid:uint8[]"},
    {"Win32_ProcessStartTrace", "Win32_ProcessTrace", ""},
    {"Win32_ProcessStopTrace", "Win32_ProcessTrace", "ExitStatus:uint32"},
    {"Win32_ThreadTrace", "Win32_SystemTrace", "ProcessID:uint32 ThreadID:uint32"},
    {"Win32_ThreadStartTrace", "Win32_ThreadTrace",
     "StackBase:uint64 StackLimit:uint64 StartAddr:uint64 UserStackBase:uint64 UserStackLimit:uint64 WaitMode:uint32 "
     "Win32StartAddr:uint64"},
    {"Win32_ThreadStopTrace", "Win32_ThreadTrace", ""},
    {"Win32_DeviceChangeEvent", "__ExtrinsicEvent", "EventType:uint16"},
    {"Win32_SystemConfigurationChangeEvent", "Win32_DeviceChangeEvent", ""},
    {"Win32_VolumeChangeEvent", "Win32_DeviceChangeEvent", "DriveName:string"},
    {"RegistryEvent", "__ExtrinsicEvent", ""},
    {"RegistryKeyChangeEvent", "RegistryEvent", "Hive:string KeyPath:string"},
    {"RegistryTreeChangeEvent", "RegistryEvent", "Hive:string RootPath:string"},
    {"RegistryValueChangeEvent", "RegistryEvent", "Hive:string KeyPath:string ValueName:string"},
};

TEST(Schema, EventsOfProvidersHaveTheShapeOfWindows) {
  for (const SystemClassRow& row : kEventClasses) {
    SCOPED_TRACE(row.name);
    const cim::ClassPtr schema = Schema::Get().GetClass(row.name);
    ASSERT_NE(schema, nullptr);
    ASSERT_FALSE(schema->derivation().empty());
    EXPECT_EQ(schema->derivation().front(), row.superclass);
    EXPECT_EQ(OwnProperties(*schema), row.own);
    EXPECT_FALSE(schema->is_dynamic());
  }
}

const SystemClassRow kProgramConsumerClasses[] = {
    {"CommandLineEventConsumer", "__EventConsumer",
     "*Name:string ExecutablePath:string CommandLineTemplate:string WorkingDirectory:string "
     "KillTimeout:uint32 Priority:sint32 RunInteractively:boolean CreateNewConsole:boolean "
     "CreateNewProcessGroup:boolean CreateSeparateWowVdm:boolean CreateSharedWowVdm:boolean "
     "DesktopName:string FillAttribute:uint32 FillAttributes:uint32 ForceOffFeedback:boolean "
     "ForceOnFeedback:boolean ShowWindowCommand:uint32 UseDefaultErrorMode:boolean WindowTitle:string "
     "XCoordinate:uint32 XNumCharacters:uint32 XSize:uint32 YCoordinate:uint32 YNumCharacters:uint32 "
     "YSize:uint32"},
    {"ActiveScriptEventConsumer", "__EventConsumer",
     "*Name:string ScriptingEngine:string ScriptText:string ScriptFileName:string KillTimeout:uint32"},
};

TEST(Schema, ConsumersThatRunProgramsHaveTheShapeOfWindows) {
  for (const SystemClassRow& row : kProgramConsumerClasses) {
    SCOPED_TRACE(row.name);
    const cim::ClassPtr schema = Schema::Get().GetClass(row.name);
    ASSERT_NE(schema, nullptr);
    ASSERT_FALSE(schema->derivation().empty());
    EXPECT_EQ(schema->derivation().front(), row.superclass);
    EXPECT_EQ(OwnProperties(*schema), row.own);
    EXPECT_EQ(schema->home()->name_space, "root\\subscription");
  }
}

const SystemClassRow kMessageConsumerClasses[] = {
    {"LogFileEventConsumer", "__EventConsumer",
     "*Name:string Filename:string IsUnicode:boolean MaximumFileSize:uint64 Text:string"},
    {"NTEventLogEventConsumer", "__EventConsumer",
     "*Name:string Category:uint16 EventID:uint32 EventType:uint32 InsertionStringTemplates:string[] "
     "NameOfRawDataProperty:string NameOfUserSidProperty:string NumberOfInsertionStrings:uint32 SourceName:string "
     "UNCServerName:string"},
    {"SMTPEventConsumer", "__EventConsumer",
     "*Name:string BccLine:string CcLine:string FromLine:string HeaderFields:string[] Message:string "
     "ReplyToLine:string SMTPServer:string Subject:string ToLine:string"},
};

TEST(Schema, ConsumersThatWriteMessagesHaveTheShapeOfWindows) {
  for (const SystemClassRow& row : kMessageConsumerClasses) {
    SCOPED_TRACE(row.name);
    const cim::ClassPtr schema = Schema::Get().GetClass(row.name);
    ASSERT_NE(schema, nullptr);
    ASSERT_FALSE(schema->derivation().empty());
    EXPECT_EQ(schema->derivation().front(), row.superclass);
    EXPECT_EQ(OwnProperties(*schema), row.own);
    EXPECT_EQ(schema->home()->name_space, "root\\subscription");
  }
  const auto default_of = [](std::string_view name, std::string_view property) {
    return Schema::Get().GetClass(std::string(name))->FindProperty(property)->default_value;
  };
  EXPECT_EQ(default_of("LogFileEventConsumer", "MaximumFileSize"), cim::Value::Unsigned(65'535));
  EXPECT_EQ(default_of("NTEventLogEventConsumer", "EventType"), cim::Value::Unsigned(1));
  EXPECT_EQ(default_of("NTEventLogEventConsumer", "NumberOfInsertionStrings"), cim::Value::Unsigned(0));
  EXPECT_EQ(default_of("NTEventLogEventConsumer", "InsertionStringTemplates"),
            cim::Value::Array({cim::Value::Text("")}));
}

TEST(Schema, OnlyBasesOfSystemClassesAreAbstract) {
  for (const char* name : {"__IndicationRelated", "__Event", "__EventGenerator", "__TimerInstruction",
                           "__EventConsumer", "__ProviderRegistration", "__ObjectProviderRegistration"}) {
    EXPECT_TRUE(Schema::Get().GetClass(name)->is_abstract()) << name;
  }
  for (const char* name : {"__InstanceCreationEvent", "__ExtrinsicEvent", "__AggregateEvent", "__EventFilter",
                           "__FilterToConsumerBinding", "__IntervalTimerInstruction", "__InstanceProviderRegistration",
                           "__EventProviderRegistration", "__Win32Provider"}) {
    EXPECT_FALSE(Schema::Get().GetClass(name)->is_abstract()) << name;
  }
}

TEST(Schema, AnInstanceProviderListsItsInstancesUnlessItSaysOtherwise) {
  const auto lists = [](const char* name) {
    return Schema::Get().GetClass(name)->FindProperty("SupportsEnumeration")->default_value;
  };
  EXPECT_EQ(lists("__InstanceProviderRegistration"), cim::Value::Boolean(true));
  EXPECT_EQ(lists("__ClassProviderRegistration"), cim::Value::Boolean(false));
}

}  // namespace
}  // namespace wmi::classes
