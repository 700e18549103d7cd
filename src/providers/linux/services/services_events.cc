#include "providers/linux/services/services_events.h"

#include <fmt/format.h>

#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "providers/linux/bus/bus_signals.h"
#include "providers/linux/services/systemd.h"

namespace wmi::linuxos {
namespace {

constexpr std::string_view kServiceType = ".service";
constexpr const char* kUnitFolder = "/org/freedesktop/systemd1/unit";
constexpr const char* kProperties = "org.freedesktop.DBus.Properties";

constexpr const char* kLogind = "org.freedesktop.login1";
constexpr const char* kLogindPath = "/org/freedesktop/login1";
constexpr const char* kLogindManager = "org.freedesktop.login1.Manager";
constexpr const char* kSessionFolder = "/org/freedesktop/login1/session";

// More of them in one turn: to look at all is cheaper.
constexpr std::size_t kNamesMax = 64;

// Whether the daemon runs, by the folder that it makes when it starts, as sd_booted(3) does; to wait for an answer from
// the bus is not for this thread.
Status CheckRunning(const Machine& machine, std::string_view daemon, std::string_view folder) {
  const std::string path = fmt::format("{}{}", machine.root.run, folder);
  if (machine.files->IsDirectory(path.c_str())) return Status();
  return Status(code::kNotSupported,
                fmt::format("{} does not run on this machine: there is no folder {}", daemon, path));
}

// The first value of a signal; the empty one when it has none.
const BusValue& First(const std::vector<BusValue>& values) {
  static const BusValue none;
  return values.empty() ? none : values.front();
}

// --- Win32_Service ---

class ServiceListener final : public BusListener {
 public:
  enum Rule : std::size_t { kNew, kRemoved, kFiles, kReloading, kChanged };

  ServiceListener(const provider::Request& request, std::shared_ptr<provider::ChangeListener> listener)
      : has_keys_(request.has_keys), listener_(std::move(listener)) {
    for (const provider::KeyTuple& key : request.keys) {
      const cim::ValueView name = key.size() == 1 ? key.front().view() : cim::ValueView();
      if (name.kind() == cim::ValueKind::kText) keys_.insert(Fold(name.text()));
    }
  }

  static BusInterest Interest() {
    const BusCall subscribe = ManagerCall("Subscribe");
    BusInterest interest;
    interest.destination = subscribe.destination;
    interest.rules.resize(5);
    const auto of_manager = [&](const char* member) {
      return BusSignalRule{subscribe.interface, member, subscribe.path, false, true};
    };
    interest.rules[kNew] = of_manager("UnitNew");
    interest.rules[kRemoved] = of_manager("UnitRemoved");
    interest.rules[kFiles] = of_manager("UnitFilesChanged");
    interest.rules[kReloading] = of_manager("Reloading");
    // The path says which unit it is; the values are looked up with all others.
    interest.rules[kChanged] = {kProperties, "PropertiesChanged", kUnitFolder, true, false};
    interest.subscribe = subscribe;
    interest.is_subscribed = "org.freedesktop.systemd1.AlreadySubscribed";
    return interest;
  }

  void Told(std::size_t rule, std::string_view path, const std::vector<BusValue>& values) override {
    switch (rule) {
      case kNew:
      case kRemoved:
        return Note(First(values).text());
      case kChanged:
        if (const auto name = NameOfObject(path, kUnitFolder)) Note(*name);
        return;
      case kReloading:
        // Every unit goes and comes back in between.
        is_reloading_ = First(values).boolean();
        has_all_changed_ = has_all_changed_ || !is_reloading_;
        return;
      default:
        has_all_changed_ = true;
    }
  }

  void Settled() override {
    is_reloading_ = false;
    has_all_changed_ = true;
  }

  void Flush() override {
    // The listener may end this with any call.
    const std::shared_ptr<provider::ChangeListener> listener = listener_;
    const std::set<std::string> names = std::exchange(names_, {});
    if (std::exchange(has_all_changed_, false)) return listener->Look();
    for (const std::string& name : names) listener->Look({cim::Value::Text(name)});
  }

  void Ended(Status why) override { listener_->Ended(std::move(why)); }

 private:
  void Note(std::string_view unit) {
    if (is_reloading_ || !unit.ends_with(kServiceType)) return;
    const std::string_view name = unit.substr(0, unit.size() - kServiceType.size());
    if (has_keys_ && !keys_.contains(Fold(name))) return;
    if (names_.size() < kNamesMax) {
      names_.emplace(name);
    } else {
      has_all_changed_ = true;
    }
  }

