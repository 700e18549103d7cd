// ChangeLog: what this process commits, noted down in the repository for other processes that wait for events.
//
// Who waits holds locks on the file `listeners` of the folder, a byte for each subject; the kernel takes them away with
// the process. A writer looks for locks of others, which costs a system call a subject, and only when it finds some it
// puts what it changed into the table `change_log`, in the same transaction as the changes. After the commit it writes
// to `listeners`, which wakes those who watch that file. A row stays for some time, however many read it; who comes too
// late is told that something was lost.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "base/status.h"
#include "store/change.h"
#include "store/change_notes.h"
#include "store/database.h"
#include "store/encoding/change_code.h"

namespace wmi::store {

// What the log keeps, and how long.
inline constexpr std::size_t kLogEntryBytesMax = std::size_t{16} << 20;  // of one commit; what is behind is counted
inline constexpr std::int64_t kLogBytesMax = std::int64_t{64} << 20;
inline constexpr std::int64_t kLogSeconds = 60;

// Safe from several threads.
class ChangeLog {
 public:
  // Of a repository in a folder.
  explicit ChangeLog(std::string folder);
  ~ChangeLog();
  ChangeLog(const ChangeLog&) = delete;
  ChangeLog& operator=(const ChangeLog&) = delete;

  // The file that is written to when there is news.
  static constexpr std::string_view kFileName = "listeners";

  // False when the folder does not let the file be opened: then others can tell nothing.
  bool is_open() const { return file_ >= 0; }

  // ---- for who waits

  // Others note down what they change from their next transaction on, until Ignore was called as often. Only when it
  // is open. Fails with the system call.
  Status Listen(Change::Subject subject, Database& database);
  void Ignore(Change::Subject subject) noexcept;

  struct News {
    ToldChanges told;
    bool has_more = false;
  };
  // What others noted since the last call, or since the first Listen: some of it, in the order of commits.
  Result<News> Read(Database& database, const FindClasses& find_classes);

  // ---- for who writes

  // What others wait for now.
  SubjectSet WantedByOthers() const noexcept;
  // Inside the transaction that made the changes. `commit`: its number (change_signal.h). True when others are to be
  // woken after the commit.
  Result<bool> Write(sql::Connection& connection, const ChangeNotes& notes, SubjectSet wanted, std::int64_t commit);
  // After a commit of which others cannot be told what it did, too.
  void Wake() const noexcept;

 private:
  Status SetLock(Change::Subject subject, short type) const;
  Status Insert(sql::Connection& connection, std::string_view body, std::int64_t commit) const;
  Status Clear(sql::Connection& connection);

  const std::string path_;
  const std::int64_t writer_;  // no other has it
  const int file_;             // -1: it could not be opened

  mutable Mutex mutex_;
  std::array<std::size_t, kSubjectCount> listeners_ WMI_GUARDED_BY(mutex_){};
  std::int64_t last_ WMI_GUARDED_BY(mutex_) = 0;  // the number of the entry that was read last
  // Entries of a process that was killed may be there, or of this one.
  bool may_have_rows_ WMI_GUARDED_BY(mutex_) = true;
};

}  // namespace wmi::store
