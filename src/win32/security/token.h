// Tokens: who runs a program or a call, as a handle; and with which one a thread impersonates.
#pragma once

#include <windef.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "win32/handle_table.h"
#include "win32/security/sid.h"

namespace wmi::win32 {

// Immutable; what the process was when it was made.
class TokenObject final : public HandleObject {
 public:
  // The effective user and groups of this process now.
  static std::shared_ptr<TokenObject> OfProcess();
  // The same as an impersonation token.
  std::shared_ptr<TokenObject> Impersonation(SECURITY_IMPERSONATION_LEVEL level) const;

  const Sid& user() const { return user_; }
  const Sid& primary_group() const { return primary_group_; }
  const std::vector<Sid>& groups() const { return groups_; }  // the primary one, too
  TOKEN_TYPE type() const { return type_; }
  SECURITY_IMPERSONATION_LEVEL level() const { return level_; }  // of an impersonation token
  bool is_root() const { return is_root_; }
  bool IsMember(const Sid& sid) const;

 private:
  Sid user_;
  Sid primary_group_;
  std::vector<Sid> groups_;
  TOKEN_TYPE type_ = TokenPrimary;
  SECURITY_IMPERSONATION_LEVEL level_ = SecurityAnonymous;
  bool is_root_ = false;
};

// The token that the calling thread impersonates with; null when it does not. Null for SetThreadToken ends it.
std::shared_ptr<TokenObject> ThreadToken();
void SetThreadToken(std::shared_ptr<TokenObject> token);

}  // namespace wmi::win32
