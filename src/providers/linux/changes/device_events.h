// Who fires Win32_DeviceChangeEvent, Win32_SystemConfigurationChangeEvent and Win32_VolumeChangeEvent
// (schema/win32_device_events.mof; docs/events.md, "Devices and volumes").
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "provider/event_sources.h"
#include "providers/linux/changes/device_messages.h"
#include "providers/linux/changes/notifier.h"
#include "providers/linux/host.h"

namespace wmi::linuxos {

// Makes a notifier that hands each message to `hear` while it is read.
using DeviceNotifierMaker = Result<std::unique_ptr<Notifier>> (*)(std::function<bool(std::string_view)> hear);

// Safe from several threads.
class DeviceEventSource final : public provider::EventSource {
 public:
  enum class Kind {
    kDevices,        // one event for each device that comes or goes, and for docking
    kConfiguration,  // one for all that was read at once
  };
  DeviceEventSource(Kind kind, DeviceNotifierMaker make) : kind_(kind), make_(make) {}
  Result<std::unique_ptr<provider::Listening>> Listen(const provider::EventRequest& request, exec::Reactor& reactor,
                                                      std::shared_ptr<provider::EventListener> listener) override;

 private:
  const Kind kind_;
  const DeviceNotifierMaker make_;
};

// What is mounted where, of what Win32_Volume shows: by mount point.
struct MountedVolume {
  std::string volume;    // Win32_Volume.DeviceID
  std::string identity;  // another for another mount, also of the same volume
  std::string options;
};
using VolumeTable = std::map<std::string, MountedVolume>;

struct VolumeChange {
  DeviceEventType type = DeviceEventType::kArrival;
  std::string mount_point;

  bool operator==(const VolumeChange&) const = default;
};

VolumeTable ReadVolumeTable(const Machine& machine);
// First what went, then what has other options, then what came.
std::vector<VolumeChange> CompareVolumes(const VolumeTable& before, const VolumeTable& now);

// Safe from several threads.
class VolumeEventSource final : public provider::EventSource {
 public:
  VolumeEventSource(Machine machine, NotifierMaker make) : machine_(std::move(machine)), make_(make) {}
  Result<std::unique_ptr<provider::Listening>> Listen(const provider::EventRequest& request, exec::Reactor& reactor,
                                                      std::shared_ptr<provider::EventListener> listener) override;

 private:
  const Machine machine_;
  const NotifierMaker make_;
};

void AddDeviceEvents(provider::EventSources& sources, const Machine& machine);

}  // namespace wmi::linuxos
