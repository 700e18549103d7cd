#include "wmi/problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "wmi/style.h"
#include "wmi/value_text.h"

namespace wmi::cli {

namespace {

constexpr std::size_t kMargin = 2;

// Reads "name N" at the front and removes it; 0 when it is not there.
int TakeNumber(std::string_view& text, std::string_view name) {
  if (!text.starts_with(name)) return 0;
  text.remove_prefix(name.size());
  int number = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && number < 1000000; ++digits) {
    number = number * 10 + (text[digits] - '0');
  }
  text.remove_prefix(digits);
  return digits == 0 ? 0 : number;
}

std::string_view LineOf(std::string_view text, int line) {
  for (int i = 1; i < line && !text.empty(); ++i) text.remove_prefix(std::min(text.find('\n') + 1, text.size()));
  return text.substr(0, text.find('\n'));
}

// The line of the query and a caret below the column; the part around the column when the line is longer than `width`.
std::string CaretLines(const Problem& problem, std::size_t width, Colour colour) {
  std::wstring line = WideFromUtf8(LineOf(problem.parameter, problem.line));
  for (wchar_t& c : line) c = c < 0x20 || c == 0x7f ? L' ' : c;
  std::size_t at = std::min(static_cast<std::size_t>(problem.column - 1), line.size());
  const std::size_t room = width > 20 ? width - 2 * kMargin - 2 : 0;
  if (room > 0 && line.size() > room) {
    const std::size_t first = at > room / 2 ? std::min(at - room / 2, line.size() - room) : 0;
    const bool more = first + room < line.size();
    line = (first > 0 ? L"…" : L"") + line.substr(first, room) + (more ? L"…" : L"");
    at = at - first + (first > 0 ? 1 : 0);
  }
  const std::string margin(kMargin, ' ');
  const std::size_t before = DisplayWidth(Utf8FromWide(line.substr(0, at)));
  return margin + Utf8FromWide(line) + '\n' + margin + std::string(before, ' ') + Styled("^", Style::kMark, colour) +
         '\n';
}

// The name of a system call stays as it is.
std::string Capitalised(std::string text) {
  const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_");
  if (end != std::string::npos && text[end] == '(') return text;
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

}  // namespace

void TakePlace(Problem& problem) {
  // In front: "line 1, column 8: …".
  std::string_view rest = problem.description;
  int line = TakeNumber(rest, "line ");
  const std::string_view behind_line = rest;
  int column = TakeNumber(rest, ", column ");
  if (column == 0) {
    rest = behind_line;
    column = TakeNumber(rest, ": column ");
  }
  if (line > 0 && column > 0 && rest.starts_with(": ")) {
    problem.line = line;
    problem.column = column;
    problem.description = std::string(rest.substr(2));
    return;
  }
  // At the end: "… (line 1, column 8)".
  const std::size_t start = problem.description.rfind(" (line ");
  if (start == std::string::npos) return;
  rest = std::string_view(problem.description).substr(start);
  line = TakeNumber(rest, " (line ");
  column = TakeNumber(rest, ", column ");
  if (line == 0 || column == 0 || (rest != ")" && rest != ").")) return;
  problem.line = line;
  problem.column = column;
  problem.description.erase(start);
}

std::string CodeLabel(Code code) {
  const std::string number = fmt::format("0x{:08X}", static_cast<std::uint32_t>(code));
  const std::string_view name = CodeName(code);
  return name.empty() ? number : fmt::format("{} ({})", name, number);
}

std::string Explain(const Problem& problem, std::string_view hint, std::size_t width, Colour colour) {
  const std::string_view text = CodeText(problem.code);
  std::string result = "wmi: " + Styled(CodeLabel(problem.code), Style::kError, colour);
  if (!text.empty()) result += ": " + std::string(text);
  result += '\n';
  if (problem.line > 0 && problem.column > 0) result += CaretLines(problem, width, colour);
  const std::size_t wrap = width == 0 ? 100 : width;
  // The engine falls back to the text of the code, which is told already.
  if (!problem.description.empty() && !EqualFolded(problem.description, text)) {
    result += Wrap(Capitalised(problem.description), wrap, kMargin);
  }
  if (!problem.provider.empty()) result += Wrap("The provider is " + problem.provider + ".", wrap, kMargin);
  result += Wrap(hint, wrap, kMargin);
  return result;
}

}  // namespace wmi::cli
