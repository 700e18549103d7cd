#include "providers/linux/kernel/control_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "base/text.h"
#include "providers/linux/kernel/kernel_text.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;
using GroupView = LinuxCgroupView;

constexpr SourceSet kType = 1u << 0;
constexpr SourceSet kControllers = 1u << 1;
constexpr SourceSet kEnabled = 1u << 2;
constexpr SourceSet kProcesses = 1u << 3;
constexpr SourceSet kEvents = 1u << 4;
constexpr SourceSet kStat = 1u << 5;
constexpr SourceSet kCpuStat = 1u << 6;
constexpr SourceSet kCpuMax = 1u << 7;
constexpr SourceSet kCpuWeight = 1u << 8;
constexpr SourceSet kMemoryCurrent = 1u << 9;
constexpr SourceSet kMemoryPeak = 1u << 10;
constexpr SourceSet kMemoryHigh = 1u << 11;
constexpr SourceSet kMemoryMax = 1u << 12;
constexpr SourceSet kSwapCurrent = 1u << 13;
constexpr SourceSet kSwapMax = 1u << 14;
constexpr SourceSet kMemoryStat = 1u << 15;
constexpr SourceSet kMemoryEvents = 1u << 16;
constexpr SourceSet kPidsCurrent = 1u << 17;
constexpr SourceSet kPidsMax = 1u << 18;
constexpr SourceSet kIoStat = 1u << 19;

constexpr std::size_t kGroupsMax = 100'000;
constexpr std::size_t kDepthMax = 64;
constexpr std::size_t kFileBytesMax = 1u << 20;
constexpr std::size_t kProcessListBytesMax = 32u << 20;

constexpr Source kGroupSources[] = {
    {kType, "`cgroup.type`", Cost::kInstanceFile},
    {kControllers, "`cgroup.controllers`", Cost::kInstanceFile},
    {kEnabled, "`cgroup.subtree_control`", Cost::kInstanceFile},
    {kProcesses, "`cgroup.procs`", Cost::kInstanceFile},
    {kEvents, "`cgroup.events`", Cost::kInstanceFile},
    {kStat, "`cgroup.stat`", Cost::kInstanceFile},
    {kCpuStat, "`cpu.stat`", Cost::kInstanceFile},
    {kCpuMax, "`cpu.max`", Cost::kInstanceFile},
    {kCpuWeight, "`cpu.weight`", Cost::kInstanceFile},
    {kMemoryCurrent, "`memory.current`", Cost::kInstanceFile},
    {kMemoryPeak, "`memory.peak`", Cost::kInstanceFile},
    {kMemoryHigh, "`memory.high`", Cost::kInstanceFile},
    {kMemoryMax, "`memory.max`", Cost::kInstanceFile},
    {kSwapCurrent, "`memory.swap.current`", Cost::kInstanceFile},
    {kSwapMax, "`memory.swap.max`", Cost::kInstanceFile},
    {kMemoryStat, "`memory.stat`", Cost::kInstanceFile},
    {kMemoryEvents, "`memory.events`", Cost::kInstanceFile},
    {kPidsCurrent, "`pids.current`", Cost::kInstanceFile},
    {kPidsMax, "`pids.max`", Cost::kInstanceFile},
    {kIoStat, "`io.stat`", Cost::kInstanceFile},
};

// Files of one number; "max", which is no limit, sets nothing.
constexpr std::pair<SourceSet, std::string_view> kNumberFiles[] = {
    {kCpuWeight, "cpu.weight"},    {kMemoryCurrent, "memory.current"}, {kMemoryPeak, "memory.peak"},
    {kMemoryHigh, "memory.high"},  {kMemoryMax, "memory.max"},         {kSwapCurrent, "memory.swap.current"},
    {kSwapMax, "memory.swap.max"}, {kPidsCurrent, "pids.current"},     {kPidsMax, "pids.max"},
};

constexpr std::string_view kNoController = "NULL where the controller is off, as in the root group";
constexpr std::string_view kNoLimit = "NULL for no limit, and where the controller is off";

