#include "providers/linux/process_events/process_feed.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <new>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "providers/linux/process/process_reader.h"
#include "providers/linux/process/surroundings.h"
#include "providers/linux/process_events/process_tracker.h"

namespace wmi::linuxos {
namespace {

using namespace process_source;  // NOLINT: bits of one enumeration

// One call of the reactor takes no more than that, so that others get their turn.
constexpr int kDatagramsPerCall = 256;
// What names and sessions are kept of; 100 bytes each.
constexpr std::size_t kMemoriesMax = 262'144;
// Of the processes that were there before, no more are looked at.
constexpr std::size_t kFirstMemoriesMax = 16'384;
constexpr SourceSet kOfMachine = kBootTime | kHost | kSystemName | kRelease;
constexpr SourceSet kOfMemory = kStat | kName | kStatus;
// The host name and the time of the boot may change; to read them for each process would cost more than the process.
constexpr std::uint64_t kSurroundingsNs = 1'000'000'000;

ProcessMemory MemoryOf(const ProcessReader& reader, const ProcessView& view) {
  ProcessMemory memory;
  memory.name = view.name;
  const SourceSet missing = reader.denied() | reader.unread();
  if ((missing & kStat) == 0) {
    memory.session_id = static_cast<std::uint32_t>(view.stat.session_id);
    memory.parent_id = static_cast<std::int32_t>(view.stat.parent_id);
  }
  if ((missing & kStatus) == 0 && view.status.user) memory.user = static_cast<std::uint32_t>(*view.status.user);
  return memory;
}

// While a parent collects a process its stat still has the name, and zero in place of the parent, the session and the
// number of threads.
bool IsBeingCollected(ProcessReader& reader) {
  return ((reader.denied() | reader.unread()) & kStat) == 0 && reader.view().stat.threads == 0;
}

using Memories = std::unordered_map<std::int32_t, ProcessMemory>;

// One who listens. Its calls end when Close has returned.
class Member {
 public:
  explicit Member(std::unique_ptr<ProcessListener> listener)
      : sources_(listener->sources()), wants_memory_(listener->wants_memory()), listener_(std::move(listener)) {}

  SourceSet sources() const { return sources_; }
  bool wants_memory() const { return wants_memory_; }

  // Does nothing when it is closed.
  template <typename Call>
  void Tell(Call&& call) WMI_EXCLUDES(mutex_) {
    const Telling telling(*this);
    if (telling.listener() != nullptr) call(*telling.listener());
  }

  void Close() WMI_EXCLUDES(mutex_) {
    std::unique_ptr<ProcessListener> closed;  // let go after the lock
    MutexLock lock(mutex_);
    is_closed_ = true;
    // Its own call, which drops it at the end.
    if (teller_ == std::this_thread::get_id()) return;
    // Without a deadline: the call is short code of ours, and to go on before its end would be wrong.
    while (teller_ != std::thread::id()) is_told_.Wait(lock);
    closed = std::move(listener_);
  }

 private:
  // One call, which may throw when memory is short.
  class Telling {
   public:
    explicit Telling(Member& member) : member_(member), listener_(member.BeginCall()) {}
    ~Telling() {
      if (listener_ != nullptr) member_.EndCall();
    }
    Telling(const Telling&) = delete;
    Telling& operator=(const Telling&) = delete;
    ProcessListener* listener() const { return listener_; }

   private:
    Member& member_;
    ProcessListener* const listener_;
  };

  // Null when it is closed.
  ProcessListener* BeginCall() WMI_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (is_closed_) return nullptr;
    teller_ = std::this_thread::get_id();
    return listener_.get();
  }
  void EndCall() WMI_EXCLUDES(mutex_) {
    std::unique_ptr<ProcessListener> closed;  // let go after the lock
    MutexLock lock(mutex_);
    teller_ = std::thread::id();
    if (is_closed_) closed = std::move(listener_);
    is_told_.NotifyAll();
  }

  const SourceSet sources_;
  const bool wants_memory_;
  Mutex mutex_;
  CondVar is_told_;
  std::unique_ptr<ProcessListener> listener_ WMI_GUARDED_BY(mutex_);
  bool is_closed_ WMI_GUARDED_BY(mutex_) = false;
  std::thread::id teller_ WMI_GUARDED_BY(mutex_);
};

using Members = std::vector<std::shared_ptr<Member>>;

}  // namespace

