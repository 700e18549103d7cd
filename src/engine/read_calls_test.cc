// The read calls below the COM surface: what each source asks of providers, and how each ends.
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "engine/calls.h"
#include "engine/engine.h"
#include "engine/enumerator.h"

namespace wmi::engine {
namespace {

constexpr const char* kSystemClasses = R"mof(
  [abstract] class __SystemClass {};
  class __NAMESPACE : __SystemClass { [key] string Name; };
)mof";

constexpr const char* kClasses = R"mof(
  [abstract] class Animal { [key] string Name; uint32 Legs; string Secret; };
  [dynamic, provider("Zoo")] class Dog : Animal { boolean Barks; };
  [dynamic, provider("Zoo")] class Bird : Animal { real64 Wingspan; };
  [dynamic, provider("Gone")] class Dodo : Animal {};
  class Stone { [key] uint32 Id; };
)mof";

// What a provider was asked and from which thread.
struct Asked {
  bool has_keys = false;
  std::size_t keys = 0;
  bool needs_legs = false;
  std::thread::id thread;
};

// Writes `names`; the slots are those of Animal. "Shy" refuses its secret.
class Zoo final : public provider::InstanceProvider {
 public:
  Zoo(std::vector<std::string> names, provider::Blocking blocking, std::vector<Asked>& log)
      : names_(std::move(names)), blocking_(blocking), log_(log) {}

  provider::Blocking blocking() const override { return blocking_; }

  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override {
    log_.push_back({request.has_keys, request.keys.size(), request.needed.Contains(1), std::this_thread::get_id()});
    return std::unique_ptr<provider::InstanceStream>(std::make_unique<Stream>(*this, request));
  }

 private:
  struct Stream final : provider::InstanceStream {
    Stream(const Zoo& owner, const provider::Request& wanted) : zoo(owner), request(wanted) {}
    Result<provider::ReadState> Read(provider::RowWriter& writer) override {
      while (next < zoo.names_.size()) {
        if (writer.full()) return provider::ReadState::kMore;
        const std::string& name = zoo.names_[next++];
        if (name == "Broken") return Status(code::kProviderFailure, "the cage is empty");
        if (request.has_keys && !Wanted(name)) continue;
        writer.Begin();
        writer.SetText(0, name);
        writer.SetUnsigned(1, 4);
        if (name == "Shy") writer.SetDenied(2);
        writer.Commit();
      }
      return provider::ReadState::kEnd;
    }
    bool Wanted(const std::string& name) const {
      for (const provider::KeyTuple& key : request.keys) {
        if (EqualFolded(key.front().view().text(), name)) return true;
      }
      return false;
    }
    const Zoo& zoo;
    const provider::Request& request;
    std::size_t next = 0;
  };

  const std::vector<std::string> names_;
  const provider::Blocking blocking_;
  std::vector<Asked>& log_;
};

class SourcesTest : public testing::Test {
 protected:
  SourcesTest() {
    engine_.catalogue().SetSystemClasses({"system.mof", kSystemClasses});
    Expect(engine_.catalogue().AddNamespace("ROOT\\zoo\\inner"));
    Expect(engine_.catalogue().Compile({"zoo.mof", kClasses}, "root\\ZOO"));
    session_ = engine_.Connect("root\\Zoo").value();
  }

  static void Expect(const Status& status) { ASSERT_TRUE(status.ok()) << status.Message(); }

  void AddDogs(std::vector<std::string> names, provider::Blocking blocking = provider::Blocking::kNever) {
    engine_.providers().Register("Dog", std::make_unique<Zoo>(std::move(names), blocking, dogs_));
  }
  void AddBirds(std::vector<std::string> names) {
    engine_.providers().Register("Bird", std::make_unique<Zoo>(std::move(names), provider::Blocking::kNever, birds_));
  }
  void AddDodos() {
    engine_.providers().Register("Dodo",
                                 std::make_unique<Zoo>(std::vector<std::string>(), provider::Blocking::kNever, dodos_));
  }

  struct Answer {
    Status outcome;
    std::vector<cim::Object> rows;
    std::string Names() const {
      std::string names;
      for (const cim::Object& row : rows) {
        if (!names.empty()) names += ' ';
        names += row.is_class() ? row.schema().name() : std::string(row.slot(0).text());
      }
      return names;
    }
  };

