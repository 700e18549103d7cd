// Input: strings and numbers as programs pass them, made safe to use. Functions without state; safe from any thread.
#pragma once

#include <wbemcli.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/limits.h"

namespace wmi::api {

// An input string as UTF-8. Read up to the NUL, never through a length prefix (source compatibility, decision 8), and
// no further than one character past `length_max`, so that whoever checks the limit sees that it was passed. Null reads
// as empty.
std::string ReadText(const wchar_t* text, std::size_t length_max);

// A name to look up. Short ASCII names, the usual ones, need no memory.
class NameText {
 public:
  explicit NameText(const wchar_t* text);
  NameText(const NameText&) = delete;
  NameText& operator=(const NameText&) = delete;
  std::string_view view() const { return view_; }

 private:
  char short_[64];
  std::string long_;
  std::string_view view_;
};

inline bool IsBlank(const wchar_t* text) { return text == nullptr || *text == L'\0'; }

// Flags, counts and timeouts arrive in a `long` of 64 bits and mean their low 32 (decision 4).
inline std::uint32_t LowFlags(long flags) { return static_cast<std::uint32_t>(flags); }
inline bool AreFlagsWithin(long flags, std::uint32_t allowed) { return (LowFlags(flags) & ~allowed) == 0; }

// The deadline of a timeout in milliseconds: TimePoint::min() for WBEM_NO_WAIT, TimePoint::max() for WBEM_INFINITE.
// False for any other negative number.
bool ReadTimeout(long timeout_ms, TimePoint& deadline);

}  // namespace wmi::api
