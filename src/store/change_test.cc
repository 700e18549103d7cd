// What the repository tells of its commits.
#include "store/change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "store/change_test_support.h"
#include "store/encoding/change_code.h"
#include "store/test_support.h"

namespace wmi::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Subject = Change::Subject;

Declare Described(std::string name, std::string superclass, std::string description) {
  Declare declaration(std::move(name), std::move(superclass));
  declaration.With(Text("Description", std::move(description)));
  return declaration;
}
Declare Base(std::string description = "one") {
  return Described("Base", "", std::move(description))
      .With(Key("K"))
      .With(Prop("V", cim::CimType::kUint32))
      .With(Prop("W", cim::CimType::kUint32));
}

// Base <- Child <- Grandchild, with instances "a" and "b" of Child and "c" of Grandchild; namespaces beside and inside.
void FillForChanges(Repository& repository) {
  for (const char* inside : {"ROOT\\test\\in", "ROOT\\test\\in\\deep", "ROOT\\testing"}) {
    EXPECT_TRUE(repository.CreateNamespace(inside, {}).ok());
  }
  EXPECT_EQ(Put(repository, Base()), code::kOk);
  EXPECT_EQ(Put(repository, Described("Child", "Base", "two")), code::kOk);
  EXPECT_EQ(Put(repository, Described("Grandchild", "Child", "three")), code::kOk);
  EXPECT_EQ(PutIn(repository, "Child", {{"K", T("a")}, {"V", U(1)}}), code::kOk);
  EXPECT_EQ(PutIn(repository, "Child", {{"K", T("b")}, {"V", U(2)}, {"W", U(7)}}), code::kOk);
  EXPECT_EQ(PutIn(repository, "Grandchild", {{"K", T("c")}, {"V", U(3)}}), code::kOk);
}

struct ObservedRepository : TestRepository {
  explicit ObservedRepository(RepositoryLimits limits = {}) : TestRepository(limits) {
    FillForChanges(*this);
    Observe(recorder);
  }
  Code PutChild(const char* key, std::uint64_t v, PutMode mode = PutMode::kCreateOrUpdate) {
    return PutIn(*this, "Child", {{"K", T(key)}, {"V", U(v)}}, mode);
  }
  cim::Object ChildOf(const char* key, std::uint64_t v) const {
    return InstanceOf(*this, "Child", {{"K", T(key)}, {"V", U(v)}});
  }
  void Damage(const char* statement) {
    const Status status = database()->writer().Execute(statement);
    EXPECT_TRUE(status.ok()) << status.Message();
  }

  const std::shared_ptr<Recorder> recorder = std::make_shared<Recorder>();
};

// As another process reads them (store/change_log.h).
std::vector<Change> Carried(const Repository& repository, const std::vector<Change>& changes) {
  SubjectSet all;
  for (const Subject subject : {Subject::kNamespace, Subject::kClass, Subject::kInstance}) all.Add(subject);
  const std::string bytes = EncodeChanges(changes, 0, all, std::size_t{1} << 20);
  if (bytes.empty()) return {};
  Result<ToldChanges> read = DecodeChanges(bytes, [&](std::string_view name) {
    const NamespacePtr found = repository.FindNamespace(name);
    return found ? ClassesNow{found.get(), found->home()} : ClassesNow();
  });
  EXPECT_TRUE(read.ok()) << read.status().Message();
  return read.ok() ? std::move(read->changes) : std::vector<Change>();
}

// ---- what each change tells

struct ChangeCase {
  const char* name;
  std::function<void(ObservedRepository&)> run;
  std::vector<std::string> told;
};

class ChangeTest : public ::testing::TestWithParam<ChangeCase> {};

TEST_P(ChangeTest, IsTold) {
  ObservedRepository repository;
  GetParam().run(repository);
  const std::vector<Change> changes = repository.recorder->Take();
  EXPECT_EQ(Told(changes), GetParam().told);
  EXPECT_EQ(Told(Carried(repository, changes)), GetParam().told);
  EXPECT_EQ(repository.recorder->left_out(), 0u);
  if (GetParam().told.empty()) {
    EXPECT_EQ(repository.recorder->commits(), 0u);
  }
}

