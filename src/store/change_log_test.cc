// What processes that share a repository tell each other of their changes.
#include "store/change_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "store/backup.h"
#include "store/change_test_support.h"
#include "store/encoding/bytes.h"
#include "store/encoding/change_code.h"
#include "store/encoding/checksum.h"
#include "store/test_support.h"

namespace wmi::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Subject = Change::Subject;

Declare Thing(std::string description = "one") {
  return Declare("Thing")
      .With(Text("Description", std::move(description)))
      .With(Key("K"))
      .With(Prop("V", cim::CimType::kUint32));
}

// Two repositories on one folder: to each other they are what two processes are, as the locks are those of open files.
class ChangeLogTest : public ::testing::Test {
 protected:
  ChangeLogTest() {
    std::string name = ::testing::TempDir() + "change-log-XXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    base_ = name;
    writer_ = Open();
    EXPECT_TRUE(writer_->CreateNamespace(kRoot, {}).ok());
    EXPECT_TRUE(writer_->CreateNamespace(kSpace, {}).ok());
    EXPECT_EQ(Put(*writer_, Thing()), code::kOk);
    reader_ = Open();
  }
  ~ChangeLogTest() override {
    interests_.clear();
    writer_.reset();
    reader_.reset();
    std::filesystem::remove_all(base_);
  }

  std::unique_ptr<Repository> Open() const {
    Repository::Options options;
    options.server = "HOST";
    options.folder = base_ + "/repository";
    Result<std::unique_ptr<Repository>> opened = Repository::Open(std::move(options));
    EXPECT_TRUE(opened.ok()) << opened.status().Message();
    return std::move(opened).value();
  }
  void Listen(Repository& repository, Subject subject) {
    Result<std::unique_ptr<Repository::Interest>> interest = repository.ListenToOthers(subject);
    EXPECT_TRUE(interest.ok()) << interest.status().Message();
    if (interest.ok()) interests_.push_back(std::move(interest).value());
  }
  void ListenToAll() {
    for (const Subject subject : {Subject::kNamespace, Subject::kClass, Subject::kInstance}) Listen(*reader_, subject);
  }
  Code PutThing(Repository& repository, const char* key, std::uint64_t v) {
    return PutIn(repository, "Thing", {{"K", T(key)}, {"V", U(v)}});
  }
  Code DeleteThing(Repository& repository, const char* key) {
    return repository.DeleteInstance(kSpace, "Thing", {T(key)}).code();
  }

  // Everything there is to read.
  ToldChanges News(Repository& repository) const {
    ToldChanges all;
    for (bool more = true; more;) {
      Result<Repository::News> news = repository.ReadNewsOfOthers();
      EXPECT_TRUE(news.ok()) << news.status().Message();
      if (!news.ok()) break;
      all.left_out += news->told.left_out;
      for (Change& change : news->told.changes) all.changes.push_back(std::move(change));
      more = news->has_more;
    }
    return all;
  }
  std::vector<std::string> NewsText() const {
    const ToldChanges news = News(*reader_);
    EXPECT_EQ(news.left_out, 0u);
    return Told(news.changes);
  }
  // Of the table.
  std::int64_t Entries() const {
    const Result<Reader> reader = reader_->database()->Read();
    sql::Statement count = (*reader)->Use("SELECT count(*) FROM change_log");
    EXPECT_TRUE(count.Step().ok());
    return count.Integer(0);
  }
  static void Execute(Repository& repository, const char* statements) {
    const Status done =
        repository.Exclusive([&](ExclusiveTurn& turn) -> Status { return turn.connection().Execute(statements); });
    EXPECT_TRUE(done.ok()) << done.Message();
  }

  std::string base_;
  std::unique_ptr<Repository> writer_;
  std::unique_ptr<Repository> reader_;
  std::vector<std::unique_ptr<Repository::Interest>> interests_;
};

TEST_F(ChangeLogTest, WhatOthersChangeIsReadInTheirOrder) {
  ListenToAll();
  EXPECT_EQ(PutThing(*writer_, "a", 1), code::kOk);
  EXPECT_EQ(PutThing(*writer_, "a", 2), code::kOk);
  EXPECT_EQ(DeleteThing(*writer_, "a"), code::kOk);
  EXPECT_EQ(Put(*writer_, Thing("two")), code::kOk);
  EXPECT_TRUE(writer_->CreateNamespace("ROOT\\test\\in", {}).ok());
  EXPECT_THAT(NewsText(), ElementsAre("instance + ROOT\\test: Thing.K=\"a\" 1",                     //
                                      "instance ~ ROOT\\test: Thing.K=\"a\" 1 -> Thing.K=\"a\" 2",  //
                                      "instance - ROOT\\test: Thing.K=\"a\" 2",                     //
                                      "class ~ ROOT\\test: Thing 'one' -> Thing 'two'",             //
                                      "namespace + ROOT\\test: in"));
  EXPECT_THAT(NewsText(), IsEmpty()) << "each once";
}