// The members keep it. Messages are taken on the thread of the reactor alone; only the list of the members and the end
// are shared with other threads.
class ProcessFeed::Connection final : private ProcessTracker::Output {
 public:
  static Result<std::shared_ptr<Connection>> Open(const Machine& machine, exec::Reactor& reactor) {
    auto connection = std::make_shared<Connection>(machine, reactor);
    TRY(connection->Start());
    return connection;
  }

  Connection(const Machine& machine, exec::Reactor& reactor)
      : machine_(machine), connector_(*machine.process_connector), reactor_(reactor), tracker_(*this) {}
  ~Connection() override {
    // In the reactor's own call, or waits for its end.
    socket_watch_.reset();
    timer_watch_.reset();
    if (socket_ >= 0) connector_.Close(socket_);
    if (timer_ >= 0) connector_.CloseTimer(timer_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool Serves(const exec::Reactor& reactor) const { return &reactor == &reactor_ && !is_broken_ && !is_over_; }

  // False when it has ended meanwhile; nothing is taken then.
  bool Add(const std::shared_ptr<Member>& member, Memories& first) WMI_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (is_over_) return false;
    members_.push_back(member);
    first_memories_.merge(std::move(first));
    has_new_members_ = true;
    return true;
  }

  // When the last one has gone nothing is watched any more, so that the reactor may go. `self` is given up: here, or
  // when the call of the reactor that this is part of ends.
  void Remove(const std::shared_ptr<Member>& member, std::shared_ptr<Connection> self) WMI_EXCLUDES(mutex_) {
    // Let go after the lock.
    std::vector<std::shared_ptr<Connection>> given_up;
    std::unique_ptr<exec::Reactor::Watch> socket_watch;
    std::unique_ptr<exec::Reactor::Watch> timer_watch;
    MutexLock lock(mutex_);
    std::erase(members_, member);
    given_up_.push_back(std::move(self));
    if (taker_ != std::this_thread::get_id()) {
      // If these are the last the end of a call that is running is waited for.
      given_up.swap(given_up_);
    } else if (members_.empty()) {
      is_over_ = true;
      socket_watch = std::move(socket_watch_);
      timer_watch = std::move(timer_watch_);
    }
  }

 private:
  Status Start() WMI_EXCLUDES(mutex_) {
    socket_ = TRY(connector_.Open());
    timer_ = connector_.OpenTimer();
    if (timer_ < 0) return SystemStatus(code::kProviderFailure, "timerfd_create", -timer_);
    // Held so that the first call, which may come at once, finds the watches in their place.
    MutexLock lock(mutex_);
    socket_watch_ = TRY(reactor_.Add(socket_, [this] { Run(Reason::kMessages); }));
    timer_watch_ = TRY(reactor_.Add(timer_, [this] { Run(Reason::kTime); }));
    return Status();
  }

  enum class Reason { kMessages, kTime };

  // What the reactor calls.
  void Run(Reason reason) WMI_EXCLUDES(mutex_) {
    // Destroyed last: they may hold the last reference to this connection.
    std::vector<std::shared_ptr<Connection>> given_up;
    std::unique_ptr<exec::Reactor::Watch> socket_watch;
    std::unique_ptr<exec::Reactor::Watch> timer_watch;
    {
      MutexLock lock(mutex_);
      taker_ = std::this_thread::get_id();
    }
    if (reason == Reason::kTime) TakeTime();
    try {
      if (!is_broken_) TakeMessages();
    } catch (const std::bad_alloc&) {
      // What was taken of the kernel is lost; to be told with what comes next, or soon.
      has_overflowed_ = true;
      connector_.SetTimer(timer_, connector_.Now() + ProcessTracker::kPatience);
    }
    current_.clear();
    MutexLock lock(mutex_);
    taker_ = std::thread::id();
    // Who is a member has a reference too, and is the one to give up the last.
    members_.empty() ? given_up.swap(given_up_) : given_up_.clear();
    if (is_broken_) {
      socket_watch = std::move(socket_watch_);
      timer_watch = std::move(timer_watch_);
    }
  }

  void TakeTime() {
    std::uint64_t times = 0;
    // Nothing to do about a failure: it only says that the time has not come.
    if (::read(timer_, &times, sizeof times) == sizeof times) timer_time_ns_.reset();
  }

  void TakeMessages() {
    TakeMembers();
    bool is_empty = false;
    for (int count = 0; count < kDatagramsPerCall && !is_over_; ++count) {
      const int length = ReceiveFromKernel(socket_, buffer_);
      if (length == -EAGAIN) {
        is_empty = true;
        break;
      }
      if (length == -ENOBUFS) {
        has_overflowed_ = true;
        continue;
      }
      if (length < 0) return Break(-length);
      // What came after they joined is theirs.
      if (has_new_members_) TakeMembers();
      messages_.clear();
      ParseProcessMessages({buffer_.data(), static_cast<std::size_t>(length)}, messages_);
      for (const ProcessMessage& message : messages_) {
        if (const std::uint32_t lost = sequence_.Note(message); lost != 0) {
          has_overflowed_ = false;
          Lose(lost);
        }
        Take(message);
      }
    }
    // Where the messages before it did not tell how many are missing.
    if (is_empty && std::exchange(has_overflowed_, false)) Lose(0);
    const std::uint64_t now = connector_.Now();
    if (is_empty) tracker_.Expire(now);
    SetTimer(is_empty ? 0 : now);
  }

  // Not before `earliest`: the messages that are left are taken first.
  void SetTimer(std::uint64_t earliest) {
    const auto next = tracker_.next_time();
    if (!next) return;
    const std::uint64_t time = std::max(*next, earliest);
    if (timer_time_ns_ && *timer_time_ns_ <= time) return;
    connector_.SetTimer(timer_, time);
    timer_time_ns_ = time;
  }

  void Take(const ProcessMessage& message) {
    using Kind = ProcessMessage::Kind;
    if (message.kind == Kind::kFork || message.kind == Kind::kExit) {
      const ThreadChange change{WallTimeOf(message.time_ns), message.process_id, message.thread_id};
      const bool is_start = message.kind == Kind::kFork;
      TellAll(
          [&](ProcessListener& listener) { is_start ? listener.ThreadStarted(change) : listener.ThreadEnded(change); });
    }
    tracker_.Take(message);
  }

  void Lose(std::uint64_t messages) {
    const std::string why =
        messages == 0 ? "the kernel told of processes faster than they were taken"
                      : fmt::format("the kernel told of processes faster than they were taken; {} messages are missing",
                                    messages);
    TellAll([&](ProcessListener& listener) { listener.Lost(messages, why); });
    tracker_.Lose(connector_.Now());
  }

  void Break(int error) {
    is_broken_ = true;
    const Status why = SystemStatus(code::kProviderFailure, "recvfrom(NETLINK_CONNECTOR)", error);
    TellAll([&](ProcessListener& listener) { listener.Broken(why); });
  }

  void TakeMembers() WMI_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    has_new_members_ = false;
    current_ = members_;
    for (auto& [id, memory] : first_memories_) memories_.try_emplace(id, std::move(memory));
    first_memories_.clear();
    keeps_memories_ =
        std::any_of(current_.begin(), current_.end(), [](const auto& member) { return member->wants_memory(); });
    if (!keeps_memories_) memories_.clear();
    sources_ = keeps_memories_ ? kOfMemory : kStat;
    for (const auto& member : current_) sources_ |= member->sources();
  }

