#include "wql/like.h"

#include <gtest/gtest.h>

#include <string>

namespace wmi::wql {
namespace {

bool Like(std::string_view text, std::string_view pattern) {
  const auto compiled = LikePattern::Compile(pattern);
  EXPECT_TRUE(compiled.ok()) << pattern;
  return compiled.ok() && compiled.value().Matches(text);
}

TEST(Like, MatchesTheWholeValue) {
  EXPECT_TRUE(Like("abc", "abc"));
  EXPECT_FALSE(Like("abcd", "abc"));
  EXPECT_FALSE(Like("xabc", "abc"));
  EXPECT_TRUE(Like("", ""));
  EXPECT_FALSE(Like("a", ""));
  EXPECT_FALSE(Like("", "_"));
}

TEST(Like, PercentIsAnyRun) {
  EXPECT_TRUE(Like("", "%"));
  EXPECT_TRUE(Like("abc", "%%%"));
  EXPECT_TRUE(Like("abc", "%c"));
  EXPECT_TRUE(Like("aXbXc", "a%x%C"));
  EXPECT_TRUE(Like("aab", "%ab"));
  EXPECT_TRUE(Like("ababac", "%abac%"));
  EXPECT_FALSE(Like("ababa", "%abac%"));
}

TEST(Like, UnderscoreIsOneCharacterNotOneByte) {
  EXPECT_TRUE(Like("ä", "_"));
  EXPECT_TRUE(Like("€x", "_x"));
  EXPECT_TRUE(Like("😀", "_"));
  EXPECT_FALSE(Like("😀", "__"));
  EXPECT_TRUE(Like("xä😀y", "%__y"));
}

TEST(Like, SetsAndTheirComplements) {
  EXPECT_TRUE(Like("d", "[a-f]"));
  EXPECT_TRUE(Like("D", "[a-f]"));
  EXPECT_TRUE(Like("d", "[A-F]"));
  EXPECT_FALSE(Like("g", "[a-f]"));
  EXPECT_TRUE(Like("g", "[^a-f]"));
  EXPECT_FALSE(Like("D", "[^a-f]"));
  EXPECT_TRUE(Like("7", "[abc0-9]"));
  EXPECT_TRUE(Like("-", "[a-]"));
  EXPECT_TRUE(Like("-", "[-a]"));
  EXPECT_TRUE(Like("^", "[a^]"));
  EXPECT_TRUE(Like("ö", "[À-ÿ]"));
  EXPECT_FALSE(Like("b", "[c-a]"));
}

TEST(Like, BracketsMakeSpecialCharactersPlain) {
  EXPECT_TRUE(Like("100%", "%[%]"));
  EXPECT_FALSE(Like("100x", "%[%]"));
  EXPECT_TRUE(Like("a_b", "a[_]b"));
  EXPECT_FALSE(Like("axb", "a[_]b"));
  EXPECT_TRUE(Like("a[b", "a[[]b"));
  EXPECT_TRUE(Like("a]b", "a]b"));
}

TEST(Like, FoldsBeyondAscii) {
  EXPECT_TRUE(Like("ÄÖÜ", "äöü"));
  EXPECT_TRUE(Like("ΩMEGA", "ω%"));
}

TEST(Like, MalformedTextCountsEachByteAsACharacter) {
  EXPECT_TRUE(Like("\xff\xfe", "__"));
  EXPECT_TRUE(Like("a\xc3", "a_"));
  EXPECT_FALSE(Like("\xe2\x82", "_"));
}

TEST(Like, RefusesUnfinishedSets) {
  for (const char* pattern : {"[", "a[b", "[]", "[^]", "%[^"})
    EXPECT_FALSE(LikePattern::Compile(pattern).ok()) << pattern;
}

TEST(Like, ManyRunsDoNotExplode) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "%a";
  EXPECT_FALSE(Like(std::string(5'000, 'a') + "b", pattern + "c"));
  EXPECT_TRUE(Like(std::string(5'000, 'a'), pattern));
}

}  // namespace
}  // namespace wmi::wql