constexpr Column<GroupView> kGroupColumns[] = {
    {"Controllers", kControllers,
     [](const GroupView& v, RowWriter& row, std::size_t slot) { SetTexts(row, slot, v.controllers); },
     "those that the group may use"},
    {"CpuPeriod", kCpuMax,
     [](const GroupView& v, RowWriter& row, std::size_t slot) { SetUnsignedOrNull(row, slot, v.cpu_period); },
     kNoController},
    {"CpuQuota", kCpuMax,
     [](const GroupView& v, RowWriter& row, std::size_t slot) { SetUnsignedOrNull(row, slot, v.cpu_quota); }, kNoLimit},
    {"CpuSystemTime", kCpuStat,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.cpu, "system_usec"));
     },
     "`system_usec`"},
    {"CpuTime", kCpuStat,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.cpu, "usage_usec"));
     },
     "`usage_usec`"},
    {"CpuUserTime", kCpuStat,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.cpu, "user_usec"));
     },
     "`user_usec`"},
    {"CpuWeight", kCpuWeight,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.files, "cpu.weight"));
     },
     kNoController},
    {"DescendantCount", kStat,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.stat, "nr_descendants"));
     },
     "`nr_descendants`"},
    {"DyingDescendantCount", kStat,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.stat, "nr_dying_descendants"));
     },
     "`nr_dying_descendants`"},
    {"EnabledControllers", kEnabled,
     [](const GroupView& v, RowWriter& row, std::size_t slot) { SetTexts(row, slot, v.enabled_controllers); },
     "those switched on for the groups below"},
    {"IoReadBytes", kIoStat,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       if (v.has_io) row.SetUnsigned(slot, FigureOf(v.io, "rbytes").value_or(0));
     },
     "`rbytes`, all devices together; NULL where the controller is off"},
    {"IoReads", kIoStat,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       if (v.has_io) row.SetUnsigned(slot, FigureOf(v.io, "rios").value_or(0));
     },
     "`rios`, all devices together; NULL where the controller is off"},
    {"IoWriteBytes", kIoStat,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       if (v.has_io) row.SetUnsigned(slot, FigureOf(v.io, "wbytes").value_or(0));
     },
     "`wbytes`, all devices together; NULL where the controller is off"},
    {"IoWrites", kIoStat,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       if (v.has_io) row.SetUnsigned(slot, FigureOf(v.io, "wios").value_or(0));
     },
     "`wios`, all devices together; NULL where the controller is off"},
    {"IsFrozen", kEvents,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       if (const auto figure = FigureOf(v.events, "frozen")) row.SetBoolean(slot, *figure != 0);
     },
     "`frozen`; NULL for the root group"},
    {"IsPopulated", kEvents,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       if (const auto figure = FigureOf(v.events, "populated")) row.SetBoolean(slot, *figure != 0);
     },
     "`populated`; NULL for the root group"},
    {"MemoryAnonymous", kMemoryStat,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.memory, "anon"));
     },
     "`anon`"},
    {"MemoryCache", kMemoryStat,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.memory, "file"));
     },
     "`file`"},
    {"MemoryCurrent", kMemoryCurrent,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.files, "memory.current"));
     },
     kNoController},
    {"MemoryHigh", kMemoryHigh,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.files, "memory.high"));
     },
     kNoLimit},
    {"MemoryMax", kMemoryMax,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.files, "memory.max"));
     },
     kNoLimit},
    {"MemoryPeak", kMemoryPeak,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.files, "memory.peak"));
     },
     "NULL where the controller is off, and before Linux 5.19"},
    {"OutOfMemoryKills", kMemoryEvents,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.memory_events, "oom_kill"));
     },
     "`oom_kill`"},
    {"Path", 0, [](const GroupView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.path); },
     "below where version 2 is mounted; `/` is the root group"},
    {"ProcessCount", kProcesses,
     [](const GroupView& v, RowWriter& row, std::size_t slot) { SetUnsignedOrNull(row, slot, v.process_count); },
     "lines of the file; NULL for a threaded group"},
    {"SwapCurrent", kSwapCurrent,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.files, "memory.swap.current"));
     },
     kNoController},
    {"SwapMax", kSwapMax,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.files, "memory.swap.max"));
     },
     kNoLimit},
    {"TaskCount", kPidsCurrent,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.files, "pids.current"));
     },
     kNoController},
    {"TaskMax", kPidsMax,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.files, "pids.max"));
     },
     kNoLimit},
    {"ThrottledPeriods", kCpuStat,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.cpu, "nr_throttled"));
     },
     "`nr_throttled`; NULL where the controller is off"},
    {"ThrottledTime", kCpuStat,
     [](const GroupView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, FigureOf(v.cpu, "throttled_usec"));
     },
     "`throttled_usec`; NULL where the controller is off"},
    {"Type", kType, [](const GroupView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.type); },
     "NULL for the root group"},
};