  template <typename Call>
  void TellAll(Call&& call) {
    for (const auto& member : current_) member->Tell(call);
  }

  std::int64_t WallTimeOf(std::uint64_t time_ns) {
    const auto ago = static_cast<std::int64_t>(connector_.Now() - time_ns) / 1000;
    return connector_.WallTime() - ago;
  }

  // --- ProcessTracker::Output ---

  void Started(const StartedProcess& process) override {
    bool is_wanted = keeps_memories_;
    TellAll([&](ProcessListener& listener) { is_wanted = is_wanted || listener.WantsStart(process.id); });
    if (!is_wanted) return;
    // Before anything else: its parent may collect it at any moment.
    const bool was_read = Read(process.id);
    const bool is_collected = was_read && IsBeingCollected(*reader_);
    const bool is_there = was_read && !is_collected;
    RefreshSurroundings(process.time_ns);

    ProcessStart start;
    start.time = WallTimeOf(process.time_ns);
    start.parent_id = process.parent_id;
    ProcessView& view = reader_->view();
    view.surroundings = &surroundings_;
    start.view = &view;
    start.denied = reader_->denied();
    start.unread = is_there ? reader_->unread() : kPerProcess;
    std::string name;
    if (!is_there || (start.denied & kStat) != 0) {
      name = is_collected ? std::string(view.stat.name) : process.name;
      // It went on with the program of its parent, under its name.
      if (name.empty() && !process.runs_own_program) name = NameOf(process.parent_id);
      view.name = name;
    }
    if (keeps_memories_ && memories_.size() < kMemoriesMax) {
      ProcessMemory memory = MemoryOf(*reader_, view);
      if (!is_there) memory.session_id = memory.user = std::nullopt;
      memory.parent_id = process.parent_id;
      memories_.insert_or_assign(process.id, std::move(memory));
    }
    TellAll([&](ProcessListener& listener) {
      if (listener.WantsStart(process.id)) listener.Started(start);
    });
  }

