// The functions that C programs call, with arguments whose types the format alone knows. This file sees what C sees.
#define OPENWMI_OUTPUT_C_FORMS
#include <detail/output.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

namespace {

std::string Captured(int (*print)()) {
  testing::internal::CaptureStdout();
  const int length = print();
  fflush(stdout);
  const std::string text = testing::internal::GetCapturedStdout();
  EXPECT_EQ(length, static_cast<int>(text.size()));
  return text;
}

TEST(CForms, PrintToStreams) {
  EXPECT_EQ(Captured([] { return openwmi_printf("%s %ld %I64d|", "a", 1L, -2LL); }), "a 1 -2|");
  EXPECT_EQ(Captured([] { return openwmi_wprintf(L"%s %S %d|", L"a", "b", 3); }), "a b 3|");
  EXPECT_EQ(Captured([] { return printf_s("%5.1f|", 2.25); }), "  2.2|");
  EXPECT_EQ(Captured([] { return wprintf_s(L"%-3c|", L'x'); }), "x  |");
  EXPECT_EQ(Captured([] { return openwmi_fprintf(stdout, "%X|", 255); }), "FF|");
  EXPECT_EQ(Captured([] { return openwmi_fwprintf(stdout, L"%hs|", "n"); }), "n|");
  EXPECT_EQ(Captured([] { return fprintf_s(stdout, "%ls|", L"w"); }), "w|");
  EXPECT_EQ(Captured([] { return fwprintf_s(stdout, L"%u|", 7u); }), "7|");
}

TEST(CForms, FillBuffers) {
  char narrow[8];
  wchar_t wide[8];
  EXPECT_EQ(openwmi_sprintf(narrow, "%d", 42), 2);
  EXPECT_STREQ(narrow, "42");
  EXPECT_EQ(openwmi_snprintf(narrow, 3, "%d", 1234), 4);
  EXPECT_STREQ(narrow, "12");
  EXPECT_EQ(openwmi_swprintf(wide, 3, L"%d", 1234), -1);
  EXPECT_STREQ(wide, L"12");
  EXPECT_EQ(_swprintf(wide, L"%s", L"abc"), 3);
  EXPECT_STREQ(wide, L"abc");
  EXPECT_EQ(sprintf_s(narrow, 3, "%d", 123), -1);
  EXPECT_STREQ(narrow, "");
  EXPECT_EQ(swprintf_s(wide, 4, L"%d", 123), 3);
  EXPECT_EQ(_snprintf(narrow, 3, "%d", 123), 3);
  EXPECT_EQ(_snwprintf(wide, 2, L"%d", 123), -1);
  EXPECT_EQ(_snprintf_s(narrow, 8, 2, "%d", 123), -1);
  EXPECT_STREQ(narrow, "12");
  EXPECT_EQ(_snwprintf_s(wide, 8, _TRUNCATE, L"%d", 123), 3);
  EXPECT_EQ(wsprintfA(narrow, "%s", "x"), 1);
  EXPECT_EQ(wsprintfW(wide, L"%s", L"y"), 1);
  EXPECT_STREQ(wide, L"y");
  EXPECT_EQ(_scprintf("%d", 123), 3);
  EXPECT_EQ(_scwprintf(L"%s", L"1234"), 4);
}

TEST(CForms, Scan) {
  int number = 0;
  long large = 0;
  long long largest = 0;
  double real = 0;
  char narrow[8];
  wchar_t wide[8];
  EXPECT_EQ(openwmi_sscanf("1 -2 3 4.5 five", "%d %ld %I64d %lf %s", &number, &large, &largest, &real, narrow), 5);
  EXPECT_EQ(number, 1);
  EXPECT_EQ(large, -2);
  EXPECT_EQ(largest, 3);
  EXPECT_EQ(real, 4.5);
  EXPECT_STREQ(narrow, "five");
  EXPECT_EQ(openwmi_swscanf(L"6 seven eight", L"%d %s %S", &number, wide, narrow), 3);
  EXPECT_EQ(number, 6);
  EXPECT_STREQ(wide, L"seven");
  EXPECT_STREQ(narrow, "eight");
  EXPECT_EQ(sscanf_s("nine 10", "%s %d", narrow, 8u, &number), 2);
  EXPECT_STREQ(narrow, "nine");
  EXPECT_EQ(number, 10);
  EXPECT_EQ(swscanf_s(L"elevenths", L"%s", wide, 8u), 0);
  EXPECT_STREQ(wide, L"");
  void* pointer = nullptr;
  EXPECT_EQ(openwmi_sscanf("ff", "%p", &pointer), 1);
  EXPECT_EQ(pointer, reinterpret_cast<void*>(255));
}

TEST(CForms, ScanStreams) {
  FILE* file = tmpfile();
  fputs("1 2 3 4", file);
  rewind(file);
  int numbers[4] = {};
  EXPECT_EQ(openwmi_fscanf(file, "%d", &numbers[0]), 1);
  EXPECT_EQ(fscanf_s(file, "%d", &numbers[1]), 1);
  EXPECT_EQ(openwmi_fwscanf(file, L"%d", &numbers[2]), 1);
  EXPECT_EQ(fwscanf_s(file, L"%d", &numbers[3]), 1);
  fclose(file);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(numbers[i], i + 1);
}

}  // namespace
