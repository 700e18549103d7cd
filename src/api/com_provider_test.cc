#include "api/com_provider.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/context.h"
#include "api/provider_test_support.h"
#include "base/limits.h"

namespace wmi::api {
namespace {

using Kind = ProviderRequest::Kind;

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr std::uint32_t kManyObjects = 100'000;
#else
constexpr std::uint32_t kManyObjects = 1'000'000;
#endif

class ComProviderTest : public ProviderTest {
 protected:
  // The handler as something a thread of the provider can keep.
  static com::ComPtr<IWbemObjectSink> Keep(const ProviderRequest& request) {
    return com::ComPtr<IWbemObjectSink>(request.handler);
  }
  // A call of its own through the same connection: what was ready before it has had its turn.
  void RunAnotherCall() {
    const auto log = NewLog();
    ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(L"SELECT * FROM T_Item", NewSink(log).get()));
    ASSERT_TRUE(log->WaitFinals());
  }
  std::shared_ptr<SinkLog> RunQuery(const wchar_t* query) {
    auto log = NewLog();
    EXPECT_EQ(WBEM_S_NO_ERROR, QueryAsync(query, NewSink(log).get()));
    EXPECT_TRUE(log->WaitFinals());
    return log;
  }
};

std::vector<std::string> Sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

// ---- what arrives ---------------------------------------------------------------------------------------------------

TEST_F(ComProviderTest, DeliversWhatIsPushedFromInsideTheCall) {
  provider_->on_call = [&](const ProviderRequest& request) {
    EXPECT_EQ(Kind::kEnumerate, request.kind);
    EXPECT_EQ("T_Pushed", request.text);
    EXPECT_EQ(0, request.flags);
    for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(WBEM_S_NO_ERROR, Push(request.handler, i));
    return Complete(request.handler);
  };
  const auto log = Enumerate();
  EXPECT_EQ((std::vector<std::string>{"0", "1", "2"}), Ids(*log));
  EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
  EXPECT_FALSE(log->Error());
  EXPECT_TRUE(log->WaitReferences(0));
  EXPECT_FALSE(log->late || log->overlapped);
  MutexLock lock(provider_->mutex);
  EXPECT_EQ("ROOT\\test", provider_->name_space_name);
}

TEST_F(ComProviderTest, DeliversWhatIsPushedFromAThreadOfTheProvider) {
  provider_->on_call = [&](const ProviderRequest& request) {
    Spawn([this, handler = Keep(request)] {
      for (std::uint32_t i = 0; i < 600; ++i) EXPECT_EQ(WBEM_S_NO_ERROR, Push(handler.get(), i));
      Complete(handler.get());
    });
    return WBEM_S_NO_ERROR;
  };
  const auto log = Enumerate();
  EXPECT_EQ(600u, log->Objects());
  EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
}

TEST_F(ComProviderTest, DeliversWhatIsPushedFromManyThreadsAtOnceOneCallbackAtATime) {
  constexpr std::uint32_t kThreads = 8;
  constexpr std::uint32_t kEach = 100;
  provider_->on_call = [&](const ProviderRequest& request) {
    const auto left = std::make_shared<std::atomic<std::uint32_t>>(kThreads);
    for (std::uint32_t thread = 0; thread < kThreads; ++thread) {
      Spawn([this, handler = Keep(request), thread, left] {
        for (std::uint32_t i = 0; i < kEach; ++i) {
          EXPECT_EQ(WBEM_S_NO_ERROR, Push(handler.get(), thread * kEach + i));
        }
        if (--*left == 0) Complete(handler.get());
      });
    }
    return WBEM_S_NO_ERROR;
  };
  const auto log = Enumerate();
  std::vector<std::string> expected;
  for (std::uint32_t i = 0; i < kThreads * kEach; ++i) expected.push_back(std::to_string(i));
  EXPECT_EQ(Sorted(expected), Sorted(Ids(*log)));
  EXPECT_FALSE(log->late || log->overlapped);
}

// Counts and does not keep; waits for permission to return from its first callback.
class CountingSink final : public com::ComObject<IWbemObjectSink> {
 public:
  struct State {
    Signal entered;
    Signal go_on;
    Signal ended;
    std::atomic<std::uint64_t> delivered = 0;
    std::atomic<HRESULT> outcome = WBEM_S_PENDING;
  };
  explicit CountingSink(std::shared_ptr<State> state) : state_(std::move(state)) {}
  HRESULT Indicate(long count, IWbemClassObject**) override {
    state_->entered.Set();
    EXPECT_TRUE(state_->go_on.Wait());
    state_->delivered += static_cast<std::uint64_t>(count);
    return WBEM_S_NO_ERROR;
  }
  HRESULT SetStatus(long, HRESULT code, BSTR, IWbemClassObject*) override {
    state_->outcome = code;
    state_->ended.Set();
    return WBEM_S_NO_ERROR;
  }

