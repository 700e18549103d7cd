// BackupRestore: IWbemBackupRestore and IWbemBackupRestoreEx, the repository as one file and back (contract 9.5, 11.3).
#pragma once

#include <wbemcli.h>

#include <atomic>
#include <functional>

#include "api/repository_tool.h"
#include "base/status.h"
#include "com/com_object.h"
#include "engine/engine.h"

namespace wmi::api {

// Safe from several threads; `engine` outlives it. Whether the caller may read or write a file is decided by the rights
// on the file, since the call runs in his own process. Failures leave an error object.
class BackupRestore final
    : public com::ComObject<com::Derives<IWbemBackupRestoreEx, IWbemBackupRestore>, IRepositoryTool> {
 public:
  explicit BackupRestore(engine::Engine& engine) : engine_(engine) {}

  // The state of this moment; readers and writers go on. WBEM_E_INVALID_PARAMETER for a name that is NULL or empty and
  // flags other than 0; the codes of store::Backup.
  HRESULT Backup(LPCWSTR strBackupToFile, long lFlags) override;
  // Flags 0: WBEM_E_BACKUP_RESTORE_WINMGMT_RUNNING when calls of this process, subscriptions too, have
  // not ended within two seconds;
  // WBEM_FLAG_BACKUP_RESTORE_FORCE_SHUTDOWN cancels them. Connections live on and show what was restored. The codes of
  // store::Restore.
  HRESULT Restore(LPCWSTR strRestoreFromFile, long lFlags) override;
  // Until Resume, or the end of this object, changes that this process makes fail with
  // WBEM_E_BACKUP_RESTORE_WINMGMT_RUNNING; reading and Backup go on. Other processes are not held. One object at a
  // time: WBEM_E_INVALID_OPERATION when it is paused already.
  HRESULT Pause() override;
  // WBEM_E_INVALID_OPERATION when this object has not paused it.
  HRESULT Resume() override;

  HRESULT Describe(RepositoryState* state, RepositoryContents* contents) override;
  HRESULT Verify(RepositoryListener* listener, RepositoryFigures* figures) override;
  HRESULT BackupTo(const char* file, RepositoryListener* listener) override;
  HRESULT RestoreFrom(const char* file, RepositoryListener* listener) override;
  HRESULT Compact(RepositoryListener* listener, RepositoryFigures* figures) override;

 protected:
  ~BackupRestore() override;

 private:
  template <typename Body>
  HRESULT Reported(const char* operation, Body&& body) noexcept;
  Status EndCalls(long flags);

  engine::Engine& engine_;
  std::atomic<bool> has_paused_ = false;
};

}  // namespace wmi::api
