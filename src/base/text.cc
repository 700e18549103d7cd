#include "base/text.h"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace wmi {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr std::size_t kWordBytes = sizeof(std::uint64_t);
constexpr std::uint64_t kHighBits = 0x8080808080808080;

struct FoldRange {
  char32_t first;
  char32_t last;
  char32_t stride;
  std::int32_t delta;
};

constexpr FoldRange kFoldRanges[] = {
#include "base/case_folding.inc"
};

constexpr std::uint64_t Repeat(unsigned char byte) { return 0x0101010101010101 * std::uint64_t{byte}; }

std::uint64_t LoadWord(const char* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, kWordBytes);
  return word;
}

// The last `size` < 8 bytes of a text in the low bytes of a word, zero above, read without a loop.
std::uint64_t LoadTail(const char* bytes, std::size_t size) {
  if (size >= 4) {
    std::uint32_t low;
    std::uint32_t high;
    std::memcpy(&low, bytes, 4);
    std::memcpy(&high, bytes + size - 4, 4);
    return std::uint64_t{low} | std::uint64_t{high} << (8 * (size - 4));
  }
  if (size == 0) return 0;
  auto byte = [&](std::size_t at) { return std::uint64_t{static_cast<unsigned char>(bytes[at])} << (8 * at); };
  return byte(0) | byte(size / 2) | byte(size - 1);
}

// Lower case of the ASCII letters among eight bytes; bytes from 0x80 up stay.
std::uint64_t LowerWord(std::uint64_t word) {
  const std::uint64_t low7 = word & ~kHighBits;
  const std::uint64_t from_a = low7 + Repeat(0x80 - 'A');
  const std::uint64_t past_z = low7 + Repeat(0x80 - 'Z' - 1);
  const std::uint64_t upper = (from_a & ~past_z & ~word) & kHighBits;
  return word | (upper >> 2);
}

bool IsContinuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

struct Decoded {
  char32_t character;
  std::size_t size;  // bytes used, at least 1
  bool well_formed;
};

// The character at the start of a text that is not empty. Overlong forms, surrogates and values past U+10FFFF are
// malformed, and a malformed sequence uses up one byte, so that every one of its bytes counts as one character.
Decoded Decode(std::string_view text) {
  constexpr Decoded kMalformed{kReplacement, 1, false};
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return kMalformed;
  char32_t character = lead & (0x7Fu >> size);
  for (std::size_t at = 1; at < size; ++at) {
    if (!IsContinuation(byte(at))) return kMalformed;
    character = character << 6 | (byte(at) & 0x3Fu);
  }
  constexpr char32_t kLeastOfSize[] = {0, 0, 0x80, 0x800, 0x10000};
  if (character < kLeastOfSize[size] || character > 0x10FFFF) return kMalformed;
  if (character >= 0xD800 && character <= 0xDFFF) return kMalformed;
  return {character, size, true};
}

void Append(std::string& text, char32_t character) {
  const auto put = [&](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (character < 0x80) {
    put(character);
  } else if (character < 0x800) {
    put(0xC0 | character >> 6);
    put(0x80 | (character & 0x3F));
  } else if (character < 0x10000) {
    put(0xE0 | character >> 12);
    put(0x80 | (character >> 6 & 0x3F));
    put(0x80 | (character & 0x3F));
  } else {
    put(0xF0 | character >> 18);
    put(0x80 | (character >> 12 & 0x3F));
    put(0x80 | (character >> 6 & 0x3F));
    put(0x80 | (character & 0x3F));
  }
}

std::size_t AsciiPrefix(std::string_view text) {
  std::size_t at = 0;
  while (at + kWordBytes <= text.size() && (LoadWord(text.data() + at) & kHighBits) == 0) at += kWordBytes;
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

// Calls visit(Decoded) for each character of the text.
template <typename Visit>
void ForEachCharacter(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const Decoded decoded = Decode(text);
    visit(decoded);
    text.remove_prefix(decoded.size);
  }
}

char32_t NextFolded(std::string_view& text) {
  const Decoded decoded = Decode(text);
  text.remove_prefix(decoded.size);
  return FoldCharacter(decoded.character);
}

int CompareFoldedSlowly(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const char32_t x = NextFolded(a);
    const char32_t y = NextFolded(b);
    if (x != y) return x < y ? -1 : 1;
  }
  if (a.empty() && b.empty()) return 0;
  return a.empty() ? -1 : 1;
}

