// One wide character as UTF-8, for output that never stops.
#pragma once

#include <cstddef>

namespace wmi::crt {

inline constexpr std::size_t kUtf8SizeMax = 4;

// Writes the UTF-8 form of a character to `bytes`, which has room for kUtf8SizeMax, and returns its size. What Unicode
// does not have, surrogates too, becomes U+FFFD.
std::size_t EncodeUtf8(wchar_t wide, char* bytes);

// The number of bytes at the start of UTF-8 text that hold at most `characters` characters; it ends at a zero. Nothing
// past the last character is read, so that text without a zero can be given with its length.
std::size_t Utf8PrefixSize(const char* text, std::size_t characters);

}  // namespace wmi::crt
