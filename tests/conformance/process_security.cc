// Process security (contract 4.1). It can be set once in a process, so ctest runs each of these tests in one of its
// own; without a filter only the first would see a fresh process.
#include <algorithm>
#include <cstdlib>

#include "sink.h"

namespace wmi::conformance {
namespace {

constexpr wchar_t kQuery[] = L"SELECT Handle FROM Win32_Process WHERE Handle = '1'";

BSTR Literal(const wchar_t* text) { return const_cast<BSTR>(text); }

HRESULT Secure() {
  return CoInitializeSecurity(nullptr, -1, nullptr, nullptr, RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE,
                              nullptr, EOAC_NONE, nullptr);
}

class Security : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(SUCCEEDED(CoInitializeEx(nullptr, COINIT_MULTITHREADED)));
    IWbemLocatorPtr locator;
    ASSERT_EQ(S_OK, CoCreateInstance(CLSID_WbemLocator, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemLocator,
                                     reinterpret_cast<void**>(&locator)));
    ASSERT_EQ(S_OK, locator->ConnectServer(Literal(L"root\\cimv2"), nullptr, nullptr, nullptr, 0, nullptr, nullptr,
                                           &services_));
  }
  HRESULT QueryAsync(IWbemObjectSink* sink) {
    return services_->ExecQueryAsync(Literal(L"WQL"), Literal(kQuery), 0, nullptr, sink);
  }
  void ExpectRows(long flags) {
    IEnumWbemClassObjectPtr rows;
    ASSERT_EQ(WBEM_S_NO_ERROR, services_->ExecQuery(Literal(L"WQL"), Literal(kQuery), flags, nullptr, &rows));
    IWbemClassObjectPtr row;
    ULONG returned = 0;
    EXPECT_EQ(WBEM_S_NO_ERROR, rows->Next(WBEM_INFINITE, 1, &row, &returned));
    EXPECT_EQ(1u, returned);
  }

  const SinkLogPtr log_ = std::make_shared<SinkLog>();
  IWbemServicesPtr services_;
};

// 4.1: once in a process.
TEST_F(Security, Once) {
  EXPECT_EQ(S_OK, Secure());
  EXPECT_EQ(RPC_E_TOO_LATE, Secure());
  EXPECT_EQ(0, QueryAsync(new RecordingSink(log_, 0)));
  EXPECT_TRUE(log_->WaitReferences(0));
  EXPECT_EQ(WBEM_S_NO_ERROR, log_->Outcome());
  EXPECT_EQ(1u, log_->Objects().size());
}

// 2.5, 4.1: left out before an asynchronous call, the start is accepted, the sink is released and nothing comes; the
// other forms work.
TEST_F(Security, Missing) {
  ASSERT_EQ(std::getenv("OPENWMI_IMPLICIT_SECURITY"), nullptr) << "run it through ctest, which sets the environment";
  ExpectRows(0);
  ExpectRows(WBEM_FLAG_RETURN_IMMEDIATELY | WBEM_FLAG_FORWARD_ONLY);
  testing::internal::CaptureStderr();
  EXPECT_EQ(0, QueryAsync(new RecordingSink(log_, 0)));
  EXPECT_TRUE(log_->WaitReferences(0));
  const auto second = std::make_shared<SinkLog>();
  EXPECT_EQ(0, QueryAsync(new RecordingSink(second, 0)));
  EXPECT_TRUE(second->WaitReferences(0));
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(0, log_->Alive());
  EXPECT_EQ(0u, log_->Batches());
  EXPECT_TRUE(log_->Finals().empty());
  EXPECT_NE(std::string::npos, said.find("CoInitializeSecurity")) << said;
  EXPECT_EQ(1, std::count(said.begin(), said.end(), '\n')) << "one line, however many calls: " << said;
  // It is not too late to do it right.
  EXPECT_EQ(S_OK, Secure());
  EXPECT_EQ(0, QueryAsync(new RecordingSink(log_, 0)));
  EXPECT_TRUE(log_->WaitReferences(0));
  EXPECT_EQ(WBEM_S_NO_ERROR, log_->Outcome());
}

// 4.1: the variable makes it implicit.
TEST_F(Security, Implicit) {
  ASSERT_NE(std::getenv("OPENWMI_IMPLICIT_SECURITY"), nullptr) << "run it through ctest, which sets the environment";
  EXPECT_EQ(0, QueryAsync(new RecordingSink(log_, 0)));
  EXPECT_TRUE(log_->WaitReferences(0));
  EXPECT_EQ(WBEM_S_NO_ERROR, log_->Outcome());
  EXPECT_EQ(1u, log_->Objects().size());
  EXPECT_EQ(RPC_E_TOO_LATE, Secure());
}

}  // namespace
}  // namespace wmi::conformance
