// Text: UTF-8 inside, wchar_t (32 bit) at the COM surface, names compared without case (architecture, decision 4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace wmi {

// Conversions never fail: a byte sequence that is not UTF-8 and a code point that cannot exist become U+FFFD.
std::wstring WideFromUtf8(std::string_view text);
std::string Utf8FromWide(std::wstring_view text);
// True when every byte belongs to a well-formed UTF-8 sequence.
bool IsUtf8(std::string_view text);
// The text with every malformed sequence replaced by U+FFFD; what /proc gives is not always UTF-8.
std::string ToUtf8(std::string_view text);
// Number of code points; malformed bytes count one each.
std::size_t CharacterCount(std::string_view utf8);

// Simple case folding (Unicode CaseFolding status C and S) of one code point, and of a text.
char32_t FoldCharacter(char32_t character);
std::string Fold(std::string_view utf8);
// As comparing the folded texts: equality, order (<0, 0, >0) and hash. ASCII takes a fast path.
bool EqualFolded(std::string_view a, std::string_view b);
int CompareFolded(std::string_view a, std::string_view b);
std::size_t HashFolded(std::string_view text);

// For unordered containers keyed by a name; look-up by string_view needs no copy.
struct FoldedHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return HashFolded(text); }
};
struct FoldedEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return EqualFolded(a, b); }
};

}  // namespace wmi
