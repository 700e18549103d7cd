#include "providers/linux/changes/device_events.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>

#include "provider/event_writer.h"
#include "providers/linux/mounts.h"
#include "providers/linux/storage/volumes.h"

namespace wmi::linuxos {
namespace {

// Fires what its notifier tells of.
class NotifiedListening : public provider::Listening {
 public:
  NotifiedListening(cim::ClassPtr schema, std::shared_ptr<provider::EventListener> listener)
      : schema_(std::move(schema)), listener_(std::move(listener)) {}

 protected:
  // From now on Ready is called, on the reactor's thread.
  Status Watch(std::unique_ptr<Notifier> notifier, exec::Reactor& reactor) {
    notifier_ = std::move(notifier);
    watch_ = TRY(reactor.Add(notifier_->descriptor(), [this] { Read(); }, notifier_->when()));
    return Status();
  }
  // Before members of a subclass go.
  void Stop() { watch_.reset(); }
  // After a reading that may have told of something.
  virtual void Changed() = 0;

  void Fire(DeviceEventType type, std::string_view drive = {}) const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    provider::EventWriter event(schema_, std::chrono::duration_cast<std::chrono::microseconds>(now).count());
    event.SetUnsigned("EventType", static_cast<std::uint64_t>(type));
    if (!drive.empty()) event.SetText("DriveName", drive);
    listener_->Fire(event.Finish());
  }

 private:
  void Read() {
    const Notifier::Heard heard = notifier_->Read();
    if (heard.lost) listener_->Lost(0, "the kernel's messages came faster than they could be read");
    if (heard.changed || heard.lost) Changed();
    if (heard.ended) listener_->Ended(Status(code::kFailed, "the kernel tells nothing more"));
  }

  const cim::ClassPtr schema_;
  const std::shared_ptr<provider::EventListener> listener_;
  std::unique_ptr<Notifier> notifier_;
  std::unique_ptr<exec::Reactor::Watch> watch_;
};

// ---- devices

class DeviceListening final : public NotifiedListening {
 public:
  using Kind = DeviceEventSource::Kind;
  DeviceListening(Kind kind, cim::ClassPtr schema, std::shared_ptr<provider::EventListener> listener)
      : NotifiedListening(std::move(schema), std::move(listener)), kind_(kind) {}
  ~DeviceListening() override { Stop(); }

  Status Start(DeviceNotifierMaker make, exec::Reactor& reactor) {
    return Watch(TRY(make([this](std::string_view message) { return Hear(message); })), reactor);
  }

 private:
  bool Hear(std::string_view text) {
    const std::optional<DeviceMessage> message = ParseDeviceMessage(text);
    if (!message) return false;
    const DeviceChange change = ChangeOf(*message);
    if (kind_ == Kind::kConfiguration) return change.is_configuration;
    if (change.of_device) heard_.push_back(*change.of_device);
    return change.of_device.has_value();
  }

  void Changed() override {
    if (kind_ == Kind::kConfiguration) return Fire(DeviceEventType::kConfigurationChanged);
    for (const DeviceEventType type : std::exchange(heard_, {})) Fire(type);
  }

  const Kind kind_;
  std::vector<DeviceEventType> heard_;  // of one reading
};

// ---- volumes

class VolumeListening final : public NotifiedListening {
 public:
  VolumeListening(const Machine& machine, cim::ClassPtr schema, std::shared_ptr<provider::EventListener> listener)
      : NotifiedListening(std::move(schema), std::move(listener)), machine_(machine) {}
  ~VolumeListening() override { Stop(); }

  Status Start(NotifierMaker make, exec::Reactor& reactor) {
    std::unique_ptr<Notifier> notifier = TRY(make());
    last_ = ReadVolumeTable(machine_);  // after the notifier: what happens from now on is told
    return Watch(std::move(notifier), reactor);
  }

 private:
  void Changed() override {
    VolumeTable now = ReadVolumeTable(machine_);
    const std::vector<VolumeChange> changes = CompareVolumes(last_, now);
    last_ = std::move(now);
    for (const VolumeChange& change : changes) Fire(change.type, change.mount_point);
  }

  const Machine machine_;
  VolumeTable last_;
};

}  // namespace

Result<std::unique_ptr<provider::Listening>> DeviceEventSource::Listen(
    const provider::EventRequest& request, exec::Reactor& reactor, std::shared_ptr<provider::EventListener> listener) {
  auto listening = std::make_unique<DeviceListening>(kind_, request.schema, std::move(listener));
  TRY(listening->Start(make_, reactor));
  return std::unique_ptr<provider::Listening>(std::move(listening));
}

VolumeTable ReadVolumeTable(const Machine& machine) {
  VolumeTable table;
  for (const Mount& mount : ReadMounts(machine)) {
    std::optional<std::string> volume = VolumeIdOf(machine, mount);
    if (!volume) continue;
    std::string identity = fmt::format("{} {} {}", mount.id, mount.device, mount.root);
    table[mount.mount_point] = {*std::move(volume), std::move(identity),
                                fmt::format("{} {}", mount.mount_options, mount.super_options)};
  }
  return table;
}

std::vector<VolumeChange> CompareVolumes(const VolumeTable& before, const VolumeTable& now) {
  std::vector<VolumeChange> changes;
  const auto is_same = [](const MountedVolume& a, const MountedVolume& b) {
    return a.volume == b.volume && a.identity == b.identity;
  };
  for (const auto& [point, mounted] : before) {
    const auto found = now.find(point);
    if (found == now.end() || !is_same(mounted, found->second)) changes.push_back({DeviceEventType::kRemoval, point});
  }
  for (const auto& [point, mounted] : now) {
    const auto found = before.find(point);
    if (found != before.end() && is_same(mounted, found->second) && mounted.options != found->second.options) {
      changes.push_back({DeviceEventType::kConfigurationChanged, point});
    }
  }
  for (const auto& [point, mounted] : now) {
    const auto found = before.find(point);
    if (found == before.end() || !is_same(mounted, found->second))
      changes.push_back({DeviceEventType::kArrival, point});
  }
  return changes;
}

Result<std::unique_ptr<provider::Listening>> VolumeEventSource::Listen(
    const provider::EventRequest& request, exec::Reactor& reactor, std::shared_ptr<provider::EventListener> listener) {
  auto listening = std::make_unique<VolumeListening>(machine_, request.schema, std::move(listener));
  TRY(listening->Start(make_, reactor));
  return std::unique_ptr<provider::Listening>(std::move(listening));
}

void AddDeviceEvents(provider::EventSources& sources, const Machine& machine) {
  using Kind = DeviceEventSource::Kind;
  sources.RegisterEvents("Win32_DeviceChangeEvent",
                         std::make_unique<DeviceEventSource>(Kind::kDevices, MakeDeviceMessageNotifier));
  sources.RegisterEvents("Win32_SystemConfigurationChangeEvent",
                         std::make_unique<DeviceEventSource>(Kind::kConfiguration, MakeDeviceMessageNotifier));
  sources.RegisterEvents("Win32_VolumeChangeEvent", std::make_unique<VolumeEventSource>(machine, MakeMountNotifier));
}

}  // namespace wmi::linuxos