TEST_F(ChangeLogTest, MoreThanOneReadTakes) {
  ListenToAll();
  std::vector<std::string> expected;
  for (int i = 0; i < 20; ++i) {
    const std::string key = "k" + std::to_string(i);
    EXPECT_EQ(PutThing(*writer_, key.c_str(), 7), code::kOk);
    expected.push_back("instance + ROOT\\test: Thing.K=\"" + key + "\" 7");
  }
  EXPECT_EQ(NewsText(), expected);
}

TEST_F(ChangeLogTest, OwnChangesAreNoNews) {
  ListenToAll();
  Listen(*writer_, Subject::kInstance);
  EXPECT_EQ(PutThing(*reader_, "mine", 1), code::kOk);
  EXPECT_EQ(PutThing(*writer_, "its", 2), code::kOk);
  EXPECT_THAT(NewsText(), ElementsAre("instance + ROOT\\test: Thing.K=\"its\" 2"));
  EXPECT_THAT(Told(News(*writer_).changes), ElementsAre("instance + ROOT\\test: Thing.K=\"mine\" 1"));
}

TEST_F(ChangeLogTest, WhatNobodyWaitsForIsNotNoted) {
  EXPECT_EQ(PutThing(*writer_, "a", 1), code::kOk);
  Listen(*writer_, Subject::kInstance);  // itself: nobody else
  EXPECT_EQ(PutThing(*writer_, "b", 1), code::kOk);
  EXPECT_EQ(Entries(), 0);
  Listen(*reader_, Subject::kClass);
  EXPECT_EQ(PutThing(*writer_, "c", 1), code::kOk);
  EXPECT_EQ(Entries(), 0) << "only classes are wanted";
  EXPECT_EQ(Put(*writer_, Thing("two")), code::kOk);
  EXPECT_EQ(Entries(), 1);
}

TEST_F(ChangeLogTest, WhatWasBeforeIsNoNews) {
  Listen(*reader_, Subject::kInstance);
  EXPECT_EQ(PutThing(*writer_, "a", 1), code::kOk);
  const auto late = Open();
  Listen(*late, Subject::kInstance);
  EXPECT_EQ(PutThing(*writer_, "b", 1), code::kOk);
  EXPECT_THAT(Told(News(*late).changes), ElementsAre("instance + ROOT\\test: Thing.K=\"b\" 1"));
  interests_.clear();
}

TEST_F(ChangeLogTest, WhatIsLeftOverGoes) {
  ListenToAll();
  EXPECT_EQ(PutThing(*writer_, "a", 1), code::kOk);
  EXPECT_EQ(Entries(), 1);
  interests_.clear();
  EXPECT_EQ(PutThing(*writer_, "b", 1), code::kOk);
  EXPECT_EQ(Entries(), 0);
}

TEST_F(ChangeLogTest, WhatOthersStillWaitForStays) {
  ListenToAll();
  EXPECT_EQ(PutThing(*writer_, "a", 1), code::kOk);
  EXPECT_EQ(PutThing(*reader_, "b", 1), code::kOk);  // for which nobody waits
  EXPECT_THAT(NewsText(), ElementsAre("instance + ROOT\\test: Thing.K=\"a\" 1"));
}

TEST_F(ChangeLogTest, AListenerThatHasGoneCostsNothing) {
  auto other = Open();
  {
    const auto interest = other->ListenToOthers(Subject::kInstance);
    ASSERT_TRUE(interest.ok());
    EXPECT_EQ(PutThing(*writer_, "a", 1), code::kOk);
    EXPECT_EQ(Entries(), 1);
  }
  other.reset();
  EXPECT_EQ(PutThing(*writer_, "b", 1), code::kOk);
  EXPECT_EQ(Entries(), 0);
}

