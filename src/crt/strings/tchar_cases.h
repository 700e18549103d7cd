// The tests of tchar.h, compiled once without and once with UNICODE: both forms of every name do the same.
#pragma once

#include <gtest/gtest.h>
#include <tchar.h>

#include <cstdarg>
#include <string>

namespace {

using Text = std::basic_string<_TCHAR>;

int FormatList(_TCHAR* target, size_t size, const _TCHAR* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int result = _vstprintf_s(target, size, format, arguments);
  va_end(arguments);
  return result;
}

int FormatCutList(_TCHAR* target, size_t size, const _TCHAR* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = _vsctprintf(format, arguments);
  va_end(arguments);
  va_start(arguments, format);
  const int result = _vsntprintf(target, size, format, arguments);
  va_end(arguments);
  return result < 0 ? length : result;
}

TEST(TCHAR_SUITE, CopiesAndCompares) {
  _TCHAR text[16];
  EXPECT_EQ(_tcscpy(text, _T("ab")), text);
  EXPECT_EQ(_tcscat(text, _TEXT("cd")), text);
  EXPECT_EQ(Text(text), _T("abcd"));
  EXPECT_EQ(_tcscpy_s(text, _T("ab")), 0);
  EXPECT_EQ(_tcscat_s(text, 16, _T("CD")), 0);
  EXPECT_EQ(_tcsncat_s(text, _T("efg"), 1), 0);
  EXPECT_EQ(_tcslen(text), 5u);
  EXPECT_EQ(_tcsnlen(text, 3), 3u);
  EXPECT_EQ(_tcsicmp(text, _T("ABcdE")), 0);
  EXPECT_NE(_tcscmp(text, _T("ABcdE")), 0);
  EXPECT_EQ(_tcsncmp(text, _T("abX"), 2), 0);
  EXPECT_EQ(_tcsnicmp(text, _T("ABX"), 2), 0);
  EXPECT_EQ(_tcsncpy_s(text, 16, _T("xyz"), 2), 0);
  EXPECT_EQ(Text(text), _T("xy"));
  EXPECT_EQ(Text(_tcsupr(text)), _T("XY"));
  EXPECT_EQ(_tcslwr_s(text), 0);
  EXPECT_EQ(Text(_tcsrev(text)), _T("yx"));
  _TCHAR* copy = _tcsdup(text);
  EXPECT_EQ(Text(copy), _T("yx"));
  free(copy);
}

TEST(TCHAR_SUITE, Searches) {
  const _TCHAR* text = _T("root\\cimv2:Win32_Process");
  EXPECT_EQ(_tcschr(text, _T('\\')), text + 4);
  EXPECT_EQ(_tcsrchr(text, _T('_')), text + 16);
  EXPECT_EQ(_tcsstr(text, _T("Win32")), text + 11);
  EXPECT_EQ(_tcspbrk(text, _T(":\\")), text + 4);
  EXPECT_EQ(_tcsspn(text, _T("rot")), 4u);
  EXPECT_EQ(_tcscspn(text, _T(":")), 10u);
  EXPECT_EQ(_tcsinc(text), text + 1);
  EXPECT_EQ(_tcsdec(text, text + 2), text + 1);
  EXPECT_EQ(_tcsdec(text, text), static_cast<const _TCHAR*>(nullptr));
}

TEST(TCHAR_SUITE, CutsIntoTokens) {
  _TCHAR text[] = _T("a,b");
  EXPECT_EQ(Text(_tcstok(text, _T(","))), _T("a"));
  EXPECT_EQ(Text(_tcstok(NULL, _T(","))), _T("b"));
  EXPECT_EQ(_tcstok(NULL, _T(",")), static_cast<_TCHAR*>(nullptr));
  _TCHAR other[] = _T("c;d");
  _TCHAR* place = nullptr;
  EXPECT_EQ(Text(_tcstok_s(other, _T(";"), &place)), _T("c"));
  EXPECT_EQ(Text(_tcstok_s(nullptr, _T(";"), &place)), _T("d"));
}

TEST(TCHAR_SUITE, ReadsAndWritesNumbers) {
  _TCHAR text[70];
  EXPECT_EQ(_ttoi(_T("12x")), 12);
  EXPECT_EQ(_tstoi(_T("-3")), -3);
  EXPECT_EQ(_ttol(_T("7")), 7);
  EXPECT_EQ(_ttoi64(_T("5000000000")), 5000000000LL);
  EXPECT_EQ(_ttof(_T("1.5")), 1.5);
  EXPECT_EQ(_tcstol(_T("ff"), nullptr, 16), 255);
  EXPECT_EQ(_tcstoul(_T("077"), nullptr, 0), 63u);
  EXPECT_EQ(_tcstoui64(_T("18446744073709551615"), nullptr, 10), 18446744073709551615ULL);
  EXPECT_EQ(_tcstod(_T("2.5"), nullptr), 2.5);
  EXPECT_EQ(_itot_s(-5, text, 10), 0);
  EXPECT_EQ(Text(text), _T("-5"));
  EXPECT_EQ(Text(_ui64tot(255, text, 16)), _T("ff"));
}

TEST(TCHAR_SUITE, KnowsCharacters) {
  EXPECT_TRUE(_istdigit(_T('7')));
  EXPECT_FALSE(_istalpha(_T('7')));
  EXPECT_TRUE(_istspace(_T('\t')));
  EXPECT_TRUE(_istxdigit(_T('f')));
  EXPECT_EQ(static_cast<_TINT>(_totupper(_T('a'))), static_cast<_TINT>(_T('A')));
  EXPECT_EQ(static_cast<_TINT>(_totlower(_T('A'))), static_cast<_TINT>(_T('a')));
}

TEST(TCHAR_SUITE, FormatsText) {
  _TCHAR text[16];
  EXPECT_EQ(_stprintf_s(text, _T("%s-%d"), _T("ab"), 7), 4);
  EXPECT_EQ(Text(text), _T("ab-7"));
  EXPECT_EQ(_stprintf(text, _T("%s"), _T("abc")), 3);
  EXPECT_EQ(_sntprintf(text, 16, _T("%d"), 12), 2);
  EXPECT_EQ(_sntprintf_s(text, 4, _TRUNCATE, _T("%d"), 12345), -1);
  EXPECT_EQ(Text(text), _T("123"));
  EXPECT_EQ(_sctprintf(_T("%d"), 12345), 5);
  EXPECT_EQ(FormatList(text, 16, _T("%s"), _T("list")), 4);
  EXPECT_EQ(Text(text), _T("list"));
  EXPECT_EQ(FormatCutList(text, 2, _T("%s"), _T("list")), 4);
}

TEST(TCHAR_SUITE, ScansText) {
  int number = 0;
  _TCHAR word[8];
  EXPECT_EQ(_stscanf_s(_T("12 ab\u20ac"), _T("%d %s"), &number, word, 8u), 2);
  EXPECT_EQ(number, 12);
  EXPECT_EQ(Text(word), _T("ab\u20ac"));
  EXPECT_EQ(_stscanf(_T("7"), _T("%d"), &number), 1);
  EXPECT_EQ(number, 7);
}

TEST(TCHAR_SUITE, PrintsToOneStreamInOrder) {
  testing::internal::CaptureStdout();
  _tprintf(_T("%s "), _T("one"));
  _ftprintf(stdout, _T("%s "), _T("two"));
  _fputts(_T("three "), stdout);
  _puttchar(_T('4'));
  _puttc(_T(' '), stdout);
  _putts(_T("five"));
  _tprintf_s(_T("%d"), 6);
  fflush(stdout);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "one two three 4 five\n6");
}

