// Texts of unit files: nothing that a caller gives becomes another setting.
#include "providers/linux/services/unit_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(UnitFile, CommandsAreEscaped) {
  const struct {
    const char* line;
    const char* value;
  } cases[] = {{"/bin/a", "\"/bin/a\""},
               {"/bin/a  b", "\"/bin/a\" \"b\""},
               {"\"/bin/a b\" \"\"", "\"/bin/a b\" \"\""},
               {"/bin/$a%b $c ${d} %i", "\"/bin/$a%%b\" \"$$c\" \"$${d}\" \"%%i\""},
               {"/bin/a \\x41 ; 'b", "\"/bin/a\" \"\\\\x41\" \";\" \"'b\""},
               {"", ""},
               {"  ", ""},
               {"/bin/a \"b", ""},
               {"/bin/a\nUser=root", ""},
               {"/bin/a\x7f", ""}};
  for (const auto& item : cases) EXPECT_EQ(CommandValue(CommandWords(item.line)), item.value) << item.line;
}

TEST(UnitFile, DescriptionsAreEscaped) {
  EXPECT_EQ(DescriptionValue("50% of \"it\" $x \xc3\xa4"), "50%% of \"it\" $x \xc3\xa4");
  for (const char* text : {"", "  ", "a\nb", "a\tb", "a\\"}) EXPECT_EQ(DescriptionValue(text), std::nullopt) << text;
}

TEST(UnitFile, UsersAreTakenAsTheyAre) {
  for (const char* name : {"www", "a.b-c_d", "me@example.org", "x1"}) EXPECT_TRUE(IsUserValue(name)) << name;
  for (const char* name : {"", "12", "a b", "%u", "a/b", "a:b", "a\\b", "a\nb", "$x"})
    EXPECT_FALSE(IsUserValue(name)) << name;
}

TEST(UnitFile, OneSettingIsReplaced) {
  const struct {
    const char* text;
    std::vector<std::string> values;
    const char* expected;
  } cases[] = {{"", {"1"}, "[S]\nK=1\n"},
               {"", {}, ""},
               {"[S]\n", {"1", "2"}, "[S]\nK=1\nK=2\n"},
               {"[S]\nA=0\nK=0\nB=0\n[T]\nK=0\n", {"1"}, "[S]\nK=1\nA=0\nB=0\n[T]\nK=0\n"},
               {"[S]\nK=0\n[T]\nx\n[S]\n K = 0\nA=1", {"1"}, "[S]\nK=1\n[T]\nx\n[S]\nA=1\n"},
               {"[S]\nK=0\\\n# K\n K=1\\\n[T]\nA=1\n", {}, "[S]\nA=1\n"},
               {"[S]\nA=0\\\nK=0\n", {"1"}, "[S]\nK=1\nA=0\\\nK=0\n"},
               {"[S]\n# K=0\n;K=0\nKK=0\n", {}, "[S]\n# K=0\n;K=0\nKK=0\n"},
               {"[T]\nA=0\\", {"1"}, "[T]\nA=0\\\n\n[S]\nK=1\n"},
               {"K=0\n=\n[\n[]\n", {"1"}, "K=0\n=\n[\n[]\n\n[S]\nK=1\n"}};
  for (const auto& item : cases) EXPECT_EQ(WithSetting(item.text, "S", "K", item.values), item.expected) << item.text;
}

TEST(UnitFile, WordsOfASetting) {
  EXPECT_THAT(SettingWords("[S]\nK=a  b\\\n c\n[T]\nK=d\n[S]\nK=e\n", "S", "K"), ElementsAre("a", "b", "c", "e"));
  EXPECT_THAT(SettingWords("[S]\nA=1\n", "S", "K"), IsEmpty());
}

}  // namespace
}  // namespace wmi::linuxos
