// Login sessions of this machine, from the records that login programs leave in /run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/host.h"

namespace wmi::linuxos {

struct LoginSessions {
  std::uint32_t count = 0;
  // The user at the console, empty when there is none.
  std::string console_user;
};

// One login in the records of login programs, whose process lives.
struct LoginRecord {
  std::string user;
  std::string line;  // the terminal: "tty1", "pts/0", ":0"
  std::string host;  // where the user came from, empty for a local login
  std::int32_t leader = 0;
  std::int64_t start_seconds = 0;
  bool is_console = false;
};

// From the text of utmp; at most 65,536 records.
std::vector<LoginRecord> ParseLoginRecords(std::string_view text);
// Those of /run/utmp whose process lives; nothing when this machine keeps none.
std::optional<std::vector<LoginRecord>> ReadLoginRecords(const Machine& machine);

// Nothing when this machine keeps no record. Records of sessions whose process is gone do not count.
std::optional<LoginSessions> ReadLoginSessions(const Machine& machine);

}  // namespace wmi::linuxos