TEST_F(ChangeLogTest, ClassesAreThoseOfTheNamespaceOrAsTheyWere) {
  ListenToAll();
  EXPECT_EQ(PutThing(*writer_, "a", 1), code::kOk);
  ToldChanges news = News(*reader_);
  ASSERT_EQ(news.changes.size(), 1u);
  EXPECT_EQ(news.changes[0].after.schema_ptr(), reader_->FindNamespace(kSpace)->FindClass("Thing"));
  EXPECT_EQ(PutThing(*writer_, "a", 2), code::kOk);
  EXPECT_TRUE(writer_->DeleteClass(kSpace, "Thing").ok());
  news = News(*reader_);
  ASSERT_EQ(news.changes.size(), 3u);
  const cim::Class& gone = news.changes[0].after.schema();
  EXPECT_EQ(gone.name(), "Thing");
  ASSERT_NE(gone.home(), nullptr);
  EXPECT_EQ(gone.home()->name_space, kSpace);
}

TEST_F(ChangeLogTest, WhoComesTooLateIsToldSo) {
  ListenToAll();
  EXPECT_EQ(PutThing(*writer_, "a", 1), code::kOk);
  EXPECT_EQ(PutThing(*writer_, "b", 1), code::kOk);
  Execute(*writer_, "UPDATE change_log SET time = time - 61");
  EXPECT_EQ(PutThing(*writer_, "c", 1), code::kOk);
  EXPECT_EQ(Entries(), 1);
  const ToldChanges news = News(*reader_);
  EXPECT_THAT(Told(news.changes), ElementsAre("instance + ROOT\\test: Thing.K=\"c\" 1"));
  EXPECT_EQ(news.left_out, 1u);
  EXPECT_EQ(News(*reader_).left_out, 0u) << "once";
}

TEST_F(ChangeLogTest, TooMuchIsThrownAway) {
  ListenToAll();
  EXPECT_EQ(PutThing(*writer_, "a", 1), code::kOk);
  Execute(*writer_, "UPDATE change_log SET total = total - 67108864");
  EXPECT_EQ(PutThing(*writer_, "b", 1), code::kOk);
  EXPECT_EQ(Entries(), 2) << "the sum goes on from the entry before";
  Execute(*writer_,
          "UPDATE change_log SET total = total - 67108864 WHERE number = (SELECT min(number) FROM change_log)");
  EXPECT_EQ(PutThing(*writer_, "c", 1), code::kOk);
  EXPECT_EQ(Entries(), 2);
}

TEST_F(ChangeLogTest, NumbersGoOnWhenThoseOfCommitsDoNot) {
  ListenToAll();
  EXPECT_EQ(PutThing(*writer_, "a", 1), code::kOk);
  Execute(*writer_, "UPDATE change_log SET number = number + 1000");
  EXPECT_EQ(PutThing(*writer_, "b", 1), code::kOk);
  EXPECT_THAT(NewsText(),
              ElementsAre("instance + ROOT\\test: Thing.K=\"a\" 1", "instance + ROOT\\test: Thing.K=\"b\" 1"));
}

TEST_F(ChangeLogTest, ADamagedEntryIsALoss) {
  ListenToAll();
  EXPECT_EQ(PutThing(*writer_, "a", 1), code::kOk);
  Execute(*writer_, "UPDATE change_log SET body = x'01020304'");
  EXPECT_EQ(PutThing(*writer_, "b", 1), code::kOk);
  const ToldChanges news = News(*reader_);
  EXPECT_THAT(Told(news.changes), ElementsAre("instance + ROOT\\test: Thing.K=\"b\" 1"));
  EXPECT_EQ(news.left_out, 1u);
}

TEST_F(ChangeLogTest, ARepositoryOfAnEarlierVersionGetsTheTable) {
  Execute(*writer_, "DROP TABLE change_log");
  EXPECT_EQ(PutThing(*writer_, "a", 1), code::kOk) << "nobody waits, so nothing is lacking";
  reader_ = Open();
  ListenToAll();
  EXPECT_EQ(PutThing(*writer_, "b", 1), code::kOk);
  EXPECT_THAT(NewsText(), ElementsAre("instance + ROOT\\test: Thing.K=\"b\" 1"));
}

TEST_F(ChangeLogTest, AFileThatCannotBeOpenedIsNoFailure) {
  const std::string file = base_ + "/repository/" + std::string(ChangeLog::kFileName);
  reader_.reset();
  ASSERT_EQ(unlink(file.c_str()), 0);
  ASSERT_EQ(symlink("/nowhere", file.c_str()), 0);
  reader_ = Open();
  const auto interest = reader_->ListenToOthers(Subject::kInstance);
  ASSERT_TRUE(interest.ok());
  EXPECT_EQ(interest->get(), nullptr);
  EXPECT_EQ(PutThing(*reader_, "a", 1), code::kOk);
}

