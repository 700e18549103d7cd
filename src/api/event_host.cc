#include "api/event_host.h"

#include <unistd.h>

#include <chrono>
#include <string>
#include <utility>

#include "api/error_object.h"
#include "api/error_report.h"
#include "com/abi_call.h"

namespace wmi::api {

template <typename Body>
HRESULT EventHost::Reported(const char* operation, Body&& body) noexcept {
  return com::AbiCall([&]() -> HRESULT {
    SetErrorInfo(0, nullptr);
    const Status status = body();
    if (status.ok()) return status.code();
    LeaveErrorObject(MakeErrorObject(engine_.catalogue().FindClass("ROOT", "__ExtendedStatus"), status, operation));
    return status.code();
  });
}

HRESULT EventHost::Start(HostListener* listener) {
  return Reported("IHostTool::Start", [&]() -> Status {
    engine::PermanentSubscriptions::Options options;
    if (listener != nullptr) {
      options.on_news = [listener](const std::string& sentence) { listener->OnNews(sentence.c_str()); };
    }
    MutexLock lock(mutex_);
    if (running_) return Status(code::kInvalidOperation, "this object hosts the repository already");
    running_ = TRY(engine::PermanentSubscriptions::Start(engine_, std::move(options)));
    return Status();
  });
}

HRESULT EventHost::Stop(std::uint32_t wait_milliseconds) {
  return Reported("IHostTool::Stop", [&]() -> Status {
    std::unique_ptr<engine::PermanentSubscriptions> running;
    {
      MutexLock lock(mutex_);
      running = std::move(running_);
    }
    if (!running) return Status(code::kInvalidOperation, "this object does not host the repository");
    const TimePoint deadline = SteadyClock().Now() + std::chrono::milliseconds(wait_milliseconds);
    return running->Stop(deadline) ? Status() : Status(code::kFalse);
  });
}

Result<engine::PermanentSubscriptions::Overview> EventHost::Look() {
  {
    MutexLock lock(mutex_);
    // What runs here is known better than from its records, and in memory there is no lock that names its host.
    if (running_) return engine::PermanentSubscriptions::Overview{running_->States(), std::to_string(getpid())};
  }
  return engine::PermanentSubscriptions::Look(engine_);
}

HRESULT EventHost::Describe(SubscriptionReceiver* receiver) {
  return Reported("IHostTool::Describe", [&]() -> Status {
    if (receiver == nullptr) return Status(code::kInvalidParameter, "the receiver is NULL");
    const engine::PermanentSubscriptions::Overview overview = TRY(Look());
    receiver->OnHost(overview.host.c_str(), engine_.repository().folder().c_str());
    for (const engine::SubscriptionState& state : overview.states) {
      receiver->OnSubscription({state.path.c_str(), state.filter.c_str(), state.consumer.c_str(), state.query.c_str(),
                                state.creator.c_str(), state.created.c_str(), engine::ConditionName(state.condition),
                                state.reason.c_str(), state.figures.delivered, state.figures.failed, state.figures.lost,
                                state.figures.last_delivery, state.figures.last_failure.c_str()});
    }
    return Status();
  });
}

}  // namespace wmi::api
