// Process security and the forms of a call (contract 4.1). What a missing CoInitializeSecurity does to a plain sink is
// in async_test.cc.
#include "api/call_start.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>

#include "api/test_support.h"
#include "api/unsecured_apartment.h"

namespace wmi::api {
namespace {

using com::ComPtr;

constexpr wchar_t kItems[] = L"SELECT * FROM T_Item";

HRESULT InitializeSecurity(DWORD authentication_level) {
  return CoInitializeSecurity(nullptr, -1, nullptr, nullptr, authentication_level, RPC_C_IMP_LEVEL_IMPERSONATE, nullptr,
                              EOAC_NONE, nullptr);
}

class ProcessSecurityTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    unsetenv("OPENWMI_IMPLICIT_SECURITY");
    unsetenv("OPENWMI_LOG");
    Forget();
  }
  void TearDown() override {
    unsetenv("OPENWMI_IMPLICIT_SECURITY");
    unsetenv("OPENWMI_LOG");
    ApiTest::TearDown();
  }
  static void Forget() {
    com::ResetProcessSecurityForTest();
    ResetSecurityDiagnosticForTest();
  }
};

struct SecurityRow {
  bool is_initialized;
  DWORD authentication_level;
  const char* implicit;  // OPENWMI_IMPLICIT_SECURITY; null: not set
  const char* log;       // OPENWMI_LOG; null: not set
  bool is_delivered;
};

TEST_F(ProcessSecurityTest, DecidesWhetherAnAsynchronousCallIsAnswered) {
  const SecurityRow rows[] = {
      {true, RPC_C_AUTHN_LEVEL_DEFAULT, nullptr, nullptr, true},
      {true, RPC_C_AUTHN_LEVEL_NONE, nullptr, nullptr, true},  // as the event samples have it
      {true, RPC_C_AUTHN_LEVEL_DEFAULT, "1", nullptr, true},
      {false, 0, nullptr, nullptr, false},
      {false, 0, nullptr, "1", false},
      {false, 0, "0", nullptr, false},
      {false, 0, "", nullptr, false},
      {false, 0, "yes", nullptr, false},
      {false, 0, "1", nullptr, true},
      {false, 0, "1", "1", true},
  };
  for (const SecurityRow& row : rows) {
    SCOPED_TRACE(&row - rows);
    Forget();
    if (row.implicit != nullptr) setenv("OPENWMI_IMPLICIT_SECURITY", row.implicit, 1);
    if (row.log != nullptr) setenv("OPENWMI_LOG", row.log, 1);
    if (row.is_initialized) {
      ASSERT_EQ(S_OK, InitializeSecurity(row.authentication_level));
    }
    testing::internal::CaptureStderr();
    for (int i = 0; i < 3; ++i) {
      auto log = std::make_shared<SinkLog>();
      EXPECT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, new TestSink(log, 0))) << "accepted either way";
      ASSERT_TRUE(log->WaitReferences(0));
      EXPECT_EQ(0, log->alive);
      EXPECT_EQ(row.is_delivered ? 3u : 0u, log->Objects());
      EXPECT_EQ(row.is_delivered ? 1u : 0u, log->Finals());
    }
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_EQ(row.is_delivered ? 0 : 1, std::count(said.begin(), said.end(), '\n')) << said;
    EXPECT_EQ(row.is_delivered ? std::string::npos : 0, said.find("openwmi: "));
    unsetenv("OPENWMI_IMPLICIT_SECURITY");
    unsetenv("OPENWMI_LOG");
  }
}

TEST_F(ProcessSecurityTest, IsAskedAtEachStart) {
  auto log = std::make_shared<SinkLog>();
  auto sink = ComPtr<TestSink>::Adopt(new TestSink(log));
  testing::internal::CaptureStderr();
  EXPECT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, sink.get()));
  testing::internal::GetCapturedStderr();
  EXPECT_EQ(0u, engine_->runtime().counters().active);
  EXPECT_EQ(WBEM_E_NOT_FOUND, services_->CancelAsyncCall(sink.get())) << "nothing to cancel";
  ASSERT_EQ(S_OK, InitializeSecurity(RPC_C_AUTHN_LEVEL_DEFAULT));
  EXPECT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, sink.get()));
  ASSERT_TRUE(log->WaitFinals());
  EXPECT_EQ(3u, log->Objects());
}

TEST_F(ProcessSecurityTest, ImplicitInitialisationIsTheProcessesOwn) {
  setenv("OPENWMI_IMPLICIT_SECURITY", "1", 1);
  auto log = std::make_shared<SinkLog>();
  EXPECT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, new TestSink(log, 0)));
  ASSERT_TRUE(log->WaitReferences(0));
  EXPECT_EQ(RPC_E_TOO_LATE, InitializeSecurity(RPC_C_AUTHN_LEVEL_DEFAULT));
  EXPECT_EQ(static_cast<DWORD>(RPC_C_IMP_LEVEL_IMPERSONATE), com::ProcessSecurityState().impersonation_level);
}

TEST_F(ProcessSecurityTest, SynchronousAndSemisynchronousCallsDoWithoutIt) {
  testing::internal::CaptureStderr();
  EXPECT_EQ("the one", PropertyText(GetOne(L"T_One=@").get(), L"Name"));
  for (const long flags : {0L, static_cast<long>(WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY)}) {
    auto enumerator = Query(kItems, flags);
    for (int i = 0; i < 4; ++i) {
      ComPtr<IWbemClassObject> object;
      ULONG returned = 0;
      EXPECT_EQ(i < 3 ? WBEM_S_NO_ERROR : WBEM_S_FALSE,
                enumerator->Next(WBEM_INFINITE, 1, object.Receive(), &returned));
    }
  }
  EXPECT_EQ("", testing::internal::GetCapturedStderr());
  EXPECT_FALSE(com::ProcessSecurityState().initialized);
}

TEST_F(ProcessSecurityTest, StubIsReleasedLikeAnySink) {
  auto apartment = com::MakeCom<UnsecuredApartment>(*engine_);
  auto log = std::make_shared<SinkLog>();
  ComPtr<IWbemObjectSink> stub;
  ASSERT_EQ(S_OK, apartment->CreateSinkStub(new TestSink(log, 0), WBEM_FLAG_UNSECAPP_DONT_CHECK_ACCESS, nullptr,
                                            stub.Receive()));
  testing::internal::CaptureStderr();
  EXPECT_EQ(WBEM_S_NO_ERROR, QueryAsync(kItems, stub.get()));
  EXPECT_NE(std::string::npos, testing::internal::GetCapturedStderr().find("CoInitializeSecurity"));
  EXPECT_EQ(2u, stub->AddRef());
  stub->Release();
  stub.Reset();
  EXPECT_EQ(0, log->alive);
  EXPECT_EQ(0u, log->Finals());
}

}  // namespace
}  // namespace wmi::api
