#include "base/settings.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/limits.h"

namespace wmi {
namespace {

// A folder that is gone at the end.
class SettingsFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "settings_test.XXXXXX").string();
    ASSERT_NE(nullptr, mkdtemp(name.data()));
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string Write(const std::string& text) {
    const std::string path = folder_ / "openwmi.conf";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  std::filesystem::path folder_;
};

struct LineRow {
  const char* text;
  const char* value;  // of the setting Name; null: none
  std::size_t problems;
};

TEST(Settings, LinesAreNameEqualsValue) {
  const LineRow rows[] = {
      {"", nullptr, 0},
      {"\n\n", nullptr, 0},
      {"Name=1", "1", 0},
      {"Name = 1\n", "1", 0},
      {"\t Name\t=\t a b \t\r\n", "a b", 0},
      {"nAME = 1", "1", 0},
      {"\xEF\xBB\xBFName = 1", "1", 0},
      {"Other = 1", nullptr, 0},
      {"Name = 1\nNAME = 2", "2", 0},
      {"# Name = 1", nullptr, 0},
      {"   # Name = 1", nullptr, 0},
      {"Name = 1 # why", "1", 0},
      {"Name = 1\t#", "1", 0},
      {"Name = a#b", "a#b", 0},
      {"Name = a=b", "a=b", 0},
      {"Name", nullptr, 1},
      {"Name =", nullptr, 1},
      {"Name = # nothing", nullptr, 1},
      {"= 1", nullptr, 1},
      {"=", nullptr, 1},
      {"Name 1\nName = 2\n]\n", "2", 2},
  };
  for (const LineRow& row : rows) {
    SCOPED_TRACE(row.text);
    const Settings settings = Settings::Parse(row.text, "x.conf");
    EXPECT_EQ(row.value == nullptr ? std::nullopt : std::optional<std::string>(row.value), settings.Find("Name"));
    EXPECT_EQ(row.problems, settings.problems().size());
  }
}

TEST(Settings, ProblemsNameFileLineAndWayOut) {
  const Settings settings = Settings::Parse("A = 1\n\nnonsense\nN = 12x\n", "/etc/x.conf");
  ASSERT_EQ(1u, settings.problems().size());
  EXPECT_EQ("/etc/x.conf:3: not \"Name = value\" and ignored; write it so, or put # in front",
            settings.problems().front());
  const auto number = settings.FindNumber("n", 0, 99);
  ASSERT_FALSE(number.ok());
  EXPECT_EQ("/etc/x.conf:4: N is not a number from 0 to 99 and was ignored; write such a number",
            number.status().Message());
}

TEST(Settings, ProblemsAreBounded) {
  std::string text;
  for (std::size_t i = 0; i < limits::kSettingsProblemsMax + 5; ++i) text += "nonsense\n";
  EXPECT_EQ(limits::kSettingsProblemsMax, Settings::Parse(text, "x.conf").problems().size());
}

struct NumberRow {
  const char* text;
  std::uint64_t result;  // 77: the fallback
  bool is_told;
};

TEST(Settings, NumbersOutsideTheRangeLeaveTheDefault) {
  const NumberRow rows[] = {
      {"", 77, false},         {"N = 5", 5, false},
      {"N = 10", 10, false},   {"N = 050", 50, false},
      {"N = 100", 100, false}, {"N = 4", 77, true},
      {"N = 101", 77, true},   {"N = -5", 77, true},
      {"N = +5", 77, true},    {"N = 5.0", 77, true},
      {"N = 0x5", 77, true},   {"N = 5 6", 77, true},
      {"N = yes", 77, true},   {"N = 18446744073709551621", 77, true},
  };
  for (const NumberRow& row : rows) {
    SCOPED_TRACE(row.text);
    testing::internal::CaptureStderr();
    EXPECT_EQ(row.result, NumberSetting(Settings::Parse(row.text, "x.conf"), "N", 5, 100, 77));
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_EQ(row.is_told ? 1 : 0, std::count(said.begin(), said.end(), '\n'));
    EXPECT_EQ(row.is_told, said.find("openwmi: x.conf:1: N is not a number from 5 to 100") == 0);
  }
}

TEST_F(SettingsFileTest, MissingFileIsAnEmptyOne) {
  for (const char* name : {"missing.conf", "no/such/folder.conf"}) {
    const Settings settings = Settings::Load(folder_ / name);
    EXPECT_EQ(std::nullopt, settings.Find("Name"));
    EXPECT_TRUE(settings.problems().empty());
  }
}

TEST_F(SettingsFileTest, LoadsAFile) {
  EXPECT_EQ("one", Settings::Load(Write("# settings\nName = one\n")).Find("Name"));
}

TEST_F(SettingsFileTest, FilesAreReadUpToTheLimit) {
  std::string text = "Name = 1\n";
  text.resize(limits::kSettingsBytesMax, '#');
  EXPECT_EQ("1", Settings::Load(Write(text)).Find("Name"));
  const Settings settings = Settings::Load(Write(text + "#"));
  EXPECT_EQ(std::nullopt, settings.Find("Name"));
  ASSERT_EQ(1u, settings.problems().size());
  EXPECT_NE(std::string::npos, settings.problems().front().find("65536 bytes"));
}

TEST_F(SettingsFileTest, WhatIsNoFileIsAProblemAndNotWaitedFor) {
  const std::string pipe = folder_ / "pipe";
  ASSERT_EQ(0, mkfifo(pipe.c_str(), 0600));
  for (const std::string& path : {pipe, folder_.string()}) {
    const Settings settings = Settings::Load(path);
    ASSERT_EQ(1u, settings.problems().size());
    EXPECT_EQ(0u, settings.problems().front().find(path + ": is not a file; "));
  }
  const std::string loop = folder_ / "loop";
  ASSERT_EQ(0, symlink(loop.c_str(), loop.c_str()));
  const Settings settings = Settings::Load(loop);
  ASSERT_EQ(1u, settings.problems().size());
  EXPECT_EQ(0u, settings.problems().front().find(loop + ": cannot be read, open: "));
}

TEST(SettingsPath, ComesFromTheEnvironment) {
  ASSERT_EQ(0, unsetenv("OPENWMI_CONFIG"));
  EXPECT_EQ(kDefaultSettingsPath, SettingsPath());
  ASSERT_EQ(0, setenv("OPENWMI_CONFIG", "", 1));
  EXPECT_EQ(kDefaultSettingsPath, SettingsPath());
  ASSERT_EQ(0, setenv("OPENWMI_CONFIG", "elsewhere.conf", 1));
  EXPECT_EQ("elsewhere.conf", SettingsPath());
  ASSERT_EQ(0, unsetenv("OPENWMI_CONFIG"));
}

// The one test of this process that may look at the machine's settings: they are read once.
TEST_F(SettingsFileTest, MachineSettingsAreReadOnceAndComplainOnce) {
  ASSERT_EQ(0, setenv("OPENWMI_CONFIG", Write("Name = one\nnonsense\n").c_str(), 1));
  testing::internal::CaptureStderr();
  EXPECT_EQ("one", FindSetting("name"));
  Write("Name = two\n");
  EXPECT_EQ("one", FindSetting("Name"));
  EXPECT_EQ(std::nullopt, FindSetting("Other"));
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(1, std::count(said.begin(), said.end(), '\n'));
  EXPECT_NE(std::string::npos, said.find("openwmi.conf:2: not \"Name = value\""));
  ASSERT_EQ(0, unsetenv("OPENWMI_CONFIG"));
}

}  // namespace
}  // namespace wmi
