#include "win32/security/sid.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace wmi::win32 {
namespace {

constexpr std::size_t kHeadSize = offsetof(SID, SubAuthority);

struct WellKnown {
  WELL_KNOWN_SID_TYPE type;
  std::string_view letters;  // of SDDL; may be empty
  std::uint64_t authority;
  std::uint32_t sub_authorities[2];
  std::size_t count;
};

constexpr WellKnown kWellKnown[] = {
    {WinNullSid, "", 0, {0}, 1},
    {WinWorldSid, "WD", 1, {0}, 1},
    {WinLocalSid, "", 2, {0}, 1},
    {WinCreatorOwnerSid, "CO", 3, {0}, 1},
    {WinCreatorGroupSid, "CG", 3, {1}, 1},
    {WinNtAuthoritySid, "", 5, {}, 0},
    {WinDialupSid, "", 5, {1}, 1},
    {WinNetworkSid, "NU", 5, {2}, 1},
    {WinBatchSid, "", 5, {3}, 1},
    {WinInteractiveSid, "IU", 5, {4}, 1},
    {WinServiceSid, "SU", 5, {6}, 1},
    {WinAnonymousSid, "AN", 5, {7}, 1},
    {WinSelfSid, "PS", 5, {10}, 1},
    {WinAuthenticatedUserSid, "AU", 5, {11}, 1},
    {WinLocalSystemSid, "SY", 5, {18}, 1},
    {WinLocalServiceSid, "LS", 5, {19}, 1},
    {WinNetworkServiceSid, "NS", 5, {20}, 1},
    {WinBuiltinDomainSid, "", 5, {32}, 1},
    {WinBuiltinAdministratorsSid, "BA", 5, {32, 544}, 2},
    {WinBuiltinUsersSid, "BU", 5, {32, 545}, 2},
    {WinBuiltinGuestsSid, "BG", 5, {32, 546}, 2},
};

Sid SidOf(const WellKnown& known) {
  if (known.count == 0) return Sid(known.authority, {});
  if (known.count == 1) return Sid(known.authority, {known.sub_authorities[0]});
  return Sid(known.authority, {known.sub_authorities[0], known.sub_authorities[1]});
}

// Takes a number off the text; false when none stands there or it is above `max`.
bool TakeNumber(std::string_view& text, std::uint64_t max, std::uint64_t& number) {
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  if (hexadecimal) text.remove_prefix(2);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, hexadecimal ? 16 : 10);
  if (error != std::errc() || number > max) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

Sid::Sid(std::uint64_t authority, std::initializer_list<std::uint32_t> sub_authorities) {
  memory_.sid.Revision = SID_REVISION;
  memory_.sid.SubAuthorityCount = static_cast<unsigned char>(sub_authorities.size());
  for (int i = 0; i < 6; ++i) {
    memory_.sid.IdentifierAuthority.Value[i] = static_cast<unsigned char>(authority >> (8 * (5 - i)));
  }
  unsigned char* target = memory_.bytes + kHeadSize;
  for (const ULONG sub_authority : sub_authorities) {
    std::memcpy(target, &sub_authority, sizeof(sub_authority));
    target += sizeof(sub_authority);
  }
}

std::optional<Sid> Sid::Copy(const void* sid) {
  if (sid == nullptr) return std::nullopt;
  const auto* const head = static_cast<const unsigned char*>(sid);
  if (head[0] != SID_REVISION || head[1] > SID_MAX_SUB_AUTHORITIES) return std::nullopt;
  Sid copy;
  copy.memory_ = {};
  std::memcpy(copy.memory_.bytes, sid, kHeadSize + head[1] * sizeof(ULONG));
  return copy;
}

std::optional<Sid> Sid::Parse(std::string_view text) {
  for (const WellKnown& known : kWellKnown) {
    if (!known.letters.empty() && known.letters == text) return SidOf(known);
  }
  if (!text.starts_with("S-1-") && !text.starts_with("s-1-")) return std::nullopt;
  text.remove_prefix(4);
  std::uint64_t authority = 0;
  if (!TakeNumber(text, (std::uint64_t{1} << 48) - 1, authority)) return std::nullopt;
  Sid sid(authority, {});
  unsigned char count = 0;
  while (!text.empty()) {
    std::uint64_t number = 0;
    if (text.front() != '-' || count == SID_MAX_SUB_AUTHORITIES) return std::nullopt;
    text.remove_prefix(1);
    if (!TakeNumber(text, 0xffffffffu, number)) return std::nullopt;
    const ULONG sub_authority = number;
    std::memcpy(sid.memory_.bytes + kHeadSize + count * sizeof(ULONG), &sub_authority, sizeof(sub_authority));
    ++count;
  }
  sid.memory_.sid.SubAuthorityCount = count;
  if (count == 0) return std::nullopt;  // as Windows has it
  return sid;
}

std::size_t Sid::size() const { return kHeadSize + sub_authority_count() * sizeof(ULONG); }

std::uint64_t Sid::authority() const {
  std::uint64_t authority = 0;
  for (const unsigned char byte : memory_.sid.IdentifierAuthority.Value) authority = authority << 8 | byte;
  return authority;
}

std::uint32_t Sid::sub_authority(std::size_t index) const {
  ULONG value = 0;
  std::memcpy(&value, memory_.bytes + kHeadSize + index * sizeof(value), sizeof(value));
  return static_cast<std::uint32_t>(value);
}

std::string Sid::Text() const {
  constexpr std::uint64_t kDecimalMax = 0xffffffffu;
  std::string text = "S-1-";
  if (authority() <= kDecimalMax) {
    text += std::to_string(authority());
  } else {
    char digits[16];
    const char* const end = std::to_chars(std::begin(digits), std::end(digits), authority(), 16).ptr;
    const auto length = static_cast<std::size_t>(end - digits);
    text += "0x" + std::string(12 - length, '0') + std::string(digits, length);
  }
  for (std::size_t i = 0; i < sub_authority_count(); ++i) text += '-' + std::to_string(sub_authority(i));
  return text;
}

// Only the low 32 bits of a sub-authority mean something.
bool operator==(const Sid& a, const Sid& b) {
  if (a.sub_authority_count() != b.sub_authority_count() || a.authority() != b.authority()) return false;
  for (std::size_t i = 0; i < a.sub_authority_count(); ++i) {
    if (a.sub_authority(i) != b.sub_authority(i)) return false;
  }
  return true;
}

std::optional<Sid> WellKnownSid(WELL_KNOWN_SID_TYPE type) {
  const auto* const known = std::find_if(std::begin(kWellKnown), std::end(kWellKnown),
                                         [&](const WellKnown& one) { return one.type == type; });
  if (known == std::end(kWellKnown)) return std::nullopt;
  return SidOf(*known);
}

}  // namespace wmi::win32
