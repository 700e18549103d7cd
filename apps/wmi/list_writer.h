// ListWriter: a line for each property, a blank line between objects. Nothing is cut.
#pragma once

#include "wmi/writer.h"

namespace wmi::cli {

class ListWriter : public Writer {
 public:
  explicit ListWriter(Colour colour) : colour_(colour) {}
  void Write(const Row& row, std::string& out) override;
  void Finish(std::string&) override {}

 private:
  const Colour colour_;
  bool empty_ = true;
};

}  // namespace wmi::cli
