// Opening files with the modes of Windows.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <winnt.h>

#include <filesystem>
#include <string>

namespace {

class Files : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/openwmi_files_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  std::wstring WidePath(const std::wstring& name) const {
    return std::wstring(folder_.begin(), folder_.end()) + L"/" + name;
  }

 private:
  std::string folder_;
};

TEST_F(Files, AWideNameIsUtf8OnTheDisk) {
  FILE* file = _wfopen(WidePath(L"gr\u00fc\u00df").c_str(), L"w, ccs=UTF-8");
  ASSERT_NE(file, nullptr);
  EXPECT_GE(fputs("text", file), 0);
  EXPECT_LT(fwide(file, 0), 1);  // ccs must not make the stream wide
  fclose(file);
  EXPECT_TRUE(std::filesystem::exists(Path("gr\xc3\xbc\xc3\x9f")));
  ASSERT_EQ(_wfopen_s(&file, WidePath(L"gr\u00fc\u00df").c_str(), L"rt"), 0);
  char text[8];
  EXPECT_STREQ(fgets(text, sizeof text, file), "text");
  fclose(file);
}

TEST_F(Files, TheModesOfWindowsAreTranslated) {
  FILE* file = nullptr;
  for (const char* mode : {"w", "wb", "w+b", "wb+", "wt", "w+tc", "wbS", "wbR", "wTn", "a", "a+", "r", "r+b", "rt",
                           " r", "r,ccs=utf-8", "r, ccs = UTF-8", "wbbbbbbbb++++t"}) {
    SCOPED_TRACE(mode);
    ASSERT_EQ(fopen_s(&file, Path("f").c_str(), mode), 0);
    fclose(file);
  }
  ASSERT_EQ(fopen_s(&file, Path("f").c_str(), "rN"), 0);
  EXPECT_NE(fcntl(fileno(file), F_GETFD) & FD_CLOEXEC, 0);
  fclose(file);
  EXPECT_EQ(fopen_s(&file, Path("f").c_str(), "wx"), EEXIST);
}

TEST_F(Files, WhatCannotBeHadIsRefused) {
  FILE* file = stdin;
  for (const char* mode : {"", "x", "q", "rD", "r!", "r,ccs=UTF-16LE", "r,ccs=UNICODE", "r,ccs=UTF-8x", "r,abc"}) {
    SCOPED_TRACE(mode);
    EXPECT_EQ(fopen_s(&file, Path("f").c_str(), mode), EINVAL);
    EXPECT_EQ(file, nullptr);
  }
  EXPECT_EQ(fopen_s(&file, Path("none").c_str(), "r"), ENOENT);
  EXPECT_EQ(fopen_s(nullptr, "a", "r"), EINVAL);
  EXPECT_EQ(fopen_s(&file, nullptr, "r"), EINVAL);
  EXPECT_EQ(fopen_s(&file, "a", nullptr), EINVAL);
  EXPECT_EQ(_wfopen_s(nullptr, L"a", L"r"), EINVAL);
  EXPECT_EQ(_wfopen_s(&file, nullptr, L"r"), EINVAL);
  errno = 0;
  EXPECT_EQ(_wfopen(WidePath(L"none").c_str(), L"r"), nullptr);
  EXPECT_EQ(errno, ENOENT);
}

TEST_F(Files, AStreamIsReopened) {
  FILE* file = nullptr;
  ASSERT_EQ(fopen_s(&file, Path("a").c_str(), "w"), 0);
  FILE* again = nullptr;
  ASSERT_EQ(freopen_s(&again, Path("b").c_str(), "w", file), 0);
  EXPECT_EQ(again, file);
  fputs("b", again);
  ASSERT_EQ(_wfreopen_s(&again, WidePath(L"c").c_str(), L"w", file), 0);
  EXPECT_EQ(std::filesystem::file_size(Path("b")), 1u);
  EXPECT_EQ(_wfreopen(WidePath(L"d").c_str(), L"w", file), file);
  static FILE* closed;  // glibc closes the stream and keeps its memory
  closed = file;
  EXPECT_EQ(freopen_s(&again, Path("none/none").c_str(), "r", closed), ENOENT);
  EXPECT_EQ(again, nullptr);
  EXPECT_EQ(freopen_s(&again, Path("a").c_str(), "r", nullptr), EINVAL);
  EXPECT_EQ(freopen_s(nullptr, Path("a").c_str(), "r", stdin), EINVAL);
}

}  // namespace