  void Changed(std::int32_t id) override {
    if (keeps_memories_ && Read(id)) {
      const ProcessView& view = reader_->view();
      if (memories_.size() < kMemoriesMax) memories_.insert_or_assign(id, MemoryOf(*reader_, view));
    }
    TellAll([&](ProcessListener& listener) { listener.Changed(id); });
  }

  void Ended(const EndedProcess& process) override {
    ProcessMemory memory;
    if (const auto known = memories_.extract(process.id)) {
      memory = std::move(known.mapped());
    } else if (last_look_id_ == process.id) {
      memory = std::move(last_look_);
    }
    last_look_id_ = 0;
    ProcessEnd end;
    end.time = WallTimeOf(process.time_ns);
    end.id = process.id;
    // The kernel does not tell it of a process that was collected before it said so.
    end.parent_id = process.parent_id != 0 ? process.parent_id : memory.parent_id;
    end.wait_status = process.wait_status;
    end.memory = &memory;
    TellAll([&](ProcessListener& listener) { listener.Ended(end); });
  }

  // Something of it runs unless it is gone, or all that is left is the entry that its parent has not collected yet.
  bool IsRunning(std::int32_t id) override {
    last_look_id_ = 0;
    if (!ReadStat(id)) return false;
    const ProcessStat& stat = stat_reader_->view().stat;
    const bool runs = (stat.state != 'Z' && stat.state != 'X') || stat.threads > 1;
    if (!runs && keeps_memories_) {
      last_look_ = MemoryOf(*stat_reader_, stat_reader_->view());
      last_look_.user.reset();
      last_look_id_ = id;
    }
    return runs;
  }

  // --- reading ---

  // False when the process has gone; view() has its number at least. What is short of descriptors or memory is unread:
  // nobody waits for an answer that could say so.
  bool Read(std::int32_t id) {
    if (!reader_ || sources_ != reader_sources_) {
      reader_.emplace(*machine_.files, sources_, ProcessReader::HandleCountingOf(machine_));
      reader_sources_ = sources_;
    }
    return ReadWith(*reader_, id);
  }
  bool ReadStat(std::int32_t id) {
    if (!stat_reader_) stat_reader_.emplace(*machine_.files, kStat, ProcessReader::HandleCounting::kBySize);
    return ReadWith(*stat_reader_, id) && ((stat_reader_->denied() | stat_reader_->unread()) & kStat) == 0;
  }
  bool ReadWith(ProcessReader& reader, std::int32_t id) {
    if (!directory_ && machine_.files->OpenDirectory(kNoDirectory, machine_.root.proc.c_str(), directory_) != 0) {
      directory_ = Directory();
    }
    const auto found = reader.Read(directory_.descriptor(), id, ProcessReader::Origin::kTold);
    return found.ok() && *found == ProcessReader::Found::kYes;
  }
  std::string NameOf(std::int32_t id) {
    return ReadStat(id) ? std::string(stat_reader_->view().stat.name) : std::string();
  }

  void RefreshSurroundings(std::uint64_t time_ns) {
    const SourceSet wanted = sources_ & kOfMachine;
    const bool is_old = time_ns - surroundings_time_ns_ > kSurroundingsNs;
    if (wanted == surroundings_sources_ && !is_old) return;
    surroundings_ = machine_surroundings_.Read(wanted);
    surroundings_sources_ = wanted;
    surroundings_time_ns_ = time_ns;
  }

