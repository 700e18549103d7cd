// Time with Microsoft's order of parameters.
#include <gtest/gtest.h>
#include <winnt.h>

#include <string>

namespace {

class LocalTime : public testing::Test {
 protected:
  void SetUp() override {
    if (const char* zone = getenv("TZ")) old_ = zone;
    setenv("TZ", "XXX-3", 1);  // three hours east, no summer time
    tzset();
  }
  void TearDown() override {
    old_.empty() ? unsetenv("TZ") : setenv("TZ", old_.c_str(), 1);
    tzset();
  }

 private:
  std::string old_;
};

constexpr time_t kTime = 315626635;  // 2 January 1980, 02:03:55 UTC

TEST_F(LocalTime, IsBrokenDown) {
  tm fields;
  EXPECT_EQ(localtime_s(&fields, &kTime), 0);
  EXPECT_EQ(fields.tm_hour, 5);
  EXPECT_EQ(_localtime64_s(&fields, &kTime), 0);
  EXPECT_EQ(fields.tm_hour, 5);
  EXPECT_EQ(_mktime64(&fields), kTime);
  EXPECT_EQ(gmtime_s(&fields, &kTime), 0);
  EXPECT_EQ(fields.tm_hour, 2);
  EXPECT_EQ(fields.tm_year, 80);
  EXPECT_EQ(_gmtime64_s(&fields, &kTime), 0);
  EXPECT_EQ(_mkgmtime64(&fields), kTime);
  EXPECT_EQ(_mkgmtime(&fields), kTime);
}

TEST_F(LocalTime, HasTheLimitsOfWindows) {
  tm fields;
  const time_t last = 32535215999;
  const time_t late = last + 1;
  const time_t early = -1;
  EXPECT_EQ(gmtime_s(&fields, &last), 0);
  EXPECT_EQ(fields.tm_year, 1100);
  EXPECT_EQ(gmtime_s(&fields, &late), EINVAL);
  EXPECT_EQ(fields.tm_year, -1);
  EXPECT_EQ(fields.tm_isdst, -1);
  EXPECT_EQ(localtime_s(&fields, &early), EINVAL);
  EXPECT_EQ(localtime_s(&fields, nullptr), EINVAL);
  EXPECT_EQ(localtime_s(nullptr, &kTime), EINVAL);
  EXPECT_EQ(_mktime64(nullptr), -1);
  EXPECT_EQ(_mkgmtime64(nullptr), -1);
}

TEST_F(LocalTime, HasATextOf26Characters) {
  char narrow[26];
  wchar_t wide[26];
  EXPECT_EQ(ctime_s(narrow, 26, &kTime), 0);
  EXPECT_STREQ(narrow, "Wed Jan 02 05:03:55 1980\n");
  EXPECT_EQ(_ctime64_s(narrow, &kTime), 0);
  EXPECT_EQ(_wctime_s(wide, &kTime), 0);
  EXPECT_STREQ(wide, L"Wed Jan 02 05:03:55 1980\n");
  tm fields;
  gmtime_s(&fields, &kTime);
  EXPECT_EQ(asctime_s(narrow, &fields), 0);
  EXPECT_STREQ(narrow, "Wed Jan 02 02:03:55 1980\n");
  EXPECT_EQ(_wasctime_s(wide, 26, &fields), 0);
  EXPECT_EQ(ctime_s(narrow, &kTime), 0);
}

TEST_F(LocalTime, RefusesSmallTargetsAndImpossibleFields) {
  char text[26] = "old";
  EXPECT_EQ(ctime_s(text, 25, &kTime), EINVAL);
  EXPECT_STREQ(text, "");
  tm fields = {};
  fields.tm_mday = 1;
  EXPECT_EQ(asctime_s(text, &fields), 0);
  for (int tm::* field : {&tm::tm_mon, &tm::tm_wday, &tm::tm_hour, &tm::tm_min, &tm::tm_sec, &tm::tm_mday}) {
    tm wrong = fields;
    wrong.*field = 99;
    EXPECT_EQ(asctime_s(text, &wrong), EINVAL);
    EXPECT_STREQ(text, "");
  }
  EXPECT_EQ(asctime_s(text, nullptr), EINVAL);
  EXPECT_EQ(asctime_s(nullptr, 26, &fields), EINVAL);
}

TEST_F(LocalTime, NowIsTheTimeOfTheSystem) {
  time_t stored = 0;
  const time_t before = time(nullptr);
  const time_t now = _time64(&stored);
  EXPECT_EQ(now, stored);
  EXPECT_GE(now, before);
}

}  // namespace
