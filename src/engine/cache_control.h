// How long what was loaded for events stays without being used (contract 6.4): the singletons of the namespace ROOT
// that say so.
#pragma once

#include "base/clock.h"
#include "store/repository.h"

namespace wmi::engine {

// What a physical consumer holds.
struct ConsumerIdleTimes {
  Duration sink = std::chrono::seconds(15);     // __EventSinkCacheControl: the sink that was found for a consumer
  Duration provider = std::chrono::minutes(5);  // __EventConsumerProviderCacheControl: the object that found it
};

// As they are stored now. The default for an instance that is not there or cannot be read, and for a value that is NULL
// or no interval.
ConsumerIdleTimes ReadConsumerIdleTimes(const store::Repository& repository);

}  // namespace wmi::engine
