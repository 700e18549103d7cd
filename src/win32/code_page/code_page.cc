#include "win32/code_page/code_page.h"

namespace wmi::win32 {
namespace {

constexpr CodePage kSystemPage = {CP_ACP, nullptr, PageRule::kSystem, 4, {}};

// In numeric order. What Windows has beside these, the C library does not.
constexpr CodePage kPages[] = {
    {437, "CP437", PageRule::kTable, 1, {}},
    {737, "CP737", PageRule::kTable, 1, {}},
    {775, "CP775", PageRule::kTable, 1, {}},
    {850, "CP850", PageRule::kTable, 1, {}},
    {852, "CP852", PageRule::kTable, 1, {}},
    {855, "CP855", PageRule::kTable, 1, {}},
    {857, "CP857", PageRule::kTable, 1, {}},
    {858, "CP858", PageRule::kTable, 1, {}},
    {860, "CP860", PageRule::kTable, 1, {}},
    {861, "CP861", PageRule::kTable, 1, {}},
    {862, "CP862", PageRule::kTable, 1, {}},
    {863, "CP863", PageRule::kTable, 1, {}},
    {864, "CP864", PageRule::kTable, 1, {}},
    {865, "CP865", PageRule::kTable, 1, {}},
    {866, "CP866", PageRule::kTable, 1, {}},
    {869, "CP869", PageRule::kTable, 1, {}},
    {874, "CP874", PageRule::kTable, 1, {}},
    {932, "CP932", PageRule::kTable, 2, {0x81, 0x9F, 0xE0, 0xFC}},
    {936, "CP936", PageRule::kTable, 2, {0x81, 0xFE}},
    {949, "CP949", PageRule::kTable, 2, {0x81, 0xFE}},
    {950, "CP950", PageRule::kTable, 2, {0x81, 0xFE}},
    {1250, "CP1250", PageRule::kTable, 1, {}},
    {1251, "CP1251", PageRule::kTable, 1, {}},
    {1252, "CP1252", PageRule::kTable, 1, {}},
    {1253, "CP1253", PageRule::kTable, 1, {}},
    {1254, "CP1254", PageRule::kTable, 1, {}},
    {1255, "CP1255", PageRule::kTable, 1, {}},
    {1256, "CP1256", PageRule::kTable, 1, {}},
    {1257, "CP1257", PageRule::kTable, 1, {}},
    {1258, "CP1258", PageRule::kTable, 1, {}},
    {1361, "CP1361", PageRule::kTable, 2, {0x84, 0xD3, 0xD8, 0xF9}},
    {10000, "MACINTOSH", PageRule::kTable, 1, {}},
    {20127, "US-ASCII", PageRule::kTable, 1, {}},
    {20866, "KOI8-R", PageRule::kTable, 1, {}},
    {21866, "KOI8-U", PageRule::kTable, 1, {}},
    {28591, "ISO-8859-1", PageRule::kTable, 1, {}},
    {28592, "ISO-8859-2", PageRule::kTable, 1, {}},
    {28593, "ISO-8859-3", PageRule::kTable, 1, {}},
    {28594, "ISO-8859-4", PageRule::kTable, 1, {}},
    {28595, "ISO-8859-5", PageRule::kTable, 1, {}},
    {28596, "ISO-8859-6", PageRule::kTable, 1, {}},
    {28597, "ISO-8859-7", PageRule::kTable, 1, {}},
    {28598, "ISO-8859-8", PageRule::kTable, 1, {}},
    {28599, "ISO-8859-9", PageRule::kTable, 1, {}},
    {28603, "ISO-8859-13", PageRule::kTable, 1, {}},
    {28605, "ISO-8859-15", PageRule::kTable, 1, {}},
    {50220, "ISO-2022-JP", PageRule::kStateful, 5, {}},
    {50225, "ISO-2022-KR", PageRule::kStateful, 5, {}},
    {51932, "EUC-JP", PageRule::kTable, 3, {}},
    {51949, "EUC-KR", PageRule::kTable, 2, {0xA1, 0xFE}},
    {52936, "GB2312", PageRule::kTable, 2, {0xA1, 0xFE}},
    {54936, "GB18030", PageRule::kGb18030, 4, {}},
    {CP_UTF7, "UTF-7", PageRule::kUtf7, 5, {}},
    {CP_UTF8, nullptr, PageRule::kUtf8, 4, {}},
};

}  // namespace

const CodePage* FindCodePage(UINT number) {
  if (number <= CP_THREAD_ACP) return &kSystemPage;
  for (const CodePage& page : kPages) {
    if (page.number == number) return &page;
  }
  return nullptr;
}

bool HasControlsInHoles(const CodePage& page) {
  return page.number == 874 || (page.number >= 1250 && page.number <= 1258);
}

}  // namespace wmi::win32
