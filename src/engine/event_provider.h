// EventProvider: a registered provider of events, as the engine sees it (contract 9.3). Implemented above the engine,
// which knows no COM.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "engine/event_outlet.h"
#include "engine/event_protection.h"
#include "engine/session.h"

namespace wmi::engine {

// What a provider is told of one subscription.
struct EventInquiry {
  SessionPtr session;    // of the subscriber
  std::uint32_t id = 0;  // no other subscription has it
  std::string query;     // WQL, as the subscriber wrote it
  // Of a permanent subscription: the binary SID of who made it. Empty: a program that is there itself.
  std::vector<std::uint8_t> creator_sid;
};

// The calls of one provider never overlap. They come on the provider pool, with no lock held, and may take as long as
// the provider likes.
class EventProvider {
 public:
  virtual ~EventProvider() = default;
  virtual const std::string& name() const = 0;
  // Loads the provider if it is not, and asks it whether this subscriber may hear its events (contract 6.6).
  // kProviderLoadFailure when it cannot be used; any other failure is a refusal and ends the subscription.
  virtual Result<Admission> Admit(const EventInquiry& inquiry) = 0;
  // Somebody listens: the provider is told of the query, and with the first one where to fire its events. From that
  // moment, also before this returns, events may come. kProviderLoadFailure when it does not start to send.
  virtual Status Begin(const EventInquiry& inquiry, const std::shared_ptr<EventOutlet>& outlet) = 0;
  // The subscription has ended. Follows each Begin, also one that failed.
  virtual void End(std::uint32_t id) = 0;
  // Nobody listens any more; the outlet is closed. The provider is let go until the next Admit.
  virtual void Stop() = 0;
};

}  // namespace wmi::engine
