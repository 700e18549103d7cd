// The index of filters against asking every filter: random clauses about random events, and the hub that uses it.
#include "engine/filter_index.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/event_hub.h"
#include "wql/event_query.h"
#include "wql/query.h"

namespace wmi::engine {
namespace {

using cim::CimType;

cim::Property MakeProperty(std::string name, CimType type) {
  cim::Property property;
  property.name = std::move(name);
  property.type.type = type;
  return property;
}

// A property of each type that matters, once in the event and once in an object that it holds; the classes Thing and
// Other of such objects have the same names with different types.
class Classes final : public cim::ClassFinder {
 public:
  Classes() {
    Add("__IndicationRelated", "", {});
    Add("__Event", "__IndicationRelated", {});
    Add("__ExtrinsicEvent", "__Event", {});
    Add("Happening", "__ExtrinsicEvent",
        {MakeProperty("Text", CimType::kString), MakeProperty("Small", CimType::kUint8),
         MakeProperty("Whole", CimType::kSint32), MakeProperty("Large", CimType::kUint64),
         MakeProperty("Truth", CimType::kBoolean), MakeProperty("Real", CimType::kReal64),
         MakeProperty("Time", CimType::kDatetime), MakeProperty("Letter", CimType::kChar16),
         MakeProperty("Held", CimType::kObject)});
    Add("LoudHappening", "Happening", {MakeProperty("Volume", CimType::kUint32)});
    Add("Thing", "", {MakeProperty("A", CimType::kString), MakeProperty("B", CimType::kSint64)});
    Add("Other", "",
        {MakeProperty("A", CimType::kUint16), MakeProperty("B", CimType::kBoolean), MakeProperty("C", CimType::kReal32),
         MakeProperty("D", CimType::kDatetime), MakeProperty("E", CimType::kChar16)});
  }
  cim::ClassPtr FindClass(std::string_view name) const override {
    const auto found = classes_.find(Fold(name));
    return found == classes_.end() ? nullptr : found->second;
  }

 private:
  void Add(std::string name, std::string_view base, std::vector<cim::Property> properties) {
    cim::ClassDeclaration declaration;
    declaration.name = name;
    declaration.properties = std::move(properties);
    classes_[Fold(name)] =
        cim::Class::Make(std::move(declaration), base.empty() ? nullptr : FindClass(base), nullptr).value();
  }

  std::map<std::string, cim::ClassPtr> classes_;
};

const Classes& TheClasses() {
  static const Classes classes;
  return classes;
}

Result<wql::EventQuery> BindQuery(const std::string& text) {
  const auto tree = wql::Parse(text);
  if (!tree.ok()) return tree.status();
  return wql::BindEvent(**tree, TheClasses());
}

std::shared_ptr<const wql::Predicate> FilterOf(const std::string& where) {
  return BindQuery("SELECT * FROM Happening WHERE " + where).value().filter;
}

class Dice {
 public:
  Dice() {
    const char* given = std::getenv("WMI_TEST_SEED");
    const auto seed =
        given != nullptr ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10)) : std::random_device()();
    std::cout << "seed: WMI_TEST_SEED=" << seed << "\n";
    random_.seed(seed);
  }
  std::size_t Below(std::size_t count) { return random_() % count; }
  template <typename Choices>
  auto Pick(const Choices& choices) {
    return choices[Below(choices.size())];
  }

 private:
  std::mt19937 random_;
};

// ---- events ---------------------------------------------------------------------------------------------------------

const std::vector<std::string> kTexts{"a", "A", "\u00c4", "\u00e4", "5", "05", "true", "B", ""};
const std::vector<std::string> kTimes{"20240229120000.000000+000", "20240229130000.000000+060"};

