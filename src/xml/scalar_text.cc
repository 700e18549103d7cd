#include "xml/scalar_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/text.h"
#include "xml/output.h"

namespace wmi::xml {
namespace {

using cim::CimType;
using cim::Value;
using cim::ValueKind;
using cim::ValueView;

std::string RealText(CimType type, double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-INF" : "INF";
  return type == CimType::kReal32 ? fmt::format("{}", static_cast<float>(value)) : fmt::format("{}", value);
}

std::string CharacterText(std::uint64_t unit) {
  const auto character = static_cast<wchar_t>(unit);
  const bool is_surrogate = unit >= 0xD800 && unit < 0xE000;
  std::string text = Utf8FromWide({&character, 1});
  if (unit == 0 || is_surrogate || !IsXmlText(text)) return fmt::format("\\x{:04X}", unit);
  return text;
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

template <typename T>
bool ParseAll(std::string_view text, T& value, int base = 10) {
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && last == text.data() + text.size() && !text.empty();
}

// The width of the type is checked with the value (cim/check.h).
std::optional<Value> ParseInteger(CimType type, std::string_view text) {
  text = Trimmed(text);
  const bool has_minus = text.starts_with('-');
  if (has_minus || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  }
  std::uint64_t magnitude = 0;
  if (!ParseAll(text, magnitude, base)) return std::nullopt;
  if (cim::IsUnsignedInteger(type)) {
    if (has_minus && magnitude != 0) return std::nullopt;
    return Value::Unsigned(magnitude);
  }
  constexpr auto kSignedMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (magnitude > kSignedMax + (has_minus ? 1 : 0)) return std::nullopt;
  return Value::Signed(static_cast<std::int64_t>(has_minus ? 0 - magnitude : magnitude));
}

std::optional<Value> ParseReal(CimType type, std::string_view text) {
  text = Trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  if (EqualFolded(text, "NaN")) return Value::Real(std::numeric_limits<double>::quiet_NaN());
  if (EqualFolded(text, "INF")) return Value::Real(std::numeric_limits<double>::infinity());
  if (EqualFolded(text, "-INF")) return Value::Real(-std::numeric_limits<double>::infinity());
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  if (first == text.size() || (text[first] != '.' && (text[first] < '0' || text[first] > '9'))) return std::nullopt;
  double value = 0;
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || last != text.data() + text.size()) return std::nullopt;
  if (type != CimType::kReal32) return Value::Real(value);
  if (std::fabs(value) > static_cast<double>(std::numeric_limits<float>::max())) return std::nullopt;
  return Value::Real(static_cast<double>(static_cast<float>(value)));
}

std::optional<Value> ParseCharacter(std::string_view text) {
  if (text.size() > 2 && text.starts_with("\\x")) {
    std::uint16_t unit = 0;
    if (!ParseAll(text.substr(2), unit, 16)) return std::nullopt;
    return Value::Unsigned(unit);
  }
  const std::wstring characters = WideFromUtf8(text);
  if (characters.size() != 1 || characters.front() > 0xFFFF) return std::nullopt;
  return Value::Unsigned(static_cast<std::uint64_t>(characters.front()));
}

}  // namespace

std::string ScalarText(CimType type, ValueView value) {
  switch (value.kind()) {
    case ValueKind::kBoolean:
      return value.boolean() ? "TRUE" : "FALSE";
    case ValueKind::kSigned:
      return fmt::format("{}", value.signed_integer());
    case ValueKind::kUnsigned:
      return type == CimType::kChar16 ? CharacterText(value.unsigned_integer())
                                      : fmt::format("{}", value.unsigned_integer());
    case ValueKind::kReal:
      return RealText(type, value.real());
    case ValueKind::kText:
      return std::string(value.text());
    default:
      return {};
  }
}

std::optional<Value> ParseScalar(CimType type, std::string_view text) {
  if (cim::IsTextual(type)) return Value::Text(std::string(text));
  if (type == CimType::kChar16) return ParseCharacter(text);
  if (cim::IsInteger(type)) return ParseInteger(type, text);
  if (cim::IsReal(type)) return ParseReal(type, text);
  if (type != CimType::kBoolean) return std::nullopt;
  text = Trimmed(text);
  if (EqualFolded(text, "TRUE")) return Value::Boolean(true);
  if (EqualFolded(text, "FALSE")) return Value::Boolean(false);
  return std::nullopt;
}

std::optional<CimType> FindType(std::string_view name) {
  for (const CimType type :
       {CimType::kString, CimType::kUint32, CimType::kBoolean, CimType::kUint16, CimType::kUint64, CimType::kDatetime,
        CimType::kUint8, CimType::kSint8, CimType::kSint16, CimType::kSint32, CimType::kSint64, CimType::kReal32,
        CimType::kReal64, CimType::kChar16, CimType::kReference, CimType::kObject}) {
    if (XmlTypeName(type) == name) return type;
  }
  return std::nullopt;
}

std::string_view XmlTypeName(CimType type) { return type == CimType::kReference ? "reference" : cim::TypeName(type); }

}  // namespace wmi::xml
