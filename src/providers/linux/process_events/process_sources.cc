#include "providers/linux/process_events/process_sources.h"

#include <sys/wait.h>

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cim/datetime.h"
#include "provider/event_writer.h"
#include "providers/linux/accounts/account_list.h"
#include "providers/linux/process/process_text.h"
#include "providers/linux/process_events/process_feed.h"

namespace wmi::linuxos {
namespace {

using namespace process_source;  // NOLINT: bits of one enumeration

// --- Win32_Process ---

class ProcessChanges final : public ProcessListener {
 public:
  ProcessChanges(const provider::Request& request, std::shared_ptr<provider::ChangeListener> listener)
      : request_(Copy(request)),
        columns_(ProcessColumns(), request_),
        parent_(Needed("ParentProcessId")),
        created_(Needed("CreationDate")),
        names_{Needed("Name"), Needed("Caption"), Needed("Description")},
        listener_(std::move(listener)) {
    for (const provider::KeyTuple& key : request.keys) {
      std::int32_t id = 0;
      const cim::ValueView handle = key.size() == 1 ? key.front().view() : cim::ValueView();
      if (handle.kind() == cim::ValueKind::kText && ParseHandle(handle.text(), id)) ids_.insert(id);
    }
  }

  SourceSet sources() const override { return columns_.sources(); }
  bool WantsStart(std::int32_t id) const override { return !request_.has_keys || ids_.contains(id); }

  void Started(const ProcessStart& start) override {
    if (!MayMatch(*start.view)) return;
    provider::RowWriter writer(request_, 1, kRowBytesMax);
    writer.Begin();
    columns_.Write(*start.view, start.denied, start.unread, writer);
    if (((start.denied | start.unread) & kStat) != 0) WriteWhatWasTold(start, writer);
    writer.Commit();
    std::vector<cim::Object> rows;
    writer.Finish(rows);
    for (cim::Object& row : rows) listener_->Appeared(std::move(row));
  }
  void Changed(std::int32_t id) override {
    if (WantsStart(id)) listener_->Look(KeysOf(id));
  }
  void Ended(const ProcessEnd& end) override {
    if (WantsStart(end.id)) listener_->Gone(KeysOf(end.id));
  }
  void Lost(std::uint64_t messages, std::string_view why) override { listener_->Lost(messages, why); }
  void Broken(Status why) override { listener_->Ended(std::move(why)); }

 private:
  static constexpr std::size_t kRowBytesMax = 4u << 20;  // the longest command line and more

  // The rest of it is the listener's affair.
  static provider::Request Copy(const provider::Request& request) {
    provider::Request copy;
    copy.schema = request.schema;
    copy.needed = request.needed;
    copy.visible = request.visible;
    copy.has_keys = request.has_keys;
    copy.allowed = request.allowed;
    return copy;
  }
  // Spares thousands who wait for a program each the row of every other. Without a name none of them matches; other
  // bytes than UTF-8 are not yet what the query compares with.
  bool MayMatch(const ProcessView& process) const {
    const std::optional<std::size_t>& name = names_.front();
    if (!name || !request_.IsNarrowed(*name)) return true;
    if (process.name.empty()) return false;
    return !IsUtf8(process.name) || request_.Allows(*name, cim::ValueView::Text(process.name));
  }
  static provider::KeyTuple KeysOf(std::int32_t id) { return {cim::Value::Text(std::to_string(id))}; }

  std::optional<std::size_t> Needed(std::string_view property) const {
    const auto slot = request_.schema->FindSlot(property);
    return slot && request_.needed.Contains(*slot) ? slot : std::nullopt;
  }

  // Of a process that was gone before it could be read.
  void WriteWhatWasTold(const ProcessStart& start, provider::RowWriter& row) const {
    if (parent_) row.SetUnsigned(*parent_, static_cast<std::uint32_t>(start.parent_id));
    if (created_) row.SetText(*created_, cim::FormatLocalDatetime(start.time));
    for (const auto& name : names_) {
      if (name) SetTextOrNull(row, *name, start.view->name);
    }
  }

  const provider::Request request_;
  const BoundColumns<ProcessView> columns_;
  const std::optional<std::size_t> parent_;
  const std::optional<std::size_t> created_;
  const std::array<std::optional<std::size_t>, 3> names_;
  const std::shared_ptr<provider::ChangeListener> listener_;
  std::set<std::int32_t> ids_;
};

class ProcessChangeSource final : public provider::ChangeSource {
 public:
  explicit ProcessChangeSource(std::shared_ptr<ProcessFeed> feed) : feed_(std::move(feed)) {}

  provider::Operations covers() const override { return provider::kCreation | provider::kDeletion; }
  Result<std::unique_ptr<provider::Listening>> Listen(const provider::Request& request, exec::Reactor& reactor,
                                                      std::shared_ptr<provider::ChangeListener> listener) override {
    return feed_->Join(reactor, std::make_unique<ProcessChanges>(request, std::move(listener)));
  }

 private:
  const std::shared_ptr<ProcessFeed> feed_;
};

// --- traces ---

// Makes events of one class; what is not known stays NULL.
class TraceWriter {
 public:
  TraceWriter(cim::ClassPtr schema, std::int64_t time) : event_(std::move(schema), time) {}

