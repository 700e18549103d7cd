#include "api/variant_input.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/class_object.h"
#include "api/input.h"
#include "base/limits.h"
#include "base/text.h"
#include "cim/check.h"
#include "com/bstr.h"
#include "com/variant.h"

namespace wmi::api {
namespace {

using cim::CimType;
using cim::DataType;
using cim::Value;

// Methods of objects leave no error object (contract 0, rule 5), so the code says it all.
Status Mismatch() { return Status(code::kTypeMismatch); }

// Of one value inside a VARIANT or SAFEARRAY; 0 for types that CIM does not have.
std::size_t ByteSize(VARTYPE vt) {
  switch (vt) {
    case VT_I1:
    case VT_UI1:
      return 1;
    case VT_I2:
    case VT_UI2:
    case VT_BOOL:
      return 2;
    case VT_R4:
    case VT_INT:
    case VT_UINT:
      return 4;
    case VT_I4:
    case VT_UI4:
      return sizeof(LONG);
    case VT_I8:
    case VT_UI8:
    case VT_R8:
    case VT_BSTR:
    case VT_UNKNOWN:
    case VT_DISPATCH:
      return 8;
    case VT_VARIANT:
      return sizeof(VARIANT);
    default:
      return 0;
  }
}

// What a VT_BYREF looks at, as a VARIANT in `storage` that owns nothing; other VARIANTs as they are. Null when it looks
// at nothing. Automation knows one level only.
const VARIANT* Dereference(const VARIANT& variant, VARIANT& storage) {
  if ((variant.vt & VT_BYREF) == 0) return &variant;
  if (!com::IsVariantType(variant.vt) || variant.byref == nullptr) return nullptr;
  const auto target = static_cast<VARTYPE>(variant.vt & ~VT_BYREF);
  if (target == VT_VARIANT) return (variant.pvarVal->vt & VT_BYREF) == 0 ? variant.pvarVal : nullptr;
  const std::size_t size = (target & VT_ARRAY) != 0 ? sizeof(SAFEARRAY*) : ByteSize(target);
  if (size == 0) return nullptr;
  com::SetEmpty(storage);
  storage.vt = target;
  std::memcpy(&storage.llVal, variant.byref, size);
  return &storage;
}

bool IsNullVariant(const VARIANT& variant) {
  if (variant.vt == VT_NULL || variant.vt == VT_EMPTY) return true;
  if ((variant.vt & VT_ARRAY) != 0) return variant.parray == nullptr;
  return (variant.vt == VT_UNKNOWN || variant.vt == VT_DISPATCH) && variant.punkVal == nullptr;
}

// ---- scalars --------------------------------------------------------------------------------------------------------

// A whole number with its sign apart; zero is not negative.
struct Integer {
  bool is_negative = false;
  std::uint64_t magnitude = 0;
};

Integer FromSigned(std::int64_t value) {
  return {value < 0, value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value)};
}

std::optional<Integer> FromReal(double value) {
  if (!(std::fabs(value) < 18446744073709551616.0) || value != std::trunc(value)) return std::nullopt;
  return Integer{value < 0, static_cast<std::uint64_t>(std::fabs(value))};
}

// Decimal or C hex form (contract 8.2), nothing around it.
std::optional<Integer> FromDigits(std::string_view text) {
  Integer result;
  const bool has_minus = text.starts_with('-');
  if (has_minus || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  }
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), result.magnitude, base);
  if (error != std::errc() || last != text.data() + text.size()) return std::nullopt;
  result.is_negative = has_minus && result.magnitude != 0;
  return result;
}

std::optional<Integer> IntegerOf(const VARIANT& variant) {
  switch (variant.vt) {
    case VT_I1:
      return FromSigned(static_cast<std::int8_t>(variant.bVal));
    case VT_UI1:
      return FromSigned(variant.bVal);
    case VT_I2:
      return FromSigned(variant.iVal);
    case VT_UI2:
      return FromSigned(variant.uiVal);
    case VT_I4:
    case VT_INT:
      return FromSigned(com::LowSint32(variant));
    case VT_UI4:
    case VT_UINT:
      return FromSigned(com::LowUint32(variant));
    case VT_I8:
      return FromSigned(variant.llVal);
    case VT_UI8:
      return Integer{false, variant.ullVal};
    case VT_R4:
      return FromReal(static_cast<double>(variant.fltVal));
    case VT_R8:
      return FromReal(variant.dblVal);
    case VT_BSTR:
      return FromDigits(ReadText(variant.bstrVal, limits::kNameLengthMax));
    case VT_BOOL:
      return FromSigned(variant.boolVal == VARIANT_FALSE ? 0 : -1);  // as Automation converts it
    default:
      return std::nullopt;
  }
}

