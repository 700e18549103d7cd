// The self-relative form of a security descriptor (MS-DTYP 2.4.6).
#include "security/security_descriptor.h"

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <utility>

#include "security/limits.h"

namespace wmi::security {
namespace {

using Bytes = std::span<const std::uint8_t>;

// Head: revision, a reserved byte, control, and four offsets from the start; an offset of 0 is "not there".
constexpr std::size_t kHeadBytes = 20;
constexpr std::size_t kControlAt = 2;
constexpr std::size_t kOwnerAt = 4;
constexpr std::size_t kGroupAt = 8;
constexpr std::size_t kDaclAt = 16;
constexpr std::uint8_t kRevision = 1;
constexpr std::uint32_t kDaclPresent = 0x0004;
constexpr std::uint32_t kSelfRelative = 0x8000;

// A list: revision, a reserved byte, length, number of entries, two reserved bytes. An entry: type, flags, length,
// mask, identifier. Lengths count the head.
constexpr std::size_t kListHeadBytes = 8;
constexpr std::uint8_t kListRevisionMin = 2;
constexpr std::uint8_t kListRevisionMax = 4;
constexpr std::size_t kEntryHeadBytes = 8;

std::uint32_t Short(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at]) | static_cast<std::uint32_t>(bytes[at + 1]) << 8;
}
std::uint32_t Long(Bytes bytes, std::size_t at) { return Short(bytes, at) | Short(bytes, at + 2) << 16; }

Status Malformed(const std::string& what) {
  return Status(code::kInvalidParameter, fmt::format("the security descriptor is malformed: {}", what));
}

// What an offset in the head leads to, up to the end; empty when it says that nothing is there.
Result<Bytes> Part(Bytes bytes, std::size_t offset_at, const char* name) {
  const std::uint32_t offset = Long(bytes, offset_at);
  if (offset == 0) return Bytes();
  if (offset < kHeadBytes || offset >= bytes.size()) {
    return Malformed(
        fmt::format("the offset of its {} is {}, and it has {} to {}", name, offset, kHeadBytes, bytes.size() - 1));
  }
  return bytes.subspan(offset);
}

Result<std::optional<Sid>> ReadSid(Bytes bytes, std::size_t offset_at, const char* name) {
  const Bytes part = TRY(Part(bytes, offset_at, name));
  if (part.empty()) return std::optional<Sid>();
  std::optional<Sid> sid = Sid::FromBytes(part);
  if (!sid) return Malformed(fmt::format("its {} is no security identifier", name));
  return sid;
}

Result<AccessEntry> ReadEntry(Bytes entry, std::size_t index) {
  if (entry[0] > static_cast<std::uint8_t>(AccessEntry::Kind::kDeny)) {
    return Malformed(
        fmt::format("entry {} of its DACL is of the type {}; 0 (allow) and 1 (deny) are understood", index, entry[0]));
  }
  const std::optional<Sid> sid = Sid::FromBytes(entry.subspan(kEntryHeadBytes));
  if (!sid) return Malformed(fmt::format("entry {} of its DACL is for what is no security identifier", index));
  return AccessEntry{static_cast<AccessEntry::Kind>(entry[0]), entry[1], Long(entry, 4), *sid};
}

Result<std::vector<AccessEntry>> ReadList(Bytes list) {
  if (list.size() < kListHeadBytes) return Malformed("it ends within the head of its DACL");
  const std::uint32_t length = Short(list, 2);
  if (list[0] < kListRevisionMin || list[0] > kListRevisionMax) {
    return Malformed(fmt::format("its DACL is of the revision {}, which is to be 2 to 4", list[0]));
  }
  if (length < kListHeadBytes || length > list.size()) {
    return Malformed(fmt::format("the length of its DACL is {}, and {} bytes are left", length, list.size()));
  }
  const std::uint32_t count = Short(list, 4);
  Bytes rest = list.first(length).subspan(kListHeadBytes);
  std::vector<AccessEntry> entries;
  for (std::size_t index = 0; index < count; ++index) {
    const std::size_t entry = rest.size() < kEntryHeadBytes ? 0 : Short(rest, 2);
    if (entry < kEntryHeadBytes || entry > rest.size()) {
      return Malformed(fmt::format("entry {} of {} of its DACL does not fit into its length", index, count));
    }
    entries.push_back(TRY(ReadEntry(rest.first(entry), index)));
    rest = rest.subspan(entry);
  }
  return entries;
}

}  // namespace

Result<SecurityDescriptor> SecurityDescriptor::FromBytes(Bytes bytes) {
  if (bytes.size() < kHeadBytes || bytes.size() > kDescriptorBytesMax) {
    return Malformed(
        fmt::format("it has {} bytes; {} to {} are possible", bytes.size(), kHeadBytes, kDescriptorBytesMax));
  }
  if (bytes[0] != kRevision) return Malformed(fmt::format("its revision is {}, which is to be 1", bytes[0]));
  const std::uint32_t control = Short(bytes, kControlAt);
  if ((control & kSelfRelative) == 0) return Malformed("it is not self-relative (SE_SELF_RELATIVE)");
  SecurityDescriptor read;
  read.owner = TRY(ReadSid(bytes, kOwnerAt, "owner"));
  read.group = TRY(ReadSid(bytes, kGroupAt, "group"));
  if ((control & kDaclPresent) == 0) return read;
  const Bytes list = TRY(Part(bytes, kDaclAt, "DACL"));
  if (!list.empty()) read.dacl = TRY(ReadList(list));
  return read;
}

}  // namespace wmi::security
