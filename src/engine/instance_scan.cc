#include "engine/instance_scan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "cim/object_path.h"
#include "engine/engine.h"
#include "engine/push_source.h"
#include "engine/stored_instances.h"
#include "wql/query.h"

namespace wmi::engine {
namespace {

// The rows of one class that our own code reads: a built-in provider's, or the repository's.
class StreamRows final : public RowSource {
 public:
  using Open = std::function<Result<std::unique_ptr<provider::InstanceStream>>(const provider::Request&)>;

  // `rows_read`: how many rows the last pull looked at.
  StreamRows(provider::Request request, Placement placement, Open open, std::set<std::string>& denied,
             std::uint64_t& rows_read)
      : request_(std::move(request)),
        placement_(placement),
        open_(std::move(open)),
        denied_(denied),
        rows_read_(rows_read) {}

  Placement placement() const override { return placement_; }

  Pulled Pull(const PullRequest& request, Batch& out) override {
    if (!stream_) {
      request_.stop = request.stop;
      Result<std::unique_ptr<provider::InstanceStream>> opened = open_(request_);
      if (!opened.ok()) return Failure(opened.status());
      stream_ = std::move(opened).value();
    }
    provider::RowWriter writer(request_, request.rows_max, request.bytes_max);
    const Result<provider::ReadState> read = stream_->Read(writer);
    rows_read_ = writer.examined();
    for (std::size_t slot : writer.denied_slots()) denied_.insert(request_.schema->properties()[slot].name);
    writer.Finish(out);
    if (!read.ok()) return Failure(read.status());
    Pulled pulled = read.value() == provider::ReadState::kEnd ? Pulled::End() : Pulled::More();
    if (writer.progress()) {
      pulled.notices.emplace_back(Progress::Of(writer.progress()->done, writer.progress()->total));
    }
    return pulled;
  }

 private:
  Pulled Failure(const Status& status) const {
    return Pulled::End(status.WithProvider(std::string(request_.schema->qualifiers().Text("provider"))));
  }

