// Taking paths apart and joining them.
#include <gtest/gtest.h>
#include <winnt.h>

#include <string>

namespace {

struct Row {
  const char* path;
  const char* drive;
  const char* folder;
  const char* name;
  const char* extension;
};

constexpr Row kRows[] = {
    {"/usr/lib/libopenwmi.so.0", "", "/usr/lib/", "libopenwmi.so", ".0"},
    {"C:\\Windows\\System32\\wbem\\wmiprvse.exe", "C:", "\\Windows\\System32\\wbem\\", "wmiprvse", ".exe"},
    {"d:name", "d:", "", "name", ""},
    {"folder/", "", "folder/", "", ""},
    {".profile", "", "", "", ".profile"},
    {"a.b/c", "", "a.b/", "c", ""},
    {"mixed\\a/b.c", "", "mixed\\a/", "b", ".c"},
    {"", "", "", "", ""},
    {"name.", "", "", "name", "."},
};

TEST(SplitPath, TakesPathsOfBothKindsApart) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.path);
    char drive[3], folder[40], name[20], extension[12];
    EXPECT_EQ(_splitpath_s(row.path, drive, folder, name, extension), 0);
    EXPECT_STREQ(drive, row.drive);
    EXPECT_STREQ(folder, row.folder);
    EXPECT_STREQ(name, row.name);
    EXPECT_STREQ(extension, row.extension);
    char joined[60];
    EXPECT_EQ(_makepath_s(joined, drive, folder, name, extension), 0);
    EXPECT_STREQ(joined, row.path);

    wchar_t wide_drive[3], wide_folder[40], wide_name[20], wide_extension[12], wide_joined[60];
    const std::wstring path(row.path, row.path + strlen(row.path));
    EXPECT_EQ(_wsplitpath_s(path.c_str(), wide_drive, wide_folder, wide_name, wide_extension), 0);
    EXPECT_EQ(_wmakepath_s(wide_joined, wide_drive, wide_folder, wide_name, wide_extension), 0);
    EXPECT_EQ(wide_joined, path);
  }
}

TEST(SplitPath, LeavesOutWhatIsNotWanted) {
  char name[10];
  EXPECT_EQ(_splitpath_s("/a/bc.d", nullptr, 0, nullptr, 0, name, 10, nullptr, 0), 0);
  EXPECT_STREQ(name, "bc");
}

TEST(SplitPath, AFailureEmptiesAllParts) {
  char drive[3] = "x", folder[3] = "x", name[3] = "x", extension[3] = "x";
  EXPECT_EQ(_splitpath_s("a/bcd.e", drive, folder, name, extension), ERANGE);
  EXPECT_STREQ(folder, "");
  EXPECT_STREQ(name, "");
  strcpy_s(folder, "x");
  EXPECT_EQ(_splitpath_s(nullptr, drive, folder, name, extension), EINVAL);
  EXPECT_STREQ(folder, "");
  EXPECT_EQ(_splitpath_s("a", nullptr, 3, folder, 3, name, 3, extension, 3), EINVAL);
  EXPECT_EQ(_splitpath_s("a", drive, 0, folder, 3, name, 3, extension, 3), EINVAL);
}

TEST(SplitPath, TheOldFormCutsAtTheSizesOfWindows) {
  const std::string path = "/" + std::string(300, 'f') + "/" + std::string(255, 'n') + "." + std::string(300, 'e');
  char folder[_MAX_DIR], name[_MAX_FNAME], extension[_MAX_EXT];
  _splitpath(path.c_str(), nullptr, folder, name, extension);
  EXPECT_EQ(strlen(folder), 255u);
  EXPECT_EQ(name, std::string(255, 'n'));
  EXPECT_EQ(strlen(extension), 255u);
  wchar_t wide_name[_MAX_FNAME];
  _wsplitpath(L"/a/b.c", nullptr, nullptr, wide_name, nullptr);
  EXPECT_STREQ(wide_name, L"b");
}

TEST(MakePath, AddsWhatIsMissing) {
  char path[20];
  EXPECT_EQ(_makepath_s(path, 20, "c", "folder", "name", "txt"), 0);
  EXPECT_STREQ(path, "c:folder/name.txt");
  EXPECT_EQ(_makepath_s(path, 20, nullptr, nullptr, "name", ""), 0);
  EXPECT_STREQ(path, "name");
  EXPECT_EQ(_makepath_s(path, 20, nullptr, "a\\", nullptr, ".b"), 0);
  EXPECT_STREQ(path, "a\\.b");
}

TEST(MakePath, FitsOrEmptiesTheTarget) {
  char path[6];
  EXPECT_EQ(_makepath_s(path, nullptr, "a", "b", "c"), 0);
  EXPECT_STREQ(path, "a/b.c");
  EXPECT_EQ(_makepath_s(path, nullptr, "a", "bb", "c"), ERANGE);
  EXPECT_STREQ(path, "");
  EXPECT_EQ(_makepath_s(nullptr, 6, nullptr, "a", "b", "c"), EINVAL);
  wchar_t wide[_MAX_PATH];
  _wmakepath(wide, nullptr, L"/tmp", L"a", L"b");
  EXPECT_STREQ(wide, L"/tmp/a.b");
  char old[_MAX_PATH] = "x";
  _makepath(old, nullptr, nullptr, std::string(300, 'n').c_str(), nullptr);
  EXPECT_STREQ(old, "");
}

}  // namespace
