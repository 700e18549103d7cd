// FolderChanges: what happens to files in folders that a query names, as inotify tells it.
#pragma once

#include <memory>
#include <utility>

#include "provider/change_source.h"
#include "providers/linux/host.h"

namespace wmi::linuxos {

// For CIM_DataFile and its subclasses, and Win32_Directory. Tells what this machine does to files; so not for folders
// of network file systems, which others change too, and not for those that the kernel makes up, such as /proc. That a
// file was read (LastAccessed) is not told. Safe from several threads.
class FolderChanges final : public provider::ChangeSource {
 public:
  explicit FolderChanges(Machine machine) : machine_(std::move(machine)) {}
  provider::Operations covers() const override { return provider::kAllOperations; }
  // kNotSupported for a query that names no folder (Path = '/etc/') and no file (Name = '/etc/fstab'), names too many,
  // or one where nobody tells everything.
  Result<std::unique_ptr<provider::Listening>> Listen(const provider::Request& request, exec::Reactor& reactor,
                                                      std::shared_ptr<provider::ChangeListener> listener) override;

 private:
  const Machine machine_;
};

}  // namespace wmi::linuxos
