#include "providers/linux/bus/bus_signals.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <new>
#include <utility>

#include "providers/linux/bus/bus_connection.h"
#include "providers/linux/changes/notifier.h"

namespace wmi::linuxos {
namespace {

// Messages that one call of the reactor takes at most; the rest waits for the next.
constexpr int kMessagesMax = 256;
constexpr std::uint64_t kNever = UINT64_MAX;

constexpr const char* kBus = "org.freedesktop.DBus";
constexpr const char* kBusPath = "/org/freedesktop/DBus";

std::uint64_t NowMicroseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

std::string MatchOf(const BusInterest& interest, const BusSignalRule& rule) {
  return fmt::format("type='signal',sender='{}',interface='{}',member='{}',{}='{}'", interest.destination,
                     rule.interface, rule.member, rule.is_tree ? "path_namespace" : "path", rule.path);
}

bool IsOf(const BusSignalRule& rule, std::string_view interface, std::string_view member, std::string_view path) {
  if (interface != rule.interface || member != rule.member) return false;
  if (!rule.is_tree) return path == rule.path;
  return path.starts_with(rule.path) && (path.size() == rule.path.size() || path[rule.path.size()] == '/');
}

// Where sd-bus looks for the bus.
std::string PlaceOf(const std::string& address) {
  if (!address.empty()) return address;
  const char* const given = secure_getenv("DBUS_SYSTEM_BUS_ADDRESS");
  return given != nullptr ? given : "unix:path=/run/dbus/system_bus_socket";
}

Status StatusOfAnswer(const BusAnswer& answer) {
  using Outcome = BusAnswer::Outcome;
  switch (answer.outcome) {
    case Outcome::kDenied:
      return Status(code::kAccessDenied, answer.message);
    case Outcome::kTimedOut:
      return Status(code::kTimedOut, answer.message);
    default:
      return Status(code::kNotSupported, answer.message);
  }
}

// One connection. All that follows Start happens on the thread of the reactor.
//
// The bus is asked, one call behind the other: for messages about the owner of the daemon's name, for the signals, and
// who the owner is; then the daemon to tell. When the last answer has come nothing is missed any more. Signals count
// only when that owner sent them: everybody may send to everybody.
class SignalListening final : public provider::Listening {
 public:
  SignalListening(BusInterest interest, std::unique_ptr<BusListener> listener)
      : interest_(std::move(interest)), listener_(std::move(listener)) {}

