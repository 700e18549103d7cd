#include "providers/linux/software/product_provider.h"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cim/datetime.h"
#include "providers/linux/software/package_database.h"

namespace wmi::linuxos {
namespace {

using provider::RowWriter;

constexpr SourceSet kPackages = 1u << 0;
constexpr SourceSet kDates = 1u << 1;

constexpr std::size_t kStatusBytesMax = 256u << 20;
// A pull that passes over this many packages ends all the same, so that a stop is noticed.
constexpr std::size_t kPassedOverMax = 1024;

struct ProductView : ViewBase {
  Package package;
  std::optional<std::int64_t> installed;  // microseconds since 1970

  std::string Identity() const { return package.name + ":" + package.architecture; }
};

std::string InstallDay(std::int64_t microseconds) { return cim::FormatLocalDatetime(microseconds).substr(0, 8); }

constexpr Column<ProductView> kColumns[] = {
    {"Caption", kPackages,
     [](const ProductView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.package.name); }, "the name"},
    {"Description", kPackages,
     [](const ProductView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.package.summary); },
     "the line that sums the package up"},
    {"IdentifyingNumber", kPackages,
     [](const ProductView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.Identity()); },
     "name:architecture"},
    {"InstallDate", kDates,
     [](const ProductView& v, RowWriter& row, std::size_t slot) {
       if (v.installed) row.SetText(slot, InstallDay(*v.installed));
     },
     "the day of InstallDate2 as yyyymmdd"},
    {"InstallDate2", kDates,
     [](const ProductView& v, RowWriter& row, std::size_t slot) {
       if (v.installed) row.SetText(slot, cim::FormatLocalDatetime(*v.installed));
     },
     "dpkg: when its list of files was last written, which each installation and update does; rpm: the time that it "
     "recorded"},
    {"InstallState", kPackages,
     [](const ProductView& v, RowWriter& row, std::size_t slot) {
       row.SetSigned(slot, v.package.is_complete ? 5 : -6);
     },
     "5, installed; -6 when dpkg has unpacked it and not set it up"},
    {"Name", kPackages,
     [](const ProductView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.package.name); }},
    {"URLInfoAbout", kPackages,
     [](const ProductView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.package.url); },
     "the home page; NULL when the package names none"},
    {"Vendor", kPackages,
     [](const ProductView& v, RowWriter& row, std::size_t slot) { SetTextOrNull(row, slot, v.package.vendor); },
     "dpkg: Origin, or else the name of the maintainer; rpm: the vendor"},
    {"Version", kPackages,
     [](const ProductView& v, RowWriter& row, std::size_t slot) { row.SetText(slot, v.package.version); },
     "[epoch:]version[-release]"},
};

constexpr Source kSources[] = {
    {kPackages, "`/var/lib/dpkg/status`, `rpmdb.sqlite`", Cost::kScan},
    {kDates, "`/var/lib/dpkg/info/*.list`, `rpmdb.sqlite`", Cost::kInstanceFile},
};

// The slots of the keys, in the order of a tuple.
std::string KeyOf(const provider::Request& request, const provider::KeyTuple& key, std::string_view name) {
  const auto slot = request.schema->FindSlot(name);
  const auto& slots = request.schema->key_slots();
  for (std::size_t i = 0; slot && i < slots.size() && i < key.size(); ++i) {
    if (slots[i] == *slot && key[i].view().kind() == cim::ValueKind::kText) return std::string(key[i].view().text());
  }
  return {};
}

