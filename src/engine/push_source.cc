#include "engine/push_source.h"

#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "engine/engine.h"
#include "exec/task.h"

namespace wmi::engine {
namespace {

// The task that enters the provider.
struct StartOfCall {
  std::shared_ptr<PushProvider> provider;
  ProviderCall call;
  std::shared_ptr<PushPort> port;
  std::string name;

  void Run() {
    if (!port->IsClosed()) provider->Start(call, std::move(port));
  }
  std::string Description() const { return "provider " + name; }
};

// A cancelled call can end only when the callback that runs has returned; a provider that waits for room is freed at
// once, because that callback may be waiting for it.
struct CloseOnStop {
  PushPort& port;
  void operator()() const { port.Close(); }
};

class PushSourceImpl final : public RowSource {
 public:
  PushSourceImpl(std::shared_ptr<PushProvider> provider, ProviderCall call, PushPort::Options options)
      : port_(std::make_shared<PushPort>(options)), start_(std::make_shared<StartOfCall>()) {
    *start_ = {std::move(provider), std::move(call), port_, std::move(options.provider)};
  }
  ~PushSourceImpl() override { port_->Close(); }

  Pulled Pull(const PullRequest& request, Batch& out) override {
    if (start_) {
      on_stop_.emplace(request.stop, CloseOnStop{*port_});
      const SessionPtr session = start_->call.session;
      session->engine().provider_pool().Post(session->lane(), exec::Task::Of<&StartOfCall::Run>(std::move(start_)));
      start_.reset();
    }
    return port_->Pull(request, out);
  }

 private:
  const std::shared_ptr<PushPort> port_;
  std::shared_ptr<StartOfCall> start_;  // until it is posted
  std::optional<std::stop_callback<CloseOnStop>> on_stop_;
};

}  // namespace

SourcePtr PushSource(std::shared_ptr<PushProvider> provider, ProviderCall call, PushPort::Options options) {
  return std::make_unique<PushSourceImpl>(std::move(provider), std::move(call), std::move(options));
}

}  // namespace wmi::engine
