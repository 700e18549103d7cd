#include "wql/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "base/text.h"
#include "cim/datetime.h"
#include "cim/row.h"
#include "wql/datetime_constant.h"
#include "wql/diagnostic.h"
#include "wql/lexer.h"
#include "wql/print.h"

namespace wmi::wql {

namespace {

constexpr std::int64_t kSignedMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kSignedMax = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t kUnsignedMax = std::numeric_limits<std::uint64_t>::max();

bool IsEquality(Operator op) { return op == Operator::kEqual || op == Operator::kNotEqual; }

template <typename T>
bool Relates(Operator op, T a, T b) {
  switch (op) {
    case Operator::kEqual:
      return a == b;
    case Operator::kNotEqual:
      return a != b;
    case Operator::kLess:
      return a < b;
    case Operator::kLessOrEqual:
      return a <= b;
    case Operator::kGreater:
      return a > b;
    case Operator::kGreaterOrEqual:
      return a >= b;
    default:
      return false;
  }
}

std::string ConstantText(const Constant& constant) {
  switch (constant.kind) {
    case ConstantKind::kNull:
      return "NULL";
    case ConstantKind::kBoolean:
      return constant.boolean ? "TRUE" : "FALSE";
    case ConstantKind::kInteger:
      return fmt::format("{}{}", constant.is_negative ? "-" : "", constant.magnitude);
    case ConstantKind::kReal:
      return RealText(constant.real);
    case ConstantKind::kText:
      break;
  }
  return fmt::format("\"{}\"", Excerpt(constant.text));
}

Status Unsuitable(std::string_view name, std::string_view type, std::string_view expected, const Constant& constant) {
  return Status(code::kInvalidQuery,
                fmt::format("'{}' is {}: expected {}, found {}", name, type, expected, ConstantText(constant)));
}

// The two's complement of a magnitude that fits.
std::int64_t SignedFrom(bool is_negative, std::uint64_t magnitude) {
  return static_cast<std::int64_t>(is_negative ? ~magnitude + 1 : magnitude);
}

// Equality with an already folded text. ASCII is compared in place; the first other character asks the full folding.
bool EqualsFolded(std::string_view text, std::string_view folded) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c >= 0x80) return EqualFolded(text.substr(at), folded.substr(std::min(at, folded.size())));
    if (at >= folded.size()) return false;
    const auto lower = static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    if (lower != static_cast<unsigned char>(folded[at])) return false;
  }
  return at == folded.size();
}

}  // namespace

Status Comparison::CheckProperty(std::string_view name, const cim::DataType& type, Operator op) {
  if (type.is_array) {
    return Status(code::kInvalidQuery, fmt::format("'{}' is an array; array properties cannot be queried", name));
  }
  const bool is_object_test = op == Operator::kIsNull || op == Operator::kIsNotNull || op == Operator::kIsA;
  if (type.type == cim::CimType::kObject && !is_object_test) {
    return Status(code::kInvalidQuery,
                  fmt::format("'{}' is an embedded object; test one of its properties ({}.Name), use ISA or IS NULL",
                              name, name));
  }
  return Status();
}

Status Comparison::CheckOperator(std::string_view name, const cim::DataType& type, Operator op) {
  const std::string_view word = cim::TypeName(type.type);
  if (op == Operator::kIsA && type.type != cim::CimType::kObject) {
    return Status(code::kInvalidQuery, fmt::format("'{}' is {}; ISA asks an embedded object or __this", name, word));
  }
  if (op == Operator::kLike && type.type != cim::CimType::kString && type.type != cim::CimType::kReference) {
    return Status(code::kInvalidQuery, fmt::format("'{}' is {}; LIKE works on strings only", name, word));
  }
  const bool is_order = op == Operator::kLess || op == Operator::kLessOrEqual || op == Operator::kGreater ||
                        op == Operator::kGreaterOrEqual;
  if (type.type == cim::CimType::kBoolean && is_order) {
    return Status(code::kInvalidQuery, fmt::format("'{}' is boolean, which has no order; use = or <>", name));
  }
  return Status();
}

