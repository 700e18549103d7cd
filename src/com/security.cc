#include "com/security.h"

#include <objbase.h>

#include <cstdint>
#include <cstring>
#include <cwchar>
#include <utility>

#include "base/limits.h"
#include "base/mutex.h"
#include "com/com_ptr.h"

namespace wmi::com {
namespace {

struct State {
  Mutex mutex;
  ProcessSecurity security WMI_GUARDED_BY(mutex);
};

// Lives as long as the process, because objects may ask while it exits.
State& GetState() {
  static State& state = *new State();
  return state;
}

constexpr std::uint32_t kDefault = 0xffffffffu;

// Only the low 32 bits of a DWORD count: programs pass -1.
std::uint32_t Low(DWORD value) { return static_cast<std::uint32_t>(value); }

bool IsAuthenticationLevel(DWORD level) { return Low(level) <= RPC_C_AUTHN_LEVEL_PKT_PRIVACY; }
bool IsImpersonationLevel(DWORD level) { return Low(level) <= RPC_C_IMP_LEVEL_DELEGATE; }

}  // namespace

ProcessSecurity ProcessSecurityState() {
  State& state = GetState();
  MutexLock lock(state.mutex);
  return state.security;
}

void ResetProcessSecurityForTest() {
  State& state = GetState();
  MutexLock lock(state.mutex);
  state.security = ProcessSecurity();
}

HRESULT ApplyBlanket(const BlanketArguments& arguments, Blanket& blanket) {
  if (!IsAuthenticationLevel(arguments.authentication_level)) return E_INVALIDARG;
  if (!IsImpersonationLevel(arguments.impersonation_level)) return E_INVALIDARG;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the interface defines it so
  const bool keeps_principal = arguments.principal == COLE_DEFAULT_PRINCIPAL;
  std::optional<std::wstring> principal;
  if (!keeps_principal && arguments.principal != nullptr) {
    const std::size_t length = wcsnlen(arguments.principal, limits::kPrincipalLengthMax + 1);
    if (length > limits::kPrincipalLengthMax) return E_INVALIDARG;
    principal.emplace(arguments.principal, length);
  }
  const auto change = [](DWORD value, std::uint32_t default_value, DWORD& target) {
    if (Low(value) != default_value) target = Low(value);
  };
  change(arguments.authentication_service, kDefault, blanket.authentication_service);
  change(arguments.authorization_service, kDefault, blanket.authorization_service);
  change(arguments.authentication_level, RPC_C_AUTHN_LEVEL_DEFAULT, blanket.authentication_level);
  change(arguments.impersonation_level, RPC_C_IMP_LEVEL_DEFAULT, blanket.impersonation_level);
  change(arguments.capabilities, EOAC_DEFAULT, blanket.capabilities);
  if (!keeps_principal) blanket.principal = std::move(principal);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): likewise
  if (arguments.identity != COLE_DEFAULT_AUTHINFO) blanket.identity = arguments.identity;
  return S_OK;
}

HRESULT CopyPrincipal(const Blanket& blanket, OLECHAR** target) {
  *target = nullptr;
  if (!blanket.principal) return S_OK;
  const std::size_t bytes = (blanket.principal->size() + 1) * sizeof(OLECHAR);
  *target = static_cast<OLECHAR*>(CoTaskMemAlloc(bytes));
  if (*target == nullptr) return E_OUTOFMEMORY;
  std::memcpy(*target, blanket.principal->c_str(), bytes);
  return S_OK;
}

}  // namespace wmi::com

HRESULT CoInitializeSecurity(PSECURITY_DESCRIPTOR /*pSecDesc*/, LONG /*cAuthSvc*/,
                             SOLE_AUTHENTICATION_SERVICE* /*asAuthSvc*/, void* pReserved1, DWORD dwAuthnLevel,
                             DWORD dwImpLevel, void* /*pAuthList*/, DWORD dwCapabilities, void* pReserved3) {
  // Who may call in and over which service concerns calls from other processes; in-process there is none to check.
  if (pReserved1 != nullptr || pReserved3 != nullptr) return E_INVALIDARG;
  if (!wmi::com::IsAuthenticationLevel(dwAuthnLevel) || !wmi::com::IsImpersonationLevel(dwImpLevel)) {
    return E_INVALIDARG;
  }
  wmi::com::State& state = wmi::com::GetState();
  wmi::MutexLock lock(state.mutex);
  if (state.security.initialized) return RPC_E_TOO_LATE;
  state.security = {true, wmi::com::Low(dwAuthnLevel), wmi::com::Low(dwImpLevel), wmi::com::Low(dwCapabilities)};
  return S_OK;
}

namespace {

using wmi::com::ComPtr;

HRESULT ClientSecurityOf(IUnknown* proxy, ComPtr<IClientSecurity>& security) {
  if (proxy == nullptr) return E_INVALIDARG;
  return proxy->QueryInterface(__uuidof(IClientSecurity), reinterpret_cast<void**>(security.Receive()));
}

}  // namespace

HRESULT CoQueryProxyBlanket(IUnknown* pProxy, DWORD* pwAuthnSvc, DWORD* pAuthzSvc, LPOLESTR* pServerPrincName,
                            DWORD* pAuthnLevel, DWORD* pImpLevel, RPC_AUTH_IDENTITY_HANDLE* pAuthInfo,
                            DWORD* pCapabilites) {
  ComPtr<IClientSecurity> security;
  const HRESULT hr = ClientSecurityOf(pProxy, security);
  if (FAILED(hr)) return hr;
  return security->QueryBlanket(pProxy, pwAuthnSvc, pAuthzSvc, pServerPrincName, pAuthnLevel, pImpLevel, pAuthInfo,
                                pCapabilites);
}

HRESULT CoSetProxyBlanket(IUnknown* pProxy, DWORD dwAuthnSvc, DWORD dwAuthzSvc, OLECHAR* pServerPrincName,
                          DWORD dwAuthnLevel, DWORD dwImpLevel, RPC_AUTH_IDENTITY_HANDLE pAuthInfo,
                          DWORD dwCapabilities) {
  ComPtr<IClientSecurity> security;
  const HRESULT hr = ClientSecurityOf(pProxy, security);
  if (FAILED(hr)) return hr;
  return security->SetBlanket(pProxy, dwAuthnSvc, dwAuthzSvc, pServerPrincName, dwAuthnLevel, dwImpLevel, pAuthInfo,
                              dwCapabilities);
}

HRESULT CoCopyProxy(IUnknown* pProxy, IUnknown** ppCopy) {
  if (ppCopy == nullptr) return E_INVALIDARG;
  *ppCopy = nullptr;
  ComPtr<IClientSecurity> security;
  const HRESULT hr = ClientSecurityOf(pProxy, security);
  return FAILED(hr) ? hr : security->CopyProxy(pProxy, ppCopy);
}
