#include "wmi/export_command.h"

#include <vector>

#include "wmi/mof_export.h"

namespace wmi::cli {

int RunExport(CommandContext& context) {
  std::vector<const char*> classes;
  for (const std::string& name : context.options.subjects) classes.push_back(name.c_str());
  api::MofExportRequest request;
  request.name_space = context.options.name_space.c_str();
  request.classes = classes.data();
  request.class_count = classes.size();
  request.has_instances = context.options.mof_export.instances;
  request.is_recursive = context.options.mof_export.recursive;
  return ExportMof(context, request, context.options.mof_export.file);
}

}  // namespace wmi::cli
