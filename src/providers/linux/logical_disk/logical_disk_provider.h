// Win32_LogicalDisk from the mount table, statvfs, /sys and /dev/disk: one instance per mounted file system.
#pragma once

#include <memory>

#include "provider/provider.h"
#include "providers/linux/classes.h"
#include "providers/linux/host.h"

namespace wmi::linuxos {

// Safe from several threads. May block: statvfs waits for a file server that does not answer.
class LogicalDiskProvider final : public provider::InstanceProvider {
 public:
  explicit LogicalDiskProvider(Machine machine) : machine_(std::move(machine)) {}
  provider::Blocking blocking() const override { return provider::Blocking::kPossible; }
  // Whoever asks for local disks does not wait for the server of another one.
  provider::Support support() const override { return {.keys = true, .needed = true, .narrowed = {"DriveType"}}; }
  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override;

  static ClassPage Page();

 private:
  const Machine machine_;
};

}  // namespace wmi::linuxos
