// Drives, partitions, volumes and shares of recorded machines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "providers/linux/snapshot_provider.h"
#include "providers/linux/storage/drives.h"
#include "providers/linux/storage/mounting.h"
#include "providers/linux/storage/shares.h"
#include "providers/linux/storage/volumes.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A method Mount or Dismount, as schema/win32_storage.mof has it.
cim::Method VolumeMethod(const char* name, const std::vector<const char*>& in) {
  const auto signature = [](const std::string& of, const std::vector<const char*>& names, cim::CimType type) {
    cim::ClassDeclaration declaration;
    declaration.name = of;
    for (const char* property : names) {
      cim::Property item;
      item.name = property;
      item.type.type = type;
      declaration.properties.push_back(std::move(item));
    }
    return cim::Class::Make(std::move(declaration), nullptr, nullptr).value();
  };
  cim::Method method;
  method.name = name;
  method.in = signature("In", in, cim::CimType::kBoolean);
  method.out = signature("Out", {"ReturnValue"}, cim::CimType::kUint32);
  return method;
}

class WatchedMounting final : public Mounting {
 public:
  int MountByTable(const std::string& device) override {
    calls.push_back("mount " + device);
    return error;
  }
  int Unmount(const std::string& mount_point, When when) override {
    calls.push_back((when == When::kLater ? "detach " : "unmount ") + mount_point);
    return error;
  }
  int error = 0;
  std::vector<std::string> calls;
};

class StorageTest : public testing::Test {
 protected:
  StorageTest() {
    tree_.Write("proc/sys/kernel/hostname", "box\n");
    tree_.MakeDirectory("sys/block");
    files_.directories = {"/nothing"};
  }

  // A device below /sys/devices with links to it, its attributes as "name=value".
  void AddDevice(const std::string& path, const std::vector<std::pair<const char*, const char*>>& attributes) {
    const std::string name = path.substr(path.rfind('/') + 1);
    tree_.MakeDirectory("sys/devices/" + path);
    for (const auto& [attribute, value] : attributes)
      tree_.Write("sys/devices/" + path + "/" + attribute, std::string(value) + "\n");
    tree_.Link("sys/class/block/" + name, "../../devices/" + path);
    const bool is_partition = path.find("/block/" + name) == std::string::npos;
    if (!is_partition) tree_.Link("sys/block/" + name, "../devices/" + path);
    for (const auto& [attribute, value] : attributes) {
      if (std::string_view(attribute) == "dev")
        tree_.Link("sys/dev/block/" + std::string(value), "../../devices/" + path);
    }
  }

  // A laptop: NVMe with a system partition and an encrypted one, on which LVM has a root and a home.
  void MakeLaptop() {
    const std::string drive = "pci0000:00/0000:01:00.0/nvme/nvme0/nvme0n1";
    AddDevice(drive, {{"dev", "259:0"},
                      {"size", "1000215216"},
                      {"removable", "0"},
                      {"ro", "0"},
                      {"queue/logical_block_size", "512"}});
    tree_.Link("sys/block/nvme0n1", "../devices/" + drive);
    tree_.Write("sys/devices/" + drive + "/device/model", "Samsung SSD 980 PRO 512GB               \n");
    tree_.Write("sys/devices/" + drive + "/device/serial", "S5GXNF0R123456  \n");
    tree_.Write("sys/devices/" + drive + "/device/firmware_rev", "5B2QGXA7\n");
    tree_.Write("sys/devices/" + drive + "/device/state", "live\n");
    AddDevice(drive + "/nvme0n1p1",
              {{"dev", "259:1"}, {"partition", "1"}, {"start", "2048"}, {"size", "1048576"}, {"ro", "0"}});
    AddDevice(drive + "/nvme0n1p2",
              {{"dev", "259:2"}, {"partition", "2"}, {"start", "1050624"}, {"size", "999162511"}, {"ro", "0"}});
    AddDevice("virtual/block/dm-0", {{"dev", "253:0"}, {"size", "999129743"}, {"dm/name", "luks"}});
    AddDevice("virtual/block/dm-1", {{"dev", "253:1"}, {"size", "104857600"}, {"dm/name", "vg-root"}});
    AddDevice("virtual/block/loop0", {{"dev", "7:0"}, {"size", "0"}});
    tree_.MakeDirectory("sys/devices/virtual/block/dm-0/slaves/nvme0n1p2");
    tree_.MakeDirectory("sys/devices/virtual/block/dm-1/slaves/dm-0");
    tree_.Write("run/udev/data/b259:1",
                "S:disk/by-uuid/A1B2-C3D4\nE:ID_PART_ENTRY_SCHEME=gpt\n"
                "E:ID_PART_ENTRY_TYPE=c12a7328-f81f-11d2-ba4b-00a0c93ec93b\nE:ID_FS_USAGE=filesystem\n");
    tree_.Write("run/udev/data/b259:2",
                "E:ID_PART_ENTRY_SCHEME=gpt\nE:ID_PART_ENTRY_TYPE=0fc63daf-8483-4772-8e79-3d69d8477de4\n"
                "E:ID_FS_USAGE=crypto\nE:ID_FS_TYPE=crypto_LUKS\n");
    tree_.Link("dev/disk/by-uuid/A1B2-C3D4", "../../nvme0n1p1");
    tree_.Write("proc/self/mountinfo",
                "1 0 253:1 / / rw - ext4 /dev/mapper/vg-root rw\n"
                "2 1 259:1 / /boot/efi rw - vfat /dev/nvme0n1p1 rw\n"
                "3 1 0:40 / /run rw - tmpfs tmpfs rw\n"
                "4 1 0:50 / /net rw - nfs4 server:/x rw\n"
                "5 1 0:51 / /view rw - fuse.view /dev/fuse rw\n");
    tree_.Write("proc/swaps", "Filename Type Size Used Priority\n/swap.img file 1 0 -2\n");
    files_.spaces = {{"/", {4096, 1000, 250, 255}}, {"/boot/efi", {512, 100, 50, 255}}};
  }

