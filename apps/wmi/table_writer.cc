#include "wmi/table_writer.h"

#include <algorithm>
#include <numeric>

#include "wmi/style.h"
#include "wmi/value_text.h"

namespace wmi::cli {

namespace {

constexpr std::size_t kGap = 2;            // between columns
constexpr std::size_t kNarrowestText = 8;  // a column of text is not cut below that
constexpr std::size_t kHeldRowsMax = 1000;

std::size_t LineWidth(const std::vector<TableColumn>& columns) {
  return std::accumulate(columns.begin(), columns.end(), kGap * (columns.size() - 1),
                         [](std::size_t sum, const TableColumn& column) { return sum + column.width; });
}

// The widest column that may still give: text, and a column of numbers whose name is wider than they are would be cut
// with its numbers, so none of those.
TableColumn* WidestText(std::vector<TableColumn>& columns) {
  TableColumn* widest = nullptr;
  for (TableColumn& column : columns) {
    if (column.number || column.width <= kNarrowestText) continue;
    if (widest == nullptr || column.width >= widest->width) widest = &column;
  }
  return widest;
}

std::string Padded(const std::string& text, std::size_t width, bool right) {
  const std::size_t used = DisplayWidth(text);
  const std::string padding(width > used ? width - used : 0, ' ');
  return right ? padding + text : text + padding;
}

}  // namespace

std::vector<TableColumn> FitColumns(std::vector<TableColumn> columns, std::size_t width) {
  if (width == 0 || columns.empty()) return columns;
  for (TableColumn& column : columns) {
    if (!column.number) column.width = std::min(column.width, width);
  }
  while (LineWidth(columns) > width) {
    if (TableColumn* widest = WidestText(columns)) {
      --widest->width;
    } else if (columns.size() > 1) {
      columns.pop_back();
    } else {
      break;
    }
  }
  // What is left of the line is for the last column: later rows may need it.
  if (!columns.back().number) columns.back().width += width - std::min(width, LineWidth(columns));
  return columns;
}

std::vector<TableColumn> TableWriter::Measure() const {
  std::vector<TableColumn> columns;
  for (const std::string& name : names_) {
    TableColumn column{name, DisplayWidth(name), false};
    bool text_seen = false;
    for (const Row& row : held_) {
      const Value* value = row.Find(name);
      if (value == nullptr || value->IsNull()) continue;
      column.number = column.number || value->IsNumber();
      text_seen = text_seen || !value->IsNumber();
      column.width = std::max(column.width, DisplayWidth(ValueText(*value)));
    }
    column.number = column.number && !text_seen;
    columns.push_back(column);
  }
  return columns;
}

void TableWriter::LayOut(std::string& out) {
  laid_out_ = true;
  if (names_.empty() && !held_.empty()) {
    for (const Property& property : held_.front().properties) names_.push_back(property.name);
  }
  if (names_.empty()) return;
  columns_ = FitColumns(Measure(), width_);
  hidden_ = names_.size() - columns_.size();
  std::string line;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const TableColumn& column = columns_[i];
    if (i > 0) line += std::string(kGap, ' ');
    line += Padded(CutToWidth(column.name, column.width), column.width, column.number);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out += Styled(line, Style::kHeader, colour_) + '\n';
}

void TableWriter::WriteLine(const Row& row, std::string& out) const {
  std::string line;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const TableColumn& column = columns_[i];
    if (i > 0) line += std::string(kGap, ' ');
    const Value* value = row.Find(column.name);
    std::string text = value == nullptr ? std::string() : ValueText(*value);
    const bool number = value != nullptr && value->IsNumber();
    if (width_ > 0 && !number) text = CutToWidth(text, column.width);
    line += Padded(text, column.width, column.number);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + '\n';
}

void TableWriter::Write(const Row& row, std::string& out) {
  if (laid_out_) {
    WriteLine(row, out);
    return;
  }
  held_.push_back(row);
  if (held_.size() >= kHeldRowsMax) Flush(out);
}

void TableWriter::Flush(std::string& out) {
  if (!laid_out_) LayOut(out);
  for (const Row& row : held_) WriteLine(row, out);
  held_.clear();
}

void TableWriter::Finish(std::string& out) { Flush(out); }

}  // namespace wmi::cli