std::uint64_t Mix(std::uint64_t hash, std::uint64_t word) {
  const auto product = static_cast<unsigned __int128>(hash ^ word) * 0x9E3779B97F4A7C15u;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Hash of a text whose ASCII letters are taken as lower case; `high_bits` collects whether there was a byte past ASCII.
std::uint64_t HashLower(std::string_view text, std::uint64_t& high_bits) {
  const char* bytes = text.data();
  std::size_t left = text.size();
  std::uint64_t hash = 0x243F6A8885A308D3 ^ left;
  for (; left >= kWordBytes; bytes += kWordBytes, left -= kWordBytes) {
    const std::uint64_t word = LoadWord(bytes);
    high_bits |= word;
    hash = Mix(hash, LowerWord(word));
  }
  const std::uint64_t tail = LoadTail(bytes, left);
  high_bits |= tail;
  return Mix(hash, LowerWord(tail));
}

}  // namespace

std::wstring WideFromUtf8(std::string_view text) {
  const std::size_t ascii = AsciiPrefix(text);
  std::wstring wide(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(ascii));
  wide.reserve(text.size());
  ForEachCharacter(text.substr(ascii),
                   [&](Decoded decoded) { wide.push_back(static_cast<wchar_t>(decoded.character)); });
  return wide;
}

std::string Utf8FromWide(std::wstring_view text) {
  std::string utf8;
  utf8.reserve(text.size());
  for (wchar_t unit : text) {
    const auto character = static_cast<char32_t>(unit);
    const bool exists = character <= 0x10FFFF && (character < 0xD800 || character > 0xDFFF);
    Append(utf8, exists ? character : kReplacement);
  }
  return utf8;
}

bool IsUtf8(std::string_view text) {
  text.remove_prefix(AsciiPrefix(text));
  while (!text.empty()) {
    const Decoded decoded = Decode(text);
    if (!decoded.well_formed) return false;
    text.remove_prefix(decoded.size);
  }
  return true;
}

std::string ToUtf8(std::string_view text) {
  if (IsUtf8(text)) return std::string(text);
  std::string utf8;
  utf8.reserve(text.size());
  ForEachCharacter(text, [&](Decoded decoded) { Append(utf8, decoded.character); });
  return utf8;
}

std::size_t CharacterCount(std::string_view utf8) {
  std::size_t count = AsciiPrefix(utf8);
  ForEachCharacter(utf8.substr(count), [&](Decoded) { ++count; });
  return count;
}

char32_t FoldCharacter(char32_t character) {
  if (character < 0x80) return character >= 'A' && character <= 'Z' ? character + ('a' - 'A') : character;
  const auto* range = std::lower_bound(std::begin(kFoldRanges), std::end(kFoldRanges), character,
                                       [](const FoldRange& row, char32_t wanted) { return row.last < wanted; });
  if (range == std::end(kFoldRanges) || character < range->first) return character;
  if ((character - range->first) % range->stride != 0) return character;
  return static_cast<char32_t>(static_cast<std::int32_t>(character) + range->delta);
}

std::string Fold(std::string_view utf8) {
  std::string folded;
  folded.reserve(utf8.size());
  ForEachCharacter(utf8, [&](Decoded decoded) { Append(folded, FoldCharacter(decoded.character)); });
  return folded;
}

bool EqualFolded(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  std::size_t at = 0;
  for (; at + kWordBytes <= common; at += kWordBytes) {
    const std::uint64_t x = LoadWord(a.data() + at);
    const std::uint64_t y = LoadWord(b.data() + at);
    if (((x | y) & kHighBits) != 0) return CompareFoldedSlowly(a.substr(at), b.substr(at)) == 0;
    if (LowerWord(x) != LowerWord(y)) return false;
  }
  const std::uint64_t x = LoadTail(a.data() + at, common - at);
  const std::uint64_t y = LoadTail(b.data() + at, common - at);
  // A character past ASCII may fold to one of another length, so sizes say nothing until it is decoded.
  if (((x | y) & kHighBits) != 0) return CompareFoldedSlowly(a.substr(at), b.substr(at)) == 0;
  return a.size() == b.size() && LowerWord(x) == LowerWord(y);
}

int CompareFolded(std::string_view a, std::string_view b) {
  const std::size_t common = std::min(a.size(), b.size());
  std::size_t at = 0;
  for (; at + kWordBytes <= common; at += kWordBytes) {
    const std::uint64_t x = LoadWord(a.data() + at);
    const std::uint64_t y = LoadWord(b.data() + at);
    if (((x | y) & kHighBits) != 0 || LowerWord(x) != LowerWord(y)) break;
  }
  return CompareFoldedSlowly(a.substr(at), b.substr(at));
}

std::size_t HashFolded(std::string_view text) {
  std::uint64_t high_bits = 0;
  const std::uint64_t hash = HashLower(text, high_bits);
  if ((high_bits & kHighBits) == 0) [[likely]]
    return static_cast<std::size_t>(hash);
  return static_cast<std::size_t>(HashLower(Fold(text), high_bits));
}

}  // namespace wmi
