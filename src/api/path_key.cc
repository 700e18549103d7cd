#include "api/path_key.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

#include "api/input.h"
#include "api/variant_input.h"
#include "base/limits.h"
#include "base/text.h"
#include "cim/datetime.h"
#include "cim/object_path.h"

namespace wmi::api {
namespace {

using cim::CimType;
using cim::Value;
using cim::ValueKind;
using cim::ValueView;

// In memory and in a path; text has no fixed size.
std::size_t NumberSize(CimType type) {
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
      return 4;
    default:
      return 8;
  }
}

template <typename T>
T Load(const void* memory) {
  T number;
  std::memcpy(&number, memory, sizeof number);  // programs pass any address
  return number;
}

std::int64_t LoadSigned(CimType type, const void* memory) {
  switch (NumberSize(type)) {
    case 1:
      return Load<std::int8_t>(memory);
    case 2:
      return Load<std::int16_t>(memory);
    case 4:
      return Load<std::int32_t>(memory);
    default:
      return Load<std::int64_t>(memory);
  }
}

std::uint64_t LoadUnsigned(CimType type, const void* memory) {
  switch (NumberSize(type)) {
    case 1:
      return Load<std::uint8_t>(memory);
    case 2:
      return Load<std::uint16_t>(memory);
    case 4:
      return Load<std::uint32_t>(memory);
    default:
      return Load<std::uint64_t>(memory);
  }
}

// NULL when a path cannot hold the text.
Value CheckedText(CimType type, std::string text) {
  const bool has_control = std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20; });
  if (has_control || CharacterCount(text) > limits::kPathLengthMax) return Value();
  if (type == CimType::kDatetime && !cim::ParseDatetime(text).ok()) return Value();
  return Value::Text(std::move(text));
}

// What the value is in memory, as bits; little-endian like every machine the product runs on.
std::uint64_t NumberBits(ValueView value) {
  if (value.kind() == ValueKind::kBoolean) return value.boolean() ? 0xFFFF : 0;  // VARIANT_TRUE is -1
  if (value.kind() == ValueKind::kSigned) return static_cast<std::uint64_t>(value.signed_integer());
  return value.unsigned_integer();
}

}  // namespace

PathKey KeyFromPath(std::string name, ValueView value) {
  PathKey key;
  key.name = std::move(name);
  key.value = Value::Copy(value);
  if (value.kind() == ValueKind::kBoolean) key.type = CimType::kBoolean;
  if (value.kind() != ValueKind::kSigned && value.kind() != ValueKind::kUnsigned) return key;
  if (value.kind() == ValueKind::kSigned) {
    key.type = value.signed_integer() >= std::numeric_limits<std::int32_t>::min() ? CimType::kSint32 : CimType::kSint64;
    return key;
  }
  const std::uint64_t number = value.unsigned_integer();
  if (number <= std::uint64_t{std::numeric_limits<std::int32_t>::max()}) {
    key.type = CimType::kSint32;
  } else if (number <= std::numeric_limits<std::uint32_t>::max()) {
    key.type = CimType::kUint32;
  } else if (number <= std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    key.type = CimType::kSint64;
  } else {
    key.type = CimType::kUint64;
  }
  if (cim::IsSignedInteger(key.type)) key.value = Value::Signed(static_cast<std::int64_t>(number));
  return key;
}

std::optional<CimType> KeyType(ULONG cim_type) {
  const auto type = TypeOfCimType(static_cast<CIMTYPE>(cim_type));
  if (!type || type->is_array || cim::IsReal(type->type) || type->type == CimType::kObject) return std::nullopt;
  return type->type;
}

Value KeyFromMemory(CimType type, const void* memory) {
  if (cim::IsTextual(type)) {
    return CheckedText(type, ReadText(static_cast<const wchar_t*>(memory), limits::kPathLengthMax));
  }
  if (type == CimType::kBoolean) return Value::Boolean(Load<std::int16_t>(memory) != 0);
  if (cim::IsSignedInteger(type)) return Value::Signed(LoadSigned(type, memory));
  return Value::Unsigned(LoadUnsigned(type, memory));
}

Value KeyFromVariant(CimType type, const VARIANT& variant) {
  Result<Value> value = FromVariant({type, false, {}}, variant);
  if (!value.ok() || value->is_null()) return Value();
  if (cim::IsTextual(type)) return CheckedText(type, std::string(value->view().text()));
  return std::move(value).value();
}

Code KeyToMemory(const PathKey& key, ULONG* size, void* memory) {
  if (cim::IsTextual(key.type)) {
    return TextToBuffer(std::string(key.value.view().text()), size, static_cast<LPWSTR>(memory));
  }
  if (size == nullptr) return code::kInvalidParameter;
  const ULONG room = *size;
  *size = static_cast<ULONG>(NumberSize(key.type));
  if (memory == nullptr) return code::kOk;
  if (room < *size) return code::kBufferTooSmall;
  const std::uint64_t bits = NumberBits(key.value.view());
  std::memcpy(memory, &bits, *size);
  return code::kOk;
}

std::string KeyValueText(const PathKey& key, KeyText form) {
  const ValueView value = key.value.view();
  if (form == KeyText::kPlain && value.kind() == ValueKind::kText) return std::string(value.text());
  return cim::FormatKeyValue(value);
}

Code TextToBuffer(const std::string& text, ULONG* size, LPWSTR buffer) {
  if (size == nullptr) return code::kInvalidParameter;
  const std::wstring wide = WideFromUtf8(text);
  const ULONG room = *size;
  *size = static_cast<ULONG>(wide.size() + 1);
  if (buffer == nullptr) return code::kOk;
  if (room < *size) return code::kBufferTooSmall;
  std::copy_n(wide.c_str(), wide.size() + 1, buffer);
  return code::kOk;
}

}  // namespace wmi::api
