#include "consumers/interruptible_wait.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>

namespace wmi::consumers {
namespace {

// poll(2) takes milliseconds in an int; a longer wait goes round again.
constexpr std::int64_t kRoundMsMax = 60'000;

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

void InterruptibleWait::Signal::operator()() const {
  const std::uint64_t one = 1;
  // A full counter is as good: it is readable.
  [[maybe_unused]] const ssize_t written = ::write(descriptor, &one, sizeof one);
}

InterruptibleWait::InterruptibleWait(const std::stop_token& stop)
    : stop_(stop), event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)), error_(event_ ? 0 : errno) {
  if (event_) on_stop_.emplace(stop_, Signal{event_.get()});
}

Waited InterruptibleWait::ForDescriptor(int descriptor, short events, TimePoint deadline) const {
  if (!event_) {
    errno = error_;
    return Waited::kFailed;
  }
  for (;;) {
    if (is_stopped()) return Waited::kStopped;
    const Duration left = deadline - SteadyClock().Now();
    // Rounded up, so that it does not spin through the last millisecond.
    const auto left_ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    pollfd watched[] = {{event_.get(), POLLIN, 0}, {descriptor, events, 0}};
    const int ready =
        ::poll(watched, 2, static_cast<int>(std::clamp<std::int64_t>(std::int64_t{left_ms}, 0, kRoundMsMax)));
    if (ready < 0 && errno != EINTR) return Waited::kFailed;
    if (ready > 0 && watched[0].revents != 0) return Waited::kStopped;
    if (ready > 0) return Waited::kReady;
    if (SteadyClock().Now() >= deadline) return Waited::kTimedOut;
  }
}

}  // namespace wmi::consumers
