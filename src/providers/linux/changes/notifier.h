// Notifier: a descriptor that becomes readable when something of its kind has changed — a table of mounts, links and
// addresses, devices, the second hand of the clock.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "exec/reactor.h"

namespace wmi::linuxos {

// Owns a descriptor.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();
  int get() const { return number_; }

 private:
  int number_;
};

// For one thread at a time.
class Notifier {
 public:
  virtual ~Notifier() = default;
  virtual int descriptor() const = 0;
  // How the reactor is to watch it.
  virtual exec::Reactor::When when() const { return exec::Reactor::When::kReadable; }

  struct Heard {
    bool changed = false;  // else it was nothing of interest
    bool lost = false;     // some of what was to be read had been thrown away: anything may have changed
    bool ended = false;    // nothing more will come
  };
  // Reads what is there, a bounded part of it, without waiting.
  virtual Heard Read() = 0;
};

// Makes one, with a descriptor of its own.
using NotifierMaker = Result<std::unique_ptr<Notifier>> (*)();

// Once at the beginning of each second of the wall clock, and when that is set.
Result<std::unique_ptr<Notifier>> MakeSecondHand();
// When a file system is mounted, mounted otherwise or unmounted in the mount namespace of this process.
Result<std::unique_ptr<Notifier>> MakeMountNotifier();
// When the links of the network namespace of this process change; their addresses; their routes.
Result<std::unique_ptr<Notifier>> MakeLinkNotifier();
Result<std::unique_ptr<Notifier>> MakeAddressNotifier();
Result<std::unique_ptr<Notifier>> MakeRouteNotifier();
// When the kernel adds or removes a device, a driver or a module.
Result<std::unique_ptr<Notifier>> MakeDeviceNotifier();
// When a battery, or the mains, tells that something of it has changed.
Result<std::unique_ptr<Notifier>> MakePowerNotifier();
// The same for who wants to know which: Read hands every message to `hear`, which says whether it is of interest. A
// copy of `hear` lives as long as the notifier.
Result<std::unique_ptr<Notifier>> MakeDeviceMessageNotifier(std::function<bool(std::string_view message)> hear);

}  // namespace wmi::linuxos