// Of a type, or NULL.
void SetRandom(Dice& dice, const cim::Class& schema, std::size_t slot, cim::RowBlockBuilder& row) {
  if (dice.Below(8) == 0) return;
  const CimType type = schema.properties()[slot].type.type;
  if (type == CimType::kString) return row.SetText(slot, dice.Pick(kTexts));
  if (type == CimType::kDatetime) return row.SetText(slot, dice.Pick(kTimes));
  if (type == CimType::kBoolean) return row.SetBoolean(slot, dice.Below(2) == 1);
  if (type == CimType::kChar16) return row.SetUnsigned(slot, dice.Pick(std::vector<std::uint64_t>{'a', 'A', 'B'}));
  if (cim::IsReal(type)) return row.SetReal(slot, dice.Pick(std::vector<double>{0, 1, 5}));
  if (cim::IsSignedInteger(type)) {
    return row.SetSigned(slot, dice.Pick(std::vector<std::int64_t>{-5, -1, 0, 1, 5}));
  }
  if (cim::IsInteger(type)) row.SetUnsigned(slot, dice.Pick(std::vector<std::uint64_t>{0, 1, 5, 200}));
}

cim::Object MakeRandom(Dice& dice, const std::string& class_name) {
  const cim::ClassPtr schema = TheClasses().FindClass(class_name);
  cim::RowBlockBuilder row;
  row.BeginRow(schema);
  for (std::size_t slot = 0; slot < schema->properties().size(); ++slot) SetRandom(dice, *schema, slot, row);
  if (const auto held = schema->FindSlot("Held"); held && dice.Below(6) != 0) {
    const cim::Object inner = MakeRandom(dice, dice.Below(2) == 0 ? "Thing" : "Other");
    row.Set(*held, cim::ValueView::OfObject(&inner));
  }
  row.CommitRow();
  std::vector<cim::Object> made;
  row.Finish(made);
  return made.front();
}

// ---- clauses --------------------------------------------------------------------------------------------------------

std::string RandomTest(Dice& dice) {
  static const std::vector<std::string> properties{"Text",   "text",   "Small",  "Whole",  "Large",  "Truth",
                                                   "Real",   "Time",   "Letter", "Held.A", "held.a", "Held.B",
                                                   "Held.C", "Held.D", "Held.E", "Held.F"};
  static const std::vector<std::string> constants{
      "'a'",  "'A'",  "'\u00c4'", "5",      "-5", "1",   "0",   "'5'", "'05'",
      "'-5'", "TRUE", "FALSE",    "'true'", "''", "200", "300", "1.5", "'20240229120000.000000+000'"};
  static const std::vector<std::string> operators{"=", "=", "=", "=", "=", "=", "<>", "<", ">="};
  switch (dice.Below(12)) {
    case 0:
      return dice.Pick(properties) + (dice.Below(2) == 0 ? " IS NULL" : " IS NOT NULL");
    case 1:
      return dice.Below(2) == 0 ? "Held ISA 'Thing'" : "Held.__CLASS = 'Other'";
    default:
      return fmt::format("{} {} {}", dice.Pick(properties), dice.Pick(operators), dice.Pick(constants));
  }
}

std::string RandomClause(Dice& dice, int depth) {
  if (depth == 0 || dice.Below(3) == 0) return RandomTest(dice);
  if (dice.Below(6) == 0) return "NOT (" + RandomClause(dice, depth - 1) + ")";
  std::string clause = RandomClause(dice, depth - 1);
  const char* const joint = dice.Below(2) == 0 ? " AND " : " OR ";
  for (std::size_t i = dice.Below(3) + 1; i > 0; --i) clause += joint + RandomClause(dice, depth - 1);
  return "(" + clause + ")";
}

// ---- the index against asking all -----------------------------------------------------------------------------------

struct Asker {
  std::string clause;
  std::shared_ptr<const wql::Predicate> filter;
  FilterIndex<Asker>::Place place = 0;
};
using AskerPtr = std::shared_ptr<Asker>;

// Those that are found, each once.
std::set<const Asker*> FoundIn(const FilterIndex<Asker>& index, const cim::Object& event) {
  std::set<const Asker*> found;
  index.Find(event, [&](const AskerPtr& asker) {
    EXPECT_TRUE(found.insert(asker.get()).second) << "twice: " << asker->clause;
  });
  return found;
}

struct Tally {
  std::size_t matches = 0;
  std::size_t found = 0;
  std::size_t asked = 0;
};

