// Asynchronous calls as a client sees them: the checklist of the contract (section 13) and R1 to R8.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/call_start.h"
#include "api/test_support.h"
#include "base/fault.h"
#include "engine/test_support.h"

namespace wmi::api {
namespace {

using com::ComPtr;

constexpr wchar_t kItems[] = L"SELECT * FROM T_Item";

class AsyncTest : public ApiTest {
 protected:
  static std::shared_ptr<SinkLog> NewLog() { return std::make_shared<SinkLog>(); }
  // A sink of which the test holds the only reference.
  static ComPtr<TestSink> NewSink(const std::shared_ptr<SinkLog>& log) {
    return ComPtr<TestSink>::Adopt(new TestSink(log));
  }
  static void ExpectOrderly(const SinkLog& log) {
    EXPECT_FALSE(log.overlapped) << "two callbacks at one time (R2)";
    EXPECT_FALSE(log.late) << "a callback after the final status (R5)";
  }
  // Rows that keep coming until the call ends.
  void ProduceForEver() {
    script_->items = 100'000'000;
    script_->blocking = provider::Blocking::kPossible;
    script_->before_row = [](std::uint64_t, const provider::Request& request) {
      return request.stop.stop_requested() ? Status(code::kCallCancelled) : Status();
    };
  }
};

// Checklist 1; R1.
TEST_F(AsyncTest, RefusedStartLeavesTheSinkAlone) {
  auto log = NewLog();
  auto* sink = new TestSink(log, 0);
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, QueryAsync(kItems, sink, 0x4000));
  EXPECT_EQ(WBEM_E_INVALID_QUERY_TYPE, services_->ExecQueryAsync(Literal(L"XQL"), Literal(kItems), 0, nullptr, sink));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, services_->DeleteInstanceAsync(nullptr, 0, nullptr, sink));
  EXPECT_NE(nullptr, TakeErrorObject().get());
  EXPECT_EQ(1, log->alive);
  EXPECT_EQ(0u, log->references);
  EXPECT_EQ(0u, log->Finals());
  sink->AddRef();
  sink->Release();
  EXPECT_EQ(0, log->alive);
}

TEST_F(AsyncTest, RefusedForLackOfAPlaceLeavesTheSinkAlone) {
  services_.Reset();
  session_.reset();
  engine::Engine::Options options;
  options.runtime.operations_per_session_max = 1;
  engine::Engine small(options);
  small.catalogue().SetSystemClasses({"s.mof", ReadFile(std::string(WMI_SOURCE_DIR) + "/schema/system.mof")});
  ASSERT_TRUE(small.catalogue().AddNamespace("ROOT\\test").ok());
  ASSERT_TRUE(small.catalogue().Compile({"t.mof", kTestMof}, "ROOT\\test").ok());
  auto log = NewLog();
  Signal inside;
  Signal go_on;
  auto busy = NewSink(log);
  busy->on_indicate = [inside, go_on](long, IWbemClassObject**) {
    inside.Set();
    go_on.Wait();
    return WBEM_S_NO_ERROR;
  };
  services_ = com::MakeCom<Services>(small.Connect("root\\test").value());
  ASSERT_EQ(WBEM_S_NO_ERROR, services_->GetObjectAsync(Literal(L"T_Item"), 0, nullptr, busy.get()));
  ASSERT_TRUE(inside.Wait());
  auto refused_log = NewLog();
  auto* refused = new TestSink(refused_log, 0);
  EXPECT_EQ(WBEM_E_QUOTA_VIOLATION, services_->GetObjectAsync(Literal(L"T_Item"), 0, nullptr, refused));
  EXPECT_EQ(1, refused_log->alive);
  EXPECT_EQ(0u, refused_log->references);
  refused->AddRef();
  refused->Release();
  go_on.Set();
  EXPECT_TRUE(log->WaitReferences(1));
  services_.Reset();
}

