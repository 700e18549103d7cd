// Signals: SIGINT and SIGTERM as something to poll for. The handler does nothing but note the number and write to a
// pipe; the second signal of a kind kills as always. SIGPIPE is ignored: a reader that has gone is seen by write().
#pragma once

namespace wmi::cli {

// One at a time in a process; the old handlers come back when it goes. Any thread may ask.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Readable from the first signal on.
  int descriptor() const;
  // The number of the first signal; 0 while none has come.
  int caught() const;
};

}  // namespace wmi::cli
