// ASSOCIATORS OF and REFERENCES OF over stored and provided associations (contract 7.3).
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "cim/object_path.h"
#include "engine/calls.h"
#include "engine/engine.h"
#include "engine/enumerator.h"

namespace wmi::engine {
namespace {

constexpr const char* kSystemClasses = R"mof(
  [abstract] class __SystemClass {};
  class __NAMESPACE : __SystemClass { [key] string Name; };
)mof";

// A house with rooms and people. A guest book links persons to rooms, friendship persons to persons.
constexpr const char* kWorld = R"mof(
  [abstract] class Base { [key] string Name; };
  class Person : Base { uint32 Age; };
  [Tagged] class Guest : Person { };
  class Room : Base { uint32 Beds; };
  class Numbered { [key] uint32 Id; };

  [association] class Stay { [key] Person ref Who; [key] Room ref Where; uint32 Nights; };
  [association, Tagged] class LongStay : Stay { };
  [association] class Friends { [key] Person ref Older; [key] Person ref Younger; };
  [association] class Anything { [key] object ref One; [key] object ref Other; };
  [association, dynamic, provider("Keys")] class HasKey { [key] Person ref Holder; [key] Room ref Opens; };

  instance of Person { Name = "ann"; Age = 40; };
  instance of Person { Name = "bob"; Age = 30; };
  instance of Guest { Name = "cyd"; Age = 20; };
  instance of Room { Name = "red"; Beds = 1; };
  instance of Room { Name = "blue"; Beds = 2; };
  instance of Numbered { Id = 7; };
  instance of Stay { Who = "Person.Name=\"ann\""; Where = "Room.Name=\"red\""; Nights = 1; };
  instance of LongStay { Who = "Person.Name=\"ann\""; Where = "Room.Name=\"blue\""; Nights = 30; };
  instance of Stay { Who = "Person.Name=\"cyd\""; Where = "Room=\"BLUE\""; };
  instance of Stay { Who = "Person.Name=\"bob\""; Where = "Room.Name=\"gone\""; };
  instance of Friends { Older = "Person.Name=\"ann\""; Younger = "Person.Name=\"bob\""; };
  instance of Friends { Older = "Person.Name=\"bob\""; Younger = "Guest.Name=\"cyd\""; };
  instance of Anything { One = "Numbered.Id=7"; Other = "\\\\.\\root\\house:Room.Name=\"red\""; };
  instance of Anything { One = "Room.Name=\"red\""; Other = "Person.Name=\"ann\""; };
  instance of Anything { One = "Numbered=7"; Other = "root\\other:Room.Name=\"far\""; };
)mof";

constexpr const char* kOther = R"mof(
  class Room { [key] string Name; };
  instance of Room { Name = "far"; };
)mof";

// ann and bob have the key of the red room; the provider does not look at what it is asked for.
class Keys final : public provider::InstanceProvider {
 public:
  explicit Keys(Status failure) : failure_(std::move(failure)) {}
  provider::Blocking blocking() const override { return provider::Blocking::kPossible; }
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request&) override {
    ++opened;
    if (!failure_.ok()) return failure_;
    return std::unique_ptr<provider::InstanceStream>(std::make_unique<Stream>());
  }
  std::atomic<int> opened = 0;

 private:
  struct Stream final : provider::InstanceStream {
    Result<provider::ReadState> Read(provider::RowWriter& writer) override {
      for (const char* who : {"ann", "bob"}) {
        writer.Begin();
        writer.SetText(0, std::string("\\\\.\\root\\house:Person.Name=\"") + who + "\"");
        writer.SetText(1, "Room.Name=\"red\"");
        writer.Commit();
      }
      return provider::ReadState::kEnd;
    }
  };
  const Status failure_;
};

class AssociationTest : public testing::Test {
 protected:
  AssociationTest() {
    engine_.catalogue().SetSystemClasses({"system.mof", kSystemClasses});
    Expect(engine_.catalogue().AddNamespace("ROOT\\house"));
    Expect(engine_.catalogue().AddNamespace("ROOT\\other"));
    Expect(engine_.catalogue().Compile({"other.mof", kOther}, "root\\other"));
    Expect(engine_.catalogue().Compile({"world.mof", kWorld}, "root\\house"));
    session_ = engine_.Connect("root\\house").value();
  }

  static void Expect(const Status& status) { ASSERT_TRUE(status.ok()) << status.Message(); }

  void AddKeys(Status failure = Status()) {
    auto keys = std::make_unique<Keys>(std::move(failure));
    keys_ = keys.get();
    engine_.providers().Register("HasKey", std::move(keys));
  }

  struct Answer {
    Status outcome;
    std::vector<cim::Object> rows;
  };