  const bool has_keys_;
  std::set<std::string> keys_;  // folded
  const std::shared_ptr<provider::ChangeListener> listener_;
  std::set<std::string> names_;
  bool has_all_changed_ = false;
  bool is_reloading_ = false;
};

// --- sessions ---

BusInterest LogindInterest() {
  BusInterest interest;
  interest.destination = kLogind;
  return interest;
}

class SessionListener final : public BusListener {
 public:
  enum Rule : std::size_t { kNew, kRemoved, kChanged };

  SessionListener(SessionChangeSource::Keys keys, std::shared_ptr<provider::ChangeListener> listener)
      : keys_(keys), listener_(std::move(listener)) {}

  static BusInterest Interest() {
    BusInterest interest = LogindInterest();
    interest.rules.resize(3);
    interest.rules[kNew] = {kLogindManager, "SessionNew", kLogindPath, false, true};
    interest.rules[kRemoved] = {kLogindManager, "SessionRemoved", kLogindPath, false, true};
    interest.rules[kChanged] = {kProperties, "PropertiesChanged", kSessionFolder, true, false};
    return interest;
  }

  void Told(std::size_t rule, std::string_view path, const std::vector<BusValue>& values) override {
    if (rule == kChanged) {
      const auto id = NameOfObject(path, kSessionFolder);
      // No property that can change is in the keys of the others.
      if (id && keys_ == SessionChangeSource::Keys::kLogonId) Note(*id, false);
      return;
    }
    if (keys_ == SessionChangeSource::Keys::kLogonId) {
      Note(First(values).text(), rule == kRemoved);
    } else {
      has_all_changed_ = true;
    }
  }

  void Settled() override { has_all_changed_ = true; }

  void Flush() override {
    const std::shared_ptr<provider::ChangeListener> listener = listener_;
    const std::vector<Change> changes = std::exchange(changes_, {});
    if (std::exchange(has_all_changed_, false)) return listener->Look();
    for (const Change& change : changes) {
      provider::KeyTuple keys = {cim::Value::Text(change.id)};
      change.has_gone ? listener->Gone(std::move(keys)) : listener->Look(std::move(keys));
    }
  }

  void Ended(Status why) override { listener_->Ended(std::move(why)); }

 private:
  struct Change {
    std::string id;
    bool has_gone = false;
  };

  void Note(const std::string& id, bool has_gone) {
    // What was told of it before does not matter any more.
    std::erase_if(changes_, [&](const Change& change) { return change.id == id; });
    if (changes_.size() < kNamesMax) {
      changes_.push_back({id, has_gone});
    } else {
      has_all_changed_ = true;
    }
  }

  const SessionChangeSource::Keys keys_;
  const std::shared_ptr<provider::ChangeListener> listener_;
  std::vector<Change> changes_;
  bool has_all_changed_ = false;
};

// --- Win32_PowerManagementEvent ---

// Values of EventType.
constexpr std::uint64_t kEnteringSuspend = 4;
constexpr std::uint64_t kResumeFromSuspend = 7;
constexpr std::uint64_t kPowerStatusChange = 10;

cim::Object PowerEvent(const cim::ClassPtr& schema, std::uint64_t type) {
  // From 1601 to 1970, in 100 ns (contract 6.1, TIME_CREATED).
  constexpr std::uint64_t kEpochs = 116'444'736'000'000'000;
  const auto now =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  cim::RowBlockBuilder builder;
  builder.BeginRow(schema);
  const auto set = [&](std::string_view property, std::uint64_t value) {
    if (const auto slot = schema->FindSlot(property)) builder.SetUnsigned(*slot, value);
  };
  set("TIME_CREATED", static_cast<std::uint64_t>(now) * 10 + kEpochs);
  set("EventType", type);
  builder.CommitRow();
  std::vector<cim::Object> rows;
  builder.Finish(rows);
  return std::move(rows.front());
}

class SleepListener final : public BusListener {
 public:
  SleepListener(cim::ClassPtr schema, std::shared_ptr<provider::EventListener> listener)
      : schema_(std::move(schema)), listener_(std::move(listener)) {}

  static BusInterest Interest() {
    BusInterest interest = LogindInterest();
    interest.rules.push_back({kLogindManager, "PrepareForSleep", kLogindPath, false, true});
    return interest;
  }

