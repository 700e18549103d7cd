#include "mofcomp/arguments.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/text.h"

namespace wmi::mofcomp {
namespace {

Arguments Good(const std::vector<std::string>& words) {
  const auto parsed = ParseArguments(words);
  if (const auto* text = std::get_if<ParsedText>(&parsed)) {
    ADD_FAILURE() << text->text;
    return {};
  }
  return std::get<Arguments>(parsed);
}

ParsedText Text(const std::vector<std::string>& words) {
  const auto parsed = ParseArguments(words);
  if (const auto* text = std::get_if<ParsedText>(&parsed)) return *text;
  ADD_FAILURE() << "accepted";
  return {"", -1};
}

TEST(MofcompArgumentsTest, SwitchesHaveEitherSignAndAnyCase) {
  for (const auto& words :
       {std::vector<std::string>{"-N:root/a", "-Class:CreateOnly", "-instance:updateonly", "a.mof"},
        std::vector<std::string>{"a.mof", "/n:root\\a", "/CLASS:createonly", "/Instance:UPDATEONLY"}}) {
    const Arguments arguments = Good(words);
    EXPECT_EQ(arguments.file, "a.mof");
    EXPECT_EQ(arguments.name_space, "root\\a");
    EXPECT_EQ(arguments.class_flags, 2u);
    EXPECT_EQ(arguments.instance_flags, 1u);
  }
  EXPECT_TRUE(Good({"-CHECK", "a.mof"}).only_check);
  EXPECT_TRUE(Good({"/autorecover", "a.mof"}).autorecover);
  EXPECT_EQ(Good({"-class:createonly", "-class:safeupdate", "a"}).class_flags, 0x22u);
}

TEST(MofcompArgumentsTest, APathMayBeginWithASlash) {
  EXPECT_EQ(Good({"/tmp/a.mof"}).file, "/tmp/a.mof");
  EXPECT_EQ(Good({"-check", "/classes.mof"}).file, "/classes.mof");
}

TEST(MofcompArgumentsTest, ASplitNamesBothFiles) {
  const Arguments arguments = Good({"-AMENDMENT:MS_409", "-MOF:n.mof", "-MFL:l.mfl", "a.mof"});
  EXPECT_EQ(arguments.amendment, "MS_409");
  EXPECT_EQ(arguments.neutral_file, "n.mof");
  EXPECT_EQ(arguments.localized_file, "l.mfl");
  EXPECT_EQ(Text({"-MOF:n.mof", "a.mof"}).exit_code, kExitUsage);
  EXPECT_EQ(Text({"-MOF:n.mof", "-MFL:n.mof", "a.mof"}).exit_code, kExitUsage);
}

TEST(MofcompArgumentsTest, WhatIsWrongIsNamed) {
  const std::pair<std::vector<std::string>, const char*> rows[] = {
      {{"-frob", "a.mof"}, "-frob"},
      {{"-B:x.bmf", "a.mof"}, "-B:x.bmf"},
      {{"-WMI", "a.mof"}, "-WMI"},
      {{"/er:x", "a.mof"}, "/er:x"},
      {{"-L:ms", "a.mof"}, "-L:ms"},
      {{"a.mof", "b.mof"}, "b.mof"},
      {{"-class:never", "a.mof"}, "never"},
      {{"-N:", "a.mof"}, "-N:"},
      {{"-check:x", "a.mof"}, "-check:x"},
      {{"-check"}, "file"},
      {{""}, "empty"},
      {{"-"}, "x"},
      {{"-class:createonly", "-class:updateonly", "a.mof"}, "-class:updateonly"},
      {{"-class:safeupdate", "-class:forceupdate", "a.mof"}, "-class:forceupdate"},
      {{"-instance:createonly", "-instance:updateonly", "a.mof"}, "-instance:updateonly"},
      {{"-AMENDMENT:english", "a.mof"}, "english"},
      {{"-AMENDMENT:MS_", "a.mof"}, "MS_409"},
      {{"-check", "-autorecover", "a.mof"}, "-autorecover"}};
  for (const auto& [words, name] : rows) {
    if (words[0] == "-") {
      EXPECT_EQ(Good(words).file, "-");
      continue;
    }
    const ParsedText text = Text(words);
    EXPECT_EQ(text.exit_code, kExitUsage);
    EXPECT_NE(text.text.find(name), std::string::npos) << text.text;
  }
  EXPECT_EQ(Text({}).exit_code, kExitUsage);
}

TEST(MofcompArgumentsTest, HelpIsNoError) {
  for (const char* word : {"-?", "/?", "-help", "--help", "-h"}) {
    EXPECT_EQ(Text({word}).text, HelpText()) << word;
    EXPECT_EQ(Text({word}).exit_code, kExitSuccess);
  }
  std::istringstream lines{std::string(HelpText())};
  for (std::string line; std::getline(lines, line);) EXPECT_LE(CharacterCount(line), 81u) << line;
}

// Help, man page and completion know every switch.
TEST(MofcompArgumentsTest, TheManualNamesEverySwitch) {
  const auto everything = [](const std::string& path) {
    std::ifstream file(std::string(WMI_SOURCE_DIR) + "/" + path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  std::string manual = everything("packaging/man/mofcomp.1");
  std::erase(manual, '\\');  // roff writes \- for -
  const std::string completion = everything("packaging/bash-completion/mofcomp");
  for (const char* name : {"-check", "-N:", "-class:", "-instance:", "-autorecover", "-AMENDMENT:", "-MOF:", "-MFL:"}) {
    EXPECT_NE(HelpText().find(name), std::string::npos) << name;
    EXPECT_NE(manual.find(name), std::string::npos) << name;
    EXPECT_NE(completion.find(name), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace wmi::mofcomp
