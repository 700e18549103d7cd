// Runs the data files of this folder; their format stands in README.md.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "served_world.h"
#include "wql/data_file_test.h"
#include "wql/query.h"

namespace wmi::wql::testing {
namespace {

std::string Text(cim::ValueView view) {
  switch (view.kind()) {
    case cim::ValueKind::kBoolean:
      return view.boolean() ? "TRUE" : "FALSE";
    case cim::ValueKind::kSigned:
      return std::to_string(view.signed_integer());
    case cim::ValueKind::kUnsigned:
      return std::to_string(view.unsigned_integer());
    case cim::ValueKind::kText: {
      std::string text(view.text());
      std::replace(text.begin(), text.end(), ' ', '_');
      return text;
    }
    default:
      return "?";
  }
}

// The key values of an instance, the name of a class.
std::string Id(const cim::Object& object) {
  if (object.is_class()) return object.schema().name();
  std::string id;
  for (const std::size_t slot : object.schema().key_slots()) id += (id.empty() ? "" : "/") + Text(object.slot(slot));
  return id;
}

std::multiset<std::string> Ids(const std::vector<cim::Object>& rows) {
  std::multiset<std::string> ids;
  for (const cim::Object& row : rows) ids.insert(Id(row));
  return ids;
}

std::multiset<std::string> Keys(const BoundQuery& query) {
  const auto tuples = query.filter == nullptr ? std::nullopt : query.filter->KeyTuples();
  if (!tuples) return {"unrestricted"};
  std::multiset<std::string> out;
  for (const std::vector<cim::Value>& tuple : *tuples) {
    std::string text;
    for (const cim::Value& value : tuple) text += (text.empty() ? "" : "/") + Text(value.view());
    out.insert(text);
  }
  return out;
}

class Queries : public ::testing::TestWithParam<Served> {
 protected:
  static ServedWorld& World() {
    static std::map<Served, std::unique_ptr<ServedWorld>> worlds;
    std::unique_ptr<ServedWorld>& world = worlds[GetParam()];
    if (world == nullptr) world = std::make_unique<ServedWorld>(GetParam());
    return *world;
  }

  static void CheckAnswer(const Case& test, const Expectation& expected, const Answer& answer) {
    if (expected.what == "error") return CheckError(test, expected.value, answer.outcome);
    ASSERT_TRUE(answer.outcome.ok()) << answer.outcome.Message();
    EXPECT_EQ(Ids(answer.rows), Words(expected.value));
    for (const cim::Object& row : answer.rows) EXPECT_EQ(row.is_class(), expected.what == "classes");
  }

  static void CheckBound(const Case& test, const Expectation& expected) {
    const auto tree = Parse(test.query);
    ASSERT_TRUE(tree.ok()) << tree.status().Message();
    const Result<BoundQuery> bound = Bind(**tree, *World().session()->name_space());
    ASSERT_TRUE(bound.ok()) << bound.status().Message();
    if (expected.what == "keys") {
      EXPECT_EQ(Keys(*bound), Words(expected.value));
    } else if (expected.what == "visible") {
      EXPECT_EQ(Names(bound->visible, *bound->schema), Words(expected.value));
    } else if (expected.what == "needed") {
      EXPECT_EQ(Names(bound->needed, *bound->schema), Words(expected.value));
    } else {
      ADD_FAILURE() << "unknown expectation " << expected.what;
    }
  }

  static void Run(const Case& test) {
    SCOPED_TRACE(fmt::format("{}:{}: {}", test.file, test.line, test.query));
    ASSERT_FALSE(test.expectations.empty()) << "the case expects nothing";
    for (const Expectation& expected : test.expectations) {
      if (expected.what == "rows" || expected.what == "classes" || expected.what == "error") {
        CheckAnswer(test, expected, World().Query(test.query));
        CheckAnswer(test, expected, World().QueryRowByRow(test.query));
      } else {
        CheckBound(test, expected);
      }
    }
  }
};

TEST_P(Queries, GiveWhatTheirFilesSay) {
  std::size_t cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(WMI_SOURCE_DIR) + "/tests/wql")) {
    if (entry.path().extension() != ".test") continue;
    for (const Case& test : ReadFile(entry.path())) {
      Run(test);
      ++cases;
    }
  }
  EXPECT_GT(cases, 600U);
}

INSTANTIATE_TEST_SUITE_P(However, Queries, ::testing::ValuesIn(kAllServed),
                         [](const ::testing::TestParamInfo<Served>& served) { return Name(served.param); });

}  // namespace
}  // namespace wmi::wql::testing
