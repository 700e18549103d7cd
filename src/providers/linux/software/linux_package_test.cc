#include "providers/linux/software/linux_package.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

class LinuxPackageTest : public testing::Test {
 protected:
  LinuxPackageTest() {
    tree_.Write(
        "var/lib/dpkg/status",
        "Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2\nDescription: a shell\n\n"
        "Package: libc6\nStatus: install ok installed\nMulti-Arch: same\nArchitecture: amd64\nVersion: 2.36\n\n"
        "Package: libc6\nStatus: install ok unpacked\nMulti-Arch: same\nArchitecture: i386\nVersion: 2.36\n\n");
    machine_.root = tree_.root();
    machine_.root.var = tree_.path() + "/var";
    machine_.files = &files_;
  }

  Answer Ask() {
    const cim::ClassPtr schema =
        TestClass("Linux_Package", PropertyNames<LinuxPackageView>(LinuxPackage::Columns()), "Name");
    SnapshotProvider<LinuxPackage> provider(machine_);
    return RunQuery(provider, {schema, {}, {}});
  }

  FixtureTree tree_;
  WatchedFiles files_;
  Machine machine_;
};

TEST_F(LinuxPackageTest, ListsEachPackageOfEachArchitecture) {
  const Answer answer = Ask();
  ASSERT_EQ(answer.rows.size(), 3u);
  EXPECT_EQ(answer.Text(0, "Name"), "bash");
  EXPECT_EQ(answer.Text(0, "Manager"), "dpkg");
  EXPECT_EQ(answer.Text(0, "Summary"), "a shell");
  EXPECT_EQ(answer.Text(2, "Architecture"), "i386");
  EXPECT_TRUE(answer.Get(1, "IsComplete").boolean());
  EXPECT_FALSE(answer.Get(2, "IsComplete").boolean());
  EXPECT_TRUE(answer.IsNull(0, "InstallDate"));
}

TEST_F(LinuxPackageTest, ALookUpGivesThePackagesOfThatName) {
  const cim::ClassPtr schema =
      TestClass("Linux_Package", PropertyNames<LinuxPackageView>(LinuxPackage::Columns()), "Name");
  SnapshotProvider<LinuxPackage> provider(machine_);
  EXPECT_EQ(RunQuery(provider, {schema, {}, {"LIBC6"}}).rows.size(), 2u);
  EXPECT_TRUE(RunQuery(provider, {schema, {}, {"libc"}}).rows.empty());
}

TEST_F(LinuxPackageTest, ADatabaseThatMayNotBeReadIsSaid) {
  files_.failures["read status"] = EACCES;
  const Answer answer = Ask();
  EXPECT_TRUE(answer.status.ok());
  EXPECT_TRUE(answer.rows.empty());
}

}  // namespace
}  // namespace wmi::linuxos
