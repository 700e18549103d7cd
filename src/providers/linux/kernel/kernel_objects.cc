#include "providers/linux/kernel/kernel_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "providers/linux/kernel/kernel_text.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kMountTable = 1u << 0;

constexpr std::size_t kMountsMax = 100'000;
constexpr std::size_t kMountTableBytesMax = 64u << 20;

constexpr Source kMountSources[] = {{kMountTable, "`/proc/self/mountinfo`", Cost::kFile}};

constexpr Column<LinuxMountView> kMountColumns[] = {
    {"Device", kMountTable,
     [](const LinuxMountView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.mount.device); },
     "major and minor number"},
    {"FileSystem", kMountTable,
     [](const LinuxMountView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.mount.file_system); },
     "type of the file system"},
    {"Id", kMountTable,
     [](const LinuxMountView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.mount.id); },
     "first field"},
    {"IsReadOnly", kMountTable,
     [](const LinuxMountView& v, RowWriter& row, std::size_t slot) {
       row.SetBoolean(slot, HasWord(v.mount.mount_options, "ro", ',') || HasWord(v.mount.super_options, "ro", ','));
     },
     "`ro` among the options of the mount or of the file system"},
    {"MountOptions", kMountTable,
     [](const LinuxMountView& v, RowWriter& row, std::size_t slot) {
       SetTexts(row, slot, PartsOf(v.mount.mount_options, ','));
     },
     "options of this mount"},
    {"MountPoint", kMountTable,
     [](const LinuxMountView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.mount.mount_point); },
     "octal escapes decoded"},
    {"ParentId", kMountTable,
     [](const LinuxMountView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.mount.parent_id); },
     "second field"},
    {"Propagation", kMountTable,
     [](const LinuxMountView& v, RowWriter& row, std::size_t slot) {
       SetTexts(row, slot, PartsOf(v.mount.propagation, ' '));
     },
     "the optional fields; an empty array for a private mount"},
    {"Root", kMountTable,
     [](const LinuxMountView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.mount.root); },
     "octal escapes decoded"},
    {"Source", kMountTable,
     [](const LinuxMountView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.mount.source); },
     "octal escapes decoded; NULL when the file system was mounted without"},
    {"SuperOptions", kMountTable,
     [](const LinuxMountView& v, RowWriter& row, std::size_t slot) {
       SetTexts(row, slot, PartsOf(v.mount.super_options, ','));
     },
     "options of the file system"},
};

}  // namespace

std::span<const Source> LinuxMount::Sources() { return kMountSources; }
std::span<const Column<LinuxMountView>> LinuxMount::Columns() { return kMountColumns; }

Status LinuxMount::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  const std::string text = ReadText(*machine.files, machine.root.proc + "/self/mountinfo", kMountTableBytesMax);
  std::string_view rest = text;
  std::string_view line;
  while (out.size() < kMountsMax && !asked.stopped() && NextPart(rest, '\n', line)) {
    std::optional<Mount> mount = ParseMount(line);
    if (!mount) continue;
    View view;
    view.mount = std::move(*mount);
    out.push_back(std::move(view));
  }
  return Status();
}

// Modules

namespace {

constexpr SourceSet kModuleTable = 1u << 0;
constexpr SourceSet kModuleFacts = 1u << 1;
constexpr SourceSet kModuleParameters = 1u << 2;

constexpr std::size_t kParametersMax = 1'000;
constexpr std::size_t kParameterBytesMax = 4096;

constexpr Source kModuleSources[] = {
    {kModuleTable, "`/proc/modules`", Cost::kFile},
    {kModuleFacts, "`/sys/module/NAME`", Cost::kInstanceFile},
    {kModuleParameters, "`/sys/module/NAME/parameters`", Cost::kInstanceFile},
};

constexpr Column<LinuxKernelModuleView> kModuleColumns[] = {
    {"IsBuiltIn", kModuleTable,
     [](const LinuxKernelModuleView& v, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, !v.is_loaded); },
     "in `/sys/module` and not in the table"},
    {"Name", 0,
     [](const LinuxKernelModuleView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.module.name); },
     "names of `/proc/modules` and of the folders of `/sys/module`"},
    {"Parameters", kModuleParameters,
     [](const LinuxKernelModuleView& v, RowWriter& row, std::size_t slot) { SetTexts(row, slot, v.parameters); },
     "each file as `name=value`; those that may not be read are left out"},
    {"Size", kModuleTable,
     [](const LinuxKernelModuleView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, v.module.size);
     },
     "NULL for a module built into the kernel"},
    {"SourceVersion", kModuleFacts,
     [](const LinuxKernelModuleView& v, RowWriter& row, std::size_t slot) {
       SetTextOrNull(row, slot, v.source_version);
     },
     "file `srcversion`; NULL when there is none"},
    {"State", kModuleTable,
     [](const LinuxKernelModuleView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.module.state); },
     "NULL for a module built into the kernel"},
    {"Taint", kModuleFacts,
     [](const LinuxKernelModuleView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.taint); },
     "file `taint`; NULL when the module taints nothing"},
    {"UseCount", kModuleTable,
     [](const LinuxKernelModuleView& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, v.module.use_count);
     },
     "NULL for a module built into the kernel, and where modules cannot be unloaded"},
    {"UsedBy", kModuleTable,
     [](const LinuxKernelModuleView& v, RowWriter& row, std::size_t slot) {
       if (v.is_loaded) SetTexts(row, slot, v.module.used_by);
     },
     "names of modules; NULL for a module built into the kernel"},
    {"Version", kModuleFacts,
     [](const LinuxKernelModuleView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.version); },
     "file `version`; NULL when there is none"},
};

