#include "crt/input/scan_directive.h"

#include <algorithm>
#include <string_view>
#include <type_traits>

namespace wmi::crt {
namespace {

constexpr std::size_t kWidthMax = 1u << 30;

template <typename Char>
long ValueOf(Char character) {
  return static_cast<long>(static_cast<std::conditional_t<sizeof(Char) == 1, unsigned char, char32_t>>(character));
}

template <typename Char>
class ScanDirectiveParser {
 public:
  explicit ScanDirectiveParser(const Char* text) : text_(text) {}

  ScanDirective<Char> Parse() {
    directive_.suppressed = Take('*');
    while (*text_ >= static_cast<Char>('0') && *text_ <= static_cast<Char>('9')) {
      const auto digit = static_cast<std::size_t>(*text_++ - static_cast<Char>('0'));
      directive_.width = std::min(kWidthMax, directive_.width * 10 + digit);
    }
    ParseSize();
    ParseType();
    directive_.next = text_;
    return directive_;
  }

 private:
  bool Take(char expected) {
    if (*text_ != static_cast<Char>(expected)) return false;
    ++text_;
    return true;
  }

  void ParseSize() {
    if (Take('h')) {
      directive_.size = Take('h') ? ArgumentSize::k8 : ArgumentSize::k16;
    } else if (Take('l')) {
      directive_.size = Take('l') ? ArgumentSize::k64 : ArgumentSize::kLong;
    } else if (Take('L')) {
      directive_.size = ArgumentSize::kLongReal;
    } else if (Take('w')) {
      directive_.size = ArgumentSize::kWide;
    } else if (Take('j') || Take('z') || Take('t')) {
      directive_.size = ArgumentSize::k64;
    } else if (Take('I')) {
      directive_.size = ArgumentSize::k64;
      if (text_[0] == static_cast<Char>('3') && text_[1] == static_cast<Char>('2')) {
        directive_.size = ArgumentSize::k32;
        text_ += 2;
      } else if (text_[0] == static_cast<Char>('6') && text_[1] == static_cast<Char>('4')) {
        text_ += 2;
      }
    }
  }

  void ParseType() {
    const long code = ValueOf(*text_);
    constexpr std::string_view kTypes = "diouxXpneEfFgGaAsScC[%";
    if (code <= 0 || code >= 0x80 || kTypes.find(static_cast<char>(code)) == std::string_view::npos) return;
    ++text_;
    if (code == '[' && !ParseSet()) return;
    directive_.type = static_cast<char>(code);
  }

  // A closing bracket that comes first is one of the set. False when the set has no end.
  bool ParseSet() {
    directive_.negated = Take('^');
    directive_.set_begin = text_;
    Take(']');
    while (*text_ != 0 && *text_ != static_cast<Char>(']')) ++text_;
    directive_.set_end = text_;
    return Take(']');
  }

  const Char* text_;
  ScanDirective<Char> directive_;
};

}  // namespace

template <typename Char>
bool ScanDirective<Char>::Accepts(long character) const {
  for (const Char* at = set_begin; at < set_end; ++at) {
    const long first = ValueOf(*at);
    const bool is_range = set_end - at > 2 && at[1] == static_cast<Char>('-');
    const long last = is_range ? ValueOf(at[2]) : first;
    if (character >= std::min(first, last) && character <= std::max(first, last)) return !negated;
    if (is_range) at += 2;
  }
  return negated;
}

template <typename Char>
ScanDirective<Char> ParseScanDirective(const Char* text) {
  return ScanDirectiveParser<Char>(text).Parse();
}

template struct ScanDirective<char>;
template struct ScanDirective<wchar_t>;
template ScanDirective<char> ParseScanDirective(const char* text);
template ScanDirective<wchar_t> ParseScanDirective(const wchar_t* text);

}  // namespace wmi::crt