Status PutTwoAndFail(ObservedRepository& repository, const std::function<Status()>& end) {
  const cim::Object first = repository.ChildOf("a", 5);
  const cim::Object second = repository.ChildOf("new", 6);
  return repository.Change([&](Transaction& transaction) -> Status {
    TRY(transaction.PutInstance(kSpace, first, PutMode::kCreateOrUpdate));
    TRY(transaction.PutInstance(kSpace, second, PutMode::kCreateOrUpdate));
    return end();
  });
}

INSTANTIATE_TEST_SUITE_P(
    Changes, ChangeTest,
    ::testing::Values(
        ChangeCase{"instance_created",
                   [](ObservedRepository& r) { EXPECT_EQ(r.PutChild("d", 4, PutMode::kCreateOnly), code::kOk); },
                   {R"(instance + ROOT\test: Child.K="d" 4 0)"}},
        ChangeCase{"instance_changed",
                   [](ObservedRepository& r) { EXPECT_EQ(r.PutChild("a", 4, PutMode::kUpdateOnly), code::kOk); },
                   {R"(instance ~ ROOT\test: Child.K="a" 1 0 -> Child.K="a" 4 0)"}},
        ChangeCase{
            "instance_put_as_it_is", [](ObservedRepository& r) { EXPECT_EQ(r.PutChild("a", 1), code::kOk); }, {}},
        ChangeCase{"case_of_a_key_changed",
                   [](ObservedRepository& r) { EXPECT_EQ(r.PutChild("A", 1), code::kOk); },
                   {R"(instance ~ ROOT\test: Child.K="a" 1 0 -> Child.K="A" 1 0)"}},
        ChangeCase{"part_of_an_instance_put",
                   [](ObservedRepository& r) {
                     cim::PropertySet shown;
                     shown.Add(0);
                     shown.Add(1);
                     const cim::Object part = InstanceOf(r.FindClass("Child"), {{"K", T("b")}, {"V", U(9)}}, shown);
                     EXPECT_TRUE(r.PutInstance(kSpace, part, PutMode::kUpdateOnly).ok());
                   },
                   {R"(instance ~ ROOT\test: Child.K="b" 2 7 -> Child.K="b" 9 7)"}},
        ChangeCase{"instance_of_an_older_class_put_as_it_is",
                   [](ObservedRepository& r) {
                     EXPECT_EQ(Put(r, Base("new").With(Prop("X", cim::CimType::kUint8)), ClassUpdate::kForce),
                               code::kClassHasInstances);
                     EXPECT_TRUE(Load(r, kSpace, {Base("new").With(Prop("X", cim::CimType::kUint8))}).ok());
                     EXPECT_EQ(r.PutChild("a", 1), code::kOk);
                     EXPECT_EQ(r.PutChild("a", 2), code::kOk);
                   },
                   {R"(class ~ ROOT\test: Base 'one' -> Base 'new')",
                    R"(instance ~ ROOT\test: Child.K="a" 1 0 0 -> Child.K="a" 2 0 0)"}},
        ChangeCase{"instance_deleted",
                   [](ObservedRepository& r) { EXPECT_TRUE(r.DeleteInstance("root\\TEST", "base", {T("C")}).ok()); },
                   {R"(instance - ROOT\test: Grandchild.K="c" 3 0)"}},
        ChangeCase{"instances_refused",
                   [](ObservedRepository& r) {
                     EXPECT_EQ(r.PutChild("a", 9, PutMode::kCreateOnly), code::kAlreadyExists);
                     EXPECT_EQ(r.PutChild("x", 9, PutMode::kUpdateOnly), code::kNotFound);
                     EXPECT_EQ(PutIn(r, "Base", {{"K", T("a")}}), code::kAlreadyExists);
                     EXPECT_EQ(r.DeleteInstance(kSpace, "Child", {T("x")}).code(), code::kNotFound);
                     EXPECT_EQ(r.DeleteInstance(kSpace, "Grandchild", {T("a")}).code(), code::kNotFound);
                   },
                   {}},
        ChangeCase{"class_created",
                   [](ObservedRepository& r) { EXPECT_EQ(Put(r, Described("New", "Base", "four")), code::kOk); },
                   {R"(class + ROOT\test: New 'four')"}},
        ChangeCase{"class_changed",
                   [](ObservedRepository& r) { EXPECT_EQ(Put(r, Base("new")), code::kOk); },
                   {R"(class ~ ROOT\test: Base 'one' -> Base 'new')"}},
        ChangeCase{"class_put_as_it_is", [](ObservedRepository& r) { EXPECT_EQ(Put(r, Base()), code::kOk); }, {}},
        ChangeCase{"class_deleted",
                   [](ObservedRepository& r) { EXPECT_TRUE(r.DeleteClass("root\\TEST", "BASE").ok()); },
                   {R"(instance - ROOT\test: Grandchild.K="c" 3 0)", R"(class - ROOT\test: Grandchild 'three')",
                    R"(instance - ROOT\test: Child.K="a" 1 0)", R"(instance - ROOT\test: Child.K="b" 2 7)",
                    R"(class - ROOT\test: Child 'two')", R"(class - ROOT\test: Base 'one')"}},
        ChangeCase{"classes_refused",
                   [](ObservedRepository& r) {
                     EXPECT_EQ(r.DeleteClass(kSpace, "None").code(), code::kNotFound);
                     EXPECT_EQ(Put(r, Base("new"), ClassUpdate::kCompatible, PutMode::kCreateOnly),
                               code::kAlreadyExists);
                     EXPECT_EQ(Put(r, Declare("New", "None")), code::kInvalidSuperclass);
                     EXPECT_EQ(Put(r, Declare("Base").With(Key("Other")), ClassUpdate::kForce),
                               code::kCannotChangeKeyInheritance);
                   },
                   {}},
        ChangeCase{"namespace_created",
                   [](ObservedRepository& r) {
                     EXPECT_TRUE(r.CreateNamespace("root\\TEST\\New", {Declare("__A"), Declare("__B", "__A")}).ok());
                   },
                   {R"(namespace + ROOT\test: New)"}},
        ChangeCase{"namespace_deleted",
                   [](ObservedRepository& r) { EXPECT_TRUE(r.DeleteNamespace("root\\TEST").ok()); },
                   {R"(namespace - ROOT\test\in: deep)", R"(namespace - ROOT\test: in)", R"(namespace - ROOT: test)"}},
        ChangeCase{"namespaces_refused",
                   [](ObservedRepository& r) {
                     EXPECT_EQ(r.CreateNamespace("ROOT\\test", {}).code(), code::kAlreadyExists);
                     EXPECT_EQ(r.CreateNamespace("ROOT\\b", {Declare("__D", "__None")}).code(),
                               code::kInvalidSuperclass);
                     EXPECT_EQ(r.DeleteNamespace("ROOT\\none").code(), code::kInvalidNamespace);
                   },
                   {}},
        ChangeCase{"system_class_and_its_instance",
                   [](ObservedRepository& r) {
                     EXPECT_TRUE(Load(r, kSpace, {Declare("__EventFilter").With(Key("Name"))}).ok());
                     EXPECT_EQ(PutIn(r, "__EventFilter", {{"Name", T("f")}}), code::kOk);
                     EXPECT_TRUE(r.DeleteInstance(kSpace, "__EventFilter", {T("f")}).ok());
                   },
                   {R"(class + ROOT\test: __EventFilter '')", R"(instance + ROOT\test: __EventFilter.Name="f")",
                    R"(instance - ROOT\test: __EventFilter.Name="f")"}},
        ChangeCase{
            "several_in_one_transaction",
            [](ObservedRepository& r) {
              const cim::Object first = r.ChildOf("d", 1);
              const cim::Object second = r.ChildOf("d", 2);
              EXPECT_TRUE(r.Change([&](Transaction& transaction) -> Status {
                             TRY(transaction.PutInstance(kSpace, first, PutMode::kCreateOrUpdate));
                             TRY(transaction.PutClass(kSpace, Described("New", "", "four"), PutMode::kCreateOnly,
                                                      ClassUpdate::kSafe));
                             TRY(transaction.PutInstance(kSpace, second, PutMode::kCreateOrUpdate));
                             TRY(transaction.DeleteInstance(kSpace, "Child", {T("d")}));
                             TRY(transaction.CreateNamespace("ROOT\\more", {}));
                             TRY(transaction.DeleteNamespace("ROOT\\more"));
                             return transaction.DeleteClass(kSpace, "New");
                           }).ok());
              EXPECT_EQ(r.recorder->commits(), 1u);
            },
            {R"(instance + ROOT\test: Child.K="d" 1 0)", R"(class + ROOT\test: New 'four')",
             R"(instance ~ ROOT\test: Child.K="d" 1 0 -> Child.K="d" 2 0)", R"(instance - ROOT\test: Child.K="d" 2 0)",
             R"(namespace + ROOT: more)", R"(namespace - ROOT: more)", R"(class - ROOT\test: New 'four')"}},
        ChangeCase{"refused_ones_in_a_transaction_that_goes_on",
                   [](ObservedRepository& r) {
                     const cim::Object child = r.ChildOf("a", 2);
                     EXPECT_TRUE(r.Change([&](Transaction& transaction) -> Status {
                                    EXPECT_FALSE(transaction.PutInstance(kSpace, child, PutMode::kCreateOnly).ok());
                                    TRY(transaction.PutInstance(kSpace, child, PutMode::kUpdateOnly));
                                    EXPECT_FALSE(transaction.DeleteClass(kSpace, "None").ok());
                                    return Status();
                                  }).ok());
                   },
                   {R"(instance ~ ROOT\test: Child.K="a" 1 0 -> Child.K="a" 2 0)"}},
        ChangeCase{"transaction_that_fails",
                   [](ObservedRepository& r) {
                     EXPECT_EQ(PutTwoAndFail(r, [] { return Status(code::kFailed); }).code(), code::kFailed);
                   },
                   {}},
        ChangeCase{"transaction_that_throws",
                   [](ObservedRepository& r) {
                     EXPECT_THROW(
                         static_cast<void>(PutTwoAndFail(r, []() -> Status { throw std::runtime_error("stop"); })),
                         std::runtime_error);
                   },
                   {}},
        ChangeCase{"transaction_whose_commit_fails",
                   [](ObservedRepository& r) {
                     sqlite3* database = r.database()->writer().get();
                     sqlite3_commit_hook(database, [](void*) { return 1; }, nullptr);
                     EXPECT_FALSE(PutTwoAndFail(r, [] { return Status(); }).ok());
                     sqlite3_commit_hook(database, nullptr, nullptr);
                     EXPECT_EQ(r.Count("Child"), 2u);
                   },
                   {}},
        ChangeCase{"note",
                   [](ObservedRepository& r) {
                     EXPECT_TRUE(
                         r.Change([](Transaction& transaction) { return transaction.SetNote("name", "text"); }).ok());
                   },
                   {}}),
    [](const ::testing::TestParamInfo<ChangeCase>& test) { return std::string(test.param.name); });

