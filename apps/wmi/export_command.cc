#include "wmi/export_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "wmi/exit_code.h"
#include "wmi/mof_tool.h"
#include "wmi/problem_reader.h"

namespace wmi::cli {

namespace {

// Texts come class by class; a write is worth more than that.
constexpr std::size_t kBufferBytes = std::size_t{64} << 10;

class TextWriter final : public api::MofListener {
 public:
  explicit TextWriter(Output& output) : output_(output) {}

  void OnError(const char*) override {}
  bool OnLocalizedText(const char*, std::size_t) override { return true; }
  bool OnText(const char* text, std::size_t size) override {
    buffer_.append(text, size);
    return buffer_.size() < kBufferBytes || Flush();
  }
  bool Flush() {
    const OutputState state = output_.Write(buffer_);
    buffer_.clear();
    return state == OutputState::kOpen;
  }

 private:
  Output& output_;
  std::string buffer_;
};

int EndOfOutput(const CommandContext& context, const Output& output) {
  switch (output.state()) {
    case OutputState::kInterrupted:
      return kExitSignalBase + context.signals.caught();
    case OutputState::kFailed:
      fmt::print(stderr, "wmi: the output cannot be written: {}\n", std::strerror(output.error()));
      return kExitFailure;
    case OutputState::kReaderGone:
    case OutputState::kOpen:
      break;
  }
  return kExitSuccess;
}

int ExportTo(CommandContext& context, api::IMofTool& tool, Output& output) {
  std::vector<const char*> classes;
  for (const std::string& name : context.options.subjects) classes.push_back(name.c_str());
  api::MofExportRequest request;
  request.name_space = context.options.name_space.c_str();
  request.classes = classes.data();
  request.class_count = classes.size();
  request.has_instances = context.options.mof_export.instances;
  request.is_recursive = context.options.mof_export.recursive;
  TextWriter writer(output);
  const HRESULT result = tool.Export(&request, &writer);
  if (SUCCEEDED(result)) writer.Flush();
  if (output.state() != OutputState::kOpen) return EndOfOutput(context, output);
  return FAILED(result) ? context.report.Failure(TakeThreadProblem(result)) : kExitSuccess;
}

}  // namespace

int RunExport(CommandContext& context) {
  com::ComPtr<api::IMofTool> tool;
  if (const auto problem = OpenMofTool(tool)) return context.report.Failure(*problem);
  const std::string& file = context.options.mof_export.file;
  if (file.empty()) return ExportTo(context, *tool.get(), context.output);
  const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    fmt::print(stderr, "wmi: {} cannot be written: {}\n", file, std::strerror(errno));
    return kExitFailure;
  }
  Output output(descriptor, context.signals);
  const int exit_code = ExportTo(context, *tool.get(), output);
  if (close(descriptor) == 0 || exit_code != kExitSuccess) return exit_code;
  fmt::print(stderr, "wmi: {} cannot be written: {}\n", file, std::strerror(errno));
  return kExitFailure;
}

}  // namespace wmi::cli
