// What is answered when the stored definition of a class cannot be read: never as if the class were not there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "engine/calls.h"
#include "engine/engine.h"
#include "engine/result_set.h"

namespace wmi::engine {
namespace {

using ::testing::HasSubstr;

constexpr const char* kSystem = "[abstract] class __SystemClass {}; class __NAMESPACE { [key] string Name; };";
constexpr const char* kWorld = R"mof(
  class Base { [key] string Id; };
  class Sound : Base {};
  class Broken : Base { uint32 Watt; };
  class Below : Broken {};
  class Other { [key] string Id; };
  instance of Base { Id = "base"; };
  instance of Sound { Id = "sound"; };
  instance of Broken { Id = "broken"; };
  instance of Other { Id = "other"; };
)mof";

class ClassDamageTest : public testing::Test {
 protected:
  ClassDamageTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "damage-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    {
      Engine engine(OnFolder());
      engine.catalogue().SetSystemClasses({"system.mof", kSystem});
      const Status installed = engine.catalogue().Install({"ROOT", "ROOT\\default"}, {});
      EXPECT_TRUE(installed.ok()) << installed.Message();
      const Status compiled = engine.catalogue().Compile({"world.mof", kWorld}, "root\\default");
      EXPECT_TRUE(compiled.ok()) << compiled.Message();
    }
    auto repository = Open();
    EXPECT_TRUE(repository->database()
                    ->writer()
                    .Execute("UPDATE definitions SET body = x'00' WHERE id = (SELECT definition FROM classes WHERE "
                             "name = 'Broken')")
                    .ok());
    repository.reset();
    engine_ = std::make_unique<Engine>(OnFolder());
    session_ = engine_->Connect("root\\default").value();
  }
  ~ClassDamageTest() override {
    session_.reset();
    engine_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::shared_ptr<store::Repository> Open() const {
    auto opened = store::Repository::Open({.server = "HOST", .folder = folder_, .limits = {}, .vfs = nullptr});
    EXPECT_TRUE(opened.ok()) << opened.status().Message();
    return std::move(opened).value();
  }

  Engine::Options OnFolder() const {
    Engine::Options options;
    options.server = "HOST";
    options.repository = Open();
    return options;
  }

  // "2 rows, WBEM_S_PARTIAL_RESULTS"; the text of the outcome is in `text_`.
  std::string Run(std::unique_ptr<RowSource> source) {
    auto results = std::make_shared<ResultSet>(Retention::kForwardOnly, RunAhead::kToTheEnd, session_->quota());
    Result<Reservation> reservation = engine_->runtime().Reserve(session_->lane());
    Operation::Call call;
    call.session = session_->lane();
    call.description = "test";
    call.source = std::move(source);
    call.consumer = results;
    results->Attach(Operation::Start(engine_->runtime(), std::move(reservation).value(), std::move(call)));
    std::vector<cim::Object> rows;
    ResultSet::Position position = 0;
    const auto read = results->Read(position, 1'000, SteadyClock().Now() + std::chrono::seconds(60), rows);
    EXPECT_EQ(read.state, ResultSet::ReadState::kEnd);
    text_ = read.ending.status.Message();
    return std::to_string(rows.size()) + " rows, " + std::string(CodeName(read.ending.status.code()));
  }

  std::string folder_;
  std::unique_ptr<Engine> engine_;
  SessionPtr session_;
  std::string text_;
};

TEST_F(ClassDamageTest, WhatListsOverItSaysWhatItLeftOut) {
  EXPECT_EQ(Run(InstancesSource(session_, "Base", Depth::kDeep)), "2 rows, WBEM_S_PARTIAL_RESULTS");
  EXPECT_THAT(text_, HasSubstr("ROOT\\default cannot be read: Broken, Below; `wmi repository verify`"));
  EXPECT_EQ(Run(QuerySource(session_, "SELECT * FROM Base")), "2 rows, WBEM_S_PARTIAL_RESULTS");
  EXPECT_THAT(text_, HasSubstr("Broken, Below"));
  EXPECT_EQ(Run(ClassesSource(session_, "Base", Depth::kDeep)), "1 rows, WBEM_S_PARTIAL_RESULTS");
  EXPECT_THAT(text_, HasSubstr("Broken, Below"));
  EXPECT_EQ(Run(ClassesSource(session_, "Base", Depth::kShallow)), "1 rows, WBEM_S_PARTIAL_RESULTS");
  EXPECT_THAT(text_, HasSubstr(": Broken;"));
  EXPECT_THAT(Run(ClassesSource(session_, "", Depth::kDeep)), HasSubstr("WBEM_S_PARTIAL_RESULTS"));
  EXPECT_THAT(Run(QuerySource(session_, "SELECT * FROM meta_class")), HasSubstr("WBEM_S_PARTIAL_RESULTS"));
  EXPECT_EQ(Run(QuerySource(session_, "SELECT * FROM meta_class WHERE __CLASS = 'Broken'")),
            "0 rows, WBEM_S_PARTIAL_RESULTS");
  EXPECT_EQ(Run(QuerySource(session_, "SELECT * FROM Base WHERE __CLASS = 'Broken'")),
            "0 rows, WBEM_S_PARTIAL_RESULTS");
  EXPECT_EQ(Run(QuerySource(session_, "ASSOCIATORS OF {Other.Id='other'}")), "0 rows, WBEM_S_PARTIAL_RESULTS");
  EXPECT_THAT(text_, HasSubstr("Broken, Below"));
  EXPECT_EQ(Run(QuerySource(session_, "REFERENCES OF {Other} WHERE SchemaOnly")), "0 rows, WBEM_S_PARTIAL_RESULTS");
}

TEST_F(ClassDamageTest, WhoeverNamesItGetsItsError) {
  EXPECT_EQ(Run(InstancesSource(session_, "Broken", Depth::kDeep)), "0 rows, WBEM_E_CRITICAL_ERROR");
  EXPECT_EQ(Run(QuerySource(session_, "SELECT * FROM broken")), "0 rows, WBEM_E_CRITICAL_ERROR");
  EXPECT_EQ(Run(QuerySource(session_, "ASSOCIATORS OF {Broken.Id='broken'}")), "0 rows, WBEM_E_CRITICAL_ERROR");
  EXPECT_EQ(Run(QuerySource(session_, "ASSOCIATORS OF {Base.Id='base'} WHERE ResultClass=Below")),
            "0 rows, WBEM_E_CRITICAL_ERROR");
  EXPECT_EQ(Run(ObjectSource(session_, "Below")), "0 rows, WBEM_E_CRITICAL_ERROR");
  EXPECT_EQ(Run(ClassesSource(session_, "Broken", Depth::kDeep)), "0 rows, WBEM_E_CRITICAL_ERROR");
  EXPECT_EQ(Run(ObjectSource(session_, "Base.Id='broken'")), "0 rows, WBEM_E_CRITICAL_ERROR")
      << "it may be one of those that cannot be read";
}

TEST_F(ClassDamageTest, WhatIsSoundIsAsItWas) {
  EXPECT_EQ(Run(InstancesSource(session_, "Base", Depth::kShallow)), "1 rows, WBEM_S_NO_ERROR");
  EXPECT_EQ(Run(InstancesSource(session_, "Sound", Depth::kDeep)), "1 rows, WBEM_S_NO_ERROR");
  EXPECT_EQ(Run(ObjectSource(session_, "Base.Id='sound'")), "1 rows, WBEM_S_NO_ERROR");
  EXPECT_EQ(Run(ObjectSource(session_, "Other.Id='gone'")), "0 rows, WBEM_E_NOT_FOUND");
  EXPECT_EQ(Run(QuerySource(session_, "SELECT * FROM meta_class WHERE __CLASS = 'Other'")), "1 rows, WBEM_S_NO_ERROR");
}

}  // namespace
}  // namespace wmi::engine
