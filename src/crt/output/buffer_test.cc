// Buffers that are large enough, exactly filled and too small, in every function that has one.
#include <gtest/gtest.h>
#include <windef.h>

#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <string>

namespace {

constexpr char kUntouched = '~';

// What a function left in a buffer of eight characters, and its result.
template <typename Char>
struct Outcome {
  int result;
  int error;
  std::basic_string<Char> buffer;
  bool operator==(const Outcome&) const = default;
};

template <typename Char>
void PrintTo(const Outcome<Char>& outcome, std::ostream* out) {
  *out << outcome.result << " errno " << outcome.error << " \"";
  for (const Char c : outcome.buffer) *out << (c == 0 ? '0' : static_cast<char>(c));
  *out << '"';
}

template <typename Char, typename Function>
Outcome<Char> Fill(Function function) {
  Char buffer[8];
  for (Char& c : buffer) c = static_cast<Char>(kUntouched);
  errno = 0;
  const int result = function(buffer);
  return {result, errno, std::basic_string<Char>(buffer, 8)};
}

// "abc0~~~~": 0 stands for the end.
Outcome<char> Narrow(int result, std::string buffer, int error = 0) {
  for (char& c : buffer) c = c == '0' ? '\0' : c;
  return {result, error, buffer};
}
Outcome<wchar_t> Wide(int result, const std::string& buffer, int error = 0) {
  const Outcome<char> narrow = Narrow(result, buffer, error);
  return {result, error, std::wstring(narrow.buffer.begin(), narrow.buffer.end())};
}

int ListedNarrow(char* buffer, size_t count, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int result = _vsnprintf(buffer, count, format, arguments);
  va_end(arguments);
  return result;
}
int ListedWide(wchar_t* buffer, size_t count, const wchar_t* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int result = _vsnwprintf(buffer, count, format, arguments);
  va_end(arguments);
  return result;
}
template <typename Char, typename Function>
int CallListed(Function function, const Char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int result = function(format, arguments);
  va_end(arguments);
  return result;
}

TEST(StandardBuffer, IsCutAndTerminated) {
  const auto run = [](size_t count, const char* text) {
    const auto typed = Fill<char>([&](char* buffer) { return snprintf(buffer, count, "%s", text); });
    const auto listed = Fill<char>([&](char* buffer) {
      return CallListed<char>([&](const char* f, va_list a) { return vsnprintf(buffer, count, f, a); }, "%s", text);
    });
    EXPECT_EQ(typed, listed);
    return typed;
  };
  EXPECT_EQ(run(4, "ab"), Narrow(2, "ab0~~~~~"));
  EXPECT_EQ(run(4, "abc"), Narrow(3, "abc0~~~~"));
  EXPECT_EQ(run(4, "abcd"), Narrow(4, "abc0~~~~"));
  EXPECT_EQ(run(1, "abcd"), Narrow(4, "0~~~~~~~"));
  EXPECT_EQ(run(0, "abcd"), Narrow(4, "~~~~~~~~"));
  EXPECT_EQ(snprintf(nullptr, 0, "%d", 12345), 5);
}

TEST(CountedWideBuffer, IsCutAndTerminatedWithAnError) {
  const auto run = [](size_t count, const wchar_t* text) {
    const auto typed = Fill<wchar_t>([&](wchar_t* buffer) { return swprintf(buffer, count, L"%s", text); });
    const auto listed = Fill<wchar_t>([&](wchar_t* buffer) {
      return CallListed<wchar_t>([&](const wchar_t* f, va_list a) { return vswprintf(buffer, count, f, a); }, L"%s",
                                 text);
    });
    EXPECT_EQ(typed, listed);
    return typed;
  };
  EXPECT_EQ(run(4, L"abc"), Wide(3, "abc0~~~~"));
  EXPECT_EQ(run(4, L"abcd"), Wide(-1, "abc0~~~~"));
  EXPECT_EQ(run(0, L"abcd"), Wide(-1, "~~~~~~~~", EINVAL));
}

TEST(SecureBuffer, IsEmptiedWhenItIsTooSmall) {
  const auto narrow = [](size_t size, const char* text) {
    const auto typed = Fill<char>([&](char* buffer) { return sprintf_s(buffer, size, "%s", text); });
    const auto listed = Fill<char>([&](char* buffer) {
      return CallListed<char>([&](const char* f, va_list a) { return vsprintf_s(buffer, size, f, a); }, "%s", text);
    });
    EXPECT_EQ(typed, listed);
    return typed;
  };
  EXPECT_EQ(narrow(4, "abc"), Narrow(3, "abc0~~~~"));
  EXPECT_EQ(narrow(4, "abcd"), Narrow(-1, "0~~~~~~~", ERANGE));
  EXPECT_EQ(narrow(0, "abcd"), Narrow(-1, "~~~~~~~~", EINVAL));
  const auto wide = [](size_t size, const wchar_t* text) {
    return Fill<wchar_t>([&](wchar_t* buffer) { return swprintf_s(buffer, size, L"%s", text); });
  };
  EXPECT_EQ(wide(4, L"abc"), Wide(3, "abc0~~~~"));
  EXPECT_EQ(wide(4, L"abcd"), Wide(-1, "0~~~~~~~", ERANGE));
}

TEST(LegacyBuffer, HasNoEndWhenItIsFull) {
  const auto narrow = [](size_t count, const char* text) {
    const auto typed = Fill<char>([&](char* buffer) { return _snprintf(buffer, count, "%s", text); });
    if (count > 0) {
      EXPECT_EQ(typed, Fill<char>([&](char* b) { return ListedNarrow(b, count, "%s", text); }));
    }
    return typed;
  };
  EXPECT_EQ(narrow(4, "abc"), Narrow(3, "abc0~~~~"));
  EXPECT_EQ(narrow(4, "abcd"), Narrow(4, "abcd~~~~"));
  EXPECT_EQ(narrow(4, "abcde"), Narrow(-1, "abcd~~~~"));
  EXPECT_EQ(narrow(0, "abcde"), Narrow(5, "~~~~~~~~"));
  const auto wide = [](size_t count, const wchar_t* text) {
    const auto typed = Fill<wchar_t>([&](wchar_t* buffer) { return _snwprintf(buffer, count, L"%s", text); });
    EXPECT_EQ(typed, Fill<wchar_t>([&](wchar_t* b) { return ListedWide(b, count, L"%s", text); }));
    return typed;
  };
  EXPECT_EQ(wide(4, L"abc"), Wide(3, "abc0~~~~"));
  EXPECT_EQ(wide(4, L"abcd"), Wide(4, "abcd~~~~"));
  EXPECT_EQ(wide(4, L"abcde"), Wide(-1, "abcd~~~~"));
}

TEST(LegacyBuffer, ZeroSizeIsTheLengthOrAnError) {
  EXPECT_EQ(_snprintf(nullptr, 0, "%d", 123), 3);
  EXPECT_EQ(ListedNarrow(nullptr, 0, "%d", 123), 3);
  EXPECT_EQ(Fill<char>([](char* buffer) { return ListedNarrow(buffer, 0, "%d", 123); }),
            Narrow(-1, "~~~~~~~~", ERANGE));
}

TEST(CountedBuffer, FollowsTheTableOfTheDocumentation) {
  const auto run = [](size_t size, size_t count, const char* text) {
    const auto typed = Fill<char>([&](char* buffer) { return _snprintf_s(buffer, size, count, "%s", text); });
    const auto listed = Fill<char>([&](char* buffer) {
      return CallListed<char>([&](const char* f, va_list a) { return _vsnprintf_s(buffer, size, count, f, a); }, "%s",
                              text);
    });
    EXPECT_EQ(typed, listed);
    const std::wstring text_wide(text, text + strlen(text));
    const auto wide = Fill<wchar_t>([&](wchar_t* b) { return _snwprintf_s(b, size, count, L"%s", text_wide.c_str()); });
    EXPECT_EQ(wide.result, typed.result);
    EXPECT_EQ(wide.error, typed.error);
    EXPECT_EQ(wide.buffer, std::wstring(typed.buffer.begin(), typed.buffer.end()));
    return typed;
  };
  EXPECT_EQ(run(5, 3, "abc"), Narrow(3, "abc0~~~~"));
  EXPECT_EQ(run(5, 3, "abcd"), Narrow(-1, "abc0~~~~"));
  EXPECT_EQ(run(5, 5, "abcd"), Narrow(4, "abcd0~~~"));
  EXPECT_EQ(run(5, 5, "abcde"), Narrow(-1, "0~~~~~~~", ERANGE));
  EXPECT_EQ(run(5, 4, "abcde"), Narrow(-1, "abcd0~~~"));
  EXPECT_EQ(run(5, _TRUNCATE, "abcd"), Narrow(4, "abcd0~~~"));
  EXPECT_EQ(run(5, _TRUNCATE, "abcde"), Narrow(-1, "abcd0~~~"));
  EXPECT_EQ(run(5, 0, "abc"), Narrow(-1, "0~~~~~~~"));
  EXPECT_EQ(run(0, 3, "abc"), Narrow(-1, "~~~~~~~~", EINVAL));
  EXPECT_EQ(run(0, _TRUNCATE, "abc"), Narrow(-1, "~~~~~~~~", EINVAL));
  EXPECT_EQ(_snprintf_s(static_cast<char*>(nullptr), 0, 0, "abc"), 0);
}

TEST(ArrayForms, KnowTheSize) {
  EXPECT_EQ(Fill<char>([](char* b) { return sprintf_s(*reinterpret_cast<char(*)[4]>(b), "%s", "abc"); }),
            Narrow(3, "abc0~~~~"));
  EXPECT_EQ(Fill<char>([](char* b) { return sprintf_s(*reinterpret_cast<char(*)[4]>(b), "%s", "abcd"); }),
            Narrow(-1, "0~~~~~~~", ERANGE));
  EXPECT_EQ(Fill<wchar_t>([](wchar_t* b) { return swprintf_s(*reinterpret_cast<wchar_t(*)[4]>(b), L"%s", L"abcd"); }),
            Wide(-1, "0~~~~~~~", ERANGE));
  EXPECT_EQ(Fill<char>([](char* b) { return _snprintf_s(*reinterpret_cast<char(*)[4]>(b), _TRUNCATE, "%s", "abcd"); }),
            Narrow(-1, "abc0~~~~"));
  EXPECT_EQ(Fill<wchar_t>([](wchar_t* b) { return _snwprintf_s(*reinterpret_cast<wchar_t(*)[4]>(b), 2, L"%d", 123); }),
            Wide(-1, "120~~~~~"));
  wchar_t wide[4];
  char narrow[4];
  const auto call = [&](const wchar_t* f, va_list a) { return vswprintf_s(wide, f, a); };
  EXPECT_EQ(CallListed<wchar_t>(call, L"%d", 123), 3);
  const auto counted = [&](const wchar_t* f, va_list a) { return _vsnwprintf_s(wide, _TRUNCATE, f, a); };
  EXPECT_EQ(CallListed<wchar_t>(counted, L"%d", 1234), -1);
  const auto secure = [&](const char* f, va_list a) { return vsprintf_s(narrow, f, a); };
  EXPECT_EQ(CallListed<char>(secure, "%d", 1234), -1);
  EXPECT_STREQ(narrow, "");
  const auto cut = [&](const char* f, va_list a) { return _vsnprintf_s(narrow, 1, f, a); };
  EXPECT_EQ(CallListed<char>(cut, "%d", 1234), -1);
  EXPECT_STREQ(narrow, "1");
}

TEST(UnsizedBuffer, IsBoundedWhenItIsAnArray) {
  EXPECT_EQ(Fill<char>([](char* b) { return sprintf(b, "%s", "abcd"); }), Narrow(4, "abcd0~~~"));
  EXPECT_EQ(Fill<char>([](char* b) { return sprintf(*reinterpret_cast<char(*)[4]>(b), "%s", "abcd"); }),
            Narrow(-1, "abc0~~~~"));
  EXPECT_EQ(Fill<char>([](char* b) { return sprintf(*reinterpret_cast<char(*)[1]>(b), "%s", "abcd"); }),
            Narrow(4, "abcd0~~~"));
  EXPECT_EQ(Fill<wchar_t>([](wchar_t* b) { return swprintf(b, L"%s", L"abcd"); }), Wide(4, "abcd0~~~"));
  EXPECT_EQ(Fill<wchar_t>([](wchar_t* b) { return _swprintf(b + 1, L"%d", 12); }), Wide(2, "~120~~~~"));
  EXPECT_EQ(Fill<wchar_t>([](wchar_t* b) { return swprintf(*reinterpret_cast<wchar_t(*)[4]>(b), L"%s", L"abcd"); }),
            Wide(-1, "abc0~~~~"));
}

TEST(Buffer, MayBeAmongTheArguments) {
  char text[40] = "ab";
  EXPECT_EQ(sprintf(text, "%s-%s", text, text), 5);
  EXPECT_STREQ(text, "ab-ab");
}

TEST(Buffer, HoldsLongText) {
  const std::string text(5000, 'x');
  char buffer[6000];
  EXPECT_EQ(sprintf_s(buffer, "<%s>%S", text.c_str(), L"\u00fc"), 5004);
  EXPECT_EQ(std::string(buffer), "<" + text + ">\xc3\xbc");
}

TEST(Length, IsThatOfTheWholeText) {
  EXPECT_EQ(_scprintf("%d %s", 12, "abc"), 6);
  EXPECT_EQ(_scwprintf(L"%d %s", 12, L"\u00fc"), 4);
  EXPECT_EQ(_scprintf("%ls", L"\u00fc"), 2);
  EXPECT_EQ(CallListed<char>([](const char* f, va_list a) { return _vscprintf(f, a); }, "%d", 123), 3);
  EXPECT_EQ(CallListed<wchar_t>([](const wchar_t* f, va_list a) { return _vscwprintf(f, a); }, L"%d", 123), 3);
}

TEST(Message, HasAtMost1023Characters) {
  char narrow[1100];
  memset(narrow, kUntouched, sizeof(narrow));
  const std::string text(2000, 'x');
  EXPECT_EQ(wsprintfA(narrow, "%s", text.c_str()), 1023);
  EXPECT_EQ(narrow[1022], 'x');
  EXPECT_EQ(narrow[1023], '\0');
  EXPECT_EQ(narrow[1024], kUntouched);
  wchar_t wide[1100];
  EXPECT_EQ(wsprintfW(wide, L"%s %lu", L"abc", 7ul), 5);
  EXPECT_STREQ(wide, L"abc 7");
  EXPECT_EQ(CallListed<wchar_t>([&](const wchar_t* f, va_list a) { return wvsprintfW(wide, f, a); }, L"%s", L"b"), 1);
  EXPECT_EQ(CallListed<char>([&](const char* f, va_list a) { return wvsprintfA(narrow, f, a); }, "%s", "b"), 1);
  EXPECT_STREQ(narrow, "b");
}

TEST(NullPointers, AreInvalidArguments) {
  const char* no_format = nullptr;
  const wchar_t* no_wide_format = nullptr;
  char* no_buffer = nullptr;
  const auto fails = [](int result) { return result == -1 && errno == EINVAL; };
  EXPECT_TRUE(fails(printf(no_format)));
  EXPECT_TRUE(fails(wprintf(no_wide_format, 1)));
  EXPECT_TRUE(fails(fprintf(nullptr, "x")));
  EXPECT_TRUE(fails(fwprintf(nullptr, L"x")));
  EXPECT_TRUE(fails(sprintf(no_buffer, "x")));
  EXPECT_TRUE(fails(sprintf_s(no_buffer, 10, "x")));
  EXPECT_TRUE(fails(_snprintf(no_buffer, 10, "x")));
  EXPECT_TRUE(fails(_snprintf_s(no_buffer, 10, 5, "x")));
  EXPECT_TRUE(fails(snprintf(no_buffer, 10, "x")));
  EXPECT_TRUE(fails(fputws(nullptr, stdout)));
  EXPECT_TRUE(fputwc(L'x', nullptr) == WEOF && errno == EINVAL);
  EXPECT_EQ(Fill<char>([&](char* b) { return sprintf_s(b, 8, no_format); }), Narrow(-1, "0~~~~~~~", EINVAL));
}

}  // namespace
