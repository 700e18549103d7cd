#include "consumers/machine_name.h"

#include <unistd.h>

#include <array>

#include "base/text.h"

namespace wmi::consumers {

std::string MachineName() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  return name.data();
}

bool IsThisMachine(std::string_view name, std::string_view machine) {
  if (name.starts_with("\\\\")) name.remove_prefix(2);
  if (name.empty() || name == "." || EqualFolded(name, "localhost") || EqualFolded(name, machine)) return true;
  const std::size_t dot = machine.find('.');
  const std::size_t own_dot = name.find('.');
  // One of them has no domain.
  if ((dot == std::string_view::npos) == (own_dot == std::string_view::npos)) return false;
  return EqualFolded(name.substr(0, own_dot), machine.substr(0, dot));
}

}  // namespace wmi::consumers