std::string InLowerCase(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

class ProductStream final : public provider::InstanceStream {
 public:
  ProductStream(const Machine& machine, const provider::Request& request)
      : machine_(machine), request_(request), columns_(kColumns, request) {}

  Result<provider::ReadState> Read(RowWriter& writer) override {
    if (!is_prepared_) TRY(Prepare(writer));
    if (names_) {
      ReadNamed(writer);
      return provider::ReadState::kEnd;
    }
    std::size_t passed_over = 0;
    Package package;
    while (!writer.full() && !request_.stop.stop_requested() && passed_over++ < kPassedOverMax) {
      if (!NextDpkgPackage(dpkg_rest_, package)) return ReadRpm(writer);
      Write(package, true, writer);
    }
    return provider::ReadState::kMore;
  }

 private:
  Status Prepare(RowWriter& writer) {
    CollectNames();
    const std::string path = machine_.root.var + "/lib/dpkg/status";
    const int error = machine_.files->Read(kNoDirectory, path.c_str(), kStatusBytesMax, dpkg_);
    if (OutcomeOf(error) == Outcome::kExhausted) return ExhaustedStatus(path, error);
    if (error != 0 && error != ENOENT && error != ENOTDIR)
      writer.SetIncomplete("The packages of dpkg are missing, because " + path +
                           " could not be read; look at its rights.");
    dpkg_rest_ = dpkg_.text();
    const Status found = RpmDatabase::Find(machine_, rpm_);
    if (found.code() != code::kOk) writer.SetIncomplete(found.Message());
    is_prepared_ = true;
    return Status();
  }

  // The names that the request is about, if it is about names.
  void CollectNames() {
    std::set<std::string, std::less<>> names;
    if (request_.has_keys) {
      for (const provider::KeyTuple& key : request_.keys) names.insert(InLowerCase(KeyOf(request_, key, "Name")));
      names_.emplace(names.begin(), names.end());
    }
    const auto slot = request_.schema->FindSlot("Name");
    for (const provider::Request::Allowed& allowed : request_.allowed) {
      if (!slot || allowed.slot != *slot || names_) continue;
      for (const cim::Value& value : allowed.values) {
        if (value.view().kind() == cim::ValueKind::kText) names.insert(InLowerCase(std::string(value.view().text())));
      }
      names_.emplace(names.begin(), names.end());
    }
  }

  bool IsAskedFor(const ProductView& view) const {
    if (!request_.has_keys) return true;
    return std::any_of(request_.keys.begin(), request_.keys.end(), [&](const provider::KeyTuple& key) {
      return EqualFolded(KeyOf(request_, key, "Name"), view.package.name) &&
             EqualFolded(KeyOf(request_, key, "Version"), view.package.version) &&
             EqualFolded(KeyOf(request_, key, "IdentifyingNumber"), view.Identity());
    });
  }

  void ReadNamed(RowWriter& writer) {
    for (const std::string& name : *names_) {
      if (name.empty() || request_.stop.stop_requested()) continue;
      ForEachDpkgPackage(dpkg_.text(), name, [&](Package& package) { Write(package, true, writer); });
      if (!rpm_) continue;
      const Status read = rpm_->ReadNamed(name, [&](Package& package) { Write(package, false, writer); });
      if (read.code() != code::kOk) writer.SetIncomplete(read.Message());
    }
  }

  Result<provider::ReadState> ReadRpm(RowWriter& writer) {
    if (!rpm_) return provider::ReadState::kEnd;
    bool is_stopped = false;
    const Status read = rpm_->ReadFrom(rpm_after_, [&](Package& package) {
      Write(package, false, writer);
      is_stopped = writer.full() || request_.stop.stop_requested();
      return !is_stopped;
    });
    if (read.code() != code::kOk) writer.SetIncomplete(read.Message());
    return is_stopped ? provider::ReadState::kMore : provider::ReadState::kEnd;
  }

  void Write(Package& package, bool is_dpkg, RowWriter& writer) {
    ProductView view;
    view.package = std::move(package);
    if (!IsAskedFor(view)) return;
    if ((columns_.sources() & kDates) != 0) FindDate(is_dpkg, view);
    writer.Begin();
    columns_.Write(view, view.denied, view.unread, writer);
    writer.Commit();
  }

  void FindDate(bool is_dpkg, ProductView& view) const {
    if (!is_dpkg) {
      if (view.package.installed) view.installed = *view.package.installed * 1'000'000;
      return;
    }
    const std::string folder = machine_.root.var + "/lib/dpkg/info/";
    const std::string own = view.package.shares_its_name ? view.Identity() : view.package.name;
    std::int64_t microseconds = 0;
    if (machine_.files->ModifiedTime((folder + own + ".list").c_str(), microseconds) == 0)
      view.installed = microseconds;
  }

  const Machine& machine_;
  const provider::Request& request_;
  const BoundColumns<ProductView> columns_;
  std::optional<std::vector<std::string>> names_;  // lower case
  TextBuffer dpkg_;
  std::string_view dpkg_rest_;
  std::optional<RpmDatabase> rpm_;
  std::int64_t rpm_after_ = 0;
  bool is_prepared_ = false;
};

}  // namespace

Result<std::unique_ptr<provider::InstanceStream>> ProductProvider::Open(const provider::Request& request) {
  return std::unique_ptr<provider::InstanceStream>(std::make_unique<ProductStream>(machine_, request));
}

ClassPage ProductProvider::Page() {
  ClassPage page = MakePage<ProductView>(
      "Win32_Product",
      "The packages that dpkg and rpm have installed, read from their databases: no program runs, nothing is checked "
      "or "
      "repaired, and a query has no effect on the packages. The database of rpm is read when it is SQLite; what rpm is "
      "just changing is left out, and the call says so. Snap, Flatpak and language packages are not products here.",
      kSources, kColumns);
  page.looks_up = true;
  page.may_block = true;
  return page;
}

}  // namespace wmi::linuxos
