// Win32_GroupUser: who is in which group.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

struct GroupUserView : ViewBase {
  std::string group;  // paths
  std::string member;
};

struct GroupUser {
  using View = GroupUserView;
  static constexpr std::string_view kClass = "Win32_GroupUser";
  static constexpr std::string_view kAbout =
      "One for each member of each group: the users that its entry names, and those whose first group it is. Names of "
      "users that do not exist are left out.";
  static constexpr bool kLooksUp = true;
  static constexpr bool kMayBlock = true;
  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

}  // namespace wmi::linuxos
