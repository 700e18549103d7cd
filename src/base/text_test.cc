#include "base/text.h"

#include <gtest/gtest.h>

#include <cwchar>
#include <random>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace wmi {
namespace {

int Sign(int value) { return (value > 0) - (value < 0); }

TEST(Utf8, WellFormedTextGoesToWideAndBack) {
  const std::vector<std::pair<std::string, std::wstring>> cases = {
      {"", L""},
      {"Win32_Process", L"Win32_Process"},
      {"a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z", L"a\u00E4\u20AC\U0001F600z"},
      {"\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF",
       L"\x7F\x80\x7FF\x800\xFFFF\x10000\x10FFFF"},
      {std::string("a\0b", 3), std::wstring(L"a\0b", 3)},
  };
  for (const auto& [utf8, wide] : cases) {
    EXPECT_TRUE(IsUtf8(utf8)) << utf8;
    EXPECT_EQ(WideFromUtf8(utf8), wide) << utf8;
    EXPECT_EQ(Utf8FromWide(wide), utf8);
    EXPECT_EQ(CharacterCount(utf8), wide.size()) << utf8;
    EXPECT_EQ(ToUtf8(utf8), utf8);
  }
}

TEST(Utf8, EveryCodePointSurvivesTheRoundTrip) {
  std::wstring all;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c < 0xD800 || c > 0xDFFF) all.push_back(static_cast<wchar_t>(c));
  }
  const std::string utf8 = Utf8FromWide(all);
  EXPECT_TRUE(IsUtf8(utf8));
  EXPECT_EQ(CharacterCount(utf8), all.size());
  EXPECT_TRUE(WideFromUtf8(utf8) == all);
}

TEST(Utf8, EachMalformedByteBecomesOneReplacementCharacter) {
  const std::vector<std::pair<std::string, std::wstring>> cases = {
      {"\x80", L"\xFFFD"},                                // continuation without a lead
      {"\xC3", L"\xFFFD"},                                // cut off
      {"\xE2\x82", L"\xFFFD\xFFFD"},                      // cut off
      {"\xE2\x82z", L"\xFFFD\xFFFDz"},                    // interrupted
      {"\xC0\xAF", L"\xFFFD\xFFFD"},                      // overlong in two bytes
      {"\xE0\x80\xAF", L"\xFFFD\xFFFD\xFFFD"},            // overlong in three
      {"\xF0\x80\x80\xAF", L"\xFFFD\xFFFD\xFFFD\xFFFD"},  // overlong in four
      {"\xED\xA0\x80", L"\xFFFD\xFFFD\xFFFD"},            // surrogate
      {"\xF4\x90\x80\x80", L"\xFFFD\xFFFD\xFFFD\xFFFD"},  // past U+10FFFF
      {"\xFF", L"\xFFFD"},
      {"ok\xFEok", L"ok\xFFFDok"},
      {"12345678\x80", L"12345678\xFFFD"},
  };
  for (const auto& [bytes, wide] : cases) {
    EXPECT_FALSE(IsUtf8(bytes));
    EXPECT_EQ(WideFromUtf8(bytes), wide);
    EXPECT_EQ(CharacterCount(bytes), wide.size());
    EXPECT_EQ(ToUtf8(bytes), Utf8FromWide(wide));
  }
}

TEST(Utf8, WideUnitsThatAreNoCharacterBecomeTheReplacement) {
  EXPECT_EQ(Utf8FromWide(L"a\xD800z"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(Utf8FromWide(std::wstring(1, static_cast<wchar_t>(0x110000))), "\xEF\xBF\xBD");
  EXPECT_EQ(Utf8FromWide(std::wstring(1, static_cast<wchar_t>(-1))), "\xEF\xBF\xBD");
}

TEST(Fold, FollowsTheSimpleFoldingOfUnicode) {
  const std::vector<std::pair<char32_t, char32_t>> cases = {
      {'A', 'a'},       {'Z', 'z'},       {'@', '@'},         {'[', '['},         {'0', '0'},
      {0xC4, 0xE4},     {0xD7, 0xD7},     {0xB5, 0x3BC},      {0xDF, 0xDF},       {0x1E9E, 0xDF},
      {0x100, 0x101},   {0x101, 0x101},   {0x130, 0x130},     {0x178, 0xFF},      {0x17F, 's'},
      {0x212A, 'k'},    {0x3A3, 0x3C3},   {0x3C2, 0x3C3},     {0x416, 0x436},     {0x1F88, 0x1F80},
      {0x13A0, 0x13A0}, {0xAB70, 0x13A0}, {0x10400, 0x10428}, {0x1E900, 0x1E922}, {0x4E00, 0x4E00},
  };
  for (const auto& [character, folded] : cases) {
    EXPECT_EQ(FoldCharacter(character), folded) << std::hex << static_cast<std::uint32_t>(character);
  }
}

TEST(Fold, IsIdempotentForEveryCodePoint) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    ASSERT_EQ(FoldCharacter(FoldCharacter(c)), FoldCharacter(c)) << std::hex << static_cast<std::uint32_t>(c);
  }
}