 private:
  const std::shared_ptr<State> state_;
};

TEST_F(ComProviderTest, SlowSinkHoldsTheProviderBackAndLosesNothing) {
  constexpr std::uint32_t kBatch = 100;
  const auto state = std::make_shared<CountingSink::State>();
  std::atomic<std::uint64_t> accepted = 0;
  std::uint64_t ahead_max = 0;
  provider_->on_call = [&](const ProviderRequest& request) {
    Spawn([&, handler = Keep(request)] {
      const com::ComPtr<IWbemClassObject> object = Pushed(1);
      std::vector<IWbemClassObject*> array(kBatch, object.get());
      for (std::uint32_t i = 0; i < kManyObjects; i += kBatch) {
        EXPECT_EQ(WBEM_S_NO_ERROR, handler->Indicate(kBatch, array.data()));
        accepted += kBatch;
        ahead_max = std::max(ahead_max, accepted - state->delivered);
      }
      Complete(handler.get());
    });
    return WBEM_S_NO_ERROR;
  };
  ASSERT_EQ(WBEM_S_NO_ERROR, EnumerateAsync(com::MakeCom<CountingSink>(state).get()));
  ASSERT_TRUE(state->entered.Wait());
  RunAnotherCall();  // meanwhile the provider runs into the wall
  state->go_on.Set();
  ASSERT_TRUE(state->ended.Wait());
  JoinThreads();
  EXPECT_EQ(kManyObjects, state->delivered);
  EXPECT_EQ(WBEM_S_NO_ERROR, state->outcome);
  // The port's queue, the operation's buffer, what is inside the sink, and a batch over.
  EXPECT_LE(ahead_max, 2 * limits::kOperationRowsMax + limits::kMergedBatchRowsMax + 3 * kBatch);
}

TEST_F(ComProviderTest, ProgressReachesAClientThatAskedForIt) {
  std::atomic<long> flags = -1;
  provider_->on_call = [&](const ProviderRequest& request) {
    flags = request.flags;
    EXPECT_EQ(WBEM_S_NO_ERROR, request.handler->SetStatus(WBEM_STATUS_PROGRESS, MAKELONG(3, 10), nullptr, nullptr));
    return Complete(request.handler);
  };
  const auto with = Enumerate(WBEM_FLAG_SEND_STATUS);
  EXPECT_EQ(WBEM_FLAG_SEND_STATUS, flags);
  {
    MutexLock lock(with->mutex);
    ASSERT_EQ(1u, with->progress.size());
    EXPECT_EQ((std::pair<long, HRESULT>(WBEM_STATUS_PROGRESS, MAKELONG(3, 10))), with->progress.front());
  }
  const auto without = Enumerate();
  EXPECT_EQ(0, flags);
  MutexLock lock(without->mutex);
  EXPECT_TRUE(without->progress.empty());
}

// ---- queries --------------------------------------------------------------------------------------------------------

TEST_F(ComProviderTest, QueryIsFilteredUnlessTheProviderSaysThatItDoes) {
  provider_->on_call = [&](const ProviderRequest& request) {
    EXPECT_EQ(Kind::kQuery, request.kind);
    EXPECT_EQ("SELECT * FROM T_Pushed WHERE Number > 5", request.text);
    const auto filtering = [&](HRESULT requirement) {
      EXPECT_EQ(WBEM_S_NO_ERROR, request.handler->SetStatus(WBEM_STATUS_REQUIREMENTS, requirement, nullptr, nullptr));
    };
    Push(request.handler, 1);
    filtering(WBEM_REQUIREMENTS_STOP_POSTFILTER);
    Push(request.handler, 2);
    Push(request.handler, 7);
    filtering(WBEM_REQUIREMENTS_START_POSTFILTER);
    Push(request.handler, 3);
    Push(request.handler, 8);
    return Complete(request.handler);
  };
  EXPECT_EQ((std::vector<std::string>{"2", "7", "8"}), Ids(*RunQuery(L"SELECT * FROM T_Pushed WHERE Number > 5")));
}

TEST_F(ComProviderTest, QueryThatTheProviderCannotDoIsAnEnumerationWithAFilter) {
  enum class Way { kReturns, kTells, kTellsAndReturns, kTellsLater };
  for (const Way way : {Way::kReturns, Way::kTells, Way::kTellsAndReturns, Way::kTellsLater}) {
    provider_->on_call = [&, way](const ProviderRequest& request) -> HRESULT {
      if (request.kind == Kind::kEnumerate) {
        EXPECT_EQ("T_Pushed", request.text);
        for (std::uint32_t i = 4; i < 8; ++i) EXPECT_EQ(WBEM_S_NO_ERROR, Push(request.handler, i));
        return Complete(request.handler);
      }
      if (way == Way::kTells || way == Way::kTellsAndReturns) Complete(request.handler, WBEM_E_PROVIDER_NOT_CAPABLE);
      if (way == Way::kTellsLater) {
        Spawn([handler = Keep(request)] { Complete(handler.get(), WBEM_E_PROVIDER_NOT_CAPABLE); });
      }
      return way == Way::kReturns || way == Way::kTellsAndReturns ? WBEM_E_NOT_SUPPORTED : WBEM_S_NO_ERROR;
    };
    const int calls = provider_->calls;
    const auto log = RunQuery(L"SELECT * FROM T_Pushed WHERE Number > 5");
    EXPECT_EQ((std::vector<std::string>{"6", "7"}), Ids(*log)) << static_cast<int>(way);
    EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
    EXPECT_EQ(calls + 2, provider_->calls);
    JoinThreads();
    EXPECT_TRUE(provider_->WaitUntilNobodyIsInside()) << "what it does is replaced next";
  }
}

TEST_F(ComProviderTest, ObjectIsAskedForByItsPath) {
  provider_->on_call = [&](const ProviderRequest& request) -> HRESULT {
    EXPECT_EQ(Kind::kGet, request.kind);
    EXPECT_EQ("T_Pushed.Id=\"5\"", request.text);
    Push(request.handler, 5);
    return Complete(request.handler);
  };
  EXPECT_EQ("5", PropertyText(GetOne(L"T_Pushed.Id='5'").get(), L"Id"));
  provider_->on_call = [](const ProviderRequest& request) { return Complete(request.handler, WBEM_E_NOT_FOUND); };
  com::ComPtr<IWbemClassObject> none;
  EXPECT_EQ(WBEM_E_NOT_FOUND, services_->GetObject(Literal(L"T_Pushed.Id='6'"), 0, nullptr, none.Receive(), nullptr));
}

// ---- changing, methods ----------------------------------------------------------------------------------------------

TEST_F(ComProviderTest, InstanceIsPutThroughTheProviderAndItsPathComesBack) {
  const auto put = [&](long flags) {
    com::ComPtr<IWbemCallResult> result;
    EXPECT_EQ(WBEM_S_NO_ERROR,
              services_->PutInstance(Pushed(5).get(), flags | WBEM_FLAG_RETURN_IMMEDIATELY, nullptr, result.Receive()));
    BSTR path = nullptr;
    EXPECT_EQ(WBEM_S_NO_ERROR, result->GetResultString(WBEM_INFINITE, &path));
    return TakeBstr(path);
  };
  std::atomic<long> flags = 0;
  const wchar_t* told = L"T_Pushed.Id=\"told\"";
  provider_->on_call = [&](const ProviderRequest& request) {
    EXPECT_EQ(Kind::kPut, request.kind);
    EXPECT_EQ("5", PropertyText(request.object, L"Number"));
    flags = request.flags;
    return request.handler->SetStatus(WBEM_STATUS_COMPLETE, WBEM_S_NO_ERROR, Literal(told), nullptr);
  };
  EXPECT_NE(std::string::npos, put(WBEM_FLAG_CREATE_ONLY).find("T_Pushed.Id=\"told\""));
  EXPECT_EQ(WBEM_FLAG_CREATE_ONLY, flags);
  told = nullptr;
  EXPECT_NE(std::string::npos, put(WBEM_FLAG_UPDATE_ONLY).find("T_Pushed.Id=\"5\""));
  EXPECT_EQ(WBEM_FLAG_UPDATE_ONLY, flags);
  put(WBEM_FLAG_CREATE_OR_UPDATE);
  EXPECT_EQ(0, flags);
}

TEST_F(ComProviderTest, InstanceIsDeletedThroughTheProvider) {
  provider_->on_call = [&](const ProviderRequest& request) {
    EXPECT_EQ(Kind::kDelete, request.kind);
    EXPECT_EQ("T_Pushed.Id=\"5\"", request.text);
    return Complete(request.handler, WBEM_E_ACCESS_DENIED);
  };
  EXPECT_EQ(WBEM_E_ACCESS_DENIED, services_->DeleteInstance(Literal(L"T_Pushed.Id='5'"), 0, nullptr, nullptr));
  EXPECT_EQ(1, provider_->calls);
}

TEST_F(ComProviderTest, MethodOfTheProviderRunsWithItsParameters) {
  RegisterMethods("Working");
  const cim::ClassPtr schema = session_->name_space()->FindClass("T_Worker");
  const auto parameters = [&](const cim::ClassPtr& signature, std::string_view name, const cim::Value& value) {
    cim::RowBlockBuilder builder;
    builder.BeginRow(signature);
    builder.Set(*signature->FindSlot(name), value.view());
    builder.CommitRow();
    std::vector<cim::Object> rows;
    builder.Finish(rows);
    return MakeClassObject(rows.front());
  };
  provider_->on_call = [&](const ProviderRequest& request) {
    EXPECT_EQ(Kind::kMethod, request.kind);
    EXPECT_EQ("T_Worker.Id=\"5\"", request.text);
    EXPECT_EQ("Work", request.method);
    EXPECT_EQ("7", PropertyText(request.object, L"Level"));
    const auto out = parameters(schema->FindMethod("Work")->out, "Report", cim::Value::Text("worked"));
    IWbemClassObject* array[] = {out.get()};
    EXPECT_EQ(WBEM_S_NO_ERROR, request.handler->Indicate(1, array));
    return Complete(request.handler);
  };
  const auto in = parameters(schema->FindMethod("Work")->in, "Level", cim::Value::Unsigned(7));
  com::ComPtr<IWbemClassObject> out;
  EXPECT_EQ(WBEM_S_NO_ERROR, services_->ExecMethod(Literal(L"T_Worker.Id='5'"), Literal(L"Work"), 0, nullptr, in.get(),
                                                   out.Receive(), nullptr));
  ASSERT_TRUE(out);
  EXPECT_EQ("worked", PropertyText(out.get(), L"Report"));
}

// ---- how it ends ----------------------------------------------------------------------------------------------------

TEST_F(ComProviderTest, ErrorObjectOfTheProviderReachesTheFinalStatus) {
  provider_->on_call = [&](const ProviderRequest& request) {
    const auto error = MakeClassObject(Instance("T_ProviderError", {{"Reason", cim::Value::Text("rust")}}));
    return Complete(request.handler, WBEM_E_ACCESS_DENIED, error.get());
  };
  const auto log = Enumerate();
  EXPECT_EQ(WBEM_E_ACCESS_DENIED, log->Outcome());
  EXPECT_EQ("rust", ErrorDescription(*log, L"Reason"));
}

TEST_F(ComProviderTest, ReturnedErrorIsTheOutcomeAndSaysWhoReturnedIt) {
  provider_->on_call = [&](const ProviderRequest& request) -> HRESULT {
    Push(request.handler, 1);
    return WBEM_E_ACCESS_DENIED;
  };
  const auto log = Enumerate();
  EXPECT_EQ(WBEM_E_ACCESS_DENIED, log->Outcome());
  EXPECT_EQ(1u, log->Objects()) << "what was delivered before stays valid";
  EXPECT_EQ("Pushing", ErrorDescription(*log, L"ProviderName"));
  const std::string text = ErrorDescription(*log);
  EXPECT_NE(std::string::npos, text.find("CreateInstanceEnumAsync")) << text;
}

// Checklist 29.
TEST_F(ComProviderTest, ReturnedErrorEndsTheCallAlsoWhenTheHandlerIsKept) {
  com::ComPtr<IWbemObjectSink> kept;
  provider_->on_call = [&](const ProviderRequest& request) -> HRESULT {
    kept = Keep(request);
    return WBEM_E_FAILED;
  };
  EXPECT_EQ(WBEM_E_FAILED, Enumerate()->Outcome());
}

TEST_F(ComProviderTest, StatusCountsWhenThereIsAReturnedErrorToo) {
  provider_->on_call = [&](const ProviderRequest& request) -> HRESULT {
    Complete(request.handler, WBEM_E_NOT_FOUND);
    return WBEM_E_FAILED;
  };
  EXPECT_EQ(WBEM_E_NOT_FOUND, Enumerate()->Outcome());
  provider_->on_call = [&](const ProviderRequest& request) -> HRESULT {
    Complete(request.handler);
    return WBEM_E_FAILED;
  };
  EXPECT_EQ(WBEM_S_NO_ERROR, Enumerate()->Outcome());
}

TEST_F(ComProviderTest, ExceptionIsAFailureOfTheProvider) {
  provider_->on_call = [&](const ProviderRequest&) -> HRESULT { throw std::runtime_error("out of paper"); };
  const auto log = Enumerate();
  EXPECT_EQ(WBEM_E_PROVIDER_FAILURE, log->Outcome());
  const std::string text = ErrorDescription(*log);
  EXPECT_NE(std::string::npos, text.find("out of paper")) << text;
  provider_->on_call = [&](const ProviderRequest&) -> HRESULT { throw 7; };
  EXPECT_EQ(WBEM_E_PROVIDER_FAILURE, Enumerate()->Outcome());
}

TEST_F(ComProviderTest, HandlerReleasedWithoutAStatusIsAFailureOfTheProvider) {
  provider_->on_call = [&](const ProviderRequest& request) -> HRESULT {
    Spawn([this, handler = Keep(request)] { Push(handler.get(), 1); });
    return WBEM_S_NO_ERROR;
  };
  const auto log = Enumerate();
  EXPECT_EQ(WBEM_E_PROVIDER_FAILURE, log->Outcome());
  EXPECT_EQ(1u, log->Objects());
  const std::string text = ErrorDescription(*log);
  EXPECT_NE(std::string::npos, text.find("SetStatus")) << text;
}

// Checklist 29.
TEST_F(ComProviderTest, KeptHandlerKeepsTheCallUnfinished) {
  com::ComPtr<IWbemObjectSink> kept;
  Signal told;
  provider_->on_call = [&](const ProviderRequest& request) -> HRESULT {
    kept = Keep(request);
    EXPECT_EQ(WBEM_S_NO_ERROR, Push(request.handler, 1));
    EXPECT_EQ(WBEM_S_NO_ERROR, Complete(request.handler));
    told.Set();
    return WBEM_S_NO_ERROR;
  };
  const auto log = NewLog();
  ASSERT_EQ(WBEM_S_NO_ERROR, EnumerateAsync(NewSink(log).get()));
  ASSERT_TRUE(told.Wait());
  RunAnotherCall();
  EXPECT_EQ(0u, log->Finals());
  kept.Reset();
  ASSERT_TRUE(log->WaitFinals());
  EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
  EXPECT_EQ(1u, log->Objects());
}

TEST_F(ComProviderTest, LeakedHandlerEndsAtTheDeadline) {
  com::ComPtr<IWbemObjectSink> leaked;
  provider_->on_call = [&](const ProviderRequest& request) -> HRESULT {
    leaked = Keep(request);
    return Complete(request.handler);
  };
  const auto impatient = Connect(std::chrono::milliseconds(300));
  const auto log = NewLog();
  ASSERT_EQ(WBEM_S_NO_ERROR, impatient->CreateInstanceEnumAsync(Literal(L"T_Pushed"), 0, nullptr, NewSink(log).get()));
  ASSERT_TRUE(log->WaitFinals());
  EXPECT_EQ(WBEM_E_TIMED_OUT, log->Outcome());
  ASSERT_TRUE(provider_->WaitUntilNobodyIsInside());
  ASSERT_TRUE(leaked);
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, Push(leaked.get(), 1));
}

