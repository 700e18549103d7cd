#include "wmi/event.h"

#include <algorithm>

#include "cim/datetime.h"
#include "wmi/value_text.h"

namespace wmi::cli {

namespace {

constexpr std::size_t kValueWidth = 40;       // of a value in a line
constexpr std::size_t kAlignedWidthMax = 40;  // a longer text is not waited for by the lines below it

std::string Bounded(const Value& value, std::size_t width) {
  const std::string text = value.IsNull() ? "NULL" : ValueText(value);
  return width == 0 ? text : CutToWidth(text, width);
}

std::string ChangeText(const Change& change, std::size_t width) {
  return Bounded(change.before, width) + " → " + Bounded(change.after, width);
}

void AppendPart(std::string& text, const std::string& name, std::string_view between, const std::string& value) {
  if (!text.empty()) text += ", ";
  text += EscapeControls(name);
  text += between;
  text += value;
}

// The text, and two blanks behind it; the column grows to it unless it is too long.
std::string Cell(const std::string& text, std::size_t& column) {
  const std::size_t used = DisplayWidth(text);
  if (used <= kAlignedWidthMax) column = std::max(column, used);
  return text + std::string(column > used ? column - used : 0, ' ') + "  ";
}

Row Head(const Event& event) {
  return {{{"Time", {DateTime{cim::FormatLocalDatetime(event.time)}}},
           {"Event", {event.what}},
           {"Object", event.object.empty() ? Value{} : Value{event.object}}}};
}

}  // namespace

std::string ClockText(std::int64_t unix_microseconds) {
  const std::string dmtf = cim::FormatLocalDatetime(unix_microseconds);  // yyyymmddHHMMSS.mmmmmm+zone
  return dmtf.substr(8, 2) + ':' + dmtf.substr(10, 2) + ':' + dmtf.substr(12, 6);
}

std::string DetailText(const Event& event, std::size_t value_width) {
  std::string text;
  for (const Change& change : event.changes) AppendPart(text, change.name, ": ", ChangeText(change, value_width));
  if (!event.changes.empty()) return text;
  for (const Property& property : event.brief.properties) {
    AppendPart(text, property.name, "=", Bounded(property.value, value_width));
  }
  return text;
}

Row SummaryRow(const Event& event) {
  Row row = Head(event);
  const std::string detail = DetailText(event, 0);
  row.properties.push_back({"Detail", detail.empty() ? Value{} : Value{detail}});
  return row;
}

Row FullRow(const Event& event) {
  Row row = Head(event);
  for (const Change& change : event.changes) row.properties.push_back({change.name, {ChangeText(change, 0)}});
  if (event.changes.empty()) {
    row.properties.insert(row.properties.end(), event.facts.properties.begin(), event.facts.properties.end());
  }
  return row;
}

std::string EventLines::Line(const Event& event) {
  std::string object = EscapeControls(event.object);
  // What changed is worth as much room as what it changed in.
  if (width_ > 0) object = CutToWidth(object, width_ / 2);
  std::string line = ClockText(event.time) + "  ";
  line += Cell(EscapeControls(event.what), what_width_);
  if (!object.empty()) line += Cell(object, object_width_);
  line += DetailText(event, kValueWidth);
  line.erase(line.find_last_not_of(' ') + 1);
  if (width_ > 0) line = CutToWidth(line, width_);
  return line + '\n';
}

}  // namespace wmi::cli
