#include <gtest/gtest.h>
#include <wbemcli.h>
#include <windows.h>

#include <cstdarg>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/codes.h"
#include "base/text.h"
#include "win32/message/error_text.h"
#include "win32/status_text.h"

namespace {

std::wstring FromString(const wchar_t* pattern, std::vector<DWORD_PTR> arguments = {}, DWORD more_flags = 0) {
  wchar_t buffer[2048] = L"untouched";
  const DWORD length =
      FormatMessageW(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY | more_flags, pattern, 0, 0, buffer,
                     ARRAYSIZE(buffer), arguments.empty() ? nullptr : reinterpret_cast<va_list*>(arguments.data()));
  if (length == 0) return L"failed";
  EXPECT_EQ(length, wcslen(buffer));
  return buffer;
}

DWORD_PTR Text(const wchar_t* text) { return reinterpret_cast<DWORD_PTR>(text); }

std::string FromSystem(DWORD message, DWORD flags = FORMAT_MESSAGE_FROM_SYSTEM) {
  char buffer[512] = "";
  SetLastError(0);
  const DWORD length = FormatMessageA(flags, nullptr, message, 0, buffer, sizeof(buffer), nullptr);
  return length == 0 ? "error " + std::to_string(GetLastError()) : std::string(buffer, length);
}

TEST(FormatMessage, KnowsErrorNumbersAndTheirHresults) {
  EXPECT_EQ(FromSystem(ERROR_ACCESS_DENIED), "Access was denied.\r\n");
  EXPECT_EQ(FromSystem(static_cast<DWORD>(HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND))), "The file was not found.\r\n");
  EXPECT_EQ(FromSystem(0x80070002), "The file was not found.\r\n");  // not sign-extended
  EXPECT_EQ(FromSystem(0), "The operation succeeded.\r\n");
  EXPECT_EQ(FromSystem(static_cast<DWORD>(E_NOINTERFACE)), "The object does not offer this interface.\r\n");
}

TEST(FormatMessage, KnowsTheCodesOfWmiFromTheSystemAndFromAnyModule) {
  const std::string expected = "There is no such class.\r\n";
  EXPECT_EQ(FromSystem(static_cast<DWORD>(WBEM_E_INVALID_CLASS)), expected);
  EXPECT_EQ(FromSystem(static_cast<DWORD>(WBEM_E_INVALID_CLASS), FORMAT_MESSAGE_FROM_HMODULE), expected);
  EXPECT_EQ(FromSystem(static_cast<DWORD>(E_NOINTERFACE), FORMAT_MESSAGE_FROM_HMODULE), "error 317");
  EXPECT_EQ(FromSystem(ERROR_ACCESS_DENIED, FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_FROM_SYSTEM),
            "Access was denied.\r\n");
}

TEST(FormatMessage, SaysThatANumberHasNoText) {
  EXPECT_EQ(FromSystem(0xDEADBEEF), "error 317");
  EXPECT_EQ(FromSystem(0x8007FFFF), "error 317");
  static_assert(ERROR_MR_MID_NOT_FOUND == 317);
}

TEST(FormatMessage, HasATextForEveryCodeOfTheHeaders) {
  constexpr std::string_view kHresult = "((HRESULT)0x";
  std::ifstream file(std::string(WMI_SOURCE_DIR) + "/include/wbem/winerror.h");
  int count = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string define;
    std::string name;
    std::string value;
    words >> define >> name >> value;
    const bool is_error = name.starts_with("ERROR_") || name.starts_with("RPC_S_") || name == "NO_ERROR";
    if (define != "#define" || value.empty()) continue;
    if (is_error && value.find_first_not_of("0123456789") == value.size() - 1 && value.back() == 'L') {
      EXPECT_FALSE(wmi::win32::ErrorText(std::stoul(value)).empty()) << name;
    } else if (value.starts_with(kHresult)) {
      const auto number = static_cast<HRESULT>(std::stoul(value.substr(kHresult.size()), nullptr, 16));
      EXPECT_FALSE(wmi::win32::StatusText(number).empty()) << name;
    } else {
      continue;
    }
    ++count;
  }
  EXPECT_GT(count, 80);
}

