// P8: a query parsed, a clause of three terms asked row by row, and a thousand filters asked about one event. The floor
// of asking is the same comparison written by hand over the same rows.
#include <fmt/format.h>

#include <chrono>
#include <string>
#include <vector>

#include "bench/report.h"
#include "bench/store_support.h"
#include "cim/row.h"
#include "wql/query.h"
#include "wql/syntax.h"

namespace wmi::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kQuery = "SELECT Name, Handle FROM Win32_Process WHERE Name = 'init' AND ThreadCount > 4";
constexpr std::size_t kRows = 4096;

// Keeps the compiler from dropping what is measured.
volatile std::uint64_t sink;

cim::Property Make(std::string name, cim::CimType type) {
  cim::Property property;
  property.name = std::move(name);
  property.type.type = type;
  return property;
}

// One class, Thing.
class Schema final : public cim::ClassFinder {
 public:
  Schema() {
    cim::ClassDeclaration declaration;
    declaration.name = "Thing";
    declaration.properties = {Make("Name", cim::CimType::kString), Make("Size", cim::CimType::kUint32),
                              Make("Level", cim::CimType::kSint32), Make("On", cim::CimType::kBoolean)};
    auto made = cim::Class::Make(std::move(declaration), nullptr, nullptr);
    Require(made.status());
    thing = made.value();
  }
  cim::ClassPtr FindClass(std::string_view name) const override { return name == "Thing" ? thing : nullptr; }

  cim::ClassPtr thing;
};

std::vector<cim::Object> MakeRows(const cim::ClassPtr& schema) {
  cim::RowBlockBuilder builder;
  for (std::size_t i = 0; i < kRows; ++i) {
    builder.BeginRow(schema);
    builder.SetText(0, fmt::format("thing {}", i % 100));
    builder.SetUnsigned(1, i);
    builder.SetSigned(2, static_cast<std::int64_t>(i % 7) - 3);
    builder.SetBoolean(3, i % 2 == 0);
    builder.CommitRow();
  }
  std::vector<cim::Object> rows;
  builder.Finish(rows);
  return rows;
}

std::shared_ptr<const wql::Predicate> FilterOf(const Schema& schema, const std::string& where) {
  const auto tree = wql::Parse("SELECT * FROM Thing WHERE " + where);
  Require(tree.status());
  const Result<wql::BoundQuery> bound = wql::Bind(**tree, schema);
  Require(bound.status());
  return bound->filter;
}

// Calls a second, `calls` at a time, for a third of a second; the best of three.
template <typename Run>
double Rate(std::size_t calls, Run run) {
  double best = 0;
  for (int i = 0; i < 3; ++i) {
    const auto start = Clock::now();
    std::size_t done = 0;
    while (SecondsSince(start) < 0.3) {
      run();
      done += calls;
    }
    best = std::max(best, static_cast<double>(done) / SecondsSince(start));
  }
  return best;
}

void Parsing() {
  const double rate = Rate(1000, [] {
    for (int i = 0; i < 1000; ++i) sink = wql::Parse(kQuery).value()->select.size();
  });
  Report("P8", "queries_parsed_per_second", rate, 0, Target::kAtLeast, 1.5e6);
}

void Asking(const Schema& schema, const std::vector<cim::Object>& rows) {
  const auto filter = FilterOf(schema, "Size > 100 AND Level < 2 AND On = TRUE");
  const double floor = Rate(kRows, [&] {
    std::uint64_t passed = 0;
    for (const cim::Object& object : rows) {
      const cim::Row row = object.row();
      passed += row.slots[1].unsigned_integer() > 100 && row.slots[2].signed_integer() < 2 && row.slots[3].boolean();
    }
    sink = passed;
  });
  const double rate = Rate(kRows, [&] {
    std::uint64_t passed = 0;
    for (const cim::Object& object : rows) passed += filter->Matches(object.row()) ? 1 : 0;
    sink = passed;
  });
  Report("P8", "rows_asked_per_second_3_terms", rate, floor, Target::kAtLeast, 20e6);
}

void ManyFilters(const Schema& schema, const std::vector<cim::Object>& rows) {
  std::vector<std::shared_ptr<const wql::Predicate>> filters;
  for (int i = 0; i < 1000; ++i) {
    filters.push_back(FilterOf(schema, fmt::format("Name = 'thing {}' AND Size > {} AND Level < 2", i % 100, i)));
  }
  const double rate = Rate(1, [&] {
    std::uint64_t passed = 0;
    for (const auto& filter : filters) passed += filter->Matches(rows[17].row()) ? 1 : 0;
    sink = passed;
  });
  Report("P8", "one_event_1000_filters_us", 1e6 / rate, 0, Target::kAtMost, 100);
}

}  // namespace

void RunP8() {
  const Schema schema;
  const std::vector<cim::Object> rows = MakeRows(schema.thing);
  Parsing();
  Asking(schema, rows);
  ManyFilters(schema, rows);
}

}  // namespace wmi::bench
