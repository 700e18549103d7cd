#include "exec/reactor.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/fault.h"
#include "base/mutex.h"
#include "exec/thread_start.h"

namespace wmi::exec {
namespace {

constexpr std::uint64_t kWakeUp = 0;  // the number of the eventfd; those of watches are larger
constexpr std::size_t kEventsPerWait = 16;
// How often `ready` may leave a descriptor whose other end has gone as it was.
constexpr int kUselessCallsMax = 16;
constexpr Duration kEndWaitMax = std::chrono::seconds(5);

// There will be no more to read than there is. An error beside something to read may be one that passes: a netlink
// socket that has lost messages.
bool IsGone(std::uint32_t events) {
  return (events & (EPOLLHUP | EPOLLRDHUP)) != 0 || (events & (EPOLLERR | EPOLLIN)) == EPOLLERR;
}

// Bytes to read; 0 where the descriptor does not tell.
int Readable(int fd) {
  int bytes = 0;
  return ioctl(fd, FIONREAD, &bytes) == 0 ? bytes : 0;
}

void CallReady(const std::function<void()>& ready) {
  try {
    ready();
  } catch (const std::bad_alloc&) {
    return;  // as the header tells; the thread goes on, because others are watched too
  }
}

Status Failed(const char* system_call) {
  const int error = errno;
  return SystemStatus(code::kFailed, system_call, error);
}

// What a system call answers, or with a test at work its failure. `call` is not made then.
template <typename Call>
int Try(Call call) {
  if (FaultHere("exec.reactor")) {
    errno = EMFILE;
    return -1;
  }
  return call();
}

}  // namespace

// Shared with its thread and the watches.
class Reactor::Loop : public std::enable_shared_from_this<Loop> {
 public:
  class Held;

  Loop() = default;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // The number of the watch.
  Result<std::uint64_t> Add(int fd, std::function<void()> ready, When when);
  void Remove(std::uint64_t number);
  void WaitEnded(TimePoint deadline);

 private:
  struct Watched {
    const int fd;
    const std::function<void()> ready;
    const When when;
    // The other end has gone, and the watcher does not care: it is told only when something changes.
    bool only_changes = false;
    int useless_calls = 0;  // in a row
  };

  Status Begin(std::uint64_t number, const Watched& watched) WMI_REQUIRES(mutex_);
  Status Open();
  void Close();
  int AskFor(int operation, std::uint64_t number, const Watched& watched) const;
  bool IsOnThread() const WMI_REQUIRES(mutex_) { return running_ && thread_ == std::this_thread::get_id(); }
  void Run();
  // Each false when the thread has to end; nothing of it is left then.
  bool GoesOn();
  bool StartAnew();
  void End() WMI_REQUIRES(mutex_);
  void Call(std::uint64_t number, std::uint32_t events);
  // Null when the watch has gone; otherwise to be followed by EndCall.
  std::shared_ptr<Watched> BeginCall(std::uint64_t number);
  void AskAgain(std::uint64_t number, Watched& watched, std::optional<int> readable_before);
  void EndCall();

  Mutex mutex_;
  CondVar changed_;  // a call has returned, or the thread has ended
  std::unordered_map<std::uint64_t, std::shared_ptr<Watched>> watched_ WMI_GUARDED_BY(mutex_);
  std::uint64_t last_number_ WMI_GUARDED_BY(mutex_) = kWakeUp;
  std::uint64_t called_ WMI_GUARDED_BY(mutex_) = kWakeUp;  // whose `ready` is running
  bool running_ WMI_GUARDED_BY(mutex_) = false;            // the thread exists
  std::thread::id thread_ WMI_GUARDED_BY(mutex_);
  // Open while the thread exists; changed before it starts and by itself.
  int epoll_ = -1;
  int wake_up_ = -1;
};

class Reactor::Loop::Held final : public Watch {
 public:
  explicit Held(std::shared_ptr<Loop> loop) : loop_(std::move(loop)) {}
  ~Held() override {
    if (number_ != kWakeUp) loop_->Remove(number_);
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  void SetNumber(std::uint64_t number) { number_ = number; }

 private:
  const std::shared_ptr<Loop> loop_;
  std::uint64_t number_ = kWakeUp;  // none yet
};

int Reactor::Loop::AskFor(int operation, std::uint64_t number, const Watched& watched) const {
  epoll_event event{};
  // One call for each asking: nothing is told again before `ready` has returned.
  event.events =
      EPOLLIN | EPOLLRDHUP | (watched.only_changes || watched.when == When::kChanged ? EPOLLET : EPOLLONESHOT);
  event.data.u64 = number;
  return epoll_ctl(epoll_, operation, watched.fd, &event);
}

Status Reactor::Loop::Open() {
  epoll_ = Try([] { return epoll_create1(EPOLL_CLOEXEC); });
  if (epoll_ < 0) return Failed("epoll_create1");
  wake_up_ = Try([] { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); });
  if (wake_up_ < 0) return Failed("eventfd");
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kWakeUp;
  const int added = Try([&] { return epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_up_, &event); });
  return added == 0 ? Status() : Failed("epoll_ctl(eventfd)");
}

void Reactor::Loop::Close() {
  if (epoll_ >= 0) close(epoll_);
  if (wake_up_ >= 0) close(wake_up_);
  epoll_ = wake_up_ = -1;
}

Result<std::uint64_t> Reactor::Loop::Add(int fd, std::function<void()> ready, When when) {
  auto watched = std::make_shared<Watched>(
      Watched{fd, std::move(ready), when, false, 0});  // let go after the lock when this fails
  MutexLock lock(mutex_);
  const std::uint64_t number = ++last_number_;
  watched_.emplace(number, watched);
  Status status;
  try {
    status = Begin(number, *watched);
  } catch (const std::bad_alloc&) {
    status = Status(code::kOutOfMemory);
  }
  if (status.ok()) return number;
  watched_.erase(number);
  if (!running_) Close();
  return status;
}