  Status Start(const std::string& address, exec::Reactor& reactor) {
    if (const int error = StartBus(address, bus_); error != 0) {
      const Code code = error == EACCES || error == EPERM ? code::kAccessDenied : code::kNotSupported;
      return SystemStatus(code, fmt::format("connect({}) to the D-Bus daemon", PlaceOf(address)), error);
    }
    TRY(Ask());
    edges_ = Descriptor(epoll_create1(EPOLL_CLOEXEC));
    if (edges_.get() < 0) return SystemStatus(code::kFailed, "epoll_create1", errno);
    timer_ = Descriptor(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    if (timer_.get() < 0) return SystemStatus(code::kFailed, "timerfd_create", errno);
    epoll_event event{};
    event.events = EPOLLIN;
    if (epoll_ctl(edges_.get(), EPOLL_CTL_ADD, timer_.get(), &event) != 0) {
      return SystemStatus(code::kFailed, "epoll_ctl", errno);
    }
    TRY(Arm());
    watch_ = TRY(reactor.Add(edges_.get(), [this] { Ready(); }));
    return Status();
  }

 private:
  // ---- asking

  Status Ask() {
    const auto patience = std::chrono::duration_cast<std::chrono::microseconds>(interest_.patience).count();
    int error = sd_bus_set_method_call_timeout(bus_.get(), static_cast<std::uint64_t>(patience));
    if (error >= 0) error = sd_bus_add_filter(bus_.get(), nullptr, TakeMessage, this);
    if (error >= 0) {
      error =
          AskFor(fmt::format("type='signal',sender='{0}',path='{1}',interface='{0}',member='NameOwnerChanged',"
                             "arg0='{2}'",
                             kBus, kBusPath, interest_.destination));
    }
    for (const BusSignalRule& rule : interest_.rules) {
      if (error >= 0) error = AskFor(MatchOf(interest_, rule));
    }
    if (error >= 0) {
      error = sd_bus_call_method_async(bus_.get(), nullptr, kBus, kBusPath, kBus, "GetNameOwner", TakeOwner, this, "s",
                                       interest_.destination.c_str());
    }
    return error >= 0 ? Status() : SystemStatus(code::kFailed, "sd_bus_call_method_async", -error);
  }

  int AskFor(const std::string& match) {
    return sd_bus_call_method_async(bus_.get(), nullptr, kBus, kBusPath, kBus, "AddMatch", TakeMatched, this, "s",
                                    match.c_str());
  }

  // Of a daemon that is there.
  void Subscribe() {
    if (!interest_.subscribe) return Settle();
    const BusCall& call = *interest_.subscribe;
    sd_bus_message* made = nullptr;
    int error = sd_bus_message_new_method_call(bus_.get(), &made, call.destination.c_str(), call.path.c_str(),
                                               call.interface.c_str(), call.member.c_str());
    if (error >= 0) error = sd_bus_message_set_auto_start(made, 0);
    if (error >= 0) error = sd_bus_call_async(bus_.get(), nullptr, made, TakeSubscribed, this, 0);
    sd_bus_message_unref(made);
    if (error < 0) End(SystemStatus(code::kFailed, fmt::format("sd_bus_call_async({})", call.member), -error));
  }

  void Settle() { listener_->Settled(); }

  // ---- what comes; each returns to sd-bus, which knows no exceptions

  template <typename Take>
  static int Guarded(void* self, Take&& take) {
    auto& listening = *static_cast<SignalListening*>(self);
    try {
      take(listening);
    } catch (const std::bad_alloc&) {
      *listening.has_lost_ = true;  // to be told at the end of the turn
    }
    return 0;
  }

  static int TakeMatched(sd_bus_message* reply, void* self, sd_bus_error*) {
    return Guarded(self, [&](SignalListening& listening) { listening.Check(reply, "AddMatch", kBus); });
  }

  static int TakeOwner(sd_bus_message* reply, void* self, sd_bus_error*) {
    return Guarded(self, [&](SignalListening& listening) {
      if (!listening.Check(reply, "GetNameOwner", listening.interest_.destination)) return;
      const char* owner = nullptr;
      if (sd_bus_message_read_basic(reply, SD_BUS_TYPE_STRING, static_cast<void*>(&owner)) <= 0) return;
      // Who came meanwhile has been told already.
      if (!listening.owner_.empty()) return;
      listening.owner_ = owner;
      listening.Subscribe();
    });
  }

  static int TakeSubscribed(sd_bus_message* reply, void* self, sd_bus_error*) {
    return Guarded(self, [&](SignalListening& listening) {
      const BusCall& call = *listening.interest_.subscribe;
      // It went before it answered; who comes next is asked again.
      if (listening.owner_.empty()) return;
      const sd_bus_error* const error = sd_bus_message_get_error(reply);
      const bool is_known = error != nullptr && listening.interest_.is_subscribed == error->name;
      if (is_known || listening.Check(reply, call.member, call.destination)) listening.Settle();
    });
  }

  // True for an answer; an error ends everything.
  bool Check(sd_bus_message* reply, std::string_view member, std::string_view destination) {
    const sd_bus_error* const error = sd_bus_message_get_error(reply);
    if (error == nullptr) return true;
    BusCall call;
    call.destination = destination;
    call.member = member;
    call.deadline = interest_.patience;
    End(StatusOfAnswer(FailureOf(call, *error, sd_bus_message_get_errno(reply))));
    return false;
  }

  static int TakeMessage(sd_bus_message* message, void* self, sd_bus_error*) {
    std::uint8_t type = 0;
    if (sd_bus_message_get_type(message, &type) < 0 || type != SD_BUS_MESSAGE_SIGNAL) return 0;
    return Guarded(self, [&](SignalListening& listening) { listening.TakeSignal(message); });
  }

  void TakeSignal(sd_bus_message* message) {
    const auto text = [](const char* value) { return value == nullptr ? std::string_view() : std::string_view(value); };
    const std::string_view sender = text(sd_bus_message_get_sender(message));
    const std::string_view interface = text(sd_bus_message_get_interface(message));
    const std::string_view member = text(sd_bus_message_get_member(message));
    if (sender == kBus && interface == kBus && member == "NameOwnerChanged") return TakeNewOwner(message);
    if (owner_.empty() || sender != owner_) return;
    const std::string_view path = text(sd_bus_message_get_path(message));
    const auto rule = std::find_if(interest_.rules.begin(), interest_.rules.end(), [&](const BusSignalRule& candidate) {
      return IsOf(candidate, interface, member, path);
    });
    if (rule == interest_.rules.end()) return;
    std::vector<BusValue> values;
    // What cannot be read may have been anything.
    if (rule->has_values && !DecodeBody(message, values)) return Settle();
    listener_->Told(static_cast<std::size_t>(rule - interest_.rules.begin()), path, values);
  }

  void TakeNewOwner(sd_bus_message* message) {
    const char* name = nullptr;
    const char* before = nullptr;
    const char* after = nullptr;
    if (sd_bus_message_read(message, "sss", &name, &before, &after) < 0 || interest_.destination != name) return;
    owner_ = after;
    if (!owner_.empty()) {
      away_until_ = kNever;
      return Subscribe();
    }
    const auto patience = std::chrono::duration_cast<std::chrono::microseconds>(interest_.patience).count();
    away_until_ = NowMicroseconds() + static_cast<std::uint64_t>(patience);
  }

  // ---- turns of the reactor

  void Ready() {
    if (!bus_) return;
    Process();
    if (owner_.empty() && NowMicroseconds() >= away_until_) {
      End(Status(code::kNotSupported, fmt::format("{} went from the bus and did not come back within {} ms; start it",
                                                  DaemonOf(interest_.destination), interest_.patience.count())));
    }
    if (std::exchange(*has_lost_, false)) Settle();
    if (!end_) {
      if (Status armed = Arm(); !armed.ok()) End(std::move(armed));
    }
    // Either call may end this listening.
    const std::shared_ptr<BusListener> listener = listener_;
    if (!end_) return Flush(*listener, has_lost_);
    Close();
    const Status why = *std::move(end_);
    listener->Ended(why);
  }

  static void Flush(BusListener& listener, std::shared_ptr<bool> has_lost) {
    try {
      listener.Flush();
    } catch (const std::bad_alloc&) {
      *has_lost = true;  // to be told in the next turn
    }
  }

  void Process() {
    std::uint64_t times = 0;
    // Nothing to do about a failure: it only says that the time has not come.
    if (::read(timer_.get(), &times, sizeof times) < 0) times = 0;
    for (int count = 0; count < kMessagesMax && !end_; ++count) {
      const int done = sd_bus_process(bus_.get(), nullptr);
      if (done == 0) return;
      if (done < 0) {
        return End(SystemStatus(done == -ETIMEDOUT ? code::kTimedOut : code::kNotSupported,
                                "the connection to the D-Bus daemon has ended: sd_bus_process", -done));
      }
      if (sd_bus_is_open(bus_.get()) <= 0) {
        return End(Status(code::kNotSupported, "the D-Bus daemon closed the connection; try again when it runs"));
      }
    }
  }

  // What has to happen for the next turn: something to read, room to write, or a time.
  Status Arm() {
    const int descriptor = sd_bus_get_fd(bus_.get());
    const int events = descriptor < 0 ? descriptor : sd_bus_get_events(bus_.get());
    std::uint64_t until = kNever;
    const int known = events < 0 ? events : sd_bus_get_timeout(bus_.get(), &until);
    if (known < 0) {
      return SystemStatus(code::kNotSupported, "the connection to the D-Bus daemon has ended: sd_bus_get_events",
                          -known);
    }
    epoll_event event{};
    event.events = static_cast<std::uint32_t>(events);  // the bits of poll(2) are those of epoll
    if (epoll_ctl(edges_.get(), std::exchange(is_added_, true) ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, &event) !=
        0) {
      return SystemStatus(code::kFailed, "epoll_ctl(D-Bus)", errno);
    }
    until = std::min(until, away_until_);
    itimerspec when{};
    if (until != kNever) {
      when.it_value.tv_sec = static_cast<std::time_t>(until / 1'000'000);
      when.it_value.tv_nsec = static_cast<long>(until % 1'000'000 * 1000) + 1;  // 0 would be never
    }
    if (timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr) != 0) {
      return SystemStatus(code::kFailed, "timerfd_settime", errno);
    }
    return Status();
  }