TEST_F(ComProviderTest, MethodThatNeverReturnsEndsAtTheDeadline) {
  Signal unblock;
  provider_->on_call = [&](const ProviderRequest& request) -> HRESULT {
    EXPECT_TRUE(unblock.Wait());
    EXPECT_EQ(WBEM_E_CALL_CANCELLED, Push(request.handler, 1));
    return WBEM_S_NO_ERROR;
  };
  const auto impatient = Connect(std::chrono::milliseconds(100));
  const auto log = NewLog();
  ASSERT_EQ(WBEM_S_NO_ERROR, impatient->CreateInstanceEnumAsync(Literal(L"T_Pushed"), 0, nullptr, NewSink(log).get()));
  ASSERT_TRUE(log->WaitFinals());
  EXPECT_EQ(WBEM_E_TIMED_OUT, log->Outcome());
  EXPECT_EQ(0u, log->Objects());
  unblock.Set();
  EXPECT_TRUE(provider_->WaitUntilNobodyIsInside());
}

TEST_F(ComProviderTest, PushesAreRefusedAfterCancel) {
  com::ComPtr<IWbemObjectSink> kept;
  Signal pushed;
  provider_->on_call = [&](const ProviderRequest& request) -> HRESULT {
    kept = Keep(request);
    Push(request.handler, 1);
    pushed.Set();
    return WBEM_S_NO_ERROR;
  };
  const auto log = NewLog();
  const auto sink = NewSink(log);
  ASSERT_EQ(WBEM_S_NO_ERROR, EnumerateAsync(sink.get()));
  ASSERT_TRUE(pushed.Wait());
  EXPECT_EQ(WBEM_S_NO_ERROR, services_->CancelAsyncCall(sink.get()));
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
  // The operation's source goes with its last turn, which may still run.
  HRESULT hr = WBEM_S_NO_ERROR;
  const TimePoint deadline = SteadyClock().Now() + kWaitMax;
  while (!Failed(hr = Push(kept.get(), 2)) && SteadyClock().Now() < deadline) std::this_thread::yield();
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, hr);
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, Complete(kept.get()));
  EXPECT_LE(log->Objects(), 1u);
  EXPECT_FALSE(log->late);
}

