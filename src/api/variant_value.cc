#include "api/variant_value.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "api/class_object.h"
#include "api/input.h"
#include "api/object_batch.h"
#include "base/limits.h"
#include "cim/row.h"
#include "com/bstr.h"
#include "com/com_ptr.h"
#include "com/variant.h"

namespace wmi::api {
namespace {

using cim::CimType;
using cim::ValueKind;
using cim::ValueView;

// Both kinds of storage as the low bits that the narrower types take.
std::uint64_t IntegerBits(ValueView value) {
  switch (value.kind()) {
    case ValueKind::kSigned:
      return static_cast<std::uint64_t>(value.signed_integer());
    case ValueKind::kUnsigned:
      return value.unsigned_integer();
    case ValueKind::kBoolean:
      return value.boolean() ? 1 : 0;
    default:
      return 0;
  }
}

std::string DecimalText(ValueView value) {
  return value.kind() == ValueKind::kUnsigned ? fmt::format("{}", value.unsigned_integer())
                                              : fmt::format("{}", value.signed_integer());
}

BSTR TextBstr(CimType type, ValueView value) {
  if (type == CimType::kSint64 || type == CimType::kUint64) return com::BstrFromUtf8(DecimalText(value));
  return com::BstrFromUtf8(value.kind() == ValueKind::kText ? value.text() : std::string_view());
}

IUnknown* ObjectUnknown(ValueView value) { return MakeClassObject(*value.object()).Detach(); }

// The type of one element in a VARIANT or SAFEARRAY.
VARTYPE ElementType(CimType type) {
  switch (type) {
    case CimType::kSint8:
    case CimType::kSint16:
    case CimType::kChar16:
      return VT_I2;
    case CimType::kUint8:
      return VT_UI1;
    case CimType::kUint16:
    case CimType::kSint32:
    case CimType::kUint32:
      return VT_I4;
    case CimType::kReal32:
      return VT_R4;
    case CimType::kReal64:
      return VT_R8;
    case CimType::kBoolean:
      return VT_BOOL;
    case CimType::kObject:
      return VT_UNKNOWN;
    case CimType::kSint64:
    case CimType::kUint64:
    case CimType::kString:
    case CimType::kDatetime:
    case CimType::kReference:
      return VT_BSTR;
    case CimType::kEmpty:
      break;
  }
  return VT_NULL;
}

Code ScalarToVariant(CimType type, ValueView value, VARIANT& target) {
  const std::uint64_t bits = IntegerBits(value);
  switch (type) {
    case CimType::kSint8:
      com::SetSint16(target, static_cast<std::int8_t>(bits));
      return code::kOk;
    case CimType::kSint16:
    case CimType::kChar16:
      com::SetSint16(target, static_cast<std::int16_t>(bits));
      return code::kOk;
    case CimType::kUint8:
      com::SetUint8(target, static_cast<std::uint8_t>(bits));
      return code::kOk;
    case CimType::kUint16:
      com::SetUint16(target, static_cast<std::uint16_t>(bits));
      return code::kOk;
    case CimType::kSint32:
      com::SetSint32(target, static_cast<std::int32_t>(bits));
      return code::kOk;
    case CimType::kUint32:
      com::SetUint32(target, static_cast<std::uint32_t>(bits));
      return code::kOk;
    case CimType::kReal32:
      com::SetReal32(target, static_cast<float>(value.real()));
      return code::kOk;
    case CimType::kReal64:
      com::SetReal64(target, value.real());
      return code::kOk;
    case CimType::kBoolean:
      com::SetBool(target, value.boolean());
      return code::kOk;
    case CimType::kObject:
      com::SetUnknown(target, ObjectUnknown(value));
      return code::kOk;
    case CimType::kSint64:
    case CimType::kUint64:
    case CimType::kString:
    case CimType::kDatetime:
    case CimType::kReference: {
      BSTR text = TextBstr(type, value);
      if (text == nullptr) return code::kOutOfMemory;
      com::SetBstr(target, text);
      return code::kOk;
    }
    case CimType::kEmpty:
      break;
  }
  com::SetNull(target);
  return code::kOk;
}

// Stores one item; false when there is no memory. LONG elements are 64 bits wide (decision 6) and signed or unsigned as
// the CIM type says.
bool StoreItem(CimType type, ValueView item, void* data, std::size_t index) {
  const std::uint64_t bits = IntegerBits(item);
  switch (ElementType(type)) {
    case VT_I2:
      static_cast<SHORT*>(data)[index] =
          type == CimType::kSint8 ? static_cast<std::int8_t>(bits) : static_cast<SHORT>(bits);
      return true;
    case VT_UI1:
      static_cast<BYTE*>(data)[index] = static_cast<BYTE>(bits);
      return true;
    case VT_I4:
      static_cast<LONG*>(data)[index] = type == CimType::kSint32 ? static_cast<LONG>(static_cast<std::int32_t>(bits))
                                                                 : static_cast<LONG>(static_cast<std::uint32_t>(bits));
      return true;
    case VT_R4:
      static_cast<FLOAT*>(data)[index] = static_cast<FLOAT>(item.real());
      return true;
    case VT_R8:
      static_cast<DOUBLE*>(data)[index] = item.real();
      return true;
    case VT_BOOL:
      static_cast<VARIANT_BOOL*>(data)[index] = item.boolean() ? VARIANT_TRUE : VARIANT_FALSE;
      return true;
    case VT_UNKNOWN:
      static_cast<IUnknown**>(data)[index] = item.is_null() ? nullptr : ObjectUnknown(item);
      return true;
    default:
      return (static_cast<BSTR*>(data)[index] = TextBstr(type, item)) != nullptr;
  }
}

// Owns a SAFEARRAY until it is handed out.
class ArrayOwner {
 public:
  explicit ArrayOwner(SAFEARRAY* array) : array_(array) {}
  ~ArrayOwner() {
    if (array_ != nullptr) SafeArrayDestroy(array_);
  }
  ArrayOwner(const ArrayOwner&) = delete;
  ArrayOwner& operator=(const ArrayOwner&) = delete;
  SAFEARRAY* get() const { return array_; }
  SAFEARRAY* Detach() { return std::exchange(array_, nullptr); }

