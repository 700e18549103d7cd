#include "consumers/smtp_session.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

namespace wmi::consumers {
namespace {

// RFC 5321 4.5.3.1.5 allows 512; real servers are not that strict.
constexpr std::size_t kReplyLineMax = 4096;
constexpr std::size_t kReplyLinesMax = 100;
// How much of what a server says is shown.
constexpr std::size_t kShownBytesMax = 500;
constexpr std::size_t kWriteBytesMax = 64u << 10;
constexpr int kServiceEnds = 421;  // RFC 5321 3.8

// For a message: what others wrote must not end its line.
std::string Printable(std::string_view text) {
  std::string shown(text.substr(0, kShownBytesMax));
  std::replace_if(
      shown.begin(), shown.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F; }, '?');
  return shown;
}

// A line that begins with a dot gets a second one (RFC 5321 4.5.2); the text ends with a dot alone.
std::string Stuffed(std::string_view message) {
  std::string text;
  text.reserve(message.size() + 16);
  while (!message.empty()) {
    const std::size_t end = message.find("\r\n");
    const std::string_view line = message.substr(0, end);
    if (line.starts_with('.')) text += '.';
    text += line;
    text += "\r\n";
    message.remove_prefix(end == std::string_view::npos ? message.size() : end + 2);
  }
  text += ".\r\n";
  return text;
}

bool ParsePort(std::string_view text, std::uint16_t& port) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && stop == text.data() + text.size() && port != 0;
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

}  // namespace

std::string SmtpServer::Text() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

Result<SmtpServer> ParseSmtpServer(std::string_view text) {
  constexpr std::string_view kForm =
      "it must be a name or an address, such as mail.example.org, mail.example.org:587 or [::1]:25";
  const auto wrong = [&] { return Status(code::kInvalidParameter, std::string(kForm)); };
  SmtpServer server;
  std::string_view port;
  bool has_port = false;
  const std::size_t colon = text.find(':');
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return wrong();
    server.host = text.substr(1, close - 1);
    const std::string_view rest = text.substr(close + 1);
    has_port = !rest.empty();
    if (has_port && rest[0] != ':') return wrong();
    if (has_port) port = rest.substr(1);
  } else if (colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos) {
    server.host = text.substr(0, colon);
    port = text.substr(colon + 1);
    has_port = true;
  } else {
    server.host = text;  // a name, or an address with several colons
  }
  if (has_port && !ParsePort(port, server.port)) return wrong();
  const bool is_plain = std::all_of(server.host.begin(), server.host.end(),
                                    [](char c) { return c > 0x20 && c < 0x7F && c != '[' && c != ']' && c != '/'; });
  if (server.host.empty() || server.host.size() > 255 || !is_plain) return wrong();
  return server;
}

Result<std::unique_ptr<SmtpSession>> SmtpSession::Open(const SmtpServer& server, const std::string& own_name,
                                                       const SmtpTimes& times, const InterruptibleWait& wait) {
  std::unique_ptr<SmtpSession> session(new SmtpSession(server, times, wait));
  TRY(session->Connect());
  TRY(session->Greet(own_name));
  return session;
}

Status SmtpSession::Connect() {
  if (wait_.is_stopped()) return Interrupted(Waited::kStopped, "before it was connected to");
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(server_.host.c_str(), std::to_string(server_.port).c_str(), &hints, &found);
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
  if (error == EAI_SYSTEM) return SystemFailed("getaddrinfo", errno);
  if (error != 0) {
    return Failed(
        fmt::format("its name cannot be looked up: {}; see whether SMTPServer is right", ::gai_strerror(error)));
  }
  const TimePoint deadline = SteadyClock().Now() + times_.connect;
  Status last = Failed("its name has no address; see whether SMTPServer is right");
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    last = ConnectTo(*address, deadline);
    if (last.ok() || wait_.is_stopped()) break;
  }
  return last;
}

