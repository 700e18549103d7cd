#include "consumers/command_line_consumer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "consumers/program_for_test.h"

namespace wmi::consumers {
namespace {

using testing::HasSubstr;

cim::Object EventOf(const std::string& text) {
  return ObjectFromMof(
      "class Event { [key] uint8 Id; string Text; }; instance of Event { Id = 1; Text = \"" + text + "\"; };",
      "Event.Id=1");
}

class CommandLineConsumerTest : public testing::Test {
 protected:
  Result<std::unique_ptr<provider::EventConsumer>> Open(const std::string& properties) {
    return provider_.Open(ProgramConsumerFromMof("CommandLineEventConsumer", properties));
  }
  provider::Consumed Consume(const std::string& properties, const std::vector<cim::Object>& events,
                             const std::stop_token& stop = {}) {
    auto consumer = Open(properties);
    EXPECT_TRUE(consumer.ok()) << consumer.status().Message();
    return consumer.ok() ? (*consumer)->Consume(events, stop) : provider::Consumed{0, consumer.status()};
  }
  // The failure of Open: "property: message".
  std::string Refusal(const std::string& properties) {
    const Status status = Open(properties).status();
    EXPECT_EQ(code::kInvalidParameter, status.code());
    return status.detail() == nullptr ? "" : status.detail()->parameter + ": " + status.Message();
  }
  std::string ResultOf(std::size_t entry) { return audit_.entries().at(entry).at("OPENWMI_RESULT"); }