TEST_F(AsyncTest, StartWithoutMemoryLeavesTheSinkAlone) {
  auto log = NewLog();
  auto* sink = new TestSink(log, 0);
  {
    const FaultScope no_memory("engine.insert");
    EXPECT_EQ(WBEM_E_OUT_OF_MEMORY, QueryAsync(kItems, sink));
  }
  EXPECT_EQ(1, log->alive);
  EXPECT_EQ(0u, log->references);
  // A first turn that cannot be queued is late: the call had been accepted.
  {
    const FaultScope no_memory("engine.post");
    EXPECT_EQ(0, QueryAsync(kItems, sink));
  }
  EXPECT_EQ(0, log->alive) << "released after its one final status";
  EXPECT_EQ(1u, log->Finals());
  EXPECT_EQ(WBEM_E_OUT_OF_MEMORY, log->Outcome());
}

// Checklist 2.
TEST_F(AsyncTest, ClientMayReleaseItsOnlyReferenceAtOnce) {
  auto log = NewLog();
  std::atomic<std::thread::id> status_thread;
  {
    auto sink = NewSink(log);
    sink->on_status = [&](long, HRESULT) {
      status_thread = std::this_thread::get_id();
      return WBEM_S_NO_ERROR;
    };
    EXPECT_EQ(0, QueryAsync(kItems, sink.get()));
  }
  ASSERT_TRUE(log->WaitFinals());
  EXPECT_TRUE(log->WaitReferences(0));
  EXPECT_EQ(0, log->alive);
  EXPECT_EQ(3u, log->Objects());
  EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
  EXPECT_NE(std::this_thread::get_id(), status_thread.load());
  ExpectOrderly(*log);
}

// Checklist 3.
TEST_F(AsyncTest, SinkWithoutAReferenceLivesUntilTheFinalStatus) {
  auto log = NewLog();
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, new TestSink(log, 0)));
  ASSERT_TRUE(log->WaitReferences(0));
  EXPECT_EQ(0, log->alive);
  EXPECT_EQ(1u, log->Finals());
  EXPECT_EQ(3u, log->Objects());
}

// Checklist 4; R3.
TEST_F(AsyncTest, EmptyResultIsOneFinalStatusAndNoIndicate) {
  script_->items = 0;
  for (const wchar_t* query : {kItems, L"SELECT * FROM T_Base", L"SELECT * FROM T_Item WHERE Id = \"none\""}) {
    auto log = NewLog();
    ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(query, new TestSink(log, 0)));
    ASSERT_TRUE(log->WaitReferences(0));
    EXPECT_EQ(0u, log->Batches());
    EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
    EXPECT_EQ(nullptr, log->Error().get());
    MutexLock lock(log->mutex);
    EXPECT_FALSE(log->finals.front().has_text);
  }
}

// Checklist 5.
TEST_F(AsyncTest, UnknownClassArrivesWithTheFinalStatus) {
  auto log = NewLog();
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(L"SELECT * FROM Nothing", new TestSink(log, 0)));
  EXPECT_EQ(nullptr, TakeErrorObject().get());
  ASSERT_TRUE(log->WaitReferences(0));
  EXPECT_EQ(WBEM_E_INVALID_CLASS, log->Outcome());
  ComPtr<IWbemClassObject> error = log->Error();
  ASSERT_NE(nullptr, error.get());
  EXPECT_EQ("__ExtendedStatus", PropertyText(error.get(), L"__CLASS"));
  EXPECT_EQ("ExecQuery", PropertyText(error.get(), L"Operation"));
  EXPECT_EQ(std::to_string(static_cast<std::uint32_t>(WBEM_E_INVALID_CLASS)), PropertyText(error.get(), L"StatusCode"));
  EXPECT_NE(std::string::npos, PropertyText(error.get(), L"Description").find("Nothing"));
}

// Checklist 6; R4. An exception is a failure too.
TEST_F(AsyncTest, FailureOfIndicateCancels) {
  const std::vector<std::function<HRESULT()>> failures = {
      [] { return WBEM_E_FAILED; },
      [] { return E_OUTOFMEMORY; },
      []() -> HRESULT { throw std::runtime_error("from the sink"); },
      []() -> HRESULT { throw 5; },
  };
  ProduceForEver();
  for (const auto& failure : failures) {
    auto log = NewLog();
    auto sink = NewSink(log);
    sink->on_indicate = [&](long, IWbemClassObject**) { return failure(); };
    ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, sink.get()));
    ASSERT_TRUE(log->WaitReferences(1));
    EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
    EXPECT_EQ(nullptr, log->Error().get());
    EXPECT_EQ(1u, log->Batches());
    ExpectOrderly(*log);
  }
}

