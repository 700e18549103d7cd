// The apartment as a program uses it, with calls through its stubs (contract 4.4; checklist 10 and 27).
#include "api/unsecured_apartment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include "api/factories.h"
#include "api/test_support.h"
#include "com/class_registry.h"

namespace wmi::api {
namespace {

using com::ComPtr;

constexpr wchar_t kItems[] = L"SELECT * FROM T_Item";

class UnsecuredApartmentTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    apartment_ = NewApartment(AccessCheck::kNone);
  }
  void TearDown() override {
    apartment_.Reset();
    com::ResetRegistryForTest();
    ApiTest::TearDown();
  }
  ComPtr<UnsecuredApartment> NewApartment(AccessCheck default_check) {
    UnsecuredApartment::Surroundings surroundings;
    surroundings.default_check = [default_check] { return default_check; };
    surroundings.caller = [this] { return engine::Principal{caller_.load()}; };
    return com::MakeCom<UnsecuredApartment>(*engine_, std::move(surroundings));
  }
  ComPtr<IWbemObjectSink> NewStub(IWbemObjectSink* sink, DWORD flags = WBEM_FLAG_UNSECAPP_DONT_CHECK_ACCESS) {
    ComPtr<IWbemObjectSink> stub;
    EXPECT_EQ(WBEM_S_NO_ERROR, apartment_->CreateSinkStub(sink, flags, nullptr, stub.Receive()));
    return stub;
  }
  static std::shared_ptr<SinkLog> NewLog() { return std::make_shared<SinkLog>(); }
  // What GetErrorInfo has, as text; empty if nothing.
  static std::string ErrorDescription() {
    ComPtr<IErrorInfo> info;
    if (GetErrorInfo(0, info.Receive()) != S_OK) return "";
    return PropertyText(info.As<IWbemClassObject>().get(), L"Description");
  }
  void ProduceForEver() {
    script_->items = 100'000'000;
    script_->blocking = provider::Blocking::kPossible;
    script_->before_row = [](std::uint64_t, const provider::Request& request) {
      return request.stop.stop_requested() ? Status(code::kCallCancelled) : Status();
    };
  }

  ComPtr<UnsecuredApartment> apartment_;
  std::atomic<std::uint32_t> caller_ = 1000;
};

TEST_F(UnsecuredApartmentTest, IsAClassUnderBothNamesAndContexts) {
  RegisterClasses(*engine_);
  for (const CLSID& clsid : {CLSID_UnsecuredApartment, CLSID_WbemUnsecuredApartment}) {
    for (const DWORD context : {DWORD{CLSCTX_LOCAL_SERVER}, DWORD{CLSCTX_INPROC_SERVER}, DWORD{CLSCTX_ALL}}) {
      for (const IID& iid : {IID_IUnsecuredApartment, IID_IWbemUnsecuredApartment, IID_IUnknown}) {
        ComPtr<IUnknown> apartment;
        EXPECT_EQ(S_OK, CoCreateInstance(clsid, nullptr, context, iid, reinterpret_cast<void**>(apartment.Receive())));
        EXPECT_TRUE(apartment.As<IWbemUnsecuredApartment>());
      }
    }
  }
}

struct ArgumentRow {
  bool has_sink;
  DWORD flags;
  const wchar_t* reserved;
  bool has_target;
  HRESULT result;
  const char* complaint;
};

// Checklist 27.
TEST_F(UnsecuredApartmentTest, CreateSinkStubChecksItsArguments) {
  constexpr HRESULT kInvalid = WBEM_E_INVALID_PARAMETER;
  const ArgumentRow rows[] = {
      {true, 0, nullptr, true, S_OK, ""},
      {true, 1, nullptr, true, S_OK, ""},
      {true, 2, nullptr, true, S_OK, ""},
      {true, 3, nullptr, true, kInvalid, "dwFlags is 0x3"},
      {true, 4, nullptr, true, kInvalid, "dwFlags"},
      {true, 0x80000000u, nullptr, true, kInvalid, "dwFlags"},
      {true, static_cast<DWORD>(-1), nullptr, true, kInvalid, "dwFlags"},
      {true, 0, L"", true, kInvalid, "wszReserved"},
      {false, 0, nullptr, true, kInvalid, "pSink"},
      {true, 0, nullptr, false, kInvalid, "ppStub"},
  };
  for (const ArgumentRow& row : rows) {
    SCOPED_TRACE(&row - rows);
    auto log = NewLog();
    auto* sink = new TestSink(log, 0);
    auto* stub = reinterpret_cast<IWbemObjectSink*>(this);
    EXPECT_EQ(row.result, apartment_->CreateSinkStub(row.has_sink ? sink : nullptr, row.flags, row.reserved,
                                                     row.has_target ? &stub : nullptr));
    const std::string description = ErrorDescription();
    EXPECT_EQ(row.result == S_OK, description.empty());
    EXPECT_NE(std::string::npos, description.find(row.complaint)) << description;
    if (row.result == S_OK) {
      stub->Release();
    } else {
      EXPECT_TRUE(!row.has_target || stub == nullptr);
      EXPECT_EQ(0u, log->references) << "a refused sink is what it was";
      sink->AddRef();
      sink->Release();
    }
    EXPECT_EQ(0, log->alive);
  }
}

