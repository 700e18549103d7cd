#include "wql/lexer.h"

#include <charconv>
#include <cstddef>
#include <system_error>

namespace wmi::wql {

namespace {

constexpr std::uint64_t kNegativeMagnitudeMax = std::uint64_t{1} << 63;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
// Names may hold any character beyond ASCII (DSP0004 annex A allows U+0080 to U+FFEF).
bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool IsNamePart(char c) { return IsNameStart(c) || IsDigit(c); }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

// By length first: most names are no keyword and are told from them by that.
Keyword FindKeyword(std::string_view name) {
  const auto pick = [name](std::string_view word, Keyword keyword) {
    return IsKeyword(name, word) ? keyword : Keyword::kNone;
  };
  const auto first = [](Keyword a, Keyword b) { return a != Keyword::kNone ? a : b; };
  switch (name.size()) {
    case 2:
      return first(pick("OR", Keyword::kOr), first(pick("IS", Keyword::kIs), pick("BY", Keyword::kBy)));
    case 3:
      return first(pick("AND", Keyword::kAnd), first(pick("NOT", Keyword::kNot), pick("ISA", Keyword::kIsA)));
    case 4:
      return first(first(pick("FROM", Keyword::kFrom), pick("LIKE", Keyword::kLike)),
                   first(pick("NULL", Keyword::kNull), pick("TRUE", Keyword::kTrue)));
    case 5:
      return first(first(pick("WHERE", Keyword::kWhere), pick("FALSE", Keyword::kFalse)),
                   first(pick("GROUP", Keyword::kGroup), pick("ORDER", Keyword::kOrder)));
    case 6:
      return first(pick("SELECT", Keyword::kSelect),
                   first(pick("WITHIN", Keyword::kWithin), pick("HAVING", Keyword::kHaving)));
    case 10:
      return pick("REFERENCES", Keyword::kReferences);
    case 11:
      return pick("ASSOCIATORS", Keyword::kAssociators);
    default:
      return Keyword::kNone;
  }
}

}  // namespace

Token Lexer::Make(TokenKind kind, std::size_t start, std::size_t length) {
  Token token;
  token.kind = kind;
  token.offset = static_cast<std::uint32_t>(start);
  token.length = static_cast<std::uint32_t>(length);
  token.text = text_.substr(start, length);
  position_ = start + length;
  return token;
}

Token Lexer::Bad(std::size_t start, std::size_t length, const char* problem) {
  Token token = Make(TokenKind::kBad, start, length);
  token.problem = problem;
  position_ = start;
  return token;
}

Token Lexer::Next() {
  std::size_t start = position_;
  while (start < text_.size() && IsSpace(text_[start])) ++start;
  if (start == text_.size()) return Make(TokenKind::kEnd, start, 0);
  const char c = text_[start];
  if (IsNameStart(c)) return Name(start);
  if (IsDigit(c) || c == '-' || c == '+') return Number(start);
  if (c == '.' && start + 1 < text_.size() && IsDigit(text_[start + 1])) return Number(start);
  if (c == '"' || c == '\'') return String(start);
  return Operator(start);
}

Token Lexer::NextPath() {
  std::size_t start = position_;
  while (start < text_.size() && IsSpace(text_[start])) ++start;
  if (start == text_.size() || text_[start] != '{') return Next();
  char quote = 0;
  for (std::size_t at = start + 1; at < text_.size(); ++at) {
    const char c = text_[at];
    if (quote != 0 && c == '\\') {
      ++at;  // whatever it is, it does not end the text
    } else if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '}') {
      Token token = Make(TokenKind::kPath, start, at + 1 - start);
      token.text = Trim(text_.substr(start + 1, at - start - 1));
      return token;
    }
  }
  return Bad(start, 1, quote != 0 ? "a quoted text in the path has no end" : "the brace is never closed");
}

Token Lexer::Name(std::size_t start) {
  std::size_t end = start + 1;
  while (end < text_.size() && IsNamePart(text_[end])) ++end;
  Token token = Make(TokenKind::kName, start, end - start);
  token.keyword = FindKeyword(token.text);
  return token;
}

Token Lexer::Integer(std::size_t start, std::size_t digits, int base, bool negative) {
  std::size_t end = digits;
  while (end < text_.size() && (base == 16 ? IsHexDigit(text_[end]) : IsDigit(text_[end]))) ++end;
  std::uint64_t magnitude = 0;
  const auto parsed = std::from_chars(text_.data() + digits, text_.data() + end, magnitude, base);
  if (parsed.ec == std::errc::result_out_of_range || (negative && magnitude > kNegativeMagnitudeMax)) {
    return Bad(start, end - start, "the number does not fit 64 bits; write it as a real (1e20) for a real property");
  }
  if (end < text_.size() && IsNamePart(text_[end])) {
    return Bad(start, end + 1 - start, "a number must end before the letters; put quotes around a text");
  }
  Token token = Make(TokenKind::kInteger, start, end - start);
  token.magnitude = magnitude;
  token.is_negative = negative && magnitude != 0;
  return token;
}

