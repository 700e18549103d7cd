// Limits and API properties of Parse and Bind; what queries mean stands in tests/wql/*.test.
#include "wql/query.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"
#include "cim/datetime.h"
#include "wql/diagnostic.h"
#include "wql/syntax.h"
#include "wql/test_table.h"

namespace wmi::wql {
namespace {

using testing::TheTable;

Result<BoundQuery> ParseAndBind(const std::string& query) {
  const auto tree = TRY(Parse(query));
  return Bind(*tree, TheTable());
}

std::string Repeat(const std::string& piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

// A query of exactly that many characters, some of them several bytes long.
std::string QueryOfLength(std::size_t characters) {
  const std::string start = "SELECT * FROM T_Thing WHERE Name = \"";
  return start + Repeat("ä", characters - start.size() - 1) + "\"";
}

TEST(QueryLimits, LengthInCharacters) {
  EXPECT_TRUE(ParseAndBind(QueryOfLength(limits::kQueryLengthMax)).ok());
  const auto past = ParseAndBind(QueryOfLength(limits::kQueryLengthMax + 1));
  EXPECT_EQ(past.status().code(), code::kQuotaViolation);
  EXPECT_NE(past.status().Message().find("16384"), std::string::npos);
}

std::string NestedParentheses(std::size_t depth) {
  return "SELECT * FROM T_Thing WHERE " + Repeat("(", depth) + "Size=1" + Repeat(")", depth);
}

TEST(QueryLimits, DepthOfParentheses) {
  EXPECT_TRUE(ParseAndBind(NestedParentheses(limits::kQueryDepthMax)).ok());
  const auto past = ParseAndBind(NestedParentheses(limits::kQueryDepthMax + 1));
  EXPECT_EQ(past.status().code(), code::kQuotaViolation);
  EXPECT_EQ(past.status().detail()->column, 29 + static_cast<int>(limits::kQueryDepthMax));
}

TEST(QueryLimits, DepthOfNots) {
  const std::string start = "SELECT * FROM T_Thing WHERE ";
  EXPECT_TRUE(ParseAndBind(start + Repeat("NOT ", limits::kQueryDepthMax) + "Size=1").ok());
  EXPECT_EQ(ParseAndBind(start + Repeat("NOT ", limits::kQueryDepthMax + 1) + "Size=1").status().code(),
            code::kQuotaViolation);
}

TEST(QueryLimits, DepthIsGivenBackAfterAGroup) {
  EXPECT_TRUE(
      ParseAndBind("SELECT * FROM T_Thing WHERE " + Repeat("(Size=1) OR ", limits::kQueryDepthMax + 1) + "Size=2")
          .ok());
}

TEST(QueryLimits, NumberOfTerms) {
  const std::string start = "SELECT * FROM T_Thing WHERE Size=0";
  EXPECT_TRUE(ParseAndBind(start + Repeat(" OR Size=1", limits::kQueryTermsMax - 1)).ok());
  EXPECT_EQ(ParseAndBind(start + Repeat(" OR Size=1", limits::kQueryTermsMax)).status().code(), code::kQuotaViolation);
  EXPECT_EQ(ParseAndBind(start + Repeat(" AND Size=1", limits::kQueryTermsMax)).status().code(), code::kQuotaViolation);
}

TEST(QueryLimits, LengthOfTheSelectList) {
  EXPECT_TRUE(ParseAndBind("SELECT Name" + Repeat(",Size", limits::kSelectListMax - 1) + " FROM T_Thing").ok());
  EXPECT_EQ(ParseAndBind("SELECT Name" + Repeat(",Size", limits::kSelectListMax) + " FROM T_Thing").status().code(),
            code::kQuotaViolation);
}

TEST(QueryLimits, LengthOfNames) {
  const std::string longest(limits::kNameLengthMax, 'n');
  EXPECT_EQ(ParseAndBind("SELECT * FROM " + longest).status().code(), code::kInvalidClass);
  EXPECT_EQ(ParseAndBind("SELECT * FROM n" + longest).status().code(), code::kClassNameTooWide);
  EXPECT_EQ(ParseAndBind("SELECT " + longest + " FROM T_Thing").status().code(), code::kInvalidQuery);
  EXPECT_EQ(ParseAndBind("SELECT n" + longest + " FROM T_Thing").status().code(), code::kPropertyNameTooWide);
}

TEST(QueryLimits, LengthOfPaths) {
  const std::string deep = "Any" + Repeat(".x", limits::kObjectNestingMax - 1);
  EXPECT_TRUE(ParseAndBind("SELECT * FROM T_Thing WHERE " + deep + " = 1").ok());
  EXPECT_EQ(ParseAndBind("SELECT * FROM T_Thing WHERE " + deep + ".x = 1").status().code(), code::kQuotaViolation);
}

TEST(QueryLimits, ArePlacesWithTheirNumber) {
  const std::string start = "SELECT * FROM T_Thing WHERE ";
  const auto check = [](const std::string& query, std::size_t limit, std::size_t column) {
    const Status status = ParseAndBind(query).status();
    ASSERT_FALSE(status.ok());
    EXPECT_NE(status.Message().find(std::to_string(limit)), std::string::npos) << status.Message();
    EXPECT_EQ(status.detail()->line, 1);
    EXPECT_EQ(status.detail()->column, static_cast<int>(column));
  };
  check(start + Repeat("NOT ", limits::kQueryDepthMax + 1) + "Size=1", limits::kQueryDepthMax,
        start.size() + 4 * limits::kQueryDepthMax + 1);
  check(start + Repeat("Size=1 OR ", limits::kQueryTermsMax) + "Size=1", limits::kQueryTermsMax,
        start.size() + 10 * limits::kQueryTermsMax + 1);
  check("SELECT " + Repeat("Size,", limits::kSelectListMax) + "Size FROM T_Thing", limits::kSelectListMax,
        7 + 5 * limits::kSelectListMax + 1);
  check(start + Repeat("x.", limits::kObjectNestingMax) + "x = 1", limits::kObjectNestingMax,
        start.size() + 2 * limits::kObjectNestingMax + 1);
  check("SELECT * FROM " + std::string(limits::kNameLengthMax + 1, 'n'), limits::kNameLengthMax, 15);
}

bool IsNever(const std::string& clause) {
  const auto query = ParseAndBind("SELECT * FROM T_Thing WHERE " + clause);
  EXPECT_TRUE(query.ok()) << clause;
  return query.ok() && query->filter->IsNever();
}

TEST(Contradiction, IntegersThatLeaveNoRoom) {
  for (const char* clause :
       {"Size < 5 AND Size > 10", "Size <= 5 AND Size >= 6", "Size > 10 AND Size < 5", "Level < -1 AND Level > 0",
        "Level >= 5 AND NOT Level >= 5", "Big > 9223372036854775807 AND Big < 9223372036854775808",
        "Deep < -9223372036854775807 AND Deep > -9223372036854775808", "Size = 0 AND Size <> 0",
        "(Size < 5 AND Size > 10) OR (Level < 1 AND Level > 1)", "Size > 9 AND (Level = 1 AND (Size < 5 AND Big = 1))",
        "NOT (Size <= 9 OR (Level = 1 OR Size >= 5))"}) {
    EXPECT_TRUE(IsNever(clause)) << clause;
  }
}

TEST(Contradiction, WhatMayHoldIsNone) {
  for (const char* clause :
       {"Size < 5 AND Size > 3", "Size <= 5 AND Size >= 5", "Size <> 0 AND Size < 2", "Level > -1 AND Level < 1",
        "Big >= 9223372036854775807 AND Big < 9223372036854775808", "Size < 5 OR Size > 10", "Size < 5 AND Level > 10",
        "Deep <> -9223372036854775808 AND Deep < 0", "Size <> 1 AND Size <> 2"}) {
    EXPECT_FALSE(IsNever(clause)) << clause;
  }
}

TEST(KeyTuples, GivesUpRatherThanExplode) {
  std::string sum = "A = 0";
  for (int i = 1; i < 500; ++i) sum += fmt::format(" OR A = {}", i);
  const auto wide = ParseAndBind("SELECT * FROM T_Pair WHERE (" + sum + ") AND (B='a' OR B='b' OR B='c')");
  ASSERT_TRUE(wide.ok());
  EXPECT_FALSE(wide->filter->KeyTuples().has_value());
  const auto narrow = ParseAndBind("SELECT * FROM T_Pair WHERE (" + sum + ") AND (B='a' OR B='b')");
  ASSERT_TRUE(narrow.ok());
  ASSERT_TRUE(narrow->filter->KeyTuples().has_value());
  EXPECT_EQ(narrow->filter->KeyTuples()->size(), 1'000U);
}

TEST(KeyTuples, HaveTheTypeOfTheKey) {
  const auto query = ParseAndBind("SELECT * FROM T_Pair WHERE A = '0x10' AND B = 5");
  ASSERT_TRUE(query.ok());
  const auto tuples = query->filter->KeyTuples();
  ASSERT_TRUE(tuples.has_value());
  ASSERT_EQ(tuples->size(), 1U);
  EXPECT_EQ((*tuples)[0][0], cim::Value::Unsigned(16));
  EXPECT_EQ((*tuples)[0][1], cim::Value::Text("5"));
}

TEST(Parse, AMalformedByteIsOneColumnAndTheMessageStaysUtf8) {
  const auto result = ParseAndBind("SELECT * FROM T_Thing WHERE Name = \"\xff\" \xff\xfe");
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().detail()->column, 40);
  EXPECT_TRUE(IsUtf8(result.status().Message()));
  EXPECT_TRUE(IsUtf8(result.status().detail()->parameter));
}

TEST(Parse, ALongTokenIsCutInTheMessage) {
  const auto result = ParseAndBind("SELECT * FROM T_Thing WHERE \"" + std::string(5'000, 'x') + "\"");
  ASSERT_FALSE(result.ok());
  EXPECT_LT(result.status().Message().size(), 200U);
  const auto name = ParseAndBind("SELECT " + std::string(255, 'x') + " FROM T_Thing");
  EXPECT_LT(name.status().Message().size(), 200U);
}

TEST(Bind, TheFilterOutlivesTreeTextAndFinder) {
  std::shared_ptr<const Predicate> filter;
  cim::ClassPtr schema = TheTable().FindClass("T_Thing");
  {
    std::string text = "SELECT * FROM T_Thing WHERE Name = \"al\\\"pha\" OR Name LIKE 'al%' OR Any.Label = 'x'";
    const auto tree = Parse(text);
    ASSERT_TRUE(tree.ok());
    filter = Bind(*tree.value(), TheTable())->filter;
    text.assign(text.size(), '#');
  }
  EXPECT_TRUE(filter->Matches(TheTable().row(0)));
  EXPECT_FALSE(filter->Matches(TheTable().row(1)));
}

// A finder without names gives no hint and no harm.
class NoClasses : public ClassFinder {
 public:
  cim::ClassPtr FindClass(std::string_view) const override { return nullptr; }
};

TEST(Bind, AnUnknownClassWithoutNamesToHintAt) {
  const auto tree = Parse("SELECT * FROM Win32_Process");
  ASSERT_TRUE(tree.ok());
  const auto bound = Bind(*tree.value(), NoClasses());
  EXPECT_EQ(bound.status().code(), code::kInvalidClass);
  EXPECT_EQ(bound.status().Message(), "there is no class 'Win32_Process' in this namespace");
}

TEST(NearestName, OnlyNamesThatAreClose) {
  EXPECT_EQ(NearestName("Handel", {"Handle", "Caption"}), "Handle");
  EXPECT_EQ(NearestName("handle_", {"Handle", "Caption"}), "Handle");
  EXPECT_EQ(NearestName("Hnadle", {"Handle", "Candle"}), "Handle");
  EXPECT_EQ(NearestName("Ax", {"By"}), "");
  EXPECT_EQ(NearestName("Caption", {"Handle", "Description"}), "");
  EXPECT_EQ(NearestName("", {"Handle"}), "");
}

TEST(Datetimes, ALocalSpellingMeansTheLocalInstant) {
  const std::int64_t noon = 1'709'208'000'000'000;  // 2024-02-29 12:00 UTC, as the first row has it
  const std::string dmtf = cim::FormatLocalDatetime(noon);
  const std::string local = fmt::format("{}-{}-{} {}:{}:{}", dmtf.substr(0, 4), dmtf.substr(4, 2), dmtf.substr(6, 2),
                                        dmtf.substr(8, 2), dmtf.substr(10, 2), dmtf.substr(12, 2));
  const auto query = ParseAndBind("SELECT * FROM T_Thing WHERE When = '" + local + "'");
  ASSERT_TRUE(query.ok()) << query.status().Message();
  EXPECT_TRUE(query->filter->Matches(TheTable().row(0)));
  EXPECT_FALSE(query->filter->Matches(TheTable().row(2)));
}

}  // namespace
}  // namespace wmi::wql
