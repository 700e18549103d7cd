// Runs the data files of this folder; their format stands in README.md.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/codes.h"
#include "past_limits.h"
#include "served_world.h"
#include "wql/data_file_test.h"
#include "wql/print.h"
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

// The key values.
std::string Id(const cim::Object& object) {
  std::string id;
  for (const std::size_t slot : object.schema().key_slots()) id += (id.empty() ? "" : "/") + Text(object.slot(slot));
  return id;
}

std::multiset<std::string> InstanceIds(const std::vector<cim::Object>& answer) {
  std::multiset<std::string> ids;
  for (const cim::Object& object : answer) {
    if (object.is_instance()) ids.insert(Id(object));
  }
  return ids;
}

std::multiset<std::string> ClassNames(const std::vector<cim::Object>& answer) {
  std::multiset<std::string> names;
  for (const cim::Object& object : answer) {
    if (object.is_class()) names.insert(object.schema().name());
  }
  return names;
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
  void SetUp() override { world_ = std::make_unique<ServedWorld>(GetParam()); }

  ServedWorld& World() { return *world_; }

  // Instances are what "rows" says, classes what "classes" says; one that is not there says none.
  static void CheckAnswer(const Case& test, const Answer& answer) {
    std::multiset<std::string> rows;
    std::multiset<std::string> classes;
    for (const Expectation& expected : test.expectations) {
      if (expected.what == "error") return CheckError(test, expected.value, answer.outcome);
      if (expected.what == "rows") rows = Words(expected.value);
      if (expected.what == "classes") classes = Words(expected.value);
    }
    ASSERT_TRUE(answer.outcome.ok()) << answer.outcome.Message();
    EXPECT_EQ(InstanceIds(answer.rows), rows);
    EXPECT_EQ(ClassNames(answer.rows), classes);
  }

  void CheckBound(const Case& test, const Expectation& expected) {
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

  void Run(const Case& test) {
    SCOPED_TRACE(fmt::format("{}:{}: {}", test.file, test.line, test.query));
    ASSERT_FALSE(test.expectations.empty()) << "the case expects nothing";
    bool asks = false;
    for (const Expectation& expected : test.expectations) {
      if (expected.what == "rows" || expected.what == "classes" || expected.what == "error") {
        asks = true;
      } else {
        CheckBound(test, expected);
      }
    }
    if (!asks) return;
    CheckAnswer(test, World().Query(test.query));
    CheckAnswer(test, World().QueryRowByRow(test.query));
    CheckNormalForm(test);
  }

  // What is asked in other words gives the same, but for the places in errors.
  void CheckNormalForm(const Case& test) {
    const auto tree = Parse(test.query);
    if (!tree.ok() || test.expectations.front().what == "error") return;
    const std::string normal = Print(**tree);
    SCOPED_TRACE(normal);
    CheckAnswer(test, World().Query(normal));
  }

 private:
  std::unique_ptr<ServedWorld> world_;
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

// Too much of anything, in a query that would be right otherwise: the code, and the limit in words.
TEST_P(Queries, AreRefusedPastTheLimits) {
  for (const PastLimit& test : AllPastLimits()) {
    SCOPED_TRACE(test.query.substr(0, 80));
    for (const Answer& answer : {World().Query(test.query), World().QueryRowByRow(test.query)}) {
      EXPECT_EQ(CodeName(answer.outcome.code()), CodeName(test.code)) << answer.outcome.Message();
      EXPECT_NE(answer.outcome.Message().find(std::to_string(test.limit)), std::string::npos)
          << answer.outcome.Message();
      EXPECT_TRUE(answer.rows.empty());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(However, Queries, ::testing::ValuesIn(kAllServed),
                         [](const ::testing::TestParamInfo<Served>& served) { return Name(served.param); });

}  // namespace
}  // namespace wmi::wql::testing
