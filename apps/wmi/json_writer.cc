#include "wmi/json_writer.h"

#include <nlohmann/json.hpp>

#include "wmi/json.h"

namespace wmi::cli {

void JsonWriter::Write(const Row& row, std::string& out) {
  if (kind_ == ResultKind::kOne) {
    out += Dump(ToJson(row), 2) + "\n";
    return;
  }
  // The array is opened by its first object and each object is complete when it comes, so that a reader of the stream
  // has it at once. Inside strings JSON has no line breaks: every one is layout and gets the indent of the array.
  out += empty_ ? "[\n  " : ",\n  ";
  empty_ = false;
  for (const char c : Dump(ToJson(row), 2)) {
    out += c;
    if (c == '\n') out += "  ";
  }
}

void JsonWriter::Finish(std::string& out) {
  if (kind_ == ResultKind::kMany) out += empty_ ? "[]\n" : "\n]\n";
}

void JsonLinesWriter::Write(const Row& row, std::string& out) { out += JsonText(row) + "\n"; }

}  // namespace wmi::cli
