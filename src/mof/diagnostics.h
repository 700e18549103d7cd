// Diagnostics: collects the errors of one compilation and knows where they are.
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

// Not thread-safe. Every text outlives it.
class Diagnostics {
 public:
  Diagnostics() = default;
  Diagnostics(std::string_view file, std::string_view text) { Enter(file, text); }

  // Offsets are those of this text from now on. Both outlive this object.
  void Enter(std::string_view file, std::string_view text) {
    file_ = file;
    text_ = text;
  }

  // Adds an error at `offset`. What comes after the last that is kept (limits::kMofErrorsMax) is ignored.
  void Report(Code code, Offset offset, std::string message);
  // The same for a failure of another module; its facts stay, the place is added.
  void Report(const Status& status, Offset offset);

  // The line of a place in the current text, from 1.
  int LineOf(Offset offset) const;

  const std::vector<Status>& errors() const { return errors_; }
  std::size_t count() const { return errors_.size(); }
  // No more errors are taken: stop.
  bool is_full() const { return errors_.size() >= limits::kMofErrorsMax; }
  std::vector<Status> TakeErrors() { return std::move(errors_); }

 private:
  std::string_view file_;
  std::string_view text_;
  std::vector<Status> errors_;
};

}  // namespace wmi::mof