TEST(TCHAR_SUITE, OpensAndReadsFiles) {
  const std::string path = testing::TempDir() + "/openwmi_tchar_" + std::to_string(getpid());
  const Text name(path.begin(), path.end());
  FILE* file = _tfopen(name.c_str(), _T("w"));
  ASSERT_NE(file, nullptr);
  _ftprintf(file, _T("line %d\n"), 1);
  fclose(file);
  ASSERT_EQ(_tfopen_s(&file, name.c_str(), _T("r")), 0);
  EXPECT_EQ(static_cast<_TINT>(_fgettc(file)), static_cast<_TINT>(_T('l')));
  EXPECT_EQ(static_cast<_TINT>(_ungettc(_T('l'), file)), static_cast<_TINT>(_T('l')));
  _TCHAR line[20];
  EXPECT_EQ(Text(_fgetts(line, 20, file)), _T("line 1\n"));
  EXPECT_EQ(_gettc(file), _TEOF);
  fclose(file);
  unlink(path.c_str());
}

TEST(TCHAR_SUITE, ReadsTheEnvironmentAndPaths) {
  EXPECT_EQ(_tputenv_s(_T("OPENWMI_TEST_TCHAR"), _T("value")), 0);
  EXPECT_EQ(Text(_tgetenv(_T("OPENWMI_TEST_TCHAR"))), _T("value"));
  _TCHAR value[10];
  size_t needed = 0;
  EXPECT_EQ(_tgetenv_s(&needed, value, _T("OPENWMI_TEST_TCHAR")), 0);
  EXPECT_EQ(needed, 6u);
  EXPECT_EQ(_tputenv_s(_T("OPENWMI_TEST_TCHAR"), _T("")), 0);
  _TCHAR name[_MAX_FNAME];
  _TCHAR extension[_MAX_EXT];
  EXPECT_EQ(_tsplitpath_s(_T("/a/b.c"), nullptr, 0, nullptr, 0, name, _MAX_FNAME, extension, _MAX_EXT), 0);
  EXPECT_EQ(Text(name), _T("b"));
  _TCHAR path[_MAX_PATH];
  EXPECT_EQ(_tmakepath_s(path, nullptr, _T("/a"), name, extension), 0);
  EXPECT_EQ(Text(path), _T("/a/b.c"));
}

TEST(TCHAR_SUITE, TellsErrorsAndTime) {
  _TCHAR text[64];
  EXPECT_EQ(_tcserror_s(text, ENOENT), 0);
  EXPECT_EQ(Text(text), Text(_tcserror(ENOENT)));
  tm fields = {};
  fields.tm_mday = 1;
  EXPECT_EQ(_tasctime_s(text, &fields), 0);
  EXPECT_EQ(Text(text), _T("Sun Jan 01 00:00:00 1900\n"));
  EXPECT_EQ(_tcsftime(text, 64, _T("%Y"), &fields), 4u);
  EXPECT_EQ(Text(text), _T("1900"));
}

}  // namespace
