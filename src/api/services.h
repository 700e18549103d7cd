// Services: IWbemServices, a connection to one namespace (contract 1 and 3).
//
// Reading works in all forms: ExecQuery, CreateInstanceEnum, GetObject and their …Async twins, CancelAsyncCall. The
// other methods set their out pointers to NULL and answer WBEM_E_NOT_SUPPORTED with an error object that says so.
#pragma once

#include <wbemcli.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "api/secured_object.h"
#include "base/status.h"
#include "com/com_ptr.h"
#include "engine/engine.h"
#include "engine/row_source.h"

namespace wmi::api {

// Safe from several threads. Operations that it started keep what they need and outlive it.
class Services final : public SecuredObject<IWbemServices> {
 public:
  explicit Services(engine::SessionPtr session) : session_(std::move(session)) {}

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
  // A read call whose arguments are in order: its text, and the source that works on it.
  struct Request {
    std::string text;
    std::unique_ptr<engine::RowSource> source;
  };

  Result<Request> QueryRequest(const wchar_t* language, const wchar_t* query, long flags, std::uint32_t allowed) const;
  Result<Request> InstancesRequest(const wchar_t* class_name, long flags, std::uint32_t allowed) const;
  Result<Request> ObjectRequest(const wchar_t* path, long flags, std::uint32_t allowed) const;

  // The three forms of a call (async.md, section 3).
  Status Enumerate(std::string_view operation, Request request, long flags, IEnumWbemClassObject** enumerator) const;
  Status ReadOne(Request request, long flags, IWbemClassObject** object, IWbemCallResult** call_result) const;
  Status Deliver(std::string_view operation, Request request, long flags, IWbemObjectSink* sink) const;

  HRESULT NotSupported(std::string_view method) const;

  const engine::SessionPtr session_;
};

}  // namespace wmi::api
