#include "providers/linux/storage/mounting.h"

#include <libmount.h>
#include <sys/mount.h>

#include <cerrno>
#include <memory>

namespace wmi::linuxos {
namespace {

struct FreeContext {
  void operator()(libmnt_context* context) const { mnt_free_context(context); }
};

}  // namespace

int Mounting::MountByTable(const std::string& device) {
  const std::unique_ptr<libmnt_context, FreeContext> context(mnt_new_context());
  if (!context) return ENOMEM;
  // Programs like mount.nfs are not for volumes, and nothing is started on behalf of a client.
  mnt_context_disable_helpers(context.get(), 1);
  if (mnt_context_set_source(context.get(), device.c_str()) != 0) return ENOMEM;
  const int result = mnt_context_mount(context.get());
  if (result == 0) return 0;
  if (result == -MNT_ERR_NOFSTAB || result == -MNT_ERR_NOSOURCE) return ENOENT;
  if (mnt_context_syscall_called(context.get()) != 0 && mnt_context_get_status(context.get()) == 0) {
    const int error = mnt_context_get_syscall_errno(context.get());
    if (error != 0) return error;
  }
  // Codes of libmount itself lie beyond those of the system.
  constexpr int kSystemErrorMax = 4095;
  return result < 0 && -result <= kSystemErrorMax ? -result : EIO;
}

int Mounting::Unmount(const std::string& mount_point, When when) {
  const int flags = UMOUNT_NOFOLLOW | (when == When::kLater ? MNT_DETACH : 0);
  return ::umount2(mount_point.c_str(), flags) == 0 ? 0 : errno;
}

Mounting& Mounting::Real() {
  static Mounting mounting;
  return mounting;
}

}  // namespace wmi::linuxos
