#include "store/guid.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "base/fault.h"

namespace wmi::store {

Result<std::string> NewGuid() {
  std::array<std::uint8_t, 16> bytes{};
  // Never waits: a machine that has just started and has no entropy yet must not hang a put.
  ssize_t got = -1;
  do {
    got = getrandom(bytes.data(), bytes.size(), GRND_NONBLOCK);
  } while (got < 0 && errno == EINTR);
  if (FaultHere("store.random")) {
    got = -1;
    errno = EAGAIN;
  }
  if (got != static_cast<ssize_t>(bytes.size())) {
    return SystemStatus(code::kFailed, "getrandom", got < 0 ? errno : EIO);
  }
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  std::string text = "{";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02X}", bytes[i]);
  }
  return text + "}";
}

}  // namespace wmi::store
