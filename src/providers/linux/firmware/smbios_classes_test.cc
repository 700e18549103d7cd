// The table of the firmware and the classes that are made of it.
#include "providers/linux/firmware/smbios_classes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "providers/linux/firmware/cache_memory.h"
#include "providers/linux/firmware/smbios_table.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

void Put(std::string& bytes, std::size_t offset, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) bytes[offset + i] = static_cast<char>((value >> (8 * i)) & 0xFF);
}

struct Field {
  std::size_t offset;
  std::size_t size;
  std::uint64_t value;
};

// A structure of `length` bytes, zero where no field is given.
std::string Structure(std::uint8_t type, std::uint16_t handle, std::size_t length, const std::vector<Field>& fields,
                      const std::vector<std::string>& strings = {}) {
  std::string bytes(length, '\0');
  Put(bytes, 0, type, 1);
  Put(bytes, 1, length, 1);
  Put(bytes, 2, handle, 2);
  for (const Field& field : fields) Put(bytes, field.offset, field.value, field.size);
  for (const std::string& text : strings) bytes += text + '\0';
  if (strings.empty()) bytes += '\0';
  return bytes + '\0';
}

// A workstation with two slots of which the second is empty, and a soldered module of an unknown size.
std::string Table() {
  return Structure(0, 0, 0x18,
                   {{4, 1, 1},
                    {5, 1, 2},
                    {8, 1, 3},
                    {0x0A, 8, (1u << 7) | (1u << 11) | (1ull << 40)},
                    {0x12, 1, 0x03},
                    {0x14, 1, 1},
                    {0x15, 1, 12},
                    {0x16, 1, 0xFF},
                    {0x17, 1, 0xFF}},
                   {"Makers Inc. ", "1.12.0", "03/09/2021"}) +
         Structure(1, 1, 0x1B, {{4, 1, 1}, {7, 1, 2}}, {"Makers Inc.", "MACHINE42"}) +
         Structure(2, 2, 0x0F, {{4, 1, 1}, {5, 1, 2}, {6, 1, 3}, {7, 1, 4}, {9, 1, 0x09}},
                   {"Makers Inc.", "0X4GC7", "A01", "BOARD7"}) +
         Structure(3, 3, 0x16,
                   {{4, 1, 1}, {5, 1, 0x83}, {7, 1, 2}, {8, 1, 3}, {0x0C, 1, 3}, {0x12, 1, 1}, {0x15, 1, 4}},
                   {"Makers Inc.", "CASE9", "Office 12", "SKU1"}) +
         Structure(12, 4, 5, {{4, 1, 1}}, {"J1: closed to clear the settings"}) +
         Structure(13, 5, 0x16, {{4, 1, 2}, {0x15, 1, 1}}, {"en|US|iso8859-1", "de|DE|iso8859-1"}) +
         Structure(16, 0x1000, 0x17,
                   {{4, 1, 3}, {5, 1, 3}, {6, 1, 6}, {7, 4, 0x8000'0000u}, {0x0D, 2, 3}, {0x0F, 8, 6ull << 40}}) +
         Structure(
             17, 0x1100, 0x5C,
             {{4, 2, 0x1000},  {6, 2, 0xFFFF},  {8, 2, 72},       {0x0A, 2, 64},     {0x0C, 2, 0x7FFF}, {0x0E, 1, 9},
              {0x10, 1, 1},    {0x11, 1, 2},    {0x12, 1, 0x1A},  {0x13, 2, 0x80},   {0x15, 2, 3200},   {0x17, 1, 3},
              {0x18, 1, 4},    {0x1A, 1, 5},    {0x1B, 1, 2},     {0x1C, 4, 65'536}, {0x20, 2, 0xFFFF}, {0x22, 2, 1200},
              {0x24, 2, 1250}, {0x26, 2, 1200}, {0x58, 4, 70'000}},
             {"DIMM_A1", "BANK 0", "Chips", "00C0FFEE", "CH4-64G   "}) +
         Structure(17, 0x1101, 0x22, {{8, 2, 0xFFFF}, {0x0A, 2, 0xFFFF}, {0x0E, 1, 2}, {0x12, 1, 2}}) +
         Structure(17, 0x1102, 0x15, {{8, 2, 64}, {0x0C, 2, 0x8400}, {0x0E, 1, 0x0D}, {0x12, 1, 0x18}}) +
         Structure(18, 0x1200, 0x17, {{4, 1, 3}}) +
         Structure(20, 0x1400, 0x23,
                   {{4, 4, 0xFFFF'FFFFu},
                    {8, 4, 0xFFFF'FFFFu},
                    {0x0C, 2, 0x1100},
                    {0x10, 1, 1},
                    {0x11, 1, 0xFF},
                    {0x12, 1, 1},
                    {0x13, 8, 1ull << 32},
                    {0x1B, 8, (1ull << 32) + 65'535}}) +
         Structure(127, 0xFFFF, 4, {});
}

std::string EntryPoint64() {
  std::string bytes(24, '\0');
  bytes.replace(0, 5, "_SM3_");
  bytes[6] = 24;
  bytes[7] = 3;
  bytes[8] = 2;
  unsigned sum = 0;
  for (const char byte : bytes) sum += static_cast<unsigned char>(byte);
  bytes[5] = static_cast<char>(0x100 - (sum & 0xFF));
  return bytes;
}

TEST(SmbiosTable, ReadsStructuresFieldsAndStrings) {
  const SmbiosTable table(Table());
  EXPECT_TRUE(table.is_whole());
  const SmbiosStructure& bios = *table.OfType(0).at(0);
  EXPECT_EQ(bios.Text(4), "Makers Inc.");
  EXPECT_EQ(bios.Text(8), "03/09/2021");
  EXPECT_EQ(bios.Byte(0x17), 0xFF);
  EXPECT_EQ(bios.Byte(0x18), std::nullopt);
  EXPECT_EQ(bios.Word(0x17), std::nullopt);
  EXPECT_EQ(bios.String(4), "");
  EXPECT_EQ(bios.String(0), "");
  EXPECT_EQ(table.OfType(17).size(), 3u);
  EXPECT_EQ(table.OfType(17).at(1)->handle, 0x1101);
}

TEST(SmbiosTable, StopsWhereItIsDamaged) {
  const std::string whole = Table();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const SmbiosTable table(whole.substr(0, size));
    EXPECT_LE(table.structures().size(), 13u);
    for (const SmbiosStructure& structure : table.structures()) EXPECT_GE(structure.formatted.size(), 4u);
  }
  EXPECT_TRUE(SmbiosTable("").is_whole());
  // What comes behind the structure that ends the table is no part of it (DSP0134, type 127).
  const SmbiosTable padded(whole + Structure(17, 0x1199, 0x5C, {}) + "rest");
  EXPECT_TRUE(padded.is_whole());
  EXPECT_EQ(padded.structures().size(), SmbiosTable(whole).structures().size());
  EXPECT_FALSE(SmbiosTable(std::string("\x01\x03\x00\x00\x00\x00", 6)).is_whole());
  EXPECT_FALSE(SmbiosTable(std::string("\x01\xFF\x00\x00\x00\x00", 6)).is_whole());
  EXPECT_FALSE(SmbiosTable(std::string("\x01\x04\x00\x00name", 8)).is_whole());
}

TEST(SmbiosEntryPoint, GivesTheVersionWhenItsSumIsRight) {
  std::string bytes = EntryPoint64();
  const auto version = ParseSmbiosEntryPoint(bytes);
  ASSERT_TRUE(version.has_value());
  EXPECT_EQ(version->major, 3);
  EXPECT_EQ(version->minor, 2);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(ParseSmbiosEntryPoint(std::string_view(bytes).substr(0, size)).has_value());
  }
  bytes[8] = 9;
  EXPECT_FALSE(ParseSmbiosEntryPoint(bytes).has_value());
}

class SmbiosClassesTest : public testing::Test {
 protected:
  SmbiosClassesTest() { tree_.Write("proc/sys/kernel/hostname", "box\n"); }

  void WriteTable() {
    tree_.Write("sys/firmware/dmi/tables/DMI", Table());
    tree_.Write("sys/firmware/dmi/tables/smbios_entry_point", EntryPoint64());
  }
  void WriteIds() {
    for (const auto& [name, text] : std::vector<std::pair<std::string, std::string>>{{"bios_vendor", "Makers Inc."},
                                                                                     {"bios_version", "1.12.0"},
                                                                                     {"bios_date", "03/09/2021"},
                                                                                     {"bios_release", "1.12"},
                                                                                     {"board_vendor", "Makers Inc."},
                                                                                     {"board_name", "0X4GC7"},
                                                                                     {"board_serial", "BOARD7"},
                                                                                     {"chassis_vendor", "Makers Inc."},
                                                                                     {"chassis_type", "3"},
                                                                                     {"product_serial", "MACHINE42"}}) {
      tree_.Write("sys/class/dmi/id/" + name, text + "\n");
    }
  }
  // As it is for a user who is not root.
  void Deny() {
    for (const char* file : {"tables/DMI", "tables/smbios_entry_point", "product_serial", "board_serial"}) {
      files_.failures[std::string("read ") + file] = EACCES;
    }
  }

  template <typename Traits>
  Answer Ask(std::vector<std::string_view> names = {}) {
    const cim::ClassPtr schema =
        TestClass(std::string(Traits::kClass), PropertyNames<typename Traits::View>(Traits::Columns()), "");
    SnapshotProvider<Traits> provider{Machine{tree_.root(), &files_}};
    files_.calls.clear();
    return RunQuery(provider, {schema, std::move(names), {}});
  }

  // What Load says of missing instances.
  template <typename Traits>
  std::string Complaint() {
    const provider::Request request;
    std::vector<typename Traits::View> views;
    const Status status = Traits::Load(Machine{tree_.root(), &files_}, Asked{~SourceSet{0}, request}, views);
    return status.code() == code::kOk ? "" : status.Message();
  }

  static std::vector<std::uint64_t> Numbers(cim::ValueView value) {
    std::vector<std::uint64_t> numbers;
    for (const cim::ValueView item : value.items()) numbers.push_back(item.unsigned_integer());
    return numbers;
  }

  FixtureTree tree_;
  WatchedFiles files_;
};

TEST_F(SmbiosClassesTest, BiosFromTheTable) {
  WriteTable();
  const Answer answer = Ask<Bios>();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Name"), "1.12.0");
  EXPECT_EQ(answer.Text(0, "Manufacturer"), "Makers Inc.");
  EXPECT_EQ(answer.Text(0, "SerialNumber"), "MACHINE42");
  EXPECT_EQ(answer.Text(0, "ReleaseDate"), "20210309000000.000000+000");
  EXPECT_EQ(answer.Number(0, "SMBIOSMajorVersion"), 3u);
  EXPECT_EQ(answer.Number(0, "SystemBiosMinorVersion"), 12u);
  EXPECT_TRUE(answer.IsNull(0, "EmbeddedControllerMajorVersion"));
  // A bit of the maker's is left out; the extension goes on at 32.
  EXPECT_THAT(Numbers(answer.Get(0, "BiosCharacteristics")), ElementsAre(7u, 11u, 32u, 33u));
  EXPECT_EQ(answer.Get(0, "ListOfLanguages").items().size(), 2u);
  EXPECT_EQ(answer.Text(0, "CurrentLanguage"), "en|US|iso8859-1");
}

TEST_F(SmbiosClassesTest, BiosForEverybody) {
  WriteTable();
  WriteIds();
  Deny();
  const Answer answer = Ask<Bios>();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Version"), "1.12.0");
  EXPECT_EQ(answer.Text(0, "ReleaseDate"), "20210309000000.000000+000");
  EXPECT_EQ(answer.Number(0, "SystemBiosMajorVersion"), 1u);
  EXPECT_TRUE(answer.denied.contains("SerialNumber"));
  EXPECT_TRUE(answer.denied.contains("BiosCharacteristics"));
  EXPECT_TRUE(answer.denied.contains("SMBIOSMajorVersion"));
  EXPECT_FALSE(answer.denied.contains("Manufacturer"));
  Ask<Bios>({"Name"});
  EXPECT_EQ(files_.CallsTo("product_serial"), 0u);
}

TEST_F(SmbiosClassesTest, WrongDatesAreNull) {
  for (const char* date : {"", "soon", "13/01/2021", "02/30/2021", "1/2", "01/01/99999"}) {
    WriteIds();
    tree_.Write("sys/class/dmi/id/bios_date", date);
    EXPECT_TRUE(Ask<Bios>().IsNull(0, "ReleaseDate")) << date;
  }
  tree_.Write("sys/class/dmi/id/bios_date", "12/31/99");
  EXPECT_EQ(Ask<Bios>().Text(0, "ReleaseDate"), "19991231000000.000000+000");
}

TEST_F(SmbiosClassesTest, BoardAndCase) {
  WriteTable();
  Answer answer = Ask<BaseBoard>();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Tag"), "Base Board");
  EXPECT_EQ(answer.Text(0, "Product"), "0X4GC7");
  EXPECT_EQ(answer.Text(0, "SerialNumber"), "BOARD7");
  EXPECT_TRUE(answer.Get(0, "HostingBoard").boolean());
  EXPECT_FALSE(answer.Get(0, "Removable").boolean());
  EXPECT_EQ(answer.Get(0, "ConfigOptions").items().size(), 1u);
  answer = Ask<SystemEnclosure>();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_THAT(Numbers(answer.Get(0, "ChassisTypes")), ElementsAre(3u));
  EXPECT_TRUE(answer.Get(0, "LockPresent").boolean());
  EXPECT_EQ(answer.Text(0, "SKU"), "SKU1");
  EXPECT_EQ(answer.Text(0, "SMBIOSAssetTag"), "Office 12");
  EXPECT_EQ(answer.Number(0, "SecurityStatus"), 3u);
}

TEST_F(SmbiosClassesTest, BoardAndCaseForEverybody) {
  WriteTable();
  WriteIds();
  Deny();
  Answer answer = Ask<BaseBoard>();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Product"), "0X4GC7");
  EXPECT_TRUE(answer.denied.contains("SerialNumber"));
  EXPECT_TRUE(answer.denied.contains("HostingBoard"));
  answer = Ask<SystemEnclosure>();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_THAT(Numbers(answer.Get(0, "ChassisTypes")), ElementsAre(3u));
  EXPECT_TRUE(answer.IsNull(0, "SerialNumber"));
}

TEST_F(SmbiosClassesTest, MemoryModulesThatAreThere) {
  WriteTable();
  const Answer answer = Ask<PhysicalMemory>();
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Text(0, "Tag"), "Physical Memory 0");
  EXPECT_EQ(answer.Text(1, "Tag"), "Physical Memory 2");
  EXPECT_EQ(answer.Number(0, "Capacity"), 64ull << 30);
  EXPECT_EQ(answer.Number(1, "Capacity"), 1u << 20);
  EXPECT_EQ(answer.Number(0, "FormFactor"), 8u);
  EXPECT_EQ(answer.Number(1, "FormFactor"), 12u);
  EXPECT_EQ(answer.Number(0, "MemoryType"), 1u);
  EXPECT_EQ(answer.Number(0, "SMBIOSMemoryType"), 26u);
  EXPECT_EQ(answer.Number(1, "MemoryType"), 24u);
  EXPECT_EQ(answer.Number(0, "Speed"), 3200u);
  EXPECT_EQ(answer.Number(0, "ConfiguredClockSpeed"), 70'000u);
  EXPECT_EQ(answer.Text(0, "PartNumber"), "CH4-64G");
  EXPECT_EQ(answer.Number(0, "PositionInRow"), 1u);
  EXPECT_TRUE(answer.IsNull(0, "InterleavePosition"));
  // An old firmware's structure is shorter.
  EXPECT_TRUE(answer.IsNull(1, "Speed"));
  EXPECT_TRUE(answer.IsNull(1, "Manufacturer"));
}

TEST_F(SmbiosClassesTest, MemoryArraysAndDevices) {
  WriteTable();
  Answer answer = Ask<PhysicalMemoryArray>();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Number(0, "MemoryDevices"), 3u);
  EXPECT_EQ(answer.Number(0, "MemoryErrorCorrection"), 6u);
  EXPECT_EQ(answer.Number(0, "MaxCapacityEx"), 6ull << 30);
  EXPECT_TRUE(answer.IsNull(0, "MaxCapacity"));
  answer = Ask<MemoryDevice>();
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Text(0, "DeviceID"), "Memory Device 0");
  EXPECT_EQ(answer.Number(0, "StartingAddress"), 1u << 22);
  EXPECT_EQ(answer.Number(0, "EndingAddress"), (1u << 22) + 63);
  EXPECT_EQ(answer.Number(0, "ErrorInfo"), 3u);
  EXPECT_EQ(answer.Text(0, "SystemName"), "box");
  EXPECT_TRUE(answer.IsNull(1, "StartingAddress"));
}

TEST_F(SmbiosClassesTest, MissingMemoryHasAReason) {
  EXPECT_EQ(Complaint<PhysicalMemory>(), "");
  EXPECT_THAT(Ask<Bios>().rows, IsEmpty());
  EXPECT_THAT(Ask<BaseBoard>().rows, IsEmpty());
  EXPECT_THAT(Ask<SystemEnclosure>().rows, IsEmpty());
  tree_.Write("sys/firmware/dmi/tables/DMI", Table().substr(0, Table().size() - 3));
  EXPECT_THAT(Complaint<PhysicalMemory>(), HasSubstr("middle"));
  EXPECT_EQ(Ask<PhysicalMemory>().rows.size(), 2u);
  Deny();
  for (const std::string& complaint :
       {Complaint<PhysicalMemory>(), Complaint<PhysicalMemoryArray>(), Complaint<MemoryDevice>()}) {
    EXPECT_THAT(complaint, HasSubstr("root"));
  }
}

TEST_F(SmbiosClassesTest, EachSharedCacheOnce) {
  tree_.Write("sys/devices/system/cpu/online", "0-3\n");
  for (int cpu = 0; cpu < 4; ++cpu) {
    const auto write = [&](int index, const char* level, const char* type, const char* size, const char* ways,
                           const std::string& sharers) {
      const std::string folder =
          "sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cache/index" + std::to_string(index) + "/";
      tree_.Write(folder + "level", level);
      tree_.Write(folder + "type", type);
      tree_.Write(folder + "size", size);
      tree_.Write(folder + "ways_of_associativity", ways);
      tree_.Write(folder + "coherency_line_size", "64");
      tree_.Write(folder + "shared_cpu_list", sharers);
    };
    const std::string core = cpu % 2 == 0 ? "0,2" : "1,3";
    write(0, "1", "Data", "32K", "8", core);
    write(1, "1", "Instruction", "32K", "8", core);
    write(2, "3", "Unified", "22M", "11", "0-3");
  }
  const Answer answer = Ask<CacheMemory>();
  ASSERT_EQ(answer.rows.size(), 5u);
  EXPECT_EQ(answer.Text(0, "Purpose"), "L1 Data Cache");
  EXPECT_EQ(answer.Number(0, "Associativity"), 7u);
  EXPECT_EQ(answer.Number(2, "CacheType"), 3u);
  EXPECT_EQ(answer.Text(4, "DeviceID"), "Cache Memory 4");
  EXPECT_EQ(answer.Text(4, "Purpose"), "L3 Cache");
  EXPECT_EQ(answer.Number(4, "Level"), 5u);
  EXPECT_EQ(answer.Number(4, "InstalledSize"), 22u * 1024);
  EXPECT_EQ(answer.Number(4, "Associativity"), 1u);
  EXPECT_TRUE(answer.IsNull(4, "WritePolicy"));
  Ask<CacheMemory>({"Name"});
  EXPECT_EQ(files_.CallsTo("/size"), 0u);
}

}  // namespace
}  // namespace wmi::linuxos
