// WideCharToMultiByte.
#include <winbase.h>

#include <cerrno>
#include <climits>
#include <cwchar>

#include "crt/utf8_codec.h"
#include "win32/code_page/code_page.h"

namespace wmi::win32 {
namespace {

constexpr std::size_t kChunk = 512;
constexpr wchar_t kReplacement = L'\uFFFD';
constexpr DWORD kNoFit = WC_NO_BEST_FIT_CHARS | WC_COMPOSITECHECK | WC_DISCARDNS | WC_SEPCHARS | WC_DEFAULTCHAR;

using ByteSink = UnitSink<char>;

DWORD CheckFlags(const CodePage& page, DWORD flags) {
  DWORD allowed = kNoFit;
  if (page.rule == PageRule::kSystem) allowed = kNoFit | WC_ERR_INVALID_CHARS;
  if (page.rule == PageRule::kUtf8 || page.rule == PageRule::kGb18030) allowed = WC_ERR_INVALID_CHARS;
  if (page.rule == PageRule::kStateful || page.rule == PageRule::kUtf7) allowed = 0;
  return (flags & ~allowed) == 0 ? ERROR_SUCCESS : ERROR_INVALID_FLAGS;
}

// The text in wide characters and how what cannot be converted is to be written.
struct Job {
  const CodePage& page;
  DWORD flags;
  const wchar_t* source;
  std::size_t length;
  const char* default_character;  // null for the page's own
  bool used_default = false;

  std::size_t DefaultSize() const {
    const auto lead = static_cast<unsigned char>(default_character[0]);
    return page.bytes_max > 1 && lead > 0x80 && default_character[1] != 0 ? 2 : 1;
  }
};

DWORD ToUtf8(Job& job, ByteSink& sink) {
  for (std::size_t i = 0; i < job.length && !sink.overflowed(); ++i) {
    char bytes[crt::kUtf8BytesMax];
    std::size_t size = crt::EncodeUtf8(static_cast<char32_t>(job.source[i]), bytes);
    if (size == 0) {
      if ((job.flags & WC_ERR_INVALID_CHARS) != 0) return ERROR_NO_UNICODE_TRANSLATION;
      job.used_default = true;
      if (job.default_character != nullptr) {
        sink.Put(job.default_character, job.DefaultSize());
        continue;
      }
      size = crt::EncodeUtf8(static_cast<char32_t>(kReplacement), bytes);
    }
    sink.Put(bytes, size);
  }
  return ERROR_SUCCESS;
}

// The wide characters [at, at + length) through the conversion, up to the first that it does not know; `at` and
// `length` then stand there. Every round takes characters or empties a chunk that was full. Null characters end no text
// here.
enum class Stopped { kAtEnd, kAtUnknown };
Stopped Feed(const Conversion& conversion, const wchar_t*& at, std::size_t& length, ByteSink& sink) {
  char* in = reinterpret_cast<char*>(const_cast<wchar_t*>(at));  // iconv takes it so and does not write
  std::size_t left = length * sizeof(wchar_t);
  Stopped stopped = Stopped::kAtEnd;
  while (left != 0 && !sink.overflowed()) {
    char chunk[kChunk];
    char* out = chunk;
    std::size_t room = sizeof chunk;
    const std::size_t result = iconv(conversion.descriptor(), &in, &left, &out, &room);
    const int error = errno;
    sink.Put(chunk, sizeof chunk - room);
    if (result == static_cast<std::size_t>(-1) && error != E2BIG) {
      stopped = Stopped::kAtUnknown;
      break;
    }
  }
  at = reinterpret_cast<const wchar_t*>(in);
  length = left / sizeof(wchar_t);
  return stopped;
}

// Brings a page with states back to its first one.
void Finish(const Conversion& conversion, ByteSink& sink) {
  char chunk[kChunk];
  char* out = chunk;
  std::size_t room = sizeof chunk;
  iconv(conversion.descriptor(), nullptr, nullptr, &out, &room);
  sink.Put(chunk, sizeof chunk - room);
}

// The byte under which a Windows page keeps a C1 control: the one of the same number, when its table is empty there.
bool IsHole(const CodePage& page, wchar_t character) {
  if (!HasControlsInHoles(page) || character < 0x80 || character > 0x9F) return false;
  const Conversion back(kWideName, page.name);
  char byte = static_cast<char>(character);
  char* in = &byte;
  std::size_t left = 1;
  wchar_t wide[2];
  char* out = reinterpret_cast<char*>(wide);
  std::size_t room = sizeof wide;
  return back.IsOpen() && iconv(back.descriptor(), &in, &left, &out, &room) == static_cast<std::size_t>(-1);
}

void PutDefault(Job& job, const Conversion& conversion, ByteSink& sink) {
  job.used_default = true;
  if (job.default_character != nullptr && job.page.rule != PageRule::kStateful) {
    sink.Put(job.default_character, job.DefaultSize());
    return;
  }
  const bool unicode = job.page.rule == PageRule::kUtf7 || job.page.rule == PageRule::kGb18030;
  wchar_t substitute = unicode ? kReplacement : L'?';
  if (job.default_character != nullptr) substitute = static_cast<unsigned char>(*job.default_character);
  const wchar_t* at = &substitute;
  std::size_t length = 1;
  Feed(conversion, at, length, sink);
}

DWORD ToTable(Job& job, ByteSink& sink) {
  const Conversion conversion(job.page.name, kWideName);
  if (!conversion.IsOpen()) return ERROR_INVALID_PARAMETER;
  const wchar_t* at = job.source;
  std::size_t length = job.length;
  while (!sink.overflowed() && Feed(conversion, at, length, sink) == Stopped::kAtUnknown) {
    if (IsHole(job.page, *at)) {
      const char byte = static_cast<char>(*at);
      sink.Put(&byte, 1);
    } else if ((job.flags & WC_ERR_INVALID_CHARS) != 0) {
      return ERROR_NO_UNICODE_TRANSLATION;
    } else {
      PutDefault(job, conversion, sink);
    }
    ++at;
    --length;
  }
  Finish(conversion, sink);
  return ERROR_SUCCESS;
}

DWORD Convert(Job& job, const BOOL* used_default, ByteSink& sink) {
  if (const DWORD error = CheckFlags(job.page, job.flags); error != ERROR_SUCCESS) return error;
  const bool unicode = job.page.rule == PageRule::kUtf8 || job.page.rule == PageRule::kUtf7;
  if (unicode && (job.default_character != nullptr || used_default != nullptr)) return ERROR_INVALID_PARAMETER;
  return job.page.name == nullptr ? ToUtf8(job, sink) : ToTable(job, sink);
}

}  // namespace
}  // namespace wmi::win32

