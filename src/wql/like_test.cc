#include "wql/like.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"

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

std::string Repeat(const std::string& piece, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

// Texts and patterns that a matcher which tries again would take a product, or a power, of their lengths for.
TEST(Like, StepsAreBoundedByTheTextAndTheWordsOfThePattern) {
  struct Hard {
    std::string text;
    std::string pattern;
    bool matches;
  };
  constexpr std::size_t kLong = 8'000;
  const std::string as(kLong, 'a');
  const std::vector<Hard> all{
      {as + "b", Repeat("%a", 200) + "c", false},
      {as, Repeat("%a", 200), true},
      {as, "%" + std::string(6'000, 'a') + "b%", false},
      {as, "%" + Repeat("a_", 3'000) + "b%", false},
      {as, "%" + Repeat("[^b]", 3'000) + "b%", false},
      {as + "b", "%" + Repeat("[^b]", 3'000) + "b%", true},
      {as, "%" + Repeat("_", 6'000) + "%" + Repeat("_", 6'000) + "b%", false},
      {Repeat("ab", kLong / 2), "%" + Repeat("ab", 2'000) + "b%", false},
      {as, Repeat("_%", 5'000) + "b%", false},
      {as, "%b", false},
      {Repeat("\xc3\xa4", kLong), "%" + Repeat("\xc3\x84", 2'000) + "_b%", false},
      {Repeat("\xe2\x82", kLong), "%" + Repeat("_", 2'000) + "b%", false},
  };
  for (const Hard& hard : all) {
    SCOPED_TRACE(hard.pattern.substr(0, 20));
    const auto pattern = LikePattern::Compile(hard.pattern);
    ASSERT_TRUE(pattern.ok());
    std::size_t steps = 0;
    EXPECT_EQ(pattern->Matches(hard.text, steps), hard.matches);
    EXPECT_LE(steps, hard.text.size() * (1 + hard.pattern.size() / 64));
    EXPECT_GT(steps, 0U);
  }
}

// A stretch of 64 elements fills a word, so what is longer is carried from word to word.
TEST(Like, LongStretchesAreFoundWhereTheyAre) {
  for (const std::size_t length : {1U, 2U, 63U, 64U, 65U, 127U, 128U, 129U, 300U}) {
    SCOPED_TRACE(length);
    std::string needle;
    for (std::size_t i = 0; i < length; ++i) needle += static_cast<char>('a' + i * i % 26);
    const std::string almost = needle.substr(0, length - 1) + "-";
    EXPECT_TRUE(Like(needle, "%" + needle + "%"));
    EXPECT_TRUE(Like(almost + needle.substr(0, length - 1) + needle + almost, "%" + needle + "%"));
    EXPECT_FALSE(Like(almost + almost, "%" + needle + "%"));
    EXPECT_FALSE(Like(needle + needle.substr(1), "%" + needle + "%" + needle + "%"));
    EXPECT_TRUE(Like(needle + needle, "%" + needle + "%" + needle + "%"));
    EXPECT_TRUE(Like(needle + needle, needle + "%" + needle));
    EXPECT_FALSE(Like(needle + needle.substr(1), needle + "%" + needle));
  }
}

TEST(Like, StretchesDoNotShareCharacters) {
  EXPECT_FALSE(Like("a", "a%a"));
  EXPECT_TRUE(Like("aa", "a%a"));
  EXPECT_FALSE(Like("aa", "a%a%a"));
  EXPECT_FALSE(Like("ab", "a%b%b"));
  EXPECT_FALSE(Like("\xc3\xa4", "_%_"));
}

TEST(Like, SetsOverAsciiAndTheRest) {
  EXPECT_TRUE(Like("x\xc3\xa4y", "%[z\xc3\xa0-\xc3\xa5]y%"));
  EXPECT_TRUE(Like("-~\xc3\xa4-", "%[!-\xc3\xbf][!-\xc3\xbf]-%"));
  EXPECT_FALSE(Like("-\xc3\xa4-", "%[^!-\xc3\xbf]%"));
  EXPECT_TRUE(Like("-\xf0\x9f\x98\x80-", "%[^!-\xc3\xbf]%"));
  EXPECT_TRUE(Like("abc", "%[a-ca-cb]c%"));
  EXPECT_FALSE(Like("b", "%[c-a]%"));
  EXPECT_TRUE(Like("b", "%[^c-a]%"));
}

TEST(Like, ThePatternHasTheLimitOfAQuery) {
  EXPECT_TRUE(Like(std::string(limits::kQueryLengthMax, 'x'), std::string(limits::kQueryLengthMax, '_')));
  EXPECT_TRUE(Like(std::string(limits::kQueryLengthMax, 'x'), "%" + std::string(limits::kQueryLengthMax, '_') + "%"));
  const auto past = LikePattern::Compile(std::string(limits::kQueryLengthMax + 1, '_'));
  ASSERT_FALSE(past.ok());
  EXPECT_EQ(past.status().code(), code::kQuotaViolation);
  EXPECT_NE(past.status().Message().find(std::to_string(limits::kQueryLengthMax)), std::string::npos);
}

// The definition, word by word: the pattern has been taken apart into what one character may be, 0 for a run.
bool NaiveMatch(const std::vector<std::u32string>& pattern, std::size_t at, const std::u32string& text,
                std::size_t from) {
  if (at == pattern.size()) return from == text.size();
  if (pattern[at].empty()) {
    for (std::size_t i = from; i <= text.size(); ++i) {
      if (NaiveMatch(pattern, at + 1, text, i)) return true;
    }
    return false;
  }
  return from < text.size() && pattern[at].find(text[from]) != std::u32string::npos &&
         NaiveMatch(pattern, at + 1, text, from + 1);
}

// All patterns of up to five elements against all texts of up to five characters, with one beyond ASCII.
TEST(Like, EverySmallPatternMatchesWhatItsDefinitionSays) {
  const std::u32string letters = U"ab\u00e4";
  const std::vector<std::string> spelled{"a", "B", "\xc3\x84"};
  const std::vector<std::pair<std::string, std::u32string>> pieces{
      {"%", U""}, {"a", U"a"}, {"_", letters}, {"[b\xc3\xa4]", U"b\u00e4"}, {"[^a]", U"b\u00e4"}};
  std::vector<std::pair<std::string, std::u32string>> texts{{"", U""}};
  for (std::size_t i = 0; i < texts.size() && texts[i].second.size() < 3; ++i) {
    for (std::size_t k = 0; k < letters.size(); ++k) {
      texts.emplace_back(texts[i].first + spelled[k], texts[i].second + letters[k]);
    }
  }
  std::vector<std::pair<std::string, std::vector<std::u32string>>> patterns{{"", {}}};
  std::size_t matches = 0;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const auto compiled = LikePattern::Compile(patterns[i].first);
    ASSERT_TRUE(compiled.ok()) << patterns[i].first;
    for (const auto& [text, characters] : texts) {
      const bool expected = NaiveMatch(patterns[i].second, 0, characters, 0);
      ASSERT_EQ(compiled->Matches(text), expected) << "'" << text << "' LIKE '" << patterns[i].first << "'";
      matches += expected ? 1 : 0;
    }
    if (patterns[i].second.size() == 5) continue;
    for (const auto& [piece, accepted] : pieces) {
      patterns.emplace_back(patterns[i].first + piece, patterns[i].second);
      patterns.back().second.push_back(accepted);
    }
  }
  EXPECT_EQ(patterns.size(), 3906U);
  EXPECT_GT(matches, 5'000U);
}

}  // namespace
}  // namespace wmi::wql
