// The methods of IWbemObjectAccess (contract 9.4). They read and write the same value as IWbemClassObject's.
//
// A handle is the slot and the type of a property. Both are the same in every subclass, so it serves the instances of
// all of them, and a handle that is none, or that belongs to another class, is refused unless that class has a property
// of the same type in the same slot.
#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>

#include "api/class_object.h"
#include "api/input.h"
#include "api/system_properties.h"
#include "api/variant_value.h"
#include "base/limits.h"
#include "base/text.h"
#include "cim/check.h"
#include "cim/class_edit.h"
#include "cim/instance_edit.h"
#include "com/abi_call.h"
#include "com/bstr.h"

namespace wmi::api {
namespace {

using cim::CimType;
using cim::Value;
using cim::ValueKind;
using cim::ValueView;
using com::AbiCall;

constexpr unsigned kSlotBits = 10;
constexpr unsigned kTypeBits = 7;
constexpr std::uint32_t kSlotMask = (1u << kSlotBits) - 1;
constexpr std::uint32_t kTypeMask = (1u << kTypeBits) - 1;
constexpr std::uint32_t kMark = 0x2A5Bu << (kSlotBits + kTypeBits);  // positive in 32 bits, and unlikely by chance
static_assert(limits::kPropertiesMax <= kSlotMask + 1);
static_assert(static_cast<std::uint32_t>(CimType::kChar16) <= kTypeMask);

long MakeHandle(std::size_t slot, CimType type) {
  return static_cast<long>(kMark | static_cast<std::uint32_t>(type) << kSlotBits | static_cast<std::uint32_t>(slot));
}

bool HasHandle(const cim::DataType& type) {
  return !type.is_array && type.type != CimType::kObject && type.type != CimType::kEmpty;
}

// Bytes of a value that is no text; 0 for text.
std::size_t ByteSize(CimType type) {
  switch (type) {
    case CimType::kSint8:
    case CimType::kUint8:
      return 1;
    case CimType::kSint16:
    case CimType::kUint16:
    case CimType::kChar16:
    case CimType::kBoolean:
      return 2;
    case CimType::kSint32:
    case CimType::kUint32:
    case CimType::kReal32:
      return 4;
    case CimType::kSint64:
    case CimType::kUint64:
    case CimType::kReal64:
      return 8;
    default:
      return 0;
  }
}

// What the value is in memory, the low bytes of the result; integers narrower than that go on with their sign or zeros.
std::uint64_t Bits(CimType type, ValueView value) {
  switch (value.kind()) {
    case ValueKind::kSigned:
      return static_cast<std::uint64_t>(value.signed_integer());
    case ValueKind::kUnsigned:
      return value.unsigned_integer();
    case ValueKind::kBoolean:
      return value.boolean() ? 0xFFFF : 0;  // VARIANT_TRUE
    case ValueKind::kReal:
      if (type == CimType::kReal32) return std::bit_cast<std::uint32_t>(static_cast<float>(value.real()));
      return std::bit_cast<std::uint64_t>(value.real());
    default:
      return 0;
  }
}

// The value that `bits` are as an integer of `T`; nullopt when it does not fit.
template <typename T>
Result<Value> Narrow(std::uint64_t bits) {
  if constexpr (std::numeric_limits<T>::is_signed) {
    const auto value = static_cast<std::int64_t>(bits);
    if (value < std::numeric_limits<T>::min() || value > std::numeric_limits<T>::max()) {
      return Status(code::kValueOutOfRange);
    }
    return Value::Signed(value);
  } else {
    if (bits > std::numeric_limits<T>::max()) return Status(code::kValueOutOfRange);
    return Value::Unsigned(bits);
  }
}

// The inverse of Bits.
Result<Value> FromBits(CimType type, std::uint64_t bits) {
  switch (type) {
    case CimType::kSint8:
      return Narrow<std::int8_t>(bits);
    case CimType::kSint16:
      return Narrow<std::int16_t>(bits);
    case CimType::kSint32:
      return Narrow<std::int32_t>(bits);
    case CimType::kSint64:
      return Value::Signed(static_cast<std::int64_t>(bits));
    case CimType::kUint8:
      return Narrow<std::uint8_t>(bits);
    case CimType::kUint16:
    case CimType::kChar16:
      return Narrow<std::uint16_t>(bits);
    case CimType::kUint32:
      return Narrow<std::uint32_t>(bits);
    case CimType::kUint64:
      return Value::Unsigned(bits);
    case CimType::kBoolean:
      return Value::Boolean(bits != 0);
    case CimType::kReal32:
      return Value::Real(static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits))));
    case CimType::kReal64:
      return Value::Real(std::bit_cast<double>(bits));
    default:
      return Status(code::kTypeMismatch);
  }
}

std::uint64_t SignExtended(CimType type, std::uint64_t bits) {
  const std::size_t size = ByteSize(type);
  if (size == 0 || !cim::IsSignedInteger(type)) return bits;
  const auto unused = static_cast<unsigned>(64 - 8 * size);
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(bits << unused) >> unused);
}