TEST(ChangeObserverTest, ObjectsAreThoseThatTheRepositoryShows) {
  ObservedRepository repository;
  const cim::ClassPtr before = repository.FindClass("Child");
  ASSERT_EQ(Put(repository, Described("Child", "Base", "new")), code::kOk);
  ASSERT_EQ(repository.PutChild("a", 8), code::kOk);
  const std::vector<Change> told = repository.recorder->Take();
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_EQ(told[0].before.schema_ptr(), before);
  EXPECT_EQ(told[0].after.schema_ptr(), repository.FindClass("Child"));
  EXPECT_TRUE(told[0].after.is_class());
  EXPECT_EQ(told[1].after.schema_ptr(), repository.FindClass("Child"));
  EXPECT_EQ(told[1].before.schema_ptr(), repository.FindClass("Child"));
  EXPECT_TRUE(told[1].after.is_instance());
  EXPECT_TRUE(told[1].after.visible().is_all());
  EXPECT_EQ(Shown(Find(repository, kSpace, "Child", {T("a")})), Shown(told[1].after));
}

// ---- who is told, and of what

TEST(ChangeObserverTest, OnlyWhatIsWantedIsTold) {
  const auto told = [](Subject wanted) {
    ObservedRepository repository;
    const auto recorder = std::make_shared<Recorder>(std::vector<Subject>{wanted});
    repository.Observe(recorder);
    EXPECT_EQ(repository.PutChild("a", 2), code::kOk);
    EXPECT_TRUE(repository.DeleteClass(kSpace, "Grandchild").ok());
    EXPECT_TRUE(repository.DeleteNamespace("ROOT\\testing").ok());
    EXPECT_EQ(recorder->left_out(), 0u);
    EXPECT_THAT(repository.recorder->Take(), IsEmpty());
    return Told(recorder->Take());
  };
  EXPECT_THAT(told(Subject::kNamespace), ElementsAre(R"(namespace - ROOT: testing)"));
  EXPECT_THAT(told(Subject::kClass), ElementsAre(R"(class - ROOT\test: Grandchild 'three')"));
  EXPECT_THAT(told(Subject::kInstance), ElementsAre(R"(instance ~ ROOT\test: Child.K="a" 1 0 -> Child.K="a" 2 0)",
                                                    R"(instance - ROOT\test: Grandchild.K="c" 3 0)"));
}

