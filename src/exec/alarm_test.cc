#include "exec/alarm.h"

#include <gtest/gtest.h>

#include <atomic>

#include "exec/test_support.h"

namespace wmi::exec {
namespace {

using std::chrono::milliseconds;

TEST(AlarmTest, RingsOnceItsTimeHasComeAndNotBefore) {
  Event rung;
  std::atomic<TimePoint> at{TimePoint()};
  Alarm alarm([&] {
    at = SteadyClock().Now();
    rung.Set();
    return TimePoint::max();
  });
  const TimePoint wanted = SteadyClock().Now() + milliseconds(20);
  alarm.RingAt(wanted);
  ASSERT_TRUE(rung.Wait());
  EXPECT_GE(at.load(), wanted);
}

TEST(AlarmTest, AnEarlierTimeReplacesALaterOne) {
  Event rung;
  Alarm alarm([&] {
    rung.Set();
    return TimePoint::max();
  });
  alarm.RingAt(SteadyClock().Now() + std::chrono::hours(1));
  alarm.RingAt(SteadyClock().Now());
  EXPECT_TRUE(rung.Wait());
}

TEST(AlarmTest, RingsAgainAtTheTimeThatTheRingAnswers) {
  Counter rings;
  Alarm alarm([&] {
    rings.Add();
    return rings.count() < 3 ? SteadyClock().Now() : TimePoint::max();
  });
  alarm.RingAt(SteadyClock().Now());
  EXPECT_TRUE(rings.Wait(3));
}

TEST(AlarmTest, ATimeSetWhileItRingsCounts) {
  Counter rings;
  Alarm* self = nullptr;
  Alarm alarm([&] {
    if (rings.count() == 0) self->RingAt(SteadyClock().Now());
    rings.Add();
    return TimePoint::max();
  });
  self = &alarm;
  alarm.RingAt(SteadyClock().Now());
  EXPECT_TRUE(rings.Wait(2));
}

TEST(AlarmTest, StopsWithATimeInTheFuture) {
  Alarm alarm([] { return TimePoint::max(); });
  alarm.RingAt(SteadyClock().Now() + std::chrono::hours(1));
  alarm.Stop();
  alarm.RingAt(SteadyClock().Now());  // nothing any more
}

}  // namespace
}  // namespace wmi::exec
