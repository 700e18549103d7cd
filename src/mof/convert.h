// From constants as written to values of a CIM type.
#pragma once

#include "base/status.h"
#include "cim/types.h"
#include "cim/value.h"
#include "mof/syntax.h"

namespace wmi::mof {

// The offset of what failed, beside the failure.
struct PlacedStatus {
  Status status;
  Offset offset = 0;
  bool is_reported = false;  // there is nothing more to be said about it
};

// `literal` as a value of `type` (contract 8.2, 8.7): 64-bit integers may be quoted, a real given to an integer is
// rounded. Failure: kMofTypeMismatch or kMofOutOfRange, at the element of an array that is wrong.
struct Converted {
  cim::Value value;
  PlacedStatus failure;
  bool ok() const { return failure.status.ok(); }
};

// What stands behind the values that only an instance can have.
class ObjectResolver {
 public:
  virtual ~ObjectResolver() = default;
  // A value of the kind kInstance, as an object.
  virtual Converted ResolveInstance(const Literal& literal) = 0;
  // A value of the kind kAlias, as the path that it stands for.
  virtual Converted ResolveAlias(const Literal& literal) = 0;
};

// Without a resolver instances and aliases are values of no type.
Converted ConvertLiteral(const Literal& literal, const cim::DataType& type, ObjectResolver* resolver = nullptr);

// The type that a qualifier without a declaration gets from its value (contract 8.3): sint32, real64, string or
// boolean, or an array of one of them. Integers past 32 bits become strings of digits. Failure:
// kMofInvalidQualifierSyntax for NULL and for an array of several types.
struct TypedValue {
  cim::DataType type;
  cim::Value value;
  PlacedStatus failure;
  bool ok() const { return failure.status.ok(); }
};
TypedValue QualifierFromLiteral(const Literal& literal);

// The qualifier type that stands for a declared one: every integer that fits becomes sint32, real32 real64, char16 and
// datetime string.
TypedValue QualifierFromLiteral(const Literal& literal, const cim::DataType& declared);

}  // namespace wmi::mof
