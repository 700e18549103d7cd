// CsvWriter: RFC 4180 with LF at the ends of lines, a header line first. NULL is empty, the empty string is "" in
// quotes; arrays and embedded objects are JSON.
#pragma once

#include "wmi/writer.h"

namespace wmi::cli {

class CsvWriter : public Writer {
 public:
  explicit CsvWriter(std::vector<std::string> columns) : columns_(std::move(columns)) {}
  void Write(const Row& row, std::string& out) override;
  void Finish(std::string& out) override;

 private:
  void WriteHeader(std::string& out);

  std::vector<std::string> columns_;
  bool header_written_ = false;
};

}  // namespace wmi::cli
