// Output: standard output that never holds the program up for good: while the reader is slow, signals are still seen,
// and a reader that has gone is a reason to stop, not an error.
#pragma once

#include <string_view>

#include "wmi/clock.h"
#include "wmi/signals.h"

namespace wmi::cli {

enum class OutputState {
  kOpen,
  kReaderGone,   // closed pipe
  kFailed,       // disk full and the like; error() tells the errno
  kInterrupted,  // a signal came before all was written
};

// For one thread. Does not own the descriptor.
class Output {
 public:
  Output(int descriptor, const Signals& signals) : descriptor_(descriptor), signals_(signals) {}

  // Returns when all is written, or the state is another than kOpen; from then on nothing is written.
  OutputState Write(std::string_view text);
  // A last short text after a signal: written if that takes no waiting and all that came before is written, else not.
  void WriteAtOnce(std::string_view text);

  int descriptor() const { return descriptor_; }
  OutputState state() const { return state_; }
  int error() const { return error_; }
  // Time spent waiting for the reader; it counts against no limit.
  Duration waited() const { return waited_; }

 private:
  OutputState AwaitRoom();
  OutputState Fail(int error);

  const int descriptor_;
  const Signals& signals_;
  OutputState state_ = OutputState::kOpen;
  int error_ = 0;
  Duration waited_{};
};

}  // namespace wmi::cli