// Checklist 7; contract 2.2.
TEST_F(AsyncTest, OtherSuccessesOfIndicateGoOn) {
  script_->items = 200;
  for (HRESULT answer : {WBEM_S_FALSE, WBEM_S_NEW_STYLE}) {
    auto log = NewLog();
    auto sink = NewSink(log);
    sink->on_indicate = [=](long, IWbemClassObject**) { return answer; };
    ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, sink.get()));
    ASSERT_TRUE(log->WaitReferences(1));
    EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
    EXPECT_EQ(200u, log->Objects());
  }
}

// Checklist 8.
TEST_F(AsyncTest, KeptObjectsOutliveEverything) {
  script_->items = 100;
  auto log = NewLog();
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, new TestSink(log, 0)));
  ASSERT_TRUE(log->WaitReferences(0));
  services_.Reset();
  session_.reset();
  engine_.reset();
  ComPtr<IWbemClassObject> last;
  {
    MutexLock lock(log->mutex);
    ASSERT_EQ(100u, log->objects.size());
    last = log->objects.back();
    log->objects.clear();
  }
  EXPECT_EQ("item 99", PropertyText(last.get(), L"Label"));
  EXPECT_EQ("\\\\TESTHOST\\ROOT\\test:T_Item.Id=\"99\"", PropertyText(last.get(), L"__PATH"));
}

// Checklist 9; R6, R7.
TEST_F(AsyncTest, CancelWaitsForTheCallbackThatRuns) {
  ProduceForEver();
  auto log = NewLog();
  auto sink = NewSink(log);
  // The callback returns when the cancellation has reached the provider, so not before CancelAsyncCall is under way.
  const auto go_on = std::make_shared<Signal>();
  std::unique_ptr<std::stop_callback<std::function<void()>>> on_stop;
  script_->before_row = [&, produce = script_->before_row](std::uint64_t row, const provider::Request& request) {
    if (row == 0) {
      on_stop = std::make_unique<std::stop_callback<std::function<void()>>>(request.stop, [go_on] { go_on->Set(); });
    }
    return produce(row, request);
  };
  Signal inside;
  std::atomic<bool> returned = false;
  sink->on_indicate = [&](long, IWbemClassObject**) {
    inside.Set();
    go_on->Wait();
    returned = true;
    return WBEM_S_NO_ERROR;
  };
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, sink.get()));
  ASSERT_TRUE(inside.Wait());
  EXPECT_EQ(WBEM_S_NO_ERROR, services_->CancelAsyncCall(sink.get()));
  EXPECT_TRUE(returned);
  EXPECT_EQ(1u, log->references) << "WMI's references are gone when CancelAsyncCall returns (R7)";
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
  EXPECT_EQ(1u, log->Batches());
  ExpectOrderly(*log);
}

TEST_F(AsyncTest, CancelEndsACallWhoseProviderHangs) {
  // The provider's thread is still inside when the test ends.
  const auto reading = std::make_shared<Signal>();
  const auto go_on = std::make_shared<Signal>();
  script_->blocking = provider::Blocking::kPossible;
  script_->before_row = [=](std::uint64_t, const provider::Request&) {
    reading->Set();
    go_on->Wait();
    return Status();
  };
  auto log = NewLog();
  auto sink = NewSink(log);
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, sink.get()));
  ASSERT_TRUE(reading->Wait());
  EXPECT_EQ(WBEM_S_NO_ERROR, services_->CancelAsyncCall(sink.get()));
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
  EXPECT_EQ(1u, log->references);
  go_on->Set();
}

// Checklist 10; contract 3, rule 8.
TEST_F(AsyncTest, CancelAfterTheEndIsHarmless) {
  auto log = NewLog();
  auto sink = NewSink(log);
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, sink.get()));
  ASSERT_TRUE(log->WaitReferences(1));
  ASSERT_TRUE(engine_->runtime().table().WaitEmpty(SteadyClock().Now() + kWaitMax));
  EXPECT_EQ(WBEM_E_NOT_FOUND, services_->CancelAsyncCall(sink.get()));
  EXPECT_EQ(1u, log->Finals());
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, services_->CancelAsyncCall(nullptr));
  // A pointer that dangles is only compared.
  auto* gone = sink.Detach();
  gone->Release();
  EXPECT_EQ(WBEM_E_NOT_FOUND, services_->CancelAsyncCall(gone));
}

