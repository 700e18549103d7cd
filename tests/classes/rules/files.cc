// What is right: CIM_DataFile and Win32_Directory, by keys: to list them is to walk the disks.
#include "rules.h"

namespace wmi::classes {
namespace {

Map FileRules(const char* class_name) {
  return {
      {"AccessMask", Always(Between(128, 0x1FFFFF))},
      {"Caption", Always(NonEmptyText())},
      {"Compressed", Sometimes(Boolean())},
      {"CreationClassName", Always(Exactly(class_name))},
      {"CreationDate", Sometimes(PastDatetime())},
      {"CSCreationClassName", Always(Exactly("Win32_ComputerSystem"))},
      {"CSName", Always(NonEmptyText())},
      {"Description", Always(NonEmptyText())},
      {"Drive", Always(NonEmptyText())},
      {"Encrypted", Sometimes(Boolean())},
      {"Extension", Sometimes(NonEmptyText())},
      {"FileName", Sometimes(NonEmptyText())},
      {"FileSize", Sometimes(Number64())},
      {"FileType", Always(NonEmptyText())},
      {"FSCreationClassName", Always(Exactly("Win32_FileSystem"))},
      {"FSName", Always(NonEmptyText())},
      {"Hidden", Always(Boolean())},
      {"LastAccessed", Sometimes(PastDatetime())},
      {"LastModified", Always(PastDatetime())},
      {"Name", Always(NonEmptyText())},
      {"Path", Sometimes(NonEmptyText())},
      {"Readable", Always(Boolean())},
      {"Writeable", Always(Boolean())},
  };
}

}  // namespace

void AddFilesRules(Rules& rules) {
  rules.AddByKeys("CIM_DataFile", FileRules("CIM_DataFile"), {"/etc/passwd", "/etc/group", "/dev/null", "/proc/self"});
  rules.AddByKeys("Win32_Directory", FileRules("Win32_Directory"), {"/", "/etc", "/usr", "/proc", "/dev"});
}

}  // namespace wmi::classes
