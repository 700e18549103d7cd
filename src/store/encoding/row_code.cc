#include "store/encoding/row_code.h"

#include <fmt/format.h>

#include <utility>

#include "base/limits.h"
#include "store/encoding/checksum.h"
#include "store/encoding/class_code.h"

namespace wmi::store {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kHasQualifiers = 1;

Status Damaged(std::string_view what) {
  return Status(code::kCriticalError, fmt::format("a stored instance is damaged: {}", what));
}

}  // namespace

std::uint64_t RowSum(const RowAddress& address, std::uint8_t format, std::string_view body) {
  std::uint64_t sum = Checksum(format, address.key);
  sum = Checksum(sum ^ static_cast<std::uint64_t>(address.class_id), body);
  return sum ^ (static_cast<std::uint64_t>(address.key_root) * 0x9E3779B97F4A7C15u);
}

std::string EncodeLayout(const cim::Class& schema) {
  std::string bytes;
  ByteWriter out(bytes);
  out.Unsigned(schema.properties().size());
  for (const cim::Property& property : schema.properties()) {
    out.Text(property.name);
    out.Unsigned(static_cast<std::uint16_t>(property.type.type));
    out.Byte(property.type.is_array ? 1 : 0);
  }
  return bytes;
}

std::int64_t LayoutId(std::string_view layout) {
  // Positive, because it is a row number of SQLite.
  return static_cast<std::int64_t>(Checksum(0, layout) >> 1);
}

void WriteInstanceQualifiers(ByteWriter& out, std::string& bytes, const cim::InstanceQualifiers& qualifiers) {
  WriteQualifiers(out, bytes, qualifiers.of_object);
  out.Unsigned(qualifiers.of_properties.size());
  for (const auto& [slot, of_property] : qualifiers.of_properties) {
    out.Unsigned(slot);
    WriteQualifiers(out, bytes, of_property);
  }
}

std::string EncodeRow(const RowAddress& address, std::int64_t layout_id, const cim::Object& row) {
  std::string body;
  ByteWriter out(body);
  out.Fixed64(static_cast<std::uint64_t>(layout_id));
  const cim::InstanceQualifiers* qualifiers = row.own_qualifiers();
  out.Byte(qualifiers == nullptr ? 0 : kHasQualifiers);
  const std::size_t slots = row.schema().properties().size();
  out.Unsigned(slots);
  for (std::size_t slot = 0; slot < slots; ++slot) WriteValue(out, body, row.slot(slot));
  if (qualifiers != nullptr) WriteInstanceQualifiers(out, body, *qualifiers);
  std::string bytes;
  bytes.reserve(1 + sizeof(std::uint64_t) + body.size());
  ByteWriter head(bytes);
  head.Byte(kFormat);
  head.Fixed64(RowSum(address, kFormat, body));
  return bytes + body;
}

Result<RowMap> RowMap::Make(std::string_view layout, const cim::Class& schema) {
  RowMap map;
  ByteReader in(layout);
  std::size_t count = in.Count();
  if (count > limits::kPropertiesMax) count = in.Fail();
  map.slots_.reserve(count);
  for (; count != 0; --count) {
    const std::string_view name = in.Text();
    const auto type = static_cast<cim::CimType>(in.Unsigned());
    const bool is_array = in.Byte() != 0;
    std::optional<std::size_t> slot = schema.FindSlot(name);
    if (slot) {
      const cim::DataType& now = schema.properties()[*slot].type;
      if (now.type != type || now.is_array != is_array) slot.reset();
    }
    map.slots_.push_back(slot);
  }
  if (in.failed() || !in.at_end()) return Damaged("its list of properties cannot be read");
  return map;
}

Result<RowHead> ReadRowHead(ByteReader& in, std::string_view bytes, const RowAddress& address) {
  in = ByteReader(bytes);
  const std::uint8_t format = in.Byte();
  const std::uint64_t sum = in.Fixed64();
  if (in.failed() || sum != RowSum(address, format, in.rest())) return Damaged("its checksum is wrong");
  if (format != kFormat) {
    return Status(code::kDatabaseVerMismatch,
                  fmt::format("a stored instance has the format {}, this version knows {}; use a newer version", format,
                              kFormat));
  }
  RowHead head;
  head.layout_id = static_cast<std::int64_t>(in.Fixed64());
  head.has_qualifiers = (in.Byte() & kHasQualifiers) != 0;
  head.values = in.Count();
  if (in.failed() || head.values > limits::kPropertiesMax) return Damaged("it ends too early");
  return head;
}

cim::InstanceQualifiersPtr ReadInstanceQualifiers(ByteReader& in, const RowMap& map, const cim::Class& schema) {
  cim::InstanceQualifiers qualifiers;
  qualifiers.of_object = ReadQualifiers(in);
  for (std::size_t left = in.Count(); left != 0 && !in.failed(); --left) {
    const std::size_t slot = static_cast<std::size_t>(in.Unsigned());
    cim::QualifierSet of_property = ReadQualifiers(in);
    const std::size_t slots = map.is_identity() ? schema.properties().size() : map.size();
    if (slot >= slots) {
      in.Fail();
      return nullptr;
    }
    const std::optional<std::size_t> target = map.is_identity() ? std::optional(slot) : map.Target(slot);
    if (target) qualifiers.EnsureProperty(*target) = std::move(of_property);
  }
  Result<cim::InstanceQualifiersPtr> made = cim::MakeInstanceQualifiers(schema, std::move(qualifiers));
  return made.ok() ? std::move(made).value() : nullptr;
}

}  // namespace wmi::store
