// The functions of <securitybaseapi.h> that work on tokens.
#include <processthreadsapi.h>
#include <securitybaseapi.h>
#include <winerror.h>

#include <cstring>
#include <string>

#include "win32/abi_guard.h"
#include "win32/security/token.h"
#include "win32/sync/thread_object.h"

namespace wmi::win32 {
namespace {

constexpr ULONG kGroupAttributes = SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED;

// The answer of one question, put together: a structure at the beginning and the SIDs that it points to behind it.
class Answer {
 public:
  explicit Answer(std::size_t head_size) : bytes_(head_size, '\0') {}

  // The place of a SID, which is added.
  std::size_t Add(const Sid& sid) {
    const std::size_t at = bytes_.size();
    bytes_.append(static_cast<const char*>(sid.get()), sid.size());
    return at;
  }
  // In the structure, at `field`: the address that the SID at `place` will have.
  void Point(std::size_t field, std::size_t place) { pointers_.push_back({field, place}); }
  template <typename Field>
  void Put(std::size_t at, Field value) {
    std::memcpy(bytes_.data() + at, static_cast<const void*>(&value), sizeof(value));
  }

  std::size_t size() const { return bytes_.size(); }
  void CopyTo(void* target) {
    for (const auto& [field, place] : pointers_) Put(field, static_cast<PSID>(static_cast<char*>(target) + place));
    std::memcpy(target, bytes_.data(), bytes_.size());
  }

