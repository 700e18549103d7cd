#include "api/sink_consumer.h"

#include <oleauto.h>

#include <string_view>
#include <utility>
#include <variant>

#include "api/error_report.h"
#include "api/object_batch.h"
#include "api/variant_value.h"
#include "com/bstr.h"
#include "com/variant.h"

namespace wmi::api {
namespace {

// Foreign code: an exception must not pass the delivery thread, and an error object that the sink's own calls left on
// it must not stay there for the next sink.
template <typename Call>
Code CallSink(Call&& call) noexcept {
  Code result = code::kOk;
  try {
    result = call();
  } catch (...) {
    result = code::kFailed;
  }
  SetErrorInfo(0, nullptr);
  return result;
}

// A BSTR for the time of a callback; null when there is no memory.
class CallbackText {
 public:
  explicit CallbackText(std::string_view text) : text_(com::BstrFromUtf8(text)) {}
  ~CallbackText() { SysFreeString(text_); }
  CallbackText(const CallbackText&) = delete;
  CallbackText& operator=(const CallbackText&) = delete;
  BSTR get() const { return text_; }

 private:
  BSTR text_;
};

}  // namespace

SinkConsumer::SinkConsumer(IWbemObjectSink* sink, engine::SessionPtr session, std::string_view operation,
                           engine::WantsProgress wants_progress)
    : sink_(sink), session_(std::move(session)), operation_(operation), wants_progress_(wants_progress) {}

void SinkConsumer::Accepted() {
  is_held_ = true;
  CallSink([this] {
    sink_->AddRef();
    return code::kOk;
  });
}

SinkConsumer::~SinkConsumer() {
  if (!is_held_) return;
  if (extended_ != nullptr) {
    CallSink([this] {
      extended_->Release();
      return code::kOk;
    });
  }
  CallSink([this] {
    sink_->Release();
    return code::kOk;
  });
}

engine::Delivered SinkConsumer::Consume(engine::Batch batch) {
  const ObjectBatch objects(batch);  // without memory the call ends for that reason, and not as the sink's failure
  return engine::Delivered::With(
      CallSink([&] { return sink_->Indicate(static_cast<long>(objects.size()), objects.objects()); }));
}

// ---- messages of the provider ---------------------------------------------------------------------------------------

Code SinkConsumer::OnNotice(const engine::Notice& notice) {
  return std::visit([this](const auto& told) { return Tell(told); }, notice);
}

IWbemObjectSinkEx* SinkConsumer::Extended() {
  if (asked_) return extended_;
  asked_ = true;
  void* found = nullptr;
  const Code result = CallSink([&] { return sink_->QueryInterface(__uuidof(IWbemObjectSinkEx), &found); });
  if (Succeeded(result)) extended_ = static_cast<IWbemObjectSinkEx*>(found);
  return extended_;
}

Code SinkConsumer::Tell(const engine::Progress& progress) {
  return CallSink([&] {
    return sink_->SetStatus(WBEM_STATUS_PROGRESS, static_cast<HRESULT>(MAKELONG(progress.done, progress.total)),
                            nullptr, nullptr);
  });
}

Code SinkConsumer::Tell(const engine::Activity& activity) {
  if (wants_progress_ == engine::WantsProgress::kNo || Extended() == nullptr) return code::kOk;
  CallSink([&] {
    const CallbackText name(activity.activity);
    const CallbackText current(activity.current_operation);
    const CallbackText description(activity.description);
    return extended_->WriteProgress(name.get(), current.get(), description.get(), activity.percent,
                                    activity.seconds_remaining);
  });
  return code::kOk;
}

// A sink is not told: its subscription goes on (contract 6.2), and __EventQueueOverflowEvent says it to who asks.
Code SinkConsumer::Tell(const engine::Lost&) { return code::kOk; }

Code SinkConsumer::Tell(const engine::Message& message) {
  if (Extended() == nullptr) return code::kOk;
  CallSink([&] {
    const CallbackText text(message.text);
    return extended_->WriteMessage(message.channel, text.get());
  });
  return code::kOk;
}

Code SinkConsumer::Tell(const engine::Question& question) {
  Code answered = code::kNotSupported;
  unsigned char answer = 0;
  if (Extended() != nullptr) {
    answered = CallSink([&] {
      const CallbackText text(question.text);
      return extended_->PromptUser(text.get(), question.type, &answer);
    });
  }
  question.answer->reply()->Give(answered, answer);
  return code::kOk;
}

Code SinkConsumer::Tell(const engine::PassingError& error) {
  Code answered = code::kNotSupported;
  unsigned char answer = 0;
  if (Extended() != nullptr) {
    answered = CallSink([&] {
      const com::ComPtr<IWbemClassObject> object = MakeClassObject(error.error);
      return extended_->WriteError(object.get(), &answer);
    });
  }
  error.answer->reply()->Give(answered, answer);
  return code::kOk;
}

Code SinkConsumer::Tell(const engine::StreamParameter& parameter) {
  if (Extended() == nullptr) return code::kOk;
  VARIANT value;
  com::SetNull(value);
  CallSink([&] {
    const Code converted = ToVariant(parameter.type, parameter.value.view(), value);
    if (Failed(converted)) return converted;
    const CallbackText name(parameter.name);
    return extended_->WriteStreamParameter(name.get(), &value, parameter.cim_type, parameter.flags);
  });
  VariantClear(&value);
  return code::kOk;
}

// ---- the end --------------------------------------------------------------------------------------------------------

void SinkConsumer::Finish(const engine::Ending& ending) {
  const Code outcome = ending.status.code();
  // A cancelled call carries nothing but its code (contract 3, rule 3).
  const bool cancelled = outcome == code::kCallCancelled;
  com::ComPtr<ErrorObject> error;
  if (!cancelled) error = MakeErrorObject(*session_, ending, operation_);
  CallSink([&] {
    if (ending.text.empty() || cancelled) {
      return sink_->SetStatus(WBEM_STATUS_COMPLETE, outcome, nullptr, error.get());
    }
    const CallbackText text(ending.text);
    return sink_->SetStatus(WBEM_STATUS_COMPLETE, outcome, text.get(), error.get());
  });
}

}  // namespace wmi::api
