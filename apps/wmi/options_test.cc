#include "wmi/options.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "wmi/exit_code.h"

namespace wmi::cli {
namespace {

std::variant<Options, ParsedText> Parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "wmi");
  return ParseOptions(static_cast<int>(arguments.size()), arguments.data());
}

Options Good(const std::vector<const char*>& arguments) {
  const auto parsed = Parse(arguments);
  if (const auto* text = std::get_if<ParsedText>(&parsed)) {
    ADD_FAILURE() << text->text;
    return {};
  }
  return std::get<Options>(parsed);
}

ParsedText Text(const std::vector<const char*>& arguments) {
  const auto parsed = Parse(arguments);
  if (const auto* text = std::get_if<ParsedText>(&parsed)) return *text;
  ADD_FAILURE() << "accepted";
  return {"", -1};
}

TEST(OptionsTest, HelpIsACommandToo) {
  EXPECT_EQ(Text({"help"}).text, Text({"--help"}).text);
  EXPECT_EQ(Text({"help"}).exit_code, kExitSuccess);
  EXPECT_EQ(Text({"help", "explain"}).text, Text({"explain", "--help"}).text);
  const ParsedText wrong = Text({"help", "nothing"});
  EXPECT_EQ(wrong.exit_code, kExitUsage);
  EXPECT_NE(wrong.text.find("there is no command 'nothing'"), std::string::npos) << wrong.text;
}

TEST(OptionsTest, HasTheDefaultsThatTheHelpTells) {
  const Options options = Good({"query", "SELECT * FROM A"});
  EXPECT_EQ(options.command, Command::kQuery);
  EXPECT_EQ(options.subject, "SELECT * FROM A");
  EXPECT_EQ(options.name_space, "root\\cimv2");
  EXPECT_EQ(options.format, std::nullopt);
  EXPECT_EQ(options.time_limit, std::chrono::seconds(60));
  EXPECT_EQ(options.colour, ColourChoice::kAutomatic);
  EXPECT_EQ(options.partial_results, PartialResults::kWarn);
}

TEST(OptionsTest, OptionsStandBeforeOrBehindTheCommand) {
  for (const auto& arguments :
       {std::vector<const char*>{"-n", "root/x", "--format", "csv", "-t", "0.5", "query", "Q"},
        std::vector<const char*>{"query", "Q", "--namespace=root/x", "-f", "CSV", "--timeout", "0.5"}}) {
    const Options options = Good(arguments);
    EXPECT_EQ(options.name_space, "root\\x");
    EXPECT_EQ(options.format, Format::kCsv);
    EXPECT_EQ(options.time_limit, std::chrono::milliseconds(500));
  }
}

TEST(OptionsTest, NoTimeoutIsNoLimit) { EXPECT_EQ(Good({"-t0", "query", "Q"}).time_limit, std::nullopt); }

TEST(OptionsTest, QueryTakesAnArrangement) {
  EXPECT_TRUE(Good({"query", "Q"}).arrangement.IsNone());
  Arrangement arrangement =
      Good({"query", "--sort", "-Count,Name", "--limit", "5", "--group", "Name, Path", "--count", "Q"}).arrangement;
  EXPECT_EQ(arrangement.sort, (std::vector<SortColumn>{{"Count", Direction::kDown}, {"Name", Direction::kUp}}));
  EXPECT_EQ(arrangement.group, (std::vector<std::string>{"Name", "Path"}));
  EXPECT_EQ(arrangement.limit, 5u);
  EXPECT_TRUE(arrangement.only_count);
  arrangement = Good({"query", "Q", "--sort=-a.b"}).arrangement;
  EXPECT_EQ(arrangement.sort, (std::vector<SortColumn>{{"a.b", Direction::kDown}}));
  EXPECT_EQ(Good({"query", "Q", "--limit", "9223372036854775807"}).arrangement.limit, 9223372036854775807u);
  for (const auto& wrong :
       {std::vector<const char*>{"query", "Q", "--sort", ""}, std::vector<const char*>{"query", "Q", "--sort", "a,"},
        std::vector<const char*>{"query", "Q", "--sort", "-"}, std::vector<const char*>{"query", "Q", "--group", ","},
        std::vector<const char*>{"query", "Q", "--group", "a,A"},
        std::vector<const char*>{"query", "Q", "--limit", "0"}, std::vector<const char*>{"query", "Q", "--limit", "-1"},
        std::vector<const char*>{"query", "Q", "--limit", "x"},
        std::vector<const char*>{"query", "Q", "--limit", "9223372036854775808"},
        std::vector<const char*>{"query", "Q", "--limit"},
        std::vector<const char*>{"query", "Q", "--count", "--sort", "a"},
        std::vector<const char*>{"get", "Q=1", "--count"}}) {
    const ParsedText text = Text(wrong);
    EXPECT_EQ(text.exit_code, kExitUsage) << text.text;
    EXPECT_NE(text.text.find("wmi --help tells the usage"), text.text.find("wmi query --help tells the usage"));
  }
  EXPECT_NE(Text({"query", "Q", "--sort", "a,"}).text.find("the name of a column is empty"), std::string::npos);
}