HRESULT CopyText(ValueView value, std::size_t buffer_bytes, long* bytes, BYTE* data) {
  const std::wstring text = WideFromUtf8(value.text());
  const std::size_t needed = (text.size() + 1) * sizeof(wchar_t);
  *bytes = static_cast<long>(needed);
  if (needed > buffer_bytes) return code::kBufferTooSmall;
  if (data == nullptr) return code::kInvalidParameter;
  std::memcpy(data, text.c_str(), needed);
  return code::kOk;
}

HRESULT CopyNumber(CimType type, ValueView value, std::size_t buffer_bytes, long* bytes, BYTE* data) {
  const std::size_t size = ByteSize(type);
  *bytes = static_cast<long>(size);
  if (size > buffer_bytes) return code::kBufferTooSmall;
  if (data == nullptr) return code::kInvalidParameter;
  const std::uint64_t number = Bits(type, value);
  const std::size_t filled = cim::IsInteger(type) ? std::min(buffer_bytes, sizeof number) : size;
  std::memcpy(data, &number, filled);
  return code::kOk;
}

// The text in `count` bytes, which may or may not end with a NUL.
Result<Value> TextFromBytes(const BYTE* data, std::size_t count) {
  if (count % sizeof(wchar_t) != 0) return Status(code::kInvalidParameter);
  std::wstring text(count / sizeof(wchar_t), L'\0');
  std::memcpy(text.data(), data, count);
  if (const std::size_t end = text.find(L'\0'); end != std::wstring::npos) text.resize(end);
  return Value::Text(Utf8FromWide(text));
}

Result<Value> NumberFromBytes(CimType type, const BYTE* data, std::size_t count) {
  const std::size_t size = ByteSize(type);
  // A program that says sizeof(DWORD) for 32 bits says 8 here.
  const bool is_long = size == 4 && cim::IsInteger(type) && count == sizeof(DWORD);
  if (count != size && !is_long) return Status(code::kInvalidParameter);
  std::uint64_t bits = 0;
  std::memcpy(&bits, data, size);
  return FromBits(type, SignExtended(type, bits));
}

}  // namespace

std::uint32_t AccessLock::ThisThread() {
  static std::atomic<std::uint32_t> last{kNobody};
  thread_local const std::uint32_t number = last.fetch_add(1, std::memory_order_relaxed) + 1;
  return number;
}

const cim::Property* ClassObject::FindHandle(long handle, std::size_t& slot) const {
  const std::uint32_t bits = LowFlags(handle);
  slot = bits & kSlotMask;
  const auto& properties = object_.schema().properties();
  if (slot >= properties.size()) return nullptr;
  const cim::Property& property = properties[slot];
  const bool is_same = bits == (kMark | static_cast<std::uint32_t>(property.type.type) << kSlotBits | slot);
  return is_same && HasHandle(property.type) ? &property : nullptr;
}

Code ClassObject::FindNumber(long handle, std::size_t bytes_max, std::size_t& slot, ValueView& value) const {
  const cim::Property* property = FindHandle(handle, slot);
  if (property == nullptr) return code::kInvalidParameter;
  if (!object_.IsVisible(slot)) return code::kNotFound;
  const CimType type = property->type.type;
  const std::size_t size = ByteSize(type);
  if (size == 0 || size > bytes_max || (cim::IsReal(type) && size != bytes_max)) return code::kTypeMismatch;
  value = object_.slot(slot);
  return value.is_null() ? code::kFalse : code::kOk;
}

HRESULT ClassObject::WriteSlot(std::size_t slot, const Result<Value>& value) {
  if (!value.ok()) return value.status().code();
  const cim::Property& property = object_.schema().properties()[slot];
  if (const Status checked = cim::CheckValue(property.type, value->view()); !checked.ok()) return checked.code();
  if (object_.is_class()) {
    return ChangeClass([&](cim::ClassDraft& draft) -> Result<Code> {
      TRY(draft.PutProperty(property.name, property.type, *value));
      return code::kOk;
    });
  }
  object_ = cim::WithValue(object_, slot, value->view());
  return code::kOk;
}

HRESULT ClassObject::WriteBits(long handle, std::size_t bytes, std::uint64_t bits) {
  return AbiCall([&]() -> HRESULT {
    const AccessLock::Scope update(access_lock_);
    std::size_t slot = 0;
    ValueView old;
    if (const Code found = FindNumber(handle, bytes, slot, old); Failed(found)) return found;
    const CimType type = object_.schema().properties()[slot].type.type;
    // A signed number that is narrower than its argument.
    if (bytes == sizeof(std::uint32_t) && cim::IsSignedInteger(type)) bits = SignExtended(CimType::kSint32, bits);
    return WriteSlot(slot, FromBits(type, bits));
  });
}

