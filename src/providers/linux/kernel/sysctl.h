// Linux_Sysctl: the settings of the kernel below /proc/sys, read and written.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "providers/linux/classes.h"

namespace wmi::linuxos {

// "net.ipv4.conf.eth0/100.forwarding" and the names of the folders and the file. As sysctl(8) writes it: a dot inside a
// name of the file system is a slash.
std::string SysctlName(const std::vector<std::string>& path);
std::vector<std::string> SysctlPath(std::string_view name);

// A stream of its own: there are thousands, and each is a file. Safe from several threads.
class SysctlProvider final : public provider::InstanceProvider {
 public:
  explicit SysctlProvider(Machine machine);

  Result<std::unique_ptr<provider::InstanceStream>> Open(const provider::Request& request) override;
  // Writes Value; the other properties say what is so and are not looked at.
  Result<std::string> Put(const provider::PutRequest& request) override;

  static ClassPage Page();

 private:
  const Machine machine_;
};

}  // namespace wmi::linuxos
