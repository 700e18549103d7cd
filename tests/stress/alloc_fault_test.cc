// Running out of memory: for every form of a call each single allocation fails once, on the calling thread and on any
// thread, and then everything from one allocation on. A call either is refused as out of memory and has not touched its
// sink, or is accepted and ends with exactly one final status; nothing leaks, nothing hangs, and the next call works.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <new>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/locator.h"
#include "api/provider_test_support.h"
#include "api/services_test_support.h"

namespace {

enum class Fails { kOnce, kFromThere };

// What fails: the `left`-th allocation from now, of the thread that armed or of all. One test arms at a time.
struct Faults {
  std::atomic<bool> any_thread = false;
  std::atomic<bool> from_there = false;
  std::atomic<long> left = 0;  // 0: nothing fails
  std::atomic<long> met = 0;
};
Faults faults;
thread_local bool armed_here = false;

bool MustFail() {
  if (faults.left.load(std::memory_order_relaxed) == 0) return false;
  if (!armed_here && !faults.any_thread.load(std::memory_order_relaxed)) return false;
  long left = faults.left.load();
  while (left > 1) {
    if (faults.left.compare_exchange_weak(left, left - 1)) return false;
  }
  if (left == 0) return false;
  if (!faults.from_there && !faults.left.compare_exchange_strong(left, 0)) return false;
  ++faults.met;
  return true;
}

}  // namespace

// Not inlined: seen together, the compiler takes new and free for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* memory = MustFail() ? nullptr : std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace wmi::api {
namespace {

constexpr long kAllocationsMax = 5'000;

enum class Where { kCaller, kAnyThread };

// Allocations fail while it lives.
class Shortage {
 public:
  Shortage(Where where, Fails how, long nth) {
    faults.met = 0;
    faults.any_thread = where == Where::kAnyThread;
    faults.from_there = how == Fails::kFromThere;
    armed_here = true;
    faults.left = nth;
  }
  ~Shortage() { End(); }
  Shortage(const Shortage&) = delete;
  Shortage& operator=(const Shortage&) = delete;
  // How often something failed.
  long End() {
    faults.left = 0;
    armed_here = false;
    return faults.met;
  }
};

// Needs no memory of its own. Lives on the stack of its test.
class BareSink final : public IWbemObjectSink {
 public:
  HRESULT QueryInterface(REFIID riid, void** object) override {
    *object = nullptr;
    if (riid != __uuidof(IUnknown) && riid != __uuidof(IWbemObjectSink)) return E_NOINTERFACE;
    *object = this;
    AddRef();
    return S_OK;
  }
  ULONG AddRef() override {
    touched = true;
    return ++references;
  }
  ULONG Release() override {
    MutexLock lock(mutex);
    const ULONG left = --references;
    changed.NotifyAll();
    return left;
  }
  HRESULT Indicate(long, IWbemClassObject**) override {
    if (finals != 0) late = true;
    return WBEM_S_NO_ERROR;
  }
  HRESULT SetStatus(long flags, HRESULT code, BSTR, IWbemClassObject*) override {
    if (finals != 0) late = true;
    if (flags != WBEM_STATUS_COMPLETE) return WBEM_S_NO_ERROR;
    outcome = code;
    ++finals;
    return WBEM_S_NO_ERROR;
  }
  bool WaitReleased() {
    const TimePoint deadline = SteadyClock().Now() + std::chrono::seconds(20);
    MutexLock lock(mutex);
    while (references != 1) {
      if (!changed.WaitUntil(lock, deadline)) return references == 1;
    }
    return true;
  }

