// ComProvider: a provider that is a COM object in this process, as the engine sees it (contract 9.3).
#pragma once

#include <wbemcli.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "api/provider_call.h"
#include "api/provider_entrance.h"
#include "api/provider_init.h"
#include "api/response_handler.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "com/com_ptr.h"
#include "engine/push_provider.h"

namespace wmi::api {

// Safe from several threads. The provider is made and initialised by the first who needs it, once, however many come at
// the same time: one object for all users and locales, because in process there is one user, and no locale yet, and for
// all that it is a provider of: instances, events, event consumers. A failure is that of those who waited for it; the
// next one tries again. The object is released with this one; one that serves no calls already after its last use.
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
  const std::shared_ptr<ProviderEntrance>& entrance() const { return entrance_; }

  // A query that the provider refuses with kProviderNotCapable or kNotSupported before it delivered anything becomes an
  // enumeration of its class, which the port filters (contract 7.6). kProviderLoadFailure through the port, or what the
  // provider answers; kProviderFailure for what it throws.
  void Start(const engine::ProviderCall& call, std::shared_ptr<engine::PushPort> port) override;

  // Keeps the provider loaded. Its end may run code of the provider: not under a lock, on a thread that may block.
  class Use {
   public:
    explicit Use(std::shared_ptr<ComProvider> provider) : provider_(std::move(provider)) {}
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

    // Another interface of the provider; null if it has none. Runs code of the provider.
    template <typename Interface>
    com::ComPtr<Interface> As() const {
      com::ComPtr<Interface> found;
      std::string thrown;
      EnterProvider(thrown, [&] {
        found = object_.As<Interface>();
        return code::kOk;
      });
      return found;
    }

   private:
    friend class ComProvider;
    const std::shared_ptr<ComProvider> provider_;
    com::ComPtr<IUnknown> object_;  // null: not counted yet
  };

  // Loads the provider if it is not. Runs code of the provider and waits for it. `context` is that of the call for
  // which it is loaded; null for none.
  Result<std::unique_ptr<Use>> Load(engine::Engine& engine, const engine::CallContextPtr& context);

 private:
  enum class State { kUnloaded, kLoading, kReady };

  // One more use, on success.
  Result<com::ComPtr<IUnknown>> EnsureReady(engine::Engine& engine, const engine::CallContextPtr& context);
  Result<com::ComPtr<IUnknown>> AwaitLoading(MutexLock& lock) WMI_REQUIRES(mutex_);
  void EndUse();
  Result<com::ComPtr<IWbemServices>> FindServices(const engine::ProviderCall& call);
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
  Status load_failure_ WMI_GUARDED_BY(mutex_);                  // of the last attempt
  com::ComPtr<IUnknown> object_ WMI_GUARDED_BY(mutex_);         // while it is ready
  std::size_t uses_ WMI_GUARDED_BY(mutex_) = 0;                 // of the object
  com::ComPtr<IWbemServices> services_ WMI_GUARDED_BY(mutex_);  // since it has served a call
};

}  // namespace wmi::api
