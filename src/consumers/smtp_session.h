// SmtpSession: a conversation with a mail server that takes messages (RFC 5321), in the clear and without a login, as
// SMTPEventConsumer has no words for more.
//
// Our own, since a library for it (libcurl) would bring some twenty others into every program that uses WMI.
#pragma once

#include <netdb.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "consumers/interruptible_wait.h"

namespace wmi::consumers {

struct SmtpTimes {
  Duration connect = std::chrono::seconds(30);
  // RFC 5321 4.5.3.2. Servers delay their first words to keep off who is in a hurry; a message that was given up after
  // its end may come twice.
  Duration reply = std::chrono::minutes(5);
  Duration write = std::chrono::minutes(3);
  Duration acceptance = std::chrono::minutes(10);  // after the end of a message
  Duration farewell = std::chrono::seconds(5);
};

struct SmtpServer {
  std::string host;  // a name or an address
  std::uint16_t port = 25;

  std::string Text() const;
};

// "host", "host:port", "[::1]:port" or "::1". kInvalidParameter with what is wrong.
Result<SmtpServer> ParseSmtpServer(std::string_view text);

// For one thread at a time.
class SmtpSession {
 public:
  // Connects and introduces this machine as `own_name`. The failures of all functions name the server, what it was told
  // and what it said. Looking up a name cannot be interrupted: it ends as resolv.conf(5) says.
  static Result<std::unique_ptr<SmtpSession>> Open(const SmtpServer& server, const std::string& own_name,
                                                   const SmtpTimes& times, const InterruptibleWait& wait);
  ~SmtpSession() = default;
  SmtpSession(const SmtpSession&) = delete;
  SmtpSession& operator=(const SmtpSession&) = delete;

  // A message whose lines end in CR LF. Recipients are refused one by one: the others get the message all the same,
  // and the failure names who did not, and why.
  Status Send(const std::string& sender, const std::vector<std::string>& recipients, std::string_view message);

  // Says good-bye, and waits a little for the answer; what goes wrong no longer matters.
  void Quit();

 private:
  struct Reply {
    int code = 0;
    std::string text;  // its lines, for people
    bool is_positive() const { return code >= 200 && code < 300; }
  };

  SmtpSession(const SmtpServer& server, const SmtpTimes& times, const InterruptibleWait& wait)
      : server_(server), times_(times), wait_(wait) {}

  Status Connect();
  Status ConnectTo(const addrinfo& address, TimePoint deadline);
  Status Greet(const std::string& own_name);
  Status SendMessage(std::string_view message);

  // Sends a line and reads what is said to it.
  Result<Reply> Ask(std::string_view line, Duration time);
  // As Ask; a reply that is no consent is a failure.
  Status Command(std::string_view line);
  Status Write(std::string_view bytes, TimePoint deadline);
  Result<Reply> ReadReply(Duration time, std::string_view to);
  Result<std::string> ReadLine(TimePoint deadline, std::string_view to);

  Status Failed(std::string_view what) const;
  Status SystemFailed(std::string_view call, int error) const;
  Status Interrupted(Waited waited, std::string_view what) const;
  Status Refused(std::string_view command, const Reply& reply) const;

  const SmtpServer server_;
  const SmtpTimes times_;
  const InterruptibleWait& wait_;
  Descriptor socket_;
  std::string unread_;
  bool is_open_ = true;  // nothing has gone wrong with the connection
};

}  // namespace wmi::consumers
