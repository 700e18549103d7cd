// TableWriter: aligned columns. The first rows are held back for a moment (the caller decides how long) so that the
// widths suit many rows; from then on the widths are fixed and rows appear as they come.
//
// With a limit on the line, wide columns of text are cut to "…"; columns for which there is no room at all are left
// out. Numbers are flush right and never cut.
#pragma once

#include <vector>

#include "wmi/writer.h"

namespace wmi::cli {

struct TableColumn {
  std::string name;
  std::size_t width = 0;  // of the widest cell or the name
  bool number = false;    // all cells seen are numbers
};

// The columns that fit a line of `width` (0: no limit) with their widths cut to it; at least one.
std::vector<TableColumn> FitColumns(std::vector<TableColumn> columns, std::size_t width);

class TableWriter : public Writer {
 public:
  TableWriter(std::vector<std::string> columns, std::size_t width, Colour colour)
      : names_(std::move(columns)), width_(width), colour_(colour) {}

  void Write(const Row& row, std::string& out) override;
  bool HoldsBack() const override { return !held_.empty(); }
  void Flush(std::string& out) override;
  void Finish(std::string& out) override;
  std::size_t HiddenColumns() const override { return hidden_; }

 private:
  std::vector<TableColumn> Measure() const;
  void LayOut(std::string& out);
  void WriteLine(const Row& row, std::string& out) const;

  std::vector<std::string> names_;
  const std::size_t width_;
  const Colour colour_;
  bool laid_out_ = false;
  std::vector<TableColumn> columns_;  // set by LayOut
  std::size_t hidden_ = 0;
  std::vector<Row> held_;
};

}  // namespace wmi::cli
