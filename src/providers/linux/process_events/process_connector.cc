#include "providers/linux/process_events/process_connector.h"

#include <fmt/format.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <system_error>

namespace wmi::linuxos {
namespace {

// Some 20,000 messages: what a machine that starts processes as fast as it can sends in a second.
constexpr int kReceiveBytes = 16 << 20;
// One message is 76 bytes; the kernel does not join them today.
constexpr std::size_t kDatagramBytes = 64u << 10;
// Messages that were sent to other listeners between joining the group and asking.
constexpr int kBeforeAnswerMax = 65'536;

constexpr std::uint64_t kNanoseconds = 1'000'000'000;  // per second

// The start of struct proc_event, whose last member differs by kernel.
struct EventHead {
  std::uint32_t what;
  std::uint32_t processor;
  std::uint64_t time_ns;
};

template <typename Value>
bool Take(std::string_view bytes, Value& out) {
  if (bytes.size() < sizeof out) return false;
  std::copy_n(bytes.begin(), sizeof out, reinterpret_cast<char*>(&out));
  return true;
}

bool IsNumber(std::int32_t id) { return id > 0; }

using Kind = ProcessMessage::Kind;

bool TakeFork(std::string_view data, ProcessMessage& out) {
  decltype(proc_event::event_data.fork) fork{};
  if (!Take(data, fork)) return false;
  out.kind = Kind::kFork;
  out.process_id = fork.child_tgid;
  out.thread_id = fork.child_pid;
  out.parent_id = fork.parent_tgid;
  return true;
}

bool TakeProgram(std::string_view data, ProcessMessage& out) {
  decltype(proc_event::event_data.exec) exec{};
  if (!Take(data, exec)) return false;
  out.kind = Kind::kProgram;
  out.process_id = exec.process_tgid;
  out.thread_id = exec.process_pid;
  return true;
}

bool TakeName(std::string_view data, ProcessMessage& out) {
  decltype(proc_event::event_data.comm) comm{};
  if (!Take(data, comm)) return false;
  out.kind = Kind::kName;
  out.process_id = comm.process_tgid;
  out.thread_id = comm.process_pid;
  std::copy_n(comm.comm, out.name.size() - 1, out.name.begin());
  return true;
}

bool TakeExit(std::string_view data, ProcessMessage& out) {
  decltype(proc_event::event_data.exit) exit{};
  if (!Take(data, exit)) {
    // Without the parent, as before Linux 4.18.
    constexpr std::size_t kShort = offsetof(decltype(exit), parent_pid);
    if (data.size() < kShort) return false;
    std::copy_n(data.begin(), kShort, reinterpret_cast<char*>(&exit));
  }
  out.kind = Kind::kExit;
  out.process_id = exit.process_tgid;
  out.thread_id = exit.process_pid;
  out.parent_id = std::max(exit.parent_tgid, 0);
  out.wait_status = exit.exit_code;
  return true;
}

bool TakeEvent(std::uint32_t what, std::string_view data, ProcessMessage& out) {
  switch (what) {
    case proc_event::PROC_EVENT_FORK:
      return TakeFork(data, out);
    case proc_event::PROC_EVENT_EXEC:
      return TakeProgram(data, out);
    case proc_event::PROC_EVENT_COMM:
      return TakeName(data, out);
    case proc_event::PROC_EVENT_EXIT:
      return TakeExit(data, out);
    default:
      return true;
  }
}

// The payload of one netlink message.
std::optional<ProcessMessage> ParseMessage(std::string_view payload) {
  cn_msg head{};
  if (!Take(payload, head) || head.id.idx != CN_IDX_PROC || head.id.val != CN_VAL_PROC) return std::nullopt;
  payload.remove_prefix(sizeof head);
  if (head.len > payload.size()) return std::nullopt;
  payload = payload.substr(0, head.len);

  EventHead event{};
  if (!Take(payload, event)) return std::nullopt;
  payload.remove_prefix(sizeof event);
  ProcessMessage message;
  message.processor = event.processor;
  message.sequence = head.seq;
  message.time_ns = event.time_ns;
  if (event.what == proc_event::PROC_EVENT_NONE) {
    message.kind = Kind::kAcknowledgement;
    message.acknowledgement = head.ack;
    return Take(payload, message.error) ? std::optional(message) : std::nullopt;
  }
  if (!TakeEvent(event.what, payload, message)) return std::nullopt;
  const bool has_numbers = IsNumber(message.process_id) && IsNumber(message.thread_id);
  if (message.kind != Kind::kOther && !has_numbers) return std::nullopt;
  return message;
}

constexpr std::string_view kWayOut =
    "Run the program as root or give it CAP_NET_ADMIN, outside of containers that have process numbers or users of "
    "their own; or ask with WITHIN, which looks again every so many seconds";

Status Refusal(std::string_view system_call, int error) {
  ErrorDetail detail;
  detail.message = fmt::format("the kernel does not tell this program of processes: {}. {}",
                               std::generic_category().message(error), kWayOut);
  detail.system_call = system_call;
  detail.system_errno = error;
  return Status(code::kAccessDenied, std::move(detail));
}

Status FailureOf(std::string_view system_call, int error) {
  const bool is_refusal = error == EPERM || error == EACCES || error == EPROTONOSUPPORT || error == EAFNOSUPPORT;
  return is_refusal ? Refusal(system_call, error)
                    : SystemStatus(code::kProviderFailure, std::string(system_call), error);
}

std::uint64_t NanosecondsOf(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * kNanoseconds + static_cast<std::uint64_t>(time.tv_nsec);
}

// An errno value.
int SendRequest(int socket, proc_cn_mcast_op operation, std::uint32_t number) {
  const auto wish = static_cast<std::uint32_t>(operation);
  cn_msg connector{};
  connector.id = {CN_IDX_PROC, CN_VAL_PROC};
  connector.seq = number;
  connector.ack = number;
  connector.len = sizeof wish;
  nlmsghdr netlink{};
  std::array<char, sizeof netlink + sizeof connector + sizeof wish> request{};
  netlink.nlmsg_len = request.size();
  netlink.nlmsg_type = NLMSG_DONE;
  std::memcpy(request.data(), &netlink, sizeof netlink);
  std::memcpy(request.data() + sizeof netlink, &connector, sizeof connector);
  std::memcpy(request.data() + sizeof netlink + sizeof connector, &wish, sizeof wish);
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  const ssize_t sent = ::sendto(socket, request.data(), request.size(), MSG_DONTWAIT,
                                reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel);
  return sent == static_cast<ssize_t>(request.size()) ? 0 : sent < 0 ? errno : EIO;
}

// Answers reach all listeners of the machine; the number tells which is ours.
std::uint32_t NextRequestNumber() {
  static std::atomic<std::uint32_t> count{0};
  return (static_cast<std::uint32_t>(::getpid()) << 8) ^
         static_cast<std::uint32_t>(NanosecondsOf(CLOCK_MONOTONIC) >> 10) ^ ++count;
}

Status StartListening(int socket) {
  sockaddr_nl own{};
  own.nl_family = AF_NETLINK;
  own.nl_groups = 1u << (CN_IDX_PROC - 1);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) {
    return FailureOf("bind(NETLINK_CONNECTOR)", errno);
  }
  // Beyond the limit of the machine where that is allowed; else as much as it allows.
  if (::setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBytes, sizeof kReceiveBytes) != 0) {
    ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &kReceiveBytes, sizeof kReceiveBytes);
  }
  const std::uint32_t number = NextRequestNumber();
  if (const int error = SendRequest(socket, PROC_CN_MCAST_LISTEN, number); error != 0) {
    return FailureOf("sendto(PROC_CN_MCAST_LISTEN)", error);
  }
  return ReadAcknowledgement(socket, number);
}

}  // namespace

