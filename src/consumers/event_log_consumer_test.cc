#include "consumers/event_log_consumer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "consumers/consumer_for_test.h"
#include "consumers/journal_for_test.h"
#include "consumers/machine_name.h"

namespace wmi::consumers {
namespace {

using provider::Consumed;
using provider::EventConsumer;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

class EventLogConsumerTest : public testing::Test {
 protected:
  EventLogConsumerTest() : provider_({.socket_path = journald_.path(), .machine = "box.example.org"}) {}

  Result<std::unique_ptr<EventConsumer>> TryOpen(const std::string& properties) {
    return provider_.Open(ConsumerFromMof("NTEventLogEventConsumer", properties));
  }
  std::unique_ptr<EventConsumer> Open(const std::string& more = {}) {
    auto opened = TryOpen("SourceName = \"source\"; EventID = 10; " + more);
    if (!opened.ok()) throw std::runtime_error(opened.status().Message());
    return std::move(opened).value();
  }
  std::string FaultOf(const std::string& properties) {
    const auto opened = TryOpen(properties);
    EXPECT_FALSE(opened.ok()) << properties;
    EXPECT_EQ(opened.status().code(), code::kInvalidParameter);
    return opened.status().Message();
  }
  // The entry of one event.
  FakeJournald::Entry EntryOf(EventConsumer& consumer, const std::string& event) {
    const std::vector<cim::Object> events = {EventFromMof(event)};
    const Consumed consumed = consumer.Consume(events, {});
    EXPECT_EQ(consumed.done, 1u) << consumed.status.Message();
    return journald_.Take();
  }
  Status FailureOf(EventConsumer& consumer, const std::string& event) {
    const std::vector<cim::Object> events = {EventFromMof(event)};
    const Consumed consumed = consumer.Consume(events, {});
    EXPECT_EQ(consumed.done, 0u);
    EXPECT_FALSE(consumed.status.ok());
    EXPECT_THAT(journald_.Take(), IsEmpty());
    return consumed.status;
  }

