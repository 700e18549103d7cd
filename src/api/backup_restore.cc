#include "api/backup_restore.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "api/error_report.h"
#include "api/input.h"
#include "base/clock.h"
#include "base/limits.h"
#include "engine/autorecover.h"
#include "engine/operation.h"
#include "store/backup.h"
#include "store/verify.h"

namespace wmi::api {
namespace {

// How long Restore waits for calls to end.
constexpr auto kEndingWaitMax = std::chrono::seconds(2);

Status Invalid(std::string message) { return {code::kInvalidParameter, std::move(message)}; }

Result<std::string> FileOf(const wchar_t* name) {
  if (IsBlank(name)) return Invalid("the name of the file is NULL or empty");
  std::string path = ReadText(name, limits::kPathLengthMax);
  if (path.size() > limits::kPathLengthMax) {
    return Invalid(fmt::format("the name of the file is longer than {} characters", limits::kPathLengthMax));
  }
  return path;
}

// A listener's answers as a stop token.
class Watch {
 public:
  Watch(RepositoryListener* listener, const char* stage) : listener_(listener), stage_(stage) {}

  store::CopyCallback progress() {
    return [this](const store::CopyProgress& progress) { Say(stage_, progress.done, progress.total); };
  }
  void Say(const char* stage, std::uint64_t done, std::uint64_t total) {
    if (listener_ != nullptr && !listener_->OnProgress(stage, done, total)) stop_.request_stop();
  }
  std::stop_token token() const { return stop_.get_token(); }

