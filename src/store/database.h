// Database: the file of a repository, its tables, and the connections to it (docs/repository.md has the format).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "store/folder_lock.h"
#include "store/sql/connection.h"

namespace wmi::store {

// Rows of tables are named by numbers; 0 is none.
using Id = std::int64_t;

// The format that this version writes: PRAGMA user_version. Grows when older versions could not read the result.
inline constexpr std::int64_t kFormatVersion = 1;

// What the rows of classes and namespaces say again about themselves, so that damage is noticed.
std::int64_t ClassSum(Id name_space, std::string_view name, std::string_view superclass, Id definition);
std::int64_t NamespaceSum(std::string_view name);

// The statements that make the tables of an empty repository.
std::string TableDefinitions();
// Of them, the one that repositories of earlier versions do not have.
const char* ChangeLogTable();

// A connection on loan: goes back to the pool when it goes.
class Reader {
 public:
  Reader(class Database& database, std::unique_ptr<sql::Connection> connection)
      : database_(&database), connection_(std::move(connection)) {}
  ~Reader();
  Reader(Reader&&) noexcept = default;
  Reader& operator=(Reader&&) = delete;

  sql::Connection* operator->() const { return connection_.get(); }
  sql::Connection& operator*() const { return *connection_; }

 private:
  class Database* database_;
  std::unique_ptr<sql::Connection> connection_;
};

// Safe from several threads, but for writer().
class Database {
 public:
  struct Options {
    std::string folder;         // empty: in memory
    const char* vfs = nullptr;  // SQLite's name of the file system to use; null for the real one
    sql::Access access = sql::Access::kWrite;
  };

  // Makes folder (only for this user) and tables when they are not there. kDatabaseVerMismatch names both formats when
  // the repository is of a newer one; kCriticalError when the file is damaged or no repository; kTimedOut while
  // somebody salvages it; kAccessDenied, kOutOfDiskSpace.
  static Result<std::unique_ptr<Database>> Open(const Options& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // In their own transactions, as things were at the first statement.
  Result<Reader> Read();
  // For one thread at a time: whoever holds the turn (store/group_commit.h).
  sql::Connection& writer() { return *writer_; }

  bool is_in_memory() const { return options_.folder.empty(); }
  const std::string& folder() const { return options_.folder; }
  // Of a file in the folder.
  std::string PathOf(const std::string& name) const { return options_.folder + "/" + name; }

 private:
  friend class Reader;
  explicit Database(Options options);
  Status OpenWriter();
  Status CheckFormat();
  Status MakeTables();
  Result<std::unique_ptr<sql::Connection>> Connect(sql::Access access) const;
  void GiveBack(std::unique_ptr<sql::Connection> connection);

  const Options options_;
  const std::string uri_;
  std::unique_ptr<FolderLock> lock_;  // of a folder that is written to
  std::unique_ptr<sql::Connection> writer_;
  Mutex mutex_;
  std::vector<std::unique_ptr<sql::Connection>> idle_ WMI_GUARDED_BY(mutex_);
};

}  // namespace wmi::store
