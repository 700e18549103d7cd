#include "served_world.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "cim/declaration.h"
#include "engine/calls.h"
#include "engine/enumerator.h"
#include "store/key_text.h"

namespace wmi::wql::testing {
namespace {

constexpr const char* kNamespace = "ROOT\\wql";
constexpr const char* kProvider = "World";
constexpr const char* kSystemClasses = R"mof(
  [abstract] class __SystemClass {};
  class __NAMESPACE : __SystemClass { [key] string Name; };
)mof";

void Expect(const Status& status) { ASSERT_TRUE(status.ok()) << status.Message(); }

std::string WorldText(Served served) {
  const std::string path = std::string(WMI_SOURCE_DIR) + "/tests/wql/world.mof";
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  std::ostringstream text;
  text << in.rdbuf();
  std::string world = text.str();
  if (served != Served::kStoredWithoutIndexes) return world;
  const std::string indexed = "[indexed] ";
  for (std::size_t at = world.find(indexed); at != std::string::npos; at = world.find(indexed)) {
    world.erase(at, indexed.size());
  }
  return world;
}

// What a provider can be told at most.
provider::Support Everything(const cim::Class& schema) {
  provider::Support support;
  for (const cim::Property& property : schema.properties()) support.narrowed.push_back(property.name);
  return support;
}

// Gives the stored rows of a class, as little of them as it is asked for.
class WorldProvider final : public provider::InstanceProvider {
 public:
  // `stored` is the class as it is in `repository`.
  WorldProvider(const store::Repository& repository, cim::ClassPtr stored, provider::Support support)
      : repository_(repository), stored_(std::move(stored)), support_(std::move(support)) {}

  provider::Support support() const override { return support_; }

  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override {
    EXPECT_TRUE(support_.keys || !request.has_keys) << "handed what it did not ask for";
    EXPECT_TRUE(support_.needed || request.needed.is_all());
    EXPECT_LE(request.allowed.size(), support_.narrowed.size());
    return std::unique_ptr<provider::InstanceStream>(
        std::make_unique<Stream>(request, TRY(repository_.ListInstances(kNamespace, stored_->name()))));
  }

 private:
  class Stream final : public provider::InstanceStream {
   public:
    Stream(const provider::Request& request, std::vector<cim::Object> rows)
        : request_(request), rows_(std::move(rows)) {}

    Result<provider::ReadState> Read(provider::RowWriter& writer) override {
      for (; next_ < rows_.size(); ++next_) {
        if (writer.full()) return provider::ReadState::kMore;
        if (IsAskedFor(rows_[next_])) Write(writer, rows_[next_]);
      }
      return provider::ReadState::kEnd;
    }

   private:
    bool IsAskedFor(const cim::Object& row) const {
      for (const provider::Request::Allowed& allowed : request_.allowed) {
        if (!request_.Allows(allowed.slot, row.slot(allowed.slot))) return false;
      }
      if (!request_.has_keys) return true;
      for (const provider::KeyTuple& keys : request_.keys) {
        if (store::KeyText(keys) == store::KeyText(row)) return true;
      }
      return false;
    }
    void Write(provider::RowWriter& writer, const cim::Object& row) const {
      writer.Begin();
      for (std::size_t slot = 0; slot < request_.schema->properties().size(); ++slot) {
        if (request_.needed.Contains(slot)) writer.Set(slot, row.slot(slot));
      }
      writer.Commit();
    }

    const provider::Request& request_;
    const std::vector<cim::Object> rows_;
    std::size_t next_ = 0;
  };

  const store::Repository& repository_;
  const cim::ClassPtr stored_;  // the names in `support_` are its
  const provider::Support support_;
};

}  // namespace

std::string Name(Served served) {
  switch (served) {
    case Served::kStored:
      return "Stored";
    case Served::kStoredWithoutIndexes:
      return "StoredWithoutIndexes";
    case Served::kProvided:
      return "Provided";
    case Served::kProvidedWhole:
      return "ProvidedWhole";
  }
  return "?";
}

ServedWorld::ServedWorld(Served served) : ServedWorld(served, WorldText(served)) {}

ServedWorld::ServedWorld(Served served, const std::string& mof) : served_(served) {
  engine_.catalogue().SetSystemClasses({"system.mof", kSystemClasses});
  Expect(engine_.catalogue().AddNamespace(kNamespace));
  if (served == Served::kStored || served == Served::kStoredWithoutIndexes) {
    Expect(engine_.catalogue().Compile({"world.mof", mof}, kNamespace));
  } else {
    stored_ = std::make_unique<ServedWorld>(Served::kStored, mof);
    Provide();
  }
  session_ = engine_.Connect(kNamespace).value();
}

// The same classes, but for who serves them.
void ServedWorld::Provide() {
  for (const cim::ClassPtr& schema : stored_->session()->name_space()->classes()) {
    if (schema->name().starts_with("__")) continue;
    cim::ClassDeclaration declaration = cim::DeclarationOf(*schema);
    if (!schema->is_abstract()) {
      declaration.qualifiers.Set({"dynamic", cim::Value::Boolean(true), {cim::CimType::kBoolean, false, {}}, 0, false});
      declaration.qualifiers.Set(
          {"provider", cim::Value::Text(kProvider), {cim::CimType::kString, false, {}}, 0, false});
      provider::Support support = served_ == Served::kProvided
                                      ? Everything(*schema)
                                      : provider::Support{.keys = false, .needed = false, .narrowed = {}};
      engine_.providers().Register(
          schema->name(), std::make_unique<WorldProvider>(stored_->engine_.repository(), schema, std::move(support)));
    }
    Expect(engine_.repository().PutClass(kNamespace, std::move(declaration), store::PutMode::kCreateOnly,
                                         store::ClassUpdate::kCompatible));
  }
}

Answer ServedWorld::Query(const std::string& text) {
  auto results = std::make_shared<engine::ResultSet>(engine::Retention::kForwardOnly, engine::RunAhead::kToTheEnd,
                                                     session_->quota());
  Result<engine::Reservation> reservation = engine_.runtime().Reserve(session_->lane());
  engine::Operation::Call call;
  call.session = session_->lane();
  call.description = "test";
  call.source = engine::QuerySource(session_, text);
  call.consumer = results;
  results->Attach(engine::Operation::Start(engine_.runtime(), std::move(reservation).value(), std::move(call)));
  Answer answer;
  engine::ResultSet::Position position = 0;
  const auto read = results->Read(position, 1'000'000, SteadyClock().Now() + std::chrono::seconds(60), answer.rows);
  EXPECT_EQ(read.state, engine::ResultSet::ReadState::kEnd);
  answer.outcome = read.ending.status;
  return answer;
}

Answer ServedWorld::QueryRowByRow(const std::string& text) const {
  const std::unique_ptr<engine::RowSource> source = engine::QuerySource(session_, text);
  engine::PullRequest request;
  request.rows_max = 1;
  request.bytes_max = 1;
  Answer answer;
  for (int pulls = 0; pulls < 10'000; ++pulls) {
    engine::Pulled pulled = source->Pull(request, answer.rows);
    if (pulled.state != engine::PullState::kEnd) continue;
    answer.outcome = std::move(pulled.ending.status);
    return answer;
  }
  ADD_FAILURE() << "never ends";
  return answer;
}

}  // namespace wmi::wql::testing
