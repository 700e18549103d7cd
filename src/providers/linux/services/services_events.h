// What systemd and logind tell of services, sessions and sleep: the change sources of Win32_Service, Win32_LogonSession
// and Win32_LoggedOnUser, and the event source of Win32_PowerManagementEvent.
#pragma once

#include <memory>
#include <utility>

#include "provider/event_sources.h"
#include "providers/linux/changes/notifier.h"
#include "providers/linux/host.h"

namespace wmi::linuxos {

// Unit files that are put in their place or taken away are told when systemd reads them: systemctl daemon-reload.
class ServiceChangeSource final : public provider::ChangeSource {
 public:
  explicit ServiceChangeSource(Machine machine) : machine_(std::move(machine)) {}
  provider::Operations covers() const override { return provider::kAllOperations; }
  Result<std::unique_ptr<provider::Listening>> Listen(const provider::Request& request, exec::Reactor& reactor,
                                                      std::shared_ptr<provider::ChangeListener> listener) override;

 private:
  const Machine machine_;
};

class SessionChangeSource final : public provider::ChangeSource {
 public:
  // What is keyed by LogonId alone is told one by one; else the listener looks at all.
  enum class Keys { kLogonId, kOthers };

  SessionChangeSource(Machine machine, Keys keys) : machine_(std::move(machine)), keys_(keys) {}
  provider::Operations covers() const override { return provider::kAllOperations; }
  Result<std::unique_ptr<provider::Listening>> Listen(const provider::Request& request, exec::Reactor& reactor,
                                                      std::shared_ptr<provider::ChangeListener> listener) override;

 private:
  const Machine machine_;
  const Keys keys_;
};

// Sleep from logind, the mains and batteries from the kernel. Both or none: a listener cannot do with half of it.
class PowerEventSource final : public provider::EventSource {
 public:
  explicit PowerEventSource(Machine machine, NotifierMaker make = MakePowerNotifier)
      : machine_(std::move(machine)), make_(make) {}
  Result<std::unique_ptr<provider::Listening>> Listen(const provider::EventRequest& request, exec::Reactor& reactor,
                                                      std::shared_ptr<provider::EventListener> listener) override;

 private:
  const Machine machine_;
  const NotifierMaker make_;
};

void AddServicesEvents(provider::EventSources& sources, const Machine& machine);

}  // namespace wmi::linuxos