  template <typename Traits>
  Answer Ask(std::vector<std::string_view> names = {}, std::vector<std::string> keys = {}) {
    std::vector<std::string_view> all;
    for (const auto& column : Traits::Columns()) all.push_back(column.property);
    const auto has = [&](std::string_view name) { return std::find(all.begin(), all.end(), name) != all.end(); };
    const char* const key = has("DeviceID") ? "DeviceID" : has("Name") ? "Name" : all.front().data();
    SnapshotProvider<Traits> provider(ThisMachine());
    files_.calls.clear();
    return RunQuery(provider, {TestClass(std::string(Traits::kClass), all, key), std::move(names), std::move(keys)});
  }

  Machine ThisMachine() {
    Machine machine{tree_.root(), &files_};
    machine.mounting = &mounting_;
    return machine;
  }

  // The return value; 99 when the call fails.
  std::uint64_t Call(const char* method_name, const char* key, bool force = false, bool permanent = false) {
    const cim::Method method = VolumeMethod(method_name, {"Force", "Permanent"});
    provider::MethodRequest request;
    request.method = &method;
    request.schema = method.in;
    request.keys = {cim::Value::Text(key)};
    cim::RowBlockBuilder row;
    row.BeginRow(method.in);
    row.SetBoolean(0, force);
    row.SetBoolean(1, permanent);
    row.CommitRow();
    std::vector<cim::Object> built;
    row.Finish(built);
    request.in = built.front();
    SnapshotProvider<Volume> provider(ThisMachine());
    const auto answer = provider.Execute(request);
    return answer.ok() ? answer->slot(0).unsigned_integer() : 99;
  }

  std::vector<std::string> Column(const Answer& answer, std::string_view name) {
    std::vector<std::string> texts;
    for (std::size_t row = 0; row < answer.rows.size(); ++row) texts.push_back(answer.Text(row, name));
    return texts;
  }

  FixtureTree tree_;
  WatchedFiles files_;
  WatchedMounting mounting_;
};

