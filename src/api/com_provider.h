// ComProvider: a provider that is a COM object in this process, as the engine sees it (contract 9.3).
#pragma once

#include <wbemcli.h>

#include <functional>
#include <memory>
#include <string>

#include "api/provider_entrance.h"
#include "api/provider_init.h"
#include "api/response_handler.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "com/com_ptr.h"
#include "engine/push_provider.h"

namespace wmi::api {

// Safe from several threads. The provider is made and initialised by the first call, once, however many come at the
// same time: one object for all users and locales, because in process there is one user, and no locale yet. A failure
// is that of the calls that waited for it; the next call tries again. The object is released with this one.
class ComProvider final : public engine::PushProvider, public std::enable_shared_from_this<ComProvider> {
 public:
  struct Options {
    // How long the initialisation may take, for all calls that wait for it together.
    Duration initialization_wait_max = std::chrono::seconds(30);
    // ResponseHandler::Options.
    Duration reply_wait_max = std::chrono::minutes(10);
  };

  ComProvider(ProviderIdentity identity, std::shared_ptr<ProviderEntrance> entrance, Options options);
  ~ComProvider() override;
  ComProvider(const ComProvider&) = delete;
  ComProvider& operator=(const ComProvider&) = delete;

  const ProviderIdentity& identity() const { return identity_; }

  // A query that the provider refuses with kProviderNotCapable or kNotSupported before it delivered anything becomes an
  // enumeration of its class, which the port filters (contract 7.6). kProviderLoadFailure through the port, or what the
  // provider answers; kProviderFailure for what it throws.
  void Start(const engine::ProviderCall& call, std::shared_ptr<engine::PushPort> port) override;

 private:
  enum class State { kUnloaded, kLoading, kReady };

  Result<com::ComPtr<IWbemServices>> EnsureReady(const engine::ProviderCall& call);
  Result<com::ComPtr<IWbemServices>> AwaitLoading(MutexLock& lock) WMI_REQUIRES(mutex_);
  void Run(const engine::ProviderCall& call, const std::shared_ptr<engine::PushPort>& port);
  ResponseHandler::Options HandlerOptions(const engine::ProviderCall& call,
                                          const std::shared_ptr<engine::PushPort>& port);
  // What to do when a query is refused; empty when there is nothing else to ask.
  std::function<void()> FallbackOf(const engine::ProviderCall& call, const std::shared_ptr<engine::PushPort>& port);

  const ProviderIdentity identity_;
  const std::shared_ptr<ProviderEntrance> entrance_;
  const Options options_;

  Mutex mutex_;
  CondVar changed_;
  State state_ WMI_GUARDED_BY(mutex_) = State::kUnloaded;
  std::uint64_t loads_ WMI_GUARDED_BY(mutex_) = 0;  // attempts so far
  TimePoint load_deadline_ WMI_GUARDED_BY(mutex_);
  Status load_failure_ WMI_GUARDED_BY(mutex_);  // of the last attempt
  com::ComPtr<IWbemServices> services_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::api
