// Runs the data files tests/wql/watched/*.test: event queries and what of them is watched; then random event queries
// about the rows of the oracle.
#include "wql/watched.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "wql/data_file_test.h"
#include "wql/print.h"
#include "wql/test_oracle.h"
#include "wql/test_table.h"

namespace wmi::wql {
namespace {

using testing::Case;
using testing::CheckError;
using testing::Expectation;
using testing::MakeProperty;
using testing::ReadFile;
using testing::TheTable;
using testing::Words;

// The event classes, and some things, beside the classes of another finder.
class WatchClasses : public ClassFinder {
 public:
  explicit WatchClasses(const ClassFinder& others) : others_(others) {
    using cim::CimType;
    AddClass("__SystemClass", "");
    AddClass("__IndicationRelated", "__SystemClass");
    AddClass("__Event", "__IndicationRelated", {MakeProperty("TIME_CREATED", CimType::kUint64)});
    AddClass("__InstanceOperationEvent", "__Event", {MakeProperty("TargetInstance", CimType::kObject)});
    AddClass("__InstanceCreationEvent", "__InstanceOperationEvent");
    AddClass("__InstanceModificationEvent", "__InstanceOperationEvent",
             {MakeProperty("PreviousInstance", CimType::kObject)});
    AddClass("__InstanceDeletionEvent", "__InstanceOperationEvent");
    AddClass("__MethodInvocationEvent", "__InstanceOperationEvent", {MakeProperty("Method", CimType::kString)});
    AddClass("T_ThingCreationEvent", "__InstanceCreationEvent");
    AddClass("__ClassOperationEvent", "__Event", {MakeProperty("TargetClass", CimType::kObject)});
    AddClass("__ClassCreationEvent", "__ClassOperationEvent");
    AddClass("__AggregateEvent", "__IndicationRelated", {MakeProperty("NumberOfEvents", CimType::kUint32)});
    AddClass("__ExtrinsicEvent", "__Event");
    AddClass("T_Alarm", "__ExtrinsicEvent");
    AddClass("Select", "");
    if (others_.FindClass("T_Thing") == nullptr) return;
    AddClass("T_Tool", "T_Thing");
    AddClass("T_Saw", "T_Tool");
    AddClass("T_Hammer", "T_Tool");
    AddClass("From", "T_Thing");
  }

  cim::ClassPtr FindClass(std::string_view name) const override {
    for (const cim::ClassPtr& known : classes_) {
      if (EqualFolded(known->name(), name)) return known;
    }
    return others_.FindClass(name);
  }
  std::vector<std::string> ClassNames() const override {
    std::vector<std::string> names = others_.ClassNames();
    for (const cim::ClassPtr& known : classes_) names.push_back(known->name());
    return names;
  }

 private:
  void AddClass(std::string name, const std::string& superclass, std::vector<cim::Property> properties = {}) {
    cim::ClassDeclaration declaration;
    declaration.name = std::move(name);
    declaration.superclass = superclass;
    declaration.properties = std::move(properties);
    auto made = cim::Class::Make(std::move(declaration), superclass.empty() ? nullptr : FindClass(superclass), nullptr);
    ASSERT_TRUE(made.ok()) << made.status().Message();
    classes_.push_back(made.value());
  }

