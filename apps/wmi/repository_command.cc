#include "wmi/repository_command.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wmi/exit_code.h"
#include "wmi/long_work.h"
#include "wmi/mof_export.h"
#include "wmi/problem_reader.h"
#include "wmi/repository_state.h"
#include "wmi/repository_tool.h"
#include "wmi/value_text.h"

namespace wmi::cli {

namespace {

// Keeps what was found.
class Listener final : public api::RepositoryListener {
 public:
  explicit Listener(CommandContext& context) : work_(context.progress, context.signals) {}

  bool OnProgress(const char* stage, std::uint64_t done, std::uint64_t total) override {
    return work_.Step(stage, done, total);
  }
  void OnFinding(const char* place, const char* what) override {
    findings_ += EscapeControls(fmt::format("{}: {}", place, what)) + '\n';
  }

  const std::string& findings() const { return findings_; }
  LongWork& work() { return work_; }

 private:
  LongWork work_;
  std::string findings_;
};

std::string Plural(std::uint64_t count, const char* one, const char* many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string Contents(std::uint64_t namespaces, std::uint64_t classes, std::uint64_t instances) {
  return fmt::format("{}, {}, {}", Plural(namespaces, "namespace", "namespaces"), Plural(classes, "class", "classes"),
                     Plural(instances, "instance", "instances"));
}

int Write(CommandContext& context, const std::string& text) {
  CallEnd end;
  end.kind = CallEnd::Kind::kComplete;
  return Print(context, end, text);
}

// After a call that did not do what it should.
int Unsuccessful(CommandContext& context, HRESULT result, Listener& listener) {
  context.progress.Clear();
  if (result == code::kCallCancelled && listener.work().is_cancelled()) {
    return listener.work().TellCancelled("wmi", "nothing has changed");
  }
  return context.report.Failure(TakeThreadProblem(result));
}

int ShowState(CommandContext& context, api::IRepositoryTool& tool) {
  const auto state = std::make_unique<api::RepositoryState>();
  RepositoryContents contents;
  const HRESULT result = tool.Describe(state.get(), &contents);
  if (FAILED(result)) return context.report.Failure(TakeThreadProblem(result));
  const std::optional<Format> format = context.options.format;
  if (!format) return Write(context, StateText(*state, contents));
  return Write(context, StateJson(*state, contents, format == Format::kJson ? 2 : -1));
}

int RunVerify(CommandContext& context, api::IRepositoryTool& tool) {
  Listener listener(context);
  api::RepositoryFigures figures;
  const HRESULT result = tool.Verify(&listener, &figures);
  if (FAILED(result)) return Unsuccessful(context, result, listener);
  context.progress.Clear();
  const std::string contents = Contents(figures.namespaces, figures.classes, figures.instances);
  if (figures.findings == 0) return Write(context, fmt::format("sound: {}\n", contents));
  const int written = Write(context, listener.findings());
  if (written != kExitSuccess) return written;
  fmt::print(stderr,
             "wmi: the repository is damaged: {} in {}\n"
             "  What is sound goes on working. wmi repository restore brings back a backup; compiling the MOF of a "
             "damaged class again replaces it.\n",
             Plural(figures.findings, "finding", "findings"), contents);
  return kExitFailure;
}

int RunCompact(CommandContext& context, api::IRepositoryTool& tool) {
  Listener listener(context);
  api::RepositoryFigures figures;
  const HRESULT result = tool.Compact(&listener, &figures);
  if (FAILED(result)) return Unsuccessful(context, result, listener);
  context.progress.Clear();
  return Write(context,
               fmt::format("compacted: {} bytes before, {} bytes now\n", figures.bytes_before, figures.bytes_after));
}

std::string FullPath(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> full(realpath(path.c_str(), nullptr), std::free);
  return full == nullptr ? path : std::string(full.get());
}

int RunCopy(CommandContext& context, api::IRepositoryTool& tool) {
  const bool restores = context.options.subject == "restore";
  Listener listener(context);
  const std::string& file = context.options.repository_file;
  const HRESULT result = restores ? tool.RestoreFrom(file.c_str(), &listener) : tool.BackupTo(file.c_str(), &listener);
  if (FAILED(result)) return Unsuccessful(context, result, listener);
  context.progress.Clear();
  return Write(context, fmt::format("{} {}\n", restores ? "restored from" : "backed up to", FullPath(file)));
}

int RunExportAll(CommandContext& context) {
  api::MofExportRequest request;
  request.name_space = context.options.name_space.c_str();
  request.has_instances = true;
  request.is_recursive = true;
  return ExportMof(context, request, context.options.repository_file);
}

}  // namespace

int RunRepository(CommandContext& context) {
  RepositoryToolPtr tool;
  if (const auto problem = OpenRepositoryTool(tool)) return context.report.Failure(*problem);
  const std::string& verb = context.options.subject;
  if (verb == "status") return ShowState(context, *tool);
  // A backup of the stand-in would be a bad surprise.
  if (const auto problem = MissingRepository(*tool)) return context.report.Failure(*problem);
  if (verb == "verify") return RunVerify(context, *tool);
  if (verb == "compact") return RunCompact(context, *tool);
  if (verb == "export") return RunExportAll(context);
  return RunCopy(context, *tool);
}

}  // namespace wmi::cli
