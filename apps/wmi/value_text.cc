#include "wmi/value_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cwchar>

#include "base/text.h"
#include "wmi/json.h"

namespace wmi::cli {

namespace {

constexpr std::string_view kEllipsis = "…";
constexpr std::size_t kDateTimeLength = 25;

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// contract 8.6: minutes behind the sign.
std::string ZoneText(char sign, std::string_view minutes) {
  const int value = (minutes[0] - '0') * 100 + (minutes[1] - '0') * 10 + (minutes[2] - '0');
  return fmt::format("{}{:02}:{:02}", sign, value / 60, value % 60);
}

std::string IntervalText(std::string_view dmtf) {
  const std::size_t first = std::min(dmtf.substr(0, 8).find_first_not_of('0'), std::size_t{7});
  const std::string_view days = dmtf.substr(first, 8 - first);
  const std::string clock = fmt::format("{}:{}:{}", dmtf.substr(8, 2), dmtf.substr(10, 2), dmtf.substr(12, 2));
  return days == "0" ? clock : fmt::format("{} d {}", days, clock);
}

struct TextOf {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return fmt::to_string(value); }
  std::string operator()(std::uint64_t value) const { return fmt::to_string(value); }
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(const std::string& value) const { return EscapeControls(value); }
  std::string operator()(const DateTime& value) const { return EscapeControls(ReadableDateTime(value.dmtf)); }
  std::string operator()(const Value::Array& value) const {
    std::string text;
    for (const Value& element : value) {
      if (!text.empty()) text += ", ";
      text += ValueText(element);
    }
    return text;
  }
  std::string operator()(const Value::Object& value) const { return value ? JsonText(*value) : std::string(); }
};

std::size_t WidthOf(wchar_t character) {
  const int width = ::wcwidth(character);
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

}  // namespace

std::string ValueText(const Value& value) { return std::visit(TextOf{}, value.data); }

std::string ReadableDateTime(std::string_view dmtf) {
  if (dmtf.size() != kDateTimeLength || dmtf[14] != '.') return std::string(dmtf);
  if (!AllDigits(dmtf.substr(0, 14)) || !AllDigits(dmtf.substr(15, 6)) || !AllDigits(dmtf.substr(22, 3))) {
    return std::string(dmtf);
  }
  if (dmtf[21] == ':') return IntervalText(dmtf);
  if (dmtf[21] != '+' && dmtf[21] != '-') return std::string(dmtf);
  return fmt::format("{}-{}-{} {}:{}:{} {}", dmtf.substr(0, 4), dmtf.substr(4, 2), dmtf.substr(6, 2), dmtf.substr(8, 2),
                     dmtf.substr(10, 2), dmtf.substr(12, 2), ZoneText(dmtf[21], dmtf.substr(22, 3)));
}

std::string EscapeControls(std::string_view text) {
  const auto control = [](wchar_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0); };
  std::string result;
  for (const wchar_t character : WideFromUtf8(text)) {
    if (!control(character)) {
      result += Utf8FromWide(std::wstring_view(&character, 1));
    } else if (character == L'\n') {
      result += "\\n";
    } else if (character == L'\t') {
      result += "\\t";
    } else if (character == L'\r') {
      result += "\\r";
    } else {
      result += fmt::format("\\x{:02x}", static_cast<unsigned>(character));
    }
  }
  return result;
}

std::size_t DisplayWidth(std::string_view utf8) {
  if (std::all_of(utf8.begin(), utf8.end(), [](char c) { return c >= 0x20 && c < 0x7f; })) return utf8.size();
  std::size_t width = 0;
  for (const wchar_t character : WideFromUtf8(utf8)) width += WidthOf(character);
  return width;
}

std::string CutToWidth(std::string_view utf8, std::size_t width) {
  if (DisplayWidth(utf8) <= width) return std::string(utf8);
  if (width == 0) return {};
  std::wstring kept;
  std::size_t used = 0;
  for (const wchar_t character : WideFromUtf8(utf8)) {
    if (used + WidthOf(character) > width - 1) break;  // one column is for the ellipsis
    used += WidthOf(character);
    kept += character;
  }
  return Utf8FromWide(kept) + std::string(kEllipsis);
}

std::string Wrap(std::string_view text, std::size_t width, std::size_t indent) {
  const std::string margin(indent, ' ');
  const std::size_t room = width > indent + 20 ? width - indent : 20;
  std::string result;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    std::size_t used = 0;
    for (std::size_t at = 0; at < line.size();) {
      const std::size_t end = std::min(line.find(' ', at), line.size());
      const std::string word = EscapeControls(line.substr(at, end - at));
      at = end + 1;
      if (word.empty()) continue;
      const std::size_t word_width = DisplayWidth(word);
      if (used > 0 && used + 1 + word_width > room) {
        result += '\n';
        used = 0;
      }
      result += used == 0 ? margin : " ";
      result += word;
      used += word_width + (used == 0 ? 0 : 1);
    }
    if (used > 0) result += '\n';
  }
  return result;
}

}  // namespace wmi::cli
