#include "providers/linux/bus/system_bus.h"

#include <fmt/format.h>
#include <systemd/sd-bus.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <optional>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/text.h"
#include "providers/linux/bus/bus_connection.h"
#include "providers/linux/bus/bus_signals.h"

namespace wmi::linuxos {
namespace {

using std::chrono::milliseconds;

// More than the largest answer of a daemon we ask: some 20,000 units of ten members each.
constexpr std::size_t kValuesMax = 1u << 19;
constexpr std::size_t kTextBytesMax = 64u << 20;
constexpr int kDepthMax = 32;
// Connections that wait for the next call.
constexpr std::size_t kIdleMax = 2;
constexpr std::chrono::seconds kIdleTime{30};

struct MessageCloser {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, MessageCloser>;

// The fields own themselves, so that every way out frees them.
struct CallError {
  sd_bus_error error = SD_BUS_ERROR_NULL;
  CallError() = default;
  ~CallError() { sd_bus_error_free(&error); }
  CallError(const CallError&) = delete;
  CallError& operator=(const CallError&) = delete;
};

std::string ErrorText(int error) {
  std::array<char, 128> text{};
  return ::strerror_r(error, text.data(), text.size());
}

BusAnswer Failure(BusAnswer::Outcome outcome, std::string message, std::string error_name = {}) {
  return {outcome, {}, std::move(error_name), std::move(message)};
}

// Reads the body of an answer. Counts what it makes, because the sender decides how much that is.
class Decoder {
 public:
  explicit Decoder(sd_bus_message* message) : message_(message) {}

  // False when the message is malformed, too deep or too large.
  bool DecodeAll(std::vector<BusValue>& out) { return DecodeMembers(out, 0); }

 private:
  bool DecodeMembers(std::vector<BusValue>& out, int depth) {
    for (;;) {
      char type = 0;
      const char* contents = nullptr;
      const int more = sd_bus_message_peek_type(message_, &type, &contents);
      if (more < 0) return false;
      if (more == 0) return true;
      if (++count_ > kValuesMax) return false;
      BusValue value;
      if (!DecodeOne(type, contents, value, depth)) return false;
      out.push_back(std::move(value));
    }
  }

  bool DecodeOne(char type, const char* contents, BusValue& out, int depth) {
    switch (type) {
      case SD_BUS_TYPE_ARRAY:
      case SD_BUS_TYPE_STRUCT:
      case SD_BUS_TYPE_DICT_ENTRY:
      case SD_BUS_TYPE_VARIANT:
        return DecodeContainer(type, contents, out, depth);
      case SD_BUS_TYPE_STRING:
      case SD_BUS_TYPE_OBJECT_PATH:
      case SD_BUS_TYPE_SIGNATURE: {
        const char* text = nullptr;
        if (sd_bus_message_read_basic(message_, type, static_cast<void*>(&text)) <= 0) return false;
        std::string owned = text;
        bytes_ += owned.size();
        out.data = std::move(owned);
        return bytes_ <= kTextBytesMax;
      }
      case SD_BUS_TYPE_BOOLEAN: {
        int value = 0;
        if (sd_bus_message_read_basic(message_, type, &value) <= 0) return false;
        out.data = value != 0;
        return true;
      }
      case SD_BUS_TYPE_BYTE:
        return DecodeNumber<std::uint8_t, std::uint64_t>(type, out);
      case SD_BUS_TYPE_INT16:
        return DecodeNumber<std::int16_t, std::int64_t>(type, out);
      case SD_BUS_TYPE_UINT16:
        return DecodeNumber<std::uint16_t, std::uint64_t>(type, out);
      case SD_BUS_TYPE_INT32:
        return DecodeNumber<std::int32_t, std::int64_t>(type, out);
      case SD_BUS_TYPE_UINT32:
        return DecodeNumber<std::uint32_t, std::uint64_t>(type, out);
      case SD_BUS_TYPE_INT64:
        return DecodeNumber<std::int64_t, std::int64_t>(type, out);
      case SD_BUS_TYPE_UINT64:
        return DecodeNumber<std::uint64_t, std::uint64_t>(type, out);
      case SD_BUS_TYPE_DOUBLE:
        return DecodeNumber<double, double>(type, out);
      default: {
        // A descriptor belongs to the message and is closed with it: no value for anybody.
        int descriptor = -1;
        return type == SD_BUS_TYPE_UNIX_FD && sd_bus_message_read_basic(message_, type, &descriptor) > 0;
      }
    }
  }

