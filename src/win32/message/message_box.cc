// MessageBox (<winuser.h>) and OutputDebugString (<winbase.h>): text on stderr.
#include <unistd.h>
#include <winbase.h>
#include <winuser.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>

#include "win32/abi_guard.h"
#include "win32/text_out.h"

using wmi::win32::Fail;
using wmi::win32::Guarded;
using wmi::win32::Utf8Of;

namespace {

// Straight to the file: stderr of stdio may have been turned to wide characters by the program.
void WriteToStderr(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

struct Buttons {
  std::size_t count;
  int ids[3];
};

constexpr Buttons kButtons[] = {
    {1, {IDOK}},        {2, {IDOK, IDCANCEL}},    {3, {IDABORT, IDRETRY, IDIGNORE}},       {3, {IDYES, IDNO, IDCANCEL}},
    {2, {IDYES, IDNO}}, {2, {IDRETRY, IDCANCEL}}, {3, {IDCANCEL, IDTRYAGAIN, IDCONTINUE}},
};

// 0 for a style that does not exist. A default button that is not there is the first one, as on Windows; the help
// button comes after the others and opens nothing, hence cannot be the answer.
int DefaultButton(UINT type) {
  const std::size_t kind = type & MB_TYPEMASK;
  if (kind >= std::size(kButtons)) return 0;
  const std::size_t wanted = (type & MB_DEFMASK) >> 8;
  return kButtons[kind].ids[wanted < kButtons[kind].count ? wanted : 0];
}

template <typename Char>
int Show(const Char* text, const Char* caption, UINT type) {
  const int button = DefaultButton(type);
  if (button == 0) return Fail(ERROR_INVALID_MSGBOX_STYLE, 0);
  return Guarded(0, [&] {
    std::string line = caption == nullptr ? "Error" : Utf8Of(caption);
    line += ": ";
    if (text != nullptr) line += Utf8Of(text);
    line += '\n';
    std::erase(line, '\r');
    WriteToStderr(line);
    return button;
  });
}

template <typename Char>
void OutputDebug(const Char* text) {
  const char* wanted = std::getenv("OPENWMI_DEBUG_OUTPUT");
  if (text == nullptr || wanted == nullptr || *wanted == '\0') return;
  Guarded(0, [&] {
    WriteToStderr(Utf8Of(text));
    return 0;
  });
}

}  // namespace

int MessageBoxW(HWND /*owner*/, LPCWSTR text, LPCWSTR caption, UINT type) { return Show(text, caption, type); }
int MessageBoxA(HWND /*owner*/, LPCSTR text, LPCSTR caption, UINT type) { return Show(text, caption, type); }

int MessageBoxExW(HWND owner, LPCWSTR text, LPCWSTR caption, UINT type, WORD /*language*/) {
  return MessageBoxW(owner, text, caption, type);
}
int MessageBoxExA(HWND owner, LPCSTR text, LPCSTR caption, UINT type, WORD /*language*/) {
  return MessageBoxA(owner, text, caption, type);
}

void OutputDebugStringW(LPCWSTR text) { OutputDebug(text); }
void OutputDebugStringA(LPCSTR text) { OutputDebug(text); }
