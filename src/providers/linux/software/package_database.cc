#include "providers/linux/software/package_database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <memory>

#include "providers/linux/files.h"

namespace wmi::linuxos {
namespace {

// "install ok installed": what is wanted, whether it is damaged, and how far it is.
bool ReadDpkgState(std::string_view status, bool& is_complete) {
  status = Trim(status);
  const std::string_view state = status.substr(status.rfind(' ') + 1);
  is_complete = state == "installed" || state.starts_with("triggers-");
  return is_complete || state == "unpacked" || state == "half-installed" || state == "half-configured";
}

// "Maintainers of this <list@example.org>" without the address.
std::string_view PersonName(std::string_view text) { return Trim(text.substr(0, text.find('<'))); }

void TakeField(std::string_view name, std::string_view value, std::string_view& state, Package& out) {
  if (name == "Package") {
    out.name = value;
  } else if (name == "Status") {
    state = value;
  } else if (name == "Version") {
    out.version = value;
  } else if (name == "Architecture") {
    out.architecture = value;
  } else if (name == "Origin") {
    out.vendor = value;
  } else if (name == "Maintainer") {
    if (out.vendor.empty()) out.vendor = PersonName(value);
  } else if (name == "Description") {
    out.summary = value;
  } else if (name == "Homepage") {
    out.url = value;
  } else if (name == "Multi-Arch") {
    out.shares_its_name = value == "same";
  }
}

// One paragraph. Lines that go on with a blank belong to the field before and hold nothing that is wanted.
bool ParseDpkgParagraph(std::string_view text, Package& out) {
  out = Package();
  std::string_view state;
  std::string_view line;
  while (NextPart(text, '\n', line)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || line.front() == ' ' || line.front() == '\t') continue;
    TakeField(line.substr(0, colon), Trim(line.substr(colon + 1)), state, out);
  }
  return ReadDpkgState(state, out.is_complete) && !out.name.empty() && !out.version.empty() &&
         !out.architecture.empty();
}

std::uint32_t BigEndian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

// Tags and types of the header format.
enum RpmTag : std::uint32_t {
  kRpmName = 1000,
  kRpmVersion = 1001,
  kRpmRelease = 1002,
  kRpmEpoch = 1003,
  kRpmSummary = 1004,
  kRpmInstallTime = 1008,
  kRpmVendor = 1011,
  kRpmUrl = 1020,
  kRpmArchitecture = 1022,
};
constexpr std::uint32_t kRpmInt32 = 4;
constexpr std::uint32_t kRpmString = 6;
constexpr std::uint32_t kRpmStrings = 8;
constexpr std::uint32_t kRpmTranslated = 9;

struct RpmFields {
  std::string_view name, version, release, summary, vendor, url, architecture;
  std::optional<std::uint32_t> epoch, installed;