// Text keys of a class with one key.
std::vector<std::string> TextKeys(const provider::Request& request) {
  std::vector<std::string> keys;
  for (const provider::KeyTuple& key : request.keys) {
    if (key.size() == 1 && key.front().view().kind() == cim::ValueKind::kText)
      keys.emplace_back(key.front().view().text());
  }
  return keys;
}

void ReadModuleFolder(const Machine& machine, SourceSet sources, LinuxKernelModuleView& view) {
  const std::string folder = machine.root.sys + "/module/" + view.module.name;
  if ((sources & kModuleFacts) != 0) {
    view.version = ReadLine(*machine.files, folder + "/version");
    view.source_version = ReadLine(*machine.files, folder + "/srcversion");
    view.taint = ReadLine(*machine.files, folder + "/taint");
  }
  if ((sources & kModuleParameters) == 0) return;
  std::vector<std::string> names;
  const int error = machine.files->List(kNoDirectory, (folder + "/parameters").c_str(), kParametersMax, names);
  // A module without the folder has no parameters.
  if (error != 0 && OutcomeOf(error) != Outcome::kGone) {
    (OutcomeOf(error) == Outcome::kDenied ? view.denied : view.unread) |= kModuleParameters;
    return;
  }
  std::sort(names.begin(), names.end());
  TextBuffer value;
  std::string path;
  for (const std::string& name : names) {
    path = folder;
    path += "/parameters/";
    path += name;
    if (machine.files->Read(kNoDirectory, path.c_str(), kParameterBytesMax, value) != 0) continue;
    std::string& line = view.parameters.emplace_back(name);
    line += '=';
    line += Trim(value.text());
  }
}

}  // namespace

std::optional<LoadedModule> ParseModule(std::string_view line) {
  // name size uses users state address (taints)
  std::string_view name, size, uses, users, state;
  if (!NextPart(line, ' ', name) || !NextPart(line, ' ', size) || !IsFileName(name)) return std::nullopt;
  LoadedModule module;
  module.name = name;
  std::uint64_t number = 0;
  if (!ParseUnsigned(size, number)) return std::nullopt;
  module.size = number;
  // A kernel that cannot unload modules writes "-" for both.
  if (NextPart(line, ' ', uses) && ParseUnsigned(uses, number)) module.use_count = number;
  if (NextPart(line, ' ', users) && users != "-") {
    module.used_by = PartsOf(users, ',');
    // One that may never be unloaded names this after its users.
    std::erase(module.used_by, "[permanent]");
  }
  if (NextPart(line, ' ', state)) module.state = state;
  return module;
}

std::span<const Source> LinuxKernelModule::Sources() { return kModuleSources; }
std::span<const Column<LinuxKernelModuleView>> LinuxKernelModule::Columns() { return kModuleColumns; }

Status LinuxKernelModule::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  std::map<std::string, View> modules;
  std::vector<std::string> names;
  machine.files->List(kNoDirectory, (machine.root.sys + "/module").c_str(), kKernelNamesMax, names);
  for (const std::string& name : names) modules[name].module.name = name;
  // Without this folder the table is all there is, whatever was asked for.
  if (asked.Wants(kModuleTable) || names.empty()) {
    const std::string text = ReadText(*machine.files, machine.root.proc + "/modules", kKernelTextBytesMax);
    std::string_view rest = text;
    std::string_view line;
    while (NextPart(rest, '\n', line)) {
      std::optional<LoadedModule> module = ParseModule(line);
      if (!module) continue;
      View& view = modules[module->name];
      view.module = std::move(*module);
      view.is_loaded = true;
    }
  }
  if (asked.request.has_keys) {
    names.clear();
    for (const auto& [name, unused] : modules) names.push_back(name);
    std::map<std::string, View> wanted;
    for (const std::string& key : TextKeys(asked.request)) {
      const std::optional<std::string> match = MatchName(names, key);
      if (match) wanted[*match] = modules[*match];
    }
    modules = std::move(wanted);
  }
  for (auto& [name, view] : modules) {
    if (asked.stopped()) break;
    ReadModuleFolder(machine, asked.sources, view);
    out.push_back(std::move(view));
  }
  return Status();
}

