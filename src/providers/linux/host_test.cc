#include "providers/linux/host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/linux/locale_codes.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

TEST(Settings, AreTakenOutOfTheirQuotes) {
  const std::string text =
      "# PRETTY_NAME=no\nNAME=plain\nPRETTY_NAME=\"Distro \\\"X\\\" \\$1\"\nID='single'\nNAME2=x\nEMPTY=\n";
  EXPECT_EQ(SettingOf(text, "NAME"), "plain");
  EXPECT_EQ(SettingOf(text, "PRETTY_NAME"), "Distro \"X\" $1");
  EXPECT_EQ(SettingOf(text, "ID"), "single");
  EXPECT_EQ(SettingOf(text, "EMPTY"), "");
  EXPECT_EQ(SettingOf(text, "MISSING"), "");
  EXPECT_EQ(SettingOf("A=\"", "A"), "\"");
}

TEST(Settings, OsReleaseFallsBackToUsr) {
  FixtureTree tree;
  const Machine machine{tree.root()};
  EXPECT_EQ(OperatingSystemName(OsRelease(machine)), "Linux");
  tree.Write("usr/lib/os-release", "NAME=Vendor\n");
  EXPECT_EQ(OperatingSystemName(OsRelease(machine)), "Vendor");
  tree.Write("etc/os-release", "NAME=Local\nPRETTY_NAME=\"Local 2\"\n");
  EXPECT_EQ(OperatingSystemName(OsRelease(machine)), "Local 2");
}

TEST(MemoryFigures, NeedTheWholeName) {
  const std::string_view text = "MemTotal:       24684084 kB\nMemAvailable:   100 kB\nBad: x\n";
  EXPECT_EQ(MemoryFigure(text, "MemTotal"), 24684084u);
  EXPECT_EQ(MemoryFigure(text, "Mem"), std::nullopt);
  EXPECT_EQ(MemoryFigure(text, "Bad"), std::nullopt);
  EXPECT_EQ(MemoryFigure("", "MemTotal"), std::nullopt);
}

TEST(Locales, BecomeLanguagesAndCodePages) {
  const SystemLocale german = ParseLocale("de_DE.UTF-8");
  EXPECT_EQ(german.language_tag, "de-DE");
  EXPECT_EQ(german.language_id, 0x0407u);
  EXPECT_EQ(german.code_page, 65001u);
  EXPECT_EQ(ParseLocale("en_US.utf8").code_page, 65001u);
  EXPECT_EQ(ParseLocale("de_DE.ISO-8859-15@euro").code_page, 28605u);
  EXPECT_EQ(ParseLocale("de_DE@euro").language_id, 0x0407u);
}

TEST(Locales, TheCLocaleIsNoLanguage) {
  for (const char* name : {"", "C", "POSIX", "C.UTF-8"}) {
    EXPECT_EQ(ParseLocale(name).language_tag, "") << name;
    EXPECT_FALSE(ParseLocale(name).language_id.has_value()) << name;
  }
  EXPECT_EQ(ParseLocale("C.UTF-8").code_page, 65001u);
  EXPECT_FALSE(ParseLocale("xx_YY.UNKNOWN").language_id.has_value());
  EXPECT_EQ(ParseLocale("xx_YY").language_tag, "xx-YY");
}

}  // namespace
}  // namespace wmi::linuxos