  FakeJournald journald_;
  EventLogConsumerProvider provider_;
};

TEST_F(EventLogConsumerTest, AnEntryForEachEvent) {
  const auto consumer = Open(
      "EventType = 2; Category = 7; NumberOfInsertionStrings = 2;"
      "InsertionStringTemplates = {\"%Text%\", \"is %More%\"};");
  EXPECT_THAT(EntryOf(*consumer, "Text = \"one\"; More = \"two\";"),
              ElementsAre(Pair("MESSAGE", "one\nis two"), Pair("PRIORITY", "4"), Pair("SYSLOG_IDENTIFIER", "source"),
                          Pair("OPENWMI_EVENT_ID", "10"), Pair("OPENWMI_EVENT_TYPE", "2"),
                          Pair("OPENWMI_CATEGORY", "7"), Pair("OPENWMI_CONSUMER", "c"),
                          Pair("OPENWMI_INSERTION_STRING_1", "one"), Pair("OPENWMI_INSERTION_STRING_2", "is two")));
  const Consumed consumed = consumer->Consume(EventsOfTexts({"a", "b", "c"}), {});
  EXPECT_EQ(consumed.done, 3u);
  for (const char* text : {"a\nis ", "b\nis ", "c\nis "})
    EXPECT_THAT(journald_.Take(), Contains(Pair("MESSAGE", text)));
}

TEST_F(EventLogConsumerTest, NeedsNoTrust) { EXPECT_FALSE(provider_.needs_trust()); }

TEST_F(EventLogConsumerTest, PriorityComesFromTheType) {
  const std::vector<std::pair<int, const char*>> priorities = {{0, "6"}, {1, "3"}, {2, "4"},
                                                               {4, "6"}, {8, "5"}, {16, "4"}};
  for (const auto& [type, priority] : priorities) {
    const auto consumer = Open("EventType = " + std::to_string(type) + ";");
    EXPECT_THAT(EntryOf(*consumer, ""), Contains(Pair("PRIORITY", priority))) << type;
  }
  EXPECT_THAT(EntryOf(*Open(), ""), Contains(Pair("PRIORITY", "3")));  // the default of the class is 1
  EXPECT_THAT(EntryOf(*Open("EventType = NULL;"), ""), Contains(Pair("OPENWMI_EVENT_TYPE", "1")));
}

TEST_F(EventLogConsumerTest, WithoutTextsTheMessageNamesTheEvent) {
  EXPECT_THAT(EntryOf(*Open("InsertionStringTemplates = {\"%Text%\"};"), "Text = \"unused\";"),
              AllOf(Contains(Pair("MESSAGE", "Event 10 of source")),
                    Not(Contains(Pair("OPENWMI_INSERTION_STRING_1", testing::_)))));
  EXPECT_THAT(
      EntryOf(*Open("NumberOfInsertionStrings = NULL; InsertionStringTemplates = {\"%Text%\"};"), "Text = \"all\";"),
      Contains(Pair("MESSAGE", "all")));
}

TEST_F(EventLogConsumerTest, WrongPropertiesAreNamed) {
  EXPECT_THAT(FaultOf("EventID = 1;"), HasSubstr("NTEventLogEventConsumer \"c\": SourceName is NULL: it must name"));
  EXPECT_THAT(FaultOf("EventID = 1; SourceName = \"a:b\";"),
              HasSubstr("SourceName is \"a:b\": it must not have a colon"));
  EXPECT_THAT(FaultOf("SourceName = \"s\";"), HasSubstr("EventID is NULL"));
  const std::string good = "SourceName = \"s\"; EventID = 1; ";
  for (const char* type : {"3", "5", "32", "4294967295"})
    EXPECT_THAT(FaultOf(good + "EventType = " + type + ";"), HasSubstr("16 (audit failure)"));
  EXPECT_THAT(FaultOf(good + "NumberOfInsertionStrings = 2;"),
              AllOf(HasSubstr("NumberOfInsertionStrings is 2"), HasSubstr("InsertionStringTemplates has 1")));
  EXPECT_THAT(FaultOf(good + "NumberOfInsertionStrings = 1; InsertionStringTemplates = {\"%a\"};"),
              HasSubstr("InsertionStringTemplates, character "));
  EXPECT_THAT(FaultOf(good + "NameOfRawDataProperty = \"a b\";"), HasSubstr("NameOfRawDataProperty is \"a b\""));
  EXPECT_THAT(FaultOf(good + "NameOfUserSidProperty = \"a.\";"), HasSubstr("NameOfUserSidProperty is \"a.\""));
  std::string many;
  for (int at = 0; at < 256; ++at) many += "\"\", ";
  EXPECT_TRUE(TryOpen(good + "NumberOfInsertionStrings = 256; InsertionStringTemplates = {" + many + "\"\"};").ok());
  EXPECT_THAT(FaultOf(good + "NumberOfInsertionStrings = 257; InsertionStringTemplates = {" + many + "\"\"};"),
              HasSubstr("at most 256"));
}

TEST_F(EventLogConsumerTest, OnlyThisMachine) {
  for (const char* name : {"", "box", "BOX.example.org", "\\\\\\\\box", ".", "localhost"})
    EXPECT_TRUE(TryOpen("SourceName = \"s\"; EventID = 1; UNCServerName = \"" + std::string(name) + "\";").ok())
        << name;
  for (const char* name : {"other", "box.example.com", "\\\\\\\\other", "bo"})
    EXPECT_THAT(FaultOf("SourceName = \"s\"; EventID = 1; UNCServerName = \"" + std::string(name) + "\";"),
                HasSubstr("set it to NULL or \"box.example.org\""));
}

TEST(MachineNames, WithAndWithoutDomain) {
  EXPECT_TRUE(IsThisMachine("box.any.net", "box"));
  EXPECT_FALSE(IsThisMachine("boxes.any.net", "box"));
  EXPECT_FALSE(MachineName().empty());
}

TEST_F(EventLogConsumerTest, RawDataOfBytesOrText) {
  const auto consumer = Open("NameOfRawDataProperty = \"Bytes\";");
  EXPECT_THAT(EntryOf(*consumer, "Bytes = {0, 10, 255};"), Contains(Pair("OPENWMI_DATA", std::string("\0\n\xFF", 3))));
  EXPECT_THAT(EntryOf(*consumer, ""), Not(Contains(Pair("OPENWMI_DATA", testing::_))));
  EXPECT_THAT(EntryOf(*Open("NameOfRawDataProperty = \"Text\";"), "Text = \"abc\";"),
              Contains(Pair("OPENWMI_DATA", "abc")));
  EXPECT_THAT(EntryOf(*Open("NameOfRawDataProperty = \"TargetInstance.Bytes\";"),
                      "TargetInstance = instance of Inner { Bytes = {65}; };"),
              Contains(Pair("OPENWMI_DATA", "A")));
  EXPECT_THAT(EntryOf(*Open("NameOfRawDataProperty = \"Nothing\";"), ""),
              Not(Contains(Pair("OPENWMI_DATA", testing::_))));
  const Status failure = FailureOf(*Open("NameOfRawDataProperty = \"Number\";"), "Number = 7;");
  EXPECT_EQ(failure.code(), code::kTypeMismatch);
  EXPECT_THAT(failure.Message(), HasSubstr("NameOfRawDataProperty names Number"));
}

TEST_F(EventLogConsumerTest, SidOfBytesOrText) {
  const auto consumer = Open("NameOfUserSidProperty = \"Bytes\";");
  EXPECT_THAT(EntryOf(*consumer, "Bytes = {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0};"),
              Contains(Pair("OPENWMI_USER_SID", "S-1-5-32-544")));
  EXPECT_THAT(EntryOf(*consumer, ""), Not(Contains(Pair("OPENWMI_USER_SID", testing::_))));
  for (const char* bytes :
       {"2, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0", "1, 1, 0, 0, 0, 0, 0, 5", "1", "1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0, 0"})
    EXPECT_THAT(FailureOf(*consumer, "Bytes = {" + std::string(bytes) + "};").Message(), HasSubstr("S-1-5-18"));
  const auto by_text = Open("NameOfUserSidProperty = \"Text\";");
  EXPECT_THAT(EntryOf(*by_text, "Text = \"S-1-5-18\";"), Contains(Pair("OPENWMI_USER_SID", "S-1-5-18")));
  for (const char* text : {"", "root", "S-1-", "S-1-5-", "S-1-5--1", "S-1-5-4294967296", "S-1-5-18x", "S-1-5-+1",
                           "S-1-281474976710656", "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16"})
    EXPECT_EQ(FailureOf(*by_text, "Text = \"" + std::string(text) + "\";").code(), code::kTypeMismatch) << text;
  EXPECT_TRUE(IsSidText("S-1-281474976710655-4294967295"));
}

TEST_F(EventLogConsumerTest, WithoutJournaldItFails) {
  EventLogConsumerProvider nowhere({.socket_path = "/nowhere/socket", .machine = ""});
  auto opened = nowhere.Open(ConsumerFromMof("NTEventLogEventConsumer", "SourceName = \"s\"; EventID = 1;"));
  ASSERT_TRUE(opened.ok());
  const Consumed consumed = (*opened)->Consume(EventsOfTexts({"a"}), {});
  EXPECT_EQ(consumed.done, 0u);
  EXPECT_THAT(consumed.status.Message(), AllOf(HasSubstr("NTEventLogEventConsumer \"c\""), HasSubstr("/nowhere/socket"),
                                               HasSubstr("systemd-journald")));
}

TEST_F(EventLogConsumerTest, AStopLeavesTheRest) {
  const auto consumer = Open();
  std::stop_source stop;
  stop.request_stop();
  const Consumed consumed = consumer->Consume(EventsOfTexts({"a"}), stop.get_token());
  EXPECT_EQ(consumed.done, 0u);
  EXPECT_EQ(consumed.status.code(), code::kCallCancelled);
  EXPECT_THAT(journald_.Take(), IsEmpty());
}

}  // namespace
}  // namespace wmi::consumers
