// Device and volume events: recorded messages and tables, a source whose notifier is a pipe of the test, and mounts of
// the test's own where rights allow.
#include "providers/linux/changes/device_events.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/text.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using ::testing::ElementsAre;

// A message as the kernel writes it: lines for texts with a NUL behind each.
std::string Message(std::string lines) {
  for (char& c : lines) {
    if (c == '\n') c = '\0';
  }
  return lines;
}

constexpr const char* kMouse =
    "add@/devices/pci0000:00/0000:00:14.0/usb1/1-2\nACTION=add\nDEVPATH=/devices/pci0000:00/0000:00:14.0/usb1/1-2\n"
    "SUBSYSTEM=usb\nMAJOR=189\nMINOR=4\nDEVNAME=bus/usb/001/005\nDEVTYPE=usb_device\nPRODUCT=46d/c077/7200\n"
    "TYPE=0/0/0\nBUSNUM=001\nDEVNUM=005\nSEQNUM=5123\n";
constexpr const char* kMouseInterface =
    "add@/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0\nACTION=add\n"
    "DEVPATH=/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0\nSUBSYSTEM=usb\nDEVTYPE=usb_interface\n"
    "PRODUCT=46d/c077/7200\nINTERFACE=3/1/2\nSEQNUM=5124\n";
constexpr const char* kMouseInput =
    "add@/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/0003:046D:C077.0003/input/input12\nACTION=add\n"
    "SUBSYSTEM=input\nNAME=\"Logitech USB Optical Mouse\"\nSEQNUM=5126\n";

TEST(DeviceMessages, TheirPartsAreFound) {
  const std::string text = Message(kMouse);
  const auto message = ParseDeviceMessage(text);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->action, "add");
  EXPECT_EQ(message->path, "/devices/pci0000:00/0000:00:14.0/usb1/1-2");
  EXPECT_EQ(message->subsystem, "usb");
  EXPECT_EQ(message->type, "usb_device");
  EXPECT_FALSE(message->is_replayed);
}

TEST(DeviceMessages, WhatHasAnotherFormIsNone) {
  for (const char* text : {"", "add", "@/devices/x", "add@", "add@devices/x", "libudev", "\n", "\nadd@/devices/x"}) {
    EXPECT_FALSE(ParseDeviceMessage(Message(text))) << text;
  }
  // Cut off, or without values: as much as is there.
  EXPECT_EQ(ParseDeviceMessage("add@/devices/x")->path, "/devices/x");
  EXPECT_EQ(ParseDeviceMessage(Message("add@/devices/x\nSUBSYSTEM"))->subsystem, "");
  EXPECT_EQ(ParseDeviceMessage(Message("add@/devices/x\n\n=\nSUBSYSTEM=pci"))->subsystem, "pci");
}

TEST(DeviceMessages, ChangesAreOfDevicesThatTheClassesShow) {
  struct Row {
    std::string message;
    int of_device;  // 0: none
    bool is_configuration;
  };
  const Row rows[] = {
      {kMouse, 2, true},
      {kMouseInterface, 0, true},
      {kMouseInput, 0, false},
      {"remove@/devices/pci0000:00/0000:00:05.0\nSUBSYSTEM=pci\n", 3, true},
      {"add@/devices/pci0000:00/0000:00:05.0/virtio2\nSUBSYSTEM=virtio\n", 2, true},
      {"add@/devices/platform/regulatory.0\nSUBSYSTEM=platform\n", 2, true},
      {"bind@/devices/pci0000:00/0000:00:05.0\nSUBSYSTEM=pci\nDRIVER=virtio-pci\n", 0, true},
      {"unbind@/devices/pci0000:00/0000:00:05.0\nSUBSYSTEM=pci\n", 0, true},
      {"change@/devices/pci0000:00/0000:00:05.0\nSUBSYSTEM=pci\n", 0, true},
      {"change@/devices/platform/dock.0\nSUBSYSTEM=platform\nEVENT=dock\n", 4, true},
      {"change@/devices/platform/dock.0\nSUBSYSTEM=platform\nEVENT=undock\n", 4, true},
      {"add@/module/loop\nSUBSYSTEM=module\n", 0, false},
      {"add@/devices/virtual/net/veth0\nSUBSYSTEM=net\n", 0, false},
      {"add@/kernel/slab/:A-0000192\n", 0, false},
      {"add@/devices/pci0000:00/0000:00:05.0\nSUBSYSTEM=pci\nSYNTH_UUID=0\n", 0, false},
      {"strange@/devices/pci0000:00/0000:00:05.0\nSUBSYSTEM=pci\n", 0, false},
  };
  for (const Row& row : rows) {
    const std::string text = Message(row.message);
    const auto message = ParseDeviceMessage(text);
    ASSERT_TRUE(message) << row.message;
    const DeviceChange change = ChangeOf(*message);
    EXPECT_EQ(change.of_device ? static_cast<int>(*change.of_device) : 0, row.of_device) << row.message;
    EXPECT_EQ(change.is_configuration, row.is_configuration) << row.message;
  }
}