  Mutex mutex;
  CondVar changed;
  std::atomic<ULONG> references = 1;
  std::atomic<int> finals = 0;
  std::atomic<HRESULT> outcome = WBEM_S_NO_ERROR;
  std::atomic<bool> touched = false;
  std::atomic<bool> late = false;
};

bool IsOutOfMemory(HRESULT code) { return code == WBEM_E_OUT_OF_MEMORY || code == E_OUTOFMEMORY; }

struct Form {
  const char* name;
  std::function<HRESULT(IWbemObjectSink*)> call;
  std::function<void()> before = [] {};
  // Foreign code runs out of memory, too, and calls it what it likes.
  bool may_fail_otherwise = false;
};

// The loops over all allocations, on the fixture that has what the calls are about.
template <typename Fixture>
class FaultLoops : public Fixture {
 protected:
  // One run with a shortage; false when nothing failed in it.
  bool RunAsync(const Form& form, Where where, Fails how, long nth) {
    form.before();
    BareSink sink;
    Shortage shortage(where, how, nth);
    const HRESULT started = form.call(&sink);
    const bool released = sink.WaitReleased();
    const long met = shortage.End();
    SCOPED_TRACE(std::string(form.name) + ", allocation " + std::to_string(nth) + ", started as " +
                 std::to_string(started));
    EXPECT_TRUE(released) << "it hangs";
    if (!released) std::abort();  // the sink goes with the stack
    EXPECT_FALSE(sink.late);
    if (FAILED(started)) {
      EXPECT_TRUE(IsOutOfMemory(started));
      EXPECT_FALSE(sink.touched) << "a refused call must not touch its sink";
      EXPECT_EQ(0, sink.finals);
    } else {
      EXPECT_EQ(1, sink.finals);
      EXPECT_TRUE(SUCCEEDED(sink.outcome) || IsOutOfMemory(sink.outcome) || form.may_fail_otherwise)
          << std::hex << sink.outcome;
    }
    return met != 0;
  }

  bool RunSync(const Form& form, Where where, Fails how, long nth) {
    form.before();
    Shortage shortage(where, how, nth);
    const HRESULT outcome = form.call(nullptr);
    const long met = shortage.End();
    EXPECT_TRUE(SUCCEEDED(outcome) || IsOutOfMemory(outcome))
        << form.name << ", allocation " << nth << ": " << std::hex << outcome;
    return met != 0;
  }

  template <typename Run>
  void FailEach(const Form& form, Run run) {
    for (const Where where : {Where::kCaller, Where::kAnyThread}) {
      for (const Fails how : {Fails::kOnce, Fails::kFromThere}) {
        long nth = 1;
        while (run(form, where, how, nth)) {
          if (this->HasFailure()) return;
          ASSERT_LT(++nth, kAllocationsMax) << form.name << " never ends";
          ExpectToWork(form.name);
        }
        EXPECT_TRUE(nth > 1) << form.name << " was not tried at all";
      }
    }
  }
  void FailEachAsync(const std::vector<Form>& forms) {
    for (const Form& form : forms) {
      FailEach(form, [this](auto&&... arguments) { return RunAsync(arguments...); });
    }
  }
  void FailEachSync(const std::vector<Form>& forms) {
    for (const Form& form : forms) {
      FailEach(form, [this](auto&&... arguments) { return RunSync(arguments...); });
    }
  }

  void ExpectToWork(const char* after) {
    BareSink sink;
    ASSERT_EQ(WBEM_S_NO_ERROR, this->QueryAsync(L"SELECT * FROM T_Item WHERE Id = '1'", &sink)) << "after " << after;
    if (!sink.WaitReleased()) std::abort();
    EXPECT_EQ(WBEM_S_NO_ERROR, sink.outcome) << "after " << after;
  }
};

class AllocFaultTest : public FaultLoops<WritableTest> {
 protected:
  void SetUp() override {
    WritableTest::SetUp();
    thing_ = NewThing(L"a name that is longer than what a short string holds in place");
    schema_ = NewClass(L"S_Made", L"S_Thing");
    parameters_ = AddParameters(1, 2);
    event_ = NewInstance(L"S_Event");
  }
  void TearDown() override {
    thing_.Reset();
    schema_.Reset();
    parameters_.Reset();
    event_.Reset();
    WritableTest::TearDown();
  }