  const ClassFinder& others_;
  std::vector<cim::ClassPtr> classes_;
};

const WatchClasses& TheClasses() {
  static const WatchClasses classes(TheTable());
  return classes;
}

bool StaysInTable(const cim::Class& schema, std::size_t slot) {
  static const std::set<std::string> names{"Size", "Group", "Part", "When"};
  return names.contains(schema.properties()[slot].name);
}

using Found = Result<std::optional<Watched>>;

Found Find(const std::string& text) {
  const auto tree = TRY(Parse(text));
  const EventQuery query = TRY(BindEvent(*tree, TheClasses()));
  return FindWatched(*tree, query, TheClasses(), StaysInTable);
}

// The data query is one, in normal form, and of the target.
void CheckDataQuery(const Watched& watched, const ClassFinder& classes) {
  if (watched.target == nullptr) {
    EXPECT_EQ(watched.data_query, "");
    return;
  }
  const auto tree = Parse(watched.data_query);
  ASSERT_TRUE(tree.ok()) << watched.data_query << "\n" << tree.status().Message();
  EXPECT_EQ(Print(*tree.value()), watched.data_query);
  const auto query = Bind(*tree.value(), classes);
  ASSERT_TRUE(query.ok()) << watched.data_query << "\n" << query.status().Message();
  EXPECT_EQ(query->schema, watched.target);
  EXPECT_TRUE(query->visible.is_all());
}

std::multiset<std::string> Operations(const std::optional<Watched>& watched) {
  if (!watched) return {"other"};
  std::multiset<std::string> operations;
  if (watched->creation) operations.insert("creation");
  if (watched->modification) operations.insert("modification");
  if (watched->deletion) operations.insert("deletion");
  return operations;
}

void CheckExpectation(const Expectation& expected, const std::optional<Watched>& watched) {
  if (expected.what == "operations") {
    EXPECT_EQ(Operations(watched), Words(expected.value));
    return;
  }
  ASSERT_TRUE(watched) << "not about instances";
  if (expected.what == "target") {
    EXPECT_EQ(watched->target == nullptr ? "none" : watched->target->name(), expected.value);
  } else if (expected.what == "data") {
    EXPECT_EQ(watched->target == nullptr ? "none" : watched->data_query, expected.value);
  } else {
    ADD_FAILURE() << "unknown expectation " << expected.what;
  }
}

void RunCase(const Case& test) {
  SCOPED_TRACE(fmt::format("{}:{}: {}", test.file, test.line, test.query));
  ASSERT_FALSE(test.expectations.empty()) << "the case expects nothing";
  const Found found = Find(test.query);
  if (found.ok() && *found) CheckDataQuery(**found, TheClasses());
  for (const Expectation& expected : test.expectations) {
    if (expected.what == "error") {
      CheckError(test, expected.value, found.status());
      continue;
    }
    ASSERT_TRUE(found.ok()) << found.status().Message();
    CheckExpectation(expected, *found);
  }
}

TEST(WatchedDataFiles, EveryQueryHasWatchedWhatItsFileSays) {
  std::size_t cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(WMI_SOURCE_DIR) + "/tests/wql/watched")) {
    if (entry.path().extension() != ".test") continue;
    for (const Case& test : ReadFile(entry.path())) {
      RunCase(test);
      ++cases;
    }
  }
  EXPECT_GT(cases, 90U);
}

constexpr const char* kOfThings = "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA \"T_Thing\"";

TEST(Watched, ItOutlivesTreeAndText) {
  std::optional<Watched> watched;
  {
    std::string text = kOfThings;
    text += " AND TargetInstance.Name = \"alpha\"";
    watched = Find(text).value();
    text.assign(text.size(), '#');
  }
  ASSERT_TRUE(watched);
  EXPECT_EQ(watched->data_query, "SELECT * FROM T_Thing WHERE Name = \"alpha\"");
}

TEST(Watched, KeysAreFixedWhateverTheCallerSays) {
  std::string text = kOfThings;
  text += " AND TargetInstance.Name = \"alpha\" AND TargetInstance.Size = 1";
  const auto tree = Parse(text);
  ASSERT_TRUE(tree.ok());
  const auto query = BindEvent(*tree.value(), TheClasses());
  ASSERT_TRUE(query.ok());
  std::set<std::string> asked;
  const auto watched =
      FindWatched(*tree.value(), query.value(), TheClasses(), [&](const cim::Class& schema, auto slot) {
        asked.insert(schema.name() + "." + schema.properties()[slot].name);
        return false;
      });
  ASSERT_TRUE(watched.ok());
  EXPECT_EQ(watched.value()->data_query, "SELECT * FROM T_Thing WHERE Name = \"alpha\"");
  EXPECT_EQ(asked, std::set<std::string>{"T_Thing.Size"});
}