// Namespaces

namespace {

constexpr SourceSet kNamespaceLinks = 1u << 0;

// Those of the process itself; the two that end in _for_children are of what it will start.
constexpr std::string_view kNamespaceTypes[] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};
constexpr std::size_t kProcessesMax = 4u << 20;

constexpr Source kNamespaceSources[] = {{kNamespaceLinks, "links of `/proc/PID/ns`", Cost::kScan}};

constexpr Column<LinuxNamespaceView> kNamespaceColumns[] = {
    {"FirstProcessId", kNamespaceLinks,
     [](const LinuxNamespaceView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.first_process_id); },
     "lowest number of a process in it"},
    {"Inode", kNamespaceLinks,
     [](const LinuxNamespaceView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.inode); },
     "number in brackets"},
    {"ProcessCount", kNamespaceLinks,
     [](const LinuxNamespaceView& v, RowWriter& row, std::size_t slot) { row.SetUnsigned(slot, v.process_count); },
     "processes that show this link"},
    {"Type", kNamespaceLinks,
     [](const LinuxNamespaceView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.type); },
     "word before the colon"},
};

}  // namespace

std::optional<NamespaceLink> ParseNamespaceLink(std::string_view text) {
  const std::size_t colon = text.find(":[");
  NamespaceLink link;
  if (colon == std::string_view::npos || colon == 0 || !text.ends_with(']')) return std::nullopt;
  link.type = text.substr(0, colon);
  const std::string_view number = text.substr(colon + 2, text.size() - colon - 3);
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), link.inode);
  if (error != std::errc() || end != number.data() + number.size()) return std::nullopt;
  return link;
}

std::span<const Source> LinuxNamespace::Sources() { return kNamespaceSources; }
std::span<const Column<LinuxNamespaceView>> LinuxNamespace::Columns() { return kNamespaceColumns; }

Status LinuxNamespace::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  std::vector<std::int32_t> ids;
  const int listed = machine.files->ListNumbers(kNoDirectory, machine.root.proc.c_str(), kProcessesMax, ids);
  if (listed != 0) return SystemStatus(code::kProviderFailure, "opendir(" + machine.root.proc + ")", listed);
  std::sort(ids.begin(), ids.end());
  std::map<std::uint64_t, View> found;
  std::size_t refused = 0;
  TextBuffer link;
  std::string path;
  for (const std::int32_t id : ids) {
    if (asked.stopped()) break;
    for (const std::string_view type : kNamespaceTypes) {
      path = machine.root.proc;
      path += '/';
      path += std::to_string(id);
      path += "/ns/";
      path += type;
      const int error = machine.files->ReadLink(kNoDirectory, path.c_str(), link);
      if (OutcomeOf(error) == Outcome::kExhausted) return ExhaustedStatus(path, error);
      if (OutcomeOf(error) == Outcome::kDenied) {
        // Who may not see one of a process may see none of it.
        ++refused;
        break;
      }
      const std::optional<NamespaceLink> parsed = ParseNamespaceLink(link.text());
      if (error != 0 || !parsed) continue;
      View& view = found[parsed->inode];
      if (view.process_count++ == 0) {
        view.inode = parsed->inode;
        view.type = parsed->type;
        view.first_process_id = static_cast<std::uint64_t>(id);
      }
    }
  }
  for (auto& [inode, view] : found) out.push_back(std::move(view));
  if (refused == 0) return Status();
  return Status(code::kPartialResults,
                fmt::format("the namespaces of {} processes of other users were not seen, because the kernel shows "
                            "them to their owner only; run the program as root to count them",
                            refused));
}

// Pressure

