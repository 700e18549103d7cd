// The way from text to matches against the oracle (test_oracle.h): all small clauses over every type, and random large
// ones. A difference prints the query.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "wql/query.h"
#include "wql/test_oracle.h"

namespace wmi::wql {
namespace {

using oracle::Also;
using oracle::Boolean;
using oracle::Difference;
using oracle::IsRefused;
using oracle::Join;
using oracle::MakeTest;
using oracle::NodePtr;
using oracle::Not;
using oracle::Null;
using oracle::Number;
using oracle::Real;
using oracle::Tally;
using oracle::Text;

class Oracle : public ::testing::Test {
 protected:
  void Agrees(const NodePtr& node, Also also = Also::kNothing) {
    ASSERT_EQ(Difference(*node, ++style_, tally_, also), "");
  }
  void Agrees(const NodePtr& node, std::uint32_t style, Also also) {
    style_ = style;
    Agrees(node, also);
  }

  Tally tally_;

 private:
  std::uint32_t style_ = 0;
};

// The bounds of numbers are asked of numbers only, and a path that is refused in any case with few constants.
const std::vector<oracle::Value>& ConstantsFor(const std::vector<std::string>& path) {
  static const std::vector<oracle::Value> few{Null(), Number(1), Text("a")};
  if (IsRefused(*MakeTest(path, "IS NULL")) && IsRefused(*MakeTest(path, "ISA", Text("O_Base")))) return few;
  const bool is_number = path.size() == 1 && !IsRefused(*MakeTest(path, "<", Number(1)));
  return is_number ? oracle::AllConstants() : oracle::CommonConstants();
}

// Every test that the paths, operators and constants of the oracle make.
std::vector<NodePtr> AllTests() {
  std::vector<NodePtr> all;
  for (const std::vector<std::string>& path : oracle::AllPaths()) {
    for (const std::string& op : oracle::AllRelations()) {
      for (const oracle::Value& constant : ConstantsFor(path)) all.push_back(MakeTest(path, op, constant));
    }
    for (const oracle::Value& pattern : oracle::AllPatterns()) all.push_back(MakeTest(path, "LIKE", pattern));
    for (const oracle::Value& name : oracle::AllClassNames()) all.push_back(MakeTest(path, "ISA", name));
    all.push_back(MakeTest(path, "IS NULL"));
    all.push_back(MakeTest(path, "IS NOT NULL"));
  }
  return all;
}

TEST_F(Oracle, EveryTestOfEveryTypeAgrees) {
  std::size_t count = 0;
  for (const NodePtr& test : AllTests()) {
    Agrees(test);
    // Each kind of test is asked under NOT together with others below.
    if (++count % 4 == 0 && !IsRefused(*test)) Agrees(Not(test));
    if (HasFatalFailure()) return;
  }
  std::cout << tally_.queries << " queries, " << tally_.refused << " refused, " << tally_.matches << " matches\n";
  EXPECT_GT(tally_.queries, 10'000U);
  EXPECT_GT(tally_.refused, 4'000U);
  EXPECT_GT(tally_.matches, 50'000U);
}

// One of each kind of comparison, on each type.
std::vector<NodePtr> SmallTests() {
  return {MakeTest({"K"}, "=", Text("A")),
          MakeTest({"K"}, "=", Text("bb")),
          MakeTest({"N"}, "=", Number(0)),
          MakeTest({"S16"}, "=", Boolean(true)),
          MakeTest({"U32"}, "=", Number(2)),
          MakeTest({"U32"}, "IS NULL"),
          MakeTest({"S64"}, "<>", Number(-1)),
          MakeTest({"U64"}, "=", Number(-1)),
          MakeTest({"R4"}, "=", Real(0.1)),
          MakeTest({"B"}, "=", Boolean(true)),
          MakeTest({"T"}, "=", Text("A")),
          MakeTest({"T"}, "LIKE", Text("a%")),
          MakeTest({"T"}, "<>", Null()),
          MakeTest({"H"}, ">", Text("A")),
          MakeTest({"D"}, "=", Text("19991231230000.000000-060")),
          MakeTest({"D"}, "=", Text("20240229120000.000000+***")),
          MakeTest({"I"}, "<", Text("00000007000000.000000:000")),
          MakeTest({"E"}, "ISA", Text("O_Fine")),
          MakeTest({"E", "Count"}, "<", Number(2)),
          MakeTest({"E", "Nope"}, "IS NULL"),
          MakeTest({"X", "Label"}, "=", Number(1)),
          MakeTest({"X", "Deep", "Count"}, "=", Number(7)),
          MakeTest({"__CLASS"}, "=", Text("O_Base")),
          MakeTest({"__CLASS"}, "<>", Text("O_Base")),
          MakeTest({"__THIS"}, "ISA", Text("O_Sub")),
          MakeTest({"__RELPATH"}, "=", Text("O_Sub.K=\"Bb\",N=1"))};
}

TEST_F(Oracle, EveryClauseOfTwoTestsAgrees) {
  const std::vector<NodePtr> tests = SmallTests();
  for (const NodePtr& a : tests) {
    for (const NodePtr& b : tests) {
      for (const char kind : {'&', '|'}) {
        Agrees(Join(kind, {a, b}));
        Agrees(Not(Join(kind, {a, b})));
        Agrees(Join(kind, {Not(a), b}));
        Agrees(Join(kind, {Not(a), Not(b)}));
        if (HasFatalFailure()) return;
      }
    }
  }
  EXPECT_GT(tally_.matches, 50'000U);
  EXPECT_GT(tally_.lookups, 20U);
  EXPECT_GT(tally_.demands, 1'000U);
  EXPECT_GT(tally_.never, 20U);
  EXPECT_GT(tally_.class_alone, 100U);
}

// Both ways to put three tests together, with NOT before what stands together.
TEST_F(Oracle, EveryClauseOfThreeTestsAgrees) {
  const std::vector<NodePtr> tests{MakeTest({"K"}, "=", Text("a")),         MakeTest({"N"}, "=", Number(2)),
                                   MakeTest({"U32"}, ">", Number(0)),       MakeTest({"T"}, "LIKE", Text("%b%")),
                                   MakeTest({"B"}, "=", Boolean(true)),     MakeTest({"__CLASS"}, "=", Text("O_Sub")),
                                   MakeTest({"E", "Count"}, "=", Number(1))};
  for (const NodePtr& a : tests) {
    for (const NodePtr& b : tests) {
      for (const NodePtr& c : tests) {
        for (const char outer : {'&', '|'}) {
          for (const char inner : {'&', '|'}) {
            Agrees(Join(outer, {a, Join(inner, {b, c})}));
            Agrees(Join(outer, {Not(Join(inner, {a, b})), c}));
          }
        }
        if (HasFatalFailure()) return;
      }
    }
  }
  EXPECT_GT(tally_.matches, 20'000U);
}

// Clauses over the keys alone, where look-ups are common.
TEST_F(Oracle, LookUpsFindWhatAScanFinds) {
  const std::vector<NodePtr> keys{MakeTest({"K"}, "=", Text("A")),  MakeTest({"K"}, "=", Text("BB")),
                                  MakeTest({"N"}, "=", Number(2)),  MakeTest({"N"}, "=", Text("1")),
                                  MakeTest({"N"}, "<>", Number(1)), MakeTest({"U32"}, "=", Number(2))};
  for (const NodePtr& a : keys) {
    for (const NodePtr& b : keys) {
      for (const NodePtr& c : keys) {
        for (const NodePtr& d : keys) {
          Agrees(Join('&', {Join('|', {a, b}), Join('|', {c, d})}));
          Agrees(Join('|', {Join('&', {a, b}), Join('&', {c, d})}));
        }
        if (HasFatalFailure()) return;
      }
    }
  }
  EXPECT_GT(tally_.lookups, 200U);
}

TEST_F(Oracle, NoPropertyIsComparedWithAnother) {
  for (const std::vector<std::string>& a : oracle::AllPaths()) {
    for (const std::vector<std::string>& b : oracle::AllPaths()) {
      if (a.size() > 1 || b.size() > 1) continue;
      for (const std::string& op : oracle::AllRelations()) {
        const std::string text = "SELECT * FROM O_Base WHERE " + a[0] + " " + op + " " + b[0];
        ASSERT_EQ(oracle::BindText(text).status().code(), code::kInvalidQuery) << text;
      }
    }
  }
}

TEST_F(Oracle, RandomClausesAgree) {
  const char* given = std::getenv("WMI_TEST_SEED");
  const auto seed =
      given != nullptr ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10)) : std::random_device()();
  std::cout << "seed: WMI_TEST_SEED=" << seed << "\n";
  std::mt19937 random(seed);
  const auto pick = [&](std::size_t below) { return random() % below; };
  oracle::Grower grower(pick, oracle::RefusedTests::kAvoided);
  oracle::Grower careless(pick, oracle::RefusedTests::kTaken);
  for (int i = 0; i < 600 && !HasFatalFailure(); ++i) {
    const NodePtr node = i % 8 == 0 ? careless.Grow(2) : grower.Grow(4);
    Agrees(node, static_cast<std::uint32_t>(random() % 1'000), Also::kNormalForm);
  }
  EXPECT_GT(tally_.matches, 5'000U);
}

}  // namespace
}  // namespace wmi::wql