 private:
  RepositoryListener* const listener_;
  const char* const stage_;
  std::stop_source stop_;
};

template <std::size_t size>
void CopyText(const std::string& text, char (&target)[size]) {
  const std::size_t count = std::min(text.size(), size - 1);
  std::copy_n(text.data(), count, target);
  target[count] = '\0';
}

std::uint64_t BytesOf(const store::Database& database) {
  std::uint64_t bytes = 0;
  for (const char* name : {"repository.db", "repository.db-wal"}) {
    struct stat there{};
    if (stat(database.PathOf(name).c_str(), &there) == 0) bytes += static_cast<std::uint64_t>(there.st_size);
  }
  return bytes;
}

// What a salvage left of damaged databases.
std::vector<std::string> SetAside(const std::string& folder) {
  std::vector<std::string> files;
  if (folder.empty()) return files;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().filename().string().starts_with("repository.db.damaged-")) files.push_back(at->path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

BackupRestore::~BackupRestore() {
  if (has_paused_) engine_.repository().ResumeChanges();
}

template <typename Body>
HRESULT BackupRestore::Reported(const char* operation, Body&& body) noexcept {
  return com::AbiCall([&]() -> HRESULT {
    SetErrorInfo(0, nullptr);
    const Status status = body();
    if (status.ok()) return status.code();
    LeaveErrorObject(MakeErrorObject(engine_.catalogue().FindClass("ROOT", "__ExtendedStatus"), status, operation));
    return status.code();
  });
}

Status BackupRestore::EndCalls(long flags) {
  engine::OperationTable& table = engine_.runtime().table();
  const bool forces = LowFlags(flags) == WBEM_FLAG_BACKUP_RESTORE_FORCE_SHUTDOWN;
  if (forces) {
    const Status outcome(code::kCallCancelled, "the repository is being restored from a backup; call again");
    for (const auto& operation : table.All()) operation->Cancel(outcome);
  }
  // A call that has answered its client counts for a moment longer.
  if (table.WaitEmpty(SteadyClock().Now() + kEndingWaitMax) || forces) return Status();
  return Status(code::kBackupRestoreWinmgmtRunning,
                fmt::format("{} calls are running in this process; end them, or pass "
                            "WBEM_FLAG_BACKUP_RESTORE_FORCE_SHUTDOWN, which cancels them",
                            table.size()));
}

HRESULT BackupRestore::Backup(LPCWSTR strBackupToFile, long lFlags) {
  return Reported("IWbemBackupRestore::Backup", [&]() -> Status {
    const std::string file = TRY(FileOf(strBackupToFile));
    if (LowFlags(lFlags) != 0) return Invalid(fmt::format("lFlags is 0x{:x}; pass 0", LowFlags(lFlags)));
    return store::Backup(*engine_.repository().database(), file);
  });
}

HRESULT BackupRestore::Restore(LPCWSTR strRestoreFromFile, long lFlags) {
  return Reported("IWbemBackupRestore::Restore", [&]() -> Status {
    const std::string file = TRY(FileOf(strRestoreFromFile));
    if (!AreFlagsWithin(lFlags, WBEM_FLAG_BACKUP_RESTORE_FORCE_SHUTDOWN)) {
      return Invalid(fmt::format("lFlags is 0x{:x}; pass one of WBEM_BACKUP_RESTORE_FLAGS, 0 or 1", LowFlags(lFlags)));
    }
    TRY(EndCalls(lFlags));
    return store::Restore(engine_.repository(), file);
  });
}

HRESULT BackupRestore::Pause() {
  return Reported("IWbemBackupRestoreEx::Pause", [&]() -> Status {
    // Also refused when somebody else has paused it, or nothing may be changed anyway.
    TRY(engine_.repository().changeable());
    if (has_paused_.exchange(true)) return Status(code::kInvalidOperation, "the repository is paused already");
    const Status paused = engine_.repository().PauseChanges(
        Status(code::kBackupRestoreWinmgmtRunning,
               "the repository is paused for a backup; whoever called IWbemBackupRestoreEx::Pause calls Resume"));
    if (paused.ok()) return paused;
    engine_.repository().ResumeChanges();
    has_paused_ = false;
    return paused;
  });
}

HRESULT BackupRestore::Resume() {
  return Reported("IWbemBackupRestoreEx::Resume", [&]() -> Status {
    if (!has_paused_.exchange(false)) {
      return Status(code::kInvalidOperation, "the repository is not paused by this object; call Pause first");
    }
    engine_.repository().ResumeChanges();
    return Status();
  });
}

HRESULT BackupRestore::Describe(RepositoryState* state, RepositoryContents* contents) {
  return Reported("wmi repository status", [&]() -> Status {
    if (state == nullptr) return Invalid("state is NULL");
    store::Repository& repository = engine_.repository();
    CopyText(repository.folder(), state->folder);
    state->format = store::kFormatVersion;
    state->bytes = repository.folder().empty() ? 0 : BytesOf(*repository.database());
    const auto namespaces = repository.Namespaces();
    const Status damage = repository.damage();
    CopyText(damage.ok() ? std::string() : damage.Message(), state->damage);
    state->namespaces = namespaces.size();
    state->classes = 0;
    for (const store::NamespacePtr& schema : namespaces) {
      state->classes += schema->size();
      if (contents != nullptr) contents->OnNamespace(schema->name().c_str(), schema->size());
    }
    state->instances = repository.instance_count();
    const std::vector<engine::RecoveryFile> remembered = engine::List(repository.folder());
    state->autorecover_files = remembered.size();
    if (contents != nullptr) {
      for (const engine::RecoveryFile& file : remembered) {
        const std::string damaged = file.status.ok() ? "" : file.path + ": " + file.status.Message();
        contents->OnAutorecover(file.status.ok() ? file.source.file.c_str() : damaged.c_str());
      }
      for (const std::string& file : SetAside(repository.folder())) contents->OnSetAside(file.c_str());
    }
    const Status refusal = repository.changeable();
    CopyText(refusal.ok() ? std::string() : refusal.Message(), state->refusal);
    return Status();
  });
}

HRESULT BackupRestore::Verify(RepositoryListener* listener, RepositoryFigures* figures) {
  return Reported("wmi repository verify", [&]() -> Status {
    if (figures == nullptr) return Invalid("figures is NULL");
    Watch watch(listener, "");
    const auto progress = [&](const store::VerifyProgress& now) {
      watch.Say(std::string(now.stage).c_str(), now.done, now.total);
    };
    store::Repository& repository = engine_.repository();
    const store::VerifyReport report =
        TRY(store::Verify(*repository.database(), repository.server(), progress, watch.token()));
    figures->findings = report.findings_total;
    figures->namespaces = report.namespaces;
    figures->classes = report.classes;
    figures->instances = report.instances;
    for (const store::Finding& finding : report.findings) {
      if (listener != nullptr) listener->OnFinding(finding.place.c_str(), finding.what.c_str());
    }
    return report.is_sound() ? Status() : Status(code::kFalse);
  });
}

HRESULT BackupRestore::BackupTo(const char* file, RepositoryListener* listener) {
  return Reported("wmi repository backup", [&]() -> Status {
    if (file == nullptr) return Invalid("file is NULL");
    Watch watch(listener, "backup");
    return store::Backup(*engine_.repository().database(), file, watch.progress(), watch.token());
  });
}

HRESULT BackupRestore::RestoreFrom(const char* file, RepositoryListener* listener) {
  return Reported("wmi repository restore", [&]() -> Status {
    if (file == nullptr) return Invalid("file is NULL");
    TRY(EndCalls(WBEM_FLAG_BACKUP_RESTORE_FORCE_SHUTDOWN));
    Watch watch(listener, "restore");
    return store::Restore(engine_.repository(), file, watch.progress(), watch.token());
  });
}

HRESULT BackupRestore::Compact(RepositoryListener* listener, RepositoryFigures* figures) {
  return Reported("wmi repository compact", [&]() -> Status {
    if (figures == nullptr) return Invalid("figures is NULL");
    Watch watch(listener, "compact");
    const store::CompactReport report = TRY(store::Compact(engine_.repository(), watch.progress(), watch.token()));
    figures->bytes_before = report.bytes_before;
    figures->bytes_after = report.bytes_after;
    return Status();
  });
}

}  // namespace wmi::api
