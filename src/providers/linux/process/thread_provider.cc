#include "providers/linux/process/thread_provider.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <compare>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kStat = 1u << 0;
constexpr SourceSet kUptime = 1u << 1;
constexpr SourceSet kHost = 1u << 2;
constexpr SourceSet kSystemName = 1u << 3;

constexpr std::size_t kIdsMax = 4u << 20;  // PID_MAX_LIMIT of the kernel
constexpr std::size_t kTextBytesMax = 64u << 10;
// A pull that passes over this many processes ends all the same, so that a stop is noticed.
constexpr std::size_t kPassedOverMax = 1024;
// Priorities above are real time.
constexpr std::int64_t kOrdinaryMax = 39;

std::uint64_t Milliseconds(const ThreadView& thread, std::uint64_t ticks) {
  const std::uint64_t per_second = thread.surroundings->ticks_per_second;
  return ticks / per_second * 1000 + ticks % per_second * 1000 / per_second;
}

void WriteName(const ThreadView& thread, RowWriter& row, std::size_t slot) { row.SetText(slot, thread.stat.name); }

void WriteElapsed(const ThreadView& thread, RowWriter& row, std::size_t slot) {
  const auto& uptime = thread.surroundings->uptime_milliseconds;
  if (!uptime) return;
  // The uptime was read before the stat file.
  const std::uint64_t started = Milliseconds(thread, thread.stat.start_ticks);
  row.SetUnsigned(slot, *uptime > started ? *uptime - started : 0);
}

void WriteExecutionState(const ThreadView& thread, RowWriter& row, std::size_t slot) {
  switch (thread.stat.state) {
    case 'R':
      return row.SetUnsigned(slot, 3);
    case 'S':
    case 'D':
    case 'I':
    case 'P':
      return row.SetUnsigned(slot, 4);
    case 'T':
    case 't':
      return row.SetUnsigned(slot, 5);
    default:
      return;
  }
}

void WriteThreadState(const ThreadView& thread, RowWriter& row, std::size_t slot) {
  switch (thread.stat.state) {
    case 'R':
      return row.SetUnsigned(slot, 2);
    case 'S':
    case 'D':
    case 'I':
    case 'P':
    case 'T':
    case 't':
      return row.SetUnsigned(slot, 5);
    case 'Z':
    case 'X':
      return row.SetUnsigned(slot, 4);
    default:
      return;
  }
}

void WritePriority(const ThreadView& thread, RowWriter& row, std::size_t slot) {
  const std::int64_t priority = kOrdinaryMax - thread.stat.priority;
  if (priority >= 0) row.SetUnsigned(slot, static_cast<std::uint64_t>(priority));
}

void WritePriorityBase(const ThreadView& thread, RowWriter& row, std::size_t slot) {
  if (thread.stat.priority >= 0) WritePriority(thread, row, slot);
}

