// Nobody and read-only (rights.h): that the rights are those of the run, and what nobody is told. The rules of every
// class run with them besides (validation_test.cc, and CMakeLists.txt beside this).
#include "rights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cim/object_path.h"
#include "providers/linux/files.h"
#include "providers/linux/guarded_calls.h"
#include "providers/linux/process/process_calls.h"
#include "rules.h"
#include "schema.h"
#include "this_machine.h"

namespace wmi::classes {
namespace {

#define WMI_ONLY_IN(rights) \
  if (RightsOfThisRun() != (rights)) GTEST_SKIP() << "a test of another run: see tests/classes/CMakeLists.txt"

TEST(Nobody, HasNoRightsAndCannotHaveThemBack) {
  WMI_ONLY_IN(Rights::kNobody);
  EXPECT_NE(::geteuid(), 0u);
  EXPECT_NE(::setuid(0), 0);
  std::ifstream status("/proc/self/status");
  std::string capabilities;
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("CapEff:")) capabilities = line.substr(line.find_first_not_of(" \t", 7));
  }
  EXPECT_EQ(capabilities, "0000000000000000");
}

// What root sees and nobody does not is NULL, and the client is told: a property that is denied, or a sentence.
TEST(Nobody, IsToldWhatIsRefused) {
  WMI_ONLY_IN(Rights::kNobody);
  std::size_t compared = 0;
  std::size_t refused = 0;
  for (const std::string& class_name : RuledClasses()) {
    const Filled& before = SeenByRoot(class_name);
    const Rows now = QueryByRule(class_name);
    const bool is_volatile = Rules::Get().by_class().at(class_name).is_volatile;
    Filled filled;
    std::set<std::string> filled_anywhere;
    std::set<std::string> denied;
    const cim::ClassPtr schema = Schema::Get().GetClass(class_name);
    for (const std::size_t slot : now.denied) denied.insert(schema->properties()[slot].name);
    for (const cim::Object& row : now.rows) {
      std::set<std::string>& names = filled[cim::RelativePath(row).value_or("")];
      for (std::size_t slot = 0; slot < schema->properties().size(); ++slot) {
        if (!row.slot(slot).is_null()) names.insert(schema->properties()[slot].name);
      }
      filled_anywhere.insert(names.begin(), names.end());
    }
    for (const auto& [path, names] : before) {
      const auto found = filled.find(path);
      if (found == filled.end()) {
        EXPECT_TRUE(is_volatile || !denied.empty() || !now.incomplete.empty()) << path << " is kept back silently";
        continue;
      }
      for (const std::string& name : names) {
        ++compared;
        // Where instances come and go their values do, too: there, what nobody sees of none of them counts.
        if ((is_volatile ? filled_anywhere : found->second).contains(name)) continue;
        ++refused;
        EXPECT_TRUE(denied.contains(name) || !now.incomplete.empty()) << path << "." << name << " is NULL silently";
      }
    }
  }
  if (compared == 0) GTEST_SKIP() << "not started by root: there is nothing to compare with";
  RecordProperty("compared", std::to_string(compared));
  RecordProperty("refused", std::to_string(refused));
}

// On every machine something is refused: the program of a process of another user.
TEST(Nobody, SeesNoProgramOfAnotherUser) {
  WMI_ONLY_IN(Rights::kNobody);
  linuxos::TextBuffer buffer;
  if (linuxos::Files::Real().ReadLink(linuxos::kNoDirectory, "/proc/1/exe", buffer) != EACCES)
    GTEST_SKIP() << "process 1 is no one else's here";
  const cim::ClassPtr schema = Schema::Get().GetClass("Win32_Process");
  const Rows first = Query(schema, {{cim::Value::Text("1")}});
  ASSERT_EQ(first.rows.size(), 1u);
  for (const char* name : {"ExecutablePath", "ReadOperationCount"}) {
    const std::size_t slot = schema->FindSlot(name).value();
    EXPECT_TRUE(first.rows[0].slot(slot).is_null()) << name;
    EXPECT_TRUE(first.denied.contains(slot)) << name;
  }
  EXPECT_FALSE(first.rows[0].slot(schema->FindSlot("Name").value()).is_null());
}

// Also from the threads that the providers start.
TEST(ReadOnly, EveryChangeIsNoticed) {
  WMI_ONLY_IN(Rights::kReadOnly);
  linuxos::Files& files = linuxos::Files::Real();
  const std::string path = std::filesystem::temp_directory_path() / "openwmi-read-only";
  const std::vector<std::pair<const char*, std::function<int()>>> changes = {
      {"Write", [&] { return files.Write("/dev/null", "x"); }},
      {"Create", [&] { return files.Create(path.c_str(), "x"); }},
      {"Remove", [&] { return files.Remove(path.c_str()); }},
      {"Replace", [&] { return files.Replace(path.c_str(), "x"); }},
      {"MakeFolder", [&] { return files.MakeFolder(path.c_str()); }},
      {"SetNice", [&] { return linuxos::ProcessCalls::Real().SetNice(::getpid(), 0); }},
      {"Kill", [&] { return ::kill(::getpid(), SIGCONT) == 0 ? 0 : errno; }},
  };
  for (const auto& [name, change] : changes) {
    EXPECT_EQ(change(), EPERM) << name;
    EXPECT_THAT(StoppedCalls(), testing::Not(testing::IsEmpty())) << name;
  }
  const auto on_a_thread = linuxos::RunGuarded<int>(linuxos::GuardedCalls::Real(), "read-only",
                                                    [&files] { return files.Write("/dev/null", "x"); });
  EXPECT_EQ(on_a_thread, EPERM);
  EXPECT_THAT(StoppedCalls(), testing::ElementsAre(testing::EndsWith(" /dev/null")));
  // And what only looks is let through.
  linuxos::TextBuffer buffer;
  EXPECT_EQ(files.Read(linuxos::kNoDirectory, "/dev/null", 1, buffer), 0);
  EXPECT_EQ(::kill(::getpid(), 0), 0);
  EXPECT_THAT(StoppedCalls(), testing::IsEmpty());
}

}  // namespace
}  // namespace wmi::classes
