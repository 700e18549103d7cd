#include "wmi/plan_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace wmi::cli {

namespace {

constexpr const char* kTime = "Microseconds";

std::string Milliseconds(const Value& microseconds) {
  const auto* number = std::get_if<std::uint64_t>(&microseconds.data);
  if (number == nullptr) return {};
  return fmt::format("{}.{:03} ms", *number / 1000, *number % 1000);
}

bool ReadsObjects(const Row& step) {
  const Value* class_name = step.Find("Class");
  if (class_name == nullptr || class_name->IsNull()) return false;
  const Value* operation = step.Find("Operation");
  const auto* name = operation == nullptr ? nullptr : std::get_if<std::string>(&operation->data);
  return name == nullptr || *name != "Events";
}

// For people: times flush right, so that they compare at a glance.
std::vector<Row> ReadableSteps(const std::vector<Row>& steps) {
  std::size_t widest = 0;
  for (const Row& step : steps) {
    if (const Value* time = step.Find(kTime)) widest = std::max(widest, Milliseconds(*time).size());
  }
  std::vector<Row> readable;
  for (Row row : steps) {
    const bool reads_objects = ReadsObjects(row);
    for (Property& property : row.properties) {
      if (property.name == kTime) {
        property = {"Time", {fmt::format("{:>{}}", Milliseconds(property.value), widest)}};
      } else if (property.name == "RowsRead") {
        property.name = "Read";
        if (!reads_objects) property.value = {};
      } else if (property.name == "Rows" && !reads_objects) {
        property.value = {};
      }
    }
    readable.push_back(std::move(row));
  }
  return readable;
}

void DropEmptyColumns(std::vector<Row>& rows) {
  if (rows.empty()) return;
  for (std::size_t i = rows.front().properties.size(); i-- > 0;) {
    const auto is_empty = [i](const Row& row) { return row.properties[i].value.IsNull(); };
    if (!std::all_of(rows.begin(), rows.end(), is_empty)) continue;
    for (Row& row : rows) row.properties.erase(row.properties.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

}  // namespace

const std::vector<std::string>& PlanStepColumns() {
  static const std::vector<std::string> columns = {"Step",   "Operation", "Class", "Server",
                                                   "Detail", "RowsRead",  "Rows",  kTime};
  return columns;
}

std::string PlanText(const std::vector<Row>& steps, WriterOptions options) {
  const bool is_for_people = options.format == Format::kTable || options.format == Format::kList;
  std::vector<Row> rows = is_for_people ? ReadableSteps(steps) : steps;
  if (is_for_people) DropEmptyColumns(rows);
  options.columns.clear();
  if (!rows.empty()) {
    for (const Property& property : rows.front().properties) options.columns.push_back(property.name);
  }
  std::string text;
  const std::unique_ptr<Writer> writer = MakeWriter(std::move(options));
  for (const Row& row : rows) writer->Write(row, text);
  writer->Finish(text);
  return text;
}

}  // namespace wmi::cli
