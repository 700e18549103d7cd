#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "providers/linux/accounts/name_service.h"
#include "providers/linux/software/journal_reader.h"
#include "providers/linux/software/log_event_provider.h"
#include "providers/linux/test_support.h"

namespace wmi::linuxos {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Entries in the order in which they were written; answers as the journal does and notes what it was asked.
class FakeJournal final : public JournalReader {
 public:
  int Read(const JournalQuery& query, const std::function<bool(const JournalEntry&)>& use) override {
    queries.push_back(query);
    if (error != 0) return error;
    std::size_t end = entries.size();
    if (!query.start.empty()) {
      std::string numbering;
      std::uint64_t number = 0;
      EXPECT_TRUE(ParseCursor(query.start, numbering, number)) << query.start;
      while (end > 0 && !(entries[end - 1].numbering == numbering && entries[end - 1].number <= number)) --end;
      if (query.is_behind && end > 0 && entries[end - 1].number == number) --end;
    }
    while (end > 0) {
      const JournalEntry& entry = entries[--end];
      ++given;
      if (!query.has_fields) {
        JournalEntry bare;
        bare.cursor = entry.cursor;
        bare.numbering = entry.numbering;
        bare.number = entry.number;
        bare.written = entry.written;
        if (!use(bare)) return 0;
      } else if (!use(entry)) {
        return 0;
      }
    }
    return 0;
  }

  JournalEntry& Add(const std::string& numbering, std::uint64_t number, const std::string& message) {
    JournalEntry entry;
    entry.cursor = "s=" + numbering + ";i=" + ToHex(number) + ";b=0;m=0;t=0;x=0";
    entry.numbering = numbering;
    entry.number = number;
    entry.written = 1'700'000'000'000'000 + static_cast<std::int64_t>(entries.size()) * 1'000'000;
    entry.message = message;
    entry.identifier = "sshd";
    entry.priority = "6";
    entry.facility = "3";
    entry.host = "box";
    entry.user_id = "0";
    entries.push_back(std::move(entry));
    return entries.back();
  }

  std::vector<JournalEntry> entries;
  std::vector<JournalQuery> queries;
  std::size_t given = 0;
  int error = 0;

 private:
  static std::string ToHex(std::uint64_t number) {
    std::string text;
    for (; number != 0; number /= 16) text.insert(text.begin(), "0123456789abcdef"[number % 16]);
    return text.empty() ? "0" : text;
  }
};

class RootOnly final : public NameService {
 public:
  NameAnswer UserById(std::uint32_t id, UserEntry& out) override {
    ++asked;
    if (is_silent) return NameAnswer::kNoAnswer;
    if (id != 0) return NameAnswer::kNotFound;
    out.name = "root";
    return NameAnswer::kFound;
  }
  int asked = 0;
  bool is_silent = false;
};

class LogEventTest : public testing::Test {
 protected:
  LogEventTest() {
    journal_.Add("old", 7, "before the reinstallation");
    journal_.Add("new", 1, "first").priority = "3";
    journal_.Add("new", 2, "login").facility = "10";
    journal_.Add("new", 5, "a unit of a user").user_unit = "app.service";
    JournalEntry& last = journal_.Add("new", 9, "last");
    last.priority = "4";
    last.generated = "1600000000000000";
    last.user_id = "4242";
  }

  struct Reply : Answer {
    std::set<std::string> incomplete;
    std::vector<std::string> Messages() const {
      std::vector<std::string> texts;
      for (std::size_t row = 0; row < rows.size(); ++row) texts.push_back(Text(row, "Message"));
      return texts;
    }
  };
  struct Question {
    std::string log = {};      // narrowed to this
    std::string key_log = {};  // looked up
    std::uint32_t number = 0;
    std::vector<std::string_view> needed = {};
    std::size_t rows_per_pull = 2;
    std::size_t pulls_max = 100;
  };

