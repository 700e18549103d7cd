// SmbiosTable: the table in which the firmware describes the machine (DMTF DSP0134), taken apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wmi::linuxos {

// One structure of the table. Points into the table. Offsets are those of DSP0134; what lies beyond the formatted area
// of this structure, because an older firmware wrote it, is not there.
struct SmbiosStructure {
  std::uint8_t type = 0;
  std::uint16_t handle = 0;
  std::string_view formatted;  // with the four bytes of the header
  std::string_view strings;    // each ends with a zero

  std::optional<std::uint8_t> Byte(std::size_t offset) const;
  std::optional<std::uint16_t> Word(std::size_t offset) const;
  std::optional<std::uint32_t> DoubleWord(std::size_t offset) const;
  std::optional<std::uint64_t> QuadWord(std::size_t offset) const;
  // The string whose number stands at `offset`, blanks at both ends taken off; empty when there is none.
  std::string_view Text(std::size_t offset) const;
  // The string of this number, from 1; empty when there is none.
  std::string_view String(std::uint8_t number) const;
};

// A value; holds the bytes.
class SmbiosTable {
 public:
  static constexpr std::size_t kBytesMax = 1u << 20;
  static constexpr std::size_t kStructuresMax = 8192;

  SmbiosTable() = default;
  // Structures up to the first that is damaged or the end-of-table one.
  explicit SmbiosTable(std::string bytes);
  SmbiosTable(const SmbiosTable&) = delete;
  SmbiosTable& operator=(const SmbiosTable&) = delete;

  const std::vector<SmbiosStructure>& structures() const { return structures_; }
  // Those of one type, in the order of the table.
  std::vector<const SmbiosStructure*> OfType(std::uint8_t type) const;
  // False when the table ended in the middle of a structure.
  bool is_whole() const { return is_whole_; }

 private:
  const std::string bytes_;
  std::vector<SmbiosStructure> structures_;
  bool is_whole_ = true;
};

// Version of the specification, from the entry point.
struct SmbiosVersion {
  std::uint8_t major = 0;
  std::uint8_t minor = 0;
};

// Of a 32-bit (`_SM_`) or 64-bit (`_SM3_`) entry point; nothing when it is neither, too short, or its sum is wrong.
std::optional<SmbiosVersion> ParseSmbiosEntryPoint(std::string_view bytes);

}  // namespace wmi::linuxos
