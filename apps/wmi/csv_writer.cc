#include "wmi/csv_writer.h"

#include "wmi/json.h"
#include "wmi/value_text.h"

namespace wmi::cli {

namespace {

std::string Quoted(const std::string& text) {
  if (!text.empty() && text.find_first_of("\",\r\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + '"';
}

std::string Cell(const Value* value) {
  if (value == nullptr || value->IsNull()) return {};
  if (const auto* text = std::get_if<std::string>(&value->data)) return Quoted(*text);
  if (const auto* time = std::get_if<DateTime>(&value->data)) return Quoted(time->dmtf);
  if (std::holds_alternative<Value::Array>(value->data) || std::holds_alternative<Value::Object>(value->data)) {
    return Quoted(JsonText(*value));
  }
  return ValueText(*value);
}

}  // namespace

void CsvWriter::WriteHeader(std::string& out) {
  header_written_ = true;
  for (std::size_t i = 0; i < columns_.size(); ++i) out += (i == 0 ? "" : ",") + Quoted(columns_[i]);
  if (!columns_.empty()) out += '\n';
}

void CsvWriter::Write(const Row& row, std::string& out) {
  if (columns_.empty()) {
    for (const Property& property : row.properties) columns_.push_back(property.name);
  }
  if (!header_written_) WriteHeader(out);
  for (std::size_t i = 0; i < columns_.size(); ++i) out += (i == 0 ? "" : ",") + Cell(row.Find(columns_[i]));
  out += '\n';
}

void CsvWriter::Finish(std::string& out) {
  if (!header_written_) WriteHeader(out);
}

}  // namespace wmi::cli
