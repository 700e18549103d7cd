#include "engine/foreign_changes.h"

#include <fmt/format.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wmi::engine {
namespace {

// Who knows that others wait writes to a file of its own behind its commit. Who does not, because he had begun before
// or was killed, writes only to the database, and that before the commit counts: so the counter of commits is looked at
// a while after such a write, and again until nothing was written for long enough.
constexpr auto kFirstLook = std::chrono::milliseconds(50);
constexpr auto kNextLook = std::chrono::seconds(1);
constexpr auto kQuietAfter = std::chrono::seconds(3);
constexpr exec::Lane kOwnLane = 0;

using Subject = store::Change::Subject;

}  // namespace

// The watch of the folder, shared by the members.
class ForeignChanges::Folder final : public std::enable_shared_from_this<Folder> {
 public:
  explicit Folder(const Tools& tools) : tools_(tools), seen_(tools.repository->untold_commits()) {}
  ~Folder() {
    watch_.reset();
    if (descriptor_ >= 0) close(descriptor_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  Status Open() {
    const std::string& folder = tools_.repository->folder();
    descriptor_ = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (descriptor_ < 0) return SystemStatus(code::kFailed, "inotify_init1", errno);
    if (inotify_add_watch(descriptor_, folder.c_str(), IN_MODIFY | IN_MOVED_TO | IN_CLOSE_WRITE) < 0) {
      return SystemStatus(code::kFailed, fmt::format("inotify_add_watch({})", folder), errno);
    }
    // It could outlive this for as long as a callback runs.
    watch_ = TRY(tools_.reactor->Add(descriptor_, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->Written();
    }));
    tools_.pool->Prepare();
    return Status();
  }

  using Callback = std::shared_ptr<const std::function<void()>>;
  void Add(Callback callback) {
    MutexLock lock(mutex_);
    callbacks_.push_back(std::move(callback));
  }
  void Remove(const Callback& callback) noexcept {
    MutexLock lock(mutex_);
    std::erase(callbacks_, callback);
  }

  // A task of the pool. One at a time.
  void Read();
  std::string Description() const { return "changes of the repository by other processes"; }

 private:
  // What was written does not matter, only whether it tells of news.
  void Written() {
    alignas(inotify_event) std::array<char, 16'384> messages;
    const ssize_t bytes = read(descriptor_, messages.data(), messages.size());
    if (bytes <= 0) return;
    if (HasNews({messages.data(), static_cast<std::size_t>(bytes)})) {
      PostReading();
    } else {
      LookLater();
    }
  }
  static bool HasNews(std::string_view messages) {
    for (std::size_t at = 0; at + sizeof(inotify_event) <= messages.size();) {
      inotify_event head;
      std::memcpy(&head, messages.data() + at, sizeof head);
      at += sizeof head;
      // The name is padded with zeros.
      if (head.len != 0 && store::ChangeLog::kFileName == messages.data() + at) return true;
      at += head.len;
    }
    return false;
  }

  void LookLater() {
    MutexLock lock(mutex_);
    const TimePoint now = tools_.clock->Now();
    last_write_ = now;
    if (!look_) look_ = ArmAt(now + kFirstLook);
  }
  std::unique_ptr<exec::TimerQueue::Entry> ArmAt(TimePoint at) {
    return tools_.timers->At(at, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->Look();
    });
  }
  void Look() noexcept {
    {
      MutexLock lock(mutex_);
      look_.reset();
      const TimePoint now = tools_.clock->Now();
      try {
        if (now - last_write_ < kQuietAfter) look_ = ArmAt(now + kNextLook);
      } catch (const std::bad_alloc&) {
        look_.reset();  // the next write looks
      }
      if (tools_.repository->untold_commits() == seen_) return;
    }
    PostReading();
  }

  void PostReading() {
    {
      MutexLock lock(mutex_);
      if (std::exchange(is_reading_, true)) {
        reads_again_ = true;
        return;
      }
    }
    // Without memory, as the pool is prepared and the task has a slot.
    tools_.pool->Post(kOwnLane, exec::Task::Of<&Folder::Read>(shared_from_this()), &slot_);
  }
  void TellOfNews();
  void TellOfCommits();

