#include "mof/convert.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "base/text.h"
#include "cim/check.h"

namespace wmi::mof {
namespace {

using cim::CimType;
using cim::DataType;
using cim::Value;
using Kind = Literal::Kind;

std::string Shown(const Literal& literal) {
  switch (literal.kind) {
    case Kind::kNull:
      return "NULL";
    case Kind::kBoolean:
      return literal.boolean ? "TRUE" : "FALSE";
    case Kind::kInteger:
      return fmt::format("{}{}", literal.is_negative ? "-" : "", literal.magnitude);
    case Kind::kReal:
      return fmt::format("{}", literal.real);
    case Kind::kCharacter:
      return "a character";
    case Kind::kText:
      return cim::Describe(cim::ValueView::Text(literal.text));
    case Kind::kArray:
      return "a list of values";
    case Kind::kAlias:
      return fmt::format("${}", literal.text);
    case Kind::kInstance:
      return "an instance";
  }
  return "the value";
}

Converted Fail(Code code, const Literal& literal, std::string message) {
  return {Value(), {Status(code, std::move(message)), literal.offset}};
}

Converted Mismatch(const Literal& literal, const DataType& type) {
  return Fail(code::kMofTypeMismatch, literal,
              fmt::format("{} is no value of type {}", Shown(literal), cim::Describe(type)));
}

Converted OutOfRange(const Literal& literal, const DataType& type) {
  return Fail(code::kMofOutOfRange, literal,
              fmt::format("{} is outside the range of {}", Shown(literal), cim::TypeName(type.type)));
}

// An integer with its sign apart, whatever it is written as.
struct Integer {
  bool is_negative = false;
  std::uint64_t magnitude = 0;
};

std::optional<Integer> IntegerFromText(std::string_view text) {
  Integer result;
  result.is_negative = text.starts_with('-');
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  }
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), result.magnitude, base);
  if (text.empty() || error != std::errc() || last != text.data() + text.size()) return std::nullopt;
  return result;
}

// Out of range: a real that is too large for any integer.
std::optional<Integer> IntegerFromReal(double real) {
  const double rounded = std::round(real);
  if (!(std::fabs(rounded) < 18446744073709551616.0)) return std::nullopt;
  return Integer{rounded < 0, static_cast<std::uint64_t>(std::fabs(rounded))};
}

Converted ConvertInteger(const Literal& literal, const DataType& type) {
  Integer integer{literal.is_negative, literal.magnitude};
  if (literal.kind == Kind::kReal) {
    const std::optional<Integer> rounded = IntegerFromReal(literal.real);
    if (!rounded) return OutOfRange(literal, type);
    integer = *rounded;
  } else if (literal.kind == Kind::kText) {
    const bool is_wide = type.type == CimType::kSint64 || type.type == CimType::kUint64;
    const std::optional<Integer> parsed = is_wide ? IntegerFromText(literal.text) : std::nullopt;
    if (!parsed) return Mismatch(literal, type);
    integer = *parsed;
  } else if (literal.kind == Kind::kCharacter ? type.type != CimType::kChar16 : literal.kind != Kind::kInteger) {
    return Mismatch(literal, type);
  }
  Value value;
  if (cim::IsUnsignedInteger(type.type)) {
    if (integer.is_negative && integer.magnitude != 0) return OutOfRange(literal, type);
    value = Value::Unsigned(integer.magnitude);
  } else {
    constexpr std::uint64_t kNegativeMax = std::uint64_t{1} << 63;
    if (integer.magnitude > (integer.is_negative ? kNegativeMax : kNegativeMax - 1)) return OutOfRange(literal, type);
    value = Value::Signed(static_cast<std::int64_t>(integer.is_negative ? 0 - integer.magnitude : integer.magnitude));
  }
  if (!cim::CheckValue(type, value.view()).ok()) return OutOfRange(literal, type);
  return {std::move(value), {}};
}

Converted ConvertReal(const Literal& literal, const DataType& type) {
  if (literal.kind == Kind::kInteger) {
    const auto magnitude = static_cast<double>(literal.magnitude);
    return {Value::Real(literal.is_negative ? -magnitude : magnitude), {}};
  }
  if (literal.kind != Kind::kReal) return Mismatch(literal, type);
  if (type.type == CimType::kReal32 && std::fabs(literal.real) > std::numeric_limits<float>::max())
    return OutOfRange(literal, type);
  return {Value::Real(literal.real), {}};
}

Converted ConvertAlias(const Literal& literal, const DataType& type, ObjectResolver* resolver) {
  if (type.type == CimType::kReference && resolver != nullptr) return resolver->ResolveAlias(literal);
  return Fail(code::kMofUnexpectedAlias, literal,
              fmt::format("${} stands for the path of an instance, but the property is of type {}; use a reference",
                          literal.text, cim::Describe(type)));
}

Converted ConvertInstance(const Literal& literal, const DataType& type, ObjectResolver* resolver) {
  if (type.type != CimType::kObject || resolver == nullptr) return Mismatch(literal, type);
  Converted converted = resolver->ResolveInstance(literal);
  if (!converted.ok()) return converted;
  const Status status = cim::CheckValue({CimType::kObject, false, type.class_name}, converted.value.view());
  if (status.ok()) return converted;
  const bool is_mismatch = status.code() == code::kTypeMismatch;
  return Fail(is_mismatch ? code::kMofTypeMismatch : status.code(), literal, status.Message());
}

