// What CoInitializeSecurity stored for the process. Safe from any thread.
#pragma once

#include <objidl.h>

#include <optional>
#include <string>

namespace wmi::com {

struct ProcessSecurity {
  bool initialized = false;
  DWORD authentication_level = RPC_C_AUTHN_LEVEL_DEFAULT;
  DWORD impersonation_level = RPC_C_IMP_LEVEL_IDENTIFY;
  DWORD capabilities = EOAC_NONE;
};

// A copy of the state; `initialized` is false until CoInitializeSecurity succeeded (contract 4.1).
ProcessSecurity ProcessSecurityState();

// The blanket of one proxy: what CoSetProxyBlanket gave it. Objects that answer IClientSecurity hold one. A value.
struct Blanket {
  DWORD authentication_service = RPC_C_AUTHN_WINNT;
  DWORD authorization_service = RPC_C_AUTHZ_NONE;
  std::optional<std::wstring> principal;  // of the server; nullopt is NULL
  DWORD authentication_level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY;
  DWORD impersonation_level = RPC_C_IMP_LEVEL_IMPERSONATE;
  // As the program gave it, never followed: the program keeps what it points at alive, as on Windows. Null is the
  // identity of the process.
  RPC_AUTH_IDENTITY_HANDLE identity = nullptr;
  DWORD capabilities = EOAC_NONE;
};

// The arguments of CoSetProxyBlanket after the proxy.
struct BlanketArguments {
  DWORD authentication_service;
  DWORD authorization_service;
  const OLECHAR* principal;
  DWORD authentication_level;
  DWORD impersonation_level;
  RPC_AUTH_IDENTITY_HANDLE identity;
  DWORD capabilities;
};

// The checks and defaults of IClientSecurity::SetBlanket: E_INVALIDARG for levels out of range and a principal longer
// than limits::kPrincipalLengthMax, `blanket` is unchanged then; else it is changed, and the principal copied. _DEFAULT
// values, COLE_DEFAULT_PRINCIPAL and COLE_DEFAULT_AUTHINFO keep what is there. Throws std::bad_alloc, unchanged too.
HRESULT ApplyBlanket(const BlanketArguments& arguments, Blanket& blanket);

// The principal for a caller of QueryBlanket, who frees it with CoTaskMemFree; null for nullopt. E_OUTOFMEMORY and
// null.
HRESULT CopyPrincipal(const Blanket& blanket, OLECHAR** target);

// Forgets the process security; tests only.
void ResetProcessSecurityForTest();

}  // namespace wmi::com