TEST_F(ComProviderTest, CancelFreesAProviderThatWaitsForRoom) {
  std::atomic<HRESULT> answer = WBEM_S_NO_ERROR;
  provider_->on_call = [&](const ProviderRequest& request) -> HRESULT {
    Spawn([&, handler = Keep(request)] {
      HRESULT hr = WBEM_S_NO_ERROR;
      for (std::uint32_t i = 0; !Failed(hr) && i < 1'000'000; ++i) hr = Push(handler.get(), i);
      answer = hr;
    });
    return WBEM_S_NO_ERROR;
  };
  const auto log = NewLog();
  const auto sink = NewSink(log);
  Signal inside;
  Signal leave;
  sink->on_indicate = [&](long, IWbemClassObject**) {
    inside.Set();
    EXPECT_TRUE(leave.Wait());
    return WBEM_S_NO_ERROR;
  };
  ASSERT_EQ(WBEM_S_NO_ERROR, EnumerateAsync(sink.get()));
  ASSERT_TRUE(inside.Wait());
  RunAnotherCall();
  Spawn([&] { services_->CancelAsyncCall(sink.get()); });
  leave.Set();
  ASSERT_TRUE(log->WaitFinals());
  JoinThreads();
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, answer);
}

TEST_F(ComProviderTest, HandlerMayOutliveTheEngine) {
  com::ComPtr<IWbemObjectSink> kept;
  provider_->on_call = [&](const ProviderRequest& request) -> HRESULT {
    kept = Keep(request);
    return WBEM_E_FAILED;
  };
  Enumerate();
  const com::ComPtr<IWbemClassObject> object = Pushed(1);
  IWbemClassObject* array[] = {object.get()};
  services_.Reset();
  session_.reset();
  engine_.reset();
  EXPECT_EQ(0, provider_->alive);
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, kept->Indicate(1, array));
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, Complete(kept.get(), WBEM_E_PROVIDER_NOT_CAPABLE));
}