TEST_F(UnsecuredApartmentTest, CreateObjectStubTakesSinksAlone) {
  auto* stub = reinterpret_cast<IUnknown*>(this);
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, apartment_->CreateObjectStub(nullptr, &stub));
  EXPECT_EQ(nullptr, stub);
  EXPECT_NE(std::string::npos, ErrorDescription().find("pObject is NULL"));
  auto log = NewLog();
  auto sink = ComPtr<TestSink>::Adopt(new TestSink(log));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, apartment_->CreateObjectStub(sink.get(), nullptr));

  stub = reinterpret_cast<IUnknown*>(this);
  EXPECT_EQ(E_NOINTERFACE, apartment_->CreateObjectStub(services_->Unknown(), &stub));
  EXPECT_EQ(nullptr, stub);
  EXPECT_NE(std::string::npos, ErrorDescription().find("IID_IWbemObjectSink"));

  ComPtr<IUnknown> made;
  EXPECT_EQ(S_OK, apartment_->CreateObjectStub(sink.get(), made.Receive()));
  EXPECT_EQ(2u, log->references);
  EXPECT_TRUE(made.As<IWbemObjectSink>());
  EXPECT_TRUE(made.As<IUnsecured>());
}

struct CheckRow {
  DWORD flags;
  AccessCheck machine;
  bool as_object;
  bool is_checked;
};

TEST_F(UnsecuredApartmentTest, FlagsAndMachineDecideWhoMayCall) {
  constexpr auto kNo = AccessCheck::kNone;
  constexpr auto kYes = AccessCheck::kFirstCaller;
  const CheckRow rows[] = {
      {WBEM_FLAG_UNSECAPP_DEFAULT_CHECK_ACCESS, kNo, false, false},
      {WBEM_FLAG_UNSECAPP_DEFAULT_CHECK_ACCESS, kYes, false, true},
      {WBEM_FLAG_UNSECAPP_CHECK_ACCESS, kNo, false, true},
      {WBEM_FLAG_UNSECAPP_CHECK_ACCESS, kYes, false, true},
      {WBEM_FLAG_UNSECAPP_DONT_CHECK_ACCESS, kNo, false, false},
      {WBEM_FLAG_UNSECAPP_DONT_CHECK_ACCESS, kYes, false, false},
      {0, kNo, true, false},
      {0, kYes, true, true},
  };
  for (const CheckRow& row : rows) {
    SCOPED_TRACE(&row - rows);
    apartment_ = NewApartment(row.machine);
    auto log = NewLog();
    auto* sink = new TestSink(log, 0);
    ComPtr<IWbemObjectSink> stub;
    if (row.as_object) {
      ComPtr<IUnknown> made;
      ASSERT_EQ(S_OK, apartment_->CreateObjectStub(sink, made.Receive()));
      stub = made.As<IWbemObjectSink>();
    } else {
      stub = NewStub(sink, row.flags);
    }
    caller_ = 1000;
    EXPECT_EQ(WBEM_S_NO_ERROR, stub->SetStatus(WBEM_STATUS_PROGRESS, 0, nullptr, nullptr));
    caller_ = 1001;
    EXPECT_EQ(row.is_checked ? WBEM_E_ACCESS_DENIED : WBEM_S_NO_ERROR,
              stub->SetStatus(WBEM_STATUS_COMPLETE, 0, nullptr, nullptr));
    EXPECT_EQ(row.is_checked ? 0u : 1u, log->Finals());
  }
}

struct SettingRow {
  const char* text;
  AccessCheck result;
  int lines_said;
};

