#include "engine/creator.h"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <utility>

#include "cim/datetime.h"
#include "cim/value.h"

namespace wmi::engine {

CreatorSid CreatorSid::Of(const Principal& principal) {
  return CreatorSid((principal.uid == 0 ? security::kAdministrators : security::UserSid(principal.uid)).Bytes());
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

std::optional<security::Sid> CreatorSid::sid() const {
  std::optional<security::Sid> sid = security::Sid::FromBytes(bytes_);
  return sid && sid->byte_count() == bytes_.size() ? sid : std::nullopt;
}

bool CreatorSid::is_administrator() const { return sid() == security::kAdministrators; }

std::string CreatorSid::Text() const {
  if (bytes_.empty()) return "nobody";
  const std::optional<security::Sid> read = sid();
  return read ? read->Text() : fmt::format("{:02x}", fmt::join(bytes_, ""));
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