TEST_F(ChangeLogTest, ABackupBringsNoNews) {
  ListenToAll();
  EXPECT_EQ(PutThing(*writer_, "a", 1), code::kOk);
  ASSERT_TRUE(Backup(*writer_->database(), base_ + "/backup", {}, {}).ok());
  EXPECT_THAT(Told(News(*reader_).changes), ElementsAre("instance + ROOT\\test: Thing.K=\"a\" 1"));
  const Status restored = Restore(*writer_, base_ + "/backup", {}, {});
  ASSERT_TRUE(restored.ok()) << restored.Message();
  EXPECT_THAT(NewsText(), IsEmpty());
  EXPECT_EQ(PutThing(*writer_, "b", 1), code::kOk);
  EXPECT_THAT(NewsText(), ElementsAre("instance + ROOT\\test: Thing.K=\"b\" 1"));
}

TEST_F(ChangeLogTest, InMemoryThereAreNoOthers) {
  Repository alone("HOST");
  const auto interest = alone.ListenToOthers(Subject::kInstance);
  ASSERT_TRUE(interest.ok());
  EXPECT_EQ(interest->get(), nullptr);
  EXPECT_THAT(News(alone).changes, IsEmpty());
}

// ---- the bytes

class ChangeCodeTest : public ChangeLogTest {
 protected:
  ChangeCodeTest() {
    const auto recorder = std::make_shared<Recorder>();
    writer_->Observe(recorder);
    for (const char* key : {"a", "b", "c"}) EXPECT_EQ(PutThing(*writer_, key, 1), code::kOk);
    EXPECT_EQ(PutThing(*writer_, "a", 2), code::kOk);
    EXPECT_EQ(Put(*writer_, Thing("two")), code::kOk);
    changes_ = recorder->Take();
    instances_.Add(Subject::kInstance);
  }
  static ClassesNow Nowhere(std::string_view) { return {}; }

  std::vector<Change> changes_;
  SubjectSet instances_;
};

TEST_F(ChangeCodeTest, WhatIsNotWantedIsNotThere) {
  const auto read = DecodeChanges(EncodeChanges(changes_, 0, instances_, 1 << 20), Nowhere);
  ASSERT_TRUE(read.ok()) << read.status().Message();
  EXPECT_EQ(read->changes.size(), 4u);
  EXPECT_EQ(read->left_out, 0u);
  SubjectSet namespaces;
  namespaces.Add(Subject::kNamespace);
  EXPECT_EQ(EncodeChanges(changes_, 0, namespaces, 1 << 20), "");
}

TEST_F(ChangeCodeTest, WhatDoesNotFitIsCounted) {
  const auto read = DecodeChanges(EncodeChanges(changes_, 3, instances_, 1), Nowhere);
  ASSERT_TRUE(read.ok()) << read.status().Message();
  EXPECT_EQ(read->changes.size(), 1u) << "the last goes beyond";
  EXPECT_EQ(read->left_out, 3u + 3u);
}

// Whatever the bytes are, and though their checksum agrees: an error, or changes that can be shown.
TEST_F(ChangeCodeTest, DamageIsFound) {
  instances_.Add(Subject::kClass);
  const std::string good = EncodeChanges(changes_, 0, instances_, 1 << 20);
  const std::string body = good.substr(9);
  std::mt19937 random(4711);
  std::size_t refused = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string spoilt = body;
    for (int flips = 0; flips <= round % 3; ++flips) {
      spoilt[random() % spoilt.size()] = static_cast<char>(random());
    }
    if (round % 5 == 0) spoilt.resize(random() % spoilt.size());
    std::string bytes;
    ByteWriter out(bytes);
    out.Byte(1);
    out.Fixed64(Checksum(1, spoilt));
    const auto read = DecodeChanges(bytes + spoilt, Nowhere);
    refused += read.ok() ? 0 : 1;
    if (!read.ok()) continue;
    for (const Change& change : read->changes) Told(change);
  }
  EXPECT_GT(refused, 1000u);
  std::string flipped = good;
  flipped.back() = static_cast<char>(flipped.back() ^ 1);
  EXPECT_EQ(DecodeChanges(flipped, Nowhere).status().code(), code::kCriticalError) << "the checksum";
  flipped = good;
  flipped[0] = 2;
  EXPECT_EQ(DecodeChanges(flipped, Nowhere).status().code(), code::kDatabaseVerMismatch);
}

}  // namespace
}  // namespace wmi::store