  static cim::ClassPtr Schema() {
    cim::ClassDeclaration declaration;
    declaration.name = "Win32_NTLogEvent";
    for (const char* name :
         {"Logfile", "RecordNumber", "Message", "Category", "CategoryString", "ComputerName", "EventType", "SourceName",
          "TimeGenerated", "TimeWritten", "Type", "User", "Data", "EventCode", "EventIdentifier", "InsertionStrings"}) {
      cim::Property item;
      item.name = name;
      item.type.type = cim::CimType::kString;
      if (declaration.properties.size() < 2) {
        cim::Qualifier qualifier;
        qualifier.name = "key";
        qualifier.value = cim::Value::Boolean(true);
        qualifier.type.type = cim::CimType::kBoolean;
        item.qualifiers.Set(std::move(qualifier));
      }
      declaration.properties.push_back(std::move(item));
    }
    auto made = cim::Class::Make(std::move(declaration), nullptr, nullptr);
    EXPECT_TRUE(made.ok()) << made.status().Message();
    return std::move(made).value();
  }

  Reply Ask(const Question& question) {
    Machine machine;
    machine.root = tree_.root();
    machine.files = &files_;
    machine.names = &names_;
    machine.journal = &journal_;
    LogEventProvider provider(machine);
    provider::Request request;
    request.schema = Schema();
    if (!question.needed.empty()) {
      request.needed = cim::PropertySet();
      for (const std::string_view name : question.needed) request.needed.Add(request.schema->FindSlot(name).value());
    }
    if (!question.key_log.empty()) {
      request.has_keys = true;
      request.keys.push_back({cim::Value::Text(question.key_log), cim::Value::Unsigned(question.number)});
    }
    if (!question.log.empty())
      request.allowed.push_back({request.schema->FindSlot("Logfile").value(), {cim::Value::Text(question.log)}});
    Reply reply;
    journal_.queries.clear();
    journal_.given = 0;
    auto stream = provider.Open(request);
    EXPECT_TRUE(stream.ok());
    for (std::size_t pull = 0; pull < question.pulls_max; ++pull) {
      provider::RowWriter writer(request, question.rows_per_pull, 1u << 20);
      const auto state = (*stream)->Read(writer);
      reply.incomplete.insert(writer.incomplete().begin(), writer.incomplete().end());
      writer.Finish(reply.rows);
      if (!state.ok()) reply.status = state.status();
      if (!state.ok() || *state == provider::ReadState::kEnd) break;
    }
    return reply;
  }