TEST(ChangeObserverTest, NobodyIsToldAfterItEnds) {
  ObservedRepository repository;
  repository.Observe(nullptr);
  EXPECT_EQ(repository.recorder.use_count(), 1);
  EXPECT_EQ(repository.PutChild("a", 2), code::kOk);
  EXPECT_EQ(repository.recorder->commits(), 0u);
  repository.Observe(repository.recorder);
  EXPECT_EQ(repository.PutChild("a", 3), code::kOk);
  EXPECT_THAT(Told(repository.recorder->Take()),
              ElementsAre(R"(instance ~ ROOT\test: Child.K="a" 2 0 -> Child.K="a" 3 0)"));
}

// What SQLite was asked meanwhile.
std::vector<std::string> StatementsOf(ObservedRepository& repository, const std::function<void()>& work) {
  std::vector<std::string> statements;
  sqlite3* database = repository.database()->writer().get();
  const auto note = [](unsigned, void* list, void* statement, void*) {
    static_cast<std::vector<std::string>*>(list)->emplace_back(sqlite3_sql(static_cast<sqlite3_stmt*>(statement)));
    return 0;
  };
  sqlite3_trace_v2(database, SQLITE_TRACE_STMT, note, &statements);
  work();
  sqlite3_trace_v2(database, 0, nullptr, nullptr);
  return statements;
}

