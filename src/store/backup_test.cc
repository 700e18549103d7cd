#include "store/backup.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "store/test_support.h"

namespace wmi::store {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kMany = 6000;

// A folder with a repository, and room beside it for backups.
class BackupTest : public ::testing::Test {
 protected:
  BackupTest() {
    std::string name = ::testing::TempDir() + "backup-XXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    base_ = name;
    repository_ = OpenIn("repository");
    EXPECT_TRUE(repository_->CreateNamespace(kRoot, {}).ok());
    EXPECT_TRUE(repository_->CreateNamespace(kSpace, {}).ok());
    EXPECT_EQ(Put(*repository_, Declare("A").With(Key("K")).With(Prop("V", cim::CimType::kUint32))), code::kOk);
  }
  ~BackupTest() override {
    repository_.reset();
    std::filesystem::remove_all(base_);
  }

  std::unique_ptr<Repository> OpenIn(const std::string& folder) const {
    Repository::Options options;
    options.server = "HOST";
    options.folder = base_ + "/" + folder;
    Result<std::unique_ptr<Repository>> opened = Repository::Open(std::move(options));
    EXPECT_TRUE(opened.ok()) << opened.status().Message();
    return std::move(opened).value();
  }
  std::string File(const std::string& name = "backup") const { return base_ + "/" + name; }
  static void Add(Repository& repository, const std::string& key, std::uint64_t value = 1) {
    EXPECT_EQ(PutIn(repository, "A", {{"K", T(key)}, {"V", U(value)}}), code::kOk);
  }
  // Many rows in one transaction, so that the file has pages to copy.
  static void AddMany(Repository& repository, std::size_t count) {
    const cim::ClassPtr schema = repository.FindNamespace(kSpace)->FindClass("A");
    EXPECT_TRUE(repository
                    .Change([&](Transaction& transaction) -> Status {
                      for (std::size_t i = 0; i < count; ++i) {
                        const cim::Object row = InstanceOf(schema, {{"K", T("many" + std::to_string(i))}, {"V", U(7)}});
                        TRY(transaction.PutInstance(kSpace, row, PutMode::kCreateOrUpdate));
                      }
                      return Status();
                    })
                    .ok());
  }
  static std::size_t CountIn(const Repository& repository, std::string_view name = "A") {
    return Rows(repository, kSpace, name).size();
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(base_)) names.push_back(entry.path().filename());
    return names;
  }

  std::string base_;
  std::unique_ptr<Repository> repository_;
};

TEST_F(BackupTest, RestoreBringsBackWhatWasThere) {
  Add(*repository_, "one", 1);
  ASSERT_TRUE(Backup(*repository_->database(), File()).ok());
  Add(*repository_, "one", 2);
  Add(*repository_, "two");
  EXPECT_EQ(Put(*repository_, Declare("B").With(Key("K"))), code::kOk);
  EXPECT_TRUE(repository_->CreateNamespace("ROOT\\later", {}).ok());

  const Status restored = Restore(*repository_, File());
  ASSERT_TRUE(restored.ok()) << restored.Message();
  EXPECT_EQ(CountIn(*repository_), 1u);
  EXPECT_EQ(repository_->instance_count(), 1u);
  EXPECT_EQ(Find(*repository_, kSpace, "A", {T("one")}).slot(1).unsigned_integer(), 1u);
  EXPECT_EQ(repository_->FindNamespace(kSpace)->FindClass("B"), nullptr);
  EXPECT_EQ(repository_->FindNamespace("ROOT\\later"), nullptr);
  Add(*repository_, "three");
  EXPECT_EQ(CountIn(*repository_), 2u) << "it can be changed afterwards";
}

TEST_F(BackupTest, IsOneFileForThisUserAlone) {
  ASSERT_TRUE(Backup(*repository_->database(), File()).ok());
  ASSERT_TRUE(Backup(*repository_->database(), File()).ok()) << "takes the place of the older one";
  EXPECT_THAT(Names(), ::testing::UnorderedElementsAre("repository", "backup"));
  struct stat there{};
  ASSERT_EQ(stat(File().c_str(), &there), 0);
  EXPECT_EQ(there.st_mode & 0777, 0600u);
}

