// A stub alone, called as WMI calls it (contract 4.4).
#include "api/sink_stub.h"

#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/test_support.h"
#include "base/limits.h"

namespace wmi::api {
namespace {

using com::ComPtr;

constexpr std::uint32_t kAlice = 1000;
constexpr std::uint32_t kBob = 1001;

// A sink with everything that a sink may have. Its count starts at zero, as in many programs.
class FullSink final : public IWbemObjectSinkEx {
 public:
  explicit FullSink(std::vector<std::string>& calls) : calls_(calls) {}

  HRESULT QueryInterface(REFIID riid, void** object) override {
    *object = nullptr;
    if (riid != __uuidof(IUnknown) && riid != __uuidof(IWbemObjectSink) && riid != __uuidof(IWbemObjectSinkEx)) {
      return E_NOINTERFACE;
    }
    *object = this;
    AddRef();
    return S_OK;
  }
  ULONG AddRef() override { return ++count_; }
  ULONG Release() override {
    const ULONG left = --count_;
    if (left == 0) delete this;
    return left;
  }
  HRESULT Indicate(long count, IWbemClassObject**) override { return Note("Indicate " + std::to_string(count)); }
  HRESULT SetStatus(long flags, HRESULT result, BSTR text, IWbemClassObject*) override {
    return Note("SetStatus " + std::to_string(flags) + " " + std::to_string(result) + " " + Utf8(text));
  }
  HRESULT WriteMessage(ULONG channel, const BSTR message) override {
    return Note("WriteMessage " + std::to_string(channel) + " " + Utf8(message));
  }
  HRESULT WriteError(IWbemClassObject*, unsigned char* returned) override {
    *returned = 1;
    return Note("WriteError");
  }
  HRESULT PromptUser(const BSTR message, unsigned char type, unsigned char* returned) override {
    *returned = 2;
    return Note("PromptUser " + Utf8(message) + " " + std::to_string(type));
  }
  HRESULT WriteProgress(const BSTR activity, const BSTR operation, const BSTR description, ULONG percent,
                        ULONG seconds) override {
    return Note("WriteProgress " + Utf8(activity) + " " + Utf8(operation) + " " + Utf8(description) + " " +
                std::to_string(percent) + " " + std::to_string(seconds));
  }
  HRESULT WriteStreamParameter(const BSTR name, VARIANT*, ULONG type, ULONG flags) override {
    return Note("WriteStreamParameter " + Utf8(name) + " " + std::to_string(type) + " " + std::to_string(flags));
  }

 private:
  ~FullSink() { calls_.push_back("gone"); }
  HRESULT Note(std::string call) {
    calls_.push_back(std::move(call));
    return WBEM_S_FALSE;
  }

  std::vector<std::string>& calls_;
  std::atomic<ULONG> count_ = 0;
};

class SinkStubTest : public testing::Test {
 protected:
  void SetUp() override { live_before_ = com::LiveObjects(); }
  void TearDown() override { EXPECT_EQ(live_before_, com::LiveObjects()) << "stubs leaked"; }

  ComPtr<SinkStub> NewStub(IWbemObjectSink* sink, AccessCheck check = AccessCheck::kNone) {
    auto stub = com::MakeCom<SinkStub>(check, [this] { return engine::Principal{caller_.load()}; });
    EXPECT_EQ(S_OK, stub->AttachSink(sink));
    return stub;
  }
  static std::shared_ptr<SinkLog> NewLog() { return std::make_shared<SinkLog>(); }

  std::atomic<std::uint32_t> caller_ = kAlice;

