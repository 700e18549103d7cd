// Recorded machines under every class: machines/*.machine are trees of /proc, /sys and /etc as different kinds of
// machines show them. Whatever a tree holds or lacks, each class answers, values have the form that the rules ask for,
// keys are unique, no read comes to a seam that changes something, and the facts that a file states as "expect" come
// out. Daemons are silent here.
//
// The form: "expect CLASS PROPERTY=VALUE …", of which the first finds the instance when the class is no singleton;
// "file PATH" and its lines, each indented by one blank; "link PATH TARGET"; "dir PATH". "\0" is a zero byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cim/object_path.h"
#include "cim/row.h"
#include "provider/provider.h"
#include "providers/linux/accounts/name_service.h"
#include "providers/linux/bus/system_bus.h"
#include "providers/linux/files.h"
#include "providers/linux/files/file_calls.h"
#include "providers/linux/network/netlink.h"
#include "providers/linux/process/process_calls.h"
#include "providers/linux/register.h"
#include "providers/linux/storage/mounting.h"
#include "recorded_bus.h"
#include "rules.h"
#include "schema.h"

namespace wmi::classes {
namespace {

namespace fs = std::filesystem;

class SilentNames final : public linuxos::NameService {
 public:
  using Answer = linuxos::NameAnswer;
  Answer UserById(std::uint32_t, linuxos::UserEntry&) override { return Answer::kNoAnswer; }
  Answer UserByName(const std::string&, linuxos::UserEntry&) override { return Answer::kNoAnswer; }
  Answer GroupById(std::uint32_t, linuxos::GroupEntry&) override { return Answer::kNoAnswer; }
  Answer GroupByName(const std::string&, linuxos::GroupEntry&) override { return Answer::kNoAnswer; }
  Answer Users(std::size_t, std::vector<linuxos::UserEntry>&) override { return Answer::kNoAnswer; }
  Answer Groups(std::size_t, std::vector<linuxos::GroupEntry>&) override { return Answer::kNoAnswer; }
};

int Changed(const char* call, const std::string& what) {
  ADD_FAILURE() << "a read calls " << call << " " << what;
  return EPERM;
}

// The links and sockets of the machine that runs the test are not those of the recorded one.
class SilentNetlink final : public linuxos::Netlink {
 public:
  int Links(std::uint32_t, std::vector<linuxos::NetLink>&) override { return 0; }
  int Addresses(std::vector<linuxos::NetAddress>&) override { return 0; }
  int Routes(const linuxos::RouteFilter&, std::vector<linuxos::NetRoute>&) override { return 0; }
  int Sockets(std::uint8_t, std::vector<linuxos::NetSocket>&) override { return 0; }
  int SetLinkUp(std::uint32_t, bool) override { return Changed("Netlink::SetLinkUp", {}); }
};

// Every seam that changes something: a read must not come to it.
class ReadFiles final : public linuxos::Files {
 public:
  int Write(const char* path, std::string_view) override { return Changed("Files::Write", path); }
  int Create(const char* path, std::string_view) override { return Changed("Files::Create", path); }
  int Remove(const char* path) override { return Changed("Files::Remove", path); }
  int Replace(const char* path, std::string_view) override { return Changed("Files::Replace", path); }
  int MakeFolder(const char* path) override { return Changed("Files::MakeFolder", path); }
  int RemoveFolder(const char* path) override { return Changed("Files::RemoveFolder", path); }
};

class ReadFileCalls final : public linuxos::FileCalls {
 public:
  int Rename(const std::string& from, const std::string&) override { return Changed("FileCalls::Rename", from); }
  int Copy(const std::string& from, const std::string&, const std::stop_token&) override {
    return Changed("FileCalls::Copy", from);
  }
  int Remove(const std::string& path, bool) override { return Changed("FileCalls::Remove", path); }
  int SetCompressed(const std::string& path, bool) override { return Changed("FileCalls::SetCompressed", path); }
};

class ReadProcesses final : public linuxos::ProcessCalls {
 public:
  linuxos::SpawnResult Spawn(const linuxos::SpawnOrder& order) override {
    return {Changed("ProcessCalls::Spawn", order.folder), linuxos::SpawnResult::Step::kMake, 0};
  }
  int Kill(std::int32_t id, const std::function<int()>&) override {
    return Changed("ProcessCalls::Kill", std::to_string(id));
  }
  int SetNice(std::int32_t id, int) override { return Changed("ProcessCalls::SetNice", std::to_string(id)); }
};

class ReadMounts final : public linuxos::Mounting {
 public:
  int MountByTable(const std::string& device) override { return Changed("Mounting::MountByTable", device); }
  int Unmount(const std::string& mount_point, When) override { return Changed("Mounting::Unmount", mount_point); }
};

struct Expectation {
  std::string class_name;
  std::vector<std::pair<std::string, std::string>> values;
};

// A machine laid out in a folder that goes with it.
class RecordedMachine {
 public:
  explicit RecordedMachine(const std::string& name) {
    std::string pattern = (fs::temp_directory_path() / "openwmi-machine-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr) << pattern;
    folder_ = pattern;
    for (const char* top : {"proc", "sys", "etc", "usr", "run", "dev", "var"}) fs::create_directory(folder_ / top);
    std::ifstream file(std::string(WMI_SOURCE_DIR) + "/tests/classes/machines/" + name + ".machine");
    EXPECT_TRUE(file.is_open()) << name;
    std::ofstream current;
    for (std::string line; std::getline(file, line);) Take(line, current);
  }
  ~RecordedMachine() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  RecordedMachine(const RecordedMachine&) = delete;
  RecordedMachine& operator=(const RecordedMachine&) = delete;

  linuxos::Machine machine() {
    linuxos::Machine machine;
    const std::string base = folder_.string();
    machine.root.proc = base + "/proc";
    machine.root.sys = base + "/sys";
    machine.root.etc = base + "/etc";
    machine.root.usr = base + "/usr";
    machine.root.run = base + "/run";
    machine.root.dev = base + "/dev";
    machine.root.var = base + "/var";
    machine.bus = &bus_;
    machine.names = &names_;
    machine.netlink = &netlink_;
    machine.files = &files_;
    machine.file_calls = &file_calls_;
    machine.process_calls = &processes_;
    machine.mounting = &mounts_;
    return machine;
  }
  const std::vector<Expectation>& expectations() const { return expectations_; }

 private:
  void Take(const std::string& line, std::ofstream& current) {
    if (line.starts_with(' ')) {
      std::string text = line.substr(1);
      for (std::size_t at = 0; (at = text.find("\\0", at)) != std::string::npos; ++at) text.replace(at, 2, 1, '\0');
      const bool is_command_line = text.find('\0') != std::string::npos;
      current << text;
      if (!is_command_line) current << '\n';
      return;
    }
    std::istringstream words(line);
    std::string kind, path, target;
    words >> kind >> path >> target;
    const fs::path full = folder_ / path;
    if (kind == "expect") expectations_.push_back(ReadExpectation(line));
    if (kind == "bus") bus_.Add(line.substr(kind.size()));
    if (kind != "file" && kind != "link" && kind != "dir") return;
    fs::create_directories(full.parent_path());
    if (kind == "dir") fs::create_directory(full);
    if (kind == "link") fs::create_symlink(target, full);
    if (kind == "file") current = std::ofstream(full, std::ios::binary);
  }

  static Expectation ReadExpectation(const std::string& line) {
    Expectation expectation;
    std::istringstream words(line);
    std::string word;
    words >> word >> expectation.class_name;
    while (words >> word) {
      // A value in quotes may hold blanks.
      while (std::count(word.begin(), word.end(), '"') == 1) {
        std::string more;
        if (!(words >> more)) break;
        word += ' ' + more;
      }
      const std::size_t sign = word.find('=');
      std::string value = word.substr(sign + 1);
      if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
      expectation.values.emplace_back(word.substr(0, sign), value);
    }
    return expectation;
  }

  fs::path folder_;
  RecordedBus bus_;
  SilentNames names_;
  SilentNetlink netlink_;
  ReadFiles files_;
  ReadFileCalls file_calls_;
  ReadProcesses processes_;
  ReadMounts mounts_;
  std::vector<Expectation> expectations_;
};

std::vector<cim::Object> AllOf(provider::InstanceProvider& provider, const cim::ClassPtr& schema) {
  provider::Request request;
  request.schema = schema;
  std::vector<cim::Object> rows;
  auto stream = provider.Open(request);
  EXPECT_TRUE(stream.ok()) << stream.status().Message();
  if (!stream.ok()) return rows;
  for (int pull = 0; pull < 100'000; ++pull) {
    provider::RowWriter writer(request, 64, 1u << 20);
    const auto state = (*stream)->Read(writer);
    EXPECT_TRUE(state.ok()) << schema->name() << ": " << state.status().Message();
    writer.Finish(rows);
    if (!state.ok() || *state == provider::ReadState::kEnd) break;
  }
  return rows;
}

std::string TextOf(ValueView value) {
  switch (value.kind()) {
    case ValueKind::kText:
      return std::string(value.text());
    case ValueKind::kBoolean:
      return value.boolean() ? "TRUE" : "FALSE";
    case ValueKind::kUnsigned:
      return std::to_string(value.unsigned_integer());
    case ValueKind::kSigned:
      return std::to_string(value.signed_integer());
    default:
      return value.is_null() ? "NULL" : "?";
  }
}

// These walk the file system of the machine that runs the test.
bool WalksTheDisk(const std::string& class_name) {
  return class_name == "CIM_DataFile" || class_name == "Win32_Directory";
}

class EveryMachine : public testing::TestWithParam<const char*> {};

TEST_P(EveryMachine, GetsAnAnswerOfEveryClass) {
  RecordedMachine recorded(GetParam());
  provider::Registry registry;
  linuxos::RegisterLinuxProviders(registry, recorded.machine());
  for (const auto& [class_name, rule] : Rules::Get().by_class()) {
    provider::InstanceProvider* const provider = registry.Find(class_name);
    ASSERT_NE(provider, nullptr) << class_name;
    if (WalksTheDisk(class_name)) continue;
    const cim::ClassPtr schema = Schema::Get().GetClass(class_name);
    std::unordered_set<std::string, FoldedHash, FoldedEqual> paths;
    for (const cim::Object& row : AllOf(*provider, schema)) {
      const std::string path = cim::RelativePath(row).value_or("");
      EXPECT_FALSE(path.empty()) << class_name << ": a key is NULL";
      EXPECT_TRUE(paths.insert(path).second) << path << " comes twice";
      for (std::size_t slot = 0; slot < schema->properties().size(); ++slot) {
        const std::string& name = schema->properties()[slot].name;
        const ValueView value = row.slot(slot);
        if (value.is_null()) continue;
        const auto known = rule.properties.find(name);
        EXPECT_NE(known, rule.properties.end()) << path << "." << name << " has a value but no rule";
        if (known == rule.properties.end() || std::string_view(GetParam()) == "broken") continue;
        const std::string fault = known->second.check(value);
        EXPECT_TRUE(fault.empty()) << path << "." << name << " = " << TextOf(value) << ": " << fault;
      }
    }
  }
}

TEST_P(EveryMachine, ShowsWhatIsExpected) {
  RecordedMachine recorded(GetParam());
  provider::Registry registry;
  linuxos::RegisterLinuxProviders(registry, recorded.machine());
  for (const Expectation& expectation : recorded.expectations()) {
    const cim::ClassPtr schema = Schema::Get().GetClass(expectation.class_name);
    ASSERT_NE(schema, nullptr);
    const auto value = [&](const cim::Object& row, const std::string& name) {
      return TextOf(row.slot(schema->FindSlot(name).value()));
    };
    std::vector<cim::Object> rows = AllOf(*registry.Find(expectation.class_name), schema);
    const std::pair<std::string, std::string>& first = expectation.values.front();
    std::erase_if(rows, [&](const cim::Object& row) { return value(row, first.first) != first.second; });
    ASSERT_EQ(rows.size(), 1u) << expectation.class_name << "." << first.first << "=" << first.second;
    for (const auto& [name, text] : expectation.values) EXPECT_EQ(value(rows[0], name), text) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Machines, EveryMachine,
                         testing::Values("laptop", "server", "vm", "container", "board", "old", "broken", "bare"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace wmi::classes