Token Lexer::Number(std::size_t start) {
  std::size_t at = start;
  const bool negative = text_[at] == '-';
  if (negative || text_[at] == '+') ++at;
  const std::size_t digits = at;
  if (at + 2 < text_.size() && text_[at] == '0' && (text_[at + 1] == 'x' || text_[at + 1] == 'X') &&
      IsHexDigit(text_[at + 2])) {
    return Integer(start, at + 2, 16, negative);
  }
  while (at < text_.size() && IsDigit(text_[at])) ++at;
  const std::size_t whole = at - digits;
  std::size_t fraction = 0;
  bool is_real = false;
  if (at < text_.size() && text_[at] == '.') {
    ++at;
    is_real = true;
    while (at < text_.size() && IsDigit(text_[at])) {
      ++at;
      ++fraction;
    }
  }
  if (whole + fraction == 0)
    return Bad(start, at - start, "a sign must be followed by a number; there is no arithmetic");
  if (at < text_.size() && (text_[at] == 'e' || text_[at] == 'E')) {
    std::size_t exponent = at + 1;
    if (exponent < text_.size() && (text_[exponent] == '-' || text_[exponent] == '+')) ++exponent;
    if (exponent < text_.size() && IsDigit(text_[exponent])) {
      is_real = true;
      at = exponent;
      while (at < text_.size() && IsDigit(text_[at])) ++at;
    }
  }
  if (!is_real) return Integer(start, digits, 10, negative);
  double value = 0;
  const auto parsed = std::from_chars(text_.data() + digits, text_.data() + at, value);
  if (parsed.ec != std::errc()) return Bad(start, at - start, "the number is too large or too small for a real");
  if (at < text_.size() && IsNamePart(text_[at])) {
    return Bad(start, at + 1 - start, "a number must end before the letters; put quotes around a text");
  }
  Token token = Make(TokenKind::kReal, start, at - start);
  token.real = negative ? -value : value;
  return token;
}

Token Lexer::String(std::size_t start) {
  const char quote = text_[start];
  bool escapes = false;
  for (std::size_t at = start + 1; at < text_.size(); ++at) {
    const char c = text_[at];
    if (c == '\\' && at + 1 < text_.size()) {
      const char next = text_[at + 1];
      if (next == '\\' || next == '"' || next == '\'') {
        escapes = true;
        ++at;
      }
    } else if (c == quote) {
      Token token = Make(TokenKind::kString, start, at + 1 - start);
      token.text = text_.substr(start + 1, at - start - 1);
      token.has_escapes = escapes;
      return token;
    }
  }
  return Bad(start, text_.size() - start,
             "the string has no closing quote; a backslash before a quote makes it part of the string");
}

Token Lexer::Operator(std::size_t start) {
  const char c = text_[start];
  const char next = start + 1 < text_.size() ? text_[start + 1] : '\0';
  switch (c) {
    case ',':
      return Make(TokenKind::kComma, start, 1);
    case '.':
      return Make(TokenKind::kDot, start, 1);
    case '*':
      return Make(TokenKind::kStar, start, 1);
    case '(':
      return Make(TokenKind::kOpen, start, 1);
    case ')':
      return Make(TokenKind::kClose, start, 1);
    case '=':
      if (next == '=') return Bad(start, 2, "equality is written with one =");
      return Make(TokenKind::kEqual, start, 1);
    case '!':
      if (next == '=') return Make(TokenKind::kNotEqual, start, 2);
      return Bad(start, 1, "write NOT, or != for a comparison");
    case '<':
      if (next == '>') return Make(TokenKind::kNotEqual, start, 2);
      if (next == '=') return Make(TokenKind::kLessOrEqual, start, 2);
      return Make(TokenKind::kLess, start, 1);
    case '>':
      if (next == '=') return Make(TokenKind::kGreaterOrEqual, start, 2);
      return Make(TokenKind::kGreater, start, 1);
    case ';':
      return Bad(start, 1, "a query is one statement without a semicolon");
    case '&':
    case '|':
      return Bad(start, 1, "conditions are joined with the words AND and OR");
    default:
      return Bad(start, 1, "this character has no meaning in WQL outside a string");
  }
}

std::string Unescape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      const char next = text[at + 1];
      if (next == '\\' || next == '"' || next == '\'') ++at;
    }
    out.push_back(text[at]);
  }
  return out;
}

bool ReadInteger(std::string_view text, WrittenInteger& out) {
  Lexer lexer(text);
  const Token token = lexer.Next();
  if (token.kind != TokenKind::kInteger || token.length != text.size()) return false;
  out = {token.is_negative, token.magnitude};
  return true;
}

bool ReadReal(std::string_view text, double& out) {
  Lexer lexer(text);
  const Token token = lexer.Next();
  if (token.length != text.size()) return false;
  if (token.kind == TokenKind::kReal) {
    out = token.real;
    return true;
  }
  if (token.kind != TokenKind::kInteger) return false;
  out = static_cast<double>(token.magnitude);
  if (token.is_negative) out = -out;
  return true;
}

}  // namespace wmi::wql