TEST(Fold, TextsThatDifferInCaseAreEqualWhateverTheirLengthInBytes) {
  const std::vector<std::pair<std::string, std::string>> equal = {
      {"", ""},
      {"Win32_OperatingSystem", "WIN32_operatingsystem"},
      {"\u00C4pfel", "\u00E4PFEL"},
      {"\u212Aelvin", "kelvin"},                    // three bytes fold to one
      {"Clas\u017F_Of_Things", "CLASS_of_things"},  // two bytes fold to one
      {"12345678\u212A", "12345678k"},
      {"\xFF", "\xFE"},  // both are the replacement character
  };
  for (const auto& [a, b] : equal) {
    EXPECT_TRUE(EqualFolded(a, b)) << a;
    EXPECT_TRUE(EqualFolded(b, a)) << a;
    EXPECT_EQ(CompareFolded(a, b), 0) << a;
    EXPECT_EQ(HashFolded(a), HashFolded(b)) << a;
    EXPECT_EQ(Fold(a), Fold(b));
  }
}

TEST(Fold, DifferentTextsAreToldApart) {
  const std::vector<std::pair<std::string, std::string>> less = {
      {"", "a"},
      {"a", "ab"},
      {"Name", "Name1"},
      {"12345678", "123456789"},
      {"A", "b"},
      {"a", "B"},
      {"@", "`"},
      {"[", "{"},
      {"a", "\u00E4"},
      {"_", "A"},
      {"12345678a", "12345678B"},
      {"abcdefgX12345678", "abcdefgY02345678"},
      {"k", "\u212Ak"},
  };
  for (const auto& [a, b] : less) {
    EXPECT_FALSE(EqualFolded(a, b)) << a << " " << b;
    EXPECT_FALSE(EqualFolded(b, a)) << a << " " << b;
    EXPECT_LT(CompareFolded(a, b), 0) << a << " " << b;
    EXPECT_GT(CompareFolded(b, a), 0) << a << " " << b;
    EXPECT_NE(HashFolded(a), HashFolded(b)) << a << " " << b;
  }
}

// The fast paths against the definition: fold both, then compare the folded bytes.
TEST(Fold, FastPathsAgreeWithTheDefinitionOnRandomTexts) {
  const std::uint32_t seed = 20240229;
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const std::vector<std::string> alphabet = {"a", "A",      "z", "Z",      "@",      "[",      "`",    "{",    "k",
                                             "K", "\u212A", "s", "\u017F", "\u00C4", "\u00E4", "\xFF", "\xC3", "0"};
  const auto text = [&](std::size_t length) {
    // Mostly ASCII, so that the word loops run before something else turns up.
    std::string result;
    for (std::size_t i = 0; i < length; ++i) result += alphabet[random() % (random() % 8 == 0 ? alphabet.size() : 4)];
    return result;
  };
  int equal = 0;
  for (int round = 0; round < 20000; ++round) {
    const std::string common = text(random() % 20);
    const std::string a = common + text(random() % 3);
    const std::string b = Fold(common) + text(random() % 3);
    const int expected = Sign(Fold(a).compare(Fold(b)));
    equal += expected == 0;
    ASSERT_EQ(EqualFolded(a, b), expected == 0) << a << " " << b;
    ASSERT_EQ(CompareFolded(a, b), expected) << a << " " << b;
    ASSERT_EQ(HashFolded(a), HashFolded(Fold(a))) << a;
  }
  EXPECT_GT(equal, 1000);
}

TEST(Fold, HashSpreadsNamesThatDifferInOneCharacter) {
  std::unordered_map<std::size_t, int> low_bits;
  for (int i = 0; i < 4096; ++i) ++low_bits[HashFolded("Property" + std::to_string(i)) % 4096];
  // An even spread leaves about 63 % of the buckets in use.
  EXPECT_GT(low_bits.size(), 2300u);
}

TEST(Fold, ContainersKeyedByNameFindEveryCasing) {
  std::unordered_map<std::string, int, FoldedHash, FoldedEqual> names;
  names.emplace("Handle", 1);
  EXPECT_EQ(names.count("Handle"), 1u);
  EXPECT_NE(names.find(std::string_view("HANDLE")), names.end());
  EXPECT_EQ(names.find(std::string_view("Handles")), names.end());
}

}  // namespace
}  // namespace wmi
