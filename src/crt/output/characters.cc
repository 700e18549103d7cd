// fputws, putwchar and the like, which would turn a stream wide in glibc: UTF-8 bytes instead (detail/output.h).
#define OPENWMI_OUTPUT_C_FORMS
#include <detail/output.h>

#include <cerrno>
#include <new>
#include <string>
#include <string_view>

#include "crt/output/destination.h"

namespace {

// -1 with errno on failure.
int Write(FILE* stream, std::wstring_view text) {
  if (stream == nullptr || text.data() == nullptr) {
    errno = EINVAL;
    return -1;
  }
  try {
    return wmi::crt::WriteToFile(stream, text) ? 0 : -1;
  } catch (const std::bad_alloc&) {
    errno = ENOMEM;
    return -1;
  }
}

std::wstring_view Text(const wchar_t* text) { return text == nullptr ? std::wstring_view{} : std::wstring_view{text}; }

}  // namespace

extern "C" {

int openwmi_fputws(const wchar_t* text, FILE* stream) { return Write(stream, Text(text)) == 0 ? 0 : EOF; }

wint_t openwmi_fputwc(wchar_t character, FILE* stream) {
  return Write(stream, {&character, 1}) == 0 ? static_cast<wint_t>(character) : WEOF;
}

wint_t openwmi_putwc(wchar_t character, FILE* stream) { return openwmi_fputwc(character, stream); }

wint_t openwmi_putwchar(wchar_t character) { return openwmi_fputwc(character, stdout); }

wint_t _fputwchar(wchar_t character) { return openwmi_fputwc(character, stdout); }

int _putws(const wchar_t* text) {
  if (text == nullptr) return openwmi_fputws(nullptr, stdout);
  try {
    return openwmi_fputws((std::wstring(text) + L'\n').c_str(), stdout);
  } catch (const std::bad_alloc&) {
    errno = ENOMEM;
    return EOF;
  }
}

}  // extern "C"
