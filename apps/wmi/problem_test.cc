#include "wmi/problem.h"

#include <gtest/gtest.h>

#include "wmi/hint.h"

namespace wmi::cli {
namespace {

Problem WithDescription(const std::string& description) {
  Problem problem;
  problem.code = code::kInvalidQuery;
  problem.description = description;
  TakePlace(problem);
  return problem;
}

TEST(TakePlaceTest, TakesThePlaceFromTheFrontOrTheEnd) {
  for (const char* text :
       {"line 2, column 13: no such thing", "line 2: column 13: no such thing", "no such thing (line 2, column 13)"}) {
    const Problem problem = WithDescription(text);
    EXPECT_EQ(problem.description, "no such thing");
    EXPECT_EQ(problem.line, 2);
    EXPECT_EQ(problem.column, 13);
  }
}

TEST(TakePlaceTest, LeavesOtherTextAlone) {
  for (const char* text : {"", "line 1", "line 1, column x: y", "a (line 1, column 2) b", "a (line 0, column 2)",
                           "line 99999999999999999999, column 1"}) {
    const Problem problem = WithDescription(text);
    EXPECT_EQ(problem.description, text);
    EXPECT_EQ(problem.line, 0);
  }
}

TEST(ExplainTest, PutsTheCaretUnderTheColumn) {
  Problem problem;
  problem.code = code::kInvalidQuery;
  problem.description = "there is no property Nme";
  problem.parameter = "SELECT Nme FROM Win32_Process";
  problem.line = 1;
  problem.column = 8;
  EXPECT_EQ(Explain(problem, "Try again.", 0, Colour::kOff),
            "wmi: WBEM_E_INVALID_QUERY (0x80041017): the query is not valid WQL\n"
            "  SELECT Nme FROM Win32_Process\n"
            "         ^\n"
            "  There is no property Nme\n"
            "  Try again.\n");
}

TEST(ExplainTest, ShowsTheLineOfAQueryOfSeveralLines) {
  Problem problem = WithDescription("line 2, column 6: oh");
  problem.parameter = "SELECT *\n\tFROM äö\nWHERE";
  const std::string text = Explain(problem, "", 0, Colour::kOff);
  EXPECT_NE(text.find("\n   FROM äö\n       ^\n"), std::string::npos) << text;
}

TEST(ExplainTest, ShowsTheSurroundingsOfTheColumnOfALongLine) {
  Problem problem = WithDescription("line 1, column 151: oh");
  problem.parameter = std::string(150, 'a') + "X" + std::string(150, 'b');
  const std::string text = Explain(problem, "", 60, Colour::kOff);
  const std::size_t line = text.find("  …");
  ASSERT_NE(line, std::string::npos) << text;
  const std::size_t caret_line = text.find('\n', line) + 1;
  const std::size_t caret = text.find('^', caret_line) - caret_line;
  // The ellipsis is one column and three bytes.
  EXPECT_EQ(text[line + caret + 2], 'X') << text;
  EXPECT_LE(caret, 60u);
}

TEST(ExplainTest, ACaretBehindTheEndStandsThere) {
  Problem problem = WithDescription("line 1, column 99: more was expected");
  problem.parameter = "SELECT";
  EXPECT_NE(Explain(problem, "", 0, Colour::kOff).find("  SELECT\n        ^\n"), std::string::npos);
}

TEST(ExplainTest, DoesNotSayTheSameTwice) {
  Problem problem;
  problem.code = code::kAccessDenied;
  problem.description = std::string(CodeText(code::kAccessDenied));
  EXPECT_EQ(Explain(problem, "", 0, Colour::kOff),
            "wmi: WBEM_E_ACCESS_DENIED (0x80041003): " + problem.description + "\n");
}

TEST(ExplainTest, AnUnknownCodeIsANumber) {
  Problem problem;
  problem.code = static_cast<Code>(0x8badf00d);
  EXPECT_EQ(Explain(problem, "", 0, Colour::kOff), "wmi: 0x8BADF00D\n");
}

TEST(HintTest, NamesTheCommandThatHelps) {
  Options options;
  options.name_space = "root\\cimv2";
  options.subject = "Win32_Process.Handle=\"x\"";
  options.command = Command::kGet;
  EXPECT_EQ(HintFor(code::kNotFound, options),
            "wmi query \"SELECT __RELPATH FROM Win32_Process\" lists the paths there are.");
  options.command = Command::kDescribe;
  EXPECT_EQ(HintFor(code::kNotFound, options), "wmi ls lists the classes.");
  options.name_space = "root\\other";
  EXPECT_EQ(HintFor(code::kInvalidClass, options), "wmi ls 'root\\other' lists the classes.");
  EXPECT_EQ(HintFor(code::kFailed, options), "");
}

TEST(ExplainTest, TheNameOfASystemCallKeepsItsSpelling) {
  Problem problem;
  problem.code = code::kAccessDenied;
  problem.description = "mkdir(/a) failed: Permission denied (errno 13)";
  EXPECT_NE(Explain(problem, "", 0, Colour::kOff).find("\n  mkdir(/a)"), std::string::npos);
  problem.description = "there is no file (yet)";
  EXPECT_NE(Explain(problem, "", 0, Colour::kOff).find("\n  There is"), std::string::npos);
}

}  // namespace
}  // namespace wmi::cli
