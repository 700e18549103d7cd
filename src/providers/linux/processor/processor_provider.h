// Win32_Processor from /proc/cpuinfo, /proc/stat and /sys/devices/system/cpu: one instance per package.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "provider/provider.h"
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

  // Properties that are filled where the machine has a value; the others of the class are always NULL.
  static std::vector<std::string_view> FilledProperties();

 private:
  const Machine machine_;
  LoadSampler sampler_;
};

}  // namespace wmi::linuxos
