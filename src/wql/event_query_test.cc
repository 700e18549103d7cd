// Runs the data files tests/wql/events/*.test: event queries, what they bind to and which events pass.
#include "wql/event_query.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
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
using testing::CheckError;
using testing::Expectation;
using testing::MakeProperty;
using testing::Names;
using testing::ReadFile;
using testing::Table;
using testing::TheTable;
using testing::Words;

// Some event classes and five events, beside the classes and rows of TheTable.
class EventTable : public ClassFinder {
 public:
  EventTable() {
    AddClasses();
    AddInstanceEvent("alpha-created", "__InstanceCreationEvent", 0);
    AddInstanceEvent("beta-changed", "__InstanceModificationEvent", 1);
    AddInstanceEvent("gamma-created", "__InstanceCreationEvent", 2);
    AddAlarm("alarm", "T_Alarm", 3, 1);
    AddAlarm("fire", "T_Fire", 5, 2);
  }

  cim::ClassPtr FindClass(std::string_view name) const override {
    for (const cim::ClassPtr& known : classes_) {
      if (EqualFolded(known->name(), name)) return known;
    }
    return TheTable().FindClass(name);
  }
  std::vector<std::string> ClassNames() const override {
    std::vector<std::string> names = TheTable().names();
    for (const cim::ClassPtr& known : classes_) names.push_back(known->name());
    return names;
  }

  std::multiset<std::string> Passing(const EventQuery& query) const {
    std::multiset<std::string> names;
    for (std::size_t i = 0; i < events_.size(); ++i) {
      const cim::Class& schema = events_[i].schema();
      if (!schema.IsA(query.schema->name())) continue;
      std::vector<cim::ValueView> slots;
      for (std::size_t slot = 0; slot < schema.properties().size(); ++slot) slots.push_back(events_[i].slot(slot));
      if (query.filter == nullptr || query.filter->Matches({&schema, slots.data()})) names.insert(names_[i]);
    }
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

  void AddClasses() {
    using cim::CimType;
    AddClass("__SystemClass", "");
    AddClass("__IndicationRelated", "__SystemClass");
    AddClass(
        "__Event", "__IndicationRelated",
        {testing::MakeArray("SECURITY_DESCRIPTOR", CimType::kUint8), MakeProperty("TIME_CREATED", CimType::kUint64)});
    AddClass("__InstanceOperationEvent", "__Event", {MakeProperty("TargetInstance", CimType::kObject)});
    AddClass("__InstanceCreationEvent", "__InstanceOperationEvent");
    AddClass("__InstanceModificationEvent", "__InstanceOperationEvent",
             {MakeProperty("PreviousInstance", CimType::kObject)});
    AddClass("__AggregateEvent", "__IndicationRelated",
             {MakeProperty("NumberOfEvents", CimType::kUint32), MakeProperty("Representative", CimType::kObject)});
    AddClass("__ExtrinsicEvent", "__Event");
    AddClass("T_Alarm", "__ExtrinsicEvent",
             {MakeProperty("Level", CimType::kUint32), MakeProperty("Source", CimType::kString),
              MakeProperty("Loud", CimType::kBoolean), MakeProperty("Place", CimType::kObject, "T_Part")});
    AddClass("T_Fire", "T_Alarm");
    AddClass("__EventFilter", "__IndicationRelated", {testing::MakeKey("Name", CimType::kString)});
    AddClass("__EventConsumer", "__IndicationRelated");
    AddClass("T_LoudConsumer", "__EventConsumer");
  }

  void Add(std::string name, const std::string& class_name, const std::map<std::string, cim::ValueView>& values) {
    cim::RowBlockBuilder builder;
    const cim::ClassPtr schema = FindClass(class_name);
    builder.BeginRow(schema);
    for (const auto& [property, value] : values) builder.Set(*schema->FindSlot(property), value);
    builder.CommitRow();
    builder.Finish(events_);
    names_.push_back(std::move(name));
  }

  // About a row of T_Thing; a change was from the first row.
  void AddInstanceEvent(std::string name, const std::string& class_name, std::size_t row) {
    std::map<std::string, cim::ValueView> values{
        {"TargetInstance", cim::ValueView::OfObject(&TheTable().objects()[row])}};
    if (FindClass(class_name)->FindSlot("PreviousInstance")) {
      values["PreviousInstance"] = cim::ValueView::OfObject(&TheTable().objects()[0]);
    }
    Add(std::move(name), class_name, values);
  }

  void AddAlarm(std::string name, const std::string& class_name, std::uint64_t level, std::uint64_t time) {
    Add(std::move(name), class_name,
        {{"Level", cim::ValueView::Unsigned(level)},
         {"Source", cim::ValueView::Text("Cellar")},
         {"TIME_CREATED", cim::ValueView::Unsigned(time)}});
  }

  std::vector<cim::ClassPtr> classes_;
  std::vector<cim::Object> events_;
  std::vector<std::string> names_;
};

const EventTable& TheEvents() {
  static const EventTable table;
  return table;
}

Result<EventQuery> ParseAndBind(const std::string& query) {
  const auto tree = TRY(Parse(query));
  return BindEvent(*tree, TheEvents());
}

std::string OperatorText(Operator op) {
  static const std::map<Operator, std::string> kTexts{{Operator::kEqual, "="},   {Operator::kNotEqual, "<>"},
                                                      {Operator::kLess, "<"},    {Operator::kLessOrEqual, "<="},
                                                      {Operator::kGreater, ">"}, {Operator::kGreaterOrEqual, ">="}};
  return kTexts.at(op);
}

// "10 BY Source, TargetInstance.Name HAVING >= 2"
std::string GroupText(const EventQuery& query) {
  if (!query.group) return "none";
  std::string text = std::to_string(query.group->within_seconds);
  for (std::size_t i = 0; i < query.group->by.size(); ++i) {
    text += i == 0 ? " BY " : ", ";
    text += fmt::format("{}", fmt::join(query.group->by[i], "."));
  }
  const std::optional<HavingClause>& having = query.group->having;
  if (having) text += fmt::format(" HAVING {} {}", OperatorText(having->op), having->count);
  return text;
}

void CheckExpectation(const Expectation& expected, const EventQuery& query) {
  if (expected.what == "class") {
    EXPECT_EQ(query.schema->name(), expected.value);
  } else if (expected.what == "within") {
    EXPECT_EQ(query.within_seconds ? fmt::format("{}", *query.within_seconds) : "none", expected.value);
  } else if (expected.what == "kind") {
    EXPECT_EQ(query.IsExtrinsic() ? "extrinsic" : "intrinsic", expected.value);
  } else if (expected.what == "visible") {
    EXPECT_EQ(Names(query.visible, *query.schema), Words(expected.value));
  } else if (expected.what == "group") {
    EXPECT_EQ(GroupText(query), expected.value);
  } else if (expected.what == "events") {
    EXPECT_EQ(TheEvents().Passing(query), Words(expected.value));
  } else {
    ADD_FAILURE() << "unknown expectation " << expected.what;
  }
}

void RunCase(const Case& test) {
  SCOPED_TRACE(fmt::format("{}:{}: {}", test.file, test.line, test.query));
  ASSERT_FALSE(test.expectations.empty()) << "the case expects nothing";
  const Result<EventQuery> bound = ParseAndBind(test.query);
  for (const Expectation& expected : test.expectations) {
    if (expected.what == "error") {
      CheckError(test, expected.value, bound.status());
      continue;
    }
    ASSERT_TRUE(bound.ok()) << bound.status().Message();
    CheckExpectation(expected, bound.value());
  }
}

TEST(EventDataFiles, EveryQueryGivesWhatItsFileSays) {
  std::size_t cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(WMI_SOURCE_DIR) + "/tests/wql/events")) {
    if (entry.path().extension() != ".test") continue;
    for (const Case& test : ReadFile(entry.path())) {
      RunCase(test);
      ++cases;
    }
  }
  EXPECT_GT(cases, 80U);
}

