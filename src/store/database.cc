#include "store/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "store/encoding/checksum.h"
#include "store/note.h"

namespace wmi::store {
namespace {

constexpr std::size_t kIdleReadersMax = 8;
constexpr std::int64_t kApplication = 0x574D4931;  // "WMI1", PRAGMA application_id

// Of every connection. The cache of 4 MiB is taken as it fills.
constexpr const char kSettings[] =
    "PRAGMA foreign_keys=OFF; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-4096; PRAGMA trusted_schema=OFF;";
// FULL: a commit is on the disk when it is acknowledged. A log that grew beyond 16 MiB is cut when it is empty.
constexpr const char kDiskSettings[] =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=16777216;";
// A full cache would lock out the readers in the middle of a transaction.
constexpr const char kMemorySettings[] = "PRAGMA journal_mode=MEMORY; PRAGMA cache_spill=OFF;";

constexpr const char kTables[] = R"(
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE namespaces (
  id INTEGER PRIMARY KEY, folded TEXT NOT NULL UNIQUE, name TEXT NOT NULL, sum INTEGER NOT NULL);
CREATE TABLE definitions (id INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL, retired INTEGER);
CREATE INDEX retired_definitions ON definitions (retired) WHERE retired IS NOT NULL;
CREATE TABLE classes (
  id INTEGER PRIMARY KEY AUTOINCREMENT, namespace INTEGER NOT NULL, folded TEXT NOT NULL, name TEXT NOT NULL,
  superclass TEXT NOT NULL, definition INTEGER NOT NULL, sum INTEGER NOT NULL,
  instances INTEGER NOT NULL DEFAULT 0, UNIQUE (namespace, folded));
CREATE TABLE layouts (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE instances (
  id INTEGER PRIMARY KEY, class INTEGER NOT NULL, root INTEGER NOT NULL, key BLOB NOT NULL, row BLOB NOT NULL);
CREATE UNIQUE INDEX instance_keys ON instances (root, key);
CREATE INDEX instances_of_class ON instances (class);
CREATE TABLE property_values (
  class INTEGER NOT NULL, property TEXT NOT NULL, value BLOB NOT NULL, instance INTEGER NOT NULL,
  PRIMARY KEY (class, property, value, instance)) WITHOUT ROWID;
CREATE INDEX property_values_of_instance ON property_values (instance);
CREATE TABLE instance_references (
  target TEXT NOT NULL, instance INTEGER NOT NULL, property TEXT NOT NULL,
  PRIMARY KEY (target, instance, property)) WITHOUT ROWID;
CREATE INDEX references_of_instance ON instance_references (instance);
)";

// What others have to be told of (store/change_log.h). Repositories that earlier versions made do not have it.
constexpr const char kChangeLogTable[] = R"(
CREATE TABLE IF NOT EXISTS change_log (
  number INTEGER PRIMARY KEY, previous INTEGER NOT NULL, writer INTEGER NOT NULL, time INTEGER NOT NULL,
  total INTEGER NOT NULL, body BLOB NOT NULL);
)";

// Every folder on the way, for this user alone.
Status MakeFolder(const std::string& folder) {
  for (std::size_t end = folder.find('/', 1);; end = folder.find('/', end + 1)) {
    const std::string prefix = folder.substr(0, end);
    if (mkdir(prefix.c_str(), 0700) != 0 && errno != EEXIST && errno != EISDIR) {
      const int failure = errno;
      struct stat there{};
      // On a read-only file system a folder that exists may say EROFS.
      if (stat(prefix.c_str(), &there) != 0) {
        return SystemStatus(failure == ENOSPC ? code::kOutOfDiskSpace : code::kAccessDenied,
                            fmt::format("mkdir({})", prefix), failure);
      }
    }
    if (end == std::string::npos) return Status();
  }
}

// For this user alone, whatever the folder lets in; SQLite gives its other files the same rights.
Status MakeFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return SystemStatus(errno == ENOSPC ? code::kOutOfDiskSpace : code::kAccessDenied, fmt::format("open({})", path),
                        errno);
  }
  close(file);
  return Status();
}

// A name of its own for each repository in memory.
std::string MemoryUri() {
  static std::atomic<std::uint64_t> count = 0;
  return fmt::format("file:/openwmi-{}?vfs=memdb", ++count);
}

// A path as a URI: what means something in one is written %XX.
std::string FileUri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02X}", c);
    } else {
      uri += c;
    }
  }
  return uri;
}

Result<std::int64_t> ReadNumber(sql::Connection& connection, const char* text) {
  sql::Statement statement = connection.Use(text);
  return TRY(statement.Step()) ? statement.Integer(0) : 0;
}

}  // namespace

std::int64_t ClassSum(Id name_space, std::string_view name, std::string_view superclass, Id definition) {
  const std::string numbers = fmt::format("{}/{}", name_space, definition);
  return static_cast<std::int64_t>(Checksum({name, superclass, numbers}));
}

