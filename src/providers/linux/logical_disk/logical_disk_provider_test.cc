#include "providers/linux/logical_disk/logical_disk_provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "providers/linux/guarded_calls.h"
#include "providers/linux/logical_disk/disk_selection.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

cim::ClassPtr DiskClass() {
  const ClassPage page = LogicalDiskProvider::Page();
  std::vector<std::string_view> names;
  for (const ClassPage::PropertyRow& row : page.properties) names.push_back(row.name);
  return TestClass(page.class_name, names, "DeviceID");
}

class LogicalDiskProviderTest : public testing::Test {
 protected:
  LogicalDiskProviderTest() {
    tree_.Write("proc/self/mountinfo", TestData("mountinfo"));
    tree_.Write("proc/sys/kernel/hostname", "box\n");
    files_.directories = {"/home", "/var", "/data"};
    files_.spaces = {{"/", {4096, 1000, 250, 255}}, {"/net/home", {1024, 10, 5, 255}}};
    for (const char* path : {"/mnt/USB stick", "/net/share", "/home", "/var", "/cdrom", "/tank", "/stack", "/ram"}) {
      files_.spaces[path] = {512, 8, 4, 255};
    }
    tree_.Link("sys/dev/block/254:1", "../../devices/pci0/virtio0/block/vda/vda1");
    tree_.Link("sys/dev/block/254:16", "../../devices/usb1/block/sdb/sdb1");
    tree_.Link("sys/dev/block/11:0", "../../devices/pci0/block/sr0");
    tree_.Link("sys/dev/block/1:0", "../../devices/virtual/block/ram0");
    tree_.Write("sys/devices/usb1/block/sdb/removable", "1\n");
    tree_.MakeDirectory("sys/devices/usb1/block/sdb/sdb1");
    tree_.Link("sys/class/block/sdb1", "../../devices/usb1/block/sdb/sdb1");
    tree_.Write("sys/fs/ext4/vda1/errors_count", "0\n");
    tree_.Link("dev/disk/by-uuid/2f0c-aa", "../../vda1");
    tree_.Link("dev/disk/by-label/My\\x20disk", "../../sdc1");
  }

  Answer Ask(std::vector<std::string_view> names = {}, std::vector<std::string> keys = {}) {
    static const cim::ClassPtr schema = DiskClass();
    LogicalDiskProvider provider(Machine{tree_.root(), &files_});
    files_.calls.clear();
    return RunQuery(provider, {schema, std::move(names), std::move(keys)});
  }

  FixtureTree tree_;
  WatchedFiles files_;
};

TEST_F(LogicalDiskProviderTest, ListsStorageAndNothingElse) {
  const Answer answer = Ask({"DeviceID"});
  std::vector<std::string> names;
  for (std::size_t row = 0; row < answer.rows.size(); ++row) names.push_back(answer.Text(row, "DeviceID"));
  EXPECT_THAT(names, ElementsAre("/", "/mnt/USB stick", "/net/home", "/net/share", "/home", "/var", "/cdrom", "/tank",
                                 "/stack", "/ram"));
}

TEST_F(LogicalDiskProviderTest, FillsALocalDisk) {
  const Answer answer = Ask({}, {"/"});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Name"), "/");
  EXPECT_EQ(answer.Text(0, "FileSystem"), "ext4");
  EXPECT_EQ(answer.Number(0, "DriveType"), 3u);
  EXPECT_EQ(answer.Text(0, "Description"), "Local Fixed Disk");
  EXPECT_EQ(answer.Number(0, "MediaType"), 12u);
  EXPECT_EQ(answer.Number(0, "Size"), 4096u * 1000);
  EXPECT_EQ(answer.Number(0, "FreeSpace"), 4096u * 250);
  EXPECT_EQ(answer.Number(0, "BlockSize"), 4096u);
  EXPECT_EQ(answer.Number(0, "Access"), 3u);
  EXPECT_EQ(answer.Text(0, "VolumeSerialNumber"), "2f0c-aa");
  EXPECT_TRUE(answer.IsNull(0, "VolumeName"));
  EXPECT_TRUE(answer.IsNull(0, "ProviderName"));
  EXPECT_FALSE(answer.Get(0, "VolumeDirty").boolean());
  EXPECT_FALSE(answer.Get(0, "QuotasDisabled").boolean());
  EXPECT_TRUE(answer.Get(0, "SupportsDiskQuotas").boolean());
}

