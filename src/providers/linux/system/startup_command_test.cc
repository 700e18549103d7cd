#include "providers/linux/system/startup_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class StartupCommandTest : public testing::Test {
 protected:
  StartupCommandTest() {
    const std::string homes = tree_.path() + "/home/";
    tree_.Write("etc/passwd", "root:x:0:0:root:" + homes + "root:/bin/bash\n" + "daemon:x:1:1:daemon:" + homes +
                                  "daemon:/usr/sbin/nologin\n" + "ann:x:1000:1000:Ann:" + homes + "ann:/bin/bash\n" +
                                  "bob:x:1001:1001::" + homes + "bob:/bin/bash\ncut:x:1002\n");
    tree_.Write("etc/xdg/autostart/at-spi-dbus-bus.desktop",
                "[Desktop Entry]\nType=Application\nName=AT-SPI D-Bus Bus\nExec=/usr/libexec/at-spi-bus-launcher "
                "--launch-immediately\nOnlyShowIn=GNOME;Unity;\n");
    tree_.Write("etc/xdg/autostart/off.desktop", "[Desktop Entry]\nName=Off\nExec=off\nHidden=true\n");
    tree_.Write("etc/xdg/autostart/notes.txt", "[Desktop Entry]\nName=No\nExec=no\n");
    tree_.Write("home/ann/.config/autostart/editor.desktop",
                "# ours\n[Desktop Entry]\nName=Editor\nComment=Opens\\sfiles\nExec=\"/opt/my editor\" %U\n"
                "[Desktop Action new]\nExec=editor --new\n");
    tree_.Write("home/daemon/.config/autostart/x.desktop", "[Desktop Entry]\nName=X\nExec=x\n");
  }

  Answer Ask() {
    const cim::ClassPtr schema = TestClass("Win32_StartupCommand", PropertyNames(StartupCommand::Columns()), "");
    SnapshotProvider<StartupCommand> provider(Machine{tree_.root(), &files_});
    return RunQuery(provider, {schema, {}, {}});
  }

  FixtureTree tree_;
  WatchedFiles files_;
};

TEST_F(StartupCommandTest, ListsTheEntriesOfAllAndOfEachUser) {
  const Answer answer = Ask();
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Text(0, "Name"), "at-spi-dbus-bus");
  EXPECT_EQ(answer.Text(0, "Caption"), "AT-SPI D-Bus Bus");
  EXPECT_EQ(answer.Text(0, "Command"), "/usr/libexec/at-spi-bus-launcher --launch-immediately");
  EXPECT_EQ(answer.Text(0, "Location"), tree_.root().etc + "/xdg/autostart");
  EXPECT_EQ(answer.Text(0, "User"), "Public");
  EXPECT_TRUE(answer.IsNull(0, "Description"));
  EXPECT_EQ(answer.Text(1, "Name"), "editor");
  EXPECT_EQ(answer.Text(1, "Command"), "\"/opt/my editor\" %U");
  EXPECT_EQ(answer.Text(1, "Description"), "Opens files");
  EXPECT_EQ(answer.Text(1, "User"), "ann");
}

TEST_F(StartupCommandTest, AHomeThatIsDeniedIsSaid) {
  files_.failures = {{"list home/ann/.config/autostart", EACCES}};
  const cim::ClassPtr schema = TestClass("Win32_StartupCommand", PropertyNames(StartupCommand::Columns()), "");
  SnapshotProvider<StartupCommand> provider(Machine{tree_.root(), &files_});
  provider::Request request;
  request.schema = schema;
  auto stream = provider.Open(request);
  ASSERT_TRUE(stream.ok());
  provider::RowWriter writer(request, 64, 1u << 16);
  ASSERT_TRUE((*stream)->Read(writer).ok());
  EXPECT_EQ(writer.rows(), 1u);
  EXPECT_THAT(writer.incomplete(), ElementsAre(HasSubstr("of 1 users")));
}

TEST_F(StartupCommandTest, WithoutFilesThereIsNothing) {
  tree_.Remove("etc");
  const Answer answer = Ask();
  EXPECT_TRUE(answer.status.ok());
  EXPECT_THAT(answer.rows, IsEmpty());
}

TEST(DesktopEntryTest, NeedsItsGroupAndACommand) {
  EXPECT_FALSE(ParseDesktopEntry(""));
  EXPECT_FALSE(ParseDesktopEntry("Exec=a\n"));
  EXPECT_FALSE(ParseDesktopEntry("[Other]\nExec=a\n"));
  EXPECT_FALSE(ParseDesktopEntry("[Desktop Entry]\nName=a\n"));
  const auto entry = ParseDesktopEntry("[Desktop Entry]\r\n Exec = a\\\\b\\tc\\q\\\r\nX-GNOME-Autostart-enabled=false");
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->command, "a\\b\tc\\q\\");
  EXPECT_TRUE(entry->is_off);
}

}  // namespace
}  // namespace wmi::linuxos
