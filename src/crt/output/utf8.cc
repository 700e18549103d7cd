#include "crt/output/utf8.h"

namespace wmi::crt {

std::size_t EncodeUtf8(wchar_t wide, char* bytes) {
  auto c = static_cast<char32_t>(wide);
  if (c < 0x80) {
    bytes[0] = static_cast<char>(c);
    return 1;
  }
  if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) c = 0xfffd;
  const std::size_t size = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (std::size_t i = size - 1; i > 0; --i, c >>= 6) bytes[i] = static_cast<char>(0x80 | (c & 0x3f));
  constexpr unsigned char kLead[] = {0, 0, 0xc0, 0xe0, 0xf0};
  bytes[0] = static_cast<char>(kLead[size] | c);
  return size;
}

std::size_t Utf8PrefixSize(const char* text, std::size_t characters) {
  std::size_t size = 0;
  for (std::size_t count = 0; count < characters && text[size] != '\0'; ++count) {
    const auto lead = static_cast<unsigned char>(text[size++]);
    const int followers = lead < 0xc2 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : 0;
    for (int i = 0; i < followers && (text[size] & 0xc0) == 0x80; ++i) ++size;
  }
  return size;
}

}  // namespace wmi::crt
