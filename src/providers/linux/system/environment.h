// Win32_Environment: the variables that sessions start with, from the files that set them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

struct EnvironmentView : ViewBase {
  std::string name;
  std::string value;
  std::string user;  // empty: all users
};

struct Environment {
  using View = EnvironmentView;
  static constexpr std::string_view kClass = "Win32_Environment";
  static constexpr bool kMayBlock = true;
  static constexpr std::string_view kAbout =
      "One instance for each variable that files set for sessions that start: those of all users (`UserName` is "
      "`<SYSTEM>`) in `/etc/environment.d/*.conf` and `/etc/environment`, those of the user who asks in "
      "`~/.config/environment.d/*.conf`. Of several assignments the last counts, `/etc/environment` being read last. "
      "`Put` changes the file that sets the variable; a new one goes to `/etc/environment` or to "
      "`~/.config/environment.d/openwmi.conf`. `Delete` takes it out of every file of its user. All other lines stay "
      "as "
      "they are, and running sessions keep what they have.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
  static Result<std::string> Put(const Machine& machine, const provider::PutRequest& request);
  static Status Delete(const Machine& machine, const provider::DeleteRequest& request);
};

}  // namespace wmi::linuxos
