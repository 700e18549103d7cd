#include "api/sink_stub.h"

#include <unordered_map>
#include <utility>

#include "base/limits.h"
#include "base/mutex.h"
#include "com/com_ptr.h"

namespace wmi::api {
namespace {

// The stubs that live, and how deep each is. A stub has to know that its sink is one; QueryInterface cannot tell it,
// because there are sinks that answer every identifier with themselves.
struct LiveStubs {
  Mutex mutex;
  std::unordered_map<const IWbemObjectSink*, std::size_t> depths WMI_GUARDED_BY(mutex);
};

// Lives as long as the process, because a program may release its last stub while it exits.
LiveStubs& GetLiveStubs() {
  static LiveStubs& stubs = *new LiveStubs();
  return stubs;
}

// Foreign code: no exception of a sink goes on to whoever calls the stub.
template <typename Call>
HRESULT CallSink(Call&& call) noexcept {
  try {
    return std::forward<Call>(call)();
  } catch (...) {
    return WBEM_E_FAILED;
  }
}

// A counted pointer to another interface; null, and a failure, if there is none.
template <typename T>
HRESULT Query(IUnknown* object, REFIID riid, T** target) noexcept {
  *target = nullptr;
  void* found = nullptr;
  const HRESULT hr = CallSink([&] { return object->QueryInterface(riid, &found); });
  // Sinks that write something and fail all the same do exist.
  if (FAILED(hr)) return hr == WBEM_E_FAILED ? hr : E_NOINTERFACE;
  if (found == nullptr) return E_NOINTERFACE;
  *target = static_cast<T*>(found);
  return S_OK;
}

void ReleaseSink(IUnknown* object) noexcept {
  if (object == nullptr) return;
  CallSink([&] {
    object->Release();
    return S_OK;
  });
}

bool HasNull(long count, IWbemClassObject** objects) {
  for (long i = 0; i < count; ++i) {
    if (objects[i] == nullptr) return true;
  }
  return false;
}

}  // namespace

// Room in the table is made here, so that nothing can fail once references are taken.
SinkStub::SinkStub(AccessCheck check, CallerSource caller) : check_(check), caller_(std::move(caller)) {
  LiveStubs& stubs = GetLiveStubs();
  MutexLock lock(stubs.mutex);
  stubs.depths.emplace(this, 1);
}

SinkStub::~SinkStub() {
  LiveStubs& stubs = GetLiveStubs();
  MutexLock lock(stubs.mutex);
  stubs.depths.erase(this);
  lock.Unlock();
  ReleaseSink(std::exchange(extended_, nullptr));
  ReleaseSink(std::exchange(sink_, nullptr));
}

bool SinkStub::TakeDepthOver(const IWbemObjectSink* sink) {
  LiveStubs& stubs = GetLiveStubs();
  MutexLock lock(stubs.mutex);
  const auto inner = stubs.depths.find(sink);
  if (inner == stubs.depths.end()) return true;
  if (inner->second >= limits::kStubDepthMax) return false;
  stubs.depths.find(this)->second = inner->second + 1;
  return true;
}

HRESULT SinkStub::AttachObject(IUnknown* object) {
  // The reference is the one that QueryInterface takes. An AddRef before it would need a Release when the object is no
  // sink, and that would destroy an object with a count of zero.
  IWbemObjectSink* sink = nullptr;
  const HRESULT hr = Query(object, __uuidof(IWbemObjectSink), &sink);
  if (FAILED(hr)) return hr;
  const HRESULT attached = AttachSink(sink);
  ReleaseSink(sink);
  return attached;
}

HRESULT SinkStub::AttachSink(IWbemObjectSink* sink) {
  if (!TakeDepthOver(sink)) return WBEM_E_QUOTA_VIOLATION;
  const HRESULT added = CallSink([&] {
    sink->AddRef();
    return S_OK;
  });
  if (FAILED(added)) return added;
  sink_ = sink;
  Query(sink, __uuidof(IWbemObjectSinkEx), &extended_);
  return S_OK;
}

void* SinkStub::Find(REFIID riid) {
  if (riid == __uuidof(IWbemObjectSinkEx) && extended_ == nullptr) return nullptr;
  return ComObject::Find(riid);
}

HRESULT SinkStub::CheckCaller() {
  if (check_ == AccessCheck::kNone) return S_OK;
  const std::int64_t caller = caller_().uid;
  std::int64_t owner = kNobody;
  // Relaxed: the number is all there is to agree on.
  if (owner_.compare_exchange_strong(owner, caller, std::memory_order_relaxed)) return S_OK;
  return owner == caller ? S_OK : WBEM_E_ACCESS_DENIED;
}

template <typename Call>
HRESULT SinkStub::Forward(Call&& call) noexcept {
  // The callback may release the stub.
  const com::ComPtr<SinkStub> self(this);
  return CallSink([&]() -> HRESULT {
    const HRESULT allowed = CheckCaller();
    return FAILED(allowed) ? allowed : call();
  });
}

template <typename Call>
HRESULT SinkStub::ForwardExtended(Call&& call) noexcept {
  if (extended_ == nullptr) return WBEM_E_NOT_SUPPORTED;
  return Forward(std::forward<Call>(call));
}

HRESULT SinkStub::Indicate(long lObjectCount, IWbemClassObject** apObjArray) {
  if (lObjectCount < 0) return WBEM_E_INVALID_PARAMETER;
  if (lObjectCount > 0 && (apObjArray == nullptr || HasNull(lObjectCount, apObjArray))) return WBEM_E_INVALID_PARAMETER;
  return Forward(
      [&]() -> HRESULT { return lObjectCount == 0 ? WBEM_S_NO_ERROR : sink_->Indicate(lObjectCount, apObjArray); });
}

HRESULT SinkStub::SetStatus(long lFlags, HRESULT hResult, BSTR strParam, IWbemClassObject* pObjParam) {
  return Forward([&] { return sink_->SetStatus(lFlags, hResult, strParam, pObjParam); });
}

HRESULT SinkStub::WriteMessage(ULONG uChannel, const BSTR strMessage) {
  return ForwardExtended([&] { return extended_->WriteMessage(uChannel, strMessage); });
}

HRESULT SinkStub::WriteError(IWbemClassObject* pObjError, unsigned char* puReturned) {
  return ForwardExtended([&] { return extended_->WriteError(pObjError, puReturned); });
}

HRESULT SinkStub::PromptUser(const BSTR strMessage, unsigned char uPromptType, unsigned char* puReturned) {
  return ForwardExtended([&] { return extended_->PromptUser(strMessage, uPromptType, puReturned); });
}

HRESULT SinkStub::WriteProgress(const BSTR strActivity, const BSTR strCurrentOperation, const BSTR strStatusDescription,
                                ULONG uPercentComplete, ULONG uSecondsRemaining) {
  return ForwardExtended([&] {
    return extended_->WriteProgress(strActivity, strCurrentOperation, strStatusDescription, uPercentComplete,
                                    uSecondsRemaining);
  });
}

HRESULT SinkStub::WriteStreamParameter(const BSTR strName, VARIANT* vtValue, ULONG ulType, ULONG ulFlags) {
  return ForwardExtended([&] { return extended_->WriteStreamParameter(strName, vtValue, ulType, ulFlags); });
}

}  // namespace wmi::api
