#include "engine/plan_trace.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "cim/class.h"
#include "cim/row.h"

namespace wmi::engine {
namespace {

cim::Property Make(std::string name, cim::CimType type) {
  cim::Property property;
  property.name = std::move(name);
  property.type.type = type;
  return property;
}

// Of no namespace; the order is that of Row.
const cim::ClassPtr& StepClass() {
  static const cim::ClassPtr schema = [] {
    cim::ClassDeclaration declaration;
    declaration.name = "OpenWMI_PlanStep";
    declaration.properties = {
        Make("Step", cim::CimType::kUint32),   Make("Operation", cim::CimType::kString),
        Make("Class", cim::CimType::kString),  Make("Server", cim::CimType::kString),
        Make("Detail", cim::CimType::kString), Make("RowsRead", cim::CimType::kUint64),
        Make("Rows", cim::CimType::kUint64),   Make("Microseconds", cim::CimType::kUint64),
    };
    return cim::Class::Make(std::move(declaration), nullptr, nullptr).value();
  }();
  return schema;
}

std::string DetailOf(const PlanStep& step) {
  if (step.keys == 0) return step.detail;
  return fmt::format("{} key{}{}{}", step.keys, step.keys == 1 ? "" : "s", step.detail.empty() ? "" : "; ",
                     step.detail);
}

bool IsSameLookUp(const PlanStep& a, const PlanStep& b) {
  return a.operation == b.operation && a.class_name == b.class_name && a.server == b.server && a.detail == b.detail;
}

Batch StepRows(const std::vector<PlanStep>& steps) {
  cim::RowBlockBuilder builder;
  std::uint64_t number = 0;
  for (const PlanStep& step : steps) {
    builder.BeginRow(StepClass());
    builder.SetUnsigned(0, ++number);
    builder.SetText(1, step.operation);
    if (!step.class_name.empty()) {
      builder.SetText(2, step.class_name);
      builder.SetText(3, step.server.empty() ? "repository" : step.server);
    }
    if (const std::string detail = DetailOf(step); !detail.empty()) builder.SetText(4, detail);
    builder.SetUnsigned(5, step.rows_read);
    builder.SetUnsigned(6, step.rows);
    builder.SetUnsigned(
        7, static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(step.time).count()));
    builder.CommitRow();
  }
  Batch rows;
  if (builder.rows() != 0) builder.Finish(rows);
  return rows;
}

class ExplainedSource final : public RowSource {
 public:
  ExplainedSource(SourcePtr source, PlanTracePtr trace) : source_(std::move(source)), trace_(std::move(trace)) {}

  Placement placement() const override { return source_->placement(); }

  Pulled Pull(const PullRequest& request, Batch& out) override {
    if (trace_ == nullptr) {
      Pulled pulled = source_->Pull(request, out);
      if (pulled.state == PullState::kEnd) pulled.ending = std::move(ending_);
      return pulled;
    }
    Batch dropped;
    Pulled pulled = source_->Pull(request, dropped);
    if (pulled.state != PullState::kEnd || !pulled.ending.status.ok()) return pulled;
    ending_ = std::move(pulled.ending);
    source_ = ReadyRows(StepRows(trace_->steps()));
    trace_ = nullptr;
    return Pulled::More();
  }

 private:
  SourcePtr source_;
  PlanTracePtr trace_;  // null once its steps are given
  Ending ending_;       // of the query, which may have been partial
};

}  // namespace

std::size_t PlanTrace::Add(PlanStep step) {
  MutexLock lock(mutex_);
  for (std::size_t i = step.keys == 0 ? 0 : steps_.size(); i > 0 && steps_[i - 1].keys != 0; --i) {
    if (!IsSameLookUp(steps_[i - 1], step)) continue;
    steps_[i - 1].keys += step.keys;
    return i - 1;
  }
  steps_.push_back(std::move(step));
  return steps_.size() - 1;
}

void PlanTrace::Count(std::size_t step, std::uint64_t rows_read, std::uint64_t rows, Duration time) {
  MutexLock lock(mutex_);
  steps_[step].rows_read += rows_read;
  steps_[step].rows += rows;
  steps_[step].time += time;
}

std::vector<PlanStep> PlanTrace::steps() const {
  MutexLock lock(mutex_);
  return steps_;
}

SourcePtr ExplainedRows(SourcePtr source, PlanTracePtr trace) {
  return std::make_unique<ExplainedSource>(std::move(source), std::move(trace));
}

}  // namespace wmi::engine