TEST_F(LogicalDiskProviderTest, TellsTheKindsOfDrives) {
  const std::pair<const char*, std::uint64_t> cases[] = {
      {"/mnt/USB stick", 2}, {"/", 3}, {"/net/home", 4}, {"/net/share", 4}, {"/cdrom", 5}, {"/ram", 6}, {"/tank", 3}};
  for (const auto& [path, type] : cases) {
    const Answer answer = Ask({"DriveType"}, {path});
    ASSERT_EQ(answer.rows.size(), 1u) << path;
    EXPECT_EQ(answer.Number(0, "DriveType"), type) << path;
  }
}

TEST_F(LogicalDiskProviderTest, NamesTheServerOfANetworkDisk) {
  EXPECT_EQ(Ask({"ProviderName"}, {"/net/home"}).Text(0, "ProviderName"), "files.example.org:/export/home");
  EXPECT_EQ(Ask({"ProviderName"}, {"/net/share"}).Text(0, "ProviderName"), "//server/share");
}

TEST_F(LogicalDiskProviderTest, FindsLabelsOfSubvolumesBySource) {
  const Answer answer = Ask({"VolumeName", "Compressed"}, {"/home"});
  EXPECT_EQ(answer.Text(0, "VolumeName"), "My disk");
  EXPECT_TRUE(answer.Get(0, "Compressed").boolean());
}

TEST_F(LogicalDiskProviderTest, TheTopmostMountOfAPlaceCounts) {
  EXPECT_EQ(Ask({"FileSystem"}, {"/stack"}).Text(0, "FileSystem"), "xfs");
}

TEST_F(LogicalDiskProviderTest, AReadOnlyMountIsReadable) {
  EXPECT_EQ(Ask({"Access"}, {"/mnt/USB stick"}).Number(0, "Access"), 1u);
}

TEST_F(LogicalDiskProviderTest, OnlySpaceCallsStatvfs) {
  Ask({"DeviceID", "FileSystem", "DriveType", "ProviderName", "VolumeSerialNumber"});
  EXPECT_EQ(files_.CallsTo("space "), 0u);
  Ask({"FreeSpace"}, {"/net/home"});
  EXPECT_EQ(files_.CallsTo("space "), 1u) << "a disk that is not asked for is not waited for";
}

TEST_F(LogicalDiskProviderTest, WhoWantsLocalDisksDoesNotWaitForServers) {
  LogicalDiskProvider provider(Machine{tree_.root(), &files_});
  EXPECT_THAT(provider.support().narrowed, ElementsAre("DriveType"));
  Query query{DiskClass(), {}, {}};
  query.narrowed = "DriveType";
  query.allowed = {cim::Value::Unsigned(4), cim::Value::Unsigned(5)};
  for (const std::vector<std::string_view>& names :
       {std::vector<std::string_view>{}, std::vector<std::string_view>{"DeviceID", "FreeSpace"}}) {
    files_.calls.clear();
    query.names = names;
    const Answer answer = RunQuery(provider, query);
    std::vector<std::string> disks;
    for (std::size_t row = 0; row < answer.rows.size(); ++row) disks.push_back(answer.Text(row, "DeviceID"));
    EXPECT_THAT(disks, ElementsAre("/net/home", "/net/share", "/cdrom"));
    EXPECT_EQ(files_.CallsTo("space "), 3u);
  }
}

TEST_F(LogicalDiskProviderTest, ADeadServerLeavesNullsAndARefusalIsDenied) {
  files_.failures = {{"space /net/home", EIO}, {"space /net/share", EACCES}};
  Answer answer = Ask({"Size", "DeviceID"}, {"/net/home"});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_TRUE(answer.IsNull(0, "Size"));
  EXPECT_THAT(answer.denied, IsEmpty());
  answer = Ask({"Size", "FreeSpace", "DeviceID"}, {"/net/share"});
  EXPECT_THAT(answer.denied, UnorderedElementsAre("Size", "FreeSpace"));
}

// One place never answers. What waiting for it would cost is noted instead of waited for.
class HangingCalls final : public GuardedCalls {
 public:
  Outcome Run(const std::string& place, std::function<void()> work, std::chrono::milliseconds deadline) override {
    if (place != "/net/home") return GuardedCalls::Run(place, std::move(work), deadline);
    waits.push_back(deadline);
    return waits.size() == 1 ? Outcome::kTimedOut : Outcome::kStuck;
  }