// ---- tables of mounts

// A machine with two drives, sda1 and sdb1.
class VolumeTableTest : public ::testing::Test {
 protected:
  VolumeTableTest() {
    machine_.root = tree_.root();
    for (const auto& [name, number] : {std::pair("sda1", "8:1"), std::pair("sdb1", "8:17")}) {
      tree_.Write(fmt::format("sys/devices/{}/dev", name), fmt::format("{}\n", number));
      tree_.Link(fmt::format("sys/class/block/{}", name), fmt::format("../../devices/{}", name));
      tree_.Link(fmt::format("sys/dev/block/{}", number), fmt::format("../../devices/{}", name));
    }
    Mount("");
  }
  // The table of mounts is the root and these lines.
  void Mount(const std::string& lines) {
    tree_.Write("proc/self/mountinfo",
                "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n21 20 0:40 / /run rw - tmpfs tmpfs rw\n" + lines);
  }
  VolumeTable Read() const { return ReadVolumeTable(machine_); }

  FixtureTree tree_;
  Machine machine_;
};

constexpr const char* kStick = "30 20 8:17 / /media/my\\040stick rw,relatime - vfat /dev/sdb1 rw,errors=remount-ro\n";

TEST_F(VolumeTableTest, MountsThatShowVolumesCount) {
  Mount(std::string(kStick) +
        "31 20 0:50 / /net rw - nfs4 server:/x rw\n32 20 0:51 / /over rw - overlay overlay rw\n"
        "33 20 8:1 /home /srv/home rw - ext4 /dev/sda1 rw\n34 20 0:52 / /pool rw - zfs pool/data rw\n");
  const VolumeTable table = Read();
  std::vector<std::string> lines;
  for (const auto& [point, mounted] : table) lines.push_back(fmt::format("{} {}", point, mounted.volume));
  EXPECT_THAT(lines, ElementsAre("/ /dev/sda1", "/media/my stick /dev/sdb1", "/pool pool/data", "/srv/home /dev/sda1"));
}

std::string Text(const VolumeChange& change) {
  return fmt::format("{} {}", static_cast<int>(change.type), change.mount_point);
}

TEST_F(VolumeTableTest, TheDifferenceIsTold) {
  const std::string stick = kStick;
  struct Row {
    const char* what;
    std::string before;
    std::string now;
    std::vector<std::string> changes;
  };
  const std::string elsewhere = "30 20 8:17 / /mnt rw,relatime - vfat /dev/sdb1 rw\n";
  const Row rows[] = {
      {"nothing", stick, stick, {}},
      {"mounted", "", stick, {"2 /media/my stick"}},
      {"unmounted", stick, "", {"3 /media/my stick"}},
      {"moved", stick, elsewhere, {"3 /media/my stick", "2 /mnt"}},
      {"other options",
       stick,
       "30 20 8:17 / /media/my\\040stick ro,relatime - vfat /dev/sdb1 rw,errors=remount-ro\n",
       {"1 /media/my stick"}},
      {"other options of the file system",
       stick,
       "30 20 8:17 / /media/my\\040stick rw,relatime - vfat /dev/sdb1 ro,errors=remount-ro\n",
       {"1 /media/my stick"}},
      {"another volume in its place",
       stick,
       "30 20 8:1 / /media/my\\040stick rw,relatime - ext4 /dev/sda1 rw\n",
       {"3 /media/my stick", "2 /media/my stick"}},
      {"the same again",
       stick,
       "35 20 8:17 / /media/my\\040stick rw,relatime - vfat /dev/sdb1 rw,errors=remount-ro\n",
       {"3 /media/my stick", "2 /media/my stick"}},
      {"bound elsewhere", stick, stick + "36 20 8:17 /dcim /pictures rw - vfat /dev/sdb1 rw\n", {"2 /pictures"}},
      {"no volume", "", "31 20 0:50 / /net rw - nfs4 server:/x rw\n", {}},
  };
  for (const Row& row : rows) {
    Mount(row.before);
    const VolumeTable before = Read();
    Mount(row.now);
    std::vector<std::string> texts;
    for (const VolumeChange& change : CompareVolumes(before, Read())) texts.push_back(Text(change));
    EXPECT_EQ(texts, row.changes) << row.what;
  }
}