TEST_F(UnsecuredApartmentTest, MachineSettingIsZeroOrOne) {
  const SettingRow rows[] = {
      {"", AccessCheck::kNone, 0},
      {"UnsecAppAccessControlDefault = 0", AccessCheck::kNone, 0},
      {"UnsecAppAccessControlDefault = 1", AccessCheck::kFirstCaller, 0},
      {"unsecappaccesscontroldefault=1 # checked", AccessCheck::kFirstCaller, 0},
      {"# UnsecAppAccessControlDefault = 1", AccessCheck::kNone, 0},
      {"UnsecAppAccessControlDefault = 2", AccessCheck::kNone, 1},
      {"UnsecAppAccessControlDefault = true", AccessCheck::kNone, 1},
  };
  for (const SettingRow& row : rows) {
    SCOPED_TRACE(row.text);
    testing::internal::CaptureStderr();
    EXPECT_EQ(row.result, DefaultAccessCheck(Settings::Parse(row.text, "x.conf")));
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_EQ(row.lines_said, std::count(said.begin(), said.end(), '\n'));
    EXPECT_EQ(row.lines_said == 1, said.find("x.conf:1: ") != std::string::npos);
  }
}

TEST_F(UnsecuredApartmentTest, CallsDeliverThroughTheStub) {
  auto log = NewLog();
  auto stub = NewStub(new TestSink(log, 0), WBEM_FLAG_UNSECAPP_CHECK_ACCESS);
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, stub.get()));
  stub.Reset();
  ASSERT_TRUE(log->WaitReferences(0));
  EXPECT_EQ(3u, log->Objects());
  EXPECT_EQ(WBEM_S_NO_ERROR, log->Outcome());
}

TEST_F(UnsecuredApartmentTest, RefusedStartLeavesTheStubAlone) {
  auto log = NewLog();
  auto stub = NewStub(new TestSink(log, 0));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, QueryAsync(kItems, stub.get(), 0x4000));
  EXPECT_EQ(2u, stub->AddRef());
  stub->Release();
  EXPECT_EQ(0u, log->Finals());
}

TEST_F(UnsecuredApartmentTest, OneStubServesSeveralCallsAtOnceAndInTurn) {
  auto log = NewLog();
  auto stub = NewStub(new TestSink(log, 0));
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, stub.get()));
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, stub.get()));
  ASSERT_TRUE(log->WaitFinals(2));
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(L"SELECT * FROM T_One", stub.get()));
  ASSERT_TRUE(log->WaitFinals(3));
  EXPECT_EQ(7u, log->Objects());
  EXPECT_EQ(1, log->alive);
}

// Checklist 10 and 11.
TEST_F(UnsecuredApartmentTest, CancelWantsTheStub) {
  ProduceForEver();
  auto log = NewLog();
  auto sink = ComPtr<TestSink>::Adopt(new TestSink(log));
  auto stub = NewStub(sink.get());
  auto other = NewStub(sink.get());
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, stub.get()));
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, stub.get()));
  EXPECT_EQ(WBEM_E_NOT_FOUND, services_->CancelAsyncCall(sink.get())) << "the real sink is unknown";
  EXPECT_EQ(WBEM_E_NOT_FOUND, services_->CancelAsyncCall(other.get())) << "so is another stub of it";
  const std::size_t batches = log->Batches();
  EXPECT_TRUE(log->WaitFor([&]() WMI_NO_THREAD_SAFETY_ANALYSIS { return log->batches.size() > batches; }))
      << "the calls live on";
  EXPECT_EQ(0u, log->Finals());

  EXPECT_EQ(WBEM_S_NO_ERROR, services_->CancelAsyncCall(stub.get()));
  EXPECT_EQ(2u, stub->AddRef()) << "WMI let go of the stub before it returned";
  stub->Release();
  ASSERT_EQ(2u, log->Finals());
  MutexLock lock(log->mutex);
  for (const SinkLog::Final& final : log->finals) EXPECT_EQ(WBEM_E_CALL_CANCELLED, final.code);
}

TEST_F(UnsecuredApartmentTest, CancelTakesTheExtendedFaceOfTheStubToo) {
  auto log = NewLog();
  auto stub = NewStub(new TestSink(log, 0));
  ProduceForEver();
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, stub.get()));
  const auto unknown = stub.As<IUnknown>();
  EXPECT_EQ(WBEM_S_NO_ERROR, services_->CancelAsyncCall(reinterpret_cast<IWbemObjectSink*>(unknown.get())));
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
}

TEST_F(UnsecuredApartmentTest, StubMayBeReleasedInTheFinalStatus) {
  auto log = NewLog();
  auto* sink = new TestSink(log, 0);
  IWbemObjectSink* stub = NewStub(sink).Detach();
  sink->on_status = [&](long flags, HRESULT) {
    if (flags == WBEM_STATUS_COMPLETE) stub->Release();
    return WBEM_S_NO_ERROR;
  };
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, stub));
  ASSERT_TRUE(log->WaitReferences(0));
  EXPECT_EQ(0, log->alive);
  EXPECT_EQ(1u, log->Finals());
}