void Compare(const FilterIndex<Asker>& index, const std::vector<AskerPtr>& askers, const cim::Object& event,
             Tally& tally) {
  const std::set<const Asker*> found = FoundIn(index, event);
  for (const AskerPtr& asker : askers) {
    const bool matches = asker->filter == nullptr || asker->filter->Matches(event.row());
    if (matches) {
      ASSERT_TRUE(found.contains(asker.get())) << asker->clause;
      ++tally.matches;
    }
  }
  tally.found += found.size();
  tally.asked += askers.size();
}

// One clause of random tests that binds; constants that do not suit are tried again.
AskerPtr RandomAsker(Dice& dice) {
  while (true) {
    std::string clause = RandomClause(dice, 2);
    Result<wql::EventQuery> query = BindQuery("SELECT * FROM Happening WHERE " + clause);
    if (query.ok()) return std::make_shared<Asker>(Asker{std::move(clause), query->filter});
  }
}

TEST(FilterIndex, RandomFiltersAreFoundWheneverTheyMatch) {
  Dice dice;
  Tally tally;
  for (int round = 0; round < 8 && !testing::Test::HasFatalFailure(); ++round) {
    FilterIndex<Asker> index;
    std::vector<AskerPtr> askers;
    for (int i = 0; i < 150; ++i) {
      askers.push_back(RandomAsker(dice));
      askers.back()->place = index.Add(askers.back(), askers.back()->filter.get());
    }
    const auto compare = [&] {
      for (int i = 0; i < 100; ++i) {
        Compare(index, askers, MakeRandom(dice, i % 4 == 0 ? "LoudHappening" : "Happening"), tally);
        if (testing::Test::HasFatalFailure()) return;
      }
    };
    compare();
    // Half of them go, and come no more.
    for (int i = 0; i < 75; ++i) {
      const std::size_t gone = dice.Below(askers.size());
      index.Remove(askers[gone].get(), askers[gone]->filter.get(), askers[gone]->place);
      askers.erase(askers.begin() + static_cast<std::ptrdiff_t>(gone));
    }
    compare();
    for (const AskerPtr& asker : askers) index.Remove(asker.get(), asker->filter.get(), asker->place);
    EXPECT_TRUE(index.empty());
  }
  std::cout << tally.matches << " matches, " << tally.found << " found of " << tally.asked << "\n";
  EXPECT_GT(tally.matches, 10'000U);
  // Else it would be no index.
  EXPECT_LT(tally.found, tally.asked * 9 / 10);
}

// ---- what is filed where --------------------------------------------------------------------------------------------

cim::Object MakeHappening(std::string_view text, std::int64_t whole) {
  cim::RowBlockBuilder row;
  row.BeginRow(TheClasses().FindClass("Happening"));
  row.SetText(0, text);
  row.SetSigned(2, whole);
  row.CommitRow();
  std::vector<cim::Object> made;
  row.Finish(made);
  return made.front();
}

class FilterIndexOf : public ::testing::Test {
 protected:
  void Add(const std::string& clause) {
    askers_.push_back(std::make_shared<Asker>(Asker{clause, clause.empty() ? nullptr : FilterOf(clause)}));
    askers_.back()->place = index_.Add(askers_.back(), askers_.back()->filter.get());
  }
  std::set<std::string> Found(const cim::Object& event) const {
    std::set<std::string> clauses;
    for (const Asker* asker : FoundIn(index_, event)) clauses.insert(asker->clause);
    return clauses;
  }

  FilterIndex<Asker> index_;
  std::vector<AskerPtr> askers_;
};

TEST_F(FilterIndexOf, TextIsFoundWithoutCase) {
  Add("Text = 'bell'");
  Add("Text = '\u00c4pfel'");
  Add("NOT (Text <> 'drum')");
  Add("");
  EXPECT_EQ(Found(MakeHappening("BELL", 0)), (std::set<std::string>{"Text = 'bell'", ""}));
  EXPECT_EQ(Found(MakeHappening("\u00e4PFEL", 0)), (std::set<std::string>{"Text = '\u00c4pfel'", ""}));
  EXPECT_EQ(Found(MakeHappening("Drum", 0)), (std::set<std::string>{"NOT (Text <> 'drum')", ""}));
  EXPECT_EQ(Found(MakeHappening("horn", 0)), std::set<std::string>{""});
}

TEST_F(FilterIndexOf, AListOfValuesIsFoundUnderEach) {
  Add("Whole = 1 OR Whole = -2 OR (Whole = 3 AND Text = 'x')");
  EXPECT_EQ(Found(MakeHappening("", 1)).size(), 1U);
  EXPECT_EQ(Found(MakeHappening("", -2)).size(), 1U);
  EXPECT_EQ(Found(MakeHappening("", 2)).size(), 0U);
}

TEST_F(FilterIndexOf, WhatIsOpenOnOneSideOfAnOrIsAskedAlways) {
  Add("Text = 'a' OR Whole > 5");
  Add("Text = 'a' OR Text IS NULL");
  EXPECT_EQ(Found(MakeHappening("b", 1)).size(), 2U);
}

TEST_F(FilterIndexOf, ThePropertyThatTellsFiltersApartIsUsed) {
  for (int i = 0; i < 100; ++i) Add(fmt::format("Text = 'stopped' AND Whole = {}", i));
  EXPECT_LE(Found(MakeHappening("stopped", 42)).size(), 2U);
}

TEST_F(FilterIndexOf, TooManyValuesAreNoRestriction) {
  std::string clause = "Whole = 0";
  for (std::size_t i = 1; i < wql::kRestrictionValuesMax; ++i) clause += fmt::format(" OR Whole = {}", i);
  Add(clause);
  EXPECT_EQ(Found(MakeHappening("", -7)).size(), 0U);
  Add(clause + " OR Whole = 1000");
  EXPECT_EQ(Found(MakeHappening("", -7)).size(), 1U);
}

// ---- the hub --------------------------------------------------------------------------------------------------------

class Hearer final : public EventReceiver {
 public:
  void Offer(const cim::Object&) override { ++heard; }
  int heard = 0;
};

TEST(EventHub, OffersWhatAFilterMayMatchInItsScopeOnly) {
  EventHub hub;
  const auto bells = std::make_shared<Hearer>();
  const auto drums = std::make_shared<Hearer>();
  const auto all = std::make_shared<Hearer>();
  const auto elsewhere = std::make_shared<Hearer>();
  auto bell_entry = hub.Add(bells, {"ROOT\\Here", "happening", "", FilterOf("Text = 'bell'")});
  const auto drum_entry = hub.Add(drums, {"root\\here", "Happening", "", FilterOf("Text = 'drum'")});
  const auto all_entry = hub.Add(all, {"", "__Event", ""});
  const auto other_entry = hub.Add(elsewhere, {"root\\there", "Happening", ""});
  hub.Fire("root\\HERE", MakeHappening("BELL", 1));
  EXPECT_EQ(bells->heard, 1);
  EXPECT_EQ(drums->heard, 0);
  EXPECT_EQ(all->heard, 1);
  EXPECT_EQ(elsewhere->heard, 0);
  EXPECT_TRUE(hub.IsWanted("HAPPENING"));
  bell_entry.reset();
  hub.Fire("root\\here", MakeHappening("bell", 1));
  EXPECT_EQ(bells->heard, 1);
  EXPECT_EQ(all->heard, 2);
  EXPECT_EQ(bells.use_count(), 1);
}

// Most have the same filter in other words, and each must be told once.
TEST(EventHub, TellsEachOfManySubscriptionsOnce) {
  EventHub hub;
  std::vector<std::shared_ptr<Hearer>> hearers;
  std::vector<std::unique_ptr<EventHub::Entry>> entries;
  for (int i = 0; i < 100; ++i) {
    hearers.push_back(std::make_shared<Hearer>());
    entries.push_back(hub.Add(hearers.back(), {"root\\here", "Happening", "",
                                               FilterOf(fmt::format("Text = 'bell' OR Text = 'drum {}'", i % 10))}));
  }
  hub.Fire("root\\here", MakeHappening("Bell", 1));
  hub.Fire("root\\here", MakeHappening("drum 3", 1));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(hearers[static_cast<std::size_t>(i)]->heard, i % 10 == 3 ? 2 : 1) << i;
}

}  // namespace
}  // namespace wmi::engine
