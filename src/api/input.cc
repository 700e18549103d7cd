#include "api/input.h"

#include <cwchar>

#include "base/text.h"

namespace wmi::api {

std::string ReadText(const wchar_t* text, std::size_t length_max) {
  if (text == nullptr) return {};
  return Utf8FromWide({text, wcsnlen(text, length_max + 1)});
}

NameText::NameText(const wchar_t* text) {
  std::size_t length = 0;
  if (text != nullptr) {
    while (length < sizeof short_ && text[length] > L'\0' && text[length] < 0x80) {
      short_[length] = static_cast<char>(text[length]);
      ++length;
    }
    if (length == sizeof short_ || text[length] != L'\0') {
      long_ = ReadText(text, limits::kIdentifierLengthMax);
      view_ = long_;
      return;
    }
  }
  view_ = {short_, length};
}

bool ReadTimeout(long timeout_ms, TimePoint& deadline) {
  const auto milliseconds = static_cast<std::int32_t>(LowFlags(timeout_ms));
  if (milliseconds == WBEM_INFINITE) {
    deadline = TimePoint::max();
  } else if (milliseconds == WBEM_NO_WAIT) {
    deadline = TimePoint::min();
  } else if (milliseconds < 0) {
    return false;
  } else {
    deadline = SteadyClock().Now() + std::chrono::milliseconds(milliseconds);
  }
  return true;
}

}  // namespace wmi::api
