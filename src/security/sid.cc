#include "security/sid.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

namespace wmi::security {
namespace {

// The binary form: revision, number of parts, the authority with its highest byte first, then the parts with their
// lowest byte first.
constexpr std::uint8_t kRevision = 1;
constexpr std::size_t kAuthorityBytes = 6;
constexpr std::size_t kHeadBytes = 2 + kAuthorityBytes;
constexpr std::size_t kPartBytes = 4;
// An authority of more bits than this is written in hexadecimal (MS-DTYP 2.4.2.1).
constexpr std::uint64_t kDecimalAuthorityMax = 0xffff'ffff;
constexpr std::size_t kAuthorityDigitsMax = 12;  // hexadecimal

struct Letters {
  std::string_view letters;
  Sid sid;
};

// MS-DTYP 2.5.1.1, without those of a domain: DA, LA and their kin stand for other identifiers in each.
constexpr Letters kLetters[] = {
    {"AA", {5, {32, 579}}}, {"AC", {15, {2, 1}}},   {"AN", {5, {7}}},       {"AO", {5, {32, 548}}},
    {"AU", {5, {11}}},      {"BA", {5, {32, 544}}}, {"BG", {5, {32, 546}}}, {"BO", {5, {32, 551}}},
    {"BU", {5, {32, 545}}}, {"CD", {5, {32, 574}}}, {"CG", {3, {1}}},       {"CO", {3, {0}}},
    {"CY", {5, {32, 569}}}, {"ED", {5, {9}}},       {"ER", {5, {32, 573}}}, {"ES", {5, {32, 576}}},
    {"HA", {5, {32, 578}}}, {"HI", {16, {12288}}},  {"IS", {5, {32, 568}}}, {"IU", {5, {4}}},
    {"LS", {5, {19}}},      {"LU", {5, {32, 559}}}, {"LW", {16, {4096}}},   {"ME", {16, {8192}}},
    {"MP", {16, {8448}}},   {"MS", {5, {32, 577}}}, {"MU", {5, {32, 558}}}, {"NO", {5, {32, 556}}},
    {"NS", {5, {20}}},      {"NU", {5, {2}}},       {"OW", {3, {4}}},       {"PO", {5, {32, 550}}},
    {"PS", {5, {10}}},      {"PU", {5, {32, 547}}}, {"RA", {5, {32, 575}}}, {"RC", {5, {12}}},
    {"RD", {5, {32, 555}}}, {"RE", {5, {32, 552}}}, {"RM", {5, {32, 580}}}, {"RU", {5, {32, 554}}},
    {"SI", {16, {16384}}},  {"SO", {5, {32, 549}}}, {"SU", {5, {6}}},       {"SY", {5, {18}}},
    {"WD", {1, {0}}},       {"WR", {5, {33}}},
};

constexpr char Upper(char letter) { return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter; }

// Takes a number of at most `max` off the text.
std::optional<std::uint64_t> TakeNumber(std::string_view& text, int base, std::uint64_t max) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), number, base);
  if (error != std::errc() || number > max) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
  return number;
}

std::optional<std::uint64_t> TakeAuthority(std::string_view& text) {
  if (text.size() < 2 || text[0] != '0' || Upper(text[1]) != 'X') return TakeNumber(text, 10, kDecimalAuthorityMax);
  // No more digits than there can be: "D:" may follow, which begins with one.
  std::string_view digits = text.substr(2, kAuthorityDigitsMax);
  const std::size_t before = digits.size();
  const auto number = TakeNumber(digits, 16, Sid::kAuthorityMax);
  if (number) text.remove_prefix(2 + before - digits.size());
  return number;
}

}  // namespace

std::optional<Sid> Sid::FromBytes(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < kHeadBytes || bytes[0] != kRevision || bytes[1] > kPartsMax) return std::nullopt;
  Sid sid(0, {});
  sid.count_ = bytes[1];
  if (bytes.size() < sid.byte_count()) return std::nullopt;
  for (std::size_t i = 2; i < kHeadBytes; ++i) sid.authority_ = sid.authority_ << 8 | bytes[i];
  for (std::size_t part = 0; part < sid.count_; ++part) {
    const auto four = bytes.subspan(kHeadBytes + part * kPartBytes, kPartBytes);
    for (std::size_t i = kPartBytes; i-- > 0;) sid.parts_[part] = sid.parts_[part] << 8 | four[i];
  }
  return sid;
}

std::optional<Sid> Sid::TakeFrom(std::string_view& text) {
  if (text.size() < 2) return std::nullopt;
  const char letters[] = {Upper(text[0]), Upper(text[1])};
  if (letters[0] != 'S' || letters[1] != '-') {
    const auto* const found = std::find_if(std::begin(kLetters), std::end(kLetters), [&](const Letters& one) {
      return one.letters == std::string_view(letters, 2);
    });
    if (found == std::end(kLetters)) return std::nullopt;
    text.remove_prefix(2);
    return found->sid;
  }
  std::string_view rest = text.substr(2);
  if (!rest.starts_with("1-")) return std::nullopt;
  rest.remove_prefix(2);
  const std::optional<std::uint64_t> authority = TakeAuthority(rest);
  if (!authority) return std::nullopt;
  Sid sid(*authority, {});
  while (rest.starts_with('-')) {
    rest.remove_prefix(1);
    const auto part = TakeNumber(rest, 10, 0xffff'ffff);
    if (!part || sid.count_ == kPartsMax) return std::nullopt;
    sid.parts_[sid.count_++] = static_cast<std::uint32_t>(*part);
  }
  if (sid.count_ == 0) return std::nullopt;  // as Windows has it
  text = rest;
  return sid;
}

std::optional<Sid> Sid::FromText(std::string_view text) {
  const std::optional<Sid> sid = TakeFrom(text);
  return text.empty() ? sid : std::nullopt;
}

std::string Sid::Text() const {
  std::string text =
      authority_ <= kDecimalAuthorityMax ? fmt::format("S-1-{}", authority_) : fmt::format("S-1-0x{:012x}", authority_);
  for (const std::uint32_t part : parts()) fmt::format_to(std::back_inserter(text), "-{}", part);
  return text;
}

std::vector<std::uint8_t> Sid::Bytes() const {
  std::vector<std::uint8_t> bytes = {kRevision, static_cast<std::uint8_t>(count_)};
  bytes.reserve(byte_count());
  for (std::size_t i = kAuthorityBytes; i-- > 0;) bytes.push_back(static_cast<std::uint8_t>(authority_ >> (8 * i)));
  for (const std::uint32_t part : parts()) {
    for (std::size_t i = 0; i < kPartBytes; ++i) bytes.push_back(static_cast<std::uint8_t>(part >> (8 * i)));
  }
  return bytes;
}

std::size_t Sid::byte_count() const { return kHeadBytes + count_ * kPartBytes; }

std::optional<std::uint32_t> UserOf(const Sid& sid) {
  const std::span<const std::uint32_t> parts = sid.parts();
  if (parts.size() != 2 || sid != UserSid(parts[1])) return std::nullopt;
  return parts[1];
}

}  // namespace wmi::security
