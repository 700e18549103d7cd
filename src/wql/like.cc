#include "wql/like.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/text.h"

namespace wmi::wql {

namespace {

constexpr char32_t kReplacement = 0xfffd;
constexpr char32_t kCharacterMax = 0x10ffff;

char32_t FoldFast(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  return FoldCharacter(c);
}

char32_t NextFolded(std::string_view text, std::size_t& at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) {
    ++at;
    return FoldFast(byte);
  }
  return FoldCharacter(NextCharacter(text, at));
}

// The character that ends at `at`, which moves before it. Splits a text where NextCharacter does: neither an ASCII byte
// nor the first byte of a longer character is ever inside another one.
char32_t PreviousCharacter(std::string_view text, std::size_t& at) {
  constexpr std::size_t kBytesMax = 4;
  for (std::size_t bytes = 1; bytes <= std::min(at, kBytesMax); ++bytes) {
    if ((static_cast<unsigned char>(text[at - bytes]) & 0xc0) == 0x80) continue;
    std::size_t end = at - bytes;
    const char32_t character = NextCharacter(text, end);
    if (end != at) break;
    at -= bytes;
    return character;
  }
  --at;
  return kReplacement;
}

}  // namespace

char32_t NextCharacter(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return lead;
  const std::size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  if (lead < 0xc2 || lead > 0xf4 || text.size() - at < more) return kReplacement;
  char32_t character = lead & (0x3fU >> more);
  for (std::size_t i = 0; i < more; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xc0) != 0x80) return kReplacement;
    character = character << 6 | (next & 0x3fU);
  }
  const bool is_overlong = (more == 2 && character < 0x800) || (more == 3 && character < 0x10000);
  if (is_overlong || character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff)) return kReplacement;
  at += more;
  return character;
}

// ---- compiling ------------------------------------------------------------------------------------------------------

Result<LikePattern> LikePattern::Compile(std::string_view pattern) {
  LikePattern like;
  std::size_t stretch_begin = 0;
  std::size_t at = 0;
  while (at < pattern.size()) {
    switch (pattern[at]) {
      case '%':
        ++at;
        like.EndStretch(stretch_begin);
        stretch_begin = like.elements_.size();
        continue;
      case '_':
        ++at;
        like.AddElement({{0, kCharacterMax}});
        break;
      case '[':
        TRY(like.AddSet(pattern, at));
        break;
      default: {
        const char32_t character = NextFolded(pattern, at);
        like.AddElement({{character, character}});
        break;
      }
    }
    if (like.elements_.size() > limits::kQueryLengthMax) {
      return Status(code::kQuotaViolation,
                    fmt::format("the pattern stands for more than {} characters", limits::kQueryLengthMax));
    }
  }
  (like.has_run_ ? like.tail_ : like.head_) = {stretch_begin, like.elements_.size()};
  return like;
}

Status LikePattern::AddSet(std::string_view pattern, std::size_t& at) {
  const std::size_t close = pattern.find(']', at + 1);
  if (close == std::string_view::npos) {
    return Status(code::kInvalidQuery, "the pattern has a [ without a ]; write [[] for the character itself");
  }
  ++at;
  const bool is_complement = pattern[at] == '^';
  if (is_complement) ++at;
  if (at == close) return Status(code::kInvalidQuery, "the pattern has an empty set; name characters between [ and ]");
  std::vector<Range> ranges;
  while (at < close) {
    const char32_t low = NextFolded(pattern, at);
    char32_t high = low;
    if (at + 1 < close && pattern[at] == '-') {
      ++at;
      high = NextFolded(pattern, at);
    }
    if (low <= high) ranges.push_back({low, high});
  }
  at = close + 1;
  ranges = Joined(std::move(ranges));
  AddElement(is_complement ? Complement(ranges) : std::move(ranges));
  return Status();
}

