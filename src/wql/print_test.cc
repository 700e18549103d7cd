// The normal form: what it looks like, that it reads back as itself, and that it means what the query meant.
#include "wql/print.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "wql/data_file_test.h"
#include "wql/query.h"
#include "wql/test_table.h"

namespace wmi::wql {
namespace {

using testing::Case;
using testing::ReadFile;
using testing::TheTable;

std::string Normal(const std::string& query) {
  const auto tree = Parse(query);
  EXPECT_TRUE(tree.ok()) << query << ": " << tree.status().Message();
  return tree.ok() ? Print(**tree) : std::string();
}

struct Pair {
  std::string query;
  std::string normal;
};

void CheckAll(const std::vector<Pair>& pairs) {
  for (const Pair& pair : pairs) {
    EXPECT_EQ(Normal(pair.query), pair.normal);
    EXPECT_EQ(Normal(pair.normal), pair.normal);
  }
}

TEST(Print, WordsBlanksAndLists) {
  CheckAll({
      {"select*from t_Thing", "SELECT * FROM t_Thing"},
      {"SELECT\n a ,B.c . D\tFROM  C", "SELECT a, B.c.D FROM C"},
      {"select * from C where a=1 and not b like'x' or c isa \"D\"",
       "SELECT * FROM C WHERE a = 1 AND NOT b LIKE \"x\" OR c ISA \"D\""},
      {"SELECT * FROM group WHERE like IS null", "SELECT * FROM group WHERE like IS NULL"},
  });
}

TEST(Print, ThePropertyStandsOnTheLeft) {
  CheckAll({
      {"SELECT * FROM C WHERE 1 < a", "SELECT * FROM C WHERE a > 1"},
      {"SELECT * FROM C WHERE 1 >= a", "SELECT * FROM C WHERE a <= 1"},
      {"SELECT * FROM C WHERE 1 != a", "SELECT * FROM C WHERE a <> 1"},
      {"SELECT * FROM C WHERE null = a", "SELECT * FROM C WHERE a IS NULL"},
      {"SELECT * FROM C WHERE a <> NULL", "SELECT * FROM C WHERE a IS NOT NULL"},
  });
}

TEST(Print, ParenthesesOnlyWhereTheyAreNeeded) {
  CheckAll({
      {"SELECT * FROM C WHERE ((a = 1))", "SELECT * FROM C WHERE a = 1"},
      {"SELECT * FROM C WHERE (a = 1 AND b = 1) OR c = 1", "SELECT * FROM C WHERE a = 1 AND b = 1 OR c = 1"},
      {"SELECT * FROM C WHERE (a = 1 OR b = 1) AND c = 1", "SELECT * FROM C WHERE (a = 1 OR b = 1) AND c = 1"},
      {"SELECT * FROM C WHERE (a = 1 AND b = 1) AND c = 1", "SELECT * FROM C WHERE a = 1 AND b = 1 AND c = 1"},
      {"SELECT * FROM C WHERE a = 1 OR (b = 1 OR (c = 1))", "SELECT * FROM C WHERE a = 1 OR b = 1 OR c = 1"},
      {"SELECT * FROM C WHERE NOT (a = 1)", "SELECT * FROM C WHERE NOT a = 1"},
      {"SELECT * FROM C WHERE NOT (NOT (a = 1))", "SELECT * FROM C WHERE NOT NOT a = 1"},
      {"SELECT * FROM C WHERE NOT (a = 1 AND b = 1)", "SELECT * FROM C WHERE NOT (a = 1 AND b = 1)"},
      {"SELECT * FROM C WHERE (NOT a = 1) AND (NOT (b = 1 OR c = 1))",
       "SELECT * FROM C WHERE NOT a = 1 AND NOT (b = 1 OR c = 1)"},
  });
}

TEST(Print, OneSpellingOfAConstant) {
  CheckAll({
      {"SELECT * FROM C WHERE a = 0x1F", "SELECT * FROM C WHERE a = 31"},
      {"SELECT * FROM C WHERE a = +007", "SELECT * FROM C WHERE a = 7"},
      {"SELECT * FROM C WHERE a = -0", "SELECT * FROM C WHERE a = 0"},
      {"SELECT * FROM C WHERE a = -0x8000000000000000", "SELECT * FROM C WHERE a = -9223372036854775808"},
      {"SELECT * FROM C WHERE a = 0xFFFFFFFFFFFFFFFF", "SELECT * FROM C WHERE a = 18446744073709551615"},
      {"SELECT * FROM C WHERE a = 5.", "SELECT * FROM C WHERE a = 5.0"},
      {"SELECT * FROM C WHERE a = .10", "SELECT * FROM C WHERE a = 0.1"},
      {"SELECT * FROM C WHERE a = -0.0", "SELECT * FROM C WHERE a = 0.0"},
      {"SELECT * FROM C WHERE a = 1E30", "SELECT * FROM C WHERE a = 1e+30"},
      {"SELECT * FROM C WHERE a = 0.1000000000000000055511151231257827", "SELECT * FROM C WHERE a = 0.1"},
      {"SELECT * FROM C WHERE a = true OR a = False", "SELECT * FROM C WHERE a = TRUE OR a = FALSE"},
      {R"(SELECT * FROM C WHERE a = 'say "x" \'y\' \\ \z')", R"(SELECT * FROM C WHERE a = "say \"x\" 'y' \\ \\z")"},
      {R"(SELECT * FROM C WHERE a LIKE "50\%[_]")", R"(SELECT * FROM C WHERE a LIKE "50\\%[_]")"},
      {"SELECT * FROM C WHERE a = ''", "SELECT * FROM C WHERE a = \"\""},
      {"SELECT * FROM C WHERE a = 'two\nlines'", "SELECT * FROM C WHERE a = \"two\nlines\""},
  });
}

TEST(Print, EventQueries) {
  CheckAll({
      {"select * from E within 5", "SELECT * FROM E WITHIN 5"},
      {"select * from E within 5.0 where a=1", "SELECT * FROM E WITHIN 5 WHERE a = 1"},
      {"select * from E within -0.0", "SELECT * FROM E WITHIN 0"},
      {"select * from E within 18446744073709551615", "SELECT * FROM E WITHIN 1.8446744073709552e+19"},
      {"select * from E group within 0x10 by a , b.c having numberofevents>=2",
       "SELECT * FROM E GROUP WITHIN 16 BY a, b.c HAVING NumberOfEvents >= 2"},
      {"select x from E within .5 where a=1 or b=2 group within 1",
       "SELECT x FROM E WITHIN 0.5 WHERE a = 1 OR b = 2 GROUP WITHIN 1"},
  });
}

TEST(Print, StatementsAboutAssociations) {
  CheckAll({
      {"associators of {  C.a=\"x}\"  }", "ASSOCIATORS OF {C.a=\"x}\"}"},
      {"references of{C}where schemaonly", "REFERENCES OF {C} WHERE SchemaOnly"},
      {"ASSOCIATORS OF {C=1} WHERE role=R RESULTROLE = S resultclass=D requiredqualifier=Q REQUIREDASSOCQUALIFIER=P "
       "keysonly assocclass=A",
       "ASSOCIATORS OF {C=1} WHERE AssocClass = A KeysOnly RequiredAssocQualifier = P RequiredQualifier = Q "
       "ResultClass "
       "= D ResultRole = S Role = R"},
      {"REFERENCES OF {C=1} WHERE Role=Where ClassDefsOnly", "REFERENCES OF {C=1} WHERE ClassDefsOnly Role = Where"},
  });
}

std::vector<Case> AllCases() {
  std::vector<Case> all;
  for (const char* const folder : {"/tests/wql", "/tests/wql/events"}) {
    for (const auto& entry : std::filesystem::directory_iterator(std::string(WMI_SOURCE_DIR) + folder)) {
      if (entry.path().extension() != ".test") continue;
      std::vector<Case> cases = ReadFile(entry.path());
      std::move(cases.begin(), cases.end(), std::back_inserter(all));
    }
  }
  return all;
}

TEST(Print, EveryQueryOfTheDataFilesReadsBackAsItself) {
  std::size_t parsed = 0;
  for (const Case& test : AllCases()) {
    const auto tree = Parse(test.query);
    if (!tree.ok()) continue;
    ++parsed;
    SCOPED_TRACE(fmt::format("{}:{}: {}", test.file, test.line, test.query));
    const std::string normal = Print(**tree);
    EXPECT_EQ(Normal(normal), normal);
  }
  EXPECT_GT(parsed, 500U);
}

// A query about T_Thing with every freedom of writing that the language gives.
class QueryWriter {
 public:
  explicit QueryWriter(unsigned seed) : random_(seed) {}

