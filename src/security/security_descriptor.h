// SecurityDescriptor: who may do what with a thing (MS-DTYP 2.4.6), as a value; how it is read from bytes and from
// text.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "security/sid.h"

namespace wmi::security {

// One entry of a list (ACE, MS-DTYP 2.4.4).
struct AccessEntry {
  enum class Kind : std::uint8_t { kAllow = 0, kDeny = 1 };
  static constexpr std::uint8_t kInheritOnly = 0x8;  // of `flags`: means the children of the thing, and not the thing

  Kind kind = Kind::kAllow;
  std::uint8_t flags = 0;
  std::uint32_t mask = 0;  // rights (access_check.h)
  Sid sid;
  bool operator==(const AccessEntry&) const = default;
};

// A value.
struct SecurityDescriptor {
  std::optional<Sid> owner;
  std::optional<Sid> group;
  // The DACL: in order. nullopt, when there is none or it is NULL: everybody may do everything. An empty one: nobody
  // may do anything.
  std::optional<std::vector<AccessEntry>> dacl;
  bool operator==(const SecurityDescriptor&) const = default;

  // The self-relative form. kInvalidParameter for anything that is not well formed, with the place, and for what is not
  // understood: entries of other types than allow and deny. Bytes that nothing points to are passed over.
  static Result<SecurityDescriptor> FromBytes(std::span<const std::uint8_t> bytes);

  // SDDL: "O:BAG:BAD:(D;;0x40;;;S-1-22-1-1000)(A;;GA;;;WD)". Letters of either case; blanks may stand between the
  // parts. kInvalidParameter, with the column, for what is no SDDL and for what is not understood, as above.
  static Result<SecurityDescriptor> FromText(std::string_view text);
};

}  // namespace wmi::security
