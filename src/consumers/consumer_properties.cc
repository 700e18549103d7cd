#include "consumers/consumer_properties.h"

#include <fmt/format.h>

#include <utility>

namespace wmi::consumers {
namespace {

using cim::ValueKind;
using cim::ValueView;

// How much of a wrong value a message shows.
constexpr std::size_t kShownBytesMax = 200;

std::string Shown(ValueView value) {
  switch (value.kind()) {
    case ValueKind::kText:
      return fmt::format("\"{}\"", value.text().substr(0, kShownBytesMax));
    case ValueKind::kUnsigned:
      return fmt::format("{}", value.unsigned_integer());
    case ValueKind::kSigned:
      return fmt::format("{}", value.signed_integer());
    case ValueKind::kArray:
      return fmt::format("a list of {}", value.items().size());
    default:
      return "NULL";
  }
}

}  // namespace

ValueView ConsumerProperties::Find(std::string_view property) const {
  const std::optional<std::size_t> slot = consumer_.schema().FindSlot(property);
  return slot ? consumer_.slot(*slot) : ValueView();
}

std::optional<std::string> ConsumerProperties::Text(std::string_view property) const {
  const ValueView value = Find(property);
  if (value.kind() != ValueKind::kText) return std::nullopt;
  return std::string(value.text());
}

std::optional<std::uint64_t> ConsumerProperties::Number(std::string_view property) const {
  const ValueView value = Find(property);
  if (value.kind() != ValueKind::kUnsigned) return std::nullopt;
  return value.unsigned_integer();
}

bool ConsumerProperties::Flag(std::string_view property) const {
  const ValueView value = Find(property);
  return value.kind() == ValueKind::kBoolean && value.boolean();
}

std::vector<std::string> ConsumerProperties::Texts(std::string_view property) const {
  std::vector<std::string> texts;
  const ValueView value = Find(property);
  if (value.kind() != ValueKind::kArray) return texts;
  for (const ValueView& item : value.items()) {
    texts.emplace_back(item.kind() == ValueKind::kText ? item.text() : std::string_view());
  }
  return texts;
}

Result<std::optional<TextTemplate>> ConsumerProperties::Template(std::string_view property) const {
  const std::optional<std::string> text = Text(property);
  if (!text) return std::optional<TextTemplate>();
  return std::optional<TextTemplate>(TRY(ParseTemplate(property, *text)));
}

Result<TextTemplate> ConsumerProperties::ParseTemplate(std::string_view property, std::string_view text) const {
  Result<TextTemplate> parsed = TextTemplate::Parse(text);
  if (parsed.ok()) return parsed;
  ErrorDetail detail;
  const Status& failure = parsed.status();
  const int column = failure.detail() != nullptr ? failure.detail()->column : 0;
  detail.message = fmt::format("{} \"{}\": {}, character {}: {}", consumer_.schema().name(),
                               Text("Name").value_or(std::string()), property, column, failure.Message());
  detail.parameter = property;
  detail.column = column;
  return Status(code::kInvalidParameter, std::move(detail));
}

Status ConsumerProperties::Wrong(std::string_view property, std::string_view advice) const {
  ErrorDetail detail;
  detail.message = fmt::format("{} \"{}\": {} is {}: {}", consumer_.schema().name(),
                               Text("Name").value_or(std::string()), property, Shown(Find(property)), advice);
  detail.parameter = property;
  return Status(code::kInvalidParameter, std::move(detail));
}

}  // namespace wmi::consumers