int WideCharToMultiByte(UINT page_number, DWORD flags, LPCWCH source, int source_length, LPSTR target, int target_size,
                        LPCCH default_character, LPBOOL used_default) {
  const wmi::win32::CodePage* page = wmi::win32::FindCodePage(page_number);
  const bool valid = page != nullptr && source != nullptr && source_length != 0 && source_length >= -1 &&
                     target_size >= 0 && (target != nullptr || target_size == 0) &&
                     static_cast<const void*>(source) != static_cast<const void*>(target);
  if (!valid) {
    SetLastError(ERROR_INVALID_PARAMETER);
    return 0;
  }
  const std::size_t length = source_length < 0 ? std::wcslen(source) + 1 : static_cast<std::size_t>(source_length);
  wmi::win32::ByteSink sink(target, static_cast<std::size_t>(target_size));
  wmi::win32::Job job = {*page, flags, source, length, default_character};
  DWORD error = wmi::win32::Convert(job, used_default, sink);
  if (error == ERROR_SUCCESS && sink.overflowed()) error = ERROR_INSUFFICIENT_BUFFER;
  if (error == ERROR_SUCCESS && sink.count() > INT_MAX) error = ERROR_INVALID_PARAMETER;
  if (error != ERROR_SUCCESS) {
    SetLastError(error);
    return 0;
  }
  if (used_default != nullptr) *used_default = job.used_default ? TRUE : FALSE;
  return static_cast<int>(sink.count());
}
