// The lexer of WQL: query text to tokens (contract 7.1). First stage; knows no grammar.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace wmi::wql {

enum class TokenKind : std::uint8_t {
  kEnd,
  kName,  // keywords too; the parser tells them apart by their place
  kString,
  kInteger,  // decimal or hexadecimal, fits 64 bits with its sign
  kReal,
  kComma,
  kDot,
  kStar,
  kOpen,
  kClose,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kPath,  // an object path in braces, which only NextPath gives; `text` is what is between them
  kBad,   // `problem` says why
};

// The words that the grammar knows. Where a name is expected only the structural ones (SELECT to FALSE) are refused.
enum class Keyword : std::uint8_t {
  kNone,
  kSelect,
  kFrom,
  kWhere,
  kAnd,
  kOr,
  kNot,
  kNull,
  kTrue,
  kFalse,
  kIs,
  kIsA,
  kLike,
  kAssociators,
  kReferences,
  kWithin,
  kGroup,
  kHaving,
  kBy,
  kOrder,
};

// A value; its views look into the query text.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  Keyword keyword = Keyword::kNone;  // of a kName
  bool is_negative = false;          // kInteger
  bool has_escapes = false;          // kString: `text` needs Unescape
  std::uint32_t offset = 0;          // of the first byte in the query
  std::uint32_t length = 0;          // in bytes, with quotes and sign
  std::string_view text;             // kString: what stands between the quotes; else the whole token
  std::uint64_t magnitude = 0;
  double real = 0;
  const char* problem = nullptr;  // kBad: what is wrong and how to mend it
};

// A cursor over a query. The text outlives the lexer and the tokens. Not thread-safe.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  // The next token; kEnd for ever at the end, kBad where no token can be read (then the lexer stays there).
  Token Next();
  // Where an object path is expected: the path in braces, or what Next gives. A brace inside quotes is a part of the
  // path.
  Token NextPath();

 private:
  Token Name(std::size_t start);
  Token Number(std::size_t start);
  Token Integer(std::size_t start, std::size_t digits, int base, bool negative);
  Token String(std::size_t start);
  Token Operator(std::size_t start);
  Token Make(TokenKind kind, std::size_t start, std::size_t length);
  Token Bad(std::size_t start, std::size_t length, const char* problem);

  std::string_view text_;
  std::size_t position_ = 0;
};

// The text that a string token with escapes stands for: \\ \" and \' lose their backslash, any other backslash is
// itself (so that it can stand in a LIKE pattern, contract 7.1).
std::string Unescape(std::string_view text);

// Whether a name is `keyword` (given in capitals), without case.
inline bool IsKeyword(std::string_view name, std::string_view keyword) {
  if (name.size() != keyword.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if ((c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c) != keyword[i]) return false;
  }
  return true;
}

// An integer written as in a query (sign, decimal or 0x), the whole text being the number.
struct WrittenInteger {
  bool is_negative = false;
  std::uint64_t magnitude = 0;
};
bool ReadInteger(std::string_view text, WrittenInteger& out);
// A real or an integer, the whole text being the number.
bool ReadReal(std::string_view text, double& out);

}  // namespace wmi::wql