  Answer Run(std::unique_ptr<RowSource> source) {
    auto results = std::make_shared<ResultSet>(Retention::kForwardOnly, RunAhead::kToTheEnd, session_->quota());
    Result<Reservation> reservation = engine_.runtime().Reserve(session_->lane());
    Operation::Call call;
    call.session = session_->lane();
    call.description = "test";
    call.source = std::move(source);
    call.consumer = results;
    results->Attach(Operation::Start(engine_.runtime(), std::move(reservation).value(), std::move(call)));
    Answer answer;
    ResultSet::Position position = 0;
    ResultSet::ReadResult read =
        results->Read(position, 1'000'000, SteadyClock().Now() + std::chrono::seconds(60), answer.rows);
    EXPECT_EQ(read.state, ResultSet::ReadState::kEnd);
    answer.outcome = read.ending.status;
    return answer;
  }
  Answer Query(const std::string& text, QueryResult result = QueryResult::kInstances) {
    return Run(QuerySource(session_, text, {.result = result}));
  }
  Answer Get(const std::string& path) { return Run(ObjectSource(session_, path)); }

  std::vector<Asked> dogs_;
  std::vector<Asked> birds_;
  std::vector<Asked> dodos_;
  Engine engine_{Engine::Options()};
  SessionPtr session_;
};

TEST_F(SourcesTest, AQueryReadsTheClassAndItsSubclasses) {
  AddDogs({"Rex", "Ada"});
  AddBirds({"Tweety"});
  AddDodos();
  Answer answer = Query("SELECT Name FROM Animal");
  EXPECT_TRUE(answer.outcome.ok()) << answer.outcome.Message();
  EXPECT_EQ(answer.Names(), "Rex Ada Tweety");
  EXPECT_EQ(answer.rows[2].schema().name(), "Bird");
  EXPECT_FALSE(answer.rows[0].IsVisible(1)) << "not in the select list";
  EXPECT_FALSE(dogs_[0].needs_legs) << "only what the query touches is asked for";
}

TEST_F(SourcesTest, WhereIsAppliedAndItsPropertiesAreRead) {
  AddDogs({"Rex", "Ada"});
  EXPECT_EQ(Query("SELECT Name FROM Dog WHERE Name LIKE 'R%' AND Legs = 4").Names(), "Rex");
  EXPECT_TRUE(dogs_[0].needs_legs);
}

TEST_F(SourcesTest, WhereThatNamesTheKeyIsALookUp) {
  AddDogs({"Rex", "Ada"});
  EXPECT_EQ(Query("SELECT * FROM Dog WHERE Name = 'ada' OR Name = 'Bello'").Names(), "Ada");
  EXPECT_TRUE(dogs_[0].has_keys);
  EXPECT_EQ(dogs_[0].keys, 2u);
}

TEST_F(SourcesTest, AWrongQueryEndsTheOperationNotTheStart) {
  Answer answer = Query("SELECT * FORM Dog");
  EXPECT_EQ(answer.outcome.code(), code::kInvalidQuery);
  ASSERT_NE(answer.outcome.detail(), nullptr);
  EXPECT_EQ(answer.outcome.detail()->column, 10);
  EXPECT_EQ(Query("SELECT * FROM Dgo").outcome.code(), code::kInvalidClass);
  EXPECT_NE(Query("SELECT * FROM Dgo").outcome.Message().find("Dog"), std::string::npos)
      << "the nearest class is named";
}

TEST_F(SourcesTest, SchemaQueriesGiveClasses) {
  EXPECT_EQ(Query("SELECT * FROM meta_class WHERE __this ISA 'Animal'").Names(), "Animal Dog Bird Dodo");
  EXPECT_EQ(Query("SELECT * FROM meta_class WHERE __CLASS = 'stone'").Names(), "Stone");
}

TEST_F(SourcesTest, NamespacesAreInstances) {
  EXPECT_EQ(Query("SELECT * FROM __NAMESPACE").Names(), "inner");
  EXPECT_EQ(Get("__NAMESPACE.Name='INNER'").Names(), "inner");
}

TEST_F(SourcesTest, APrototypeIsOneEmptyInstance) {
  Answer answer = Query("SELECT Legs FROM Dog", QueryResult::kPrototype);
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_TRUE(answer.rows[0].slot(1).is_null());
  EXPECT_TRUE(dogs_.empty()) << "the query is not run";
}

TEST_F(SourcesTest, DeniedPropertiesGivePartialResultsThatNameThem) {
  AddDogs({"Rex", "Shy"});
  Answer answer = Query("SELECT * FROM Dog");
  EXPECT_EQ(answer.rows.size(), 2u);
  EXPECT_EQ(answer.outcome.code(), code::kPartialResults);
  EXPECT_NE(answer.outcome.Message().find("Secret"), std::string::npos);
  EXPECT_EQ(Query("SELECT * FROM Dog WHERE Name = 'Rex'").outcome.code(), code::kOk) << "denied rows were filtered out";
}

