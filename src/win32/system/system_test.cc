#include <gtest/gtest.h>
#include <lmcons.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include <windows.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace {

TEST(Time, ConvertsWellKnownMoments) {
  const struct {
    ULONGLONG ticks;
    SYSTEMTIME time;
  } rows[] = {
      {0, {1601, 1, 1, 1, 0, 0, 0, 0}},
      {116444736000000000, {1970, 1, 4, 1, 0, 0, 0, 0}},
      {125911584000010000, {2000, 1, 6, 1, 0, 0, 0, 1}},
      {133537247999990000, {2024, 2, 4, 29, 23, 59, 59, 999}},
  };
  for (const auto& row : rows) {
    FILETIME file{};
    ASSERT_TRUE(SystemTimeToFileTime(&row.time, &file));
    EXPECT_EQ(ULONGLONG{file.dwHighDateTime} << 32 | file.dwLowDateTime, row.ticks);
    SYSTEMTIME back{};
    ASSERT_TRUE(FileTimeToSystemTime(&file, &back));
    EXPECT_EQ(memcmp(&back, &row.time, sizeof(back)), 0) << row.ticks;
  }
}

TEST(Time, RoundTripsRandomMoments) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 2000; ++i) {
    const ULONGLONG ticks = random() % 0x7fff000000000000 / 10000 * 10000;  // whole milliseconds
    const FILETIME file = {static_cast<uint32_t>(ticks), static_cast<uint32_t>(ticks >> 32)};
    SYSTEMTIME time{};
    ASSERT_TRUE(FileTimeToSystemTime(&file, &time)) << ticks;
    FILETIME back{};
    ASSERT_TRUE(SystemTimeToFileTime(&time, &back)) << ticks;
    EXPECT_EQ(CompareFileTime(&file, &back), 0) << ticks;
    if (ticks < 133537247999990000) continue;  // time_t and tm agree
    const auto seconds = static_cast<time_t>(ticks / 10000000) - 11644473600;
    tm expected{};
    ASSERT_NE(gmtime_r(&seconds, &expected), nullptr);
    EXPECT_EQ(time.wDayOfWeek, expected.tm_wday) << ticks;
    EXPECT_EQ(time.wDay, expected.tm_mday) << ticks;
  }
}

TEST(Time, RefusesWhatIsNoMoment) {
  const SYSTEMTIME wrong[] = {
      {1600, 12, 0, 31, 0, 0, 0, 0}, {2023, 2, 0, 29, 0, 0, 0, 0},   {2023, 13, 0, 1, 0, 0, 0, 0},
      {2023, 1, 0, 0, 0, 0, 0, 0},   {2023, 1, 0, 1, 24, 0, 0, 0},   {2023, 1, 0, 1, 0, 60, 0, 0},
      {2023, 1, 0, 1, 0, 0, 60, 0},  {2023, 1, 0, 1, 0, 0, 0, 1000}, {30828, 1, 0, 1, 0, 0, 0, 0}};
  for (const SYSTEMTIME& time : wrong) {
    FILETIME file = {1, 2};
    EXPECT_FALSE(SystemTimeToFileTime(&time, &file)) << time.wYear;
    EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
    EXPECT_EQ(file.dwLowDateTime, 1u);
  }
  const FILETIME late = {0, 0x80000000};
  SYSTEMTIME time{};
  EXPECT_FALSE(FileTimeToSystemTime(&late, &time));
  const FILETIME last = {0xffffffff, 0x7fffffff};
  EXPECT_TRUE(FileTimeToSystemTime(&last, &time));
  EXPECT_EQ(time.wYear, 30828);
}

ULONGLONG RealTimeTicks() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return (static_cast<ULONGLONG>(now.tv_sec) + 11644473600) * 10000000 + static_cast<ULONGLONG>(now.tv_nsec) / 100;
}

TEST(Time, IsThatOfTheMachine) {
  for (const auto get : {GetSystemTimeAsFileTime, GetSystemTimePreciseAsFileTime}) {
    const ULONGLONG before = RealTimeTicks();
    FILETIME now{};
    get(&now);
    const ULONGLONG ticks = ULONGLONG{now.dwHighDateTime} << 32 | now.dwLowDateTime;
    EXPECT_GE(ticks, before);
    EXPECT_LE(ticks, RealTimeTicks());
  }
  FILETIME file{};
  GetSystemTimeAsFileTime(&file);
  SYSTEMTIME utc{};
  GetSystemTime(&utc);
  FILETIME again{};
  ASSERT_TRUE(SystemTimeToFileTime(&utc, &again));
  EXPECT_LE(CompareFileTime(&file, &again), 1);
  EXPECT_EQ(CompareFileTime(&file, &file), 0);
  const FILETIME zero{};
  EXPECT_EQ(CompareFileTime(&zero, &file), -1);
  EXPECT_EQ(CompareFileTime(&file, &zero), 1);
}

