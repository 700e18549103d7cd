#include "store/backup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "store/encoding/class_code.h"
#include "store/encoding/row_code.h"
#include "store/note.h"
#include "store/sql/connection.h"

namespace wmi::store {
namespace {

// 256 KiB at a time: often enough to stop, seldom enough to cost nothing.
constexpr int kPagesAtOnce = 64;
// How many instructions of SQLite's machine lie between two looks at the stop token.
constexpr int kInstructionsBetweenLooks = 20000;

Status Stopped() { return Status(code::kCallCancelled, "it was stopped before its end; nothing has changed"); }

// Lets a long statement of SQLite be stopped, and tells `progress` that it goes on; for the time of its life.
class StopWatch {
 public:
  StopWatch(sql::Connection& connection, const CopyCallback& progress, const std::stop_token& stop)
      : connection_(connection), progress_(progress), stop_(stop) {
    sqlite3_progress_handler(
        connection_.get(), kInstructionsBetweenLooks,
        [](void* watch) { return static_cast<const StopWatch*>(watch)->IsOver() ? 1 : 0; }, this);
  }
  ~StopWatch() { sqlite3_progress_handler(connection_.get(), 0, nullptr, nullptr); }
  StopWatch(const StopWatch&) = delete;
  StopWatch& operator=(const StopWatch&) = delete;

 private:
  // No exception goes through SQLite.
  bool IsOver() const noexcept {
    try {
      if (progress_) progress_({});
    } catch (...) {
      return true;
    }
    return stop_.stop_requested();
  }

  sql::Connection& connection_;
  const CopyCallback& progress_;
  const std::stop_token& stop_;
};

Result<std::int64_t> Number(sql::Connection& connection, const char* text) {
  sql::Statement statement = connection.Use(text);
  return TRY(statement.Step()) ? statement.Integer(0) : std::int64_t{0};
}

// ---- pages from one database to another -----------------------------------------------------------------------------

// One copy; ends it when it goes, undone unless it is whole.
class Copy {
 public:
  // `place`: what failures name.
  Copy(sql::Connection& source, sql::Connection& target, std::string place)
      : target_(target),
        place_(std::move(place)),
        backup_(sqlite3_backup_init(target.get(), "main", source.get(), "main")) {}
  ~Copy() { sqlite3_backup_finish(backup_); }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  // Takes the locks and copies nothing.
  Status Begin() { return Check(Step(0)); }
  Status Run(const CopyCallback& progress, const std::stop_token& stop, int pages_at_once = kPagesAtOnce) {
    for (int result = SQLITE_OK; result != SQLITE_DONE;) {
      if (stop.stop_requested()) return Stopped();
      result = Step(pages_at_once);
      TRY(Check(result));
      if (!progress) continue;
      const int total = sqlite3_backup_pagecount(backup_);
      progress(
          {static_cast<std::uint64_t>(total - sqlite3_backup_remaining(backup_)), static_cast<std::uint64_t>(total)});
    }
    return Status();
  }

 private:
  int Step(int pages) {
    return backup_ == nullptr ? sqlite3_extended_errcode(target_.get()) : sqlite3_backup_step(backup_, pages);
  }
  Status Check(int result) const {
    if (result == SQLITE_OK || result == SQLITE_DONE) return Status();
    const Code code = sql::Failure(nullptr, result).code();
    return Status(code, fmt::format("{}: {}", place_, sqlite3_errstr(result)));
  }

