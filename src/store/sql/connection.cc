#include "store/sql/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "base/clock.h"

namespace wmi::store::sql {
namespace {

// Waits a little longer each time, until it has waited kLockWaitMax in all.
int WaitForLock(void*, int attempts) {
  constexpr auto kStep = std::chrono::microseconds(50);
  constexpr int kStepsMax = 100;  // 5 ms
  const int steps = std::min(attempts + 1, kStepsMax);
  const std::int64_t before = attempts < kStepsMax ? std::int64_t{attempts} * (attempts + 1) / 2
                                                   : std::int64_t{kStepsMax} * (kStepsMax + 1) / 2 +
                                                         std::int64_t{kStepsMax} * (attempts - kStepsMax);
  if (before * kStep > kLockWaitMax) return 0;
  std::this_thread::sleep_for(steps * kStep);  // NOLINT(banned): SQLite tells nobody when a lock is free
  return 1;
}

Code CodeOf(int result) {
  switch (result & 0xFF) {
    case SQLITE_FULL:
      return code::kOutOfDiskSpace;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
      return code::kAccessDenied;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return code::kTimedOut;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return code::kCriticalError;
    case SQLITE_NOMEM:
      return code::kOutOfMemory;
    default:
      return code::kFailed;
  }
}

std::string_view WayOut(Code code) {
  if (code == code::kOutOfDiskSpace) return "; make room on the disk";
  if (code == code::kAccessDenied) return "; check the rights on the folder, or set OPENWMI_REPOSITORY to another one";
  if (code == code::kTimedOut) return "; another process keeps the repository locked";
  if (code == code::kCriticalError) {
    return "; `wmi repository verify` says what is damaged, `wmi repository restore` brings back a backup";
  }
  return "";
}

}  // namespace

Status Failure(sqlite3* database, int result) {
  const Code code = CodeOf(result);
  const int system_errno = database == nullptr ? 0 : sqlite3_system_errno(database);
  const char* file = database == nullptr ? nullptr : sqlite3_db_filename(database, "main");
  ErrorDetail detail;
  detail.message =
      fmt::format("the repository{}{}: {}{}", file == nullptr || *file == '\0' ? "" : " ", file == nullptr ? "" : file,
                  database == nullptr ? sqlite3_errstr(result) : sqlite3_errmsg(database), WayOut(code));
  if (system_errno != 0) {
    detail.system_call = file == nullptr ? "sqlite" : fmt::format("sqlite({})", file);
    detail.system_errno = system_errno;
  }
  return Status(code, std::move(detail));
}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Statement& Statement::Bind(int parameter, std::int64_t value) {
  sqlite3_bind_int64(statement_, parameter, value);
  return *this;
}

Statement& Statement::Bind(int parameter, double value) {
  sqlite3_bind_double(statement_, parameter, value);
  return *this;
}

Statement& Statement::BindText(int parameter, std::string_view text) {
  // A null pointer would bind NULL.
  const char* data = text.data() == nullptr ? "" : text.data();
  sqlite3_bind_text64(statement_, parameter, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::BindBlob(int parameter, std::string_view bytes) {
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  sqlite3_bind_blob64(statement_, parameter, data, bytes.size(), SQLITE_STATIC);
  return *this;
}

Result<bool> Statement::Step() {
  if (statement_ == nullptr) return Failure(database_, sqlite3_extended_errcode(database_));
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  return Failure(database_, result);
}

Status Statement::Run() {
  while (TRY(Step())) {
  }
  return Status();
}

void Statement::Rewind() {
  if (statement_ != nullptr) sqlite3_reset(statement_);
}

std::string_view Statement::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return {text, text == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view Statement::Blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return {bytes, bytes == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Result<std::unique_ptr<Connection>> Connection::Open(const std::string& uri, Access access, const char* vfs) {
  const int flags = (access == Access::kWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) |
                    SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  sqlite3* database = nullptr;
  const int result = sqlite3_open_v2(uri.c_str(), &database, flags, vfs);
  if (database == nullptr) return Failure(nullptr, result);
  auto connection = std::unique_ptr<Connection>(new Connection(database));
  if (result != SQLITE_OK) return Failure(database, result);
  connection->SetWaiting(Waiting::kForLocks);
  return connection;
}

void Connection::SetWaiting(Waiting waiting) {
  sqlite3_busy_handler(database_, waiting == Waiting::kForLocks ? WaitForLock : nullptr, nullptr);
}

Connection::~Connection() {
  for (const auto& [text, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(database_);
}

Statement Connection::Use(const char* text) {
  const auto found = statements_.find(text);
  if (found != statements_.end()) return Statement(database_, found->second);
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(database_, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    return Statement(database_, nullptr);
  }
  try {
    statements_.emplace(text, statement);
  } catch (...) {
    sqlite3_finalize(statement);
    throw;
  }
  return Statement(database_, statement);
}

Status Connection::Execute(const char* text) {
  const int result = sqlite3_exec(database_, text, nullptr, nullptr, nullptr);
  return result == SQLITE_OK ? Status() : Failure(database_, result);
}

Status Connection::ExecutePatiently(const char* text) {
  SetWaiting(Waiting::kNever);  // so that one limit holds for all attempts
  int result = SQLITE_OK;
  for (int attempts = 0;; ++attempts) {
    result = sqlite3_exec(database_, text, nullptr, nullptr, nullptr);
    if ((result & 0xFF) != SQLITE_BUSY || WaitForLock(nullptr, attempts) == 0) break;
  }
  Status status = result == SQLITE_OK ? Status() : Failure(database_, result);
  SetWaiting(Waiting::kForLocks);
  return status;
}

}  // namespace wmi::store::sql