TEST_F(BackupTest, AnotherRepositoryOfTheFolderSeesTheRestore) {
  const std::unique_ptr<Repository> other = OpenIn("repository");
  Add(*repository_, "one");
  ASSERT_TRUE(Backup(*repository_->database(), File()).ok());
  EXPECT_EQ(Put(*repository_, Declare("B").With(Key("K"))), code::kOk);
  Add(*repository_, "two");
  EXPECT_EQ(CountIn(*other), 2u);
  EXPECT_NE(other->FindNamespace(kSpace)->FindClass("B"), nullptr);
  EXPECT_TRUE(Find(*other, kSpace, "A", {T("two")}));

  ASSERT_TRUE(Restore(*repository_, File()).ok());
  EXPECT_EQ(CountIn(*other), 1u);
  EXPECT_EQ(other->FindNamespace(kSpace)->FindClass("B"), nullptr);
  EXPECT_FALSE(Find(*other, kSpace, "A", {T("two")})) << "no row of before is remembered";
  Add(*other, "three");
  EXPECT_EQ(CountIn(*repository_), 2u);
}

// Numbers of classes and definitions mean something else in another repository.
TEST_F(BackupTest, RestoresTheBackupOfAnotherRepository) {
  {
    const std::unique_ptr<Repository> other = OpenIn("other");
    EXPECT_TRUE(other->CreateNamespace(kRoot, {}).ok());
    EXPECT_TRUE(other->CreateNamespace(kSpace, {}).ok());
    EXPECT_EQ(Put(*other, Declare("A").With(Key("K")).With(Prop("Other"))), code::kOk);
    EXPECT_EQ(PutIn(*other, "A", {{"K", T("theirs")}, {"Other", T("text")}}), code::kOk);
    ASSERT_TRUE(Backup(*other->database(), File()).ok());
  }
  const std::unique_ptr<Repository> watcher = OpenIn("repository");
  EXPECT_TRUE(watcher->FindNamespace(kSpace)->FindClass("A")->FindSlot("V").has_value());
  ASSERT_TRUE(Restore(*repository_, File()).ok());
  for (const Repository* repository : {repository_.get(), watcher.get()}) {
    const cim::ClassPtr schema = repository->FindNamespace(kSpace)->FindClass("A");
    ASSERT_NE(schema, nullptr);
    EXPECT_TRUE(schema->FindSlot("Other").has_value());
    EXPECT_EQ(CountIn(*repository), 1u);
  }
  EXPECT_EQ(Put(*repository_, Declare("C").With(Key("K"))), code::kOk);
}

TEST_F(BackupTest, WritersGoOnDuringABackup) {
  AddMany(*repository_, kMany);
  std::atomic<bool> ended = false;
  std::atomic<int> written = 0;
  std::thread writer([&] {
    while (!ended) Add(*repository_, "more" + std::to_string(written++));
  });
  while (written < 3) std::this_thread::yield();
  const Status status = Backup(*repository_->database(), File());
  const int before_end = written;
  ended = true;
  writer.join();
  ASSERT_TRUE(status.ok()) << status.Message();
  EXPECT_GE(before_end, 3);
  ASSERT_TRUE(Restore(*repository_, File()).ok());
  const std::size_t count = CountIn(*repository_);
  EXPECT_GE(count, kMany + 2);
  EXPECT_LE(count, kMany + static_cast<std::size_t>(before_end) + 1);
}

TEST_F(BackupTest, IsWhatWasThereWhenItBegan) {
  AddMany(*repository_, kMany);
  int steps = 0;
  const Status status = Backup(*repository_->database(), File(), [&](const CopyProgress& progress) {
    EXPECT_LE(progress.done, progress.total);
    if (steps++ == 0) Add(*repository_, "during");
  });
  ASSERT_TRUE(status.ok());
  EXPECT_GE(steps, 1);
  EXPECT_EQ(CountIn(*repository_), kMany + 1);
  ASSERT_TRUE(Restore(*repository_, File()).ok());
  EXPECT_EQ(CountIn(*repository_), kMany);
}

