// IWbemBackupRestore and IWbemBackupRestoreEx (contract 9.5, 11.3, 11.5). A source that is the name of a method means
// its page in the documentation of wbemcli.h.
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "support.h"

namespace wmi::conformance {
namespace {

IWbemBackupRestoreExPtr NewBackup() {
  IWbemBackupRestoreExPtr backup;
  EXPECT_EQ(S_OK, CoCreateInstance(CLSID_WbemBackupRestore, nullptr, CLSCTX_INPROC_SERVER, IID_IWbemBackupRestoreEx,
                                   reinterpret_cast<void**>(&backup)));
  return backup;
}

// A file that goes with the test.
class File {
 public:
  File() : narrow_(::testing::TempDir() + "backup-" + std::to_string(getpid()) + ".wmi") {
    wide_ = std::wstring(narrow_.begin(), narrow_.end());
  }
  ~File() { std::remove(narrow_.c_str()); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  const std::string& narrow() const { return narrow_; }
  const wchar_t* name() const { return wide_.c_str(); }

 private:
  std::string narrow_;
  std::wstring wide_;
};

struct Row {
  const char* source;
  const char* what;
  const wchar_t* file;
  long flags;
  HRESULT code;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.source << ' ' << row.what; }

const Row kBackups[] = {
    {"Backup", "NoName", nullptr, 0, WBEM_E_INVALID_PARAMETER},
    {"Backup", "EmptyName", L"", 0, WBEM_E_INVALID_PARAMETER},
    {"Backup", "FlagsMustBeZero", L"/tmp/x", 1, WBEM_E_INVALID_PARAMETER},
    {"Backup", "NoSuchFolder", L"/no/such/folder/x", 0, WBEM_E_NOT_FOUND},
};
class BackupArguments : public ::testing::TestWithParam<Row> {};
TEST_P(BackupArguments, Code) {
  EXPECT_EQ(GetParam().code, NewBackup()->Backup(GetParam().file, GetParam().flags));
  EXPECT_TRUE(TakeErrorObject()) << "contract 0.5";
}
INSTANTIATE_TEST_SUITE_P(Rows, BackupArguments, ::testing::ValuesIn(kBackups),
                         [](const auto& row) { return row.param.what; });

const Row kRestores[] = {
    {"Restore", "NoName", nullptr, 0, WBEM_E_INVALID_PARAMETER},
    {"Restore", "EmptyName", L"", 0, WBEM_E_INVALID_PARAMETER},
    {"Restore", "UnknownFlags", L"/tmp/x", 2, WBEM_E_INVALID_PARAMETER},
    {"Restore", "NoSuchFile", L"/no/such/file", WBEM_FLAG_BACKUP_RESTORE_FORCE_SHUTDOWN, WBEM_E_NOT_FOUND},
    {"11.5", "NoBackup", L"/bin/sh", WBEM_FLAG_BACKUP_RESTORE_FORCE_SHUTDOWN, WBEM_E_CRITICAL_ERROR},
};
class RestoreArguments : public ::testing::TestWithParam<Row> {};
TEST_P(RestoreArguments, Code) {
  EXPECT_EQ(GetParam().code, NewBackup()->Restore(GetParam().file, GetParam().flags));
  EXPECT_TRUE(TakeErrorObject()) << "contract 0.5";
}
INSTANTIATE_TEST_SUITE_P(Rows, RestoreArguments, ::testing::ValuesIn(kRestores),
                         [](const auto& row) { return row.param.what; });

class BackupRestore : public ::testing::Test {
 protected:
  // Whether root\default has the namespace.
  static HRESULT Delete(IWbemServices* services, const wchar_t* path) {
    return services->DeleteInstance(Literal(path), 0, nullptr, nullptr);
  }
  static HRESULT Make(IWbemServices* services, const wchar_t* name) {
    IWbemClassObjectPtr schema;
    IWbemClassObjectPtr instance;
    EXPECT_EQ(WBEM_S_NO_ERROR, services->GetObject(Literal(L"__Namespace"), 0, nullptr, &schema, nullptr));
    EXPECT_EQ(WBEM_S_NO_ERROR, schema->SpawnInstance(0, &instance));
    SetText(instance, L"Name", name);
    return services->PutInstance(instance, WBEM_FLAG_CREATE_ONLY, nullptr, nullptr);
  }
};

TEST_F(BackupRestore, BringsBackWhatWasThere) {
  const IWbemServicesPtr services = World::Connect(L"root\\default");
  const IWbemBackupRestoreExPtr backup = NewBackup();
  const File file;
  ASSERT_EQ(WBEM_S_NO_ERROR, Make(services, L"before_backup"));
  ASSERT_EQ(WBEM_S_NO_ERROR, backup->Backup(file.name(), 0));
  EXPECT_EQ(WBEM_S_NO_ERROR, Delete(services, L"__Namespace.Name=\"before_backup\""));
  EXPECT_EQ(WBEM_S_NO_ERROR, Make(services, L"after_backup"));
  ASSERT_EQ(WBEM_S_NO_ERROR, backup->Restore(file.name(), WBEM_FLAG_BACKUP_RESTORE_DEFAULT));
  EXPECT_EQ(WBEM_E_NOT_FOUND, Delete(services, L"__Namespace.Name=\"after_backup\""));
  EXPECT_EQ(WBEM_S_NO_ERROR, Delete(services, L"__Namespace.Name=\"before_backup\"")) << "the connection lives on";
}

TEST_F(BackupRestore, DamagedFileChangesNothing) {
  const IWbemServicesPtr services = World::Connect(L"root\\default");
  const IWbemBackupRestoreExPtr backup = NewBackup();
  const File file;
  ASSERT_EQ(WBEM_S_NO_ERROR, backup->Backup(file.name(), 0));
  ASSERT_EQ(0, truncate(file.narrow().c_str(), 20000));
  ASSERT_EQ(WBEM_S_NO_ERROR, Make(services, L"still_there"));
  EXPECT_EQ(WBEM_E_CRITICAL_ERROR, backup->Restore(file.name(), 0));
  EXPECT_EQ(WBEM_S_NO_ERROR, Delete(services, L"__Namespace.Name=\"still_there\""));
}

TEST_F(BackupRestore, PauseHoldsChangesUntilResume) {
  const IWbemServicesPtr services = World::Connect(L"root\\default");
  const IWbemBackupRestoreExPtr backup = NewBackup();
  EXPECT_EQ(WBEM_E_INVALID_OPERATION, backup->Resume());
  ASSERT_EQ(WBEM_S_NO_ERROR, backup->Pause());
  EXPECT_EQ(WBEM_E_BACKUP_RESTORE_WINMGMT_RUNNING, Make(services, L"paused"));
  EXPECT_NE(WBEM_S_NO_ERROR, NewBackup()->Pause()) << "one at a time";
  const File file;
  EXPECT_EQ(WBEM_S_NO_ERROR, backup->Backup(file.name(), 0));
  ASSERT_EQ(WBEM_S_NO_ERROR, backup->Resume());
  EXPECT_EQ(WBEM_S_NO_ERROR, Make(services, L"paused"));
  EXPECT_EQ(WBEM_S_NO_ERROR, Delete(services, L"__Namespace.Name=\"paused\""));
}

TEST_F(BackupRestore, TheEndOfTheObjectResumes) {
  const IWbemServicesPtr services = World::Connect(L"root\\default");
  ASSERT_EQ(WBEM_S_NO_ERROR, NewBackup()->Pause());
  EXPECT_EQ(WBEM_S_NO_ERROR, Make(services, L"resumed"));
  EXPECT_EQ(WBEM_S_NO_ERROR, Delete(services, L"__Namespace.Name=\"resumed\""));
}

}  // namespace
}  // namespace wmi::conformance