  template <typename Wire, typename Kept>
  bool DecodeNumber(char type, BusValue& out) {
    Wire value{};
    if (sd_bus_message_read_basic(message_, type, &value) <= 0) return false;
    out.data = static_cast<Kept>(value);
    return true;
  }

  bool DecodeContainer(char type, const char* contents, BusValue& out, int depth) {
    if (depth >= kDepthMax || sd_bus_message_enter_container(message_, type, contents) <= 0) return false;
    BusValue::List members;
    if (!DecodeMembers(members, depth + 1) || sd_bus_message_exit_container(message_) < 0) return false;
    if (type != SD_BUS_TYPE_VARIANT) {
      out.data = std::move(members);
    } else if (!members.empty()) {
      BusValue content = std::move(members.front());
      out = std::move(content);
    }
    return true;
  }

  sd_bus_message* const message_;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
};

// sd-bus takes texts that end at a NUL; what would be cut off silently is refused.
bool AppendText(sd_bus_message* message, char type, const BusValue& value) {
  if (!std::holds_alternative<std::string>(value.data)) return false;
  const std::string& text = value.text();
  return text.find('\0') == std::string::npos && sd_bus_message_append_basic(message, type, text.c_str()) >= 0;
}

bool IsNumber(const BusValue& value) {
  return std::holds_alternative<std::int64_t>(value.data) || std::holds_alternative<std::uint64_t>(value.data);
}

bool AppendOne(sd_bus_message* message, std::string_view type, const BusValue& value) {
  if (type == "as") {
    if (!std::holds_alternative<BusValue::List>(value.data) ||
        sd_bus_message_open_container(message, SD_BUS_TYPE_ARRAY, "s") < 0)
      return false;
    for (const BusValue& item : value.list()) {
      if (!AppendText(message, SD_BUS_TYPE_STRING, item)) return false;
    }
    return sd_bus_message_close_container(message) >= 0;
  }
  switch (type.front()) {
    case SD_BUS_TYPE_STRING:
    case SD_BUS_TYPE_OBJECT_PATH:
      return AppendText(message, type.front(), value);
    case SD_BUS_TYPE_BOOLEAN: {
      if (!std::holds_alternative<bool>(value.data)) return false;
      const int flag = value.boolean() ? 1 : 0;
      return sd_bus_message_append_basic(message, SD_BUS_TYPE_BOOLEAN, &flag) >= 0;
    }
    case SD_BUS_TYPE_INT32: {
      const std::int64_t wide = value.number();
      if (!IsNumber(value) || wide < std::numeric_limits<std::int32_t>::min() ||
          wide > std::numeric_limits<std::int32_t>::max())
        return false;
      const auto number = static_cast<std::int32_t>(wide);
      return sd_bus_message_append_basic(message, SD_BUS_TYPE_INT32, &number) >= 0;
    }
    case SD_BUS_TYPE_UINT32: {
      const std::uint64_t wide = value.unsigned_number();
      if (!IsNumber(value) || wide > std::numeric_limits<std::uint32_t>::max()) return false;
      const auto number = static_cast<std::uint32_t>(wide);
      return sd_bus_message_append_basic(message, SD_BUS_TYPE_UINT32, &number) >= 0;
    }
    case SD_BUS_TYPE_INT64: {
      const std::int64_t number = value.number();
      return IsNumber(value) && sd_bus_message_append_basic(message, SD_BUS_TYPE_INT64, &number) >= 0;
    }
    case SD_BUS_TYPE_UINT64: {
      const std::uint64_t number = value.unsigned_number();
      return IsNumber(value) && sd_bus_message_append_basic(message, SD_BUS_TYPE_UINT64, &number) >= 0;
    }
    default:
      return false;
  }
}

bool AppendArguments(sd_bus_message* message, const BusCall& call) {
  std::string_view rest = call.signature;
  for (const BusValue& argument : call.arguments) {
    if (rest.empty()) return false;
    const std::size_t length = rest.starts_with("as") ? 2 : 1;
    if (!AppendOne(message, rest.substr(0, length), argument)) return false;
    rest.remove_prefix(length);
  }
  return rest.empty();
}

bool IsOneOf(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string DaemonOf(std::string_view destination) {
  if (destination == "org.freedesktop.systemd1") return "systemd";
  if (destination == "org.freedesktop.login1") return "systemd-logind";
  if (destination == "org.freedesktop.UDisks2") return "udisksd";
  return std::string(destination);
}

BusAnswer FailureOf(const BusCall& call, const sd_bus_error& error, int number) {
  using Outcome = BusAnswer::Outcome;
  const std::string daemon = DaemonOf(call.destination);
  const std::string name = error.name != nullptr ? error.name : "";
  const std::string text = ToUtf8(error.message != nullptr ? std::string(error.message) : ErrorText(number));
  constexpr std::string_view kCommon = "org.freedesktop.DBus.Error.";
  const std::string_view common = name.starts_with(kCommon) ? std::string_view(name).substr(kCommon.size()) : "";

  if (number == ETIMEDOUT || IsOneOf(common, {"NoReply", "Timeout", "TimedOut"})) {
    return Failure(Outcome::kTimedOut,
                   fmt::format("{} did not answer {} within {} ms; try again when the machine is less busy, or look at "
                               "the daemon's log",
                               daemon, call.member, call.deadline.count()),
                   name);
  }
  if (common.starts_with("Spawn.") || IsOneOf(common, {"ServiceUnknown", "NameHasNoOwner"})) {
    return Failure(Outcome::kNoService, fmt::format("{} is not running; start it to see what it knows", daemon), name);
  }
  if (IsOneOf(common, {"UnknownObject", "UnknownMethod", "UnknownInterface"})) {
    return Failure(Outcome::kNoService,
                   fmt::format("{} does not know {} of {}; the object is gone, or the daemon is too old", daemon,
                               call.member, call.path),
                   name);
  }
  if (number == EACCES || number == EPERM ||
      IsOneOf(common, {"AccessDenied", "AuthFailed", "InteractiveAuthorizationRequired"})) {
    return Failure(
        Outcome::kDenied,
        fmt::format("{} refused {}: {}; run as root, or have the bus policy allow it", daemon, call.member, text),
        name);
  }
  if (number == ECONNRESET || number == ENOTCONN || number == EPIPE) {
    return Failure(Outcome::kNoBus, "the D-Bus daemon closed the connection; try again when it runs");
  }
  return Failure(Outcome::kFailed, fmt::format("{} could not do {}: {}", daemon, call.member, text), name);
}

int StartBus(const std::string& address, BusHandle& out) {
  sd_bus* opened = nullptr;
  int error = 0;
  if (address.empty()) {
    error = sd_bus_open_system(&opened);
  } else {
    error = sd_bus_new(&opened);
    if (error >= 0) error = sd_bus_set_address(opened, address.c_str());
    if (error >= 0) error = sd_bus_set_bus_client(opened, 1);
    if (error >= 0) error = sd_bus_start(opened);
  }
  out.reset(opened);
  return error < 0 ? -error : 0;
}

bool DecodeBody(sd_bus_message* message, std::vector<BusValue>& out) { return Decoder(message).DecodeAll(out); }

namespace {

class DBusConnections final : public SystemBus {
 public:
  explicit DBusConnections(std::string address) : address_(std::move(address)) {}

  BusAnswer Call(const BusCall& call) override {
    const TimePoint deadline = std::chrono::steady_clock::now() + call.deadline;
    BusHandle bus;
    if (BusAnswer connected = Connect(call, deadline, bus); !connected.ok()) return connected;

    sd_bus_message* made = nullptr;
    const int created =
        sd_bus_message_new_method_call(bus.get(), &made, call.destination.c_str(), call.path.c_str(),
                                       call.interface.empty() ? nullptr : call.interface.c_str(), call.member.c_str());
    const Message request(made);
    if (created < 0 || sd_bus_message_set_auto_start(made, call.may_start ? 1 : 0) < 0 ||
        sd_bus_message_set_allow_interactive_authorization(made, 0) < 0 || !AppendArguments(made, call)) {
      return Failure(BusAnswer::Outcome::kFailed,
                     fmt::format("the call {} of {} cannot be written as a D-Bus message: its name, path or arguments "
                                 "are not of the form that D-Bus asks for",
                                 call.member, DaemonOf(call.destination)));
    }

    CallError error;
    sd_bus_message* received = nullptr;
    const int called = sd_bus_call(bus.get(), made, Remaining(deadline), &error.error, &received);
    const Message reply(received);
    if (called < 0) {
      BusAnswer answer = FailureOf(call, error.error, -called);
      // After a refusal the connection is as good as before; after silence its reply may still come.
      const bool answered = answer.outcome == BusAnswer::Outcome::kFailed ||
                            answer.outcome == BusAnswer::Outcome::kDenied ||
                            answer.outcome == BusAnswer::Outcome::kNoService;
      if (answered && !answer.error_name.empty()) Keep(std::move(bus));
      return answer;
    }
    BusAnswer answer;
    answer.outcome = BusAnswer::Outcome::kDone;
    if (!Decoder(received).DecodeAll(answer.values)) {
      return Failure(BusAnswer::Outcome::kFailed,
                     fmt::format("the answer of {} to {} is malformed or larger than {} values or {} MB; it was not "
                                 "used",
                                 DaemonOf(call.destination), call.member, kValuesMax, kTextBytesMax >> 20));
    }
    Keep(std::move(bus));
    return answer;
  }

  Result<std::unique_ptr<provider::Listening>> Listen(BusInterest interest, exec::Reactor& reactor,
                                                      std::unique_ptr<BusListener> listener) override {
    return ListenAt(address_, std::move(interest), reactor, std::move(listener));
  }

 private:
  struct Idle {
    BusHandle bus;
    TimePoint since;
  };

  // Microseconds, 1 at the least: 0 is a default of sd-bus.
  static std::uint64_t Remaining(TimePoint deadline) {
    const auto left =
        std::chrono::duration_cast<std::chrono::microseconds>(deadline - std::chrono::steady_clock::now()).count();
    return left > 1 ? static_cast<std::uint64_t>(left) : 1;
  }

  // A connection that was kept and still lives, or a new one.
  BusAnswer Connect(const BusCall& call, TimePoint deadline, BusHandle& out) {
    out = TakeIdle();
    if (out) return Done();
    if (const int error = StartBus(address_, out); error != 0) return NoBus(error);
    sd_bus* const opened = out.get();
    // sd_bus_call would wait for the greeting as long as it takes; here it is a part of the deadline.
    while (sd_bus_is_ready(opened) == 0) {
      const int done = sd_bus_process(opened, nullptr);
      if (done < 0) return NoBus(-done);
      if (done > 0) continue;
      if (std::chrono::steady_clock::now() >= deadline) {
        return Failure(BusAnswer::Outcome::kTimedOut,
                       fmt::format("the D-Bus daemon did not answer within {} ms; look at its log, or restart it",
                                   call.deadline.count()));
      }
      const int waited = sd_bus_wait(opened, Remaining(deadline));
      if (waited < 0 && waited != -EINTR) return NoBus(-waited);
    }
    return Done();
  }

  static BusAnswer Done() {
    BusAnswer answer;
    answer.outcome = BusAnswer::Outcome::kDone;
    return answer;
  }

  static BusAnswer NoBus(int error) {
    if (error == EACCES || error == EPERM) {
      return Failure(BusAnswer::Outcome::kDenied,
                     "the D-Bus daemon refused the connection; run as root, or have its policy allow it");
    }
    if (error == EMFILE || error == ENFILE || error == ENOMEM) {
      return Failure(
          BusAnswer::Outcome::kFailed,
          fmt::format("no connection to the D-Bus daemon: {}; raise the limit, or end programs", ErrorText(error)));
    }
    return Failure(BusAnswer::Outcome::kNoBus,
                   fmt::format("there is no system bus ({}); start the D-Bus daemon to see what its services know",
                               ErrorText(error)));
  }

  BusHandle TakeIdle() {
    const TimePoint oldest = std::chrono::steady_clock::now() - kIdleTime;
    for (;;) {
      Idle idle;
      {
        MutexLock lock(mutex_);
        if (idle_.empty()) return nullptr;
        idle = std::move(idle_.back());
        idle_.pop_back();
      }
      if (idle.since < oldest) continue;
      // What came meanwhile (signals, the end of the daemon, a fork of this process) shows now, before anything is
      // sent: a call is never sent twice. More than a few messages are not worth the wait.
      int done = 1;
      for (int i = 0; i < 64 && done > 0; ++i) done = sd_bus_process(idle.bus.get(), nullptr);
      if (done == 0 && sd_bus_is_ready(idle.bus.get()) > 0) return std::move(idle.bus);
    }
  }

  void Keep(BusHandle bus) {
    MutexLock lock(mutex_);
    if (idle_.size() < kIdleMax) idle_.push_back({std::move(bus), std::chrono::steady_clock::now()});
  }

  const std::string address_;
  Mutex mutex_;
  std::vector<Idle> idle_ WMI_GUARDED_BY(mutex_);
};

}  // namespace

bool BusValue::boolean() const {
  const bool* const value = std::get_if<bool>(&data);
  return value != nullptr && *value;
}

std::int64_t BusValue::number() const {
  if (const auto* const value = std::get_if<std::int64_t>(&data)) return *value;
  if (const auto* const value = std::get_if<std::uint64_t>(&data)) {
    return *value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())
               ? static_cast<std::int64_t>(*value)
               : 0;
  }
  return 0;
}

std::uint64_t BusValue::unsigned_number() const {
  if (const auto* const value = std::get_if<std::uint64_t>(&data)) return *value;
  if (const auto* const value = std::get_if<std::int64_t>(&data)) {
    return *value > 0 ? static_cast<std::uint64_t>(*value) : 0;
  }
  return 0;
}

const std::string& BusValue::text() const {
  static const std::string empty;
  const auto* const value = std::get_if<std::string>(&data);
  return value != nullptr ? *value : empty;
}

const BusValue::List& BusValue::list() const {
  static const List empty;
  const auto* const value = std::get_if<List>(&data);
  return value != nullptr ? *value : empty;
}

const BusValue* BusValue::Find(std::string_view key) const {
  for (const BusValue& entry : list()) {
    const List& pair = entry.list();
    if (pair.size() == 2 && std::holds_alternative<std::string>(pair[0].data) && pair[0].text() == key) return &pair[1];
  }
  return nullptr;
}

BusAnswer SystemBus::Call(const BusCall&) {
  return Failure(BusAnswer::Outcome::kNoBus, "there is no system bus; start the D-Bus daemon");
}

Result<std::unique_ptr<provider::Listening>> SystemBus::Listen(BusInterest, exec::Reactor&,
                                                               std::unique_ptr<BusListener>) {
  return Status(code::kNotSupported, "there is no system bus; start the D-Bus daemon");
}

BusAnswer SystemBus::Properties(const std::string& destination, const std::string& path, const std::string& interface) {
  BusCall call;
  call.destination = destination;
  call.path = path;
  call.interface = "org.freedesktop.DBus.Properties";
  call.member = "GetAll";
  call.signature = "s";
  call.arguments.push_back({interface});
  return Call(call);
}

std::unique_ptr<SystemBus> ConnectedBus(std::string address) {
  return std::make_unique<DBusConnections>(std::move(address));
}

SystemBus& SystemBus::Real() {
  // Never destroyed: threads may be in a call when the process ends.
  static auto* const bus = new DBusConnections({});
  return *bus;
}

}  // namespace wmi::linuxos
