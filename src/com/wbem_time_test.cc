// WBEMTime and WBEMTimeSpan against the data file of the object model's datetime and against the C library's calendar.
#include <comdef.h>
#include <gtest/gtest.h>
#include <wbemtime.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <string>

namespace {

constexpr std::int64_t kUnixEpochMicroseconds = 11'644'473'600'000'000;

std::wstring Wide(const std::string& ascii) { return {ascii.begin(), ascii.end()}; }

// Takes the BSTR over.
std::wstring Taken(BSTR text) {
  if (text == nullptr) return L"(null)";
  std::wstring result(text, SysStringLen(text));
  SysFreeString(text);
  return result;
}

// Sets the zone of the process while it lives.
class ZoneScope {
 public:
  explicit ZoneScope(const char* zone) {
    if (const char* old = std::getenv("TZ")) old_ = old;
    Set(zone);
  }
  ~ZoneScope() { Set(old_.empty() ? nullptr : old_.c_str()); }

 private:
  static void Set(const char* zone) {
    if (zone == nullptr) {
      unsetenv("TZ");
    } else {
      setenv("TZ", zone, 1);
    }
    tzset();
  }
  std::string old_;
};

// Whether the calendar has the day that a text begins with.
bool DayExists(const std::string& text) {
  std::tm day{};
  day.tm_year = std::stoi(text.substr(0, 4)) - 1900;
  day.tm_mon = std::stoi(text.substr(4, 2)) - 1;
  day.tm_mday = std::stoi(text.substr(6, 2));
  const std::tm asked = day;
  timegm(&day);
  return day.tm_mon == asked.tm_mon && day.tm_mday == asked.tm_mday;
}

TEST(WbemTime, AgreesWithTheObjectModel) {
  std::ifstream file(std::string(WMI_SOURCE_DIR) + "/src/cim/testdata/datetime.test");
  ASSERT_TRUE(file.is_open());
  int points = 0;
  int spans = 0;
  for (std::string line; std::getline(file, line);) {
    SCOPED_TRACE(line);
    std::istringstream words(line);
    std::string verb, text;
    std::int64_t microseconds = 0;
    words >> verb >> text >> microseconds;
    if (verb == "point") {
      const bool valid = DayExists(text) && microseconds >= -kUnixEpochMicroseconds;
      const WBEMTime time(Wide(text).c_str());
      ASSERT_EQ(time.IsOk(), valid);
      if (!valid) continue;
      EXPECT_EQ(time.GetTime(), static_cast<ULONGLONG>(microseconds + kUnixEpochMicroseconds) * 10);
      ++points;
    } else if (verb == "interval") {
      // A span of 100 nanoseconds in 64 bits ends earlier.
      const WBEMTimeSpan span(Wide(text).c_str());
      ASSERT_EQ(span.IsOk(), microseconds <= INT64_MAX / 10);
      if (!span.IsOk()) continue;
      EXPECT_EQ(span.GetTime(), static_cast<ULONGLONG>(microseconds) * 10);
      EXPECT_EQ(Taken(span.GetBSTR()), Wide(text));
      ++spans;
    }
  }
  EXPECT_GE(points, 5);
  EXPECT_GE(spans, 3);
}

TEST(WbemTime, AgreesWithTheCalendarOfTheLibrary) {
  std::mt19937_64 random(20241105);
  SCOPED_TRACE("seed 20241105");
  for (int i = 0; i < 20'000; ++i) {
    const time_t seconds = std::uniform_int_distribution<time_t>(-11'644'473'600, 253'402'300'799)(random);
    const WBEMTime time(seconds);
    std::tm expected{};
    gmtime_r(&seconds, &expected);
    std::tm got{};
    SYSTEMTIME system;
    ASSERT_TRUE(time.GetSYSTEMTIME(&system)) << seconds;
    ASSERT_EQ(system.wYear, expected.tm_year + 1900) << seconds;
    ASSERT_EQ(system.wMonth, expected.tm_mon + 1) << seconds;
    ASSERT_EQ(system.wDay, expected.tm_mday) << seconds;
    ASSERT_EQ(system.wDayOfWeek, expected.tm_wday) << seconds;
    ASSERT_EQ(system.wHour * 3600 + system.wMinute * 60 + system.wSecond,
              expected.tm_hour * 3600 + expected.tm_min * 60 + expected.tm_sec)
        << seconds;
    ASSERT_TRUE(WBEMTime(system) == time) << seconds;
    ASSERT_EQ(time.GetStructtm(&got), expected.tm_year >= 0) << seconds;
    if (expected.tm_year < 0) continue;
    ASSERT_EQ(got.tm_yday, expected.tm_yday) << seconds;
    ASSERT_EQ(got.tm_wday, expected.tm_wday) << seconds;
    ASSERT_TRUE(WBEMTime(got) == time) << seconds;
    _bstr_t text(time.GetBSTR(), false);
    ASSERT_TRUE(WBEMTime(text) == time) << seconds;
  }
}

TEST(WbemTime, ConvertsBetweenForms) {
  const WBEMTime time(L"20240229123456.654321+000");
  ASSERT_TRUE(time.IsOk());
  FILETIME file;
  ASSERT_TRUE(time.GetFILETIME(&file));
  EXPECT_TRUE(WBEMTime(file) == time);
  SYSTEMTIME system;
  ASSERT_TRUE(time.GetSYSTEMTIME(&system));
  EXPECT_EQ(system.wMilliseconds, 654);
  time_t seconds = 0;
  ASSERT_TRUE(time.Gettime_t(&seconds));
  EXPECT_EQ(seconds, 1709210096);
  EXPECT_EQ(Taken(time.GetBSTR()), L"20240229123456.654321+000");
  WBEMTime assigned;
  assigned = seconds;
  EXPECT_EQ(Taken(assigned.GetDMTF(FALSE)), L"20240229123456.000000+000");
  wchar_t text[] = L"20240229133456.654321+060";
  assigned = BSTR(text);
  EXPECT_TRUE(assigned == time);
  EXPECT_TRUE(assigned.SetDMTF(_bstr_t(L"20240229073456.654321-300")));
  EXPECT_TRUE(assigned == time);
}

TEST(WbemTime, AsterisksStandForTheFirstMoment) {
  EXPECT_EQ(Taken(WBEMTime(L"1979**********.000000+000").GetBSTR()), L"19790101000000.000000+000");
  EXPECT_EQ(Taken(WBEMTime(L"1979**********.000000-0*4").GetBSTR()), L"19790101000400.000000+000");
  EXPECT_EQ(Taken(WBEMTime(L"**************.******+***").GetBSTR()), L"16010101000000.000000+000");
  EXPECT_FALSE(WBEMTime(L"1979***********000000+000").IsOk());
  EXPECT_FALSE(WBEMTime(L"1979**********.000000*000").IsOk());
}

TEST(WbemTime, RefusesWhatIsNoTime) {
  for (const wchar_t* text : {L"", L"20240229123456.654321+00", L"20240229123456.654321+0000",
                              L"20240229123456,654321+000", L"2024022912345x.654321+000", L"20230229000000.000000+000",
                              L"20241301000000.000000+000", L"20240100000000.000000+000", L"20240101240000.000000+000",
                              L"20240101006000.000000+000", L"20240101000060.000000+000", L"16001231235959.999999+000",
                              L"16010101000000.000000+001", L"00000001000000.000000:000"}) {
    WBEMTime time(time_t{5});
    EXPECT_FALSE(time.SetDMTF(text)) << Taken(SysAllocString(text)).size();
    EXPECT_FALSE(time.IsOk());
  }
  EXPECT_FALSE(WBEMTime(static_cast<BSTR>(nullptr)).IsOk());
  EXPECT_TRUE(WBEMTime(L"16001231230000.000000-060").IsOk());
  SYSTEMTIME system{};
  EXPECT_FALSE(WBEMTime(system).IsOk());
  std::tm civil{};
  civil.tm_mon = 12;
  EXPECT_FALSE(WBEMTime(civil).IsOk());
  EXPECT_FALSE(WBEMTime(time_t{-11'644'473'601}).IsOk());
  EXPECT_FALSE(WBEMTime(INT64_MAX).IsOk());
}

TEST(WbemTime, NothingComesFromAnInvalidTime) {
  const WBEMTime none;
  time_t seconds = 3;
  SYSTEMTIME system;
  FILETIME file;
  std::tm civil;
  EXPECT_FALSE(none.IsOk());
  EXPECT_EQ(none.GetTime(), INVALID_TIME);
  EXPECT_EQ(none.GetBSTR(), nullptr);
  EXPECT_EQ(none.GetDMTF(TRUE), nullptr);
  EXPECT_EQ(none.GetDMTFNonNtfs(), nullptr);
  EXPECT_FALSE(none.Gettime_t(&seconds) || none.GetSYSTEMTIME(&system) || none.GetFILETIME(&file) ||
               none.GetStructtm(&civil));
  EXPECT_EQ(seconds, 3);
  EXPECT_FALSE((none + WBEMTimeSpan(1)).IsOk());
  EXPECT_FALSE((none - none).IsOk());
  EXPECT_FALSE((WBEMTime(time_t{0}) + WBEMTimeSpan()).IsOk());
  WBEMTime cleared(time_t{0});
  EXPECT_FALSE(cleared.Gettime_t(nullptr));
  cleared.Clear();
  EXPECT_FALSE(cleared.IsOk());
}

TEST(WbemTime, PastTheYear9999HasNoText) {
  FILETIME file;
  file.dwHighDateTime = 0x7fffffff;
  file.dwLowDateTime = 0xffffffff;
  const WBEMTime never(file);
  SYSTEMTIME system;
  ASSERT_TRUE(never.GetSYSTEMTIME(&system));
  EXPECT_EQ(system.wYear, 30828);
  EXPECT_EQ(never.GetBSTR(), nullptr);
  EXPECT_EQ(never.GetDMTF(TRUE), nullptr);
  EXPECT_FALSE((never + WBEMTimeSpan(0, 0, 0, 0, 0, 1)).IsOk());
  file.dwHighDateTime = 0x80000000;
  EXPECT_FALSE(WBEMTime(file).IsOk());
  EXPECT_EQ(Taken(WBEMTime(L"99991231235959.999999+000").GetBSTR()), L"99991231235959.999999+000");
}

TEST(WbemTime, Computes) {
  const WBEMTime first(L"20240228000000.000000+000");
  const WBEMTime second = first + WBEMTimeSpan(2, 1, 30);
  EXPECT_EQ(Taken(second.GetBSTR()), L"20240301013000.000000+000");
  EXPECT_EQ(Taken((second - first).GetBSTR()), L"00000002013000.000000:000");
  EXPECT_TRUE(second - WBEMTimeSpan(2, 1, 30) == first);
  EXPECT_FALSE((first - second).IsOk());
  WBEMTime moving = first;
  moving += WBEMTimeSpan(1);
  moving -= WBEMTimeSpan(0, 24);
  EXPECT_TRUE(moving == first && moving <= first && moving >= first);
  EXPECT_TRUE(first < second && second > first && first != second);
  EXPECT_FALSE((WBEMTime(L"16010101000000.000000+000") - WBEMTimeSpan(0, 0, 0, 0, 0, 1)).IsOk());
}

TEST(WbemTimeSpan, AddsItsParts) {
  EXPECT_EQ(Taken(WBEMTimeSpan(1, 2, 3, 4, 5, 6, 700).GetBSTR()), L"00000001020304.005006:000");
  EXPECT_EQ(WBEMTimeSpan(0, 0, 0, 0, 0, 0, 700).GetTime(), 7u);
  EXPECT_EQ(WBEMTimeSpan(0, 25, -60).GetTime(), WBEMTimeSpan(1).GetTime());
  EXPECT_FALSE(WBEMTimeSpan(-1).IsOk());
  EXPECT_FALSE(WBEMTimeSpan(INT_MAX).IsOk());
  EXPECT_TRUE(WBEMTimeSpan(10'675'199).IsOk());
  EXPECT_FALSE(WBEMTimeSpan(10'675'200).IsOk());
}

TEST(WbemTimeSpan, ConvertsAndComputes) {
  const WBEMTimeSpan minute(time_t{60});
  FILETIME file;
  ASSERT_TRUE(minute.GetFILETIME(&file));
  EXPECT_TRUE(WBEMTimeSpan(file) == minute);
  time_t seconds = 0;
  ASSERT_TRUE(minute.Gettime_t(&seconds));
  EXPECT_EQ(seconds, 60);
  EXPECT_EQ(Taken((minute + minute).GetBSTR()), L"00000000000200.000000:000");
  EXPECT_TRUE((minute - minute).IsOk());
  EXPECT_FALSE((minute - WBEMTimeSpan(1)).IsOk());
  WBEMTimeSpan sum = minute;
  sum += minute;
  sum -= minute;
  EXPECT_TRUE(sum == minute && !(sum != minute) && sum < WBEMTimeSpan(1) && WBEMTimeSpan(1) > sum && sum <= minute &&
              sum >= minute);
  EXPECT_FALSE(WBEMTimeSpan(time_t{-1}).IsOk());
  EXPECT_FALSE(WBEMTimeSpan(L"00000001000000.000000+000").IsOk());
  EXPECT_FALSE(WBEMTimeSpan(L"00000001000000.000000:001").IsOk());
  EXPECT_FALSE(WBEMTimeSpan(L"00000001240000.000000:000").IsOk());
  EXPECT_EQ(WBEMTimeSpan(L"0000000*000000.00000*:000").GetTime(), 0u);
  sum.Clear();
  EXPECT_EQ(sum.GetBSTR(), nullptr);
  EXPECT_FALSE(sum.Gettime_t(&seconds) || sum.GetFILETIME(&file));
}

TEST(WbemTime, ShowsLocalTime) {
  const ZoneScope zone("XYZ-2ABC,M3.5.0,M10.5.0/3");  // two hours ahead, three in summer
  const WBEMTime winter(L"20240115120000.000000+000");
  const WBEMTime summer(L"20240715120000.000000+000");
  EXPECT_EQ(Taken(winter.GetDMTF(TRUE)), L"20240115140000.000000+120");
  EXPECT_EQ(Taken(summer.GetDMTF(TRUE)), L"20240715150000.000000+180");
  EXPECT_EQ(Taken(summer.GetDMTFNonNtfs()), L"20240715150000.000000+***");
  EXPECT_EQ(Taken(summer.GetDMTF()), L"20240715120000.000000+000");
  SYSTEMTIME system;
  FILETIME file;
  std::tm civil;
  time_t seconds = 0;
  ASSERT_TRUE(summer.GetSYSTEMTIME(&system) && summer.GetFILETIME(&file) && summer.GetStructtm(&civil) &&
              summer.Gettime_t(&seconds));
  EXPECT_EQ(WBEMTime::GetLocalOffsetForDate(&system), 180);
  EXPECT_EQ(WBEMTime::GetLocalOffsetForDate(&file), 180);
  EXPECT_EQ(WBEMTime::GetLocalOffsetForDate(&civil), 180);
  EXPECT_EQ(WBEMTime::GetLocalOffsetForDate(seconds), 180);
  EXPECT_EQ(WBEMTime::GetLocalOffsetForDate(static_cast<FILETIME*>(nullptr)), 0);
  const ZoneScope west("XYZ5");
  EXPECT_EQ(Taken(winter.GetDMTF(TRUE)), L"20240115070000.000000-300");
  EXPECT_EQ(WBEMTime::GetLocalOffsetForDate(seconds), -300);
}

}  // namespace