 private:
  std::string bytes_;
  std::vector<std::pair<std::size_t, std::size_t>> pointers_;
};

Answer OneSid(const Sid& sid, std::size_t head_size, std::size_t field) {
  Answer answer(head_size);
  answer.Point(field, answer.Add(sid));
  return answer;
}

Answer Groups(const std::vector<Sid>& groups) {
  constexpr std::size_t kList = offsetof(TOKEN_GROUPS, Groups);
  Answer answer(kList + groups.size() * sizeof(SID_AND_ATTRIBUTES));
  answer.Put(offsetof(TOKEN_GROUPS, GroupCount), static_cast<ULONG>(groups.size()));
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const std::size_t at = kList + i * sizeof(SID_AND_ATTRIBUTES);
    answer.Point(at + offsetof(SID_AND_ATTRIBUTES, Sid), answer.Add(groups[i]));
    answer.Put(at + offsetof(SID_AND_ATTRIBUTES, Attributes), kGroupAttributes);
  }
  return answer;
}

BOOL Give(Answer answer, void* target, DWORD room, DWORD* needed) {
  *needed = answer.size();
  if (room < answer.size()) return Fail(ERROR_INSUFFICIENT_BUFFER, FALSE);
  if (target == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  answer.CopyTo(target);
  return TRUE;
}

template <typename Value>
BOOL GiveFixed(const Value& value, void* target, DWORD room, DWORD* needed) {
  *needed = sizeof(value);
  if (room < sizeof(value)) return Fail(ERROR_BAD_LENGTH, FALSE);
  if (target == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  std::memcpy(target, &value, sizeof(value));
  return TRUE;
}

BOOL GiveInformation(const TokenObject& token, TOKEN_INFORMATION_CLASS what, void* target, DWORD room, DWORD* needed) {
  switch (what) {
    case TokenUser:
      return Give(OneSid(token.user(), sizeof(TOKEN_USER), offsetof(TOKEN_USER, User.Sid)), target, room, needed);
    case TokenOwner:
      return Give(OneSid(token.user(), sizeof(TOKEN_OWNER), offsetof(TOKEN_OWNER, Owner)), target, room, needed);
    case TokenPrimaryGroup:
      return Give(
          OneSid(token.primary_group(), sizeof(TOKEN_PRIMARY_GROUP), offsetof(TOKEN_PRIMARY_GROUP, PrimaryGroup)),
          target, room, needed);
    case TokenGroups:
      return Give(Groups(token.groups()), target, room, needed);
    case TokenType:
      return GiveFixed(token.type(), target, room, needed);
    case TokenImpersonationLevel:
      if (token.type() != TokenImpersonation) return Fail(ERROR_INVALID_PARAMETER, FALSE);
      return GiveFixed(token.level(), target, room, needed);
    case TokenElevationType:  // nobody has two tokens here
      return GiveFixed(TokenElevationTypeDefault, target, room, needed);
    case TokenElevation:
      return GiveFixed(TOKEN_ELEVATION{token.is_root() ? 1ul : 0ul}, target, room, needed);
    default:
      return Fail(ERROR_INVALID_PARAMETER, FALSE);
  }
}

BOOL GiveHandle(std::shared_ptr<HandleObject> object, HANDLE* handle) {
  *handle = OpenHandle(std::move(object));
  return *handle != nullptr ? TRUE : FALSE;
}

}  // namespace
}  // namespace wmi::win32

using wmi::win32::Fail;
using wmi::win32::FindObjectAs;
using wmi::win32::Guarded;
using wmi::win32::TokenObject;

BOOL OpenProcessToken(HANDLE process, DWORD /*access*/, PHANDLE token) {
  if (token == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  *token = nullptr;
  return Guarded<BOOL>(FALSE, [&]() -> BOOL {
    if (FindObjectAs<wmi::win32::ProcessObject>(process) == nullptr) return FALSE;
    return wmi::win32::GiveHandle(TokenObject::OfProcess(), token);
  });
}

BOOL OpenThreadToken(HANDLE thread, DWORD /*access*/, BOOL /*as_self*/, PHANDLE token) {
  if (token == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  *token = nullptr;
  return Guarded<BOOL>(FALSE, [&]() -> BOOL {
    const auto object = FindObjectAs<wmi::win32::ThreadObject>(thread);
    if (object == nullptr) return FALSE;
    if (object != wmi::win32::CurrentThread()) return Fail(ERROR_NOT_SUPPORTED, FALSE);
    std::shared_ptr<TokenObject> found = wmi::win32::ThreadToken();
    if (found == nullptr) return Fail(ERROR_NO_TOKEN, FALSE);
    return wmi::win32::GiveHandle(std::move(found), token);
  });
}

BOOL ImpersonateSelf(SECURITY_IMPERSONATION_LEVEL level) {
  if (level < SecurityAnonymous || level > SecurityDelegation) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  return Guarded<BOOL>(FALSE, [&] {
    wmi::win32::SetThreadToken(TokenObject::OfProcess()->Impersonation(level));
    return TRUE;
  });
}

BOOL RevertToSelf() {
  wmi::win32::SetThreadToken(nullptr);
  return TRUE;
}

BOOL GetTokenInformation(HANDLE token, TOKEN_INFORMATION_CLASS what, LPVOID answer, DWORD room, PDWORD needed) {
  if (needed == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  *needed = 0;
  return Guarded<BOOL>(FALSE, [&]() -> BOOL {
    const auto object = FindObjectAs<TokenObject>(token);
    return object == nullptr ? FALSE : wmi::win32::GiveInformation(*object, what, answer, room, needed);
  });
}

BOOL CheckTokenMembership(HANDLE token, PSID sid, PBOOL is_member) {
  if (is_member == nullptr) return Fail(ERROR_INVALID_PARAMETER, FALSE);
  *is_member = FALSE;
  return Guarded<BOOL>(FALSE, [&]() -> BOOL {
    const std::optional<wmi::win32::Sid> copy = wmi::win32::Sid::Copy(sid);
    if (!copy) return Fail(ERROR_INVALID_SID, FALSE);
    std::shared_ptr<TokenObject> object;
    if (token != nullptr) {
      object = FindObjectAs<TokenObject>(token);
      if (object == nullptr) return FALSE;
      if (object->type() != TokenImpersonation) return Fail(ERROR_NO_IMPERSONATION_TOKEN, FALSE);
    } else {
      object = wmi::win32::ThreadToken();
      if (object == nullptr) object = TokenObject::OfProcess();
    }
    *is_member = object->IsMember(*copy) ? TRUE : FALSE;
    return TRUE;
  });
}
