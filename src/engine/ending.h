// Ending: how an operation ended, with everything its client is told at the end (contract 1.2, the last columns).
#pragma once

#include <string>
#include <utility>

#include "base/status.h"
#include "cim/row.h"

namespace wmi::engine {

// A success with something to say, such as what is missing from partial results (decision 0019).
inline bool IsRemark(const Status& status) { return status.ok() && status.detail() != nullptr; }

// A value.
struct Ending {
  Ending() = default;
  Ending(Status of) : status(std::move(of)) {}  // NOLINT: implicit on purpose, a status is an ending

  Status status;
  // The path of the instance that was put, the namespace that was opened; empty for other calls.
  std::string text;
  // A provider's own error object, of a class derived from __NotifyStatus; empty when there is none.
  cim::Object error;
  // False for a success that may have left objects out, as against properties that could not be read.
  bool is_complete = true;
};

}  // namespace wmi::engine