 private:
  std::size_t live_before_ = 0;
};

TEST_F(SinkStubTest, OwnsTheSinkWhateverItsCountWas) {
  for (const ULONG initial : {0u, 1u, 2u}) {
    for (const bool as_object : {false, true}) {
      auto log = NewLog();
      auto* sink = new TestSink(log, initial);
      auto stub = com::MakeCom<SinkStub>(AccessCheck::kNone, engine::Principal::OfCaller);
      EXPECT_EQ(S_OK, as_object ? stub->AttachObject(sink) : stub->AttachSink(sink));
      EXPECT_EQ(initial + 1, log->references);
      for (ULONG i = 0; i < initial; ++i) sink->Release();
      EXPECT_EQ(1, log->alive) << "the client's references are not needed";
      EXPECT_EQ(WBEM_S_NO_ERROR, stub->SetStatus(WBEM_STATUS_COMPLETE, 0, nullptr, nullptr));
      stub.Reset();
      EXPECT_EQ(0, log->alive);
      EXPECT_EQ(1u, log->Finals());
    }
  }
}

TEST_F(SinkStubTest, IsMarkedAndHasOneIdentity) {
  auto log = NewLog();
  auto stub = NewStub(new TestSink(log, 0));
  EXPECT_TRUE(stub->Unknown() != nullptr);
  const auto sink = ComPtr<IUnknown>(stub->Unknown()).As<IWbemObjectSink>();
  EXPECT_EQ(static_cast<void*>(stub->Unknown()), static_cast<void*>(sink.get())) << "what CancelAsyncCall compares";
  const auto marker = sink.As<IUnsecured>();
  ASSERT_TRUE(marker);
  EXPECT_EQ(stub->Unknown(), marker.As<IUnknown>().get());
  EXPECT_FALSE(sink.As<IWbemObjectSinkEx>()) << "the sink has none";
  EXPECT_FALSE(sink.As<IWbemServices>());
  EXPECT_FALSE(ComPtr<IWbemObjectSink>::Adopt(new TestSink(log)).As<IUnsecured>());
}

TEST_F(SinkStubTest, OffersTheExtendedSinkIfTheSinkIsOne) {
  std::vector<std::string> calls;
  auto stub = NewStub(new FullSink(calls));
  auto extended = ComPtr<IWbemObjectSink>(stub).As<IWbemObjectSinkEx>();
  ASSERT_TRUE(extended);
  EXPECT_EQ(static_cast<void*>(stub->Unknown()), static_cast<void*>(extended.get()));
  unsigned char returned = 0;
  EXPECT_EQ(WBEM_S_FALSE, extended->SetStatus(WBEM_STATUS_PROGRESS, 7, Literal(L"text"), nullptr));
  EXPECT_EQ(WBEM_S_FALSE, extended->WriteMessage(1, Literal(L"m")));
  EXPECT_EQ(WBEM_S_FALSE, extended->WriteError(nullptr, &returned));
  EXPECT_EQ(1, returned);
  EXPECT_EQ(WBEM_S_FALSE, extended->PromptUser(Literal(L"p"), 3, &returned));
  EXPECT_EQ(2, returned);
  EXPECT_EQ(WBEM_S_FALSE, extended->WriteProgress(Literal(L"a"), Literal(L"o"), Literal(L"d"), 50, 9));
  EXPECT_EQ(WBEM_S_FALSE, extended->WriteStreamParameter(Literal(L"s"), nullptr, 8, 1));
  extended.Reset();
  stub.Reset();
  const std::vector<std::string> expected = {
      "SetStatus 2 7 text",       "WriteMessage 1 m",           "WriteError", "PromptUser p 3",
      "WriteProgress a o d 50 9", "WriteStreamParameter s 8 1", "gone"};
  EXPECT_EQ(expected, calls);
}

TEST_F(SinkStubTest, ExtendedMethodsNeedAnExtendedSink) {
  auto stub = NewStub(new TestSink(NewLog(), 0));
  EXPECT_EQ(WBEM_E_NOT_SUPPORTED, stub->WriteMessage(0, nullptr));
  EXPECT_EQ(WBEM_E_NOT_SUPPORTED, stub->WriteProgress(nullptr, nullptr, nullptr, 0, 0));
}

class NoSink final : public com::ComObject<IUnknown> {};

TEST_F(SinkStubTest, RefusesWhatIsNoSinkAndLeavesItAlone) {
  auto object = com::MakeCom<NoSink>();
  auto stub = com::MakeCom<SinkStub>(AccessCheck::kNone, engine::Principal::OfCaller);
  EXPECT_EQ(E_NOINTERFACE, stub->AttachObject(object->Unknown()));
  stub.Reset();
  EXPECT_EQ(2u, object->AddRef());
  object->Release();
}

struct ArrayRow {
  long count;
  bool has_array;
  long null_at;  // -1: none
  HRESULT result;
  std::size_t reach_the_sink;
};

TEST_F(SinkStubTest, MalformedArraysDoNotReachTheSink) {
  constexpr HRESULT kInvalid = WBEM_E_INVALID_PARAMETER;
  const ArrayRow rows[] = {
      {1, true, -1, WBEM_S_NO_ERROR, 1},  {3, true, -1, WBEM_S_NO_ERROR, 3}, {0, true, -1, WBEM_S_NO_ERROR, 0},
      {0, false, -1, WBEM_S_NO_ERROR, 0}, {-1, true, -1, kInvalid, 0},       {-1, false, -1, kInvalid, 0},
      {1, false, -1, kInvalid, 0},        {3, true, 0, kInvalid, 0},         {3, true, 2, kInvalid, 0},
  };
  for (const ArrayRow& row : rows) {
    SCOPED_TRACE(&row - rows);
    auto log = NewLog();
    auto stub = NewStub(new TestSink(log, 0), AccessCheck::kFirstCaller);
    // A sink keeps what it is given by its count alone, so anything counted does for an object.
    auto something = com::MakeCom<SinkStub>(AccessCheck::kNone, engine::Principal::OfCaller);
    std::vector<IWbemClassObject*> objects(3, reinterpret_cast<IWbemClassObject*>(something->Unknown()));
    if (row.null_at >= 0) objects[static_cast<std::size_t>(row.null_at)] = nullptr;
    EXPECT_EQ(row.result, stub->Indicate(row.count, row.has_array ? objects.data() : nullptr));
    EXPECT_EQ(row.reach_the_sink, log->Objects());
    EXPECT_EQ(row.reach_the_sink == 0 ? 0u : 1u, log->Batches());
    if (FAILED(row.result)) {
      caller_ = kBob;
      EXPECT_EQ(WBEM_S_NO_ERROR, stub->SetStatus(0, 0, nullptr, nullptr)) << "a malformed call claims nothing";
      caller_ = kAlice;
    }
  }
}

struct CallerRow {
  AccessCheck check;
  std::uint32_t caller;
  HRESULT result;
};

TEST_F(SinkStubTest, CheckLetsTheFirstCallerBackInAlone) {
  constexpr HRESULT kDenied = WBEM_E_ACCESS_DENIED;
  for (const AccessCheck check : {AccessCheck::kNone, AccessCheck::kFirstCaller}) {
    std::vector<std::string> calls;
    auto stub = NewStub(new FullSink(calls), check);
    const bool is_checked = check == AccessCheck::kFirstCaller;
    std::size_t heard = 0;
    // 0 is root: no account is more equal.
    for (const std::uint32_t caller : {kAlice, kBob, 0u, kAlice, ~0u}) {
      SCOPED_TRACE(caller);
      caller_ = caller;
      const bool denied = is_checked && caller != kAlice;
      unsigned char returned = 0;
      for (const HRESULT hr :
           {stub->Indicate(0, nullptr), stub->SetStatus(WBEM_STATUS_PROGRESS, 0, nullptr, nullptr),
            stub->SetStatus(WBEM_STATUS_COMPLETE, 0, nullptr, nullptr), stub->WriteMessage(0, nullptr),
            stub->WriteError(nullptr, &returned), stub->PromptUser(nullptr, 0, &returned),
            stub->WriteProgress(nullptr, nullptr, nullptr, 0, 0), stub->WriteStreamParameter(nullptr, nullptr, 0, 0)}) {
        EXPECT_EQ(denied ? kDenied : S_OK, FAILED(hr) ? hr : S_OK);
      }
      heard += denied ? 0 : 7;
      EXPECT_EQ(heard, calls.size()) << "a stranger is not heard";
    }
  }
}

TEST_F(SinkStubTest, OneOfTwoFirstCallersWins) {
  for (int round = 0; round < 50; ++round) {
    auto log = NewLog();
    thread_local std::uint32_t uid = 0;
    auto stub = com::MakeCom<SinkStub>(AccessCheck::kFirstCaller, [] { return engine::Principal{uid}; });
    ASSERT_EQ(S_OK, stub->AttachSink(new TestSink(log, 0)));
    std::latch start(2);
    HRESULT results[2];
    const auto call = [&](std::uint32_t own_uid, HRESULT& result) {
      uid = own_uid;
      start.arrive_and_wait();
      result = stub->SetStatus(WBEM_STATUS_PROGRESS, 0, nullptr, nullptr);
    };
    std::thread other([&] { call(kAlice, results[0]); });
    call(kBob, results[1]);
    other.join();
    EXPECT_EQ(1, (results[0] == S_OK) + (results[1] == S_OK));
    EXPECT_EQ(1, (results[0] == WBEM_E_ACCESS_DENIED) + (results[1] == WBEM_E_ACCESS_DENIED));
  }
}

TEST_F(SinkStubTest, WhatTheSinkThrowsStaysInside) {
  auto log = NewLog();
  auto* sink = new TestSink(log, 0);
  sink->on_indicate = [](long, IWbemClassObject**) -> HRESULT { throw std::runtime_error("thrown by a test"); };
  sink->on_status = [](long, HRESULT) -> HRESULT { throw std::bad_alloc(); };
  auto stub = NewStub(sink);
  auto something = com::MakeCom<NoSink>();
  auto* object = reinterpret_cast<IWbemClassObject*>(something->Unknown());
  EXPECT_EQ(WBEM_E_FAILED, stub->Indicate(1, &object));
  EXPECT_EQ(WBEM_E_FAILED, stub->SetStatus(WBEM_STATUS_COMPLETE, 0, nullptr, nullptr));
  stub.Reset();
  EXPECT_EQ(0, log->alive);
}

// A sink that throws where it should count.
class ThrowingSink final : public IWbemObjectSink {
 public:
  HRESULT QueryInterface(REFIID, void**) override { throw 1; }
  ULONG AddRef() override {
    if (add_throws) throw 2;
    return 1;
  }
  ULONG Release() override { throw 3; }
  HRESULT Indicate(long, IWbemClassObject**) override { return S_OK; }
  HRESULT SetStatus(long, HRESULT, BSTR, IWbemClassObject*) override { return S_OK; }
  bool add_throws = false;
};

TEST_F(SinkStubTest, ThrowingCountersAreKeptInside) {
  ThrowingSink sink;
  auto stub = com::MakeCom<SinkStub>(AccessCheck::kNone, engine::Principal::OfCaller);
  EXPECT_EQ(WBEM_E_FAILED, stub->AttachObject(&sink));
  sink.add_throws = true;
  EXPECT_EQ(WBEM_E_FAILED, stub->AttachSink(&sink));
  sink.add_throws = false;
  EXPECT_EQ(S_OK, stub->AttachSink(&sink));
  EXPECT_EQ(S_OK, stub->SetStatus(0, 0, nullptr, nullptr));
  stub.Reset();
}

// Answers every identifier with itself, and means only the simple sink by it.
class GreedySink final : public IWbemObjectSink {
 public:
  HRESULT QueryInterface(REFIID, void** object) override {
    *object = this;
    ++count;
    return S_OK;
  }
  ULONG AddRef() override { return ++count; }
  ULONG Release() override { return --count; }
  HRESULT Indicate(long, IWbemClassObject**) override { return S_OK; }
  HRESULT SetStatus(long, HRESULT, BSTR, IWbemClassObject*) override { return 5; }
  ULONG count = 0;
};

TEST_F(SinkStubTest, SinkThatAnswersEverythingIsNotTakenForAStub) {
  GreedySink sink;
  auto stub = NewStub(&sink);
  EXPECT_EQ(5, stub->SetStatus(0, 0, nullptr, nullptr));
  stub.Reset();
  EXPECT_EQ(0u, sink.count);
}

TEST_F(SinkStubTest, AnswersOfTheSinkArePassedOn) {
  auto log = NewLog();
  auto* sink = new TestSink(log, 0);
  HRESULT answer = 0;
  sink->on_status = [&](long, HRESULT) { return answer; };
  auto stub = NewStub(sink);
  for (const HRESULT hr : {HRESULT{WBEM_S_NO_ERROR}, HRESULT{WBEM_S_FALSE}, HRESULT{WBEM_E_FAILED}, E_ABORT}) {
    answer = hr;
    EXPECT_EQ(hr, stub->SetStatus(WBEM_STATUS_PROGRESS, 0, nullptr, nullptr));
  }
}

TEST_F(SinkStubTest, LastReferenceMayGoInsideACallback) {
  auto log = NewLog();
  auto* sink = new TestSink(log, 0);
  auto* stub = NewStub(sink).Detach();
  sink->on_status = [&](long, HRESULT) {
    stub->Release();
    EXPECT_EQ(1, log->alive) << "not under its own callback";
    return WBEM_S_NO_ERROR;
  };
  EXPECT_EQ(WBEM_S_NO_ERROR, stub->SetStatus(WBEM_STATUS_COMPLETE, 0, nullptr, nullptr));
  EXPECT_EQ(0, log->alive);
}

TEST_F(SinkStubTest, CallbacksOfOneStubMayOverlap) {
  auto log = NewLog();
  auto* sink = new TestSink(log, 0);
  std::latch both(2);
  sink->on_status = [&](long, HRESULT) {
    both.arrive_and_wait();  // would never be passed if the stub let in one at a time
    return WBEM_S_NO_ERROR;
  };
  auto stub = NewStub(sink, AccessCheck::kFirstCaller);
  std::thread other([&] { stub->SetStatus(WBEM_STATUS_PROGRESS, 0, nullptr, nullptr); });
  stub->SetStatus(WBEM_STATUS_PROGRESS, 0, nullptr, nullptr);
  other.join();
  EXPECT_TRUE(log->overlapped);
}

TEST_F(SinkStubTest, StubOfAStubIsASinkLikeAnyOther) {
  auto log = NewLog();
  auto inner = NewStub(new TestSink(log, 0), AccessCheck::kFirstCaller);
  auto outer = NewStub(inner.get());
  EXPECT_NE(inner->Unknown(), outer->Unknown());
  EXPECT_EQ(WBEM_S_NO_ERROR, outer->SetStatus(WBEM_STATUS_PROGRESS, 0, nullptr, nullptr));
  caller_ = kBob;
  EXPECT_EQ(WBEM_E_ACCESS_DENIED, outer->SetStatus(WBEM_STATUS_COMPLETE, 0, nullptr, nullptr)) << "both checks count";
  inner.Reset();
  EXPECT_EQ(1, log->alive);
  outer.Reset();
  EXPECT_EQ(0, log->alive);
}

TEST_F(SinkStubTest, DepthOfStubsIsBounded) {
  auto log = NewLog();
  auto stub = NewStub(new TestSink(log, 0));
  for (std::size_t depth = 2; depth <= limits::kStubDepthMax; ++depth) stub = NewStub(stub.get());
  for (const bool as_object : {false, true}) {
    auto one_more = com::MakeCom<SinkStub>(AccessCheck::kNone, engine::Principal::OfCaller);
    EXPECT_EQ(WBEM_E_QUOTA_VIOLATION,
              as_object ? one_more->AttachObject(stub->Unknown()) : one_more->AttachSink(stub.get()));
  }
  EXPECT_EQ(WBEM_S_NO_ERROR, stub->SetStatus(WBEM_STATUS_COMPLETE, 0, nullptr, nullptr));
  EXPECT_EQ(1u, log->Finals());
  stub.Reset();
  EXPECT_EQ(0, log->alive);
}

}  // namespace
}  // namespace wmi::api
