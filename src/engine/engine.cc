#include "engine/engine.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <thread>
#include <utility>

#include "engine/namespace_provider.h"

namespace wmi::engine {
namespace {

constexpr auto kDestructionWaitMax = std::chrono::seconds(60);

std::string HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

std::size_t ExecutorThreads(std::size_t wanted) {
  return wanted ? wanted : std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
}

}  // namespace

Principal Principal::OfCaller() { return {geteuid()}; }

Engine::Engine(Options options)
    : executor_(ExecutorThreads(options.executor_threads)),
      delivery_(options.delivery),
      provider_pool_(options.provider),
      runtime_(executor_, delivery_, provider_pool_, options.runtime),
      catalogue_(options.server.empty() ? HostName() : options.server) {
  providers_.Register("__NAMESPACE", std::make_unique<NamespaceProvider>(catalogue_));
}

Engine::~Engine() {
  const TimePoint deadline = SteadyClock().Now() + kDestructionWaitMax;
  runtime_.Shutdown(deadline);
  // A callback that still runs would find its engine gone: better to end here, where the cause can be seen.
  if (!StopSilently(deadline)) std::abort();
}

bool Engine::StopSilently(TimePoint deadline) {
  const bool executor_ended = executor_.Stop(deadline);
  const bool providers_ended = provider_pool_.Stop(deadline);
  const bool delivery_ended = delivery_.Stop(deadline);
  return executor_ended && providers_ended && delivery_ended;
}

Result<SessionPtr> Engine::Connect(std::string_view name_space) {
  NamespacePtr found = catalogue_.Find(name_space);
  if (!found) {
    return Status(code::kInvalidNamespace, fmt::format("there is no namespace '{}' on this machine", name_space))
        .WithParameter(std::string(name_space));
  }
  return SessionPtr(std::make_shared<Session>(*this, std::move(found), Principal::OfCaller(), runtime_.NewLane()));
}

}  // namespace wmi::engine