  void Told(std::size_t, std::string_view, const std::vector<BusValue>& values) override {
    if (types_.size() < kNamesMax) {
      types_.push_back(First(values).boolean() ? kEnteringSuspend : kResumeFromSuspend);
    } else {
      has_lost_ = true;
    }
  }
  // At the beginning nothing was to be heard yet.
  void Settled() override { has_lost_ = std::exchange(has_begun_, true) || has_lost_; }

  void Flush() override {
    const std::shared_ptr<provider::EventListener> listener = listener_;
    const cim::ClassPtr schema = schema_;
    const std::vector<std::uint64_t> types = std::exchange(types_, {});
    const bool has_lost = std::exchange(has_lost_, false);
    for (const std::uint64_t type : types) listener->Fire(PowerEvent(schema, type));
    if (has_lost) listener->Lost(0, "systemd-logind was away from the bus, or told faster than it was heard");
  }

  void Ended(Status why) override { listener_->Ended(std::move(why)); }

 private:
  const cim::ClassPtr schema_;
  const std::shared_ptr<provider::EventListener> listener_;
  std::vector<std::uint64_t> types_;
  bool has_begun_ = false;
  bool has_lost_ = false;
};

class PowerListening final : public provider::Listening {
 public:
  PowerListening(cim::ClassPtr schema, std::unique_ptr<Notifier> notifier,
                 std::shared_ptr<provider::EventListener> listener)
      : schema_(std::move(schema)), notifier_(std::move(notifier)), listener_(std::move(listener)) {}

  Status Start(SystemBus& bus, exec::Reactor& reactor) {
    sleep_ = TRY(bus.Listen(SleepListener::Interest(), reactor, std::make_unique<SleepListener>(schema_, listener_)));
    watch_ = TRY(reactor.Add(notifier_->descriptor(), [this] { Ready(); }));
    return Status();
  }

 private:
  void Ready() {
    const std::shared_ptr<provider::EventListener> listener = listener_;
    const Notifier::Heard heard = notifier_->Read();
    // A message that was lost may have been about power.
    if (heard.changed) listener->Fire(PowerEvent(schema_, kPowerStatusChange));
    if (heard.lost) listener->Lost(0, "the kernel's messages came faster than they could be read");
    if (heard.ended) listener->Ended(Status(code::kFailed, "the kernel tells nothing more of devices"));
  }

  const cim::ClassPtr schema_;
  const std::unique_ptr<Notifier> notifier_;
  const std::shared_ptr<provider::EventListener> listener_;
  std::unique_ptr<provider::Listening> sleep_;
  std::unique_ptr<exec::Reactor::Watch> watch_;  // last: it goes first
};

}  // namespace

Result<std::unique_ptr<provider::Listening>> ServiceChangeSource::Listen(
    const provider::Request& request, exec::Reactor& reactor, std::shared_ptr<provider::ChangeListener> listener) {
  TRY(CheckRunning(machine_, "systemd", "/systemd/system"));
  return machine_.bus->Listen(ServiceListener::Interest(), reactor,
                              std::make_unique<ServiceListener>(request, std::move(listener)));
}

Result<std::unique_ptr<provider::Listening>> SessionChangeSource::Listen(
    const provider::Request&, exec::Reactor& reactor, std::shared_ptr<provider::ChangeListener> listener) {
  TRY(CheckRunning(machine_, "systemd-logind", "/systemd/seats"));
  return machine_.bus->Listen(SessionListener::Interest(), reactor,
                              std::make_unique<SessionListener>(keys_, std::move(listener)));
}

Result<std::unique_ptr<provider::Listening>> PowerEventSource::Listen(
    const provider::EventRequest& request, exec::Reactor& reactor, std::shared_ptr<provider::EventListener> listener) {
  TRY(CheckRunning(machine_, "systemd-logind", "/systemd/seats"));
  auto listening = std::make_unique<PowerListening>(request.schema, TRY(make_()), std::move(listener));
  TRY(listening->Start(*machine_.bus, reactor));
  return std::unique_ptr<provider::Listening>(std::move(listening));
}

void AddServicesEvents(provider::EventSources& sources, const Machine& machine) {
  using Keys = SessionChangeSource::Keys;
  sources.RegisterChanges("Win32_Service", std::make_unique<ServiceChangeSource>(machine));
  sources.RegisterChanges("Win32_LogonSession", std::make_unique<SessionChangeSource>(machine, Keys::kLogonId));
  sources.RegisterChanges("Win32_LoggedOnUser", std::make_unique<SessionChangeSource>(machine, Keys::kOthers));
  sources.RegisterEvents("Win32_PowerManagementEvent", std::make_unique<PowerEventSource>(machine));
}

}  // namespace wmi::linuxos
