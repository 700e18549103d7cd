// A reader that looked at the schema before a change must not leave a row of the old class in the cache, where
// everybody would find it.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "store/test_support.h"

namespace wmi::store {
namespace {

Declare Thing(int version) {
  return Declare("Thing").With(Text("Description", std::to_string(version), kBothFlavors)).With(Key("K"));
}

std::string VersionOf(const cim::Object& row) { return std::string(row.schema().qualifiers().Text("Description")); }

class StaleRowTest : public ::testing::Test {
 protected:
  StaleRowTest() {
    std::string pattern = ::testing::TempDir() + "openwmi-stale-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~StaleRowTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::unique_ptr<Repository> Open() const {
    auto opened = Repository::Open({.server = "HOST", .folder = folder_, .limits = {}, .vfs = nullptr});
    EXPECT_TRUE(opened.ok()) << opened.status().Message();
    return opened.ok() ? std::move(opened).value() : nullptr;
  }

  std::string folder_;
};

// Runs something when a connection begins its first statement on a table.
struct Interruption {
  std::string_view table;
  std::function<void()> run;
  int runs = 0;
};

int OnStatement(unsigned, void* context, void*, void* text) {
  auto& interruption = *static_cast<Interruption*>(context);
  if (interruption.runs != 0 ||
      std::string_view(static_cast<const char*>(text)).find(interruption.table) == std::string_view::npos) {
    return 0;
  }
  ++interruption.runs;
  interruption.run();
  return 0;
}

// The class is read when it is first asked for: that is a statement between the look at the schema and the row.
TEST_F(StaleRowTest, AChangeWhileAClassIsReadLeavesNoRowOfTheOldClass) {
  {
    const auto repository = Open();
    ASSERT_TRUE(repository->CreateNamespace(kRoot, {}).ok());
    ASSERT_TRUE(repository->CreateNamespace(kSpace, {}).ok());
    ASSERT_EQ(Put(*repository, Thing(1)), code::kOk);
    ASSERT_EQ(PutIn(*repository, "Thing", {{"K", T("x")}}), code::kOk);
  }
  const auto repository = Open();
  ASSERT_NE(repository->FindNamespace(kSpace), nullptr);  // the state is known, no class is read
  Interruption change{"FROM definitions",
                      [&] { EXPECT_EQ(Put(*repository, Thing(2), ClassUpdate::kSafe), code::kOk); }};
  {
    // Readers that are free are used again, the last one first.
    const Result<Reader> reader = repository->database()->Read();
    ASSERT_TRUE(reader.ok());
    sqlite3_trace_v2((*reader)->get(), SQLITE_TRACE_STMT, OnStatement, &change);
  }
  const cim::Object during = Find(*repository, kSpace, "Thing", {T("x")});
  ASSERT_EQ(change.runs, 1);
  ASSERT_TRUE(during);
  const cim::Object after = Find(*repository, kSpace, "Thing", {T("x")});
  ASSERT_TRUE(after);
  EXPECT_EQ(VersionOf(after), "2");
  EXPECT_EQ(&after.schema(), repository->FindNamespace(kSpace)->FindClass("Thing").get());
}

// Readers all the time, so that some read between the commit of a change and its publication. What they find is looked
// at when nobody changes anything.
void ChangeWhileOthersRead(Repository& writing, Repository& reading, int changes) {
  constexpr int kKeys = 4;
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      for (int next = 0; !done.load(); ++next) {
        static_cast<void>(reading.FindInstance(kSpace, "Thing", {T(std::to_string(next % kKeys))}));
      }
    });
  }
  for (int version = 1; version <= changes && !testing::Test::HasFailure(); ++version) {
    EXPECT_EQ(Put(writing, Thing(version), ClassUpdate::kSafe), code::kOk);
    for (int key = 0; key < kKeys; ++key) {
      EXPECT_EQ(VersionOf(Find(reading, kSpace, "Thing", {T(std::to_string(key))})), std::to_string(version));
    }
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
}

void Fill(Repository& repository) {
  ASSERT_TRUE(repository.CreateNamespace(kRoot, {}).ok());
  ASSERT_TRUE(repository.CreateNamespace(kSpace, {}).ok());
  ASSERT_EQ(Put(repository, Thing(0)), code::kOk);
  for (const char* key : {"0", "1", "2", "3"}) ASSERT_EQ(PutIn(repository, "Thing", {{"K", T(key)}}), code::kOk);
}

TEST_F(StaleRowTest, ReadersDuringChangesLeaveNoRowOfTheOldClass) {
  Repository repository("HOST");
  Fill(repository);
  ChangeWhileOthersRead(repository, repository, 500);
}

TEST_F(StaleRowTest, ChangesOfAnotherProcessLeaveNoRowOfTheOldClass) {
  const auto writing = Open();
  Fill(*writing);
  const auto reading = Open();
  ChangeWhileOthersRead(*writing, *reading, 30);
}

}  // namespace
}  // namespace wmi::store