void ParseProcessMessages(std::string_view datagram, std::vector<ProcessMessage>& out) {
  nlmsghdr head{};
  for (std::size_t count = 0; count < kMessagesMax && Take(datagram, head); ++count) {
    if (head.nlmsg_len < sizeof head || head.nlmsg_len > datagram.size()) return;
    // The other types below NLMSG_MIN_TYPE are of netlink itself.
    if (head.nlmsg_type == NLMSG_DONE || head.nlmsg_type >= NLMSG_MIN_TYPE) {
      if (const auto message = ParseMessage(datagram.substr(sizeof head, head.nlmsg_len - sizeof head))) {
        out.push_back(*message);
      }
    }
    datagram.remove_prefix(std::min<std::size_t>(datagram.size(), NLMSG_ALIGN(head.nlmsg_len)));
  }
}

std::uint32_t SequenceCounter::Note(const ProcessMessage& message) {
  // Acknowledgements count too, but for old kernels, which name no processor.
  if (message.processor >= kProcessorsMax) return 0;
  if (message.processor >= last_.size()) last_.resize(message.processor + 1);
  Last& last = last_[message.processor];
  // Numbers wrap. One that lies behind is not a loss but a count that began anew.
  const std::uint32_t missing = last.is_known ? message.sequence - last.sequence - 1 : 0;
  last = {true, message.sequence};
  return missing < 0x80000000u ? missing : 0;
}

