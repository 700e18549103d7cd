// mofcomp: the MOF compiler of Windows on the command line. arguments.h says what it takes; the work is done by the
// library's compiler (api/mof_tool.h).
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <vector>

#include "mofcomp/arguments.h"
#include "wmi/mof_tool.h"
#include "wmi/problem_reader.h"
#include "wmi/session.h"

namespace wmi::mofcomp {
namespace {

constexpr int kSyntaxPhase = 2;

class Listener final : public api::MofListener {
 public:
  explicit Listener(const Arguments& arguments) : arguments_(arguments) {}

  void OnError(const char* line) override { fmt::print(stderr, "{}\n", line); }
  bool OnText(const char* text, std::size_t size) override { return Write(arguments_.neutral_file, text, size); }
  bool OnLocalizedText(const char* text, std::size_t size) override {
    return Write(arguments_.localized_file, text, size);
  }
  bool has_failed() const { return has_failed_; }

 private:
  bool Write(const std::string& path, const char* text, std::size_t size) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(text, static_cast<std::streamsize>(size));
    file.close();
    if (file) return true;
    fmt::print(stderr, "mofcomp: {} cannot be written\n", path);
    has_failed_ = true;
    return false;
  }

  const Arguments& arguments_;
  bool has_failed_ = false;
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
  fmt::print(stderr, "{}: {} {}; nothing is stored\n", arguments.file, outcome.errors,
             outcome.errors == 1 ? "error" : "errors");
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

int Compile(const Arguments& arguments) {
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
  Listener listener(arguments);
  api::MofOutcome outcome;
  const HRESULT result = tool->Compile(&request, &listener, &outcome);
  if (listener.has_failed()) return kExitFailure;
  // Contradictions between switches, which the library knows.
  if (result == WBEM_E_INVALID_PARAMETER) {
    Failure(arguments, cli::TakeThreadProblem(result));
    return kExitUsage;
  }
  if (FAILED(result)) return Failure(arguments, cli::TakeThreadProblem(result));
  return result == WBEM_S_FALSE ? TellErrors(arguments, outcome) : TellSuccess(arguments, outcome);
}

int Run(const std::vector<std::string>& words) {
  const auto parsed = ParseArguments(words);
  if (const auto* text = std::get_if<ParsedText>(&parsed)) {
    std::fputs(text->text.c_str(), text->exit_code == kExitSuccess ? stdout : stderr);
    return text->exit_code;
  }
  return Compile(std::get<Arguments>(parsed));
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
