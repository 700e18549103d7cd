#include "wmi/mof_tool.h"

#include <fmt/format.h>

#include "wmi/library_tool.h"

namespace wmi::cli {

std::optional<Problem> OpenMofTool(com::ComPtr<api::IMofTool>& tool) {
  return CreateLibraryTool(CLSID_MofCompiler, __uuidof(api::IMofTool), reinterpret_cast<void**>(tool.Receive()));
}

std::string Counts(const api::MofOutcome& outcome) {
  std::string text;
  const auto add = [&text](std::size_t count, const char* one, const char* many) {
    if (count == 0) return;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, count == 1 ? one : many);
  };
  add(outcome.classes, "class", "classes");
  add(outcome.instances, "instance", "instances");
  add(outcome.deletions, "deletion", "deletions");
  return text.empty() ? "nothing" : text;
}

std::string ErrorCount(const api::MofOutcome& outcome) {
  return fmt::format("{} {}{}", outcome.errors, outcome.errors == 1 ? "error" : "errors",
                     outcome.has_more_errors ? ", the first of more" : "");
}

}  // namespace wmi::cli
