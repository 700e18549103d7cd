#include "wql/lexer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wmi::wql {
namespace {

std::vector<Token> Lex(std::string_view text) {
  Lexer lexer(text);
  std::vector<Token> tokens;
  while (true) {
    tokens.push_back(lexer.Next());
    if (tokens.back().kind == TokenKind::kEnd || tokens.back().kind == TokenKind::kBad) return tokens;
  }
}

TEST(Lexer, SplitsOperatorsWithoutBlanks) {
  std::vector<TokenKind> kinds;
  for (const Token& token : Lex("a<=1>=b<>c!=d<e>f=(*),.")) kinds.push_back(token.kind);
  using enum TokenKind;
  EXPECT_EQ(kinds, (std::vector{kName,     kLessOrEqual, kInteger, kGreaterOrEqual, kName,    kNotEqual, kName,
                                kNotEqual, kName,        kLess,    kName,           kGreater, kName,     kEqual,
                                kOpen,     kStar,        kClose,   kComma,          kDot,     kEnd}));
}

TEST(Lexer, ReadsIntegersToTheEndsOf64Bits) {
  EXPECT_EQ(Lex("18446744073709551615")[0].magnitude, 18446744073709551615U);
  EXPECT_EQ(Lex("0xffffffffffffffff")[0].magnitude, 18446744073709551615U);
  EXPECT_EQ(Lex("-9223372036854775808")[0].magnitude, 9223372036854775808U);
  EXPECT_TRUE(Lex("-9223372036854775808")[0].is_negative);
  EXPECT_EQ(Lex("18446744073709551616")[0].kind, TokenKind::kBad);
  EXPECT_EQ(Lex("0x10000000000000000")[0].kind, TokenKind::kBad);
  EXPECT_EQ(Lex("-9223372036854775809")[0].kind, TokenKind::kBad);
  EXPECT_FALSE(Lex("-0")[0].is_negative);
  EXPECT_EQ(Lex("007")[0].magnitude, 7U);
}

TEST(Lexer, ReadsReals) {
  EXPECT_EQ(Lex("1.5")[0].real, 1.5);
  EXPECT_EQ(Lex("-.5")[0].real, -0.5);
  EXPECT_EQ(Lex("+2.")[0].real, 2.0);
  EXPECT_EQ(Lex("1e3")[0].real, 1000.0);
  EXPECT_EQ(Lex("1E-2")[0].real, 0.01);
  EXPECT_EQ(Lex("1e400")[0].kind, TokenKind::kBad);
  EXPECT_EQ(Lex("1e")[0].kind, TokenKind::kBad);
  EXPECT_EQ(Lex("-")[0].kind, TokenKind::kBad);
  EXPECT_EQ(Lex("-.")[0].kind, TokenKind::kBad);
  EXPECT_EQ(Lex("0x")[0].kind, TokenKind::kBad);
}

TEST(Lexer, EscapesLoseTheirBackslashAndOtherBackslashesStay) {
  EXPECT_EQ(Unescape(R"(a\\b\"c\'d)"), R"(a\b"c'd)");
  EXPECT_EQ(Unescape(R"(C:\temp\)"), R"(C:\temp\)");
  EXPECT_EQ(Lex(R"("a\"b" x)")[0].text, R"(a\"b)");
  EXPECT_TRUE(Lex(R"("a\"b")")[0].has_escapes);
  EXPECT_FALSE(Lex(R"("a\b")")[0].has_escapes);
  EXPECT_EQ(Lex(R"('it is "quoted"')")[0].text, R"(it is "quoted")");
  EXPECT_EQ(Lex(R"("\\")")[0].kind, TokenKind::kString);
  EXPECT_EQ(Lex(R"("\")")[0].kind, TokenKind::kBad);
}

TEST(Lexer, NamesMayGoBeyondAscii) {
  EXPECT_EQ(Lex("Größe=1")[0].text, "Größe");
  EXPECT_EQ(Lex("__CLASS")[0].text, "__CLASS");
}

TEST(Lexer, BadInputKeepsItsPlaceAndEndsTheStream) {
  Lexer lexer("a #");
  lexer.Next();
  const Token first = lexer.Next();
  const Token second = lexer.Next();
  EXPECT_EQ(first.kind, TokenKind::kBad);
  EXPECT_EQ(first.offset, 2U);
  EXPECT_NE(first.problem, nullptr);
  EXPECT_EQ(second.kind, TokenKind::kBad);
  EXPECT_EQ(Lex(std::string("a\0b", 3))[1].kind, TokenKind::kBad);
}

TEST(Lexer, ReadsWholeTextsAsNumbers) {
  WrittenInteger integer;
  EXPECT_TRUE(ReadInteger("-12", integer));
  EXPECT_TRUE(integer.is_negative);
  EXPECT_EQ(integer.magnitude, 12U);
  for (const char* text : {"", "12 ", " 12", "1.0", "x", "12,", "1 2"})
    EXPECT_FALSE(ReadInteger(text, integer)) << text;
  double real = 0;
  EXPECT_TRUE(ReadReal("-2", real));
  EXPECT_EQ(real, -2.0);
  for (const char* text : {"", "1.5 ", "x", "NULL"}) EXPECT_FALSE(ReadReal(text, real)) << text;
}

}  // namespace
}  // namespace wmi::wql
