#include "engine/source_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

namespace wmi::engine {
namespace {

class ReadyRowsSource final : public RowSource {
 public:
  explicit ReadyRowsSource(Batch rows) : rows_(std::move(rows)) {}

  Pulled Pull(const PullRequest& request, Batch& out) override {
    const std::size_t count = std::min(request.rows_max, rows_.size() - next_);
    for (std::size_t i = 0; i < count; ++i) out.push_back(std::move(rows_[next_++]));
    Pulled pulled = next_ == rows_.size() ? Pulled::End() : Pulled::More();
    pulled.notices.emplace_back(Progress::Of(next_, rows_.size()));
    return pulled;
  }

 private:
  Batch rows_;
  std::size_t next_ = 0;
};

class DeferredSource final : public RowSource {
 public:
  explicit DeferredSource(std::function<Result<SourcePtr>()> bind) : bind_(std::move(bind)) {}

  Placement placement() const override { return source_ ? source_->placement() : Placement::kExecutor; }

  Pulled Pull(const PullRequest& request, Batch& out) override {
    if (!source_) {
      Result<SourcePtr> bound = bind_();
      if (!bound.ok()) return Pulled::End(bound.status());
      source_ = std::move(bound).value();
      bind_ = nullptr;
      // What comes next may have to run on another pool.
      if (source_->placement() != Placement::kExecutor) return Pulled::More();
    }
    return source_->Pull(request, out);
  }

 private:
  std::function<Result<SourcePtr>()> bind_;
  SourcePtr source_;
};

class EffectSource final : public RowSource {
 public:
  EffectSource(Placement placement, Work work) : placement_(placement), work_(std::move(work)) {}
  Placement placement() const override { return placement_; }
  Pulled Pull(const PullRequest& request, Batch& out) override { return Pulled::End(work_(request, out)); }

 private:
  const Placement placement_;
  const Work work_;
};

class ChainSource final : public RowSource {
 public:
  explicit ChainSource(std::vector<Step> steps) : steps_(std::move(steps)) {}

  Placement placement() const override { return steps_[next_].source->placement(); }

  Pulled Pull(const PullRequest& request, Batch& out) override {
    Pulled pulled = steps_[next_].source->Pull(request, out);
    if (pulled.state != PullState::kEnd) return pulled;
    const Step::Role role = steps_[next_].role;
    const bool failed = !pulled.ending.status.ok();
    if (role == Step::Role::kMust) {
      if (failed) return pulled;
      ending_ = std::move(pulled.ending);
    } else if (role == Step::Role::kDecides && (!ending_ || !ending_->status.ok())) {
      ending_ = std::move(pulled.ending);
    }
    steps_[next_].source.reset();
    if (++next_ == steps_.size()) {
      --next_;  // placement() may still be asked
      pulled.ending = ending_ ? std::move(*ending_) : Ending();
      return pulled;
    }
    pulled.state = PullState::kMore;
    pulled.ending = {};
    return pulled;
  }

 private:
  std::vector<Step> steps_;
  std::size_t next_ = 0;
  std::optional<Ending> ending_;
};

class AtLeastOneSource final : public RowSource {
 public:
  AtLeastOneSource(SourcePtr source, Status missing) : source_(std::move(source)), missing_(std::move(missing)) {}
  Placement placement() const override { return source_->placement(); }
  Pulled Pull(const PullRequest& request, Batch& out) override {
    Pulled pulled = source_->Pull(request, out);
    found_ = found_ || !out.empty();
    if (pulled.state == PullState::kEnd && pulled.ending.status.ok() && !found_) {
      pulled.ending = IsRemark(pulled.ending.status) ? Unknown(pulled.ending.status) : missing_;
    }
    return pulled;
  }

 private:
  // Whoever could not look everywhere cannot say that a thing is not there.
  Status Unknown(const Status& remark) const {
    return Status(code::kProviderFailure, fmt::format("{}; {}", missing_.Message(), remark.Message()))
        .WithParameter(missing_.detail() == nullptr ? std::string() : missing_.detail()->parameter);
  }

  const SourcePtr source_;
  const Status missing_;
  bool found_ = false;
};

class EndingInSource final : public RowSource {
 public:
  EndingInSource(Status success, SourcePtr source) : success_(std::move(success)), source_(std::move(source)) {}
  Placement placement() const override { return source_->placement(); }
  Pulled Pull(const PullRequest& request, Batch& out) override {
    Pulled pulled = source_->Pull(request, out);
    if (pulled.state == PullState::kEnd && pulled.ending.status.code() == code::kOk) pulled.ending.status = success_;
    return pulled;
  }

 private:
  const Status success_;
  const SourcePtr source_;
};

}  // namespace

SourcePtr ReadyRows(Batch rows) { return std::make_unique<ReadyRowsSource>(std::move(rows)); }

SourcePtr Deferred(std::function<Result<SourcePtr>()> bind) {
  return std::make_unique<DeferredSource>(std::move(bind));
}

SourcePtr Effect(Placement placement, Work work) { return std::make_unique<EffectSource>(placement, std::move(work)); }

SourcePtr Chain(std::vector<Step> steps) { return std::make_unique<ChainSource>(std::move(steps)); }

SourcePtr AtLeastOne(SourcePtr source, Status missing) {
  return std::make_unique<AtLeastOneSource>(std::move(source), std::move(missing));
}

SourcePtr EndingIn(Status success, SourcePtr source) {
  if (success.code() == code::kOk) return source;
  return std::make_unique<EndingInSource>(std::move(success), std::move(source));
}

}  // namespace wmi::engine
