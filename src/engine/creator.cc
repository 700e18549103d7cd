#include "engine/creator.h"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include "cim/datetime.h"
#include "cim/value.h"

namespace wmi::engine {
namespace {

// The binary form (MS-DTYP 2.4.2): revision, number of parts, the authority with its highest byte first, then the parts
// with their lowest byte first.
constexpr std::size_t kHeadBytes = 8;
constexpr std::size_t kPartBytes = 4;

std::vector<std::uint8_t> Sid(std::uint8_t authority, std::span<const std::uint32_t> parts) {
  std::vector<std::uint8_t> bytes = {1, static_cast<std::uint8_t>(parts.size()), 0, 0, 0, 0, 0, authority};
  for (const std::uint32_t part : parts) {
    for (unsigned shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::uint8_t>(part >> shift));
  }
  return bytes;
}

const std::vector<std::uint8_t>& Administrators() {
  static const std::vector<std::uint8_t> administrators = Sid(5, std::to_array<std::uint32_t>({32, 544}));
  return administrators;
}

}  // namespace

CreatorSid CreatorSid::Of(const Principal& principal) {
  if (principal.uid == 0) return CreatorSid(Administrators());
  return CreatorSid(Sid(22, std::to_array<std::uint32_t>({1, principal.uid})));
}

CreatorSid CreatorSid::In(const cim::Object& part) {
  const auto slot = part.schema().FindSlot("CreatorSID");
  if (!slot || part.slot(*slot).kind() != cim::ValueKind::kArray) return {};
  std::vector<std::uint8_t> bytes;
  for (const cim::ValueView item : part.slot(*slot).items()) {
    if (item.kind() == cim::ValueKind::kUnsigned) bytes.push_back(static_cast<std::uint8_t>(item.unsigned_integer()));
  }
  return CreatorSid(std::move(bytes));
}

bool CreatorSid::is_administrator() const { return bytes_ == Administrators(); }

std::string CreatorSid::Text() const {
  if (bytes_.empty()) return "nobody";
  if (bytes_.size() < kHeadBytes || bytes_.size() != kHeadBytes + kPartBytes * bytes_[1]) {
    return fmt::format("{:02x}", fmt::join(bytes_, ""));
  }
  std::uint64_t authority = 0;
  for (std::size_t i = 2; i < kHeadBytes; ++i) authority = authority << 8 | bytes_[i];
  std::string text = fmt::format("S-{}-{}", bytes_[0], authority);
  for (std::size_t at = kHeadBytes; at < bytes_.size(); at += kPartBytes) {
    std::uint32_t part = 0;
    for (std::size_t i = kPartBytes; i-- > 0;) part = part << 8 | bytes_[at + i];
    text += fmt::format("-{}", part);
  }
  return text;
}

bool IsSubscriptionPart(const cim::Class& schema) {
  return schema.IsA("__EventFilter") || schema.IsA("__EventConsumer") || schema.IsA("__FilterToConsumerBinding");
}

cim::Object WrittenBy(const Principal& creator, const cim::Object& instance, std::int64_t now_microseconds) {
  const cim::Class& schema = instance.schema();
  if (!IsSubscriptionPart(schema)) return instance;
  const std::optional<std::size_t> sid = schema.FindSlot("CreatorSID");
  const std::optional<std::size_t> date = schema.FindSlot("CreationDate");
  // A put that shows some properties only writes those, and these two always.
  cim::PropertySet visible = instance.visible();
  if (sid) visible.Add(*sid);
  if (date) visible.Add(*date);
  cim::RowBlockBuilder row(visible);
  row.BeginRow(instance.schema_ptr());
  for (std::size_t slot = 0; slot < schema.properties().size(); ++slot) row.Set(slot, instance.slot(slot));
  if (sid) {
    const CreatorSid own = CreatorSid::Of(creator);
    std::vector<cim::Value> bytes;
    for (const std::uint8_t byte : own.bytes()) bytes.push_back(cim::Value::Unsigned(byte));
    row.Set(*sid, cim::Value::Array(std::move(bytes)).view());
  }
  if (date) row.SetText(*date, cim::FormatDatetime(now_microseconds, 0));
  row.SetOwnQualifiers(instance.own_qualifiers_ptr());
  row.CommitRow();
  std::vector<cim::Object> built;
  row.Finish(built);
  return std::move(built.front());
}

}  // namespace wmi::engine
