#include "wmi/watch_query.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "wql/query.h"

namespace wmi::cli {
namespace {

namespace fs = std::filesystem;

std::string QueryOf(std::string_view word, const std::vector<std::string>& arguments = {}) {
  const auto query = WatchQuery(word, arguments);
  if (const auto* problem = std::get_if<Problem>(&query)) {
    ADD_FAILURE() << problem->description;
    return {};
  }
  const std::string& text = std::get<std::string>(query);
  EXPECT_TRUE(wql::Parse(text).ok()) << text;
  return text;
}

TEST(WatchQueryTest, AQueryStaysWhatItIs) {
  EXPECT_EQ(QueryOf("SELECT * FROM Some_Event"), "SELECT * FROM Some_Event");
  EXPECT_FALSE(IsWatchForm("Process"));
}

TEST(WatchQueryTest, ProcessesAndDevicesComeAndGo) {
  EXPECT_EQ(QueryOf("process"),
            "SELECT * FROM __InstanceOperationEvent WITHIN 1 WHERE TargetInstance ISA 'Win32_Process'"
            " AND __CLASS <> '__InstanceModificationEvent'");
  EXPECT_EQ(QueryOf("process", {"bash"}), QueryOf("process") + " AND TargetInstance.Name = 'bash'");
  EXPECT_EQ(QueryOf("device"),
            "SELECT * FROM __InstanceOperationEvent WITHIN 2 WHERE TargetInstance ISA 'Win32_PnPEntity'"
            " AND __CLASS <> '__InstanceModificationEvent'");
}

TEST(WatchQueryTest, ServicesChange) {
  EXPECT_EQ(QueryOf("service"),
            "SELECT * FROM __InstanceModificationEvent WITHIN 2 WHERE TargetInstance ISA 'Win32_Service'");
  EXPECT_EQ(QueryOf("service", {"cron"}), QueryOf("service") + " AND TargetInstance.Name = 'cron'");
}

TEST(WatchQueryTest, WhatIsToldNeedsNoWithin) {
  EXPECT_EQ(ToldQuery(QueryOf("service", {"a WITHIN 5 WHERE b"})),
            "SELECT * FROM __InstanceModificationEvent WHERE TargetInstance ISA 'Win32_Service'"
            " AND TargetInstance.Name = 'a WITHIN 5 WHERE b'");
  const std::string told = "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance.Name = ' WITHIN '";
  EXPECT_EQ(ToldQuery(told), told);
}

TEST(WatchQueryTest, AnArgumentStaysOneConstant) {
  EXPECT_EQ(QueryOf("service", {R"(a' OR Name <> "\)"}),
            QueryOf("service") + R"( AND TargetInstance.Name = 'a\' OR Name <> "\\')");
}

TEST(WatchQueryTest, WordsAreCounted) {
  EXPECT_EQ(CheckWatchWords("process", {}), "");
  EXPECT_EQ(CheckWatchWords("process", {"a"}), "");
  EXPECT_EQ(CheckWatchWords("file", {}), "watch file needs a PATH");
  EXPECT_EQ(CheckWatchWords("device", {"a"}), "watch device takes no argument");
  EXPECT_EQ(CheckWatchWords("service", {"a", "b"}), "watch service takes one argument");
  EXPECT_NE(CheckWatchWords("SELECT", {"*"}), "");
}

class WatchFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "wmi_watch_XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = fs::canonical(name);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string Expected(const std::string& property, const std::string& value) {
    return "SELECT * FROM __InstanceOperationEvent WITHIN 1 WHERE TargetInstance ISA 'CIM_DataFile' AND "
           "TargetInstance." +
           property + " = '" + value + "'";
  }

  fs::path folder_;
};

TEST_F(WatchFileTest, AFolderStandsForTheFilesInIt) {
  EXPECT_EQ(QueryOf("file", {folder_.string()}), Expected("Path", folder_.string() + "/"));
  EXPECT_EQ(QueryOf("file", {folder_.string() + "/"}), Expected("Path", folder_.string() + "/"));
  EXPECT_EQ(QueryOf("file", {"/"}), Expected("Path", "/"));
}

TEST_F(WatchFileTest, AnythingElseIsAFileThatMayCome) {
  std::ofstream(folder_ / "there").put('x');
  EXPECT_EQ(QueryOf("file", {(folder_ / "there").string()}), Expected("Name", folder_.string() + "/there"));
  EXPECT_EQ(QueryOf("file", {(folder_ / "not yet").string()}), Expected("Name", folder_.string() + "/not yet"));
  EXPECT_EQ(QueryOf("file", {"/nothing"}), Expected("Name", "/nothing"));
}

TEST_F(WatchFileTest, LinksOnTheWayAreFollowedTheLastOneIsTheFile) {
  fs::create_directory(folder_ / "real");
  fs::create_directory_symlink("real", folder_ / "way");
  fs::create_symlink("nowhere", folder_ / "real" / "link");
  EXPECT_EQ(QueryOf("file", {(folder_ / "way").string()}), Expected("Path", folder_.string() + "/real/"));
  EXPECT_EQ(QueryOf("file", {(folder_ / "way" / "link").string()}), Expected("Name", folder_.string() + "/real/link"));
}

TEST_F(WatchFileTest, TheFolderMustBeThere) {
  std::ofstream(folder_ / "file").put('x');
  for (const char* name : {"missing/file", "missing/", "file/in", "file/"}) {
    const auto query = WatchQuery("file", {(folder_ / name).string()});
    ASSERT_TRUE(std::holds_alternative<Problem>(query)) << std::get<std::string>(query);
    EXPECT_EQ(std::get<Problem>(query).code, code::kNotFound);
    EXPECT_NE(std::get<Problem>(query).description.find(name), std::string::npos);
  }
}

}  // namespace
}  // namespace wmi::cli
