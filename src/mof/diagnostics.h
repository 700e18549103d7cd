// Diagnostics: collects the errors of one MOF source and knows where they are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/codes.h"
#include "base/limits.h"
#include "base/status.h"

namespace wmi::mof {

// A byte offset into the decoded text; lines and columns are counted only for errors.
using Offset = std::uint32_t;

// Not thread-safe. `text` must outlive it.
class Diagnostics {
 public:
  Diagnostics(std::string file, std::string_view text) : file_(std::move(file)), text_(text) {}

  // Adds an error at `offset`. What comes after the last that is kept (limits::kMofErrorsMax) is ignored.
  void Report(Code code, Offset offset, std::string message);
  // The same for a failure of another module; its facts stay, the place is added.
  void Report(const Status& status, Offset offset);

  std::size_t count() const { return errors_.size(); }
  // No more errors are taken: stop.
  bool is_full() const { return errors_.size() >= limits::kMofErrorsMax; }
  std::vector<Status> TakeErrors() { return std::move(errors_); }

 private:
  std::string file_;
  std::string_view text_;
  std::vector<Status> errors_;
};

}  // namespace wmi::mof
