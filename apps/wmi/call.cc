#include "wmi/call.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "wmi/problem_reader.h"
#include "wmi/row_stream.h"

namespace wmi::cli {

namespace {

class RunningCall {
 public:
  RunningCall(const CallContext& context, RowReceiver& receiver)
      : context_(context), receiver_(receiver), sink_(com::ComPtr<RowStream>::Adopt(new RowStream)) {}

  CallEnd Run(const StartCall& start) {
    const HRESULT result = start(sink_.get());
    if (FAILED(result)) {
      end_.code = result;
      end_.problem = TakeThreadProblem(result);
    } else {
      while (Step()) Wait();
      context_.progress.Clear();
      if (end_.kind != CallEnd::Kind::kComplete) Cancel();
    }
    end_.elapsed = SteadyClock::now() - started_;
    return end_;
  }

 private:
  // False when the call has come to an end, whatever kind.
  bool Step() {
    RowStream::Taken taken = sink_->Take();
    OutputState state = OutputState::kOpen;
    const TimePoint now = SteadyClock::now();
    if (!taken.objects.empty()) {
      context_.progress.Clear();
      end_.objects += taken.objects.size();
      last_rows_ = now;
      state = receiver_.Receive(taken.objects);
    }
    const std::optional<TimePoint> flush = receiver_.FlushTime();
    if (state == OutputState::kOpen && flush && *flush <= now) state = receiver_.Flush();
    if (state == OutputState::kInterrupted) return EndWith(CallEnd::Kind::kSignal);
    if (state != OutputState::kOpen) return EndWith(CallEnd::Kind::kOutput);
    // Whether the outcome has come as well is a matter of chance, so it does not count.
    if (!receiver_.WantsMore()) return EndWith(CallEnd::Kind::kEnough);
    if (taken.outcome) {
      end_.code = taken.outcome->code;
      if (FAILED(end_.code) || taken.outcome->error) {
        end_.problem = ReadProblem(end_.code, taken.outcome->error.get());
      }
      return false;
    }
    if (context_.signals.caught() != 0) return EndWith(CallEnd::Kind::kSignal);
    if (const auto limit = Deadline(); limit && *limit <= now) return EndWith(CallEnd::Kind::kTimeLimit);
    if (reader_gone_) return EndWith(CallEnd::Kind::kOutput);
    if (const auto update = context_.progress.NextUpdate(last_rows_); update && *update <= now) {
      context_.progress.Update(now, started_, end_.objects, taken.percent);
    }
    return true;
  }

  bool EndWith(CallEnd::Kind kind) {
    end_.kind = kind;
    return false;
  }

  // Until something may have happened.
  void Wait() {
    std::optional<TimePoint> until = Deadline();
    for (const auto& other : {receiver_.FlushTime(), context_.progress.NextUpdate(last_rows_)}) {
      if (other && (!until || *other < *until)) until = other;
    }
    int timeout = -1;
    if (until) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - SteadyClock::now()).count();
      timeout = static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
    }
    // Asked for nothing, poll tells of a pipe whose reader has gone all the same.
    pollfd polled[] = {{sink_->descriptor(), POLLIN, 0},
                       {context_.signals.descriptor(), POLLIN, 0},
                       {context_.output.descriptor(), 0, 0}};
    if (::poll(polled, 3, timeout) > 0) reader_gone_ = (polled[2].revents & (POLLERR | POLLHUP)) != 0;
  }

  // Time that a slow reader of the output took is not the call's.
  std::optional<TimePoint> Deadline() const {
    if (!context_.time_limit) return std::nullopt;
    return started_ + *context_.time_limit + context_.output.waited();
  }

  void Cancel() {
    sink_->Close();
    // "Unknown sink" when the call has just ended by itself.
    context_.services->CancelAsyncCall(sink_.get());
  }

  const CallContext& context_;
  RowReceiver& receiver_;
  const com::ComPtr<RowStream> sink_;
  const TimePoint started_ = SteadyClock::now();
  TimePoint last_rows_ = started_;
  bool reader_gone_ = false;
  CallEnd end_;
};

}  // namespace

CallEnd RunCall(const CallContext& context, const StartCall& start, RowReceiver& receiver) {
  return RunningCall(context, receiver).Run(start);
}

}  // namespace wmi::cli
