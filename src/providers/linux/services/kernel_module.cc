#include "providers/linux/services/kernel_module.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kModules = 1u << 0;
constexpr SourceSet kFiles = 1u << 1;
constexpr SourceSet kHost = 1u << 2;

constexpr std::size_t kModulesMax = 16'384;
constexpr std::size_t kIndexBytesMax = 16u << 20;

constexpr Source kSources[] = {
    {kModules, "`/proc/modules`", Cost::kFile},
    {kFiles, "`/usr/lib/modules/RELEASE/modules.dep`", Cost::kFile},
    {kHost, "`/proc/sys/kernel/hostname`", Cost::kFile},
};

using View = SystemDriverView;

void WriteModuleName(const View& view, RowWriter& row, std::size_t slot) { row.SetText(slot, view.module.name); }

std::string_view StateOfModule(const KernelModule& module) {
  if (module.state == "Live") return "Running";
  if (module.state == "Loading") return "Start Pending";
  return module.state == "Unloading" ? "Stop Pending" : "Unknown";
}

std::string_view StatusOfModule(const KernelModule& module) {
  if (module.state == "Live") return "OK";
  if (module.state == "Loading") return "Starting";
  return module.state == "Unloading" ? "Stopping" : "Unknown";
}

constexpr Column<View> kColumns[] = {
    {"AcceptPause", 0, [](const View&, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, false); },
     "always FALSE: a module cannot be paused"},
    {"AcceptStop", kModules,
     [](const View& v, RowWriter& row, std::size_t slot) {
       row.SetBoolean(slot, v.module.state == "Live" && v.module.users == 0 && !v.module.is_permanent);
     },
     "nothing uses the module, and it can be unloaded"},
    {"Caption", kModules, WriteModuleName, "the name of the module"},
    {"CreationClassName", 0,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, SystemDriver::kClass); },
     "the name of the class"},
    {"DisplayName", kModules, WriteModuleName, "the name of the module"},
    {"Name", kModules, WriteModuleName},
    {"PathName", kFiles,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (!v.file.empty()) row.SetText(slot, v.folder + "/" + v.file);
     },
     "the file that the module is loaded from. NULL for a module that is not in the list."},
    {"ServiceType", kFiles,
     [](const View& v, RowWriter& row, std::size_t slot) {
       row.SetText(slot, v.file.starts_with("kernel/fs/") ? "File System Driver" : "Kernel Driver");
     },
     "`File System Driver` for a file below `kernel/fs`, else `Kernel Driver`"},
    {"Started", kModules,
     [](const View& v, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, v.module.state == "Live"); }},
    {"State", kModules,
     [](const View& v, RowWriter& row, std::size_t slot) { row.SetText(slot, StateOfModule(v.module)); },
     "`Live` is `Running`, `Loading` is `Start Pending`, `Unloading` is `Stop Pending`"},
    {"Status", kModules,
     [](const View& v, RowWriter& row, std::size_t slot) { row.SetText(slot, StatusOfModule(v.module)); }},
    {"SystemCreationClassName", 0,
     [](const View&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Win32_ComputerSystem"); },
     "the name of the class of the computer"},
    {"SystemName", kHost,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.host_name); }},
};

// The name under which the kernel knows a module file: without folder and endings, "-" as "_".
std::string ModuleNameOf(std::string_view file) {
  std::string name(file.substr(file.rfind('/') + 1));
  name.resize(std::min(name.size(), name.find(".ko")));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::unordered_map<std::string, std::string> ReadIndex(const Machine& machine, const std::string& folder) {
  const std::string text = ReadText(*machine.files, folder + "/modules.dep", kIndexBytesMax);
  std::unordered_map<std::string, std::string> files;
  std::string_view rest = text;
  std::string_view line;
  while (NextPart(rest, '\n', line)) {
    const std::string_view file = line.substr(0, line.find(':'));
    if (!file.empty()) files.emplace(ModuleNameOf(file), file);
  }
  return files;
}

}  // namespace

std::vector<KernelModule> ParseModules(std::string_view text) {
  std::vector<KernelModule> modules;
  std::string_view line;
  while (modules.size() < kModulesMax && NextPart(text, '\n', line)) {
    // Name, bytes, users, who uses it ("-" or "a,b,[permanent],"), state, address.
    std::string_view name;
    std::string_view bytes;
    std::string_view users;
    std::string_view holders;
    std::string_view state;
    if (!NextPart(line, ' ', name) || !NextPart(line, ' ', bytes) || !NextPart(line, ' ', users) ||
        !NextPart(line, ' ', holders) || !NextPart(line, ' ', state) || name.empty())
      continue;
    KernelModule module;
    module.name = name;
    // A kernel that cannot unload counts no users and says "-".
    module.is_permanent = HasWord(holders, "[permanent]", ',') || users == "-";
    if (!ParseUnsigned(bytes, module.bytes) || (users != "-" && !ParseUnsigned(users, module.users))) continue;
    module.state = state;
    modules.push_back(std::move(module));
  }
  return modules;
}

std::span<const Source> SystemDriver::Sources() { return kSources; }
std::span<const Column<SystemDriverView>> SystemDriver::Columns() { return kColumns; }

Status SystemDriver::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  const std::string text = ReadText(*machine.files, machine.root.proc + "/modules", kKernelTextBytesMax);
  const std::string host_name = asked.Wants(kHost) ? HostName(machine) : std::string();
  std::string folder;
  std::unordered_map<std::string, std::string> files;
  if (asked.Wants(kFiles)) {
    folder = machine.root.usr + "/lib/modules/" + KernelRelease(machine);
    files = ReadIndex(machine, folder);
  }
  for (KernelModule& module : ParseModules(text)) {
    View view;
    view.folder = folder;
    view.host_name = host_name;
    if (const auto found = files.find(module.name); found != files.end()) view.file = found->second;
    view.module = std::move(module);
    out.push_back(std::move(view));
  }
  return Status();
}

}  // namespace wmi::linuxos
