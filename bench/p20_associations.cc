// P20: ASSOCIATORS OF without hints in a schema of 500 association classes, stored and provided. The floor is to ask
// every one of the classes with SELECT.
#include <fmt/format.h>

#include <chrono>
#include <string>
#include <vector>

#include "bench/report.h"
#include "bench/store_support.h"
#include "engine/calls.h"
#include "engine/engine.h"
#include "engine/enumerator.h"

namespace wmi::bench {
namespace {

constexpr std::size_t kClasses = 500;
constexpr int kRounds = 200;
constexpr const char* kNamespace = "ROOT\\walk";

// A provider of associations that has none: what is left is the work of the engine.
class NoRows final : public provider::InstanceProvider {
 public:
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request&) override {
    return std::unique_ptr<provider::InstanceStream>(std::make_unique<Stream>());
  }

 private:
  struct Stream final : provider::InstanceStream {
    Result<provider::ReadState> Read(provider::RowWriter&) override { return provider::ReadState::kEnd; }
  };
};

// Every class can link a Thing; ten of them do. Every other one of `provided` is served by a provider.
std::string WorldText() {
  std::string text =
      "class Thing { [key] string Name; }; class Other { [key] string Name; };\n"
      "instance of Thing { Name = \"source\"; };\n";
  for (std::size_t i = 0; i < kClasses; ++i) {
    const bool is_provided = i % 2 == 1;
    text += fmt::format("[association{}] class Link{} {{ [key] Thing ref From; [key] Other ref To; }};\n",
                        is_provided ? ", dynamic, provider(\"NoRows\")" : "", i);
    if (i % 50 != 0) continue;
    text += fmt::format(
        "instance of Other {{ Name = \"end {0}\"; }};\n"
        "instance of Link{0} {{ From = \"Thing.Name=\\\"source\\\"\"; To = \"Other.Name=\\\"end {0}\\\"\"; }};\n",
        i);
  }
  return text;
}

std::size_t Count(engine::Engine& engine, const engine::SessionPtr& session, const std::string& query) {
  auto results = std::make_shared<engine::ResultSet>(engine::Retention::kForwardOnly, engine::RunAhead::kToTheEnd,
                                                     session->quota());
  Result<engine::Reservation> reservation = engine.runtime().Reserve(session->lane());
  Require(reservation.status());
  engine::Operation::Call call;
  call.session = session->lane();
  call.description = "bench";
  call.source = engine::QuerySource(session, query);
  call.consumer = results;
  results->Attach(engine::Operation::Start(engine.runtime(), std::move(reservation).value(), std::move(call)));
  std::vector<cim::Object> rows;
  engine::ResultSet::Position position = 0;
  const auto read = results->Read(position, 1'000'000, SteadyClock().Now() + std::chrono::minutes(1), rows);
  Require(read.ending.status);
  return rows.size();
}

double MillisecondsOf(engine::Engine& engine, const engine::SessionPtr& session, const std::string& query,
                      std::size_t expected) {
  std::vector<double> times;
  for (int i = 0; i < kRounds; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const std::size_t found = Count(engine, session, query);
    times.push_back(SecondsSince(start) * 1000);
    if (found != expected) Require(Status(code::kFailed, fmt::format("{} objects, not {}", found, expected)));
  }
  return Quantile(times, 0.5);
}

}  // namespace

void RunP20() {
  engine::Engine engine{engine::Engine::Options()};
  engine.catalogue().SetSystemClasses({"system.mof", "[abstract] class __SystemClass {};"});
  Require(engine.catalogue().AddNamespace(kNamespace));
  Require(engine.catalogue().Compile({"walk.mof", WorldText()}, kNamespace));
  for (std::size_t i = 1; i < kClasses; i += 2) {
    engine.providers().Register(fmt::format("Link{}", i), std::make_unique<NoRows>());
  }
  auto session = engine.Connect(kNamespace);
  Require(session.status());
  const std::string query = "ASSOCIATORS OF {Thing.Name=\"source\"}";
  const auto start = std::chrono::steady_clock::now();
  Count(engine, *session, query);
  Report("P20", "first_walk_ms", SecondsSince(start) * 1000);
  double floor = 0;
  for (std::size_t i = 0; i < kClasses; ++i) {
    const auto began = std::chrono::steady_clock::now();
    Count(engine, *session, fmt::format("SELECT * FROM Link{}", i));
    floor += SecondsSince(began) * 1000;
  }
  Report("P20", "associators_over_500_classes_ms", MillisecondsOf(engine, *session, query, 10), floor, Target::kAtMost,
         5);
}

}  // namespace wmi::bench