TEST_F(ComProviderTest, ObjectOfAnotherClassIsRefused) {
  provider_->on_call = [&](const ProviderRequest& request) -> HRESULT {
    const auto other =
        MakeClassObject(Instance("T_Pair", {{"B", cim::Value::Text("x")}, {"A", cim::Value::Signed(1)}}));
    IWbemClassObject* array[] = {other.get()};
    EXPECT_EQ(WBEM_E_INVALID_OBJECT, request.handler->Indicate(1, array));
    return Complete(request.handler);
  };
  EXPECT_EQ(0u, Enumerate()->Objects());
}

// ---- initialisation -------------------------------------------------------------------------------------------------

class ProviderInitTest : public ComProviderTest {
 protected:
  // The outcome of a call, and that its error object names the provider and says `word`.
  void ExpectFailure(HRESULT code, std::string_view word) {
    const auto log = Enumerate();
    EXPECT_EQ(code, log->Outcome());
    EXPECT_EQ("Pushing", ErrorDescription(*log, L"ProviderName"));
    const std::string text = ErrorDescription(*log);
    EXPECT_NE(std::string::npos, text.find(word)) << text;
  }
  void SetInitWait(Duration wait) {
    ComProviderLoader::Options options;
    options.provider.initialization_wait_max = wait;
    SetLoader(options);
  }
};

