#include "win32/error_code.h"

#include <cerrno>

namespace wmi::win32 {

ErrorCode ErrorOfErrno(int system_errno) {
  switch (system_errno) {
    case 0:
      return ERROR_SUCCESS;
    case ENOENT:
      return ERROR_FILE_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
      return ERROR_ACCESS_DENIED;
    case ENOSPC:
    case EDQUOT:
      return ERROR_DISK_FULL;
    case ENOMEM:
      return ERROR_NOT_ENOUGH_MEMORY;
    case EMFILE:
    case ENFILE:
      return ERROR_NO_SYSTEM_RESOURCES;
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG:
      return ERROR_BAD_PATHNAME;
    default:
      return ERROR_GEN_FAILURE;
  }
}

}  // namespace wmi::win32
