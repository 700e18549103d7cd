// What CoInitializeSecurity stored for the process. Safe from any thread.
#pragma once

#include <objidl.h>

namespace wmi::com {

struct ProcessSecurity {
  bool initialized = false;
  DWORD authentication_level = RPC_C_AUTHN_LEVEL_DEFAULT;
  DWORD impersonation_level = RPC_C_IMP_LEVEL_IDENTIFY;
  DWORD capabilities = EOAC_NONE;
};

// A copy of the state; `initialized` is false until CoInitializeSecurity succeeded (contract 4.1).
ProcessSecurity ProcessSecurityState();

// The blanket of one proxy: what CoSetProxyBlanket gave it. Objects that answer IClientSecurity hold one.
struct Blanket {
  DWORD authentication_service = RPC_C_AUTHN_WINNT;
  DWORD authorization_service = RPC_C_AUTHZ_NONE;
  DWORD authentication_level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY;
  DWORD impersonation_level = RPC_C_IMP_LEVEL_IMPERSONATE;
  DWORD capabilities = EOAC_NONE;
};

// The checks and defaults of IClientSecurity::SetBlanket: E_INVALIDARG for values out of range, else `blanket` is
// changed; _DEFAULT values keep what is there.
HRESULT ApplyBlanket(DWORD authentication_service, DWORD authorization_service, DWORD authentication_level,
                     DWORD impersonation_level, DWORD capabilities, Blanket& blanket);

// Forgets the process security; tests only.
void ResetProcessSecurityForTest();

}  // namespace wmi::com
