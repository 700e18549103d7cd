// mofcomp: the MOF compiler of Windows on the command line. arguments.h says what it takes; the work is done by the
// library's compiler (api/mof_tool.h).
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "mofcomp/arguments.h"
#include "wmi/long_work.h"
#include "wmi/mof_tool.h"
#include "wmi/output_file.h"
#include "wmi/problem_reader.h"
#include "wmi/progress.h"
#include "wmi/session.h"
#include "wmi/signals.h"
#include "wmi/terminal.h"
#include "wmi/value_text.h"

namespace wmi::mofcomp {
namespace {

constexpr int kSyntaxPhase = 2;

// The two parts of a split file; both or none appear under their names.
class SplitFiles {
 public:
  explicit SplitFiles(const Arguments& arguments)
      : neutral_(arguments.neutral_file), localized_(arguments.localized_file) {}

  bool WriteNeutral(std::string_view text) { return Write(neutral_, text); }
  bool WriteLocalized(std::string_view text) { return Write(localized_, text); }
  bool Publish() { return Check(neutral_.file.Publish(), neutral_) && Check(localized_.file.Publish(), localized_); }
  bool has_failed() const { return has_failed_; }

 private:
  struct Part {
    explicit Part(const std::string& part_name) : name(part_name), file(part_name) {}
    const std::string& name;
    cli::OutputFile file;
  };

  bool Write(Part& part, std::string_view text) {
    int error = part.file.Open();
    while (error == 0 && !text.empty()) {
      const ssize_t count = ::write(part.file.descriptor(), text.data(), text.size());
      if (count >= 0) {
        text.remove_prefix(static_cast<std::size_t>(count));
      } else if (errno != EINTR) {
        error = errno;
      }
    }
    return Check(error, part);
  }
  bool Check(int error, const Part& part) {
    if (error == 0) return true;
    fmt::print(stderr, "mofcomp: {} cannot be written: {}\n", part.name, std::strerror(error));
    has_failed_ = true;
    return false;
  }

  Part neutral_;
  Part localized_;
  bool has_failed_ = false;
};

class Listener final : public api::MofListener {
 public:
  Listener(SplitFiles& parts, cli::Progress& progress, cli::LongWork& work, const std::string& file)
      : parts_(parts), progress_(progress), work_(work), stage_("compiling " + file) {}

  void OnError(const char* line) override {
    progress_.Clear();
    fmt::print(stderr, "{}\n", cli::EscapeControls(line));
  }
  bool OnProgress(std::uint64_t done, std::uint64_t total) override { return work_.Step(stage_, done, total); }
  bool OnText(const char* text, std::size_t size) override { return parts_.WriteNeutral({text, size}); }
  bool OnLocalizedText(const char* text, std::size_t size) override { return parts_.WriteLocalized({text, size}); }