TEST_F(StorageTest, ALaptopHasOneDrive) {
  MakeLaptop();
  const Answer answer = Ask<DiskDrive>();
  ASSERT_THAT(Column(answer, "DeviceID"), ElementsAre("/dev/nvme0n1"));
  EXPECT_EQ(answer.Text(0, "Model"), "Samsung SSD 980 PRO 512GB");
  EXPECT_EQ(answer.Text(0, "Caption"), "Samsung SSD 980 PRO 512GB");
  EXPECT_EQ(answer.Text(0, "SerialNumber"), "S5GXNF0R123456");
  EXPECT_EQ(answer.Text(0, "FirmwareRevision"), "5B2QGXA7");
  EXPECT_EQ(answer.Text(0, "Status"), "OK");
  EXPECT_EQ(answer.Text(0, "MediaType"), "Fixed hard disk media");
  EXPECT_EQ(answer.Number(0, "Size"), 512'110'190'592u);
  EXPECT_EQ(answer.Number(0, "Partitions"), 2u);
  EXPECT_EQ(answer.Number(0, "TotalSectors"), 1'000'215'216u);
  for (const char* name : {"InterfaceType", "Manufacturer", "SCSIPort", "Signature"})
    EXPECT_TRUE(answer.IsNull(0, name)) << name;
}

TEST_F(StorageTest, PartitionsHaveTheirTypeFromUdev) {
  MakeLaptop();
  const Answer answer = Ask<DiskPartition>();
  ASSERT_THAT(Column(answer, "DeviceID"), ElementsAre("/dev/nvme0n1p1", "/dev/nvme0n1p2"));
  EXPECT_THAT(Column(answer, "Type"), ElementsAre("GPT: System", "GPT: Linux Filesystem"));
  EXPECT_TRUE(answer.Get(0, "Bootable").boolean());
  EXPECT_FALSE(answer.Get(1, "Bootable").boolean());
  EXPECT_TRUE(answer.Get(1, "PrimaryPartition").boolean());
  EXPECT_EQ(answer.Number(0, "StartingOffset"), 1'048'576u);
  EXPECT_EQ(answer.Number(0, "Size"), 536'870'912u);
  EXPECT_EQ(answer.Number(1, "Index"), 2u);
  EXPECT_EQ(answer.Number(1, "DiskIndex"), 0u);
  const Answer one = Ask<DiskPartition>({"Size"}, {"/dev/nvme0n1p2"});
  ASSERT_EQ(one.rows.size(), 1u);
  EXPECT_EQ(files_.CallsTo("udev"), 0u);
  EXPECT_THAT(Ask<DiskPartition>({}, {"/dev/sda1"}).rows, IsEmpty());
}

TEST_F(StorageTest, WithoutUdevTypesAreNull) {
  MakeLaptop();
  tree_.Remove("run/udev");
  const Answer answer = Ask<DiskPartition>();
  for (const char* name : {"Type", "Bootable", "PrimaryPartition"}) EXPECT_TRUE(answer.IsNull(0, name)) << name;
}

TEST_F(StorageTest, AMappedDiskLeadsToItsPartition) {
  MakeLaptop();
  const Answer answer = Ask<DiskToPartition>();
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Text(0, "Antecedent"), "Win32_DiskPartition.DeviceID=\"/dev/nvme0n1p2\"");
  EXPECT_EQ(answer.Text(0, "Dependent"), "Win32_LogicalDisk.DeviceID=\"/\"");
  EXPECT_TRUE(answer.IsNull(0, "StartingAddress"));
  EXPECT_EQ(answer.Number(1, "StartingAddress"), 1'048'576u);
  EXPECT_EQ(answer.Number(1, "EndingAddress"), 1'048'576u + 536'870'912u - 1);
  EXPECT_EQ(Ask<DriveToPartition>().Text(1, "Antecedent"), "Win32_DiskDrive.DeviceID=\"/dev/nvme0n1\"");
}

TEST_F(StorageTest, VolumesAreFileSystemsOnDevices) {
  MakeLaptop();
  const Answer answer = Ask<Volume>();
  ASSERT_THAT(Column(answer, "DeviceID"), ElementsAre("/dev/mapper/vg-root", "/dev/nvme0n1p1"));
  EXPECT_THAT(Column(answer, "DriveLetter"), ElementsAre("/", "/boot/efi"));
  EXPECT_EQ(answer.Number(0, "Capacity"), 4'096'000u);
  EXPECT_TRUE(answer.Get(0, "BootVolume").boolean());
  EXPECT_FALSE(answer.Get(0, "SystemVolume").boolean());
  EXPECT_TRUE(answer.Get(1, "SystemVolume").boolean());
  EXPECT_TRUE(answer.Get(0, "PageFilePresent").boolean());
  EXPECT_EQ(answer.Number(1, "SerialNumber"), 0xA1B2C3D4u);
  EXPECT_TRUE(answer.IsNull(0, "SerialNumber"));
  EXPECT_EQ(answer.Number(1, "DriveType"), 3u);
  Ask<Volume>({"DeviceID", "FileSystem"});
  EXPECT_EQ(files_.CallsTo("space"), 0u);
  const Answer points = Ask<MountPoint>();
  ASSERT_EQ(points.rows.size(), 2u);
  EXPECT_EQ(points.Text(1, "Directory"), "Win32_Directory.Name=\"/boot/efi\"");
  EXPECT_EQ(points.Text(0, "Volume"), "Win32_Volume.DeviceID=\"/dev/mapper/vg-root\"");
}

TEST_F(StorageTest, AVolumeThatIsNotMountedIsKnownFromUdev) {
  MakeLaptop();
  tree_.Write("proc/self/mountinfo", "1 0 253:1 / / rw - ext4 /dev/mapper/vg-root rw\n");
  tree_.Write("run/udev/data/b259:1", "E:ID_FS_USAGE=filesystem\nE:ID_FS_TYPE=vfat\n");
  const Answer answer = Ask<Volume>({}, {"/dev/nvme0n1p1"});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "FileSystem"), "vfat");
  EXPECT_TRUE(answer.IsNull(0, "Capacity"));
  EXPECT_TRUE(answer.IsNull(0, "DriveLetter"));
  EXPECT_EQ(Call("Mount", "/dev/nvme0n1p1"), 0u);
  EXPECT_THAT(mounting_.calls, ElementsAre("mount /dev/nvme0n1p1"));
}

