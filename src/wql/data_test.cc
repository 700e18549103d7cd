// Runs the data files tests/wql/*.test. Their format stands in tests/wql/README.md.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/codes.h"
#include "cim/object_path.h"
#include "wql/query.h"
#include "wql/test_table.h"

namespace wmi::wql {
namespace {

using testing::Table;
using testing::TheTable;

struct Expectation {
  std::string what;  // "rows", "classes", "error", ...
  std::string value;
};

struct Case {
  std::string file;
  int line = 0;
  std::string query;
  std::vector<Expectation> expectations;
};

std::string Trim(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<Case> ReadFile(const std::filesystem::path& path) {
  std::vector<Case> cases;
  std::ifstream in(path);
  std::string text;
  for (int line = 1; std::getline(in, text); ++line) {
    if (text.empty() || text[0] == '#') continue;
    if (text.starts_with("| ")) {
      cases.back().query += "\n" + text.substr(2);
      continue;
    }
    const std::size_t colon = text.find(':');
    const std::string what = text.substr(0, colon);
    if (what == "query") {
      cases.push_back({path.filename(), line, text.substr(std::min(text.size(), colon + 2)), {}});
    } else {
      cases.back().expectations.push_back({what, Trim(text.substr(colon + 1))});
    }
  }
  return cases;
}

std::multiset<std::string> Words(const std::string& text) {
  std::istringstream in(text);
  std::multiset<std::string> words;
  std::string word;
  while (in >> word) words.insert(word);
  if (words == std::multiset<std::string>{"none"}) words.clear();
  return words;
}

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

std::multiset<std::string> Names(const cim::PropertySet& set, const cim::Class& schema) {
  if (set.is_all()) return {"*"};
  std::multiset<std::string> names;
  for (std::size_t i = 0; i < schema.properties().size(); ++i) {
    if (set.Contains(i)) names.insert(schema.properties()[i].name);
  }
  return names;
}

// "WBEM_E_INVALID_QUERY 1:9 part of the message"
void CheckError(const Case& test, const std::string& expected, const Status& status) {
  ASSERT_FALSE(status.ok()) << "accepted; expected " << expected;
  ASSERT_NE(status.detail(), nullptr);
  const std::string found = fmt::format("{} {}:{} {}", CodeName(status.code()), status.detail()->line,
                                        status.detail()->column, status.detail()->message);
  const std::size_t message = expected.find(' ', expected.find(' ') + 1);
  const std::string place = expected.substr(0, message);
  EXPECT_TRUE(found.starts_with(place + " ")) << "found    " << found << "\nexpected " << expected;
  if (message != std::string::npos) {
    EXPECT_NE(found.find(expected.substr(message + 1)), std::string::npos)
        << "found    " << found << "\nexpected " << expected;
  }
  EXPECT_EQ(status.detail()->parameter, test.query);
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