 private:
  SplitFiles& parts_;
  cli::Progress& progress_;
  cli::LongWork& work_;
  const std::string stage_;
};

const char* OrNull(const std::optional<std::string>& text) { return text ? text->c_str() : nullptr; }

int Failure(const Arguments& arguments, const cli::Problem& problem) {
  fmt::print(stderr, "{}: error {}: {}\n", arguments.file, cli::CodeLabel(problem.code),
             problem.description.empty() ? std::string(CodeText(problem.code)) : problem.description);
  return kExitFailure;
}

// A switch of the command line is what the text came to grief on.
bool IsForbidden(const Arguments& arguments, HRESULT code) {
  const std::uint32_t flags = arguments.class_flags | arguments.instance_flags;
  return ((flags & WBEM_FLAG_CREATE_ONLY) != 0 && code == code::kAlreadyExists) ||
         ((flags & WBEM_FLAG_UPDATE_ONLY) != 0 && code == code::kNotFound);
}

int TellErrors(const Arguments& arguments, const api::MofOutcome& outcome) {
  fmt::print(stderr, "{}: {}; nothing is stored\n", arguments.file, cli::ErrorCount(outcome));
  if (outcome.phase == kSyntaxPhase) return kExitSyntax;
  return IsForbidden(arguments, outcome.code) ? kExitForbidden : kExitFailure;
}

int TellSuccess(const Arguments& arguments, const api::MofOutcome& outcome) {
  if (!arguments.neutral_file.empty()) {
    fmt::print("{}: split into {} and {}\n", arguments.file, arguments.neutral_file, arguments.localized_file);
    return kExitSuccess;
  }
  if (arguments.only_check) {
    fmt::print("{}: {}, no errors\n", arguments.file, cli::Counts(outcome));
    return kExitSuccess;
  }
  fmt::print("{}: {}, stored\n", arguments.file, cli::Counts(outcome));
  if (!outcome.has_autorecover && !arguments.autorecover) {
    fmt::print(
        "{}: warning: there is no #pragma autorecover, so it will not be compiled again when the repository is "
        "made anew\n",
        arguments.file);
  }
  return kExitSuccess;
}

int Compile(const Arguments& arguments, const cli::Signals& signals) {
  cli::Session session;
  if (const auto problem = session.Connect("root")) return Failure(arguments, *problem);
  com::ComPtr<api::IMofTool> tool;
  if (const auto problem = cli::OpenMofTool(tool)) return Failure(arguments, *problem);
  api::MofRequest request;
  if (!arguments.neutral_file.empty()) request.purpose = api::MofRequest::Purpose::kSplit;
  request.file = arguments.file.c_str();
  request.name_space = arguments.name_space.empty() ? nullptr : arguments.name_space.c_str();
  request.user = OrNull(arguments.user);
  request.password = OrNull(arguments.password);
  request.authority = OrNull(arguments.authority);
  if (arguments.only_check) request.options |= WBEM_FLAG_CHECK_ONLY;
  if (arguments.autorecover) request.options |= WBEM_FLAG_AUTORECOVER;
  request.class_flags = arguments.class_flags;
  request.instance_flags = arguments.instance_flags;
  request.amendment = arguments.amendment.c_str();
  SplitFiles parts(arguments);
  cli::Progress progress(STDERR_FILENO, cli::ColourFor(STDERR_FILENO, cli::ColourChoice::kAutomatic));
  cli::LongWork work(progress, signals);
  Listener listener(parts, progress, work, arguments.file);
  api::MofOutcome outcome;
  const HRESULT result = tool->Compile(&request, &listener, &outcome);
  progress.Clear();
  if (result == WBEM_E_CALL_CANCELLED && work.is_cancelled()) {
    return work.TellCancelled("mofcomp", fmt::format("nothing of {} is stored", arguments.file));
  }
  if (parts.has_failed()) return kExitFailure;
  // Contradictions between switches, which the library knows.
  if (result == WBEM_E_INVALID_PARAMETER) {
    Failure(arguments, cli::TakeThreadProblem(result));
    return kExitUsage;
  }
  if (FAILED(result)) return Failure(arguments, cli::TakeThreadProblem(result));
  if (result == WBEM_S_FALSE) return TellErrors(arguments, outcome);
  if (!arguments.neutral_file.empty() && !parts.Publish()) return kExitFailure;
  return TellSuccess(arguments, outcome);
}

int Run(const std::vector<std::string>& words) {
  const auto parsed = ParseArguments(words);
  if (const auto* text = std::get_if<ParsedText>(&parsed)) {
    std::fputs(text->text.c_str(), text->exit_code == kExitSuccess ? stdout : stderr);
    return text->exit_code;
  }
  const cli::Signals signals;
  return Compile(std::get<Arguments>(parsed), signals);
}

}  // namespace
}  // namespace wmi::mofcomp

int main(int argument_count, char** arguments) {
  try {
    return wmi::mofcomp::Run({arguments + 1, arguments + argument_count});
  } catch (const std::exception& error) {  // out of memory and nothing else
    std::fprintf(stderr, "mofcomp: %s\n", error.what());
    return wmi::mofcomp::kExitFailure;
  }
}