TEST_F(StorageTest, APartOfAPoolIsNoVolume) {
  MakeLaptop();
  tree_.Write("proc/self/mountinfo", "1 0 253:1 / / rw - ext4 /dev/mapper/vg-root rw\n");
  tree_.Write("run/udev/data/b259:1", "E:ID_FS_USAGE=filesystem\nE:ID_FS_TYPE=zfs_member\n");
  EXPECT_THAT(Column(Ask<Volume>(), "DeviceID"), ElementsAre("/dev/mapper/vg-root"));
}

TEST_F(StorageTest, TheMountOfTheLargerPartStandsForAVolume) {
  MakeLaptop();
  tree_.Write("proc/self/mountinfo",
              "1 0 259:1 / / rw - ext4 /dev/nvme0n1p1 rw\n"
              "2 1 253:1 /sub /sub rw - ext4 /dev/mapper/vg-root rw\n"
              "3 1 253:1 / /mnt/whole rw - ext4 /dev/mapper/vg-root rw\n"
              "4 1 253:1 / /mnt/whole/again rw - ext4 /dev/mapper/vg-root rw\n");
  // Of /mnt/whole, by its name, but on the root: a path is in a folder, not in what its name starts with.
  tree_.Write("proc/swaps", "Filename Type Size Used Priority\n/mnt/whole.img file 1 0 -2\n");
  const Answer answer = Ask<Volume>();
  ASSERT_THAT(Column(answer, "DriveLetter"), ElementsAre("/", "/mnt/whole"));
  EXPECT_TRUE(answer.Get(0, "PageFilePresent").boolean());
  EXPECT_FALSE(answer.Get(1, "PageFilePresent").boolean());
}

TEST_F(StorageTest, OnlyASerialNumberOf32BitsIsShown) {
  MakeLaptop();
  for (const auto& [uuid, is_shown] : {std::pair("A1B2-C3D4", true), std::pair("A1B2xC3D4", false),
                                       std::pair("A1B2-C3DG", false), std::pair("A1B2C3D4E5F60718", false)}) {
    std::filesystem::remove_all(tree_.path() + "/dev/disk/by-uuid");
    tree_.Link(std::string("dev/disk/by-uuid/") + uuid, "../../nvme0n1p1");
    EXPECT_EQ(Ask<Volume>().IsNull(1, "SerialNumber"), !is_shown) << uuid;
  }
}

TEST_F(StorageTest, MountAndDismountAnswerAsDocumented) {
  MakeLaptop();
  const char* const efi = "/dev/nvme0n1p1";
  EXPECT_EQ(Call("Mount", efi), 0u) << "it is mounted already";
  EXPECT_EQ(Call("Dismount", efi, false, true), 3u);
  EXPECT_EQ(Call("Dismount", "/dev/mapper/vg-root", true), 99u) << "the root stays";
  EXPECT_EQ(Call("Dismount", "/dev/none"), 99u);
  EXPECT_THAT(mounting_.calls, IsEmpty());
  const std::pair<int, std::uint64_t> cases[] = {{0, 0}, {EPERM, 1}, {EBUSY, 4}, {EIO, 99}};
  for (const auto& [error, answer] : cases) {
    mounting_.error = error;
    EXPECT_EQ(Call("Dismount", efi), answer) << error;
  }
  mounting_.error = 0;
  EXPECT_EQ(Call("Dismount", efi, true), 0u);
  EXPECT_EQ(mounting_.calls.back(), "detach /boot/efi");
  tree_.Write("proc/self/mountinfo", "1 0 253:1 / / rw - ext4 /dev/mapper/vg-root rw\n");
  const std::pair<int, std::uint64_t> mounts[] = {{0, 0}, {EPERM, 1}, {ENOENT, 2}};
  for (const auto& [error, answer] : mounts) {
    mounting_.error = error;
    EXPECT_EQ(Call("Mount", efi), answer) << error;
  }
}

