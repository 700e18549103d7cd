// Wide characters as UTF-8 for output that never stops, over crt/utf8_codec.h. Pure functions.
#pragma once

#include <cstddef>
#include <string_view>

#include "crt/utf8_codec.h"

namespace wmi::crt {

// Writes the UTF-8 form of a character to `bytes`, which has room for kUtf8BytesMax, and returns its size. What Unicode
// does not have, surrogates too, becomes U+FFFD.
std::size_t EncodeReplacing(wchar_t character, char* bytes);
// The same for a text; `bytes` has room for kUtf8BytesMax for each of its characters.
std::size_t EncodeReplacing(std::wstring_view text, char* bytes);

// The number of bytes at the start of UTF-8 text that hold at most `characters` characters; it ends at a null, and a
// byte that is malformed counts as a character. Nothing past the last character is read, so that text without a null
// can be given with its length.
std::size_t Utf8PrefixSize(const char* text, std::size_t characters);

}  // namespace wmi::crt