TEST(ChangeObserverTest, WhatNobodyWantsCostsNothing) {
  const auto statements = [](std::shared_ptr<ChangeObserver> observer) {
    ObservedRepository repository;
    repository.Observe(std::move(observer));
    return StatementsOf(repository, [&] {
      EXPECT_EQ(repository.PutChild("a", 2), code::kOk);
      EXPECT_EQ(repository.PutChild("d", 2), code::kOk);
      EXPECT_TRUE(repository.DeleteInstance(kSpace, "Child", {T("b")}).ok());
      EXPECT_EQ(Put(repository, Base("new")), code::kOk);
      EXPECT_TRUE(repository.DeleteClass(kSpace, "Base").ok());
      EXPECT_TRUE(repository.DeleteNamespace(kSpace).ok());
    });
  };
  const std::vector<std::string> unobserved = statements(nullptr);
  EXPECT_THAT(unobserved, Not(IsEmpty()));
  for (const std::string& statement : unobserved) {
    EXPECT_FALSE(statement.starts_with("SELECT") && statement.find(" row ") != std::string::npos) << statement;
  }
  EXPECT_EQ(statements(std::make_shared<Recorder>(std::vector<Subject>{})), unobserved);
  // Namespaces and classes are told from what is known anyhow; for instances the rows are read.
  EXPECT_EQ(statements(std::make_shared<Recorder>(std::vector{Subject::kNamespace, Subject::kClass})), unobserved);
  EXPECT_GT(statements(std::make_shared<Recorder>()).size(), unobserved.size());
}

// Looks at what it is told of.
class LookingObserver : public ChangeObserver {
 public:
  explicit LookingObserver(const Repository& repository) : repository_(repository) {}
  bool Wants(Subject) const noexcept override { return true; }
  void Committed(std::vector<Change> changes, std::uint64_t) noexcept override {
    for (const Change& change : changes) {
      if (change.subject == Subject::kInstance) {
        std::thread another([&] { Look(change); });  // waits for no lock of the committing thread
        another.join();
        Look(change);
      } else if (change.subject == Subject::kNamespace) {
        EXPECT_NE(repository_.FindNamespace("ROOT\\new"), nullptr);
        ++looks;
      }
    }
  }
  int looks = 0;

