// The files of accounts: passwd, group, shadow and login.defs. No crash; accounts have names without a colon or a line
// break. Links wmi_linux.
#include "providers/linux/accounts/account_files.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

void RequireName(const std::string& name) {
  if (name.empty() || name.find_first_of(":\n") != std::string::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  for (const auto& user : wmi::linuxos::ParsePasswdFile(text)) RequireName(user.name);
  for (const auto& group : wmi::linuxos::ParseGroupFile(text)) {
    RequireName(group.name);
    for (const std::string& member : group.members) {
      if (member.empty()) std::abort();
    }
  }
  for (const auto& [name, entry] : wmi::linuxos::ParseShadowFile(text)) {
    RequireName(name);
    if (entry.is_locked && entry.has_no_password) std::abort();
  }
  wmi::linuxos::FirstPersonId(text);
  return 0;
}