TEST(Time, IsLocalByTheZoneOfTheProcess) {
  const char* before = getenv("TZ");
  const std::string kept = before == nullptr ? "" : before;
  setenv("TZ", "XYZ-3:30", 1);
  tzset();
  const FILETIME utc = {0, 1000000};
  FILETIME local{};
  ASSERT_TRUE(FileTimeToLocalFileTime(&utc, &local));
  const auto ticks = [](const FILETIME& t) { return ULONGLONG{t.dwHighDateTime} << 32 | t.dwLowDateTime; };
  EXPECT_EQ(ticks(local) - ticks(utc), 126000000000u);
  FILETIME back{};
  ASSERT_TRUE(LocalFileTimeToFileTime(&local, &back));
  EXPECT_EQ(CompareFileTime(&utc, &back), 0);
  const FILETIME early = {5, 0};
  EXPECT_FALSE(LocalFileTimeToFileTime(&early, &back));
  SYSTEMTIME here{};
  SYSTEMTIME there{};
  GetSystemTime(&there);
  GetLocalTime(&here);
  EXPECT_EQ((here.wHour * 60 + here.wMinute - there.wHour * 60 - there.wMinute + 1440) % 1440 / 2, 105);
  before == nullptr ? unsetenv("TZ") : setenv("TZ", kept.c_str(), 1);
  tzset();
}

TEST(Clock, CountsUp) {
  const ULONGLONG before = GetTickCount64();
  LARGE_INTEGER frequency{};
  LARGE_INTEGER start{};
  LARGE_INTEGER end{};
  ASSERT_TRUE(QueryPerformanceFrequency(&frequency));
  EXPECT_EQ(frequency.QuadPart, 10000000);
  ASSERT_TRUE(QueryPerformanceCounter(&start));
  Sleep(2);
  ASSERT_TRUE(QueryPerformanceCounter(&end));
  EXPECT_GE(end.QuadPart - start.QuadPart, 20000);
  EXPECT_GT(GetTickCount64(), before);
  EXPECT_LE(GetTickCount(), 0xffffffffu);
  EXPECT_LT(GetTickCount() - static_cast<DWORD>(static_cast<uint32_t>(before)), 60000u);
  EXPECT_FALSE(QueryPerformanceCounter(nullptr));
}

TEST(ComputerName, IsThatOfTheHost) {
  utsname names{};
  ASSERT_EQ(uname(&names), 0);
  char buffer[MAX_COMPUTERNAME_LENGTH + 1];
  DWORD size = sizeof(buffer);
  ASSERT_TRUE(GetComputerNameA(buffer, &size));
  EXPECT_STREQ(buffer, names.nodename);
  EXPECT_EQ(size, strlen(names.nodename));
  wchar_t wide[1];
  size = 1;
  EXPECT_FALSE(GetComputerNameW(wide, &size));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_BUFFER_OVERFLOW));
  EXPECT_EQ(size, strlen(names.nodename) + 1);
  EXPECT_FALSE(GetComputerNameW(wide, nullptr));
}

TEST(ComputerName, ExFormTakesItApart) {
  const auto name = [](COMPUTER_NAME_FORMAT format) -> std::wstring {
    wchar_t buffer[256];
    DWORD size = ARRAYSIZE(buffer);
    return GetComputerNameExW(format, buffer, &size) ? std::wstring(buffer, size) : L"failed";
  };
  const std::wstring host = name(ComputerNameDnsHostname);
  const std::wstring domain = name(ComputerNameDnsDomain);
  EXPECT_EQ(name(ComputerNameDnsFullyQualified), domain.empty() ? host : host + L"." + domain);
  EXPECT_EQ(name(ComputerNamePhysicalNetBIOS), host);
  EXPECT_EQ(name(ComputerNameMax), L"failed");
  DWORD size = 0;
  EXPECT_FALSE(GetComputerNameExA(ComputerNameNetBIOS, nullptr, &size));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_MORE_DATA));
  EXPECT_EQ(size, host.size() + 1);
}

TEST(UserName, CountsItsNul) {
  wchar_t buffer[UNLEN + 1];
  DWORD size = ARRAYSIZE(buffer);
  ASSERT_TRUE(GetUserNameW(buffer, &size));
  EXPECT_EQ(size, wcslen(buffer) + 1);
  DWORD narrow = 0;
  EXPECT_FALSE(GetUserNameA(nullptr, &narrow));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INSUFFICIENT_BUFFER));
  EXPECT_EQ(narrow, size);
}

