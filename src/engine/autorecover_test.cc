#include "engine/autorecover.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/mof_file.h"

namespace wmi::engine {
namespace {

using namespace std::string_literals;

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

TEST_F(AutorecoverTest, NumbersGoOnBehindTheLastAndForeignFilesAreNoSource) {
  Write("autorecover/0041-gone.mof", "// autorecover of: /gone.mof\nclass G {};");
  Write("autorecover/0042-foreign.mof", "class F {};");
  Write("autorecover/readme", "");
  Write("autorecover/x-1.mof", "// autorecover of: /x\n");
  ASSERT_TRUE(Remember(folder_, {"/new.mof", ""}).ok());
  EXPECT_EQ(Names(), (std::vector<std::string>{"0041-gone.mof", "0042-foreign.mof", "0043-new.mof"}));
  EXPECT_EQ(List(folder_)[1].status.code(), code::kMofInvalidFile);
}

TEST_F(AutorecoverTest, IncludedFilesAreKeptWithTheFile) {
  const std::string part = Write("mof/parts/part.mof", "#include (\"more.mof\")\nclass P {};");
  const std::string more = Write("mof/parts/more.mof", "\xFF\xFEm\0"s);
  const std::string main = folder_ + "/mof/main.mof";
  ASSERT_TRUE(Remember(folder_, {main, "// text"}, {main, part, more, part}).ok());
  std::filesystem::remove_all(folder_ + "/mof");
  const std::vector<RecoveryFile> files = List(folder_);
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].number, 1u);
  EXPECT_EQ(files[0].source.text, "// text");
  ASSERT_EQ(files[0].included.size(), 2u);
  EXPECT_EQ(files[0].included[0].file, IncludePath("parts/part.mof", main));
  EXPECT_EQ(files[0].included[0].text, "#include (\"more.mof\")\nclass P {};");
  EXPECT_EQ(files[0].included[1].file, IncludePath(".\\more.mof", files[0].included[0].file));
  EXPECT_EQ(files[0].included[1].text, "m") << "UTF-8";
}

TEST_F(AutorecoverTest, ATextThatLooksLikeTheHeadOfACopyIsKeptAsItIs) {
  const std::string text = "// included: 1\n// 3 /x.mof\nclass A {};";
  ASSERT_TRUE(Remember(folder_, {"/a.mof", text}).ok());
  EXPECT_EQ(List(folder_)[0].source.text, text);
}

TEST_F(AutorecoverTest, WhatIsNoCopyIsListedAsSuch) {
  const char* const wrong[] = {"// included: 1\n",
                               "// included: 1\n// x /a.mof\n",
                               "// included: 1\n// 9 /a.mof\n12345678",
                               "// included: 2\n// 3 /a\n// 3 /b\n12345",
                               "// included: 1\n// 1/a\n1",
                               "// included: 99999999999\n",
                               "// included: 1\n// 18446744073709551615 /a\nx"};
  for (std::size_t i = 0; i < std::size(wrong); ++i) {
    Write("autorecover/000" + std::to_string(i + 1) + "-x.mof", std::string("// autorecover of: /a.mof\n") + wrong[i]);
  }
  const std::vector<RecoveryFile> files = List(folder_);
  ASSERT_EQ(files.size(), std::size(wrong));
  for (const RecoveryFile& file : files) {
    EXPECT_EQ(file.status.code(), code::kMofInvalidFile) << file.path;
    EXPECT_TRUE(file.source.text.empty() && file.included.empty()) << file.path;
  }
}

TEST_F(AutorecoverTest, AFileThatCannotBeReadAgainIsAFailure) {
  EXPECT_EQ(Remember(folder_, {"/a.mof", ""}, {"/a.mof", folder_ + "/gone.mof"}).code(), code::kNotFound);
  EXPECT_TRUE(List(folder_).empty());
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
