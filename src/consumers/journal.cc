#include "consumers/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

namespace wmi::consumers {
namespace {

void AppendSize(std::uint64_t size, std::string& bytes) {
  for (int byte = 0; byte < 8; ++byte) bytes += static_cast<char>((size >> (8 * byte)) & 0xFF);
}

// NAME=value and a line feed; a value that has one itself is told by its size, in 8 bytes, the lowest first.
std::string Encode(std::span<const Journal::Field> fields) {
  std::string bytes;
  for (const Journal::Field& field : fields) {
    bytes += field.name;
    if (field.value.find('\n') == std::string_view::npos) {
      bytes += '=';
    } else {
      bytes += '\n';
      AppendSize(field.value.size(), bytes);
    }
    bytes += field.value;
    bytes += '\n';
  }
  return bytes;
}

// An entry that is too large for a datagram goes in a file in memory that can no longer change.
Result<Descriptor> SealedFile(std::string_view bytes) {
  Descriptor file(::memfd_create("openwmi-journal-entry", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file) return SystemStatus(code::kFailed, "memfd_create()", errno);
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return SystemStatus(code::kFailed, "write() to memory", written == 0 ? ENOSPC : errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0) {
    return SystemStatus(code::kFailed, "fcntl(F_ADD_SEALS)", errno);
  }
  return file;
}

// An errno value, 0 for success.
int SendBytes(int socket, std::string_view bytes) {
  for (;;) {
    if (::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return 0;
    if (errno != EINTR) return errno;
  }
}

int SendFile(int socket, int file) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &file, sizeof file);
  for (;;) {
    if (::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return 0;
    if (errno != EINTR) return errno;
  }
}

}  // namespace

Status Journal::Send(std::span<const Field> fields, const InterruptibleWait& wait, TimePoint deadline) const {
  return Send(fields, &wait, deadline);
}

Status Journal::SendNow(std::span<const Field> fields) const { return Send(fields, nullptr, TimePoint()); }

Status Journal::Send(std::span<const Field> fields, const InterruptibleWait* wait, TimePoint deadline) const {
  const auto failed = [this](std::string_view call, int error, std::string_view advice) {
    const Status reason = SystemStatus(code::kFailed, fmt::format("{}({})", call, socket_path_), error);
    ErrorDetail detail = *reason.detail();
    detail.message = fmt::format("{}: {}", reason.Message(), advice);
    return Status(code::kFailed, std::move(detail));
  };
  constexpr std::string_view kNoJournal =
      "the journal of systemd cannot be reached; start systemd-journald, or use another consumer";

  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path_.size() >= sizeof address.sun_path) return failed("connect", ENAMETOOLONG, "name a shorter path");
  std::memcpy(address.sun_path, socket_path_.c_str(), socket_path_.size() + 1);
  // Connected anew for each entry: that costs microseconds, and outlives a restart of journald.
  const Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return failed("socket", errno, "close descriptors, or raise the limit on open files");
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return failed("connect", errno, kNoJournal);
  }

  const std::string bytes = Encode(fields);
  Descriptor file;
  for (;;) {
    const int error = file ? SendFile(socket.get(), file.get()) : SendBytes(socket.get(), bytes);
    if (error == 0) return Status();
    if (!file && (error == EMSGSIZE || error == ENOBUFS)) {
      file = TRY(SealedFile(bytes));
      continue;
    }
    if (error != EAGAIN) return failed("send", error, kNoJournal);
    constexpr std::string_view kBusy = "journald does not read; look at systemd-journald";
    if (wait == nullptr) return failed("send", error, kBusy);
    if (SteadyClock().Now() >= deadline) return failed("send", ETIMEDOUT, kBusy);
    switch (wait->ForDescriptor(socket.get(), POLLOUT, deadline)) {
      case Waited::kReady:
        break;
      case Waited::kTimedOut:
        return failed("send", ETIMEDOUT, kBusy);
      case Waited::kStopped:
        return Status(code::kCallCancelled, "stopped before the entry was in the journal");
      case Waited::kFailed:
        return failed("poll", errno, "close descriptors, or raise the limit on open files");
    }
  }
}

void JournalAudit::Write(std::string_view message, std::initializer_list<Field> fields) {
  const std::string priority = std::to_string(static_cast<int>(JournalPriority::kNotice));
  bool is_written = false;
  try {
    std::vector<Journal::Field> all = {{"MESSAGE", message},
                                       {"PRIORITY", priority},
                                       {"SYSLOG_IDENTIFIER", "openwmi"},
                                       {"MESSAGE_ID", kAuditMessageId}};
    for (const Field& field : fields) all.push_back({field.name, field.value});
    is_written = journal_.SendNow(all).ok();
  } catch (const std::bad_alloc&) {
    is_written = false;  // counted like any other
  }
  if (!is_written) lost_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace wmi::consumers
