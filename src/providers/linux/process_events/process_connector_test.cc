#include "providers/linux/process_events/process_connector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <limits>

#include "providers/linux/process_events/process_events_test_support.h"

namespace wmi::linuxos {
namespace {

using testing::HasSubstr;
using Kind = ProcessMessage::Kind;

std::vector<ProcessMessage> Parse(std::string_view datagram) {
  // A copy of exactly that size, so that a sanitizer sees what lies behind it.
  const std::vector<char> copy(datagram.begin(), datagram.end());
  std::vector<ProcessMessage> messages;
  ParseProcessMessages({copy.data(), copy.size()}, messages);
  return messages;
}

// A message that Linux 6.18 sent.
std::string Recorded(std::string_view hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16));
  }
  return bytes;
}

TEST(ProcessMessages, TakesARecordedAnswerApart) {
  const auto messages =
      Parse(Recorded("4c00000003000000f58a0000000000000100000001000000f58a0000060000002800000000000000"
                     "000000009b867281280e0000000000000000000000000000000000000000000000000000"));
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].kind, Kind::kAcknowledgement);
  EXPECT_EQ(messages[0].sequence, 0x8af5u);
  EXPECT_EQ(messages[0].acknowledgement, 6u);
  EXPECT_EQ(messages[0].error, 0u);
  EXPECT_EQ(messages[0].time_ns, 0x0e288172869bu);
}

TEST(ProcessMessages, TakesEachKindApart) {
  MessageMaker maker(3);
  const auto messages = Parse(Joined({maker.Fork(10, 20, 21), maker.Program(20), maker.Name(20, "fifteen letters"),
                                      maker.Exit(20, 21, 0x300, 10), maker.User(20)}));
  ASSERT_EQ(messages.size(), 5u);
  EXPECT_EQ(messages[0].kind, Kind::kFork);
  EXPECT_EQ(messages[0].parent_id, 10);
  EXPECT_EQ(messages[0].process_id, 20);
  EXPECT_EQ(messages[0].thread_id, 21);
  EXPECT_FALSE(messages[0].is_first_thread());
  EXPECT_EQ(messages[0].processor, 3u);
  EXPECT_EQ(messages[1].kind, Kind::kProgram);
  EXPECT_TRUE(messages[1].is_first_thread());
  EXPECT_EQ(messages[2].kind, Kind::kName);
  EXPECT_STREQ(messages[2].name.data(), "fifteen letters");
  EXPECT_EQ(messages[3].kind, Kind::kExit);
  EXPECT_EQ(messages[3].wait_status, 0x300u);
  EXPECT_EQ(messages[3].parent_id, 10);
  EXPECT_EQ(messages[4].kind, Kind::kOther);
  EXPECT_EQ(messages[4].sequence, 104u);
}

// Lengths that lie: of the netlink message, of the connector message, and where one ends that promised more.
TEST(ProcessMessages, LeavesOutWhatIsCutOrWrong) {
  MessageMaker maker;
  const std::string whole = maker.Exit(20);
  const std::string second = maker.Exit(30);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_TRUE(Parse(whole.substr(0, length)).empty()) << length;
  }
  EXPECT_EQ(Parse(whole + second.substr(0, second.size() - 1)).size(), 1u);

  struct Wrong {
    const char* what;
    std::size_t offset;
    std::string bytes;
    std::size_t messages;  // that are left of two
  };
  const std::size_t event = sizeof(nlmsghdr) + sizeof(cn_msg);
  const Wrong kWrong[] = {
      {"no length", offsetof(nlmsghdr, nlmsg_len), BytesOf(std::uint32_t{0}), 0},
      {"shorter than its head", offsetof(nlmsghdr, nlmsg_len), BytesOf(std::uint32_t{15}), 0},
      {"longer than the datagram", offsetof(nlmsghdr, nlmsg_len), BytesOf(std::uint32_t{4096}), 0},
      {"the longest", offsetof(nlmsghdr, nlmsg_len), BytesOf(std::uint32_t{0xFFFFFFFF}), 0},
      {"an error of netlink", offsetof(nlmsghdr, nlmsg_type), BytesOf(std::uint16_t{NLMSG_ERROR}), 1},
      {"another connector", sizeof(nlmsghdr), BytesOf(std::uint32_t{9}), 1},
      {"a body that is longer", sizeof(nlmsghdr) + offsetof(cn_msg, len), BytesOf(std::uint16_t{0xFFFF}), 1},
      {"a body without room", sizeof(nlmsghdr) + offsetof(cn_msg, len), BytesOf(std::uint16_t{20}), 1},
      {"no process", event + offsetof(proc_event, event_data.exit.process_tgid), BytesOf(std::int32_t{0}), 1},
      {"a number below zero", event + offsetof(proc_event, event_data.exit.process_pid), BytesOf(std::int32_t{-7}), 1},
  };
  for (const Wrong& wrong : kWrong) {
    SCOPED_TRACE(wrong.what);
    std::string bytes = whole + second;
    bytes.replace(wrong.offset, wrong.bytes.size(), wrong.bytes);
    const auto messages = Parse(bytes);
    ASSERT_EQ(messages.size(), wrong.messages);
    if (!messages.empty()) {
      EXPECT_EQ(messages.back().process_id, 30);
    }
  }
}

