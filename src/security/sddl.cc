// SDDL, the text form of a security descriptor (MS-DTYP 2.5.1).
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>

#include "base/text.h"
#include "security/limits.h"
#include "security/security_descriptor.h"

namespace wmi::security {
namespace {

struct Word {
  std::string_view letters;
  std::uint32_t value;
};

constexpr Word kRights[] = {
    // of any thing
    {"GA", 0x10000000},
    {"GX", 0x20000000},
    {"GW", 0x40000000},
    {"GR", 0x80000000},
    {"SD", 0x10000},
    {"RC", 0x20000},
    {"WD", 0x40000},
    {"WO", 0x80000},
    // of objects in a directory; the names that there are for the low bits
    {"CC", 0x1},
    {"DC", 0x2},
    {"LC", 0x4},
    {"SW", 0x8},
    {"RP", 0x10},
    {"WP", 0x20},
    {"DT", 0x40},
    {"LO", 0x80},
    {"CR", 0x100},
    // of files and of keys
    {"FA", 0x1f01ff},
    {"FR", 0x120089},
    {"FW", 0x120116},
    {"FX", 0x1200a0},
    {"KA", 0xf003f},
    {"KR", 0x20019},
    {"KW", 0x20006},
    {"KX", 0x20019},
};

constexpr Word kEntryFlags[] = {
    {"OI", 0x1}, {"CI", 0x2}, {"NP", 0x4}, {"IO", AccessEntry::kInheritOnly}, {"ID", 0x10}, {"SA", 0x40}, {"FA", 0x80},
};

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kNullList = "NO_ACCESS_CONTROL";

constexpr bool IsDigit(char character) { return character >= '0' && character <= '9'; }

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text), rest_(text) {}

  Result<SecurityDescriptor> Read() {
    SecurityDescriptor read;
    bool has_dacl = false;
    bool has_sacl = false;
    for (SkipBlanks(); !rest_.empty(); SkipBlanks()) {
      const std::string_view part = rest_;
      if (Take("O:")) {
        if (read.owner) return Wrong(part, "a second owner");
        read.owner = TRY(ReadSid());
      } else if (Take("G:")) {
        if (read.group) return Wrong(part, "a second group");
        read.group = TRY(ReadSid());
      } else if (Take("D:")) {
        if (std::exchange(has_dacl, true)) return Wrong(part, "a second DACL");
        TRY(ReadDacl(read));
      } else if (Take("S:")) {
        if (std::exchange(has_sacl, true)) return Wrong(part, "a second SACL");
        TRY(SkipSacl());
      } else {
        return Wrong(part, "O:, G:, D: or S: is expected");
      }
    }
    return read;
  }

 private:
  // A failure at a place, which is the rest of the text there.
  Status Wrong(std::string_view place, const std::string& what) const {
    ErrorDetail detail;
    const std::string_view before = text_.substr(0, text_.size() - place.size());
    detail.line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    detail.column = static_cast<int>(CharacterCount(before.substr(line_start))) + 1;
    detail.message = fmt::format("the security descriptor is malformed: column {}{}: {}", detail.column,
                                 detail.line == 1 ? "" : fmt::format(" of line {}", detail.line), what);
    detail.parameter = std::string(text_);
    return {code::kInvalidParameter, std::move(detail)};
  }

