#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "providers/linux/bus/system_bus.h"
#include "providers/linux/kernel/control_groups.h"
#include "providers/linux/kernel/kernel_classes.h"
#include "providers/linux/kernel/kernel_objects.h"
#include "providers/linux/kernel/kernel_text.h"
#include "providers/linux/kernel/sockets.h"
#include "providers/linux/kernel/sysctl.h"
#include "providers/linux/kernel/systemd_units.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

template <typename Traits>
cim::ClassPtr SchemaOf(std::string_view key) {
  return TestClass(std::string(Traits::kClass), PropertyNames<typename Traits::View>(Traits::Columns()), key);
}

std::vector<std::string> Texts(cim::ValueView value) {
  std::vector<std::string> texts;
  if (value.kind() != cim::ValueKind::kArray) return {"no array"};
  for (const cim::ValueView item : value.items()) texts.emplace_back(item.text());
  return texts;
}

template <typename Traits>
std::string WhyPartial(const Machine& machine, const cim::ClassPtr& schema) {
  provider::Request request;
  request.schema = schema;
  std::vector<typename Traits::View> views;
  const Status status = Traits::Load(machine, Asked{~SourceSet{0}, request}, views);
  EXPECT_TRUE(status.ok());
  return status.code() == code::kPartialResults ? status.Message() : std::string();
}

class KernelTest : public testing::Test {
 protected:
  template <typename Traits>
  Answer Ask(std::string_view key, std::vector<std::string_view> names = {}, std::vector<std::string> keys = {}) {
    SnapshotProvider<Traits> provider(machine_);
    return RunQuery(provider, {SchemaOf<Traits>(key), std::move(names), std::move(keys)});
  }

  FixtureTree tree_;
  WatchedFiles files_;
  Machine machine_{tree_.root(), &files_};
};

TEST_F(KernelTest, MountsAreAllShownAlsoThoseThatAreCovered) {
  tree_.Write("proc/self/mountinfo",
              "22 27 0:21 / /proc rw,nosuid - proc proc rw\n"
              "27 1 254:0 /root /mnt/a\\040b rw,relatime shared:1 master:2 - ext4 /dev/vda ro,discard\n"
              "28 27 0:5 / /proc ro - tmpfs none rw,size=4k\n"
              "not a mount\n");
  const Answer answer = Ask<LinuxMount>("Id");
  ASSERT_EQ(answer.rows.size(), 3u);
  EXPECT_EQ(answer.Number(0, "Id"), 22u);
  EXPECT_EQ(answer.Number(0, "ParentId"), 27u);
  EXPECT_FALSE(answer.Get(0, "IsReadOnly").boolean());
  EXPECT_THAT(Texts(answer.Get(0, "Propagation")), IsEmpty());
  EXPECT_EQ(answer.Text(1, "MountPoint"), "/mnt/a b");
  EXPECT_EQ(answer.Text(1, "Root"), "/root");
  EXPECT_EQ(answer.Text(1, "Device"), "254:0");
  EXPECT_EQ(answer.Text(1, "FileSystem"), "ext4");
  EXPECT_TRUE(answer.Get(1, "IsReadOnly").boolean());
  EXPECT_THAT(Texts(answer.Get(1, "Propagation")), ElementsAre("shared:1", "master:2"));
  EXPECT_THAT(Texts(answer.Get(1, "MountOptions")), ElementsAre("rw", "relatime"));
  EXPECT_THAT(Texts(answer.Get(1, "SuperOptions")), ElementsAre("ro", "discard"));
  EXPECT_TRUE(answer.Get(2, "IsReadOnly").boolean());
}

class ModuleTest : public KernelTest {
 protected:
  ModuleTest() {
    tree_.Write("proc/modules",
                "xt_MARK 12288 2 - Live 0x0000000000000000\n"
                "nf_nat 65536 1 nft_chain_nat,xt_nat, Live 0x0000000000000000 (OE)\n"
                "always 4096 - [permanent], Live 0x0\n");
    tree_.Write("sys/module/nf_nat/srcversion", "0123ABCD\n");
    tree_.Write("sys/module/nf_nat/taint", "OE\n");
    tree_.Write("sys/module/xt_MARK/version", "1.2\n");
    tree_.Write("sys/module/kernel/parameters/panic", "0\n");
    tree_.Write("sys/module/kernel/parameters/hidden", "1\n");
    files_.failures["read kernel/parameters/hidden"] = EACCES;
  }
};

