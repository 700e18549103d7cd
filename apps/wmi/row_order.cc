#include "wmi/row_order.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <iterator>
#include <limits>
#include <utility>

#include "base/text.h"
#include "cim/datetime.h"

namespace wmi::cli {

namespace {

// What a node of a map takes beside its key and value.
constexpr std::size_t kNodeBytes = 64;

template <typename T>
int Order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

enum class Kind { kBoolean, kNumber, kDateTime, kText, kArray, kObject, kNull };

Kind KindOf(const Value& value) {
  if (value.IsNull()) return Kind::kNull;
  if (value.IsNumber()) return Kind::kNumber;
  if (std::holds_alternative<bool>(value.data)) return Kind::kBoolean;
  if (std::holds_alternative<DateTime>(value.data)) return Kind::kDateTime;
  if (std::holds_alternative<std::string>(value.data)) return Kind::kText;
  return std::holds_alternative<Value::Array>(value.data) ? Kind::kArray : Kind::kObject;
}

// Any int64, uint64 and double is a long double without loss.
static_assert(std::numeric_limits<long double>::digits >= 64);
long double Worth(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value.data)) return static_cast<long double>(*number);
  if (const auto* number = std::get_if<std::uint64_t>(&value.data)) return static_cast<long double>(*number);
  return static_cast<long double>(std::get<double>(value.data));
}

// What is no number is behind all that are.
int CompareNumbers(const Value& a, const Value& b) {
  const long double left = Worth(a);
  const long double right = Worth(b);
  if (std::isnan(left) || std::isnan(right)) return Order(std::isnan(left), std::isnan(right));
  return Order(left, right);
}

// Instants, then intervals, then what is neither whole; contract 8.6.
int CompareDateTimes(const DateTime& a, const DateTime& b) {
  struct Place {
    int kind;
    std::int64_t microseconds;
    auto operator<=>(const Place&) const = default;
  };
  const auto place = [](const DateTime& value) {
    const auto parsed = cim::ParseDatetime(value.dmtf);
    if (!parsed.ok() || !parsed->is_complete) return Place{2, 0};
    return Place{parsed->is_interval ? 1 : 0, parsed->microseconds};
  };
  const Place left = place(a);
  const Place right = place(b);
  return left.kind == 2 && right.kind == 2 ? Order(a.dmtf, b.dmtf) : Order(left, right);
}

int CompareArrays(const Value::Array& a, const Value::Array& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (const int order = CompareValues(a[i], b[i]); order != 0) return order;
  }
  return Order(a.size(), b.size());
}

// The reader of objects bounds how deep they are.
int CompareObjects(const Value::Object& a, const Value::Object& b) {
  if (a == nullptr || b == nullptr) return Order(a == nullptr, b == nullptr);
  for (std::size_t i = 0; i < std::min(a->properties.size(), b->properties.size()); ++i) {
    const Property& left = a->properties[i];
    const Property& right = b->properties[i];
    if (const int order = CompareFolded(left.name, right.name); order != 0) return order;
    if (const int order = CompareValues(left.value, right.value); order != 0) return order;
  }
  return Order(a->properties.size(), b->properties.size());
}

std::size_t SizeOf(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value.data)) return sizeof(Value) + text->capacity();
  if (const auto* time = std::get_if<DateTime>(&value.data)) return sizeof(Value) + time->dmtf.capacity();
  std::size_t bytes = sizeof(Value);
  if (const auto* array = std::get_if<Value::Array>(&value.data)) {
    for (const Value& element : *array) bytes += SizeOf(element);
  } else if (const auto* object = std::get_if<Value::Object>(&value.data); object != nullptr && *object != nullptr) {
    bytes += SizeOf(**object);
  }
  return bytes;
}

std::size_t SizeOf(const RowKey& key) {
  std::size_t bytes = kNodeBytes;
  for (const Value& value : key) bytes += SizeOf(value);
  return bytes;
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::optional<std::vector<std::string>> SplitColumns(std::string_view text) {
  std::vector<std::string> names;
  for (;;) {
    const std::size_t comma = text.find(',');
    names.emplace_back(Trimmed(text.substr(0, comma)));
    if (names.back().empty()) return std::nullopt;
    if (comma == std::string_view::npos) return names;
    text.remove_prefix(comma + 1);
  }
}

std::optional<std::vector<SortColumn>> SplitSortColumns(std::string_view text) {
  const auto names = SplitColumns(text);
  if (!names) return std::nullopt;
  std::vector<SortColumn> columns;
  for (const std::string& name : *names) {
    const bool is_down = name.starts_with('-');
    std::string_view rest = name;
    rest = Trimmed(rest.substr(is_down ? 1 : 0));
    if (rest.empty()) return std::nullopt;
    columns.push_back({std::string(rest), is_down ? Direction::kDown : Direction::kUp});
  }
  return columns;
}

int CompareValues(const Value& a, const Value& b) {
  const Kind kind = KindOf(a);
  if (const Kind other = KindOf(b); kind != other) return Order(kind, other);
  switch (kind) {
    case Kind::kBoolean:
      return Order(std::get<bool>(a.data), std::get<bool>(b.data));
    case Kind::kNumber:
      return CompareNumbers(a, b);
    case Kind::kDateTime:
      return CompareDateTimes(std::get<DateTime>(a.data), std::get<DateTime>(b.data));
    case Kind::kText:
      return CompareFolded(std::get<std::string>(a.data), std::get<std::string>(b.data));
    case Kind::kArray:
      return CompareArrays(std::get<Value::Array>(a.data), std::get<Value::Array>(b.data));
    case Kind::kObject:
      return CompareObjects(std::get<Value::Object>(a.data), std::get<Value::Object>(b.data));
    case Kind::kNull:
      break;
  }
  return 0;
}

bool KeyOrder::operator()(const RowKey& a, const RowKey& b) const {
  for (std::size_t i = 0; i < directions_.size(); ++i) {
    const int order = CompareValues(a[i], b[i]);
    if (order == 0) continue;
    const bool turned = directions_[i] == Direction::kDown && !a[i].IsNull() && !b[i].IsNull();
    return turned ? order > 0 : order < 0;
  }
  return false;
}

std::size_t SizeOf(const Row& row) {
  std::size_t bytes = sizeof(Row);
  for (const Property& property : row.properties) {
    bytes += sizeof(std::string) + property.name.capacity() + SizeOf(property.value);
  }
  return bytes;
}

bool SortedRows::Wants(const RowKey& key) const {
  if (!limit_ || rows_.size() < *limit_) return true;
  return !rows_.empty() && rows_.key_comp()(key, std::prev(rows_.end())->first);
}

Room SortedRows::Add(RowKey key, Row row) {
  if (!Wants(key)) return Room::kLeft;
  if (limit_ && rows_.size() == *limit_) {
    const auto last = std::prev(rows_.end());
    bytes_ -= SizeOf(last->first) + SizeOf(last->second);
    rows_.erase(last);
  }
  const std::size_t bytes = SizeOf(key) + SizeOf(row);
  if (bytes > bytes_max_ - bytes_) return Room::kNone;
  bytes_ += bytes;
  rows_.emplace(std::move(key), std::move(row));
  return Room::kLeft;
}

Room GroupCounts::Add(RowKey key) {
  const auto found = counts_.find(key);
  if (found != counts_.end()) {
    ++found->second;
    return Room::kLeft;
  }
  const std::size_t bytes = SizeOf(key);
  if (bytes > bytes_max_ - bytes_) return Room::kNone;
  bytes_ += bytes;
  counts_.emplace(std::move(key), 1);
  return Room::kLeft;
}

}  // namespace wmi::cli
