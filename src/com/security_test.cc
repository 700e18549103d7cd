#include "com/security.h"

#include <gtest/gtest.h>
#include <objbase.h>

#include <optional>
#include <string>

#include "base/fault.h"
#include "base/limits.h"
#include "com/com_object.h"
#include "com/com_ptr.h"
#include "com/memory.h"

namespace wmi::com {
namespace {

HRESULT Initialize(DWORD authentication, DWORD impersonation) {
  return CoInitializeSecurity(nullptr, -1, nullptr, nullptr, authentication, impersonation, nullptr, EOAC_NONE,
                              nullptr);
}

TEST(ProcessSecurity, IsSetOnceAndStored) {
  ResetProcessSecurityForTest();
  EXPECT_FALSE(ProcessSecurityState().initialized);
  EXPECT_EQ(Initialize(7, 0), E_INVALIDARG);
  EXPECT_EQ(Initialize(0, 5), E_INVALIDARG);
  EXPECT_FALSE(ProcessSecurityState().initialized);
  EXPECT_EQ(Initialize(RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE), S_OK);
  EXPECT_TRUE(ProcessSecurityState().initialized);
  EXPECT_EQ(ProcessSecurityState().impersonation_level, static_cast<DWORD>(RPC_C_IMP_LEVEL_IMPERSONATE));
  EXPECT_EQ(Initialize(RPC_C_AUTHN_LEVEL_NONE, RPC_C_IMP_LEVEL_IDENTIFY), RPC_E_TOO_LATE);
  EXPECT_EQ(ProcessSecurityState().impersonation_level, static_cast<DWORD>(RPC_C_IMP_LEVEL_IMPERSONATE));
  ResetProcessSecurityForTest();
}

TEST(ProcessSecurity, ReservedPointersMustBeNull) {
  int reserved = 0;
  EXPECT_EQ(CoInitializeSecurity(nullptr, -1, nullptr, &reserved, 0, 3, nullptr, 0, nullptr), E_INVALIDARG);
  EXPECT_EQ(CoInitializeSecurity(nullptr, -1, nullptr, nullptr, 0, 3, nullptr, 0, &reserved), E_INVALIDARG);
}

class Proxy final : public ComObject<IClientSecurity> {
 public:
  HRESULT QueryBlanket(IUnknown*, DWORD* authentication_service, DWORD*, OLECHAR** principal, DWORD* level, DWORD*,
                       void** identity, DWORD*) override {
    if (authentication_service != nullptr) *authentication_service = blanket_.authentication_service;
    if (level != nullptr) *level = blanket_.authentication_level;
    if (identity != nullptr) *identity = blanket_.identity;
    return principal != nullptr ? CopyPrincipal(blanket_, principal) : S_OK;
  }
  HRESULT SetBlanket(IUnknown*, DWORD authentication_service, DWORD authorization_service, OLECHAR* principal,
                     DWORD level, DWORD impersonation, void* identity, DWORD capabilities) override {
    return ApplyBlanket(
        {authentication_service, authorization_service, principal, level, impersonation, identity, capabilities},
        blanket_);
  }
  HRESULT CopyProxy(IUnknown* proxy, IUnknown** copy) override {
    proxy->AddRef();
    *copy = proxy;
    return S_OK;
  }