Status SmtpSession::ConnectTo(const addrinfo& address, TimePoint deadline) {
  socket_ = Descriptor(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, address.ai_protocol));
  if (!socket_) return SystemFailed("socket", errno);
  if (::connect(socket_.get(), address.ai_addr, address.ai_addrlen) == 0) return Status();
  if (errno != EINPROGRESS) return SystemFailed("connect", errno);
  const Waited waited = wait_.ForDescriptor(socket_.get(), POLLOUT, deadline);
  if (waited != Waited::kReady) return Interrupted(waited, "while it was connected to");
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  return error == 0 ? Status() : SystemFailed("connect", error);
}

Status SmtpSession::Greet(const std::string& own_name) {
  const Reply greeting = TRY(ReadReply(times_.reply, "the connection"));
  if (!greeting.is_positive()) return Refused("the connection", greeting);
  const Reply extended = TRY(Ask(fmt::format("EHLO {}", own_name), times_.reply));
  if (extended.is_positive()) return Status();
  // RFC 5321 3.2: an old server.
  return Command(fmt::format("HELO {}", own_name));
}

Status SmtpSession::Send(const std::string& sender, const std::vector<std::string>& recipients,
                         std::string_view message) {
  TRY(Command(fmt::format("MAIL FROM:<{}>", sender)));
  std::string refused;
  std::size_t accepted = 0;
  for (const std::string& recipient : recipients) {
    const std::string command = fmt::format("RCPT TO:<{}>", recipient);
    const Reply reply = TRY(Ask(command, times_.reply));
    if (reply.is_positive()) {
      ++accepted;
      continue;
    }
    if (reply.code == kServiceEnds) return Refused(command, reply);
    refused += fmt::format("{}{}: \"{}\"", refused.empty() ? "" : "; ", recipient, reply.text);
  }
  if (accepted == 0) {
    TRY(Command("RSET"));
    return Failed(fmt::format(
        "it takes mail for none of the recipients: {}; see whether ToLine, CcLine and BccLine are right", refused));
  }
  TRY(SendMessage(message));
  if (refused.empty()) return Status();
  return Failed(
      fmt::format("it took the mail, but not for {}; the others have it; see whether ToLine, CcLine and BccLine "
                  "are right",
                  refused));
}

Status SmtpSession::SendMessage(std::string_view message) {
  const Reply ready = TRY(Ask("DATA", times_.reply));
  if (ready.code != 354) return Refused("DATA", ready);
  const std::string text = Stuffed(message);
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view part = rest.substr(0, kWriteBytesMax);
    TRY(Write(part, SteadyClock().Now() + times_.write));
    rest.remove_prefix(part.size());
  }
  const Reply reply = TRY(ReadReply(times_.acceptance, "the message"));
  return reply.is_positive() ? Status() : Refused("the message", reply);
}

void SmtpSession::Quit() {
  if (!is_open_) return;
  [[maybe_unused]] const Result<Reply> ignored = Ask("QUIT", times_.farewell);
}

Result<SmtpSession::Reply> SmtpSession::Ask(std::string_view line, Duration time) {
  std::string bytes(line);
  bytes += "\r\n";
  TRY(Write(bytes, SteadyClock().Now() + std::min(time, times_.write)));
  return ReadReply(time, line);
}

Status SmtpSession::Command(std::string_view line) {
  const Reply reply = TRY(Ask(line, times_.reply));
  return reply.is_positive() ? Status() : Refused(line, reply);
}

Status SmtpSession::Write(std::string_view bytes, TimePoint deadline) {
  is_open_ = false;  // until all is written
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return SystemFailed("send", errno);
    const Waited waited = wait_.ForDescriptor(socket_.get(), POLLOUT, deadline);
    if (waited != Waited::kReady) return Interrupted(waited, "while it was written to");
  }
  is_open_ = true;
  return Status();
}

