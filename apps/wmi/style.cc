#include "wmi/style.h"

namespace wmi::cli {

namespace {

// Colours of the terminal's own palette, which the user has chosen to be readable.
std::string_view Sequence(Style style) {
  switch (style) {
    case Style::kHeader:
    case Style::kName:
      return "\x1b[1m";
    case Style::kType:
      return "\x1b[36m";
    case Style::kFaint:
      return "\x1b[2m";
    case Style::kError:
      return "\x1b[1;31m";
    case Style::kMark:
      return "\x1b[1;32m";
  }
  return {};
}

}  // namespace

std::string Styled(std::string_view text, Style style, Colour colour) {
  if (colour == Colour::kOff || text.empty()) return std::string(text);
  std::string result(Sequence(style));
  result += text;
  return result + "\x1b[0m";
}

}  // namespace wmi::cli