  void SetUnsigned(std::string_view property, std::optional<std::uint64_t> value) {
    if (value) event_.SetUnsigned(property, *value);
  }
  void SetText(std::string_view property, std::string_view value) {
    if (!value.empty()) event_.SetText(property, value);
  }
  void SetUser(std::string_view property, std::optional<std::uint64_t> user) {
    if (user) event_.Set(property, cim::ValueView::Array(SidBytes(false, static_cast<std::uint32_t>(*user))));
  }
  cim::Object Finish() { return event_.Finish(); }

 private:
  provider::EventWriter event_;
};

class Trace : public ProcessListener {
 public:
  Trace(cim::ClassPtr schema, std::shared_ptr<provider::EventListener> listener)
      : schema_(std::move(schema)), listener_(std::move(listener)) {}

  void Lost(std::uint64_t messages, std::string_view why) override { listener_->Lost(messages, why); }
  void Broken(Status why) override { listener_->Ended(std::move(why)); }

 protected:
  TraceWriter Event(std::int64_t time) const { return {schema_, time}; }
  void Fire(TraceWriter& event) const { listener_->Fire(event.Finish()); }

 private:
  const cim::ClassPtr schema_;
  const std::shared_ptr<provider::EventListener> listener_;
};

class ProcessStartTrace final : public Trace {
 public:
  using Trace::Trace;
  static constexpr const char* kClass = "Win32_ProcessStartTrace";

  SourceSet sources() const override { return kStat | kName | kStatus; }
  bool WantsStart(std::int32_t /*id*/) const override { return true; }
  void Started(const ProcessStart& start) override {
    const ProcessView& process = *start.view;
    const SourceSet missing = start.denied | start.unread;
    TraceWriter event = Event(start.time);
    event.SetUnsigned("ProcessID", static_cast<std::uint32_t>(process.id));
    event.SetUnsigned("ParentProcessID", static_cast<std::uint32_t>(start.parent_id));
    event.SetText("ProcessName", process.name);
    if ((missing & kStat) == 0) event.SetUnsigned("SessionID", static_cast<std::uint32_t>(process.stat.session_id));
    if ((missing & kStatus) == 0) event.SetUser("Sid", process.status.user);
    Fire(event);
  }
};

// What a shell shows: the code a program ended with, or 128 and the number of the signal that ended it.
std::uint32_t ExitStatus(std::uint32_t wait_status) {
  const int status = static_cast<int>(wait_status);
  return static_cast<std::uint32_t>(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

class ProcessStopTrace final : public Trace {
 public:
  using Trace::Trace;
  static constexpr const char* kClass = "Win32_ProcessStopTrace";

  bool wants_memory() const override { return true; }
  void Ended(const ProcessEnd& end) override {
    TraceWriter event = Event(end.time);
    event.SetUnsigned("ProcessID", static_cast<std::uint32_t>(end.id));
    if (end.parent_id != 0) event.SetUnsigned("ParentProcessID", static_cast<std::uint32_t>(end.parent_id));
    event.SetText("ProcessName", end.memory->name);
    event.SetUnsigned("SessionID", end.memory->session_id);
    event.SetUser("Sid", end.memory->user);
    if (end.wait_status) event.SetUnsigned("ExitStatus", ExitStatus(*end.wait_status));
    Fire(event);
  }
};

class ThreadTrace : public Trace {
 public:
  using Trace::Trace;

 protected:
  void FireThread(const ThreadChange& change) const {
    TraceWriter event = Event(change.time);
    event.SetUnsigned("ProcessID", static_cast<std::uint32_t>(change.process_id));
    event.SetUnsigned("ThreadID", static_cast<std::uint32_t>(change.thread_id));
    Fire(event);
  }
};

class ThreadStartTrace final : public ThreadTrace {
 public:
  using ThreadTrace::ThreadTrace;
  static constexpr const char* kClass = "Win32_ThreadStartTrace";
  void ThreadStarted(const ThreadChange& change) override { FireThread(change); }
};

class ThreadStopTrace final : public ThreadTrace {
 public:
  using ThreadTrace::ThreadTrace;
  static constexpr const char* kClass = "Win32_ThreadStopTrace";
  void ThreadEnded(const ThreadChange& change) override { FireThread(change); }
};

template <typename Kind>
class TraceSource final : public provider::EventSource {
 public:
  explicit TraceSource(std::shared_ptr<ProcessFeed> feed) : feed_(std::move(feed)) {}

  Result<std::unique_ptr<provider::Listening>> Listen(const provider::EventRequest& request, exec::Reactor& reactor,
                                                      std::shared_ptr<provider::EventListener> listener) override {
    return feed_->Join(reactor, std::make_unique<Kind>(request.schema, std::move(listener)));
  }

 private:
  const std::shared_ptr<ProcessFeed> feed_;
};

template <typename Kind>
void AddTrace(provider::EventSources& sources, const std::shared_ptr<ProcessFeed>& feed) {
  sources.RegisterEvents(Kind::kClass, std::make_unique<TraceSource<Kind>>(feed));
}

}  // namespace

void AddProcessEvents(provider::EventSources& sources, const Machine& machine) {
  const auto feed = std::make_shared<ProcessFeed>(machine);
  sources.RegisterChanges("Win32_Process", std::make_unique<ProcessChangeSource>(feed));
  AddTrace<ProcessStartTrace>(sources, feed);
  AddTrace<ProcessStopTrace>(sources, feed);
  AddTrace<ThreadStartTrace>(sources, feed);
  AddTrace<ThreadStopTrace>(sources, feed);
}

}  // namespace wmi::linuxos
