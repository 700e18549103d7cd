// Win32_Processor from /proc/cpuinfo, /proc/stat and /sys/devices/system/cpu: one instance per package.
#pragma once

#include <memory>
#include <utility>

#include "base/clock.h"
#include "provider/provider.h"
#include "providers/linux/classes.h"
#include "providers/linux/host.h"
#include "providers/linux/processor/load_sampler.h"

namespace wmi::linuxos {

// Safe from several threads. Short reads of kernel text only; LoadPercentage compares with the last look instead of
// waiting for a second one.
class ProcessorProvider final : public provider::InstanceProvider {
 public:
  // `clock` is not owned.
  explicit ProcessorProvider(Machine machine, const Clock& clock = SteadyClock())
      : machine_(std::move(machine)), sampler_(clock) {}
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override;

  static ClassPage Page();

 private:
  const Machine machine_;
  LoadSampler sampler_;
};

}  // namespace wmi::linuxos