// In order, and joined where they touch.
std::vector<LikePattern::Range> LikePattern::Joined(std::vector<Range> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](Range a, Range b) { return a.low < b.low; });
  std::vector<Range> joined;
  for (const Range range : ranges) {
    if (!joined.empty() && range.low <= joined.back().high + 1) {
      joined.back().high = std::max(joined.back().high, range.high);
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

std::vector<LikePattern::Range> LikePattern::Complement(const std::vector<Range>& joined) {
  std::vector<Range> others;
  char32_t next = 0;
  for (const Range range : joined) {
    if (range.low > next) others.push_back({next, range.low - 1});
    next = range.high + 1;
  }
  if (next <= kCharacterMax) others.push_back({next, kCharacterMax});
  return others;
}

void LikePattern::AddElement(const std::vector<Range>& ranges) {
  elements_.push_back({static_cast<std::uint32_t>(ranges_.size()), static_cast<std::uint32_t>(ranges.size())});
  ranges_.insert(ranges_.end(), ranges.begin(), ranges.end());
}

// At a %.
void LikePattern::EndStretch(std::size_t begin) {
  const Stretch stretch{begin, elements_.size()};
  if (!has_run_) {
    head_ = stretch;
  } else if (stretch.begin != stretch.end) {
    AddSearch(stretch);
  }
  has_run_ = true;
}

void LikePattern::AddSearch(Stretch stretch) {
  Search search;
  search.first_block = blocks_.size();
  for (std::size_t begin = stretch.begin; begin < stretch.end; begin += kBlockElements) {
    blocks_.push_back(MakeBlock({begin, std::min(begin + kBlockElements, stretch.end)}));
  }
  search.block_count = blocks_.size() - search.first_block;
  search.last_element = std::uint64_t{1} << ((stretch.end - stretch.begin - 1) % kBlockElements);
  searches_.push_back(search);
}

LikePattern::Block LikePattern::MakeBlock(Stretch stretch) const {
  Block block;
  // Where an element begins or ceases to accept characters.
  std::vector<Block::From> changes;
  for (std::size_t i = stretch.begin; i < stretch.end; ++i) {
    const std::uint64_t bit = std::uint64_t{1} << (i - stretch.begin);
    for (std::uint32_t k = 0; k < elements_[i].range_count; ++k) {
      const Range range = ranges_[elements_[i].first_range + k];
      for (char32_t c = range.low; c <= range.high && c < kAscii; ++c) block.ascii[c] |= bit;
      if (range.high < kAscii) continue;
      changes.push_back({std::max(range.low, char32_t{kAscii}), bit});
      changes.push_back({range.high + 1, bit});
    }
  }
  std::sort(changes.begin(), changes.end(), [](auto a, auto b) { return a.character < b.character; });
  std::uint64_t elements = 0;
  for (const Block::From& change : changes) {
    elements ^= change.elements;  // the ranges of one element do not touch, so each end is an end
    if (!block.others.empty() && block.others.back().character == change.character) {
      block.others.back().elements = elements;
    } else {
      block.others.push_back({change.character, elements});
    }
  }
  return block;
}

// ---- matching -------------------------------------------------------------------------------------------------------

std::uint64_t LikePattern::Block::ElementsThatAccept(char32_t folded) const {
  if (folded < kAscii) return ascii[folded];
  const auto behind = std::upper_bound(others.begin(), others.end(), folded,
                                       [](char32_t wanted, const From& from) { return wanted < from.character; });
  return behind == others.begin() ? 0 : std::prev(behind)->elements;
}

bool LikePattern::Accepts(const Element& element, char32_t folded) const {
  const auto begin = ranges_.begin() + element.first_range;
  const auto end = begin + element.range_count;
  const auto range =
      std::lower_bound(begin, end, folded, [](const Range& known, char32_t wanted) { return known.high < wanted; });
  return range != end && range->low <= folded;
}

bool LikePattern::TakeHead(std::string_view text, std::size_t& at, std::size_t& steps) const {
  for (std::size_t i = head_.begin; i < head_.end; ++i) {
    if (at == text.size()) return false;
    ++steps;
    if (!Accepts(elements_[i], NextFolded(text, at))) return false;
  }
  return true;
}

// From the end of the text backwards, not beyond `begin`.
bool LikePattern::TakeTail(std::string_view text, std::size_t begin, std::size_t& end, std::size_t& steps) const {
  for (std::size_t i = tail_.end; i > tail_.begin; --i) {
    if (end <= begin) return false;
    ++steps;
    if (!Accepts(elements_[i - 1], FoldFast(PreviousCharacter(text, end)))) return false;
  }
  return true;
}

// Bit i of `found` says that the elements up to the i-th accept what was read last. The first place where all do is as
// good as any later one: it leaves more for what follows.
bool LikePattern::Find(const Search& search, std::string_view text, std::size_t& at, std::size_t& steps) const {
  std::array<std::uint64_t, kBlocksMax> found;
  std::size_t used = 0;  // blocks of `found` that have been written; those behind have nothing
  while (at < text.size()) {
    const char32_t folded = NextFolded(text, at);
    std::uint64_t carried = 1;  // a match may begin anywhere
    std::size_t block = 0;
    for (; block < search.block_count && (block < used || carried != 0); ++block) {
      ++steps;
      const std::uint64_t before = block < used ? found[block] : 0;
      found[block] = (before << 1 | carried) & blocks_[search.first_block + block].ElementsThatAccept(folded);
      carried = before >> (kBlockElements - 1);
    }
    used = block;
    while (used > 0 && found[used - 1] == 0) --used;
    if (used == search.block_count && (found[used - 1] & search.last_element) != 0) return true;
  }
  return false;
}

bool LikePattern::Matches(std::string_view text, std::size_t& steps) const {
  std::size_t at = 0;
  if (!TakeHead(text, at, steps)) return false;
  if (!has_run_) return at == text.size();
  std::size_t end = text.size();
  if (!TakeTail(text, at, end, steps)) return false;
  for (const Search& search : searches_) {
    if (!Find(search, text.substr(0, end), at, steps)) return false;
  }
  return true;
}

bool LikePattern::Matches(std::string_view text) const {
  std::size_t steps = 0;
  return Matches(text, steps);
}

}  // namespace wmi::wql