TEST(EventQueryLimits, LengthOfTheGroupList) {
  std::string list = "Level";
  for (std::size_t i = 1; i < limits::kSelectListMax; ++i) list += ",Level";
  EXPECT_TRUE(ParseAndBind("SELECT * FROM T_Alarm GROUP WITHIN 1 BY " + list).ok());
  EXPECT_EQ(ParseAndBind("SELECT * FROM T_Alarm GROUP WITHIN 1 BY " + list + ",Level").status().code(),
            code::kQuotaViolation);
}

// "2 attic, 3 cellar"; "open" when one of the properties is not tied to values.
std::string TuplesText(const std::string& where) {
  const Result<EventQuery> query = ParseAndBind("SELECT * FROM T_Alarm WHERE " + where);
  if (!query.ok()) return query.status().Message();
  const auto tuples = query->filter->TuplesOf({*query->schema->FindSlot("Level"), *query->schema->FindSlot("Source")});
  if (!tuples) return "open";
  std::vector<std::string> texts;
  for (const auto& tuple : *tuples) {
    texts.push_back(fmt::format("{} {}", tuple[0].view().unsigned_integer(), tuple[1].view().text()));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

TEST(BindEvent, ToldWhichCombinationsOfValuesCount) {
  const std::pair<const char*, const char*> rows[] = {
      {"Level = 2 AND Source = 'attic'", "2 attic"},
      {"Level = 2 AND (Source = 'attic' OR Source = 'cellar')", "2 attic, 2 cellar"},
      {"(Level = 2 AND Source = 'attic') OR (Level = 3 AND Source = 'cellar')", "2 attic, 3 cellar"},
      {"Level = 2 AND Source = 'attic' OR Source = 'ATTIC' AND Level = 2", "2 attic"},
      {"Level = 2 AND Source = 'attic' AND Loud = TRUE AND TIME_CREATED > 5", "2 attic"},
      {"Level = 2 AND Source = '' ", "2 "},
      {"Level = 2 AND Source = 'attic' AND Source = 'cellar'", ""},
      {"Level = 2 OR Source = 'attic'", "open"},
      {"Level = 2", "open"},
      {"Level = 2 AND Source LIKE 'a%'", "open"},
      {"Level = 2 AND NOT Source = 'attic'", "open"},
  };
  for (const auto& [where, expected] : rows) EXPECT_EQ(TuplesText(where), expected) << where;
}

TEST(BindEvent, TheQueryOutlivesTreeAndText) {
  EventQuery query;
  {
    std::string text = "SELECT * FROM T_Alarm WHERE Source = 'cellar' GROUP WITHIN 5 BY Place.Label";
    const auto tree = Parse(text);
    ASSERT_TRUE(tree.ok());
    auto bound = BindEvent(*tree.value(), TheEvents());
    ASSERT_TRUE(bound.ok()) << bound.status().Message();
    query = std::move(bound).value();
    text.assign(text.size(), '#');
  }
  EXPECT_EQ(TheEvents().Passing(query), (std::multiset<std::string>{"alarm", "fire"}));
  EXPECT_EQ(GroupText(query), "5 BY Place.Label");
}

}  // namespace
}  // namespace wmi::wql
