// Text on its way into a program's buffer, in the narrow (UTF-8) or the wide form of a function.
#pragma once

#include <windef.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/text.h"

namespace wmi::win32 {

// `utf8` in the characters of the function: char or WCHAR.
template <typename Char>
std::basic_string<Char> TextAs(std::string_view utf8) {
  if constexpr (std::is_same_v<Char, char>) {
    return std::string(utf8);
  } else {
    return WideFromUtf8(utf8);
  }
}

inline std::string Utf8Of(const char* text) { return text; }
inline std::string Utf8Of(const wchar_t* text) { return Utf8FromWide(text); }

enum class Fit { kFits, kTooSmall };

// Writes `text` and a NUL if `size` characters have room for both; otherwise `buffer` stays as it is. A null buffer has
// no room.
template <typename Char>
Fit PutText(const std::basic_string<Char>& text, Char* buffer, std::size_t size) {
  if (buffer == nullptr || text.size() >= size) return Fit::kTooSmall;
  text.copy(buffer, text.size());
  buffer[text.size()] = 0;
  return Fit::kFits;
}

}  // namespace wmi::win32