// ---- the sources

cim::ClassPtr EventClass() {
  cim::ClassDeclaration declaration;
  declaration.name = "Event";
  const std::pair<const char*, cim::CimType> properties[] = {{"TIME_CREATED", cim::CimType::kUint64},
                                                             {"EventType", cim::CimType::kUint16},
                                                             {"DriveName", cim::CimType::kString}};
  for (const auto& [name, type] : properties) {
    declaration.properties.emplace_back().name = name;
    declaration.properties.back().type.type = type;
  }
  auto made = cim::Class::Make(std::move(declaration), nullptr, nullptr);
  EXPECT_TRUE(made.ok()) << made.status().Message();
  return std::move(made).value();
}

// Notes "2 /mnt", or "1" for an event without a drive.
class EventEar final : public provider::EventListener {
 public:
  void Fire(cim::Object event) override {
    const auto at = [&](const char* name) { return event.slot(*event.schema().FindSlot(name)); };
    std::string text = fmt::format("{}", at("EventType").unsigned_integer());
    if (!at("DriveName").is_null()) text.append(1, ' ').append(at("DriveName").text());
    if (at("TIME_CREATED").is_null()) text += " at no time";
    Note(std::move(text));
  }
  void Lost(std::uint64_t, std::string_view) override { Note("lost"); }
  void Ended(Status why) override { Note(why.ok() ? "?" : "ended"); }

  std::string Next() {
    const TimePoint deadline = SteadyClock().Now() + std::chrono::seconds(30);
    MutexLock lock(mutex_);
    while (said_.empty()) {
      if (!changed_.WaitUntil(lock, deadline)) return "nothing";
    }
    std::string first = std::move(said_.front());
    said_.erase(said_.begin());
    return first;
  }

 private:
  void Note(std::string what) {
    MutexLock lock(mutex_);
    said_.push_back(std::move(what));
    changed_.NotifyAll();
  }

  Mutex mutex_;
  CondVar changed_;
  std::vector<std::string> said_ WMI_GUARDED_BY(mutex_);
};

// Hears packets that the test writes: "changed", "lost" and "ended", or messages with "|" between them.
class PacketNotifier final : public Notifier {
 public:
  PacketNotifier(Descriptor end, std::function<bool(std::string_view)> hear)
      : end_(std::move(end)), hear_(std::move(hear)) {}
  int descriptor() const override { return end_.get(); }
  Heard Read() override {
    std::array<char, 4096> buffer{};
    const ssize_t size = read(end_.get(), buffer.data(), buffer.size());
    if (size <= 0) return {};
    std::string_view packet(buffer.data(), static_cast<std::size_t>(size));
    if (packet == "lost") return {false, true, false};
    if (packet == "ended") return {false, false, true};
    Heard heard;
    std::string_view message;
    while (NextPart(packet, '|', message)) heard.changed = (!hear_ || hear_(message)) || heard.changed;
    return heard;
  }

 private:
  const Descriptor end_;
  const std::function<bool(std::string_view)> hear_;
};

int packet_end = -1;

Result<std::unique_ptr<Notifier>> MakePackets(std::function<bool(std::string_view)> hear) {
  int ends[2];
  if (pipe2(ends, O_DIRECT | O_NONBLOCK | O_CLOEXEC) != 0) return Status(code::kFailed);
  packet_end = ends[1];
  return std::unique_ptr<Notifier>(std::make_unique<PacketNotifier>(Descriptor(ends[0]), std::move(hear)));
}
Result<std::unique_ptr<Notifier>> MakePlainPackets() { return MakePackets({}); }
Result<std::unique_ptr<Notifier>> Refuse() { return Status(code::kAccessDenied, "no"); }

void Send(const std::string& packet) {
  ASSERT_EQ(write(packet_end, packet.data(), packet.size()), static_cast<ssize_t>(packet.size()));
}