TEST_F(ProviderInitTest, OneObjectServesAllCallsAndIsReleasedWithTheEngine) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(WBEM_S_NO_ERROR, Enumerate()->Outcome());
  EXPECT_EQ(1, provider_->created);
  EXPECT_EQ(1, provider_->initialized);
  EXPECT_EQ(3, provider_->calls);
  EXPECT_EQ(1, provider_->alive);
}

TEST_F(ProviderInitTest, FirstCallsAtTheSameTimeInitialiseOnce) {
  Signal inside;
  Signal go_on;
  provider_->on_init = [&](IWbemServices*, IWbemContext*, IWbemProviderInitSink* sink) {
    inside.Set();
    EXPECT_TRUE(go_on.Wait());
    return sink->SetStatus(WBEM_S_INITIALIZED, 0);
  };
  const auto log = NewLog();
  for (int i = 0; i < 5; ++i) ASSERT_EQ(WBEM_S_NO_ERROR, EnumerateAsync(NewSink(log).get()));
  ASSERT_TRUE(inside.Wait());
  RunAnotherCall();
  go_on.Set();
  ASSERT_TRUE(log->WaitFinals(5));
  EXPECT_EQ(1, provider_->initialized);
  EXPECT_EQ(5, provider_->calls);
}

TEST_F(ProviderInitTest, AnswerMayComeFromAnotherThreadAfterInitializeReturned) {
  provider_->on_init = [&](IWbemServices*, IWbemContext*, IWbemProviderInitSink* sink) {
    Spawn([kept = com::ComPtr<IWbemProviderInitSink>(sink)] {
      EXPECT_EQ(WBEM_S_NO_ERROR, kept->SetStatus(WBEM_S_INITIALIZED, 0));
      EXPECT_EQ(WBEM_E_INVALID_OPERATION, kept->SetStatus(static_cast<LONG>(WBEM_E_FAILED), 0)) << "the first counts";
    });
    return WBEM_S_NO_ERROR;
  };
  EXPECT_EQ(WBEM_S_NO_ERROR, Enumerate()->Outcome());
  EXPECT_EQ(1, provider_->calls);
}

