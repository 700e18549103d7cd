// Column: one property of a class and how it is computed. Each class has a table of them; a query binds the table to
// the slots it needs, and the union of their sources says what must be read. The pages of docs/classes are made of the
// same tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "provider/provider.h"

namespace wmi::linuxos {

// Bits, one for each file or call that costs something; every class has its own enumeration.
using SourceSet = std::uint32_t;

// What it costs to read a source, cheapest first.
enum class Cost {
  kNothing,       // a constant, or what every row has anyway
  kFile,          // a few small files for the whole class
  kInstanceFile,  // a file or a call for each instance
  kScan,          // a walk over a table or a folder of unknown length
  kService,       // another program or a file system that may hang: one deadline
};

// What one bit of a class's SourceSet stands for.
struct Source {
  SourceSet bit;
  std::string_view name;  // for the class's page, in Markdown: "`/proc/meminfo`"
  Cost cost;
};

template <typename View>
struct Column {
  std::string_view property;
  SourceSet sources;
  // Sets the slot, or leaves it NULL where this machine has no value.
  void (*write)(const View& view, provider::RowWriter& row, std::size_t slot);
  // For the class's page: which part of the sources, how it is converted, and when it is NULL.
  std::string_view note = {};
};

// The columns that one request needs. A value; keeps pointers into the table, which is static.
template <typename View>
class BoundColumns {
 public:
  BoundColumns(std::span<const Column<View>> table, const provider::Request& request) {
    for (const Column<View>& column : table) {
      const auto slot = request.schema->FindSlot(column.property);
      if (!slot || !request.needed.Contains(*slot)) continue;
      bound_.push_back({*slot, &column});
      sources_ |= column.sources;
    }
  }

  SourceSet sources() const { return sources_; }

  // Fills the open row. A column one of whose sources was refused is noted as denied; one whose source could not be
  // read stays NULL.
  void Write(const View& view, SourceSet denied, SourceSet unread, provider::RowWriter& row) const {
    for (const Bound& bound : bound_) {
      if ((bound.column->sources & denied) != 0) {
        row.SetDenied(bound.slot);
      } else if ((bound.column->sources & unread) == 0) {
        bound.column->write(view, row, bound.slot);
      }
    }
  }

 private:
  struct Bound {
    std::size_t slot;
    const Column<View>* column;
  };
  std::vector<Bound> bound_;
  SourceSet sources_ = 0;
};

// The names of a table; what the tests compare with the schema and docs/classes.
template <typename View>
std::vector<std::string_view> PropertyNames(std::span<const Column<View>> table) {
  std::vector<std::string_view> names;
  for (const Column<View>& column : table) names.push_back(column.property);
  return names;
}

// What every View has: the sources that were refused, and those that could not be read.
struct ViewBase {
  SourceSet denied = 0;
  SourceSet unread = 0;
};

// Sets a text; an empty one is a value that this machine does not have.
inline void SetTextOrNull(provider::RowWriter& row, std::size_t slot, std::string_view text) {
  if (!text.empty()) row.SetText(slot, text);
}

inline void SetUnsignedOrNull(provider::RowWriter& row, std::size_t slot, const std::optional<std::uint64_t>& value) {
  if (value) row.SetUnsigned(slot, *value);
}

}  // namespace wmi::linuxos