TEST(ProcessMessages, AnEndWithoutTheParentIsAnEnd) {
  std::string bytes = MessageMaker().Exit(20, 20, 9, 5);
  const std::size_t length = bytes.size() - sizeof(proc_event) + offsetof(proc_event, event_data.exit.parent_pid);
  bytes.resize(length);
  bytes.replace(offsetof(nlmsghdr, nlmsg_len), 4, BytesOf(static_cast<std::uint32_t>(length)));
  bytes.replace(sizeof(nlmsghdr) + offsetof(cn_msg, len), 2,
                BytesOf(static_cast<std::uint16_t>(length - sizeof(nlmsghdr) - sizeof(cn_msg))));
  const auto messages = Parse(bytes);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].parent_id, 0);
  EXPECT_EQ(messages[0].wait_status, 9u);
}

TEST(ProcessMessages, AreBoundedByNumber) {
  std::string bytes;
  MessageMaker maker;
  for (std::size_t count = 0; count <= kMessagesMax; ++count) bytes += maker.Exit(20);
  EXPECT_EQ(Parse(bytes).size(), kMessagesMax);
}

TEST(Sequence, CountsWhatIsMissingForEachProcessor) {
  SequenceCounter counter;
  const auto note = [&](std::uint32_t processor, std::uint32_t sequence) {
    ProcessMessage message;
    message.processor = processor;
    message.sequence = sequence;
    return counter.Note(message);
  };
  EXPECT_EQ(note(0, 7), 0u);  // the first one: nobody knows what was before
  EXPECT_EQ(note(1, 900), 0u);
  EXPECT_EQ(note(0, 8), 0u);
  EXPECT_EQ(note(0, 12), 3u);
  EXPECT_EQ(note(1, 901), 0u);
  EXPECT_EQ(note(1, 5), 0u);  // the processor was away and counts anew
  EXPECT_EQ(note(1, 7), 1u);
  EXPECT_EQ(note(2, std::numeric_limits<std::uint32_t>::max()), 0u);
  EXPECT_EQ(note(2, 1), 1u);
  EXPECT_EQ(note(0xFFFFFFFF, 3), 0u);

  // Answers to other listeners count.
  ProcessMessage answer;
  answer.kind = Kind::kAcknowledgement;
  answer.sequence = 13;
  EXPECT_EQ(counter.Note(answer), 0u);
  EXPECT_EQ(note(0, 14), 0u);
}

class Acknowledgement : public testing::Test {
 protected:
  Acknowledgement() : socket_(connector_.Open().value()) {}
  ~Acknowledgement() override { connector_.Close(socket_); }

  FakeConnector connector_;
  MessageMaker maker_;
  const int socket_;
};

TEST_F(Acknowledgement, IsTheOneOfTheRequest) {
  connector_.Send(maker_.Fork(1, 20));
  connector_.Send(maker_.Acknowledgement(6, EPERM));  // of another listener of the machine
  connector_.Send(maker_.Acknowledgement(8, 0));
  connector_.Send(maker_.Exit(20));
  EXPECT_TRUE(ReadAcknowledgement(socket_, 7).ok());
  std::vector<char> buffer;
  EXPECT_GT(ReceiveFromKernel(socket_, buffer), 0);  // what comes behind it is left
  EXPECT_EQ(ReceiveFromKernel(socket_, buffer), -EAGAIN);
}

TEST_F(Acknowledgement, ARefusalNamesTheRightAndTheWayOut) {
  connector_.Send(maker_.Acknowledgement(8, EPERM));
  const Status status = ReadAcknowledgement(socket_, 7);
  EXPECT_EQ(status.code(), code::kAccessDenied);
  EXPECT_THAT(status.Message(), HasSubstr("CAP_NET_ADMIN"));
  EXPECT_THAT(status.Message(), HasSubstr("WITHIN"));
}

TEST_F(Acknowledgement, NoAnswerIsARefusalAtOnce) {
  connector_.Send(maker_.Fork(1, 20));
  const Status status = ReadAcknowledgement(socket_, 7);
  EXPECT_EQ(status.code(), code::kAccessDenied);
  EXPECT_THAT(status.Message(), HasSubstr("namespaces"));
}

}  // namespace
}  // namespace wmi::linuxos
