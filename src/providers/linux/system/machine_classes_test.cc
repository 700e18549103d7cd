#include "providers/linux/system/machine_classes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class MachineClassesTest : public testing::Test {
 protected:
  template <typename Traits>
  Answer Ask(std::vector<std::string_view> names = {}) {
    SnapshotProvider<Traits> provider(Machine{tree_.root(), &files_});
    files_.calls.clear();
    const std::vector<std::string_view> all = PropertyNames(Traits::Columns());
    return RunQuery(provider, {TestClass(std::string(Traits::kClass), all, ""), std::move(names), {}});
  }

  FixtureTree tree_;
  WatchedFiles files_;
};

class ComputerProductTest : public MachineClassesTest {
 protected:
  ComputerProductTest() {
    tree_.Write("sys/class/dmi/id/product_name", "Latitude 5490\n");
    tree_.Write("sys/class/dmi/id/product_version", "\n");
    tree_.Write("sys/class/dmi/id/product_serial", "ABC1234\n");
    tree_.Write("sys/class/dmi/id/product_uuid", "4c4c4544-0031-4a10-8056-b7c04f4d3732\n");
    tree_.Write("sys/class/dmi/id/product_sku", "0816\n");
    tree_.Write("sys/class/dmi/id/sys_vendor", "Dell Inc. \n");
  }
};

TEST_F(ComputerProductTest, IsWhatTheFirmwareSays) {
  const Answer answer = Ask<ComputerProduct>();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Name"), "Latitude 5490");
  EXPECT_EQ(answer.Text(0, "Vendor"), "Dell Inc.");
  EXPECT_EQ(answer.Text(0, "Version"), "");
  EXPECT_EQ(answer.Text(0, "IdentifyingNumber"), "ABC1234");
  EXPECT_EQ(answer.Text(0, "SKUNumber"), "0816");
  EXPECT_EQ(answer.Text(0, "UUID"), "4C4C4544-0031-4A10-8056-B7C04F4D3732");
}

TEST_F(ComputerProductTest, ReadsOnlyWhatIsAskedFor) {
  Ask<ComputerProduct>({"Vendor"});
  EXPECT_EQ(files_.calls.size(), 2u) << "the vendor, and the name that says whether there is an instance";
}

TEST_F(ComputerProductTest, TheSerialNumberIsForRoot) {
  files_.failures = {{"read id/product_serial", EACCES}, {"read id/product_uuid", EACCES}};
  const cim::ClassPtr schema = TestClass("C", PropertyNames(ComputerProduct::Columns()), "");
  provider::Request request;
  request.schema = schema;
  SnapshotProvider<ComputerProduct> provider(Machine{tree_.root(), &files_});
  auto stream = provider.Open(request);
  ASSERT_TRUE(stream.ok());
  provider::RowWriter writer(request, 8, 1u << 16);
  ASSERT_TRUE((*stream)->Read(writer).ok());
  EXPECT_THAT(writer.incomplete(), testing::ElementsAre(HasSubstr("as root")));
  const Answer answer = Ask<ComputerProduct>();
  EXPECT_EQ(answer.Text(0, "IdentifyingNumber"), "");
  EXPECT_THAT(answer.denied, UnorderedElementsAre("UUID"));
}

TEST_F(ComputerProductTest, ABoardIsNamedByItsDeviceTree) {
  tree_.Remove("sys/class/dmi");
  EXPECT_THAT(Ask<ComputerProduct>().rows, IsEmpty());
  tree_.Write("sys/firmware/devicetree/base/model", std::string_view("Raspberry Pi 4 Model B Rev 1.4\0", 31));
  tree_.Write("sys/firmware/devicetree/base/serial-number", std::string_view("10000000abcdef01\0", 17));
  const Answer answer = Ask<ComputerProduct>();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Name"), "Raspberry Pi 4 Model B Rev 1.4");
  EXPECT_EQ(answer.Text(0, "IdentifyingNumber"), "10000000abcdef01");
  EXPECT_TRUE(answer.IsNull(0, "Vendor"));
  EXPECT_TRUE(answer.IsNull(0, "UUID"));
}

TEST_F(MachineClassesTest, EachSwapAreaIsAPageFile) {
  tree_.Write("proc/swaps",
              "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
              "/dev/nvme0n1p3                          partition\t8388604\t\t524288\t\t-2\n"
              "/var/swap\\040file\\134x                  file\t\t2097148\t\t0\t\t-3\n"
              "/dev/zram0 partition\n"
              "cut");
  const Answer answer = Ask<PageFileUsage>();
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Text(0, "Name"), "/dev/nvme0n1p3");
  EXPECT_EQ(answer.Number(0, "AllocatedBaseSize"), 8191u);
  EXPECT_EQ(answer.Number(0, "CurrentUsage"), 512u);
  EXPECT_EQ(answer.Text(1, "Name"), "/var/swap file\\x");
  EXPECT_EQ(answer.Number(1, "CurrentUsage"), 0u);
  tree_.Remove("proc/swaps");
  EXPECT_THAT(Ask<PageFileUsage>().rows, IsEmpty());
}

TEST_F(MachineClassesTest, KnowsWhereTheMachineStartsFrom) {
  tree_.Write("proc/self/mountinfo",
              "27 1 254:1 / / rw - ext4 /dev/vda2 rw\n28 27 254:2 / /boot rw - ext4 /dev/vda1 rw\n");
  files_.directories = {"/boot"};
  const Answer answer = Ask<BootConfiguration>();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Name"), "BootConfiguration");
  EXPECT_EQ(answer.Text(0, "Caption"), "/dev/vda1");
  EXPECT_EQ(answer.Text(0, "BootDirectory"), "/boot");
  files_.directories = {"/elsewhere"};
  tree_.Write("proc/self/mountinfo", "27 1 0:50 / / rw - overlay overlay rw\n");
  const Answer container = Ask<BootConfiguration>();
  EXPECT_TRUE(container.IsNull(0, "Caption"));
  EXPECT_TRUE(container.IsNull(0, "BootDirectory"));
  Ask<BootConfiguration>({"Name"});
  EXPECT_THAT(files_.calls, IsEmpty());
}

TEST_F(MachineClassesTest, ThereAreNoHotfixes) {
  SnapshotProvider<QuickFixEngineering> provider(Machine{tree_.root(), &files_});
  const Answer answer = RunQuery(provider, {TestClass("Win32_QuickFixEngineering", {"HotFixID"}, "HotFixID"), {}, {}});
  EXPECT_TRUE(answer.status.ok());
  EXPECT_THAT(answer.rows, IsEmpty());
}

TEST_F(MachineClassesTest, SaysWhatIsTrueOfItself) {
  const Answer answer = Ask<WmiSetting>();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_THAT(answer.Text(0, "BuildVersion"), testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+.*"));
  EXPECT_THAT(files_.calls, IsEmpty());
}

}  // namespace
}  // namespace wmi::linuxos
