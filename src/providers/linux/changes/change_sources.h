// For which classes the kernel tells that something has changed, so that nobody has to look again and again
// (docs/events.md).
#pragma once

#include "provider/event_sources.h"
#include "providers/linux/changes/notifier.h"

namespace wmi::linuxos {

// Says "look again" whenever its notifier has something to read.
class LookSource final : public provider::ChangeSource {
 public:
  LookSource(NotifierMaker make, provider::Operations covers) : make_(make), covers_(covers) {}
  provider::Operations covers() const override { return covers_; }
  Result<std::unique_ptr<provider::Listening>> Listen(const provider::Request& request, exec::Reactor& reactor,
                                                      std::shared_ptr<provider::ChangeListener> listener) override;

 private:
  const NotifierMaker make_;
  const provider::Operations covers_;
};

void AddChangeSources(provider::EventSources& sources);

}  // namespace wmi::linuxos
