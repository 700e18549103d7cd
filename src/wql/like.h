// LikePattern: a compiled LIKE pattern (contract 7.3): % any run, _ one character, [a-f] and [abc] a set, [^...] its
// complement. Matches the whole value, without case.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/status.h"

namespace wmi::wql {

// Immutable; safe from several threads. Matching neither allocates nor recurses nor tries again: what stands between
// two % is looked for with all its places at once, 64 to a word, and is never looked for a second time. So a match
// takes at most one step for each character of the text and each 64 of the pattern, whatever the two are; limits on
// queries make that 256 steps for a character.
class LikePattern {
 public:
  // kInvalidQuery for a [ without ] and for an empty set; kQuotaViolation for a pattern that stands for more than
  // kQueryLengthMax characters.
  static Result<LikePattern> Compile(std::string_view pattern);

  bool Matches(std::string_view text) const;
  // The same; adds to `steps` how often a character was held against (up to 64 elements of) the pattern.
  bool Matches(std::string_view text, std::size_t& steps) const;

 private:
  static constexpr std::size_t kBlockElements = 64;
  static constexpr std::size_t kBlocksMax = limits::kQueryLengthMax / kBlockElements;
  static constexpr std::size_t kAscii = 128;

  // Characters, folded, both ends included. Those of one element are in order and apart from each other.
  struct Range {
    char32_t low;
    char32_t high;
  };
  // What one character of the text has to be: ranges_[first_range] and so on.
  struct Element {
    std::uint32_t first_range = 0;
    std::uint32_t range_count = 0;
  };
  // Elements without a % among them: elements_[begin] to elements_[end - 1].
  struct Stretch {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  // Up to 64 elements of a stretch that stands between two %: which of them accept a character, a bit for each.
  struct Block {
    struct From {
      char32_t character;
      std::uint64_t elements;  // from this character to that of the next entry
    };
    std::array<std::uint64_t, kAscii> ascii{};
    std::vector<From> others;

    std::uint64_t ElementsThatAccept(char32_t folded) const;
  };
  struct Search {
    std::size_t first_block = 0;
    std::size_t block_count = 0;
    std::uint64_t last_element = 0;  // its bit in the last block
  };

  LikePattern() = default;

  static std::vector<Range> Joined(std::vector<Range> ranges);
  static std::vector<Range> Complement(const std::vector<Range>& joined);
  void AddElement(const std::vector<Range>& ranges);
  Status AddSet(std::string_view pattern, std::size_t& at);
  void EndStretch(std::size_t begin);
  void AddSearch(Stretch stretch);
  Block MakeBlock(Stretch stretch) const;

  bool Accepts(const Element& element, char32_t folded) const;
  bool TakeHead(std::string_view text, std::size_t& at, std::size_t& steps) const;
  bool TakeTail(std::string_view text, std::size_t at, std::size_t& end, std::size_t& steps) const;
  bool Find(const Search& search, std::string_view text, std::size_t& at, std::size_t& steps) const;

  std::vector<Range> ranges_;
  std::vector<Element> elements_;
  bool has_run_ = false;
  Stretch head_;                  // before the first %; everything when there is none
  Stretch tail_;                  // behind the last %
  std::vector<Search> searches_;  // between two %
  std::vector<Block> blocks_;
};

// The code point at `at`, which moves behind it; a malformed byte gives U+FFFD and counts one.
char32_t NextCharacter(std::string_view text, std::size_t& at);

}  // namespace wmi::wql
