// The functions of detail/crt_files.h.
#include <strings.h>

#include "crt/strings/text_operations.h"
#include "crt/utf8_codec.h"

namespace wmi::crt {
namespace {

constexpr std::size_t kModeSize = 8;

const char* SkipSpaces(const char* at) {
  while (*at == ' ') ++at;
  return at;
}

// "ccs = UTF-8" behind a comma: the one encoding that text has here.
bool IsUtf8Encoding(const char* at) {
  at = SkipSpaces(at);
  if (std::strncmp(at, "ccs", 3) != 0) return false;
  at = SkipSpaces(at + 3);
  if (*at != '=') return false;
  at = SkipSpaces(at + 1);
  if (strncasecmp(at, "UTF-8", 5) != 0) return false;
  return *SkipSpaces(at + 5) == 0;
}

// The mode of Windows as one for fopen of Linux; false when it cannot be had. The letters that both know stay, N is e
// (close on exec), hints go. glibc must not see ccs: it would make the stream wide.
bool TranslateMode(const char* mode, char (&translated)[kModeSize]) {
  mode = SkipSpaces(mode);
  if (*mode != 'r' && *mode != 'w' && *mode != 'a') return false;
  std::size_t length = 0;
  translated[length++] = *mode++;
  const auto add_once = [&](char letter) {
    if (std::memchr(translated, letter, length) == nullptr) translated[length++] = letter;
  };
  for (; *mode != 0; ++mode) {
    if (*mode == '+' || *mode == 'b' || *mode == 'x') {
      add_once(*mode);
    } else if (*mode == 'N') {
      add_once('e');
    } else if (*mode == ',') {
      if (!IsUtf8Encoding(mode + 1)) return false;
      break;
    } else if (std::strchr("tcnSRT ", *mode) == nullptr) {
      return false;
    }
  }
  translated[length] = 0;
  return true;
}

errno_t ErrnoOr(errno_t otherwise) { return errno != 0 ? errno : otherwise; }

errno_t Open(FILE** file, const char* path, const char* mode) {
  if (file == nullptr) return Fail(EINVAL);
  *file = nullptr;
  char translated[kModeSize];
  if (path == nullptr || mode == nullptr || !TranslateMode(mode, translated)) return Fail(EINVAL);
  errno = 0;
  *file = std::fopen(path, translated);
  return *file != nullptr ? 0 : ErrnoOr(EINVAL);
}

errno_t Reopen(FILE** file, const char* path, const char* mode, FILE* stream) {
  if (file == nullptr) return Fail(EINVAL);
  *file = nullptr;
  char translated[kModeSize];
  if (path == nullptr || mode == nullptr || stream == nullptr || !TranslateMode(mode, translated)) return Fail(EINVAL);
  errno = 0;
  *file = std::freopen(path, translated, stream);
  return *file != nullptr ? 0 : ErrnoOr(EINVAL);
}

// Calls open with path and mode in UTF-8.
template <typename Action>
errno_t InUtf8(FILE** file, const wchar_t* path, const wchar_t* mode, Action open) {
  if (file != nullptr) *file = nullptr;
  if (path == nullptr || mode == nullptr) return Fail(EINVAL);
  const NarrowText narrow_path = NarrowCopy(path);
  const NarrowText narrow_mode = NarrowCopy(mode);
  if (narrow_path == nullptr || narrow_mode == nullptr) return Fail(ENOMEM);
  return open(narrow_path.get(), narrow_mode.get());
}

}  // namespace
}  // namespace wmi::crt

using namespace wmi::crt;  // NOLINT(google-build-using-namespace): this file defines the C names

errno_t fopen_s(FILE** file, const char* path, const char* mode) { return Open(file, path, mode); }

errno_t _wfopen_s(FILE** file, const wchar_t* path, const wchar_t* mode) {
  return InUtf8(file, path, mode,
                [&](const char* utf8_path, const char* utf8_mode) { return Open(file, utf8_path, utf8_mode); });
}

FILE* _wfopen(const wchar_t* path, const wchar_t* mode) {
  FILE* file = nullptr;
  _wfopen_s(&file, path, mode);
  return file;
}

errno_t freopen_s(FILE** file, const char* path, const char* mode, FILE* stream) {
  return Reopen(file, path, mode, stream);
}

errno_t _wfreopen_s(FILE** file, const wchar_t* path, const wchar_t* mode, FILE* stream) {
  return InUtf8(file, path, mode, [&](const char* utf8_path, const char* utf8_mode) {
    return Reopen(file, utf8_path, utf8_mode, stream);
  });
}

FILE* _wfreopen(const wchar_t* path, const wchar_t* mode, FILE* stream) {
  FILE* file = nullptr;
  _wfreopen_s(&file, path, mode, stream);
  return file;
}