 private:
  Blanket blanket_;
};

TEST(ProxyBlanket, GoesThroughTheObjectsClientSecurity) {
  auto proxy = MakeCom<Proxy>();
  EXPECT_EQ(CoSetProxyBlanket(proxy->Unknown(), RPC_C_AUTHN_GSS_KERBEROS, RPC_C_AUTHZ_NONE, nullptr,
                              RPC_C_AUTHN_LEVEL_CALL, RPC_C_IMP_LEVEL_IMPERSONATE, nullptr, EOAC_NONE),
            S_OK);
  DWORD service = 0;
  DWORD level = 0;
  EXPECT_EQ(CoQueryProxyBlanket(proxy->Unknown(), &service, nullptr, nullptr, &level, nullptr, nullptr, nullptr), S_OK);
  EXPECT_EQ(service, 16u);
  EXPECT_EQ(level, 3u);
  IUnknown* copy = nullptr;
  EXPECT_EQ(CoCopyProxy(proxy->Unknown(), &copy), S_OK);
  copy->Release();
}

TEST(ProxyBlanket, DefaultsKeepWhatIsThere) {
  auto proxy = MakeCom<Proxy>();
  EXPECT_EQ(CoSetProxyBlanket(proxy->Unknown(), RPC_C_AUTHN_DEFAULT, RPC_C_AUTHZ_DEFAULT, COLE_DEFAULT_PRINCIPAL,
                              RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_DEFAULT, COLE_DEFAULT_AUTHINFO, EOAC_DEFAULT),
            S_OK);
  // The same written with -1 in a wider DWORD.
  EXPECT_EQ(
      CoSetProxyBlanket(proxy->Unknown(), static_cast<DWORD>(-1), static_cast<DWORD>(-1), nullptr, 0, 0, nullptr, 0),
      S_OK);
  DWORD service = 0;
  DWORD level = 0;
  CoQueryProxyBlanket(proxy->Unknown(), &service, nullptr, nullptr, &level, nullptr, nullptr, nullptr);
  EXPECT_EQ(service, static_cast<DWORD>(RPC_C_AUTHN_WINNT));
  EXPECT_EQ(level, static_cast<DWORD>(RPC_C_AUTHN_LEVEL_PKT_PRIVACY));
}

// What Principal and identity are after a change, starting from "old" and `kOld`.
struct BlanketRow {
  const OLECHAR* principal;
  void* identity;
  HRESULT result;
  std::optional<std::wstring> principal_after;
  void* identity_after;
};

TEST(ProxyBlanket, PrincipalIsCopiedAndIdentityKeptAsGiven) {
  int old_identity = 0;
  int new_identity = 0;
  std::wstring longest(limits::kPrincipalLengthMax, L'p');
  const std::wstring too_long = longest + L'p';
  std::wstring fresh = L"HOST/server";
  const BlanketRow rows[] = {
      {fresh.c_str(), &new_identity, S_OK, L"HOST/server", &new_identity},
      {nullptr, nullptr, S_OK, std::nullopt, nullptr},
      {L"", nullptr, S_OK, L"", nullptr},
      {COLE_DEFAULT_PRINCIPAL, COLE_DEFAULT_AUTHINFO, S_OK, L"old", &old_identity},
      {COLE_DEFAULT_PRINCIPAL, &new_identity, S_OK, L"old", &new_identity},
      {L"new", COLE_DEFAULT_AUTHINFO, S_OK, L"new", &old_identity},
      {longest.c_str(), nullptr, S_OK, longest, nullptr},
      {too_long.c_str(), nullptr, E_INVALIDARG, L"old", &old_identity},
  };
  for (const BlanketRow& row : rows) {
    SCOPED_TRACE(&row - rows);
    Blanket blanket;
    blanket.principal = L"old";
    blanket.identity = &old_identity;
    EXPECT_EQ(row.result, ApplyBlanket({10, 0, row.principal, 3, 3, row.identity, 0}, blanket));
    EXPECT_EQ(row.principal_after, blanket.principal);
    EXPECT_EQ(row.identity_after, blanket.identity);
    EXPECT_EQ(row.result == S_OK ? 3u : RPC_C_AUTHN_LEVEL_PKT_PRIVACY, blanket.authentication_level);
  }
}

TEST(ProxyBlanket, PrincipalIsTheCallersToFree) {
  auto proxy = MakeCom<Proxy>();
  std::wstring name = L"HOST/server";
  int identity = 0;
  ASSERT_EQ(S_OK, CoSetProxyBlanket(proxy->Unknown(), 10, 0, name.data(), 3, 3, &identity, 0));
  name = L"overwritten";
  OLECHAR* principal = nullptr;
  RPC_AUTH_IDENTITY_HANDLE given = nullptr;
  ASSERT_EQ(S_OK,
            CoQueryProxyBlanket(proxy->Unknown(), nullptr, nullptr, &principal, nullptr, nullptr, &given, nullptr));
  EXPECT_STREQ(L"HOST/server", principal);
  EXPECT_EQ(&identity, given);
  CoTaskMemFree(principal);

  const FaultScope no_memory(kAllocationFault);
  principal = COLE_DEFAULT_PRINCIPAL;
  EXPECT_EQ(E_OUTOFMEMORY,
            CoQueryProxyBlanket(proxy->Unknown(), nullptr, nullptr, &principal, nullptr, nullptr, nullptr, nullptr));
  EXPECT_EQ(nullptr, principal);
}

class Plain final : public ComObject<IUnknown> {};

TEST(ProxyBlanket, RefusesWhatIsNoProxy) {
  auto plain = MakeCom<Plain>();
  EXPECT_EQ(CoSetProxyBlanket(plain->Unknown(), 10, 0, nullptr, 3, 3, nullptr, 0), E_NOINTERFACE);
  EXPECT_EQ(CoSetProxyBlanket(nullptr, 10, 0, nullptr, 3, 3, nullptr, 0), E_INVALIDARG);
  EXPECT_EQ(CoQueryProxyBlanket(nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr), E_INVALIDARG);
  EXPECT_EQ(CoCopyProxy(nullptr, nullptr), E_INVALIDARG);
}

}  // namespace
}  // namespace wmi::com
