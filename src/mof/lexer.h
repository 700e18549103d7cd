// Lexer: MOF text to tokens (contract 8.7; DSP0004 annex A). Comments and white space vanish here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/status.h"
#include "mof/diagnostics.h"

namespace wmi::mof {

// The bytes of a file as UTF-8: UTF-16 with a byte-order mark, UTF-8 with or without one, or else Latin-1.
// kMofInvalidFile when the file is larger than `bytes_max`, or UTF-16 with half a character at its end.
Result<std::string> DecodeSource(std::string bytes, std::size_t bytes_max = limits::kMofFileBytesMax);

enum class TokenKind : std::uint8_t {
  kEnd,
  kIdentifier,  // names and keywords
  kText,        // one string literal, quotes included
  kCharacter,   // 'c'
  kInteger,
  kReal,
  kAlias,        // $Name
  kPunctuation,  // one character: { } [ ] ( ) ; : , = #
  kBad,          // an error that has been reported already
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  char punctuation = '\0';
  bool is_negative = false;  // integer
  bool has_escapes = false;  // text
  Offset offset = 0;
  Offset size = 0;
  std::uint64_t magnitude = 0;  // integer without its sign, or code unit of a character
  double real = 0;
};

// Not thread-safe; both arguments must outlive it.
class Lexer {
 public:
  Lexer(std::string_view text, Diagnostics& diagnostics) : text_(text), diagnostics_(diagnostics) {}

  // kEnd again and again at the end.
  Token Next();

  // The spelling in the text.
  std::string_view Spelling(const Token& token) const { return text_.substr(token.offset, token.size); }
  // Whether the token after the one that Next returned last is this sign. Reports nothing.
  bool IsFollowedBy(char punctuation) const;
  // The content of a string literal without escapes.
  std::string_view PlainText(const Token& token) const { return text_.substr(token.offset + 1, token.size - 2); }
  // Appends the content of a string literal with its escapes replaced. False after reporting a wrong escape.
  bool AppendText(const Token& token, std::string& out);

 private:
  bool SkipBlanks();
  Token Make(TokenKind kind, std::size_t start) const;
  Token Bad(Code code, std::size_t at, std::string message);
  Token ReadQuoted();
  Token ReadCharacter();
  Token ReadNumber();
  Token ReadAlias();
  Token IntegerFrom(std::size_t start, std::string_view digits, int base);

  char Peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  std::string_view text_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
};

}  // namespace wmi::mof
