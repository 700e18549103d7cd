// Whether a file may be believed: nobody but root and the user of this process can have written it.
#pragma once

#include <unistd.h>

#include <string>

#include "base/status.h"

namespace wmi {

// The path without symbolic links of a regular file that, like every folder above it, belongs to root or to `user`
// and that nobody else may write. A group may write if it is the private one of the owner: of the same
// name and without other members. In a folder with the sticky bit (as /tmp) others may make files but not replace one.
// kNotFound when there is no such file; kAccessDenied with what is wrong and a way out.
Result<std::string> TrustedFile(const std::string& path, uid_t user = geteuid());

}  // namespace wmi
