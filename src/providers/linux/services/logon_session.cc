#include "providers/linux/services/logon_session.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "cim/datetime.h"
#include "cim/object_path.h"
#include "providers/linux/bus/system_bus.h"
#include "providers/linux/services/systemd.h"
#include "providers/linux/sessions.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;
using BusOutcome = BusAnswer::Outcome;

constexpr SourceSet kSessions = 1u << 0;
constexpr SourceSet kSession = 1u << 1;
constexpr SourceSet kHost = 1u << 2;
constexpr SourceSet kProcesses = 1u << 3;

constexpr const char* kLogind = "org.freedesktop.login1";
constexpr std::size_t kProcessesMax = 1u << 20;
constexpr std::uint64_t kNoAuditSession = 0xFFFF'FFFF;

// Values of LogonType.
constexpr std::uint32_t kInteractive = 2;
constexpr std::uint32_t kBatch = 4;
constexpr std::uint32_t kServiceType = 5;
constexpr std::uint32_t kRemoteInteractive = 10;

constexpr Source kSources[] = {
    {kSessions, "`ListSessions` of logind, or `/run/utmp`", Cost::kService},
    {kSession, "the properties of the session, or `/run/utmp`", Cost::kService},
    {kHost, "`/proc/sys/kernel/hostname`", Cost::kFile},
    {kProcesses, "`/proc/PID/cgroup`, or `/proc/PID/sessionid`", Cost::kScan},
};

using View = LogonSessionView;

std::string PathTo(std::string class_name, std::vector<cim::ObjectPath::Key> keys) {
  cim::ObjectPath path;
  path.class_name = std::move(class_name);
  path.keys = std::move(keys);
  return cim::FormatObjectPath(path);
}

void WriteSessionReference(const View& view, RowWriter& row, std::size_t slot) {
  row.SetText(slot, PathTo("Win32_LogonSession", {{"LogonId", cim::Value::Text(view.id)}}));
}

constexpr Column<View> kSessionColumns[] = {
    {"AuthenticationPackage", kSession,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.service); },
     "the service of PAM that let the user in. NULL without logind."},
    {"LogonId", kSessions, [](const View& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.id); },
     "the id of the session; without logind the audit session of the login's process, or the process's own number"},
    {"LogonType", kSession,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.type) row.SetUnsigned(slot, *v.type);
     },
     "from elsewhere 10, of the class `background` 4, of the class `manager` 5, else 2"},
    {"StartTime", kSession,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.start_microseconds > 0) row.SetText(slot, cim::FormatLocalDatetime(v.start_microseconds));
     }},
};

constexpr Column<View> kUserColumns[] = {
    {"Antecedent", kSessions | kHost,
     [](const View& v, RowWriter& row, std::size_t slot) {
       row.SetText(slot, PathTo("Win32_UserAccount",
                                {{"Domain", cim::Value::Text(v.host_name)}, {"Name", cim::Value::Text(v.user)}}));
     },
     "the account of the user of the session"},
    {"Dependent", kSessions, WriteSessionReference},
};

constexpr Column<View> kProcessColumns[] = {
    {"Antecedent", kSessions | kProcesses, WriteSessionReference},
    {"Dependent", kSessions | kProcesses,
     [](const View& v, RowWriter& row, std::size_t slot) {
       row.SetText(slot, PathTo("Win32_Process", {{"Handle", cim::Value::Text(std::to_string(v.process))}}));
     }},
};

std::uint32_t TypeOf(const BusValue& properties) {
  const std::string& session_class = TextOf(properties, "Class");
  if (session_class.starts_with("background")) return kBatch;
  if (session_class.starts_with("manager")) return kServiceType;
  const BusValue* const remote = properties.Find("Remote");
  return remote != nullptr && remote->boolean() ? kRemoteInteractive : kInteractive;
}

// The audit session of a process; nothing when it has none.
std::optional<std::uint64_t> AuditSession(const Machine& machine, std::int32_t process) {
  std::uint64_t session = 0;
  const std::string path = fmt::format("{}/{}/sessionid", machine.root.proc, process);
  if (!ParseUnsigned(ReadLine(*machine.files, path), session) || session == kNoAuditSession) return std::nullopt;
  return session;
}

void LoadRecords(const Machine& machine, std::vector<View>& out) {
  std::set<std::string> ids;
  for (const LoginRecord& login : ReadLoginRecords(machine).value_or(std::vector<LoginRecord>())) {
    if (login.leader <= 0 || login.user.empty()) continue;
    View view;
    view.id = std::to_string(AuditSession(machine, login.leader).value_or(static_cast<std::uint64_t>(login.leader)));
    // Several terminals of one session.
    if (!ids.insert(view.id).second) continue;
    view.user = login.user;
    // A host of ":0" is a display of this machine.
    view.type = login.host.empty() || login.host.starts_with(':') ? kInteractive : kRemoteInteractive;
    view.start_microseconds = login.start_seconds * 1'000'000;
    out.push_back(std::move(view));
  }
}