TEST_F(ProviderInitTest, FailureIsALoadFailureAndTheNextCallTriesAgain) {
  provider_->on_init = [&](IWbemServices*, IWbemContext*, IWbemProviderInitSink* sink) {
    return sink->SetStatus(static_cast<LONG>(WBEM_E_ACCESS_DENIED), 0);
  };
  ExpectFailure(WBEM_E_PROVIDER_LOAD_FAILURE, "WBEM_E_ACCESS_DENIED");
  EXPECT_EQ(0, provider_->calls);
  EXPECT_EQ(0, provider_->alive) << "nothing of it is kept";
  provider_->on_init = nullptr;
  EXPECT_EQ(WBEM_S_NO_ERROR, Enumerate()->Outcome());
  EXPECT_EQ(2, provider_->created);
}

TEST_F(ProviderInitTest, FailureWithTheUpperHalfUnsetIsAFailureToo) {
  provider_->on_init = [&](IWbemServices*, IWbemContext*, IWbemProviderInitSink* sink) {
    return sink->SetStatus(0x80041001L, 0);  // a LONG of 64 bits, positive
  };
  ExpectFailure(WBEM_E_PROVIDER_LOAD_FAILURE, "WBEM_E_FAILED");
}

TEST_F(ProviderInitTest, ReturnedFailureExceptionAndReleaseAreLoadFailures) {
  provider_->on_init = [&](IWbemServices*, IWbemContext*, IWbemProviderInitSink*) -> HRESULT { return E_NOTIMPL; };
  ExpectFailure(WBEM_E_PROVIDER_LOAD_FAILURE, "0x80004001");
  provider_->on_init = [&](IWbemServices*, IWbemContext*, IWbemProviderInitSink*) -> HRESULT {
    throw std::runtime_error("no key");
  };
  ExpectFailure(WBEM_E_PROVIDER_LOAD_FAILURE, "no key");
  provider_->on_init = [&](IWbemServices*, IWbemContext*, IWbemProviderInitSink*) -> HRESULT {
    return WBEM_S_NO_ERROR;  // and never answers
  };
  ExpectFailure(WBEM_E_PROVIDER_LOAD_FAILURE, "let go");
}

TEST_F(ProviderInitTest, ProviderThatNeverAnswersIsGivenUp) {
  SetInitWait(std::chrono::milliseconds(30));
  com::ComPtr<IWbemProviderInitSink> kept;
  provider_->on_init = [&](IWbemServices*, IWbemContext*, IWbemProviderInitSink* sink) {
    kept = com::ComPtr<IWbemProviderInitSink>(sink);
    return WBEM_S_NO_ERROR;
  };
  ExpectFailure(WBEM_E_PROVIDER_LOAD_FAILURE, "30 ms");
  EXPECT_EQ(WBEM_S_NO_ERROR, kept->SetStatus(WBEM_S_INITIALIZED, 0)) << "too late, and harmless";
  EXPECT_EQ(0, provider_->alive);
}

TEST_F(ProviderInitTest, CallsDoNotWaitLongerForAnInitializeThatHangs) {
  SetInitWait(std::chrono::milliseconds(30));
  Signal inside;
  Signal go_on;
  provider_->on_init = [&](IWbemServices*, IWbemContext*, IWbemProviderInitSink* sink) {
    inside.Set();
    EXPECT_TRUE(go_on.Wait());
    return sink->SetStatus(WBEM_S_INITIALIZED, 0);
  };
  const auto first = NewLog();
  ASSERT_EQ(WBEM_S_NO_ERROR, EnumerateAsync(NewSink(first).get()));
  ASSERT_TRUE(inside.Wait());
  ExpectFailure(WBEM_E_PROVIDER_LOAD_FAILURE, "has not returned");
  go_on.Set();
  ASSERT_TRUE(first->WaitFinals());
  EXPECT_EQ(WBEM_S_NO_ERROR, first->Outcome()) << "it did answer in the end";
  EXPECT_EQ(WBEM_S_NO_ERROR, Enumerate()->Outcome());
  EXPECT_EQ(1, provider_->initialized);
}