std::optional<Value> SignedWithin(const Integer& integer, std::int64_t low, std::int64_t high) {
  constexpr std::uint64_t kMinimum = std::uint64_t{1} << 63;
  if (integer.magnitude > (integer.is_negative ? kMinimum : kMinimum - 1)) return std::nullopt;
  const auto value = static_cast<std::int64_t>(integer.is_negative ? 0 - integer.magnitude : integer.magnitude);
  if (value < low || value > high) return std::nullopt;
  return Value::Signed(value);
}

std::optional<Value> UnsignedUpTo(const Integer& integer, std::uint64_t high) {
  if (integer.is_negative || integer.magnitude > high) return std::nullopt;
  return Value::Unsigned(integer.magnitude);
}

template <typename T>
std::optional<Value> SignedOf(const Integer& integer) {
  return SignedWithin(integer, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
}

std::optional<Value> IntegerValue(CimType type, const VARIANT& variant) {
  // The forms that Get hands out for these types hold a bit pattern.
  if (type == CimType::kUint32 && (variant.vt == VT_I4 || variant.vt == VT_INT)) {
    return Value::Unsigned(com::LowUint32(variant));
  }
  if (type == CimType::kUint32 && variant.vt == VT_I2) return std::nullopt;
  if (type == CimType::kChar16 && variant.vt == VT_I2) return Value::Unsigned(variant.uiVal);
  const std::optional<Integer> integer = IntegerOf(variant);
  if (!integer) return std::nullopt;
  switch (type) {
    case CimType::kSint8:
      return SignedOf<std::int8_t>(*integer);
    case CimType::kSint16:
      return SignedOf<std::int16_t>(*integer);
    case CimType::kSint32:
      return SignedOf<std::int32_t>(*integer);
    case CimType::kSint64:
      return SignedOf<std::int64_t>(*integer);
    case CimType::kUint8:
      return UnsignedUpTo(*integer, 0xFF);
    case CimType::kUint16:
    case CimType::kChar16:
      return UnsignedUpTo(*integer, 0xFFFF);
    case CimType::kUint32:
      return UnsignedUpTo(*integer, 0xFFFFFFFF);
    default:
      return UnsignedUpTo(*integer, std::numeric_limits<std::uint64_t>::max());
  }
}

std::optional<double> RealFromText(std::string_view text) {
  double value = 0;
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || last != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<Value> RealValue(CimType type, const VARIANT& variant) {
  const bool is_narrow = type == CimType::kReal32;
  if (variant.vt == VT_R4) return Value::Real(static_cast<double>(variant.fltVal));
  if (variant.vt == VT_R8) {
    const double value = variant.dblVal;
    if (!is_narrow) return Value::Real(value);
    if (std::isfinite(value) && std::fabs(value) > static_cast<double>(std::numeric_limits<float>::max())) {
      return std::nullopt;
    }
    return Value::Real(static_cast<double>(static_cast<float>(value)));
  }
  if (variant.vt == VT_BOOL) return std::nullopt;
  if (variant.vt == VT_BSTR) {
    const std::optional<double> value = RealFromText(ReadText(variant.bstrVal, limits::kNameLengthMax));
    if (!value) return std::nullopt;
    VARIANT real;
    com::SetEmpty(real);
    com::SetReal64(real, *value);
    return RealValue(type, real);
  }
  const std::optional<Integer> integer = IntegerOf(variant);
  const std::uint64_t exact_max =
      std::uint64_t{1} << (is_narrow ? std::numeric_limits<float>::digits : std::numeric_limits<double>::digits);
  if (!integer || integer->magnitude > exact_max) return std::nullopt;
  const auto magnitude = static_cast<double>(integer->magnitude);
  return Value::Real(integer->is_negative ? -magnitude : magnitude);
}

std::optional<Value> ObjectValue(const VARIANT& variant) {
  if (variant.vt != VT_UNKNOWN && variant.vt != VT_DISPATCH) return std::nullopt;
  const ClassObject* object = ClassObject::From(variant.punkVal);
  // A class without a name cannot be referred to, written as text or found again.
  if (object == nullptr || object->object().schema().name().empty()) return std::nullopt;
  return Value::OfObject(object->object());
}

// A number is a flag when nothing but a flag is in it.
std::optional<Value> BooleanValue(const VARIANT& variant) {
  if (variant.vt == VT_BOOL) return Value::Boolean(variant.boolVal != VARIANT_FALSE);
  if (variant.vt == VT_BSTR) {
    const std::string text = ReadText(variant.bstrVal, limits::kNameLengthMax);
    if (EqualFolded(text, "TRUE")) return Value::Boolean(true);
    if (EqualFolded(text, "FALSE")) return Value::Boolean(false);
    return std::nullopt;
  }
  const std::optional<Integer> integer = IntegerOf(variant);
  if (!integer || integer->magnitude > 1) return std::nullopt;
  return Value::Boolean(integer->magnitude == 1);
}

// Datetimes and references come as text alone; a string takes a whole number, too.
std::optional<Value> TextValue(CimType type, const VARIANT& variant) {
  if (!cim::IsTextual(type)) return std::nullopt;
  if (variant.vt == VT_BSTR) return Value::Text(com::Utf8FromInput(variant.bstrVal));
  if (type != CimType::kString || variant.vt == VT_BOOL || variant.vt == VT_R4 || variant.vt == VT_R8) {
    return std::nullopt;
  }
  const std::optional<Integer> integer = IntegerOf(variant);
  if (!integer) return std::nullopt;
  return Value::Text(fmt::format("{}{}", integer->is_negative ? "-" : "", integer->magnitude));
}

// Not NULL. What the range of the type, a datetime's form and the like ask for is checked by the caller.
std::optional<Value> ScalarValue(CimType type, const VARIANT& variant) {
  if (cim::IsInteger(type)) return IntegerValue(type, variant);
  if (cim::IsReal(type)) return RealValue(type, variant);
  if (type == CimType::kObject) return ObjectValue(variant);
  if (type == CimType::kBoolean) return BooleanValue(variant);
  return TextValue(type, variant);
}

// ---- arrays ---------------------------------------------------------------------------------------------------------

// A SAFEARRAY of one dimension, item by item.
class ArrayReader {
 public:
  explicit ArrayReader(const VARIANT& variant)
      : array_(variant.parray), element_(static_cast<VARTYPE>(variant.vt & VT_TYPEMASK)) {}

  // False for an array that cannot be read.
  bool Open() {
    LONG upper = -1;
    if (SafeArrayGetDim(array_) != 1 || FAILED(SafeArrayGetLBound(array_, 1, &lower_)) ||
        FAILED(SafeArrayGetUBound(array_, 1, &upper)) || upper < lower_ - 1) {
      return false;
    }
    size_ = static_cast<std::size_t>(upper - lower_ + 1);
    if (size_ == 0) return true;
    // What the array says itself must be what the VARIANT says, or numbers would be taken for pointers.
    VARTYPE actual = element_;
    if (SUCCEEDED(SafeArrayGetVartype(array_, &actual)) && actual != element_) return false;
    return ByteSize(element_) != 0 && SafeArrayGetElemsize(array_) == ByteSize(element_);
  }

  std::size_t size() const { return size_; }

  // A VARIANT that looks at the item and owns nothing; false when there is none.
  bool At(std::size_t index, VARIANT& item) const {
    LONG place = lower_ + static_cast<LONG>(index);
    void* element = nullptr;
    if (FAILED(SafeArrayPtrOfIndex(array_, &place, &element)) || element == nullptr) return false;
    if (element_ == VT_VARIANT) {
      VARIANT storage;
      const VARIANT* target = Dereference(*static_cast<const VARIANT*>(element), storage);
      if (target == nullptr) return false;
      std::memcpy(static_cast<void*>(&item), target, sizeof item);
      return true;
    }
    com::SetEmpty(item);
    item.vt = element_;
    std::memcpy(&item.llVal, element, ByteSize(element_));
    return true;
  }

 private:
  SAFEARRAY* const array_;
  const VARTYPE element_;
  LONG lower_ = 0;
  std::size_t size_ = 0;
};

bool IsRealElement(const VARIANT& item) { return item.vt == VT_R4 || item.vt == VT_R8; }

Result<Value> ArrayValue(CimType type, const VARIANT& variant) {
  if ((variant.vt & VT_ARRAY) == 0) return Mismatch();
  ArrayReader reader(variant);
  if (!reader.Open()) return Mismatch();
  if (reader.size() > limits::kArrayLengthMax) return Status(code::kQuotaViolation);
  std::vector<Value> items;
  items.reserve(reader.size());
  for (std::size_t i = 0; i < reader.size(); ++i) {
    VARIANT item;
    if (!reader.At(i, item) || IsNullVariant(item)) return Mismatch();
    // Contract 8.2: arrays of reals do not become arrays of integers.
    if (cim::IsInteger(type) && IsRealElement(item)) return Mismatch();
    std::optional<Value> value = ScalarValue(type, item);
    if (!value) return Mismatch();
    items.push_back(std::move(*value));
  }
  return Value::Array(std::move(items));
}

// What an element of a VARIANT is when no type is named.
CimType NaturalType(VARTYPE element) {
  switch (element) {
    case VT_I1:
      return CimType::kSint8;
    case VT_UI1:
      return CimType::kUint8;
    case VT_I2:
      return CimType::kSint16;
    case VT_UI2:
      return CimType::kUint16;
    case VT_I4:
    case VT_INT:
      return CimType::kSint32;
    case VT_UI4:
    case VT_UINT:
      return CimType::kUint32;
    case VT_I8:
      return CimType::kSint64;
    case VT_UI8:
      return CimType::kUint64;
    case VT_R4:
      return CimType::kReal32;
    case VT_R8:
      return CimType::kReal64;
    case VT_BOOL:
      return CimType::kBoolean;
    case VT_BSTR:
      return CimType::kString;
    case VT_UNKNOWN:
    case VT_DISPATCH:
      return CimType::kObject;
    default:
      return CimType::kEmpty;
  }
}

}  // namespace

Result<Value> FromVariant(const DataType& type, const VARIANT& variant) {
  VARIANT storage;
  const VARIANT* target = Dereference(variant, storage);
  if (target == nullptr) return Mismatch();
  if (IsNullVariant(*target)) return Value();
  Value value;
  if (type.is_array) {
    value = TRY(ArrayValue(type.type, *target));
  } else {
    std::optional<Value> scalar = ScalarValue(type.type, *target);
    if (!scalar) return Mismatch();
    value = std::move(*scalar);
  }
  TRY(cim::CheckValue(type, value.view()));
  return value;
}

std::optional<DataType> TypeOfVariant(const VARIANT& variant) {
  VARIANT storage;
  const VARIANT* target = Dereference(variant, storage);
  if (target == nullptr) return std::nullopt;
  const CimType type = NaturalType(static_cast<VARTYPE>(target->vt & VT_TYPEMASK));
  if (type == CimType::kEmpty) return std::nullopt;
  return DataType{type, (target->vt & VT_ARRAY) != 0, {}};
}

std::optional<DataType> TypeOfCimType(CIMTYPE type) {
  const std::uint32_t bits = LowFlags(type);
  const std::uint32_t base = bits & ~cim::kArrayFlag;
  if (base == 0 || base > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
  const auto cim_type = static_cast<CimType>(base);
  if (cim::TypeName(cim_type).empty()) return std::nullopt;
  return DataType{cim_type, (bits & cim::kArrayFlag) != 0, {}};
}

Result<QualifierValue> QualifierFromVariant(const VARIANT& variant) {
  const Status wrong(code::kInvalidQualifierType);
  VARIANT storage;
  const VARIANT* target = Dereference(variant, storage);
  if (target == nullptr || IsNullVariant(*target)) return wrong;
  switch (target->vt & VT_TYPEMASK) {
    case VT_I4:
    case VT_R8:
    case VT_BSTR:
    case VT_BOOL:
      break;
    default:
      return wrong;
  }
  QualifierValue result;
  result.type = {NaturalType(static_cast<VARTYPE>(target->vt & VT_TYPEMASK)), (target->vt & VT_ARRAY) != 0, {}};
  Result<Value> value = FromVariant(result.type, *target);
  if (!value.ok()) return value.status().code() == code::kTypeMismatch ? wrong : value.status();
  result.value = std::move(value).value();
  return result;
}

}  // namespace wmi::api