  const Tools tools_;
  int descriptor_ = -1;
  std::unique_ptr<exec::Reactor::Watch> watch_;
  exec::TaskSlot slot_;
  Mutex mutex_;
  std::uint64_t seen_ WMI_GUARDED_BY(mutex_);  // of the commits that nobody was told of
  std::vector<Callback> callbacks_ WMI_GUARDED_BY(mutex_);
  TimePoint told_at_ WMI_GUARDED_BY(mutex_){};  // the members of commits
  TimePoint last_write_ WMI_GUARDED_BY(mutex_){};
  std::unique_ptr<exec::TimerQueue::Entry> look_ WMI_GUARDED_BY(mutex_);
  bool is_reading_ WMI_GUARDED_BY(mutex_) = false;   // or about to
  bool reads_again_ WMI_GUARDED_BY(mutex_) = false;  // something came meanwhile
};

void ForeignChanges::Folder::Read() {
  for (bool again = true; again;) {
    bool is_short = false;
    try {
      TellOfNews();
      TellOfCommits();
    } catch (const std::bad_alloc&) {
      is_short = true;  // what was not read is read after the next commit
    }
    MutexLock lock(mutex_);
    again = is_reading_ = std::exchange(reads_again_, false) && !is_short;
  }
}

void ForeignChanges::Folder::TellOfNews() {
  for (bool more = true; more;) {
    Result<store::Repository::News> news = tools_.repository->ReadNewsOfOthers();
    // The database cannot be read at the moment; the next commit tries again, and nothing is passed over.
    if (!news.ok()) return;
    more = news->has_more;
    if (news->told.changes.empty() && news->told.left_out == 0) continue;
    tools_.observer->Committed(std::move(news->told.changes), news->told.left_out);
  }
}

void ForeignChanges::Folder::TellOfCommits() {
  std::vector<Callback> callbacks;
  {
    MutexLock lock(mutex_);
    const std::uint64_t commits = tools_.repository->untold_commits();
    if (callbacks_.empty()) seen_ = commits;
    if (commits == seen_) return;
    // Once a second, however many there are: whoever is called may read much.
    const TimePoint now = tools_.clock->Now();
    if (told_at_ != TimePoint() && now - told_at_ < kNextLook) {
      if (!look_) look_ = ArmAt(told_at_ + kNextLook);
      return;
    }
    told_at_ = now;
    seen_ = commits;
    callbacks = callbacks_;
  }
  for (const Callback& callback : callbacks) (*callback)();
}

namespace {

template <typename Folder>
class Joined final : public ForeignChanges::Member {
 public:
  Joined(std::shared_ptr<Folder> folder, std::vector<std::unique_ptr<store::Repository::Interest>> interests,
         std::function<void()> committed)
      : folder_(std::move(folder)), interests_(std::move(interests)) {
    if (!committed) return;
    callback_ = std::make_shared<const std::function<void()>>(std::move(committed));
    folder_->Add(callback_);
  }
  ~Joined() override {
    if (callback_) folder_->Remove(callback_);
  }
  Joined(const Joined&) = delete;
  Joined& operator=(const Joined&) = delete;

 private:
  const std::shared_ptr<Folder> folder_;
  const std::vector<std::unique_ptr<store::Repository::Interest>> interests_;
  typename Folder::Callback callback_;
};

}  // namespace

Result<std::shared_ptr<ForeignChanges::Folder>> ForeignChanges::OpenFolder() {
  MutexLock lock(opening_);
  if (const auto open = folder_.lock()) return open;
  auto opened = std::make_shared<Folder>(tools_);
  TRY(opened->Open());
  folder_ = opened;
  return opened;
}

Result<std::unique_ptr<ForeignChanges::Member>> ForeignChanges::Join(store::SubjectSet subjects,
                                                                     std::function<void()> committed) {
  if (tools_.repository->folder().empty()) return std::unique_ptr<Member>();
  std::shared_ptr<Folder> folder = TRY(OpenFolder());
  std::vector<std::unique_ptr<store::Repository::Interest>> interests;
  for (const Subject subject : {Subject::kNamespace, Subject::kClass, Subject::kInstance}) {
    if (subjects.Has(subject)) interests.push_back(TRY(tools_.repository->ListenToOthers(subject)));
  }
  return std::unique_ptr<Member>(
      std::make_unique<Joined<Folder>>(std::move(folder), std::move(interests), std::move(committed)));
}

}  // namespace wmi::engine
