// The methods of Services that read: objects, classes, instances, queries.
#include <utility>

#include "api/input.h"
#include "api/services.h"
#include "api/services_parts.h"
#include "base/limits.h"
#include "cim/class_edit.h"
#include "engine/calls.h"

namespace wmi::api {
namespace {

using engine::Ending;

// DIRECT_READ asks the provider of the class and no other.
engine::Depth DepthOf(bool shallow) { return shallow ? engine::Depth::kShallow : engine::Depth::kDeep; }

}  // namespace

// ---- GetObject ------------------------------------------------------------------------------------------------------

Result<Services::Request> Services::ObjectRequest(Form form, const wchar_t* path, long flags,
                                                  IWbemContext* context) const {
  Request request = TRY(Begin(Method::kGetObject, form, flags, context));
  if (IsBlank(path)) {
    // The way to a base class: an empty one, to be filled and put (contract 1.3).
    request.source = engine::ReadySource(cim::MakeEmptyClass());
    return request;
  }
  request.subject = ReadText(path, limits::kPathLengthMax);
  request.source = engine::ObjectSource(session(), request.subject, request.options);
  return request;
}

HRESULT Services::GetObject(const BSTR strObjectPath, long lFlags, IWbemContext* pCtx, IWbemClassObject** ppObject,
                            IWbemCallResult** ppCallResult) {
  return Run(Method::kGetObject, [&]() -> Ending {
    ClearIfGiven(ppObject);
    TRY(CheckCallResult(ppCallResult));
    Request request = TRY(ObjectRequest(Form::kSync, strObjectPath, lFlags, pCtx));
    if (ppCallResult == nullptr) {
      TRY(CheckGiven(ppObject, "ppObject and ppCallResult: each of them"));
      if (request.Has(WBEM_FLAG_RETURN_IMMEDIATELY)) {
        return Status(code::kInvalidParameter, "WBEM_FLAG_RETURN_IMMEDIATELY needs ppCallResult");
      }
    }
    return Complete(std::move(request), ppObject, ppCallResult);
  });
}

HRESULT Services::GetObjectAsync(const BSTR strObjectPath, long lFlags, IWbemContext* pCtx,
                                 IWbemObjectSink* pResponseHandler) {
  return Run(Method::kGetObject, [&]() -> Status {
    TRY(CheckGiven(pResponseHandler, "pResponseHandler"));
    return Deliver(TRY(ObjectRequest(Form::kAsync, strObjectPath, lFlags, pCtx)), pResponseHandler);
  });
}

// ---- CreateClassEnum ------------------------------------------------------------------------------------------------

Result<Services::Request> Services::ClassesRequest(Form form, const wchar_t* superclass, long flags,
                                                   IWbemContext* context) const {
  Request request = TRY(Begin(Method::kCreateClassEnum, form, flags, context));
  request.subject = ReadText(superclass, limits::kIdentifierLengthMax);
  request.source =
      engine::ClassesSource(session(), request.subject, DepthOf(request.Has(WBEM_FLAG_SHALLOW)), request.options);
  return request;
}

HRESULT Services::CreateClassEnum(const BSTR strSuperclass, long lFlags, IWbemContext* pCtx,
                                  IEnumWbemClassObject** ppEnum) {
  return Run(Method::kCreateClassEnum, [&]() -> Ending {
    TRY(ClearOutput(ppEnum, "ppEnum"));
    return Enumerate(TRY(ClassesRequest(Form::kSync, strSuperclass, lFlags, pCtx)), ppEnum);
  });
}

HRESULT Services::CreateClassEnumAsync(const BSTR strSuperclass, long lFlags, IWbemContext* pCtx,
                                       IWbemObjectSink* pResponseHandler) {
  return Run(Method::kCreateClassEnum, [&]() -> Status {
    TRY(CheckGiven(pResponseHandler, "pResponseHandler"));
    return Deliver(TRY(ClassesRequest(Form::kAsync, strSuperclass, lFlags, pCtx)), pResponseHandler);
  });
}

// ---- CreateInstanceEnum ---------------------------------------------------------------------------------------------

Result<Services::Request> Services::InstancesRequest(Form form, const wchar_t* class_name, long flags,
                                                     IWbemContext* context) const {
  Request request = TRY(Begin(Method::kCreateInstanceEnum, form, flags, context));
  request.subject = TRY(ReadMandatory(class_name, "the class to enumerate", limits::kIdentifierLengthMax));
  const bool shallow = request.Has(std::uint32_t{WBEM_FLAG_SHALLOW} | WBEM_FLAG_DIRECT_READ);
  request.source = engine::InstancesSource(session(), request.subject, DepthOf(shallow), request.options);
  return request;
}

HRESULT Services::CreateInstanceEnum(const BSTR strFilter, long lFlags, IWbemContext* pCtx,
                                     IEnumWbemClassObject** ppEnum) {
  return Run(Method::kCreateInstanceEnum, [&]() -> Ending {
    TRY(ClearOutput(ppEnum, "ppEnum"));
    return Enumerate(TRY(InstancesRequest(Form::kSync, strFilter, lFlags, pCtx)), ppEnum);
  });
}

HRESULT Services::CreateInstanceEnumAsync(const BSTR strFilter, long lFlags, IWbemContext* pCtx,
                                          IWbemObjectSink* pResponseHandler) {
  return Run(Method::kCreateInstanceEnum, [&]() -> Status {
    TRY(CheckGiven(pResponseHandler, "pResponseHandler"));
    return Deliver(TRY(InstancesRequest(Form::kAsync, strFilter, lFlags, pCtx)), pResponseHandler);
  });
}

// ---- ExecQuery ------------------------------------------------------------------------------------------------------

Result<Services::Request> Services::QueryRequest(Form form, const wchar_t* language, const wchar_t* query, long flags,
                                                 IWbemContext* context) const {
  Request request = TRY(Begin(Method::kExecQuery, form, flags, context));
  request.subject = TRY(ReadQuery(language, query));
  engine::QueryOptions options;
  if (request.Has(WBEM_FLAG_PROTOTYPE)) options.result = engine::QueryResult::kPrototype;
  if (request.Has(WBEM_FLAG_ENSURE_LOCATABLE)) options.locatable = engine::Locatable::kAlways;
  options.depth = DepthOf(request.Has(WBEM_FLAG_DIRECT_READ));
  request.source = engine::QuerySource(session(), request.subject, options, request.options);
  return request;
}

HRESULT Services::ExecQuery(const BSTR strQueryLanguage, const BSTR strQuery, long lFlags, IWbemContext* pCtx,
                            IEnumWbemClassObject** ppEnum) {
  return Run(Method::kExecQuery, [&]() -> Ending {
    TRY(ClearOutput(ppEnum, "ppEnum"));
    return Enumerate(TRY(QueryRequest(Form::kSync, strQueryLanguage, strQuery, lFlags, pCtx)), ppEnum);
  });
}

HRESULT Services::ExecQueryAsync(const BSTR strQueryLanguage, const BSTR strQuery, long lFlags, IWbemContext* pCtx,
                                 IWbemObjectSink* pResponseHandler) {
  return Run(Method::kExecQuery, [&]() -> Status {
    TRY(CheckGiven(pResponseHandler, "pResponseHandler"));
    return Deliver(TRY(QueryRequest(Form::kAsync, strQueryLanguage, strQuery, lFlags, pCtx)), pResponseHandler);
  });
}

}  // namespace wmi::api