TEST(OptionsTest, ExplainTakesAQueryAndNoArrangement) {
  const Options options = Good({"explain", "SELECT * FROM A", "-n", "root/a", "-f", "json", "-t", "3"});
  EXPECT_EQ(options.command, Command::kExplain);
  EXPECT_EQ(options.subject, "SELECT * FROM A");
  EXPECT_EQ(options.name_space, "root\\a");
  EXPECT_EQ(options.format, Format::kJson);
  for (const auto& wrong :
       {std::vector<const char*>{"explain"}, std::vector<const char*>{"explain", ""},
        std::vector<const char*>{"explain", "Q", "--sort", "a"}, std::vector<const char*>{"explain", "Q", "--count"}}) {
    EXPECT_EQ(Text(wrong).exit_code, kExitUsage);
  }
}

TEST(OptionsTest, WatchTakesAQueryOrAShortForm) {
  Options options = Good({"watch", "SELECT * FROM A", "--count", "3", "--for", "500ms", "-f", "jsonl", "-n", "root/a"});
  EXPECT_EQ(options.command, Command::kWatch);
  EXPECT_EQ(options.subject, "SELECT * FROM A");
  EXPECT_EQ(options.watch.count, 3u);
  EXPECT_EQ(options.watch.duration, "500ms");
  EXPECT_EQ(options.time_limit, std::chrono::milliseconds(500));
  EXPECT_EQ(options.format, Format::kJsonLines);
  EXPECT_EQ(options.name_space, "root\\a");
  options = Good({"watch", "file", "/etc"});
  EXPECT_EQ(options.subject, "file");
  EXPECT_EQ(options.subjects, std::vector<std::string>{"/etc"});
  EXPECT_EQ(options.time_limit, std::nullopt) << "only --for ends it";
  EXPECT_EQ(options.watch.count, std::nullopt);
  for (const auto& wrong :
       {std::vector<const char*>{"watch"}, std::vector<const char*>{"watch", ""},
        std::vector<const char*>{"watch", "process", ""}, std::vector<const char*>{"watch", "process", "a", "b"},
        std::vector<const char*>{"watch", "file"}, std::vector<const char*>{"watch", "device", "a"},
        std::vector<const char*>{"watch", "Q", "--count", "0"}, std::vector<const char*>{"watch", "Q", "--for", "30"},
        std::vector<const char*>{"watch", "Q", "--for", ""}, std::vector<const char*>{"watch", "Q", "--limit", "1"}}) {
    const ParsedText text = Text(wrong);
    EXPECT_EQ(text.exit_code, kExitUsage) << text.text;
  }
  EXPECT_NE(Text({"watch", "SELECT", "*", "FROM", "A"}).text.find("in quotes"), std::string::npos);
  EXPECT_NE(Text({"watch", "Q", "-f", "json"}).text.find("jsonl gives"), std::string::npos);
  EXPECT_NE(Text({"watch", "Q", "-t", "5"}).text.find("--for ends it"), std::string::npos);
  EXPECT_NE(Text({"watch", "Q", "--for", "soon"}).text.find("such as 30s"), std::string::npos);
}

