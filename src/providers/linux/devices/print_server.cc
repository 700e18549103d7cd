#include "providers/linux/devices/print_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/text.h"
#include "providers/linux/devices/ipp.h"
#include "providers/linux/files.h"

namespace wmi::linuxos {
namespace {

using PrintOutcome = PrintServerAnswer::Outcome;
using Time = std::chrono::steady_clock::time_point;

// False when the deadline is over.
bool WaitFor(int descriptor, short events, Time deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    if (left <= 0) return false;
    pollfd waited{descriptor, events, 0};
    const int ready = ::poll(&waited, 1, static_cast<int>(left));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

PrintOutcome Send(int descriptor, std::string_view data, Time deadline) {
  while (!data.empty()) {
    const ssize_t sent = ::send(descriptor, data.data(), data.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      data.remove_prefix(static_cast<std::size_t>(sent));
    } else if (sent < 0 && errno == EAGAIN) {
      if (!WaitFor(descriptor, POLLOUT, deadline)) return PrintOutcome::kTimedOut;
    } else if (sent == 0 || errno != EINTR) {
      return PrintOutcome::kFailed;
    }
  }
  return PrintOutcome::kAnswered;
}

// Everything until the other side closes.
PrintOutcome Receive(int descriptor, Time deadline, std::string& out) {
  char buffer[16'384];
  while (out.size() <= IppAnswer::kBytesMax) {
    const ssize_t got = ::recv(descriptor, buffer, sizeof buffer, 0);
    if (got == 0) return PrintOutcome::kAnswered;
    if (got > 0) {
      out.append(buffer, static_cast<std::size_t>(got));
    } else if (errno == EAGAIN) {
      if (!WaitFor(descriptor, POLLIN, deadline)) return PrintOutcome::kTimedOut;
    } else if (errno != EINTR) {
      return PrintOutcome::kFailed;
    }
  }
  return PrintOutcome::kFailed;
}

PrintOutcome Connect(int descriptor, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return PrintOutcome::kAbsent;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  // A local socket connects at once, or says EAGAIN when too many wait already.
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return PrintOutcome::kAnswered;
  if (errno == EACCES || errno == EPERM) return PrintOutcome::kDenied;
  return errno == EAGAIN ? PrintOutcome::kTimedOut : PrintOutcome::kAbsent;
}

// The value of a header line; empty when there is none.
std::string_view HeaderOf(std::string_view head, std::string_view name) {
  std::string_view line;
  while (NextPart(head, '\n', line)) {
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && EqualFolded(Trim(line.substr(0, colon)), name)) {
      return Trim(line.substr(colon + 1));
    }
  }
  return {};
}

std::optional<std::string> WithoutChunks(std::string_view rest) {
  std::string content;
  for (;;) {
    const std::size_t end = rest.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    std::size_t size = 0;
    const char* const begin = rest.data();
    const auto [stop, error] = std::from_chars(begin, begin + end, size, 16);
    if (error != std::errc() || stop == begin) return std::nullopt;
    rest.remove_prefix(end + 2);
    if (size == 0) return content;
    if (rest.size() < 2 || size > rest.size() - 2 || rest.substr(size, 2) != "\r\n") return std::nullopt;
    content += rest.substr(0, size);
    rest.remove_prefix(size + 2);
  }
}

}  // namespace

std::optional<std::string> HttpContent(std::string_view answer) {
  for (;;) {
    const std::size_t end = answer.find("\r\n\r\n");
    if (end == std::string_view::npos || !answer.starts_with("HTTP/1.")) return std::nullopt;
    const std::string_view head = answer.substr(0, end);
    answer.remove_prefix(end + 4);
    const std::size_t blank = head.find(' ');
    std::uint64_t status = 0;
    if (blank == std::string_view::npos || !ParseUnsigned(head.substr(blank), status)) return std::nullopt;
    if (status == 100) continue;  // go on: the real answer follows
    if (status != 200) return std::nullopt;
    if (EqualFolded(HeaderOf(head, "Transfer-Encoding"), "chunked")) return WithoutChunks(answer);
    const std::string_view length = HeaderOf(head, "Content-Length");
    if (length.empty()) return std::string(answer);
    std::uint64_t size = 0;
    if (!ParseUnsigned(length, size) || size > answer.size()) return std::nullopt;
    return std::string(answer.substr(0, static_cast<std::size_t>(size)));
  }
}

PrintServerAnswer PrintServer::Ask(const std::string& socket_path, std::string_view message,
                                   std::chrono::steady_clock::time_point deadline) {
  // Closed with its owner, whatever it is a descriptor of.
  const Directory connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!connection) return {PrintOutcome::kFailed, {}};
  PrintOutcome outcome = Connect(connection.descriptor(), socket_path);
  if (outcome != PrintOutcome::kAnswered) return {outcome, {}};
  const std::string request = fmt::format(
      "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/ipp\r\n"
      "Content-Length: {}\r\n\r\n{}",
      message.size(), message);
  outcome = Send(connection.descriptor(), request, deadline);
  if (outcome != PrintOutcome::kAnswered) return {outcome, {}};
  std::string received;
  outcome = Receive(connection.descriptor(), deadline, received);
  if (outcome != PrintOutcome::kAnswered) return {outcome, {}};
  auto content = HttpContent(received);
  if (!content) return {PrintOutcome::kFailed, {}};
  return {PrintOutcome::kAnswered, std::move(*content)};
}

PrintServer& PrintServer::Real() {
  static auto* const server = new PrintServer;
  return *server;
}

}  // namespace wmi::linuxos
