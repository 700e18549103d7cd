#include "providers/linux/files/files_classes.h"

namespace wmi::linuxos {

void AddFilesClasses(Classes&) {}

}  // namespace wmi::linuxos
