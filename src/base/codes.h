// The status codes of WMI as plain integers, for the modules below the COM surface.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace wmi {

// What COM calls HRESULT: negative is failure, zero and positive are success.
using Code = std::int32_t;

namespace code {
#define WMI_CODE(identifier, name, value, text) inline constexpr Code identifier = static_cast<Code>(value);
#include "base/codes.inc"
#undef WMI_CODE
}  // namespace code

constexpr bool Succeeded(Code value) { return value >= 0; }
constexpr bool Failed(Code value) { return value < 0; }

// The public name of a code, such as "WBEM_E_INVALID_QUERY"; empty for a code that is not ours.
std::string_view CodeName(Code value);

// One sentence for people, without a final full stop; empty for a code that is not ours.
std::string_view CodeText(Code value);

// The code whose public name is `name`.
std::optional<Code> FindCode(std::string_view name);

}  // namespace wmi
