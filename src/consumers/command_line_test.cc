#include "consumers/command_line.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "consumers/event_for_test.h"
#include "consumers/limits.h"

namespace wmi::consumers {
namespace {

// What somebody may say who wants more than one argument.
constexpr std::string_view kMof = R"(
class Thing { [key] string Id; string Text; string Zero; string Nothing; };
instance of Thing { Id = "a"; Text = "x\" \"y z' $(id) `id`; \n|%Id% \\"; };
)";

const cim::Object& Event() {
  static const cim::Object event = ObjectFromMof(std::string(kMof), "Thing.Id=\"a\"");
  return event;
}
constexpr std::string_view kText = "x\" \"y z' $(id) `id`; \n|%Id% \\";

std::string Bracketed(std::string_view text) {
  const Result<CommandLine> line = CommandLine::Parse(text);
  if (!line.ok()) return std::to_string(line.status().detail()->column) + ": " + line.status().Message();
  std::string out;
  const std::vector<std::string> arguments = line->Fill(Event()).value();
  for (const std::string& argument : arguments) out.append("<").append(argument).append(">");
  return out;
}

struct LineCase {
  std::string_view text;
  std::string_view expected;
};

class CommandLineTable : public testing::TestWithParam<LineCase> {};

TEST_P(CommandLineTable, IsCut) { EXPECT_EQ(GetParam().expected, Bracketed(GetParam().text)); }

INSTANTIATE_TEST_SUITE_P(Blanks, CommandLineTable,
                         testing::Values(LineCase{"/bin/a", "</bin/a>"}, LineCase{" \t/bin/a  b\tc ", "</bin/a><b><c>"},
                                         LineCase{"a b\nc", "<a><b\nc>"}));

INSTANTIATE_TEST_SUITE_P(
    Quotes, CommandLineTable,
    testing::Values(LineCase{R"("/a b/c" "d e"f "")", "</a b/c><d ef><>"},
                    LineCase{R"(a\" b)", "1: A quote has no closing quote."}, LineCase{R"("a\"b c)", "<a\\b><c>"},
                    LineCase{R"(a \"b\" "\"c d\"")", R"(<a><"b"><"c d">)"}, LineCase{R"(a "b\\" c)", R"(<a><b\><c>)"},
                    LineCase{R"(a b\\"c d")", R"(<a><b\c d>)"}, LineCase{R"(a b\\\"c)", R"(<a><b\"c>)"},
                    LineCase{R"(a \\h\x\ "\\h\x y")", R"(<a><\\h\x\><\\h\x y>)"},
                    LineCase{R"(a "b ""c"" d")", R"(<a><b "c" d>)"}, LineCase{R"(a 'b c')", "<a><'b><c'>"},
                    LineCase{R"(a "b c)", "3: A quote has no closing quote."},
                    LineCase{R"(a "b c\")", "3: A quote has no closing quote."}));

INSTANTIATE_TEST_SUITE_P(
    Places, CommandLineTable,
    testing::Values(LineCase{"a %Id%b %Id%%Id% 5%%", "<a><ab><aa><5%>"},
                    LineCase{"a %Nothing% %Nowhere% b", "<a><><><b>"},
                    LineCase{"a \"%Id%\" \"of \"%Id%", "<a><%Id%><of a>"}, LineCase{R"(a \"%Id%\")", R"(<a><"%Id%">)"},
                    LineCase{"%Id% b", "1: The program has a place; only what follows it may have one."}));

INSTANTIATE_TEST_SUITE_P(
    Wrong, CommandLineTable,
    testing::Values(LineCase{"", "1: It names no program."}, LineCase{" \t", "1: It names no program."},
                    LineCase{"a \u00e9 5% b", "5: A place has no closing percent sign; write %% for a percent sign."}));

TEST(CommandLine, WhatAnEventSaysIsOneArgument) {
  const std::vector<std::string> expected{"/bin/a", "-x", std::string(kText), "--y=" + std::string(kText) + "!", "z"};
  EXPECT_EQ(expected, CommandLine::Parse("/bin/a -x %Text% --y=%Text%! z").value().Fill(Event()).value());
}

TEST(CommandLine, AZeroDoesNotEndAnArgument) {
  const cim::ClassPtr& schema = Event().schema_ptr();
  cim::RowBlockBuilder builder;
  builder.BeginRow(schema);
  builder.SetText(*schema->FindSlot("Zero"), std::string_view("a\0b", 3));
  builder.CommitRow();
  std::vector<cim::Object> objects;
  builder.Finish(objects);
  const std::vector<std::string> expected{"a", "a\uFFFDb"};
  EXPECT_EQ(expected, CommandLine::Parse("a %Zero%").value().Fill(objects.front()).value());
}

TEST(CommandLine, IsBounded) {
  EXPECT_TRUE(CommandLine::Parse("a " + std::string(kTextBytesMax - 2, 'x')).ok());
  EXPECT_FALSE(CommandLine::Parse("a " + std::string(kTextBytesMax - 1, 'x')).ok());

  const cim::Object event = ObjectFromMof("class A { [key] uint8 Id; string T; }; instance of A { Id = 1; T = \"" +
                                              std::string(kTextBytesMax, 'x') + "\"; };",
                                          "A.Id=1");
  EXPECT_TRUE(CommandLine::Parse("a %T% %T% %T%").value().Fill(event).ok());
  EXPECT_EQ(code::kQuotaViolation, CommandLine::Parse("a %T% %T% %T% %T%").value().Fill(event).status().code());
}

TEST(CommandLine, MayBeTheProgramAlone) {
  const CommandLine line = CommandLine::OfProgram("/bin/a %Id%");
  EXPECT_EQ("/bin/a %Id%", line.program());
  EXPECT_EQ(std::vector<std::string>{"/bin/a %Id%"}, line.Fill(Event()).value());
}

}  // namespace
}  // namespace wmi::consumers
