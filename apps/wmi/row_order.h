// The order of rows and what is kept in it: for `wmi query` with --sort, --group and --limit, which go beyond WQL and
// so are done here, behind the engine. Free of COM.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wmi/row.h"

namespace wmi::cli {

enum class Direction { kUp, kDown };

struct SortColumn {
  std::string name;
  Direction direction = Direction::kUp;
  bool operator==(const SortColumn&) const = default;
};

// What may be held in memory, as SizeOf reckons it.
inline constexpr std::size_t kHeldBytesMax = std::size_t{256} << 20;

// What `wmi query` makes of the rows before they are shown.
struct Arrangement {
  std::vector<SortColumn> sort;
  std::vector<std::string> group;
  std::optional<std::uint64_t> limit;
  bool only_count = false;
  std::size_t held_bytes_max = kHeldBytesMax;

  bool IsNone() const { return sort.empty() && group.empty() && !limit && !only_count; }
};

// The names between the commas, without blanks around them; nothing when one is empty.
std::optional<std::vector<std::string>> SplitColumns(std::string_view text);
// The same with "-" in front of a name for Direction::kDown.
std::optional<std::vector<SortColumn>> SplitSortColumns(std::string_view text);

// The order of two values, <0, 0 or >0, for any two: numbers by what they are worth, whatever their width; datetimes by
// the instant; texts without case, as WQL compares them; FALSE before TRUE; arrays by their first difference; NULL
// behind everything. Values of different kinds, which objects of several classes may have in one column, go by kind.
int CompareValues(const Value& a, const Value& b);

// The values of a row in the columns that it is sorted by.
using RowKey = std::vector<Value>;

// Compares column by column. NULL is last in either direction.
class KeyOrder {
 public:
  explicit KeyOrder(std::vector<Direction> directions) : directions_(std::move(directions)) {}
  // Keys have a value for each direction.
  bool operator()(const RowKey& a, const RowKey& b) const;

 private:
  std::vector<Direction> directions_;
};

// Bytes that a row takes, about.
std::size_t SizeOf(const Row& row);

enum class Room { kLeft, kNone };

// Rows in order; those with equal keys as they came. With a limit only the first that many are held. For one thread.
class SortedRows {
 public:
  SortedRows(std::vector<Direction> directions, std::optional<std::uint64_t> limit,
             std::size_t bytes_max = kHeldBytesMax)
      : rows_(KeyOrder(std::move(directions))), limit_(limit), bytes_max_(bytes_max) {}

  // False for a row that the limit would drop at once.
  bool Wants(const RowKey& key) const;
  // kNone when there is no memory for the row; then it was not added.
  [[nodiscard]] Room Add(RowKey key, Row row);
  const std::multimap<RowKey, Row, KeyOrder>& rows() const { return rows_; }

 private:
  std::multimap<RowKey, Row, KeyOrder> rows_;
  const std::optional<std::uint64_t> limit_;
  const std::size_t bytes_max_;
  std::size_t bytes_ = 0;
};

// How many rows there are of each key. Keys are equal when CompareValues says so; the first one seen is shown. For one
// thread.
class GroupCounts {
 public:
  explicit GroupCounts(std::size_t columns, std::size_t bytes_max = kHeldBytesMax)
      : counts_(KeyOrder(std::vector<Direction>(columns, Direction::kUp))), bytes_max_(bytes_max) {}

  // kNone when there is no memory for one more group; then the row was not counted.
  [[nodiscard]] Room Add(RowKey key);
  // By key, ascending.
  const std::map<RowKey, std::uint64_t, KeyOrder>& counts() const { return counts_; }

 private:
  std::map<RowKey, std::uint64_t, KeyOrder> counts_;
  const std::size_t bytes_max_;
  std::size_t bytes_ = 0;
};

}  // namespace wmi::cli