TEST(FormatMessage, TextsAreSentencesWithoutFullStopAndPercent) {
  int count = 0;
  for (DWORD number = 0; number < 16000; ++number) {
    const std::string_view text = wmi::win32::ErrorText(number);
    if (text.empty()) continue;
    ++count;
    EXPECT_EQ(text.find('%'), std::string_view::npos) << text;
    EXPECT_NE(text.back(), '.') << text;
    EXPECT_TRUE(text.front() >= 'a' && text.front() <= 'z') << text;
  }
  EXPECT_GT(count, 100);
}

TEST(FormatMessage, FillsInsertsInAnyOrder) {
  EXPECT_EQ(FromString(L"%2, %1 and %2", {Text(L"one"), Text(L"two")}), L"two, one and two");
  EXPECT_EQ(FromString(L"%1!u! of %2!08lX!: %3!s!", {7, 0xABCDEF, Text(L"x")}), L"7 of 00ABCDEF: x");
  std::vector<DWORD_PTR> many(99, 5);
  EXPECT_EQ(FromString(L"%99!d!|%10!d!", many), L"5|5");
}

TEST(FormatMessage, FormatsNumbersLikePrintf) {
  EXPECT_EQ(FromString(L"%1!d! %1!u! %1!x! %1!X! %1!o!", {0xFFFFFFFF}), L"-1 4294967295 ffffffff FFFFFFFF 37777777777");
  EXPECT_EQ(FromString(L"%1!I64d! %1!lld! %1!I64x! %1!hd! %1!I32d!", {0x100010002}),
            L"4295032834 4295032834 100010002 2 65538");
  EXPECT_EQ(FromString(L"[%1!5d!] [%1!-5d!] [%1!05d!] [%1!+d!] [%1!#x!] [%1!.4d!]", {42}),
            L"[   42] [42   ] [00042] [+42] [0x2a] [0042]");
  EXPECT_EQ(FromString(L"%1!p!", {0xAB}), L"00000000000000AB");
}

TEST(FormatMessage, FormatsStringsAndCharacters) {
  const auto narrow = reinterpret_cast<DWORD_PTR>("n\xC3\xA4rrow");
  EXPECT_EQ(FromString(L"[%1!8s!] [%1!-8s!] [%1!.2s!]", {Text(L"wide")}), L"[    wide] [wide    ] [wi]");
  EXPECT_EQ(FromString(L"%1!hs! %1!S! %2!ls! %2!ws!", {narrow, Text(L"w")}), L"n\xE4rrow n\xE4rrow w w");
  EXPECT_EQ(FromString(L"%1!c!%2!hc!%3!C!", {L'\x20AC', 'b', 'c'}),
            L"\x20AC"
            L"bc");
  EXPECT_EQ(FromString(L"%1", {0}), L"(null)");
}

TEST(FormatMessage, TakesWidthAndPrecisionFromTheArguments) {
  // The example of the documentation.
  EXPECT_EQ(FromString(L"%1!*.*s! %4 %5!*s!", {4, 2, Text(L"Bill"), Text(L"Bob"), 6, Text(L"Bill")}),
            L"  Bi Bob   Bill");
  EXPECT_EQ(FromString(L"[%1!*d!]", {static_cast<DWORD_PTR>(-5), 42}), L"[42   ]");
  EXPECT_EQ(FromString(L"[%1!.*s!]", {static_cast<DWORD_PTR>(-1), Text(L"all")}), L"[all]");
}

TEST(FormatMessage, KnowsTheEscapes) {
  EXPECT_EQ(FromString(L"100%% %! %. %1%!", {Text(L"x")}), L"100% ! . x!");
  EXPECT_EQ(FromString(L"a%nb%rc%td% e"), L"a\r\nb\rc\td e");
  EXPECT_EQ(FromString(L"cut%0 off"), L"cut");
  EXPECT_EQ(FromString(L"a\nb\r\nc"), L"a\r\nb\r\nc");
  EXPECT_EQ(FromString(L"end%"), L"end%");
}

