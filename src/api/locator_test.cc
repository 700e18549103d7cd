#include "api/locator.h"

#include <gtest/gtest.h>
#include <wbemprov.h>

#include <cstdlib>
#include <string>

#include "api/connection_target.h"
#include "api/context.h"
#include "api/factories.h"
#include "api/test_support.h"
#include "com/class_registry.h"
#include "com/variant.h"

namespace wmi::api {
namespace {

using com::ComPtr;

class LocatorTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    RegisterClasses(*engine_);
  }
  void TearDown() override {
    com::ResetRegistryForTest();
    ApiTest::TearDown();
  }
  ComPtr<IWbemLocator> NewLocator(REFCLSID clsid = CLSID_WbemLocator) {
    ComPtr<IWbemLocator> locator;
    EXPECT_EQ(S_OK, CoCreateInstance(clsid, nullptr, CLSCTX_INPROC_SERVER, __uuidof(IWbemLocator),
                                     reinterpret_cast<void**>(locator.Receive())));
    return locator;
  }
};

struct ConnectRow {
  const wchar_t* resource;
  const wchar_t* user;
  const wchar_t* password;
  const wchar_t* locale;
  long flags;
  const wchar_t* authority;
  HRESULT result;
};

// Contract 1.4, the table of arguments.
TEST_F(LocatorTest, ConnectServerFollowsTheArgumentTable) {
  constexpr HRESULT kParameter = WBEM_E_INVALID_PARAMETER;
  const ConnectRow rows[] = {
      {L"root\\test", nullptr, nullptr, nullptr, 0, nullptr, WBEM_S_NO_ERROR},
      {L"ROOT\\TEST", nullptr, nullptr, nullptr, 0, nullptr, WBEM_S_NO_ERROR},
      {L"\\\\.\\root\\test", nullptr, nullptr, nullptr, 0, nullptr, WBEM_S_NO_ERROR},
      {L"//./root/test", nullptr, nullptr, nullptr, 0, nullptr, WBEM_S_NO_ERROR},
      {L"\\\\localhost\\root\\test", nullptr, nullptr, nullptr, 0, nullptr, WBEM_S_NO_ERROR},
      {L"\\\\TestHost\\root\\test", nullptr, nullptr, nullptr, 0, nullptr, WBEM_S_NO_ERROR},
      {L"\\\\testhost.example.org\\root\\test", nullptr, nullptr, nullptr, 0, nullptr, WBEM_S_NO_ERROR},
      {L"\\\\127.0.0.1\\root\\test", nullptr, nullptr, nullptr, 0, nullptr, WBEM_S_NO_ERROR},
      {L"\\\\::1\\root\\test", nullptr, nullptr, nullptr, 0, nullptr, WBEM_S_NO_ERROR},
      {L"root\\test", nullptr, nullptr, L"MS_409", 0x80, nullptr, WBEM_S_NO_ERROR},
      {L"root\\test", nullptr, nullptr, L"ms_40C", 0x1C0, L"", WBEM_S_NO_ERROR},
      {nullptr, nullptr, nullptr, nullptr, 0, nullptr, kParameter},
      {L"", nullptr, nullptr, nullptr, 0, nullptr, kParameter},
      {L"root\\nothing", nullptr, nullptr, nullptr, 0, nullptr, WBEM_E_INVALID_NAMESPACE},
      {L"\\\\.", nullptr, nullptr, nullptr, 0, nullptr, WBEM_E_INVALID_NAMESPACE},
      {L"\\\\.\\", nullptr, nullptr, nullptr, 0, nullptr, WBEM_E_INVALID_NAMESPACE},
      {L"\\\\\\root", nullptr, nullptr, nullptr, 0, nullptr, WBEM_E_INVALID_NAMESPACE},
      {L"\\\\elsewhere\\root\\test", nullptr, nullptr, nullptr, 0, nullptr, WBEM_E_TRANSPORT_FAILURE},
      {L"\\\\elsewhere\\root\\test", L"me", L"secret", nullptr, 0, nullptr, WBEM_E_TRANSPORT_FAILURE},
      {L"root\\test", L"me", nullptr, nullptr, 0, nullptr, WBEM_E_LOCAL_CREDENTIALS},
      {L"root\\test", nullptr, L"", nullptr, 0, nullptr, WBEM_E_LOCAL_CREDENTIALS},
      {L"root\\test", nullptr, nullptr, nullptr, 0, L"NTLMDOMAIN:here", WBEM_E_LOCAL_CREDENTIALS},
      {L"root\\test", nullptr, nullptr, nullptr, 0, L"Kerberos:a/b", WBEM_E_LOCAL_CREDENTIALS},
      {L"root\\test", L"", nullptr, nullptr, 0, nullptr, kParameter},
      {L"root\\test", nullptr, nullptr, L"german", 0, nullptr, kParameter},
      {L"root\\test", nullptr, nullptr, L"MS_", 0, nullptr, kParameter},
      {L"root\\test", nullptr, nullptr, L"MS_4G9", 0, nullptr, kParameter},
      {L"root\\test", nullptr, nullptr, nullptr, 0x10, nullptr, kParameter},
      {L"root\\test", nullptr, nullptr, nullptr, 0, L"Basic:x", kParameter},
      {L"\\\\elsewhere\\root", L"dom\\me", L"secret", nullptr, 0, L"NTLMDOMAIN:dom", kParameter},
  };
  ComPtr<IWbemLocator> locator = NewLocator();
  for (const ConnectRow& row : rows) {
    SCOPED_TRACE(Utf8(row.resource) + " " + Utf8(row.user) + " " + Utf8(row.locale) + " " + Utf8(row.authority));
    IWbemServices* services = services_.get();  // garbage that must be overwritten
    ASSERT_EQ(row.result,
              locator->ConnectServer(Literal(row.resource), Literal(row.user), Literal(row.password),
                                     Literal(row.locale), row.flags, Literal(row.authority), nullptr, &services));
    if (FAILED(row.result)) {
      EXPECT_EQ(nullptr, services);
      EXPECT_EQ("ConnectServer", PropertyText(TakeErrorObject().get(), L"Operation"));
    } else {
      EXPECT_EQ(0u, services->Release()) << "the caller has the only reference";
    }
  }
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER,
            locator->ConnectServer(Literal(L"root\\test"), nullptr, nullptr, nullptr, 0, nullptr, nullptr, nullptr));
}

