// EventSink: the sink through which a client fires extrinsic events, from IWbemServices::QueryObjectSink
// (contract 1.3).
#pragma once

#include <wbemcli.h>

#include "com/com_object.h"
#include "engine/engine.h"

namespace wmi::api {

// Safe from several threads. Events go to the subscriptions of the connection's namespace; it outlives the services
// that it came from.
class EventSink final : public com::ComObject<IWbemObjectSink> {
 public:
  explicit EventSink(engine::SessionPtr session) : session_(std::move(session)) {}

  // Fires all objects or none. kInvalidParameter for a negative count, a NULL array and a NULL in it; kInvalidObject
  // for a class and for an implementation that is not of this library; kInvalidClass for an instance of a class that
  // does not derive from __ExtrinsicEvent; kInvalidParameter, too, for one whose SECURITY_DESCRIPTOR is malformed. A
  // count of zero is a success. Subscribers to whom the descriptor of an event does not give WBEM_RIGHT_SUBSCRIBE are
  // passed over, which is not told (contract 6.6).
  HRESULT Indicate(long lObjectCount, IWbemClassObject** apObjArray) override;
  // Nothing is to be told: accepted and ignored.
  HRESULT SetStatus(long lFlags, HRESULT hResult, BSTR strParam, IWbemClassObject* pObjParam) override;

 protected:
  ~EventSink() override = default;

 private:
  const engine::SessionPtr session_;
};

}  // namespace wmi::api