namespace {

constexpr SourceSet kPressureFile = 1u << 0;

constexpr std::string_view kResources[] = {"cpu", "io", "irq", "memory"};

constexpr Source kPressureSources[] = {{kPressureFile, "`/proc/pressure/RESOURCE`", Cost::kFile}};

void SetReal(RowWriter& row, std::size_t slot, const std::optional<double>& value) {
  if (value) row.SetReal(slot, *value);
}

using PressureRow = LinuxPressureStallView;

constexpr std::string_view kFullNote = "line `full`; NULL when the kernel has none (cpu before Linux 5.13)";
constexpr std::string_view kSomeNote = "line `some`; NULL for irq, of which only `full` is measured";

constexpr Column<LinuxPressureStallView> kPressureColumns[] = {
    {"FullAverage10", kPressureFile,
     [](const PressureRow& v, RowWriter& row, std::size_t slot) { SetReal(row, slot, v.pressure.full.average10); },
     kFullNote},
    {"FullAverage300", kPressureFile,
     [](const PressureRow& v, RowWriter& row, std::size_t slot) { SetReal(row, slot, v.pressure.full.average300); },
     kFullNote},
    {"FullAverage60", kPressureFile,
     [](const PressureRow& v, RowWriter& row, std::size_t slot) { SetReal(row, slot, v.pressure.full.average60); },
     kFullNote},
    {"FullTotal", kPressureFile,
     [](const PressureRow& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, v.pressure.full.total);
     },
     kFullNote},
    {"Resource", 0, [](const PressureRow& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.resource); },
     "name of the file"},
    {"SomeAverage10", kPressureFile,
     [](const PressureRow& v, RowWriter& row, std::size_t slot) { SetReal(row, slot, v.pressure.some.average10); },
     kSomeNote},
    {"SomeAverage300", kPressureFile,
     [](const PressureRow& v, RowWriter& row, std::size_t slot) { SetReal(row, slot, v.pressure.some.average300); },
     kSomeNote},
    {"SomeAverage60", kPressureFile,
     [](const PressureRow& v, RowWriter& row, std::size_t slot) { SetReal(row, slot, v.pressure.some.average60); },
     kSomeNote},
    {"SomeTotal", kPressureFile,
     [](const PressureRow& v, RowWriter& row, std::size_t slot) {
       SetUnsignedOrNull(row, slot, v.pressure.some.total);
     },
     kSomeNote},
};

std::optional<double> RealOf(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  // A share of time: anything else is not what the kernel writes.
  if (error != std::errc() || !(number >= 0 && number <= 100)) return std::nullopt;
  return number;
}

void ParsePressureLine(std::string_view line, Pressure::Line& out) {
  std::string_view part;
  while (NextPart(line, ' ', part)) {
    const std::size_t sign = part.find('=');
    if (sign == std::string_view::npos) continue;
    const std::string_view name = part.substr(0, sign);
    const std::string_view value = part.substr(sign + 1);
    std::uint64_t total = 0;
    if (name == "avg10") out.average10 = RealOf(value);
    if (name == "avg60") out.average60 = RealOf(value);
    if (name == "avg300") out.average300 = RealOf(value);
    if (name == "total" && ParseUnsigned(value, total)) out.total = total;
  }
}

}  // namespace

Pressure ParsePressure(std::string_view text) {
  Pressure pressure;
  std::string_view line;
  while (NextPart(text, '\n', line)) {
    if (line.starts_with("some ")) ParsePressureLine(line.substr(5), pressure.some);
    if (line.starts_with("full ")) ParsePressureLine(line.substr(5), pressure.full);
  }
  return pressure;
}

std::span<const Source> LinuxPressureStall::Sources() { return kPressureSources; }
std::span<const Column<LinuxPressureStallView>> LinuxPressureStall::Columns() { return kPressureColumns; }

Status LinuxPressureStall::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  const std::vector<std::string> keys = TextKeys(asked.request);
  TextBuffer text;
  for (const std::string_view resource : kResources) {
    const auto is_this = [&](const std::string& key) { return EqualFolded(key, resource); };
    if (asked.request.has_keys && std::none_of(keys.begin(), keys.end(), is_this)) continue;
    const std::string path = fmt::format("{}/pressure/{}", machine.root.proc, resource);
    const int error = machine.files->Read(kNoDirectory, path.c_str(), 4096, text);
    if (OutcomeOf(error) == Outcome::kExhausted) return ExhaustedStatus(path, error);
    // Not there, or switched off: the kernel does not measure it.
    if (error != 0 && OutcomeOf(error) != Outcome::kDenied) continue;
    View view;
    view.resource = resource;
    if (error == 0) {
      view.pressure = ParsePressure(text.text());
    } else {
      view.denied |= kPressureFile;
    }
    out.push_back(std::move(view));
  }
  return Status();
}

}  // namespace wmi::linuxos
