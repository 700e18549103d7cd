// Win32_StartupCommand: what desktops start when a user logs in (XDG autostart entries).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

// What matters of a desktop entry. A value.
struct DesktopEntry {
  std::string name;
  std::string comment;
  std::string command;
  bool is_off = false;  // hidden, or switched off by the desktop
};

// Nothing when the text has no group [Desktop Entry] or no command.
std::optional<DesktopEntry> ParseDesktopEntry(std::string_view text);

struct StartupCommandView : ViewBase {
  std::string file_name;  // without its ending
  std::string location;
  std::string user;
  DesktopEntry entry;
};

struct StartupCommand {
  using View = StartupCommandView;
  static constexpr std::string_view kClass = "Win32_StartupCommand";
  static constexpr bool kMayBlock = true;
  static constexpr std::string_view kAbout =
      "One instance for each autostart entry that is on: of all users in `/etc/xdg/autostart` (`User` is `Public`), "
      "and of "
      "each user of `/etc/passwd` in `~/.config/autostart`. Which desktop heeds an entry (OnlyShowIn, NotShowIn, "
      "TryExec) "
      "is not looked at. Entries in home folders that the caller may not look into are missing, and the answer says "
      "so.";
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