TEST(FormatMessage, LeavesInsertsAloneWhenAsked) {
  EXPECT_EQ(FromString(L"%1 %2!x! %% %12", {}, FORMAT_MESSAGE_IGNORE_INSERTS), L"%1 %2!x! % %12");
}

TEST(FormatMessage, MakesOneLineOrLinesOfAWidth) {
  EXPECT_EQ(FromString(L"one\r\ntwo\nthree%nfour\r\n", {}, FORMAT_MESSAGE_MAX_WIDTH_MASK), L"one two three\r\nfour ");
  EXPECT_EQ(FromSystem(5, FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_MAX_WIDTH_MASK), "Access was denied. ");
  EXPECT_EQ(FromString(L"aaa bbb ccc\nddd%neee extraordinary fff", {}, 7),
            L"aaa bbb\r\nccc ddd\r\neee\r\nextraordinary\r\nfff");
}

TEST(FormatMessage, RefusesPatternsThatAreWrong) {
  const std::vector<DWORD_PTR> arguments(9, 1);
  for (const wchar_t* pattern :
       {L"%1!", L"%1!d", L"%1!q!", L"%1!f!", L"%1!999999d!", L"%1!.999999d!", L"%1!d x!", L"%1!---------d!"}) {
    SetLastError(0);
    EXPECT_EQ(FromString(pattern, arguments), L"failed") << pattern;
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER)) << pattern;
  }
  EXPECT_EQ(FromString(L"%1"), L"failed");  // no arguments at all
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
}

TEST(FormatMessage, RefusesFlagsThatContradict) {
  wchar_t buffer[10];
  for (const DWORD flags : {DWORD{0}, DWORD{FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_FROM_SYSTEM}, DWORD{0x8000}}) {
    EXPECT_EQ(FormatMessageW(flags, L"", 5, 0, buffer, 10, nullptr), 0u) << flags;
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
  }
  EXPECT_EQ(FormatMessageW(FORMAT_MESSAGE_FROM_STRING, nullptr, 0, 0, buffer, 10, nullptr), 0u);
  EXPECT_EQ(FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM, nullptr, 5, 0, nullptr, 10, nullptr), 0u);
}

TEST(FormatMessage, HasALimit) {
  const std::wstring most(65533, L'x');
  wchar_t* message = nullptr;
  const DWORD flags = FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ALLOCATE_BUFFER;
  EXPECT_EQ(FormatMessageW(flags, (most + L"%n").c_str(), 0, 0, reinterpret_cast<LPWSTR>(&message), 0, nullptr),
            65535u);
  EXPECT_EQ(LocalFree(message), nullptr);
  EXPECT_EQ(FormatMessageW(flags, (most + L"xxx").c_str(), 0, 0, reinterpret_cast<LPWSTR>(&message), 0, nullptr), 0u);
  EXPECT_EQ(message, nullptr);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_MORE_DATA));
}

TEST(FormatMessage, SaysThatTheBufferIsTooSmall) {
  wchar_t buffer[4] = L"abc";
  EXPECT_EQ(FormatMessageW(FORMAT_MESSAGE_FROM_STRING, L"four", 0, 0, buffer, 4, nullptr), 0u);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INSUFFICIENT_BUFFER));
  EXPECT_STREQ(buffer, L"abc");
  EXPECT_EQ(FormatMessageW(FORMAT_MESSAGE_FROM_STRING, L"six", 0, 0, buffer, 4, nullptr), 3u);
  EXPECT_STREQ(buffer, L"six");
}

TEST(FormatMessage, AllocatesABuffer) {
  LPSTR narrow = nullptr;
  EXPECT_EQ(FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_ALLOCATE_BUFFER, nullptr, ERROR_ACCESS_DENIED,
                           MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT), reinterpret_cast<LPSTR>(&narrow), 4096, nullptr),
            20u);
  ASSERT_NE(narrow, nullptr);
  narrow[4095] = 'x';  // at least as large as asked for
  EXPECT_STREQ(narrow, "Access was denied.\r\n");
  EXPECT_EQ(LocalFree(narrow), nullptr);
  EXPECT_EQ(FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_ALLOCATE_BUFFER, nullptr, 0xDEADBEEF, 0,
                           reinterpret_cast<LPSTR>(&narrow), 0, nullptr),
            0u);
  EXPECT_EQ(narrow, nullptr);
}

