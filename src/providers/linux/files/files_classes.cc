#include "providers/linux/files/files_classes.h"

#include "providers/linux/files/file_provider.h"

namespace wmi::linuxos {

void AddFilesClasses(Classes& classes) {
  for (const FileKind kind : {FileKind::kDataFile, FileKind::kDirectory}) {
    classes.Add(FileProvider::Page(kind), std::make_unique<FileProvider>(classes.machine(), kind));
  }
}

}  // namespace wmi::linuxos
