// The patterns of FormatMessage: what becomes of %1, %n and line breaks. The manual is in <winbase.h>.
#pragma once

#include <windef.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace wmi::win32 {

inline constexpr std::size_t kMessageCharactersMax = 65535;
inline constexpr std::size_t kInsertCountMax = 99 + 2;  // %99 with a width and a precision from the arguments

// What a plain string argument is: of the function's own characters.
enum class Characters { kNarrow, kWide };

// The line breaks of a pattern.
struct LineRule {
  enum Kind { kAsWritten, kNone, kWrapped } kind = kAsWritten;
  std::size_t width = 0;  // of kWrapped, above 0
};

enum class Inserts { kFilled, kKept };

// How many arguments `pattern` uses: the highest number of an insert, with what its `*` take. ERROR_INVALID_PARAMETER
// if the pattern is wrong.
DWORD CountArguments(std::wstring_view pattern, std::size_t& count);

// Writes the message to `result`. `arguments` has CountArguments() elements (or kKept ignores them), which are numbers
// or addresses of strings. ERROR_INVALID_PARAMETER for a wrong pattern, ERROR_MORE_DATA for a message that gets too
// long.
DWORD FormatPattern(std::wstring_view pattern, std::span<const std::uintptr_t> arguments, Inserts inserts,
                    LineRule lines, Characters characters, std::wstring& result);

}  // namespace wmi::win32