  HRESULT ReadAll(IEnumWbemClassObject* enumerator) {
    while (true) {
      IWbemClassObject* object = nullptr;
      ULONG returned = 0;
      const HRESULT next = enumerator->Next(WBEM_INFINITE, 1, &object, &returned);
      if (object != nullptr) object->Release();
      if (next != WBEM_S_NO_ERROR) return next;
    }
  }
  HRESULT QueryAndRead(long flags) {
    com::ComPtr<IEnumWbemClassObject> enumerator;
    const HRESULT started =
        services_->ExecQuery(Literal(L"WQL"), Literal(kQuery), flags, nullptr, enumerator.Receive());
    return FAILED(started) ? started : ReadAll(enumerator.get());
  }

  static constexpr const wchar_t* kQuery = L"SELECT Id, Label FROM T_Item WHERE Label LIKE 'item%'";
  static constexpr const wchar_t* kThing =
      L"S_Thing.Name=\"a name that is longer than what a short string holds in place\"";
  com::ComPtr<IWbemClassObject> thing_;
  com::ComPtr<IWbemClassObject> schema_;
  com::ComPtr<IWbemClassObject> parameters_;
  com::ComPtr<IWbemClassObject> event_;
};

TEST_F(AllocFaultTest, AsynchronousReads) {
  FailEachAsync({
      {"ExecQueryAsync", [&](auto* sink) { return QueryAsync(kQuery, sink); }},
      {"ExecQueryAsync with progress", [&](auto* sink) { return QueryAsync(kQuery, sink, WBEM_FLAG_SEND_STATUS); }},
      {"GetObjectAsync",
       [&](auto* sink) { return services_->GetObjectAsync(Literal(L"T_Item.Id=\"1\""), 0, nullptr, sink); }},
      {"CreateInstanceEnumAsync",
       [&](auto* sink) { return services_->CreateInstanceEnumAsync(Literal(L"T_Item"), 0, nullptr, sink); }},
      {"CreateClassEnumAsync",
       [&](auto* sink) { return services_->CreateClassEnumAsync(Literal(L"T_Base"), 0, nullptr, sink); }},
  });
}

TEST_F(AllocFaultTest, AsynchronousChanges) {
  const auto put = [&] { ASSERT_EQ(WBEM_S_NO_ERROR, services_->PutInstance(thing_.get(), 0, nullptr, nullptr)); };
  FailEachAsync({
      {"PutClassAsync", [&](auto* sink) { return services_->PutClassAsync(schema_.get(), 0, nullptr, sink); }},
      {"PutInstanceAsync", [&](auto* sink) { return services_->PutInstanceAsync(thing_.get(), 0, nullptr, sink); }},
      {"DeleteInstanceAsync",
       [&](auto* sink) { return services_->DeleteInstanceAsync(Literal(kThing), 0, nullptr, sink); }, put},
      {"ExecMethodAsync",
       [&](auto* sink) {
         return services_->ExecMethodAsync(Literal(L"S_Doer"), Literal(L"Add"), 0, nullptr, parameters_.get(), sink);
       }},
  });
}

TEST_F(AllocFaultTest, SynchronousCalls) {
  const auto put = [&] { ASSERT_EQ(WBEM_S_NO_ERROR, services_->PutInstance(thing_.get(), 0, nullptr, nullptr)); };
  FailEachSync({
      {"ExecQuery", [&](auto*) { return QueryAndRead(0); }},
      {"ExecQuery, semisynchronous",
       [&](auto*) { return QueryAndRead(WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY); }},
      {"GetObject",
       [&](auto*) {
         com::ComPtr<IWbemClassObject> object;
         return services_->GetObject(Literal(L"T_Item.Id=\"1\""), 0, nullptr, object.Receive(), nullptr);
       }},
      {"GetObject, semisynchronous",
       [&](auto*) {
         com::ComPtr<IWbemCallResult> result;
         com::ComPtr<IWbemClassObject> object;
         const HRESULT started = services_->GetObject(Literal(L"T_Item.Id=\"1\""), WBEM_FLAG_RETURN_IMMEDIATELY,
                                                      nullptr, nullptr, result.Receive());
         return FAILED(started) ? started : result->GetResultObject(WBEM_INFINITE, object.Receive());
       }},
      {"PutInstance, semisynchronous",
       [&](auto*) {
         com::ComPtr<IWbemCallResult> result;
         LONG status = 0;
         const HRESULT started =
             services_->PutInstance(thing_.get(), WBEM_FLAG_RETURN_IMMEDIATELY, nullptr, result.Receive());
         if (FAILED(started)) return started;
         const HRESULT got = result->GetCallStatus(WBEM_INFINITE, &status);
         return FAILED(got) ? got : static_cast<HRESULT>(status);
       }},
      {"PutClass", [&](auto*) { return services_->PutClass(schema_.get(), 0, nullptr, nullptr); }},
      {"PutInstance", [&](auto*) { return services_->PutInstance(thing_.get(), 0, nullptr, nullptr); }},
      {"DeleteInstance", [&](auto*) { return services_->DeleteInstance(Literal(kThing), 0, nullptr, nullptr); }, put},
      {"ExecMethod",
       [&](auto*) {
         com::ComPtr<IWbemClassObject> out;
         return services_->ExecMethod(Literal(L"S_Doer"), Literal(L"Add"), 0, nullptr, parameters_.get(), out.Receive(),
                                      nullptr);
       }},
      {"OpenNamespace, which is not there",
       [&](auto*) {
         com::ComPtr<IWbemServices> opened;
         const HRESULT code = services_->OpenNamespace(Literal(L"elsewhere"), 0, nullptr, opened.Receive(), nullptr);
         return code == WBEM_E_INVALID_NAMESPACE ? WBEM_S_NO_ERROR : code;
       }},
      {"a fired event",
       [&](auto*) {
         com::ComPtr<IWbemObjectSink> fire;
         const HRESULT got = services_->QueryObjectSink(0, fire.Receive());
         IWbemClassObject* events[] = {event_.get()};
         return FAILED(got) ? got : fire->Indicate(1, events);
       }},
  });
}

TEST_F(AllocFaultTest, Connecting) {
  const auto locator = com::MakeCom<Locator>(*engine_);
  FailEachSync({{"ConnectServer", [&](auto*) {
                   com::ComPtr<IWbemServices> services;
                   return locator->ConnectServer(Literal(L"ROOT\\test"), nullptr, nullptr, nullptr, 0, nullptr, nullptr,
                                                 services.Receive());
                 }}});
}

TEST_F(AllocFaultTest, EnumeratorsServeTheNextRequest) {
  com::ComPtr<IEnumWbemClassObject> enumerator;
  const auto query = [&] {
    enumerator = Query(kQuery, WBEM_FLAG_RETURN_IMMEDIATELY);
    // Everything is there, so that it is the request that fails.
    ASSERT_EQ(WBEM_S_FALSE, ReadAll(enumerator.get()));
    ASSERT_EQ(WBEM_S_NO_ERROR, enumerator->Reset());
  };
  const auto then_reads_all = [&](HRESULT outcome) {
    faults.left = 0;
    EXPECT_EQ(WBEM_S_NO_ERROR, enumerator->Reset());
    EXPECT_EQ(WBEM_S_FALSE, ReadAll(enumerator.get()));
    enumerator.Reset();
    return outcome;
  };
  FailEachSync({
      {"Next",
       [&](auto*) {
         IWbemClassObject* objects[2] = {};
         ULONG returned = 0;
         const HRESULT next = enumerator->Next(WBEM_INFINITE, 2, objects, &returned);
         for (ULONG i = 0; i < returned; ++i) objects[i]->Release();
         return then_reads_all(next);
       },
       query},
      {"Skip", [&](auto*) { return then_reads_all(enumerator->Skip(WBEM_INFINITE, 2)); }, query},
      {"Clone",
       [&](auto*) {
         com::ComPtr<IEnumWbemClassObject> clone;
         return then_reads_all(enumerator->Clone(clone.Receive()));
       },
       query},
  });
  FailEachAsync({{"NextAsync", [&](auto* sink) { return enumerator->NextAsync(2, sink); }, query}});
  enumerator.Reset();
}

// A subscription has no end of its own: it is cancelled with the shortage still there.
TEST_F(AllocFaultTest, Subscriptions) {
  FailEachAsync({{"ExecNotificationQueryAsync", [&](auto* sink) {
                    const HRESULT started = services_->ExecNotificationQueryAsync(
                        Literal(L"WQL"), Literal(L"SELECT * FROM S_Event"), 0, nullptr, sink);
                    if (FAILED(started)) return started;
                    HRESULT cancelled = services_->CancelAsyncCall(sink);
                    auto* bare = static_cast<BareSink*>(sink);
                    if (cancelled == WBEM_S_NO_ERROR || bare->outcome == WBEM_E_CALL_CANCELLED) {
                      bare->outcome = WBEM_S_NO_ERROR;
                    }
                    return started;
                  }}});
}

TEST_F(AllocFaultTest, CancelAsyncCallNeedsNoMemory) {
  for (const Where where : {Where::kCaller, Where::kAnyThread}) {
    Signal go_on;
    Signal inside;
    script_->blocking = provider::Blocking::kPossible;
    script_->before_row = [&](std::uint64_t, const provider::Request&) {
      inside.Set();
      go_on.Wait();
      return Status();
    };
    BareSink sink;
    ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kQuery, &sink));
    ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kQuery, &sink));
    ASSERT_TRUE(inside.Wait());
    Shortage shortage(where, Fails::kFromThere, 1);
    const HRESULT cancelled = services_->CancelAsyncCall(&sink);
    const ULONG references = sink.references;
    const int finals = sink.finals;
    const HRESULT outcome = sink.outcome;
    shortage.End();
    go_on.Set();
    EXPECT_EQ(WBEM_S_NO_ERROR, cancelled);
    EXPECT_EQ(1u, references) << "released before it returns";
    EXPECT_EQ(2, finals);
    EXPECT_EQ(WBEM_E_CALL_CANCELLED, outcome);
    const TimePoint deadline = SteadyClock().Now() + kWaitMax;
    while (script_->streams_alive > 0 && SteadyClock().Now() < deadline) std::this_thread::yield();
    ASSERT_EQ(0, script_->streams_alive);
    script_->before_row = nullptr;
    ExpectToWork("CancelAsyncCall");
  }
}