 private:
  void Look(const Change& change) {
    EXPECT_EQ(Shown(Find(repository_, kSpace, "Child", {T("a")})), Shown(change.after));
    EXPECT_EQ(Rows(repository_, kSpace, "Child").size(), 2u);
    EXPECT_EQ(repository_.untold_commits(), 0u);
    ++looks;
  }
  const Repository& repository_;
};

TEST(ChangeObserverTest, TheRepositoryShowsWhatIsTold) {
  ObservedRepository repository;
  const auto observer = std::make_shared<LookingObserver>(repository);
  repository.Observe(observer);
  static_cast<void>(Find(repository, kSpace, "Child", {T("a")}));  // so that the cache has the old one
  EXPECT_EQ(repository.PutChild("a", 2), code::kOk);
  EXPECT_TRUE(repository.CreateNamespace("ROOT\\new", {}).ok());
  EXPECT_EQ(observer->looks, 3);
}

// ---- limits and damage

TEST(ChangeObserverTest, ACommitTellsSoMuchAndCountsTheRest) {
  ObservedRepository repository(RepositoryLimits{.changes_told = 2});
  ASSERT_EQ(repository.PutChild("d", 4), code::kOk);
  ASSERT_EQ(repository.PutChild("e", 5), code::kOk);
  EXPECT_THAT(repository.recorder->Take(), SizeIs(2));
  EXPECT_EQ(repository.recorder->left_out(), 0u);
  ASSERT_TRUE(repository.DeleteClass(kSpace, "Child").ok());
  // c, Grandchild; not the four of Child and Child.
  EXPECT_THAT(Told(repository.recorder->Take()),
              ElementsAre(R"(instance - ROOT\test: Grandchild.K="c" 3 0)", R"(class - ROOT\test: Grandchild 'three')"));
  EXPECT_EQ(repository.recorder->left_out(), 5u);
}

TEST(ChangeObserverTest, RowsOfADeletedClassAreReadAsLongAsThereIsRoom) {
  ObservedRepository repository(RepositoryLimits{.changes_told = 3});
  ASSERT_TRUE(repository.DeleteClass(kSpace, "Child").ok());
  EXPECT_THAT(Told(repository.recorder->Take()),
              ElementsAre(R"(instance - ROOT\test: Grandchild.K="c" 3 0)", R"(class - ROOT\test: Grandchild 'three')",
                          R"(instance - ROOT\test: Child.K="a" 1 0)"));
  EXPECT_EQ(repository.recorder->left_out(), 2u);
}

TEST(ChangeObserverTest, ACommitTellsSoManyBytes) {
  ObservedRepository repository(RepositoryLimits{.change_bytes_told = 1});
  const cim::Object first = repository.ChildOf("d", 1);
  const cim::Object second = repository.ChildOf("e", 2);
  ASSERT_TRUE(repository
                  .Change([&](Transaction& transaction) -> Status {
                    TRY(transaction.PutInstance(kSpace, first, PutMode::kCreateOnly));
                    TRY(transaction.PutInstance(kSpace, second, PutMode::kCreateOnly));
                    return transaction.DeleteNamespace("ROOT\\testing");
                  })
                  .ok());
  EXPECT_THAT(Told(repository.recorder->Take()), ElementsAre(R"(instance + ROOT\test: Child.K="d" 1 0)"));
  EXPECT_EQ(repository.recorder->left_out(), 2u);
}

constexpr const char* kDamageOfA = "UPDATE instances SET row = row || x'00' WHERE key = CAST('\"1:a' AS BLOB)";

TEST(ChangeObserverTest, ADamagedInstanceThatIsMendedHasNothingBefore) {
  ObservedRepository repository;
  repository.Damage(kDamageOfA);
  EXPECT_EQ(repository.PutChild("a", 1), code::kOk);
  EXPECT_THAT(Told(repository.recorder->Take()), ElementsAre(R"(instance ~ ROOT\test: nothing -> Child.K="a" 1 0)"));
  EXPECT_EQ(repository.recorder->left_out(), 0u);
}

