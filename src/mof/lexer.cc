#include "mof/lexer.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstring>

#include "base/limits.h"
#include "base/text.h"

namespace wmi::mof {
namespace {

enum : std::uint8_t { kOther, kBlank, kLetter, kDigit, kMark };

constexpr std::array<std::uint8_t, 256> MakeClasses() {
  std::array<std::uint8_t, 256> classes{};
  for (int c = 0x80; c < 0x100; ++c) classes[static_cast<std::size_t>(c)] = kLetter;
  for (int c = 'a'; c <= 'z'; ++c) classes[static_cast<std::size_t>(c)] = kLetter;
  for (int c = 'A'; c <= 'Z'; ++c) classes[static_cast<std::size_t>(c)] = kLetter;
  for (int c = '0'; c <= '9'; ++c) classes[static_cast<std::size_t>(c)] = kDigit;
  classes['_'] = kLetter;
  for (const char c : {' ', '\t', '\r', '\n', '\f', '\v'}) classes[static_cast<unsigned char>(c)] = kBlank;
  for (const char c : {'{', '}', '[', ']', '(', ')', ';', ':', ',', '=', '#'})
    classes[static_cast<unsigned char>(c)] = kMark;
  return classes;
}

constexpr std::array<std::uint8_t, 256> kClasses = MakeClasses();

// Where the reading of a string stops to look.
constexpr std::array<bool, 256> MakeTextEnds() {
  std::array<bool, 256> ends{};
  for (const char c : {'"', '\\', '\n', '\0'}) ends[static_cast<unsigned char>(c)] = true;
  return ends;
}

constexpr std::array<bool, 256> kEndsText = MakeTextEnds();

std::uint8_t ClassOf(char c) { return kClasses[static_cast<unsigned char>(c)]; }
bool IsWordCharacter(char c) { return ClassOf(c) == kLetter || ClassOf(c) == kDigit; }
bool IsDigit(char c) { return ClassOf(c) == kDigit; }

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void AppendCharacter(std::string& out, char32_t c) {
  const wchar_t wide = static_cast<wchar_t>(c);
  out += Utf8FromWide(std::wstring_view(&wide, 1));
}

// One escape behind a backslash: the code unit and how many characters it took; size 0 when there is no such escape.
struct Escape {
  char32_t unit = 0;
  std::size_t size = 0;
};

Escape ReadEscape(std::string_view rest) {
  if (rest.empty()) return {};
  switch (rest[0]) {
    case 'b':
      return {'\b', 1};
    case 't':
      return {'\t', 1};
    case 'n':
      return {'\n', 1};
    case 'f':
      return {'\f', 1};
    case 'r':
      return {'\r', 1};
    case '"':
    case '\'':
    case '\\':
      return {static_cast<char32_t>(rest[0]), 1};
    case 'x':
    case 'X': {
      Escape escape{0, 1};
      while (escape.size < 5 && escape.size < rest.size() && HexValue(rest[escape.size]) >= 0) {
        escape.unit = escape.unit * 16 + static_cast<char32_t>(HexValue(rest[escape.size++]));
      }
      return escape.size == 1 || escape.unit == 0 ? Escape{} : escape;
    }
    default:
      return {};
  }
}

bool IsHighSurrogate(char32_t c) { return c >= 0xD800 && c < 0xDC00; }
bool IsLowSurrogate(char32_t c) { return c >= 0xDC00 && c < 0xE000; }

Result<std::string> DecodeUtf16(std::string_view bytes, bool is_big_endian) {
  if (bytes.size() % 2 != 0) return Status(code::kMofInvalidFile, "the UTF-16 text ends with half a character");
  std::wstring wide;
  wide.reserve(bytes.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const auto second = static_cast<unsigned char>(bytes[i + 1]);
    const auto unit = static_cast<char32_t>(is_big_endian ? first << 8 | second : second << 8 | first);
    if (IsLowSurrogate(unit) && !wide.empty() && IsHighSurrogate(static_cast<char32_t>(wide.back()))) {
      const char32_t high = static_cast<char32_t>(wide.back());
      wide.back() = static_cast<wchar_t>(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
    } else {
      wide.push_back(static_cast<wchar_t>(unit));
    }
  }
  return Utf8FromWide(wide);
}

std::string DecodeLatin1(std::string_view bytes) {
  std::wstring wide;
  wide.reserve(bytes.size());
  for (const char c : bytes) wide.push_back(static_cast<wchar_t>(static_cast<unsigned char>(c)));
  return Utf8FromWide(wide);
}

}  // namespace

Result<std::string> DecodeSource(std::string bytes, std::size_t bytes_max) {
  if (bytes.size() > bytes_max) {
    return Status(code::kMofInvalidFile,
                  fmt::format("the file has {} bytes; at most {} are read", bytes.size(), bytes_max));
  }
  const std::string_view view = bytes;
  if (view.starts_with("\xFF\xFE")) return DecodeUtf16(view.substr(2), false);
  if (view.starts_with("\xFE\xFF")) return DecodeUtf16(view.substr(2), true);
  if (view.starts_with("\xEF\xBB\xBF")) return ToUtf8(view.substr(3));
  if (!IsUtf8(view)) return DecodeLatin1(view);
  return bytes;
}

Token Lexer::Make(TokenKind kind, std::size_t start) const {
  Token token;
  token.kind = kind;
  token.offset = static_cast<Offset>(start);
  token.size = static_cast<Offset>(at_ - start);
  return token;
}

Token Lexer::Bad(Code code, std::size_t at, std::string message) {
  diagnostics_.Report(code, static_cast<Offset>(at), std::move(message));
  return Make(TokenKind::kBad, std::min(at, at_));
}

// False after reporting a comment without end.
bool Lexer::SkipBlanks() {
  while (at_ < text_.size()) {
    if (ClassOf(text_[at_]) == kBlank) {
      ++at_;
    } else if (text_[at_] == '/' && Peek(1) == '/') {
      const std::size_t newline = text_.find('\n', at_);
      at_ = newline == std::string_view::npos ? text_.size() : newline;
    } else if (text_[at_] == '/' && Peek(1) == '*') {
      const std::size_t end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) {
        diagnostics_.Report(code::kMofUnrecognizedToken, static_cast<Offset>(at_),
                            "the comment that starts here has no end; write */");
        at_ = text_.size();
        return false;
      }
      at_ = end + 2;
    } else {
      return true;
    }
  }
  return true;
}

Token Lexer::Next() {
  if (!SkipBlanks()) return Make(TokenKind::kBad, at_);
  if (at_ == text_.size()) return Make(TokenKind::kEnd, at_);
  const std::size_t start = at_;
  const char c = text_[at_];
  switch (ClassOf(c)) {
    case kLetter:
      do ++at_;
      while (at_ < text_.size() && IsWordCharacter(text_[at_]));
      return Make(TokenKind::kIdentifier, start);
    case kDigit:
      return ReadNumber();
    case kMark: {
      ++at_;
      Token token = Make(TokenKind::kPunctuation, start);
      token.punctuation = c;
      return token;
    }
    default:
      break;
  }
  if (c == '"') return ReadQuoted();
  if (c == '\'') return ReadCharacter();
  if (c == '$') return ReadAlias();
  const char next = Peek(1);
  if (((c == '-' || c == '+') && (IsDigit(next) || next == '.')) || (c == '.' && IsDigit(next))) return ReadNumber();
  ++at_;
  const auto byte = static_cast<unsigned char>(c);
  const std::string shown = byte < 0x20 || byte == 0x7F ? fmt::format("U+{:04X}", byte) : fmt::format("'{}'", c);
  return Bad(code::kMofUnrecognizedToken, start, fmt::format("{} has no meaning in MOF", shown));
}

bool Lexer::IsFollowedBy(char punctuation) const {
  Diagnostics unheard;
  Lexer ahead(text_, unheard);
  ahead.at_ = at_;
  const Token token = ahead.Next();
  return token.kind == TokenKind::kPunctuation && token.punctuation == punctuation;
}

Token Lexer::ReadQuoted() {
  const std::size_t start = at_++;
  bool has_escapes = false;
  for (;;) {
    std::size_t stop = at_;
    while (stop < text_.size() && !kEndsText[static_cast<unsigned char>(text_[stop])]) ++stop;
    if (stop < text_.size() && text_[stop] == '\0') {
      at_ = stop + 1;
      return Bad(code::kMofUnrecognizedToken, stop, "the zero character cannot stand in a string");
    }
    if (stop == text_.size() || text_[stop] == '\n') {
      at_ = stop;
      return Bad(code::kMofUnrecognizedToken, start,
                 "the string that starts here is not closed on its line; strings side by side are joined");
    }
    at_ = stop + 1;
    if (text_[stop] == '"') {
      Token token = Make(TokenKind::kText, start);
      token.has_escapes = has_escapes;
      return token;
    }
    has_escapes = true;
    if (at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\0') ++at_;  // whatever is escaped
  }
}

bool Lexer::AppendText(const Token& token, std::string& out) {
  const std::string_view content = text_.substr(token.offset + 1, token.size - 2);
  char32_t high = 0;  // the first half of a pair of \x escapes
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t backslash = std::min(content.find('\\', at), content.size());
    if (high != 0 && backslash != at) {
      AppendCharacter(out, 0xFFFD);
      high = 0;
    }
    out.append(content, at, backslash - at);
    if (backslash == content.size()) break;
    const Escape escape = ReadEscape(content.substr(backslash + 1));
    if (escape.size == 0) {
      diagnostics_.Report(
          code::kMofIllegalConstantValue, static_cast<Offset>(token.offset + 1 + backslash),
          R"(unknown escape; use \b \t \n \f \r \" \' \\ or \x with one to four hexadecimal digits, not zero)");
      return false;
    }
    at = backslash + 1 + escape.size;
    if (high != 0) {
      const bool is_pair = IsLowSurrogate(escape.unit);
      AppendCharacter(out, is_pair ? 0x10000 + ((high - 0xD800) << 10) + (escape.unit - 0xDC00) : 0xFFFD);
      high = 0;
      if (is_pair) continue;
    }
    if (IsHighSurrogate(escape.unit)) {
      high = escape.unit;
    } else {
      AppendCharacter(out, IsLowSurrogate(escape.unit) ? 0xFFFD : escape.unit);
    }
  }
  if (high != 0) AppendCharacter(out, 0xFFFD);
  return true;
}

Token Lexer::ReadCharacter() {
  const std::size_t start = at_++;
  char32_t unit = 0;
  if (Peek() == '\\') {
    const Escape escape = ReadEscape(text_.substr(at_ + 1, 8));
    unit = escape.unit;
    at_ += escape.size == 0 ? 0 : 1 + escape.size;
  } else {
    const std::size_t end = std::min(text_.find_first_of("'\n", at_), text_.size());
    const std::wstring wide = WideFromUtf8(text_.substr(at_, std::min<std::size_t>(end - at_, 8)));
    if (wide.size() == 1) {
      unit = static_cast<char32_t>(wide[0]);
      at_ = end;
    }
  }
  if (unit == 0 || unit > 0xFFFF || Peek() != '\'') {
    // Goes on behind the closing quote, so that one slip is one error.
    const std::size_t end = std::min(text_.find_first_of("'\n", at_), text_.size());
    at_ = end < text_.size() && text_[end] == '\'' ? end + 1 : end;
    return Bad(code::kMofIllegalConstantValue, start,
               "expected one character of at most 16 bits between single quotes");
  }
  ++at_;
  Token token = Make(TokenKind::kCharacter, start);
  token.magnitude = unit;
  return token;
}

Token Lexer::IntegerFrom(std::size_t start, std::string_view digits, int base) {
  Token token = Make(TokenKind::kInteger, start);
  const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), token.magnitude, base);
  token.is_negative = text_[start] == '-';
  constexpr std::uint64_t kNegativeMax = std::uint64_t{1} << 63;
  if (error == std::errc::result_out_of_range || (token.is_negative && token.magnitude > kNegativeMax)) {
    return Bad(code::kMofOutOfRange, start, fmt::format("{} does not fit 64 bits", text_.substr(start, 40)));
  }
  if (digits.empty() || last != digits.data() + digits.size()) {
    return Bad(code::kMofIllegalConstantValue, start,
               fmt::format("'{}' is no number; write decimal digits, 0x and hexadecimal, 0 and octal, or binary and b",
                           text_.substr(start, std::min<std::size_t>(at_ - start, 40))));
  }
  return token;
}