TEST_F(ModuleTest, LoadedOnesAndThoseBuiltIn) {
  const Answer answer = Ask<LinuxKernelModule>("Name");
  ASSERT_EQ(answer.rows.size(), 4u);
  EXPECT_EQ(answer.Text(0, "Name"), "always");
  EXPECT_TRUE(answer.IsNull(0, "UseCount"));
  EXPECT_THAT(Texts(answer.Get(0, "UsedBy")), IsEmpty());
  EXPECT_EQ(answer.Text(1, "Name"), "kernel");
  EXPECT_TRUE(answer.Get(1, "IsBuiltIn").boolean());
  EXPECT_THAT(Texts(answer.Get(1, "Parameters")), ElementsAre("panic=0"));
  EXPECT_TRUE(answer.IsNull(1, "Size"));
  EXPECT_TRUE(answer.IsNull(1, "State"));
  EXPECT_EQ(answer.Text(2, "Name"), "nf_nat");
  EXPECT_EQ(answer.Number(2, "Size"), 65'536u);
  EXPECT_EQ(answer.Number(2, "UseCount"), 1u);
  EXPECT_THAT(Texts(answer.Get(2, "UsedBy")), ElementsAre("nft_chain_nat", "xt_nat"));
  EXPECT_EQ(answer.Text(2, "State"), "Live");
  EXPECT_EQ(answer.Text(2, "Taint"), "OE");
  EXPECT_EQ(answer.Text(2, "SourceVersion"), "0123ABCD");
  EXPECT_EQ(answer.Text(3, "Version"), "1.2");
  EXPECT_THAT(answer.denied, IsEmpty());
}

TEST_F(ModuleTest, ALookUpReadsOneModule) {
  const Answer answer = Ask<LinuxKernelModule>("Name", {}, {"XT_mark"});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Name"), "xt_MARK");
  EXPECT_EQ(files_.CallsTo("nf_nat"), 0u);
  files_.calls.clear();
  EXPECT_EQ(Ask<LinuxKernelModule>("Name", {"Name"}).rows.size(), 3u);
  EXPECT_EQ(files_.CallsTo("parameters") + files_.CallsTo("version"), 0u);
  EXPECT_THAT(Ask<LinuxKernelModule>("Name", {}, {"../module/nf_nat"}).rows, IsEmpty());
}

TEST(Names, TheExactOneComesBeforeOneOfAnotherCase) {
  EXPECT_EQ(MatchName({"xt_MARK", "xt_mark"}, "xt_mark"), "xt_mark");
  EXPECT_EQ(MatchName({"xt_MARK", "xt_tcp"}, "xt_mark"), "xt_MARK");
  EXPECT_EQ(MatchName({"xt_MARK"}, "xt_mar"), std::nullopt);
}

TEST_F(KernelTest, NamespacesAreCountedAndRefusalsTold) {
  for (const char* process : {"7", "12"}) {
    tree_.Link(std::string("proc/") + process + "/ns/net", "net:[4026531840]");
    tree_.Link(std::string("proc/") + process + "/ns/pid_for_children", "pid:[1]");
  }
  tree_.Link("proc/12/ns/mnt", "mnt:[4026532000]");
  tree_.Link("proc/13/ns/mnt", "nonsense");
  tree_.Write("proc/sys/kernel/hostname", "box\n");
  const Answer answer = Ask<LinuxNamespace>("Inode");
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Number(0, "Inode"), 4'026'531'840u);
  EXPECT_EQ(answer.Text(0, "Type"), "net");
  EXPECT_EQ(answer.Number(0, "ProcessCount"), 2u);
  EXPECT_EQ(answer.Number(0, "FirstProcessId"), 7u);
  EXPECT_EQ(answer.Text(1, "Type"), "mnt");
  EXPECT_EQ(answer.Number(1, "FirstProcessId"), 12u);
  EXPECT_EQ(WhyPartial<LinuxNamespace>(machine_, SchemaOf<LinuxNamespace>("Inode")), "");
  files_.failures["link 12/ns/cgroup"] = EACCES;
  EXPECT_THAT(WhyPartial<LinuxNamespace>(machine_, SchemaOf<LinuxNamespace>("Inode")),
              testing::HasSubstr("1 processes of other users"));
}

TEST_F(KernelTest, PressureOfEachResource) {
  tree_.Write("proc/pressure/cpu",
              "some avg10=5.84 avg60=5.10 avg300=4.28 total=62523732\n"
              "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
  tree_.Write("proc/pressure/irq", "full avg10=1.50 avg60=x avg300=200.00 total=9\n");
  tree_.Write("proc/pressure/io", "");
  files_.failures["read pressure/io"] = EOPNOTSUPP;
  const Answer answer = Ask<LinuxPressureStall>("Resource");
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Text(0, "Resource"), "cpu");
  EXPECT_DOUBLE_EQ(answer.Get(0, "SomeAverage10").real(), 5.84);
  EXPECT_EQ(answer.Number(0, "SomeTotal"), 62'523'732u);
  EXPECT_EQ(answer.Number(0, "FullTotal"), 0u);
  EXPECT_EQ(answer.Text(1, "Resource"), "irq");
  EXPECT_DOUBLE_EQ(answer.Get(1, "FullAverage10").real(), 1.5);
  EXPECT_TRUE(answer.IsNull(1, "FullAverage60"));
  EXPECT_TRUE(answer.IsNull(1, "FullAverage300"));
  EXPECT_TRUE(answer.IsNull(1, "SomeTotal"));
  files_.calls.clear();
  EXPECT_EQ(Ask<LinuxPressureStall>("Resource", {}, {"CPU"}).rows.size(), 1u);
  EXPECT_EQ(files_.calls.size(), 1u);
}

// Settings

class SysctlTest : public KernelTest {
 protected:
  SysctlTest() {
    tree_.Write("proc/sys/net/ipv4/ip_forward", "0\n");
    tree_.Write("proc/sys/net/ipv4/conf/eth0.100/forwarding", "1\n");
    tree_.Write("proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n");
    tree_.Write("proc/sys/net/ipv4/flush", "");
    tree_.Write("proc/sys/kernel/core_pattern", "core\n");
    tree_.Write("proc/sys/kernel/secret", "x\n");
    tree_.Write("proc/sys/vm/stat_refresh", "acted\n");
    tree_.Write("proc/sys/fs/binfmt_misc/register", "");
    std::filesystem::permissions(tree_.path() + "/proc/sys/net/ipv4/flush", std::filesystem::perms::owner_write);
    files_.failures["read ipv4/flush"] = EACCES;
    files_.failures["read kernel/secret"] = EACCES;
  }

  Answer AskSettings(std::vector<std::string_view> names = {}, std::vector<std::string> keys = {}) {
    files_.calls.clear();
    return RunQuery(provider_, {schema_, std::move(names), std::move(keys), 3});
  }
  Status Put(const char* name, cim::Value value, cim::PutMode mode = cim::PutMode::kCreateOrUpdate) {
    cim::RowBlockBuilder row;
    row.BeginRow(schema_);
    row.Set(schema_->FindSlot("Name").value(), cim::ValueView::Text(name));
    row.Set(schema_->FindSlot("Value").value(), value.view());
    row.CommitRow();
    std::vector<cim::Object> built;
    row.Finish(built);
    const Result<std::string> path = provider_.Put({built.front(), mode, {}});
    if (path.ok()) {
      EXPECT_EQ(*path, std::string("Linux_Sysctl.Name=\"") + name + "\"");
    }
    return path.status();
  }
  std::string Text(const std::string& path) { return ReadText(Files::Real(), tree_.path() + "/proc/sys/" + path, 99); }

  SysctlProvider provider_{machine_};
  const cim::ClassPtr schema_ =
      TestClass("Linux_Sysctl", {"IsReadable", "IsWritable", "Name", "Path", "Value"}, "Name");
};

TEST_F(SysctlTest, TheTreeIsWalked) {
  const Answer answer = AskSettings();
  std::map<std::string, std::size_t> rows;
  for (std::size_t row = 0; row < answer.rows.size(); ++row) rows[answer.Text(row, "Name")] = row;
  ASSERT_EQ(rows.size(), 7u);
  EXPECT_EQ(answer.Text(rows.at("net.ipv4.ip_forward"), "Value"), "0");
  EXPECT_EQ(answer.Text(rows.at("net.ipv4.tcp_rmem"), "Value"), "4096\t131072\t6291456");
  EXPECT_EQ(answer.Text(rows.at("net.ipv4.conf.eth0/100.forwarding"), "Value"), "1");
  // It can only be written, which is no refusal; the other could be read by somebody else.
  EXPECT_TRUE(answer.IsNull(rows.at("net.ipv4.flush"), "Value"));
  EXPECT_FALSE(answer.Get(rows.at("net.ipv4.flush"), "IsReadable").boolean());
  EXPECT_TRUE(answer.Get(rows.at("net.ipv4.flush"), "IsWritable").boolean());
  EXPECT_TRUE(answer.IsNull(rows.at("kernel.secret"), "Value"));
  EXPECT_THAT(answer.denied, ElementsAre("Value"));
  EXPECT_TRUE(answer.IsNull(rows.at("vm.stat_refresh"), "Value"));
  EXPECT_EQ(files_.CallsTo("read " + tree_.path() + "/proc/sys/vm/stat_refresh"), 0u);
  EXPECT_EQ(files_.CallsTo("binfmt_misc"), 0u);
}

TEST_F(SysctlTest, NamesReadNoFile) {
  EXPECT_EQ(AskSettings({"Name"}).rows.size(), 7u);
  EXPECT_EQ(files_.CallsTo("read "), 0u);
  EXPECT_EQ(files_.CallsTo("mode "), 0u);
}

TEST_F(SysctlTest, ALookUpListsNothing) {
  const Answer answer = AskSettings({"Name", "Value"}, {"net.ipv4.ip_forward"});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Value"), "0");
  EXPECT_EQ(files_.CallsTo("list "), 0u);
  EXPECT_EQ(files_.CallsTo("read "), 1u);
  EXPECT_EQ(AskSettings({"Name"}, {"NET.ipv4.conf.eth0/100.Forwarding"}).Text(0, "Name"),
            "net.ipv4.conf.eth0/100.forwarding");
  for (const char* name : {"net", "net.ipv4", "", ".", "net..ipv4", "net.//.ip_forward", "//.kernel.core_pattern",
                           "net.ipv4.none", "fs.binfmt_misc.register", "FS.BINFMT_MISC.register"}) {
    EXPECT_THAT(AskSettings({}, {name}).rows, IsEmpty()) << name;
  }
}

TEST_F(SysctlTest, PutWritesTheValue) {
  EXPECT_TRUE(Put("net.ipv4.ip_forward", cim::Value::Text("1")).ok());
  EXPECT_EQ(Text("net/ipv4/ip_forward"), "1\n");
  EXPECT_EQ(Put("net.ipv4.none", cim::Value::Text("1")).code(), code::kNotFound);
  EXPECT_EQ(Put("net.ipv4", cim::Value::Text("1")).code(), code::kNotFound);
  EXPECT_EQ(Put("fs.binfmt_misc.register", cim::Value::Text("1")).code(), code::kNotFound);
  EXPECT_EQ(Put("net.ipv4.ip_forward", cim::Value()).code(), code::kInvalidParameter);
  EXPECT_EQ(Put("net.ipv4.ip_forward", cim::Value::Text("1"), cim::PutMode::kCreateOnly).code(), code::kAlreadyExists);
}

TEST_F(SysctlTest, PutTellsWhatTheKernelSaid) {
  files_.failures["write ipv4/ip_forward"] = EACCES;
  EXPECT_EQ(Put("net.ipv4.ip_forward", cim::Value::Text("1")).code(), code::kAccessDenied);
  files_.failures["write ipv4/ip_forward"] = EINVAL;
  const Status status = Put("net.ipv4.ip_forward", cim::Value::Text("blue"));
  EXPECT_EQ(status.code(), code::kInvalidParameter);
  EXPECT_THAT(status.Message(), testing::HasSubstr("Invalid argument"));
  EXPECT_THAT(status.Message(), testing::HasSubstr("blue"));
  EXPECT_EQ(Text("net/ipv4/ip_forward"), "0\n");
}

// Control groups and containers

class CgroupTest : public KernelTest {
 protected:
  void WriteTree(const std::string& root) {
    tree_.Write(root + "cgroup.controllers", "cpu io memory pids\n");
    tree_.Write(root + "cgroup.subtree_control", "cpu memory\n");
    tree_.Write(root + "cgroup.stat", "nr_descendants 2\nnr_dying_descendants 1\n");
    tree_.Write(root + "cpu.stat", "usage_usec 900\nuser_usec 600\nsystem_usec 300\n");
    const std::string service = root + "system.slice/ssh.service/";
    tree_.Write(service + "cgroup.type", "domain\n");
    tree_.Write(service + "cgroup.controllers", "cpu memory\n");
    tree_.Write(service + "cgroup.subtree_control", "\n");
    tree_.Write(service + "cgroup.procs", "12\n15\n");
    tree_.Write(service + "cgroup.events", "populated 1\nfrozen 0\n");
    tree_.Write(service + "memory.current", "4096\n");
    tree_.Write(service + "memory.max", "max\n");
    tree_.Write(service + "memory.high", "8192\n");
    tree_.Write(service + "memory.events", "low 0\nhigh 3\noom 1\noom_kill 2\n");
    tree_.Write(service + "memory.stat", "anon 100\nfile 200\n");
    tree_.Write(service + "cpu.max", "50000 100000\n");
    tree_.Write(service + "cpu.weight", "100\n");
    tree_.Write(service + "pids.current", "7\n");
    tree_.Write(service + "pids.max", "max\n");
    tree_.Write(service + "io.stat",
                "8:0 rbytes=100 wbytes=200 rios=3 wios=4 dbytes=0 dios=0\n253:0 rbytes=11 wbytes=22 rios=1 wios=1\n");
    tree_.MakeDirectory(root + "user.slice");
  }
};

TEST_F(CgroupTest, TheTreeOfVersionTwo) {
  WriteTree("sys/fs/cgroup/");
  const Answer answer = Ask<LinuxCgroup>("Path");
  ASSERT_EQ(answer.rows.size(), 4u);
  EXPECT_EQ(answer.Text(0, "Path"), "/");
  EXPECT_TRUE(answer.IsNull(0, "Type"));
  EXPECT_TRUE(answer.IsNull(0, "MemoryCurrent"));
  EXPECT_TRUE(answer.IsNull(0, "IoReads"));
  EXPECT_THAT(Texts(answer.Get(0, "EnabledControllers")), ElementsAre("cpu", "memory"));
  EXPECT_EQ(answer.Number(0, "DescendantCount"), 2u);
  EXPECT_EQ(answer.Number(0, "CpuTime"), 900u);
  EXPECT_EQ(answer.Text(1, "Path"), "/system.slice");
  EXPECT_EQ(answer.Text(2, "Path"), "/system.slice/ssh.service");
  EXPECT_EQ(answer.Text(2, "Type"), "domain");
  EXPECT_THAT(Texts(answer.Get(2, "EnabledControllers")), IsEmpty());
  EXPECT_EQ(answer.Number(2, "ProcessCount"), 2u);
  EXPECT_TRUE(answer.Get(2, "IsPopulated").boolean());
  EXPECT_FALSE(answer.Get(2, "IsFrozen").boolean());
  EXPECT_EQ(answer.Number(2, "MemoryCurrent"), 4'096u);
  EXPECT_TRUE(answer.IsNull(2, "MemoryMax"));
  EXPECT_EQ(answer.Number(2, "MemoryHigh"), 8'192u);
  EXPECT_EQ(answer.Number(2, "OutOfMemoryKills"), 2u);
  EXPECT_EQ(answer.Number(2, "MemoryAnonymous"), 100u);
  EXPECT_EQ(answer.Number(2, "CpuQuota"), 50'000u);
  EXPECT_EQ(answer.Number(2, "CpuPeriod"), 100'000u);
  EXPECT_EQ(answer.Number(2, "CpuWeight"), 100u);
  EXPECT_EQ(answer.Number(2, "TaskCount"), 7u);
  EXPECT_TRUE(answer.IsNull(2, "TaskMax"));
  EXPECT_EQ(answer.Number(2, "IoReadBytes"), 111u);
  EXPECT_EQ(answer.Number(2, "IoWrites"), 5u);
  EXPECT_TRUE(answer.IsNull(2, "CpuTime"));
}

TEST_F(CgroupTest, ALookUpReadsOneGroupAndOnlyWhatIsAsked) {
  WriteTree("sys/fs/cgroup/unified/");
  const Answer answer = Ask<LinuxCgroup>("Path", {"Path", "MemoryCurrent"}, {"/System.slice/SSH.service"});
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_EQ(answer.Text(0, "Path"), "/system.slice/ssh.service");
  EXPECT_EQ(files_.CallsTo("read "), 1u);
  EXPECT_EQ(Ask<LinuxCgroup>("Path", {"Path"}, {"/"}).rows.size(), 1u);
  for (const char* path : {"", "system.slice", "//system.slice", "/system.slice/", "/../cgroup", "/cgroup.procs"}) {
    EXPECT_THAT(Ask<LinuxCgroup>("Path", {"Path"}, {path}).rows, IsEmpty()) << path;
  }
}

TEST_F(CgroupTest, WithVersionOneAloneItSaysSo) {
  tree_.Write("sys/fs/cgroup/memory/tasks", "1\n");
  EXPECT_THAT(Ask<LinuxCgroup>("Path").rows, IsEmpty());
  EXPECT_THAT(WhyPartial<LinuxCgroup>(machine_, SchemaOf<LinuxCgroup>("Path")), testing::HasSubstr("version 2"));
}

TEST(ContainerNames, AreToldByTheirForm) {
  const std::string id(64, 'a');
  const struct {
    std::string path, engine, id, group;
  } rows[] = {
      {"/system.slice/docker-" + id + ".scope/init", "docker", id, "/system.slice/docker-" + id + ".scope"},
      {"/docker/" + id, "docker", id, "/docker/" + id},
      {"/machine.slice/libpod-" + id + ".scope/container", "podman", id, "/machine.slice/libpod-" + id + ".scope"},
      {"/machine.slice/libpod-conmon-" + id + ".scope", "", "", ""},
      {"/kubepods.slice/pod1.slice/cri-containerd-" + id + ".scope", "containerd", id,
       "/kubepods.slice/pod1.slice/cri-containerd-" + id + ".scope"},
      {"/kubepods/burstable/pod1/" + id, "kubernetes", id, "/kubepods/burstable/pod1/" + id},
      {"/kubepods.slice/crio-" + id + ".scope", "cri-o", id, "/kubepods.slice/crio-" + id + ".scope"},
      {"/lxc.payload.web/system.slice", "lxc", "web", "/lxc.payload.web"},
      {"/lxc.monitor.web", "", "", ""},
      {"/lxc/web/init", "lxc", "web", "/lxc/web"},
      {"/machine.slice/systemd-nspawn@a\\x2db.service/payload", "nspawn", "a-b",
       "/machine.slice/systemd-nspawn@a\\x2db.service"},
      {"/docker/" + id + "/docker/" + std::string(64, 'b'), "docker", id, "/docker/" + id},
      {"/" + id, "", "", ""},
      {"/docker/short", "", "", ""},
      {"/", "", "", ""},
      {"", "", "", ""},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.path);
    const auto found = ContainerOf(row.path);
    ASSERT_EQ(found.has_value(), !row.engine.empty());
    if (!found) continue;
    EXPECT_EQ(found->engine, row.engine);
    EXPECT_EQ(found->id, row.id);
    EXPECT_EQ(found->path, row.group);
  }
}

TEST_F(KernelTest, ContainersAreCountedByTheirProcesses) {
  const std::string id(64, 'c');
  tree_.Write("proc/1/cgroup", "0::/init.scope\n");
  tree_.Write("proc/50/cgroup", "4:memory:/docker/" + id + "\n0::/system.slice/docker-" + id + ".scope\n");
  tree_.Write("proc/51/cgroup", "0::/system.slice/docker-" + id + ".scope/sub\n");
  tree_.Write("proc/60/cgroup", "nonsense\n1:name=systemd:/lxc/web\n");
  const Answer answer = Ask<LinuxContainer>("Id");
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Text(0, "Engine"), "docker");
  EXPECT_EQ(answer.Text(0, "Id"), id);
  EXPECT_EQ(answer.Text(0, "CgroupPath"), "/system.slice/docker-" + id + ".scope");
  EXPECT_EQ(answer.Number(0, "ProcessCount"), 2u);
  EXPECT_EQ(answer.Number(0, "FirstProcessId"), 50u);
  EXPECT_EQ(answer.Text(1, "Engine"), "lxc");
}

// Sockets

class SocketTest : public KernelTest {
 protected:
  SocketTest() {
    tree_.Write("proc/net/tcp",
                "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
                "   0: 0100007F:07E8 00000000:0000 0A 00000000:00000005 00:00000000 00000000  1000        0 1660 1 0\n"
                "   1: 0100007F:07E8 0200000A:1F90 06 00000000:00000000 03:00000000 00000000     0        0 0 3 0\n");
    tree_.Write("proc/net/tcp6",
                "heading\n"
                "   0: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A "
                "00000000:00000000 00:00000000 00000000     0        0 1700 1 0\n");
    tree_.Write(
        "proc/net/udp",
        "heading\n"
        " 12: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1800 2 0 0\n");
    tree_.Write("proc/net/unix",
                "Num       RefCount Protocol Flags    Type St Inode Path\n"
                "00000000c7d877c3: 00000003 00000000 00000000 0001 03    36\n"
                "00000000003a4729: 00000002 00000000 00010000 0005 01  1900 /run/a b\n"
                "00000000003a4730: 00000002 00000000 00000000 0002 01  1901 @abstract\n"
                "00000000003a4731: 00000002 00000000 00000000 0001 02     0\n");
    tree_.Link("proc/9/fd/3", "socket:[1660]");
    tree_.Link("proc/8/fd/4", "socket:[1660]");
    tree_.Link("proc/8/fd/5", "/dev/null");
    tree_.Link("proc/10/fd/0", "socket:[1900]");
  }
};

TEST_F(SocketTest, TablesOfAllProtocols) {
  const Answer answer = Ask<LinuxSocket>("Id");
  ASSERT_EQ(answer.rows.size(), 7u);
  EXPECT_EQ(answer.Text(0, "Id"), "tcp:1660");
  EXPECT_EQ(answer.Text(0, "LocalAddress"), "127.0.0.1");
  EXPECT_EQ(answer.Number(0, "LocalPort"), 2'024u);
  EXPECT_EQ(answer.Text(0, "State"), "LISTEN");
  EXPECT_EQ(answer.Number(0, "ReceiveQueue"), 5u);
  EXPECT_EQ(answer.Number(0, "UserId"), 1'000u);
  EXPECT_EQ(answer.Number(0, "ProcessId"), 8u);
  EXPECT_EQ(answer.Text(1, "Id"), "tcp:127.0.0.1:2024-10.0.0.2:8080");
  EXPECT_EQ(answer.Text(1, "State"), "TIME_WAIT");
  EXPECT_TRUE(answer.IsNull(1, "Inode"));
  EXPECT_TRUE(answer.IsNull(1, "ProcessId"));
  EXPECT_EQ(answer.Text(2, "LocalAddress"), "::1");
  EXPECT_EQ(answer.Text(3, "State"), "UNCONNECTED");
  EXPECT_EQ(answer.Text(4, "Id"), "unix:36");
  EXPECT_EQ(answer.Text(4, "State"), "CONNECTED");
  EXPECT_TRUE(answer.IsNull(4, "Path"));
  EXPECT_TRUE(answer.IsNull(4, "LocalPort"));
  EXPECT_EQ(answer.Text(5, "Path"), "/run/a b");
  EXPECT_EQ(answer.Text(5, "State"), "LISTEN");
  EXPECT_EQ(answer.Text(5, "Type"), "SEQPACKET");
  EXPECT_EQ(answer.Number(5, "ProcessId"), 10u);
  EXPECT_EQ(answer.Text(6, "Path"), "@abstract");
  EXPECT_THAT(answer.denied, IsEmpty());
}

TEST_F(SocketTest, DescriptorsAreWalkedOnlyWhenAsked) {
  EXPECT_EQ(Ask<LinuxSocket>("Id", {"Id", "State"}).rows.size(), 7u);
  EXPECT_EQ(files_.CallsTo("/fd"), 0u);
  files_.failures["list 10/fd"] = EACCES;
  EXPECT_THAT(Ask<LinuxSocket>("Id", {"Id", "ProcessId"}).denied, ElementsAre("ProcessId"));
}

TEST_F(SocketTest, ALookUpReadsOneTable) {
  EXPECT_EQ(Ask<LinuxSocket>("Id", {"Id"}, {"UDP:1800"}).rows.size(), 1u);
  EXPECT_EQ(files_.calls.size(), 1u);
  EXPECT_THAT(Ask<LinuxSocket>("Id", {"Id"}, {"udp:1660"}).rows, IsEmpty());
  EXPECT_EQ(Ask<LinuxSocket>("Id", {"Id"}, {"tcp:127.0.0.1:2024-10.0.0.2:8080"}).rows.size(), 1u);
}

TEST_F(SocketTest, BrokenLinesAreLeftOut) {
  const std::string line = "0: 0100007F:07E8 00000000:0000 0A 00000000:00000005 00:00000000 00000000 1000 0 1660";
  EXPECT_TRUE(ParseInternetSocket("tcp", line).has_value());
  EXPECT_FALSE(ParseInternetSocket("tcp6", line).has_value());
  for (std::size_t length = 0; length + 4 < line.size(); ++length) {
    EXPECT_FALSE(ParseInternetSocket("tcp", line.substr(0, length)).has_value()) << length;
  }
}

// Units of systemd

class FakeBus final : public SystemBus {
 public:
  BusAnswer Call(const BusCall& call) override {
    calls.push_back(call.member);
    const auto found = answers.find(call.member);
    return found == answers.end() ? BusAnswer{BusAnswer::Outcome::kNoBus, {}, {}, {}} : found->second;
  }

  std::map<std::string, BusAnswer> answers;
  std::vector<std::string> calls;
};

BusValue TextOf(const char* text) { return {std::string(text)}; }

TEST_F(KernelTest, UnitsAreThoseLoadedAndThoseOfFiles) {
  FakeBus bus;
  machine_.bus = &bus;
  const BusValue::List unit{TextOf("ssh.service"), TextOf("OpenBSD Secure Shell server"),
                            TextOf("loaded"),      TextOf("active"),
                            TextOf("running"),     TextOf(""),
                            TextOf("/o/ssh"),      {std::uint64_t{7}},
                            TextOf("restart"),     TextOf("/j/7")};
  bus.answers["ListUnits"] = {BusAnswer::Outcome::kDone, {{BusValue::List{{unit}, {BusValue::List{}}}}}, {}, {}};
  const BusValue::List file{TextOf("/lib/systemd/system/ssh.service"), TextOf("enabled")};
  const BusValue::List other{TextOf("/lib/systemd/system/getty@.service"), TextOf("disabled")};
  bus.answers["ListUnitFiles"] = {BusAnswer::Outcome::kDone, {{BusValue::List{{file}, {other}}}}, {}, {}};
  const Answer answer = Ask<LinuxSystemdUnit>("Name");
  ASSERT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.Text(0, "Name"), "getty@.service");
  EXPECT_FALSE(answer.Get(0, "IsLoaded").boolean());
  EXPECT_TRUE(answer.IsNull(0, "ActiveState"));
  EXPECT_EQ(answer.Text(0, "FileState"), "disabled");
  EXPECT_EQ(answer.Text(1, "Name"), "ssh.service");
  EXPECT_EQ(answer.Text(1, "Type"), "service");
  EXPECT_EQ(answer.Text(1, "ActiveState"), "active");
  EXPECT_EQ(answer.Text(1, "SubState"), "running");
  EXPECT_TRUE(answer.IsNull(1, "Following"));
  EXPECT_EQ(answer.Number(1, "JobId"), 7u);
  EXPECT_EQ(answer.Text(1, "JobType"), "restart");
  EXPECT_EQ(answer.Text(1, "FilePath"), "/lib/systemd/system/ssh.service");

  bus.answers.erase("ListUnitFiles");
  EXPECT_EQ(Ask<LinuxSystemdUnit>("Name").rows.size(), 1u);
  EXPECT_THAT(WhyPartial<LinuxSystemdUnit>(machine_, SchemaOf<LinuxSystemdUnit>("Name")),
              testing::HasSubstr("unit files"));
  bus.answers.clear();
  EXPECT_THAT(Ask<LinuxSystemdUnit>("Name").rows, IsEmpty());
  EXPECT_THAT(WhyPartial<LinuxSystemdUnit>(machine_, SchemaOf<LinuxSystemdUnit>("Name")),
              testing::HasSubstr("no system bus"));
}

}  // namespace
}  // namespace wmi::linuxos