  provider::Request request_;  // outlives stream_
  const Placement placement_;
  const Open open_;
  std::set<std::string>& denied_;
  std::uint64_t& rows_read_;
  std::unique_ptr<provider::InstanceStream> stream_;
};

std::string PathOf(const cim::Class& schema, const provider::KeyTuple& key) {
  cim::ObjectPath path;
  path.class_name = schema.name();
  for (std::size_t i = 0; i < schema.key_slots().size(); ++i) {
    path.keys.push_back({schema.properties()[schema.key_slots()[i]].name, key[i]});
  }
  return cim::FormatObjectPath(path);
}

// What picks instances by their keys where a provider can only list them: a WHERE clause. A key is written in a path
// as it is in a query.
Result<std::shared_ptr<const wql::Predicate>> KeyFilter(const Namespace& classes, const cim::Class& schema,
                                                        const std::vector<provider::KeyTuple>& keys) {
  std::string where;
  for (const provider::KeyTuple& tuple : keys) {
    if (!where.empty()) where += " OR ";
    for (std::size_t i = 0; i < schema.key_slots().size(); ++i) {
      cim::ObjectPath path;
      path.class_name = "c";
      path.keys.push_back({schema.properties()[schema.key_slots()[i]].name, tuple[i]});
      if (i > 0) where += " AND ";
      where += cim::FormatObjectPath(path).substr(2);
    }
  }
  const auto tree = TRY(wql::Parse(fmt::format("SELECT * FROM {} WHERE {}", schema.name(), where)));
  return TRY(wql::Bind(*tree, classes)).filter;
}

}  // namespace

Pulled InstanceScan::Pull(const PullRequest& request, Batch& out) {
  if (!part_) {
    const Status opened = OpenNext();
    if (!opened.ok()) return Pulled::End(opened);
    if (!part_) return Pulled::End(Outcome());
    // The class may have to be read on another pool.
    if (part_->placement() != Placement::kExecutor) return Pulled::More();
  }
  PullRequest of_part = request;
  if (plan_.rows_max != 0) of_part.rows_max = std::min(request.rows_max, plan_.rows_max - rows_);
  const std::size_t before = out.size();
  Pulled pulled = PullPart(of_part, out);
  rows_ += out.size() - before;
  AddUp(pulled.notices);
  if (plan_.rows_max != 0 && rows_ >= plan_.rows_max) {
    pulled.state = PullState::kEnd;
    pulled.ending = Outcome();
  } else if (pulled.state == PullState::kEnd && pulled.ending.status.ok()) {
    if (success_.code() == code::kOk) success_ = pulled.ending.status;
    part_.reset();
    done_before_ += part_progress_.done;
    total_before_ += part_progress_.total;
    part_progress_ = {};
    pulled.ending = {};
    if (next_class_ == plan_.classes.size()) {
      pulled.ending = Outcome();
    } else {
      pulled.state = PullState::kMore;
    }
  }
  return pulled;
}

Pulled InstanceScan::PullPart(const PullRequest& request, Batch& out) {
  if (options_.trace == nullptr) return part_->Pull(request, out);
  const TimePoint start = SteadyClock().Now();
  const std::size_t before = out.size();
  rows_read_ = 0;
  Pulled pulled = part_->Pull(request, out);
  const std::size_t given = out.size() - before;
  options_.trace->Count(step_, std::max<std::uint64_t>(rows_read_, given), given, SteadyClock().Now() - start);
  return pulled;
}

void InstanceScan::NoteStep(const cim::Class& schema, std::string operation, const std::string& server) {
  if (options_.trace == nullptr) return;
  PlanStep step{std::move(operation), schema.name(), server, {}, 0, 0, Duration::zero()};
  if (plan_.has_keys) step.detail = fmt::format("{} key{}", plan_.keys.size(), plan_.keys.size() == 1 ? "" : "s");
  step_ = options_.trace->Add(std::move(step));
}

void InstanceScan::AddUp(std::vector<Notice>& notices) {
  for (Notice& notice : notices) {
    if (Progress* progress = std::get_if<Progress>(&notice)) {
      part_progress_ = *progress;
      *progress = Progress::Of(done_before_ + part_progress_.done, total_before_ + part_progress_.total);
    }
  }
}

Status InstanceScan::OpenNext() {
  if (next_class_ == plan_.classes.size()) return Status();
  return Open(plan_.classes[next_class_++]);
}

Status InstanceScan::Open(const cim::ClassPtr& schema) {
  ClassServer server = TRY(FindServer(session_, *schema));
  if (server.registered) return OpenRegistered(schema, std::move(server));
  provider::Request request;
  request.schema = schema;
  request.needed = plan_.needed;
  request.visible = plan_.visible;
  request.has_keys = plan_.has_keys;
  request.keys = plan_.keys;
  request.filter = plan_.filter;
  const char* const operation = plan_.has_keys ? "Keys" : "Scan";
  if (server.is_repository()) {
    NoteStep(*schema, !plan_.has_keys && UsesIndex(request) ? "Index" : operation, {});
    const store::Repository& repository = session_->engine().repository();
    part_ = std::make_unique<StreamRows>(
        std::move(request), Placement::kExecutor,
        [&repository](const provider::Request& of) -> Result<std::unique_ptr<provider::InstanceStream>> {
          return OpenStored(repository, of);
        },
        denied_, rows_read_);
    return Status();
  }
  NoteStep(*schema, operation, server.name);
  const Placement placement =
      server.built_in->blocking() == provider::Blocking::kPossible ? Placement::kProvider : Placement::kExecutor;
  part_ = std::make_unique<StreamRows>(
      std::move(request), placement,
      [provider = server.built_in](const provider::Request& of) { return provider->Open(of); }, denied_, rows_read_);
  return Status();
}

Status InstanceScan::OpenRegistered(const cim::ClassPtr& schema, ClassServer server) {
  ProviderCall call;
  call.session = session_;
  call.context = options_.context;
  call.wants_progress = options_.wants_progress == WantsProgress::kYes;
  call.class_name = schema->name();
  PushPort::Options port;
  port.filter = plan_.filter;
  port.visible = plan_.visible;
  port.schema = schema;
  port.provider = server.name;
  if (plan_.has_keys && plan_.keys.size() == 1 && !plan_.filter && server.capabilities.get) {
    NoteStep(*schema, "Keys", server.name);
    call.kind = ProviderCall::Kind::kGetObject;
    call.path = PathOf(*schema, plan_.keys.front());
    part_ = PushSource(std::move(server.registered), std::move(call), std::move(port));
    return Status();
  }
  if (!server.capabilities.enumerate && !server.capabilities.query) {
    return Status(code::kProviderNotCapable,
                  fmt::format("the provider {} is not registered for reading instances of {}; see SupportsEnumeration, "
                              "SupportsGet and QuerySupportLevels of its __InstanceProviderRegistration",
                              server.name, schema->name()))
        .WithProvider(server.name);
  }
  if (plan_.has_keys && !port.filter) port.filter = TRY(KeyFilter(*session_->name_space(), *schema, plan_.keys));
  if (!plan_.query.empty() && server.capabilities.query) {
    call.kind = ProviderCall::Kind::kQuery;
    call.query = plan_.query;
    call.query.replace(plan_.from_offset, plan_.from_length, schema->name());
  }
  NoteStep(*schema, call.kind == ProviderCall::Kind::kQuery ? "Query" : "Scan", server.name);
  part_ = PushSource(std::move(server.registered), std::move(call), std::move(port));
  return Status();
}

Status InstanceScan::Outcome() const {
  if (denied_.empty()) return success_;
  return Status(code::kPartialResults,
                fmt::format("not permitted to read {} of every instance; it is NULL there", fmt::join(denied_, ", ")));
}

}  // namespace wmi::engine
