#include "api/enum_objects.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "api/test_support.h"

namespace wmi::api {
namespace {

using com::ComPtr;

constexpr wchar_t kItems[] = L"SELECT * FROM T_Item";
constexpr long kForward = WBEM_FLAG_FORWARD_ONLY;
constexpr long kImmediately = WBEM_FLAG_RETURN_IMMEDIATELY;
constexpr long kForms[] = {0, kForward, kImmediately, kImmediately | kForward};

class EnumObjectsTest : public ApiTest {
 protected:
  // The labels of what one Next gives, with its code: "0x0: item 0, item 1".
  std::string Next(IEnumWbemClassObject* enumerator, ULONG count, long timeout = WBEM_INFINITE) {
    std::vector<IWbemClassObject*> objects(count + 1, reinterpret_cast<IWbemClassObject*>(1));
    ULONG returned = 99;
    const HRESULT hr = enumerator->Next(timeout, count, objects.data(), &returned);
    std::string text = std::string(CodeName(hr)) + ":";
    for (ULONG i = 0; i < returned; ++i) {
      text += " " + PropertyText(objects[i], L"Id");
      objects[i]->Release();
    }
    EXPECT_TRUE(returned >= count || objects[returned] == nullptr);
    return text;
  }
  // Rows after `row` wait for `go_on`.
  void HoldAt(std::uint64_t row) {
    script_->blocking = provider::Blocking::kPossible;
    script_->before_row = [this, row](std::uint64_t next, const provider::Request&) {
      if (next == row) go_on_.Wait();
      return Status();
    };
  }