TEST(Version, IsTheOneThatIsStoodFor) {
  OSVERSIONINFO plain{};
  plain.dwOSVersionInfoSize = sizeof(plain);
  ASSERT_TRUE(GetVersionEx(&plain));
  EXPECT_EQ(plain.dwMajorVersion, 10u);
  EXPECT_EQ(plain.dwPlatformId, static_cast<DWORD>(VER_PLATFORM_WIN32_NT));
  OSVERSIONINFOEXW extended{};
  extended.dwOSVersionInfoSize = sizeof(extended);
  ASSERT_TRUE(GetVersionExW(reinterpret_cast<LPOSVERSIONINFOW>(&extended)));
  EXPECT_EQ(extended.wProductType, VER_NT_WORKSTATION);
  EXPECT_EQ(LOBYTE(LOWORD(GetVersion())), 10);
  EXPECT_EQ(HIWORD(GetVersion()), extended.dwBuildNumber);
  extended.dwOSVersionInfoSize = 20;
  EXPECT_FALSE(GetVersionExW(reinterpret_cast<LPOSVERSIONINFOW>(&extended)));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INSUFFICIENT_BUFFER));
}

TEST(SystemInfo, IsThatOfTheMachine) {
  SYSTEM_INFO info{};
  GetSystemInfo(&info);
  EXPECT_EQ(info.dwPageSize, static_cast<DWORD>(sysconf(_SC_PAGESIZE)));
  EXPECT_GE(info.dwNumberOfProcessors, 1u);
  EXPECT_EQ(static_cast<DWORD>(__builtin_popcountll(info.dwActiveProcessorMask)), info.dwNumberOfProcessors);
  MEMORYSTATUSEX memory{};
  EXPECT_FALSE(GlobalMemoryStatusEx(&memory));
  memory.dwLength = sizeof(memory);
  ASSERT_TRUE(GlobalMemoryStatusEx(&memory));
  EXPECT_GT(memory.ullTotalPhys, 1u << 20);
  EXPECT_LE(memory.ullAvailPhys, memory.ullTotalPhys);
  EXPECT_LE(memory.dwMemoryLoad, 100u);
}

TEST(Heap, GivesGrowsAndTakesBack) {
  HANDLE heap = GetProcessHeap();
  auto* block = static_cast<unsigned char*>(HeapAlloc(heap, HEAP_ZERO_MEMORY, 100));
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(block) % alignof(std::max_align_t), 0u);
  EXPECT_EQ(block[99], 0);
  block[99] = 7;
  EXPECT_EQ(HeapSize(heap, 0, block), 100u);
  block = static_cast<unsigned char*>(HeapReAlloc(heap, HEAP_ZERO_MEMORY, block, 5000));
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(block[99], 7);
  EXPECT_EQ(block[100], 0);
  EXPECT_EQ(block[4999], 0);
  EXPECT_EQ(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, 1), nullptr);
  EXPECT_FALSE(HeapFree(nullptr, 0, block));
  EXPECT_TRUE(HeapFree(heap, 0, block));
  EXPECT_TRUE(HeapFree(heap, 0, nullptr));
  EXPECT_EQ(HeapAlloc(nullptr, 0, 1), nullptr);
  EXPECT_EQ(HeapAlloc(heap, 0, SIZE_MAX), nullptr);
  EXPECT_EQ(HeapAlloc(heap, HEAP_GENERATE_EXCEPTIONS, 1), nullptr);
}

TEST(LocalAlloc, GivesMemoryThatNeverMoves) {
  auto* block = static_cast<char*>(LocalAlloc(LPTR, 16));
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(block[15], 0);
  EXPECT_EQ(LocalFree(block), nullptr);
  HGLOBAL handle = GlobalAlloc(GMEM_MOVEABLE, 0);
  ASSERT_NE(handle, nullptr);
  EXPECT_EQ(GlobalLock(handle), handle);
  EXPECT_FALSE(GlobalUnlock(handle));
  EXPECT_EQ(GlobalFree(handle), nullptr);
  EXPECT_EQ(LocalFree(nullptr), nullptr);
  EXPECT_EQ(LocalAlloc(LMEM_FIXED, SIZE_MAX), nullptr);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_NOT_ENOUGH_MEMORY));
}

