// IWbemLocator::ConnectServer and OpenNamespace (contract 1.4).
#include <cstdint>

#include "support.h"

namespace wmi::conformance {
namespace {

struct ConnectRow {
  const char* what;
  const wchar_t* resource;
  const wchar_t* user = nullptr;
  const wchar_t* password = nullptr;
  const wchar_t* locale = nullptr;
  long flags = 0;
  const wchar_t* authority = nullptr;
  HRESULT code = WBEM_S_NO_ERROR;
};
void PrintTo(const ConnectRow& row, std::ostream* out) { *out << "1.4 " << row.what; }

const ConnectRow kConnect[] = {
    {"Plain", L"root\\cimv2"},
    {"InCapitals", L"ROOT\\CIMV2"},
    {"ForwardSlashes", L"root/cimv2"},
    {"ThisMachine", L"\\\\.\\root\\cimv2"},
    {"LocalHost", L"\\\\localhost\\root\\cimv2"},
    {"ThisMachineForwardSlashes", L"//./root/cimv2"},
    {"Locale", L"root\\cimv2", nullptr, nullptr, L"MS_409"},
    {"MaxWait", L"root\\cimv2", nullptr, nullptr, nullptr, WBEM_FLAG_CONNECT_USE_MAX_WAIT},
    {"EmptyAuthority", L"root\\cimv2", nullptr, nullptr, nullptr, 0, L""},
    {"MissingNamespace", L"root\\nothing", nullptr, nullptr, nullptr, 0, nullptr, WBEM_E_INVALID_NAMESPACE},
    {"NullResource", nullptr, nullptr, nullptr, nullptr, 0, nullptr, WBEM_E_INVALID_PARAMETER},
    {"EmptyResource", L"", nullptr, nullptr, nullptr, 0, nullptr, WBEM_E_INVALID_PARAMETER},
    {"EmptyUser", L"root\\cimv2", L"", nullptr, nullptr, 0, nullptr, WBEM_E_INVALID_PARAMETER},
    {"UserOnThisMachine", L"root\\cimv2", L"somebody", L"secret", nullptr, 0, nullptr, WBEM_E_LOCAL_CREDENTIALS},
    {"PasswordOnThisMachine", L"root\\cimv2", nullptr, L"", nullptr, 0, nullptr, WBEM_E_LOCAL_CREDENTIALS},
    {"AuthorityOnThisMachine", L"root\\cimv2", nullptr, nullptr, nullptr, 0, L"Kerberos:x", WBEM_E_LOCAL_CREDENTIALS},
    {"DomainInUserAndAuthority", L"root\\cimv2", L"D\\u", nullptr, nullptr, 0, L"NTLMDOMAIN:D",
     WBEM_E_INVALID_PARAMETER},
    {"UnknownAuthority", L"root\\cimv2", nullptr, nullptr, nullptr, 0, L"Else:x", WBEM_E_INVALID_PARAMETER},
    {"UnknownFlag", L"root\\cimv2", nullptr, nullptr, nullptr, 0x1, nullptr, WBEM_E_INVALID_PARAMETER},
    {"BadLocale", L"root\\cimv2", nullptr, nullptr, L"english", 0, nullptr, WBEM_E_INVALID_PARAMETER},
    {"AnotherMachine", L"\\\\another.invalid\\root\\cimv2", nullptr, nullptr, nullptr, 0, nullptr,
     WBEM_E_TRANSPORT_FAILURE},
};

// What *ppNamespace holds before the call; never used.
IWbemServices* const kGarbage = reinterpret_cast<IWbemServices*>(std::uintptr_t{16});

class ConnectRows : public testing::TestWithParam<ConnectRow> {};

TEST_P(ConnectRows, Holds) {
  const ConnectRow& row = GetParam();
  const IWbemLocatorPtr locator = World::Locator();
  IWbemServices* services = kGarbage;
  const HRESULT code =
      locator->ConnectServer(Literal(row.resource), Literal(row.user), Literal(row.password), Literal(row.locale),
                             row.flags, Literal(row.authority), nullptr, &services);
  EXPECT_EQ(row.code, code) << std::hex << code;
  if (FAILED(code)) {
    EXPECT_EQ(nullptr, services) << "1.4: *ppNamespace is NULL on error";
    EXPECT_EQ("ConnectServer", Text(TakeErrorObject(), L"Operation"));
    return;
  }
  ASSERT_NE(nullptr, services);
  EXPECT_EQ(0u, services->Release()) << "1.4: the count is 1";
}
INSTANTIATE_TEST_SUITE_P(Contract, ConnectRows, testing::ValuesIn(kConnect),
                         [](const testing::TestParamInfo<ConnectRow>& row) { return std::string(row.param.what); });

const Row kNamespaces[] = {
    {"1.4", "ConnectServerNeedsAPlaceForTheServices",
     [](World&) {
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, World::Locator()->ConnectServer(Literal(L"root\\cimv2"), nullptr, nullptr,
                                                                           nullptr, 0, nullptr, nullptr, nullptr));
     }},
    {"1.4", "ServicesOutliveTheLocator",
     [](World&) {
       const IWbemServicesPtr services = World::Connect(L"root\\cimv2");  // its locator is gone
       IWbemClassObjectPtr object;
       EXPECT_EQ(WBEM_S_NO_ERROR, services->GetObject(Literal(L"Win32_Process"), 0, nullptr, &object, nullptr));
     }},
    {"1.4", "OpenNamespaceAtOnceAndThroughACallResult",
     [](World& w) {
       const IWbemServicesPtr root = World::Connect(L"root");
       const std::wstring name = w.name_space().substr(5);
       IWbemServicesPtr opened;
       ASSERT_EQ(WBEM_S_NO_ERROR, root->OpenNamespace(Literal(name.c_str()), 0, nullptr, &opened, nullptr));
       IWbemClassObjectPtr object;
       EXPECT_EQ(WBEM_S_NO_ERROR, opened->GetObject(Literal(L"C_Thing='a'"), 0, nullptr, &object, nullptr));
       IWbemCallResultPtr result;
       ASSERT_EQ(WBEM_S_NO_ERROR,
                 root->OpenNamespace(Literal(name.c_str()), WBEM_FLAG_RETURN_IMMEDIATELY, nullptr, nullptr, &result));
       opened = nullptr;
       ASSERT_EQ(WBEM_S_NO_ERROR, result->GetResultServices(WBEM_INFINITE, &opened));
       EXPECT_EQ(WBEM_S_NO_ERROR, opened->GetObject(Literal(L"C_Thing='a'"), 0, nullptr, &object, nullptr));
     }},
    {"1.4", "OpenNamespaceRefusesAbsoluteAndNull",
     [](World&) {
       const IWbemServicesPtr root = World::Connect(L"root");
       for (const wchar_t* name : {static_cast<const wchar_t*>(nullptr), L"", L"\\\\.\\root\\cimv2"}) {
         IWbemServices* opened = root;
         EXPECT_EQ(WBEM_E_INVALID_PARAMETER, root->OpenNamespace(Literal(name), 0, nullptr, &opened, nullptr));
         EXPECT_EQ(nullptr, opened);
       }
       EXPECT_EQ(WBEM_E_INVALID_PARAMETER, root->OpenNamespace(Literal(L"cimv2"), 0, nullptr, nullptr, nullptr));
     }},
    {"1.4", "OpenNamespaceThatIsNotThere",
     [](World& w) {
       IWbemServicesPtr opened;
       EXPECT_EQ(WBEM_E_INVALID_NAMESPACE,
                 w.services->OpenNamespace(Literal(L"nothing"), 0, nullptr, &opened, nullptr));
       EXPECT_EQ("OpenNamespace", Text(TakeErrorObject(), L"Operation"));
       IWbemCallResultPtr result;
       ASSERT_EQ(WBEM_S_NO_ERROR, w.services->OpenNamespace(Literal(L"nothing"), WBEM_FLAG_RETURN_IMMEDIATELY, nullptr,
                                                            nullptr, &result));
       long status = 0;
       EXPECT_EQ(WBEM_S_NO_ERROR, result->GetCallStatus(WBEM_INFINITE, &status));
       EXPECT_EQ(WBEM_E_INVALID_NAMESPACE, static_cast<HRESULT>(status));
     }},
    {"1.4", "OpenNamespaceSeveralLevelsDown",
     [](World& w) {
       IWbemServicesPtr at = w.services;
       for (const wchar_t* name : {L"inner", L"deep"}) {
         IWbemClassObjectPtr schema;
         IWbemClassObjectPtr child;
         ASSERT_EQ(WBEM_S_NO_ERROR, at->GetObject(Literal(L"__NAMESPACE"), 0, nullptr, &schema, nullptr));
         ASSERT_EQ(WBEM_S_NO_ERROR, schema->SpawnInstance(0, &child));
         SetText(child, L"Name", name);
         ASSERT_EQ(WBEM_S_NO_ERROR, at->PutInstance(child, 0, nullptr, nullptr));
         IWbemServicesPtr next;
         ASSERT_EQ(WBEM_S_NO_ERROR, at->OpenNamespace(Literal(name), 0, nullptr, &next, nullptr));
         at = next;
       }
       IWbemServicesPtr opened;
       EXPECT_EQ(WBEM_S_NO_ERROR, w.services->OpenNamespace(Literal(L"INNER\\deep"), 0, nullptr, &opened, nullptr));
     }},
};
WMI_ROWS(NamespaceRows, kNamespaces);

}  // namespace
}  // namespace wmi::conformance
