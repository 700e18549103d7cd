// The functions of winnls.h.
#include <winbase.h>
#include <winnls.h>

#include "win32/code_page/code_page.h"

namespace {

using wmi::win32::CodePage;
using wmi::win32::Conversion;
using wmi::win32::FindCodePage;
using wmi::win32::kWideName;

bool HasTable(const CodePage& page) { return page.name == nullptr || Conversion(kWideName, page.name).IsOpen(); }

BOOL SetTerminalPage(UINT page) {
  if (page == CP_UTF8) return TRUE;
  SetLastError(ERROR_INVALID_PARAMETER);
  return FALSE;
}

}  // namespace

UINT GetACP() { return CP_UTF8; }
UINT GetOEMCP() { return CP_UTF8; }

BOOL IsValidCodePage(UINT page) {
  const CodePage* found = page > CP_THREAD_ACP ? FindCodePage(page) : nullptr;
  return found != nullptr && HasTable(*found) ? TRUE : FALSE;
}

BOOL GetCPInfo(UINT page, LPCPINFO info) {
  const CodePage* found = FindCodePage(page);
  if (info == nullptr || found == nullptr || !HasTable(*found)) {
    SetLastError(ERROR_INVALID_PARAMETER);
    return FALSE;
  }
  *info = {};
  info->MaxCharSize = found->bytes_max;
  info->DefaultChar[0] = '?';
  for (std::size_t i = 0; i < sizeof found->lead; ++i) info->LeadByte[i] = found->lead[i];
  return TRUE;
}

BOOL IsDBCSLeadByte(BYTE byte_value) { return IsDBCSLeadByteEx(CP_ACP, byte_value); }

BOOL IsDBCSLeadByteEx(UINT page, BYTE byte_value) {
  const CodePage* found = FindCodePage(page);
  if (found == nullptr) {
    SetLastError(ERROR_INVALID_PARAMETER);
    return FALSE;
  }
  for (std::size_t i = 0; i < sizeof found->lead && found->lead[i] != 0; i += 2) {
    if (byte_value >= found->lead[i] && byte_value <= found->lead[i + 1]) return TRUE;
  }
  return FALSE;
}

UINT GetConsoleCP() { return CP_UTF8; }
UINT GetConsoleOutputCP() { return CP_UTF8; }
BOOL SetConsoleCP(UINT page) { return SetTerminalPage(page); }
BOOL SetConsoleOutputCP(UINT page) { return SetTerminalPage(page); }