Result<Comparison> Comparison::Make(std::string_view name, const cim::DataType& type, Operator op,
                                    const Constant& constant) {
  TRY(CheckProperty(name, type, op));
  TRY(CheckOperator(name, type, op));
  if (op == Operator::kIsNull || op == Operator::kIsNotNull) {
    Comparison comparison(Kind::kIsNull, op);
    comparison.is_negated_ = op == Operator::kIsNotNull;
    return comparison;
  }
  if (op == Operator::kIsA) {
    Comparison comparison(Kind::kIsA, op);
    comparison.text_ = constant.text;
    return comparison;
  }
  if (op == Operator::kLike) return MakeLike(constant);
  if (type.type == cim::CimType::kChar16) return MakeCharacter(name, op, constant);
  if (cim::IsInteger(type.type)) return MakeInteger(name, type, op, constant);
  if (cim::IsReal(type.type)) return MakeReal(name, type, op, constant);
  if (type.type == cim::CimType::kBoolean) return MakeBoolean(name, op, constant);
  if (type.type == cim::CimType::kDatetime) return MakeDatetime(name, op, constant);
  return MakeText(name, type, op, constant);
}

Comparison Comparison::SignedRange(Operator op, bool is_negative, std::uint64_t magnitude) {
  Comparison range(Kind::kSignedRange, op);
  if (!is_negative && magnitude > static_cast<std::uint64_t>(kSignedMax)) {  // every value is less
    range.kind_ = Kind::kAlways;
    range.is_negated_ = op == Operator::kEqual || op == Operator::kGreater || op == Operator::kGreaterOrEqual;
    return range;
  }
  const std::int64_t value = SignedFrom(is_negative, magnitude);
  range.low_ = kSignedMin;
  range.high_ = value;  // <= ; and > as its opposite
  if (IsEquality(op)) range.low_ = value;
  if (op == Operator::kLess || op == Operator::kGreaterOrEqual) {  // >= ; and < as its opposite
    range.low_ = value;
    range.high_ = kSignedMax;
  }
  range.is_negated_ = op == Operator::kNotEqual || op == Operator::kLess || op == Operator::kGreater;
  return range;
}

Comparison Comparison::UnsignedRange(Operator op, bool is_negative, std::uint64_t magnitude) {
  Comparison range(Kind::kUnsignedRange, op);
  if (is_negative) {  // every value is greater
    range.kind_ = Kind::kAlways;
    range.is_negated_ = op == Operator::kEqual || op == Operator::kLess || op == Operator::kLessOrEqual;
    return range;
  }
  std::uint64_t low = 0;
  std::uint64_t high = magnitude;
  if (IsEquality(op)) low = magnitude;
  if (op == Operator::kLess || op == Operator::kGreaterOrEqual) {
    low = magnitude;
    high = kUnsignedMax;
  }
  range.low_ = static_cast<std::int64_t>(low);
  range.high_ = static_cast<std::int64_t>(high);
  range.is_negated_ = op == Operator::kNotEqual || op == Operator::kLess || op == Operator::kGreater;
  return range;
}

// TRUE = 1, FALSE = 0; for equality -1 is true as well (contract 7.1).
Comparison Comparison::Truth(Operator op, bool constant) {
  Comparison truth(Kind::kTruth, op);
  truth.low_ = constant ? 1 : 0;
  truth.is_negated_ = op == Operator::kNotEqual;
  return truth;
}

Result<Comparison> Comparison::MakeInteger(std::string_view name, const cim::DataType& type, Operator op,
                                           const Constant& constant) {
  WrittenInteger integer{constant.is_negative, constant.magnitude};
  switch (constant.kind) {
    case ConstantKind::kInteger:
      break;
    case ConstantKind::kBoolean:
      if (IsEquality(op)) return Truth(op, constant.boolean);
      integer = {false, constant.boolean ? 1U : 0U};
      break;
    case ConstantKind::kText:
      if (ReadInteger(constant.text, integer)) break;
      [[fallthrough]];
    default:
      return Unsuitable(name, cim::TypeName(type.type), "an integer", constant);
  }
  return cim::IsSignedInteger(type.type) ? SignedRange(op, integer.is_negative, integer.magnitude)
                                         : UnsignedRange(op, integer.is_negative, integer.magnitude);
}

