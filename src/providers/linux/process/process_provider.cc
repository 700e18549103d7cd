#include "providers/linux/process/process_provider.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "providers/linux/process/process_methods.h"

namespace wmi::linuxos {
namespace {

using namespace process_source;  // NOLINT: bits of one enumeration

// PID_MAX_LIMIT of the kernel.
constexpr std::size_t kProcessesMax = 4u << 20;

// A pull that passes over this many processes ends all the same, so that a stop is noticed.
constexpr std::size_t kPassedOverMax = 1024;

// Tells from the stat file alone which processes cannot match, for queries that read more files than that.
class ProcessScreen {
 public:
  ProcessScreen(ProcessProvider& owner, const provider::Request& request, SourceSet sources)
      : request_(request),
        name_(NarrowedSlot(request, "Name")),
        parent_(NarrowedSlot(request, "ParentProcessId")),
        is_on_(!request.has_keys && (name_ || parent_) && (sources & kPerProcess & ~(kStat | kName)) != 0),
        reader_(*owner.machine().files, name_ ? kStat | kName : kStat, ProcessReader::HandleCounting::kBySize) {}

  Result<bool> MayMatch(int directory, std::int32_t id) {
    if (!is_on_) return true;
    if (TRY(reader_.Read(directory, id, ProcessReader::Origin::kListed)) == ProcessReader::Found::kNo) return false;
    // One that could not be read has NULL there, which matches nothing.
    if ((reader_.denied() | reader_.unread()) != 0) return false;
    const ProcessView& process = reader_.view();
    const auto parent = cim::ValueView::Unsigned(static_cast<std::uint32_t>(process.stat.parent_id));
    if (parent_ && !request_.Allows(*parent_, parent)) return false;
    // Other bytes than UTF-8 are not yet what the query compares with.
    return !name_ || !IsUtf8(process.name) || request_.Allows(*name_, cim::ValueView::Text(process.name));
  }

 private:
  static std::optional<std::size_t> NarrowedSlot(const provider::Request& request, std::string_view name) {
    const auto slot = request.schema->FindSlot(name);
    return slot && request.IsNarrowed(*slot) ? slot : std::nullopt;
  }

  const provider::Request& request_;
  const std::optional<std::size_t> name_;
  const std::optional<std::size_t> parent_;
  const bool is_on_;
  ProcessReader reader_;
};

class ProcessStream final : public provider::InstanceStream {
 public:
  ProcessStream(ProcessProvider& owner, const provider::Request& request)
      : owner_(owner),
        request_(request),
        columns_(ProcessColumns(), request),
        screen_(owner, request, columns_.sources()),
        reader_(*owner.machine().files, columns_.sources(), owner.handle_counting()) {}

  Result<provider::ReadState> Read(provider::RowWriter& writer) override {
    const int directory = TRY(owner_.ProcessDirectory());
    if (!is_prepared_) TRY(Prepare(directory));
    const auto origin = request_.has_keys ? ProcessReader::Origin::kNamed : ProcessReader::Origin::kListed;
    std::size_t passed_over = 0;
    while (next_ < ids_.size()) {
      if (writer.full() || passed_over == kPassedOverMax || request_.stop.stop_requested()) {
        writer.SetProgress(next_, ids_.size());
        return provider::ReadState::kMore;
      }
      const std::int32_t id = ids_[next_++];
      if (!TRY(screen_.MayMatch(directory, id)) ||
          TRY(reader_.Read(directory, id, origin)) == ProcessReader::Found::kNo) {
        ++passed_over;
        continue;
      }
      writer.Begin();
      columns_.Write(reader_.view(), reader_.denied(), reader_.unread(), writer);
      writer.Commit();
    }
    writer.SetProgress(next_, ids_.size());
    return provider::ReadState::kEnd;
  }

 private:
  Status Prepare(int directory) {
    surroundings_ = owner_.surroundings().Read(columns_.sources());
    reader_.view().surroundings = &surroundings_;
    if (request_.has_keys) {
      for (const provider::KeyTuple& key : request_.keys) {
        std::int32_t id = 0;
        const cim::ValueView handle = key.size() == 1 ? key.front().view() : cim::ValueView();
        if (handle.kind() == cim::ValueKind::kText && ParseHandle(handle.text(), id)) ids_.push_back(id);
      }
      std::sort(ids_.begin(), ids_.end());
      ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
    } else {
      const int error = owner_.machine().files->ListNumbers(directory, ".", kProcessesMax, ids_);
      if (error != 0) {
        return SystemStatus(code::kProviderFailure, "opendir(" + owner_.machine().root.proc + ")", error);
      }
    }
    KeepAllowedIds();
    is_prepared_ = true;
    return Status();
  }

  void KeepAllowedIds() {
    const auto slot = request_.schema->FindSlot("ProcessId");
    if (!slot || !request_.IsNarrowed(*slot)) return;
    std::erase_if(ids_, [&](std::int32_t id) {
      return !request_.Allows(*slot, cim::ValueView::Unsigned(static_cast<std::uint32_t>(id)));
    });
  }

  ProcessProvider& owner_;
  const provider::Request& request_;
  const BoundColumns<ProcessView> columns_;
  ProcessSurroundings surroundings_;
  ProcessScreen screen_;
  ProcessReader reader_;
  std::vector<std::int32_t> ids_;
  std::size_t next_ = 0;
  bool is_prepared_ = false;
};

}  // namespace

ProcessProvider::ProcessProvider(Machine machine, ClockOffset clock_offset)
    : machine_(std::move(machine)),
      handle_counting_(ProcessReader::HandleCountingOf(machine_)),
      surroundings_(machine_, std::move(clock_offset)) {}

Result<int> ProcessProvider::ProcessDirectory() {
  MutexLock lock(mutex_);
  if (!directory_) {
    const int error = machine_.files->OpenDirectory(kNoDirectory, machine_.root.proc.c_str(), directory_);
    if (error != 0) {
      return SystemStatus(code::kProviderFailure, "open(" + machine_.root.proc + "); is the proc file system mounted?",
                          error);
    }
  }
  return directory_.descriptor();
}

Result<std::unique_ptr<provider::InstanceStream>> ProcessProvider::Open(const provider::Request& request) {
  return std::unique_ptr<provider::InstanceStream>(std::make_unique<ProcessStream>(*this, request));
}

Status ProcessProvider::Delete(const provider::DeleteRequest& request) {
  return EndProcess(machine_, request.keys.size() == 1 ? request.keys.front().view() : cim::ValueView());
}

Result<cim::Object> ProcessProvider::Execute(const provider::MethodRequest& request) {
  return RunMethod(ProcessMethods(), machine_, request);
}

}  // namespace wmi::linuxos