// Where version 2 is mounted: for itself, or beside version 1 as systemd does. Empty when nowhere.
std::string GroupRoot(const Machine& machine) {
  for (const char* place : {"/fs/cgroup", "/fs/cgroup/unified"}) {
    std::string folder = machine.root.sys + place;
    std::uint32_t mode = 0;
    if (machine.files->Mode(kNoDirectory, (folder + "/cgroup.controllers").c_str(), mode) == 0) return folder;
  }
  return {};
}

// Reads the files of one group.
class GroupReader {
 public:
  GroupReader(const Machine& machine, SourceSet sources) : machine_(machine), sources_(sources) {}

  // False when the group is gone.
  Result<bool> Read(const std::string& folder, LinuxCgroupView& view) {
    folder_ = &folder;
    is_gone_ = false;
    if (TRY(Get(kType, "cgroup.type", view))) view.type = Trim(text_.text());
    if (TRY(Get(kControllers, "cgroup.controllers", view))) view.controllers = PartsOf(Trim(text_.text()), ' ');
    if (TRY(Get(kEnabled, "cgroup.subtree_control", view))) {
      view.enabled_controllers = PartsOf(Trim(text_.text()), ' ');
    }
    if (TRY(Get(kProcesses, "cgroup.procs", view, kProcessListBytesMax))) {
      view.process_count = static_cast<std::uint64_t>(std::count(text_.text().begin(), text_.text().end(), '\n'));
    }
    if (TRY(Get(kEvents, "cgroup.events", view))) view.events = ParseFigures(text_.text());
    if (TRY(Get(kStat, "cgroup.stat", view))) view.stat = ParseFigures(text_.text());
    if (TRY(Get(kCpuStat, "cpu.stat", view))) view.cpu = ParseFigures(text_.text());
    if (TRY(Get(kMemoryStat, "memory.stat", view))) view.memory = ParseFigures(text_.text());
    if (TRY(Get(kMemoryEvents, "memory.events", view))) view.memory_events = ParseFigures(text_.text());
    view.has_io = TRY(Get(kIoStat, "io.stat", view));
    if (view.has_io) view.io = ParseIoStat(text_.text());
    if (TRY(Get(kCpuMax, "cpu.max", view))) ParseCpuMax(text_.text(), view);
    for (const auto& [source, name] : kNumberFiles) {
      std::uint64_t number = 0;
      if (TRY(Get(source, name, view)) && ParseUnsigned(text_.text(), number)) view.files.emplace(name, number);
    }
    // One that has no file any more is gone, or never had that controller.
    return !is_gone_ || machine_.files->IsDirectory(folder.c_str());
  }

 private:
  // Whether the file was to be read, and was.
  Result<bool> Get(SourceSet source, std::string_view name, LinuxCgroupView& view,
                   std::size_t bytes_max = kFileBytesMax) {
    if ((sources_ & source) == 0) return false;
    path_ = *folder_;
    path_ += '/';
    path_ += name;
    const int error = machine_.files->Read(kNoDirectory, path_.c_str(), bytes_max, text_);
    switch (OutcomeOf(error)) {
      case Outcome::kRead:
        return true;
      case Outcome::kExhausted:
        return ExhaustedStatus(path_, error);
      case Outcome::kDenied:
        view.denied |= source;
        return false;
      case Outcome::kGone:
        is_gone_ = true;
        break;
      default:
        break;
    }
    view.unread |= source;
    return false;
  }

  static void ParseCpuMax(std::string_view text, LinuxCgroupView& view) {
    std::string_view quota;
    std::uint64_t number = 0;
    if (!NextPart(text, ' ', quota)) return;
    if (ParseUnsigned(quota, number)) view.cpu_quota = number;
    if (ParseUnsigned(text, number)) view.cpu_period = number;
  }

  const Machine& machine_;
  const SourceSet sources_;
  const std::string* folder_ = nullptr;
  bool is_gone_ = false;
  std::string path_;
  TextBuffer text_;
};

struct GroupPlace {
  std::string path;
  std::size_t depth = 0;
};

// The group that a client named, as the file system writes it.
std::optional<std::string> NamedGroup(const Machine& machine, const std::string& root, std::string_view key) {
  if (!key.starts_with('/')) return std::nullopt;
  if (key == "/") return std::string(key);
  std::vector<std::string> names;
  std::string_view part;
  key.remove_prefix(1);
  // Not PartsOf: "//a" and "/a/" are other texts than the key of the group.
  if (key.ends_with('/')) return std::nullopt;
  while (NextPart(key, '/', part)) {
    if (part.empty()) return std::nullopt;
    names.emplace_back(part);
  }
  if (names.empty() || names.size() > kDepthMax) return std::nullopt;
  const std::optional<std::string> path = FindPath(machine, root, names);
  if (!path || !machine.files->IsDirectory(path->c_str())) return std::nullopt;
  return path->substr(root.size());
}

