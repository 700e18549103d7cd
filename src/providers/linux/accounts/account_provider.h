// Users, groups, their identifiers and their homes: Win32_UserAccount, Win32_SystemAccount, Win32_Group, Win32_SID and
// Win32_UserProfile from the name services and the files of /etc.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/accounts/account_files.h"
#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

struct AccountView : ViewBase {
  std::string host;
  std::string name;
  std::uint32_t id = 0;
  std::string full_name;
  std::optional<bool> is_local;
  // Nothing for an account without a line there.
  std::optional<ShadowEntry> shadow;
};

struct UserAccount {
  using View = AccountView;
  static constexpr std::string_view kClass = "Win32_UserAccount";
  static constexpr std::string_view kAbout =
      "The users that are people, and root: those whose number is `UID_MIN` of `/etc/login.defs` (1000 where it does "
      "not "
      "say) or more. Every user is either here or in `Win32_SystemAccount`. Found by name without a list, as written "
      "or "
      "in lower case.";
  static constexpr bool kLooksUp = true;
  static constexpr bool kMayBlock = true;
  static constexpr auto kNarrowed = std::array{"Name"};
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct SystemAccount {
  using View = AccountView;
  static constexpr std::string_view kClass = "Win32_SystemAccount";
  static constexpr std::string_view kAbout =
      "The users that are not people: numbers below `UID_MIN` except root, 65534 (nobody), and 61184 to 65519, which "
      "systemd gives to services while they run.";
  static constexpr bool kLooksUp = true;
  static constexpr bool kMayBlock = true;
  static constexpr auto kNarrowed = std::array{"Name"};
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct AccountGroup {
  using View = AccountView;
  static constexpr std::string_view kClass = "Win32_Group";
  static constexpr std::string_view kAbout =
      "The groups of this machine. Found by name without a list, as written or in lower case.";
  static constexpr bool kLooksUp = true;
  static constexpr bool kMayBlock = true;
  static constexpr auto kNarrowed = std::array{"Name"};
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct AccountSidView : ViewBase {
  std::string host;
  std::string name;
  bool is_group = false;
  std::uint32_t id = 0;
};

struct AccountSid {
  using View = AccountSidView;
  static constexpr std::string_view kClass = "Win32_SID";
  static constexpr std::string_view kAbout =
      "One for each number of a user and each number of a group: `S-1-22-1-` and the user's, `S-1-22-2-` and the "
      "group's, "
      "as Samba names Unix accounts. Where several names share a number, the one that the name services give first.";
  static constexpr bool kLooksUp = true;
  static constexpr bool kMayBlock = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct UserProfileView : ViewBase {
  std::uint32_t id = 0;
  std::string home;
  bool is_special = false;
  std::optional<bool> is_loaded;
};

struct UserProfile {
  using View = UserProfileView;
  static constexpr std::string_view kClass = "Win32_UserProfile";
  static constexpr std::string_view kAbout =
      "The home of each user that has one. The folder itself is not looked at: that would mount homes that are mounted "
      "when they are used. `/`, `/dev/null` and paths below `/nonexistent` are not homes.";
  static constexpr bool kLooksUp = true;
  static constexpr bool kMayBlock = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

// The text of the key property `name` in one tuple of keys; empty when it is none.
std::string KeyTextOf(const provider::Request& request, const provider::KeyTuple& key, std::string_view name);

}  // namespace wmi::linuxos
