// MultiByteToWideChar.
#include <winbase.h>

#include <cerrno>
#include <climits>
#include <cstring>

#include "crt/utf8_codec.h"
#include "win32/code_page/code_page.h"

namespace wmi::win32 {
namespace {

constexpr std::size_t kChunk = 256;
constexpr wchar_t kReplacement = L'\uFFFD';
constexpr DWORD kSupportedFlags = MB_PRECOMPOSED | MB_ERR_INVALID_CHARS;

using WideSink = UnitSink<wchar_t>;

DWORD CheckFlags(const CodePage& page, DWORD flags) {
  DWORD allowed = kSupportedFlags;
  if (page.rule == PageRule::kUtf8 || page.rule == PageRule::kGb18030) allowed = MB_ERR_INVALID_CHARS;
  if (page.rule == PageRule::kStateful || page.rule == PageRule::kUtf7) allowed = 0;
  return (flags & ~allowed) == 0 ? ERROR_SUCCESS : ERROR_INVALID_FLAGS;
}

DWORD FromUtf8(const char* source, std::size_t length, DWORD flags, WideSink& sink) {
  const char* const end = source + length;
  for (const char* at = source; at < end && !sink.overflowed();) {
    const crt::Utf8Character character = crt::DecodeUtf8(at, end);
    if (character.size == 0 && (flags & MB_ERR_INVALID_CHARS) != 0) return ERROR_NO_UNICODE_TRANSLATION;
    const auto wide = static_cast<wchar_t>(character.value);
    sink.Put(&wide, 1);
    at += character.size == 0 ? 1 : character.size;
  }
  return ERROR_SUCCESS;
}

// Every round takes bytes of the source, or empties a chunk that was full.
DWORD FromTable(const CodePage& page, const char* source, std::size_t length, DWORD flags, WideSink& sink) {
  const Conversion conversion(kWideName, page.name);
  if (!conversion.IsOpen()) return ERROR_INVALID_PARAMETER;
  char* at = const_cast<char*>(source);  // iconv takes it so and does not write
  while (!sink.overflowed()) {
    wchar_t chunk[kChunk];
    char* out = reinterpret_cast<char*>(chunk);
    std::size_t room = sizeof chunk;
    const bool at_end = length == 0;  // the last call makes it give what it holds back
    const std::size_t result = at_end ? iconv(conversion.descriptor(), nullptr, nullptr, &out, &room)
                                      : iconv(conversion.descriptor(), &at, &length, &out, &room);
    const int error = errno;
    sink.Put(chunk, (sizeof chunk - room) / sizeof(wchar_t));
    if (at_end) break;
    if (result != static_cast<std::size_t>(-1) || error == E2BIG) continue;
    const auto byte = static_cast<unsigned char>(*at);
    wchar_t wide = kReplacement;
    if (HasControlsInHoles(page) && byte >= 0x80 && byte <= 0x9F) {
      wide = static_cast<wchar_t>(byte);
    } else if ((flags & MB_ERR_INVALID_CHARS) != 0) {
      return ERROR_NO_UNICODE_TRANSLATION;
    }
    sink.Put(&wide, 1);
    ++at;
    --length;
  }
  return ERROR_SUCCESS;
}

DWORD Convert(UINT number, DWORD flags, LPCCH source, int source_length, WideSink& sink) {
  const CodePage* page = FindCodePage(number);
  if (page == nullptr) return ERROR_INVALID_PARAMETER;
  if (const DWORD error = CheckFlags(*page, flags); error != ERROR_SUCCESS) return error;
  const std::size_t length = source_length < 0 ? std::strlen(source) + 1 : static_cast<std::size_t>(source_length);
  if (page->name == nullptr) return FromUtf8(source, length, flags, sink);
  return FromTable(*page, source, length, flags, sink);
}

}  // namespace
}  // namespace wmi::win32

int MultiByteToWideChar(UINT page, DWORD flags, LPCCH source, int source_length, LPWSTR target, int target_size) {
  const bool valid = source != nullptr && source_length != 0 && source_length >= -1 && target_size >= 0 &&
                     (target != nullptr || target_size == 0) &&
                     static_cast<const void*>(source) != static_cast<const void*>(target);
  wmi::win32::WideSink sink(target, valid ? static_cast<std::size_t>(target_size) : 0);
  DWORD error = ERROR_INVALID_PARAMETER;
  if (valid) error = wmi::win32::Convert(page, flags, source, source_length, sink);
  if (error == ERROR_SUCCESS && sink.overflowed()) error = ERROR_INSUFFICIENT_BUFFER;
  if (error == ERROR_SUCCESS && sink.count() > INT_MAX) error = ERROR_INVALID_PARAMETER;
  if (error == ERROR_SUCCESS) return static_cast<int>(sink.count());
  SetLastError(error);
  return 0;
}
