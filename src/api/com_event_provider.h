// ComEventProvider: a COM object that fires events: IWbemEventProvider and what may accompany it (contract 9.3).
#pragma once

#include <wbemprov.h>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>

#include "api/com_provider.h"
#include "com/com_ptr.h"
#include "engine/event_provider.h"

namespace wmi::api {

// Calls never overlap (engine/event_provider.h). ProvideEvents is called once while the provider is loaded; after Stop
// it is let go, unless it serves other calls, and the sink that it was given answers kCallCancelled.
class ComEventProvider final : public engine::EventProvider {
 public:
  explicit ComEventProvider(std::shared_ptr<ComProvider> provider) : provider_(std::move(provider)) {}
  ~ComEventProvider() override;
  ComEventProvider(const ComEventProvider&) = delete;
  ComEventProvider& operator=(const ComEventProvider&) = delete;

  const std::string& name() const override { return provider_->identity().name; }
  // A yes of AccessCheck is for all events of the provider. WBEM_S_SUBJECT_TO_SDS leaves it to the descriptor of each
  // event, as does a provider without IWbemEventProviderSecurity, which was not asked.
  Result<engine::Admission> Admit(const engine::EventInquiry& inquiry) override;
  // What NewQuery returns does not matter: it advises the provider and asks nothing.
  Status Begin(const engine::EventInquiry& inquiry, const std::shared_ptr<engine::EventOutlet>& outlet) override;
  void End(std::uint32_t id) override;
  void Stop() override;

 private:
  Status EnsureLoaded(const engine::EventInquiry& inquiry);

  const std::shared_ptr<ComProvider> provider_;
  std::unique_ptr<ComProvider::Use> use_;  // null: not loaded
  com::ComPtr<IWbemEventProvider> events_;
  com::ComPtr<IWbemEventProviderQuerySink> queries_;  // null if it has none
  com::ComPtr<IWbemEventProviderSecurity> security_;  // likewise
  bool is_providing_ = false;
  std::unordered_set<std::uint32_t> told_;  // the subscriptions of which the provider was told
};

}  // namespace wmi::api
