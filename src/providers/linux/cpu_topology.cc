#include "providers/linux/cpu_topology.h"

#include <algorithm>
#include <map>
#include <set>

namespace wmi::linuxos {

std::vector<std::uint32_t> ParseCpuList(std::string_view text, std::size_t numbers_max) {
  std::vector<std::uint32_t> numbers;
  std::string_view part;
  text = Trim(text);
  while (NextPart(text, ',', part)) {
    std::uint64_t first = 0;
    if (!ParseUnsigned(part, first)) continue;
    std::uint64_t last = first;
    const std::size_t dash = part.find('-');
    if (dash != std::string_view::npos && !ParseUnsigned(part.substr(dash + 1), last)) continue;
    for (std::uint64_t number = first; number <= last && numbers.size() < numbers_max; ++number) {
      numbers.push_back(static_cast<std::uint32_t>(number));
    }
  }
  return numbers;
}

std::vector<CpuPackage> ReadCpuPackages(const Machine& machine) {
  Files& files = *machine.files;
  const std::string folder = machine.root.sys + "/devices/system/cpu";
  const std::string online = ReadLine(files, folder + "/online");
  std::map<std::int64_t, CpuPackage> packages;
  std::map<std::int64_t, std::set<std::string>> cores;
  for (const std::uint32_t cpu : ParseCpuList(online, kLogicalProcessorsMax)) {
    const std::string topology = folder + "/cpu" + std::to_string(cpu) + "/topology";
    std::int64_t id = 0;
    // Machines without the notion of a package show -1.
    if (!ParseSigned(ReadLine(files, topology + "/physical_package_id"), id) || id < 0) id = 0;
    // The list of the threads of a core names the core, whatever dies and clusters there are.
    std::string core = ReadLine(files, topology + "/thread_siblings_list");
    if (core.empty()) core = std::to_string(cpu);
    CpuPackage& package = packages[id];
    package.id = id;
    package.logical.push_back(cpu);
    cores[id].insert(std::move(core));
  }
  std::vector<CpuPackage> result;
  for (auto& [id, package] : packages) {
    package.cores = static_cast<std::uint32_t>(cores[id].size());
    result.push_back(std::move(package));
  }
  return result;
}

}  // namespace wmi::linuxos
