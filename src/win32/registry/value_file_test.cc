#include "win32/registry/value_file.h"

#include <gtest/gtest.h>
#include <winreg.h>

#include "win32/registry/key_name.h"

namespace wmi::win32 {
namespace {

using std::string_literals::operator""s;

void ExpectRoundTrip(DWORD type, const std::string& data, const std::string& file) {
  EXPECT_EQ(FormatValueFile({type, data}), file);
  const auto parsed = ParseValueFile(file);
  ASSERT_TRUE(parsed.has_value()) << file;
  EXPECT_EQ(parsed->type, type);
  EXPECT_EQ(parsed->data, data);
}

TEST(ValueFile, IsReadAsItWasWritten) {
  ExpectRoundTrip(REG_SZ, "/usr/lib/x.so", "REG_SZ\n/usr/lib/x.so\n");
  ExpectRoundTrip(REG_SZ, "", "REG_SZ\n\n");
  ExpectRoundTrip(REG_SZ, "a\\b\nc\0d"s, "REG_SZ\na\\\\b\\nc\\0d\n");
  ExpectRoundTrip(REG_EXPAND_SZ, "%HOME%", "REG_EXPAND_SZ\n%HOME%\n");
  ExpectRoundTrip(REG_MULTI_SZ, "", "REG_MULTI_SZ\n");
  ExpectRoundTrip(REG_MULTI_SZ, "one\0\0three\0"s, "REG_MULTI_SZ\none\n\nthree\n");
  ExpectRoundTrip(REG_DWORD, BytesOfNumber(4711), "REG_DWORD\n0x00001267\n");
  ExpectRoundTrip(REG_QWORD, BytesOfNumber(UINT64_MAX), "REG_QWORD\n0xffffffffffffffff\n");
  ExpectRoundTrip(REG_BINARY, "\n\0\xff"s, "REG_BINARY\n\n\0\xff"s);
  ExpectRoundTrip(REG_NONE, "", "REG_NONE\n");
}

TEST(ValueFile, WrittenByHandIsUnderstood) {
  EXPECT_EQ(ParseValueFile("REG_SZ\nC:\\foo")->data, "C:\\foo");
  EXPECT_EQ(ParseValueFile("REG_DWORD\n17")->data, BytesOfNumber(17));
  EXPECT_EQ(ParseValueFile("REG_SZ")->data, "");
  EXPECT_EQ(ParseValueFile("REG_SZ\n\xff")->data, "\xef\xbf\xbd");
}

TEST(ValueFile, DamagedIsNotAValue) {
  for (const char* file : {"", "REG_LINK\nx", "reg_sz\nx", "REG_DWORD\n", "REG_DWORD\n0x", "REG_DWORD\n12x",
                           "REG_DWORD\n0x100000000", "REG_QWORD\n-1", "REG_QWORD\n18446744073709551616"}) {
    EXPECT_FALSE(ParseValueFile(file).has_value()) << file;
  }
}

TEST(KeyName, SurvivesTheFileSystem) {
  for (const std::string& name :
       {"plain"s, "{0123}"s, "text/html"s, ".hidden"s, ".."s, "50%"s, "a\nb"s, "%41"s, "Größe"s}) {
    const std::string file = FileNameOf(name);
    EXPECT_EQ(NameOfFile(file), name);
    EXPECT_EQ(file.find('/'), std::string::npos) << file;
    EXPECT_NE(file.front(), '.') << file;
  }
  EXPECT_EQ(FileNameOf("text/html"), "text%2Fhtml");
  EXPECT_EQ(NameOfFile("100%"), "100%");
  EXPECT_EQ(NameOfFile("%zz%4"), "%zz%4");
}

TEST(KeyName, HasALimit) {
  EXPECT_EQ(CheckName(std::string(255, 'a')), ERROR_SUCCESS);
  EXPECT_EQ(CheckName(std::string(256, 'a')), ERROR_INVALID_PARAMETER);
  EXPECT_EQ(CheckName(std::string(85, '/')), ERROR_SUCCESS);  // three bytes each as a file name
  EXPECT_EQ(CheckName(std::string(86, '/')), ERROR_INVALID_PARAMETER);
}

TEST(KeyPath, IsTakenApart) {
  KeyPath path = {"HIVE"};
  EXPECT_EQ(AppendNames("A\\B\\\\C\\", path), ERROR_SUCCESS);
  EXPECT_EQ(path, (KeyPath{"HIVE", "A", "B", "C"}));
  EXPECT_EQ(AppendNames("", path), ERROR_SUCCESS);
  EXPECT_EQ(path.size(), 4u);
  EXPECT_EQ(AppendNames("\\A", path), ERROR_BAD_PATHNAME);
  EXPECT_TRUE(EqualPaths({"a", "B"}, {"A", "b"}));
  EXPECT_FALSE(EqualPaths({"a"}, {"a", "b"}));
}

TEST(KeyPath, HasALimit) {
  std::string names;
  for (int i = 0; i < 64; ++i) names += "k\\";
  KeyPath path = {"HIVE"};
  EXPECT_EQ(AppendNames(names, path), ERROR_SUCCESS);
  EXPECT_EQ(AppendNames("k", path), ERROR_INVALID_PARAMETER);
}

}  // namespace
}  // namespace wmi::win32
