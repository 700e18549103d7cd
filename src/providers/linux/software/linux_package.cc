#include "providers/linux/software/linux_package.h"

#include <cerrno>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cim/datetime.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;
using View = LinuxPackageView;

constexpr SourceSet kPackages = 1u << 0;
constexpr std::size_t kStatusBytesMax = 256u << 20;
constexpr std::size_t kPackagesMax = 1u << 20;

constexpr Source kSources[] = {{kPackages, "`/var/lib/dpkg/status`, `rpmdb.sqlite`", Cost::kScan}};

constexpr Column<View> kColumns[] = {
    {"Manager", kPackages, [](const View& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.manager); },
     "whose database it stands in: dpkg or rpm"},
    {"Name", kPackages, [](const View& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.package.name); }},
    {"Architecture", kPackages,
     [](const View& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.package.architecture); },
     "in the words of the manager: amd64, all, x86_64, noarch"},
    {"Version", kPackages,
     [](const View& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.package.version); },
     "[epoch:]version[-release]"},
    {"Summary", kPackages,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.package.summary); }},
    {"Vendor", kPackages,
     [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.package.vendor); },
     "dpkg: Origin, or else the name of the maintainer; rpm: the vendor"},
    {"Url", kPackages, [](const View& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.package.url); },
     "NULL when the package names none"},
    {"IsComplete", kPackages,
     [](const View& v, RowWriter& row, std::size_t slot) { row.SetBoolean(slot, v.package.is_complete); },
     "FALSE when dpkg has unpacked it and not set it up"},
    {"InstallDate", kPackages,
     [](const View& v, RowWriter& row, std::size_t slot) {
       if (v.package.installed) row.SetText(slot, cim::FormatLocalDatetime(*v.package.installed * 1'000'000));
     },
     "rpm records it; NULL for dpkg, which does not"},
};

// The names in the keys; nothing when all packages are asked for.
std::optional<std::set<std::string, std::less<>>> NamesAskedFor(const provider::Request& request) {
  if (!request.has_keys) return std::nullopt;
  std::set<std::string, std::less<>> names;
  const auto slot = request.schema->FindSlot("Name");
  for (const provider::KeyTuple& key : request.keys) {
    for (std::size_t i = 0; i < key.size(); ++i) {
      const bool is_name = slot && request.schema->key_slots()[i] == *slot;
      if (is_name && key[i].view().kind() == cim::ValueKind::kText) names.emplace(key[i].view().text());
    }
  }
  return names;
}

// Whether the package has all the keys of one of those asked for.
bool IsAskedFor(const View& view, const provider::Request& request) {
  if (!request.has_keys) return true;
  const auto value_of = [&view](const std::string& name) -> std::string_view {
    if (name == "Manager") return view.manager;
    if (name == "Name") return view.package.name;
    return name == "Architecture" ? view.package.architecture : view.package.version;
  };
  for (const provider::KeyTuple& key : request.keys) {
    bool is_same = true;
    for (std::size_t i = 0; i < key.size() && is_same; ++i) {
      const std::string& name = request.schema->properties()[request.schema->key_slots()[i]].name;
      is_same = key[i].view().kind() == cim::ValueKind::kText && EqualFolded(key[i].view().text(), value_of(name));
    }
    if (is_same) return true;
  }
  return false;
}

// Collects what is asked for.
class Collector {
 public:
  Collector(const Asked& asked, std::vector<View>& out) : asked_(asked), out_(out) {}

  // False when no more can be taken.
  bool Take(std::string_view manager, Package& package) {
    View view;
    view.manager = manager;
    view.package = std::move(package);
    if (IsAskedFor(view, asked_.request)) out_.push_back(std::move(view));
    return out_.size() < kPackagesMax && !asked_.stopped();
  }

 private:
  const Asked& asked_;
  std::vector<View>& out_;
};

Status LoadDpkg(const Machine& machine, const std::optional<std::set<std::string, std::less<>>>& names,
                Collector& collector) {
  const std::string path = machine.root.var + "/lib/dpkg/status";
  TextBuffer text;
  const int error = machine.files->Read(kNoDirectory, path.c_str(), kStatusBytesMax, text);
  if (OutcomeOf(error) == Outcome::kExhausted) return ExhaustedStatus(path, error);
  if (error == ENOENT || error == ENOTDIR) return Status();
  if (error != 0) {
    return Status(code::kPartialResults,
                  "The packages of dpkg are missing, because " + path + " could not be read; look at its rights.");
  }
  if (names) {
    for (const std::string& name : *names) {
      ForEachDpkgPackage(text.text(), Fold(name), [&](Package& package) { collector.Take("dpkg", package); });
    }
    return Status();
  }
  std::string_view rest = text.text();
  Package package;
  while (NextDpkgPackage(rest, package)) {
    if (!collector.Take("dpkg", package)) break;
  }
  return Status();
}

Status LoadRpm(const Machine& machine, const std::optional<std::set<std::string, std::less<>>>& names,
               Collector& collector) {
  std::optional<RpmDatabase> database;
  Status status = RpmDatabase::Find(machine, database);
  if (!status.ok() || !database) return status;
  if (!names) {
    std::int64_t after = 0;
    Status read = database->ReadFrom(after, [&](Package& package) { return collector.Take("rpm", package); });
    return read.code() == code::kOk ? status : read;
  }
  for (const std::string& name : *names) {
    Status read = database->ReadNamed(name, [&](Package& package) { collector.Take("rpm", package); });
    if (read.code() != code::kOk) status = std::move(read);
  }
  return status;
}

}  // namespace

std::span<const Source> LinuxPackage::Sources() { return kSources; }
std::span<const Column<View>> LinuxPackage::Columns() { return kColumns; }

Status LinuxPackage::Load(const Machine& machine, const Asked& asked, std::vector<View>& out) {
  const auto names = NamesAskedFor(asked.request);
  Collector collector(asked, out);
  Status dpkg = LoadDpkg(machine, names, collector);
  if (!dpkg.ok()) return dpkg;
  Status rpm = LoadRpm(machine, names, collector);
  return rpm.code() == code::kOk ? dpkg : rpm;
}

}  // namespace wmi::linuxos