// Sums are kept within their type; nothing real comes near.
void AddTo(CgroupFigures& sums, std::string_view name, std::uint64_t number) {
  const auto found = sums.try_emplace(std::string(name), 0).first;
  const std::uint64_t room = std::numeric_limits<std::uint64_t>::max() - found->second;
  found->second += std::min(room, number);
}

}  // namespace

CgroupFigures ParseIoStat(std::string_view text) {
  CgroupFigures sums;
  std::string_view line;
  while (NextPart(text, '\n', line)) {
    std::string_view part;
    while (NextPart(line, ' ', part)) {
      const std::size_t sign = part.find('=');
      std::uint64_t number = 0;
      if (sign == std::string_view::npos || !ParseUnsigned(part.substr(sign + 1), number)) continue;
      const std::string_view name = part.substr(0, sign);
      if (name == "rbytes" || name == "wbytes" || name == "rios" || name == "wios") AddTo(sums, name, number);
    }
  }
  return sums;
}

std::span<const Source> LinuxCgroup::Sources() { return kGroupSources; }
std::span<const Column<LinuxCgroupView>> LinuxCgroup::Columns() { return kGroupColumns; }

Status LinuxCgroup::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  const std::string root = GroupRoot(machine);
  if (root.empty()) {
    return Status(code::kPartialResults,
                  fmt::format("no control groups of version 2 are mounted on {}/fs/cgroup, and those of version 1 are "
                              "not shown; mount the file system cgroup2, or start the kernel with "
                              "systemd.unified_cgroup_hierarchy=1",
                              machine.root.sys));
  }
  std::vector<GroupPlace> places;
  if (asked.request.has_keys) {
    std::set<std::string> named;
    for (const provider::KeyTuple& key : asked.request.keys) {
      if (key.size() != 1 || key.front().view().kind() != cim::ValueKind::kText) continue;
      if (const auto path = NamedGroup(machine, root, key.front().view().text())) named.insert(*path);
    }
    for (const std::string& path : named) places.push_back({path, kDepthMax});
  } else {
    places.push_back({"/", 0});
  }
  GroupReader reader(machine, asked.sources);
  std::vector<std::string> below;
  while (!places.empty() && out.size() < kGroupsMax && !asked.stopped()) {
    const GroupPlace place = std::move(places.back());
    places.pop_back();
    const std::string folder = place.path == "/" ? root : root + place.path;
    View view;
    view.path = place.path;
    if (TRY(reader.Read(folder, view))) out.push_back(std::move(view));
    if (place.depth >= kDepthMax) continue;
    const int error = machine.files->ListFolders(kNoDirectory, folder.c_str(), kKernelNamesMax, below);
    if (OutcomeOf(error) == Outcome::kExhausted) return ExhaustedStatus(folder, error);
    // A group that was removed meanwhile.
    if (error != 0) continue;
    std::sort(below.rbegin(), below.rend());
    for (const std::string& name : below) {
      GroupPlace next{place.path == "/" ? std::string() : place.path, place.depth + 1};
      next.path += '/';
      next.path += name;
      places.push_back(std::move(next));
    }
  }
  return Status();
}

// Containers

namespace {

constexpr SourceSet kProcessGroups = 1u << 0;

constexpr std::size_t kProcessesMax = 4u << 20;
constexpr std::size_t kGroupListBytesMax = 64u << 10;

constexpr Source kContainerSources[] = {{kProcessGroups, "`/proc/PID/cgroup`", Cost::kScan}};

constexpr Column<LinuxContainerView> kContainerColumns[] = {
    {"CgroupPath", kProcessGroups,
     [](const LinuxContainerView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.name.path); },
     "path up to the group of the container"},
    {"Engine", kProcessGroups,
     [](const LinuxContainerView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.name.engine); },
     "told by the form of the name"},
    {"FirstProcessId", kProcessGroups,
     [](const LinuxContainerView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.first_process_id); },
     "lowest number of a process in it"},
    {"Id", kProcessGroups,
     [](const LinuxContainerView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.name.id); },
     "the part of the name that the engine chose"},
    {"ProcessCount", kProcessGroups,
     [](const LinuxContainerView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.process_count); },
     "processes in the group and those below"},
};

