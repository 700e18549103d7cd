// P10, many subscriptions: what an event costs the hub when 1, 1,000 or 10,000 filters ask each for a value of their
// own, and one matches; beside it the same when each filter is asked.
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "bench/report.h"
#include "bench/store_support.h"
#include "cim/row.h"
#include "engine/event_hub.h"
#include "wql/event_query.h"
#include "wql/query.h"

namespace wmi::bench {
namespace {

constexpr std::array<std::size_t, 3> kCounts{1, 1'000, 10'000};
constexpr const char* kNamespace = "root\\bench";

class Classes final : public cim::ClassFinder {
 public:
  Classes() {
    Add("__IndicationRelated", "", {});
    Add("__Event", "__IndicationRelated", {});
    Add("__ExtrinsicEvent", "__Event", {});
    Add("Rung", "__ExtrinsicEvent", {{"Name", cim::CimType::kString}, {"Number", cim::CimType::kUint32}});
  }
  cim::ClassPtr FindClass(std::string_view name) const override {
    const auto found = classes_.find(Fold(name));
    return found == classes_.end() ? nullptr : found->second;
  }

 private:
  void Add(std::string name, std::string_view base, std::vector<std::pair<std::string, cim::CimType>> properties) {
    cim::ClassDeclaration declaration;
    declaration.name = name;
    for (auto& [property_name, type] : properties) {
      cim::Property property;
      property.name = std::move(property_name);
      property.type.type = type;
      declaration.properties.push_back(std::move(property));
    }
    auto made = cim::Class::Make(std::move(declaration), base.empty() ? nullptr : FindClass(base), nullptr);
    Require(made.status());
    classes_[Fold(name)] = made.value();
  }

  std::map<std::string, cim::ClassPtr> classes_;
};

// Asks its filter, as a subscription does, and counts.
class Counter final : public engine::EventReceiver {
 public:
  Counter(std::shared_ptr<const wql::Predicate> filter, std::uint64_t& count)
      : filter_(std::move(filter)), count_(count) {}
  void Offer(const cim::Object& event) override { count_ += filter_->Matches(event.row()) ? 1 : 0; }

 private:
  const std::shared_ptr<const wql::Predicate> filter_;
  std::uint64_t& count_;
};

enum class Indexed { kNo, kYes };

// Nanoseconds an event; the best of three.
double Measure(const Classes& classes, std::size_t count, Indexed indexed) {
  engine::EventHub hub;
  std::uint64_t told = 0;
  std::vector<std::unique_ptr<engine::EventHub::Entry>> entries;
  for (std::size_t i = 0; i < count; ++i) {
    const auto tree = wql::Parse(fmt::format("SELECT * FROM Rung WHERE Name = 'bell {}' AND Number < 5", i));
    Require(tree.status());
    const Result<wql::EventQuery> query = wql::BindEvent(**tree, classes);
    Require(query.status());
    entries.push_back(hub.Add(std::make_shared<Counter>(query->filter, told),
                              {kNamespace, "Rung", "", indexed == Indexed::kYes ? query->filter : nullptr}));
  }
  cim::RowBlockBuilder builder;
  builder.BeginRow(classes.FindClass("Rung"));
  builder.SetText(0, fmt::format("Bell {}", count / 2));
  builder.SetUnsigned(1, 3);
  builder.CommitRow();
  std::vector<cim::Object> events;
  builder.Finish(events);

  double best = 0;
  for (int i = 0; i < 3; ++i) {
    const auto start = std::chrono::steady_clock::now();
    std::size_t fired = 0;
    while (SecondsSince(start) < 0.2) {
      for (int k = 0; k < 16; ++k) hub.Fire(kNamespace, events.front());
      fired += 16;
    }
    const double each = SecondsSince(start) / static_cast<double>(fired) * 1e9;
    if (told != fired) Require(Status(code::kFailed, "an event was told to the wrong number of subscriptions"));
    told = 0;
    best = best == 0 ? each : std::min(best, each);
  }
  return best;
}

}  // namespace

void RunFilters() {
  const Classes classes;
  for (const std::size_t count : kCounts) {
    const double one_by_one = Measure(classes, count, Indexed::kNo);
    const double indexed = Measure(classes, count, Indexed::kYes);
    Report("filters", fmt::format("event_ns_{}_subscriptions", count), indexed, one_by_one);
  }
}

}  // namespace wmi::bench