TEST_F(SourcesTest, AFailingProviderIsNamedAndItsRowsStay) {
  AddDogs({"Rex", "Broken", "Ada"});
  Answer answer = Query("SELECT * FROM Dog");
  EXPECT_EQ(answer.Names(), "Rex");
  EXPECT_EQ(answer.outcome.code(), code::kProviderFailure);
  EXPECT_EQ(answer.outcome.detail()->provider, "Zoo");
}

TEST_F(SourcesTest, ADynamicClassWithoutProviderSaysSo) {
  Answer answer = Query("SELECT * FROM Dodo");
  EXPECT_EQ(answer.outcome.code(), code::kProviderNotFound);
  EXPECT_EQ(answer.outcome.detail()->provider, "Gone");
}

TEST_F(SourcesTest, AStaticClassWithoutInstancesIsEmpty) {
  Answer answer = Query("SELECT * FROM Stone");
  EXPECT_TRUE(answer.outcome.ok());
  EXPECT_TRUE(answer.rows.empty());
}

TEST_F(SourcesTest, ABlockingProviderRunsOnAnotherPool) {
  AddDogs({"Rex"}, provider::Blocking::kPossible);
  AddBirds({"Tweety"});
  AddDodos();
  EXPECT_EQ(Query("SELECT * FROM Animal").Names(), "Rex Tweety");
  // Executor threads never run what may block (I7): the thread that asked Dog is none of those that ask Bird.
  for (int round = 0; round < 50; ++round) Query("SELECT * FROM Animal");
  for (const Asked& dog : dogs_) {
    for (const Asked& bird : birds_) ASSERT_NE(dog.thread, bird.thread);
  }
}

TEST_F(SourcesTest, DeepAndShallowEnumeration) {
  AddDogs({"Rex"});
  AddBirds({"Tweety"});
  AddDodos();
  EXPECT_EQ(Run(InstancesSource(session_, "animal", Depth::kDeep)).Names(), "Rex Tweety");
  EXPECT_EQ(Run(InstancesSource(session_, "animal", Depth::kShallow)).Names(), "");
  EXPECT_EQ(Run(InstancesSource(session_, "nothing", Depth::kDeep)).outcome.code(), code::kInvalidClass);
}

TEST_F(SourcesTest, GetObjectFindsClassesAndInstances) {
  AddDogs({"Rex", "Ada"});
  AddBirds({"Tweety"});
  AddDodos();
  EXPECT_EQ(Get("dog").Names(), "Dog");
  EXPECT_TRUE(Get("dog").rows[0].is_class());
  EXPECT_EQ(Get("Dog.Name=\"Ada\"").Names(), "Ada");
  EXPECT_EQ(Get("Dog='rex'").Names(), "Rex");
  EXPECT_EQ(Get("Animal.Name='Tweety'").rows[0].schema().name(), "Bird") << "the real class";
  EXPECT_EQ(Get("\\\\.\\root\\zoo:Dog.Name='Rex'").Names(), "Rex");
}

TEST_F(SourcesTest, GetObjectSaysWhatIsWrong) {
  AddDogs({"Rex"});
  EXPECT_EQ(Get("Dog.Name='Nobody'").outcome.code(), code::kNotFound);
  EXPECT_EQ(Get("Cat").outcome.code(), code::kNotFound);
  EXPECT_EQ(Get("Cat.Name='Tom'").outcome.code(), code::kInvalidClass);
  EXPECT_EQ(Get("Dog.Name=").outcome.code(), code::kInvalidObjectPath);
  EXPECT_EQ(Get("Dog.Color='red'").outcome.code(), code::kInvalidObjectPath);
  EXPECT_EQ(Get("Dog=@").outcome.code(), code::kInvalidObjectPath) << "not a singleton";
  EXPECT_EQ(Get("root\\other:Dog.Name='Rex'").outcome.code(), code::kInvalidObjectPath) << "another namespace";
}

TEST_F(SourcesTest, ConnectNamesTheMissingNamespace) {
  Result<SessionPtr> session = engine_.Connect("root\\nowhere");
  EXPECT_EQ(session.status().code(), code::kInvalidNamespace);
  EXPECT_NE(session.status().Message().find("root\\nowhere"), std::string::npos);
}

TEST_F(SourcesTest, MofWithAnErrorAddsNothing) {
  Status status = engine_.catalogue().Compile({"bad.mof", "class Good {}; class Bad : Missing {};"}, "root\\zoo");
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(engine_.catalogue().FindClass("root\\zoo", "Good"), nullptr);
  Status elsewhere = engine_.catalogue().Compile(
      {"elsewhere.mof", "#pragma namespace(\"\\\\\\\\.\\\\root\\\\other\")\nclass Lost {};"}, "root\\zoo");
  EXPECT_EQ(elsewhere.code(), code::kInvalidNamespace);
}

}  // namespace
}  // namespace wmi::engine
