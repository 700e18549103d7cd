#include "wmi/output_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace wmi::cli {
namespace {

class OutputFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "output-file-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = folder_ + "/a.mof";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static void Write(const OutputFile& file, std::string_view text) {
    ASSERT_EQ(::write(file.descriptor(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  std::string Read() const {
    std::ifstream file(path_);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  std::ptrdiff_t Files() const { return std::distance(std::filesystem::directory_iterator(folder_), {}); }
  unsigned Mode() const {
    struct stat there{};
    EXPECT_EQ(::stat(path_.c_str(), &there), 0);
    return there.st_mode & 0777u;
  }

  std::string folder_;
  std::string path_;
};

TEST_F(OutputFileTest, AppearsWhenItIsWhole) {
  OutputFile file(path_);
  ASSERT_EQ(file.Open(), 0);
  Write(file, "whole");
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_EQ(file.Publish(), 0);
  EXPECT_EQ(Read(), "whole");
  EXPECT_EQ(Files(), 1);
}

TEST_F(OutputFileTest, WhatWasThereStaysUntilThen) {
  std::ofstream(path_) << "before";
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  {
    OutputFile half(path_);
    ASSERT_EQ(half.Open(), 0);
    Write(half, "ha");
  }
  EXPECT_EQ(Read(), "before");
  EXPECT_EQ(Files(), 1);
  OutputFile file(path_);
  ASSERT_EQ(file.Open(), 0);
  Write(file, "after");
  EXPECT_EQ(file.Publish(), 0);
  EXPECT_EQ(Read(), "after");
  EXPECT_EQ(Mode(), 0640u);
}

TEST_F(OutputFileTest, ALinkStaysALink) {
  std::ofstream(folder_ + "/real") << "before";
  std::filesystem::create_symlink("real", path_);
  OutputFile file(path_);
  ASSERT_EQ(file.Open(), 0);
  Write(file, "after");
  EXPECT_EQ(file.Publish(), 0);
  EXPECT_TRUE(std::filesystem::is_symlink(path_));
  EXPECT_EQ(Read(), "after");
}

TEST_F(OutputFileTest, WhatIsNoRegularFileIsWrittenAsItIs) {
  OutputFile nothing("/dev/null");
  ASSERT_EQ(nothing.Open(), 0);
  Write(nothing, "text");
  EXPECT_EQ(nothing.Publish(), 0);
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  EXPECT_EQ(OutputFile(folder_).Open(), EISDIR);
  EXPECT_EQ(OutputFile(folder_ + "/no/a.mof").Open(), ENOENT);
}

}  // namespace
}  // namespace wmi::cli
