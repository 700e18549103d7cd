#include "engine/instance_scan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/engine.h"
#include "engine/key_set.h"
#include "engine/push_down.h"
#include "engine/push_source.h"
#include "engine/stored_instances.h"

namespace wmi::engine {
namespace {

using Missing = InstanceScan::Missing;

// The rows of one class that our own code reads: a built-in provider's, or the repository's.
class StreamRows final : public RowSource {
 public:
  using Open = std::function<Result<std::unique_ptr<provider::InstanceStream>>(const provider::Request&)>;

  // `rows_read`: how many rows the last pull looked at.
  StreamRows(provider::Request request, Placement placement, Open open, Missing& missing, std::uint64_t& rows_read)
      : request_(std::move(request)),
        placement_(placement),
        open_(std::move(open)),
        missing_(missing),
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
    for (std::size_t slot : writer.denied_slots()) missing_.denied.insert(request_.schema->properties()[slot].name);
    missing_.reasons.insert(writer.incomplete().begin(), writer.incomplete().end());
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
  Missing& missing_;
  std::uint64_t& rows_read_;
  std::unique_ptr<provider::InstanceStream> stream_;
};

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
  } else if (pulled.state == PullState::kEnd) {
    EndPart(pulled);
  }
  return pulled;
}

void InstanceScan::EndPart(Pulled& pulled) {
  if (part_is_object_ && pulled.ending.status.code() == code::kNotFound) {
    not_found_ = std::exchange(pulled.ending, {});
  }
  if (!pulled.ending.status.ok()) return;
  if (success_.code() == code::kOk) success_ = pulled.ending.status;
  part_.reset();
  done_before_ += part_progress_.done;
  total_before_ += part_progress_.total;
  part_progress_ = {};
  pulled.ending = {};
  if (HasMore()) {
    pulled.state = PullState::kMore;
  } else {
    pulled.ending = Outcome();
  }
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

void InstanceScan::NoteStep(const cim::Class& schema, std::string operation, const std::string& server,
                            std::string detail) {
  if (options_.trace == nullptr) return;
  PlanStep step{std::move(operation), schema.name(), server, std::move(detail), 0, 0, {}, 0};
  if (plan_.has_keys && step.operation == "Keys") step.keys = plan_.keys.size();
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
  if (!calls_.empty()) {
    OpenCall();
    return Status();
  }
  if (next_class_ == plan_.classes.size()) return Status();
  return Open(plan_.classes[next_class_++]);
}

Status InstanceScan::Open(const cim::ClassPtr& schema) {
  part_is_object_ = false;
  ClassServer server = TRY(FindServer(session_, *schema));
  if (server.registered) return OpenRegistered(schema, std::move(server));
  return server.is_repository() ? OpenStoredRows(schema) : OpenBuiltIn(schema, server);
}

Status InstanceScan::OpenStoredRows(const cim::ClassPtr& schema) {
  provider::Request request = PushDown(plan_, schema, provider::Support());
  const char* const operation = plan_.has_keys ? "Keys" : UsesIndex(request) ? "Index" : "Scan";
  NoteStep(*schema, operation, {}, DescribePushDown(request));
  const store::Repository& repository = session_->engine().repository();
  part_ = std::make_unique<StreamRows>(
      std::move(request), Placement::kExecutor,
      [&repository](const provider::Request& of) -> Result<std::unique_ptr<provider::InstanceStream>> {
        return OpenStored(repository, of);
      },
      missing_, rows_read_);
  return Status();
}

Status InstanceScan::OpenBuiltIn(const cim::ClassPtr& schema, const ClassServer& server) {
  const provider::Support support = server.built_in->support();
  provider::Request request = PushDown(plan_, schema, support);
  if (support.listing == provider::Listing::kByOwnNameOnly && plan_.asked != nullptr && plan_.asked != schema &&
      !plan_.has_keys && request.allowed.empty()) {  // decision 0021
    NoteStep(*schema, "LeftOut", server.name, "listed only when asked for by its own name");
    missing_.reasons.insert(fmt::format(
        "instances of {0} are left out of a query of {1}, because to list them takes very long; ask for {0} "
        "itself",
        schema->name(), plan_.asked->name()));
    part_ = ReadyRows({});
    return Status();
  }
  NoteStep(*schema, request.has_keys ? "Keys" : "Scan", server.name, DescribePushDown(request));
  const Placement placement =
      server.built_in->blocking() == provider::Blocking::kPossible ? Placement::kProvider : Placement::kExecutor;
  part_ = std::make_unique<StreamRows>(
      std::move(request), placement,
      [provider = server.built_in](const provider::Request& of) { return provider->Open(of); }, missing_, rows_read_);
  return Status();
}

Status InstanceScan::OpenRegistered(const cim::ClassPtr& schema, ClassServer server) {
  ProviderQuestion question = TRY(QuestionFor(plan_, *schema, server));
  NoteStep(*schema, std::move(question.operation), server.name, std::move(question.detail));
  port_ = {};
  port_.filter = plan_.filter;
  if (plan_.has_keys && plan_.filter == nullptr) port_.keys = std::make_shared<const KeySet>(plan_.keys);
  port_.visible = plan_.visible;
  // What comes otherwise is of any class.
  if (plan_.statement_gives == ScanPlan::StatementGives::kAssociations) port_.schema = schema;
  port_.provider = std::move(server.name);
  provider_ = std::move(server.registered);
  calls_.assign(std::make_move_iterator(question.calls.begin()), std::make_move_iterator(question.calls.end()));
  OpenCall();
  return Status();
}

void InstanceScan::OpenCall() {
  ProviderCall call = std::move(calls_.front());
  calls_.pop_front();
  call.session = session_;
  call.context = options_.context;
  call.wants_progress = options_.wants_progress == WantsProgress::kYes;
  part_is_object_ = call.kind == ProviderCall::Kind::kGetObject;
  part_ = PushSource(provider_, std::move(call), port_);
}

Ending InstanceScan::Outcome() const {
  if (rows_ == 0 && plan_.rows_max == 1 && not_found_) return *not_found_;
  std::vector<std::string> sentences(missing_.reasons.begin(), missing_.reasons.end());
  if (!missing_.denied.empty()) {
    sentences.push_back(
        fmt::format("not permitted to read {} of every instance; it is NULL there", fmt::join(missing_.denied, ", ")));
  }
  Ending ending = success_;
  ending.is_complete = missing_.reasons.empty() && success_.code() != code::kPartialResults;
  if (!sentences.empty()) {
    ending.status = Status(code::kPartialResults, fmt::format("{}", fmt::join(sentences, "; ")));
  }
  return ending;
}

}  // namespace wmi::engine