TEST(OptionsTest, LsTakesItsNamespaceAsAnArgument) {
  const Options options = Good({"ls", "root/a", "--classes", "-q", "--all"});
  EXPECT_EQ(options.name_space, "root\\a");
  EXPECT_FALSE(options.list.namespaces);
  EXPECT_TRUE(options.list.classes);
  EXPECT_TRUE(options.list.names_only);
  EXPECT_TRUE(options.list.system_classes);
  EXPECT_EQ(Good({"ls"}).name_space, "root\\cimv2");
}

TEST(OptionsTest, GetGoesToTheNamespaceOfThePath) {
  EXPECT_EQ(Good({"get", R"(\\.\root\a:X.K="b:c")"}).name_space, "root\\a");
  EXPECT_EQ(Good({"get", R"(X.K="b:c")"}).name_space, "root\\cimv2");
  EXPECT_EQ(NamespaceOfPath("root/a:X=1"), "root\\a");
  EXPECT_EQ(NamespaceOfPath(R"(\\host\root\a:X=1)"), "\\\\host\\root\\a");
}

TEST(OptionsTest, UsageErrorsSayWhatIsWrongAndEndWithTwo) {
  const std::vector<std::vector<const char*>> wrong = {{},
                                                       {"frobnicate"},
                                                       {"query"},
                                                       {"query", ""},
                                                       {"query", "SELECT", "Name"},
                                                       {"get"},
                                                       {"describe"},
                                                       {"--bogus", "ls"},
                                                       {"ls", "-f", "xml"},
                                                       {"ls", "-t", "-1"},
                                                       {"ls", "-t", "soon"},
                                                       {"ls", "--classes", "--namespaces"},
                                                       {"describe", "-f", "csv", "X"},
                                                       {"ls", "a", "b"}};
  for (const auto& arguments : wrong) {
    const ParsedText text = Text(arguments);
    EXPECT_EQ(text.exit_code, kExitUsage) << text.text;
    EXPECT_FALSE(text.text.empty());
  }
  EXPECT_NE(Text({"query", "SELECT", "Name"}).text.find("quotes"), std::string::npos);
}

TEST(OptionsTest, AMisspeltCommandIsNamedWithTheRightOnes) {
  EXPECT_TRUE(Text({"qury", "Q"})
                  .text.starts_with(
                      "wmi: there is no command 'qury'; the commands are query, explain, watch, get, call, "
                      "set, delete, ls, describe, register, compile, export, repository, subscriptions and host\n"));
}

TEST(OptionsTest, RegisterTakesAFile) {
  const char* const undo[] = {"wmi", "register", "--undo", "x.so"};
  const auto parsed = ParseOptions(4, undo);
  ASSERT_TRUE(std::holds_alternative<Options>(parsed));
  EXPECT_EQ(std::get<Options>(parsed).command, Command::kRegister);
  EXPECT_EQ(std::get<Options>(parsed).subject, "x.so");
  EXPECT_EQ(std::get<Options>(parsed).registration, Registration::kTakeBack);
  EXPECT_EQ(std::get<Options>(ParseOptions(3, std::array{"wmi", "register", "x.so"}.data())).registration,
            Registration::kMake);
  EXPECT_EQ(Text({"register"}).exit_code, kExitUsage);
  EXPECT_EQ(Text({"register", ""}).exit_code, kExitUsage);
}

TEST(OptionsTest, CompileTakesFilesAndModes) {
  const Options options =
      Good({"compile", "a.mof", "b.mof", "--check", "--class", "SafeUpdate", "--instance=createonly"});
  EXPECT_EQ(options.command, Command::kCompile);
  EXPECT_EQ(options.subjects, (std::vector<std::string>{"a.mof", "b.mof"}));
  EXPECT_TRUE(options.compile.only_check);
  EXPECT_EQ(options.compile.class_flags, 0x20u);
  EXPECT_EQ(options.compile.instance_flags, 0x2u);
  for (const auto& wrong : {std::vector<const char*>{"compile"}, std::vector<const char*>{"compile", ""},
                            std::vector<const char*>{"compile", "a.mof", "--class", "never"},
                            std::vector<const char*>{"compile", "a.mof", "--instance", "safeupdate"}}) {
    EXPECT_EQ(Text(wrong).exit_code, kExitUsage);
  }
}

