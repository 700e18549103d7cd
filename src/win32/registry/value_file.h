// RegistryValue: a value as the store keeps it, and the text of its file (docs/registry.md). Free of I/O.
#pragma once

#include <windef.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wmi::win32 {

// REG_SZ, REG_EXPAND_SZ: UTF-8 without the final NUL. REG_MULTI_SZ: UTF-8, each text with a NUL behind it, none at the
// end. REG_DWORD, REG_QWORD: the number in eight bytes, the lowest first. REG_NONE, REG_BINARY: bytes.
struct RegistryValue {
  DWORD type = 0;
  std::string data;
};

bool IsText(DWORD type);
bool IsNumber(DWORD type);
std::string BytesOfNumber(std::uint64_t number);
// Only for eight bytes.
std::uint64_t NumberOfBytes(std::string_view bytes);

// What stands in the file of a value of a known type.
std::string FormatValueFile(const RegistryValue& value);
// nullopt for a file that is damaged.
std::optional<RegistryValue> ParseValueFile(std::string_view file);

}  // namespace wmi::win32
