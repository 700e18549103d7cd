// Login sessions of this machine, from the records that login programs leave in /run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "providers/linux/host.h"

namespace wmi::linuxos {

struct LoginSessions {
  std::uint32_t count = 0;
  // The user at the console, empty when there is none.
  std::string console_user;
};

// Nothing when this machine keeps no record. Records of sessions whose process is gone do not count.
std::optional<LoginSessions> ReadLoginSessions(const Machine& machine);

}  // namespace wmi::linuxos
