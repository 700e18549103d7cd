// IRepositoryTool: what `wmi repository` needs of the repository beyond IWbemBackupRestore. A private interface of the
// product: the object of CLSID_WbemBackupRestore answers for it, but program and library must be of the same version.
// Whoever changes it gives it a new identifier. Text is UTF-8, and valid for the call.
#pragma once

#include <wbemcli.h>

#include <cstdint>

namespace wmi::api {

// Called on the thread of the call.
class RepositoryListener {
 public:
  // False ends the call with WBEM_E_CALL_CANCELLED. `total` is 0 when nobody knows.
  virtual bool OnProgress(const char* stage, std::uint64_t done, std::uint64_t total) = 0;
  // Damage.
  virtual void OnFinding(const char* place, const char* what) = 0;

 protected:
  ~RepositoryListener() = default;
};

// Takes what there may be any number of. Called on the thread of the call.
class RepositoryContents {
 public:
  // Parents first.
  virtual void OnNamespace(const char* name, std::uint64_t classes) = 0;
  // On the autorecover list, in its order: the name of the file as it was compiled, or of a text without one;
  // what is wrong with one that cannot be read.
  virtual void OnAutorecover(const char* file) = 0;
  // A database that was too damaged to be opened, kept in the folder; what was sound in it is in the repository.
  virtual void OnSetAside(const char* file) = 0;

 protected:
  ~RepositoryContents() = default;
};

struct RepositoryState {
  char folder[4096] = {};  // empty: in memory
  std::int64_t format = 0;
  std::uint64_t bytes = 0;  // of the file and its log
  std::uint64_t namespaces = 0;
  std::uint64_t classes = 0;
  std::uint64_t instances = 0;
  std::uint64_t autorecover_files = 0;
  char refusal[1024] = {};  // why it cannot be changed; empty when it can
  char damage[1024] = {};   // why it cannot be read; empty when it can. Verify looks closer
};

struct RepositoryFigures {
  std::uint64_t findings = 0;
  std::uint64_t namespaces = 0;
  std::uint64_t classes = 0;
  std::uint64_t instances = 0;
  std::uint64_t bytes_before = 0;  // of Compact
  std::uint64_t bytes_after = 0;
};

// Every method fails with its text in GetErrorInfo.
struct IRepositoryTool : public IUnknown {
  // `contents` may be null.
  virtual HRESULT Describe(RepositoryState* state, RepositoryContents* contents) = 0;
  // WBEM_S_FALSE after OnFinding for what is damaged.
  virtual HRESULT Verify(RepositoryListener* listener, RepositoryFigures* figures) = 0;
  virtual HRESULT BackupTo(const char* file, RepositoryListener* listener) = 0;
  virtual HRESULT RestoreFrom(const char* file, RepositoryListener* listener) = 0;
  virtual HRESULT Compact(RepositoryListener* listener, RepositoryFigures* figures) = 0;
};

}  // namespace wmi::api

__CRT_UUID_DECL(wmi::api::IRepositoryTool, 0xA91D8474, 0x7F45, 0x4673, 0xA4, 0x51, 0x62, 0xE1, 0x44, 0x04, 0x62, 0x73)
