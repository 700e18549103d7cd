// The functions of <securitybaseapi.h> and <sddl.h> that work on SIDs alone.
#include <sddl.h>
#include <securitybaseapi.h>

#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <new>

#include "base/text.h"
#include "win32/abi_guard.h"
#include "win32/security/sid.h"

namespace wmi::win32 {
namespace {

constexpr std::size_t kAllocatedSubAuthoritiesMax = 8;  // as many parameters as AllocateAndInitializeSid has

SID* Head(PSID sid) { return static_cast<SID*>(sid); }

std::string TextIn(const wchar_t* text) {
  return Utf8FromWide({text, wcsnlen(text, SECURITY_MAX_SID_STRING_CHARACTERS)});
}
std::string TextIn(const char* text) { return {text, strnlen(text, SECURITY_MAX_SID_STRING_CHARACTERS)}; }

// A copy in memory that LocalFree frees.
void* LocalCopy(const void* data, std::size_t size) {
  void* const copy = LocalAlloc(LMEM_FIXED, size);
  if (copy == nullptr) throw std::bad_alloc();
  std::memcpy(copy, data, size);
  return copy;
}

template <typename Char, typename Convert>
BOOL GiveText(PSID sid, Char** text, Convert convert) {
  if (text == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  *text = nullptr;
  return Guarded<BOOL>(FALSE, [&]() -> BOOL {
    const std::optional<Sid> copy = Sid::Copy(sid);
    if (!copy) return Fail(sid == nullptr ? ERROR_INVALID_PARAMETER : ERROR_INVALID_SID, FALSE);
    const auto converted = convert(copy->Text());
    *text = static_cast<Char*>(LocalCopy(converted.c_str(), (converted.size() + 1) * sizeof(Char)));
    return TRUE;
  });
}

template <typename Char>
BOOL ParseText(const Char* text, PSID* sid) {
  if (text == nullptr || sid == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  *sid = nullptr;
  return Guarded<BOOL>(FALSE, [&]() -> BOOL {
    const std::optional<Sid> parsed = Sid::Parse(TextIn(text));
    if (!parsed) return Fail(ERROR_INVALID_SID, FALSE);
    *sid = LocalCopy(parsed->get(), parsed->size());
    return TRUE;
  });
}

}  // namespace
}  // namespace wmi::win32

using wmi::win32::Fail;
using wmi::win32::Sid;

BOOL IsValidSid(PSID sid) { return Sid::Copy(sid).has_value() ? TRUE : FALSE; }

BOOL EqualSid(PSID a, PSID b) {
  const std::optional<Sid> left = Sid::Copy(a);
  const std::optional<Sid> right = Sid::Copy(b);
  if (!left || !right) return Fail(ERROR_INVALID_SID, FALSE);
  SetLastError(ERROR_SUCCESS);  // FALSE alone does not tell a failure
  return *left == *right ? TRUE : FALSE;
}

BOOL EqualPrefixSid(PSID a, PSID b) {
  const std::optional<Sid> left = Sid::Copy(a);
  const std::optional<Sid> right = Sid::Copy(b);
  if (!left || !right) return Fail(ERROR_INVALID_SID, FALSE);
  SetLastError(ERROR_SUCCESS);
  if (left->sub_authority_count() != right->sub_authority_count() || left->authority() != right->authority())
    return FALSE;
  for (std::size_t i = 0; i + 1 < left->sub_authority_count(); ++i) {
    if (left->sub_authority(i) != right->sub_authority(i)) return FALSE;
  }
  return TRUE;
}

DWORD GetLengthSid(PSID sid) { return GetSidLengthRequired(wmi::win32::Head(sid)->SubAuthorityCount); }

PSID_IDENTIFIER_AUTHORITY GetSidIdentifierAuthority(PSID sid) { return &wmi::win32::Head(sid)->IdentifierAuthority; }

PUCHAR GetSidSubAuthorityCount(PSID sid) { return &wmi::win32::Head(sid)->SubAuthorityCount; }

PDWORD GetSidSubAuthority(PSID sid, DWORD index) {
  // Not by the field, which has one element.
  auto* const first = static_cast<unsigned char*>(sid) + offsetof(SID, SubAuthority);
  return reinterpret_cast<PDWORD>(first) + index;
}

DWORD GetSidLengthRequired(UCHAR sub_authorities) {
  return offsetof(SID, SubAuthority) + sub_authorities * sizeof(ULONG);
}

BOOL CopySid(DWORD room, PSID target, PSID source) {
  const std::optional<Sid> copy = Sid::Copy(source);
  if (!copy) return Fail(ERROR_INVALID_SID, FALSE);
  if (target == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  if (room < copy->size()) return Fail(ERROR_INSUFFICIENT_BUFFER, FALSE);
  std::memmove(target, source, copy->size());
  return TRUE;
}

BOOL InitializeSid(PSID sid, PSID_IDENTIFIER_AUTHORITY authority, BYTE sub_authorities) {
  if (sid == nullptr || authority == nullptr || sub_authorities > SID_MAX_SUB_AUTHORITIES) {
    return Fail(ERROR_INVALID_PARAMETER, FALSE);
  }
  SID* const head = wmi::win32::Head(sid);
  head->Revision = SID_REVISION;
  head->SubAuthorityCount = sub_authorities;
  head->IdentifierAuthority = *authority;
  return TRUE;
}

BOOL AllocateAndInitializeSid(PSID_IDENTIFIER_AUTHORITY authority, BYTE sub_authorities, DWORD first, DWORD second,
                              DWORD third, DWORD fourth, DWORD fifth, DWORD sixth, DWORD seventh, DWORD eighth,
                              PSID* sid) {
  if (sid == nullptr || authority == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  *sid = nullptr;
  if (sub_authorities > wmi::win32::kAllocatedSubAuthoritiesMax) return Fail(ERROR_INVALID_SID, FALSE);
  PSID const made = std::malloc(GetSidLengthRequired(sub_authorities));
  if (made == nullptr) return Fail(ERROR_NOT_ENOUGH_MEMORY, FALSE);
  InitializeSid(made, authority, sub_authorities);
  const DWORD values[] = {first, second, third, fourth, fifth, sixth, seventh, eighth};
  for (DWORD i = 0; i < sub_authorities; ++i) *GetSidSubAuthority(made, i) = values[i] & 0xffffffffu;
  *sid = made;
  return TRUE;
}

PVOID FreeSid(PSID sid) {
  std::free(sid);
  return nullptr;
}

BOOL CreateWellKnownSid(WELL_KNOWN_SID_TYPE type, PSID /*domain*/, PSID sid, DWORD* size) {
  const std::optional<Sid> known = wmi::win32::WellKnownSid(type);
  if (!known || size == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  const DWORD room = *size;
  *size = known->size();
  if (sid == nullptr || room < known->size()) return Fail(ERROR_INSUFFICIENT_BUFFER, FALSE);
  std::memcpy(sid, known->get(), known->size());
  return TRUE;
}

BOOL IsWellKnownSid(PSID sid, WELL_KNOWN_SID_TYPE type) {
  const std::optional<Sid> copy = Sid::Copy(sid);
  const std::optional<Sid> known = wmi::win32::WellKnownSid(type);
  return copy && known && *copy == *known ? TRUE : FALSE;
}

BOOL ConvertSidToStringSidW(PSID sid, LPWSTR* text) {
  return wmi::win32::GiveText(sid, text, [](const std::string& utf8) { return wmi::WideFromUtf8(utf8); });
}
BOOL ConvertSidToStringSidA(PSID sid, LPSTR* text) {
  return wmi::win32::GiveText(sid, text, [](const std::string& utf8) { return utf8; });
}
BOOL ConvertStringSidToSidW(LPCWSTR text, PSID* sid) { return wmi::win32::ParseText(text, sid); }
BOOL ConvertStringSidToSidA(LPCSTR text, PSID* sid) { return wmi::win32::ParseText(text, sid); }
