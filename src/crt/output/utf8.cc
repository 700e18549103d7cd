#include "crt/output/utf8.h"

#include <algorithm>

namespace wmi::crt {

std::size_t EncodeReplacing(wchar_t character, char* bytes) {
  const auto value = static_cast<char32_t>(character);
  char encoded[kUtf8BytesMax];
  const std::size_t size = EncodeUtf8(IsScalarValue(value) ? value : U'\ufffd', encoded);
  std::copy_n(encoded, size, bytes);
  return size;
}

std::size_t EncodeReplacing(std::wstring_view text, char* bytes) {
  char* end = bytes;
  for (const wchar_t character : text) {
    if (static_cast<char32_t>(character) < 0x80) {
      *end++ = static_cast<char>(character);
    } else {
      end += EncodeReplacing(character, end);
    }
  }
  return static_cast<std::size_t>(end - bytes);
}

std::size_t Utf8PrefixSize(const char* text, std::size_t characters) {
  std::size_t size = 0;
  for (std::size_t count = 0; count < characters && text[size] != '\0'; ++count) {
    size += std::max<std::size_t>(DecodeUtf8(text + size).size, 1);
  }
  return size;
}

}  // namespace wmi::crt