TEST_F(AsyncTest, CancelOfAnotherConnectionIsNotHeard) {
  ProduceForEver();
  auto log = NewLog();
  auto sink = NewSink(log);
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, sink.get()));
  ComPtr<Services> other = com::MakeCom<Services>(engine_->Connect("root\\test").value());
  EXPECT_EQ(WBEM_E_NOT_FOUND, other->CancelAsyncCall(sink.get()));
  EXPECT_EQ(0u, log->Finals());
  EXPECT_EQ(WBEM_S_NO_ERROR, services_->CancelAsyncCall(sink.get()));
  EXPECT_EQ(1u, log->Finals());
}

// Checklist 11; R6.
TEST_F(AsyncTest, OneCancelEndsAllCallsOfASink) {
  ProduceForEver();
  auto log = NewLog();
  auto sink = NewSink(log);
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, sink.get()));
  ASSERT_EQ(WBEM_S_NO_ERROR, services_->CreateInstanceEnumAsync(Literal(L"T_Item"), 0, nullptr, sink.get()));
  EXPECT_EQ(WBEM_S_NO_ERROR, services_->CancelAsyncCall(sink.get()));
  EXPECT_EQ(2u, log->Finals());
  EXPECT_EQ(1u, log->references);
  MutexLock lock(log->mutex);
  for (const SinkLog::Final& final_status : log->finals) EXPECT_EQ(WBEM_E_CALL_CANCELLED, final_status.code);
}

// Checklist 12.
TEST_F(AsyncTest, CancelInsideIndicateDoesNotWait) {
  ProduceForEver();
  auto log = NewLog();
  auto sink = NewSink(log);
  std::atomic<HRESULT> cancelled = WBEM_E_FAILED;
  sink->on_indicate = [&](long, IWbemClassObject**) {
    cancelled = services_->CancelAsyncCall(sink.get());
    return WBEM_S_NO_ERROR;
  };
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, sink.get()));
  ASSERT_TRUE(log->WaitReferences(1));
  EXPECT_EQ(WBEM_S_NO_ERROR, cancelled);
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
  EXPECT_EQ(1u, log->Batches());
}

TEST_F(AsyncTest, TwoSinksMayCancelEachOther) {
  ProduceForEver();
  for (int round = 0; round < 50; ++round) {
    const std::shared_ptr<SinkLog> logs[2] = {NewLog(), NewLog()};
    const ComPtr<TestSink> sinks[2] = {NewSink(logs[0]), NewSink(logs[1])};
    for (int i = 0; i < 2; ++i) {
      sinks[i]->on_indicate = [&, i](long, IWbemClassObject**) {
        services_->CancelAsyncCall(sinks[1 - i].get());
        return WBEM_S_NO_ERROR;
      };
    }
    for (const auto& sink : sinks) ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, sink.get()));
    // Whoever is not cancelled by the other one is cancelled here.
    ASSERT_TRUE(logs[0]->WaitFor([&] { return logs[0]->references == 1 || logs[1]->references == 1; }));
    for (const auto& sink : sinks) services_->CancelAsyncCall(sink.get());
    for (const auto& log : logs) {
      ASSERT_TRUE(log->WaitReferences(1));
      EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
      ExpectOrderly(*log);
    }
  }
}

TEST_F(AsyncTest, CancelInsideSetStatusDoesNotWait) {
  auto log = NewLog();
  auto sink = NewSink(log);
  sink->on_status = [&](long, HRESULT) {
    services_->CancelAsyncCall(sink.get());
    return WBEM_S_NO_ERROR;
  };
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, sink.get()));
  ASSERT_TRUE(log->WaitReferences(1));
  EXPECT_EQ(1u, log->Finals());
}