std::string Narrow(const char* pattern, ...) {
  char buffer[256] = "";
  va_list arguments;
  va_start(arguments, pattern);
  FormatMessageA(FORMAT_MESSAGE_FROM_STRING, pattern, 0, 0, buffer, sizeof(buffer), &arguments);
  va_end(arguments);
  return buffer;
}

TEST(FormatMessage, TakesAVaList) {
  EXPECT_EQ(Narrow("%3 %1!d! %2!S! \xC3\xA4", -7, L"wide", "narrow"), "narrow -7 wide \xC3\xA4");
  EXPECT_EQ(Narrow("%1!u! %2!u! %3!u! %4!u! %5!u! %6!u! %7!u! %8!u!", 1, 2, 3, 4, 5, 6, 7, 8), "1 2 3 4 5 6 7 8");
}

TEST(StatusText, CoversTheErrorNumbersOfWindows) {
  EXPECT_EQ(wmi::win32::StatusText(HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)), "the file was not found");
  EXPECT_STREQ(_openwmi_status_text(HRESULT_FROM_WIN32(ERROR_ALREADY_EXISTS)), "the object exists already");
  EXPECT_EQ(_openwmi_status_text(static_cast<HRESULT>(0x8007FFFF)), nullptr);
}

std::string StderrOf(void (*body)()) {
  testing::internal::CaptureStderr();
  body();
  return testing::internal::GetCapturedStderr();
}

TEST(MessageBox, WritesToStderr) {
  EXPECT_EQ(StderrOf([] { MessageBoxW(nullptr, L"t\xE4xt\r\nmore", L"caption", MB_OK | MB_ICONERROR); }),
            "caption: t\xC3\xA4xt\nmore\n");
  EXPECT_EQ(StderrOf([] { MessageBoxA(nullptr, nullptr, nullptr, MB_OK); }), "Error: \n");
}

TEST(MessageBox, ReturnsTheDefaultButton) {
  const struct {
    UINT type;
    int button;
  } rows[] = {{MB_OK, IDOK},
              {MB_OKCANCEL, IDOK},
              {MB_OKCANCEL | MB_DEFBUTTON2, IDCANCEL},
              {MB_ABORTRETRYIGNORE | MB_DEFBUTTON3, IDIGNORE},
              {MB_YESNOCANCEL, IDYES},
              {MB_YESNO | MB_DEFBUTTON2 | MB_ICONQUESTION | MB_TOPMOST, IDNO},
              {MB_RETRYCANCEL, IDRETRY},
              {MB_CANCELTRYCONTINUE | MB_DEFBUTTON2, IDTRYAGAIN},
              {MB_OK | MB_DEFBUTTON4, IDOK},
              {7, 0},
              {15, 0}};
  testing::internal::CaptureStderr();
  for (const auto& row : rows)
    EXPECT_EQ(MessageBoxEx(nullptr, TEXT("t"), TEXT("c"), row.type, 0), row.button) << row.type;
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_MSGBOX_STYLE));
  testing::internal::GetCapturedStderr();
}

TEST(OutputDebugString, IsSilentUnlessAskedFor) {
  unsetenv("OPENWMI_DEBUG_OUTPUT");
  EXPECT_EQ(StderrOf([] { OutputDebugStringW(L"quiet"); }), "");
  setenv("OPENWMI_DEBUG_OUTPUT", "1", 1);
  EXPECT_EQ(StderrOf([] { OutputDebugStringW(L"lo\xFC"); }), "lo\xC3\xBC");
  EXPECT_EQ(StderrOf([] { OutputDebugStringA("ud\n"); }), "ud\n");
  unsetenv("OPENWMI_DEBUG_OUTPUT");
}

}  // namespace
