#include "engine/plan_trace.h"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>

#include "base/codes.h"
#include "cim/class.h"

namespace wmi::engine {
namespace {

using std::chrono::microseconds;

cim::Object AnObject() {
  cim::ClassDeclaration declaration;
  declaration.name = "T_Any";
  return cim::Object(cim::Class::Make(std::move(declaration), nullptr, nullptr).value());
}

// Two objects, one a pull, and then that outcome.
class TwoRows final : public RowSource {
 public:
  explicit TwoRows(Status outcome) : outcome_(std::move(outcome)) {}

  Pulled Pull(const PullRequest&, Batch& out) override {
    if (given_ == 2) return Pulled::End(outcome_);
    ++given_;
    out.push_back(AnObject());
    return Pulled::More();
  }

 private:
  const Status outcome_;
  int given_ = 0;
};

struct Drained {
  Batch rows;
  Status outcome;
};

Drained Drain(SourcePtr source) {
  Drained drained;
  PullRequest request;
  request.rows_max = 1;
  request.bytes_max = 1 << 20;
  for (int turns = 0; turns < 100; ++turns) {
    Pulled pulled = source->Pull(request, drained.rows);
    if (pulled.state != PullState::kEnd) continue;
    drained.outcome = pulled.ending.status;
    return drained;
  }
  ADD_FAILURE() << "the source does not end";
  return drained;
}

PlanTracePtr TwoSteps() {
  const auto trace = std::make_shared<PlanTrace>();
  trace->Add({"Bind", {}, {}, {}, 0, 0, {}});
  const std::size_t scan = trace->Add({"Scan", "T_Any", {}, {}, 0, 0, {}});
  trace->Count(scan, 5, 2, microseconds(30));
  trace->Count(scan, 1, 0, microseconds(12));
  return trace;
}

std::uint64_t Number(const cim::Object& step, const char* name) {
  return step.slot(step.schema().FindSlot(name).value()).unsigned_integer();
}

TEST(PlanTraceTest, GivesTheStepsInPlaceOfTheRows) {
  const Drained drained = Drain(ExplainedRows(std::make_unique<TwoRows>(Status()), TwoSteps()));
  EXPECT_EQ(drained.outcome.code(), code::kOk);
  ASSERT_EQ(drained.rows.size(), 2U);
  const cim::Object& bind = drained.rows[0];
  EXPECT_EQ(bind.schema().name(), "OpenWMI_PlanStep");
  EXPECT_TRUE(bind.slot(bind.schema().FindSlot("Server").value()).is_null());
  const cim::Object& scan = drained.rows[1];
  EXPECT_EQ(Number(scan, "Step"), 2U);
  EXPECT_EQ(scan.slot(scan.schema().FindSlot("Server").value()).text(), "repository");
  EXPECT_EQ(Number(scan, "RowsRead"), 6U);
  EXPECT_EQ(Number(scan, "Rows"), 2U);
  EXPECT_EQ(Number(scan, "Microseconds"), 42U);
}

TEST(PlanTraceTest, ALookUpThatGoesOnIsOneStep) {
  const auto trace = std::make_shared<PlanTrace>();
  const auto look_up = [&](const char* class_name, std::uint64_t keys) {
    return trace->Add({"Keys", class_name, {}, "some", 0, 0, {}, keys});
  };
  EXPECT_EQ(look_up("T_A", 1), 0U);
  EXPECT_EQ(trace->Add({"References", "T_A", {}, {}, 0, 0, {}}), 1U);
  EXPECT_EQ(look_up("T_A", 2), 2U);  // what comes behind another step is one of its own
  EXPECT_EQ(look_up("T_B", 3), 3U);
  EXPECT_EQ(look_up("T_A", 60), 2U);
  EXPECT_EQ(look_up("T_B", 4), 3U);
  const Batch rows = Drain(ExplainedRows(ReadyRows({}), trace)).rows;
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].slot(rows[0].schema().FindSlot("Detail").value()).text(), "1 key; some");
  EXPECT_EQ(rows[2].slot(rows[2].schema().FindSlot("Detail").value()).text(), "62 keys; some");
}

TEST(PlanTraceTest, APartialSuccessStaysOne) {
  const Status partial(code::kPartialResults, "one provider failed");
  const Drained drained = Drain(ExplainedRows(std::make_unique<TwoRows>(partial), TwoSteps()));
  EXPECT_EQ(drained.rows.size(), 2U);
  EXPECT_EQ(drained.outcome.code(), code::kPartialResults);
  EXPECT_EQ(drained.outcome.Message(), "one provider failed");
}

TEST(PlanTraceTest, AFailureGivesNoSteps) {
  const Status failure(code::kFailed, "broken");
  const Drained drained = Drain(ExplainedRows(std::make_unique<TwoRows>(failure), TwoSteps()));
  EXPECT_TRUE(drained.rows.empty());
  EXPECT_EQ(drained.outcome.code(), code::kFailed);
}

}  // namespace
}  // namespace wmi::engine
