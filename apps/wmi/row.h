// Value and Row: an object as the writers see it, free of COM, in the order in which it is shown. Plain values; safe to
// copy between threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace wmi::cli {

struct Row;

// A CIM datetime or interval in its DMTF form of 25 characters.
struct DateTime {
  std::string dmtf;
  bool operator==(const DateTime&) const = default;
};

// NULL, or one of the types that CIM values come down to; references are text. Embedded objects are shared because they
// are never changed.
struct Value {
  using Array = std::vector<Value>;
  using Object = std::shared_ptr<const Row>;

  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, DateTime, Array, Object> data;

  bool IsNull() const { return std::holds_alternative<std::monostate>(data); }
  // Numbers are shown flush right and never cut.
  bool IsNumber() const;
};

struct Property {
  std::string name;
  Value value;
};

struct Row {
  std::vector<Property> properties;

  // Null when there is no property of that name; case does not count.
  const Value* Find(std::string_view name) const;
};

}  // namespace wmi::cli
