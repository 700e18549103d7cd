// One character of UTF-8 at a time, without memory of its own and without exceptions: what the C run-time functions and
// the code page conversions are built on. base/text.h converts whole texts and never fails; here the caller decides
// what to do with what is malformed. Pure functions.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>

namespace wmi::crt {

inline constexpr std::size_t kUtf8BytesMax = 4;

// True for what a text can hold: U+0000 to U+10FFFF without the surrogates.
bool IsScalarValue(char32_t character);

// Writes the bytes of a character and returns how many; 0 when it is no scalar value.
std::size_t EncodeUtf8(char32_t character, char (&bytes)[kUtf8BytesMax]);

struct Utf8Character {
  char32_t value;
  std::size_t size;  // bytes used; 0 when the bytes are malformed (overlong, surrogate, too large, cut off)
};

// The first character of the bytes [at, end), which are not empty.
Utf8Character DecodeUtf8(const char* at, const char* end);
// The same in a text that a null ends; the null is a character of size 1.
Utf8Character DecodeUtf8(const char* at);

struct FreeMemory {
  void operator()(void* memory) const { std::free(memory); }
};
using NarrowText = std::unique_ptr<char[], FreeMemory>;
using WideText = std::unique_ptr<wchar_t[], FreeMemory>;

// Copies in the other form that a null ends, for names and paths; what is malformed becomes U+FFFD. Null when memory is
// out.
NarrowText NarrowCopy(const wchar_t* text);
WideText WideCopy(const char* text);

}  // namespace wmi::crt
