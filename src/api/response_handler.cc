#include "api/response_handler.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "api/input.h"
#include "api/provider_call.h"
#include "api/variant_input.h"
#include "base/limits.h"
#include "cim/value.h"
#include "com/abi_call.h"
#include "engine/push_provider.h"

namespace wmi::api {
namespace {

using com::AbiCall;

// The reserved values of WBEM_STATUS_TYPE (contract 2.3).
constexpr bool IsReserved(std::uint32_t flags) {
  switch (flags) {
    case WBEM_STATUS_LOGGING_INFORMATION:
    case WBEM_STATUS_LOGGING_INFORMATION_PROVIDER:
    case WBEM_STATUS_LOGGING_INFORMATION_HOST:
    case WBEM_STATUS_LOGGING_INFORMATION_REPOSITORY:
    case WBEM_STATUS_LOGGING_INFORMATION_ESS:
      return true;
    default:
      return false;
  }
}

// The instance behind an interface of ours; empty for null, a class and a foreign implementation, whose QueryInterface
// may also throw.
cim::Object InstanceOf(IWbemClassObject* object) {
  const ClassObject* ours = nullptr;
  try {
    ours = ClassObject::From(object);
  } catch (...) {
    return {};
  }
  return ours != nullptr && ours->object().is_instance() ? ours->object() : cim::Object();
}

std::string TextOf(const cim::Object& object, std::string_view property) {
  const std::optional<std::size_t> slot = object.schema().FindSlot(property);
  if (!slot || object.slot(*slot).kind() != cim::ValueKind::kText) return {};
  return std::string(object.slot(*slot).text());
}

// The status behind a provider's final failure, with what its error object says.
Status FailureOf(Code code, const cim::Object& error, const std::string& provider) {
  Status status = ProviderStatus(code, provider, "its call ended with");
  if (!error || !error.schema().IsA("__ExtendedStatus")) return status;
  ErrorDetail detail = *status.detail();
  if (std::string text = TextOf(error, "Description"); !text.empty()) detail.message = std::move(text);
  detail.operation = TextOf(error, "Operation");
  detail.parameter = TextOf(error, "ParameterInfo");
  if (std::string text = TextOf(error, "ProviderName"); !text.empty()) detail.provider = std::move(text);
  return Status(code, std::move(detail));
}

std::string ReadMessage(const wchar_t* text) { return ReadText(text, limits::kQueryLengthMax); }

}  // namespace

ResponseHandler::ResponseHandler(std::shared_ptr<engine::PushPort> port, Options options)
    : port_(std::move(port)), options_(std::move(options)) {}

void ResponseHandler::Destroy() {
  // Nobody else has the object any more; the lock is for the analysis.
  MutexLock lock(mutex_);
  const bool is_last = state_ != State::kRefused;
  lock.Unlock();
  if (is_last) {
    try {
      port_->LetGo();
    } catch (...) {  // no memory for the words of a failure
      port_->Fail(Status(code::kOutOfMemory));
    }
  }
  delete this;
}

Code ResponseHandler::CheckOpen() {
  if (port_->IsClosed()) return code::kCallCancelled;
  MutexLock lock(mutex_);
  return state_ == State::kOpen ? code::kOk : code::kInvalidOperation;
}

bool ResponseHandler::IsRefusal(Code code) const {
  return options_.on_refused && !has_rows_ && engine::IsRefusal(code);
}

void ResponseHandler::MethodFailed(const Status& failure) {
  MutexLock lock(mutex_);
  if (state_ == State::kRefused) return;
  if (state_ == State::kOpen && IsRefusal(failure.code())) {
    state_ = State::kRefused;
    lock.Unlock();
    options_.on_refused();
    return;
  }
  state_ = State::kEnded;
  lock.Unlock();
  port_->Fail(failure);
}

// ---- IWbemObjectSink ------------------------------------------------------------------------------------------------

HRESULT ResponseHandler::Indicate(long lObjectCount, IWbemClassObject** apObjArray) {
  return AbiCall([&]() -> HRESULT {
    const auto count = static_cast<std::int32_t>(lObjectCount);
    if (count <= 0 || apObjArray == nullptr) return code::kInvalidParameter;
    if (static_cast<std::size_t>(count) > limits::kIndicateObjectsMax) return code::kInvalidParameter;
    const Code open = CheckOpen();
    if (Failed(open)) return open;
    engine::Batch rows;
    rows.reserve(static_cast<std::size_t>(count));
    for (std::int32_t i = 0; i < count; ++i) {
      cim::Object instance = InstanceOf(apObjArray[i]);
      if (!instance) return code::kInvalidObject;
      rows.push_back(std::move(instance));
    }
    {
      MutexLock lock(mutex_);
      if (state_ != State::kOpen) return code::kInvalidOperation;
      has_rows_ = true;
    }
    return port_->Push(std::move(rows));
  });
}

HRESULT ResponseHandler::SetStatus(long lFlags, HRESULT hResult, BSTR strParam, IWbemClassObject* pObjParam) {
  return AbiCall([&]() -> HRESULT {
    const std::uint32_t flags = LowFlags(lFlags);
    switch (flags) {
      case WBEM_STATUS_COMPLETE:
        return Complete(hResult, strParam, pObjParam);
      case WBEM_STATUS_REQUIREMENTS:
        return Require(hResult);
      case WBEM_STATUS_PROGRESS:
        return Tell(engine::Progress{LOWORD(hResult), HIWORD(hResult)});
      default:
        return IsReserved(flags) ? CheckOpen() : code::kInvalidParameter;
    }
  });
}

Code ResponseHandler::Complete(Code code, const wchar_t* path, IWbemClassObject* error) {
  if (port_->IsClosed()) return code::kCallCancelled;
  // Everything that can fail comes before the state changes: a status that was refused may be given again.
  engine::Ending ending;
  if (Failed(code)) {
    cim::Object object = InstanceOf(error);
    if (object && !object.schema().IsA("__NotifyStatus")) object = cim::Object();
    ending.status = FailureOf(code, object, options_.provider);
    ending.error = std::move(object);
  } else {
    ending.status = Status(code);
    if (options_.takes_path) ending.text = IsBlank(path) ? options_.path : ReadText(path, limits::kPathLengthMax);
  }
  MutexLock lock(mutex_);
  if (state_ != State::kOpen) return code::kInvalidOperation;
  const bool refused = IsRefusal(code);
  state_ = refused ? State::kRefused : State::kEnded;
  lock.Unlock();
  if (refused) {
    options_.on_refused();
  } else {
    port_->Finish(std::move(ending));
  }
  return code::kOk;
}

Code ResponseHandler::Require(Code requirement) {
  if (requirement != WBEM_REQUIREMENTS_START_POSTFILTER && requirement != WBEM_REQUIREMENTS_STOP_POSTFILTER) {
    return code::kInvalidParameter;  // WBEM_REQUIREMENTS_RECHECK_SUBSCRIPTIONS is for event providers
  }
  const Code open = CheckOpen();
  if (Failed(open)) return open;
  port_->SetFiltering(requirement == WBEM_REQUIREMENTS_START_POSTFILTER);
  return code::kOk;
}

Code ResponseHandler::Tell(engine::Notice notice) {
  const Code open = CheckOpen();
  if (Failed(open)) return open;
  if (std::holds_alternative<engine::Progress>(notice) && !options_.wants_progress) return code::kOk;
  return port_->Tell(std::move(notice));
}

// ---- IWbemObjectSinkEx ----------------------------------------------------------------------------------------------

// `question` holds the only ReplyHolder: whoever drops it, asked or not, answers.
Code ResponseHandler::Ask(engine::Notice question, const std::shared_ptr<engine::Reply>& reply,
                          unsigned char* returned) {
  const Code told = Tell(std::move(question));
  if (Failed(told)) return told;
  std::uint8_t value = 0;
  const Code answer = reply->Wait(SteadyClock().Now() + options_.reply_wait_max, value);
  if (!Failed(answer)) *returned = value;
  return answer;
}

HRESULT ResponseHandler::WriteMessage(ULONG uChannel, const BSTR strMessage) {
  return AbiCall([&]() -> HRESULT {
    if (strMessage == nullptr) return code::kInvalidParameter;
    return Tell(engine::Message{static_cast<std::uint32_t>(uChannel), ReadMessage(strMessage)});
  });
}

HRESULT ResponseHandler::WriteError(IWbemClassObject* pObjError, unsigned char* puReturned) {
  return AbiCall([&]() -> HRESULT {
    if (pObjError == nullptr || puReturned == nullptr) return code::kInvalidParameter;
    *puReturned = 0;
    cim::Object error = InstanceOf(pObjError);
    if (!error) return code::kInvalidObject;
    auto holder = std::make_shared<engine::ReplyHolder>();
    const std::shared_ptr<engine::Reply> reply = holder->reply();
    return Ask(engine::PassingError{std::move(error), std::move(holder)}, reply, puReturned);
  });
}

HRESULT ResponseHandler::PromptUser(const BSTR strMessage, unsigned char uPromptType, unsigned char* puReturned) {
  return AbiCall([&]() -> HRESULT {
    if (strMessage == nullptr || puReturned == nullptr) return code::kInvalidParameter;
    *puReturned = 0;
    auto holder = std::make_shared<engine::ReplyHolder>();
    const std::shared_ptr<engine::Reply> reply = holder->reply();
    return Ask(engine::Question{ReadMessage(strMessage), uPromptType, std::move(holder)}, reply, puReturned);
  });
}

HRESULT ResponseHandler::WriteProgress(const BSTR strActivity, const BSTR strCurrentOperation,
                                       const BSTR strStatusDescription, ULONG uPercentComplete,
                                       ULONG uSecondsRemaining) {
  return AbiCall([&]() -> HRESULT {
    return Tell(engine::Activity{ReadMessage(strActivity), ReadMessage(strCurrentOperation),
                                 ReadMessage(strStatusDescription), static_cast<std::uint32_t>(uPercentComplete),
                                 static_cast<std::uint32_t>(uSecondsRemaining)});
  });
}

HRESULT ResponseHandler::WriteStreamParameter(const BSTR strName, VARIANT* vtValue, ULONG ulType, ULONG ulFlags) {
  return AbiCall([&]() -> HRESULT {
    if (IsBlank(strName) || vtValue == nullptr) return code::kInvalidParameter;
    const std::optional<cim::DataType> type = TypeOfCimType(static_cast<CIMTYPE>(ulType));
    if (!type) return code::kInvalidParameter;
    Result<cim::Value> value = FromVariant(*type, *vtValue);
    if (!value.ok()) return value.status().code();
    engine::StreamParameter parameter;
    parameter.type = *type;
    parameter.value = std::move(value).value();
    parameter.name = ReadText(strName, limits::kNameLengthMax);
    parameter.cim_type = static_cast<std::uint32_t>(ulType);
    parameter.flags = static_cast<std::uint32_t>(ulFlags);
    return Tell(std::move(parameter));
  });
}

}  // namespace wmi::api