  sql::Connection& target_;
  const std::string place_;
  sqlite3_backup* backup_;
};

// ---- a file that appears when it is whole ---------------------------------------------------------------------------

Status FileFailure(std::string_view call, const std::string& path) {
  const int failure = errno;
  Code code = code::kFailed;
  if (failure == EACCES || failure == EPERM || failure == EROFS) code = code::kAccessDenied;
  if (failure == ENOENT || failure == ENOTDIR) code = code::kNotFound;
  if (failure == ENOSPC || failure == EDQUOT) code = code::kOutOfDiskSpace;
  return SystemStatus(code, fmt::format("{}({})", call, path), failure);
}

std::string FolderOf(const std::string& path) {
  const std::size_t end = path.rfind('/');
  if (end == std::string::npos) return ".";
  return end == 0 ? "/" : path.substr(0, end);
}

Status Sync(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return FileFailure("open", path);
  const Status status = fsync(file) == 0 ? Status() : FileFailure("fsync", path);
  close(file);
  return status;
}

// Stands beside the file it will be, under a name that nobody else uses; gone when it does not become it.
class NewFile {
 public:
  explicit NewFile(const std::string& path) : path_(path), name_(path + ".XXXXXX.new") {}
  ~NewFile() {
    if (is_made_) unlink(name_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  const std::string& name() const { return name_; }
  Status Make() {
    struct stat there{};
    if (stat(path_.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
      return Status(code::kAccessDenied, fmt::format("{} exists and is no file; give another name", path_));
    }
    const int file = mkostemps(name_.data(), 4, O_CLOEXEC);  // ".new"; mode 0600
    if (file < 0) return FileFailure("open", path_);
    is_made_ = true;
    close(file);
    return Status();
  }
  Status Publish() {
    TRY(Sync(name_));
    if (rename(name_.c_str(), path_.c_str()) != 0) return FileFailure("rename", path_);
    is_made_ = false;
    return Sync(FolderOf(path_));
  }

 private:
  const std::string path_;
  std::string name_;
  bool is_made_ = false;
};

// A path that SQLite takes as it is, not as a URI.
std::string PlainPath(const std::string& path) { return path.starts_with('/') ? path : "./" + path; }

// The log belongs to a repository in use; a backup is one file.
Status LeaveLog(const std::string& path) {
  const auto file = TRY(sql::Connection::Open(PlainPath(path), sql::Access::kWrite));
  TRY(file->Execute("PRAGMA locking_mode=EXCLUSIVE"));  // so that it needs no shared memory beside it
  return file->Execute("PRAGMA journal_mode=DELETE");
}

// `name`: what `path` is to be called.
Status CopyInto(Database& database, const std::string& path, const std::string& name, const CopyCallback& progress,
                const std::stop_token& stop) {
  const Reader reader = TRY(database.Read());
  const auto target = TRY(sql::Connection::Open(PlainPath(path), sql::Access::kWrite));
  // Nobody sees the file before it is whole, and then it is synced at once.
  TRY(target->Execute("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF"));
  if (database.is_in_memory()) return Copy(*reader, *target, "the backup").Run(progress, stop, -1);
  // The state of one moment: without a transaction each commit of others would make the copy begin again.
  TRY(reader->Execute("BEGIN"));
  TRY(Number(*reader, "SELECT count(*) FROM sqlite_schema"));
  Status copied =
      Copy(*reader, *target, fmt::format("the copy of {} to {}", database.folder(), name)).Run(progress, stop);
  TRY(reader->Execute("ROLLBACK"));
  return copied;
}

// ---- what a backup must be ------------------------------------------------------------------------------------------

Status Damaged(const std::string& path, std::string_view what) {
  return Status(
      code::kCriticalError,
      fmt::format("the backup {} cannot be restored: {}; the repository is unchanged, use another backup", path, what));
}

// What reading a file that is damaged, or no database, fails with.
bool IsDamage(const Status& status) { return status.code() == code::kCriticalError || status.code() == code::kFailed; }

Status Explained(const Status& status, const std::string& path) {
  return IsDamage(status) ? Damaged(path, status.Message()) : status;
}

Status Unsound(std::string what) { return Status(code::kCriticalError, std::move(what)); }

Status CheckFormat(sql::Connection& backup, const std::string& path, std::int64_t application) {
  if (TRY(Number(backup, "PRAGMA application_id")) != application) return Unsound("it is no repository");
  const std::int64_t format = TRY(Number(backup, "PRAGMA user_version"));
  if (format > kFormatVersion) {
    return Status(code::kDatabaseVerMismatch,
                  fmt::format("the backup {} has the format {}, this version of OpenWMI reads up to {}; use a newer "
                              "version",
                              path, format, kFormatVersion));
  }
  return format < 1 ? Unsound(fmt::format("its format {} never was", format)) : Status();
}

Status CheckSums(sql::Connection& backup) {
  sql::Statement spaces = backup.Use("SELECT name, sum FROM namespaces");
  while (TRY(spaces.Step())) {
    if (spaces.Integer(1) != NamespaceSum(spaces.Text(0))) {
      return Unsound(fmt::format("the namespace {} is damaged", spaces.Text(0)));
    }
  }
  sql::Statement classes = backup.Use(
      "SELECT classes.name, classes.namespace, superclass, definition, classes.sum, body FROM classes "
      "LEFT JOIN definitions ON definitions.id = definition");
  while (TRY(classes.Step())) {
    const bool is_sound =
        classes.Integer(4) == ClassSum(classes.Integer(1), classes.Text(0), classes.Text(2), classes.Integer(3)) &&
        !classes.IsNull(5) && DecodeDeclaration(classes.Blob(5)).ok();
    if (!is_sound) return Unsound(fmt::format("the class {} is damaged", classes.Text(0)));
  }
  return Status();
}

Status CheckRows(sql::Connection& backup) {
  sql::Statement layouts = backup.Use("SELECT id, body FROM layouts");
  while (TRY(layouts.Step())) {
    if (layouts.Integer(0) != LayoutId(layouts.Blob(1))) return Unsound("a layout of instances is damaged");
  }
  sql::Statement rows = backup.Use("SELECT class, root, key, row FROM instances");
  while (TRY(rows.Step())) {
    ByteReader in(rows.Blob(3));
    const RowAddress address{rows.Integer(0), rows.Integer(1), rows.Blob(2)};
    if (!ReadRowHead(in, rows.Blob(3), address).ok()) return Unsound("an instance is damaged");
  }
  return Status();
}

Status CheckBackup(sql::Connection& backup) {
  sql::Statement check = backup.Use("PRAGMA integrity_check(1)");
  while (TRY(check.Step())) {
    if (check.Text(0) != "ok") return Unsound(std::string(check.Text(0)));
  }
  TRY(CheckSums(backup));
  return CheckRows(backup);
}

// A backup of what is damaged could not be restored, and must not take the place of one that can. `path`: what it is to
// be called.
Status CheckCopy(const std::string& file, const std::string& path, const CopyCallback& progress,
                 const std::stop_token& stop) {
  const auto copy = TRY(sql::Connection::Open(PlainPath(file), sql::Access::kRead));
  const StopWatch watch(*copy, progress, stop);
  Status checked = CheckBackup(*copy);
  if (stop.stop_requested()) return Stopped();
  if (!IsDamage(checked)) return checked;
  return Unsound(
      fmt::format("the repository is damaged: {}; nothing was written to {}, and `wmi repository verify` lists all "
                  "that is damaged",
                  checked.Message(), path));
}

// ---- making it the state that follows -------------------------------------------------------------------------------

// Above all numbers that the repository has given out, so that nobody takes a definition for one he has read already:
// with room for those that other processes give out until the write lock is ours. A repository too damaged to tell has
// given out less than kManyChanges.
std::int64_t NumbersBelow(sql::Connection& live, const char* text) {
  constexpr std::int64_t kRoom = std::int64_t{1} << 20;
  constexpr std::int64_t kManyChanges = std::int64_t{1} << 40;
  const Result<std::int64_t> last = Number(live, text);
  return last.ok() ? *last + kRoom : kManyChanges;
}

Status RenumberDefinitions(sql::Connection& backup, std::int64_t base) {
  // By way of negative numbers, because the old and the new ones may overlap.
  TRY(backup.Execute("UPDATE definitions SET id = -id"));
  sql::Statement back = backup.Use("UPDATE definitions SET id = ?1 - id");
  TRY(back.Bind(1, base).Run());
  struct Row {
    Id id;
    Id name_space;
    std::string name;
    std::string superclass;
    Id definition;
  };
  std::vector<Row> rows;
  {
    sql::Statement classes = backup.Use("SELECT id, namespace, name, superclass, definition FROM classes");
    while (TRY(classes.Step())) {
      rows.push_back({classes.Integer(0), classes.Integer(1), std::string(classes.Text(2)),
                      std::string(classes.Text(3)), base + classes.Integer(4)});
    }
  }
  for (const Row& row : rows) {
    sql::Statement write = backup.Use("UPDATE classes SET definition = ?2, sum = ?3 WHERE id = ?1");
    const std::int64_t sum = ClassSum(row.name_space, row.name, row.superclass, row.definition);
    TRY(write.Bind(1, row.id).Bind(2, row.definition).Bind(3, sum).Run());
  }
  sql::Statement last = backup.Use("UPDATE sqlite_sequence SET seq = seq + ?1 WHERE name = 'definitions'");
  return last.Bind(1, base).Run();
}

Status Prepare(sql::Connection& backup, sql::Connection& live) {
  const std::int64_t definitions =
      NumbersBelow(live, "SELECT max(seq) FROM sqlite_sequence WHERE name = 'definitions'");
  const std::int64_t classes = NumbersBelow(live, "SELECT max(seq) FROM sqlite_sequence WHERE name = 'classes'");
  const std::int64_t page = TRY(Number(live, "PRAGMA page_size"));
  TRY(backup.Execute("BEGIN"));
  TRY(RenumberDefinitions(backup, definitions));
  // What was told of another time; and a backup of an earlier version has no such table.
  TRY(backup.Execute("DROP TABLE IF EXISTS change_log"));
  TRY(backup.Execute(ChangeLogTable()));
  sql::Statement sequence = backup.Use("UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'classes'");
  TRY(sequence.Bind(1, classes).Run());
  TRY(RenewSchemaRevision(backup));
  TRY(backup.Execute("COMMIT"));
  if (TRY(Number(backup, "PRAGMA page_size")) == page) return Status();
  return backup.Execute(fmt::format("PRAGMA page_size={}; VACUUM", page).c_str());
}

// A copy of the file, checked, in a temporary database that goes with its connection.
Result<std::unique_ptr<sql::Connection>> Load(const std::string& path, std::int64_t application,
                                              const CopyCallback& progress, const std::stop_token& stop) {
  struct stat there{};
  if (stat(path.c_str(), &there) != 0) return FileFailure("open", path);
  if (!S_ISREG(there.st_mode)) return Damaged(path, "it is no file");
  const auto file = TRY(sql::Connection::Open(PlainPath(path), sql::Access::kRead));
  TRY(Explained(CheckFormat(*file, path, application), path));
  auto loaded = TRY(sql::Connection::Open("", sql::Access::kWrite));
  TRY(loaded->Execute("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA trusted_schema=OFF"));
  TRY(Explained(Copy(*file, *loaded, path).Run(progress, stop), path));
  const StopWatch watch(*loaded, progress, stop);
  const Status checked = Explained(CheckBackup(*loaded), path);
  if (stop.stop_requested()) return Stopped();
  TRY(checked);
  return loaded;
}

std::uint64_t SizeOf(sql::Connection& connection) {
  const Result<std::int64_t> pages = Number(connection, "PRAGMA page_count");
  const Result<std::int64_t> size = Number(connection, "PRAGMA page_size");
  return pages.ok() && size.ok() ? static_cast<std::uint64_t>(*pages) * static_cast<std::uint64_t>(*size) : 0;
}

// What the log holds goes into the file. Left to a later time when readers are in the way.
void EmptyLog(sql::Connection& connection) {
  connection.SetWaiting(sql::Waiting::kNever);
  sqlite3_wal_checkpoint_v2(connection.get(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  connection.SetWaiting(sql::Waiting::kForLocks);
}

// What it takes on the disk, with the log.
std::uint64_t SizeOf(const Database& database, sql::Connection& connection) {
  if (database.is_in_memory()) return SizeOf(connection);
  std::uint64_t bytes = 0;
  for (const char* name : {"repository.db", "repository.db-wal"}) {
    struct stat there{};
    if (stat(database.PathOf(name).c_str(), &there) == 0) bytes += static_cast<std::uint64_t>(there.st_size);
  }
  return bytes;
}

}  // namespace

Status Backup(Database& database, const std::string& path, const CopyCallback& progress, const std::stop_token& stop) {
  if (path.empty()) return Status(code::kInvalidParameter, "the name of the file to write is empty");
  NewFile file(path);
  TRY(file.Make());
  TRY(CopyInto(database, file.name(), path, progress, stop));
  TRY(LeaveLog(file.name()));
  TRY(CheckCopy(file.name(), path, progress, stop));
  if (stop.stop_requested()) return Stopped();
  return file.Publish();
}

Status Restore(Repository& repository, const std::string& path, const CopyCallback& progress,
               const std::stop_token& stop) {
  if (path.empty()) return Status(code::kInvalidParameter, "the name of the file to read is empty");
  TRY(repository.changeable());
  std::int64_t application = 0;
  {
    const Reader reader = TRY(repository.database()->Read());
    application = TRY(Number(*reader, "PRAGMA application_id"));
  }
  const auto loaded = TRY(Load(path, application, progress, stop));
  return repository.Exclusive([&](ExclusiveTurn& turn) -> Status {
    sql::Connection& live = turn.connection();
    TRY(Prepare(*loaded, live));
    {
      Copy copy(*loaded, live, fmt::format("the copy of {} to {}", path, repository.folder()));
      TRY(copy.Begin());
      turn.WillCommit();
      TRY(copy.Run(progress, stop));
    }
    EmptyLog(live);
    return Status();
  });
}

Result<CompactReport> Compact(Repository& repository, const CopyCallback& progress, const std::stop_token& stop) {
  CompactReport report;
  const Status status = repository.Exclusive([&](ExclusiveTurn& turn) -> Status {
    sql::Connection& live = turn.connection();
    report.bytes_before = SizeOf(*repository.database(), live);
    Status done;
    {
      const StopWatch watch(live, progress, stop);
      // The second copy goes where temporary files go and not into memory.
      done = live.Execute("PRAGMA temp_store=FILE; VACUUM");
    }
    const Status restored = live.Execute("PRAGMA temp_store=MEMORY");
    if (stop.stop_requested() && !done.ok()) return Stopped();
    TRY(done);
    TRY(restored);
    EmptyLog(live);
    report.bytes_after = SizeOf(*repository.database(), live);
    return Status();
  });
  if (!status.ok()) return status;
  return report;
}

}  // namespace wmi::store
