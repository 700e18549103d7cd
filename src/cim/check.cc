#include "cim/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "base/limits.h"
#include "base/text.h"
#include "cim/datetime.h"
#include "cim/row.h"

namespace wmi::cim {
namespace {

constexpr std::size_t kShownCharacters = 60;
constexpr std::size_t kShownItems = 4;

struct NameRules {
  std::string_view noun;
  Code too_wide;
  Code invalid;
};

NameRules RulesOf(NameOf what) {
  switch (what) {
    case NameOf::kClass:
      return {"class", code::kClassNameTooWide, code::kInvalidClass};
    case NameOf::kProperty:
      return {"property", code::kPropertyNameTooWide, code::kInvalidProperty};
    case NameOf::kMethod:
      return {"method", code::kMethodNameTooWide, code::kInvalidMethod};
    case NameOf::kParameter:
      return {"parameter", code::kPropertyNameTooWide, code::kInvalidMethodParameters};
    case NameOf::kQualifier:
      return {"qualifier", code::kQualifierNameTooWide, code::kInvalidQualifier};
  }
  return {"thing", code::kInvalidParameter, code::kInvalidParameter};
}

bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

std::string_view Shortened(std::string_view text) {
  if (text.size() <= kShownCharacters) return text;
  std::size_t end = kShownCharacters;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

template <typename Integer>
bool InRange(std::int64_t value) {
  return value >= std::int64_t{std::numeric_limits<Integer>::min()} &&
         value <= std::int64_t{std::numeric_limits<Integer>::max()};
}

bool SignedFits(CimType type, std::int64_t value) {
  if (type == CimType::kSint8) return InRange<std::int8_t>(value);
  if (type == CimType::kSint16) return InRange<std::int16_t>(value);
  if (type == CimType::kSint32) return InRange<std::int32_t>(value);
  return true;
}

bool UnsignedFits(CimType type, std::uint64_t value) {
  if (type == CimType::kUint8) return value <= 0xFF;
  if (type == CimType::kUint16 || type == CimType::kChar16) return value <= 0xFFFF;
  if (type == CimType::kUint32) return value <= 0xFFFFFFFF;
  return true;
}

ValueKind KindOf(CimType type) {
  if (IsSignedInteger(type)) return ValueKind::kSigned;
  if (IsUnsignedInteger(type)) return ValueKind::kUnsigned;
  if (IsReal(type)) return ValueKind::kReal;
  if (IsTextual(type)) return ValueKind::kText;
  if (type == CimType::kBoolean) return ValueKind::kBoolean;
  if (type == CimType::kObject) return ValueKind::kObject;
  return ValueKind::kNull;
}

Status Mismatch(const DataType& type, ValueView value) {
  return Status(code::kTypeMismatch, fmt::format("{} is no value of type {}", Describe(value), Describe(type)));
}

// How many objects lie inside each other, and how many there are in all, up to the limits. One object may stand in many
// places, each of which counts: whoever walks the value later, to compare it or to write it as text, meets it there.
class Nesting {
 public:
  // False when a limit is passed.
  bool Enter(ValueView value) { return Enter(value, 0); }

 private:
  bool Enter(ValueView value, std::size_t depth) {
    if (value.kind() == ValueKind::kObject) return value.object() == nullptr || Enter(*value.object(), depth);
    if (value.kind() != ValueKind::kArray) return true;
    return std::all_of(value.items().begin(), value.items().end(),
                       [&](ValueView item) { return item.kind() != ValueKind::kObject || Enter(item, depth); });
  }
  bool Enter(const Object& object, std::size_t depth) {
    if (!object) return true;
    if (depth == limits::kObjectNestingMax || ++objects_ > limits::kEmbeddedObjectsMax) return false;
    for (std::size_t slot = 0; slot < object.schema().properties().size(); ++slot) {
      if (!Enter(object.slot(slot), depth + 1)) return false;
    }
    return true;
  }

  std::size_t objects_ = 0;
};

Status CheckObject(const DataType& type, ValueView value) {
  const Object* object = value.object();
  if (object == nullptr || !*object) return Mismatch(type, ValueView());
  if (!type.class_name.empty() && !object->schema().IsA(type.class_name)) {
    return Status(code::kTypeMismatch,
                  fmt::format("an object of class {} is no {}", object->schema().name(), type.class_name));
  }
  return Status();
}

Status CheckScalar(const DataType& type, ValueView value) {
  if (value.kind() != KindOf(type.type)) return Mismatch(type, value);
  bool fits = true;
  if (value.kind() == ValueKind::kSigned) fits = SignedFits(type.type, value.signed_integer());
  if (value.kind() == ValueKind::kUnsigned) fits = UnsignedFits(type.type, value.unsigned_integer());
  if (!fits) {
    return Status(code::kValueOutOfRange,
                  fmt::format("{} is outside the range of {}", Describe(value), TypeName(type.type)));
  }
  if (type.type == CimType::kDatetime) {
    const Result<Datetime> datetime = ParseDatetime(value.text());
    if (!datetime.ok()) return datetime.status();
  }
  if (value.kind() == ValueKind::kObject) return CheckObject(type, value);
  return Status();
}

}  // namespace

bool IsIdentifier(std::string_view name) {
  if (name.empty() || !IsNameStart(name.front())) return false;
  for (const char c : name) {
    if (!IsNameStart(c) && (c < '0' || c > '9')) return false;
  }
  return IsUtf8(name);
}

Status CheckName(std::string_view name, NameOf what) {
  const NameRules rules = RulesOf(what);
  if (name.size() > limits::kNameLengthMax && CharacterCount(name) > limits::kNameLengthMax) {
    return Status(rules.too_wide, fmt::format("the {} name '{}…' has {} characters; at most {} are allowed", rules.noun,
                                              Shortened(name), CharacterCount(name), limits::kNameLengthMax));
  }
  if (!IsIdentifier(name)) {
    return Status(rules.invalid, fmt::format("'{}' is no {} name; use letters, digits and underscores, a letter first",
                                             Shortened(name), rules.noun));
  }
  if (what == NameOf::kQualifier) return Status();
  if (name.starts_with("__")) {
    if (what == NameOf::kClass) return Status();
    const Code reserved = what == NameOf::kProperty ? code::kSystemProperty : rules.invalid;
    return Status(reserved, fmt::format("the {} name '{}' is reserved for the system: it starts with two underscores",
                                        rules.noun, name));
  }
  if (name.front() == '_' || name.back() == '_') {
    return Status(rules.invalid,
                  fmt::format("the {} name '{}' must not start or end with an underscore", rules.noun, name));
  }
  return Status();
}

Status CheckValue(const DataType& type, ValueView value) {
  if (value.is_null()) return Status();
  if (type.type == CimType::kObject && !Nesting().Enter(value)) {
    return Status(code::kQuotaViolation,
                  fmt::format("more than {} objects, or objects inside each other deeper than {}",
                              limits::kEmbeddedObjectsMax, limits::kObjectNestingMax));
  }
  if (!type.is_array) return CheckScalar(type, value);
  if (value.kind() != ValueKind::kArray) return Mismatch(type, value);
  if (value.items().size() > limits::kArrayLengthMax) {
    return Status(code::kQuotaViolation, fmt::format("an array of {} elements; at most {} are allowed",
                                                     value.items().size(), limits::kArrayLengthMax));
  }
  for (const ValueView& item : value.items()) TRY(CheckScalar(type, item));
  return Status();
}

std::string Describe(ValueView value) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return "NULL";
    case ValueKind::kBoolean:
      return value.boolean() ? "TRUE" : "FALSE";
    case ValueKind::kSigned:
      return fmt::format("{}", value.signed_integer());
    case ValueKind::kUnsigned:
      return fmt::format("{}", value.unsigned_integer());
    case ValueKind::kReal:
      return fmt::format("{}", value.real());
    case ValueKind::kText: {
      const std::string_view shown = Shortened(value.text());
      return fmt::format("\"{}{}\"", shown, shown.size() < value.text().size() ? "…" : "");
    }
    case ValueKind::kArray: {
      std::string text = "{";
      for (std::size_t i = 0; i < value.items().size() && i < kShownItems; ++i) {
        if (i != 0) text += ", ";
        const ValueView item = value.items()[i];
        text += item.kind() == ValueKind::kArray ? "{…}" : Describe(item);
      }
      return text + (value.items().size() > kShownItems ? ", …}" : "}");
    }
    case ValueKind::kObject:
      return value.object() == nullptr || !*value.object() ? "NULL" : "an object of " + value.object()->schema().name();
  }
  return "NULL";
}

std::string Describe(const DataType& type) {
  std::string text(TypeName(type.type));
  if (type.type == CimType::kReference) text = (type.class_name.empty() ? "object" : type.class_name) + " ref";
  if (type.type == CimType::kObject && !type.class_name.empty()) text = type.class_name;
  return text + (type.is_array ? "[]" : "");
}

}  // namespace wmi::cim
