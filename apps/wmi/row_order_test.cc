#include "wmi/row_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace wmi::cli {
namespace {

Value Text(const char* text) { return {std::string(text)}; }
Value Time(const char* dmtf) { return {DateTime{dmtf}}; }
Value Signed(std::int64_t number) { return {number}; }
Value Unsigned(std::uint64_t number) { return {number}; }

Row Named(const char* name) { return {{{"Name", Text(name)}}}; }

std::string Joined(const SortedRows& rows) {
  std::string text;
  for (const auto& [key, row] : rows.rows()) text += std::get<std::string>(row.properties.front().value.data);
  return text;
}

// Each is less than all behind it.
void ExpectAscending(const std::vector<Value>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(CompareValues(values[i], values[i]), 0) << i;
    for (std::size_t j = i + 1; j < values.size(); ++j) {
      EXPECT_LT(CompareValues(values[i], values[j]), 0) << i << ' ' << j;
      EXPECT_GT(CompareValues(values[j], values[i]), 0) << i << ' ' << j;
    }
  }
}

TEST(CompareValuesTest, NumbersGoByTheirWorthWhateverTheirType) {
  ExpectAscending({Signed(std::numeric_limits<std::int64_t>::min()),
                   Signed(-1),
                   {-0.5},
                   Unsigned(0),
                   {0.5},
                   Signed(9),
                   Unsigned(10),
                   Signed(std::numeric_limits<std::int64_t>::max()),
                   Unsigned(std::numeric_limits<std::uint64_t>::max() - 1),
                   Unsigned(std::numeric_limits<std::uint64_t>::max()),
                   {1e300},
                   {std::numeric_limits<double>::infinity()},
                   {std::numeric_limits<double>::quiet_NaN()}});
  EXPECT_EQ(CompareValues(Signed(7), Unsigned(7)), 0);
  EXPECT_EQ(CompareValues(Signed(7), {7.0}), 0);
}

TEST(CompareValuesTest, DatetimesGoByTheInstant) {
  // The first is one hour before the second, though its text is greater.
  ExpectAscending({Time("20261122130000.000000+120"), Time("20261122120000.000000+000"),
                   Time("20261122120000.000001+000"), Time("00000000000001.000000:000"),
                   Time("00000001000000.000000:000"), Time("20261122******.******+***"), Time("nonsense")});
  EXPECT_EQ(CompareValues(Time("20261122130000.000000+060"), Time("20261122120000.000000+000")), 0);
}

TEST(CompareValuesTest, TextsGoWithoutCase) {
  ExpectAscending({Text(""), Text("a"), Text("AB"), Text("b"), Text("Z"), Text("ä"), Text("ÖL")});
  EXPECT_EQ(CompareValues(Text("Öl"), Text("öL")), 0);
  EXPECT_LT(CompareValues(Text("10"), Text("9")), 0) << "a text is no number";
}

TEST(CompareValuesTest, KindsHaveAnOrderAndNullIsLast) {
  const auto object = [](Value value) { return Value{std::make_shared<const Row>(Row{{{"P", std::move(value)}}})}; };
  ExpectAscending({{false},
                   {true},
                   Signed(5),
                   Time("20261122120000.000000+000"),
                   Text("5"),
                   {Value::Array{}},
                   {Value::Array{Signed(1)}},
                   {Value::Array{Signed(1), Signed(0)}},
                   {Value::Array{Signed(2)}},
                   object(Signed(1)),
                   object(Signed(2)),
                   Value{}});
}

TEST(KeyOrderTest, DownTurnsEverythingButNull) {
  const KeyOrder order({Direction::kDown, Direction::kUp});
  EXPECT_TRUE(order({Signed(2), Text("b")}, {Signed(1), Text("a")}));
  EXPECT_TRUE(order({Signed(2), Text("a")}, {Signed(2), Text("b")}));
  EXPECT_TRUE(order({Signed(1), Text("a")}, {Value{}, Text("a")}));
  EXPECT_FALSE(order({Value{}, Text("a")}, {Signed(1), Text("a")}));
  EXPECT_TRUE(order({Value{}, Text("a")}, {Value{}, Value{}}));
  EXPECT_FALSE(order({Value{}, Text("a")}, {Value{}, Text("A")}));
}

