// ResponseHandler: the sink that a COM provider gets with each call; what it says goes through the port into the
// operation (contract 1.1 provider notes, 2.2, 2.3, 2.7; async.md, section 4).
#pragma once

#include <wbemcli.h>

#include <functional>
#include <memory>
#include <string>

#include "api/class_object.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "com/com_object.h"
#include "engine/push_port.h"

namespace wmi::api {

// Safe from several threads: a provider may push from as many as it likes. Uses the port and nothing of the engine, so
// a provider may keep it after the call, and after the engine, has ended; it then answers kCallCancelled. Its last
// Release is what lets the operation end (checklist 29).
//
// Answers of all methods: kCallCancelled once the call has ended, kInvalidOperation after the final status.
class ResponseHandler final : public com::ComObject<com::Derives<IWbemObjectSinkEx, IWbemObjectSink>> {
 public:
  struct Options {
    std::string provider = {};  // its name, for messages
    // Whether progress is for anybody; if not, it is dropped.
    bool wants_progress = false;
    // Whether a final status says which path was written (contract 1.2: only of PutInstance).
    bool takes_path = false;
    // The one that counts when the provider does not say it.
    std::string path = {};
    // Called once, instead of ending the call, when the provider says of a query that it cannot do that before it has
    // delivered anything. On the provider's thread, so it only posts. Empty: such an answer is an answer.
    std::function<void()> on_refused = {};
    // How long a question to the client may wait for its answer.
    Duration reply_wait_max = std::chrono::minutes(10);
  };

  ResponseHandler(std::shared_ptr<engine::PushPort> port, Options options);

  // The method that was given this handler returned a failure. That ends the call, and nobody waits for references that
  // the provider keeps; a final status that came before counts (contract 1.1).
  void MethodFailed(const Status& failure);

  // Waits for room: that is what slows a provider down. kInvalidParameter for a count below one or no array,
  // kInvalidObject for anything but instances of this library, kServerTooBusy: offer them again. All objects or none.
  HRESULT Indicate(long lObjectCount, IWbemClassObject** apObjArray) override;
  // kInvalidParameter for flags that are none of WBEM_STATUS_TYPE. The reserved ones are ignored.
  HRESULT SetStatus(long lFlags, HRESULT hResult, BSTR strParam, IWbemClassObject* pObjParam) override;

  HRESULT WriteMessage(ULONG uChannel, const BSTR strMessage) override;
  // The next two wait for the client's answer: kTimedOut if it does not come.
  HRESULT WriteError(IWbemClassObject* pObjError, unsigned char* puReturned) override;
  HRESULT PromptUser(const BSTR strMessage, unsigned char uPromptType, unsigned char* puReturned) override;
  HRESULT WriteProgress(const BSTR strActivity, const BSTR strCurrentOperation, const BSTR strStatusDescription,
                        ULONG uPercentComplete, ULONG uSecondsRemaining) override;
  HRESULT WriteStreamParameter(const BSTR strName, VARIANT* vtValue, ULONG ulType, ULONG ulFlags) override;

 protected:
  ~ResponseHandler() override = default;
  void Destroy() override;

 private:
  // What the handler has been told; nothing follows on kEnded and kRefused.
  enum class State { kOpen, kEnded, kRefused };

  // kOk while there may be more.
  Code CheckOpen();
  bool IsRefusal(Code code) const WMI_REQUIRES(mutex_);
  Code Complete(Code code, const wchar_t* path, IWbemClassObject* error);
  Code Require(Code requirement);
  Code Tell(engine::Notice notice);
  Code Ask(engine::Notice question, const std::shared_ptr<engine::Reply>& reply, unsigned char* returned);

  const std::shared_ptr<engine::PushPort> port_;
  const Options options_;
  Mutex mutex_;
  State state_ WMI_GUARDED_BY(mutex_) = State::kOpen;
  bool has_rows_ WMI_GUARDED_BY(mutex_) = false;
};

}  // namespace wmi::api
