// Writer: turns rows into text, row by row. Five forms: table, list, json, jsonl, csv.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "wmi/row.h"

namespace wmi::cli {

enum class Format { kTable, kList, kJson, kJsonLines, kCsv };
enum class Colour { kOff, kOn };
enum class ResultKind { kMany, kOne };  // one object (wmi get): json gives it without an array

// For one thread. Text is appended to `out`, which the caller sends on and empties.
class Writer {
 public:
  virtual ~Writer() = default;

  virtual void Write(const Row& row, std::string& out) = 0;

  // True while rows wait for others, so that the widths of the columns suit more than the first one.
  virtual bool HoldsBack() const { return false; }
  // Shows what was held back.
  virtual void Flush(std::string& out) { static_cast<void>(out); }

  // Once, after the last row: what is held back, and what closes the text.
  virtual void Finish(std::string& out) = 0;

  // How many columns there was no room for.
  virtual std::size_t HiddenColumns() const { return 0; }
};

struct WriterOptions {
  Format format = Format::kTable;
  std::vector<std::string> columns;  // for table and csv; empty: those of the first row
  std::size_t width = 0;             // of a line of the table; 0: no limit
  Colour colour = Colour::kOff;
  ResultKind kind = ResultKind::kMany;
};

std::unique_ptr<Writer> MakeWriter(WriterOptions options);

}  // namespace wmi::cli
