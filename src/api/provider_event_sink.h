// ProviderEventSink: the sink through which a registered provider fires its events, from
// IWbemEventProvider::ProvideEvents (contract 9.3).
#pragma once

#include <wbemprov.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "cim/row.h"
#include "com/com_object.h"
#include "com/com_ptr.h"
#include "engine/event_outlet.h"
#include "engine/event_protection.h"
#include "wql/event_query.h"

namespace wmi::api {

// Safe from several threads: a provider may fire from as many as it likes; what one of them fires arrives in that
// order. Uses the outlet and nothing of the engine, so a provider may keep it as long as it likes. Failures leave a
// description for GetErrorInfo.
class ProviderEventSink final : public com::ComObject<com::Derives<IWbemEventSink, IWbemObjectSink>> {
 public:
  // What a restricted sink lets pass.
  struct Restriction {
    wql::EventQuery query;
    engine::EventShape shape;
  };

  // Without restrictions everything passes; with some, what one of them says and what passes `outer`, if there is one.
  ProviderEventSink(std::shared_ptr<engine::EventOutlet> outlet, std::string provider,
                    std::vector<Restriction> restrictions = {}, com::ComPtr<ProviderEventSink> outer = nullptr)
      : outlet_(std::move(outlet)),
        provider_(std::move(provider)),
        restrictions_(std::move(restrictions)),
        outer_(std::move(outer)) {}

  // Fires all objects or none. kCallCancelled once nobody wants events of the provider any more: it shall stop.
  // kInvalidParameter for a negative count, more than limits::kIndicateObjectsMax, a NULL array and a NULL in it;
  // kInvalidObject for a class and for an implementation that is not of this library; kInvalidClass for what is no
  // event; kInvalidParameter, too, for one whose SECURITY_DESCRIPTOR is malformed. A count of zero is a success.
  // Subscribers to whom a descriptor of the event or of the sink does not give WBEM_RIGHT_SUBSCRIBE are passed over,
  // which is not told (contract 6.6).
  HRESULT Indicate(long lObjectCount, IWbemClassObject** apObjArray) override;
  // A provider of events has nothing to tell here (contract 9.3): accepted and ignored.
  HRESULT SetStatus(long lFlags, HRESULT hResult, BSTR strParam, IWbemClassObject* pObjParam) override;
  // From now on the descriptor holds for all events that pass this sink, also through sinks that were or will be got
  // from it by GetRestrictedSink, besides what the events themselves and those sinks say. pSD is self-relative and has
  // an owner, in whose name the events are fired, and a group; its SACL means nothing. No bytes and NULL: everybody, as
  // before the first call. kInvalidParameter for anything else; what was set then stays.
  HRESULT SetSinkSecurity(long lSDLength, BYTE* pSD) override;
  // WBEM_S_FALSE when nobody listens: of a restricted sink, to events that it lets pass.
  HRESULT IsActive() override;
  // A sink that lets pass what one of the queries says: on top of what this one does, if it is restricted itself.
  // pCallback, whose purpose is not documented, is not used. kInvalidParameter for less than one query and for NULLs;
  // what is wrong with a query, as for a subscriber; kCallCancelled once nobody listens.
  HRESULT GetRestrictedSink(long lNumQueries, const LPCWSTR* awszQueries, IUnknown* pCallback,
                            IWbemEventSink** ppSink) override;
  // Checked and accepted: in one process there is nothing to gain. Events are gathered behind the sink when a
  // subscriber lags. kInvalidParameter for flags that are none of the three.
  HRESULT SetBatchingParameters(LONG lFlags, DWORD dwMaxBufferSize, DWORD dwMaxSendLatency) override;

 protected:
  ~ProviderEventSink() override = default;

 private:
  Status Fire(long count, IWbemClassObject** objects) const;
  bool Passes(const cim::Object& event) const;
  bool IsWanted() const;
  Result<Restriction> ReadRestriction(const wchar_t* query) const;
  Status SetDescriptor(std::int32_t length, const BYTE* bytes);
  // Adds those of this sink and of the ones around it.
  void CollectDescriptors(std::vector<engine::DescriptorPtr>& descriptors) const;

  const std::shared_ptr<engine::EventOutlet> outlet_;
  const std::string provider_;
  const std::vector<Restriction> restrictions_;
  const com::ComPtr<ProviderEventSink> outer_;
  mutable Mutex mutex_;
  engine::DescriptorPtr descriptor_ WMI_GUARDED_BY(mutex_);  // null: everybody
};

}  // namespace wmi::api
