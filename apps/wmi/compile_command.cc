#include "wmi/compile_command.h"

#include <fmt/format.h>

#include <cstdio>

#include "wmi/exit_code.h"
#include "wmi/mof_tool.h"
#include "wmi/problem_reader.h"

namespace wmi::cli {

namespace {

class ErrorPrinter final : public api::MofListener {
 public:
  void OnError(const char* line) override { fmt::print(stderr, "{}\n", line); }
  bool OnText(const char*, std::size_t) override { return true; }
  bool OnLocalizedText(const char*, std::size_t) override { return true; }
};

int CompileOne(CommandContext& context, api::IMofTool& tool, const std::string& file) {
  const CompileSelection& compile = context.options.compile;
  api::MofRequest request;
  request.file = file.c_str();
  request.name_space = context.options.name_space.c_str();
  request.options = compile.only_check ? WBEM_FLAG_CHECK_ONLY : 0;
  request.class_flags = compile.class_flags;
  request.instance_flags = compile.instance_flags;
  ErrorPrinter printer;
  api::MofOutcome outcome;
  const HRESULT result = tool.Compile(&request, &printer, &outcome);
  if (FAILED(result)) {
    Problem problem = TakeThreadProblem(result);
    if (problem.parameter.empty()) problem.parameter = file;
    return context.report.Failure(problem);
  }
  if (result == WBEM_S_FALSE) {
    fmt::print(stderr, "wmi: {}: {} {}; nothing of it was stored\n", file, outcome.errors,
               outcome.errors == 1 ? "error" : "errors");
    return kExitFailure;
  }
  context.report.Remark(fmt::format("{}: {}{}", file, Counts(outcome), compile.only_check ? ", checked" : ""));
  return kExitSuccess;
}

}  // namespace

int RunCompile(CommandContext& context) {
  com::ComPtr<api::IMofTool> tool;
  if (const auto problem = OpenMofTool(tool)) return context.report.Failure(*problem);
  // Those behind a wrong one may need it, so it is the last.
  for (const std::string& file : context.options.subjects) {
    const int exit_code = CompileOne(context, *tool.get(), file);
    if (exit_code != kExitSuccess) return exit_code;
  }
  return kExitSuccess;
}

}  // namespace wmi::cli