  // The first reason is the right one.
  void End(Status why) {
    if (!end_) end_ = std::move(why);
  }

  // Nothing is to be read any more.
  void Close() {
    bus_.reset();
    const itimerspec never{};
    timerfd_settime(timer_.get(), 0, &never, nullptr);
  }

  const BusInterest interest_;
  const std::shared_ptr<BusListener> listener_;
  BusHandle bus_;
  std::string owner_;                  // of the name: ":1.2"; empty while there is none
  std::uint64_t away_until_ = kNever;  // CLOCK_MONOTONIC, microseconds
  // Messages, for want of memory. Outlives this where a listener ends it.
  const std::shared_ptr<bool> has_lost_ = std::make_shared<bool>(false);
  std::optional<Status> end_;
  bool is_added_ = false;
  Descriptor timer_;
  Descriptor edges_;
  std::unique_ptr<exec::Reactor::Watch> watch_;  // last: it goes first
};

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

Result<std::unique_ptr<provider::Listening>> ListenAt(const std::string& address, BusInterest interest,
                                                      exec::Reactor& reactor, std::unique_ptr<BusListener> listener) {
  auto listening = std::make_unique<SignalListening>(std::move(interest), std::move(listener));
  TRY(listening->Start(address, reactor));
  return std::unique_ptr<provider::Listening>(std::move(listening));
}

std::optional<std::string> NameOfObject(std::string_view path, std::string_view folder) {
  if (!path.starts_with(folder) || path.size() < folder.size() + 2 || path[folder.size()] != '/') return std::nullopt;
  const std::string_view label = path.substr(folder.size() + 1);
  std::string name;
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (label[i] != '_') {
      name += label[i];
      continue;
    }
    if (label.size() - i < 3) return std::nullopt;
    const int high = HexDigit(label[i + 1]);
    const int low = HexDigit(label[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    name += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return name;
}

}  // namespace wmi::linuxos
