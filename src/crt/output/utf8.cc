#include "crt/output/utf8.h"

#include <algorithm>

namespace wmi::crt {
namespace {

// How many bytes the first of a sequence asks for, as far as they are there. Looks only at bytes that an earlier one
// announced.
std::size_t SequenceSize(const char* at) {
  const auto lead = static_cast<unsigned char>(*at);
  const std::size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
  std::size_t size = 1;
  while (size < wanted && (at[size] & 0xc0) == 0x80) ++size;
  return size;
}

}  // namespace

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
    const char* const at = text + size;
    size += std::max<std::size_t>(DecodeUtf8(at, at + SequenceSize(at)).size, 1);
  }
  return size;
}

}  // namespace wmi::crt
