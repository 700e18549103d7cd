// Win32_LogonSession, Win32_LoggedOnUser and Win32_SessionProcess: who is logged in, from logind over the bus, or from
// the records of login programs where there is no logind.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/column.h"
#include "providers/linux/snapshot_provider.h"

namespace wmi::linuxos {

struct LogonSessionView : ViewBase {
  std::string id;
  std::string user;
  std::string host_name;
  std::string service;                // of PAM: "sshd", "login"
  std::optional<std::uint32_t> type;  // a value of LogonType
  std::int64_t start_microseconds = 0;
  std::int32_t process = 0;  // Win32_SessionProcess: one of its processes
};

// What the three classes have in common.
struct LogonSession {
  using View = LogonSessionView;
  static constexpr std::string_view kClass = "Win32_LogonSession";
  static constexpr std::string_view kAbout =
      "One instance for each session of logind. Without logind one for each login in `/run/utmp` whose process lives.";
  static constexpr bool kMayBlock = true;

  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct LoggedOnUser {
  using View = LogonSessionView;
  static constexpr std::string_view kClass = "Win32_LoggedOnUser";
  static constexpr std::string_view kAbout = "One instance for each session of `Win32_LogonSession`: whose it is.";
  static constexpr bool kMayBlock = true;

  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

struct SessionProcess {
  using View = LogonSessionView;
  static constexpr std::string_view kClass = "Win32_SessionProcess";
  static constexpr std::string_view kAbout =
      "One instance for each process that belongs to a session of `Win32_LogonSession`: by its control group, or by "
      "its "
      "audit session where there is no logind.";
  static constexpr bool kMayBlock = true;

  static std::span<const Source> Sources();
  static std::span<const Column<View>> Columns();
  static Status Load(const Machine& machine, const Asked& asked, std::vector<View>& out);
};

// The session in the text of a process's cgroup file: "3" of ".../session-3.scope"; empty when there is none.
std::string_view SessionOfCgroup(std::string_view text);

}  // namespace wmi::linuxos
