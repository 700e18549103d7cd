// LikePattern: a compiled LIKE pattern (contract 7.3): % any run, _ one character, [a-f] and [abc] a set, [^...] its
// complement. Matches the whole value, without case.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace wmi::wql {

// Immutable; safe from several threads. Matching neither allocates nor recurses; its worst case is text length times
// pattern length.
class LikePattern {
 public:
  // kInvalidQuery for a [ without ] and for an empty set.
  static Result<LikePattern> Compile(std::string_view pattern);

  bool Matches(std::string_view text) const;

 private:
  enum class Kind : std::uint8_t { kCharacter, kAny, kRun, kSet };
  struct Element {
    Kind kind = Kind::kCharacter;
    bool is_complement = false;
    char32_t character = 0;  // folded
    std::uint32_t first_range = 0;
    std::uint32_t range_count = 0;
  };
  struct Range {
    char32_t low;  // folded, both ends included
    char32_t high;
  };

  LikePattern() = default;
  bool Accepts(const Element& element, char32_t folded) const;
  Status AddSet(std::string_view pattern, std::size_t& at);

  std::vector<Element> elements_;
  std::vector<Range> ranges_;
};

// The code point at `at`, which moves behind it; a malformed byte gives U+FFFD and counts one.
char32_t NextCharacter(std::string_view text, std::size_t& at);

}  // namespace wmi::wql