TEST_F(ProviderInitTest, WhatCannotBeMadeIsALoadFailure) {
  provider_->on_create = [] { throw std::runtime_error("no room"); };
  ExpectFailure(WBEM_E_PROVIDER_LOAD_FAILURE, "no room");
  provider_->on_create = nullptr;
  provider_->has_init = false;
  ExpectFailure(WBEM_E_PROVIDER_LOAD_FAILURE, "IWbemProviderInit");
  provider_->has_init = true;
  provider_->has_services = false;
  ExpectFailure(WBEM_E_PROVIDER_LOAD_FAILURE, "IWbemServices");
  provider_->has_services = true;
  EXPECT_EQ(WBEM_S_NO_ERROR, Enumerate()->Outcome());
}

TEST_F(ProviderInitTest, ClassThatNobodyRegisteredIsALoadFailureThatNamesIt) {
  Register("Pushing", "{2B1F6A30-51C7-4F0A-8D11-7E5209A46CFF}");
  ExpectFailure(WBEM_E_PROVIDER_LOAD_FAILURE, "{2B1F6A30-51C7-4F0A-8D11-7E5209A46CFF}");
}

TEST_F(ProviderInitTest, BadRegistrationIsTheOutcomeOfTheCall) {
  Register("Pushing", "{nonsense}");
  ExpectFailure(WBEM_E_INVALID_PROVIDER_REGISTRATION, "{nonsense}");
  Register("Pushing", kPushingClassText, {{"Enabled", cim::Value::Boolean(false)}});
  ExpectFailure(WBEM_E_PROVIDER_DISABLED, "Enabled");
}

// ---- calling back ---------------------------------------------------------------------------------------------------

TEST_F(ComProviderTest, ProviderMayAskWmiWithTheContextItGot) {
  provider_->on_call = [&](const ProviderRequest& request) -> HRESULT {
    com::ComPtr<IEnumWbemClassObject> items;
    EXPECT_EQ(WBEM_S_NO_ERROR, request.name_space->ExecQuery(Literal(L"WQL"), Literal(L"SELECT * FROM T_Item"), 0,
                                                             request.context, items.Receive()));
    for (std::uint32_t i = 0;; ++i) {
      com::ComPtr<IWbemClassObject> item;
      ULONG count = 0;
      if (items->Next(WBEM_INFINITE, 1, item.Receive(), &count) != WBEM_S_NO_ERROR) break;
      Push(request.handler, i);
    }
    return Complete(request.handler);
  };
  const auto log = Enumerate();
  EXPECT_EQ(3u, log->Objects());
  EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
}

TEST_F(ComProviderTest, ProviderSeesTheValuesOfTheClientsContext) {
  com::ComPtr<Context> context = com::MakeCom<Context>();
  TestVariant value;
  VariantInit(&value.value);
  value.value.vt = VT_I4;
  value.value.lVal = 42;
  ASSERT_EQ(WBEM_S_NO_ERROR, context->SetValue(L"Level", 0, &value.value));
  std::atomic<long> seen = 0;
  provider_->on_call = [&](const ProviderRequest& request) -> HRESULT {
    TestVariant level;
    EXPECT_EQ(WBEM_S_NO_ERROR, request.context->GetValue(L"Level", 0, &level.value));
    seen = level.value.lVal;
    return Complete(request.handler);
  };
  const auto log = NewLog();
  ASSERT_EQ(WBEM_S_NO_ERROR,
            services_->CreateInstanceEnumAsync(Literal(L"T_Pushed"), 0, context.get(), NewSink(log).get()));
  context.Reset();
  ASSERT_TRUE(log->WaitFinals());
  EXPECT_EQ(42, seen);
}

TEST_F(ComProviderTest, ProviderThatAsksItselfEndsWithAQuotaError) {
  provider_->on_call = [&](const ProviderRequest& request) -> HRESULT {
    com::ComPtr<IEnumWbemClassObject> own;
    const HRESULT started =
        request.name_space->CreateInstanceEnum(Literal(L"T_Pushed"), 0, request.context, own.Receive());
    if (Failed(started)) return started;
    com::ComPtr<IWbemClassObject> object;
    ULONG count = 0;
    const HRESULT hr = own->Next(WBEM_INFINITE, 1, object.Receive(), &count);
    return Failed(hr) ? hr : Complete(request.handler);
  };
  EXPECT_EQ(WBEM_E_QUOTA_VIOLATION, Enumerate()->Outcome());
  EXPECT_GE(provider_->calls, static_cast<int>(limits::kCallDepthMax));
  EXPECT_LE(provider_->calls, static_cast<int>(limits::kCallDepthMax) + 2);
}

}  // namespace
}  // namespace wmi::api
