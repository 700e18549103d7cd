#include "store/key_text.h"

#include <fmt/format.h>

#include <iterator>

#include "base/text.h"

namespace wmi::store {
namespace {

// Each value says its kind and ends where its length says, so no two tuples have the same text.
void Append(std::string& out, cim::ValueView value) {
  switch (value.kind()) {
    case cim::ValueKind::kBoolean:
      out += value.boolean() ? "t;" : "f;";
      return;
    case cim::ValueKind::kSigned:
      fmt::format_to(std::back_inserter(out), "{};", value.signed_integer());
      return;
    case cim::ValueKind::kUnsigned:
      fmt::format_to(std::back_inserter(out), "{};", value.unsigned_integer());
      return;
    case cim::ValueKind::kText: {
      const std::string folded = Fold(value.text());
      fmt::format_to(std::back_inserter(out), "\"{}:", folded.size());
      out += folded;
      return;
    }
    case cim::ValueKind::kNull:
    case cim::ValueKind::kReal:
    case cim::ValueKind::kArray:
    case cim::ValueKind::kObject:
      // No class has such a key (cim::Class::Make), so this finds nothing.
      out += "?;";
      return;
  }
}

}  // namespace

std::string KeyText(const KeyTuple& keys) {
  std::string text;
  for (const cim::Value& key : keys) Append(text, key.view());
  return text;
}

std::optional<std::string> KeyText(const cim::Object& instance) {
  std::string text;
  for (const std::size_t slot : instance.schema().key_slots()) {
    if (instance.slot(slot).is_null()) return std::nullopt;
    Append(text, instance.slot(slot));
  }
  return text;
}

std::optional<std::string> KeyText(const cim::Row& instance) {
  std::string text;
  for (const std::size_t slot : instance.schema->key_slots()) {
    if (instance.slots[slot].is_null()) return std::nullopt;
    Append(text, instance.slots[slot]);
  }
  return text;
}

}  // namespace wmi::store