Status Reactor::Loop::Begin(std::uint64_t number, const Watched& watched) {
  if (!running_) TRY(Open());
  if (Try([&] { return AskFor(EPOLL_CTL_ADD, number, watched); }) != 0) {
    const int error = errno;
    return SystemStatus(code::kFailed, fmt::format("epoll_ctl(descriptor {})", watched.fd), error);
  }
  if (running_) return Status();
  running_ = Try([this] { return TryStartThread([self = shared_from_this()] { self->Run(); }) ? 0 : -1; }) == 0;
  return running_ ? Status() : SystemStatus(code::kOutOfMemory, "pthread_create", EAGAIN);
}

void Reactor::Loop::Remove(std::uint64_t number) {
  std::shared_ptr<Watched> watched;  // let go after the lock
  MutexLock lock(mutex_);
  const auto found = watched_.find(number);
  if (found == watched_.end()) return;
  watched = std::move(found->second);
  watched_.erase(found);
  if (running_) epoll_ctl(epoll_, EPOLL_CTL_DEL, watched->fd, nullptr);
  if (IsOnThread()) return;
  if (running_ && watched_.empty()) eventfd_write(wake_up_, 1);
  // No deadline: `ready` is our own short code, and what it works with may go as soon as we return.
  while (called_ == number) changed_.Wait(lock);
}

void Reactor::Loop::Run() {
  pthread_setname_np(pthread_self(), "wmi-reactor");
  std::array<epoll_event, kEventsPerWait> events{};
  {
    MutexLock lock(mutex_);
    thread_ = std::this_thread::get_id();
  }
  while (GoesOn()) {
    // No deadline: what is watched wakes it, and the eventfd when nothing is.
    const int count = FaultHere("exec.reactor.wait") ? -1 : epoll_wait(epoll_, events.data(), kEventsPerWait, -1);
    if (count < 0 && errno != EINTR && !StartAnew()) return;
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.u64 == kWakeUp) {
        eventfd_t value = 0;
        eventfd_read(wake_up_, &value);
      } else {
        Call(event.data.u64, event.events);
      }
    }
  }
}

bool Reactor::Loop::GoesOn() {
  MutexLock lock(mutex_);
  if (!watched_.empty()) return true;
  End();
  return false;
}

// The program has closed our descriptors, as closefrom does; others may have their numbers by now.
bool Reactor::Loop::StartAnew() {
  MutexLock lock(mutex_);
  epoll_ = wake_up_ = -1;
  if (!Open().ok()) {
    End();
    return false;
  }
  // A failure is that of a descriptor which was closed with ours.
  for (const auto& [number, watched] : watched_) AskFor(EPOLL_CTL_ADD, number, *watched);
  return true;
}

void Reactor::Loop::End() {
  Close();
  running_ = false;
  thread_ = {};
  changed_.NotifyAll();
}

// `events` were told of the watch of this number, which may have gone since.
void Reactor::Loop::Call(std::uint64_t number, std::uint32_t events) {
  std::shared_ptr<Watched> watched = BeginCall(number);
  if (watched == nullptr) return;
  std::optional<int> readable_before;
  if (IsGone(events)) readable_before = Readable(watched->fd);
  CallReady(watched->ready);
  AskAgain(number, *watched, readable_before);
  watched.reset();  // what `ready` holds goes without the lock, and before a Remove that waits returns
  EndCall();
}

std::shared_ptr<Reactor::Loop::Watched> Reactor::Loop::BeginCall(std::uint64_t number) {
  MutexLock lock(mutex_);
  const auto found = watched_.find(number);
  if (found == watched_.end()) return nullptr;
  called_ = number;
  return found->second;
}

void Reactor::Loop::AskAgain(std::uint64_t number, Watched& watched, std::optional<int> readable_before) {
  MutexLock lock(mutex_);
  if (watched_.count(number) == 0 || watched.when == When::kChanged) return;
  // The end of a pipe or socket is told for ever: a watcher that does nothing about it would keep us busy.
  const bool was_useless = readable_before && *readable_before == Readable(watched.fd);
  watched.useless_calls = was_useless ? std::min(watched.useless_calls + 1, kUselessCallsMax) : 0;
  const bool asked_for_changes = std::exchange(watched.only_changes, watched.useless_calls == kUselessCallsMax);
  if (watched.only_changes && asked_for_changes) return;  // to ask again would tell at once what is known
  AskFor(EPOLL_CTL_MOD, number, watched);                 // fails only for a descriptor that the watcher has closed
}

void Reactor::Loop::EndCall() {
  MutexLock lock(mutex_);
  called_ = kWakeUp;
  changed_.NotifyAll();
}

void Reactor::Loop::WaitEnded(TimePoint deadline) {
  MutexLock lock(mutex_);
  assert(watched_.empty());
  if (IsOnThread()) return;
  while (running_ && changed_.WaitUntil(lock, deadline)) {
  }
}

Reactor::Reactor() : loop_(std::make_shared<Loop>()) {}

Reactor::~Reactor() { loop_->WaitEnded(SteadyClock().Now() + kEndWaitMax); }

Result<std::unique_ptr<Reactor::Watch>> Reactor::Add(int fd, std::function<void()> ready, When when) {
  auto watch = std::make_unique<Loop::Held>(loop_);
  watch->SetNumber(TRY(loop_->Add(fd, std::move(ready), when)));
  return std::unique_ptr<Watch>(std::move(watch));
}

}  // namespace wmi::exec
