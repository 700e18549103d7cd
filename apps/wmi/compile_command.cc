#include "wmi/compile_command.h"

#include <fmt/format.h>

#include <cstdio>

#include "wmi/exit_code.h"
#include "wmi/long_work.h"
#include "wmi/mof_tool.h"
#include "wmi/problem_reader.h"
#include "wmi/value_text.h"

namespace wmi::cli {

namespace {

class Listener final : public api::MofListener {
 public:
  Listener(CommandContext& context, const std::string& file)
      : context_(context), work_(context.progress, context.signals), stage_("compiling " + file) {}

  void OnError(const char* line) override {
    context_.progress.Clear();
    fmt::print(stderr, "{}\n", EscapeControls(line));
  }
  bool OnProgress(std::uint64_t done, std::uint64_t total) override { return work_.Step(stage_, done, total); }
  bool OnText(const char*, std::size_t) override { return true; }
  bool OnLocalizedText(const char*, std::size_t) override { return true; }

  LongWork& work() { return work_; }

 private:
  CommandContext& context_;
  LongWork work_;
  const std::string stage_;
};

int CompileOne(CommandContext& context, api::IMofTool& tool, const std::string& file) {
  const CompileSelection& compile = context.options.compile;
  api::MofRequest request;
  request.file = file.c_str();
  request.name_space = context.options.name_space.c_str();
  request.options = compile.only_check ? WBEM_FLAG_CHECK_ONLY : 0;
  request.class_flags = compile.class_flags;
  request.instance_flags = compile.instance_flags;
  Listener listener(context, file);
  api::MofOutcome outcome;
  const HRESULT result = tool.Compile(&request, &listener, &outcome);
  context.progress.Clear();
  if (result == WBEM_E_CALL_CANCELLED && listener.work().is_cancelled()) {
    return listener.work().TellCancelled("wmi", fmt::format("nothing of {} is stored", file));
  }
  if (FAILED(result)) {
    Problem problem = TakeThreadProblem(result);
    if (problem.parameter.empty()) problem.parameter = file;
    return context.report.Failure(problem);
  }
  if (result == WBEM_S_FALSE) {
    fmt::print(stderr, "wmi: {}: {}; nothing of it is stored\n", file, ErrorCount(outcome));
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
    const int exit_code = CompileOne(context, *tool, file);
    if (exit_code != kExitSuccess) return exit_code;
  }
  return kExitSuccess;
}

}  // namespace wmi::cli