std::int64_t NamespaceSum(std::string_view name) { return static_cast<std::int64_t>(Checksum({name})); }

std::string TableDefinitions() { return std::string(kTables) + kChangeLogTable; }
const char* ChangeLogTable() { return kChangeLogTable; }

Reader::~Reader() {
  if (connection_ != nullptr) database_->GiveBack(std::move(connection_));
}

Database::Database(Options options)
    : options_(std::move(options)),
      uri_(options_.folder.empty() ? MemoryUri() : FileUri(options_.folder + "/repository.db")) {
  MutexLock lock(mutex_);
  idle_.reserve(kIdleReadersMax);  // so that giving back cannot fail
}

// Readers first: the last connection to close tidies up the log.
Database::~Database() {
  MutexLock lock(mutex_);
  idle_.clear();
  writer_.reset();
}

Result<std::unique_ptr<Database>> Database::Open(const Options& options) {
  auto database = std::unique_ptr<Database>(new Database(options));
  if (!options.folder.empty() && options.access == sql::Access::kWrite) {
    TRY(MakeFolder(options.folder));
    database->lock_ = TRY(FolderLock::Take(options.folder, FolderLock::Kind::kShared));
    TRY(MakeFile(database->PathOf("repository.db")));
  }
  TRY(database->OpenWriter());
  return database;
}

Result<std::unique_ptr<sql::Connection>> Database::Connect(sql::Access access) const {
  auto connection = TRY(sql::Connection::Open(uri_, access, options_.vfs));
  TRY(connection->Execute(kSettings));
  return connection;
}

Status Database::OpenWriter() {
  writer_ = TRY(Connect(options_.access));
  // Before the log is switched on, which would write into a file that is not ours.
  TRY(CheckFormat());
  if (options_.access == sql::Access::kRead) return Status();
  TRY(is_in_memory() ? writer_->Execute(kMemorySettings) : writer_->ExecutePatiently(kDiskSettings));
  if (TRY(ReadNumber(*writer_, "PRAGMA application_id")) == 0) TRY(MakeTables());
  // Reading first: making it, also when it is there, would wait for whoever writes.
  constexpr const char* kHasLog = "SELECT count(*) FROM sqlite_schema WHERE name = 'change_log'";
  return TRY(ReadNumber(*writer_, kHasLog)) != 0 ? Status() : writer_->Execute(kChangeLogTable);
}

Status Database::CheckFormat() {
  // Whether it is empty first: another process may make the tables, and the numbers with them, between two of these.
  const bool is_empty = TRY(ReadNumber(*writer_, "SELECT count(*) FROM sqlite_schema")) == 0;
  const std::int64_t application = TRY(ReadNumber(*writer_, "PRAGMA application_id"));
  const std::int64_t format = TRY(ReadNumber(*writer_, "PRAGMA user_version"));
  if (application == 0 && is_empty) return Status();
  if (application != kApplication) {
    return Status(code::kCriticalError, fmt::format("{} is a database, but no repository; set OPENWMI_REPOSITORY to "
                                                    "another folder",
                                                    PathOf("repository.db")));
  }
  if (format > kFormatVersion) {
    return Status(
        code::kDatabaseVerMismatch,
        fmt::format("the repository in {} has the format {}, this version of OpenWMI reads up to {}; use a newer "
                    "version, or set OPENWMI_REPOSITORY to another folder",
                    options_.folder, format, kFormatVersion));
  }
  return Status();
}

Status Database::MakeTables() {
  // Two processes may start at once: one makes the tables, the other finds them.
  TRY(writer_->Execute("BEGIN IMMEDIATE"));
  Status status = [&]() -> Status {
    if (TRY(ReadNumber(*writer_, "PRAGMA application_id")) != 0) return Status();
    TRY(writer_->Execute(kTables));
    if (!is_in_memory()) TRY(WriteNote(*writer_, kRecoveryNote, "0"));
    TRY(writer_->Execute(
        fmt::format("PRAGMA application_id={}; PRAGMA user_version={}", kApplication, kFormatVersion).c_str()));
    return writer_->Execute("COMMIT");
  }();
  if (!writer_->is_idle()) {
    const Status undone = writer_->Execute("ROLLBACK");
    if (status.ok()) status = undone;
  }
  return status;
}

Result<Reader> Database::Read() {
  {
    MutexLock lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<sql::Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return Reader(*this, std::move(connection));
    }
  }
  return Reader(*this, TRY(Connect(sql::Access::kRead)));
}

void Database::GiveBack(std::unique_ptr<sql::Connection> connection) {
  MutexLock lock(mutex_);
  if (connection->is_idle() && idle_.size() < kIdleReadersMax) idle_.push_back(std::move(connection));
}

}  // namespace wmi::store