TEST(SortedRowsTest, EqualRowsStayAsTheyCame) {
  SortedRows rows({Direction::kUp}, std::nullopt);
  for (const auto& [key, name] : {std::pair{2, "c"}, {1, "a"}, {2, "d"}, {1, "b"}}) {
    ASSERT_EQ(rows.Add({Signed(key)}, Named(name)), Room::kLeft);
  }
  EXPECT_EQ(Joined(rows), "abcd");
}

TEST(SortedRowsTest, ALimitKeepsTheFirstAndNoMore) {
  SortedRows rows({Direction::kDown}, 3);
  std::vector<int> numbers(26);
  for (int i = 0; i < 26; ++i) numbers[static_cast<std::size_t>(i)] = i;
  const unsigned seed = std::random_device()();
  std::shuffle(numbers.begin(), numbers.end(), std::mt19937(seed));
  for (const int number : numbers) {
    const std::string name(1, static_cast<char>('a' + number));
    ASSERT_EQ(rows.Add({Signed(number)}, Named(name.c_str())), Room::kLeft);
    EXPECT_LE(rows.rows().size(), 3u);
  }
  EXPECT_EQ(Joined(rows), "zyx") << "seed " << seed;
  EXPECT_FALSE(rows.Wants({Signed(23)})) << "an equal row came later";
  EXPECT_TRUE(rows.Wants({Signed(24)}));
}

TEST(SortedRowsTest, MemoryEndsAtTheLimitExactlyAndALimitOfRowsHelps) {
  const auto row = [] { return Named("a name that is long enough to be stored on its own"); };
  SortedRows one({Direction::kUp}, std::nullopt, 1u << 20);
  std::size_t fitting = 0;
  while (one.Add({Signed(0)}, row()) == Room::kLeft) ++fitting;
  ASSERT_GT(fitting, 1000u);
  EXPECT_EQ(one.rows().size(), fitting);
  EXPECT_GT((fitting + 1) * SizeOf(row()), std::size_t{1} << 19) << "the reckoning has lost touch with the rows";

  SortedRows cut({Direction::kUp}, fitting / 2, 1u << 20);
  for (std::size_t i = 0; i < fitting * 2; ++i) {
    const auto descending = Signed(-static_cast<std::int64_t>(i));
    ASSERT_EQ(cut.Add({descending}, row()), Room::kLeft) << i;
  }
  EXPECT_EQ(cut.rows().size(), fitting / 2);
}

TEST(GroupCountsTest, CountsWithoutCaseAndShowsTheFirstSpelling) {
  GroupCounts groups(2);
  for (const char* name : {"bash", "Bash", "awk", "BASH"}) {
    ASSERT_EQ(groups.Add({Text(name), Signed(1)}), Room::kLeft);
  }
  ASSERT_EQ(groups.Add({Value{}, Signed(1)}), Room::kLeft);
  ASSERT_EQ(groups.Add({Text("bash"), Unsigned(2)}), Room::kLeft);
  std::string text;
  for (const auto& [key, count] : groups.counts()) {
    text += (key[0].IsNull() ? "NULL" : std::get<std::string>(key[0].data)) + '=' + std::to_string(count) + ' ';
  }
  EXPECT_EQ(text, "awk=1 bash=3 bash=1 NULL=1 ");
}

TEST(GroupCountsTest, OnlyNewGroupsTakeMemory) {
  GroupCounts groups(1, 1u << 16);
  std::int64_t count = 0;
  while (groups.Add({Signed(count)}) == Room::kLeft) ++count;
  ASSERT_GT(count, 100);
  EXPECT_EQ(groups.Add({Signed(0)}), Room::kLeft);
  EXPECT_EQ(groups.Add({Signed(count)}), Room::kNone);
  EXPECT_EQ(groups.counts().size(), static_cast<std::size_t>(count));
}

TEST(SplitColumnsTest, TakesNamesBetweenCommas) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(SplitColumns("Name"), Names{"Name"});
  EXPECT_EQ(SplitColumns(" a , b.c,__CLASS"), (Names{"a", "b.c", "__CLASS"}));
  for (const char* wrong : {"", " ", ",", "a,", ",a", "a,,b"}) {
    EXPECT_EQ(SplitColumns(wrong), std::nullopt) << wrong;
    EXPECT_EQ(SplitSortColumns(wrong), std::nullopt) << wrong;
  }
  EXPECT_EQ(SplitSortColumns("-a, b"), (std::vector<SortColumn>{{"a", Direction::kDown}, {"b", Direction::kUp}}));
  EXPECT_EQ(SplitSortColumns("a,-"), std::nullopt);
}

}  // namespace
}  // namespace wmi::cli
