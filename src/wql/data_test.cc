// Runs the data files tests/wql/*.test. Their format stands in tests/wql/README.md.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "wql/data_file_test.h"
#include "wql/query.h"
#include "wql/test_table.h"

namespace wmi::wql {
namespace {

using testing::Case;
using testing::CheckError;
using testing::Expectation;
using testing::Names;
using testing::ReadFile;
using testing::Table;
using testing::TheTable;
using testing::Words;

std::multiset<std::string> Rows(const BoundQuery& query) {
  std::multiset<std::string> ids;
  const Table& table = TheTable();
  for (std::size_t i = 0; i < table.objects().size(); ++i) {
    const cim::Object& object = table.objects()[i];
    if (!object.schema().IsA(query.schema->name())) continue;
    if (query.filter == nullptr || query.filter->Matches(table.row(i))) ids.insert(Table::Id(object));
  }
  return ids;
}

std::multiset<std::string> Classes(const BoundQuery& query) {
  std::multiset<std::string> names;
  for (const std::string& name : TheTable().names()) {
    if (query.filter == nullptr || query.filter->MatchesClass(*TheTable().FindClass(name))) names.insert(name);
  }
  return names;
}

std::multiset<std::string> Keys(const BoundQuery& query) {
  const auto tuples = query.filter == nullptr ? std::nullopt : query.filter->KeyTuples();
  if (!tuples) return {"unrestricted"};
  std::multiset<std::string> out;
  for (const std::vector<cim::Value>& tuple : *tuples) {
    std::string text;
    for (const cim::Value& value : tuple) text += (text.empty() ? "" : "/") + Table::Text(value.view());
    out.insert(text);
  }
  return out;
}

Result<BoundQuery> ParseAndBind(const std::string& query) {
  const auto tree = TRY(Parse(query));
  return Bind(*tree, TheTable());
}

void RunCase(const Case& test) {
  SCOPED_TRACE(fmt::format("{}:{}: {}", test.file, test.line, test.query));
  ASSERT_FALSE(test.expectations.empty()) << "the case expects nothing";
  const Result<BoundQuery> bound = ParseAndBind(test.query);
  for (const Expectation& expected : test.expectations) {
    if (expected.what == "error") {
      CheckError(test, expected.value, bound.status());
      continue;
    }
    ASSERT_TRUE(bound.ok()) << bound.status().Message();
    const BoundQuery& query = bound.value();
    if (expected.what == "classes") {
      ASSERT_EQ(query.kind, QueryKind::kClasses);
      EXPECT_EQ(Classes(query), Words(expected.value));
      continue;
    }
    ASSERT_EQ(query.kind, QueryKind::kInstances);
    if (expected.what == "rows") {
      EXPECT_EQ(Rows(query), Words(expected.value));
    } else if (expected.what == "keys") {
      EXPECT_EQ(Keys(query), Words(expected.value));
    } else if (expected.what == "visible") {
      EXPECT_EQ(Names(query.visible, *query.schema), Words(expected.value));
    } else if (expected.what == "needed") {
      EXPECT_EQ(Names(query.needed, *query.schema), Words(expected.value));
    } else {
      ADD_FAILURE() << "unknown expectation " << expected.what;
    }
  }
}

TEST(DataFiles, EveryQueryGivesWhatItsFileSays) {
  std::size_t cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(WMI_SOURCE_DIR) + "/tests/wql")) {
    if (entry.path().extension() != ".test") continue;
    for (const Case& test : ReadFile(entry.path())) {
      RunCase(test);
      ++cases;
    }
  }
  EXPECT_GT(cases, 200U);
}

}  // namespace
}  // namespace wmi::wql
