#include "store/repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/fault.h"
#include "store/test_support.h"

namespace wmi::store {
namespace {

using cim::CimType;
using ::testing::ElementsAre;

// The first property of every row.
struct Names : RowSink {
  std::vector<std::string> seen;
  void Begin(const cim::ClassPtr&) override { seen.emplace_back(); }
  void Set(std::size_t slot, cim::ValueView value) override {
    if (slot == 0) seen.back() = std::string(value.text());
  }
  void SetQualifiers(const cim::InstanceQualifiersPtr&) override {}
  void Commit() override {}
  void Drop() override { seen.pop_back(); }
};

Code Create(Repository& repository, std::string_view name) { return repository.CreateNamespace(name, {}).code(); }

cim::ClassPtr ClassFor(std::string_view name_space, const cim::ClassDeclaration& declaration,
                       const cim::ClassPtr& superclass = nullptr) {
  const auto home = std::make_shared<cim::Home>(cim::Home{"HOST", std::string(name_space)});
  return cim::Class::Make(declaration, superclass, home).value();
}

// ---- namespaces

TEST(RepositoryNamespaceTest, AreCreatedInsideEachOther) {
  TestRepository repository;
  EXPECT_EQ(Create(repository, "root\\TEST\\Sub"), code::kOk);
  EXPECT_EQ(repository.FindNamespace("ROOT\\Test\\SUB")->name(), "ROOT\\test\\Sub") << "the spelling of the parent";
  EXPECT_EQ(repository.ChildNamespaces("root"), (std::vector<std::string>{"test"}));
  EXPECT_EQ(repository.ChildNamespaces("ROOT\\test"), (std::vector<std::string>{"Sub"}));
  EXPECT_TRUE(repository.ChildNamespaces("ROOT\\test\\Sub").empty());
  EXPECT_TRUE(repository.ChildNamespaces("").empty());
  EXPECT_EQ(repository.FindNamespace("ROOT\\other"), nullptr);
}

TEST(RepositoryNamespaceTest, WrongNamesAreRefused) {
  TestRepository repository;
  EXPECT_EQ(Create(repository, "root\\test"), code::kAlreadyExists);
  for (const char* name : {"", "Other", "ROOT\\", "\\ROOT", "ROOT\\\\a", "ROOT/a", "ROOT\\missing\\a", "\\\\.\\ROOT\\a",
                           "ROOT\\a:Class", "ROOT\\a b\\"}) {
    EXPECT_EQ(Create(repository, name), code::kInvalidNamespace) << name;
  }
}

TEST(RepositoryNamespaceTest, DeletionTakesEverythingInside) {
  TestRepository repository(RepositoryLimits{.instances = 1});
  ASSERT_EQ(Create(repository, "ROOT\\test\\a"), code::kOk);
  ASSERT_EQ(Create(repository, "ROOT\\tester"), code::kOk);
  ASSERT_EQ(Put(repository, Declare("C").With(Key("K"))), code::kOk);
  ASSERT_EQ(PutIn(repository, "C", {{"K", T("1")}}), code::kOk);
  EXPECT_EQ(repository.DeleteNamespace("ROOT").code(), code::kInvalidOperation);
  EXPECT_EQ(repository.DeleteNamespace("ROOT\\none").code(), code::kInvalidNamespace);
  EXPECT_EQ(repository.DeleteNamespace("root\\TEST").code(), code::kOk);
  EXPECT_EQ(repository.FindNamespace("ROOT\\test\\a"), nullptr);
  EXPECT_NE(repository.FindNamespace("ROOT\\tester"), nullptr);
  ASSERT_EQ(Create(repository, kSpace), code::kOk);
  ASSERT_EQ(Put(repository, Declare("C").With(Key("K"))), code::kOk);
  EXPECT_TRUE(Rows(repository, kSpace, "C").empty());
  EXPECT_EQ(PutIn(repository, "C", {{"K", T("1")}}), code::kOk) << "the deleted instance counts no more";
}

TEST(RepositoryNamespaceTest, StartWithTheSystemClasses) {
  TestRepository repository;
  EXPECT_EQ(repository.CreateNamespace("ROOT\\a", {Declare("__Base"), Declare("__D", "__Base")}).code(), code::kOk);
  EXPECT_EQ(repository.FindNamespace("ROOT\\a")->classes().size(), 2u);
  EXPECT_EQ(repository.FindNamespace("ROOT\\a")->FindClass("__D")->home()->name_space, "ROOT\\a");
  EXPECT_EQ(repository.CreateNamespace("ROOT\\b", {Declare("__D", "__Base")}).code(), code::kInvalidSuperclass);
  EXPECT_EQ(repository.FindNamespace("ROOT\\b"), nullptr);
}

// ---- classes

TEST(RepositoryClassTest, NamesOfClientsHaveRules) {
  TestRepository repository;
  EXPECT_EQ(Put(repository, Declare("")), code::kIncompleteClass);
  EXPECT_EQ(Put(repository, Declare("_A")), code::kInvalidOperation);
  EXPECT_EQ(Put(repository, Declare("A_")), code::kInvalidOperation);
  EXPECT_EQ(Put(repository, Declare("__A")), code::kInvalidOperation);
  EXPECT_EQ(Put(repository, Declare("A b")), code::kInvalidClass);
  EXPECT_EQ(Put(repository, Declare("A_b")), code::kOk);
  EXPECT_EQ(Put(repository, Declare("B", "Missing")), code::kInvalidSuperclass);
  EXPECT_EQ(repository.PutClass("ROOT\\none", Declare("A"), PutMode::kCreateOnly, ClassUpdate::kSafe).code(),
            code::kInvalidNamespace);
}

TEST(RepositoryClassTest, ModesOfPutting) {
  TestRepository repository;
  EXPECT_EQ(Put(repository, Declare("A"), ClassUpdate::kSafe, PutMode::kUpdateOnly), code::kNotFound);
  EXPECT_EQ(Put(repository, Declare("A"), ClassUpdate::kSafe, PutMode::kCreateOnly), code::kOk);
  EXPECT_EQ(Put(repository, Declare("a"), ClassUpdate::kSafe, PutMode::kCreateOnly), code::kAlreadyExists);
  EXPECT_EQ(Put(repository, Declare("a").With(Prop("P")), ClassUpdate::kSafe, PutMode::kUpdateOnly), code::kOk);
  EXPECT_NE(repository.FindClass("A")->FindProperty("P"), nullptr);
  EXPECT_EQ(repository.FindClass("A")->home()->name_space, "ROOT\\test");
  EXPECT_EQ(repository.FindClass("A")->home()->server, "HOST");
}

TEST(RepositoryClassTest, AReaderKeepsTheNamespaceItHas) {
  TestRepository repository;
  ASSERT_EQ(Put(repository, Declare("A")), code::kOk);
  const NamespacePtr before = repository.FindNamespace(kSpace);
  ASSERT_EQ(repository.DeleteClass(kSpace, "A").code(), code::kOk);
  EXPECT_NE(before->FindClass("A"), nullptr);
  EXPECT_EQ(repository.FindClass("A"), nullptr);
}

TEST(RepositoryClassTest, DeletionTakesSubclassesAndInstances) {
  TestRepository repository(RepositoryLimits{.instances = 2});
  ASSERT_EQ(Put(repository, Declare("A").With(Key("K"))), code::kOk);
  ASSERT_EQ(Put(repository, Declare("B", "A")), code::kOk);
  ASSERT_EQ(Put(repository, Declare("C", "B")), code::kOk);
  ASSERT_EQ(Put(repository, Declare("D", "A")), code::kOk);
  ASSERT_EQ(PutIn(repository, "C", {{"K", T("1")}}), code::kOk);
  ASSERT_EQ(PutIn(repository, "D", {{"K", T("2")}}), code::kOk);
  EXPECT_EQ(repository.DeleteClass(kSpace, "none").code(), code::kNotFound);
  EXPECT_EQ(repository.DeleteClass(kSpace, "b").code(), code::kOk);
  EXPECT_EQ(repository.FindNamespace(kSpace)->ClassNames(), (std::vector<std::string>{"A", "D"}));
  EXPECT_TRUE(Rows(repository, kSpace, "C").empty());
  EXPECT_EQ(repository.Count("D"), 1u);
  EXPECT_EQ(PutIn(repository, "A", {{"K", T("1")}}), code::kOk) << "neither counted nor in the way any more";
}

TEST(RepositoryClassTest, SystemClassesStay) {
  TestRepository repository;
  ASSERT_TRUE(Load(repository, kSpace, {Declare("__S")}).ok());
  EXPECT_EQ(repository.DeleteClass(kSpace, "__s").code(), code::kInvalidOperation);
}

TEST(RepositoryClassTest, LoadingIsAllOrNothing) {
  TestRepository repository;
  const Declare a = Declare("A").With(Prop("P"));
  const Declare orphan("O", "A");
  EXPECT_EQ(Load(repository, kSpace, {a, Declare("B", "Missing")}).code(), code::kInvalidSuperclass);
  EXPECT_TRUE(repository.FindNamespace(kSpace)->classes().empty());
  EXPECT_EQ(Load(repository, kSpace, {orphan, a}).code(), code::kInvalidSuperclass);
  EXPECT_TRUE(repository.FindNamespace(kSpace)->classes().empty());
  EXPECT_EQ(Load(repository, kSpace, {a, orphan}).code(), code::kOk);
  EXPECT_EQ(repository.FindClass("O")->superclass(), repository.FindClass("A"));
}

TEST(RepositoryClassTest, LoadingAgainMakesSubclassesAgain) {
  TestRepository repository;
  const Declare b = Declare("B", "A").With(Prop("Q"));
  ASSERT_TRUE(Load(repository, kSpace, {Declare("A").With(Prop("P")), b}).ok());
  ASSERT_TRUE(Load(repository, kSpace, {Declare("A").With(Prop("P")).With(Prop("N"))}).ok());
  EXPECT_EQ(repository.FindClass("B")->superclass(), repository.FindClass("A"));
  EXPECT_EQ(repository.FindClass("B")->FindSlot("Q"), 2u);
}

TEST(RepositoryClassTest, TheProductsClassesChangeUnderTheirInstances) {
  TestRepository repository;
  ASSERT_TRUE(Load(repository, kSpace, {Declare("A").With(Prop("Old")).With(Key("K"))}).ok());
  ASSERT_EQ(PutIn(repository, "A", {{"K", T("a")}, {"Old", T("gone")}}), code::kOk);
  Declare changed("A");
  changed.With(Key("K")).With(Prop("New", CimType::kUint8, {Flag("indexed")}));
  changed.properties[1].default_value = U(9);
  ASSERT_TRUE(Load(repository, kSpace, {changed}).ok());
  const cim::Object kept = Find(repository, kSpace, "A", {T("a")});
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept.slot(0).text(), "a");
  EXPECT_EQ(kept.slot(1).unsigned_integer(), 9u);
  EXPECT_EQ(FindByValue(repository, kSpace, "A", "New", U(9)).size(), 1u);
  EXPECT_EQ(Load(repository, kSpace, {Declare("A").With(Key("Other"))}).code(), code::kCannotChangeKeyInheritance);
}

// ---- instances

struct Thing : TestRepository {
  explicit Thing(RepositoryLimits limits = {}) : TestRepository(limits) {
    EXPECT_EQ(Put(*this, Declare("Thing")
                             .With(Key("Name"))
                             .With(Prop("Size", CimType::kUint32))
                             .With(Prop("Must", CimType::kUint8, {Flag("not_null")}))
                             .With(Prop("Idx", CimType::kUint8, {Flag("Indexed")}))),
              code::kOk);
    EXPECT_EQ(Put(*this, Declare("Left", "Thing")), code::kOk);
    EXPECT_EQ(Put(*this, Declare("Right", "Thing")), code::kOk);
  }
  Code PutThing(std::string_view class_name, const char* name, PutMode mode = PutMode::kCreateOrUpdate,
                std::uint64_t size = 0) {
    return PutIn(*this, class_name, {{"Name", T(name)}, {"Size", U(size)}, {"Must", U(1)}, {"Idx", U(1)}}, mode);
  }
  std::uint64_t SizeOf(std::string_view class_name, const char* name) const {
    const cim::Object found = Find(*this, kSpace, class_name, {T(name)});
    return found ? found.slot(1).unsigned_integer() : ~std::uint64_t{0};
  }
};

TEST(RepositoryInstanceTest, ModesOfPutting) {
  Thing things;
  EXPECT_EQ(things.PutThing("Thing", "a", PutMode::kUpdateOnly), code::kNotFound);
  EXPECT_EQ(things.PutThing("Thing", "a", PutMode::kCreateOnly, 1), code::kOk);
  EXPECT_EQ(things.PutThing("Thing", "A", PutMode::kCreateOnly, 2), code::kAlreadyExists) << "keys have no case";
  EXPECT_EQ(things.SizeOf("Thing", "a"), 1u);
  EXPECT_EQ(things.PutThing("Thing", "A", PutMode::kUpdateOnly, 3), code::kOk);
  EXPECT_EQ(things.SizeOf("thing", "a"), 3u);
  EXPECT_EQ(things.Count("Thing"), 1u);
}

TEST(RepositoryInstanceTest, ThePathIsReturned) {
  Thing things;
  const auto path =
      things.PutInstance(kSpace, InstanceOf(things, "Thing", {{"Name", T("a\\b\"c")}, {"Must", U(1)}, {"Idx", U(1)}}),
                         PutMode::kCreateOnly);
  EXPECT_EQ(*path, "Thing.Name=\"a\\\\b\\\"c\"");
}

TEST(RepositoryInstanceTest, ANullStringKeyGetsAGuid) {
  Thing things;
  const cim::Object instance = InstanceOf(things, "Thing", {{"Must", U(1)}, {"Idx", U(1)}});
  const std::string first = things.PutInstance(kSpace, instance, PutMode::kCreateOrUpdate).value();
  const std::string second = things.PutInstance(kSpace, instance, PutMode::kCreateOnly).value();
  EXPECT_THAT(first, testing::MatchesRegex("Thing\\.Name=\"\\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\\}\""));
  EXPECT_NE(first, second);
  EXPECT_EQ(things.Count("Thing"), 2u);
  EXPECT_EQ(things.PutInstance(kSpace, instance, PutMode::kUpdateOnly).status().code(), code::kIllegalNull);
  const FaultScope fault("store.random");
  const Status status = things.PutInstance(kSpace, instance, PutMode::kCreateOnly).status();
  EXPECT_EQ(status.code(), code::kFailed);
  EXPECT_EQ(status.detail()->system_call, "getrandom");
}

TEST(RepositoryInstanceTest, OtherNullsAreRefused) {
  Thing things;
  ASSERT_EQ(Put(things, Declare("Number").With(Key("N", CimType::kUint32))), code::kOk);
  EXPECT_EQ(PutIn(things, "Number", {}), code::kIllegalNull);
  EXPECT_EQ(PutIn(things, "Thing", {{"Name", T("a")}, {"Idx", U(1)}}), code::kIllegalNull);
  EXPECT_EQ(PutIn(things, "Thing", {{"Name", T("a")}, {"Must", U(1)}}), code::kIllegalNull);
  const Status status =
      things.PutInstance(kSpace, InstanceOf(things, "Thing", {{"Name", T("a")}}), PutMode::kCreateOnly).status();
  EXPECT_EQ(status.detail()->parameter, "Thing.Must");
}

TEST(RepositoryInstanceTest, NotEveryClassHasInstances) {
  TestRepository repository;
  ASSERT_EQ(Put(repository, Declare("Abstract").With(Flag("abstract")).With(Key("K"))), code::kOk);
  ASSERT_EQ(Put(repository, Declare("Keyless").With(Prop("P"))), code::kOk);
  EXPECT_EQ(PutIn(repository, "Abstract", {{"K", T("a")}}), code::kInvalidOperation);
  EXPECT_EQ(PutIn(repository, "Keyless", {{"P", T("a")}}), code::kNoKey);
  const cim::Object as_class(repository.FindClass("Abstract"));
  EXPECT_EQ(repository.PutInstance(kSpace, as_class, PutMode::kCreateOnly).status().code(), code::kInvalidObject);
  EXPECT_EQ(repository.PutInstance(kSpace, {}, PutMode::kCreateOnly).status().code(), code::kInvalidObject);
  const cim::ClassPtr stranger = ClassFor(kSpace, Declare("Stranger").With(Key("K")));
  EXPECT_EQ(repository.PutInstance(kSpace, InstanceOf(stranger, {{"K", T("a")}}), PutMode::kCreateOnly).status().code(),
            code::kInvalidClass);
  EXPECT_TRUE(Rows(repository, kSpace, "Stranger").empty());
  EXPECT_FALSE(Find(repository, kSpace, "Stranger", {T("a")}));
  EXPECT_FALSE(Find(repository, "ROOT\\none", "Stranger", {T("a")}));
}

TEST(RepositoryInstanceTest, ASingletonHasOneInstance) {
  TestRepository repository;
  ASSERT_EQ(Put(repository, Declare("Only").With(Flag("singleton")).With(Prop("P"))), code::kOk);
  const auto put = [&](const char* text) {
    return repository.PutInstance(kSpace, InstanceOf(repository, "Only", {{"P", T(text)}}), PutMode::kCreateOrUpdate);
  };
  EXPECT_EQ(*put("a"), "Only=@");
  EXPECT_EQ(*put("b"), "Only=@");
  EXPECT_EQ(PutIn(repository, "Only", {}, PutMode::kCreateOnly), code::kAlreadyExists);
  EXPECT_EQ(repository.Count("Only"), 1u);
  EXPECT_EQ(Find(repository, kSpace, "Only", {}).slot(0).text(), "b");
  EXPECT_EQ(repository.DeleteInstance(kSpace, "Only", {}).code(), code::kOk);
  EXPECT_EQ(repository.DeleteInstance(kSpace, "Only", {}).code(), code::kNotFound);
}

TEST(RepositoryInstanceTest, CannotMoveToAnotherClassOfTheSameKeys) {
  Thing things;
  ASSERT_EQ(things.PutThing("Left", "a"), code::kOk);
  for (const char* other : {"Right", "Thing"}) {
    for (const PutMode mode : {PutMode::kCreateOrUpdate, PutMode::kCreateOnly, PutMode::kUpdateOnly}) {
      EXPECT_EQ(things.PutThing(other, "A", mode), code::kAlreadyExists);
    }
  }
  const Status status =
      things
          .PutInstance(kSpace, InstanceOf(things, "Right", {{"Name", T("a")}, {"Must", U(1)}, {"Idx", U(1)}}),
                       PutMode::kCreateOnly)
          .status();
  EXPECT_NE(status.Message().find("Left"), std::string::npos) << status.Message();
  EXPECT_EQ(things.PutThing("Right", "b"), code::kOk);
}

TEST(RepositoryInstanceTest, DeletionLooksInDescendantsToo) {
  Thing things;
  ASSERT_EQ(things.PutThing("Left", "a"), code::kOk);
  EXPECT_FALSE(Find(things, kSpace, "Thing", {T("a")})) << "a look-up is of exactly one class";
  EXPECT_EQ(things.DeleteInstance(kSpace, "Right", {T("a")}).code(), code::kNotFound);
  EXPECT_EQ(things.DeleteInstance(kSpace, "None", {T("a")}).code(), code::kInvalidClass);
  EXPECT_EQ(things.DeleteInstance(kSpace, "Thing", {T("A")}).code(), code::kOk);
  EXPECT_TRUE(Rows(things, kSpace, "Left").empty());
}

TEST(RepositoryInstanceTest, ManyKeysAreComparedEachOnItsOwn) {
  TestRepository repository;
  ASSERT_EQ(Put(repository, Declare("Pair").With(Key("A")).With(Key("B"))), code::kOk);
  EXPECT_EQ(PutIn(repository, "Pair", {{"A", T("x")}, {"B", T("yz")}}, PutMode::kCreateOnly), code::kOk);
  EXPECT_EQ(PutIn(repository, "Pair", {{"A", T("xy")}, {"B", T("z")}}, PutMode::kCreateOnly), code::kOk);
  EXPECT_EQ(PutIn(repository, "Pair", {{"A", T("X")}, {"B", T("YZ")}}, PutMode::kCreateOnly), code::kAlreadyExists);
  EXPECT_EQ(PutIn(repository, "Pair", {{"A", T("line\nbreak")}, {"B", T("")}}), code::kInvalidObject);
}

TEST(RepositoryInstanceTest, AnObjectOfAnOlderClassIsTakenByNames) {
  TestRepository repository;
  ASSERT_EQ(Put(repository, Declare("C").With(Prop("Gone")).With(Key("K"))), code::kOk);
  const cim::ClassPtr old = repository.FindClass("C");
  Declare changed("C");
  changed.With(Key("K")).With(Prop("New", CimType::kUint8));
  changed.properties[1].default_value = U(9);
  ASSERT_EQ(Put(repository, changed), code::kOk);
  const auto put = [&](const std::vector<Setting>& settings) {
    return repository.PutInstance(kSpace, InstanceOf(old, settings), PutMode::kCreateOnly).status().code();
  };
  EXPECT_EQ(put({{"K", T("a")}, {"Gone", T("lost")}}), code::kInvalidObject);
  EXPECT_EQ(put({{"K", T("a")}}), code::kOk);
  const cim::Object stored = Find(repository, kSpace, "C", {T("a")});
  EXPECT_EQ(stored.slot(0).text(), "a");
  EXPECT_EQ(stored.slot(1).unsigned_integer(), 9u);
}

TEST(RepositoryInstanceTest, HiddenPropertiesStayAsTheyAre) {
  Thing things;
  ASSERT_EQ(things.PutThing("Thing", "a", PutMode::kCreateOnly, 5), code::kOk);
  cim::PropertySet shown;
  shown.Add(0);
  shown.Add(2);
  const cim::Object part = InstanceOf(things.FindClass("Thing"), {{"Name", T("a")}, {"Must", U(2)}}, shown);
  EXPECT_EQ(things.PutInstance(kSpace, part, PutMode::kUpdateOnly).status().code(), code::kOk);
  const cim::Object stored = Find(things, kSpace, "Thing", {T("a")});
  EXPECT_EQ(stored.slot(1).unsigned_integer(), 5u);
  EXPECT_EQ(stored.slot(2).unsigned_integer(), 2u);
  EXPECT_TRUE(stored.IsVisible(1));
  cim::PropertySet keyless;
  keyless.Add(1);
  const cim::Object nameless = InstanceOf(things.FindClass("Thing"), {{"Name", T("a")}}, keyless);
  EXPECT_EQ(things.PutInstance(kSpace, nameless, PutMode::kUpdateOnly).status().code(), code::kNoKey);
}

TEST(RepositoryInstanceTest, ACursorGoesOnWhileOthersChange) {
  Thing things;
  for (int i = 0; i < 10; ++i) ASSERT_EQ(things.PutThing("Thing", std::to_string(i).c_str()), code::kOk);
  const std::unique_ptr<InstanceCursor> cursor = things.ReadInstances(kSpace, "Thing");
  EXPECT_EQ(cursor->total(), 10u);
  Names names;
  ASSERT_TRUE(*cursor->Read(4, names));
  EXPECT_THAT(names.seen, ElementsAre("0", "1", "2", "3"));
  ASSERT_TRUE(things.DeleteInstance(kSpace, "Thing", {T("5")}).ok());
  ASSERT_EQ(things.PutThing("Thing", "1", PutMode::kUpdateOnly, 7), code::kOk);
  ASSERT_FALSE(*cursor->Read(100, names));
  EXPECT_THAT(names.seen, ElementsAre("0", "1", "2", "3", "4", "6", "7", "8", "9"));
}

TEST(RepositoryInstanceTest, IndexedValuesAndReferrersAreFound) {
  Thing things;
  ASSERT_EQ(Put(things, Declare("Link").With(Key("From", CimType::kReference)).With(Prop("To", CimType::kReference))),
            code::kOk);
  ASSERT_EQ(things.PutThing("Thing", "a"), code::kOk);
  ASSERT_EQ(things.PutThing("Left", "b"), code::kOk);
  EXPECT_EQ(FindByValue(things, kSpace, "Thing", "idx", U(1)).size(), 1u);
  EXPECT_EQ(FindByValue(things, kSpace, "Thing", "IDX", U(1)).size(), 1u);
  EXPECT_TRUE(FindByValue(things, kSpace, "Left", "Idx", U(1)).empty()) << "the qualifier is not handed down";
  EXPECT_TRUE(FindByValue(things, kSpace, "Thing", "idx", U(2)).empty());
  ASSERT_EQ(PutIn(things, "Link", {{"From", T("Thing.Name=\"a\"")}, {"To", T("\\\\HOST\\ROOT\\test:Left.Name='b'")}}),
            code::kOk);
  const auto referrers = [&](std::string_view path) { return things.FindReferrers(path, kSpace)->size(); };
  EXPECT_EQ(referrers("thing.name='A'"), 1u);
  EXPECT_EQ(referrers("Left.Name=\"b\""), 1u);
  EXPECT_EQ(things.FindReferrers("ROOT\\test:Left.Name=\"b\"", "ROOT")->front().property, "to");
  EXPECT_EQ(referrers("Left.Name=\"c\""), 0u);
  ASSERT_TRUE(things.DeleteInstance(kSpace, "Link", {T("Thing.Name=\"a\"")}).ok());
  EXPECT_EQ(referrers("Left.Name=\"b\""), 0u);
  ASSERT_TRUE(things.DeleteInstance(kSpace, "Thing", {T("a")}).ok());
  EXPECT_TRUE(FindByValue(things, kSpace, "Thing", "idx", U(1)).empty());
}

TEST(RepositoryInstanceTest, EveryKindOfValueIsKept) {
  TestRepository repository;
  Declare all("All");
  all.With(Key("K"))
      .With(Prop("B", CimType::kBoolean))
      .With(Prop("S", CimType::kSint64))
      .With(Prop("R", CimType::kReal64));
  all.With(Prop("O", CimType::kObject)).With(Prop("L")).With(Prop("N", CimType::kUint8));
  all.properties[5].type.is_array = true;
  ASSERT_EQ(Put(repository, all), code::kOk);
  const cim::Object inner = InstanceOf(repository, "All", {{"K", T("inner")}});
  const std::vector<Setting> settings = {
      {"K", T(std::string(100, 'k'))},    {"B", cim::Value::Boolean(true)},
      {"S", cim::Value::Signed(-5)},      {"R", cim::Value::Real(0.5)},
      {"O", cim::Value::OfObject(inner)}, {"L", cim::Value::Array({T("one"), T(""), T(std::string(5000, 'x'))})}};
  ASSERT_EQ(PutIn(repository, "All", settings), code::kOk);
  const cim::Object stored = Find(repository, kSpace, "All", {settings[0].value});
  ASSERT_TRUE(stored);
  for (const Setting& setting : settings) {
    const std::size_t slot = stored.schema().FindSlot(setting.name).value();
    if (setting.name == "O") continue;
    EXPECT_TRUE(cim::SameValue(stored.slot(slot), setting.value.view())) << setting.name;
  }
  EXPECT_TRUE(stored.slot(6).is_null());
  // An embedded object keeps its class with it.
  const cim::Object* embedded = stored.slot(4).object();
  EXPECT_EQ(CompareVersions(embedded->schema(), inner.schema()), ClassChange::kNone);
  EXPECT_EQ(embedded->slot(0).text(), "inner");
}

// ---- limits

TEST(RepositoryLimitTest, Namespaces) {
  TestRepository repository(RepositoryLimits{.namespaces = 3});
  EXPECT_EQ(Create(repository, "ROOT\\a"), code::kOk);
  const Status status = repository.CreateNamespace("ROOT\\b", {});
  EXPECT_EQ(status.code(), code::kQuotaViolation);
  EXPECT_NE(status.Message().find("3 namespaces"), std::string::npos) << status.Message();
  EXPECT_NE(status.Message().find("kNamespacesMax"), std::string::npos) << status.Message();
  EXPECT_TRUE(repository.DeleteNamespace("ROOT\\a").ok());
  EXPECT_EQ(Create(repository, "ROOT\\b"), code::kOk);
}

TEST(RepositoryLimitTest, NamespaceDepth) {
  TestRepository repository;
  std::string name = "ROOT";
  for (std::size_t level = 2; level <= limits::kNamespaceDepthMax; ++level) {
    name += "\\n";
    ASSERT_EQ(Create(repository, name), code::kOk) << level;
  }
  EXPECT_EQ(Create(repository, name + "\\n"), code::kQuotaViolation);
}

TEST(RepositoryLimitTest, Classes) {
  TestRepository repository(RepositoryLimits{.classes_per_namespace = 2});
  EXPECT_EQ(Put(repository, Declare("A")), code::kOk);
  EXPECT_EQ(Put(repository, Declare("B")), code::kOk);
  EXPECT_EQ(Put(repository, Declare("C")), code::kQuotaViolation);
  EXPECT_EQ(Put(repository, Declare("B").With(Prop("P"))), code::kOk);
  EXPECT_EQ(Load(repository, kSpace, {Declare("D")}).code(), code::kQuotaViolation);
}

TEST(RepositoryLimitTest, Instances) {
  Thing things(RepositoryLimits{.instances = 2});
  EXPECT_EQ(things.PutThing("Left", "a"), code::kOk);
  EXPECT_EQ(things.PutThing("Right", "b"), code::kOk);
  EXPECT_EQ(things.PutThing("Thing", "c"), code::kQuotaViolation);
  EXPECT_EQ(things.PutThing("Left", "a"), code::kOk) << "an update adds nothing";
  EXPECT_TRUE(things.DeleteInstance(kSpace, "Left", {T("a")}).ok());
  EXPECT_EQ(things.PutThing("Thing", "c"), code::kOk);
  EXPECT_EQ(things.PutThing("Thing", "d"), code::kQuotaViolation);
}

}  // namespace
}  // namespace wmi::store