  std::string Statement() {
    std::string text = Word("SELECT") + (Coin() ? "*" : Names()) + Blank() + Word("FROM") + "T_Thing";
    if (Pick(8) != 0) text += Blank() + Word("WHERE") + Expression(0);
    return text + Gap();
  }

  std::string EventStatement() {
    std::string text = Word("SELECT") + "*" + Blank() + Word("FROM") + "T_Thing";
    if (Coin()) text += Blank() + Word("WITHIN") + (Coin() ? "5.50" : "0x7");
    if (Coin()) text += Blank() + Word("WHERE") + Expression(2);
    if (Coin()) {
      text += Blank() + Word("GROUP") + Word("WITHIN") + "010";
      if (Coin()) text += Blank() + Word("BY") + Names();
      if (Coin()) text += Blank() + Word("HAVING") + Word("NumberOfEvents") + Gap() + Relation() + Gap() + "3";
    }
    return text;
  }

 private:
  std::size_t Pick(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }
  bool Coin() { return Pick(2) == 0; }
  template <std::size_t kCount>
  std::string OneOf(const std::array<const char*, kCount>& texts) {
    return texts[Pick(kCount)];
  }

  std::string Gap() { return OneOf(std::array{"", "", " ", "\n", "\t "}); }
  std::string Blank() { return OneOf(std::array{" ", "  ", "\n", "\r\n\t"}); }
  std::string Word(std::string word) {
    for (char& c : word) {
      if (Coin()) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    return word + Blank();
  }
  std::string Relation() { return OneOf(std::array{"=", "<>", "!=", "<", "<=", ">", ">="}); }
  std::string Names() {
    std::string list = OneOf(std::array{"Name", "size", "Part.Label"});
    while (Pick(3) == 0) list += Gap() + "," + Gap() + OneOf(std::array{"Level", "Part . Inner.Label", "ON"});
    return list;
  }

  std::string Expression(int depth) {
    const std::size_t kind = depth > 4 ? 0 : Pick(6);
    if (kind <= 1) return Test();
    if (kind == 2) return Word("NOT") + Enclosed(depth);
    const std::string joint = kind == 5 ? "OR" : "AND";
    std::string text = Expression(depth + 1);
    do {
      text += Blank() + Word(joint) + Enclosed(depth);
    } while (Pick(3) == 0);
    return text;
  }
  std::string Enclosed(int depth) {
    if (Coin()) return "(" + Gap() + Expression(depth + 1) + Gap() + ")";
    return Expression(depth + 1);
  }

  std::string Test() {
    switch (Pick(6)) {
      case 0:
        return Compare(OneOf(std::array{"Size", "Level", "Part.Count", "any.Count", "Big", "Ratio"}),
                       OneOf(std::array{"10", "0x14", "-5", "+1", "NULL", "'20'", "9", "18446744073709551615"}));
      case 1:
        return Compare(OneOf(std::array{"Ratio", "Weight"}), OneOf(std::array{"0.5", ".1", "-2.250", "1e3", "-0.0"}));
      case 2:
        return Compare(
            OneOf(std::array{"Name", "Note", "Part.Label", "__CLASS"}),
            OneOf(std::array{"\"alpha\"", "'BETA'", "'50% off [now]_\\\\'", "\"\"", "'t_gadget'", "'a\\'b\"c\\d'"}));
      case 3:
        return OneOf(std::array{"On", "Any.On"}) + Gap() + OneOf(std::array{"=", "<>"}) + Gap() +
               OneOf(std::array{"TRUE", "false", "1", "'True'"});
      case 4:
        return OneOf(std::array{"Size", "Part", "Part.Inner", "Note"}) + Blank() + Word("IS") +
               (Coin() ? Word("NOT") : std::string()) + Word("NULL");
      default:
        return Coin() ? "Name" + Blank() + Word("LIKE") + OneOf(std::array{"'%a'", "\"[a-b]%\"", "'_eta'"})
                      : OneOf(std::array{"Part", "Any", "__this"}) + Blank() + Word("ISA") +
                            OneOf(std::array{"'T_FinePart'", "\"T_Part\"", "'t_gadget'"});
    }
  }
  std::string Compare(const std::string& property, const std::string& constant) {
    const bool is_null = constant == "NULL";
    const std::string relation = is_null ? OneOf(std::array{"=", "<>", "!="}) : Relation();
    if (Coin()) return constant + Gap() + relation + Gap() + property;
    return property + Gap() + relation + Gap() + constant;
  }

  std::mt19937 random_;
};

unsigned Seed() {
  const unsigned seed = std::random_device()();
  ::testing::Test::RecordProperty("seed", std::to_string(seed));
  return seed;
}

TEST(Print, RandomQueriesReadBackAsThemselvesAndMeanTheSame) {
  const unsigned seed = Seed();
  QueryWriter writer(seed);
  std::size_t bound = 0;
  for (int i = 0; i < 2'000; ++i) {
    const std::string query = writer.Statement();
    SCOPED_TRACE(fmt::format("seed {}: {}", seed, query));
    const auto tree = Parse(query);
    ASSERT_TRUE(tree.ok()) << tree.status().Message();
    const std::string normal = Print(**tree);
    const auto again = Parse(normal);
    ASSERT_TRUE(again.ok()) << normal << ": " << again.status().Message();
    ASSERT_EQ(Print(**again), normal);
    const auto before = Bind(**tree, TheTable());
    const auto after = Bind(**again, TheTable());
    ASSERT_EQ(before.ok(), after.ok()) << normal;
    if (!before.ok()) continue;
    ++bound;
    ASSERT_EQ(before->filter == nullptr, after->filter == nullptr) << normal;
    for (std::size_t row = 0; before->filter != nullptr && row < 4; ++row) {
      ASSERT_EQ(before->filter->Matches(TheTable().row(row)), after->filter->Matches(TheTable().row(row))) << normal;
    }
  }
  EXPECT_GT(bound, 500U);
}

TEST(Print, RandomEventQueriesReadBackAsThemselves) {
  const unsigned seed = Seed();
  QueryWriter writer(seed);
  for (int i = 0; i < 1'000; ++i) {
    const std::string query = writer.EventStatement();
    SCOPED_TRACE(fmt::format("seed {}: {}", seed, query));
    const std::string normal = Normal(query);
    ASSERT_EQ(Normal(normal), normal);
  }
}

TEST(Print, TheDeepestQueryReadsBack) {
  std::string query = "a = 1";
  for (std::size_t depth = 0; depth < limits::kQueryDepthMax / 2; ++depth)
    query = fmt::format("NOT (b = 1 OR {})", query);
  const std::string normal = Normal("SELECT * FROM C WHERE " + query);
  EXPECT_EQ(normal, "SELECT * FROM C WHERE " + query);
}

}  // namespace
}  // namespace wmi::wql
