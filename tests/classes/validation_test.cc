// Validation maps: what each property may look like on the machine the tests run on. A property with no rule must be
// NULL, so nothing is filled without a statement of what is right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cim/datetime.h"
#include "cim/object_path.h"
#include "cim/row.h"
#include "provider/provider.h"
#include "providers/linux/register.h"
#include "schema.h"

namespace wmi::classes {
namespace {

using cim::CimType;
using cim::ValueKind;
using cim::ValueView;

// Empty when the value is right, else what is wrong. NULL never reaches a rule.
using Check = std::function<std::string(ValueView)>;

enum class Presence { kAlways, kSometimes };

struct Rule {
  Check check;
  Presence presence = Presence::kAlways;
};

Check NonEmptyText() {
  return [](ValueView value) {
    return value.kind() == ValueKind::kText && !value.text().empty() ? "" : "not a text with content";
  };
}
Check AnyText() {
  return [](ValueView value) { return value.kind() == ValueKind::kText ? "" : "not a text"; };
}
Check Exactly(std::string text) {
  return [text](ValueView value) {
    return value.kind() == ValueKind::kText && value.text() == text ? std::string() : "not " + text;
  };
}
Check Between(std::uint64_t low, std::uint64_t high) {
  return [low, high](ValueView value) {
    return value.kind() == ValueKind::kUnsigned && value.unsigned_integer() >= low && value.unsigned_integer() <= high
               ? std::string()
               : "not a number from " + std::to_string(low) + " to " + std::to_string(high);
  };
}
Check Number32() { return Between(0, 0xFFFFFFFFu); }
Check Number64() { return Between(0, ~std::uint64_t{0}); }
Check Boolean() {
  return [](ValueView value) { return value.kind() == ValueKind::kBoolean ? "" : "not a boolean"; };
}
Check SignedBetween(std::int64_t low, std::int64_t high) {
  return [low, high](ValueView value) {
    return value.kind() == ValueKind::kSigned && value.signed_integer() >= low && value.signed_integer() <= high
               ? std::string()
               : "not a number from " + std::to_string(low) + " to " + std::to_string(high);
  };
}
Check PastDatetime() {
  return [](ValueView value) -> std::string {
    if (value.kind() != ValueKind::kText) return "not a text";
    const auto time = cim::ParseDatetime(value.text());
    if (!time.ok()) return time.status().Message();
    if (!time->is_complete || time->is_interval) return "not a complete point in time";
    // A minute of tolerance for boot times, which have whole seconds.
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch() + std::chrono::minutes(1));
    return time->microseconds > 0 && time->microseconds < now.count() ? "" : "not in the past";
  };
}
Check TextList() {
  return [](ValueView value) -> std::string {
    if (value.kind() != ValueKind::kArray || value.items().empty()) return "not a list with content";
    return std::all_of(value.items().begin(), value.items().end(),
                       [](ValueView item) { return item.kind() == ValueKind::kText; })
               ? ""
               : "not a list of texts";
  };
}

Rule Always(Check check) { return {std::move(check), Presence::kAlways}; }
Rule Sometimes(Check check) { return {std::move(check), Presence::kSometimes}; }

using Map = std::map<std::string, Rule>;

const Map& ProcessMap() {
  static const Map map = {
      {"Caption", Always(AnyText())},
      {"CommandLine", Sometimes(NonEmptyText())},
      {"CreationClassName", Always(Exactly("Win32_Process"))},
      {"CreationDate", Always(PastDatetime())},
      {"CSCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
      {"CSName", Always(NonEmptyText())},
      {"Description", Always(AnyText())},
      {"ExecutablePath", Sometimes(NonEmptyText())},
      {"ExecutionState", Always(Between(3, 8))},
      {"Handle", Always(NonEmptyText())},
      {"HandleCount", Sometimes(Number32())},
      {"KernelModeTime", Always(Number64())},
      {"Name", Always(AnyText())},
      {"OSCreationClassName", Always(Exactly("Win32_OperatingSystem"))},
      {"OSName", Always(NonEmptyText())},
      {"PageFaults", Always(Number32())},
      {"PageFileUsage", Sometimes(Number32())},
      {"ParentProcessId", Always(Number32())},
      {"PeakVirtualSize", Sometimes(Number64())},
      {"PeakWorkingSetSize", Sometimes(Number32())},
      {"Priority", Always(Between(0, 140))},
      {"PrivatePageCount", Sometimes(Number64())},
      {"ProcessId", Always(Between(1, 4u << 20))},
      {"ReadOperationCount", Sometimes(Number64())},
      {"ReadTransferCount", Sometimes(Number64())},
      {"SessionId", Always(Number32())},
      {"ThreadCount", Always(Number32())},
      {"UserModeTime", Always(Number64())},
      {"VirtualSize", Always(Number64())},
      {"WindowsVersion", Always(NonEmptyText())},
      {"WorkingSetSize", Always(Number64())},
      {"WriteOperationCount", Sometimes(Number64())},
      {"WriteTransferCount", Sometimes(Number64())},
  };
  return map;
}

const Map& OperatingSystemMap() {
  static const Map map = {
      {"BootDevice", Sometimes(NonEmptyText())},
      {"BuildNumber", Sometimes(NonEmptyText())},
      {"BuildType", Always(NonEmptyText())},
      {"Caption", Always(NonEmptyText())},
      {"CodeSet", Sometimes(NonEmptyText())},
      {"CreationClassName", Always(Exactly("Win32_OperatingSystem"))},
      {"CSCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
      {"CSName", Always(NonEmptyText())},
      {"CurrentTimeZone", Always(SignedBetween(-720, 840))},
      {"DataExecutionPrevention_Available", Sometimes(Boolean())},
      {"Description", Sometimes(NonEmptyText())},
      {"Distributed", Always(Boolean())},
      {"FreePhysicalMemory", Always(Between(1, 1ull << 40))},
      {"FreeSpaceInPagingFiles", Always(Number64())},
      {"FreeVirtualMemory", Always(Between(1, 1ull << 40))},
      {"LastBootUpTime", Always(PastDatetime())},
      {"LocalDateTime", Always(PastDatetime())},
      {"Locale", Sometimes(NonEmptyText())},
      {"Manufacturer", Sometimes(NonEmptyText())},
      {"MaxNumberOfProcesses", Always(Between(300, 0xFFFFFFFFu))},
      {"MUILanguages", Sometimes(TextList())},
      {"Name", Always(NonEmptyText())},
      {"NumberOfProcesses", Always(Between(1, 4u << 20))},
      {"NumberOfUsers", Sometimes(Number32())},
      {"OSArchitecture", Always(NonEmptyText())},
      {"OSLanguage", Sometimes(Number32())},
      {"OSType", Always(Between(36, 36))},
      {"Primary", Always(Boolean())},
      {"ProductType", Sometimes(Between(1, 3))},
      {"SizeStoredInPagingFiles", Always(Number64())},
      {"SystemDevice", Sometimes(NonEmptyText())},
      {"SystemDrive", Always(Exactly("/"))},
      {"TotalSwapSpaceSize", Always(Number64())},
      {"TotalVirtualMemorySize", Always(Between(1, 1ull << 40))},
      {"TotalVisibleMemorySize", Always(Between(1, 1ull << 40))},
      {"Version", Always(NonEmptyText())},
  };
  return map;
}

const Map& ComputerSystemMap() {
  static const Map map = {
      {"AutomaticResetBootOption", Sometimes(Boolean())},
      {"AutomaticResetCapability", Sometimes(Boolean())},
      {"BootupState", Always(NonEmptyText())},
      {"Caption", Always(NonEmptyText())},
      {"CreationClassName", Always(Exactly("Win32_ComputerSystem"))},
      {"CurrentTimeZone", Always(SignedBetween(-720, 840))},
      {"DaylightInEffect", Sometimes(Boolean())},
      {"DNSHostName", Always(NonEmptyText())},
      {"Domain", Sometimes(NonEmptyText())},
      {"HypervisorPresent", Sometimes(Boolean())},
      {"Manufacturer", Sometimes(NonEmptyText())},
      {"Model", Sometimes(NonEmptyText())},
      {"Name", Always(NonEmptyText())},
      {"NumberOfLogicalProcessors", Always(Between(1, 65'536))},
      {"NumberOfProcessors", Always(Between(1, 1024))},
      {"PauseAfterReset", Sometimes(SignedBetween(0, std::int64_t{1} << 42))},
      {"PCSystemType", Sometimes(Between(0, 7))},
      {"PCSystemTypeEx", Sometimes(Between(0, 8))},
      {"SystemFamily", Sometimes(NonEmptyText())},
      {"SystemSKUNumber", Sometimes(NonEmptyText())},
      {"SystemType", Always(NonEmptyText())},
      {"TotalPhysicalMemory", Always(Between(1u << 20, 1ull << 50))},
      {"UserName", Sometimes(NonEmptyText())},
  };
  return map;
}

const Map& ProcessorMap() {
  static const Map map = {
      {"AddressWidth", Always(Between(32, 64))},
      {"Architecture", Sometimes(Between(0, 12))},
      {"Availability", Always(Between(3, 3))},
      {"Caption", Sometimes(NonEmptyText())},
      {"CpuStatus", Always(Between(1, 1))},
      {"CreationClassName", Always(Exactly("Win32_Processor"))},
      {"CurrentClockSpeed", Sometimes(Between(1, 20'000))},
      {"DataWidth", Always(Between(32, 64))},
      {"Description", Sometimes(NonEmptyText())},
      {"DeviceID", Always(NonEmptyText())},
      {"L2CacheSize", Sometimes(Between(1, 0xFFFFFFFFu))},
      {"L3CacheSize", Sometimes(Between(1, 0xFFFFFFFFu))},
      {"Level", Sometimes(Between(1, 0xFFFF))},
      {"LoadPercentage", Sometimes(Between(0, 100))},
      {"Manufacturer", Sometimes(NonEmptyText())},
      {"MaxClockSpeed", Sometimes(Between(1, 20'000))},
      {"Name", Sometimes(NonEmptyText())},
      {"NumberOfCores", Always(Between(1, 65'536))},
      {"NumberOfEnabledCore", Always(Between(1, 65'536))},
      {"NumberOfLogicalProcessors", Always(Between(1, 65'536))},
      {"ProcessorType", Always(Between(3, 3))},
      {"Revision", Sometimes(Between(0, 0xFFFF))},
      {"Role", Always(Exactly("CPU"))},
      {"SecondLevelAddressTranslationExtensions", Sometimes(Boolean())},
      {"Status", Always(Exactly("OK"))},
      {"StatusInfo", Always(Between(3, 3))},
      {"Stepping", Sometimes(NonEmptyText())},
      {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
      {"SystemName", Always(NonEmptyText())},
      {"ThreadCount", Always(Between(1, 65'536))},
      {"Version", Sometimes(NonEmptyText())},
      {"VirtualizationFirmwareEnabled", Sometimes(Boolean())},
      {"VMMonitorModeExtensions", Sometimes(Boolean())},
  };
  return map;
}

const Map& LogicalDiskMap() {
  static const Map map = {
      {"Access", Always(Between(1, 3))},
      {"BlockSize", Sometimes(Between(1, 1u << 30))},
      {"Caption", Always(NonEmptyText())},
      {"Compressed", Sometimes(Boolean())},
      {"CreationClassName", Always(Exactly("Win32_LogicalDisk"))},
      {"Description", Sometimes(NonEmptyText())},
      {"DeviceID", Always(NonEmptyText())},
      {"DriveType", Always(Between(0, 6))},
      {"FileSystem", Always(NonEmptyText())},
      {"FreeSpace", Sometimes(Number64())},
      {"MaximumComponentLength", Sometimes(Between(1, 65'536))},
      {"MediaType", Sometimes(Between(11, 12))},
      {"Name", Always(NonEmptyText())},
      {"NumberOfBlocks", Sometimes(Number64())},
      {"ProviderName", Sometimes(NonEmptyText())},
      {"QuotasDisabled", Sometimes(Boolean())},
      {"Size", Sometimes(Number64())},
      {"SupportsDiskQuotas", Sometimes(Boolean())},
      {"SupportsFileBasedCompression", Sometimes(Boolean())},
      {"SystemCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
      {"SystemName", Always(NonEmptyText())},
      {"VolumeDirty", Sometimes(Boolean())},
      {"VolumeName", Sometimes(NonEmptyText())},
      {"VolumeSerialNumber", Sometimes(NonEmptyText())},
  };
  return map;
}

std::vector<cim::Object> Query(const cim::ClassPtr& schema, const std::string& key = {}) {
  provider::Registry registry;
  linuxos::RegisterLinuxProviders(registry);
  provider::InstanceProvider* provider = registry.Find(schema->name());
  EXPECT_NE(provider, nullptr) << schema->name();
  provider::Request request;
  request.schema = schema;
  request.has_keys = !key.empty();
  if (!key.empty()) request.keys.push_back({cim::Value::Text(key)});
  auto stream = provider->Open(request);
  EXPECT_TRUE(stream.ok()) << stream.status().Message();
  std::vector<cim::Object> rows;
  for (int pull = 0; pull < 100'000; ++pull) {
    provider::RowWriter writer(request, 64, 1u << 20);
    const auto state = (*stream)->Read(writer);
    EXPECT_TRUE(state.ok()) << state.status().Message();
    writer.Finish(rows);
    if (!state.ok() || *state == provider::ReadState::kEnd) break;
  }
  return rows;
}

// The storage kind that the declared type asks for, whatever the rule says.
bool FitsType(const cim::DataType& type, ValueView value) {
  if (type.is_array) return value.kind() == ValueKind::kArray;
  if (cim::IsUnsignedInteger(type.type)) return value.kind() == ValueKind::kUnsigned;
  if (cim::IsSignedInteger(type.type)) return value.kind() == ValueKind::kSigned;
  if (cim::IsTextual(type.type)) return value.kind() == ValueKind::kText;
  return type.type == CimType::kBoolean && value.kind() == ValueKind::kBoolean;
}

void Validate(const char* class_name, const Map& map) {
  const cim::ClassPtr schema = Schema::Get().GetClass(class_name);
  for (const auto& [name, rule] : map) ASSERT_TRUE(schema->FindSlot(name).has_value()) << name << " is no property";
  const std::vector<cim::Object> rows = Query(schema);
  ASSERT_FALSE(rows.empty()) << class_name;
  for (const cim::Object& row : rows) {
    for (std::size_t slot = 0; slot < schema->properties().size(); ++slot) {
      const cim::Property& property = schema->properties()[slot];
      const ValueView value = row.slot(slot);
      const std::string where = cim::RelativePath(row).value_or(class_name) + "." + property.name;
      const auto found = map.find(property.name);
      if (found == map.end()) {
        EXPECT_TRUE(value.is_null()) << where << " has a value but no rule";
        continue;
      }
      if (value.is_null()) {
        EXPECT_EQ(found->second.presence, Presence::kSometimes) << where << " is NULL";
        continue;
      }
      EXPECT_TRUE(FitsType(property.type, value)) << where;
      const std::string fault = found->second.check(value);
      EXPECT_TRUE(fault.empty()) << where << ": " << fault;
    }
  }
}

TEST(ThisMachine, Processes) { Validate("Win32_Process", ProcessMap()); }
TEST(ThisMachine, OperatingSystem) { Validate("Win32_OperatingSystem", OperatingSystemMap()); }
TEST(ThisMachine, ComputerSystem) { Validate("Win32_ComputerSystem", ComputerSystemMap()); }
TEST(ThisMachine, Processors) { Validate("Win32_Processor", ProcessorMap()); }
TEST(ThisMachine, LogicalDisks) { Validate("Win32_LogicalDisk", LogicalDiskMap()); }

TEST(ThisMachine, FindsThisProcessByItsHandle) {
  const cim::ClassPtr schema = Schema::Get().GetClass("Win32_Process");
  const std::vector<cim::Object> rows = Query(schema, std::to_string(::getpid()));
  ASSERT_EQ(rows.size(), 1u);
  const auto get = [&](const char* name) { return rows[0].slot(schema->FindSlot(name).value()); };
  EXPECT_EQ(get("ProcessId").unsigned_integer(), static_cast<std::uint64_t>(::getpid()));
  EXPECT_EQ(get("ParentProcessId").unsigned_integer(), static_cast<std::uint64_t>(::getppid()));
  EXPECT_EQ(get("Name").text(), "classes_test");
  EXPECT_TRUE(get("ExecutablePath").text().ends_with("/classes_test")) << get("ExecutablePath").text();
  EXPECT_THAT(std::string(get("CommandLine").text()), testing::HasSubstr("classes_test"));
  // Standard streams, the process directory and the file that is being read at the least.
  EXPECT_GE(get("HandleCount").unsigned_integer(), 3u);
  EXPECT_EQ(cim::RelativePath(rows[0]), "Win32_Process.Handle=\"" + std::to_string(::getpid()) + "\"");
}

}  // namespace
}  // namespace wmi::classes