// Checklist 13.
TEST_F(AsyncTest, SinkMayCallBackInEveryForm) {
  auto log = NewLog();
  auto inner = NewLog();
  auto sink = NewSink(log);
  std::atomic<int> read = 0;
  sink->on_indicate = [&](long, IWbemClassObject**) {
    if (read++ > 0) return WBEM_S_NO_ERROR;
    EXPECT_EQ("the one", PropertyText(GetOne(L"T_One=@").get(), L"Name"));
    EXPECT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, new TestSink(inner, 0)));
    EXPECT_TRUE(inner->WaitReferences(0));
    return WBEM_S_NO_ERROR;
  };
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, sink.get()));
  ASSERT_TRUE(log->WaitReferences(1));
  EXPECT_EQ(3u, log->Objects());
  EXPECT_EQ(3u, inner->Objects());
}

// Checklist 14.
TEST_F(AsyncTest, ProgressIsSentWhenAskedFor) {
  for (engine::WantsProgress wants : {engine::WantsProgress::kYes, engine::WantsProgress::kNo}) {
    auto log = NewLog();
    engine::NumberSource::Script source;
    source.total = 300;
    source.reports_progress = true;
    auto sink = NewSink(log);
    const Status started = StartForSink(
        {session_, "Test", "numbers", std::make_unique<engine::NumberSource>(std::move(source))}, sink.get(), wants);
    ASSERT_TRUE(started.ok());
    ASSERT_TRUE(log->WaitReferences(1));
    EXPECT_EQ(300u, log->Objects());
    EXPECT_EQ(1u, log->Finals());
    ExpectOrderly(*log);
    MutexLock lock(log->mutex);
    EXPECT_EQ(wants == engine::WantsProgress::kYes, !log->progress.empty());
    for (const auto& [flags, hr] : log->progress) {
      EXPECT_EQ(WBEM_STATUS_PROGRESS, flags);
      EXPECT_EQ(300, HIWORD(hr));
      EXPECT_LE(LOWORD(hr), 300);
    }
  }
}

// Contract 2.3: a failing return from a progress call cancels.
TEST_F(AsyncTest, FailureOfAProgressCallCancels) {
  auto log = NewLog();
  engine::NumberSource::Script source;
  source.total = 1'000'000'000;
  source.reports_progress = true;
  auto sink = NewSink(log);
  sink->on_status = [](long flags, HRESULT) { return flags == WBEM_STATUS_PROGRESS ? WBEM_E_FAILED : WBEM_S_NO_ERROR; };
  const Status started =
      StartForSink({session_, "Test", "numbers", std::make_unique<engine::NumberSource>(std::move(source))}, sink.get(),
                   engine::WantsProgress::kYes);
  ASSERT_TRUE(started.ok());
  ASSERT_TRUE(log->WaitReferences(1));
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
}

// Contract 2.3: results that were indicated stay valid when the end is an error.
TEST_F(AsyncTest, RowsComeBeforeTheFailureThatFollowsThem) {
  script_->items = 100;
  script_->before_row = [](std::uint64_t row, const provider::Request&) {
    return row == 50 ? Status(code::kProviderFailure, "broken at 50") : Status();
  };
  auto log = NewLog();
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, new TestSink(log, 0)));
  ASSERT_TRUE(log->WaitReferences(0));
  EXPECT_EQ(WBEM_E_PROVIDER_FAILURE, log->Outcome());
  EXPECT_EQ(50u, log->Objects());
  EXPECT_EQ("Scripted", PropertyText(log->Error().get(), L"ProviderName"));
}

// R2 for a sink that is shared by calls: each call keeps its own order and ends once.
TEST_F(AsyncTest, ManyCallsEndOnceEach) {
  constexpr std::size_t kCalls = 500;
  script_->items = 10;
  std::vector<std::shared_ptr<SinkLog>> logs;
  for (std::size_t i = 0; i < kCalls; ++i) {
    logs.push_back(NewLog());
    ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(L"SELECT Id FROM T_Item", new TestSink(logs.back(), 0)));
  }
  for (const auto& log : logs) {
    ASSERT_TRUE(log->WaitReferences(0));
    EXPECT_EQ(10u, log->Objects());
    EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
    ExpectOrderly(*log);
  }
}

TEST_F(AsyncTest, HungSinkDelaysNobodyElse) {
  auto hung_log = NewLog();
  auto hung = NewSink(hung_log);
  Signal go_on;
  Signal inside;
  hung->on_indicate = [inside, go_on](long, IWbemClassObject**) {
    inside.Set();
    go_on.Wait();
    return WBEM_S_NO_ERROR;
  };
  for (int i = 0; i < 5; ++i) ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, hung.get()));
  ASSERT_TRUE(inside.Wait());
  auto log = NewLog();
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, new TestSink(log, 0)));
  EXPECT_TRUE(log->WaitReferences(0));
  EXPECT_EQ(3u, log->Objects());
  go_on.Set();
  EXPECT_TRUE(hung_log->WaitReferences(1));
  EXPECT_EQ(5u, hung_log->Finals());
}

