// EventHost: permanent subscriptions for the product's own programs (host_tool.h).
#pragma once

#include <memory>

#include "api/host_tool.h"
#include "base/mutex.h"
#include "base/status.h"
#include "com/com_object.h"
#include "engine/engine.h"
#include "engine/permanent_subscriptions.h"

namespace wmi::api {

// Safe from several threads; `engine` outlives it.
class EventHost final : public com::ComObject<IHostTool> {
 public:
  explicit EventHost(engine::Engine& engine) : engine_(engine) {}

  HRESULT Start(HostListener* listener) override;
  HRESULT Stop(std::uint32_t wait_milliseconds) override;
  HRESULT Describe(SubscriptionReceiver* receiver) override;

 protected:
  ~EventHost() override = default;

 private:
  template <typename Body>
  HRESULT Reported(const char* operation, Body&& body) noexcept;
  Result<engine::PermanentSubscriptions::Overview> Look();

  engine::Engine& engine_;
  Mutex mutex_;
  std::unique_ptr<engine::PermanentSubscriptions> running_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::api
