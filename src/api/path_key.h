// PathKey: one key of an object path with its CIM type, and the forms in which programs give and take its value
// (contract 8.2, 8.5; source compatibility, decision 4). Functions without state; safe from any thread.
#pragma once

#include <wmiutils.h>

#include <optional>
#include <string>

#include "base/codes.h"
#include "cim/types.h"
#include "cim/value.h"

namespace wmi::api {

// A value. `value` is of the kind that belongs to `type`: boolean, signed, unsigned or text.
struct PathKey {
  std::string name;  // empty for the short form Class="value"
  cim::CimType type = cim::CimType::kString;
  cim::Value value;
};

// The key of a value as cim::ParsePath gives it: a quoted text is a string, an integer the first of sint32, uint32,
// sint64 and uint64 that holds it.
PathKey KeyFromPath(std::string name, cim::ValueView value);

// The type of a key that programs may set: everything but reals, objects and arrays, which no path can hold.
std::optional<cim::CimType> KeyType(ULONG cim_type);

// The value of a key in the memory of a program: a text for the textual types, else a number of the type's own size,
// two bytes for a boolean (VARIANT_BOOL) and a char16. NULL when it cannot be in a path: control characters, a text
// that is too long, a datetime that is malformed.
cim::Value KeyFromMemory(cim::CimType type, const void* memory);
// The same from a VARIANT.
cim::Value KeyFromVariant(cim::CimType type, const VARIANT& variant);

// Copies the value into memory of `*size` units, characters with the NUL for a text and bytes for a number, and sets
// `*size` to what it needs. Null `memory` asks for the size only. kBufferTooSmall leaves `memory` alone.
Code KeyToMemory(const PathKey& key, ULONG* size, void* memory);

// The value as text: as it is, or as a path holds it, with quotes and escapes for the textual types.
enum class KeyText { kPlain, kQuoted };
std::string KeyValueText(const PathKey& key, KeyText form);

// A text for a buffer of a program with room for `*size` characters. kInvalidParameter when `size` is null; else
// `*size` becomes what the text needs with its NUL. Null `buffer` asks for that only. kBufferTooSmall leaves `buffer`
// alone.
Code TextToBuffer(const std::string& text, ULONG* size, LPWSTR buffer);

}  // namespace wmi::api
