#include "api/services.h"

#include <fmt/format.h>

#include <utility>

#include "api/call_context.h"
#include "api/call_result.h"
#include "api/call_start.h"
#include "api/class_object.h"
#include "api/enum_objects.h"
#include "api/input.h"
#include "api/services_parts.h"
#include "base/limits.h"
#include "base/text.h"
#include "engine/enumerator.h"
#include "engine/result_set.h"

namespace wmi::api {

using engine::Ending;

// ---- arguments ------------------------------------------------------------------------------------------------------

Status IsNull(std::string_view parameter) {
  return Status(code::kInvalidParameter, fmt::format("{} is NULL", parameter));
}

Status CheckCallResult(IWbemCallResult* const* call_result) {
  if (call_result == nullptr || *call_result == nullptr) return Status();
  return Status(code::kInvalidParameter, "*ppCallResult is not NULL; it would be overwritten");
}

Result<std::string> ReadMandatory(const wchar_t* text, std::string_view what, std::size_t length_max) {
  if (IsBlank(text)) return Status(code::kInvalidParameter, fmt::format("{} is NULL or empty", what));
  return ReadText(text, length_max);
}

Result<std::string> ReadQuery(const wchar_t* language, const wchar_t* query) {
  TRY(CheckGiven(language, "strQueryLanguage"));
  TRY(CheckGiven(query, "strQuery"));
  std::string language_text = ReadText(language, limits::kNameLengthMax);
  if (!EqualFolded(language_text, "WQL")) {
    return Status(code::kInvalidQueryType, "the query language is not \"WQL\"").WithParameter(std::move(language_text));
  }
  return ReadText(query, limits::kQueryLengthMax);
}

Result<cim::Object> ReadObject(IWbemClassObject* object, ObjectKind kind, std::string_view parameter) {
  if (object == nullptr) return IsNull(parameter);
  const ClassObject* ours = ClassObject::From(object);
  if (ours == nullptr || !ours->object()) {
    return Status(code::kInvalidObject,
                  fmt::format("{} is an implementation of IWbemClassObject that is not of this library", parameter));
  }
  if (ours->object().is_class() != (kind == ObjectKind::kClass)) {
    return Status(code::kInvalidObject,
                  fmt::format("{} is {}", parameter,
                              kind == ObjectKind::kClass ? "an instance where a class belongs"
                                                         : "a class where an instance belongs; spawn one of it"));
  }
  return ours->object();
}

// ---- connection -----------------------------------------------------------------------------------------------------

class Services::Connection {
 public:
  explicit Connection(engine::SessionPtr session) : session_(std::move(session)) {}
  // Ending a call needs no memory, so nothing is thrown here.
  ~Connection() { session_->engine().runtime().EndSubscriptions(session_->lane()); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  const engine::SessionPtr& session() const { return session_; }

 private:
  const engine::SessionPtr session_;
};

Services::Services(engine::SessionPtr session) : connection_(std::make_shared<const Connection>(std::move(session))) {}

Services::Services(std::shared_ptr<const Connection> connection) : connection_(std::move(connection)) {}

const engine::SessionPtr& Services::session() const { return connection_->session(); }

com::ComPtr<IWbemServices> Services::Copy() { return com::ComPtr<IWbemServices>::Adopt(new Services(connection_)); }

// ---- the forms of a call --------------------------------------------------------------------------------------------

Result<Services::Request> Services::Begin(Method method, Form form, long flags, IWbemContext* context) const {
  TRY(CheckFlags(method, form, flags));
  Request request;
  request.method = method;
  request.flags = LowFlags(flags);
  request.options.context = TRY(ReadContext(context));
  if (form == Form::kAsync && request.Has(WBEM_FLAG_SEND_STATUS)) {
    request.options.wants_progress = engine::WantsProgress::kYes;
  }
  if (request.Has(WBEM_FLAG_USE_AMENDED_QUALIFIERS)) request.options.amended = engine::Amended::kYes;
  const std::optional<Duration> limit = TRY(ContextTimeLimit(request.options.context));
  request.deadline =
      engine::Deadline::After(session()->engine().runtime().clock(), limit.value_or(session()->time_limit()));
  return request;
}

Ending Services::Enumerate(Request request, IEnumWbemClassObject** enumerator) const {
  const std::string_view operation = MethodName(request.method);
  const bool immediately = request.Has(WBEM_FLAG_RETURN_IMMEDIATELY);
  const auto retention =
      request.Has(WBEM_FLAG_FORWARD_ONLY) ? engine::Retention::kForwardOnly : engine::Retention::kRewindable;
  auto results = std::make_shared<engine::ResultSet>(
      retention, immediately ? engine::RunAhead::kSmall : engine::RunAhead::kToTheEnd, session()->quota());
  auto reader = std::make_shared<engine::Enumerator>(results, retention);
  auto object = com::MakeCom<EnumObjects>(session(), operation, request.deadline, std::move(reader));
  TRY(StartForResults(
      {session(), operation, std::move(request.subject), std::move(request.source), request.deadline, request.lifetime},
      results));
  if (!immediately) {
    // Without RETURN_IMMEDIATELY everything is there when the enumerator is handed out (contract 5.2).
    // Programs compare the result with WBEM_S_NO_ERROR, so partial results are told in the asynchronous form alone.
    Ending ending = results->WaitEnd(TimePoint::max()).ending;
    if (!ending.status.ok()) return ending;
  }
  *enumerator = object.Detach();
  return Status();
}

Ending Services::Complete(Request request, IWbemClassObject** object, IWbemCallResult** call_result) const {
  auto results = std::make_shared<engine::ResultSet>(engine::Retention::kRewindable, engine::RunAhead::kToTheEnd,
                                                     session()->quota());
  auto result = com::MakeCom<CallResult>(session(), request.method, results);
  TRY(StartForResults({session(), MethodName(request.method), std::move(request.subject), std::move(request.source),
                       request.deadline, request.lifetime},
                      results));
  const bool immediately = request.Has(WBEM_FLAG_RETURN_IMMEDIATELY) || (object == nullptr && call_result != nullptr);
  if (!immediately) {
    com::ComPtr<IWbemClassObject> found;
    Ending ending = object == nullptr ? result->Wait(TimePoint::max()) : result->ReadObject(TimePoint::max(), found);
    if (!ending.status.ok()) return ending;
    if (object != nullptr) *object = found.Detach();
  }
  if (call_result != nullptr) *call_result = result.Detach();
  return Status();
}

Status Services::Deliver(Request request, IWbemObjectSink* sink) const {
  return StartForSink({session(), MethodName(request.method), std::move(request.subject), std::move(request.source),
                       request.deadline, request.lifetime},
                      sink, request.options.wants_progress);
}

// ---- cancelling and opening -----------------------------------------------------------------------------------------

// The sink is found by its pointer and not touched: it may be gone already (contract 3, rules 8 and 12).
HRESULT Services::CancelAsyncCall(IWbemObjectSink* pSink) {
  return Run(Method::kCancelAsyncCall, [&]() -> Status {
    TRY(CheckGiven(pSink, "pSink"));
    return session()->engine().runtime().CancelAll(session()->lane(), pSink);
  });
}

// Exactly one of the two outputs is used (contract 1.4): ppWorkingNamespace when the call waits, else ppResult.
HRESULT Services::OpenNamespace(const BSTR strNamespace, long lFlags, IWbemContext* pCtx,
                                IWbemServices** ppWorkingNamespace, IWbemCallResult** ppResult) {
  return Run(Method::kOpenNamespace, [&]() -> Ending {
    ClearIfGiven(ppWorkingNamespace);
    TRY(CheckCallResult(ppResult));
    Request request = TRY(Begin(Method::kOpenNamespace, Form::kSync, lFlags, pCtx));
    const bool immediately = request.Has(WBEM_FLAG_RETURN_IMMEDIATELY) || ppWorkingNamespace == nullptr;
    if (immediately && ppResult == nullptr) return IsNull("ppResult, which is to receive the outcome,");
    request.subject = TRY(ReadMandatory(strNamespace, "the namespace", limits::kPathLengthMax));
    request.source = engine::NamespaceSource(session(), request.subject);
    if (immediately) return Complete(std::move(request), nullptr, ppResult);
    com::ComPtr<IWbemCallResult> result;
    Ending started = Complete(std::move(request), nullptr, result.Receive());
    if (!started.status.ok()) return started;
    com::ComPtr<IWbemServices> services;
    Ending ending = static_cast<CallResult*>(result.get())->ReadServices(TimePoint::max(), services);
    *ppWorkingNamespace = services.Detach();
    return ending;
  });
}

}  // namespace wmi::api
