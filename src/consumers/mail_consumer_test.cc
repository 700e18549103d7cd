#include "consumers/mail_consumer.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "consumers/consumer_for_test.h"
#include "consumers/interruptible_wait.h"

namespace wmi::consumers {
namespace {

using provider::Consumed;
using provider::EventConsumer;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// One end of a conversation, for the server of a test.
class Peer {
 public:
  explicit Peer(int socket) : socket_(socket) {}

  void Say(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // The next line without its end; false when there is none.
  bool Hear(std::string& line) {
    for (;;) {
      const std::size_t end = unread_.find("\r\n");
      if (end != std::string::npos) {
        line = unread_.substr(0, end);
        unread_.erase(0, end + 2);
        return true;
      }
      char bytes[4096];
      const ssize_t read = ::recv(socket_, bytes, sizeof bytes, 0);
      if (read <= 0) return false;
      unread_.append(bytes, static_cast<std::size_t>(read));
    }
  }
  // Until the client hangs up.
  void WaitForEnd() {
    for (std::string line; Hear(line);) heard_late.push_back(line);
  }

  std::vector<std::string> heard_late;

 private:
  const int socket_;
  std::string unread_;
};

// A mail server on this machine that behaves as the test says.
class FakeServer {
 public:
  explicit FakeServer(std::function<void(Peer&)> script) : script_(std::move(script)) {
    listener_ = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    EXPECT_EQ(::listen(listener_.get(), 8), 0);
    thread_ = std::thread([this] {
      for (;;) {
        const Descriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!socket) return;
        Peer peer(socket.get());
        script_(peer);
      }
    });
  }
  ~FakeServer() { Stop(); }
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  // Afterwards what the script has noted may be read.
  void Stop() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
  }
  std::string Name() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  const std::function<void(Peer&)> script_;
  Descriptor listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

// Takes mail as servers do; notes what it was told, and answers some of it otherwise. An empty answer hangs up.
struct Conversation {
  std::map<std::string, std::string> answers = {};
  std::vector<std::string> commands = {};
  std::vector<std::string> messages = {};

  void operator()(Peer& peer) {
    peer.Say(Answer("", "220 box ready\r\n"));
    for (std::string line; peer.Hear(line);) {
      commands.push_back(line);
      const std::string answer = Answer(line, line == "DATA"   ? "354 go on\r\n"
                                              : line == "QUIT" ? "221 bye\r\n"
                                                               : "250 ok\r\n");
      if (answer.empty()) return;
      peer.Say(answer);
      if (line == "DATA" && answer.starts_with("354") && !TakeMessage(peer)) return;
      if (line == "QUIT") return;
    }
  }