  Answer Query(const std::string& text, QueryResult result = QueryResult::kInstances) {
    auto results = std::make_shared<ResultSet>(Retention::kForwardOnly, RunAhead::kToTheEnd, session_->quota());
    Result<Reservation> reservation = engine_.runtime().Reserve(session_->lane());
    Operation::Call call;
    call.session = session_->lane();
    call.description = "test";
    call.source = QuerySource(session_, text, {.result = result});
    call.consumer = results;
    results->Attach(Operation::Start(engine_.runtime(), std::move(reservation).value(), std::move(call)));
    Answer answer;
    ResultSet::Position position = 0;
    const ResultSet::ReadResult read =
        results->Read(position, 1'000'000, SteadyClock().Now() + std::chrono::seconds(60), answer.rows);
    EXPECT_EQ(read.state, ResultSet::ReadState::kEnd);
    answer.outcome = read.ending.status;
    return answer;
  }

  // The relative paths, sorted and without quotes; the code when the call failed.
  std::string Paths(const std::string& text) {
    const Answer answer = Query(text);
    if (!answer.outcome.ok()) return std::string(CodeName(answer.outcome.code()));
    std::vector<std::string> paths;
    for (const cim::Object& row : answer.rows) paths.push_back(cim::RelativePath(row).value_or("?"));
    std::sort(paths.begin(), paths.end());
    std::string all;
    for (std::string& path : paths) {
      std::erase_if(path, [](char c) { return c == '"' || c == '\\'; });
      all += (all.empty() ? "" : " ") + path;
    }
    return all;
  }

  Keys* keys_ = nullptr;
  Engine engine_{Engine::Options()};
  SessionPtr session_;
};

TEST_F(AssociationTest, TheOtherEndsComeOncePerAssociation) {
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person.Name='ann'}"), "Person.Name=bob Room.Name=blue Room.Name=red Room.Name=red");
  EXPECT_EQ(Paths("ASSOCIATORS OF {Room.Name=\"red\"}"), "Numbered.Id=7 Person.Name=ann Person.Name=ann");
}

TEST_F(AssociationTest, NothingAtTheOtherEndIsNoResult) {
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person.Name='bob'} WHERE AssocClass=Stay"), "");
}

TEST_F(AssociationTest, ASourceThatIsNotThereIsNotFound) {
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person.Name='eve'}"), "WBEM_E_NOT_FOUND");
  EXPECT_EQ(Paths("REFERENCES OF {Person.Name='eve'}"), "WBEM_E_NOT_FOUND");
  EXPECT_EQ(Paths("REFERENCES OF {Persn.Name='ann'}"), "WBEM_E_INVALID_CLASS");
}

TEST_F(AssociationTest, APrototypeNeedsTheNameOfTheClassAndNoObject) {
  const auto prototype = [&](const std::string& text) {
    const Answer answer = Query(text, QueryResult::kPrototype);
    if (!answer.outcome.ok()) return std::string(CodeName(answer.outcome.code()));
    if (answer.rows.size() != 1) return std::string("not one");
    return answer.rows[0].schema().name() + (answer.rows[0].slot(0).is_null() ? "" : " with values");
  };
  EXPECT_EQ(prototype("ASSOCIATORS OF {Person.Name='eve'} WHERE ResultClass=Room"), "Room");
  EXPECT_EQ(prototype("ASSOCIATORS OF {Person.Name='eve'} WHERE ResultClass=Room KeysOnly"), "Room");
  EXPECT_EQ(prototype("REFERENCES OF {Person.Name='ann'} WHERE ResultClass=Stay"), "Stay");
  EXPECT_EQ(prototype("ASSOCIATORS OF {Person.Name='ann'} WHERE AssocClass=Stay"), "WBEM_E_NOT_SUPPORTED");
  EXPECT_EQ(prototype("REFERENCES OF {Person.Name='ann'}"), "WBEM_E_NOT_SUPPORTED");
  EXPECT_EQ(prototype("ASSOCIATORS OF {Person.Name='ann'} WHERE ClassDefsOnly"), "WBEM_E_NOT_SUPPORTED");
  EXPECT_EQ(prototype("SELECT * FROM meta_class WHERE __this ISA 'Room'"), "WBEM_E_NOT_SUPPORTED");
  EXPECT_EQ(prototype("ASSOCIATORS OF {Person.Name='ann'} WHERE ResultClass=Rom"), "WBEM_E_INVALID_CLASS");
}

TEST_F(AssociationTest, AnObjectIsMeantUnderEveryNameOfItsClass) {
  EXPECT_EQ(Paths("ASSOCIATORS OF {Guest.Name='cyd'}"), "Person.Name=bob Room.Name=blue");
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person='CYD'}"), "Person.Name=bob Room.Name=blue");
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person.Name='bob'} WHERE AssocClass=Friends"), "Guest.Name=cyd Person.Name=ann");
  EXPECT_EQ(Paths("ASSOCIATORS OF {Numbered=7}"), "Room.Name=far Room.Name=red");
}

