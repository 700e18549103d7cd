#include "wmi/report.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <optional>

#include "wmi/exit_code.h"
#include "wmi/hint.h"
#include "wmi/repository_tool.h"
#include "wmi/style.h"
#include "wmi/value_text.h"

namespace wmi::cli {

namespace {

void Print(const std::string& text) { std::fputs(text.c_str(), stderr); }

// What was not found may be in the repository that cannot be opened.
std::string RepositoryRemark(Code code, std::size_t width) {
  if (code != code::kNotFound && code != code::kInvalidClass && code != code::kInvalidNamespace) return {};
  RepositoryToolPtr tool;
  if (OpenRepositoryTool(tool)) return {};
  const std::optional<Problem> missing = MissingRepository(*tool);
  if (!missing) return {};
  return Wrap("The repository cannot be used: " + missing->description, width == 0 ? 100 : width, 2);
}

// What a call with partial results says is missing.
std::string Missing(const CallEnd& end) {
  return end.problem.description.empty() ? std::string(CodeText(end.code)) : end.problem.description;
}

double Seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

Report::Report(const Options& options, const Signals& signals, const Output& output)
    : options_(options),
      signals_(signals),
      output_(output),
      colour_(ColourFor(STDERR_FILENO, options.colour)),
      width_(TerminalWidth(STDERR_FILENO)) {}

int Report::Failure(const Problem& problem) const {
  Problem told = problem;
  // The engine names the query; when it does not, we know it.
  const bool is_query = options_.command == Command::kQuery || options_.command == Command::kExplain;
  if (told.parameter.empty() && is_query) told.parameter = options_.subject;
  Print(Explain(told, HintFor(told.code, options_), width_, colour_));
  Print(RepositoryRemark(told.code, width_));
  return kExitFailure;
}

int Report::Success(const CallEnd& end) const {
  const bool partial = end.code == code::kPartialResults || end.code == code::kAccessDeniedPartly ||
                       end.code == code::kSourceNotAvailable;
  if (!partial) return kExitSuccess;
  // A permanent state of affairs for an unprivileged user: a script must not choke on it, a person is told.
  if (options_.partial_results == PartialResults::kFail) {
    Print(fmt::format("wmi: {}: {}\n", CodeLabel(end.code), Missing(end)));
    return kExitPartial;
  }
  Remark(fmt::format("{}: {}", CodeName(end.code), Missing(end)));
  return kExitSuccess;
}

int Report::OutputLost() const {
  if (output_.state() != OutputState::kFailed) return kExitSuccess;
  Print(fmt::format("wmi: the output cannot be written: {}\n", std::strerror(output_.error())));
  return kExitFailure;
}

int Report::End(const CallEnd& end) const {
  switch (end.kind) {
    case CallEnd::Kind::kComplete:
      return FAILED(end.code) ? Failure(end.problem) : Success(end);
    case CallEnd::Kind::kTimeLimit:
      Print(fmt::format("wmi: cancelled after {:.1f} s by --timeout; {} came\n", Seconds(end.elapsed),
                        Objects(end.objects)));
      return kExitTimeLimit;
    case CallEnd::Kind::kSignal:
      Print(fmt::format("wmi: cancelled after {:.1f} s; {} came\n", Seconds(end.elapsed), Objects(end.objects)));
      return kExitSignalBase + signals_.caught();
    case CallEnd::Kind::kEnough:
      return kExitSuccess;
    case CallEnd::Kind::kOutput:
      break;
  }
  return OutputLost();
}

std::string Report::Objects(std::size_t count) const {
  const std::string_view one = options_.command == Command::kWatch ? "event" : "object";
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::string Report::Count(const CallEnd& end) const {
  const double seconds = Seconds(end.elapsed);
  const std::string time = seconds < 1 ? fmt::format("{:.0f} ms", seconds * 1000) : fmt::format("{:.2f} s", seconds);
  const std::string count = Objects(end.objects);
  return fmt::format("{}, {}", end.objects == 0 ? "no" + count.substr(1) : count, time);
}

std::string Report::Hidden(std::size_t columns) {
  if (columns == 0) return {};
  return fmt::format("; {} more {} not fit: --format list", columns, columns == 1 ? "column does" : "columns do");
}

void Report::Remark(const std::string& text) const {
  if (IsTerminal(output_.descriptor())) Notice(text);
}

void Report::Notice(const std::string& text) const {
  if (IsTerminal(STDERR_FILENO)) Print(Styled(text, Style::kFaint, colour_) + "\n");
}

}  // namespace wmi::cli
