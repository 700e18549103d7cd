#include "engine/cache_control.h"

#include <algorithm>
#include <string_view>

#include "cim/datetime.h"

namespace wmi::engine {
namespace {

constexpr Duration kIdleMax = std::chrono::hours(24 * 365);  // a longer one would pass the end of the clock

Duration ClearAfter(const store::Repository& repository, std::string_view class_name, Duration otherwise) {
  const Result<cim::Object> settings = repository.FindInstance("ROOT", class_name, {});
  if (!settings.ok() || !*settings) return otherwise;
  const auto slot = settings->schema().FindSlot("ClearAfter");
  if (!slot || settings->slot(*slot).kind() != cim::ValueKind::kText) return otherwise;
  const Result<cim::Datetime> value = cim::ParseDatetime(settings->slot(*slot).text());
  if (!value.ok() || !value->is_interval) return otherwise;
  const auto longest = std::chrono::duration_cast<std::chrono::microseconds>(kIdleMax).count();
  return std::chrono::microseconds(std::min<std::int64_t>(value->microseconds, longest));
}

}  // namespace

ConsumerIdleTimes ReadConsumerIdleTimes(const store::Repository& repository) {
  ConsumerIdleTimes times;
  times.sink = ClearAfter(repository, "__EventSinkCacheControl", times.sink);
  times.provider = ClearAfter(repository, "__EventConsumerProviderCacheControl", times.provider);
  return times;
}

}  // namespace wmi::engine
