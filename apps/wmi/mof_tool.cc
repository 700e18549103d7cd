#include "wmi/mof_tool.h"

#include <fmt/format.h>
#include <objbase.h>

#include "wmi/problem_reader.h"

namespace wmi::cli {

std::optional<Problem> OpenMofTool(com::ComPtr<api::IMofTool>& tool) {
  const HRESULT result = ::CoCreateInstance(CLSID_MofCompiler, nullptr, CLSCTX_INPROC_SERVER, __uuidof(api::IMofTool),
                                            reinterpret_cast<void**>(tool.Receive()));
  if (SUCCEEDED(result)) return std::nullopt;
  if (result != E_NOINTERFACE) return TakeThreadProblem(result);
  Problem problem;
  problem.code = result;
  problem.description = "libopenwmi.so is of another version than this program; install both from one package";
  return problem;
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