TEST(DeviceEventSourceTest, EachDeviceIsAnEventAndAReadingIsOneOfTheConfiguration) {
  using Kind = DeviceEventSource::Kind;
  const std::string plugged = Message(fmt::format("{}|{}|{}", kMouse, kMouseInterface, kMouseInput));
  const std::string two = Message(
      "remove@/devices/pci0000:00/0000:00:05.0\nSUBSYSTEM=pci\n|add@/devices/platform/x.0\nSUBSYSTEM=platform\n");
  const std::string other = Message("add@/module/loop\nSUBSYSTEM=module\n");
  const std::pair<Kind, std::vector<std::string>> rows[] = {
      {Kind::kDevices, {"2", "3", "2", "lost", "2", "ended"}},
      {Kind::kConfiguration, {"1", "1", "lost", "1", "1", "ended"}}};
  for (const auto& [kind, expected] : rows) {
    exec::Reactor reactor;
    DeviceEventSource source(kind, MakePackets);
    const auto ear = std::make_shared<EventEar>();
    auto listening = source.Listen({EventClass(), {}}, reactor, ear);
    ASSERT_TRUE(listening.ok()) << listening.status().Message();
    const Descriptor writer(packet_end);
    for (const std::string& packet : {plugged, other, two, std::string("lost"), plugged, std::string("ended")}) {
      Send(packet);
    }
    for (const std::string& said : expected) EXPECT_EQ(ear->Next(), said);
  }
}

TEST_F(VolumeTableTest, TheSourceTellsWhatDiffersWhenTheTableHasChanged) {
  exec::Reactor reactor;
  VolumeEventSource source(machine_, MakePlainPackets);
  const auto ear = std::make_shared<EventEar>();
  auto listening = source.Listen({EventClass(), {}}, reactor, ear);
  ASSERT_TRUE(listening.ok()) << listening.status().Message();
  const Descriptor writer(packet_end);
  Mount(kStick);
  Send("changed");
  EXPECT_EQ(ear->Next(), "2 /media/my stick");
  Mount("");
  Send("lost");
  EXPECT_EQ(ear->Next(), "lost");
  EXPECT_EQ(ear->Next(), "3 /media/my stick");
  Send("ended");
  EXPECT_EQ(ear->Next(), "ended");
}

TEST_F(VolumeTableTest, ARefusalIsTheAnswer) {
  exec::Reactor reactor;
  VolumeEventSource source(machine_, Refuse);
  EXPECT_EQ(source.Listen({EventClass(), {}}, reactor, std::make_shared<EventEar>()).status().code(),
            code::kAccessDenied);
}

// ---- the kernel

constexpr int kNotAllowed = 77;

// In a mount namespace of its own: a folder of a volume is mounted on another.
int MountAndHear(const std::string& from, const std::string& to) {
  if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return kNotAllowed;
  exec::Reactor reactor;
  VolumeEventSource source(Machine(), MakeMountNotifier);
  const auto ear = std::make_shared<EventEar>();
  auto listening = source.Listen({EventClass(), {}}, reactor, ear);
  if (!listening.ok()) return 1;
  if (mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr) != 0) return kNotAllowed;
  if (ear->Next() != "2 " + to) return 2;
  return 0;
}

TEST(VolumeEventSourceTest, MountsOfThisMachineAreHeard) {
  const std::string folder =
      std::filesystem::canonical(std::filesystem::temp_directory_path()) / "openwmi-mounts-XXXXXX";
  std::string made = folder;
  ASSERT_NE(mkdtemp(made.data()), nullptr);
  std::filesystem::create_directories(made + "/from");
  std::filesystem::create_directories(made + "/to");
  // What stands for the volume that the folder lies on.
  std::string on;
  for (const auto& [point, mounted] : ReadVolumeTable(Machine())) {
    if (made.starts_with(point) && point.size() > on.size()) on = point;
  }
  int result = kNotAllowed;
  if (!on.empty()) {
    const pid_t child = fork();
    if (child == 0) _exit(MountAndHear(made + "/from", made + "/to"));
    int status = 0;
    waitpid(child, &status, 0);
    result = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::filesystem::remove_all(made);
  if (result == kNotAllowed) {
    GTEST_SKIP() << (on.empty() ? "the temporary folder is on no volume" : "not allowed to mount in a namespace");
  }
  EXPECT_EQ(result, 0);
}

}  // namespace
}  // namespace wmi::linuxos