  RecordedAudit audit_;
  CommandLineConsumerProvider provider_{audit_};
};

TEST_F(CommandLineConsumerTest, NeedsTrust) { EXPECT_TRUE(provider_.needs_trust()); }

TEST_F(CommandLineConsumerTest, RunsTheProgramOfExecutablePath) {
  const auto consumed =
      Consume(R"(ExecutablePath = "/bin/echo"; CommandLineTemplate = "other -n a%Text% b";)", {EventOf("x  y")});
  EXPECT_EQ(1u, consumed.done);
  EXPECT_TRUE(consumed.status.ok()) << consumed.status.Message();
  EXPECT_EQ("exited with code 0 and wrote: ax  y b", ResultOf(1));
  EXPECT_EQ("/bin/echo", audit_.entries()[1].at("OPENWMI_PROGRAM"));
  EXPECT_EQ("CommandLineEventConsumer.Name=\"c\"", audit_.entries()[1].at("OPENWMI_CONSUMER"));
}

TEST_F(CommandLineConsumerTest, RunsTheFirstWordOfTheTemplate) {
  Consume(R"(CommandLineTemplate = "\"/bin/echo\" %Text%";)", {EventOf("x")});
  EXPECT_EQ("exited with code 0 and wrote: x", ResultOf(1));
}

TEST_F(CommandLineConsumerTest, RunsAProgramWithoutArguments) {
  Consume(R"(ExecutablePath = "/bin/pwd";)", {EventOf("x")});
  EXPECT_EQ("exited with code 0 and wrote: /", ResultOf(1));
}

TEST_F(CommandLineConsumerTest, UsesWorkingDirectoryAndPriority) {
  Consume(R"(CommandLineTemplate = "/bin/sh -c \"pwd; nice\""; WorkingDirectory = "/usr"; Priority = 64;
             RunInteractively = TRUE; XSize = 5; WindowTitle = "t"; FillAttributes = 7; DesktopName = "d";)",
          {EventOf("x")});
  EXPECT_EQ("exited with code 0 and wrote: /usr\n19", ResultOf(1));
}

TEST_F(CommandLineConsumerTest, WhatAnEventSaysIsOneArgument) {
  TestFile program("#!/bin/sh\nprintf '<%s>' \"$#\" \"$@\"\n");
  for (const std::string text : {R"(a\" \"b)", "' b '", "$(id)", "`id`", "; id", "a\\nb", "--x y", "%Id%", "\\\\"}) {
    const cim::Object event = EventOf(text);
    const std::string said(event.slot(*event.schema().FindSlot("Text")).text());
    const std::size_t entry = audit_.entries().size() + 1;
    Consume("CommandLineTemplate = \"" + program.path() + " 1 %Text% 3\";", {event});
    EXPECT_EQ("exited with code 0 and wrote: <3><1><" + said + "><3>", ResultOf(entry));
  }
}

TEST_F(CommandLineConsumerTest, AnExitCodeIsNoFailure) {
  const auto consumed = Consume(R"(CommandLineTemplate = "/bin/false";)", {EventOf("x"), EventOf("y")});
  EXPECT_EQ(2u, consumed.done);
  EXPECT_TRUE(consumed.status.ok());
  EXPECT_EQ("exited with code 1", ResultOf(3));
}

TEST_F(CommandLineConsumerTest, AProgramThatDoesNotStartIsAFailure) {
  const auto consumed = Consume(R"(CommandLineTemplate = "/no/such/program";)", {EventOf("x"), EventOf("y")});
  EXPECT_EQ(0u, consumed.done);
  EXPECT_EQ(code::kNotFound, consumed.status.code());
  EXPECT_THAT(consumed.status.Message(), HasSubstr("/no/such/program"));
}

TEST_F(CommandLineConsumerTest, TheKillTimeoutIsAFailure) {
  const auto consumed =
      Consume(R"(KillTimeout = 1; CommandLineTemplate = "/bin/sleep 1000000";)", {EventOf("x"), EventOf("y")});
  EXPECT_EQ(0u, consumed.done);
  EXPECT_EQ(code::kTimedOut, consumed.status.code());
  EXPECT_THAT(consumed.status.Message(), HasSubstr("was killed when its KillTimeout was over"));
}

TEST_F(CommandLineConsumerTest, AStopLeavesTheRestUndone) {
  TestFifo started;
  std::stop_source source;
  std::thread stopper([&] {
    std::string line;
    std::getline(std::ifstream(started.path()), line);
    source.request_stop();
  });
  TestFile program("#!/bin/sh\n[ $1 = go ] && exit\necho started >" + started.path() + "\nexec sleep 1000000\n");
  const auto consumed = Consume("CommandLineTemplate = \"" + program.path() + " %Text%\";",
                                {EventOf("go"), EventOf("stay"), EventOf("go")}, source.get_token());
  stopper.join();
  EXPECT_EQ(1u, consumed.done);
  EXPECT_EQ(code::kCallCancelled, consumed.status.code());
  // Nothing is started any more.
  const std::size_t entries = audit_.entries().size();
  EXPECT_EQ(code::kCallCancelled,
            Consume(R"(CommandLineTemplate = "/bin/true";)", {EventOf("x")}, source.get_token()).status.code());
  EXPECT_EQ(entries, audit_.entries().size());
}

TEST_F(CommandLineConsumerTest, RefusalsNameThePropertyAndTheWayOut) {
  EXPECT_EQ(
      "ExecutablePath: CommandLineEventConsumer \"c\": ExecutablePath is \"true\": it must be an absolute path, such "
      "as "
      "/usr/bin/logger.",
      Refusal(R"(ExecutablePath = "true"; CommandLineTemplate = "/bin/true";)"));
  EXPECT_THAT(Refusal(""), HasSubstr("ExecutablePath is NULL: it or CommandLineTemplate must name the program"));
  EXPECT_THAT(Refusal(R"(CommandLineTemplate = "true x";)"), HasSubstr("its first word must be an absolute path"));
  EXPECT_THAT(Refusal(R"(CommandLineTemplate = "/bin/%Text%";)"), HasSubstr("character 6: The program has a place"));
  EXPECT_THAT(Refusal(R"(CommandLineTemplate = "/bin/true 5%";)"), HasSubstr("character 11: A place has no closing"));
  EXPECT_THAT(Refusal(R"(ExecutablePath = "/bin/true"; CommandLineTemplate = "%Text%";)"), HasSubstr("has a place"));
  EXPECT_THAT(Refusal(R"(ExecutablePath = "/bin/true"; WorkingDirectory = "tmp";)"),
              HasSubstr("WorkingDirectory is \"tmp\": it must be an absolute path"));
  EXPECT_THAT(Refusal(R"(ExecutablePath = "/bin/true"; Priority = 33;)"), HasSubstr("Priority is 33: it must be 32"));
}

}  // namespace
}  // namespace wmi::consumers
