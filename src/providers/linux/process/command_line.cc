#include "providers/linux/process/command_line.h"

namespace wmi::linuxos {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool IsEscaped(char next, char quote) {
  if (next == '"' || next == '\\') return true;
  return quote == 0 && (next == '\'' || IsBlank(next));
}

}  // namespace

std::optional<std::vector<std::string>> SplitCommandLine(std::string_view text) {
  if (text.size() > kCommandLineBytesMax || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::vector<std::string> arguments;
  std::string argument;
  bool is_open = false;  // an argument has begun; it may be empty, as ''
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && IsBlank(c)) {
      if (is_open) arguments.push_back(std::move(argument));
      argument.clear();
      is_open = false;
      continue;
    }
    is_open = true;
    if (c == '\\' && quote != '\'' && i + 1 < text.size() && IsEscaped(text[i + 1], quote)) {
      argument += text[++i];
    } else if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else {
      argument += c;
    }
  }
  if (quote != 0) return std::nullopt;
  if (is_open) arguments.push_back(std::move(argument));
  if (arguments.empty() || arguments.front().empty()) return std::nullopt;
  return arguments;
}

}  // namespace wmi::linuxos
