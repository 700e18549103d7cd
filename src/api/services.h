// Services: IWbemServices, a connection to one namespace (contract 1 and 3).
//
// Every method is made of three steps: read its arguments into a Request (flags and names from method_table.h, the
// context from call_context.h, the work itself from engine/calls.h), and hand that to one of the three forms of a call:
// Enumerate, Complete or Deliver. Wrong arguments fail the call at once; everything else is the outcome of the
// operation (contract 1.1). By subject: services_reading.cc, services_changing.cc, services_events.cc; the forms,
// OpenNamespace and CancelAsyncCall are in services.cc.
#pragma once

#include <wbemcli.h>

#include <cstdint>
#include <memory>
#include <string>

#include "api/method_table.h"
#include "api/secured_object.h"
#include "base/clock.h"
#include "base/status.h"
#include "com/com_ptr.h"
#include "engine/calls.h"
#include "engine/ending.h"
#include "engine/engine.h"
#include "engine/operation.h"
#include "engine/row_source.h"

namespace wmi::api {

// Safe from several threads. Calls that it started keep what they need and outlive it; subscriptions end when the last
// proxy of a connection (CoCopyProxy) is released (contract 2.5).
class Services final : public SecuredObject<IWbemServices> {
 public:
  // A connection of its own: `session` belongs to no other Services.
  explicit Services(engine::SessionPtr session);

  HRESULT OpenNamespace(const BSTR strNamespace, long lFlags, IWbemContext* pCtx, IWbemServices** ppWorkingNamespace,
                        IWbemCallResult** ppResult) override;
  HRESULT CancelAsyncCall(IWbemObjectSink* pSink) override;
  HRESULT QueryObjectSink(long lFlags, IWbemObjectSink** ppResponseHandler) override;
  HRESULT GetObject(const BSTR strObjectPath, long lFlags, IWbemContext* pCtx, IWbemClassObject** ppObject,
                    IWbemCallResult** ppCallResult) override;
  HRESULT GetObjectAsync(const BSTR strObjectPath, long lFlags, IWbemContext* pCtx,
                         IWbemObjectSink* pResponseHandler) override;
  HRESULT PutClass(IWbemClassObject* pObject, long lFlags, IWbemContext* pCtx, IWbemCallResult** ppCallResult) override;
  HRESULT PutClassAsync(IWbemClassObject* pObject, long lFlags, IWbemContext* pCtx,
                        IWbemObjectSink* pResponseHandler) override;
  HRESULT DeleteClass(const BSTR strClass, long lFlags, IWbemContext* pCtx, IWbemCallResult** ppCallResult) override;
  HRESULT DeleteClassAsync(const BSTR strClass, long lFlags, IWbemContext* pCtx,
                           IWbemObjectSink* pResponseHandler) override;
  HRESULT CreateClassEnum(const BSTR strSuperclass, long lFlags, IWbemContext* pCtx,
                          IEnumWbemClassObject** ppEnum) override;
  HRESULT CreateClassEnumAsync(const BSTR strSuperclass, long lFlags, IWbemContext* pCtx,
                               IWbemObjectSink* pResponseHandler) override;
  HRESULT PutInstance(IWbemClassObject* pInst, long lFlags, IWbemContext* pCtx,
                      IWbemCallResult** ppCallResult) override;
  HRESULT PutInstanceAsync(IWbemClassObject* pInst, long lFlags, IWbemContext* pCtx,
                           IWbemObjectSink* pResponseHandler) override;
  HRESULT DeleteInstance(const BSTR strObjectPath, long lFlags, IWbemContext* pCtx,
                         IWbemCallResult** ppCallResult) override;
  HRESULT DeleteInstanceAsync(const BSTR strObjectPath, long lFlags, IWbemContext* pCtx,
                              IWbemObjectSink* pResponseHandler) override;
  HRESULT CreateInstanceEnum(const BSTR strFilter, long lFlags, IWbemContext* pCtx,
                             IEnumWbemClassObject** ppEnum) override;
  HRESULT CreateInstanceEnumAsync(const BSTR strFilter, long lFlags, IWbemContext* pCtx,
                                  IWbemObjectSink* pResponseHandler) override;
  HRESULT ExecQuery(const BSTR strQueryLanguage, const BSTR strQuery, long lFlags, IWbemContext* pCtx,
                    IEnumWbemClassObject** ppEnum) override;
  HRESULT ExecQueryAsync(const BSTR strQueryLanguage, const BSTR strQuery, long lFlags, IWbemContext* pCtx,
                         IWbemObjectSink* pResponseHandler) override;
  HRESULT ExecNotificationQuery(const BSTR strQueryLanguage, const BSTR strQuery, long lFlags, IWbemContext* pCtx,
                                IEnumWbemClassObject** ppEnum) override;
  HRESULT ExecNotificationQueryAsync(const BSTR strQueryLanguage, const BSTR strQuery, long lFlags, IWbemContext* pCtx,
                                     IWbemObjectSink* pResponseHandler) override;
  HRESULT ExecMethod(const BSTR strObjectPath, const BSTR strMethodName, long lFlags, IWbemContext* pCtx,
                     IWbemClassObject* pInParams, IWbemClassObject** ppOutParams,
                     IWbemCallResult** ppCallResult) override;
  HRESULT ExecMethodAsync(const BSTR strObjectPath, const BSTR strMethodName, long lFlags, IWbemContext* pCtx,
                          IWbemClassObject* pInParams, IWbemObjectSink* pResponseHandler) override;

