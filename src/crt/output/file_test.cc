// Output to streams: bytes in the order of the calls, whatever is mixed, and calls that stay whole.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <windef.h>

#include <cerrno>
#include <clocale>
#include <cstdarg>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Close {
  void operator()(FILE* file) const { fclose(file); }
};
using File = std::unique_ptr<FILE, Close>;

File Temporary() { return File(tmpfile()); }

std::string Content(FILE* file) {
  fflush(file);
  std::string text(static_cast<size_t>(lseek(fileno(file), 0, SEEK_END)), '\0');
  EXPECT_EQ(pread(fileno(file), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  return text;
}

int PrintList(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int result = vprintf(format, arguments) + vfprintf(stdout, "%s", arguments) + vprintf_s("%s", arguments);
  va_end(arguments);
  return result;
}
int PrintWideList(const wchar_t* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int result = vwprintf(format, arguments) + vfwprintf(stdout, L"%s", arguments) + vwprintf_s(L"%s", arguments);
  va_end(arguments);
  return result;
}

TEST(Stream, KeepsTheOrderOfEverythingThatPrints) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  fflush(stdout);
  const int saved = dup(STDOUT_FILENO);
  dup2(ends[1], STDOUT_FILENO);
  printf("1 %s\n", "printf");
  wprintf(L"2 %s \u00fc\n", L"wprintf");
  std::cout << "3 cout\n";
  std::wcout << L"4 wcout \u00fc\n";
  std::printf("5 %d\n", 5);
  fputws(L"6 fputws \u00fc\n", stdout);
  puts("7 puts");
  std::wprintf(L"8 %S\n", "std::wprintf");
  putwchar(L'9');
  putwc(L'\u00fc', stdout);
  fputwc(L'\n', stdout);
  printf_s("10 %d\n", 10);
  wprintf_s(L"11 %s\n", L"wprintf_s");
  _putws(L"12 _putws");
  std::wcout << 13 << std::endl;
  PrintList("%s", "14");
  PrintWideList(L"%s", L"15\n");
  fflush(stdout);
  dup2(saved, STDOUT_FILENO);
  close(saved);
  close(ends[1]);
  char text[1000];
  const ssize_t size = read(ends[0], text, sizeof(text));
  close(ends[0]);
  ASSERT_GT(size, 0);
  EXPECT_EQ(std::string(text, static_cast<size_t>(size)),
            "1 printf\n2 wprintf \xc3\xbc\n3 cout\n4 wcout \xc3\xbc\n5 5\n6 fputws \xc3\xbc\n7 puts\n8 std::wprintf\n"
            "9\xc3\xbc\n10 10\n11 wprintf_s\n12 _putws\n13\n14141415\n15\n15\n");
}

TEST(Stream, NeverTurnsWide) {
  const File file = Temporary();
  fwprintf(file.get(), L"%s", L"a");
  fputws(L"b", file.get());
  fputwc(L'c', file.get());
  EXPECT_LE(fwide(file.get(), 0), 0);
  EXPECT_EQ(fputs("d", file.get()), 1);
  EXPECT_EQ(Content(file.get()), "abcd");
}

TEST(Stream, TheResultCountsCharactersOfTheFunctionsKind) {
  const File file = Temporary();
  EXPECT_EQ(fwprintf(file.get(), L"%s\u20ac", L"\u00fc"), 2);
  EXPECT_EQ(fprintf(file.get(), "%S\xe2\x82\xac", L"\u00fc"), 5);
  EXPECT_EQ(fprintf_s(file.get(), "%d", 100), 3);
  EXPECT_EQ(fwprintf_s(file.get(), L"%d", 100), 3);
  EXPECT_EQ(fprintf(file.get(), "%s", ""), 0);
  EXPECT_EQ(Content(file.get()),
            "\xc3\xbc\xe2\x82\xac\xc3\xbc\xe2\x82\xac"
            "100100");
}

TEST(Stream, IsUtf8WhateverTheLocale) {
  const std::string old = setlocale(LC_ALL, nullptr);
  ASSERT_NE(setlocale(LC_ALL, "C"), nullptr);
  const File file = Temporary();
  EXPECT_EQ(fwprintf(file.get(), L"\u00fc %s\n", L"\U0001F427"), 4);
  setlocale(LC_ALL, old.c_str());
  EXPECT_EQ(Content(file.get()), "\xc3\xbc \xf0\x9f\x90\xa7\n");
}

TEST(Stream, CharactersThatDoNotExistDoNotStopIt) {
  const File file = Temporary();
  EXPECT_EQ(fwprintf(file.get(),
                     L"a%cb\xdc00"
                     L"c",
                     static_cast<wchar_t>(0x110000)),
            5);
  EXPECT_EQ(fputwc(static_cast<wchar_t>(0xd800), file.get()), 0xd800u);
  EXPECT_EQ(fputws(L"end", file.get()), 0);
  EXPECT_EQ(Content(file.get()),
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd"
            "c\xef\xbf\xbd"
            "end");
}

TEST(Stream, LongTextArrivesWhole) {
  const File file = Temporary();
  const std::wstring text(5000, L'\u00fc');
  EXPECT_EQ(fwprintf(file.get(), L"<%s>", text.c_str()), 5002);
  std::string expected = "<";
  for (int i = 0; i < 5000; ++i) expected += "\xc3\xbc";
  EXPECT_EQ(Content(file.get()), expected + ">");
}

TEST(Stream, ThatSomethingElseMadeWideStillTakesText) {
  const File file = Temporary();
  ASSERT_GT(fwide(file.get(), 1), 0);
  EXPECT_EQ(fwprintf(file.get(), L"%s %d", L"wide", 1), 6);
  EXPECT_EQ(fprintf(file.get(), " %s", "narrow"), 7);
  fwprintf(file.get(), L" \x110000!");
  EXPECT_EQ(Content(file.get()), "wide 1 narrow ?!");
}

TEST(Stream, ErrorsAreReported) {
  const File full(fopen("/dev/full", "w"));
  ASSERT_NE(full, nullptr);
  setvbuf(full.get(), nullptr, _IONBF, 0);
  EXPECT_EQ(fprintf(full.get(), "text"), -1);
  EXPECT_EQ(errno, ENOSPC);
  EXPECT_EQ(fwprintf(full.get(), L"text"), -1);
  EXPECT_EQ(fputws(L"text", full.get()), EOF);
  EXPECT_EQ(fputwc(L'x', full.get()), WEOF);
  const File read_only(fopen("/dev/null", "r"));
  EXPECT_EQ(fprintf(read_only.get(), "text"), -1);
  EXPECT_EQ(errno, EBADF);
}

TEST(Stream, CallsOfSeveralThreadsDoNotMix) {
  const File file = Temporary();
  setvbuf(file.get(), nullptr, _IONBF, 0);
  constexpr int kThreads = 4;
  constexpr int kLines = 200;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&file, i] {
      const std::wstring text(100, static_cast<wchar_t>(L'a' + i));
      for (int line = 0; line < kLines; ++line) fwprintf(file.get(), L"%s%s%c\n", text.c_str(), text.c_str(), text[0]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string content = Content(file.get());
  ASSERT_EQ(content.size(), size_t{kThreads * kLines} * 202);
  for (size_t at = 0; at < content.size(); at += 202) {
    ASSERT_EQ(content.substr(at, 202), std::string(201, content[at]) + "\n");
  }
}

}  // namespace
