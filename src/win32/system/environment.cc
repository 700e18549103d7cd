// The environment and the arguments of the process. The manual is in <winbase.h>.
#include <unistd.h>
#include <winbase.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "base/text.h"
#include "win32/abi_guard.h"
#include "win32/text_out.h"

using wmi::win32::Fail;
using wmi::win32::Fit;
using wmi::win32::Guarded;
using wmi::win32::PutText;
using wmi::win32::TextAs;
using wmi::win32::Utf8Of;

namespace {

// "NAME=value" of the environment; null when there is no such variable. Upper and lower case are one if no variable has
// the very name: on Windows they always are.
const char* FindEntry(std::string_view name) {
  const char* folded = nullptr;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (text.size() <= name.size() || text[name.size()] != '=') continue;
    if (text.starts_with(name)) return *entry;
    if (folded == nullptr && wmi::EqualFolded(text.substr(0, name.size()), name)) folded = *entry;
  }
  return folded;
}

bool IsName(std::string_view name) { return !name.empty() && name.find('=') == std::string_view::npos; }

template <typename Char>
DWORD GiveVariable(const Char* name, Char* buffer, DWORD size) {
  return Guarded(DWORD{0}, [&]() -> DWORD {
    const std::string wanted = name == nullptr ? std::string() : Utf8Of(name);
    const char* entry = IsName(wanted) ? FindEntry(wanted) : nullptr;
    if (entry == nullptr) return Fail(DWORD{ERROR_ENVVAR_NOT_FOUND}, DWORD{0});
    const std::basic_string<Char> value = TextAs<Char>(entry + wanted.size() + 1);
    if (PutText(value, buffer, size) == Fit::kTooSmall) return value.size() + 1;
    if (value.empty()) SetLastError(ERROR_SUCCESS);
    return value.size();
  });
}

template <typename Char>
BOOL TakeVariable(const Char* name, const Char* value) {
  return Guarded(FALSE, [&] {
    std::string wanted = name == nullptr ? std::string() : Utf8Of(name);
    if (!IsName(wanted)) return Fail(ERROR_INVALID_PARAMETER, FALSE);
    const char* entry = FindEntry(wanted);
    if (entry != nullptr) wanted.assign(entry, wanted.size());  // Path sets PATH if that is what there is
    if (value == nullptr) {
      if (entry == nullptr) return Fail(ERROR_ENVVAR_NOT_FOUND, FALSE);
      return unsetenv(wanted.c_str()) == 0 ? TRUE : Fail(ERROR_INVALID_PARAMETER, FALSE);
    }
    return setenv(wanted.c_str(), Utf8Of(value).c_str(), 1) == 0 ? TRUE : Fail(ERROR_NOT_ENOUGH_MEMORY, FALSE);
  });
}

std::string Expand(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t first = text.find('%');
    const std::size_t second = first == std::string_view::npos ? first : text.find('%', first + 1);
    if (second == std::string_view::npos) break;
    const std::string_view name = text.substr(first + 1, second - first - 1);
    const char* entry = IsName(name) ? FindEntry(name) : nullptr;
    result += text.substr(0, first);
    if (entry != nullptr) {
      result += entry + name.size() + 1;
      text.remove_prefix(second + 1);
    } else {
      result += text.substr(first, second - first);  // the second % may begin a name
      text.remove_prefix(second);
    }
  }
  return result.append(text);
}

template <typename Char>
DWORD GiveExpanded(const Char* text, Char* buffer, DWORD size) {
  if (text == nullptr) return Fail(DWORD{ERROR_INVALID_PARAMETER}, DWORD{0});
  return Guarded(DWORD{0}, [&]() -> DWORD {
    const std::basic_string<Char> result = TextAs<Char>(Expand(Utf8Of(text)));
    static_cast<void>(PutText(result, buffer, size));
    return result.size() + 1;
  });
}

// As programs on Windows take it apart: quotes around spaces, and backslashes doubled in front of quotes only.
std::string Quoted(std::string_view argument) {
  if (!argument.empty() && argument.find_first_of(" \t\n\v\"") == std::string_view::npos) return std::string(argument);
  std::string result = "\"";
  std::size_t backslashes = 0;
  for (const char character : argument) {
    if (character == '"') result.append(backslashes + 1, '\\');
    backslashes = character == '\\' ? backslashes + 1 : 0;
    result += character;
  }
  return result.append(backslashes, '\\') + '"';
}

std::string ReadCommandLine() {
  constexpr std::size_t kBytesMax = std::size_t{4} << 20;  // beyond what execve takes
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/cmdline", "re"), &std::fclose);
  std::string raw;
  char piece[4096];
  while (file != nullptr && raw.size() < kBytesMax) {
    const std::size_t count = std::fread(piece, 1, sizeof(piece), file.get());
    if (count == 0) break;
    raw.append(piece, count);
  }
  std::string line;
  for (std::size_t begin = 0; begin < raw.size();) {
    const std::size_t end = std::min(raw.find('\0', begin), raw.size());
    if (!line.empty()) line += ' ';
    line += Quoted(std::string_view(raw).substr(begin, end - begin));
    begin = end + 1;
  }
  return line;
}

}  // namespace

DWORD GetEnvironmentVariableW(LPCWSTR name, LPWSTR buffer, DWORD size) { return GiveVariable(name, buffer, size); }
DWORD GetEnvironmentVariableA(LPCSTR name, LPSTR buffer, DWORD size) { return GiveVariable(name, buffer, size); }

BOOL SetEnvironmentVariableW(LPCWSTR name, LPCWSTR value) { return TakeVariable(name, value); }
BOOL SetEnvironmentVariableA(LPCSTR name, LPCSTR value) { return TakeVariable(name, value); }

DWORD ExpandEnvironmentStringsW(LPCWSTR text, LPWSTR buffer, DWORD size) { return GiveExpanded(text, buffer, size); }
DWORD ExpandEnvironmentStringsA(LPCSTR text, LPSTR buffer, DWORD size) { return GiveExpanded(text, buffer, size); }

LPWSTR GetCommandLineW() {
  return Guarded<LPWSTR>(nullptr, [] {
    static auto* const line = new std::wstring(wmi::WideFromUtf8(ReadCommandLine()));
    return line->data();
  });
}

LPSTR GetCommandLineA() {
  return Guarded<LPSTR>(nullptr, [] {
    static auto* const line = new std::string(ReadCommandLine());
    return line->data();
  });
}
