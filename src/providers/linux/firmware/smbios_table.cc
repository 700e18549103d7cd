#include "providers/linux/firmware/smbios_table.h"

#include <utility>

#include "providers/linux/files.h"

namespace wmi::linuxos {
namespace {

constexpr std::size_t kHeaderBytes = 4;
constexpr std::uint8_t kEndOfTable = 127;

std::uint8_t ByteAt(std::string_view bytes, std::size_t offset) { return static_cast<std::uint8_t>(bytes[offset]); }

// The table is little-endian on every machine.
std::optional<std::uint64_t> Number(std::string_view bytes, std::size_t offset, std::size_t size) {
  if (offset > bytes.size() || bytes.size() - offset < size) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = (value << 8) | ByteAt(bytes, offset + i);
  return value;
}

template <typename Integer>
std::optional<Integer> NumberAs(std::string_view bytes, std::size_t offset) {
  const auto value = Number(bytes, offset, sizeof(Integer));
  if (!value) return std::nullopt;
  return static_cast<Integer>(*value);
}

// The bytes from `start` on add up to zero.
bool HasRightSum(std::string_view bytes) {
  std::uint8_t sum = 0;
  for (const char byte : bytes) sum = static_cast<std::uint8_t>(sum + static_cast<std::uint8_t>(byte));
  return sum == 0;
}

}  // namespace

std::optional<std::uint8_t> SmbiosStructure::Byte(std::size_t offset) const {
  return NumberAs<std::uint8_t>(formatted, offset);
}

std::optional<std::uint16_t> SmbiosStructure::Word(std::size_t offset) const {
  return NumberAs<std::uint16_t>(formatted, offset);
}

std::optional<std::uint32_t> SmbiosStructure::DoubleWord(std::size_t offset) const {
  return NumberAs<std::uint32_t>(formatted, offset);
}

std::optional<std::uint64_t> SmbiosStructure::QuadWord(std::size_t offset) const {
  return NumberAs<std::uint64_t>(formatted, offset);
}

std::string_view SmbiosStructure::Text(std::size_t offset) const { return String(Byte(offset).value_or(0)); }

std::string_view SmbiosStructure::String(std::uint8_t number) const {
  if (number == 0) return {};
  std::string_view rest = strings;
  std::string_view text;
  for (std::uint8_t i = 0; i < number; ++i) {
    if (!NextPart(rest, '\0', text)) return {};
  }
  return Trim(text);
}

SmbiosTable::SmbiosTable(std::string bytes) : bytes_(std::move(bytes)) {
  std::string_view rest = bytes_;
  while (!rest.empty() && structures_.size() < kStructuresMax) {
    SmbiosStructure structure;
    const std::size_t length = rest.size() < kHeaderBytes ? 0 : ByteAt(rest, 1);
    if (length < kHeaderBytes || length > rest.size()) {
      is_whole_ = false;
      return;
    }
    structure.type = ByteAt(rest, 0);
    structure.formatted = rest.substr(0, length);
    structure.handle = structure.Word(2).value_or(0);
    // The strings end with an empty one; without any there are two zeros all the same.
    const std::size_t end = rest.find(std::string_view("\0\0", 2), length);
    if (end == std::string_view::npos) {
      is_whole_ = false;
      return;
    }
    structure.strings = rest.substr(length, end - length);
    structures_.push_back(structure);
    if (structure.type == kEndOfTable) return;
    rest.remove_prefix(end + 2);
  }
  is_whole_ = rest.empty();
}

std::vector<const SmbiosStructure*> SmbiosTable::OfType(std::uint8_t type) const {
  std::vector<const SmbiosStructure*> found;
  for (const SmbiosStructure& structure : structures_) {
    if (structure.type == type) found.push_back(&structure);
  }
  return found;
}

std::optional<SmbiosVersion> ParseSmbiosEntryPoint(std::string_view bytes) {
  constexpr std::size_t kLengthOffset32 = 5;
  constexpr std::size_t kLengthOffset64 = 6;
  const bool is_64 = bytes.starts_with("_SM3_");
  if (!is_64 && !bytes.starts_with("_SM_")) return std::nullopt;
  const std::size_t length_offset = is_64 ? kLengthOffset64 : kLengthOffset32;
  if (bytes.size() < length_offset + 3) return std::nullopt;
  const std::size_t length = ByteAt(bytes, length_offset);
  if (length < length_offset + 3 || length > bytes.size()) return std::nullopt;
  if (!HasRightSum(bytes.substr(0, length))) return std::nullopt;
  return SmbiosVersion{ByteAt(bytes, length_offset + 1), ByteAt(bytes, length_offset + 2)};
}

}  // namespace wmi::linuxos
