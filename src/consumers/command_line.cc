#include "consumers/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/text.h"
#include "consumers/limits.h"

namespace wmi::consumers {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

void AppendWithoutZeros(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (c == '\0') {
      out += "\uFFFD";
    } else {
      out += c;
    }
  }
}

}  // namespace

class CommandLineParser {
 public:
  explicit CommandLineParser(std::string_view text) : text_(text) {}

  Result<CommandLine> Parse() {
    if (text_.size() > kTextBytesMax) {
      return Wrong(0, fmt::format("It has {} bytes; {} are the limit.", text_.size(), kTextBytesMax));
    }
    SkipBlanks();
    if (IsAtEnd()) return Wrong(0, "It names no program.");
    CommandLine line;
    line.program_ = TRY(ParseProgram());
    for (SkipBlanks(); !IsAtEnd(); SkipBlanks()) line.arguments_.push_back(TRY(ParseArgument()));
    return line;
  }

 private:
  Status Wrong(std::size_t offset, std::string message) const {
    ErrorDetail detail;
    detail.message = std::move(message);
    detail.parameter = text_;
    detail.column = static_cast<int>(CharacterCount(text_.substr(0, offset))) + 1;
    return Status(code::kInvalidParameter, std::move(detail));
  }
  Status OpenQuote(std::size_t offset) const { return Wrong(offset, "A quote has no closing quote."); }

  bool IsAtEnd() const { return at_ == text_.size(); }
  void SkipBlanks() {
    while (!IsAtEnd() && IsBlank(text_[at_])) ++at_;
  }

  Result<std::string> ParseProgram() {
    const std::size_t start = at_;
    std::string program;
    bool is_quoted = false;
    for (; !IsAtEnd() && (is_quoted || !IsBlank(text_[at_])); ++at_) {
      if (text_[at_] == '"') {
        is_quoted = !is_quoted;
      } else if (text_[at_] == '%') {
        return Wrong(at_, "The program has a place; only what follows it may have one.");
      } else {
        program += text_[at_];
      }
    }
    if (is_quoted) return OpenQuote(start);
    return program;
  }

  // The number of backslashes here, which it steps over.
  std::size_t TakeBackslashes() {
    const std::size_t start = at_;
    while (!IsAtEnd() && text_[at_] == '\\') ++at_;
    return at_ - start;
  }

  // Text of one piece, up to its end: an unescaped quote, and outside of quotes a blank.
  std::string TakeRun(bool is_quoted) {
    std::string run;
    while (!IsAtEnd()) {
      const std::size_t backslashes = TakeBackslashes();
      if (IsAtEnd() || text_[at_] != '"') {
        run.append(backslashes, '\\');
        if (IsAtEnd() || (!is_quoted && IsBlank(text_[at_]))) break;
        if (backslashes == 0) run += text_[at_++];
        continue;
      }
      run.append(backslashes / 2, '\\');
      const bool is_doubled = is_quoted && text_.substr(at_).starts_with("\"\"");
      if (backslashes % 2 == 0 && !is_doubled) break;
      run += '"';
      at_ += backslashes % 2 == 0 ? 2 : 1;
    }
    return run;
  }

  Result<CommandLine::Argument> ParseArgument() {
    CommandLine::Argument argument;
    while (!IsAtEnd() && !IsBlank(text_[at_])) {
      const std::size_t start = at_;
      if (text_[at_] == '"') {
        ++at_;
        argument.emplace_back(TakeRun(true));
        if (IsAtEnd()) return OpenQuote(start);
        ++at_;
        continue;
      }
      Result<TextTemplate> piece = TextTemplate::Parse(TakeRun(false));
      if (!piece.ok()) return Wrong(start, piece.status().Message());
      argument.emplace_back(std::move(piece).value());
    }
    return argument;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Result<CommandLine> CommandLine::Parse(std::string_view text) { return CommandLineParser(text).Parse(); }

CommandLine CommandLine::OfProgram(std::string program) {
  CommandLine line;
  line.program_ = std::move(program);
  return line;
}

Result<std::vector<std::string>> CommandLine::Fill(const cim::Object& event) const {
  std::vector<std::string> arguments{program_};
  std::size_t bytes = program_.size();
  for (const Argument& argument : arguments_) {
    std::string& text = arguments.emplace_back();
    for (const Piece& piece : argument) {
      const auto* literal = std::get_if<std::string>(&piece);
      AppendWithoutZeros(literal != nullptr ? *literal : std::get<TextTemplate>(piece).Fill(event), text);
      if (bytes + text.size() > kArgumentsBytesMax) {
        return Status(code::kQuotaViolation,
                      fmt::format("The arguments for {} have more than {} bytes with the values of this event; give it "
                                  "fewer or smaller properties.",
                                  program_, kArgumentsBytesMax));
      }
    }
    bytes += text.size() + 1;
  }
  return arguments;
}

}  // namespace wmi::consumers
