// RunCall: one asynchronous call from its start to its end on the main thread, which meanwhile hands rows on, shows
// progress, keeps the time limit and watches for signals and for a reader that has gone. Whatever ends the call early,
// it is cancelled with CancelAsyncCall and the sink is free when this returns.
#pragma once

#include <wbemidl.h>

#include <functional>
#include <optional>
#include <vector>

#include "wmi/clock.h"
#include "wmi/object_reader.h"
#include "wmi/output.h"
#include "wmi/problem.h"
#include "wmi/progress.h"
#include "wmi/signals.h"

namespace wmi::cli {

// Takes the objects of a call, on the main thread. Any state but kOpen ends the call.
class RowReceiver {
 public:
  virtual ~RowReceiver() = default;
  virtual OutputState Receive(const std::vector<ObjectPtr>& objects) = 0;
  // False when the call need not go on; it is cancelled then.
  virtual bool WantsMore() const { return true; }
  // When Flush should be called at the latest; nothing while nothing is held back.
  virtual std::optional<TimePoint> FlushTime() const { return std::nullopt; }
  virtual OutputState Flush() { return OutputState::kOpen; }
};

struct CallContext {
  IWbemServices* services;
  const Signals& signals;
  const Output& output;
  Progress& progress;
  std::optional<Duration> time_limit;
};

struct CallEnd {
  enum class Kind { kComplete, kTimeLimit, kSignal, kOutput, kEnough };
  Kind kind = Kind::kComplete;
  HRESULT code = WBEM_S_NO_ERROR;  // kComplete: the outcome of the call
  Problem problem;                 // kComplete with a failure, or with partial results and what is missing
  std::size_t objects = 0;
  Duration elapsed{};
};

// Calls one of the ...Async methods with the sink that it is given.
using StartCall = std::function<HRESULT(IWbemObjectSink*)>;

CallEnd RunCall(const CallContext& context, const StartCall& start, RowReceiver& receiver);

}  // namespace wmi::cli
