#include "wmi/mof_export.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstring>

#include "wmi/exit_code.h"
#include "wmi/long_work.h"
#include "wmi/mof_tool.h"
#include "wmi/output_file.h"
#include "wmi/problem_reader.h"

namespace wmi::cli {

namespace {

// Texts come class by class; a write is worth more than that.
constexpr std::size_t kBufferBytes = std::size_t{64} << 10;

class TextWriter final : public api::MofListener {
 public:
  TextWriter(Output& output, LongWork& work) : output_(output), work_(work) {}

  void OnError(const char*) override {}
  bool OnLocalizedText(const char*, std::size_t) override { return true; }
  bool OnText(const char* text, std::size_t size) override {
    buffer_.append(text, size);
    written_ += size;
    if (!work_.Step(fmt::format("{} KiB of text", written_ >> 10), 0, 0)) return false;
    return buffer_.size() < kBufferBytes || Flush();
  }
  bool Flush() {
    const OutputState state = output_.Write(buffer_);
    buffer_.clear();
    return state == OutputState::kOpen;
  }

 private:
  Output& output_;
  LongWork& work_;
  std::string buffer_;
  std::size_t written_ = 0;
};

int NotWritten(const std::string& file, int error) {
  fmt::print(stderr, "wmi: {} cannot be written: {}\n", file.empty() ? "the output" : file, std::strerror(error));
  return kExitFailure;
}

int WriteTo(CommandContext& context, const api::MofExportRequest& request, const std::string& file, Output& output) {
  com::ComPtr<api::IMofTool> tool;
  if (const auto problem = OpenMofTool(tool)) return context.report.Failure(*problem);
  LongWork work(context.progress, context.signals);
  TextWriter writer(output, work);
  const HRESULT result = tool->Export(&request, &writer);
  if (SUCCEEDED(result)) writer.Flush();
  if (work.is_cancelled() && (FAILED(result) || output.state() == OutputState::kInterrupted)) {
    return work.TellCancelled("wmi", file.empty() ? "the text is not whole" : file + " is as it was");
  }
  context.progress.Clear();
  if (output.state() == OutputState::kFailed) return NotWritten(file, output.error());
  if (output.state() == OutputState::kReaderGone) return kExitSuccess;
  return FAILED(result) ? context.report.Failure(TakeThreadProblem(result)) : kExitSuccess;
}

}  // namespace

int ExportMof(CommandContext& context, const api::MofExportRequest& request, const std::string& file) {
  if (file.empty()) return WriteTo(context, request, file, context.output);
  OutputFile target(file);
  if (const int error = target.Open(); error != 0) return NotWritten(file, error);
  Output output(target.descriptor(), context.signals);
  const int exit_code = WriteTo(context, request, file, output);
  if (exit_code != kExitSuccess) return exit_code;
  const int error = target.Publish();
  return error == 0 ? kExitSuccess : NotWritten(file, error);
}

}  // namespace wmi::cli
