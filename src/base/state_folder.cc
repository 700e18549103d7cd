#include "base/state_folder.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

namespace wmi {
namespace {

std::string HomeFolder() {
  const char* const home = secure_getenv("HOME");
  if (home != nullptr && home[0] == '/') return home;
  std::vector<char> buffer(16384);
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return {};
  return found->pw_dir != nullptr && found->pw_dir[0] == '/' ? found->pw_dir : std::string();
}

}  // namespace

std::string StateFolder(const char* variable, const std::string& name) {
  const char* const chosen = secure_getenv(variable);
  if (chosen != nullptr && chosen[0] != '\0') return chosen[0] == '/' ? chosen : std::string();
  const char* const state = secure_getenv("XDG_STATE_HOME");
  if (state != nullptr && state[0] == '/') return std::string(state) + "/openwmi/" + name;
  const std::string home = HomeFolder();
  return home.empty() ? std::string() : home + "/.local/state/openwmi/" + name;
}

}  // namespace wmi