 protected:
  ~Services() override = default;
  com::ComPtr<IWbemServices> Copy() override;

 private:
  // What the proxies of one connection share.
  class Connection;

  // A call whose arguments are in order.
  struct Request {
    Method method;
    std::uint32_t flags = 0;
    std::string subject;  // what it is about, for reports
    engine::Deadline deadline;
    engine::Lifetime lifetime = engine::Lifetime::kCall;
    engine::CallOptions options;
    std::unique_ptr<engine::RowSource> source;

    bool Has(std::uint32_t flag) const { return (flags & flag) != 0; }
  };

  explicit Services(std::shared_ptr<const Connection> connection);
  const engine::SessionPtr& session() const;

  // The body of a method: what goes around it, and its error object.
  template <typename Body>
  HRESULT Run(Method method, Body&& body) const;

  // Flags, context and deadline; each of the following adds its arguments and the source to them.
  Result<Request> Begin(Method method, Form form, long flags, IWbemContext* context) const;
  Result<Request> ObjectRequest(Form form, const wchar_t* path, long flags, IWbemContext* context) const;
  Result<Request> ClassesRequest(Form form, const wchar_t* superclass, long flags, IWbemContext* context) const;
  Result<Request> InstancesRequest(Form form, const wchar_t* class_name, long flags, IWbemContext* context) const;
  Result<Request> QueryRequest(Form form, const wchar_t* language, const wchar_t* query, long flags,
                               IWbemContext* context) const;
  Result<Request> PutClassRequest(Form form, IWbemClassObject* schema, long flags, IWbemContext* context) const;
  Result<Request> DeleteClassRequest(Form form, const wchar_t* name, long flags, IWbemContext* context) const;
  Result<Request> PutInstanceRequest(Form form, IWbemClassObject* instance, long flags, IWbemContext* context) const;
  Result<Request> DeleteInstanceRequest(Form form, const wchar_t* path, long flags, IWbemContext* context) const;
  Result<Request> MethodRequest(Form form, const wchar_t* path, const wchar_t* method, long flags,
                                IWbemContext* context, IWbemClassObject* in) const;
  Result<Request> SubscriptionRequest(Form form, const wchar_t* language, const wchar_t* query, long flags,
                                      IWbemContext* context) const;

  // The forms of a call (async.md, section 3). Out pointers are checked and NULL, and are written on success alone.
  engine::Ending Enumerate(Request request, IEnumWbemClassObject** enumerator) const;
  // `object` is null for a method that gives none. Waits unless the call is semisynchronous: by its flag, or because a
  // call result is all that was asked for (contract 1.3, 1.4).
  engine::Ending Complete(Request request, IWbemClassObject** object, IWbemCallResult** call_result) const;
  Status Deliver(Request request, IWbemObjectSink* sink) const;

  const std::shared_ptr<const Connection> connection_;
};

}  // namespace wmi::api
