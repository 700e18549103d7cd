#include "engine/foreign_commits.h"

#include <fmt/format.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <new>
#include <utility>

#include "base/mutex.h"

namespace wmi::engine {
namespace {

// A commit is seen in the file before it counts: it is written, then brought to the disk, then published in shared
// memory, which nobody is told of. So the counter is looked at a while after a write, and again until nothing was
// written for long enough.
constexpr auto kFirstLook = std::chrono::milliseconds(50);
constexpr auto kNextLook = std::chrono::seconds(1);
constexpr auto kQuietAfter = std::chrono::seconds(3);

class Commits final : public std::enable_shared_from_this<Commits> {
 public:
  Commits(ForeignCommits::Tools tools, std::function<void()> changed)
      : tools_(std::move(tools)), changed_(std::move(changed)), seen_(tools_.repository->untold_commits()) {}

  // Something in the folder was written.
  void Written() {
    MutexLock lock(mutex_);
    const TimePoint now = tools_.clock->Now();
    last_write_ = now;
    if (!look_) look_ = ArmAt(now + kFirstLook);
  }

 private:
  std::unique_ptr<exec::TimerQueue::Entry> ArmAt(TimePoint at) {
    return tools_.timers->At(at, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->Look();
    });
  }

  void Look() noexcept {
    bool is_new = false;
    {
      MutexLock lock(mutex_);
      look_.reset();
      const std::uint64_t commits = tools_.repository->untold_commits();
      is_new = std::exchange(seen_, commits) != commits;
      const TimePoint now = tools_.clock->Now();
      try {
        if (now - last_write_ < kQuietAfter) look_ = ArmAt(now + kNextLook);
      } catch (const std::bad_alloc&) {
        look_.reset();  // the next write looks
      }
    }
    if (is_new) changed_();
  }

  const ForeignCommits::Tools tools_;
  const std::function<void()> changed_;
  Mutex mutex_;
  std::uint64_t seen_ WMI_GUARDED_BY(mutex_);
  TimePoint last_write_ WMI_GUARDED_BY(mutex_){};
  std::unique_ptr<exec::TimerQueue::Entry> look_ WMI_GUARDED_BY(mutex_);
};

class Folder final : public ForeignCommits {
 public:
  Folder(int descriptor, std::shared_ptr<Commits> commits) : descriptor_(descriptor), commits_(std::move(commits)) {}
  ~Folder() override {
    watch_.reset();
    close(descriptor_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  Status Listen(exec::Reactor& reactor) {
    watch_ = TRY(reactor.Add(descriptor_, [this] { Read(); }));
    return Status();
  }

 private:
  // What was written does not matter, only that something was.
  void Read() {
    alignas(inotify_event) std::array<char, 16'384> messages;
    if (read(descriptor_, messages.data(), messages.size()) > 0) commits_->Written();
  }

  const int descriptor_;
  const std::shared_ptr<Commits> commits_;
  std::unique_ptr<exec::Reactor::Watch> watch_;
};

}  // namespace

Result<std::unique_ptr<ForeignCommits>> ForeignCommits::Watch(const Tools& tools, std::function<void()> changed) {
  const std::string& folder = tools.repository->folder();
  if (folder.empty()) return std::unique_ptr<ForeignCommits>();
  const int descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor < 0) return SystemStatus(code::kFailed, "inotify_init1", errno);
  auto made = std::make_unique<Folder>(descriptor, std::make_shared<Commits>(tools, std::move(changed)));
  if (inotify_add_watch(descriptor, folder.c_str(), IN_MODIFY | IN_MOVED_TO | IN_CLOSE_WRITE) < 0) {
    return SystemStatus(code::kFailed, fmt::format("inotify_add_watch({})", folder), errno);
  }
  TRY(made->Listen(*tools.reactor));
  return std::unique_ptr<ForeignCommits>(std::move(made));
}

}  // namespace wmi::engine