std::wstring Variable(const wchar_t* name) {
  wchar_t buffer[64] = L"";
  const DWORD length = GetEnvironmentVariableW(name, buffer, ARRAYSIZE(buffer));
  return length < ARRAYSIZE(buffer) ? std::wstring(buffer, length) : L"too long";
}

TEST(Environment, SetsAndGetsWithoutRegardToCase) {
  ASSERT_TRUE(SetEnvironmentVariableW(L"OPENWMI_TEST_One", L"v\xE4lue"));
  EXPECT_STREQ(getenv("OPENWMI_TEST_One"), "v\xC3\xA4lue");
  EXPECT_EQ(Variable(L"OPENWMI_TEST_One"), L"v\xE4lue");
  EXPECT_EQ(Variable(L"openwmi_test_ONE"), L"v\xE4lue");
  ASSERT_TRUE(SetEnvironmentVariableA("OPENWMI_TEST_ONE", "other"));  // the one that is there
  EXPECT_STREQ(getenv("OPENWMI_TEST_One"), "other");
  char small[5];
  EXPECT_EQ(GetEnvironmentVariableA("OPENWMI_TEST_ONE", small, 5), 6u);
  EXPECT_EQ(GetEnvironmentVariableA("OPENWMI_TEST_ONE", nullptr, 0), 6u);
  ASSERT_TRUE(SetEnvironmentVariableA("OPENWMI_TEST_ONE", nullptr));
  EXPECT_EQ(getenv("OPENWMI_TEST_One"), nullptr);
  EXPECT_EQ(GetEnvironmentVariableA("OPENWMI_TEST_ONE", small, 5), 0u);
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_ENVVAR_NOT_FOUND));
  EXPECT_FALSE(SetEnvironmentVariableA("OPENWMI_TEST_ONE", nullptr));
}

TEST(Environment, PrefersTheVeryName) {
  setenv("OPENWMI_TEST_a", "lower", 1);
  setenv("OPENWMI_TEST_A", "upper", 1);
  EXPECT_EQ(Variable(L"OPENWMI_TEST_a"), L"lower");
  EXPECT_EQ(Variable(L"OPENWMI_TEST_A"), L"upper");
  unsetenv("OPENWMI_TEST_a");
  unsetenv("OPENWMI_TEST_A");
}

TEST(Environment, TellsAnEmptyValueFromNone) {
  ASSERT_TRUE(SetEnvironmentVariableW(L"OPENWMI_TEST_EMPTY", L""));
  SetLastError(ERROR_GEN_FAILURE);
  EXPECT_EQ(Variable(L"OPENWMI_TEST_EMPTY"), L"");
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_SUCCESS));
  ASSERT_TRUE(SetEnvironmentVariableW(L"OPENWMI_TEST_EMPTY", nullptr));
  EXPECT_FALSE(SetEnvironmentVariableW(L"", L"x"));
  EXPECT_FALSE(SetEnvironmentVariableW(L"a=b", L"x"));
  EXPECT_EQ(GetLastError(), static_cast<DWORD>(ERROR_INVALID_PARAMETER));
  EXPECT_EQ(GetEnvironmentVariableW(nullptr, nullptr, 0), 0u);
}

TEST(Environment, ExpandsNamesBetweenPercentSigns) {
  setenv("OPENWMI_TEST_X", "x%OPENWMI_TEST_X%", 1);
  const auto expand = [](const wchar_t* text) {
    wchar_t buffer[128] = L"";
    const DWORD size = ExpandEnvironmentStringsW(text, buffer, ARRAYSIZE(buffer));
    return std::wstring(buffer, size - 1);
  };
  EXPECT_EQ(expand(L"<%openwmi_test_x%>"), L"<x%OPENWMI_TEST_X%>");  // once
  EXPECT_EQ(expand(L"%%"), L"%%");
  EXPECT_EQ(expand(L"100% %NO_SUCH_THING%OPENWMI_TEST_X%"), L"100% %NO_SUCH_THINGx%OPENWMI_TEST_X%");
  EXPECT_EQ(expand(L""), L"");
  char small[3] = "ab";
  EXPECT_EQ(ExpandEnvironmentStringsA("abcdef", small, 3), 7u);
  EXPECT_STREQ(small, "ab");
  EXPECT_EQ(ExpandEnvironmentStringsA(nullptr, small, 3), 0u);
  unsetenv("OPENWMI_TEST_X");
}

TEST(CommandLine, BeginsWithTheProgram) {
  EXPECT_NE(std::string(GetCommandLineA()).find("win32_test"), std::string::npos);
  EXPECT_EQ(wcslen(GetCommandLineW()), strlen(GetCommandLineA()));
}

}  // namespace
