#include "engine/autorecover.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/mof_file.h"

namespace wmi::engine {
namespace {

class AutorecoverTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "autorecover-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(folder_ + "/" + name).parent_path());
    std::ofstream(folder_ + "/" + name, std::ios::binary) << text;
    return folder_ + "/" + name;
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const RecoveryFile& file : List(folder_)) names.push_back(std::filesystem::path(file.path).filename());
    return names;
  }

  std::string folder_;
};

TEST_F(AutorecoverTest, FilesAreListedInTheirOrderWithTheirText) {
  ASSERT_TRUE(Remember(folder_, {"/etc/z one.mof", "class Z {};\n"}).ok());
  ASSERT_TRUE(Remember(folder_, {"/etc/a.mof", "class A {};"}).ok());
  const std::vector<RecoveryFile> files = List(folder_);
  EXPECT_EQ(Names(), (std::vector<std::string>{"0001-z-one.mof", "0002-a.mof"}));
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].source.file, "/etc/z one.mof");
  EXPECT_EQ(files[0].source.text, "class Z {};\n");
  EXPECT_EQ(files[1].source.text, "class A {};");
}

TEST_F(AutorecoverTest, TheSameFileAgainTakesItsOldPlace) {
  ASSERT_TRUE(Remember(folder_, {"/etc/one.mof", "class A {};"}).ok());
  ASSERT_TRUE(Remember(folder_, {"/etc/two.mof", "class B {};"}).ok());
  ASSERT_TRUE(Remember(folder_, {"/etc/x/../one.mof", "class C {};"}).ok());
  EXPECT_EQ(Names(), (std::vector<std::string>{"0001-one.mof", "0002-two.mof"}));
  EXPECT_EQ(List(folder_)[0].source.text, "class C {};");
}

TEST_F(AutorecoverTest, ATextWithoutAFileIsKnownByWhatItSays) {
  for (const char* text : {"class A {};", "class B {};", "class A {};"})
    ASSERT_TRUE(Remember(folder_, {"", text}).ok());
  EXPECT_EQ(List(folder_).size(), 2u);
}

TEST_F(AutorecoverTest, AnyEncodingIsKeptAsUtf8) {
  ASSERT_TRUE(Remember(folder_, {"/l.mof", "// caf\xE9"}).ok());
  EXPECT_EQ(List(folder_)[0].source.text, "// caf\xC3\xA9");
}

TEST_F(AutorecoverTest, NumbersGoOnBehindTheLastAndForeignFilesAreLeftOut) {
  Write("autorecover/0041-gone.mof", "// autorecover of: /gone.mof\nclass G {};");
  Write("autorecover/0042-foreign.mof", "class F {};");
  Write("autorecover/readme", "");
  Write("autorecover/x-1.mof", "// autorecover of: /x\n");
  ASSERT_TRUE(Remember(folder_, {"/new.mof", ""}).ok());
  EXPECT_EQ(Names(), (std::vector<std::string>{"0041-gone.mof", "0043-new.mof"}));
}

TEST_F(AutorecoverTest, NothingIsLeftBehind) {
  ASSERT_TRUE(Remember(folder_, {"/a.mof", "1"}).ok());
  ASSERT_TRUE(Remember(folder_, {"/a.mof", "2"}).ok());
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_ + "/autorecover")) ++count;
  EXPECT_EQ(count, 1u);
}

TEST_F(AutorecoverTest, WithoutAFolderNothingIsKept) {
  EXPECT_TRUE(Remember("", {"/a.mof", "class A {};"}).ok());
  EXPECT_TRUE(List("").empty());
  EXPECT_TRUE(List(folder_).empty());
  const Status status = Remember(folder_ + "/nothing/there", {"/a.mof", ""});
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.Message().find("mkdir("), std::string::npos) << status.Message();
}

TEST_F(AutorecoverTest, AnIncludeIsRelativeToTheFileThatSaysSo) {
  const std::string from = Write("a/main.mof", "");
  Write("a/parts/b.mof", "text");
  const Result<mof::Source> found = OpenInclude("parts\\b.mof", from);
  ASSERT_TRUE(found.ok()) << found.status().Message();
  EXPECT_EQ(found->text, "text");
  EXPECT_EQ(found->file, OpenInclude("./parts/../parts/b.mof", from)->file);
  EXPECT_TRUE(OpenInclude(folder_ + "/a/parts/b.mof", "/elsewhere/x.mof").ok());
}

TEST_F(AutorecoverTest, WhatIsNoFileIsRefused) {
  EXPECT_EQ(ReadMofFile(folder_ + "/none.mof").status().code(), code::kNotFound);
  EXPECT_EQ(ReadMofFile(folder_).status().code(), code::kMofInvalidFile);
  EXPECT_EQ(ReadMofFile("/dev/zero").status().code(), code::kMofInvalidFile);
  const std::string path = Write("ten.mof", "0123456789");
  EXPECT_EQ(ReadMofFile(path, 10)->text, "0123456789");
  EXPECT_EQ(ReadMofFile(path, 9).status().code(), code::kMofInvalidFile);
}

}  // namespace
}  // namespace wmi::engine