TEST_F(AssociationTest, WordsNarrowTheWalk) {
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person.Name='ann'} WHERE AssocClass=Stay"), "Room.Name=blue Room.Name=red");
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person.Name='ann'} WHERE AssocClass=LongStay"), "Room.Name=blue");
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person.Name='ann'} WHERE RequiredAssocQualifier=Tagged"), "Room.Name=blue");
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person.Name='ann'} WHERE ResultClass=Person"), "Person.Name=bob");
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person.Name='bob'} WHERE ResultClass=Guest"), "Guest.Name=cyd");
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person.Name='bob'} WHERE RequiredQualifier=Tagged"), "Guest.Name=cyd");
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person.Name='bob'} WHERE Role=Older"), "Guest.Name=cyd");
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person.Name='bob'} WHERE ResultRole=older"), "Person.Name=ann");
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person.Name='bob'} WHERE Role=Nobody"), "");
}

TEST_F(AssociationTest, ReferencesAreTheAssociationsThemselves) {
  EXPECT_EQ(Paths("REFERENCES OF {Person.Name='ann'} WHERE ResultClass=Stay"),
            "LongStay.Where=Room.Name=blue,Who=Person.Name=ann Stay.Where=Room.Name=red,Who=Person.Name=ann");
  EXPECT_EQ(Paths("REFERENCES OF {Person.Name='ann'} WHERE RequiredQualifier=Tagged"),
            "LongStay.Where=Room.Name=blue,Who=Person.Name=ann");
  EXPECT_EQ(Paths("REFERENCES OF {Person.Name='bob'} WHERE Role=Where"), "");
}

TEST_F(AssociationTest, ClassesInPlaceOfObjects) {
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person.Name='ann'} WHERE ClassDefsOnly"), "Person Room");
  EXPECT_EQ(Paths("REFERENCES OF {Person.Name='ann'} WHERE ClassDefsOnly"), "Anything Friends LongStay Stay");
  EXPECT_EQ(Paths("REFERENCES OF {Person} WHERE SchemaOnly"), "Anything Friends HasKey LongStay Stay");
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person} WHERE SchemaOnly AssocClass=Stay"), "Room Room");
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person} WHERE SchemaOnly AssocClass=Friends ResultRole=Older"), "Person");
}

TEST_F(AssociationTest, KeysOnlyShowsTheKeys) {
  const Answer answer = Query("ASSOCIATORS OF {Person.Name='ann'} WHERE AssocClass=LongStay KeysOnly");
  ASSERT_EQ(answer.rows.size(), 1u);
  EXPECT_TRUE(answer.rows[0].IsVisible(0));
  EXPECT_FALSE(answer.rows[0].IsVisible(1));
  const Answer stays = Query("REFERENCES OF {Person.Name='ann'} WHERE ResultClass=LongStay KeysOnly");
  ASSERT_EQ(stays.rows.size(), 1u);
  EXPECT_TRUE(stays.rows[0].IsVisible(1));
  EXPECT_FALSE(stays.rows[0].IsVisible(2));
}

TEST_F(AssociationTest, ProvidedAssociationsAreAskedForTheirRows) {
  AddKeys();
  EXPECT_EQ(Paths("ASSOCIATORS OF {Room.Name='red'} WHERE AssocClass=HasKey"), "Person.Name=ann Person.Name=bob");
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person.Name='bob'} WHERE ResultClass=Room"), "Room.Name=red");
}

TEST_F(AssociationTest, AProviderWhoseRolesCannotMatchIsNotAsked) {
  AddKeys();
  EXPECT_EQ(Paths("ASSOCIATORS OF {Numbered.Id=7} WHERE ResultClass=Room"), "Room.Name=far Room.Name=red");
  EXPECT_EQ(Paths("ASSOCIATORS OF {Person.Name='ann'} WHERE ResultClass=Person"), "Person.Name=bob");
  EXPECT_EQ(keys_->opened, 0);
}

TEST_F(AssociationTest, AFailingProviderLeavesTheRest) {
  AddKeys(Status(code::kProviderFailure, "the key board is gone"));
  const Answer answer = Query("ASSOCIATORS OF {Room.Name='blue'}");
  EXPECT_EQ(answer.outcome.code(), code::kPartialResults);
  EXPECT_NE(answer.outcome.Message().find("the key board is gone"), std::string::npos) << answer.outcome.Message();
  EXPECT_EQ(answer.rows.size(), 2u);
}

}  // namespace
}  // namespace wmi::engine