Result<Comparison> Comparison::MakeReal(std::string_view name, const cim::DataType& type, Operator op,
                                        const Constant& constant) {
  Comparison comparison(type.type == cim::CimType::kReal32 ? Kind::kReal32 : Kind::kReal, op);
  switch (constant.kind) {
    case ConstantKind::kReal:
      comparison.real_ = constant.real;
      break;
    case ConstantKind::kInteger:
      comparison.real_ = static_cast<double>(constant.magnitude) * (constant.is_negative ? -1 : 1);
      break;
    case ConstantKind::kBoolean:
      if (IsEquality(op)) return Truth(op, constant.boolean);
      comparison.real_ = constant.boolean ? 1 : 0;
      break;
    case ConstantKind::kText:
      if (ReadReal(constant.text, comparison.real_)) break;
      [[fallthrough]];
    default:
      return Unsuitable(name, cim::TypeName(type.type), "a number", constant);
  }
  return comparison;
}

// Scripts write 'True' in quotes; accepted as the number in quotes is.
Result<Comparison> Comparison::MakeBoolean(std::string_view name, Operator op, const Constant& constant) {
  WrittenInteger integer{constant.is_negative, constant.magnitude};
  bool suits = constant.kind == ConstantKind::kInteger;
  if (constant.kind == ConstantKind::kBoolean || IsKeyword(constant.text, "TRUE") ||
      IsKeyword(constant.text, "FALSE")) {
    integer = {false, constant.boolean || IsKeyword(constant.text, "TRUE") ? 1U : 0U};
    suits = true;
  } else if (constant.kind == ConstantKind::kText) {
    suits = ReadInteger(constant.text, integer);
  }
  if (!suits || integer.magnitude > 1) return Unsuitable(name, "boolean", "TRUE or FALSE", constant);
  Comparison comparison(Kind::kBoolean, op);
  comparison.low_ = integer.magnitude == 1 ? 1 : 0;
  comparison.is_negated_ = op == Operator::kNotEqual;
  return comparison;
}

// An integer stands for its decimal text (Handle = 1), but texts have another order than numbers.
Result<Comparison> Comparison::MakeText(std::string_view name, const cim::DataType& type, Operator op,
                                        const Constant& constant) {
  const bool is_integer = constant.kind == ConstantKind::kInteger;
  if (constant.kind != ConstantKind::kText && !(is_integer && IsEquality(op))) {
    return Unsuitable(name, fmt::format("a {}", cim::TypeName(type.type)), "a text in quotes", constant);
  }
  Comparison comparison(IsEquality(op) ? Kind::kTextEqual : Kind::kTextOrder, op);
  comparison.written_ = is_integer ? ConstantText(constant) : std::string(constant.text);
  comparison.text_ = Fold(comparison.written_);
  comparison.is_negated_ = op == Operator::kNotEqual;
  return comparison;
}

Result<Comparison> Comparison::MakeDatetime(std::string_view name, Operator op, const Constant& constant) {
  if (constant.kind != ConstantKind::kText) return Unsuitable(name, "a datetime", "a text in quotes", constant);
  Comparison comparison(Kind::kDatetime, op);
  comparison.text_ = TRY(NormalizeDatetime(constant.text));
  const cim::Datetime value = TRY(cim::ParseDatetime(comparison.text_));
  if (!value.is_complete && op != Operator::kEqual) {  // contract 7.3
    return Status(code::kInvalidQuery,
                  fmt::format("'{}': a datetime with asterisks can be compared with = only, as it has no order", name));
  }
  comparison.is_interval_ = value.is_interval;
  comparison.is_complete_ = value.is_complete;
  comparison.low_ = value.microseconds;
  return comparison;
}

Result<Comparison> Comparison::MakeCharacter(std::string_view name, Operator op, const Constant& constant) {
  if (constant.kind == ConstantKind::kInteger) return UnsignedRange(op, constant.is_negative, constant.magnitude);
  std::size_t at = 0;
  if (constant.kind == ConstantKind::kText && !constant.text.empty()) {
    Comparison comparison(Kind::kCharacter, op);
    comparison.low_ = static_cast<std::int64_t>(FoldCharacter(NextCharacter(constant.text, at)));
    if (at == constant.text.size()) return comparison;
  }
  return Unsuitable(name, "char16", "one character in quotes or its number", constant);
}

