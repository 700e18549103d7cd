#include "engine/engine.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <thread>
#include <utility>

#include "engine/namespace_provider.h"
#include "engine/repository_events.h"
#include "engine/timer_events.h"

namespace wmi::engine {
namespace {

constexpr auto kDestructionWaitMax = std::chrono::seconds(60);

std::size_t ExecutorThreads(std::size_t wanted) {
  return wanted ? wanted : std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
}

std::string ServerName(const std::string& wanted) { return wanted.empty() ? Engine::LocalServer() : wanted; }

// A clock of somebody else's is not one that the alarm could sleep by.
exec::Timer* TimerFor(const Runtime::Options& options, exec::Timer& alarm) {
  return options.clock == &SteadyClock() ? &alarm : options.timer;
}

Runtime::Options WithTimer(Runtime::Options options, exec::Timer* timer) {
  options.timer = timer;
  return options;
}

}  // namespace

Principal Principal::OfCaller() { return {geteuid()}; }

NamespacePtr Session::name_space() const {
  NamespacePtr now = engine_.repository().FindNamespace(connected_to_->name());
  // A connection outlives its namespace: its calls then fail one by one, in words that need the old name.
  return now ? now : connected_to_;
}

std::int64_t Engine::SystemMicroseconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::string Engine::LocalServer() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

Engine::Engine(Options options)
    : wall_clock_(options.wall_clock),
      executor_(ExecutorThreads(options.executor_threads)),
      delivery_(options.delivery),
      provider_pool_(options.provider),
      alarm_([this] { return RunDue(); }),
      timers_(std::make_shared<exec::TimerQueue>(*options.runtime.clock, TimerFor(options.runtime, alarm_))),
      runtime_(executor_, delivery_, provider_pool_, WithTimer(options.runtime, TimerFor(options.runtime, alarm_))),
      repository_(options.repository ? std::move(options.repository)
                                     : std::make_shared<store::Repository>(ServerName(options.server))),
      catalogue_(*repository_, providers_),
      repository_events_(std::make_shared<RepositoryEvents>(*repository_, events_)),
      foreign_changes_(
          {repository_.get(), repository_events_, &reactor_, timers_, &provider_pool_, options.runtime.clock}),
      feeds_(event_sources_, reactor_, events_),
      quotas_(*repository_),
      watches_({&reactor_, timers_, &event_sources_, options.watch_bounds}) {
  event_sources_.RegisterEvents("__TimerEvent", std::make_unique<TimerEvents>(TimerEvents::Tools{
                                                    repository_.get(), &events_, &foreign_changes_, timers_,
                                                    options.runtime.clock, options.wall_clock}));
  repository_->Observe(repository_events_);
  providers_.Register("__NAMESPACE", std::make_unique<NamespaceProvider>(catalogue_, *repository_));
}

Engine::~Engine() {
  const TimePoint deadline = SteadyClock().Now() + kDestructionWaitMax;
  repository_->Observe(nullptr);
  runtime_.Shutdown(deadline);
  // A callback that still runs would find its engine gone: better to end here, where the cause can be seen.
  if (!StopSilently(deadline)) std::abort();
}

bool Engine::StopSilently(TimePoint deadline) {
  alarm_.Stop();
  const bool executor_ended = executor_.Stop(deadline);
  const bool providers_ended = provider_pool_.Stop(deadline);
  const bool delivery_ended = delivery_.Stop(deadline);
  return executor_ended && providers_ended && delivery_ended;
}

TimePoint Engine::RunDue() { return std::min(timers_->RunDue(), runtime_.ExpireOverdue()); }

Result<SessionPtr> Engine::Connect(std::string_view name_space, Duration time_limit, std::string locale) {
  TRY(Status(refusal_));
  NamespacePtr found = catalogue_.Find(name_space);
  if (!found) {
    return Status(code::kInvalidNamespace, fmt::format("there is no namespace '{}' on this machine", name_space))
        .WithParameter(std::string(name_space));
  }
  return SessionPtr(std::make_shared<Session>(*this, std::move(found), Principal::OfCaller(), runtime_.NewLane(),
                                              time_limit, runtime_.NewSessionQuota(), std::move(locale)));
}

}  // namespace wmi::engine