TEST(ChangeObserverTest, TheDeletionOfADamagedInstanceIsCounted) {
  ObservedRepository repository;
  repository.Damage(kDamageOfA);
  EXPECT_TRUE(repository.DeleteInstance(kSpace, "Child", {T("a")}).ok());
  EXPECT_THAT(repository.recorder->Take(), IsEmpty());
  EXPECT_EQ(repository.recorder->left_out(), 1u);
}

TEST(ChangeObserverTest, TheDeletionOfAClassCountsItsDamagedInstances) {
  ObservedRepository repository;
  repository.Damage(kDamageOfA);
  EXPECT_TRUE(repository.DeleteClass(kSpace, "Child").ok());
  EXPECT_THAT(Told(repository.recorder->Take()),
              ElementsAre(R"(instance - ROOT\test: Grandchild.K="c" 3 0)", R"(class - ROOT\test: Grandchild 'three')",
                          R"(instance - ROOT\test: Child.K="b" 2 7)", R"(class - ROOT\test: Child 'two')"));
  EXPECT_EQ(repository.recorder->left_out(), 1u);
}

// ---- on disk

class ChangeFolderTest : public ::testing::Test {
 protected:
  ChangeFolderTest() {
    std::string pattern = ::testing::TempDir() + "openwmi-change-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    const auto first = Open();
    EXPECT_TRUE(first->CreateNamespace(kRoot, {}).ok());
    EXPECT_TRUE(first->CreateNamespace(kSpace, {}).ok());
    FillForChanges(*first);
  }
  ~ChangeFolderTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  // As another process would.
  std::unique_ptr<Repository> Open() const {
    auto opened = Repository::Open({.server = "HOST", .folder = folder_, .limits = {}, .vfs = nullptr});
    EXPECT_TRUE(opened.ok()) << opened.status().Message();
    return opened.ok() ? std::move(opened).value() : nullptr;
  }

 private:
  std::string folder_;
};

void DamageClass(Repository& repository) {
  const Status status = repository.database()->writer().Execute(
      "UPDATE definitions SET body = body || x'00' WHERE id = (SELECT definition FROM classes WHERE name = 'Child')");
  EXPECT_TRUE(status.ok()) << status.Message();
}

TEST_F(ChangeFolderTest, ADamagedClassThatIsMendedHasNothingBefore) {
  DamageClass(*Open());
  const auto repository = Open();
  const auto recorder = std::make_shared<Recorder>();
  repository->Observe(recorder);
  EXPECT_EQ(Put(*repository, Described("Child", "Base", "two")), code::kOk);
  EXPECT_THAT(Told(recorder->Take()), ElementsAre(R"(class ~ ROOT\test: nothing -> Child 'two')"));
}

TEST_F(ChangeFolderTest, TheDeletionOfADamagedClassIsCountedWithItsInstances) {
  DamageClass(*Open());
  const auto repository = Open();
  const auto recorder = std::make_shared<Recorder>();
  repository->Observe(recorder);
  EXPECT_TRUE(repository->DeleteClass(kSpace, "Base").ok());
  // Grandchild and c cannot be read without Child.
  EXPECT_THAT(Told(recorder->Take()), ElementsAre(R"(class - ROOT\test: Base 'one')"));
  EXPECT_EQ(recorder->left_out(), 5u);
}

TEST_F(ChangeFolderTest, CommitsThatNobodyIsToldOfAreCounted) {
  const auto here = Open();
  const auto there = Open();
  const auto recorder = std::make_shared<Recorder>();
  here->Observe(recorder);
  const std::uint64_t start = here->untold_commits();
  EXPECT_EQ(PutIn(*here, "Child", {{"K", T("a")}, {"V", U(2)}}), code::kOk);
  EXPECT_EQ(here->untold_commits(), start);
  EXPECT_THAT(recorder->Take(), SizeIs(1));

  EXPECT_EQ(PutIn(*there, "Child", {{"K", T("a")}, {"V", U(3)}}), code::kOk);
  const std::uint64_t after = here->untold_commits();
  EXPECT_GT(after, start);
  EXPECT_THAT(recorder->Take(), IsEmpty());
  // What it changed is what was before, for the next one here.
  EXPECT_EQ(PutIn(*here, "Child", {{"K", T("a")}, {"V", U(4)}}), code::kOk);
  EXPECT_EQ(here->untold_commits(), after);
  EXPECT_THAT(Told(recorder->Take()), ElementsAre(R"(instance ~ ROOT\test: Child.K="a" 3 0 -> Child.K="a" 4 0)"));

  EXPECT_TRUE(here->Exclusive([](ExclusiveTurn& turn) -> Status {
                    TRY(turn.connection().Execute("BEGIN IMMEDIATE; DELETE FROM instance_references"));
                    turn.WillCommit();
                    return turn.connection().Execute("COMMIT");
                  })
                  .ok());
  EXPECT_GT(here->untold_commits(), after);
  EXPECT_THAT(recorder->Take(), IsEmpty());
}

