// PushSource: a call to a registered provider, as the source of an operation.
#pragma once

#include <memory>

#include "engine/push_port.h"
#include "engine/push_provider.h"
#include "engine/source_parts.h"

namespace wmi::engine {

// The provider is called on the provider pool, not in a turn of the operation: it may deliver everything before its
// method returns, and that needs a reader. When the source goes, the provider's pushes are refused.
SourcePtr PushSource(std::shared_ptr<PushProvider> provider, ProviderCall call, PushPort::Options options);

}  // namespace wmi::engine
