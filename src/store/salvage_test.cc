#include "store/salvage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "store/note.h"
#include "store/test_support.h"

namespace wmi::store {
namespace {

using ::testing::HasSubstr;

class SalvageTest : public ::testing::Test {
 protected:
  SalvageTest() {
    std::string pattern = ::testing::TempDir() + "openwmi-salvage-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    const auto repository = Open();
    EXPECT_TRUE(repository->CreateNamespace(kRoot, {}).ok());
    EXPECT_TRUE(repository->CreateNamespace(kSpace, {}).ok());
    EXPECT_EQ(
        Put(*repository, Declare("A").With(Key("K")).With(Prop("Color", cim::CimType::kString, {Flag("indexed")}))),
        code::kOk);
    EXPECT_EQ(Put(*repository, Declare("B", "A")), code::kOk);
    EXPECT_EQ(Put(*repository, Declare("Link").With(Key("Id")).With(Prop("Of", cim::CimType::kReference))), code::kOk);
    for (const char* key : {"1", "2", "3"}) {
      EXPECT_EQ(PutIn(*repository, "A", {{"K", T(key)}, {"Color", T("red")}}), code::kOk);
      EXPECT_EQ(PutIn(*repository, "Link", {{"Id", T(key)}, {"Of", T("A.K=\"1\"")}}), code::kOk);
    }
    EXPECT_EQ(PutIn(*repository, "B", {{"K", T("b")}}), code::kOk);
    EXPECT_EQ(*repository->Note(kRecoveryNote), "0") << "every new file begins so";
    const Status noted = repository->Change([](Transaction& change) -> Status {
      TRY(change.SetNote(kRecoveryNote, ""));
      return change.SetNote("note", "kept");
    });
    EXPECT_TRUE(noted.ok());
  }
  ~SalvageTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::unique_ptr<Repository> Open() const {
    auto opened = Repository::Open({.server = "HOST", .folder = folder_, .limits = {}, .vfs = nullptr});
    EXPECT_TRUE(opened.ok()) << opened.status().Message();
    return opened.ok() ? std::move(opened).value() : nullptr;
  }
  std::string File() const { return folder_ + "/repository.db"; }
  void Execute(const char* statement) const {
    const Status status = Open()->database()->writer().Execute(statement);
    EXPECT_TRUE(status.ok()) << status.Message();
  }
  void Overwrite(std::streamoff place, const std::string& bytes) const {
    std::fstream file(File(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(place);
    file << bytes;
  }
  SalvageReport Save() const {
    Result<SalvageReport> report = Salvage(folder_, "HOST");
    EXPECT_TRUE(report.ok()) << report.status().Message();
    return report.ok() ? std::move(report).value() : SalvageReport();
  }
  void ExpectSound(const Repository& repository) const {
    const auto report = Verify(*repository.database(), "HOST");
    ASSERT_TRUE(report.ok());
    EXPECT_TRUE(report->is_sound()) << report->findings.front().place << ": " << report->findings.front().what;
  }

  std::string folder_;
};

TEST_F(SalvageTest, LosesNothingOfASoundRepository) {
  const SalvageReport report = Save();
  EXPECT_EQ(report.lost_total, 0u);
  EXPECT_EQ(report.namespaces, 2u);
  EXPECT_EQ(report.classes, 3u);
  EXPECT_EQ(report.instances, 7u);
  EXPECT_TRUE(std::filesystem::exists(report.damaged_file));
  const auto repository = Open();
  ExpectSound(*repository);
  EXPECT_EQ(repository->opening_report(), "");
  EXPECT_EQ(Rows(*repository, kSpace, "A").size(), 3u);
  EXPECT_TRUE(Find(*repository, kSpace, "B", {T("b")}));
  EXPECT_EQ(FindByValue(*repository, kSpace, "A", "Color", T("red")).size(), 3u);
  EXPECT_EQ(repository->FindReferrers("A.K=\"1\"", kSpace)->size(), 3u);
  EXPECT_EQ(*repository->Note("note"), "kept");
  EXPECT_EQ(*repository->Note(kRecoveryNote), "") << "there is nothing to compile again";
  EXPECT_EQ(PutIn(*repository, "A", {{"K", T("4")}, {"Color", T("red")}}), code::kOk) << "it can be changed";
  ExpectSound(*repository);
}

TEST_F(SalvageTest, LeavesOutWhatIsDamagedAndSaysSo) {
  Execute("UPDATE instances SET row = row || x'00' WHERE id = 1");
  const SalvageReport report = Save();
  ASSERT_EQ(report.lost_total, 1u);
  EXPECT_EQ(report.lost[0].place, "instance number 1 of A");
  const auto repository = Open();
  ExpectSound(*repository);
  EXPECT_EQ(Rows(*repository, kSpace, "A").size(), 2u);
}

TEST_F(SalvageTest, WhereSomethingIsLostTheListIsToBeCompiledAgain) {
  Execute("UPDATE instances SET row = row || x'00' WHERE id = 1");
  Save();
  const auto repository = Open();
  EXPECT_EQ(*repository->Note(kRecoveryNote), "0");
  EXPECT_EQ(*repository->Note("note"), "kept") << "the schema is whole";
}

TEST_F(SalvageTest, ARecoveryThatWasNotDoneIsStillToBeDone) {
  EXPECT_TRUE(Open()->Change([](Transaction& change) { return change.SetNote(kRecoveryNote, "3"); }).ok());
  Save();
  EXPECT_EQ(*Open()->Note(kRecoveryNote), "3");
}

TEST_F(SalvageTest, ADamagedNoteIsLeftOutAndSaid) {
  Execute("UPDATE meta SET value = value || x'00' WHERE name = 'note'");
  EXPECT_EQ(*Open()->Note("note"), "");
  const SalvageReport report = Save();
  ASSERT_EQ(report.lost_total, 1u);
  EXPECT_EQ(report.lost[0].place, "meta");
  ExpectSound(*Open());
}

TEST_F(SalvageTest, ADamagedClassTakesItsDescendantsAndItsInstances) {
  Execute("UPDATE definitions SET body = x'00' WHERE id = (SELECT definition FROM classes WHERE name = 'A')");
  const SalvageReport report = Save();
  EXPECT_EQ(report.classes, 1u);
  EXPECT_EQ(report.instances, 3u);
  EXPECT_EQ(report.lost_total, 2u + 4u) << "two classes and their four instances";
  const auto repository = Open();
  ExpectSound(*repository);
  EXPECT_EQ(*repository->Note("note"), "") << "so that the schema is installed again";
}

TEST_F(SalvageTest, AFileThatCannotBeOpenedIsSalvagedByItself) {
  Overwrite(0, "no database at all");
  const auto repository = Open();
  ASSERT_NE(repository, nullptr);
  EXPECT_THAT(repository->opening_report(), HasSubstr("the repository was damaged"));
  EXPECT_THAT(repository->opening_report(), HasSubstr("repository.db.damaged-"));
  EXPECT_TRUE(repository->CreateNamespace(kRoot, {}).ok() || repository->FindNamespace(kRoot) != nullptr);
  EXPECT_EQ(Open()->opening_report(), "") << "once";
}

TEST_F(SalvageTest, WhoeverHasItOpenIsNamed) {
  const auto repository = Open();
  const Result<SalvageReport> report = Salvage(folder_, "HOST");
  EXPECT_EQ(report.status().code(), code::kTimedOut);
  EXPECT_THAT(report.status().Message(), HasSubstr("in use by process"));
  EXPECT_TRUE(Find(*repository, kSpace, "B", {T("b")}));
}

TEST_F(SalvageTest, ADatabaseOfSomebodyElseIsLeftAlone) {
  std::filesystem::remove(File());
  {
    auto other = sql::Connection::Open(File(), sql::Access::kWrite);
    ASSERT_TRUE((*other)->Execute("CREATE TABLE theirs (x)").ok());
  }
  const auto opened = Repository::Open({.server = "HOST", .folder = folder_, .limits = {}, .vfs = nullptr});
  EXPECT_EQ(opened.status().code(), code::kCriticalError);
  EXPECT_THAT(opened.status().Message(), HasSubstr("no repository"));
  EXPECT_EQ(Salvage(folder_, "HOST").status().code(), code::kInvalidOperation);
}

TEST_F(SalvageTest, AMissingRepositoryIsNotFound) {
  EXPECT_EQ(Salvage(folder_ + "/none", "HOST").status().code(), code::kNotFound);
}

}  // namespace
}  // namespace wmi::store