  void TakeText(std::uint32_t tag, std::string_view text) {
    switch (tag) {
      case kRpmName:
        name = text;
        break;
      case kRpmVersion:
        version = text;
        break;
      case kRpmRelease:
        release = text;
        break;
      case kRpmSummary:
        summary = text;
        break;
      case kRpmVendor:
        vendor = text;
        break;
      case kRpmUrl:
        url = text;
        break;
      case kRpmArchitecture:
        architecture = text;
        break;
      default:
        break;
    }
  }
  void TakeNumber(std::uint32_t tag, std::uint32_t number) {
    if (tag == kRpmEpoch) epoch = number;
    if (tag == kRpmInstallTime) installed = number;
  }
};

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct FinishStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinishStatement>;

std::string UriOf(const std::string& path) {
  // Immutable: no lock is taken and no log is replayed, so that nothing beside the database is made or touched.
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

Status Unreadable(const std::string& path, const std::string& why) {
  return Status(code::kPartialResults, "The packages in " + path + " could not be read (" + why +
                                           "); ask again when no rpm is running, or look with rpm -qa.");
}

Status OpenDatabase(const std::string& path, Database& out) {
  sqlite3* raw = nullptr;
  const int error =
      sqlite3_open_v2(UriOf(path).c_str(), &raw, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
  out.reset(raw);
  if (error != SQLITE_OK) return Unreadable(path, sqlite3_errstr(error));
  constexpr int kBlobBytesMax = 256 << 20;  // what rpm itself allows a header
  sqlite3_limit(raw, SQLITE_LIMIT_LENGTH, kBlobBytesMax);
  sqlite3_exec(raw, "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON", nullptr, nullptr, nullptr);
  return Status();
}

Status Prepare(const std::string& path, sqlite3* database, const char* text, Statement& out) {
  sqlite3_stmt* raw = nullptr;
  const int error = sqlite3_prepare_v2(database, text, -1, &raw, nullptr);
  out.reset(raw);
  return error == SQLITE_OK ? Status() : Unreadable(path, sqlite3_errmsg(database));
}

std::string_view BlobOf(sqlite3_stmt* statement, int column) {
  const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
  const int length = sqlite3_column_bytes(statement, column);
  return bytes == nullptr || length <= 0 ? std::string_view()
                                         : std::string_view(bytes, static_cast<std::size_t>(length));
}

}  // namespace

bool NextDpkgPackage(std::string_view& rest, Package& out) {
  while (!rest.empty()) {
    const std::size_t end = rest.find("\n\n");
    const std::string_view paragraph = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 2);
    if (ParseDpkgParagraph(paragraph, out)) return true;
  }
  return false;
}

void ForEachDpkgPackage(std::string_view status, const std::string& name, const std::function<void(Package&)>& use) {
  const std::string line = "Package: " + name;
  Package package;
  for (std::size_t at = status.find(line); at != std::string_view::npos; at = status.find(line, at + line.size())) {
    const std::size_t end = at + line.size();
    const bool is_line =
        (at == 0 || status[at - 1] == '\n') && (end == status.size() || status[end] == '\n' || status[end] == '\r');
    if (!is_line) continue;
    const std::size_t before = at == 0 ? std::string_view::npos : status.rfind("\n\n", at);
    const std::size_t start = before == std::string_view::npos ? 0 : before + 2;
    const std::size_t stop = status.find("\n\n", at);
    const std::string_view paragraph =
        status.substr(start, stop == std::string_view::npos ? std::string_view::npos : stop - start);
    if (ParseDpkgParagraph(paragraph, package) && package.name == name) use(package);
  }
}

bool ParseRpmHeader(std::string_view header, Package& out) {
  constexpr std::size_t kStart = 8;
  constexpr std::size_t kEntryBytes = 16;
  constexpr std::size_t kEntriesMax = 65'535;
  if (header.size() < kStart) return false;
  const std::size_t entries = BigEndian(header, 0);
  const std::size_t data_bytes = BigEndian(header, 4);
  if (entries > kEntriesMax || header.size() - kStart < entries * kEntryBytes) return false;
  const std::string_view index = header.substr(kStart, entries * kEntryBytes);
  if (header.size() - kStart - index.size() < data_bytes) return false;
  const std::string_view data = header.substr(kStart + index.size(), data_bytes);

  RpmFields fields;
  for (std::size_t at = 0; at < index.size(); at += kEntryBytes) {
    const std::uint32_t tag = BigEndian(index, at);
    const std::uint32_t type = BigEndian(index, at + 4);
    const std::size_t offset = BigEndian(index, at + 8);
    if (offset >= data.size()) continue;
    if (type == kRpmString || type == kRpmStrings || type == kRpmTranslated) {
      const std::string_view text = data.substr(offset);
      const std::size_t end = text.find('\0');
      if (end != std::string_view::npos) fields.TakeText(tag, text.substr(0, end));
    } else if (type == kRpmInt32 && data.size() - offset >= 4) {
      fields.TakeNumber(tag, BigEndian(data, offset));
    }
  }
  if (fields.name.empty() || fields.version.empty() || fields.architecture.empty()) return false;
  out = Package();
  out.name = fields.name;
  if (fields.epoch) out.version = fmt::format("{}:", *fields.epoch);
  out.version += fields.version;
  if (!fields.release.empty()) {
    out.version += '-';
    out.version += fields.release;
  }
  out.architecture = fields.architecture;
  out.vendor = fields.vendor;
  out.summary = fields.summary;
  out.url = fields.url;
  if (fields.installed) out.installed = *fields.installed;
  return true;
}

Status RpmDatabase::Find(const Machine& machine, std::optional<RpmDatabase>& out) {
  out.reset();
  Files& files = *machine.files;
  std::uint64_t size = 0;
  // The second is often a link to the first.
  const std::string folders[] = {machine.root.usr + "/lib/sysimage/rpm", machine.root.var + "/lib/rpm"};
  for (const std::string& folder : folders) {
    const std::string path = folder + "/rpmdb.sqlite";
    const int error = files.Size(kNoDirectory, path.c_str(), size);
    if (error == EACCES) return Unreadable(path, "permission denied");
    if (error != 0) continue;
    out = RpmDatabase(path);
    const std::string log = path + "-wal";
    if (files.Size(kNoDirectory, log.c_str(), size) == 0 && size > 0)
      return Status(code::kPartialResults, "What rpm is changing at this moment is not shown (it stands in " + log +
                                               "); ask again when it has ended.");
    return Status();
  }
  for (const std::string& folder : folders) {
    for (const char* name : {"/Packages", "/Packages.db"}) {
      const std::string path = folder + name;
      if (files.Size(kNoDirectory, path.c_str(), size) == 0 && size > 0)
        return Status(code::kPartialResults, "The packages in " + path +
                                                 " are in a format that is not read here; look with rpm -qa, or "
                                                 "rebuild the database as SQLite (rpmdb --rebuilddb).");
    }
  }
  return Status();
}

Status RpmDatabase::ReadFrom(std::int64_t& after, const std::function<bool(Package&)>& use) const {
  Database database;
  if (Status opened = OpenDatabase(path_, database); opened.code() != code::kOk) return opened;
  Statement statement;
  Status prepared =
      Prepare(path_, database.get(), "SELECT hnum, blob FROM Packages WHERE hnum > ?1 ORDER BY hnum", statement);
  if (prepared.code() != code::kOk) return prepared;
  sqlite3_bind_int64(statement.get(), 1, after);
  for (;;) {
    const int step = sqlite3_step(statement.get());
    if (step == SQLITE_DONE) return Status();
    if (step != SQLITE_ROW) return Unreadable(path_, sqlite3_errmsg(database.get()));
    after = sqlite3_column_int64(statement.get(), 0);
    Package package;
    if (ParseRpmHeader(BlobOf(statement.get(), 1), package) && !use(package)) return Status();
  }
}

Status RpmDatabase::ReadNamed(const std::string& name, const std::function<void(Package&)>& use) const {
  Database database;
  if (Status opened = OpenDatabase(path_, database); opened.code() != code::kOk) return opened;
  Statement statement;
  Status prepared = Prepare(
      path_, database.get(),
      "SELECT blob FROM Packages WHERE hnum IN (SELECT hnum FROM Name WHERE key = ?1 COLLATE NOCASE) ORDER BY hnum",
      statement);
  if (prepared.code() != code::kOk) return prepared;
  sqlite3_bind_text(statement.get(), 1, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
  for (;;) {
    const int step = sqlite3_step(statement.get());
    if (step == SQLITE_DONE) return Status();
    if (step != SQLITE_ROW) return Unreadable(path_, sqlite3_errmsg(database.get()));
    Package package;
    if (ParseRpmHeader(BlobOf(statement.get(), 0), package)) use(package);
  }
}

}  // namespace wmi::linuxos
