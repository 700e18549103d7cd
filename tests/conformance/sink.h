// Sinks as a client writes them, which remember what they saw and watch over the rules of the contract (2.2 to 2.5).
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// These two last: comdef.h and wbemidl.h, in the order most programs have them.
#include <comdef.h>
#include <wbemidl.h>

namespace wmi::conformance {

// No wait of a test is longer. Nothing normally waits more than milliseconds.
inline constexpr auto kWaitMax = std::chrono::seconds(60);

// Something that happens once and can be waited for. Copies are the same signal: a thread that may outlive the test's
// function takes one by value. Safe from any thread.
class Signal {
 public:
  void Set() const {
    const std::shared_ptr<State> state = state_;  // `this` may go as soon as somebody has seen it
    std::lock_guard lock(state->mutex);
    state->set = true;
    state->changed.notify_all();
  }
  bool Wait() const { return WaitFor(kWaitMax); }
  bool WaitFor(std::chrono::milliseconds at_most) const {
    const std::shared_ptr<State> state = state_;
    std::unique_lock lock(state->mutex);
    return state->changed.wait_for(lock, at_most, [&] { return state->set; });
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    bool set = false;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

// What one sink saw; outlives it. Safe from any thread.
class SinkLog {
 public:
  struct Status {
    long flags;
    HRESULT code;
    bool has_text;
    std::string text;
    IWbemClassObjectPtr object;
    std::thread::id thread;
  };

  // All of these wait at most kWaitMax and say whether it happened.
  bool WaitFinals(std::size_t count = 1);
  bool WaitReferences(long count);
  bool WaitObjects(std::size_t count);
  bool WaitProgress(std::size_t count);

  std::size_t Batches();
  std::vector<long> BatchSizes();
  std::vector<IWbemClassObjectPtr> Objects();
  std::vector<Status> Finals();
  std::vector<Status> Others();  // SetStatus with anything but WBEM_STATUS_COMPLETE
  // Of the only final status; WBEM_S_PENDING if there is none or more than one.
  HRESULT Outcome();
  long References() const { return references_; }
  // Sinks that are not destroyed.
  int Alive() const { return alive_; }
  int Destroyed() const { return destroyed_; }
  std::thread::id DestroyedOn();
  void DropObjects();

  // One sink for several calls: callbacks of different calls may overlap and follow a final status (contract 2.4).
  void ShareAmongCalls() { shared_ = true; }
  // Fails the test if callbacks overlapped, came after the final status, or if Indicate came without objects.
  void ExpectOrderly();

 private:
  friend class RecordingSink;
  friend class VisitScope;

  template <typename Condition>
  bool WaitFor(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kWaitMax, condition);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<long> batches_;
  std::vector<IWbemClassObjectPtr> objects_;
  std::vector<Status> finals_;
  std::vector<Status> others_;
  std::thread::id destroyed_on_;
  std::atomic<long> references_ = 0;
  std::atomic<int> inside_ = 0;
  std::atomic<int> alive_ = 0;
  std::atomic<int> destroyed_ = 0;
  std::atomic<bool> shared_ = false;
  std::atomic<bool> overlapped_ = false;
  std::atomic<bool> late_ = false;
  std::atomic<bool> malformed_ = false;
};

using SinkLogPtr = std::shared_ptr<SinkLog>;

// Answers IID_IUnknown and IID_IWbemObjectSink alone, which is a complete sink (contract 2.1). The count starts at
// `initial_count`; at zero it destroys itself.
class RecordingSink : public IWbemObjectSink {
 public:
  explicit RecordingSink(SinkLogPtr log, long initial_count = 1);

  // What happens inside a callback, after it was recorded (Indicate) or before (SetStatus). May block and call back.
  std::function<HRESULT(long count, IWbemClassObject** objects)> on_indicate;
  std::function<HRESULT(long flags, HRESULT code)> on_status;

  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID riid, void** object) override;
  ULONG STDMETHODCALLTYPE AddRef() override;
  ULONG STDMETHODCALLTYPE Release() override;
  HRESULT STDMETHODCALLTYPE Indicate(long lObjectCount, IWbemClassObject** apObjArray) override;
  HRESULT STDMETHODCALLTYPE SetStatus(long lFlags, HRESULT hResult, BSTR strParam,
                                      IWbemClassObject* pObjParam) override;

 protected:
  virtual ~RecordingSink();

 private:
  const SinkLogPtr log_;
  std::atomic<long> count_;
};

using SinkPtr = _com_ptr_t<_com_IIID<RecordingSink, &IID_IWbemObjectSink>>;

}  // namespace wmi::conformance
