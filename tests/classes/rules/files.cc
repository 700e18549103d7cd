// What is right: CIM_DataFile and Win32_Directory.
#include "rules.h"

namespace wmi::classes {

void AddFilesRules(Rules&) {}

}  // namespace wmi::classes
