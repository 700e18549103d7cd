// Code pages: any bytes through MultiByteToWideChar and back, with targets of the exact size and one too small. The
// first byte of the input picks the page, the second the flags.
#include <stringapiset.h>
#include <winbase.h>
#include <winnls.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/text.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

constexpr UINT kPages[] = {CP_ACP, CP_UTF8, CP_UTF7, 437,   850,   874,   932,   936,   949,   950,  1252,
                           1255,   1258,    1361,    10000, 20127, 28591, 50220, 50225, 51932, 54936};

struct Setting {
  UINT page;
  DWORD flags;
};

// The pages with shift sequences take no flags.
bool MayRefuse(UINT page) { return page != CP_UTF7 && page != 50220 && page != 50225; }

// Exact targets live on the heap, so that AddressSanitizer sees a write behind them.
std::vector<wchar_t> ToWide(const Setting& setting, const std::string& text) {
  const int length = static_cast<int>(text.size());
  SetLastError(ERROR_SUCCESS);
  const int needed = MultiByteToWideChar(setting.page, setting.flags, text.data(), length, nullptr, 0);
  if (needed == 0) {
    const bool shifts_alone = MayRefuse(setting.page) ? false : GetLastError() == ERROR_SUCCESS;  // no character in it
    Require(shifts_alone || (setting.flags != 0 && GetLastError() == ERROR_NO_UNICODE_TRANSLATION));
    return {};
  }
  std::vector<wchar_t> wide(static_cast<std::size_t>(needed));
  Require(MultiByteToWideChar(setting.page, setting.flags, text.data(), length, wide.data(), needed) == needed);
  if (needed > 1) {
    std::vector<wchar_t> small(wide.size() - 1);
    Require(MultiByteToWideChar(setting.page, setting.flags, text.data(), length, small.data(), needed - 1) == 0);
    Require(GetLastError() == ERROR_INSUFFICIENT_BUFFER);
  }
  return wide;
}

std::string FromWide(UINT page, const wchar_t* text, std::size_t size) {
  const int length = static_cast<int>(size);
  const int needed = WideCharToMultiByte(page, 0, text, length, nullptr, 0, nullptr, nullptr);
  Require(needed > 0);
  std::vector<char> narrow(static_cast<std::size_t>(needed));
  Require(WideCharToMultiByte(page, 0, text, length, narrow.data(), needed, nullptr, nullptr) == needed);
  if (needed > 1) {
    std::vector<char> small(narrow.size() - 1);
    Require(WideCharToMultiByte(page, 0, text, length, small.data(), needed - 1, nullptr, nullptr) == 0);
    Require(GetLastError() == ERROR_INSUFFICIENT_BUFFER);
  }
  return {narrow.begin(), narrow.end()};
}

void CheckPage(const Setting& setting, const std::string& text) {
  const std::vector<wchar_t> wide = ToWide(setting, text);
  if (wide.empty()) return;
  const std::string back = FromWide(setting.page, wide.data(), wide.size());
  if (setting.page == CP_UTF8 || setting.page == CP_ACP) {
    Require(back == wmi::ToUtf8(text));
    Require(std::wstring(wide.begin(), wide.end()) == wmi::WideFromUtf8(text));
  }
}

// The bytes taken as wide characters, most of which no text can hold.
void CheckAnyWide(UINT page, const std::string& text) {
  std::vector<wchar_t> wide;
  for (std::size_t i = 0; i + 2 < text.size(); i += 3) {
    std::uint32_t code = 0;
    for (std::size_t byte = 0; byte < 3; ++byte) code = code << 8 | static_cast<unsigned char>(text[i + byte]);
    wide.push_back(static_cast<wchar_t>(code));
  }
  if (!wide.empty()) FromWide(page, wide.data(), wide.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const UINT page = kPages[data[0] % std::size(kPages)];
  if (!IsValidCodePage(page) && page != CP_ACP) return 0;  // this machine has no table for it
  const Setting setting = {page, MayRefuse(page) && data[1] % 2 == 1 ? DWORD{MB_ERR_INVALID_CHARS} : 0};
  const std::string text(reinterpret_cast<const char*>(data + 2), size - 2);
  CheckPage(setting, text);
  CheckAnyWide(page, text);
  return 0;
}