Result<SmtpSession::Reply> SmtpSession::ReadReply(Duration time, std::string_view to) {
  const TimePoint deadline = SteadyClock().Now() + time;
  is_open_ = false;  // until there is a whole reply
  Reply reply;
  for (std::size_t lines = 0; lines < kReplyLinesMax; ++lines) {
    const std::string line = TRY(ReadLine(deadline, to));
    int number = 0;
    const bool has_code =
        line.size() >= 3 && std::all_of(line.begin(), line.begin() + 3, [](char c) { return c >= '0' && c <= '9'; });
    if (has_code) number = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
    const bool is_last = line.size() == 3 || (line.size() > 3 && line[3] == ' ');
    if (!has_code || number < 200 || number > 599 || (!is_last && line[3] != '-') ||
        (reply.code != 0 && reply.code != number)) {
      return Failed(
          fmt::format("it answered {} with \"{}\", which is not SMTP; see whether SMTPServer is a mail server",
                      Printable(to), Printable(line)));
    }
    reply.code = number;
    if (reply.text.size() < kShownBytesMax) {
      if (!reply.text.empty()) reply.text += " / ";
      reply.text += Printable(line);
    }
    if (!is_last) continue;
    is_open_ = number != kServiceEnds;
    return reply;
  }
  return Failed(fmt::format("it answered {} with more than {} lines; see whether SMTPServer is a mail server",
                            Printable(to), kReplyLinesMax));
}

Result<std::string> SmtpSession::ReadLine(TimePoint deadline, std::string_view to) {
  for (;;) {
    const std::size_t end = unread_.find('\n');
    if (std::min(end, unread_.size()) > kReplyLineMax) {
      return Failed(
          fmt::format("it answered {} with a line of more than {} bytes; see whether SMTPServer is a mail server",
                      Printable(to), kReplyLineMax));
    }
    if (end != std::string::npos) {
      std::string line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      if (line.ends_with('\r')) line.pop_back();
      return line;
    }
    char bytes[1024];
    const ssize_t read = ::recv(socket_.get(), bytes, sizeof bytes, 0);
    if (read > 0) {
      unread_.append(bytes, static_cast<std::size_t>(read));
      continue;
    }
    if (read == 0) return Failed(fmt::format("it closed the connection instead of answering {}", Printable(to)));
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return SystemFailed("recv", errno);
    const Waited waited = wait_.ForDescriptor(socket_.get(), POLLIN, deadline);
    if (waited != Waited::kReady) return Interrupted(waited, fmt::format("while it was to answer {}", Printable(to)));
  }
}

Status SmtpSession::Failed(std::string_view what) const {
  ErrorDetail detail;
  detail.message = fmt::format("the mail server {}: {}", server_.Text(), what);
  detail.parameter = "SMTPServer";
  return Status(code::kTransportFailure, std::move(detail));
}

Status SmtpSession::SystemFailed(std::string_view call, int error) const {
  const Status reason = SystemStatus(code::kTransportFailure, fmt::format("{}()", call), error);
  ErrorDetail detail = *reason.detail();
  detail.message = fmt::format("the mail server {}: {}; see whether SMTPServer is right and reached from here",
                               server_.Text(), reason.Message());
  detail.parameter = "SMTPServer";
  return Status(code::kTransportFailure, std::move(detail));
}

Status SmtpSession::Interrupted(Waited waited, std::string_view what) const {
  if (waited == Waited::kFailed) return SystemFailed("poll", errno);
  ErrorDetail detail;
  detail.parameter = "SMTPServer";
  if (waited == Waited::kStopped) {
    detail.message = fmt::format("the mail server {}: stopped {}", server_.Text(), what);
    return Status(code::kCallCancelled, std::move(detail));
  }
  detail.message = fmt::format("the mail server {}: its time ran out {}; see whether it is up", server_.Text(), what);
  return Status(code::kTimedOut, std::move(detail));
}

Status SmtpSession::Refused(std::string_view command, const Reply& reply) const {
  return Failed(
      fmt::format("it refused {}: \"{}\"; mend what it says, or ask who runs it", Printable(command), reply.text));
}

}  // namespace wmi::consumers
