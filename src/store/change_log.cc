#include "store/change_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <iterator>
#include <utility>
#include <vector>

namespace wmi::store {
namespace {

// How many entries one commit throws away at most: more than it adds, so that the log gets shorter.
constexpr int kTrimmedAtOnce = 16;
// What one Read takes.
constexpr std::size_t kEntriesAtOnce = 8;

std::int64_t NewWriter() {
  std::uint64_t number = 0;
  sqlite3_randomness(sizeof number, &number);
  // After a fork parent and child draw the same numbers.
  return static_cast<std::int64_t>(number ^ (static_cast<std::uint64_t>(getpid()) << 32));
}

// A folder that may only be read may have the file all the same, and then it can be locked.
int OpenFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  return file >= 0 ? file : open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

struct flock ByteOf(Change::Subject subject, short type) {
  struct flock lock{};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(subject);
  lock.l_len = 1;
  return lock;
}

std::int64_t Now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// The entry that was written last; zeros when there is none, and in a repository of an earlier version, which has no
// log until somebody opens it who may write.
struct LastEntry {
  std::int64_t number = 0;
  std::int64_t total = 0;
};

Result<LastEntry> ReadLast(sql::Connection& connection) {
  sql::Statement table = connection.Use("SELECT 1 FROM sqlite_schema WHERE name = 'change_log'");
  if (!TRY(table.Step())) return LastEntry();
  sql::Statement last = connection.Use("SELECT number, total FROM change_log ORDER BY number DESC LIMIT 1");
  return TRY(last.Step()) ? LastEntry{last.Integer(0), last.Integer(1)} : LastEntry{};
}

// What is too old, or too much.
Status Trim(sql::Connection& connection, std::int64_t total, std::int64_t now) {
  for (int trimmed = 0; trimmed < kTrimmedAtOnce; ++trimmed) {
    std::int64_t number = 0;
    {
      sql::Statement first = connection.Use("SELECT number, total, time FROM change_log ORDER BY number LIMIT 1");
      if (!TRY(first.Step())) return Status();
      const bool is_needed = total - first.Integer(1) < kLogBytesMax && first.Integer(2) >= now - kLogSeconds;
      if (is_needed) return Status();
      number = first.Integer(0);
    }
    sql::Statement trim = connection.Use("DELETE FROM change_log WHERE number = ?1");
    TRY(trim.Bind(1, number).Run());
  }
  return Status();
}

}  // namespace

ChangeLog::ChangeLog(std::string folder)
    : path_(fmt::format("{}/{}", folder, kFileName)), writer_(NewWriter()), file_(OpenFile(path_)) {}

ChangeLog::~ChangeLog() {
  if (file_ >= 0) close(file_);
}

// ---- for who waits --------------------------------------------------------------------------------------------------

// A lock of the open file, not of the process: so two repositories in one process are others to each other.
Status ChangeLog::SetLock(Change::Subject subject, short type) const {
  struct flock lock = ByteOf(subject, type);
  if (fcntl(file_, F_OFD_SETLK, &lock) == 0) return Status();
  return SystemStatus(code::kFailed, fmt::format("fcntl({}, F_OFD_SETLK)", path_), errno);
}

Status ChangeLog::Listen(Change::Subject subject, Database& database) {
  MutexLock lock(mutex_);
  std::size_t& count = listeners_[static_cast<std::size_t>(subject)];
  if (count == 0) {
    TRY(SetLock(subject, F_RDLCK));
    const bool is_first = std::all_of(listeners_.begin(), listeners_.end(), [](std::size_t some) { return some == 0; });
    if (is_first) {
      const Result<LastEntry> last = [&]() -> Result<LastEntry> {
        const Reader reader = TRY(database.Read());
        return ReadLast(*reader);
      }();
      if (!last.ok()) {
        static_cast<void>(SetLock(subject, F_UNLCK));
        return last.status();
      }
      last_ = last->number;
    }
  }
  ++count;
  return Status();
}

void ChangeLog::Ignore(Change::Subject subject) noexcept {
  MutexLock lock(mutex_);
  std::size_t& count = listeners_[static_cast<std::size_t>(subject)];
  if (--count != 0 || file_ < 0) return;
  struct flock byte = ByteOf(subject, F_UNLCK);
  fcntl(file_, F_OFD_SETLK, &byte);
}

Result<ChangeLog::News> ChangeLog::Read(Database& database, const FindClasses& find_classes) {
  std::int64_t last = 0;
  {
    MutexLock lock(mutex_);
    last = last_;
  }
  News news;
  std::vector<std::string> entries;
  {
    const Reader reader = TRY(database.Read());
    sql::Statement rows =
        reader->Use("SELECT number, previous, writer, body FROM change_log WHERE number > ?1 ORDER BY number LIMIT ?2");
    rows.Bind(1, last).Bind(2, static_cast<std::int64_t>(kEntriesAtOnce));
    std::size_t count = 0;
    while (TRY(rows.Step())) {
      // What lay between was thrown away before it was read here.
      if (rows.Integer(1) > last) ++news.told.left_out;
      last = rows.Integer(0);
      if (rows.Integer(2) != writer_) entries.emplace_back(rows.Blob(3));
      ++count;
    }
    news.has_more = count == kEntriesAtOnce;
  }
  for (const std::string& entry : entries) {
    Result<ToldChanges> told = DecodeChanges(entry, find_classes);
    if (!told.ok()) {
      ++news.told.left_out;
      continue;
    }
    news.told.left_out += told->left_out;
    std::move(told->changes.begin(), told->changes.end(), std::back_inserter(news.told.changes));
  }
  MutexLock lock(mutex_);
  last_ = last;
  return news;
}

// ---- for who writes -------------------------------------------------------------------------------------------------

SubjectSet ChangeLog::WantedByOthers() const noexcept {
  SubjectSet wanted;
  if (file_ < 0) return wanted;
  for (const auto subject : {Change::Subject::kNamespace, Change::Subject::kClass, Change::Subject::kInstance}) {
    // Locks of this file are not in each other's way: only those of others are found.
    struct flock lock = ByteOf(subject, F_WRLCK);
    if (fcntl(file_, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK) wanted.Add(subject);
  }
  return wanted;
}

Result<bool> ChangeLog::Write(sql::Connection& connection, const ChangeNotes& notes, SubjectSet wanted,
                              std::int64_t commit) {
  if (wanted.is_empty()) {
    TRY(Clear(connection));
    return false;
  }
  const std::string body = EncodeChanges(notes.changes(), notes.left_out(), wanted, kLogEntryBytesMax);
  if (body.empty()) return false;
  TRY(Insert(connection, body, commit));
  MutexLock lock(mutex_);
  may_have_rows_ = true;
  return true;
}

Status ChangeLog::Insert(sql::Connection& connection, std::string_view body, std::int64_t commit) const {
  const LastEntry last = TRY(ReadLast(connection));
  const std::int64_t now = Now();
  const std::int64_t total = last.total + static_cast<std::int64_t>(body.size());
  sql::Statement insert = connection.Use(
      "INSERT INTO change_log (number, previous, writer, time, total, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
  // The numbers of commits begin anew when their file is deleted; those of entries must not.
  insert.Bind(1, std::max(commit, last.number + 1)).Bind(2, last.number).Bind(3, writer_);
  TRY(insert.Bind(4, now).Bind(5, total).BindBlob(6, body).Run());
  return Trim(connection, total, now);
}

// Nobody waits: what is left over goes, once.
Status ChangeLog::Clear(sql::Connection& connection) {
  {
    MutexLock lock(mutex_);
    const bool listens = std::any_of(listeners_.begin(), listeners_.end(), [](std::size_t some) { return some != 0; });
    if (listens || !std::exchange(may_have_rows_, false)) return Status();
  }
  return connection.Use("DELETE FROM change_log").Run();
}

void ChangeLog::Wake() const noexcept {
  // It matters only that something is written. Who is not woken looks a while after the commit.
  if (file_ >= 0) static_cast<void>(!pwrite(file_, "!", 1, 0));
}

}  // namespace wmi::store