// Calls that a COM provider answers, from inside the call and from a thread of its own.
class ProviderFaultTest : public FaultLoops<ProviderTest> {
 protected:
  void SetUp() override {
    ProviderTest::SetUp();
    object_ = Pushed(1);
  }
  void TearDown() override {
    object_.Reset();
    ProviderTest::TearDown();
  }
  static HRESULT Answer(IWbemObjectSink* handler, IWbemClassObject* object) {
    const HRESULT pushed = handler->Indicate(1, &object);
    // A provider that cannot say how it ended lets go, and that is an end, too.
    return Complete(handler, FAILED(pushed) ? pushed : WBEM_S_NO_ERROR);
  }
  com::ComPtr<IWbemClassObject> object_;
};

TEST_F(ProviderFaultTest, CallsToAComProvider) {
  provider_->on_call = [this](const ProviderRequest& request) { return Answer(request.handler, object_.get()); };
  FailEachAsync({
      {"enumeration", [&](auto* sink) { return EnumerateAsync(sink, WBEM_FLAG_SEND_STATUS); }, [] {}, true},
      {"query", [&](auto* sink) { return QueryAsync(L"SELECT Id FROM T_Pushed WHERE Number = 1", sink); }, [] {}, true},
      {"put", [&](auto* sink) { return services_->PutInstanceAsync(object_.get(), 0, nullptr, sink); }, [] {}, true},
  });
}

TEST_F(ProviderFaultTest, CallsThatAreAnsweredFromAnotherThread) {
  provider_->on_call = [this](const ProviderRequest& request) {
    Spawn([this, handler = com::ComPtr<IWbemObjectSink>(request.handler)] { Answer(handler.get(), object_.get()); });
    return WBEM_S_NO_ERROR;
  };
  FailEachAsync({{"enumeration", [&](auto* sink) { return EnumerateAsync(sink); }, [&] { JoinThreads(); }, true}});
}

}  // namespace
}  // namespace wmi::api
