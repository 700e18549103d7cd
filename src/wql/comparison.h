// Comparison: one test of a WHERE clause with its constant converted to the type of the property, so that asking a
// value is a switch on a kind and a compare (contract 7.3, type rules).
//
// A value gives yes, no, or unknown: NULL compared with anything, and datetimes that have no order, are unknown. NOT
// turns yes and no around and leaves unknown, so Holds() is false for unknown with and without NOT.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "cim/class.h"
#include "cim/types.h"
#include "cim/value.h"
#include "wql/like.h"
#include "wql/syntax.h"

namespace wmi::wql {

// Immutable once made; safe from several threads. Holds() allocates nothing except for a malformed datetime in a row.
class Comparison {
 public:
  // What Make refuses whatever the constant: an array or a whole object; and an operator that the type does not have.
  // kInvalidQuery with a message and no place.
  static Status CheckProperty(std::string_view name, const cim::DataType& type, Operator op);
  static Status CheckOperator(std::string_view name, const cim::DataType& type, Operator op);

  // `type` is that of the property (not an array), `name` its name for messages. Failure: kInvalidQuery with a message
  // and no place.
  static Result<Comparison> Make(std::string_view name, const cim::DataType& type, Operator op,
                                 const Constant& constant);

  // The opposite, for NOT.
  void Negate() { is_negated_ = !is_negated_; }

  bool Holds(cim::ValueView value) const;
  // Whether no value passes this and the other, which is about the same property. False when that is not plain.
  bool Excludes(const Comparison& other) const;
  // For ISA: the answer for an object of that class.
  bool HoldsForClass(const cim::Class& schema) const;

  // Whether no value passes, as where an unsigned number should be -1. False when that is not plain.
  bool IsNever() const { return kind_ == Kind::kAlways && is_negated_; }
  // When only one value of the property passes: that value, converted to the type; otherwise NULL. Text passes without
  // case. Not for datetimes (several texts are one instant) nor char16.
  cim::Value OnlyValue() const;

 private:
  enum class Kind : std::uint8_t {
    kIsNull,
    kAlways,         // for every value but NULL
    kSignedRange,    // low_ to high_
    kUnsignedRange,  // low_ to high_, as unsigned
    kTruth,          // integer or real against TRUE: 1 or -1
    kBoolean,
    kReal,
    kReal32,
    kTextEqual,
    kTextOrder,
    kLike,
    kDatetime,
    kCharacter,
    kIsA,
  };
  enum class Answer : std::uint8_t { kNo, kYes, kUnknown };

  // Of integers; those of signed types are shifted so that they are in order.
  struct Interval {
    std::uint64_t low;
    std::uint64_t high;
  };

  Comparison(Kind kind, Operator op) : kind_(kind), op_(op) {}

  static Result<Comparison> MakeInteger(std::string_view name, const cim::DataType& type, Operator op,
                                        const Constant& constant);
  static Result<Comparison> MakeReal(std::string_view name, const cim::DataType& type, Operator op,
                                     const Constant& constant);
  static Result<Comparison> MakeBoolean(std::string_view name, Operator op, const Constant& constant);
  static Result<Comparison> MakeText(std::string_view name, const cim::DataType& type, Operator op,
                                     const Constant& constant);
  static Result<Comparison> MakeDatetime(std::string_view name, Operator op, const Constant& constant);
  static Result<Comparison> MakeCharacter(std::string_view name, Operator op, const Constant& constant);
  static Result<Comparison> MakeLike(const Constant& constant);
  static Comparison SignedRange(Operator op, bool is_negative, std::uint64_t magnitude);
  static Comparison UnsignedRange(Operator op, bool is_negative, std::uint64_t magnitude);
  static Comparison Truth(Operator op, bool constant);

  // The values that pass, where they are one interval.
  std::optional<Interval> PassingIntegers() const;

  Answer Ask(cim::ValueView value) const;
  Answer AskInteger(cim::ValueView value) const;
  Answer AskTruth(cim::ValueView value) const;
  Answer AskDatetime(cim::ValueView value) const;

  Kind kind_;
  Operator op_;
  bool is_negated_ = false;
  bool is_interval_ = false;  // kDatetime
  bool is_complete_ = false;  // kDatetime
  std::int64_t low_ = 0;      // also the microseconds of kDatetime, the character of kCharacter, 0/1 of kBoolean
  std::int64_t high_ = 0;
  double real_ = 0;
  std::string text_;     // folded for text, as written for datetime, the class for kIsA
  std::string written_;  // kTextEqual: before folding
  std::shared_ptr<const LikePattern> pattern_;
};

}  // namespace wmi::wql