  std::vector<std::chrono::milliseconds> waits;
};

TEST_F(LogicalDiskProviderTest, AServerThatDoesNotAnswerCostsOneDeadlineAndIsNamed) {
  HangingCalls calls;
  Machine machine{tree_.root(), &files_};
  machine.guarded = &calls;
  LogicalDiskProvider provider(machine);
  const cim::ClassPtr schema = DiskClass();
  provider::Request request;
  request.schema = schema;
  auto stream = provider.Open(request);
  ASSERT_TRUE(stream.ok());
  std::vector<cim::Object> rows;
  std::set<std::string> incomplete;
  for (int pull = 0; pull < 20; ++pull) {
    // One row a pull: whoever starts again at a pull waits again.
    provider::RowWriter writer(request, 1, 1u << 20);
    const auto state = (*stream)->Read(writer);
    writer.Finish(rows);
    incomplete.insert(writer.incomplete().begin(), writer.incomplete().end());
    if (!state.ok() || *state == provider::ReadState::kEnd) break;
  }
  EXPECT_THAT(calls.waits, ElementsAre(GuardedCalls::kDeadline));
  EXPECT_EQ(files_.CallsTo("space /net/home"), 0u) << "asked where nobody guards the call";
  ASSERT_EQ(rows.size(), 10u);
  const auto size = [&](std::size_t row) { return rows[row].slot(schema->FindSlot("Size").value()); };
  EXPECT_EQ(rows[2].slot(schema->FindSlot("DeviceID").value()).text(), "/net/home");
  EXPECT_TRUE(size(2).is_null());
  EXPECT_EQ(size(3).unsigned_integer(), 512u * 8);
  EXPECT_THAT(incomplete, ElementsAre(testing::HasSubstr("/net/home")));
}

TEST_F(LogicalDiskProviderTest, KeysThatDifferInCaseAreBothFoundTheExactFirst) {
  tree_.Write("proc/self/mountinfo",
              "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:2 / /Home rw - ext4 /dev/sda2 rw\n"
              "3 1 8:3 / /home rw - xfs /dev/sda3 rw\n");
  const Answer answer = Ask({"DeviceID"}, {"/home"});
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Text(0, "DeviceID"), "/home");
  EXPECT_EQ(answer.Text(1, "DeviceID"), "/Home");
  EXPECT_THAT(Ask({"DeviceID"}, {"/hom"}).rows, IsEmpty());
}

TEST_F(LogicalDiskProviderTest, TheRootOfAContainerIsAnUnknownDrive) {
  tree_.Write("proc/self/mountinfo", "1 0 0:50 / / rw - overlay overlay rw\n");
  files_.spaces["/"] = {4096, 10, 5, 255};
  const Answer answer = Ask();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Number(0, "DriveType"), 0u);
  EXPECT_TRUE(answer.IsNull(0, "Description"));
}

TEST(MountLines, AreReadOrRefused) {
  const auto mount = ParseMount("27 1 254:0 /sub /mnt/a\\040b\\134c rw,ro shared:1 x - fuse.sshfs host:/x rw");
  ASSERT_TRUE(mount.has_value());
  EXPECT_EQ(mount->device, "254:0");
  EXPECT_EQ(mount->root, "/sub");
  EXPECT_EQ(mount->mount_point, "/mnt/a b\\c");
  EXPECT_EQ(mount->file_system, "fuse.sshfs");
  EXPECT_EQ(mount->source, "host:/x");
  // An escape is whole also where the name ends, and a backslash that starts none stays.
  EXPECT_EQ(ParseMount("27 1 254:0 /sub /mnt/a\\040 rw - ext4 /dev/vda rw")->mount_point, "/mnt/a ");
  EXPECT_EQ(ParseMount("27 1 254:0 /sub /mnt/a\\04 rw - ext4 /dev/vda rw")->mount_point, "/mnt/a\\04");
  const std::string line = "27 1 254:0 / / rw - ext4 /dev/vda rw";
  for (std::size_t length = 0; length < line.find("/dev/vda"); ++length) {
    EXPECT_FALSE(ParseMount(line.substr(0, length)).has_value()) << length;
  }
}

}  // namespace
}  // namespace wmi::linuxos
