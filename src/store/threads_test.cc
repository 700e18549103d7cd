// Readers and writers at once; what matters most here is what ThreadSanitizer says.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "store/change_test_support.h"
#include "store/test_support.h"

namespace wmi::store {
namespace {

constexpr int kChanges = 400;

Declare Thing(int version) {
  return Declare("Thing")
      .With(Text("Description", std::to_string(version), kBothFlavors))
      .With(Key("K"))
      .With(Prop("First", cim::CimType::kUint32))
      .With(Prop("Second", cim::CimType::kUint32));
}

// One row: both numbers are written together, so a reader never sees them differ.
void WriteInstances(Repository& repository, const std::string& prefix) {
  for (int i = 0; i < kChanges; ++i) {
    const std::string key = prefix + std::to_string(i % 20);
    const cim::Value number = U(static_cast<std::uint64_t>(i));
    EXPECT_EQ(PutIn(repository, "Thing", {{"K", T(key)}, {"First", number}, {"Second", number}}), code::kOk);
    if (i % 3 == 0) {
      EXPECT_EQ(repository.DeleteInstance(kSpace, "Thing", {T(key)}).code(), code::kOk);
    }
  }
}

void ExpectWhole(const cim::Object& row) {
  EXPECT_EQ(row.slot(1).unsigned_integer(), row.slot(2).unsigned_integer());
  EXPECT_EQ(row.schema().name(), "Thing");
}

void Read(const Repository& repository, const std::atomic<bool>& done) {
  std::size_t rounds = 0;
  while (!done.load() || rounds == 0) {
    ++rounds;
    for (const cim::Object& row : Rows(repository, kSpace, "Thing")) ExpectWhole(row);
    if (const cim::Object row = Find(repository, kSpace, "Thing", {T("x7")})) ExpectWhole(row);
    const NamespacePtr space = repository.FindNamespace(kSpace);
    for (const cim::ClassPtr& schema : space->classes()) {
      if (schema->superclass() != nullptr) {
        EXPECT_EQ(schema->superclass(), space->FindClass(schema->superclass()->name()));
      }
    }
    EXPECT_GE(repository.ChildNamespaces(kRoot).size(), 1u);
  }
}

TEST(RepositoryThreadsTest, ReadersSeeWholeStatesWhileOthersWrite) {
  TestRepository repository;
  ASSERT_EQ(Put(repository, Thing(0)), code::kOk);
  ASSERT_EQ(Put(repository, Declare("Sub", "Thing")), code::kOk);
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) readers.emplace_back([&] { Read(repository, done); });
  std::vector<std::thread> writers;
  writers.emplace_back([&] { WriteInstances(repository, "x"); });
  writers.emplace_back([&] { WriteInstances(repository, "y"); });
  writers.emplace_back([&] {
    for (int i = 1; i < kChanges / 4; ++i) EXPECT_EQ(Put(repository, Thing(i), ClassUpdate::kSafe), code::kOk);
  });
  // An observer comes and goes meanwhile.
  const auto recorder = std::make_shared<Recorder>();
  readers.emplace_back([&] {
    for (int round = 0; !done.load() || round < 2; ++round) {
      repository.Observe(round % 2 == 0 ? recorder : nullptr);
      for (const Change& change : recorder->Take()) {
        if (change.subject == Change::Subject::kInstance && change.before) ExpectWhole(change.before);
        if (change.subject == Change::Subject::kInstance && change.after) ExpectWhole(change.after);
      }
      EXPECT_EQ(repository.untold_commits(), 0u);
    }
  });
  writers.emplace_back([&] {
    for (int i = 0; i < kChanges / 4; ++i) {
      EXPECT_EQ(repository.CreateNamespace("ROOT\\more", {}).code(), code::kOk);
      EXPECT_EQ(repository.DeleteNamespace("ROOT\\more").code(), code::kOk);
    }
  });
  for (std::thread& writer : writers) writer.join();
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(repository.FindClass("Thing")->qualifiers().Text("Description"), std::to_string(kChanges / 4 - 1));
}

TEST(RepositoryThreadsTest, OfManyCreatorsOneWins) {
  TestRepository repository;
  ASSERT_EQ(Put(repository, Thing(0)), code::kOk);
  std::atomic<int> created = 0;
  std::vector<std::thread> creators;
  for (int thread = 0; thread < 4; ++thread) {
    creators.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        const Code code = PutIn(repository, "Thing", {{"K", T(std::to_string(i))}}, PutMode::kCreateOnly);
        EXPECT_TRUE(code == code::kOk || code == code::kAlreadyExists);
        if (code == code::kOk) ++created;
      }
    });
  }
  for (std::thread& creator : creators) creator.join();
  EXPECT_EQ(created, 50);
  EXPECT_EQ(repository.Count("Thing"), 50u);
}

}  // namespace
}  // namespace wmi::store
