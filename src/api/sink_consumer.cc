#include "api/sink_consumer.h"

#include <oleauto.h>

#include <new>
#include <utility>

#include "api/error_object.h"
#include "api/error_report.h"
#include "api/object_batch.h"

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

}  // namespace

SinkConsumer::SinkConsumer(IWbemObjectSink* sink, engine::SessionPtr session, std::string_view operation)
    : sink_(sink), session_(std::move(session)), operation_(operation) {}

void SinkConsumer::Accepted() {
  is_held_ = true;
  CallSink([this] {
    sink_->AddRef();
    return code::kOk;
  });
}

SinkConsumer::~SinkConsumer() {
  if (!is_held_) return;
  CallSink([this] {
    sink_->Release();
    return code::kOk;
  });
}

engine::Delivered SinkConsumer::Consume(engine::Batch batch) {
  return engine::Delivered::With(CallSink([&] {
    const ObjectBatch objects(batch);
    return sink_->Indicate(static_cast<long>(objects.size()), objects.objects());
  }));
}

Code SinkConsumer::OnProgress(engine::Progress progress) {
  return CallSink([&] {
    return sink_->SetStatus(WBEM_STATUS_PROGRESS, static_cast<HRESULT>(MAKELONG(progress.done, progress.total)),
                            nullptr, nullptr);
  });
}

void SinkConsumer::Finish(const Status& outcome) {
  // A cancelled call carries nothing but its code (contract 3, rule 3).
  com::ComPtr<ErrorObject> error;
  if (!outcome.ok() && outcome.code() != code::kCallCancelled) {
    error = MakeErrorObject(ExtendedStatusClass(session_->name_space()), outcome, operation_);
  }
  CallSink([&] { return sink_->SetStatus(WBEM_STATUS_COMPLETE, outcome.code(), nullptr, error.get()); });
}

}  // namespace wmi::api
