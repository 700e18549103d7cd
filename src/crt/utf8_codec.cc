#include "crt/utf8_codec.h"

#include <cstring>
#include <cwchar>

namespace wmi::crt {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool IsContinuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

}  // namespace

bool IsScalarValue(char32_t character) { return character <= 0x10FFFF && (character < 0xD800 || character > 0xDFFF); }

std::size_t EncodeUtf8(char32_t character, char (&bytes)[kUtf8BytesMax]) {
  if (!IsScalarValue(character)) return 0;
  if (character < 0x80) {
    bytes[0] = static_cast<char>(character);
    return 1;
  }
  const std::size_t size = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
  for (std::size_t at = size - 1; at > 0; --at, character >>= 6) {
    bytes[at] = static_cast<char>(0x80 | (character & 0x3F));
  }
  constexpr char32_t kLead[] = {0, 0, 0xC0, 0xE0, 0xF0};
  bytes[0] = static_cast<char>(kLead[size] | character);
  return size;
}

Utf8Character DecodeUtf8(const char* at, const char* end) {
  constexpr Utf8Character kMalformed = {kReplacement, 0};
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(at[index]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || static_cast<std::size_t>(end - at) < size) return kMalformed;
  char32_t character = lead & (0x7Fu >> size);
  for (std::size_t index = 1; index < size; ++index) {
    if (!IsContinuation(byte(index))) return kMalformed;
    character = character << 6 | (byte(index) & 0x3Fu);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (character < kLeast[size] || !IsScalarValue(character)) return kMalformed;
  return {character, size};
}

Utf8Character DecodeUtf8(const char* at) {
  if (*at == 0) return {0, 1};
  return DecodeUtf8(at, at + strnlen(at, kUtf8BytesMax));
}

NarrowText NarrowCopy(const wchar_t* text) {
  NarrowText copy(static_cast<char*>(std::malloc(std::wcslen(text) * kUtf8BytesMax + 1)));
  if (copy == nullptr) return copy;
  char* target = copy.get();
  for (; *text != 0; ++text) {
    char bytes[kUtf8BytesMax];
    std::size_t size = EncodeUtf8(static_cast<char32_t>(*text), bytes);
    if (size == 0) size = EncodeUtf8(kReplacement, bytes);
    std::memcpy(target, bytes, size);
    target += size;
  }
  *target = 0;
  return copy;
}

WideText WideCopy(const char* text) {
  WideText copy(static_cast<wchar_t*>(std::malloc((std::strlen(text) + 1) * sizeof(wchar_t))));
  if (copy == nullptr) return copy;
  wchar_t* target = copy.get();
  while (*text != 0) {
    const Utf8Character character = DecodeUtf8(text);
    *target++ = static_cast<wchar_t>(character.value);
    text += character.size == 0 ? 1 : character.size;
  }
  *target = 0;
  return copy;
}

}  // namespace wmi::crt