Result<Comparison> Comparison::MakeLike(const Constant& constant) {
  Comparison comparison(Kind::kLike, Operator::kLike);
  comparison.pattern_ = std::make_shared<const LikePattern>(TRY(LikePattern::Compile(constant.text)));
  return comparison;
}

cim::Value Comparison::OnlyValue() const {
  if (kind_ == Kind::kBoolean) return cim::Value::Boolean((low_ != 0) != is_negated_);
  if (is_negated_) return {};
  if (kind_ == Kind::kTextEqual) return cim::Value::Text(written_);
  if (low_ != high_) return {};
  if (kind_ == Kind::kSignedRange) return cim::Value::Signed(low_);
  if (kind_ == Kind::kUnsignedRange) return cim::Value::Unsigned(static_cast<std::uint64_t>(low_));
  return {};
}

bool Comparison::Excludes(const Comparison& other) const {
  // NULL passes one test only.
  const bool is_null = kind_ == Kind::kIsNull && !is_negated_;
  const bool other_is_null = other.kind_ == Kind::kIsNull && !other.is_negated_;
  if (is_null || other_is_null) return is_null != other_is_null;
  if (const cim::Value only = OnlyValue(); !only.is_null()) return !other.Holds(only.view());
  if (const cim::Value only = other.OnlyValue(); !only.is_null()) return !Holds(only.view());
  if (kind_ != other.kind_) return false;
  const std::optional<Interval> mine = PassingIntegers();
  const std::optional<Interval> others = other.PassingIntegers();
  return mine && others && (mine->high < others->low || others->high < mine->low);
}

std::optional<Comparison::Interval> Comparison::PassingIntegers() const {
  if (kind_ != Kind::kSignedRange && kind_ != Kind::kUnsignedRange) return std::nullopt;
  // Signed numbers in the order of unsigned ones.
  const std::uint64_t shift = kind_ == Kind::kSignedRange ? std::uint64_t{1} << 63 : 0;
  const std::uint64_t low = static_cast<std::uint64_t>(low_) ^ shift;
  const std::uint64_t high = static_cast<std::uint64_t>(high_) ^ shift;
  if (!is_negated_) return Interval{low, high};
  if (low > 0 && high == kUnsignedMax) return Interval{0, low - 1};
  if (low == 0 && high < kUnsignedMax) return Interval{high + 1, kUnsignedMax};
  return std::nullopt;
}

bool Comparison::Holds(cim::ValueView value) const {
  // The commonest kinds first, without a call.
  if (kind_ == Kind::kUnsignedRange && value.kind() == cim::ValueKind::kUnsigned) {
    const std::uint64_t low = static_cast<std::uint64_t>(low_);
    return (value.unsigned_integer() - low <= static_cast<std::uint64_t>(high_) - low) != is_negated_;
  }
  if (kind_ == Kind::kSignedRange && value.kind() == cim::ValueKind::kSigned) {
    return (value.signed_integer() >= low_ && value.signed_integer() <= high_) != is_negated_;
  }
  if (kind_ == Kind::kTextEqual && value.kind() == cim::ValueKind::kText) {
    return EqualsFolded(value.text(), text_) != is_negated_;
  }
  if (kind_ == Kind::kIsNull) return value.is_null() != is_negated_;
  const Answer answer = Ask(value);
  return answer != Answer::kUnknown && (answer == Answer::kYes) != is_negated_;
}

bool Comparison::HoldsForClass(const cim::Class& schema) const { return schema.IsA(text_) != is_negated_; }

