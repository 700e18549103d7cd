// LookupAccountSid and LookupAccountName.
#include <securitybaseapi.h>

#include <cstring>

#include "base/text.h"
#include "win32/abi_guard.h"
#include "win32/security/account.h"
#include "win32/text_out.h"

namespace wmi::win32 {
namespace {

template <typename Char>
bool IsThisMachine(const Char* system) {
  if (system == nullptr || *system == 0) return true;
  std::string name = Utf8Of(system);
  while (name.starts_with('\\')) name.erase(0, 1);
  return name == "." || EqualFolded(name.substr(0, name.find('.')), MachineName());
}

// Length without the NUL when it fits, and otherwise the room it needs.
template <typename Char>
Fit GiveText(const std::string& utf8, Char* buffer, DWORD* length) {
  const std::basic_string<Char> text = TextAs<Char>(utf8);
  const Fit fit = PutText(text, buffer, *length);
  *length = text.size() + (fit == Fit::kFits ? 0 : 1);
  return fit;
}

template <typename Char>
BOOL LookupSid(const Char* system, PSID sid, Char* name, DWORD* name_length, Char* domain, DWORD* domain_length,
               SID_NAME_USE* use) {
  if (name_length == nullptr || domain_length == nullptr || use == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  return Guarded<BOOL>(FALSE, [&]() -> BOOL {
    const std::optional<Sid> copy = Sid::Copy(sid);
    if (!copy) return Fail(ERROR_INVALID_SID, FALSE);
    if (!IsThisMachine(system)) return Fail(RPC_S_SERVER_UNAVAILABLE, FALSE);
    const std::optional<Account> account = FindAccount(*copy);
    if (!account) return Fail(ERROR_NONE_MAPPED, FALSE);
    const Fit name_fit = GiveText(account->name, name, name_length);
    const Fit domain_fit = GiveText(account->domain, domain, domain_length);
    if (name_fit == Fit::kTooSmall || domain_fit == Fit::kTooSmall) return Fail(ERROR_INSUFFICIENT_BUFFER, FALSE);
    *use = account->use;
    return TRUE;
  });
}

template <typename Char>
BOOL LookupName(const Char* system, const Char* account, PSID sid, DWORD* sid_size, Char* domain, DWORD* domain_length,
                SID_NAME_USE* use) {
  if (account == nullptr || sid_size == nullptr || domain_length == nullptr || use == nullptr) {
    return Fail(ERROR_INVALID_PARAMETER, FALSE);
  }
  return Guarded<BOOL>(FALSE, [&]() -> BOOL {
    if (!IsThisMachine(system)) return Fail(RPC_S_SERVER_UNAVAILABLE, FALSE);
    const std::optional<NamedSid> found = FindAccountSid(Utf8Of(account));
    if (!found) return Fail(ERROR_NONE_MAPPED, FALSE);
    const bool sid_fits = sid != nullptr && *sid_size >= found->sid.size();
    *sid_size = found->sid.size();
    const Fit domain_fit = GiveText(found->account.domain, domain, domain_length);
    if (!sid_fits || domain_fit == Fit::kTooSmall) return Fail(ERROR_INSUFFICIENT_BUFFER, FALSE);
    std::memcpy(sid, found->sid.get(), found->sid.size());
    *use = found->account.use;
    return TRUE;
  });
}

}  // namespace
}  // namespace wmi::win32

BOOL LookupAccountSidW(LPCWSTR system, PSID sid, LPWSTR name, LPDWORD name_length, LPWSTR domain, LPDWORD domain_length,
                       PSID_NAME_USE use) {
  return wmi::win32::LookupSid(system, sid, name, name_length, domain, domain_length, use);
}
BOOL LookupAccountSidA(LPCSTR system, PSID sid, LPSTR name, LPDWORD name_length, LPSTR domain, LPDWORD domain_length,
                       PSID_NAME_USE use) {
  return wmi::win32::LookupSid(system, sid, name, name_length, domain, domain_length, use);
}
BOOL LookupAccountNameW(LPCWSTR system, LPCWSTR account, PSID sid, LPDWORD sid_size, LPWSTR domain,
                        LPDWORD domain_length, PSID_NAME_USE use) {
  return wmi::win32::LookupName(system, account, sid, sid_size, domain, domain_length, use);
}
BOOL LookupAccountNameA(LPCSTR system, LPCSTR account, PSID sid, LPDWORD sid_size, LPSTR domain, LPDWORD domain_length,
                        PSID_NAME_USE use) {
  return wmi::win32::LookupName(system, account, sid, sid_size, domain, domain_length, use);
}