Token Lexer::ReadNumber() {
  const std::size_t start = at_;
  if (Peek() == '-' || Peek() == '+') ++at_;
  const std::size_t digits_start = at_;
  while (at_ < text_.size() && IsWordCharacter(text_[at_])) ++at_;
  std::string_view digits = text_.substr(digits_start, at_ - digits_start);
  const bool is_hexadecimal = digits.starts_with("0x") || digits.starts_with("0X");
  const bool has_exponent = !is_hexadecimal && digits.find_first_of("eE") != std::string_view::npos;
  if (!is_hexadecimal && (Peek() == '.' || has_exponent)) {
    // from_chars takes the longest spelling; a second dot or a letter behind it is an error below.
    Token token;
    const std::size_t from = text_[start] == '+' ? start + 1 : start;
    const auto [last, error] = std::from_chars(text_.data() + from, text_.data() + text_.size(), token.real);
    const std::size_t end = static_cast<std::size_t>(last - text_.data());
    if (error == std::errc::result_out_of_range) {
      at_ = end;
      return Bad(code::kMofOutOfRange, start, "the number does not fit real64");
    }
    if (error == std::errc() && end >= at_) {
      at_ = end;
      if (!IsWordCharacter(Peek()) && Peek() != '.') {
        const double real = token.real;
        token = Make(TokenKind::kReal, start);
        token.real = real;
        return token;
      }
    }
    while (at_ < text_.size() && (IsWordCharacter(text_[at_]) || text_[at_] == '.')) ++at_;
    return Bad(code::kMofIllegalConstantValue, start,
               fmt::format("'{}' is no number", text_.substr(start, std::min<std::size_t>(at_ - start, 40))));
  }
  if (is_hexadecimal) return IntegerFrom(start, digits.substr(2), 16);
  if (!digits.empty() && (digits.back() == 'b' || digits.back() == 'B')) {
    return IntegerFrom(start, digits.substr(0, digits.size() - 1), 2);
  }
  return IntegerFrom(start, digits, digits.size() > 1 && digits[0] == '0' ? 8 : 10);
}

Token Lexer::ReadAlias() {
  const std::size_t start = at_++;
  while (at_ < text_.size() && IsWordCharacter(text_[at_])) ++at_;
  if (at_ == start + 1) return Bad(code::kMofExpectedAliasName, start, "expected the name of an alias after '$'");
  return Make(TokenKind::kAlias, start);
}

}  // namespace wmi::mof
