#include "providers/linux/firmware/cache_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "providers/linux/cpu_topology.h"
#include "providers/linux/member_columns.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;
using Number = std::optional<std::uint64_t>;

constexpr SourceSet kCache = 1u << 0;
constexpr SourceSet kHost = 1u << 1;

// Cache folders of a logical processor that are looked at.
constexpr int kCachesMax = 16;

constexpr Source kSources[] = {
    {kCache, "`/sys/devices/system/cpu/cpuN/cache/indexN`", Cost::kInstanceFile},
    {kHost, "`/proc/sys/kernel/hostname`", Cost::kFile},
};

void ShowCacheMemory(const CacheMemoryView&, RowWriter& row, std::size_t slot) { row.SetText(slot, "Cache Memory"); }

constexpr std::uint64_t kKilobyte = 1024;

constexpr Column<CacheMemoryView> kColumns[] = {
    {"Caption", 0, ShowCacheMemory, "`Cache Memory`"},
    {"Description", 0, ShowCacheMemory, "`Cache Memory`"},
    {"Name", 0, ShowCacheMemory, "`Cache Memory`"},
    {"CreationClassName", 0, ShowClassName<CacheMemory>, "`Win32_CacheMemory`"},
    {"DeviceID", kCache, ShowText<&CacheMemoryView::device_id>,
     "`Cache Memory` and a number from 0, in the order of level, type and first processor"},
    {"SystemCreationClassName", 0, ShowSystemClass<CacheMemoryView>, "`Win32_ComputerSystem`"},
    {"SystemName", kHost, ShowText<&CacheMemoryView::host_name>, "NULL when the host name is empty"},
    {"BlockSize", kCache,
     [](const CacheMemoryView& v, RowWriter& row, std::size_t slot) {
       if (v.kilobytes) row.SetUnsigned(slot, kKilobyte);
     },
     "1024: the kernel tells sizes in kilobytes; NULL when it tells none"},
    {"NumberOfBlocks", kCache, ShowNumber<&CacheMemoryView::kilobytes>, "`size`; NULL when it is not told"},
    {"Purpose", kCache, ShowText<&CacheMemoryView::purpose>, "level and type in words: `L1 Data Cache`"},
    {"Associativity", kCache, ShowNumber<&CacheMemoryView::associativity>,
     "`ways_of_associativity`, 6 with a single set, 1 Other for numbers that CIM does not have; NULL when not told"},
    {"CacheType", kCache, ShowNumber<&CacheMemoryView::type>, "`type`: 3 Instruction, 4 Data, 5 Unified"},
    {"Level", kCache, ShowNumber<&CacheMemoryView::level>, "`level` and 2; 1 Other from the fourth on"},
    {"LineSize", kCache, ShowNumber<&CacheMemoryView::line_bytes>, "`coherency_line_size`; NULL when not told"},
    {"WritePolicy", kCache, ShowNumber<&CacheMemoryView::write_policy>,
     "`write_policy`, which few architectures have; NULL elsewhere"},
    {"InstalledSize", kCache, ShowNumber<&CacheMemoryView::kilobytes>, "`size` in kilobytes; NULL when not told"},
};

struct Cache {
  std::uint64_t level = 0;
  std::string type;
  std::uint32_t cpu = 0;  // the first that shares it
  std::string folder;
};

// Every cache once, in the order of the instances.
std::vector<Cache> FindCaches(const Machine& machine, const Asked& asked) {
  const std::string base = machine.root.sys + "/devices/system/cpu/";
  std::vector<Cache> caches;
  std::set<std::tuple<std::uint64_t, std::string, std::string>> seen;
  for (const std::uint32_t cpu : ParseCpuList(ReadLine(*machine.files, base + "online"), kLogicalProcessorsMax)) {
    for (int index = 0; index < kCachesMax && !asked.stopped(); ++index) {
      Cache cache{0, {}, cpu, fmt::format("{}cpu{}/cache/index{}", base, cpu, index)};
      if (!ParseUnsigned(ReadLine(*machine.files, cache.folder + "/level"), cache.level)) break;
      cache.type = ReadLine(*machine.files, cache.folder + "/type");
      std::string sharers = ReadLine(*machine.files, cache.folder + "/shared_cpu_list");
      if (sharers.empty()) sharers = std::to_string(cpu);
      if (seen.emplace(cache.level, cache.type, std::move(sharers)).second) caches.push_back(std::move(cache));
    }
  }
  std::sort(caches.begin(), caches.end(), [](const Cache& a, const Cache& b) {
    return std::tie(a.level, a.type, a.cpu) < std::tie(b.level, b.type, b.cpu);
  });
  return caches;
}

Number NumberIn(const Machine& machine, const std::string& path) {
  std::uint64_t number = 0;
  if (!ParseUnsigned(ReadLine(*machine.files, path), number)) return std::nullopt;
  return number;
}

Number KilobytesIn(const Machine& machine, const std::string& path) {
  const std::string text = ReadLine(*machine.files, path);
  std::uint64_t size = 0;
  if (!ParseUnsigned(text, size) || size > 1u << 30) return std::nullopt;
  if (text.ends_with('M')) size *= kKilobyte;
  return size;
}

Number TypeNumber(std::string_view type) {
  if (type == "Instruction") return 3;
  if (type == "Data") return 4;
  if (type == "Unified") return 5;
  return std::nullopt;
}

Number AssociativityOf(const Number& ways, const Number& sets) {
  if (sets == 1u) return 6;
  if (!ways || *ways == 0) return std::nullopt;
  switch (*ways) {
    case 1:
      return 3;
    case 2:
      return 4;
    case 4:
      return 5;
    case 8:
      return 7;
    case 16:
      return 8;
    default:
      return 1;
  }
}

Number WritePolicyOf(std::string_view text) {
  if (text == "WriteBack") return 3;
  if (text == "WriteThrough") return 4;
  return std::nullopt;
}

}  // namespace

std::span<const Source> CacheMemory::Sources() { return kSources; }
std::span<const Column<CacheMemoryView>> CacheMemory::Columns() { return kColumns; }

Status CacheMemory::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  const std::string host_name = asked.Wants(kHost) ? HostName(machine) : std::string();
  for (const Cache& cache : FindCaches(machine, asked)) {
    View view;
    view.host_name = host_name;
    view.device_id = "Cache Memory " + std::to_string(out.size());
    if (asked.Wants(kCache)) {
      view.level = cache.level >= 1 && cache.level <= 3 ? cache.level + 2 : 1;
      view.type = TypeNumber(cache.type);
      view.purpose = "L" + std::to_string(cache.level);
      view.purpose += cache.type.empty() || cache.type == "Unified" ? " Cache" : fmt::format(" {} Cache", cache.type);
      view.kilobytes = KilobytesIn(machine, cache.folder + "/size");
      view.line_bytes = NumberIn(machine, cache.folder + "/coherency_line_size");
      view.associativity = AssociativityOf(NumberIn(machine, cache.folder + "/ways_of_associativity"),
                                           NumberIn(machine, cache.folder + "/number_of_sets"));
      view.write_policy = WritePolicyOf(ReadLine(*machine.files, cache.folder + "/write_policy"));
    }
    out.push_back(std::move(view));
  }
  return Status();
}

}  // namespace wmi::linuxos
