#include "wql/like.h"

#include <string>

#include "base/text.h"

namespace wmi::wql {

namespace {

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

}  // namespace

char32_t NextCharacter(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return lead;
  const std::size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  if (lead < 0xc2 || lead > 0xf4 || text.size() - at < more) return 0xfffd;
  char32_t character = lead & (0x3fU >> more);
  for (std::size_t i = 0; i < more; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xc0) != 0x80) return 0xfffd;
    character = character << 6 | (next & 0x3fU);
  }
  const bool is_overlong = (more == 2 && character < 0x800) || (more == 3 && character < 0x10000);
  if (is_overlong || character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff)) return 0xfffd;
  at += more;
  return character;
}

Result<LikePattern> LikePattern::Compile(std::string_view pattern) {
  LikePattern like;
  std::size_t at = 0;
  while (at < pattern.size()) {
    Element element;
    switch (pattern[at]) {
      case '%':
        ++at;
        if (!like.elements_.empty() && like.elements_.back().kind == Kind::kRun) continue;
        element.kind = Kind::kRun;
        break;
      case '_':
        ++at;
        element.kind = Kind::kAny;
        break;
      case '[':
        TRY(like.AddSet(pattern, at));
        continue;
      default:
        element.character = NextFolded(pattern, at);
        break;
    }
    like.elements_.push_back(element);
  }
  return like;
}

Status LikePattern::AddSet(std::string_view pattern, std::size_t& at) {
  const std::size_t close = pattern.find(']', at + 1);
  if (close == std::string_view::npos) {
    return Status(code::kInvalidQuery, "the pattern has a [ without a ]; write [[] for the character itself");
  }
  Element element;
  element.kind = Kind::kSet;
  element.first_range = static_cast<std::uint32_t>(ranges_.size());
  ++at;
  if (pattern[at] == '^') {
    element.is_complement = true;
    ++at;
  }
  if (at == close) return Status(code::kInvalidQuery, "the pattern has an empty set; name characters between [ and ]");
  while (at < close) {
    const char32_t low = NextFolded(pattern, at);
    char32_t high = low;
    if (at + 1 < close && pattern[at] == '-') {
      ++at;
      high = NextFolded(pattern, at);
    }
    ranges_.push_back({low, high});
    ++element.range_count;
  }
  at = close + 1;
  elements_.push_back(element);
  return Status();
}

bool LikePattern::Accepts(const Element& element, char32_t folded) const {
  if (element.kind == Kind::kCharacter) return element.character == folded;
  if (element.kind == Kind::kAny) return true;
  bool is_member = false;
  for (std::uint32_t i = 0; i < element.range_count && !is_member; ++i) {
    const Range& range = ranges_[element.first_range + i];
    is_member = folded >= range.low && folded <= range.high;
  }
  return is_member != element.is_complement;
}

// Only the last % ever needs to be extended: what an earlier one could swallow more, a later one can too.
bool LikePattern::Matches(std::string_view text) const {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::size_t at = 0;
  std::size_t next = 0;
  std::size_t retry_text = 0;
  std::size_t retry_element = kNone;
  while (at < text.size()) {
    if (next < elements_.size() && elements_[next].kind == Kind::kRun) {
      retry_element = ++next;
      if (next == elements_.size()) return true;
      retry_text = at;
      continue;
    }
    std::size_t after = at;
    const char32_t folded = NextFolded(text, after);
    if (next < elements_.size() && Accepts(elements_[next], folded)) {
      at = after;
      ++next;
      continue;
    }
    if (retry_element == kNone) return false;
    NextCharacter(text, retry_text);
    at = retry_text;
    next = retry_element;
  }
  while (next < elements_.size() && elements_[next].kind == Kind::kRun) ++next;
  return next == elements_.size();
}

}  // namespace wmi::wql