  Signal go_on_;
};

// Contract 5.2, the table of Next; checklist 18.
TEST_F(EnumObjectsTest, NextCountsWhatItReturns) {
  script_->items = 5;
  for (long form : kForms) {
    SCOPED_TRACE(form);
    ComPtr<IEnumWbemClassObject> enumerator = Query(kItems, form);
    EXPECT_EQ("WBEM_S_FALSE:", Next(enumerator.get(), 0));
    EXPECT_EQ("WBEM_S_NO_ERROR: 0 1", Next(enumerator.get(), 2));
    EXPECT_EQ("WBEM_S_NO_ERROR: 2", Next(enumerator.get(), 1));
    EXPECT_EQ("WBEM_S_FALSE: 3 4", Next(enumerator.get(), 3));
    EXPECT_EQ("WBEM_S_FALSE:", Next(enumerator.get(), 1));
    EXPECT_EQ("WBEM_S_FALSE:", Next(enumerator.get(), 1, WBEM_NO_WAIT));
  }
}

TEST_F(EnumObjectsTest, NextChecksItsArguments) {
  ComPtr<IEnumWbemClassObject> enumerator = Query(kItems);
  IWbemClassObject* object = nullptr;
  ULONG returned = 99;
  EXPECT_EQ(code::kInvalidParameter, enumerator->Next(0, 1, &object, nullptr));
  EXPECT_EQ(code::kInvalidParameter, enumerator->Next(0, 1, nullptr, &returned));
  EXPECT_EQ(0u, returned);
  returned = 99;
  EXPECT_EQ(code::kInvalidParameter, enumerator->Next(-7, 1, &object, &returned));
  EXPECT_EQ(0u, returned);
  EXPECT_NE(nullptr, TakeErrorObject().get());
  EXPECT_EQ(code::kInvalidParameter, enumerator->Skip(-7, 1));
  EXPECT_EQ(code::kInvalidParameter, enumerator->Clone(nullptr));
  EXPECT_EQ(code::kInvalidParameter, enumerator->NextAsync(1, nullptr));
  auto log = std::make_shared<SinkLog>();
  auto sink = ComPtr<TestSink>::Adopt(new TestSink(log));
  EXPECT_EQ(code::kInvalidParameter, enumerator->NextAsync(0, sink.get()));
  EXPECT_EQ("WBEM_S_NO_ERROR: 0", Next(enumerator.get(), 1)) << "refused calls do not move the enumerator";
}

// Decision 4: every spelling of infinity.
TEST_F(EnumObjectsTest, InfiniteHasManySpellings) {
  for (long timeout : {-1L, 0xFFFFFFFFL, static_cast<long>(WBEM_INFINITE), 0x1FFFFFFFFL}) {
    ComPtr<IEnumWbemClassObject> enumerator = Query(kItems, kImmediately);
    EXPECT_EQ("WBEM_S_NO_ERROR: 0 1 2", Next(enumerator.get(), 3, timeout));
  }
}

// Checklist 18: a time-out together with objects.
TEST_F(EnumObjectsTest, TimeOutReturnsWhatIsThere) {
  HoldAt(2);
  ComPtr<IEnumWbemClassObject> enumerator = Query(kItems, kImmediately | kForward);
  EXPECT_EQ("WBEM_S_NO_ERROR: 0", Next(enumerator.get(), 1));
  EXPECT_EQ("WBEM_S_TIMEDOUT:", Next(enumerator.get(), 2, WBEM_NO_WAIT).substr(0, 16));
  go_on_.Set();
  std::string rest = Next(enumerator.get(), 10);
  EXPECT_EQ("WBEM_S_FALSE:", rest.substr(0, 13));
}

TEST_F(EnumObjectsTest, SkipAndResetAndClone) {
  script_->items = 6;
  for (long form : {0L, kImmediately}) {
    SCOPED_TRACE(form);
    ComPtr<IEnumWbemClassObject> enumerator = Query(kItems, form);
    EXPECT_EQ(WBEM_S_NO_ERROR, enumerator->Skip(WBEM_INFINITE, 2));
    ComPtr<IEnumWbemClassObject> clone;
    ASSERT_EQ(WBEM_S_NO_ERROR, enumerator->Clone(clone.Receive()));
    EXPECT_EQ("WBEM_S_NO_ERROR: 2 3", Next(enumerator.get(), 2));
    EXPECT_EQ(WBEM_S_FALSE, enumerator->Skip(WBEM_INFINITE, 3));
    EXPECT_EQ(WBEM_S_NO_ERROR, enumerator->Reset());
    EXPECT_EQ("WBEM_S_NO_ERROR: 0", Next(enumerator.get(), 1));
    enumerator.Reset();
    EXPECT_EQ("WBEM_S_NO_ERROR: 2 3 4 5", Next(clone.get(), 4))
        << "a clone has its own place and outlives its original";
    EXPECT_EQ(WBEM_S_NO_ERROR, clone->Reset());
    EXPECT_EQ("WBEM_S_NO_ERROR: 0", Next(clone.get(), 1));
  }
}

// Checklist 19.
TEST_F(EnumObjectsTest, ForwardOnlyCannotGoBack) {
  for (long form : {kForward, kForward | kImmediately}) {
    ComPtr<IEnumWbemClassObject> enumerator = Query(kItems, form);
    IEnumWbemClassObject* clone = enumerator.get();
    EXPECT_EQ(code::kInvalidOperation, enumerator->Reset());
    EXPECT_EQ(code::kInvalidOperation, enumerator->Clone(&clone));
    EXPECT_EQ(nullptr, clone);
    EXPECT_EQ("IEnumWbemClassObject::Clone", PropertyText(TakeErrorObject().get(), L"Operation"));
    EXPECT_EQ(WBEM_S_NO_ERROR, enumerator->Skip(WBEM_INFINITE, 1));
    EXPECT_EQ("WBEM_S_NO_ERROR: 1 2", Next(enumerator.get(), 2));
  }
}

TEST_F(EnumObjectsTest, SkipTimesOut) {
  HoldAt(0);
  ComPtr<IEnumWbemClassObject> enumerator = Query(kItems, kImmediately);
  EXPECT_EQ(WBEM_S_TIMEDOUT, enumerator->Skip(1, 1));
  go_on_.Set();
  EXPECT_EQ("WBEM_S_NO_ERROR: 0", Next(enumerator.get(), 1));
}

// Contract 5.2: without RETURN_IMMEDIATELY everything is there when the enumerator is handed out.
TEST_F(EnumObjectsTest, SynchronousResultIsReadWithoutWaiting) {
  script_->items = 2000;
  ComPtr<IEnumWbemClassObject> enumerator = Query(kItems, kForward);
  std::array<IWbemClassObject*, 1000> objects;
  ULONG returned = 0;
  std::size_t total = 0;
  do {
    enumerator->Next(WBEM_NO_WAIT, objects.size(), objects.data(), &returned);
    for (ULONG i = 0; i < returned; ++i) objects[i]->Release();
    total += returned;
  } while (returned != 0);
  EXPECT_EQ(2000u, total);
}

TEST_F(EnumObjectsTest, LateErrorFollowsTheRows) {
  script_->items = 10;
  script_->before_row = [](std::uint64_t row, const provider::Request&) {
    return row == 2 ? Status(code::kProviderFailure, "broken at 2") : Status();
  };
  ComPtr<IEnumWbemClassObject> enumerator = Query(kItems, kImmediately | kForward);
  EXPECT_EQ("WBEM_S_NO_ERROR: 0 1", Next(enumerator.get(), 2));
  EXPECT_EQ("WBEM_E_PROVIDER_FAILURE:", Next(enumerator.get(), 1));
  EXPECT_EQ("ExecQuery", PropertyText(TakeErrorObject().get(), L"Operation"));
  EXPECT_EQ("WBEM_E_PROVIDER_FAILURE:", Next(enumerator.get(), 1)) << "the error stays";
}

TEST_F(EnumObjectsTest, CreateInstanceEnumByDepth) {
  const auto count = [&](const wchar_t* name, long flags) {
    ComPtr<IEnumWbemClassObject> enumerator;
    EXPECT_EQ(WBEM_S_NO_ERROR, services_->CreateInstanceEnum(Literal(name), flags, nullptr, enumerator.Receive()));
    return Next(enumerator.get(), 10);
  };
  EXPECT_EQ("WBEM_S_FALSE: 0 1 2", count(L"T_Base", WBEM_FLAG_DEEP));
  EXPECT_EQ("WBEM_S_FALSE:", count(L"T_Base", WBEM_FLAG_SHALLOW));
  EXPECT_EQ("WBEM_S_FALSE: 0 1 2", count(L"t_item", WBEM_FLAG_SHALLOW));
  EXPECT_EQ("WBEM_S_FALSE:", count(L"T_Base", WBEM_FLAG_DIRECT_READ));
  EXPECT_EQ("WBEM_S_FALSE:", Next(Query(L"SELECT * FROM T_Base", WBEM_FLAG_DIRECT_READ).get(), 10));
  EXPECT_EQ("WBEM_S_FALSE: 0 1 2", Next(Query(L"SELECT * FROM T_Base").get(), 10));
  ComPtr<IEnumWbemClassObject> enumerator;
  EXPECT_EQ(WBEM_E_INVALID_CLASS, services_->CreateInstanceEnum(Literal(L"Nothing"), 0, nullptr, enumerator.Receive()));
}

// Checklist 21.
TEST_F(EnumObjectsTest, NextAsyncEndsWithItsCount) {
  script_->items = 5;
  for (long form : kForms) {
    SCOPED_TRACE(form);
    ComPtr<IEnumWbemClassObject> enumerator = Query(kItems, form);
    const auto next = [&](ULONG count, HRESULT outcome, std::size_t objects) {
      auto log = std::make_shared<SinkLog>();
      ASSERT_EQ(WBEM_S_NO_ERROR, enumerator->NextAsync(count, new TestSink(log, 0)));
      ASSERT_TRUE(log->WaitReferences(0));
      EXPECT_EQ(outcome, log->Outcome());
      EXPECT_EQ(objects, log->Objects());
    };
    next(3, WBEM_S_NO_ERROR, 3);
    next(3, WBEM_S_FALSE, 2);
    auto log = std::make_shared<SinkLog>();
    auto sink = ComPtr<TestSink>::Adopt(new TestSink(log));
    EXPECT_EQ(WBEM_S_FALSE, enumerator->NextAsync(1, sink.get())) << "nothing is left";
    EXPECT_EQ(1u, log->references);
    EXPECT_EQ(0u, log->Finals());
  }
}

// R9: requests are served in their order.
TEST_F(EnumObjectsTest, NextWaitsForANextAsyncBeforeIt) {
  script_->items = 4;
  HoldAt(0);
  ComPtr<IEnumWbemClassObject> enumerator = Query(kItems, kImmediately);
  auto log = std::make_shared<SinkLog>();
  ASSERT_EQ(WBEM_S_NO_ERROR, enumerator->NextAsync(3, new TestSink(log, 0)));
  EXPECT_EQ("WBEM_S_TIMEDOUT:", Next(enumerator.get(), 1, WBEM_NO_WAIT));
  go_on_.Set();
  EXPECT_EQ("WBEM_S_NO_ERROR: 3", Next(enumerator.get(), 1));
  ASSERT_TRUE(log->WaitReferences(0));
  EXPECT_EQ(3u, log->Objects());
}

// Contract 5.2: to stop a NextAsync, release the enumerator.
TEST_F(EnumObjectsTest, ReleaseEndsAPendingNextAsync) {
  HoldAt(1);
  ComPtr<IEnumWbemClassObject> enumerator = Query(kItems, kImmediately);
  auto log = std::make_shared<SinkLog>();
  ASSERT_EQ(WBEM_S_NO_ERROR, enumerator->NextAsync(3, new TestSink(log, 0)));
  enumerator.Reset();
  EXPECT_TRUE(log->WaitReferences(0));
  EXPECT_EQ(WBEM_E_CALL_CANCELLED, log->Outcome());
  go_on_.Set();
}

// Checklist 30.
TEST_F(EnumObjectsTest, ReleaseInTheMiddleStopsTheProducer) {
  script_->items = 1'000'000'000;
  script_->blocking = provider::Blocking::kPossible;
  script_->before_row = [](std::uint64_t, const provider::Request& request) {
    return request.stop.stop_requested() ? Status(code::kCallCancelled) : Status();
  };
  for (long form : {kImmediately, kImmediately | kForward}) {
    ComPtr<IEnumWbemClassObject> enumerator = Query(kItems, form);
    EXPECT_EQ("WBEM_S_NO_ERROR: 0 1", Next(enumerator.get(), 2));
  }
  const TimePoint deadline = SteadyClock().Now() + kWaitMax;
  EXPECT_TRUE(engine_->runtime().table().WaitEmpty(deadline));
  EXPECT_LT(script_->rows_read, 10'000u) << "an unread enumerator holds its producer back";
}

// R10.
TEST_F(EnumObjectsTest, OnlyItsPrincipalMayUseAnEnumerator) {
  auto other = std::make_shared<engine::Session>(*engine_, session_->name_space(),
                                                 engine::Principal{session_->principal().uid + 1}, session_->lane(),
                                                 session_->time_limit(), session_->quota());
  services_ = com::MakeCom<Services>(other);
  ComPtr<IEnumWbemClassObject> enumerator = Query(kItems, kImmediately);
  IWbemClassObject* object = nullptr;
  ULONG returned = 99;
  auto log = std::make_shared<SinkLog>();
  auto sink = ComPtr<TestSink>::Adopt(new TestSink(log));
  ComPtr<IEnumWbemClassObject> clone;
  EXPECT_EQ(WBEM_E_ACCESS_DENIED, enumerator->Next(WBEM_INFINITE, 1, &object, &returned));
  EXPECT_EQ(0u, returned);
  EXPECT_EQ(WBEM_E_ACCESS_DENIED, enumerator->Skip(WBEM_INFINITE, 1));
  EXPECT_EQ(WBEM_E_ACCESS_DENIED, enumerator->Reset());
  EXPECT_EQ(WBEM_E_ACCESS_DENIED, enumerator->Clone(clone.Receive()));
  EXPECT_EQ(WBEM_E_ACCESS_DENIED, enumerator->NextAsync(1, sink.get()));
  EXPECT_EQ(1u, log->references);
}

TEST_F(EnumObjectsTest, ConcurrentReadersShareTheRowsOut) {
  script_->items = 4000;
  ComPtr<IEnumWbemClassObject> enumerator = Query(kItems, kImmediately | kForward);
  std::atomic<std::size_t> total = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      std::array<IWbemClassObject*, 7> objects;
      ULONG returned = 1;
      while (returned != 0) {
        enumerator->Next(WBEM_INFINITE, objects.size(), objects.data(), &returned);
        for (ULONG k = 0; k < returned; ++k) objects[k]->Release();
        total += returned;
      }
    });
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(4000u, total);
}

}  // namespace
}  // namespace wmi::api
