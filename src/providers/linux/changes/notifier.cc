#include "providers/linux/changes/notifier.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <ctime>
#include <string_view>

namespace wmi::linuxos {
namespace {

// Messages that one call reads at most; the rest waits for the next.
constexpr int kMessagesMax = 256;
constexpr int kReceiveBufferBytes = 1 << 20;
// Of the messages about devices; 2 is what udev tells after its rules have run.
constexpr std::uint32_t kKernelGroup = 1;

Status Failure(const char* call, int error) {
  const Code code = error == EACCES || error == EPERM ? code::kAccessDenied : code::kFailed;
  return SystemStatus(code, call, error);
}

class SecondHand final : public Notifier {
 public:
  explicit SecondHand(Descriptor timer) : timer_(std::move(timer)) {}
  int descriptor() const override { return timer_.get(); }

  // Also after the clock was set, which takes the timer down.
  bool Arm() {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    itimerspec when{};
    when.it_value.tv_sec = now.tv_sec + 1;
    when.it_interval.tv_sec = 1;
    return timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, nullptr) == 0;
  }

  Heard Read() override {
    std::uint64_t seconds = 0;
    if (read(timer_.get(), &seconds, sizeof seconds) > 0) return {true, false, false};
    if (errno == EAGAIN || errno == EINTR) return {};
    return {true, false, !Arm()};  // ECANCELED: the clock was set
  }

 private:
  const Descriptor timer_;
};

// The file is always readable and tells a change by an error condition, once, to whoever asks first: what an epoll
// descriptor of edges sees. To begin to watch that descriptor is to ask, so a change before it would be missed: `first`
// has the reactor call once in any case.
class MountNotifier final : public Notifier {
 public:
  MountNotifier(Descriptor table, Descriptor first, Descriptor edges)
      : table_(std::move(table)), first_(std::move(first)), edges_(std::move(edges)) {}
  int descriptor() const override { return edges_.get(); }
  exec::Reactor::When when() const override { return exec::Reactor::When::kChanged; }
  // Who has seen that the descriptor is readable has taken the edge: epoll_wait may find nothing any more.
  Heard Read() override {
    std::array<epoll_event, 2> events{};
    epoll_wait(edges_.get(), events.data(), events.size(), 0);
    return {true, false, false};
  }

 private:
  const Descriptor table_;
  const Descriptor first_;
  const Descriptor edges_;
};

// Any message of a netlink group tells that something has changed; what, is looked up where it is needed.
class NetlinkNotifier final : public Notifier {
 public:
  using IsTold = std::function<bool(std::string_view message)>;
  // `is_told`: whether a message is of interest. Empty: all are.
  NetlinkNotifier(Descriptor socket, IsTold is_told) : socket_(std::move(socket)), is_told_(std::move(is_told)) {}
  int descriptor() const override { return socket_.get(); }

  Heard Read() override {
    Heard heard;
    for (int i = 0; i < kMessagesMax; ++i) {
      sockaddr_nl sender{};
      socklen_t sender_size = sizeof sender;
      const ssize_t size = recvfrom(socket_.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT,
                                    reinterpret_cast<sockaddr*>(&sender), &sender_size);
      if (size < 0 && errno == ENOBUFS) {
        heard.lost = true;
      } else if (size < 0) {
        heard.ended = errno != EAGAIN && errno != EINTR;
        break;
      } else if (sender.nl_pid == 0) {  // the kernel; everybody may send to a group
        const std::string_view message(buffer_.data(), static_cast<std::size_t>(size));
        const bool is_told = !is_told_ || is_told_(message);
        heard.changed = heard.changed || is_told;
      }
    }
    return heard;
  }

 private:
  const Descriptor socket_;
  const IsTold is_told_;
  std::array<char, 8192> buffer_{};
};

Result<std::unique_ptr<Notifier>> MakeNetlinkNotifier(int protocol, std::uint32_t groups,
                                                      NetlinkNotifier::IsTold is_told = nullptr) {
  Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
  if (socket.get() < 0) return Failure("socket(AF_NETLINK)", errno);
  // A larger buffer loses later; without it the default does.
  static_cast<void>(setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &kReceiveBufferBytes, sizeof kReceiveBufferBytes));
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = groups;
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return Failure("bind(AF_NETLINK)", errno);
  }
  return std::unique_ptr<Notifier>(std::make_unique<NetlinkNotifier>(std::move(socket), std::move(is_told)));
}

// "add@/devices/…", then NAME=value texts. A "change" or "bind" makes no instance come or go.
bool AddsOrRemoves(std::string_view message) {
  return message.starts_with("add@") || message.starts_with("remove@") || message.starts_with("move@");
}

// Each text of the message ends with a zero.
bool IsOfPowerSupply(std::string_view message) {
  using namespace std::string_view_literals;
  return message.find("\0SUBSYSTEM=power_supply\0"sv) != std::string_view::npos;
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

Result<std::unique_ptr<Notifier>> MakeSecondHand() {
  Descriptor timer(timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK));
  if (timer.get() < 0) return Failure("timerfd_create", errno);
  auto made = std::make_unique<SecondHand>(std::move(timer));
  if (!made->Arm()) return Failure("timerfd_settime", errno);
  return std::unique_ptr<Notifier>(std::move(made));
}

Result<std::unique_ptr<Notifier>> MakeMountNotifier() {
  Descriptor table(open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
  if (table.get() < 0) return Failure("open(/proc/self/mountinfo)", errno);
  Descriptor edges(epoll_create1(EPOLL_CLOEXEC));
  if (edges.get() < 0) return Failure("epoll_create1", errno);
  Descriptor first(eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
  if (first.get() < 0) return Failure("eventfd", errno);
  epoll_event event{};
  for (const auto& [part, what] : {std::pair(table.get(), EPOLLPRI), std::pair(first.get(), EPOLLIN)}) {
    event.events = static_cast<std::uint32_t>(what) | EPOLLET;
    if (epoll_ctl(edges.get(), EPOLL_CTL_ADD, part, &event) != 0) return Failure("epoll_ctl", errno);
  }
  return std::unique_ptr<Notifier>(
      std::make_unique<MountNotifier>(std::move(table), std::move(first), std::move(edges)));
}

Result<std::unique_ptr<Notifier>> MakeLinkNotifier() { return MakeNetlinkNotifier(NETLINK_ROUTE, RTMGRP_LINK); }
Result<std::unique_ptr<Notifier>> MakeAddressNotifier() {
  return MakeNetlinkNotifier(NETLINK_ROUTE, RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR);
}
Result<std::unique_ptr<Notifier>> MakeRouteNotifier() {
  return MakeNetlinkNotifier(NETLINK_ROUTE, RTMGRP_LINK | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE);
}
Result<std::unique_ptr<Notifier>> MakePowerNotifier() { return MakeDeviceMessageNotifier(IsOfPowerSupply); }
Result<std::unique_ptr<Notifier>> MakeDeviceNotifier() { return MakeDeviceMessageNotifier(AddsOrRemoves); }
Result<std::unique_ptr<Notifier>> MakeDeviceMessageNotifier(std::function<bool(std::string_view message)> hear) {
  return MakeNetlinkNotifier(NETLINK_KOBJECT_UEVENT, kKernelGroup, std::move(hear));
}

}  // namespace wmi::linuxos