 private:
  std::string Answer(const std::string& line, const std::string& usual) const {
    const auto found = answers.find(line);
    return found == answers.end() ? usual : found->second;
  }
  bool TakeMessage(Peer& peer) {
    std::string message;
    for (std::string line; peer.Hear(line);) {
      if (line == ".") {
        messages.push_back(message);
        const std::string answer = Answer(".", "250 taken\r\n");
        peer.Say(answer);
        return !answer.empty();
      }
      message += line + "\n";
    }
    return false;
  }
};

class MailConsumerTest : public testing::Test {
 protected:
  MailConsumerTest() {
    options_.machine = "box.example.org";
    options_.now = [] { return std::int64_t{1'795'468'681}; };
    options_.unique = [] { return std::string("u1"); };
  }

  Result<std::unique_ptr<EventConsumer>> TryOpen(const std::string& properties) {
    return MailConsumerProvider(options_).Open(ConsumerFromMof("SMTPEventConsumer", properties));
  }
  std::unique_ptr<EventConsumer> Open(const FakeServer& server, const std::string& properties = "ToLine = \"a@b.c\";") {
    const std::string message = properties.find("Message =") == std::string::npos ? "Message = \"%Text%\"; " : "";
    auto opened = TryOpen("SMTPServer = \"" + server.Name() + "\"; " + message + properties);
    if (!opened.ok()) throw std::runtime_error(opened.status().Message());
    return std::move(opened).value();
  }
  std::string FaultOf(const std::string& properties) {
    const auto opened = TryOpen(properties);
    EXPECT_FALSE(opened.ok()) << properties;
    EXPECT_EQ(opened.status().code(), code::kInvalidParameter);
    return opened.status().Message();
  }
  static Consumed Send(EventConsumer& consumer, const std::vector<std::string>& texts = {"hello"},
                       const std::stop_token& stop = {}) {
    return consumer.Consume(EventsOfTexts(texts), stop);
  }
  // What became of one event with a server that answers like this.
  Status FailureWith(std::map<std::string, std::string> answers,
                     const std::string& properties = "ToLine = \"a@b.c\";") {
    conversation_ = {};
    conversation_.answers = std::move(answers);
    FakeServer server(std::ref(conversation_));
    const Consumed consumed = Send(*Open(server, properties));
    server.Stop();
    EXPECT_EQ(consumed.done, 0u);
    EXPECT_FALSE(consumed.status.ok());
    EXPECT_THAT(consumed.status.Message(), AllOf(HasSubstr("SMTPEventConsumer \"c\""), HasSubstr(server.Name())));
    return consumed.status;
  }
  // The conversation about these events, all of which are delivered.
  void Deliver(const std::string& properties, const std::vector<cim::Object>& events) {
    conversation_ = {};
    FakeServer server(std::ref(conversation_));
    const Consumed consumed = Open(server, properties)->Consume(events, {});
    server.Stop();
    EXPECT_EQ(consumed.done, events.size());
    EXPECT_TRUE(consumed.status.ok()) << consumed.status.Message();
  }

  MailConsumerProvider::Options options_;
  Conversation conversation_;
};

TEST_F(MailConsumerTest, AMessageForEachEvent) {
  Deliver("ToLine = \"a@b.c\"; Subject = \"about %More%\";", EventsOfTexts({"one", "two"}));
  EXPECT_THAT(conversation_.commands,
              ElementsAre("EHLO box.example.org", "MAIL FROM:<WinMgmt@box.example.org>", "RCPT TO:<a@b.c>", "DATA",
                          "MAIL FROM:<WinMgmt@box.example.org>", "RCPT TO:<a@b.c>", "DATA", "QUIT"));
  ASSERT_EQ(conversation_.messages.size(), 2u);
  EXPECT_EQ(conversation_.messages[0],
            "Date: Mon, 23 Nov 2026 21:18:01 +0000\n"
            "From: WinMgmt@box.example.org\n"
            "To: a@b.c\n"
            "Subject: about\n"
            "Message-ID: <u1@box.example.org>\n"
            "MIME-Version: 1.0\n"
            "Content-Type: text/plain; charset=us-ascii\n"
            "Content-Transfer-Encoding: 7bit\n"
            "\n"
            "one\n");
  EXPECT_THAT(conversation_.messages[1], testing::EndsWith("\n\ntwo\n"));
}

TEST_F(MailConsumerTest, NeedsNoTrust) { EXPECT_FALSE(MailConsumerProvider().needs_trust()); }

TEST_F(MailConsumerTest, AllLines) {
  Deliver(
      "ToLine = \"a@b.c; First <d@b.c>\"; CcLine = \"e@b.c\"; BccLine = \"f@b.c, a@b.c\"; FromLine = \"Ops <ops@b.c>\";"
      "ReplyToLine = \"help@b.c\"; Subject = \"s\"; HeaderFields = {\"X-Priority: 1\", \"Content-Type: text/html\"};",
      EventsOfTexts({"x"}));
  EXPECT_THAT(conversation_.commands,
              ElementsAre("EHLO box.example.org", "MAIL FROM:<ops@b.c>", "RCPT TO:<a@b.c>", "RCPT TO:<d@b.c>",
                          "RCPT TO:<e@b.c>", "RCPT TO:<f@b.c>", "DATA", "QUIT"));
  ASSERT_EQ(conversation_.messages.size(), 1u);
  EXPECT_THAT(
      conversation_.messages[0],
      AllOf(HasSubstr("\nFrom: \"Ops\"\n <ops@b.c>\nTo: a@b.c,\n \"First\"\n <d@b.c>\nCc: e@b.c\nReply-To: help@b.c\n"),
            HasSubstr("\nX-Priority: 1\nContent-Type: text/html\n"), Not(HasSubstr("f@b.c"))));
}

TEST_F(MailConsumerTest, LinesThatBeginWithADotArrive) {
  // Taken as it is sent: the second dot is the server's to take off.
  Deliver("ToLine = \"a@b.c\";", EventsOfTexts({".\n..x\ny"}));
  ASSERT_EQ(conversation_.messages.size(), 1u);
  EXPECT_THAT(conversation_.messages[0], testing::EndsWith("\n\n..\n...x\ny\n"));
}

TEST_F(MailConsumerTest, AnEventIsDataInEveryField) {
  const cim::Object event =
      EventFromMof("Text = \"evil@b.c\\r\\nBcc: x@y.z\\r\\n\\r\\n.\\r\\nMAIL\"; More = \"evil@b.c, Doe\";");
  Deliver("ToLine = \"%More% <a@b.c>\"; Subject = \"%Text%\"; FromLine = \"%Text% <ops@b.c>\"; Message = \"m\";",
          {event});
  EXPECT_THAT(conversation_.commands,
              ElementsAre("EHLO box.example.org", "MAIL FROM:<ops@b.c>", "RCPT TO:<a@b.c>", "DATA", "QUIT"));
  ASSERT_EQ(conversation_.messages.size(), 1u);
  EXPECT_THAT(conversation_.messages[0], AllOf(HasSubstr("\nTo: \"evil@b.c, Doe\"\n <a@b.c>\n"),
                                               Not(HasSubstr("\nBcc")), testing::EndsWith("\n\nm\n")));
}

TEST_F(MailConsumerTest, AddressesOfAnEvent) {
  const cim::Object event = EventFromMof("Text = \"a@b.c, d@b.c\"; More = \"e@b.c\";");
  Deliver("ToLine = \"%Text%; %More%\"; Message = \"m\";", {event});
  EXPECT_THAT(conversation_.commands, testing::IsSupersetOf({"RCPT TO:<a@b.c>", "RCPT TO:<d@b.c>", "RCPT TO:<e@b.c>"}));
  // Only a place that stands alone may bring several.
  FakeServer server(std::ref(conversation_));
  for (const char* line : {"%Text%@b.c", "x%Text%", "%More%%Text%", "<%Text%>"}) {
    conversation_ = {};
    const std::vector<cim::Object> events = {event};
    const Consumed consumed = Open(server, "ToLine = \"" + std::string(line) + "\";")->Consume(events, {});
    EXPECT_EQ(consumed.status.code(), code::kInvalidParameter) << line;
    EXPECT_THAT(consumed.status.Message(), HasSubstr("ToLine: \"")) << line;
    EXPECT_THAT(conversation_.commands, IsEmpty()) << line;
  }
  const std::vector<cim::Object> nobody = {EventFromMof("")};
  EXPECT_THAT(Open(server, "ToLine = \"%Text%\";")->Consume(nobody, {}).status.Message(),
              HasSubstr("they have 0 addresses"));
}

TEST_F(MailConsumerTest, WrongPropertiesAreNamed) {
  EXPECT_THAT(FaultOf("ToLine = \"a@b.c\";"),
              HasSubstr("SMTPEventConsumer \"c\": SMTPServer is NULL: it must name the mail server"));
  for (const char* name :
       {"a b", "host:", "host:0", "host:70000", "host:x", "[::1", "[::1]x", ":25", "http://h", "gr\xC3\xBC"})
    EXPECT_THAT(FaultOf("ToLine = \"a@b.c\"; SMTPServer = \"" + std::string(name) + "\";"),
                HasSubstr("mail.example.org:587"))
        << name;
  const std::string good = "SMTPServer = \"host\"; ";
  EXPECT_THAT(FaultOf(good), HasSubstr("ToLine, CcLine or BccLine must name"));
  EXPECT_THAT(FaultOf(good + "ToLine = \" ; \";"), HasSubstr("must name"));
  EXPECT_THAT(FaultOf(good + "BccLine = \"a b\";"),
              AllOf(HasSubstr("BccLine is \"a b\""), HasSubstr("such as a@example.org")));
  EXPECT_THAT(FaultOf(good + "ToLine = \"%a\";"), HasSubstr("ToLine, character "));
  EXPECT_THAT(FaultOf(good + "ToLine = \"a@b.c\"; FromLine = \"\";"), HasSubstr("FromLine is \"\""));
  EXPECT_THAT(FaultOf(good + "ToLine = \"a@b.c\"; Message = \"50%\";"), HasSubstr("Message, character 3"));
  EXPECT_THAT(FaultOf(good + "ToLine = \"a@b.c\"; HeaderFields = {\"x\"};"), HasSubstr("Name: value"));
  EXPECT_THAT(FaultOf(good + "ToLine = \"a@b.c\"; HeaderFields = {\"a b: c\"};"), HasSubstr("Name: value"));
  EXPECT_THAT(FaultOf(good + "ToLine = \"a@b.c\"; HeaderFields = {\"X: a\\r\\nBcc: b@c.d\"};"),
              HasSubstr("X has a line break"));
  EXPECT_THAT(FaultOf(good + "ToLine = \"a@b.c\"; HeaderFields = {\"bcc: b@c.d\"};"),
              HasSubstr("bcc is written by the consumer"));
  std::string many;
  for (int at = 0; at < 100; ++at) many += "a" + std::to_string(at) + "@b.c,";
  EXPECT_TRUE(TryOpen(good + "ToLine = \"" + many + "\";").ok());
  EXPECT_THAT(FaultOf(good + "ToLine = \"" + many + "z@b.c\";"), HasSubstr("more than 100 addresses"));
}

TEST(SmtpServers, Forms) {
  const auto text = [](std::string_view name) {
    const auto parsed = ParseSmtpServer(name);
    return parsed.ok() ? parsed->Text() : parsed.status().Message();
  };
  EXPECT_EQ(text("host"), "host:25");
  EXPECT_EQ(text("mail.example.org:587"), "mail.example.org:587");
  EXPECT_EQ(text("192.0.2.1:65535"), "192.0.2.1:65535");
  EXPECT_EQ(text("::1"), "[::1]:25");
  EXPECT_EQ(text("[::1]"), "[::1]:25");
  EXPECT_EQ(text("[fe80::1]:26"), "[fe80::1]:26");
}

TEST_F(MailConsumerTest, ARefusalIsAFailureWithTheWordsOfTheServer) {
  EXPECT_THAT(FailureWith({{"", "554 go away\r\n"}}).Message(), HasSubstr("refused the connection: \"554 go away\""));
  EXPECT_THAT(FailureWith({{"MAIL FROM:<WinMgmt@box.example.org>", "451-try\r\n451 later\r\n"}}).Message(),
              HasSubstr("refused MAIL FROM:<WinMgmt@box.example.org>: \"451-try / 451 later\""));
  EXPECT_THAT(FailureWith({{"DATA", "503 no\r\n"}}).Message(), HasSubstr("refused DATA: \"503 no\""));
  EXPECT_THAT(FailureWith({{".", "552 too large\r\n"}}).Message(), HasSubstr("refused the message: \"552 too large\""));
  EXPECT_THAT(FailureWith({{"DATA", "250 what\r\n"}}).Message(), HasSubstr("refused DATA"));
  EXPECT_EQ(conversation_.commands.back(), "QUIT");
  EXPECT_THAT(FailureWith({{"RCPT TO:<a@b.c>", "421 closing\r\n"}}).Message(), HasSubstr("421 closing"));
  EXPECT_EQ(conversation_.commands.back(), "RCPT TO:<a@b.c>");
}

TEST_F(MailConsumerTest, AnOldServerIsGreetedInTheOldWay) {
  conversation_.answers = {{"EHLO box.example.org", "502 what\r\n"}};
  FakeServer server(std::ref(conversation_));
  EXPECT_TRUE(Send(*Open(server)).status.ok());
  server.Stop();
  EXPECT_EQ(conversation_.commands[1], "HELO box.example.org");
  EXPECT_THAT(FailureWith({{"EHLO box.example.org", "502 what\r\n"}, {"HELO box.example.org", "550 no\r\n"}}).Message(),
              HasSubstr("refused HELO box.example.org: \"550 no\""));
}

TEST_F(MailConsumerTest, RecipientsAreRefusedOneByOne) {
  const std::string lines = "ToLine = \"a@b.c, bad@b.c\"; CcLine = \"worse@b.c\";";
  const Status partly =
      FailureWith({{"RCPT TO:<bad@b.c>", "550 unknown\r\n"}, {"RCPT TO:<worse@b.c>", "450 busy\r\n"}}, lines);
  EXPECT_THAT(partly.Message(),
              HasSubstr("not for bad@b.c: \"550 unknown\"; worse@b.c: \"450 busy\"; the others have it"));
  EXPECT_EQ(conversation_.messages.size(), 1u);
  EXPECT_EQ(conversation_.commands.back(), "QUIT");

  const Status none = FailureWith({{"RCPT TO:<a@b.c>", "550 unknown\r\n"}});
  EXPECT_THAT(none.Message(), HasSubstr("for none of the recipients: a@b.c: \"550 unknown\""));
  EXPECT_THAT(conversation_.messages, IsEmpty());
  EXPECT_THAT(conversation_.commands, testing::Contains("RSET"));
}

TEST_F(MailConsumerTest, AServerThatHangsUp) {
  EXPECT_THAT(FailureWith({{"EHLO box.example.org", ""}}).Message(),
              HasSubstr("closed the connection instead of answering EHLO box.example.org"));
  EXPECT_THAT(FailureWith({{".", ""}}).Message(), HasSubstr("instead of answering the message"));
}

TEST_F(MailConsumerTest, AServerThatIsNone) {
  EXPECT_THAT(FailureWith({{"", "HTTP/1.1 400 Bad\r\n"}}).Message(),
              AllOf(HasSubstr("\"HTTP/1.1 400 Bad\", which is not SMTP"), HasSubstr("see whether SMTPServer")));
  for (const char* garbage :
       {"\r\n", "22\r\n", "220ready\r\n", "999 x\r\n", "100 x\r\n", "220-a\r\n250 b\r\n", "\x01\xFF\n"})
    EXPECT_THAT(FailureWith({{"", garbage}}).Message(), HasSubstr("not SMTP")) << garbage;
  EXPECT_THAT(FailureWith({{"", "2\x1B[2J\r\n"}}).Message(), HasSubstr("2?[2J"));
}

TEST_F(MailConsumerTest, RepliesHaveLimits) {
  EXPECT_THAT(FailureWith({{"", "220 " + std::string(4093, 'x') + "\r\n"}}).Message(),
              HasSubstr("more than 4096 bytes"));
  // Without an end; the server goes on until the client is gone.
  FakeServer endless([](Peer& peer) {
    for (int turn = 0; turn < 100; ++turn) peer.Say("220 " + std::string(100'000, 'x'));
  });
  EXPECT_THAT(Send(*Open(endless)).status.Message(), HasSubstr("more than 4096 bytes"));
  std::string lines;
  for (int at = 0; at < 100; ++at) lines += "220-x\r\n";
  EXPECT_THAT(FailureWith({{"", lines + "220 x\r\n"}}).Message(), HasSubstr("more than 100 lines"));

  conversation_ = {};
  conversation_.answers = {{"", "220 " + std::string(4091, 'x') + "\r\n"},
                           {"EHLO box.example.org", lines.substr(7) + "220\n"}};
  FakeServer server(std::ref(conversation_));
  const Consumed consumed = Send(*Open(server));
  EXPECT_TRUE(consumed.status.ok()) << consumed.status.Message();
}

TEST_F(MailConsumerTest, NobodyListens) {
  std::string name;
  {
    FakeServer server([](Peer&) {});
    name = server.Name();
  }
  auto opened = TryOpen("SMTPServer = \"" + name + "\"; ToLine = \"a@b.c\";");
  ASSERT_TRUE(opened.ok());
  const Consumed consumed = Send(**opened);
  EXPECT_EQ(consumed.status.detail()->system_errno, ECONNREFUSED);
  EXPECT_THAT(consumed.status.Message(),
              AllOf(HasSubstr(name), HasSubstr("connect() failed"), HasSubstr("see whether SMTPServer")));
}

TEST_F(MailConsumerTest, AServerThatHangsIsGivenUp) {
  options_.times.reply = std::chrono::milliseconds(20);
  FakeServer server([](Peer& peer) {
    peer.Say("220 ready\r\n");
    peer.WaitForEnd();
  });
  const Consumed consumed = Send(*Open(server));
  EXPECT_EQ(consumed.done, 0u);
  EXPECT_EQ(consumed.status.code(), code::kTimedOut);
  EXPECT_THAT(consumed.status.Message(), HasSubstr("time ran out while it was to answer EHLO box.example.org"));
}

TEST_F(MailConsumerTest, AServerThatDoesNotReadIsGivenUp) {
  options_.times.write = std::chrono::milliseconds(20);
  options_.times.acceptance = std::chrono::milliseconds(20);
  std::stop_source client_is_done;
  FakeServer server([&client_is_done](Peer& peer) {
    peer.Say("220 a\r\n250 b\r\n250 c\r\n250 d\r\n354 e\r\n");
    // Reads nothing, but keeps the connection until the client has given up.
    const InterruptibleWait wait(client_is_done.get_token());
    EXPECT_EQ(wait.Until(SteadyClock().Now() + std::chrono::minutes(5)), Waited::kStopped);
  });
  // More than sockets hold.
  const std::vector<cim::Value> fields(60, cim::Value::Text("X: " + std::string(200u << 10, 'x')));
  const cim::Object small =
      ConsumerFromMof("SMTPEventConsumer", "SMTPServer = \"" + server.Name() + "\"; ToLine = \"a@b.c\";");
  const cim::Value array = cim::Value::Array(fields);
  auto opened = MailConsumerProvider(options_).Open(
      cim::WithValue(small, *small.schema().FindSlot("HeaderFields"), array.view()));
  ASSERT_TRUE(opened.ok());
  const Consumed consumed = Send(**opened);
  client_is_done.request_stop();
  EXPECT_EQ(consumed.status.code(), code::kTimedOut) << consumed.status.Message();
  EXPECT_THAT(consumed.status.Message(), HasSubstr("while it was written to"));
}

TEST_F(MailConsumerTest, AStopEndsAWait) {
  std::stop_source stop;
  std::vector<std::string> late;
  FakeServer server([&](Peer& peer) {
    peer.Say("220 ready\r\n");
    std::string line;
    peer.Hear(line);
    stop.request_stop();  // while the client waits for the answer, or before
    peer.WaitForEnd();
    late = peer.heard_late;
  });
  const Consumed consumed = Send(*Open(server), {"a"}, stop.get_token());
  server.Stop();
  EXPECT_EQ(consumed.done, 0u);
  EXPECT_EQ(consumed.status.code(), code::kCallCancelled);
  EXPECT_THAT(consumed.status.Message(), HasSubstr("stopped while it was to answer EHLO"));
  EXPECT_THAT(late, IsEmpty());
}

TEST_F(MailConsumerTest, AFailureLeavesTheEventsBehindIt) {
  int messages = 0;
  FakeServer server([&messages](Peer& peer) {
    Conversation conversation;
    if (++messages > 1) conversation.answers = {{"", "421 enough\r\n"}};
    conversation.answers["QUIT"] = "";
    conversation(peer);
  });
  const auto consumer = Open(server);
  EXPECT_EQ(Send(*consumer, {"1", "2"}).done, 2u);
  const Consumed second = Send(*consumer, {"3"});
  EXPECT_EQ(second.done, 0u);
  EXPECT_THAT(second.status.Message(), HasSubstr("421 enough"));
}

TEST_F(MailConsumerTest, EveryMessageHasAnIdOfItsOwn) {
  options_.unique = nullptr;
  options_.now = nullptr;
  options_.machine.clear();
  Deliver("ToLine = \"a@b.c\";", EventsOfTexts({"x", "x"}));
  ASSERT_EQ(conversation_.messages.size(), 2u);
  const auto id = [&](std::size_t at) {
    const std::string& text = conversation_.messages[at];
    const std::size_t start = text.find("Message-ID: ");
    return text.substr(start, text.find('\n', start) - start);
  };
  EXPECT_THAT(id(0), testing::MatchesRegex("Message-ID: <[0-9a-f]{32}@[A-Za-z0-9.-]+>"));
  EXPECT_NE(id(0), id(1));
}

}  // namespace
}  // namespace wmi::consumers
