#include "com/security.h"

#include <objbase.h>

#include <cstdint>

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

HRESULT ApplyBlanket(DWORD authentication_service, DWORD authorization_service, DWORD authentication_level,
                     DWORD impersonation_level, DWORD capabilities, Blanket& blanket) {
  if (!IsAuthenticationLevel(authentication_level) || !IsImpersonationLevel(impersonation_level)) return E_INVALIDARG;
  if (Low(authentication_service) != kDefault) blanket.authentication_service = Low(authentication_service);
  if (Low(authorization_service) != kDefault) blanket.authorization_service = Low(authorization_service);
  if (Low(authentication_level) != RPC_C_AUTHN_LEVEL_DEFAULT) blanket.authentication_level = Low(authentication_level);
  if (Low(impersonation_level) != RPC_C_IMP_LEVEL_DEFAULT) blanket.impersonation_level = Low(impersonation_level);
  if (Low(capabilities) != EOAC_DEFAULT) blanket.capabilities = Low(capabilities);
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