Comparison::Answer Comparison::Ask(cim::ValueView value) const {
  const auto answer = [](bool yes) { return yes ? Answer::kYes : Answer::kNo; };
  const cim::ValueKind kind = value.kind();
  if (kind == cim::ValueKind::kNull) return Answer::kUnknown;
  switch (kind_) {
    case Kind::kIsNull:
      return Answer::kNo;
    case Kind::kAlways:
      return Answer::kYes;
    case Kind::kSignedRange:
    case Kind::kUnsignedRange:
      return AskInteger(value);
    case Kind::kTruth:
      return AskTruth(value);
    case Kind::kBoolean:
      return kind == cim::ValueKind::kBoolean ? answer(value.boolean() == (low_ != 0)) : Answer::kUnknown;
    case Kind::kReal:
      return kind == cim::ValueKind::kReal ? answer(Relates(op_, value.real(), real_)) : Answer::kUnknown;
    case Kind::kReal32:  // 0.1 as written is not the real32 nearest to it
      return kind == cim::ValueKind::kReal
                 ? answer(Relates(op_, static_cast<float>(value.real()), static_cast<float>(real_)))
                 : Answer::kUnknown;
    case Kind::kTextEqual:
      return kind == cim::ValueKind::kText ? answer(EqualsFolded(value.text(), text_)) : Answer::kUnknown;
    case Kind::kTextOrder:
      return kind == cim::ValueKind::kText ? answer(Relates(op_, CompareFolded(value.text(), text_), 0))
                                           : Answer::kUnknown;
    case Kind::kLike:
      return kind == cim::ValueKind::kText ? answer(pattern_->Matches(value.text())) : Answer::kUnknown;
    case Kind::kDatetime:
      return AskDatetime(value);
    case Kind::kCharacter:
      return kind == cim::ValueKind::kUnsigned
                 ? answer(Relates(
                       op_, static_cast<std::int64_t>(FoldCharacter(static_cast<char32_t>(value.unsigned_integer()))),
                       low_))
                 : Answer::kUnknown;
    case Kind::kIsA:
      return kind == cim::ValueKind::kObject ? answer(value.object()->schema().IsA(text_)) : Answer::kUnknown;
  }
  return Answer::kUnknown;
}

// Rows follow the declared type; the other signedness, from a careless provider, is taken where it means the same.
Comparison::Answer Comparison::AskInteger(cim::ValueView value) const {
  const bool is_signed = value.kind() == cim::ValueKind::kSigned;
  if (!is_signed && value.kind() != cim::ValueKind::kUnsigned) return Answer::kUnknown;
  const bool wants_signed = kind_ == Kind::kSignedRange;
  const std::uint64_t bits = is_signed ? static_cast<std::uint64_t>(value.signed_integer()) : value.unsigned_integer();
  if (is_signed != wants_signed && bits > static_cast<std::uint64_t>(kSignedMax)) return Answer::kUnknown;
  const bool inside = wants_signed
                          ? static_cast<std::int64_t>(bits) >= low_ && static_cast<std::int64_t>(bits) <= high_
                          : bits >= static_cast<std::uint64_t>(low_) && bits <= static_cast<std::uint64_t>(high_);
  return inside ? Answer::kYes : Answer::kNo;
}

Comparison::Answer Comparison::AskTruth(cim::ValueView value) const {
  bool is_true = false;
  bool is_false = false;
  switch (value.kind()) {
    case cim::ValueKind::kSigned:
      is_true = value.signed_integer() == 1 || value.signed_integer() == -1;
      is_false = value.signed_integer() == 0;
      break;
    case cim::ValueKind::kUnsigned:
      is_true = value.unsigned_integer() == 1;
      is_false = value.unsigned_integer() == 0;
      break;
    case cim::ValueKind::kReal:
      is_true = std::abs(value.real()) == 1;
      is_false = value.real() == 0;
      break;
    default:
      return Answer::kUnknown;
  }
  return (low_ != 0 ? is_true : is_false) ? Answer::kYes : Answer::kNo;
}

Comparison::Answer Comparison::AskDatetime(cim::ValueView value) const {
  if (value.kind() != cim::ValueKind::kText) return Answer::kUnknown;
  if (is_complete_) {
    const Result<cim::Datetime> parsed = cim::ParseDatetime(value.text());
    if (parsed.ok() && parsed.value().is_complete && parsed.value().is_interval == is_interval_) {
      return Relates(op_, parsed.value().microseconds, low_) ? Answer::kYes : Answer::kNo;
    }
  }
  if (!IsEquality(op_)) return Answer::kUnknown;
  return (value.text() == text_) == (op_ == Operator::kEqual) ? Answer::kYes : Answer::kNo;
}

}  // namespace wmi::wql