// Escapes make the normal form longer than a query can be; then the whole class is watched.
TEST(Watched, AClauseTooLongForADataQueryIsLeftOut) {
  std::string text = kOfThings;
  text += " AND TargetInstance.Name = '";
  const std::size_t room = limits::kQueryLengthMax - text.size() - 1;
  const auto with = [&](std::size_t quotes) {
    return Find(text + std::string(quotes, '"') + std::string(room - quotes, 'x') + "'").value()->data_query;
  };
  EXPECT_NE(with(1), "SELECT * FROM T_Thing");
  EXPECT_EQ(with(room), "SELECT * FROM T_Thing");
}

TEST(Watched, TheLargestClauses) {
  std::string wide = kOfThings;
  for (std::size_t i = 1; i < limits::kQueryTermsMax; ++i) wide += " AND TargetInstance.Size<9";
  const auto of_wide = Find(wide);
  ASSERT_TRUE(of_wide.ok()) << of_wide.status().Message();
  CheckDataQuery(*of_wide.value(), TheClasses());
  std::string deep = kOfThings;
  for (std::size_t i = 0; i < limits::kQueryDepthMax / 2; ++i) deep += " AND NOT (TargetInstance.Size < 9";
  deep += std::string(limits::kQueryDepthMax / 2, ')');
  const auto of_deep = Find(deep);
  ASSERT_TRUE(of_deep.ok()) << of_deep.status().Message();
  EXPECT_GT(of_deep.value()->data_query.size(), 500U);
  CheckDataQuery(*of_deep.value(), TheClasses());
}

// ---- random event queries about the rows of the oracle --------------------------------------------------------------

using oracle::Node;
using oracle::NodePtr;
using oracle::TheWorld;