TEST(OptionsTest, RepositoryTakesAVerbAndSomeAFile) {
  const Options options = Good({"repository", "backup", "x"});
  EXPECT_EQ(options.command, Command::kRepository);
  EXPECT_EQ(options.subject, "backup");
  EXPECT_EQ(options.repository_file, "x");
  EXPECT_TRUE(Good({"repository", "status"}).repository_file.empty());
  for (const auto& wrong :
       {std::vector<const char*>{"repository"}, std::vector<const char*>{"repository", "burn"},
        std::vector<const char*>{"repository", "backup"}, std::vector<const char*>{"repository", "status", "x"}}) {
    EXPECT_EQ(Text(wrong).exit_code, kExitUsage);
  }
}

TEST(OptionsTest, ExportTakesClassesOrGoesDown) {
  Options options = Good({"export", "A", "B", "--instances", "-o", "x.mof", "-n", "root/a"});
  EXPECT_EQ(options.command, Command::kExport);
  EXPECT_EQ(options.subjects, (std::vector<std::string>{"A", "B"}));
  EXPECT_TRUE(options.mof_export.instances);
  EXPECT_FALSE(options.mof_export.recursive);
  EXPECT_EQ(options.mof_export.file, "x.mof");
  EXPECT_EQ(options.name_space, "root\\a");
  options = Good({"export", "-r"});
  EXPECT_TRUE(options.subjects.empty());
  EXPECT_TRUE(options.mof_export.recursive);
  EXPECT_EQ(Text({"export", "-r", "A"}).exit_code, kExitUsage);
}

TEST(OptionsTest, HelpAndVersionAreNoErrors) {
  EXPECT_EQ(Text({"--version"}).exit_code, kExitSuccess);
  EXPECT_NE(Text({"--version"}).text.find("OpenWMI"), std::string::npos);
  EXPECT_EQ(Text({"--help"}).text, HelpText(""));
  for (const char* command : {"query", "explain", "watch", "get", "call", "set", "delete", "ls", "describe", "register",
                              "compile", "export", "repository"}) {
    EXPECT_EQ(Text({command, "--help"}).text, HelpText(command));
    EXPECT_EQ(Text({command, "-h"}).exit_code, kExitSuccess);
  }
}

TEST(HelpTest, FitsATerminalOfUsualWidth) {
  for (const char* command : {"", "query", "explain", "watch", "get", "call", "set", "delete", "ls", "describe",
                              "register", "compile", "export", "repository", "subscriptions", "host"}) {
    std::istringstream lines{std::string(HelpText(command))};
    for (std::string line; std::getline(lines, line);) EXPECT_LE(CharacterCount(line), 80u) << line;
  }
}

std::string Everything(const std::string& path) {
  std::ifstream file(std::string(WMI_SOURCE_DIR) + "/" + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Help, man page and completion know every option that is accepted.
TEST(HelpTest, NamesEveryOption) {
  std::string help;
  for (const char* command : {"", "query", "explain", "watch", "get", "call", "set", "delete", "ls", "describe",
                              "register", "compile", "export", "repository", "subscriptions", "host"})
    help += HelpText(command);
  std::string manual = Everything("packaging/man/wmi.1");
  std::erase(manual, '\\');  // roff writes \- for -
  const std::string completion = Everything("packaging/bash-completion/wmi");
  for (const std::string& option : OptionNames()) {
    EXPECT_NE(help.find(option), std::string::npos) << option << " is not in the help";
    EXPECT_NE(manual.find(option), std::string::npos) << option << " is not in the man page";
    if (option.starts_with("--")) {
      EXPECT_NE(completion.find(option), std::string::npos) << option << " is not completed";
    }
  }
}

}  // namespace
}  // namespace wmi::cli
