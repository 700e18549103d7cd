// Proxy blankets of the objects that programs take for proxies (contract 0, rule 2; 4.2).
#include "api/secured_object.h"

#include <gtest/gtest.h>

#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "api/test_support.h"
#include "base/fault.h"
#include "com/memory.h"

namespace wmi::api {
namespace {

using com::ComPtr;

// A blanket as CoQueryProxyBlanket shows it.
struct Shown {
  DWORD authentication_service = 99;
  DWORD authorization_service = 99;
  std::string principal = "(null)";
  DWORD authentication_level = 99;
  DWORD impersonation_level = 99;
  void* identity = nullptr;
  DWORD capabilities = 99;
  bool operator==(const Shown&) const = default;
};

Shown Show(IUnknown* proxy) {
  Shown shown;
  OLECHAR* principal = COLE_DEFAULT_PRINCIPAL;
  EXPECT_EQ(S_OK, CoQueryProxyBlanket(proxy, &shown.authentication_service, &shown.authorization_service, &principal,
                                      &shown.authentication_level, &shown.impersonation_level, &shown.identity,
                                      &shown.capabilities));
  shown.principal = Utf8(principal);
  CoTaskMemFree(principal);
  return shown;
}

class SecuredObjectTest : public ApiTest {
 protected:
  // One of each, as itself and as its IUnknown.
  std::vector<ComPtr<IUnknown>> Proxies() {
    ComPtr<IWbemCallResult> result;
    EXPECT_EQ(WBEM_S_NO_ERROR, services_->GetObject(Literal(L"T_Item"), 0, nullptr, nullptr, result.Receive()));
    std::vector<ComPtr<IUnknown>> proxies;
    proxies.emplace_back(services_->Unknown());
    proxies.emplace_back(ComPtr<IUnknown>(services_->Unknown()).As<IUnknown>());
    proxies.emplace_back(result);
    proxies.emplace_back(result.As<IUnknown>());
    auto enumerator = Query(L"SELECT * FROM T_Item");
    proxies.emplace_back(enumerator);
    proxies.emplace_back(enumerator.As<IUnknown>());
    return proxies;
  }
};

TEST_F(SecuredObjectTest, BlanketIsStoredAndReadable) {
  int identity = 0;
  wchar_t name[] = L"HOST/server";
  for (const ComPtr<IUnknown>& proxy : Proxies()) {
    ASSERT_EQ(S_OK,
              CoSetProxyBlanket(proxy.get(), RPC_C_AUTHN_GSS_KERBEROS, RPC_C_AUTHZ_NONE, name, RPC_C_AUTHN_LEVEL_PKT,
                                RPC_C_IMP_LEVEL_DELEGATE, &identity, EOAC_STATIC_CLOAKING));
    const Shown expected = {16, 0, "HOST/server", 4, 4, &identity, EOAC_STATIC_CLOAKING};
    EXPECT_EQ(expected, Show(proxy.get()));
    // Defaults keep it, NULL takes name and identity away.
    ASSERT_EQ(S_OK, CoSetProxyBlanket(proxy.get(), RPC_C_AUTHN_DEFAULT, RPC_C_AUTHZ_DEFAULT, COLE_DEFAULT_PRINCIPAL, 0,
                                      0, COLE_DEFAULT_AUTHINFO, EOAC_DEFAULT));
    EXPECT_EQ(expected, Show(proxy.get()));
    ASSERT_EQ(S_OK, CoSetProxyBlanket(proxy.get(), RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, nullptr, RPC_C_AUTHN_LEVEL_CALL,
                                      RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_NONE));
    EXPECT_EQ((Shown{10, 0, "(null)", 3, 3, nullptr, 0}), Show(proxy.get()));
  }
}

TEST_F(SecuredObjectTest, CopyStartsEqualAndGoesItsOwnWay) {
  int identity = 0;
  wchar_t name[] = L"HOST/server";
  wchar_t other_name[] = L"HOST/other";
  for (const ComPtr<IUnknown>& proxy : Proxies()) {
    ASSERT_EQ(S_OK, CoSetProxyBlanket(proxy.get(), 16, 0, name, 3, 4, &identity, EOAC_NONE));
    const Shown original = Show(proxy.get());
    ComPtr<IUnknown> copy;
    ASSERT_EQ(S_OK, CoCopyProxy(proxy.get(), copy.Receive()));
    EXPECT_EQ(original, Show(copy.get()));
    ASSERT_EQ(S_OK, CoSetProxyBlanket(copy.get(), 10, 0, other_name, 5, 3, nullptr, EOAC_NONE));
    EXPECT_EQ(original, Show(proxy.get())) << "a change of the copy is its own";
    EXPECT_EQ("HOST/other", Show(copy.get()).principal);
    ASSERT_EQ(S_OK, CoSetProxyBlanket(proxy.get(), 10, 0, nullptr, 6, 3, nullptr, EOAC_NONE));
    EXPECT_EQ("HOST/other", Show(copy.get()).principal) << "and the original's the original's";
  }
}

TEST_F(SecuredObjectTest, CopyIsTheSameKindOfObject) {
  ComPtr<IUnknown> copy;
  ASSERT_EQ(S_OK, CoCopyProxy(services_->Unknown(), copy.Receive()));
  ComPtr<IWbemClassObject> object;
  ASSERT_EQ(WBEM_S_NO_ERROR,
            copy.As<IWbemServices>()->GetObject(Literal(L"T_One=@"), 0, nullptr, object.Receive(), nullptr));
  EXPECT_EQ("the one", PropertyText(object.get(), L"Name"));
}

TEST_F(SecuredObjectTest, RefusedChangeChangesNothing) {
  for (const ComPtr<IUnknown>& proxy : Proxies()) {
    const Shown before = Show(proxy.get());
    wchar_t name[] = L"HOST/server";
    EXPECT_EQ(E_INVALIDARG, CoSetProxyBlanket(proxy.get(), 10, 0, name, 7, 3, nullptr, EOAC_NONE));
    EXPECT_EQ(E_INVALIDARG, CoSetProxyBlanket(proxy.get(), 10, 0, name, 3, 5, nullptr, EOAC_NONE));
    EXPECT_EQ(before, Show(proxy.get()));
    EXPECT_EQ(E_INVALIDARG, proxy.As<IClientSecurity>()->SetBlanket(nullptr, 10, 0, name, 3, 3, nullptr, EOAC_NONE));
    EXPECT_EQ(before, Show(proxy.get()));
  }
}

TEST_F(SecuredObjectTest, QueryWithoutMemoryWritesNothing) {
  wchar_t name[] = L"HOST/server";
  ASSERT_EQ(S_OK, CoSetProxyBlanket(services_->Unknown(), 10, 0, name, 3, 3, nullptr, EOAC_NONE));
  const FaultScope no_memory(com::kAllocationFault);
  OLECHAR* principal = COLE_DEFAULT_PRINCIPAL;
  DWORD level = 99;
  EXPECT_EQ(E_OUTOFMEMORY,
            CoQueryProxyBlanket(services_->Unknown(), nullptr, nullptr, &principal, &level, nullptr, nullptr, nullptr));
  EXPECT_EQ(nullptr, principal);
  EXPECT_EQ(99u, level);
}

}  // namespace
}  // namespace wmi::api