TEST_F(StorageTest, AServerHasManyDrivesInTheirNaturalOrder) {
  for (const char* name : {"sdaa", "sdb", "sda"}) {
    const std::string path = std::string("pci0000:00/0000:03:00.0/host2/target2:0:0/2:0:0:0/block/") + name;
    AddDevice(path, {{"size", "7814037168"}, {"removable", "0"}, {"ro", "0"}, {"queue/logical_block_size", "4096"}});
  }
  AddDevice("pci0000:00/0000:03:00.0/host2/target2:0:5/2:0:5:3/block/sdz", {{"size", "0"}, {"removable", "0"}});
  AddDevice(
      "pci0000:00/usb2/2-1/host9/target9:0:0/9:0:0:0/block/sdc",
      {{"dev", "8:32"}, {"size", "60604416"}, {"removable", "1"}, {"ro", "1"}, {"queue/logical_block_size", "512"}});
  AddDevice("virtual/block/md0", {{"size", "1"}});
  AddDevice("pci0000:00/ata1/host0/target0:0:0/0:0:0:0/block/sr0", {{"dev", "11:0"}, {"size", "2097151"}});
  const std::string usb = "sys/devices/pci0000:00/usb2/2-1/host9/target9:0:0/9:0:0:0/block/sdc";
  tree_.Link(usb + "/device", "../../../9:0:0:0");
  tree_.Write("sys/devices/pci0000:00/usb2/2-1/host9/target9:0:0/9:0:0:0/vendor", "SanDisk \n");
  tree_.Write("sys/devices/pci0000:00/usb2/2-1/host9/target9:0:0/9:0:0:0/vpd_pg80",
              std::string_view("\0\x80\0\x08  4C5300", 12));
  tree_.Write("run/udev/data/b8:32", "E:ID_PART_TABLE_TYPE=dos\nE:ID_PART_TABLE_UUID=90909090\n");
  tree_.Write("run/udev/data/b11:0", "E:ID_CDROM=1\nE:ID_CDROM_DVD_R=1\nE:ID_CDROM_CD_R=1\n");
  const Answer answer = Ask<DiskDrive>();
  ASSERT_THAT(Column(answer, "DeviceID"), ElementsAre("/dev/sda", "/dev/sdb", "/dev/sdc", "/dev/sdz", "/dev/sdaa"));
  EXPECT_THAT(Column(answer, "InterfaceType"), ElementsAre("SCSI", "SCSI", "USB", "SCSI", "SCSI"));
  EXPECT_EQ(answer.Number(4, "Index"), 4u);
  EXPECT_FALSE(answer.Get(3, "MediaLoaded").boolean());
  EXPECT_TRUE(answer.IsNull(3, "Size"));
  EXPECT_EQ(answer.Number(0, "TotalSectors"), 7'814'037'168u / 8);
  EXPECT_EQ(answer.Text(2, "Manufacturer"), "SanDisk");
  EXPECT_EQ(answer.Text(2, "SerialNumber"), "4C5300");
  EXPECT_EQ(answer.Number(2, "Signature"), 0x90909090u);
  EXPECT_EQ(answer.Number(2, "SCSIPort"), 9u);
  EXPECT_EQ(answer.Text(2, "MediaType"), "Removable media other than floppy");
  EXPECT_EQ(answer.Get(2, "Capabilities").items().size(), 2u) << "read-only and removable";
  const Answer one = Ask<DiskDrive>({"Index", "DeviceID"}, {"/dev/sdz"});
  ASSERT_EQ(one.rows.size(), 1u);
  EXPECT_EQ(one.Number(0, "Index"), 3u);
  EXPECT_EQ(files_.CallsTo("read "), 0u);
  const Answer optical = Ask<CdromDrive>();
  ASSERT_THAT(Column(optical, "DeviceID"), ElementsAre("/dev/sr0"));
  EXPECT_EQ(optical.Text(0, "MediaType"), "DVD Writer");
  EXPECT_FALSE(optical.Get(0, "MediaLoaded").boolean());
  EXPECT_TRUE(optical.IsNull(0, "Size")) << "the kernel keeps a size without a disc";
}

TEST_F(StorageTest, AVirtualMachineHasADriveWithoutAModel) {
  AddDevice("pci0000:00/virtio1/block/vda", {{"dev", "254:0"}, {"size", "536870912"}, {"serial", "disk-1"}});
  tree_.Write("sys/devices/pci0000:00/virtio1/block/vda/device/vendor", "0x1af4\n");
  tree_.Write("proc/self/mountinfo", "1 0 254:0 / / rw - ext4 /dev/vda rw\n");
  files_.spaces = {{"/", {4096, 10, 5, 255}}};
  const Answer answer = Ask<DiskDrive>();
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Caption"), "/dev/vda");
  EXPECT_EQ(answer.Text(0, "SerialNumber"), "disk-1");
  for (const char* name : {"Model", "Manufacturer", "InterfaceType", "Status"}) EXPECT_TRUE(answer.IsNull(0, name));
  EXPECT_THAT(Column(Ask<Volume>(), "DeviceID"), ElementsAre("/dev/vda"));
  EXPECT_THAT(Ask<DiskToPartition>().rows, IsEmpty());
}

TEST_F(StorageTest, NothingIsThere) {
  EXPECT_THAT(Ask<DiskDrive>().rows, IsEmpty());
  EXPECT_THAT(Ask<Volume>().rows, IsEmpty());
  EXPECT_THAT(Ask<Share>().rows, IsEmpty());
}

TEST_F(StorageTest, SharesAreThoseOfSambaAndNfs) {
  tree_.Write("etc/samba/smb.conf",
              "# comment\n[global]\n  workgroup = HOME\n  Max Connections = 20\n[homes]\n path = /home/%S\n"
              "[Data]\n  path = /srv/data\n  comment = All \\\n of it\n  include = /etc/samba/more.conf\n"
              "[off]\n path = /x\n available = No\n[printers]\n printable = yes\n"
              "[laser]\n print ok = yes\n max connections = 0\n");
  tree_.Write("etc/samba/more.conf", "[data]\npath = /other\n[extra]\ndirectory = \"/srv/extra\"\n");
  tree_.Write("etc/exports",
              "# exports\n/srv/nfs 10.0.0.0/8(rw,sync) \\\n   host(ro)\n\"/srv/with blank\" *(ro)\n-ro\n"
              "/srv/a\\040b\n/srv/nfs other(ro)\nrelative *(rw)\n");
  tree_.Write("etc/exports.d/x.exports", "/srv/x *(rw) # all\n");
  tree_.Write("etc/exports.d/x.bak", "/srv/y *(rw)\n");
  const Answer answer = Ask<Share>();
  ASSERT_THAT(Column(answer, "Name"),
              ElementsAre("Data", "laser", "extra", "/srv/nfs", "/srv/with blank", "/srv/a b", "/srv/x"));
  EXPECT_EQ(answer.Text(0, "Path"), "/srv/data");
  EXPECT_EQ(answer.Text(0, "Description"), "All  of it");
  EXPECT_EQ(answer.Number(0, "MaximumAllowed"), 20u);
  EXPECT_FALSE(answer.Get(0, "AllowMaximum").boolean());
  EXPECT_EQ(answer.Number(1, "Type"), 1u);
  EXPECT_TRUE(answer.Get(1, "AllowMaximum").boolean());
  EXPECT_EQ(answer.Text(2, "Path"), "/srv/extra");
  EXPECT_EQ(answer.Text(3, "Description"), "10.0.0.0/8(rw,sync)    host(ro) other(ro)");
  EXPECT_EQ(answer.Text(6, "Description"), "*(rw)");
  EXPECT_TRUE(answer.IsNull(5, "Description"));
}

TEST_F(StorageTest, AFileThatIncludesItselfIsReadOnce) {
  tree_.Write("etc/samba/smb.conf", "include = /etc/samba/smb.conf\n[a]\npath=/a\n");
  EXPECT_THAT(Column(Ask<Share>(), "Name"), ElementsAre("a"));
  EXPECT_LE(files_.CallsTo("smb.conf"), 2u);
}

}  // namespace
}  // namespace wmi::linuxos
