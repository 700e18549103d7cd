// The methods of Services about events: subscribing to them (contract 6.2) and firing them.
//
// An enumerator of events is forward-only like any other with that flag: Reset is WBEM_E_INVALID_OPERATION and has no
// effect, which is what contract 5.2 and 6.2 have in common.
#include <utility>

#include "api/event_sink.h"
#include "api/services.h"
#include "api/services_parts.h"
#include "engine/calls.h"

namespace wmi::api {

// SEND_STATUS is accepted and ignored, and there is no deadline: a subscription lives until somebody ends it.
Result<Services::Request> Services::SubscriptionRequest(Form form, const wchar_t* language, const wchar_t* query,
                                                        long flags, IWbemContext* context) const {
  Request request = TRY(Begin(Method::kExecNotificationQuery, form, flags, context));
  request.options.wants_progress = engine::WantsProgress::kNo;
  request.deadline = {};
  request.lifetime = engine::Lifetime::kSubscription;
  request.subject = TRY(ReadQuery(language, query));
  request.source = engine::SubscriptionSource(session(), request.subject);
  return request;
}

HRESULT Services::ExecNotificationQuery(const BSTR strQueryLanguage, const BSTR strQuery, long lFlags,
                                        IWbemContext* pCtx, IEnumWbemClassObject** ppEnum) {
  return Run(Method::kExecNotificationQuery, [&]() -> engine::Ending {
    TRY(ClearOutput(ppEnum, "ppEnum"));
    return Enumerate(TRY(SubscriptionRequest(Form::kSync, strQueryLanguage, strQuery, lFlags, pCtx)), ppEnum);
  });
}

HRESULT Services::ExecNotificationQueryAsync(const BSTR strQueryLanguage, const BSTR strQuery, long lFlags,
                                             IWbemContext* pCtx, IWbemObjectSink* pResponseHandler) {
  return Run(Method::kExecNotificationQuery, [&]() -> Status {
    TRY(CheckGiven(pResponseHandler, "pResponseHandler"));
    return Deliver(TRY(SubscriptionRequest(Form::kAsync, strQueryLanguage, strQuery, lFlags, pCtx)), pResponseHandler);
  });
}

HRESULT Services::QueryObjectSink(long lFlags, IWbemObjectSink** ppResponseHandler) {
  return Run(Method::kQueryObjectSink, [&]() -> Status {
    TRY(ClearOutput(ppResponseHandler, "ppResponseHandler"));
    TRY(CheckFlags(Method::kQueryObjectSink, Form::kSync, lFlags));
    *ppResponseHandler = com::MakeCom<EventSink>(session()).Detach();
    return Status();
  });
}

}  // namespace wmi::api