Converted ConvertScalar(const Literal& literal, const DataType& type, ObjectResolver* resolver) {
  if (literal.kind == Kind::kNull) return {};
  if (literal.kind == Kind::kAlias) return ConvertAlias(literal, type, resolver);
  if (literal.kind == Kind::kInstance) return ConvertInstance(literal, type, resolver);
  if (cim::IsInteger(type.type)) return ConvertInteger(literal, type);
  if (cim::IsReal(type.type)) return ConvertReal(literal, type);
  if (type.type == CimType::kBoolean) {
    if (literal.kind != Kind::kBoolean) return Mismatch(literal, type);
    return {Value::Boolean(literal.boolean), {}};
  }
  if (!cim::IsTextual(type.type) || literal.kind != Kind::kText) return Mismatch(literal, type);
  Value value = Value::Text(std::string(literal.text));
  const Status status = cim::CheckValue({type.type, false, ""}, value.view());
  if (!status.ok()) return Fail(code::kMofTypeMismatch, literal, status.Message());
  return {std::move(value), {}};
}

TypedValue FailTyped(const Literal& literal, std::string message) {
  TypedValue result;
  result.failure = {Status(code::kMofInvalidQualifierSyntax, std::move(message)), literal.offset};
  return result;
}

// From -2^31 to 2^32 - 1: what 32 bits can hold, signed or not.
bool FitsWord(const Literal& literal) {
  return literal.magnitude <= (literal.is_negative ? std::uint64_t{1} << 31 : std::uint64_t{UINT32_MAX});
}

CimType QualifierTypeOf(const Literal& literal) {
  switch (literal.kind) {
    case Kind::kBoolean:
      return CimType::kBoolean;
    case Kind::kInteger:
      return FitsWord(literal) ? CimType::kSint32 : CimType::kString;
    case Kind::kReal:
      return CimType::kReal64;
    default:
      return CimType::kString;
  }
}

Value QualifierScalar(const Literal& literal) {
  switch (literal.kind) {
    case Kind::kBoolean:
      return Value::Boolean(literal.boolean);
    case Kind::kInteger: {
      const std::uint64_t bits = literal.is_negative ? 0 - literal.magnitude : literal.magnitude;
      if (!FitsWord(literal)) return Value::Text(Shown(literal));
      // 32 bits are kept as they are: a qualifier has no unsigned type.
      return Value::Signed(static_cast<std::int32_t>(static_cast<std::uint32_t>(bits)));
    }
    case Kind::kReal:
      return Value::Real(literal.real);
    case Kind::kCharacter: {
      const wchar_t wide = static_cast<wchar_t>(literal.magnitude);
      return Value::Text(Utf8FromWide(std::wstring_view(&wide, 1)));
    }
    default:
      return Value::Text(std::string(literal.text));
  }
}

}  // namespace

Converted ConvertLiteral(const Literal& literal, const DataType& type, ObjectResolver* resolver) {
  if (literal.kind == Kind::kNull) return {};
  if (!type.is_array) {
    if (literal.kind != Kind::kArray) return ConvertScalar(literal, type, resolver);
    return Fail(code::kMofUnexpectedArrayInit, literal,
                fmt::format("a list of values, but the type is {}; an array has [] behind its name", Describe(type)));
  }
  if (literal.kind != Kind::kArray) {
    return Fail(code::kMofExpectedBraceOrBadType, literal,
                fmt::format("the values of an array ({}) stand in braces", Describe(type)));
  }
  const DataType element{type.type, false, type.class_name};
  std::vector<Value> items;
  items.reserve(literal.items.size());
  for (const Literal& item : literal.items) {
    Converted converted = ConvertScalar(item, element, resolver);
    if (!converted.ok()) return converted;
    items.push_back(std::move(converted.value));
  }
  return {Value::Array(std::move(items)), {}};
}

TypedValue QualifierFromLiteral(const Literal& literal) {
  if (literal.kind == Kind::kNull) return FailTyped(literal, "a qualifier cannot be NULL; leave it out");
  TypedValue result;
  if (literal.kind != Kind::kArray) {
    result.type = {QualifierTypeOf(literal), false, ""};
    result.value = QualifierScalar(literal);
    return result;
  }
  // A list without values is one of strings, for want of anything that says otherwise.
  result.type = {literal.items.empty() ? CimType::kString : QualifierTypeOf(literal.items.front()), true, ""};
  std::vector<Value> items;
  items.reserve(literal.items.size());
  for (const Literal& item : literal.items) {
    if (QualifierTypeOf(item) != result.type.type) {
      return FailTyped(item, fmt::format("{} is of another type than the values before it", Shown(item)));
    }
    items.push_back(QualifierScalar(item));
  }
  result.value = Value::Array(std::move(items));
  return result;
}

TypedValue QualifierFromLiteral(const Literal& literal, const DataType& declared) {
  TypedValue result;
  const Converted converted = ConvertLiteral(literal, declared);
  if (!converted.ok()) {
    result.failure = converted.failure;
    return result;
  }
  if (literal.kind == Kind::kArray && literal.items.empty()) {
    const bool is_text =
        !cim::IsInteger(declared.type) && !cim::IsReal(declared.type) && declared.type != CimType::kBoolean;
    result.type = {is_text ? CimType::kString : declared.type, true, ""};
    if (cim::IsInteger(declared.type)) result.type.type = CimType::kSint32;
    if (cim::IsReal(declared.type)) result.type.type = CimType::kReal64;
    result.value = Value::Array({});
    return result;
  }
  // An integer given for a real.
  if (cim::IsReal(declared.type) && literal.kind != Kind::kNull) {
    result.type = {CimType::kReal64, declared.is_array, ""};
    result.value = converted.value;
    return result;
  }
  return QualifierFromLiteral(literal);
}

}  // namespace wmi::mof
