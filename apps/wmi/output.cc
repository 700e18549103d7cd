#include "wmi/output.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace wmi::cli {

OutputState Output::Fail(int error) {
  error_ = error;
  state_ = error == EPIPE ? OutputState::kReaderGone : OutputState::kFailed;
  return state_;
}

// A pipe that is ready takes PIPE_BUF bytes without blocking, so writes of that size never block after this.
OutputState Output::AwaitRoom() {
  const TimePoint start = SteadyClock::now();
  pollfd polled[] = {{descriptor_, POLLOUT, 0}, {signals_.descriptor(), POLLIN, 0}};
  while (::poll(polled, 2, -1) < 0 && errno == EINTR) {
  }
  waited_ += SteadyClock::now() - start;
  if (signals_.caught() != 0) state_ = OutputState::kInterrupted;
  return state_;
}

void Output::WriteAtOnce(std::string_view text) {
  pollfd polled = {descriptor_, POLLOUT, 0};
  if (state_ != OutputState::kOpen || text.size() > PIPE_BUF || ::poll(&polled, 1, 0) != 1) return;
  if (::write(descriptor_, text.data(), text.size()) < 0) Fail(errno);
}

OutputState Output::Write(std::string_view text) {
  while (state_ == OutputState::kOpen && !text.empty()) {
    if (AwaitRoom() != OutputState::kOpen) break;
    const ssize_t written = ::write(descriptor_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR && errno != EAGAIN) {
      return Fail(errno);
    }
  }
  return state_;
}

}  // namespace wmi::cli