TEST_F(UnsecuredApartmentTest, FailingSinkCancelsItsCallAlone) {
  ProduceForEver();
  auto log = NewLog();
  auto* sink = new TestSink(log, 0);
  sink->on_indicate = [](long, IWbemClassObject**) -> HRESULT { throw 1; };
  auto stub = NewStub(sink);
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, stub.get()));
  ASSERT_TRUE(log->WaitFinals());
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
  EXPECT_EQ(1u, log->Batches());
}

// An account that is not the first caller's: the operation sees a failing sink and ends.
TEST_F(UnsecuredApartmentTest, DeniedCallbackEndsTheCallUnheard) {
  auto log = NewLog();
  auto stub = NewStub(new TestSink(log, 0), WBEM_FLAG_UNSECAPP_CHECK_ACCESS);
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, stub.get()));
  ASSERT_TRUE(log->WaitFinals());
  const std::size_t objects = log->Objects();
  caller_ = 1001;
  ASSERT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, stub.get()));
  ASSERT_TRUE(engine_->runtime().Shutdown(SteadyClock().Now() + kWaitMax).empty());
  EXPECT_EQ(objects, log->Objects());
  EXPECT_EQ(1u, log->Finals());
}

// What a program holds in the official event sample.
struct Held {
  ComPtr<IWbemServices> services;
  ComPtr<IWbemLocator> locator;
  ComPtr<IUnsecuredApartment> apartment;
  ComPtr<IUnknown> stub_unknown;
  ComPtr<IWbemObjectSink> sink;
  ComPtr<IWbemObjectSink> stub_sink;
};

using Drop = std::function<void(Held&)>;

// Checklist 27; contract 4.4, the observation: any order, the sample's among them.
TEST_F(UnsecuredApartmentTest, EveryReleaseOrderEndsWithNothingLeft) {
  RegisterClasses(*engine_);
  const Drop drops[] = {
      [](Held& held) { held.services.Reset(); },  [](Held& held) { held.locator.Reset(); },
      [](Held& held) { held.apartment.Reset(); }, [](Held& held) { held.stub_unknown.Reset(); },
      [](Held& held) { held.sink.Reset(); },      [](Held& held) { held.stub_sink.Reset(); },
  };
  const std::size_t live = com::LiveObjects();
  std::vector<std::size_t> order = {0, 1, 2, 3, 4, 5};  // the sample's
  int orders = 0;
  do {
    auto log = NewLog();
    Held held;
    ASSERT_EQ(S_OK, CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                                     reinterpret_cast<void**>(held.locator.Receive())));
    ASSERT_EQ(S_OK, held.locator->ConnectServer(Literal(L"root\\test"), nullptr, nullptr, nullptr, 0, nullptr, nullptr,
                                                held.services.Receive()));
    ASSERT_EQ(S_OK, CoCreateInstance(CLSID_UnsecuredApartment, nullptr, CLSCTX_LOCAL_SERVER, IID_IUnsecuredApartment,
                                     reinterpret_cast<void**>(held.apartment.Receive())));
    held.sink = ComPtr<IWbemObjectSink>::Adopt(new TestSink(log, 1));
    ASSERT_EQ(S_OK, held.apartment->CreateObjectStub(held.sink.get(), held.stub_unknown.Receive()));
    held.stub_sink = held.stub_unknown.As<IWbemObjectSink>();
    // Every other time the call is still there while things go.
    const bool cancels = orders % 2 == 0;
    ASSERT_EQ(WBEM_S_NO_ERROR,
              held.services->ExecQueryAsync(Literal(L"WQL"), Literal(kItems), 0, nullptr, held.stub_sink.get()));
    if (cancels) held.services->CancelAsyncCall(held.stub_sink.get());
    for (const std::size_t index : order) drops[index](held);
    ASSERT_TRUE(log->WaitReferences(0));
    EXPECT_EQ(0, log->alive);
    EXPECT_EQ(1u, log->Finals());
    EXPECT_FALSE(log->late);
    ++orders;
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(720, orders);
  // The last delivery thread may be on its way out of the last operation.
  ASSERT_TRUE(engine_->runtime().Shutdown(SteadyClock().Now() + kWaitMax).empty());
  EXPECT_EQ(live, com::LiveObjects());
}

}  // namespace
}  // namespace wmi::api