// ---- groups

// Threads that change the same instances, some in vain after they had written, so that the group is tried again.
class Contest {
 public:
  Contest(Repository& repository, Recorder& recorder) : repository_(repository), recorder_(recorder) {}

  // True when a group was tried again.
  bool RunRound(int round) {
    attempts_ = 0;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([this, thread, round] { Run(thread, round); });
    }
    for (std::thread& thread : threads) thread.join();
    for (const Change& change : recorder_.Take()) Follow(change);
    MutexLock lock(mutex_);
    EXPECT_EQ(told_, done_);
    return attempts_ > kThreads * kChanges;
  }

 private:
  static constexpr int kThreads = 4;
  static constexpr int kChanges = 20;

  void Run(int thread, int round) {
    for (int i = 0; i < kChanges; ++i) {
      const auto number = static_cast<std::uint64_t>((round * kThreads + thread) * kChanges + i + 100);
      const cim::Object row =
          InstanceOf(repository_, "Child", {{"K", T(i % 2 == 0 ? "a" : "b")}, {"V", U(number)}, {"W", U(0)}});
      Status status;
      try {
        status = repository_.Change([&](Transaction& transaction) -> Status {
          ++attempts_;
          TRY(transaction.PutInstance(kSpace, row, PutMode::kUpdateOnly));
          if (i % 5 == 3) return Status(code::kFailed);
          if (i % 5 == 4) throw std::runtime_error("stop");
          return Status();
        });
      } catch (const std::runtime_error&) {
        status = Status(code::kFailed);
      }
      EXPECT_EQ(status.ok(), i % 5 < 3);
      if (!status.ok()) continue;
      EXPECT_TRUE(recorder_.Has([number](const Change& change) {
        return change.after.slot(1).unsigned_integer() == number;
      })) << "told after the call had returned";
      MutexLock lock(mutex_);
      done_.insert(number);
    }
  }
  // The changes of one instance follow each other.
  void Follow(const Change& change) {
    ASSERT_EQ(change.operation, Change::Operation::kModification);
    const auto last = last_.find(std::string(change.after.slot(0).text()));
    if (last != last_.end()) {
      EXPECT_EQ(change.before.slot(1).unsigned_integer(), last->second);
    }
    const std::uint64_t number = change.after.slot(1).unsigned_integer();
    last_[std::string(change.after.slot(0).text())] = number;
    EXPECT_TRUE(told_.insert(number).second) << "told twice";
  }

  Repository& repository_;
  Recorder& recorder_;
  std::atomic<int> attempts_ = 0;
  Mutex mutex_;
  std::set<std::uint64_t> done_ WMI_GUARDED_BY(mutex_);
  std::set<std::uint64_t> told_;
  std::map<std::string, std::uint64_t> last_;
};

TEST_F(ChangeFolderTest, WhatIsCommittedTogetherIsToldOnceAndInOrder) {
  const auto repository = Open();
  const auto recorder = std::make_shared<Recorder>();
  repository->Observe(recorder);
  Contest contest(*repository, *recorder);
  constexpr int kRoundsMax = 200;
  bool was_tried_again = false;
  for (int round = 0; round < kRoundsMax && !(was_tried_again && round > 2); ++round) {
    was_tried_again |= contest.RunRound(round);
  }
  EXPECT_TRUE(was_tried_again) << "no group had a change that failed; the test has shown nothing";
}

}  // namespace
}  // namespace wmi::store
