// The messages of IPP (RFC 8010): a request with texts, an answer taken apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wmi::linuxos {

inline constexpr std::uint16_t kIppGetDefaultPrinter = 0x4001;
inline constexpr std::uint16_t kIppGetPrinters = 0x4002;

// A request for the attributes of these names.
std::string EncodeIppRequest(std::uint16_t operation, const std::vector<std::string_view>& names);

// An attribute with its values as they came.
struct IppAttribute {
  std::uint8_t tag = 0;  // of the first value
  std::string name;
  std::vector<std::string> values;

  // The first value; nothing when it is of another kind.
  std::optional<std::int32_t> integer() const;  // integer and enum
  std::optional<bool> boolean() const;
  std::string text() const;  // empty when there is none
  std::optional<std::int32_t> range_end() const;
  // Dots in an inch, across and along.
  struct Resolution {
    std::uint32_t across = 0;
    std::uint32_t along = 0;
  };
  std::optional<Resolution> resolution() const;
};

// The attributes of one printer.
struct IppGroup {
  std::uint8_t tag = 0;
  std::vector<IppAttribute> attributes;

  const IppAttribute* Find(std::string_view name) const;
  std::string Text(std::string_view name) const;
};

struct IppAnswer {
  static constexpr std::size_t kBytesMax = 4u << 20;
  static constexpr std::size_t kPartsMax = 200'000;  // groups, attributes and values

  std::uint16_t status = 0;
  std::vector<IppGroup> groups;

  bool is_success() const { return status < 0x0100; }
  // Those that describe printers.
  std::vector<const IppGroup*> Printers() const;
};

// Nothing when the message is damaged or too large. Values of collections are left out.
std::optional<IppAnswer> DecodeIppAnswer(std::string_view bytes);

}  // namespace wmi::linuxos