TEST_F(LocatorTest, OverlongNamespaceIsRefused) {
  const std::wstring name = L"root\\" + std::wstring(10'000, L'x');
  ComPtr<IWbemServices> services;
  EXPECT_TRUE(FAILED(NewLocator()->ConnectServer(Literal(name.c_str()), nullptr, nullptr, nullptr, 0, nullptr, nullptr,
                                                 services.Receive())));
}

TEST_F(LocatorTest, ConnectionsOutliveTheLocator) {
  ComPtr<IWbemLocator> locator = NewLocator();
  ComPtr<IWbemServices> services;
  ASSERT_EQ(WBEM_S_NO_ERROR, locator->ConnectServer(Literal(L"root\\test"), nullptr, nullptr, nullptr, 0, nullptr,
                                                    nullptr, services.Receive()));
  locator.Reset();
  ComPtr<IWbemClassObject> object;
  EXPECT_EQ(WBEM_S_NO_ERROR, services->GetObject(Literal(L"T_One=@"), 0, nullptr, object.Receive(), nullptr));
}

TEST_F(LocatorTest, HostNamesOfThisMachine) {
  for (const char* host : {"", ".", "LOCALHOST", "127.0.0.1", "::1", "box", "BOX", "box.example.org"}) {
    EXPECT_TRUE(IsLocalHost(host, "box")) << host;
  }
  EXPECT_TRUE(IsLocalHost("box", "box.example.org"));
  for (const char* host : {"boxy", "other", "other.example.org", "192.168.1.1"}) {
    EXPECT_FALSE(IsLocalHost(host, "box")) << host;
  }
  EXPECT_FALSE(IsLocalHost("box.example.com", "box.example.org"));
}

TEST_F(LocatorTest, EveryRegisteredClassCanBeMade) {
  for (const GUID& clsid : {CLSID_WbemLocator, CLSID_WbemAdministrativeLocator, CLSID_WbemAuthenticatedLocator,
                            CLSID_WbemUnauthenticatedLocator}) {
    EXPECT_NE(nullptr, NewLocator(clsid).get());
  }
  ComPtr<IWbemContext> context;
  EXPECT_EQ(S_OK, CoCreateInstance(CLSID_WbemContext, nullptr, CLSCTX_INPROC_SERVER, __uuidof(IWbemContext),
                                   reinterpret_cast<void**>(context.Receive())));
  void* wrong = &context;
  EXPECT_EQ(E_NOINTERFACE,
            CoCreateInstance(CLSID_WbemContext, nullptr, CLSCTX_INPROC_SERVER, __uuidof(IWbemLocator), &wrong));
  EXPECT_EQ(nullptr, wrong);
}

TEST_F(LocatorTest, StatusCodesHaveTexts) {
  ComPtr<IWbemStatusCodeText> texts;
  ASSERT_EQ(S_OK, CoCreateInstance(CLSID_WbemStatusCodeText, nullptr, CLSCTX_INPROC_SERVER,
                                   __uuidof(IWbemStatusCodeText), reinterpret_cast<void**>(texts.Receive())));
  BSTR text = nullptr;
  ASSERT_EQ(S_OK, texts->GetErrorCodeText(WBEM_E_INVALID_CLASS, 0, WBEMSTATUS_FORMAT_NO_NEWLINE, &text));
  EXPECT_EQ("There is no such class", TakeBstr(text));
  ASSERT_EQ(S_OK, texts->GetErrorCodeText(WBEM_E_INVALID_CLASS, 0, WBEMSTATUS_FORMAT_NEWLINE, &text));
  EXPECT_EQ("There is no such class\r\n", TakeBstr(text));
  ASSERT_EQ(S_OK, texts->GetErrorCodeText(static_cast<HRESULT>(0x8123ABCD), 0, 1, &text));
  EXPECT_NE(std::string::npos, TakeBstr(text).find("8123ABCD"));
  ASSERT_EQ(S_OK, texts->GetFacilityCodeText(WBEM_E_INVALID_CLASS, 0, 1, &text));
  EXPECT_EQ("WMI", TakeBstr(text));
  EXPECT_EQ(code::kInvalidParameter, texts->GetErrorCodeText(0, 0, 0, nullptr));
  EXPECT_EQ(code::kInvalidParameter, texts->GetErrorCodeText(0, 0, 2, &text));
  EXPECT_EQ(nullptr, text);
}

// The limit of a connection (call_context.h): context before environment, and both checked here.
TEST_F(LocatorTest, ConnectionTakesItsTimeLimitFromContextOrEnvironment) {
  const auto connect = [&](IWbemContext* context) {
    ComPtr<IWbemServices> services;
    const HRESULT hr = NewLocator()->ConnectServer(Literal(L"root\\test"), nullptr, nullptr, nullptr, 0, nullptr,
                                                   context, services.Receive());
    EXPECT_EQ(SUCCEEDED(hr), services.get() != nullptr);
    if (FAILED(hr)) return hr;
    ComPtr<IEnumWbemClassObject> rows;
    return services->CreateInstanceEnum(Literal(L"T_Item"), 0, nullptr, rows.Receive());
  };
  const auto context = [](const wchar_t* text) {
    ComPtr<Context> made = com::MakeCom<Context>();
    BSTR copy = SysAllocString(text);
    VARIANT value;
    com::SetBstr(value, copy);
    EXPECT_EQ(WBEM_S_NO_ERROR, made->SetValue(L"OPENWMI_TIMEOUT_MS", 0, &value));
    SysFreeString(copy);
    return made;
  };
  EXPECT_EQ(WBEM_E_INVALID_CONTEXT, connect(context(L"never").get()));
  EXPECT_TRUE(TakeErrorObject());
  Signal go_on;
  script_->blocking = provider::Blocking::kPossible;
  script_->before_row = [go_on](std::uint64_t, const provider::Request&) {
    go_on.Wait();
    return Status();
  };
  EXPECT_EQ(WBEM_E_TIMED_OUT, connect(context(L"10").get()));
  ASSERT_EQ(0, setenv("OPENWMI_TIMEOUT_MS", "10", 1));
  EXPECT_EQ(WBEM_E_TIMED_OUT, connect(nullptr));
  ASSERT_EQ(0, setenv("OPENWMI_TIMEOUT_MS", "ten", 1));
  EXPECT_EQ(WBEM_E_INVALID_PARAMETER, connect(nullptr));
  EXPECT_NE(std::string::npos, PropertyText(TakeErrorObject().get(), L"Description").find("'ten'"));
  go_on.Set();
  EXPECT_EQ(WBEM_S_NO_ERROR, connect(context(L"-1").get())) << "the context counts first";
  ASSERT_EQ(0, unsetenv("OPENWMI_TIMEOUT_MS"));
}

}  // namespace
}  // namespace wmi::api
