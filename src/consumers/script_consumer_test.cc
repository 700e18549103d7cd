#include "consumers/script_consumer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "consumers/limits.h"
#include "consumers/program_for_test.h"

namespace wmi::consumers {
namespace {

using testing::HasSubstr;
using Scripts = ScriptConsumerProvider::Scripts;

cim::Object Event() {
  return ObjectFromMof(
      "class Event { [key] uint8 Id; string Text; }; instance of Event { Id = 1; Text = \"$(id)'\"; };", "Event.Id=1");
}
constexpr const char* kEventLine =
    R"({"__CLASS":"Event","__PATH":"\\\\HOST\\ROOT\\test:Event.Id=1","Id":1,"Text":"$(id)'"})";

class ScriptConsumerTest : public testing::Test {
 protected:
  Result<std::unique_ptr<provider::EventConsumer>> Open(const std::string& properties,
                                                        Scripts scripts = Scripts::kRun) {
    ScriptConsumerProvider provider(scripts, audit_);
    return provider.Open(ProgramConsumerFromMof("ActiveScriptEventConsumer", properties));
  }
  provider::Consumed Consume(const std::string& properties) {
    auto consumer = Open("ScriptingEngine = \"/bin/sh\"; " + properties);
    EXPECT_TRUE(consumer.ok()) << consumer.status().Message();
    const std::vector<cim::Object> events{Event()};
    return consumer.ok() ? (*consumer)->Consume(events, {}) : provider::Consumed{0, consumer.status()};
  }
  std::string Refusal(const std::string& properties) {
    const Status status = Open(properties).status();
    EXPECT_EQ(code::kInvalidParameter, status.code());
    return status.Message();
  }
  std::string LastResult() { return audit_.entries().back().at("OPENWMI_RESULT"); }

  RecordedAudit audit_;
};

TEST_F(ScriptConsumerTest, NeedsTrust) { EXPECT_TRUE(ScriptConsumerProvider(Scripts::kRefused, audit_).needs_trust()); }

TEST_F(ScriptConsumerTest, RunsNothingUnlessAllowed) {
  const Status status = Open(R"(ScriptingEngine = "/bin/sh"; ScriptText = "true";)", Scripts::kRefused).status();
  EXPECT_EQ(code::kAccessDenied, status.code());
  EXPECT_THAT(status.Message(), HasSubstr("ActiveScriptEventConsumer.Name=\"c\" runs scripts"));
}

TEST_F(ScriptConsumerTest, TheEventIsOnStandardInputAndNowhereElse) {
  const auto consumed = Consume(R"(ScriptText = "cat; echo $#; env | grep -c 'Event'; exit 0";)");
  EXPECT_EQ(1u, consumed.done);
  EXPECT_TRUE(consumed.status.ok()) << consumed.status.Message();
  EXPECT_EQ(std::string("exited with code 0 and wrote: ") + kEventLine + "\n0\n0", LastResult());
}

TEST_F(ScriptConsumerTest, RunsAFile) {
  TestFile script("echo from a file");
  EXPECT_TRUE(Consume("ScriptFileName = \"" + script.path() + "\";").status.ok());
  EXPECT_EQ("exited with code 0 and wrote: from a file", LastResult());
}

TEST_F(ScriptConsumerTest, AFileThatOthersCanWriteIsRefused) {
  TestFile script("exit 0");
  ASSERT_EQ(0, chmod(script.path().c_str(), 0666));
  const auto consumed = Consume("ScriptFileName = \"" + script.path() + "\";");
  EXPECT_EQ(0u, consumed.done);
  EXPECT_EQ(code::kAccessDenied, consumed.status.code());
  EXPECT_TRUE(audit_.entries().empty());
}

TEST_F(ScriptConsumerTest, AnExitCodeIsAFailure) {
  const auto consumed = Consume(R"(ScriptText = "echo why; exit 3";)");
  EXPECT_EQ(0u, consumed.done);
  EXPECT_EQ(code::kFailed, consumed.status.code());
  EXPECT_THAT(consumed.status.Message(), HasSubstr("exited with code 3 and wrote: why"));
  EXPECT_FALSE(Consume(R"(ScriptText = "kill -KILL $$";)").status.ok());
}

TEST_F(ScriptConsumerTest, TheKillTimeoutIsAFailure) {
  EXPECT_EQ(code::kTimedOut, Consume(R"(KillTimeout = 1; ScriptText = "sleep 1000000";)").status.code());
}

TEST_F(ScriptConsumerTest, RefusalsNameThePropertyAndTheWayOut) {
  EXPECT_EQ(
      "ActiveScriptEventConsumer \"c\": ScriptingEngine is \"VBScript\": it must be the absolute path of an "
      "interpreter, such as /usr/bin/python3.",
      Refusal(R"(ScriptingEngine = "VBScript"; ScriptText = "x";)"));
  EXPECT_THAT(Refusal(R"(ScriptText = "x";)"), HasSubstr("ScriptingEngine is NULL"));
  EXPECT_THAT(Refusal(R"(ScriptingEngine = "/bin/sh";)"), HasSubstr("ScriptText is NULL: it or ScriptFileName"));
  EXPECT_THAT(Refusal(R"(ScriptingEngine = "/bin/sh"; ScriptText = "x"; ScriptFileName = "/x";)"),
              HasSubstr("ScriptFileName is \"/x\": it must be NULL"));
  EXPECT_THAT(Refusal(R"(ScriptingEngine = "/bin/sh"; ScriptFileName = "x";)"), HasSubstr("absolute path"));
  const std::string longest(kScriptBytesMax, 'x');
  EXPECT_TRUE(Open("ScriptingEngine = \"/bin/sh\"; ScriptText = \"" + longest + "\";").ok());
  EXPECT_THAT(Refusal("ScriptingEngine = \"/bin/sh\"; ScriptText = \"x" + longest + "\";"), HasSubstr("may have"));
}

}  // namespace
}  // namespace wmi::consumers
