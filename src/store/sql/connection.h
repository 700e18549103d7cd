// Connection and Statement: SQLite with our errors, lifetimes and limits on waiting.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/status.h"

namespace wmi::store::sql {

// How long a statement waits for a lock that another process or thread holds. Readers of a repository on disk never
// need one (WAL); writers wait for each other.
inline constexpr std::chrono::milliseconds kLockWaitMax = std::chrono::seconds(30);

// A prepared statement in use. Handed out by Connection::Use; ends its work when it goes, so that no read transaction
// stays open by accident. Texts and blobs are valid until the next Step.
class Statement {
 public:
  Statement(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Parameters, 1-based. Texts and blobs are not copied: they outlive the last Step.
  Statement& Bind(int parameter, std::int64_t value);
  Statement& Bind(int parameter, double value);
  Statement& BindText(int parameter, std::string_view text);
  Statement& BindBlob(int parameter, std::string_view bytes);

  // True with a row, false at the end.
  Result<bool> Step();
  // To the end, for statements without rows.
  Status Run();
  // Back to the start, with the parameters as they are.
  void Rewind();

  std::int64_t Integer(int column) const { return sqlite3_column_int64(statement_, column); }
  bool IsNull(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::string_view Text(int column) const;
  std::string_view Blob(int column) const;

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_;
};

enum class Access { kRead, kWrite };
enum class Waiting { kForLocks, kNever };

// For one thread at a time.
class Connection {
 public:
  // `uri`: a file: URI or a path. kWrite makes the file when it is not there. `vfs`: null for the system's.
  static Result<std::unique_ptr<Connection>> Open(const std::string& uri, Access access, const char* vfs = nullptr);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // `text` is a literal: prepared once per connection. One use of a statement at a time. A statement that cannot be
  // prepared, because the file is damaged, fails at its first Step.
  Statement Use(const char* text);
  // Statements without parameters and rows, one or several.
  Status Execute(const char* text);
  // The same, for what SQLite does not wait with while it reads: switching the log on. Begins again until the locks are
  // there, for kLockWaitMax; the statements are such that doing them twice is doing them once.
  Status ExecutePatiently(const char* text);

  // Whether it waits for locks that others have, up to kLockWaitMax; at first it does.
  void SetWaiting(Waiting waiting);

  std::int64_t last_insert_id() const { return sqlite3_last_insert_rowid(database_); }
  std::int64_t changes() const { return sqlite3_changes64(database_); }
  // False inside a transaction; a failure may have ended one.
  bool is_idle() const { return sqlite3_get_autocommit(database_) != 0; }
  sqlite3* get() const { return database_; }

 private:
  explicit Connection(sqlite3* database) : database_(database) {}

  sqlite3* database_;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

// The failure that the connection met last: kOutOfDiskSpace, kAccessDenied for what may not be written or opened,
// kTimedOut for a lock that was not to be had, kCriticalError for a damaged file, kOutOfMemory, kFailed with the system
// call for the rest.
Status Failure(sqlite3* database, int result);

}  // namespace wmi::store::sql
