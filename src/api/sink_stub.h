// SinkStub: the sink that IUnsecuredApartment puts in front of a client's sink (contract 4.4).
//
// On Windows it lives in a process of its own, so that the client's process need not let WMI call in. In-process what
// remains of it is the check of who calls, and a wall: what reaches the sink is well formed, and what the sink throws
// stays inside.
#pragma once

#include <wbemcli.h>

#include <atomic>
#include <cstdint>
#include <functional>

#include "com/com_object.h"
#include "engine/engine.h"

namespace wmi::api {

// Who may call back: anybody, or the account of the first caller alone.
enum class AccessCheck { kNone, kFirstCaller };

// Who calls; a test gives an answer of its own.
using CallerSource = std::function<engine::Principal()>;

// Safe from several threads; serves any number of calls, one after another and at once. No lock is held while the sink
// runs: it may do anything with its stub from inside a callback, releasing it included.
//
// Holds one reference on the sink from creation to destruction, a second one if the sink is an IWbemObjectSinkEx. It
// holds nothing else, so the apartment, the locator and the services may be released before it, in any order.
//
// A stub cannot know that a call was the last one, because the client may use it for the next, so it never lets go of
// its sink by itself. A sink that holds its own stub and releases it in its destructor alone is a cycle that nothing
// breaks, as on Windows; let the sink release the stub in the final SetStatus.
//
// Its identity for CancelAsyncCall is one pointer: IUnknown, IWbemObjectSink and IWbemObjectSinkEx of a stub are equal.
// A stub of a stub is a sink like any other, with its own check and its own identity, to a depth of
// limits::kStubDepthMax.
class SinkStub final : public com::ComObject<com::Derives<IWbemObjectSinkEx, IWbemObjectSink>, IUnsecured> {
 public:
  // A stub without a sink; one of the two Attach functions comes next, once, before anybody else sees it.
  SinkStub(AccessCheck check, CallerSource caller);

  // Takes the references on the sink. On failure nothing was taken, so a sink with a count of zero is what it was:
  // E_NOINTERFACE if `object` is no sink, WBEM_E_FAILED if it throws, WBEM_E_QUOTA_VIOLATION if it is a stub too deep.
  HRESULT AttachObject(IUnknown* object);
  HRESULT AttachSink(IWbemObjectSink* sink);

  // Passed on to the sink, whose answer is the result; WBEM_E_FAILED if it throws. WBEM_E_ACCESS_DENIED: another
  // account than the first one, and the sink sees nothing. Indicate refuses a negative count, a NULL array and a NULL
  // in it with WBEM_E_INVALID_PARAMETER; a count of zero is success, and there is nothing to pass on (contract 2.2).
  HRESULT Indicate(long lObjectCount, IWbemClassObject** apObjArray) override;
  HRESULT SetStatus(long lFlags, HRESULT hResult, BSTR strParam, IWbemClassObject* pObjParam) override;

  // There if the sink has them; QueryInterface does not give them away otherwise.
  HRESULT WriteMessage(ULONG uChannel, const BSTR strMessage) override;
  HRESULT WriteError(IWbemClassObject* pObjError, unsigned char* puReturned) override;
  HRESULT PromptUser(const BSTR strMessage, unsigned char uPromptType, unsigned char* puReturned) override;
  HRESULT WriteProgress(const BSTR strActivity, const BSTR strCurrentOperation, const BSTR strStatusDescription,
                        ULONG uPercentComplete, ULONG uSecondsRemaining) override;
  HRESULT WriteStreamParameter(const BSTR strName, VARIANT* vtValue, ULONG ulType, ULONG ulFlags) override;

 protected:
  ~SinkStub() override;
  void* Find(REFIID riid) override;

 private:
  // False if `sink` is a stub that must not get another one in front.
  bool TakeDepthOver(const IWbemObjectSink* sink);
  HRESULT CheckCaller();
  template <typename Call>
  HRESULT Forward(Call&& call) noexcept;
  template <typename Call>
  HRESULT ForwardExtended(Call&& call) noexcept;

  static constexpr std::int64_t kNobody = -1;

  const AccessCheck check_;
  const CallerSource caller_;
  IWbemObjectSink* sink_ = nullptr;        // counted
  IWbemObjectSinkEx* extended_ = nullptr;  // counted; null if the sink has none
  // The account of the first caller. Decided by one compare-and-exchange; nothing else is published with it.
  std::atomic<std::int64_t> owner_{kNobody};
};

}  // namespace wmi::api