bool IsHexId(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The name of a unit with its escapes \x2d taken back.
std::string UnitText(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("\\x2d")) {
      out += '-';
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

struct EngineForm {
  std::string_view prefix;
  std::string_view suffix;
  std::string_view engine;
};
// Groups called PREFIX id SUFFIX, the id 64 hexadecimal digits.
constexpr EngineForm kForms[] = {
    {"docker-", ".scope", "docker"},
    {"libpod-", ".scope", "podman"},
    {"libpod-", "", "podman"},
    {"crio-", ".scope", "cri-o"},
    {"cri-containerd-", ".scope", "containerd"},
};

std::optional<std::string> Between(std::string_view text, std::string_view prefix, std::string_view suffix) {
  if (text.size() <= prefix.size() + suffix.size() || !text.starts_with(prefix) || !text.ends_with(suffix)) {
    return std::nullopt;
  }
  return std::string(text.substr(prefix.size(), text.size() - prefix.size() - suffix.size()));
}

// Engine and id of one name of a path; `before` is the name above it.
std::optional<std::pair<std::string, std::string>> EngineOf(std::string_view name, std::string_view before,
                                                            bool is_in_pod) {
  using Found = std::pair<std::string, std::string>;
  for (const EngineForm& form : kForms) {
    const std::optional<std::string> id = Between(name, form.prefix, form.suffix);
    if (id && IsHexId(*id)) return Found(form.engine, *id);
  }
  if (IsHexId(name) && before == "docker") return Found("docker", name);
  if (IsHexId(name) && is_in_pod) return Found("kubernetes", name);
  if (const auto id = Between(name, "lxc.payload.", "")) return Found("lxc", *id);
  if (before == "lxc" && !name.empty()) return Found("lxc", name);
  if (const auto id = Between(name, "systemd-nspawn@", ".service")) return Found("nspawn", UnitText(*id));
  return std::nullopt;
}

}  // namespace

std::optional<ContainerName> ContainerOf(std::string_view cgroup_path) {
  std::optional<ContainerName> found;
  std::string_view rest = cgroup_path;
  std::string_view name;
  std::string_view before;
  bool is_in_pod = false;
  std::size_t length = 0;
  // The outermost one: what runs inside a container belongs to it.
  while (!found && NextPart(rest, '/', name)) {
    length += name.size();
    if (name.starts_with("kubepods")) is_in_pod = true;
    if (const auto engine = EngineOf(name, before, is_in_pod)) {
      found = ContainerName{engine->first, engine->second, std::string(cgroup_path.substr(0, length))};
    }
    ++length;
    before = name;
  }
  return found;
}

std::span<const Source> LinuxContainer::Sources() { return kContainerSources; }
std::span<const Column<LinuxContainerView>> LinuxContainer::Columns() { return kContainerColumns; }

Status LinuxContainer::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  std::vector<std::int32_t> ids;
  const int listed = machine.files->ListNumbers(kNoDirectory, machine.root.proc.c_str(), kProcessesMax, ids);
  if (listed != 0) return SystemStatus(code::kProviderFailure, "opendir(" + machine.root.proc + ")", listed);
  std::sort(ids.begin(), ids.end());
  std::map<std::pair<std::string, std::string>, View> found;
  TextBuffer text;
  std::string path;
  for (const std::int32_t id : ids) {
    if (asked.stopped()) break;
    path = machine.root.proc;
    path += '/';
    path += std::to_string(id);
    path += "/cgroup";
    const int error = machine.files->Read(kNoDirectory, path.c_str(), kGroupListBytesMax, text);
    if (OutcomeOf(error) == Outcome::kExhausted) return ExhaustedStatus(path, error);
    if (error != 0) continue;
    std::optional<ContainerName> name;
    std::string_view rest = text.text();
    std::string_view line;
    while (NextPart(rest, '\n', line)) {
      // number:controllers:path; that of version 2 is number 0 and goes before the others.
      const std::size_t colon = line.find(':');
      const std::size_t second = colon == std::string_view::npos ? colon : line.find(':', colon + 1);
      if (second == std::string_view::npos) continue;
      std::optional<ContainerName> of_line = ContainerOf(line.substr(second + 1));
      if (of_line && (!name || line.starts_with("0::"))) name = std::move(of_line);
    }
    if (!name) continue;
    View& view = found[{name->engine, name->id}];
    if (view.process_count++ == 0) {
      view.name = std::move(*name);
      view.first_process_id = static_cast<std::uint64_t>(id);
    }
  }
  for (auto& [key, view] : found) out.push_back(std::move(view));
  return Status();
}

}  // namespace wmi::linuxos
