// Descriptors in the self-relative form, for tests.
#pragma once

#include <cstdint>
#include <vector>

#include "security/security_descriptor.h"

namespace wmi::security {

using Bytes = std::vector<std::uint8_t>;

inline void Append(Bytes& bytes, std::uint32_t number, int count) {
  for (int i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
}

// The offset at which the part was put.
inline void Patch(Bytes& bytes, std::size_t at, std::size_t number) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::uint8_t>(number >> (8 * i));
}

inline Bytes BytesOf(const SecurityDescriptor& descriptor) {
  Bytes bytes(20);
  bytes[0] = 1;
  bytes[2] = descriptor.dacl ? 0x04 : 0;
  bytes[3] = 0x80;
  const auto append_sid = [&bytes](const Sid& sid) {
    const Bytes part = sid.Bytes();
    bytes.insert(bytes.end(), part.begin(), part.end());
  };
  if (descriptor.owner) {
    Patch(bytes, 4, bytes.size());
    append_sid(*descriptor.owner);
  }
  if (descriptor.group) {
    Patch(bytes, 8, bytes.size());
    append_sid(*descriptor.group);
  }
  if (!descriptor.dacl) return bytes;
  Patch(bytes, 16, bytes.size());
  std::size_t length = 8;
  for (const AccessEntry& entry : *descriptor.dacl) length += 8 + entry.sid.byte_count();
  Append(bytes, 2, 2);
  Append(bytes, static_cast<std::uint32_t>(length), 2);
  Append(bytes, static_cast<std::uint32_t>(descriptor.dacl->size()), 2);
  Append(bytes, 0, 2);
  for (const AccessEntry& entry : *descriptor.dacl) {
    bytes.push_back(static_cast<std::uint8_t>(entry.kind));
    bytes.push_back(entry.flags);
    Append(bytes, static_cast<std::uint32_t>(8 + entry.sid.byte_count()), 2);
    Append(bytes, entry.mask, 4);
    append_sid(entry.sid);
  }
  return bytes;
}

}  // namespace wmi::security
