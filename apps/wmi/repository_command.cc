#include "wmi/repository_command.h"

#include <fmt/format.h>
#include <objbase.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/repository_tool.h"
#include "com/com_ptr.h"
#include "wmi/exit_code.h"
#include "wmi/problem_reader.h"

namespace wmi::cli {

namespace {

using ToolPtr = com::ComPtr<api::IRepositoryTool>;

std::optional<Problem> OpenTool(ToolPtr& tool) {
  const HRESULT result = ::CoCreateInstance(CLSID_WbemBackupRestore, nullptr, CLSCTX_INPROC_SERVER,
                                            __uuidof(api::IRepositoryTool), reinterpret_cast<void**>(tool.Receive()));
  if (SUCCEEDED(result)) return std::nullopt;
  if (result != E_NOINTERFACE) return TakeThreadProblem(result);
  Problem problem;
  problem.code = result;
  problem.description = "libopenwmi.so is of another version than this program; install both from one package";
  return problem;
}

// Shows how far a call is, ends it after a signal, and keeps what was found.
class Listener final : public api::RepositoryListener {
 public:
  explicit Listener(CommandContext& context) : context_(context), start_(SteadyClock::now()) {}

  bool OnProgress(const char* stage, std::uint64_t done, std::uint64_t total) override {
    const auto due = context_.progress.NextUpdate(start_);
    const TimePoint now = SteadyClock::now();
    if (due && now >= *due) {
      context_.progress.UpdateStage(now, start_, stage, total == 0 ? -1 : static_cast<int>(done * 100 / total));
    }
    return context_.signals.caught() == 0;
  }
  void OnFinding(const char* place, const char* what) override { findings_ += fmt::format("{}: {}\n", place, what); }

  const std::string& findings() const { return findings_; }
  double seconds() const { return std::chrono::duration<double>(SteadyClock::now() - start_).count(); }

 private:
  CommandContext& context_;
  const TimePoint start_;
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
int Unsuccessful(CommandContext& context, HRESULT result, const Listener& listener) {
  context.progress.Clear();
  if (result == code::kCallCancelled && context.signals.caught() != 0) {
    std::fprintf(stderr, "wmi: cancelled after %.1f s; nothing has changed\n", listener.seconds());
    return kExitSignalBase + context.signals.caught();
  }
  return context.report.Failure(TakeThreadProblem(result));
}

int ShowState(CommandContext& context, api::IRepositoryTool& tool) {
  const auto state = std::make_unique<api::RepositoryState>();
  const HRESULT result = tool.Describe(state.get());
  if (FAILED(result)) return context.report.Failure(TakeThreadProblem(result));
  const bool is_in_memory = state->folder[0] == '\0';
  std::string text = fmt::format("Folder:      {}\nFormat:      {}\n", is_in_memory ? "none, in memory" : state->folder,
                                 state->format);
  if (!is_in_memory) text += fmt::format("Size:        {} bytes\n", state->bytes);
  text += fmt::format("Namespaces:  {}\nClasses:     {}\nInstances:   {}\n", state->namespaces, state->classes,
                      state->instances);
  text += fmt::format("Changeable:  {}\n", state->refusal[0] == '\0' ? "yes" : fmt::format("no: {}", state->refusal));
  return Write(context, text);
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
  std::fprintf(stderr, "wmi: the repository is damaged: %s in %s\n",
               Plural(figures.findings, "finding", "findings").c_str(), contents.c_str());
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

}  // namespace

int RunRepository(CommandContext& context) {
  ToolPtr tool;
  if (const auto problem = OpenTool(tool)) return context.report.Failure(*problem);
  const std::string& verb = context.options.subject;
  if (verb == "status") return ShowState(context, *tool);
  if (verb == "verify") return RunVerify(context, *tool);
  if (verb == "compact") return RunCompact(context, *tool);
  return RunCopy(context, *tool);
}

}  // namespace wmi::cli
