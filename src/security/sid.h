// Sid: a security identifier (MS-DTYP 2.4.2) as a value.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wmi::security {

// Immutable but for assignment. Always a valid identifier.
class Sid {
 public:
  static constexpr std::size_t kPartsMax = 15;
  static constexpr std::uint64_t kAuthorityMax = (std::uint64_t{1} << 48) - 1;

  // S-1-0-0, which is nobody.
  constexpr Sid() : Sid(0, {0}) {}
  // S-1-`authority`-…, of at most kPartsMax parts.
  constexpr Sid(std::uint64_t authority, std::initializer_list<std::uint32_t> parts) : authority_(authority) {
    for (const std::uint32_t part : parts) parts_[count_++] = part;
  }

  // What the bytes begin with; more may follow. nullopt for what is no identifier.
  static std::optional<Sid> FromBytes(std::span<const std::uint8_t> bytes);
  // Takes the identifier that the text begins with off it: S-1-5-32-544, or the two letters that SDDL has for those
  // that are the same on every machine. Letters of either case. nullopt, and the text as it was, when there is none.
  static std::optional<Sid> TakeFrom(std::string_view& text);
  // The whole text.
  static std::optional<Sid> FromText(std::string_view text);

  std::uint64_t authority() const { return authority_; }
  std::span<const std::uint32_t> parts() const { return std::span(parts_).first(count_); }
  std::string Text() const;  // S-1-5-32-544
  std::vector<std::uint8_t> Bytes() const;
  std::size_t byte_count() const;

  friend bool operator==(const Sid&, const Sid&) = default;
  friend auto operator<=>(const Sid&, const Sid&) = default;

 private:
  std::uint64_t authority_;
  std::size_t count_ = 0;
  std::array<std::uint32_t, kPartsMax> parts_ = {};  // zero behind `count_`
};

inline constexpr Sid kEveryone{1, {0}};
inline constexpr Sid kOwnerRights{3, {4}};
inline constexpr Sid kAuthenticatedUsers{5, {11}};
inline constexpr Sid kLocalSystem{5, {18}};
inline constexpr Sid kAdministrators{5, {32, 544}};

// Users and groups of Linux have the identifiers that Samba gives those that it does not know by another.
constexpr Sid UserSid(std::uint32_t uid) { return {22, {1, uid}}; }
constexpr Sid GroupSid(std::uint32_t gid) { return {22, {2, gid}}; }
// The number of the user; nullopt for an identifier of another kind.
std::optional<std::uint32_t> UserOf(const Sid& sid);

}  // namespace wmi::security
