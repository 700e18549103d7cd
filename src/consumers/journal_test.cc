#include "consumers/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include "consumers/journal_for_test.h"

namespace wmi::consumers {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr auto kLong = std::chrono::minutes(10);

// Sends until journald's queue is full; what the last one said.
Status Fill(const Journal& journal) {
  const std::vector<Journal::Field> fields = {{"MESSAGE", "x"}};
  for (int entries = 0; entries < 100'000; ++entries) {
    Status sent = journal.SendNow(fields);
    if (!sent.ok()) return sent;
  }
  ADD_FAILURE() << "the queue never fills";
  return Status();
}

TEST(Journal, BytesOfAnEntry) {
  FakeJournald journald;
  const std::string odd("a\0=b", 4);
  const std::vector<Journal::Field> fields = {{"MESSAGE", "one\ntwo"}, {"PRIORITY", "3"}, {"EMPTY", ""}, {"ODD", odd}};
  EXPECT_TRUE(Journal(journald.path()).SendNow(fields).ok());
  const std::string expected =
      std::string("MESSAGE\n\7\0\0\0\0\0\0\0one\ntwo\nPRIORITY=3\nEMPTY=\nODD=", 46) + odd + "\n";
  EXPECT_EQ(journald.TakeBytes(), expected);
  EXPECT_FALSE(journald.was_in_file);
}

TEST(Journal, ALargeEntryGoesInASealedFile) {
  FakeJournald journald;
  const std::string large(8u << 20, 'x');
  const std::vector<Journal::Field> fields = {{"MESSAGE", large}, {"PRIORITY", "6"}};
  const Status sent = Journal(journald.path()).SendNow(fields);
  EXPECT_TRUE(sent.ok()) << sent.Message();
  EXPECT_EQ(journald.TakeBytes(), "MESSAGE=" + large + "\nPRIORITY=6\n");
  EXPECT_TRUE(journald.was_in_file);
  EXPECT_EQ(journald.seals, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
}

TEST(Journal, WithoutJournaldItSaysSo) {
  const std::vector<Journal::Field> fields = {{"MESSAGE", "x"}};
  const Status sent = Journal("/nowhere/socket").SendNow(fields);
  EXPECT_EQ(sent.code(), code::kFailed);
  EXPECT_EQ(sent.detail()->system_errno, ENOENT);
  EXPECT_THAT(sent.Message(), AllOf(HasSubstr("connect(/nowhere/socket) failed"), HasSubstr("start systemd-journald")));
  EXPECT_EQ(Journal("/" + std::string(200, 'x')).SendNow(fields).detail()->system_errno, ENAMETOOLONG);
}

TEST(Journal, AFullQueueIsNotWaitedForWithoutNeed) {
  FakeJournald journald;
  const Status sent = Fill(Journal(journald.path()));
  EXPECT_EQ(sent.detail()->system_errno, EAGAIN);
  EXPECT_THAT(sent.Message(), HasSubstr("journald does not read"));
}

TEST(Journal, AFullQueueIsWaitedForSoLong) {
  FakeJournald journald;
  const Journal journal(journald.path());
  EXPECT_FALSE(Fill(journal).ok());
  const std::vector<Journal::Field> fields = {{"MESSAGE", "late"}};
  std::stop_source stop;
  const InterruptibleWait wait(stop.get_token());
  const Status late = journal.Send(fields, wait, SteadyClock().Now() + std::chrono::milliseconds(20));
  EXPECT_EQ(late.detail()->system_errno, ETIMEDOUT);
  stop.request_stop();
  EXPECT_EQ(journal.Send(fields, wait, SteadyClock().Now() + kLong).code(), code::kCallCancelled);
}

TEST(Journal, WhoWaitsGoesOnWhenJournaldReads) {
  FakeJournald journald;
  const Journal journal(journald.path());
  EXPECT_FALSE(Fill(journal).ok());
  std::string last;
  std::thread reader([&] {
    while (last != "MESSAGE=end\n") last = journald.TakeBytes(0).value_or("");
  });
  const InterruptibleWait wait{std::stop_token()};
  const std::vector<Journal::Field> fields = {{"MESSAGE", "end"}};
  EXPECT_TRUE(journal.Send(fields, wait, SteadyClock().Now() + kLong).ok());
  reader.join();
}

TEST(JournalAudit, WritesItsFields) {
  FakeJournald journald;
  JournalAudit audit(journald.path());
  audit.Write("A program was run.", {{"OPENWMI_CONSUMER", "c"}, {"OPENWMI_PROGRAM", "/bin/true"}});
  EXPECT_THAT(journald.Take(),
              ElementsAre(Pair("MESSAGE", "A program was run."), Pair("PRIORITY", "5"),
                          Pair("SYSLOG_IDENTIFIER", "openwmi"), Pair("MESSAGE_ID", std::string(kAuditMessageId)),
                          Pair("OPENWMI_CONSUMER", "c"), Pair("OPENWMI_PROGRAM", "/bin/true")));
  EXPECT_EQ(audit.lost(), 0u);
  EXPECT_THAT(kAuditMessageId, testing::MatchesRegex("[0-9a-f]{32}"));
}

TEST(JournalAudit, CountsWhatIsLost) {
  JournalAudit nowhere("/nowhere/socket");
  nowhere.Write("x", {});
  nowhere.Write("x", {});
  EXPECT_EQ(nowhere.lost(), 2u);

  FakeJournald journald;
  EXPECT_FALSE(Fill(Journal(journald.path())).ok());
  JournalAudit slow(journald.path());
  slow.Write("x", {});
  EXPECT_EQ(slow.lost(), 1u);
}

}  // namespace
}  // namespace wmi::consumers
