// The methods of Services that change something: classes and instances put and deleted, methods executed. A call result
// is optional in each of them, also with RETURN_IMMEDIATELY: then nobody is told how the call ended.
#include <utility>

#include "api/services.h"
#include "api/services_parts.h"
#include "base/limits.h"
#include "engine/calls.h"

namespace wmi::api {
namespace {

using engine::Ending;

cim::PutMode ModeOf(std::uint32_t flags) {
  if ((flags & WBEM_FLAG_CREATE_ONLY) != 0) return cim::PutMode::kCreateOnly;
  if ((flags & WBEM_FLAG_UPDATE_ONLY) != 0) return cim::PutMode::kUpdateOnly;
  return cim::PutMode::kCreateOrUpdate;
}

store::ClassUpdate UpdateOf(std::uint32_t flags) {
  if ((flags & WBEM_FLAG_UPDATE_FORCE_MODE) != 0) return store::ClassUpdate::kForce;
  if ((flags & WBEM_FLAG_UPDATE_SAFE_MODE) != 0) return store::ClassUpdate::kSafe;
  return store::ClassUpdate::kCompatible;
}

}  // namespace

// ---- PutClass -------------------------------------------------------------------------------------------------------

Result<Services::Request> Services::PutClassRequest(Form form, IWbemClassObject* schema, long flags,
                                                    IWbemContext* context) const {
  Request request = TRY(Begin(Method::kPutClass, form, flags, context));
  cim::Object object = TRY(ReadObject(schema, ObjectKind::kClass, "pObject"));
  request.subject = object.schema().name();
  request.source = engine::PutClassSource(session(), std::move(object), ModeOf(request.flags), UpdateOf(request.flags),
                                          request.options);
  return request;
}

HRESULT Services::PutClass(IWbemClassObject* pObject, long lFlags, IWbemContext* pCtx, IWbemCallResult** ppCallResult) {
  return Run(Method::kPutClass, [&]() -> Ending {
    TRY(CheckCallResult(ppCallResult));
    return Complete(TRY(PutClassRequest(Form::kSync, pObject, lFlags, pCtx)), nullptr, ppCallResult);
  });
}

HRESULT Services::PutClassAsync(IWbemClassObject* pObject, long lFlags, IWbemContext* pCtx,
                                IWbemObjectSink* pResponseHandler) {
  return Run(Method::kPutClass, [&]() -> Status {
    TRY(CheckGiven(pResponseHandler, "pResponseHandler"));
    return Deliver(TRY(PutClassRequest(Form::kAsync, pObject, lFlags, pCtx)), pResponseHandler);
  });
}

// ---- DeleteClass ----------------------------------------------------------------------------------------------------

Result<Services::Request> Services::DeleteClassRequest(Form form, const wchar_t* name, long flags,
                                                       IWbemContext* context) const {
  Request request = TRY(Begin(Method::kDeleteClass, form, flags, context));
  request.subject = TRY(ReadMandatory(name, "the class to delete", limits::kIdentifierLengthMax));
  request.source = engine::DeleteClassSource(session(), request.subject);
  return request;
}

HRESULT Services::DeleteClass(const BSTR strClass, long lFlags, IWbemContext* pCtx, IWbemCallResult** ppCallResult) {
  return Run(Method::kDeleteClass, [&]() -> Ending {
    TRY(CheckCallResult(ppCallResult));
    return Complete(TRY(DeleteClassRequest(Form::kSync, strClass, lFlags, pCtx)), nullptr, ppCallResult);
  });
}

HRESULT Services::DeleteClassAsync(const BSTR strClass, long lFlags, IWbemContext* pCtx,
                                   IWbemObjectSink* pResponseHandler) {
  return Run(Method::kDeleteClass, [&]() -> Status {
    TRY(CheckGiven(pResponseHandler, "pResponseHandler"));
    return Deliver(TRY(DeleteClassRequest(Form::kAsync, strClass, lFlags, pCtx)), pResponseHandler);
  });
}

// ---- PutInstance ----------------------------------------------------------------------------------------------------

Result<Services::Request> Services::PutInstanceRequest(Form form, IWbemClassObject* instance, long flags,
                                                       IWbemContext* context) const {
  Request request = TRY(Begin(Method::kPutInstance, form, flags, context));
  cim::Object object = TRY(ReadObject(instance, ObjectKind::kInstance, "pInst"));
  request.subject = object.schema().name();
  request.source = engine::PutInstanceSource(session(), std::move(object), ModeOf(request.flags), request.options);
  return request;
}

HRESULT Services::PutInstance(IWbemClassObject* pInst, long lFlags, IWbemContext* pCtx,
                              IWbemCallResult** ppCallResult) {
  return Run(Method::kPutInstance, [&]() -> Ending {
    TRY(CheckCallResult(ppCallResult));
    return Complete(TRY(PutInstanceRequest(Form::kSync, pInst, lFlags, pCtx)), nullptr, ppCallResult);
  });
}

HRESULT Services::PutInstanceAsync(IWbemClassObject* pInst, long lFlags, IWbemContext* pCtx,
                                   IWbemObjectSink* pResponseHandler) {
  return Run(Method::kPutInstance, [&]() -> Status {
    TRY(CheckGiven(pResponseHandler, "pResponseHandler"));
    return Deliver(TRY(PutInstanceRequest(Form::kAsync, pInst, lFlags, pCtx)), pResponseHandler);
  });
}

// ---- DeleteInstance -------------------------------------------------------------------------------------------------

Result<Services::Request> Services::DeleteInstanceRequest(Form form, const wchar_t* path, long flags,
                                                          IWbemContext* context) const {
  Request request = TRY(Begin(Method::kDeleteInstance, form, flags, context));
  request.subject = TRY(ReadMandatory(path, "the path of the instance to delete", limits::kPathLengthMax));
  request.source = engine::DeleteInstanceSource(session(), request.subject, request.options);
  return request;
}

HRESULT Services::DeleteInstance(const BSTR strObjectPath, long lFlags, IWbemContext* pCtx,
                                 IWbemCallResult** ppCallResult) {
  return Run(Method::kDeleteInstance, [&]() -> Ending {
    TRY(CheckCallResult(ppCallResult));
    return Complete(TRY(DeleteInstanceRequest(Form::kSync, strObjectPath, lFlags, pCtx)), nullptr, ppCallResult);
  });
}

HRESULT Services::DeleteInstanceAsync(const BSTR strObjectPath, long lFlags, IWbemContext* pCtx,
                                      IWbemObjectSink* pResponseHandler) {
  return Run(Method::kDeleteInstance, [&]() -> Status {
    TRY(CheckGiven(pResponseHandler, "pResponseHandler"));
    return Deliver(TRY(DeleteInstanceRequest(Form::kAsync, strObjectPath, lFlags, pCtx)), pResponseHandler);
  });
}

// ---- ExecMethod -----------------------------------------------------------------------------------------------------

Result<Services::Request> Services::MethodRequest(Form form, const wchar_t* path, const wchar_t* method, long flags,
                                                  IWbemContext* context, IWbemClassObject* in) const {
  Request request = TRY(Begin(Method::kExecMethod, form, flags, context));
  std::string path_text = TRY(ReadMandatory(path, "the object path", limits::kPathLengthMax));
  std::string method_name = TRY(ReadMandatory(method, "the method name", limits::kIdentifierLengthMax));
  cim::Object parameters;
  if (in != nullptr) parameters = TRY(ReadObject(in, ObjectKind::kInstance, "pInParams"));
  request.subject = path_text + " " + method_name;
  request.source = engine::MethodSource(session(), std::move(path_text), std::move(method_name), std::move(parameters),
                                        request.options);
  return request;
}

// A method without out-parameters leaves *ppOutParams NULL and is a success (contract 1.3).
HRESULT Services::ExecMethod(const BSTR strObjectPath, const BSTR strMethodName, long lFlags, IWbemContext* pCtx,
                             IWbemClassObject* pInParams, IWbemClassObject** ppOutParams,
                             IWbemCallResult** ppCallResult) {
  return Run(Method::kExecMethod, [&]() -> Ending {
    ClearIfGiven(ppOutParams);
    TRY(CheckCallResult(ppCallResult));
    Request request = TRY(MethodRequest(Form::kSync, strObjectPath, strMethodName, lFlags, pCtx, pInParams));
    return Complete(std::move(request), ppOutParams, ppCallResult);
  });
}

HRESULT Services::ExecMethodAsync(const BSTR strObjectPath, const BSTR strMethodName, long lFlags, IWbemContext* pCtx,
                                  IWbemClassObject* pInParams, IWbemObjectSink* pResponseHandler) {
  return Run(Method::kExecMethod, [&]() -> Status {
    TRY(CheckGiven(pResponseHandler, "pResponseHandler"));
    return Deliver(TRY(MethodRequest(Form::kAsync, strObjectPath, strMethodName, lFlags, pCtx, pInParams)),
                   pResponseHandler);
  });
}

}  // namespace wmi::api