HRESULT ClassObject::GetPropertyHandle(LPCWSTR wszPropertyName, CIMTYPE* pType, long* plHandle) {
  return AbiCall([&]() -> HRESULT {
    if (wszPropertyName == nullptr || plHandle == nullptr) return code::kInvalidParameter;
    const NameText name(wszPropertyName);
    if (FindSystemProperty(name.view())) return code::kSystemProperty;
    const std::optional<std::size_t> slot = object_.schema().FindSlot(name.view());
    if (!slot || !object_.IsVisible(*slot)) return code::kNotFound;
    const cim::DataType& type = object_.schema().properties()[*slot].type;
    if (!HasHandle(type)) return code::kNotSupported;
    if (pType != nullptr) *pType = CimTypeOf(type);
    *plHandle = MakeHandle(*slot, type.type);
    return code::kOk;
  });
}

HRESULT ClassObject::GetPropertyInfoByHandle(long lHandle, BSTR* pstrName, CIMTYPE* pType) {
  return AbiCall([&]() -> HRESULT {
    if (pstrName != nullptr) *pstrName = nullptr;
    std::size_t slot = 0;
    const cim::Property* property = FindHandle(lHandle, slot);
    if (property == nullptr) return code::kInvalidParameter;
    if (!object_.IsVisible(slot)) return code::kNotFound;
    if (pstrName != nullptr && (*pstrName = com::BstrFromUtf8(property->name)) == nullptr) return code::kOutOfMemory;
    if (pType != nullptr) *pType = CimTypeOf(property->type);
    return code::kOk;
  });
}

// The two below allocate nothing and call nothing that throws.
HRESULT ClassObject::ReadDWORD(long lHandle, DWORD* pdw) {
  if (pdw == nullptr) return code::kInvalidParameter;
  std::size_t slot = 0;
  ValueView value;
  const Code found = FindNumber(lHandle, sizeof(std::uint32_t), slot, value);
  if (Failed(found)) return found;
  *pdw = static_cast<std::uint32_t>(Bits(CimType::kReal32, value));  // no other real is that narrow
  return found;
}

HRESULT ClassObject::ReadQWORD(long lHandle, unsigned long long* pqw) {
  if (pqw == nullptr) return code::kInvalidParameter;
  std::size_t slot = 0;
  ValueView value;
  const Code found = FindNumber(lHandle, sizeof(std::uint64_t), slot, value);
  if (Failed(found)) return found;
  *pqw = Bits(CimType::kReal64, value);
  return found;
}

HRESULT ClassObject::WriteDWORD(long lHandle, DWORD dw) {
  return WriteBits(lHandle, sizeof(std::uint32_t), static_cast<std::uint32_t>(dw));
}

HRESULT ClassObject::WriteQWORD(long lHandle, unsigned long long pw) {
  return WriteBits(lHandle, sizeof(std::uint64_t), pw);
}

HRESULT ClassObject::ReadPropertyValue(long lHandle, long lBufferSize, long* plNumBytes, BYTE* aData) {
  return AbiCall([&]() -> HRESULT {
    const auto size = static_cast<std::int32_t>(LowFlags(lBufferSize));
    if (plNumBytes == nullptr || size < 0) return code::kInvalidParameter;
    *plNumBytes = 0;
    std::size_t slot = 0;
    const cim::Property* property = FindHandle(lHandle, slot);
    if (property == nullptr) return code::kInvalidParameter;
    if (!object_.IsVisible(slot)) return code::kNotFound;
    const ValueView value = object_.slot(slot);
    if (value.is_null()) return code::kFalse;
    const auto buffer_bytes = static_cast<std::size_t>(size);
    return cim::IsTextual(property->type.type)
               ? CopyText(value, buffer_bytes, plNumBytes, aData)
               : CopyNumber(property->type.type, value, buffer_bytes, plNumBytes, aData);
  });
}

HRESULT ClassObject::WritePropertyValue(long lHandle, long lNumBytes, const BYTE* aData) {
  return AbiCall([&]() -> HRESULT {
    const AccessLock::Scope update(access_lock_);
    const auto size = static_cast<std::int32_t>(LowFlags(lNumBytes));
    std::size_t slot = 0;
    const cim::Property* property = FindHandle(lHandle, slot);
    if (property == nullptr || aData == nullptr || size < 0) return code::kInvalidParameter;
    if (!object_.IsVisible(slot)) return code::kNotFound;
    const auto count = static_cast<std::size_t>(size);
    const CimType type = property->type.type;
    return WriteSlot(slot, cim::IsTextual(type) ? TextFromBytes(aData, count) : NumberFromBytes(type, aData, count));
  });
}

HRESULT ClassObject::Lock(long) {
  access_lock_.Lock();
  return code::kOk;
}

HRESULT ClassObject::Unlock(long) { return access_lock_.Unlock() ? code::kOk : code::kInvalidOperation; }

}  // namespace wmi::api