 private:
  SAFEARRAY* array_;
};

Code ArrayToVariant(CimType type, ValueView value, VARIANT& target) {
  const auto items = value.items();
  const VARTYPE element = ElementType(type);
  ArrayOwner array(SafeArrayCreateVector(element, 0, static_cast<ULONG>(items.size())));
  if (array.get() == nullptr) return code::kOutOfMemory;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!StoreItem(type, items[i], array.get()->pvData, i)) return code::kOutOfMemory;
  }
  com::SetArray(target, element, array.Detach());
  return code::kOk;
}

bool SameScalar(ValueView value, const VARIANT& variant) {
  switch (value.kind()) {
    case ValueKind::kBoolean:
      return variant.vt == VT_BOOL && (variant.boolVal != VARIANT_FALSE) == value.boolean();
    case ValueKind::kReal:
      return (variant.vt == VT_R8 && variant.dblVal == value.real()) ||
             (variant.vt == VT_R4 && variant.fltVal == static_cast<float>(value.real()));
    case ValueKind::kText:
      return variant.vt == VT_BSTR && ReadText(variant.bstrVal, value.text().size()) == value.text();
    case ValueKind::kSigned:
    case ValueKind::kUnsigned: {
      const auto number = static_cast<std::int64_t>(IntegerBits(value));
      if (variant.vt == VT_I4 || variant.vt == VT_INT) return com::LowSint32(variant) == number;
      if (variant.vt == VT_UI4 || variant.vt == VT_UINT) return com::LowUint32(variant) == number;
      if (variant.vt == VT_I2) return variant.iVal == number;
      if (variant.vt == VT_BSTR) return ReadText(variant.bstrVal, limits::kNameLengthMax) == DecimalText(value);
      return variant.vt == VT_UI1 && variant.bVal == number;
    }
    default:
      return false;
  }
}

}  // namespace

CIMTYPE CimTypeOf(const cim::DataType& type) {
  return static_cast<CIMTYPE>(type.type) | (type.is_array ? static_cast<CIMTYPE>(cim::kArrayFlag) : 0);
}

Code ToVariant(const cim::DataType& type, ValueView value, VARIANT& target) {
  if (value.is_null()) {
    com::SetNull(target);
    return code::kOk;
  }
  return type.is_array ? ArrayToVariant(type.type, value, target) : ScalarToVariant(type.type, value, target);
}

SAFEARRAY* NewNameArray(const std::vector<std::string_view>& names) {
  ArrayOwner array(SafeArrayCreateVector(VT_BSTR, 0, static_cast<ULONG>(names.size())));
  if (array.get() == nullptr) return nullptr;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if ((static_cast<BSTR*>(array.get()->pvData)[i] = com::BstrFromUtf8(names[i])) == nullptr) return nullptr;
  }
  return array.Detach();
}

bool SameAsVariant(const cim::DataType& type, ValueView value, const VARIANT& variant) {
  if (!type.is_array) return SameScalar(value, variant);
  // An array is compared through the form that a program would get.
  VARIANT own;
  com::SetEmpty(own);
  if (variant.vt != (VT_ARRAY | ElementType(type.type)) || variant.parray == nullptr || value.is_null()) return false;
  LONG lower = 0;
  LONG upper = -1;
  if (SafeArrayGetDim(variant.parray) != 1 || FAILED(SafeArrayGetLBound(variant.parray, 1, &lower)) ||
      FAILED(SafeArrayGetUBound(variant.parray, 1, &upper))) {
    return false;
  }
  const auto items = value.items();
  if (static_cast<std::size_t>(upper - lower + 1) != items.size()) return false;
  for (std::size_t i = 0; i < items.size(); ++i) {
    LONG index = lower + static_cast<LONG>(i);
    void* element = nullptr;
    if (FAILED(SafeArrayPtrOfIndex(variant.parray, &index, &element))) return false;
    com::SetEmpty(own);
    own.vt = ElementType(type.type);
    std::memcpy(&own.llVal, element, SafeArrayGetElemsize(variant.parray));
    if (!SameScalar(items[i], own)) return false;
  }
  return true;
}

}  // namespace wmi::api
