// ComProviderLoader: finds the COM providers that are registered in a namespace (contract 9.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "api/com_event_provider.h"
#include "api/com_provider.h"
#include "api/provider_entrance.h"
#include "base/limits.h"
#include "base/mutex.h"
#include "base/status.h"
#include "engine/push_provider.h"
#include "exec/scheduler.h"

namespace wmi::api {

// Safe from several threads. Given to an engine by the composition root, whose provider pool it uses; destroyed before
// that pool. Providers live until then, or until another class identifier is registered under their name, or until more
// than `providers_max` are in use and they have not been asked for longest.
class ComProviderLoader final : public engine::PushProviderLoader {
 public:
  struct Options {
    ComProvider::Options provider;
    std::size_t providers_max = limits::kProvidersMax;
  };

  explicit ComProviderLoader(exec::Scheduler& provider_pool, Options options);
  explicit ComProviderLoader(exec::Scheduler& provider_pool) : ComProviderLoader(provider_pool, Options()) {}
  ~ComProviderLoader() override;
  ComProviderLoader(const ComProviderLoader&) = delete;
  ComProviderLoader& operator=(const ComProviderLoader&) = delete;

  // kInvalidProviderRegistration for a registration without name, with a class identifier that is missing or malformed,
  // or with a hosting model that does not exist; kProviderDisabled when it says Enabled = FALSE; kProviderLoadFailure
  // for a decoupled provider. The status names provider, namespace and value.
  Result<std::shared_ptr<engine::PushProvider>> Find(const engine::SessionPtr& session,
                                                     const cim::Object& registration) override;

  // The same for the provider that a registration refers to; kInvalidProviderRegistration when that does not exist.
  Result<std::shared_ptr<engine::EventProvider>> FindEventSource(const engine::SessionPtr& session,
                                                                 const cim::Object& registration) override;
  Result<std::shared_ptr<provider::EventConsumerProvider>> FindEventConsumers(const engine::SessionPtr& session,
                                                                              const cim::Object& registration) override;

  // How many are known; for tests.
  std::size_t providers() const;

 private:
  struct Entry {
    std::shared_ptr<ComProvider> provider;
    std::weak_ptr<ComEventProvider> events;  // the same, where it is listened to
    std::uint64_t last_use = 0;
  };
  using Key = std::pair<std::string, std::string>;  // namespace and name, folded

  // What is known of the provider that is registered so, noted as asked for; `look` is given it, with the lock held.
  template <typename Look>
  Status Visit(const engine::SessionPtr& session, const cim::Object& registration, Look&& look);
  // The instance of __Win32Provider that a registration refers to.
  static Result<cim::Object> FindReferred(const engine::SessionPtr& session, const cim::Object& registration);
  // The one that has not been asked for longest goes when there are too many.
  std::shared_ptr<ComProvider> TakeSurplus() WMI_REQUIRES(mutex_);

  const Options options_;
  const std::shared_ptr<ProviderEntrance> entrance_;
  mutable Mutex mutex_;
  std::map<Key, Entry> providers_ WMI_GUARDED_BY(mutex_);
  std::uint64_t uses_ WMI_GUARDED_BY(mutex_) = 0;
};

}  // namespace wmi::api
