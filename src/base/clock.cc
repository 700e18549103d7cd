#include "base/clock.h"

namespace wmi {
namespace {

class SystemSteadyClock final : public Clock {
 public:
  TimePoint Now() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace

const Clock& SteadyClock() {
  static const SystemSteadyClock clock;
  return clock;
}

}  // namespace wmi