int ReceiveFromKernel(int socket, std::vector<char>& buffer) {
  buffer.resize(kDatagramBytes);
  for (;;) {
    sockaddr_storage from{};
    socklen_t from_bytes = sizeof from;
    const ssize_t length =
        ::recvfrom(socket, buffer.data(), buffer.size(), MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from), &from_bytes);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return -errno;
    sockaddr_nl sender{};
    if (from_bytes >= sizeof sender && from.ss_family == AF_NETLINK) {
      std::memcpy(&sender, &from, sizeof sender);
      if (sender.nl_pid != 0) return 0;
    }
    return static_cast<int>(length);
  }
}

Status ReadAcknowledgement(int socket, std::uint32_t request) {
  std::vector<char> buffer;
  std::vector<ProcessMessage> messages;
  for (int count = 0; count < kBeforeAnswerMax; ++count) {
    const int length = ReceiveFromKernel(socket, buffer);
    if (length == -EAGAIN) break;
    if (length == -ENOBUFS) continue;
    if (length < 0) return FailureOf("recvfrom(NETLINK_CONNECTOR)", -length);
    messages.clear();
    ParseProcessMessages({buffer.data(), static_cast<std::size_t>(length)}, messages);
    for (const ProcessMessage& message : messages) {
      // Its own number is that of the request in old kernels only.
      if (message.kind != Kind::kAcknowledgement || message.acknowledgement != request + 1) continue;
      if (message.error == 0) return Status();
      return Refusal("sendto(PROC_CN_MCAST_LISTEN)", static_cast<int>(message.error));
    }
  }
  // The kernel passes over who is not in the initial namespaces without a word.
  ErrorDetail detail;
  detail.message = fmt::format(
      "the kernel does not tell this program of processes: it answers only in the initial pid and user namespaces. {}",
      kWayOut);
  detail.system_call = "sendto(PROC_CN_MCAST_LISTEN)";
  return Status(code::kAccessDenied, std::move(detail));
}

Result<int> ProcessConnector::Open() {
  const int socket = ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_CONNECTOR);
  if (socket < 0) return FailureOf("socket(NETLINK_CONNECTOR)", errno);
  Status status = StartListening(socket);
  if (!status.ok()) {
    ::close(socket);
    return status;
  }
  return socket;
}

void ProcessConnector::Close(int socket) {
  // Kernels before 6.6 go on making messages for a listener that closed its socket without a word.
  SendRequest(socket, PROC_CN_MCAST_IGNORE, NextRequestNumber());
  ::close(socket);
}

int ProcessConnector::OpenTimer() {
  const int timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  return timer < 0 ? -errno : timer;
}

void ProcessConnector::SetTimer(int timer, std::uint64_t time_ns) {
  itimerspec when{};
  // 0 would stop the timer.
  time_ns = std::max<std::uint64_t>(time_ns, 1);
  when.it_value.tv_sec = static_cast<time_t>(time_ns / kNanoseconds);
  when.it_value.tv_nsec = static_cast<long>(time_ns % kNanoseconds);
  ::timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, nullptr);
}

void ProcessConnector::CloseTimer(int timer) { ::close(timer); }

std::uint64_t ProcessConnector::Now() { return NanosecondsOf(CLOCK_MONOTONIC); }

std::int64_t ProcessConnector::WallTime() { return static_cast<std::int64_t>(NanosecondsOf(CLOCK_REALTIME) / 1000); }

ProcessConnector& ProcessConnector::Real() {
  static auto* const connector = new ProcessConnector;
  return *connector;
}

}  // namespace wmi::linuxos
