// FormatMessage. The manual is in <winbase.h>.
#include <winbase.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/codes.h"
#include "base/text.h"
#include "win32/abi_guard.h"
#include "win32/message/error_text.h"
#include "win32/message/message_format.h"
#include "win32/status_text.h"
#include "win32/text_out.h"

using wmi::win32::Characters;
using wmi::win32::Fail;
using wmi::win32::Guarded;
using wmi::win32::Inserts;
using wmi::win32::LineRule;

namespace {

constexpr DWORD kSources = FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_FROM_SYSTEM;
constexpr DWORD kAllFlags = kSources | FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_IGNORE_INSERTS |
                            FORMAT_MESSAGE_ARGUMENT_ARRAY | FORMAT_MESSAGE_MAX_WIDTH_MASK;

bool AreValid(DWORD flags, LPCVOID source) {
  if ((flags & ~kAllFlags) != 0 || (flags & kSources) == 0) return false;
  if ((flags & FORMAT_MESSAGE_FROM_STRING) == 0) return true;
  return (flags & kSources) == FORMAT_MESSAGE_FROM_STRING && source != nullptr;
}

// Empty when the number has no text.
std::string_view FindText(DWORD flags, std::uint32_t message) {
  const auto hr = static_cast<HRESULT>(message);
  std::string_view text;
  if ((flags & FORMAT_MESSAGE_FROM_HMODULE) != 0) text = wmi::CodeText(hr);
  if (text.empty() && (flags & FORMAT_MESSAGE_FROM_SYSTEM) != 0) {
    text = wmi::win32::ErrorText(message);
    if (text.empty()) text = wmi::win32::StatusText(hr);
  }
  return text;
}

// "access was denied" as FormatMessage gives it.
std::wstring SentenceOf(std::string_view text) {
  std::wstring sentence = wmi::WideFromUtf8(text);
  if (sentence[0] >= L'a' && sentence[0] <= L'z') sentence[0] = static_cast<wchar_t>(sentence[0] - L'a' + L'A');
  return sentence + L".\r\n";
}

LineRule LinesOf(DWORD flags) {
  const DWORD width = flags & FORMAT_MESSAGE_MAX_WIDTH_MASK;
  if (width == 0) return {};
  if (width == FORMAT_MESSAGE_MAX_WIDTH_MASK) return {LineRule::kNone, 0};
  return {LineRule::kWrapped, width};
}

struct Request {
  DWORD flags;
  va_list* arguments;
  Characters characters;
};

// The arguments are read one machine word each, whatever they are: that is what both forms of passing them hold.
DWORD Format(const Request& request, std::wstring_view pattern, std::wstring& result) {
  std::array<std::uintptr_t, wmi::win32::kInsertCountMax> values{};
  std::size_t count = 0;
  const bool keep = (request.flags & FORMAT_MESSAGE_IGNORE_INSERTS) != 0;
  if (!keep) {
    const DWORD error = wmi::win32::CountArguments(pattern, count);
    if (error != ERROR_SUCCESS) return error;
    if (count > 0 && request.arguments == nullptr) return ERROR_INVALID_PARAMETER;
  }
  const auto* array = reinterpret_cast<const std::uintptr_t*>(request.arguments);
  for (std::size_t i = 0; i < count; ++i) {
    const bool in_array = (request.flags & FORMAT_MESSAGE_ARGUMENT_ARRAY) != 0;
    values[i] = in_array ? array[i] : va_arg(*request.arguments, std::uintptr_t);
  }
  return wmi::win32::FormatPattern(pattern, std::span(values).first(count), keep ? Inserts::kKept : Inserts::kFilled,
                                   LinesOf(request.flags), request.characters, result);
}

// Into the program's buffer, or into one made for it.
template <typename Char>
DWORD Give(const std::wstring& message, DWORD flags, Char* buffer, DWORD size) {
  std::basic_string<Char> text = wmi::win32::TextAs<Char>(wmi::Utf8FromWide(message));
  if ((flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) != 0) {
    const std::size_t room = std::max<std::size_t>(size, text.size() + 1);
    if (room > SIZE_MAX / sizeof(Char)) return Fail(DWORD{ERROR_NOT_ENOUGH_MEMORY}, DWORD{0});
    auto* block = static_cast<Char*>(LocalAlloc(LMEM_FIXED, room * sizeof(Char)));
    if (block == nullptr) return 0;
    static_cast<void>(wmi::win32::PutText(text, block, room));
    *reinterpret_cast<Char**>(buffer) = block;
    return text.size();
  }
  if (wmi::win32::PutText(text, buffer, size) == wmi::win32::Fit::kTooSmall) {
    return Fail(DWORD{ERROR_INSUFFICIENT_BUFFER}, DWORD{0});
  }
  return text.size();
}

template <typename Char>
DWORD FormatMessageAs(DWORD flags, LPCVOID source, DWORD message, Char* buffer, DWORD size, va_list* arguments) {
  if (buffer == nullptr) return Fail(DWORD{ERROR_INVALID_PARAMETER}, DWORD{0});
  if ((flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) != 0) *reinterpret_cast<Char**>(buffer) = nullptr;
  if (!AreValid(flags, source)) return Fail(DWORD{ERROR_INVALID_PARAMETER}, DWORD{0});
  return Guarded(DWORD{0}, [&]() -> DWORD {
    std::wstring pattern;
    if ((flags & FORMAT_MESSAGE_FROM_STRING) != 0) {
      pattern = wmi::win32::TextAs<wchar_t>(wmi::win32::Utf8Of(static_cast<const Char*>(source)));
    } else {
      const std::string_view text = FindText(flags, static_cast<std::uint32_t>(message));
      if (text.empty()) return Fail(DWORD{ERROR_MR_MID_NOT_FOUND}, DWORD{0});
      pattern = SentenceOf(text);
    }
    constexpr bool kIsWide = std::is_same_v<Char, wchar_t>;
    std::wstring result;
    const DWORD error = Format({flags, arguments, kIsWide ? Characters::kWide : Characters::kNarrow}, pattern, result);
    return error != ERROR_SUCCESS ? Fail(error, DWORD{0}) : Give(result, flags, buffer, size);
  });
}

}  // namespace

DWORD FormatMessageW(DWORD flags, LPCVOID source, DWORD message, DWORD /*language*/, LPWSTR buffer, DWORD size,
                     va_list* arguments) {
  return FormatMessageAs(flags, source, message, buffer, size, arguments);
}

DWORD FormatMessageA(DWORD flags, LPCVOID source, DWORD message, DWORD /*language*/, LPSTR buffer, DWORD size,
                     va_list* arguments) {
  return FormatMessageAs(flags, source, message, buffer, size, arguments);
}
