// Win32_OperatingSystem from os-release, /proc and the locale files: a singleton.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "provider/provider.h"
#include "providers/linux/host.h"

namespace wmi::linuxos {

// Safe from several threads. Short reads of regular files and kernel text only.
class OperatingSystemProvider final : public provider::InstanceProvider {
 public:
  explicit OperatingSystemProvider(Machine machine) : machine_(std::move(machine)) {}
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override;

  // Properties that are filled where the machine has a value; the others of the class are always NULL.
  static std::vector<std::string_view> FilledProperties();

 private:
  const Machine machine_;
};

}  // namespace wmi::linuxos