  FixtureTree tree_;
  WatchedFiles files_;
  FakeJournal journal_;
  RootOnly names_;
};

TEST_F(LogEventTest, ShowsTheNewestFirst) {
  const Reply reply = Ask({});
  EXPECT_THAT(reply.Messages(), ElementsAre("last", "a unit of a user", "login", "first", "before the reinstallation"));
  EXPECT_EQ(reply.Text(0, "Logfile"), "System");
  EXPECT_EQ(reply.Text(1, "Logfile"), "Application");
  EXPECT_EQ(reply.Text(2, "Logfile"), "Security");
  EXPECT_EQ(reply.Number(0, "EventType"), 2u);
  EXPECT_EQ(reply.Text(0, "Type"), "Warning");
  EXPECT_EQ(reply.Number(3, "EventType"), 1u);
  EXPECT_EQ(reply.Text(1, "Type"), "Information");
  EXPECT_EQ(reply.Number(2, "Category"), 10u);
  EXPECT_EQ(reply.Text(2, "CategoryString"), "authpriv");
  EXPECT_EQ(reply.Text(1, "User"), "box\\root");
  EXPECT_TRUE(reply.IsNull(0, "User"));
  EXPECT_LT(reply.Text(0, "TimeGenerated"), reply.Text(0, "TimeWritten"));
  EXPECT_EQ(reply.Text(1, "TimeGenerated"), reply.Text(1, "TimeWritten"));
  EXPECT_EQ(names_.asked, 2);  // each number once
  EXPECT_THAT(reply.incomplete, IsEmpty());
}

// By the names of the fields that the consumer writes: src/consumers/event_log_consumer.cc.
TEST_F(LogEventTest, GivesBackWhatTheConsumerWrote) {
  JournalEntry& entry = journal_.Add("new", 11, "one\nthree");
  for (const std::string_view field :
       {"OPENWMI_EVENT_ID=3221225482", "OPENWMI_EVENT_TYPE=16", "OPENWMI_CATEGORY=7", "OPENWMI_DATA=A\xFF",
        "OPENWMI_INSERTION_STRING_3=three", "OPENWMI_INSERTION_STRING_1=one"})
    TakeField(field, entry);
  Reply reply = Ask({.log = "Application"});
  EXPECT_THAT(reply.Messages(), ElementsAre("one\nthree", "a unit of a user"));
  EXPECT_EQ(reply.Number(0, "EventIdentifier"), 0xC000'000Au);
  EXPECT_EQ(reply.Number(0, "EventCode"), 10u);
  EXPECT_EQ(reply.Number(0, "EventType"), 5u);
  EXPECT_EQ(reply.Text(0, "Type"), "Security Audit Failure");
  EXPECT_EQ(reply.Number(0, "Category"), 7u);
  EXPECT_TRUE(reply.IsNull(0, "CategoryString"));
  const auto items = [&](std::string_view name) {
    return reply.rows[0].slot(*reply.rows[0].schema().FindSlot(name)).items();
  };
  ASSERT_EQ(items("Data").size(), 2u);
  EXPECT_EQ(items("Data")[1].unsigned_integer(), 255u);
  ASSERT_EQ(items("InsertionStrings").size(), 3u);
  EXPECT_EQ(items("InsertionStrings")[0].text(), "one");
  EXPECT_EQ(items("InsertionStrings")[1].text(), "");
  EXPECT_EQ(items("InsertionStrings")[2].text(), "three");
  for (const char* name : {"EventIdentifier", "EventCode", "Data", "InsertionStrings"})
    EXPECT_TRUE(reply.IsNull(1, name)) << name;
  entry.event_type = "8";
  EXPECT_EQ(Ask({.log = "Application"}).Number(0, "EventType"), 4u);
  entry.event_id = "4294967296";
  EXPECT_EQ(LogOf(entry), "System");
}

TEST(JournalFields, TheFirstCountsAndOddOnesDoNot) {
  JournalEntry entry;
  for (const std::string_view field :
       {"MESSAGE=a=b", "MESSAGE=second", "MESSAGE", "OPENWMI_INSERTION_STRING_1=x", "OPENWMI_INSERTION_STRING_1=y",
        "OPENWMI_INSERTION_STRING_0=z", "OPENWMI_INSERTION_STRING_257=z", "OPENWMI_INSERTION_STRING_=z",
        "OPENWMI_INSERTION_STRING_2x=z", "OPENWMI_INSERTION_STRING_256=last"})
    TakeField(field, entry);
  EXPECT_EQ(entry.message, "a=b");
  EXPECT_THAT(entry.insertion_strings, ElementsAre(testing::Pair(1, "x"), testing::Pair(256, "last")));
}

TEST_F(LogEventTest, ReadsNoFurtherThanTheClientDoes) {
  EXPECT_EQ(Ask({.pulls_max = 1}).rows.size(), 2u);
  EXPECT_EQ(journal_.given, 2u);
}

TEST_F(LogEventTest, NarrowsByLog) {
  EXPECT_THAT(Ask({.log = "security"}).Messages(), ElementsAre("login"));
  EXPECT_TRUE(journal_.queries.at(0).is_about_security);
  EXPECT_THAT(Ask({.log = "Application"}).Messages(), ElementsAre("a unit of a user"));
  EXPECT_FALSE(journal_.queries.at(0).is_about_security);
  EXPECT_THAT(Ask({.log = "Setup"}).rows, IsEmpty());
  EXPECT_THAT(journal_.queries, IsEmpty());
}

TEST_F(LogEventTest, FindsAnEntryByItsNumber) {
  for (const JournalEntry& entry : std::vector<JournalEntry>(journal_.entries)) {
    const std::string log(LogOf(entry));
    EXPECT_THAT(Ask({.key_log = log, .number = RecordNumberOf(entry)}).Messages(), ElementsAre(entry.message));
    // The newest numbering is not searched through.
    EXPECT_EQ(journal_.queries.size() == 2u, entry.numbering == "new") << entry.message;
  }
  EXPECT_THAT(Ask({.key_log = "Security", .number = RecordNumberOf(journal_.entries[4])}).rows, IsEmpty());
  EXPECT_THAT(Ask({.key_log = "System", .number = 12345}).rows, IsEmpty());
  EXPECT_THAT(Ask({.key_log = "Setup", .number = 1}).rows, IsEmpty());
}

TEST_F(LogEventTest, FindsNumbersBeyond32Bits) {
  const JournalEntry before = journal_.Add("new", 0xFFFF'FFF0ull, "before");
  journal_.Add("new", 0x1'0000'0003ull, "behind");
  EXPECT_THAT(Ask({.key_log = "System", .number = RecordNumberOf(before)}).Messages(), ElementsAre("before"));
  EXPECT_EQ(journal_.queries.size(), 2u);
}

TEST_F(LogEventTest, AsksForNoUsersUnlessTheyAreWanted) {
  Ask({.needed = {"Message"}});
  EXPECT_EQ(names_.asked, 0);
  names_.is_silent = true;
  const Reply reply = Ask({});
  EXPECT_EQ(reply.rows.size(), 5u);
  EXPECT_EQ(names_.asked, 1);
  EXPECT_THAT(reply.incomplete, ElementsAre(testing::HasSubstr("nsswitch.conf")));
}

TEST_F(LogEventTest, SaysWhenItMayNotReadTheJournalOfTheSystem) {
  tree_.Write("etc/machine-id", "0123\n");
  tree_.Write("var/log/journal/0123/system.journal", "x");
  EXPECT_THAT(Ask({}).incomplete, IsEmpty());
  files_.failures["read 0123/system.journal"] = EACCES;
  EXPECT_THAT(Ask({}).incomplete, ElementsAre(testing::HasSubstr("systemd-journal")));
}

TEST_F(LogEventTest, FailsWhenTheJournalDoes) {
  journal_.error = EMFILE;
  EXPECT_FALSE(Ask({}).status.ok());
}

TEST(JournalReaderTest, ReadsCursors) {
  std::string numbering;
  std::uint64_t number = 0;
  ASSERT_TRUE(ParseCursor("s=ab;i=1F;b=c;m=1;t=2;x=3", numbering, number));
  EXPECT_EQ(numbering, "ab");
  EXPECT_EQ(number, 31u);
  for (const char* text : {"", "s=ab", "i=1", "s=;i=1", "s=ab;i=", "s=ab;i=xyz", "s=ab;i=11111111111111111"})
    EXPECT_FALSE(ParseCursor(text, numbering, number)) << text;
}

TEST(JournalReaderTest, WalksTheJournalOfThisMachineIfThereIsOne) {
  std::vector<JournalEntry> entries;
  const auto take = [&entries](const JournalEntry& entry) {
    entries.push_back(entry);
    return entries.size() < 3;
  };
  ASSERT_EQ(JournalReader::Real().Read({}, take), 0);
  if (entries.size() < 3) return;
  JournalQuery query;
  query.start = entries[1].cursor;
  query.is_behind = true;
  std::string next;
  ASSERT_EQ(JournalReader::Real().Read(query,
                                       [&next](const JournalEntry& entry) {
                                         next = entry.cursor;
                                         return false;
                                       }),
            0);
  EXPECT_EQ(next, entries[2].cursor);
}

}  // namespace
}  // namespace wmi::linuxos