// True when logind answered; a list that is not whole says why in `status`.
bool LoadSessions(const Machine& machine, const Asked& asked, std::vector<View>& out, Status& status) {
  BusCall call;
  call.destination = kLogind;
  call.path = "/org/freedesktop/login1";
  call.interface = "org.freedesktop.login1.Manager";
  call.member = "ListSessions";
  BusAnswer answer = machine.bus->Call(call);
  if (answer.outcome == BusOutcome::kNoBus || answer.outcome == BusOutcome::kNoService) return false;
  status = StatusOf(answer, "sessions");
  if (!answer.ok() || answer.values.empty()) return true;
  for (const BusValue& row : answer.values.front().list()) {
    const BusValue::List& members = row.list();
    if (asked.stopped()) break;
    if (members.size() < 5 || members[0].text().empty()) continue;
    View view;
    view.id = members[0].text();
    view.user = members[2].text();
    if (asked.Wants(kSession)) {
      const BusAnswer properties =
          machine.bus->Properties(kLogind, members[4].text(), "org.freedesktop.login1.Session");
      if (properties.outcome == BusOutcome::kTimedOut) {
        status = StatusOf(properties, "sessions");
        break;
      }
      // Gone since the list was made.
      if (properties.outcome == BusOutcome::kNoService) continue;
      if (properties.ok() && !properties.values.empty()) {
        const BusValue& values = properties.values.front();
        view.service = TextOf(values, "Service");
        view.type = TypeOf(values);
        view.start_microseconds = static_cast<std::int64_t>(NumberOf(values, "Timestamp") & (~std::uint64_t{0} >> 1));
      }
    }
    out.push_back(std::move(view));
  }
  return true;
}

Status LoadAll(const Machine& machine, const Asked& asked, std::vector<View>& out, bool& has_logind) {
  Status status;
  has_logind = LoadSessions(machine, asked, out, status);
  if (!has_logind) LoadRecords(machine, out);
  if (asked.Wants(kHost)) {
    const std::string host_name = HostName(machine);
    for (View& view : out) view.host_name = host_name;
  }
  return status;
}

}  // namespace

std::string_view SessionOfCgroup(std::string_view text) {
  constexpr std::string_view kStart = "/session-";
  constexpr std::string_view kEnd = ".scope";
  std::string_view line;
  while (NextPart(text, '\n', line)) {
    const std::size_t start = line.find(kStart);
    if (start == std::string_view::npos) continue;
    std::string_view part = line.substr(start + kStart.size());
    part = part.substr(0, part.find('/'));
    if (part.ends_with(kEnd) && part.size() > kEnd.size()) return part.substr(0, part.size() - kEnd.size());
  }
  return {};
}

std::span<const Source> LogonSession::Sources() { return kSources; }
std::span<const Column<LogonSessionView>> LogonSession::Columns() { return kSessionColumns; }
Status LogonSession::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  bool has_logind = false;
  return LoadAll(machine, asked, out, has_logind);
}

std::span<const Source> LoggedOnUser::Sources() { return kSources; }
std::span<const Column<LogonSessionView>> LoggedOnUser::Columns() { return kUserColumns; }
Status LoggedOnUser::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  bool has_logind = false;
  return LoadAll(machine, asked, out, has_logind);
}

std::span<const Source> SessionProcess::Sources() { return kSources; }
std::span<const Column<LogonSessionView>> SessionProcess::Columns() { return kProcessColumns; }
Status SessionProcess::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  bool has_logind = false;
  std::vector<View> sessions;
  Status status = LoadAll(machine, asked, sessions, has_logind);
  std::set<std::string, std::less<>> ids;
  for (const View& session : sessions) ids.insert(session.id);
  if (ids.empty()) return status;
  std::vector<std::int32_t> processes;
  const int error = machine.files->ListNumbers(kNoDirectory, machine.root.proc.c_str(), kProcessesMax, processes);
  if (OutcomeOf(error) == Outcome::kExhausted) return ExhaustedStatus(machine.root.proc, error);
  for (const std::int32_t process : processes) {
    if (asked.stopped()) break;
    std::string id;
    if (has_logind) {
      const std::string path = fmt::format("{}/{}/cgroup", machine.root.proc, process);
      id = SessionOfCgroup(ReadText(*machine.files, path, 64u << 10));
    } else if (const auto session = AuditSession(machine, process)) {
      id = std::to_string(*session);
    } else {
      id = std::to_string(process);  // the leader of a login without an audit session
    }
    if (!ids.contains(id)) continue;
    View view;
    view.id = std::move(id);
    view.process = process;
    out.push_back(std::move(view));
  }
  return status;
}

}  // namespace wmi::linuxos