constexpr Column<ThreadView> kColumns[] = {
    {"Caption", kStat, WriteName, "as `Name`"},
    {"Description", kStat, WriteName, "as `Name`"},
    {"Name", kStat, WriteName, "field 2: the name that the program gave the thread, else its own"},
    {"CreationClassName", 0,
     [](const ThreadView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_Thread"); }, "`Win32_Thread`"},
    {"CSCreationClassName", 0,
     [](const ThreadView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_ComputerSystem"); },
     "`Win32_ComputerSystem`"},
    {"CSName", kHost,
     [](const ThreadView& t, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, t.surroundings->host_name); },
     "NULL when the host name is empty"},
    {"ExecutionState", kStat, WriteExecutionState,
     "field 3: R is 3 Running; S, D, I, P are 4 Blocked; T, t are 5 Suspended Blocked; NULL for a thread that has "
     "ended"},
    {"Handle", 0, [](const ThreadView& t, RowWriter& row, std::size_t slot) { row.SetText(slot, t.handle); },
     "the name of the directory below `/proc/PID/task`"},
    {"KernelModeTime", kStat,
     [](const ThreadView& t, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, Milliseconds(t, t.stat.kernel_ticks));
     },
     "field 15, ticks to milliseconds"},
    {"OSCreationClassName", 0,
     [](const ThreadView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_OperatingSystem"); },
     "`Win32_OperatingSystem`"},
    {"OSName", kSystemName,
     [](const ThreadView& t, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, t.surroundings->system_name);
     },
     "`PRETTY_NAME`, as `Win32_OperatingSystem.Name`"},
    {"Priority", kStat, WritePriority, "39 less field 18, as `Win32_Process.Priority`"},
    {"ProcessCreationClassName", 0,
     [](const ThreadView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_Process"); },
     "`Win32_Process`"},
    {"ProcessHandle", 0,
     [](const ThreadView& t, RowWriter& row, std::size_t slot) { row.SetText(slot, t.process_handle); },
     "the name of the directory below `/proc`"},
    {"UserModeTime", kStat,
     [](const ThreadView& t, RowWriter& row, std::size_t slot) {
       row.SetUnsigned(slot, Milliseconds(t, t.stat.user_ticks));
     },
     "field 14, ticks to milliseconds"},
    {"ElapsedTime", kStat | kUptime, WriteElapsed, "uptime less field 22, in milliseconds"},
    {"PriorityBase", kStat, WritePriorityBase, "as `Priority`; NULL for real time"},
    {"ThreadState", kStat, WriteThreadState,
     "field 3: R is 2 Running; S, D, I, P, T, t are 5 Waiting; Z, X are 4 Terminated; another letter is NULL"},
};

constexpr Source kSources[] = {
    {kStat, "`/proc/PID/task/TID/stat`", Cost::kInstanceFile},
    {kUptime, "`/proc/uptime`", Cost::kFile},
    {kHost, "`/proc/sys/kernel/hostname`", Cost::kFile},
    {kSystemName, "`/etc/os-release`", Cost::kFile},
};

// "12345.67 890.12": seconds and hundredths.
std::optional<std::uint64_t> ParseUptime(std::string_view text) {
  std::uint64_t seconds = 0;
  std::uint64_t hundredths = 0;
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos || !ParseUnsigned(text, seconds)) return std::nullopt;
  if (!ParseUnsigned(text.substr(point + 1), hundredths) || hundredths > 99) return std::nullopt;
  return seconds * 1000 + hundredths * 10;
}

struct ThreadKey {
  std::int32_t process = 0;
  std::int32_t thread = 0;
  auto operator<=>(const ThreadKey&) const = default;
};

class ThreadStream final : public provider::InstanceStream {
 public:
  ThreadStream(const Machine& machine, const provider::Request& request)
      : machine_(machine), request_(request), columns_(ThreadColumns(), request) {}

  Result<provider::ReadState> Read(RowWriter& writer) override {
    if (!is_prepared_) TRY(Prepare());
    if (request_.has_keys) return ReadKeys(writer);
    std::size_t passed_over = 0;
    for (;;) {
      if (writer.full() || passed_over >= kPassedOverMax || request_.stop.stop_requested()) {
        return provider::ReadState::kMore;
      }
      if (next_thread_ < threads_.size()) {
        view_.handle = std::to_string(threads_[next_thread_++]);
        if (!TRY(ReadThread(writer))) ++passed_over;
        continue;
      }
      if (next_process_ == processes_.size()) return provider::ReadState::kEnd;
      TRY(ListThreads(processes_[next_process_++]));
      ++passed_over;
    }
  }

 private:
  Status Prepare() {
    const SourceSet sources = columns_.sources();
    surroundings_.ticks_per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    if ((sources & kHost) != 0) surroundings_.host_name = HostName(machine_);
    if ((sources & kSystemName) != 0) surroundings_.system_name = OperatingSystemName(OsRelease(machine_));
    if ((sources & kUptime) != 0) {
      surroundings_.uptime_milliseconds = ParseUptime(ReadLine(*machine_.files, machine_.root.proc + "/uptime"));
    }
    view_.surroundings = &surroundings_;
    is_prepared_ = true;
    if (request_.has_keys) {
      wanted_ = ThreadKeys();
      return Status();
    }
    const int error = machine_.files->ListNumbers(kNoDirectory, machine_.root.proc.c_str(), kIdsMax, processes_);
    if (error != 0) return SystemStatus(code::kProviderFailure, fmt::format("opendir({})", machine_.root.proc), error);
    const auto slot = request_.schema->FindSlot("ProcessHandle");
    if (slot && request_.IsNarrowed(*slot)) {
      std::erase_if(processes_,
                    [&](std::int32_t id) { return !request_.Allows(*slot, cim::ValueView::Text(std::to_string(id))); });
    }
    return Status();
  }

  Status ListThreads(std::int32_t process) {
    view_.process_handle = std::to_string(process);
    next_thread_ = 0;
    const std::string folder = fmt::format("{}/{}/task", machine_.root.proc, process);
    const int error = machine_.files->ListNumbers(kNoDirectory, folder.c_str(), kIdsMax, threads_);
    if (error == 0) return Status();
    threads_.clear();
    return OutcomeOf(error) == Outcome::kExhausted ? ExhaustedStatus(folder, error) : Status();
  }

  // False when it is gone.
  Result<bool> ReadThread(RowWriter& writer) {
    view_.denied = view_.unread = 0;
    if ((columns_.sources() & kStat) != 0 || request_.has_keys) {
      const std::string path =
          fmt::format("{}/{}/task/{}/stat", machine_.root.proc, view_.process_handle, view_.handle);
      const int error = machine_.files->Read(kNoDirectory, path.c_str(), kTextBytesMax, text_);
      switch (OutcomeOf(error)) {
        case Outcome::kRead:
          if (!ParseProcessStat(text_.text(), view_.stat)) view_.unread |= kStat;
          break;
        case Outcome::kGone:
          return false;
        case Outcome::kDenied:
          view_.denied |= kStat;
          break;
        case Outcome::kExhausted:
          return Result<bool>(ExhaustedStatus(path, error));
        case Outcome::kUnread:
          view_.unread |= kStat;
          break;
      }
    }
    writer.Begin();
    columns_.Write(view_, view_.denied, view_.unread, writer);
    writer.Commit();
    return true;
  }

  // Each thread that is asked for, once.
  std::vector<ThreadKey> ThreadKeys() const {
    const std::vector<std::size_t>& slots = request_.schema->key_slots();
    std::vector<ThreadKey> wanted;
    for (const provider::KeyTuple& key : request_.keys) {
      ThreadKey ids;
      for (std::size_t i = 0; i < slots.size() && i < key.size(); ++i) {
        const bool is_thread = EqualFolded(request_.schema->properties()[slots[i]].name, "Handle");
        const cim::ValueView value = key[i].view();
        if (value.kind() == cim::ValueKind::kText) ParseHandle(value.text(), is_thread ? ids.thread : ids.process);
      }
      if (ids.thread > 0 && ids.process > 0) wanted.push_back(ids);
    }
    std::sort(wanted.begin(), wanted.end());
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
    return wanted;
  }

  Result<provider::ReadState> ReadKeys(RowWriter& writer) {
    while (next_key_ < wanted_.size()) {
      if (writer.full() || request_.stop.stop_requested()) return provider::ReadState::kMore;
      const ThreadKey ids = wanted_[next_key_++];
      if (!IsProcess(ids.process)) continue;
      view_.handle = std::to_string(ids.thread);
      view_.process_handle = std::to_string(ids.process);
      TRY(ReadThread(writer));
    }
    return provider::ReadState::kEnd;
  }

  // /proc answers to the numbers of threads too, each with all threads of its process below it.
  bool IsProcess(std::int32_t id) {
    const std::string path = fmt::format("{}/{}/status", machine_.root.proc, id);
    if (machine_.files->Read(kNoDirectory, path.c_str(), kTextBytesMax, text_) != 0) return false;
    return ParseProcessStatus(text_.text()).thread_group == static_cast<std::uint64_t>(id);
  }

  const Machine& machine_;
  const provider::Request& request_;
  const BoundColumns<ThreadView> columns_;
  ThreadView::Surroundings surroundings_;
  ThreadView view_;
  TextBuffer text_;
  std::vector<std::int32_t> processes_;
  std::vector<std::int32_t> threads_;
  std::vector<ThreadKey> wanted_;
  std::size_t next_process_ = 0;
  std::size_t next_thread_ = 0;
  std::size_t next_key_ = 0;
  bool is_prepared_ = false;
};

}  // namespace

std::span<const Column<ThreadView>> ThreadColumns() { return kColumns; }

std::span<const Source> ThreadSources() { return kSources; }

Result<std::unique_ptr<provider::InstanceStream>> ThreadProvider::Open(const provider::Request& request) {
  return std::unique_ptr<provider::InstanceStream>(std::make_unique<ThreadStream>(machine_, request));
}

}  // namespace wmi::linuxos
