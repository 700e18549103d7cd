// Texts of the kernel and of login programs: modules, logins, control groups. What is read comes from the text, and no
// more than the bounds allow.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "providers/linux/services/kernel_module.h"
#include "providers/linux/services/logon_session.h"
#include "providers/linux/sessions.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const wmi::linuxos::KernelModule& module : wmi::linuxos::ParseModules(text)) {
    Require(!module.name.empty() && text.find(module.name) != std::string_view::npos);
    Require(module.name.find_first_of(" \n") == std::string_view::npos);
  }
  const auto logins = wmi::linuxos::ParseLoginRecords(text);
  Require(logins.size() <= 65'536);
  for (const wmi::linuxos::LoginRecord& login : logins) {
    Require(text.find(login.user) != std::string_view::npos && text.find(login.host) != std::string_view::npos);
    Require(login.user.find('\0') == std::string_view::npos);
  }
  const std::string_view session = wmi::linuxos::SessionOfCgroup(text);
  Require(session.find_first_of("/\n") == std::string_view::npos);
  return 0;
}