TEST_F(BackupTest, CancelledBackupLeavesNothing) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(Backup(*repository_->database(), File(), {}, stop.get_token()).code(), code::kCallCancelled);
  EXPECT_THAT(Names(), ::testing::ElementsAre("repository"));
}

TEST_F(BackupTest, CancelledRestoreChangesNothing) {
  AddMany(*repository_, kMany);
  ASSERT_TRUE(Backup(*repository_->database(), File()).ok());
  Add(*repository_, "later");
  // At every moment where a stop can be asked for, until one comes too late.
  int stopped = 0;
  for (int moment = 0;; ++moment) {
    std::stop_source stop;
    int calls = 0;
    const Status status = Restore(
        *repository_, File(),
        [&](const CopyProgress&) {
          if (calls++ == moment) stop.request_stop();
        },
        stop.get_token());
    if (status.ok()) break;
    ASSERT_EQ(status.code(), code::kCallCancelled);
    ASSERT_EQ(CountIn(*repository_), kMany + 1);
    ++stopped;
  }
  EXPECT_GE(stopped, 4) << "while it is read and while it is written";
  EXPECT_EQ(CountIn(*repository_), kMany);
}

TEST_F(BackupTest, DamagedBackupIsRefusedAndTheRepositoryUnchanged) {
  AddMany(*repository_, 500);
  ASSERT_TRUE(Backup(*repository_->database(), File()).ok());
  std::ifstream in(File(), std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto restore = [&](const std::string& bytes) {
    std::ofstream(File("damaged"), std::ios::binary) << bytes;
    return Restore(*repository_, File("damaged"));
  };
  std::string row = whole;
  const std::size_t place = row.find("many77");
  ASSERT_NE(place, std::string::npos);
  row[place + 2] ^= 1;
  const Status damaged = restore(row);
  EXPECT_EQ(damaged.code(), code::kCriticalError);
  EXPECT_THAT(damaged.Message(), HasSubstr("the repository is unchanged"));
  EXPECT_EQ(restore(whole.substr(0, whole.size() / 2)).code(), code::kCriticalError);
  EXPECT_EQ(restore("no database at all, but long enough to look at its first bytes").code(), code::kCriticalError);
  EXPECT_EQ(restore("").code(), code::kCriticalError);
  EXPECT_EQ(Restore(*repository_, File("missing")).code(), code::kNotFound);
  EXPECT_EQ(CountIn(*repository_), 500u);
  EXPECT_TRUE(restore(whole).ok());
}

TEST_F(BackupTest, ADamagedRepositoryTakesNoBackupsPlace) {
  AddMany(*repository_, 500);
  ASSERT_TRUE(Backup(*repository_->database(), File()).ok());
  const auto read = [](const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  };
  const std::string good = read(File());
  ASSERT_TRUE(Compact(*repository_).ok());  // nothing is left in the log
  repository_.reset();
  const std::string database = base_ + "/repository/repository.db";
  std::string bytes = read(database);
  const std::size_t place = bytes.find("many77");
  ASSERT_NE(place, std::string::npos);
  bytes[place + 2] ^= 1;
  std::ofstream(database, std::ios::binary) << bytes;
  repository_ = OpenIn("repository");
  const Status status = Backup(*repository_->database(), File());
  EXPECT_EQ(status.code(), code::kCriticalError);
  EXPECT_THAT(status.Message(), HasSubstr("the repository is damaged"));
  EXPECT_EQ(read(File()), good);
  EXPECT_TRUE(Restore(*repository_, File()).ok());
  EXPECT_TRUE(Backup(*repository_->database(), File()).ok());
}

TEST_F(BackupTest, BackupOfANewerFormatNamesBothNumbers) {
  ASSERT_TRUE(Backup(*repository_->database(), File()).ok());
  {
    const auto file = sql::Connection::Open(File(), sql::Access::kWrite);
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE((*file)->Execute("PRAGMA user_version=99").ok());
  }
  const Status status = Restore(*repository_, File());
  EXPECT_EQ(status.code(), code::kDatabaseVerMismatch);
  EXPECT_THAT(status.Message(), HasSubstr("99"));
  EXPECT_THAT(status.Message(), HasSubstr(std::to_string(kFormatVersion)));
}

TEST_F(BackupTest, TellsWhyTheFileCannotBeWritten) {
  EXPECT_EQ(Backup(*repository_->database(), File("no/such/folder")).code(), code::kNotFound);
  EXPECT_EQ(Backup(*repository_->database(), base_).code(), code::kAccessDenied) << "a folder";
  EXPECT_EQ(Backup(*repository_->database(), "").code(), code::kInvalidParameter);
}

TEST_F(BackupTest, TheFileOfARepositoryCanBeRestored) {
  Add(*repository_, "one");
  const std::unique_ptr<Repository> other = OpenIn("other");
  ASSERT_TRUE(Compact(*repository_).ok());
  repository_.reset();  // the log is in the file now
  ASSERT_TRUE(Restore(*other, base_ + "/repository/repository.db").ok());
  EXPECT_EQ(CountIn(*other), 1u);
}

TEST_F(BackupTest, MemoryAndFolderTakeEachOthersBackups) {
  Add(*repository_, "one");
  ASSERT_TRUE(Backup(*repository_->database(), File()).ok());
  Repository memory("HOST");
  ASSERT_TRUE(Restore(memory, File()).ok());
  EXPECT_EQ(CountIn(memory), 1u);
  Add(memory, "two");
  ASSERT_TRUE(Backup(*memory.database(), File("second")).ok());
  ASSERT_TRUE(Restore(*repository_, File("second")).ok());
  EXPECT_EQ(CountIn(*repository_), 2u);
}

// While it writes, nobody else can read a database in memory.
TEST_F(BackupTest, ATransactionInMemoryFindsTheClassesOfTheRestore) {
  ASSERT_TRUE(Backup(*repository_->database(), File()).ok());
  Repository memory("HOST");
  ASSERT_TRUE(Restore(memory, File()).ok());
  const Status found = memory.Change([](Transaction& transaction) {
    const Namespace* space = transaction.FindNamespace(kSpace);
    return space != nullptr && space->FindClass("A") != nullptr ? Status() : Status(code::kNotFound);
  });
  EXPECT_EQ(found.code(), code::kOk) << found.Message();
}

TEST_F(BackupTest, CompactGivesRoomBack) {
  AddMany(*repository_, 5000);
  EXPECT_TRUE(repository_->DeleteClass(kSpace, "A").ok());
  EXPECT_EQ(Put(*repository_, Declare("A").With(Key("K"))), code::kOk);
  EXPECT_EQ(PutIn(*repository_, "A", {{"K", T("left")}}), code::kOk);
  const Result<CompactReport> report = Compact(*repository_);
  ASSERT_TRUE(report.ok()) << report.status().Message();
  EXPECT_LT(report->bytes_after, report->bytes_before / 2);
  EXPECT_EQ(std::filesystem::file_size(base_ + "/repository/repository.db-wal"), 0u) << "the log too";
  EXPECT_EQ(CountIn(*repository_), 1u);
}

TEST_F(BackupTest, PausedChangesAreRefusedUntilTheyAreAllowed) {
  ASSERT_TRUE(repository_->PauseChanges(Status(code::kBackupRestoreWinmgmtRunning, "paused")).ok());
  EXPECT_EQ(PutIn(*repository_, "A", {{"K", T("x")}}), code::kBackupRestoreWinmgmtRunning);
  EXPECT_EQ(CountIn(*repository_), 0u) << "reading goes on";
  EXPECT_TRUE(Backup(*repository_->database(), File()).ok());
  EXPECT_EQ(Restore(*repository_, File()).code(), code::kBackupRestoreWinmgmtRunning);
  repository_->ResumeChanges();
  Add(*repository_, "x");
  EXPECT_EQ(CountIn(*repository_), 1u);
}

}  // namespace
}  // namespace wmi::store
