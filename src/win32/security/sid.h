// Sid: a security identifier as a value; the SIDs that Linux users and groups have.
#pragma once

#include <windef.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace wmi::win32 {

// A value. Always a valid SID.
class Sid {
 public:
  Sid() : Sid(0, {0}) {}
  // S-1-`authority`-…; at most SID_MAX_SUB_AUTHORITIES.
  Sid(std::uint64_t authority, std::initializer_list<std::uint32_t> sub_authorities);
  // A copy; nullopt for what is no valid SID.
  static std::optional<Sid> Copy(const void* sid);
  // "S-1-5-32-544", or the two letters of SDDL.
  static std::optional<Sid> Parse(std::string_view text);

  // For functions that take a PSID and do not write to it; lives with this.
  PSID get() const { return const_cast<SidMemory*>(&memory_); }
  std::size_t size() const;
  std::uint64_t authority() const;
  std::size_t sub_authority_count() const { return memory_.sid.SubAuthorityCount; }
  std::uint32_t sub_authority(std::size_t index) const;
  std::string Text() const;

  friend bool operator==(const Sid& a, const Sid& b);

 private:
  union SidMemory {
    SID sid;
    unsigned char bytes[SECURITY_MAX_SID_SIZE];
  };
  SidMemory memory_ = {};
};

// Samba's identifiers for what has no other: S-1-22-1-uid, S-1-22-2-gid.
inline constexpr std::uint64_t kUnixAuthority = 22;
inline constexpr std::uint32_t kUnixUsers = 1;
inline constexpr std::uint32_t kUnixGroups = 2;
inline Sid UserSid(std::uint32_t uid) { return Sid(kUnixAuthority, {kUnixUsers, uid}); }
inline Sid GroupSid(std::uint32_t gid) { return Sid(kUnixAuthority, {kUnixGroups, gid}); }

// nullopt for a type that CreateWellKnownSid does not know.
std::optional<Sid> WellKnownSid(WELL_KNOWN_SID_TYPE type);

}  // namespace wmi::win32
