#include "xml/output.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace wmi::xml {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::size_t kIndentMax = 32;  // deeper elements do not make the text longer by the square of their depth

enum class Where { kText, kAttribute };

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r'; }

// U+FFFE and U+FFFF.
bool IsNoCharacter(std::string_view text, std::size_t at) {
  return text[at] == '\xEF' && at + 2 < text.size() && text[at + 1] == '\xBF' &&
         static_cast<unsigned char>(text[at + 2]) >= 0xBE;
}

void Append(std::string_view text, Where where, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '\r') {
      out += "&#13;";
    } else if (where == Where::kAttribute && c == '"') {
      out += "&quot;";
    } else if (where == Where::kAttribute && c == '\n') {
      out += "&#10;";
    } else if (where == Where::kAttribute && c == '\t') {
      out += "&#9;";
    } else if (IsControl(c)) {
      out += kReplacement;
    } else if (IsNoCharacter(text, i)) {
      out += kReplacement;
      i += 2;
    } else {
      out += c;
    }
  }
}

std::string Escaped(std::string_view text, Where where) {
  std::string out;
  out.reserve(text.size());
  if (IsUtf8(text)) {
    Append(text, where, out);
  } else {
    Append(ToUtf8(text), where, out);
  }
  return out;
}

}  // namespace

std::string EscapedText(std::string_view text) { return Escaped(text, Where::kText); }
std::string EscapedAttribute(std::string_view text) { return Escaped(text, Where::kAttribute); }

bool IsXmlText(std::string_view text) {
  if (!IsUtf8(text)) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (IsControl(text[i]) || IsNoCharacter(text, i)) return false;
  }
  return true;
}

bool Output::is_too_long() const { return text_.size() > limits::kXmlBytesMax; }

void Output::Line() {
  if (text_.empty()) return;
  text_ += '\n';
  text_.append(std::min(2 * depth_, kIndentMax), ' ');
}

void Output::EndTag() {
  if (state_ == State::kInTag) text_ += '>';
  state_ = State::kContent;
}

void Output::Open(std::string_view name) {
  EndTag();
  if (!is_too_long()) {
    Line();
    text_ += '<';
    text_ += name;
  }
  state_ = State::kInTag;
  ++depth_;
}

void Output::Attribute(std::string_view name, std::string_view value) {
  if (is_too_long()) return;
  text_ += ' ';
  text_ += name;
  text_ += "=\"";
  text_ += EscapedAttribute(value);
  text_ += '"';
}

void Output::Text(std::string_view text) {
  EndTag();
  if (!is_too_long()) text_ += EscapedText(text);
  state_ = State::kAfterText;
}

void Output::Close(std::string_view name) {
  --depth_;
  if (!is_too_long()) {
    if (state_ == State::kInTag) {
      text_ += "/>";
    } else {
      if (state_ == State::kContent) Line();
      text_ += "</";
      text_ += name;
      text_ += '>';
    }
  }
  state_ = State::kContent;
}

void Output::Leaf(std::string_view name, std::string_view text) {
  Open(name);
  Text(text);
  Close(name);
}

}  // namespace wmi::xml