class RandomEventQueries : public ::testing::Test {
 protected:
  RandomEventQueries() : classes_(TheWorld()) {
    const char* given = std::getenv("WMI_TEST_SEED");
    const auto seed =
        given != nullptr ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10)) : std::random_device()();
    std::cout << "seed: WMI_TEST_SEED=" << seed << "\n";
    random_.seed(seed);
    event_class_ = classes_.FindClass("__InstanceModificationEvent");
    target_slot_ = *event_class_->FindSlot("TargetInstance");
    previous_slot_ = *event_class_->FindSlot("PreviousInstance");
  }

  std::size_t Pick(std::size_t below) { return random_() % below; }

  // The clause about a row as one about the instance of an event, at one of both times.
  NodePtr AboutInstance(const Node& node) {
    if (node.kind == 't') {
      std::vector<std::string> path{Pick(3) == 0 ? "PreviousInstance" : "TargetInstance"};
      path.insert(path.end(), node.path.begin(), node.path.end());
      if (node.path.front() == "__THIS" && Pick(2) == 0) path.pop_back();
      return oracle::MakeTest(std::move(path), node.op, node.constant);
    }
    std::vector<NodePtr> children;
    for (const NodePtr& child : node.children) children.push_back(AboutInstance(*child));
    return oracle::Join(node.kind, std::move(children));
  }

  // What stays the same of a row: its class and the fixed properties.
  std::string Identity(std::size_t row) const {
    std::string identity = TheWorld().plain()[row].class_name;
    for (const auto& [name, value] : TheWorld().plain()[row].values) {
      if (!fixed_.contains(name)) continue;
      identity += fmt::format("/{} {} {} {} {}", oracle::Decimal(value.whole), value.real, value.boolean, value.text,
                              static_cast<const void*>(value.thing.get()));
    }
    return identity;
  }

  bool Passes(const EventQuery& query, std::size_t target, std::size_t previous) const {
    std::vector<cim::ValueView> slots(event_class_->properties().size());
    slots[target_slot_] = cim::ValueView::OfObject(&TheWorld().object(target));
    slots[previous_slot_] = cim::ValueView::OfObject(&TheWorld().object(previous));
    return query.filter->Matches({event_class_.get(), slots.data()});
  }

  // Every row of the target, and which of them the data query gives.
  void CheckRows(const EventQuery& query, const Watched& watched) {
    const auto tree = Parse(watched.data_query);
    const BoundQuery data = Bind(*tree.value(), classes_).value();
    std::vector<bool> is_row(TheWorld().plain().size());
    std::map<std::string, std::vector<std::size_t>> same;
    for (std::size_t row = 0; row < is_row.size(); ++row) {
      is_row[row] = TheWorld().object(row).schema().IsA(watched.target->name()) &&
                    (data.filter == nullptr || data.filter->Matches(TheWorld().row(row)));
      left_out_ += is_row[row] ? 0 : 1;
      same[Identity(row)].push_back(row);
    }
    for (const auto& [identity, rows] : same) {
      for (const std::size_t row : rows) {
        ASSERT_EQ(is_row[row], is_row[rows.front()]) << "a change leads in or out: row " << row;
        for (const std::size_t previous : rows) {
          if (!Passes(query, row, previous)) continue;
          ++matches_;
          ASSERT_TRUE(is_row[row]) << "row " << row << " matches, before it was row " << previous;
        }
      }
    }
  }

  void Check(const std::string& text) {
    SCOPED_TRACE(text);
    const auto tree = Parse(text);
    ASSERT_TRUE(tree.ok()) << tree.status().Message();
    const auto query = BindEvent(*tree.value(), classes_);
    ASSERT_TRUE(query.ok()) << query.status().Message();
    const Found found = FindWatched(
        *tree.value(), query.value(), classes_,
        [this](const cim::Class& schema, std::size_t slot) { return fixed_.contains(schema.properties()[slot].name); });
    if (!found.ok()) {
      ASSERT_EQ(found.status().code(), code::kInvalidClass) << found.status().Message();
      return;
    }
    SCOPED_TRACE((*found)->data_query);
    CheckDataQuery(**found, classes_);
    if (HasFatalFailure() || (*found)->target == nullptr) return;
    ++watched_;
    CheckRows(query.value(), **found);
  }

  WatchClasses classes_;
  std::mt19937 random_;
  cim::ClassPtr event_class_;
  std::size_t target_slot_ = 0;
  std::size_t previous_slot_ = 0;
  std::set<std::string> fixed_;
  std::size_t watched_ = 0;   // queries with a target
  std::size_t matches_ = 0;   // events that pass
  std::size_t left_out_ = 0;  // rows that a data query leaves out
};

TEST_F(RandomEventQueries, AnEventThatMatchesIsAboutARowOfTheDataQuery) {
  const auto pick = [this](std::size_t below) { return Pick(below); };
  oracle::Grower grower(pick, oracle::RefusedTests::kAvoided);
  for (int i = 0; i < 600 && !HasFatalFailure(); ++i) {
    fixed_ = {"K", "N"};
    const std::size_t share = Pick(3);
    for (const oracle::PlainProperty& property : oracle::RowProperties()) {
      if (Pick(2) < share) fixed_.insert(property.name);
    }
    NodePtr clause = AboutInstance(*grower.Grow(4));
    if (i % 8 != 0) {
      const char* name = Pick(4) == 0 ? "O_Sub" : "O_Base";
      clause = oracle::Join('&', {oracle::MakeTest({"TargetInstance"}, "ISA", oracle::Text(name)), std::move(clause)});
    }
    // AND in AND is written without parentheses, OR in AND with them.
    Check("SELECT * FROM __InstanceModificationEvent WHERE " +
          oracle::Write(*clause, static_cast<std::uint32_t>(random_() % 1'000)));
  }
  std::cout << watched_ << " watched, " << matches_ << " matches, " << left_out_ << " rows left out\n";
  EXPECT_GT(watched_, 300U);
  EXPECT_GT(matches_, 1'000U);
  EXPECT_GT(left_out_, 2'000U);
}

}  // namespace
}  // namespace wmi::wql