  void SkipBlanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlanks), rest_.size())); }

  bool Take(std::string_view word) {
    if (!EqualFolded(rest_.substr(0, word.size()), word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  Result<Sid> ReadSid() {
    SkipBlanks();
    const std::string_view place = rest_;
    const std::optional<Sid> sid = Sid::TakeFrom(rest_);
    if (sid) return *sid;
    return Wrong(
        place,
        "a security identifier is expected: S-1-…, or two letters such as BA or WD that mean the same on every "
        "machine");
  }

  // P, AR and AI are about what is inherited.
  void SkipListFlags() {
    while (Take("P") || Take("AR") || Take("AI")) SkipBlanks();
  }

  Status ReadDacl(SecurityDescriptor& read) {
    SkipBlanks();
    SkipListFlags();
    if (Take(kNullList)) return Status();
    read.dacl.emplace();
    for (SkipBlanks(); rest_.starts_with('('); SkipBlanks()) {
      if (read.dacl->size() == kEntriesMax) return Wrong(rest_, fmt::format("more than {} entries", kEntriesMax));
      read.dacl->push_back(TRY(ReadEntry()));
    }
    return Status();
  }

  // "(A;CI;0x80;;;BA)": type, flags, rights, two identifiers of directory objects, whom it is for.
  Result<AccessEntry> ReadEntry() {
    rest_.remove_prefix(1);
    AccessEntry entry;
    SkipBlanks();
    const std::string_view place = rest_;
    const bool is_deny = Take("D");
    entry.kind = is_deny ? AccessEntry::Kind::kDeny : AccessEntry::Kind::kAllow;
    if ((!is_deny && !Take("A")) || !End(';').ok()) {
      return Wrong(place, "an entry of a DACL begins with A; (allow) or D; (deny); others are not understood");
    }
    entry.flags = static_cast<std::uint8_t>(TRY(ReadWords(kEntryFlags, "flags such as CI or IO are expected")));
    TRY(End(';'));
    entry.mask = TRY(ReadRights());
    TRY(End(';'));
    for (int guid = 0; guid < 2; ++guid) TRY(End(';'));
    entry.sid = TRY(ReadSid());
    TRY(End(')'));
    return entry;
  }

  Status End(char mark) {
    SkipBlanks();
    if (!rest_.starts_with(mark)) return Wrong(rest_, fmt::format("'{}' is expected", mark));
    rest_.remove_prefix(1);
    return Status();
  }

  // Pairs of letters up to the end of the field; none is 0.
  template <std::size_t kCount>
  Result<std::uint32_t> ReadWords(const Word (&words)[kCount], const char* expected) {
    std::uint32_t value = 0;
    for (SkipBlanks(); !rest_.empty() && rest_.front() != ';'; SkipBlanks()) {
      const std::string_view place = rest_;
      const Word* const found =
          std::find_if(std::begin(words), std::end(words), [&](const Word& word) { return Take(word.letters); });
      if (found == std::end(words)) return Wrong(place, expected);
      value |= found->value;
    }
    return value;
  }

  Result<std::uint32_t> ReadRights() {
    SkipBlanks();
    if (rest_.empty() || !IsDigit(rest_.front())) {
      return ReadWords(kRights, "rights are expected: a number such as 0x80, or pairs of letters such as GA or RC");
    }
    const std::string_view place = rest_;
    const bool is_hexadecimal = Take("0x");
    // A number of Windows that begins with 0 is octal, and nobody means that.
    if (!is_hexadecimal && rest_.size() > 1 && rest_[0] == '0' && IsDigit(rest_[1])) {
      return Wrong(place, "rights begin with 0; write them as in 0x80 or 128");
    }
    std::uint32_t mask = 0;
    const auto [end, error] = std::from_chars(rest_.begin(), rest_.end(), mask, is_hexadecimal ? 16 : 10);
    if (error != std::errc()) return Wrong(place, "rights are a number of 32 bits");
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.begin()));
    return mask;
  }

  // Nothing is audited: the entries are passed over, whatever their type. An entry may hold further parentheses.
  Status SkipSacl() {
    SkipBlanks();
    SkipListFlags();
    if (Take(kNullList)) return Status();
    for (SkipBlanks(); rest_.starts_with('('); SkipBlanks()) {
      const std::string_view place = rest_;
      std::size_t open = 0;
      do {
        if (rest_.empty()) return Wrong(place, "this '(' has no ')'");
        open += rest_.front() == '(' ? 1 : 0;
        open -= rest_.front() == ')' ? 1 : 0;
        rest_.remove_prefix(1);
      } while (open > 0);
    }
    return Status();
  }

  const std::string_view text_;
  std::string_view rest_;
};

}  // namespace

Result<SecurityDescriptor> SecurityDescriptor::FromText(std::string_view text) {
  if (text.size() > kDescriptorCharactersMax) {
    return Status(code::kInvalidParameter,
                  fmt::format("the security descriptor is malformed: it has {} characters; {} are the most",
                              text.size(), kDescriptorCharactersMax));
  }
  return Reader(text).Read();
}

}  // namespace wmi::security
