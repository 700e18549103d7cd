#include "providers/linux/devices/ipp.h"

#include <utility>

namespace wmi::linuxos {
namespace {

constexpr std::uint8_t kOperationGroup = 0x01;
constexpr std::uint8_t kEnd = 0x03;
constexpr std::uint8_t kPrinterGroup = 0x04;
constexpr std::uint8_t kGroupLast = 0x0F;
constexpr std::uint8_t kInteger = 0x21;
constexpr std::uint8_t kBoolean = 0x22;
constexpr std::uint8_t kEnum = 0x23;
constexpr std::uint8_t kResolution = 0x32;
constexpr std::uint8_t kRange = 0x33;
constexpr std::uint8_t kCollection = 0x34;
constexpr std::uint8_t kTextWithLanguage = 0x35;
constexpr std::uint8_t kNameWithLanguage = 0x36;
constexpr std::uint8_t kCollectionEnd = 0x37;
constexpr std::uint8_t kTextFirst = 0x41;
constexpr std::uint8_t kTextLast = 0x49;
constexpr std::uint8_t kKeyword = 0x44;
constexpr std::uint8_t kCharset = 0x47;
constexpr std::uint8_t kLanguage = 0x48;
constexpr std::uint8_t kMember = 0x4A;

std::uint32_t Big(std::string_view bytes, std::size_t offset, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[offset + i]);
  return value;
}

void PutBig(std::string& out, std::uint32_t value, unsigned size) {
  for (unsigned i = size; i-- > 0;) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

void PutValue(std::string& out, std::uint8_t tag, std::string_view name, std::string_view value) {
  out += static_cast<char>(tag);
  PutBig(out, static_cast<std::uint32_t>(name.size()), 2);
  out += name;
  PutBig(out, static_cast<std::uint32_t>(value.size()), 2);
  out += value;
}

// Takes a length and as many bytes off the front.
bool TakeSized(std::string_view& rest, std::string_view& out) {
  if (rest.size() < 2) return false;
  const std::size_t size = Big(rest, 0, 2);
  if (rest.size() - 2 < size) return false;
  out = rest.substr(2, size);
  rest.remove_prefix(2 + size);
  return true;
}

// The text of a value with its language: both are sized.
std::string_view WithoutLanguage(std::string_view value) {
  std::string_view language;
  std::string_view text;
  return TakeSized(value, language) && TakeSized(value, text) ? text : std::string_view();
}

}  // namespace

std::string EncodeIppRequest(std::uint16_t operation, const std::vector<std::string_view>& names) {
  std::string out("\x02\x00", 2);
  PutBig(out, operation, 2);
  PutBig(out, 1, 4);
  out += static_cast<char>(kOperationGroup);
  PutValue(out, kCharset, "attributes-charset", "utf-8");
  PutValue(out, kLanguage, "attributes-natural-language", "en");
  std::string_view name = "requested-attributes";
  for (const std::string_view wanted : names) {
    PutValue(out, kKeyword, name, wanted);
    name = {};  // a further value has no name
  }
  out += static_cast<char>(kEnd);
  return out;
}

std::optional<std::int32_t> IppAttribute::integer() const {
  if ((tag != kInteger && tag != kEnum) || values.empty() || values.front().size() != 4) return std::nullopt;
  return static_cast<std::int32_t>(Big(values.front(), 0, 4));
}

std::optional<bool> IppAttribute::boolean() const {
  if (tag != kBoolean || values.empty() || values.front().size() != 1) return std::nullopt;
  return values.front()[0] != 0;
}

std::string IppAttribute::text() const {
  const bool is_text = (tag >= kTextFirst && tag <= kTextLast) || tag == kTextWithLanguage || tag == kNameWithLanguage;
  return !is_text || values.empty() ? std::string() : values.front();
}

std::optional<std::int32_t> IppAttribute::range_end() const {
  if (tag != kRange || values.empty() || values.front().size() != 8) return std::nullopt;
  return static_cast<std::int32_t>(Big(values.front(), 4, 4));
}

std::optional<IppAttribute::Resolution> IppAttribute::resolution() const {
  constexpr std::uint8_t kPerInch = 3;
  constexpr std::uint8_t kPerCentimetre = 4;
  constexpr std::uint32_t kPlausibleMax = 1'000'000;
  if (tag != kResolution || values.empty() || values.front().size() != 9) return std::nullopt;
  Resolution found{Big(values.front(), 0, 4), Big(values.front(), 4, 4)};
  const auto unit = static_cast<std::uint8_t>(values.front()[8]);
  if (found.across > kPlausibleMax || found.along > kPlausibleMax) return std::nullopt;
  if (unit == kPerInch) return found;
  if (unit != kPerCentimetre) return std::nullopt;
  return Resolution{(found.across * 254 + 50) / 100, (found.along * 254 + 50) / 100};
}

const IppAttribute* IppGroup::Find(std::string_view name) const {
  for (const IppAttribute& attribute : attributes) {
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
}

std::string IppGroup::Text(std::string_view name) const {
  const IppAttribute* const attribute = Find(name);
  return attribute == nullptr ? std::string() : attribute->text();
}

std::vector<const IppGroup*> IppAnswer::Printers() const {
  std::vector<const IppGroup*> found;
  for (const IppGroup& group : groups) {
    if (group.tag == kPrinterGroup) found.push_back(&group);
  }
  return found;
}

std::optional<IppAnswer> DecodeIppAnswer(std::string_view bytes) {
  constexpr std::size_t kHeaderBytes = 8;
  if (bytes.size() < kHeaderBytes || bytes.size() > IppAnswer::kBytesMax) return std::nullopt;
  IppAnswer answer;
  answer.status = static_cast<std::uint16_t>(Big(bytes, 2, 2));
  std::string_view rest = bytes.substr(kHeaderBytes);
  std::size_t collections = 0;
  for (std::size_t parts = 0; parts < IppAnswer::kPartsMax && !rest.empty(); ++parts) {
    const auto tag = static_cast<std::uint8_t>(rest.front());
    rest.remove_prefix(1);
    if (tag == kEnd) return collections == 0 ? std::optional(std::move(answer)) : std::nullopt;
    if (tag <= kGroupLast) {
      if (collections != 0) return std::nullopt;
      answer.groups.push_back({tag, {}});
      continue;
    }
    std::string_view name;
    std::string_view value;
    if (!TakeSized(rest, name) || !TakeSized(rest, value) || answer.groups.empty()) return std::nullopt;
    if (tag == kCollection) {
      ++collections;
    } else if (tag == kCollectionEnd) {
      if (collections == 0) return std::nullopt;
      --collections;
    } else if (collections == 0 && tag != kMember) {
      std::vector<IppAttribute>& attributes = answer.groups.back().attributes;
      if (tag == kTextWithLanguage || tag == kNameWithLanguage) value = WithoutLanguage(value);
      if (!name.empty()) {
        attributes.push_back({tag, std::string(name), {std::string(value)}});
      } else if (!attributes.empty()) {
        attributes.back().values.emplace_back(value);
      } else {
        return std::nullopt;
      }
    }
  }
  return std::nullopt;
}

}  // namespace wmi::linuxos