TEST_F(AsyncTest, CallsGoOnWhenTheConnectionIsReleased) {
  script_->items = 1000;
  auto log = NewLog();
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, new TestSink(log, 0)));
  services_.Reset();
  session_.reset();
  ASSERT_TRUE(log->WaitReferences(0));
  EXPECT_EQ(1000u, log->Objects());
}

TEST_F(AsyncTest, GetObjectAsyncIndicatesTheOneObject) {
  for (const wchar_t* path : {L"T_Item", L"T_Item.Id=\"2\""}) {
    auto log = NewLog();
    ASSERT_EQ(WBEM_S_NO_ERROR, services_->GetObjectAsync(Literal(path), 0, nullptr, new TestSink(log, 0)));
    ASSERT_TRUE(log->WaitReferences(0));
    EXPECT_EQ(1u, log->Objects());
    EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
  }
  auto log = NewLog();
  ASSERT_EQ(WBEM_S_NO_ERROR, services_->GetObjectAsync(Literal(L"T_Item.Id=\"9\""), 0, nullptr, new TestSink(log, 0)));
  ASSERT_TRUE(log->WaitReferences(0));
  EXPECT_EQ(0u, log->Objects());
  EXPECT_EQ(WBEM_E_NOT_FOUND, log->Outcome());
  EXPECT_EQ("GetObject", PropertyText(log->Error().get(), L"Operation"));
}

// Contract 4.1.
TEST_F(AsyncTest, WithoutProcessSecurityTheSinkIsReleasedAndGetsNothing) {
  com::ResetProcessSecurityForTest();
  ResetSecurityDiagnosticForTest();
  testing::internal::CaptureStderr();
  auto log = NewLog();
  EXPECT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, new TestSink(log, 0)));
  EXPECT_EQ(0, log->alive) << "a sink without a reference dies";
  auto sink = NewSink(log);
  EXPECT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, sink.get()));
  EXPECT_EQ(1u, log->references);
  EXPECT_EQ(0u, engine_->runtime().counters().active);
  EXPECT_EQ(0u, log->Finals());
  EXPECT_EQ(0u, log->Batches());
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(std::string::npos, said.find("CoInitializeSecurity"));
  EXPECT_NE(std::string::npos, said.find("OPENWMI_IMPLICIT_SECURITY=1"));
  EXPECT_EQ(1, std::count(said.begin(), said.end(), '\n')) << "once per process";
  // The other forms work either way.
  EXPECT_EQ("the one", PropertyText(GetOne(L"T_One=@").get(), L"Name"));
}

TEST_F(AsyncTest, ProcessSecurityCanBeImplicit) {
  com::ResetProcessSecurityForTest();
  ASSERT_EQ(0, setenv("OPENWMI_IMPLICIT_SECURITY", "1", 1));
  auto log = NewLog();
  EXPECT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, new TestSink(log, 0)));
  ASSERT_EQ(0, unsetenv("OPENWMI_IMPLICIT_SECURITY"));
  ASSERT_TRUE(log->WaitReferences(0));
  EXPECT_EQ(3u, log->Objects());
  EXPECT_TRUE(com::ProcessSecurityState().initialized);
}

TEST_F(AsyncTest, ShutdownEndsEveryCallWithItsCode) {
  ProduceForEver();
  auto log = NewLog();
  auto sink = NewSink(log);
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, sink.get()));
  EXPECT_TRUE(engine_->runtime().Shutdown(SteadyClock().Now() + kWaitMax).empty());
  EXPECT_EQ(WBEM_E_SHUTTING_DOWN, log->Outcome());
  EXPECT_EQ(1u, log->references);
  EXPECT_EQ(WBEM_E_SHUTTING_DOWN, QueryAsync(kItems, sink.get()));
  EXPECT_EQ(1u, log->references);
}

}  // namespace
}  // namespace wmi::api
