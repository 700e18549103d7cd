#include "providers/linux/changes/change_sources.h"

#include <string>
#include <string_view>
#include <utility>

namespace wmi::linuxos {
namespace {

class LookListening final : public provider::Listening {
 public:
  LookListening(std::unique_ptr<Notifier> notifier, std::shared_ptr<provider::ChangeListener> listener)
      : notifier_(std::move(notifier)), listener_(std::move(listener)) {}

  Status Start(exec::Reactor& reactor) {
    watch_ = TRY(reactor.Add(notifier_->descriptor(), [this] { Ready(); }, notifier_->when()));
    return Status();
  }

 private:
  void Ready() {
    const Notifier::Heard heard = notifier_->Read();
    // What came and went meanwhile is not known; what there is now, the look finds.
    if (heard.lost) {
      listener_->Lost(0, "the kernel's messages came faster than they could be read");
    } else if (heard.changed) {
      listener_->Look();
    }
    if (heard.ended) listener_->Ended(Status(code::kFailed, "the kernel tells nothing more"));
  }

  const std::unique_ptr<Notifier> notifier_;
  const std::shared_ptr<provider::ChangeListener> listener_;
  std::unique_ptr<exec::Reactor::Watch> watch_;  // last: it goes first
};

struct Row {
  std::string_view class_name;
  NotifierMaker make;
  provider::Operations covers;
};

constexpr provider::Operations kComingAndGoing = provider::kCreation | provider::kDeletion;

// Modification is covered only where the kernel tells of every property that can change: not of free space, counters,
// or what files of the configuration say.
constexpr Row kRows[] = {
    {"Win32_LocalTime", MakeSecondHand, provider::kAllOperations},
    {"Win32_UTCTime", MakeSecondHand, provider::kAllOperations},
    {"Linux_Mount", MakeMountNotifier, provider::kAllOperations},
    {"Win32_MountPoint", MakeMountNotifier, provider::kAllOperations},
    {"Win32_LogicalDisk", MakeMountNotifier, kComingAndGoing},
    {"Win32_Volume", MakeMountNotifier, kComingAndGoing},
    {"Win32_NetworkAdapter", MakeLinkNotifier, kComingAndGoing},
    {"MSFT_NetAdapter", MakeLinkNotifier, kComingAndGoing},
    {"Win32_NetworkAdapterConfiguration", MakeAddressNotifier, kComingAndGoing},
    {"MSFT_NetIPAddress", MakeAddressNotifier, kComingAndGoing},
    {"Win32_IP4RouteTable", MakeRouteNotifier, kComingAndGoing},
    {"Linux_KernelModule", MakeDeviceNotifier, kComingAndGoing},
    {"Win32_SystemDriver", MakeDeviceNotifier, kComingAndGoing},
    {"Win32_PnPEntity", MakeDeviceNotifier, kComingAndGoing},
    {"Win32_DiskDrive", MakeDeviceNotifier, kComingAndGoing},
    {"Win32_CDROMDrive", MakeDeviceNotifier, kComingAndGoing},
    {"Win32_DiskPartition", MakeDeviceNotifier, kComingAndGoing},
    {"Win32_USBController", MakeDeviceNotifier, kComingAndGoing},
    {"Win32_USBHub", MakeDeviceNotifier, kComingAndGoing},
    {"Win32_Keyboard", MakeDeviceNotifier, kComingAndGoing},
    {"Win32_PointingDevice", MakeDeviceNotifier, kComingAndGoing},
    {"Win32_SoundDevice", MakeDeviceNotifier, kComingAndGoing},
    {"Win32_VideoController", MakeDeviceNotifier, kComingAndGoing},
    {"Win32_Battery", MakeDeviceNotifier, kComingAndGoing},
};

}  // namespace

Result<std::unique_ptr<provider::Listening>> LookSource::Listen(const provider::Request&, exec::Reactor& reactor,
                                                                std::shared_ptr<provider::ChangeListener> listener) {
  auto listening = std::make_unique<LookListening>(TRY(make_()), std::move(listener));
  TRY(listening->Start(reactor));
  return std::unique_ptr<provider::Listening>(std::move(listening));
}

void AddChangeSources(provider::EventSources& sources) {
  for (const Row& row : kRows) {
    sources.RegisterChanges(std::string(row.class_name), std::make_unique<LookSource>(row.make, row.covers));
  }
}

}  // namespace wmi::linuxos