  const Machine machine_;
  ProcessConnector& connector_;
  exec::Reactor& reactor_;
  std::atomic<bool> is_broken_{false};
  std::atomic<bool> is_over_{false};          // watches nothing any more; set under the lock
  std::atomic<bool> has_new_members_{false};  // set after they are in the list

  // Of the reactor's thread.
  int socket_ = -1;
  int timer_ = -1;
  std::optional<std::uint64_t> timer_time_ns_;  // that it is set to
  bool has_overflowed_ = false;
  bool keeps_memories_ = false;
  ProcessTracker tracker_;
  SequenceCounter sequence_;
  Members current_;
  std::vector<char> buffer_;
  std::vector<ProcessMessage> messages_;
  Memories memories_;
  ProcessMemory last_look_;
  std::int32_t last_look_id_ = 0;
  Directory directory_;
  std::optional<ProcessReader> reader_;
  SourceSet reader_sources_ = 0;
  SourceSet sources_ = 0;  // that somebody wants
  std::optional<ProcessReader> stat_reader_;
  Surroundings machine_surroundings_{machine_, ReadClockOffset};
  ProcessSurroundings surroundings_;
  SourceSet surroundings_sources_ = 0;
  std::uint64_t surroundings_time_ns_ = 0;

  Mutex mutex_;
  Members members_ WMI_GUARDED_BY(mutex_);
  Memories first_memories_ WMI_GUARDED_BY(mutex_);
  std::thread::id taker_ WMI_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<Connection>> given_up_ WMI_GUARDED_BY(mutex_);
  std::unique_ptr<exec::Reactor::Watch> socket_watch_;
  std::unique_ptr<exec::Reactor::Watch> timer_watch_;
};

namespace {

class Membership final : public provider::Listening {
 public:
  Membership(std::shared_ptr<ProcessFeed::Connection> connection, std::shared_ptr<Member> member)
      : connection_(std::move(connection)), member_(std::move(member)) {}
  ~Membership() override {
    member_->Close();
    ProcessFeed::Connection& connection = *connection_;
    connection.Remove(member_, std::move(connection_));
  }
  Membership(const Membership&) = delete;
  Membership& operator=(const Membership&) = delete;

 private:
  std::shared_ptr<ProcessFeed::Connection> connection_;
  const std::shared_ptr<Member> member_;
};

// Of the processes that are there: when they end there is nothing left to read.
Memories FirstMemories(const Machine& machine) {
  Memories memories;
  Directory directory;
  std::vector<std::int32_t> ids;
  if (machine.files->OpenDirectory(kNoDirectory, machine.root.proc.c_str(), directory) != 0) return memories;
  if (machine.files->ListNumbers(directory.descriptor(), ".", kFirstMemoriesMax, ids) != 0) return memories;
  ProcessReader reader(*machine.files, kOfMemory, ProcessReader::HandleCounting::kBySize);
  for (const std::int32_t id : ids) {
    const auto found = reader.Read(directory.descriptor(), id, ProcessReader::Origin::kListed);
    if (found.ok() && *found == ProcessReader::Found::kYes) memories.emplace(id, MemoryOf(reader, reader.view()));
  }
  return memories;
}

}  // namespace

Result<std::unique_ptr<provider::Listening>> ProcessFeed::Join(exec::Reactor& reactor,
                                                               std::unique_ptr<ProcessListener> listener) {
  auto member = std::make_shared<Member>(std::move(listener));
  Memories first;
  for (;;) {
    // Outlives the lock: it may turn out to be the last reference.
    std::shared_ptr<Connection> former;
    std::shared_ptr<Connection> connection;
    {
      MutexLock lock(mutex_);
      connection = connection_.lock();
      if (!connection || !connection->Serves(reactor)) {
        former = std::move(connection);
        connection = TRY(Connection::Open(machine_, reactor));
        connection_ = connection;
      }
    }
    // After the connection was opened: who comes meanwhile is told.
    if (member->wants_memory() && first.empty()) first = FirstMemories(machine_);
    // It may just have ended with another member, from within a call; then there will be a new one.
    if (!connection->Add(member, first)) continue;
    return std::unique_ptr<provider::Listening>(std::make_unique<Membership>(std::move(connection), std::move(member)));
  }
}

}  // namespace wmi::linuxos
